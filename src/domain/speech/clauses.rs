//! Cutting text into clauses: the pieces a voice speaks in one breath.

use std::time::Duration;

/// A sentence longer than this is cut at its commas, so that its first words are heard sooner.
const SENTENCE_CHARS_MAX: usize = 90;
/// A comma cuts only where at least this much stands on each side: shorter pieces sound chopped.
const CLAUSE_CHARS_MIN: usize = 20;
/// No clause is longer, whatever the text: the voice has a limit.
const CLAUSE_CHARS_MAX: usize = 240;

/// Words whose full stop does not end a sentence.
const ABBREVIATIONS: [&str; 24] = [
    "mr", "mrs", "ms", "dr", "prof", "st", "sr", "jr", "no", "nos", "apt", "flt", "opp", "nr", "rd", "ave", "vs",
    "approx", "ext", "dept", "ft", "mt", "col", "capt",
];

/// Splits text into clauses, in order: at the ends of sentences, and in long sentences at commas and semicolons.
///
/// Shape: no clause is empty or longer than 240 characters; together they hold every word of the text.
/// Full stops and commas inside numbers, after titles ("Mr.") and after initials do not split.
pub fn split_clauses(text: &str) -> Vec<&str> {
    let mut clauses = Vec::new();
    for sentence in split_at(text, ends_sentence) {
        split_sentence(sentence, &mut clauses);
    }
    clauses
}

/// The pause that belongs after a clause, by the mark it ends with.
pub fn pause_after(clause: &str) -> Duration {
    match clause.trim_end_matches(['"', '\'', '”', '’', ')']).chars().next_back() {
        Some('.' | '!' | '?' | '…') => Duration::from_millis(220),
        Some(_) | None => Duration::from_millis(90),
    }
}

fn split_sentence<'a>(sentence: &'a str, clauses: &mut Vec<&'a str>) {
    let mut rest = sentence;
    while SENTENCE_CHARS_MAX < rest.chars().count() {
        let Some(end) = comma_cut(rest).or_else(|| hard_cut(rest)) else { break };
        clauses.push(rest[..end].trim());
        rest = rest[end..].trim();
    }
    clauses.push(rest);
}

/// The last comma that leaves a clause of good length, or else the first one that comes after.
fn comma_cut(text: &str) -> Option<usize> {
    let chars_total = text.chars().count();
    let mut best = None;
    for (count, (at, mark)) in text.char_indices().enumerate() {
        let end = at + mark.len_utf8();
        let is_cut = matches!(mark, ',' | ';' | ':' | '—' | '–') && text[end..].starts_with(char::is_whitespace);
        let leaves_enough = CLAUSE_CHARS_MIN <= count && CLAUSE_CHARS_MIN <= chars_total - count;
        if is_cut && leaves_enough {
            if count < SENTENCE_CHARS_MAX {
                best = Some(end);
            } else {
                return best.or((count < CLAUSE_CHARS_MAX).then_some(end));
            }
        }
    }
    best
}

/// Where text without a usable comma must be cut: at the last space within the limit, or at the limit itself.
fn hard_cut(text: &str) -> Option<usize> {
    let (limit, _) = text.char_indices().nth(CLAUSE_CHARS_MAX)?;
    Some(text[..limit].rfind(char::is_whitespace).filter(|&space| 0 < space).unwrap_or(limit))
}

/// The non-empty trimmed pieces between the characters after which `ends` says yes.
fn split_at(text: &str, ends: fn(&str, &str) -> bool) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut start = 0;
    for (at, mark) in text.char_indices() {
        let end = at + mark.len_utf8();
        if ends(&text[start..end], &text[end..]) {
            pieces.push(text[start..end].trim());
            start = end;
        }
    }
    pieces.push(text[start..].trim());
    pieces.retain(|piece| !piece.is_empty());
    pieces
}

fn ends_sentence(before: &str, after: &str) -> bool {
    if before.ends_with('\n') {
        return true;
    }
    let closed = before.trim_end_matches(['"', '”', '’', ')']);
    let Some(mark) = closed.chars().next_back() else { return false };
    if !matches!(mark, '.' | '!' | '?' | '…') || !after.starts_with(char::is_whitespace) {
        return false;
    }
    let next = after.trim_start().chars().next();
    match mark {
        '!' | '?' => true,
        _ => !next.is_some_and(char::is_lowercase) && !is_abbreviated(closed, next),
    }
}

/// Whether the full stop at the end of `text` belongs to a title, an initial or "p.m.".
fn is_abbreviated(text: &str, next: Option<char>) -> bool {
    let stem = text.trim_end_matches('.');
    let word = stem.rsplit(|c: char| c.is_whitespace() || matches!(c, '(' | '"' | '“' | '‘')).next().unwrap_or(stem);
    let letters = word.chars().count();
    let is_initial = letters == 1 && word.chars().all(char::is_uppercase);
    // "a.m.", "p.m.", "U.K.": with a capital after them nobody can tell; a missed pause is the smaller fault.
    let is_dotted = 1 < letters && word.contains('.') && word.split('.').all(|part| part.chars().count() <= 1);
    let is_number_sign = matches!(word.to_lowercase().as_str(), "no" | "nos");
    if is_number_sign {
        return next.is_some_and(char::is_numeric);
    }
    is_initial || is_dotted || ABBREVIATIONS.contains(&word.to_lowercase().as_str())
}

#[cfg(test)]
mod tests;

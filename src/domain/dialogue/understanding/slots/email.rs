//! E-mail addresses as they are spoken: "asha dot rao at gmail dot com".

use crate::domain::{
    dialogue::understanding::number_words::{NumberWord, number_word},
    values::Personal,
};

use super::{
    Slot,
    said::{Said, plain, says, words},
};

/// Longer than any address that is said aloud.
const CHARS_MAX: usize = 254;
/// Words in front of "at" that can belong to the name.
const NAME_WORDS_MAX: usize = 12;
/// Domains so common that hearing one leaves no doubt.
const KNOWN: &[&str] = &[
    "gmail.com",
    "yahoo.com",
    "yahoo.co.in",
    "yahoo.co.uk",
    "yahoo.in",
    "hotmail.com",
    "hotmail.co.uk",
    "outlook.com",
    "icloud.com",
    "live.com",
    "aol.com",
    "rediffmail.com",
    "proton.me",
    "protonmail.com",
    "btinternet.com",
    "me.com",
];

/// Reads the e-mail address of what was said.
///
/// It is unclear when the domain is not a common one, or when single letters or sound-alike words had to be joined.
pub fn email(text: &str) -> Option<Slot<Personal<String>>> {
    if let Some(written) = text.split_whitespace().map(trimmed).find(|word| is_address(word)) {
        return Some(Slot::clear(Personal::new(written.to_lowercase())));
    }
    let words = words(text);
    let (at, joint) = (0..words.len())
        .find_map(|at| at_sign(&words[at..]).filter(|_| has_domain(&words[at..])).map(|joint| (at, joint)))?;
    let name = name_before(&words[..at])?;
    let domain = domain(&words[at + joint..])?;
    let address = format!("{}@{domain}", name.text);
    let is_unclear = name.is_doubtful || !KNOWN.contains(&domain.as_str());
    is_address(&address).then_some(Slot { value: Personal::new(address), is_unclear })
}

fn trimmed(word: &str) -> &str {
    word.trim_matches(|c: char| !c.is_alphanumeric())
}

fn is_address(word: &str) -> bool {
    let Some((name, domain)) = word.split_once('@') else { return false };
    let is_name = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._%+-".contains(&byte));
    let is_domain = domain.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-".contains(&byte));
    let ends_well = domain.rsplit_once('.').is_some_and(|(host, top)| !host.is_empty() && 2 <= top.len());
    !name.is_empty() && is_name && is_domain && ends_well && !domain.contains("..") && word.len() <= CHARS_MAX
}

/// "At", "at the rate", "at the rate of", "at sign".
fn at_sign(words: &[Said]) -> Option<usize> {
    ["at the rate of", "at the rate", "at sign", "at"].iter().find_map(|phrase| says(words, phrase))
}

/// An "at" is the sign only where a domain follows.
fn has_domain(words: &[Said]) -> bool {
    let near = words.iter().take(10);
    near.clone().any(|word| matches!(word.plain.as_str(), "dot" | "point"))
        || near.skip(1).any(|word| word.plain.contains('.'))
}

/// The part in front of the sign.
struct Name {
    text: String,
    is_doubtful: bool,
}

/// Joins the words in front of the sign, back to where something else was said.
fn name_before(words: &[Said]) -> Option<Name> {
    const OPENS: &[&str] =
        &["is", "it's", "its", "email", "mail", "id", "address", "to", "yes", "yeah", "okay", "so", "use", "at", "me"];
    let start = words.iter().rposition(|word| OPENS.contains(&word.plain.as_str())).map_or(0, |at| at + 1);
    let mut name = Name { text: String::new(), is_doubtful: NAME_WORDS_MAX < words.len() - start };
    let mut at = start.max(words.len().saturating_sub(NAME_WORDS_MAX));
    let mut letters = 0;
    while at < words.len() {
        let (piece, used, is_doubtful) = piece(&words[at..]);
        letters += usize::from(plain(words, at).chars().count() == 1 && !words[at].has_digit());
        name.text.push_str(&piece);
        name.is_doubtful |= is_doubtful;
        at += used;
    }
    name.is_doubtful |= 0 < letters;
    (!name.text.is_empty()).then_some(name)
}

/// What a word stands for. Shape: the characters, how many words they take, and whether they are a guess.
fn piece(words: &[Said]) -> (String, usize, bool) {
    if let Some(used) = [
        "all lower case",
        "all lowercase",
        "lower case",
        "lowercase",
        "no spaces",
        "no space",
        "all one word",
        "one word",
    ]
    .iter()
    .find_map(|phrase| says(words, phrase))
    {
        return (String::new(), used, false);
    }
    let sign = match plain(words, 0) {
        "dot" | "point" | "full-stop" => ".",
        "underscore" => "_",
        "dash" | "hyphen" | "minus" => "-",
        "plus" => "+",
        "uh" | "um" | "er" => "",
        _ => return word_piece(words),
    };
    (sign.to_owned(), 1, false)
}

fn word_piece(words: &[Said]) -> (String, usize, bool) {
    let word = plain(words, 0);
    match number_word(word) {
        Some(NumberWord::Digit(digit)) => (digit.to_string(), 1, false),
        Some(NumberWord::Teen(value)) => (value.to_string(), 1, false),
        Some(NumberWord::Tens(value)) => match number_word(plain(words, 1)) {
            Some(NumberWord::Digit(digit @ 1..)) => ((value + digit).to_string(), 2, false),
            Some(_) | None => (value.to_string(), 1, false),
        },
        Some(NumberWord::Repeat(times)) if words.len() > 1 => {
            let (once, used, _) = word_piece(&words[1..]);
            let is_single = once.chars().count() == 1;
            let repeated = if is_single { once.repeat(times.into()) } else { format!("{word}{once}") };
            (repeated, used + 1, !is_single)
        }
        // "For", "to", "oh": a digit, or the word itself.
        Some(NumberWord::SoundsLike(_)) => (word.to_owned(), 1, true),
        Some(NumberWord::Repeat(_) | NumberWord::Hundred | NumberWord::Scale(_) | NumberWord::Joint) => {
            (word.to_owned(), 1, true)
        }
        None => (word.replace('\'', ""), 1, false),
    }
}

/// "Gmail dot com", "yahoo dot co dot uk", up to where something else is said.
fn domain(words: &[Said]) -> Option<String> {
    let mut text = String::new();
    let mut at = 0;
    while at < words.len() && text.len() < CHARS_MAX {
        let word = plain(words, at);
        let is_dot = matches!(word, "dot" | "point");
        if text.is_empty() || is_dot || text.ends_with(['.', '-']) || matches!(word, "dash" | "hyphen") {
            let sign = if is_dot {
                "."
            } else if matches!(word, "dash" | "hyphen") {
                "-"
            } else {
                word
            };
            text.push_str(sign);
        } else if text.contains('.') {
            break;
        } else {
            // "Book shop dot com": the host in several words.
            text.push_str(word);
        }
        if words[at].ends_clause && text.contains('.') {
            break;
        }
        at += 1;
    }
    let text = text.replace("g-mail", "gmail").replace("hot-mail", "hotmail");
    (text.contains('.') && !text.ends_with('.')).then_some(text)
}

#[cfg(test)]
mod tests;

//! Speech cut into the plain words that days and times are read from: "8pm" is two, "p.m." is "pm", "3-8" is "3 to 8".

/// Words beyond this many are not looked at.
const WORDS_MAX: usize = 160;

/// One plain word and the heard word it comes from.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct DateWord {
    pub(super) text: String,
    pub(super) word: u16,
    /// A comma, a full stop or a question mark follows.
    pub(super) ends_clause: bool,
}

/// The word at a place, or nothing.
pub(super) fn text(words: &[DateWord], at: usize) -> &str {
    words.get(at).map_or("", |word| word.text.as_str())
}

/// Whether the words begin with this phrase. Shape: how many words it has, or nothing.
pub(super) fn says(words: &[DateWord], phrase: &str) -> Option<usize> {
    let mut count = 0;
    for expected in phrase.split(' ') {
        if text(words, count) != expected {
            return None;
        }
        count += 1;
    }
    Some(count)
}

/// The first of the phrases that the words begin with.
pub(super) fn says_any(words: &[DateWord], phrases: &[&str]) -> Option<usize> {
    phrases.iter().find_map(|phrase| says(words, phrase))
}

/// One, if the word at this place is one of these; nothing else may stand there.
pub(super) fn optional(words: &[DateWord], at: usize, known: &[&str]) -> usize {
    usize::from(known.contains(&text(words, at)))
}

/// Cuts speech into plain words.
pub(super) fn read(text: &str) -> Vec<DateWord> {
    let mut words = Vec::new();
    for (index, heard) in text.split_whitespace().take(WORDS_MAX).enumerate() {
        let word = u16::try_from(index).unwrap_or(u16::MAX);
        let before = words.len();
        let follows_number = words.last().is_some_and(|last: &DateWord| {
            matches!(last.text.as_str(), "am" | "pm")
                || last.text.bytes().next().is_some_and(|byte| byte.is_ascii_digit())
        });
        if matches!(heard, "-" | "–" | "~") && follows_number {
            words.push(DateWord { text: "to".to_owned(), word, ends_clause: false });
            continue;
        }
        push_parts(heard, word, &mut words);
        // "Oct." is short for something and ends nothing.
        let is_short = heard.ends_with('.') && heard.len() <= 5;
        let ends_clause = !is_short && heard.ends_with([',', ';', '.', '?', '!']);
        if let Some(last) = words.get_mut(before..).and_then(<[DateWord]>::last_mut) {
            last.ends_clause = ends_clause;
        }
    }
    join_split_words(&mut words);
    words
}

fn push_parts(heard: &str, word: u16, words: &mut Vec<DateWord>) {
    let lower = heard.to_lowercase().replace('’', "'");
    let plain = lower.trim_matches(|c: char| !c.is_alphanumeric());
    let mut push = |text: &str| {
        if !text.is_empty() {
            words.push(DateWord { text: text.to_owned(), word, ends_clause: false });
        }
    };
    let undotted = plain.replace('.', "");
    let is_money = lower.starts_with(['$', '£', '€', '₹']);
    if matches!(undotted.as_str(), "am" | "pm") {
        push(&undotted);
    } else if plain.bytes().next().is_some_and(|byte| byte.is_ascii_digit()) {
        // A price keeps its sign and so is no time.
        if is_money { push(&format!("${plain}")) } else { push_written(plain, &mut push) }
    } else {
        for part in plain.split(['-', '/', '.']) {
            push_word(part.strip_suffix("'s").unwrap_or(part), &mut push);
        }
    }
}

/// "Noonish" and "sevenish" are two words; other words in -ish are words of their own.
fn push_word(plain: &str, push: &mut impl FnMut(&str)) {
    const STEMS: &[&str] = &[
        "one",
        "two",
        "three",
        "four",
        "five",
        "six",
        "seven",
        "eight",
        "nine",
        "ten",
        "eleven",
        "twelve",
        "thirty",
        "fifteen",
        "noon",
        "midday",
        "lunchtime",
        "evening",
    ];
    match plain.strip_suffix("ish").filter(|stem| STEMS.contains(stem)) {
        Some(stem) => {
            push(stem);
            push("ish");
        }
        None => push(plain),
    }
}

/// "3-8pm", "2026-11-18", "9.30-4.30pm", "23/Aug/2026", "8pm", "6.45".
fn push_written(plain: &str, push: &mut impl FnMut(&str)) {
    let dashes = plain.matches(['-', '–', '~']).count();
    if dashes == 1 {
        let (from, to) = plain.split_once(['-', '–', '~']).unwrap_or((plain, ""));
        push_number(from, push);
        if to.bytes().next().is_some_and(|byte| byte.is_ascii_digit()) {
            push("to");
        }
        push_number(to, push);
    } else if dashes == 2 {
        push(&plain.replace(['-', '–', '~'], "/"));
    } else {
        push_number(plain, push);
    }
}

/// A number with what is glued to it.
fn push_number(plain: &str, push: &mut impl FnMut(&str)) {
    const UNITS: &[(&str, &str)] = &[
        ("a.m", "am"),
        ("p.m", "pm"),
        ("am", "am"),
        ("pm", "pm"),
        ("ish", "ish"),
        ("hrs", "hours"),
        ("hr", "hours"),
        ("h", "hours"),
        ("a", "am"),
        ("p", "pm"),
    ];
    // "5a" is a flat; "8:45a" is a time.
    let fits = |number: &str, suffix: &str| {
        let is_number = !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit() || b == b':' || b == b'.');
        is_number && (1 < suffix.len() || suffix == "h" || number.contains(':'))
    };
    let glued = UNITS.iter().find_map(|(suffix, unit)| {
        let number = plain.strip_suffix(suffix)?.trim_end_matches('.');
        fits(number, suffix).then_some((number, *unit))
    });
    let (number, unit) = glued.unwrap_or((plain, ""));
    let is_time = number.split_once('.').is_some_and(|(hour, minutes)| hour.len() <= 2 && minutes.len() == 2);
    if is_time {
        push(&number.replace('.', ":"));
    } else {
        push(number);
    }
    push(unit);
}

/// "P m", "o clock", "week end", "mid day" are one word each.
fn join_split_words(words: &mut Vec<DateWord>) {
    const SPLIT: &[(&str, &str, &str)] = &[
        ("p", "m", "pm"),
        ("a", "m", "am"),
        ("o", "clock", "o'clock"),
        ("week", "end", "weekend"),
        ("week", "ends", "weekends"),
        ("week", "days", "weekdays"),
        ("week", "day", "weekday"),
        ("mid", "day", "midday"),
        ("mid", "night", "midnight"),
        ("mid", "week", "midweek"),
        ("up", "to", "upto"),
        ("to", "morrow", "tomorrow"),
        ("any", "time", "anytime"),
        ("tea", "time", "teatime"),
        ("lunch", "time", "lunchtime"),
        ("dinner", "time", "dinnertime"),
    ];
    let mut at = 0;
    while at + 1 < words.len() {
        let pair = (words[at].text.as_str(), words[at + 1].text.as_str());
        if let Some((.., whole)) = SPLIT.iter().find(|(first, second, _)| (*first, *second) == pair) {
            let second = words.remove(at + 1);
            words[at].text = (*whole).to_owned();
            words[at].ends_clause = second.ends_clause;
        }
        at += 1;
    }
}

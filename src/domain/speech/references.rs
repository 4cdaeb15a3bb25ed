//! Order numbers, telephone numbers and postcodes, said so that they can be written down.

use crate::domain::values::PhoneNumber;

use super::Locale;
use super::numbers::digits;

/// A reference is cut here: nobody can take down more by ear.
const REFERENCE_CHARS_MAX: usize = 64;

const SPELLING_WORDS: [&str; 26] = [
    "alpha", "bravo", "charlie", "delta", "echo", "foxtrot", "golf", "hotel", "india", "juliet", "kilo", "lima",
    "mike", "november", "oscar", "papa", "quebec", "romeo", "sierra", "tango", "uniform", "victor", "whiskey", "x-ray",
    "yankee", "zulu",
];

/// An order or tracking number, letter by letter and digit by digit, in groups: "K H, four five two, seven one nine".
pub fn order_reference(reference: &str) -> String {
    spoken_reference(reference, |letter| letter.to_string())
}

/// The same with a word for each letter, for a caller who did not catch it: "K as in kilo, H as in hotel, four five two".
pub fn order_reference_with_words(reference: &str) -> String {
    spoken_reference(reference, |letter| match usize::from(letter as u8).checked_sub(usize::from(b'A')) {
        Some(place) if letter.is_ascii_uppercase() => format!("{letter} as in {},", SPELLING_WORDS[place]),
        Some(_) | None => letter.to_string(),
    })
}

fn spoken_reference(reference: &str, say: impl Fn(char) -> String) -> String {
    let cut: String = reference.chars().take(REFERENCE_CHARS_MAX).collect();
    let mut groups = Vec::new();
    for run in runs(&cut) {
        if run.starts_with(|c: char| c.is_ascii_digit()) {
            groups.extend(digit_groups(run).into_iter().map(digits));
        } else {
            let letters: Vec<String> = run.chars().flat_map(char::to_uppercase).map(&say).collect();
            groups.push(letters.join(" ").trim_end_matches(',').to_owned());
        }
    }
    groups.join(", ")
}

/// Runs of letters and runs of digits; all else separates.
fn runs(text: &str) -> Vec<&str> {
    let kind = |c: char| if c.is_ascii_digit() { 1 } else { usize::from(c.is_alphabetic()) * 2 };
    let mut runs = Vec::new();
    let mut start = 0;
    let mut previous = 0;
    for (at, c) in text.char_indices() {
        if kind(c) != previous {
            runs.push(&text[start..at]);
            (start, previous) = (at, kind(c));
        }
    }
    runs.push(&text[start..]);
    runs.retain(|run| run.starts_with(char::is_alphanumeric) && kind(run.chars().next().unwrap_or(' ')) != 0);
    runs
}

/// Groups of three, without a single digit left over; four and eight in fours.
fn digit_groups(digits: &str) -> Vec<&str> {
    let size = if matches!(digits.len(), 4 | 8) { 4 } else { 3 };
    let mut groups = Vec::new();
    let mut rest = digits;
    while size + 1 < rest.len() {
        let (group, tail) = rest.split_at(size);
        groups.push(group);
        rest = tail;
    }
    groups.push(rest);
    groups
}

/// A telephone number in the groups people of the locale use; the country code only for numbers of other countries.
pub fn phone_number(number: &PhoneNumber, locale: Locale) -> String {
    let international = number.reveal().trim_start_matches('+');
    let (code, groups, trunk): (&str, &[usize], &str) = match locale {
        Locale::EnIn => ("91", &[5, 5], ""),
        Locale::EnGb => ("44", &[4, 3, 3], "0"),
        Locale::EnUs => ("1", &[3, 3, 4], ""),
    };
    match international.strip_prefix(code).filter(|national| national.len() == groups.iter().sum::<usize>()) {
        Some(national) => {
            let mut rest = national;
            let spoken: Vec<String> = groups
                .iter()
                .enumerate()
                .map(|(index, &size)| {
                    let (group, tail) = rest.split_at(size);
                    rest = tail;
                    digits(&format!("{}{group}", if index == 0 { trunk } else { "" }))
                })
                .collect();
            spoken.join(", ")
        }
        None => {
            let groups: Vec<String> = digit_groups(international).into_iter().map(digits).collect();
            format!("plus {}", groups.join(", "))
        }
    }
}

/// A postcode: "five six zero, zero three four", "S W one A, one A A".
pub fn postcode(postcode: &str) -> String {
    let plain: String =
        postcode.chars().filter(char::is_ascii_alphanumeric).take(12).map(|c| c.to_ascii_uppercase()).collect();
    let is_all_digits = plain.bytes().all(|byte| byte.is_ascii_digit());
    let cut = match (is_all_digits, plain.len()) {
        (true, 6) => 3,
        (true, 9) => 5,
        (false, 5..=7) => plain.len() - 3,
        (_, length) => length,
    };
    let (outward, inward) = plain.split_at(cut);
    let spoken: Vec<String> = [outward, inward].into_iter().filter(|half| !half.is_empty()).map(spell).collect();
    spoken.join(", ")
}

fn spell(text: &str) -> String {
    let spoken: Vec<String> = text
        .chars()
        .map(|c| if c.is_ascii_digit() { digits(c.encode_utf8(&mut [0; 4])) } else { c.to_string() })
        .collect();
    spoken.join(" ")
}

#[cfg(test)]
mod tests;

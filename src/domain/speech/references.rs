//! Order numbers, telephone numbers and postcodes, said so that they can be written down.

use crate::domain::values::PhoneNumber;

use super::Locale;
use super::locale::words::Phone;
use super::numbers::digits;

/// A reference is cut here: nobody can take down more by ear.
const REFERENCE_CHARS_MAX: usize = 64;
/// Postcodes of letters and digits have so many signs.
const MIXED_POSTCODE_MIN: usize = 5;
const MIXED_POSTCODE_MAX: usize = 7;

/// An order or tracking number, letter by letter and digit by digit, in groups: "K H, four five two, seven one nine".
pub fn order_reference(locale: Locale, reference: &str) -> String {
    spoken_reference(locale, reference, |letter| letter_name(locale, letter))
}

/// The same with a word for each letter, for a caller who did not catch it: "K as in kilo, H as in hotel, four five two".
pub fn order_reference_with_words(locale: Locale, reference: &str) -> String {
    let spelling = &locale.words().spelling;
    spoken_reference(locale, reference, |letter| match spelling.words.get(&letter.to_string()) {
        Some(word) => {
            let said = spelling.with_word.fill(&[("letter", &letter_name(locale, letter)), ("word", word)]);
            format!("{said},")
        }
        None => letter_name(locale, letter),
    })
}

fn letter_name(locale: Locale, letter: char) -> String {
    let letter = letter.to_string();
    locale.words().spelling.letters.get(&letter).cloned().unwrap_or(letter)
}

fn spoken_reference(locale: Locale, reference: &str, say: impl Fn(char) -> String) -> String {
    let cut: String = reference.chars().take(REFERENCE_CHARS_MAX).collect();
    let mut groups = Vec::new();
    for run in runs(&cut) {
        if run.starts_with(|c: char| c.is_ascii_digit()) {
            groups.extend(digit_groups(run).into_iter().map(|group| digits(locale, group)));
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
    let Phone { country_code, groups, trunk, plus } = &locale.words().phone;
    let national = international.strip_prefix(country_code.as_str());
    match national.filter(|national| national.len() == groups.iter().sum::<usize>()) {
        Some(national) => {
            let mut rest = national;
            let spoken: Vec<String> = groups
                .iter()
                .enumerate()
                .map(|(index, &size)| {
                    let (group, tail) = rest.split_at(size);
                    rest = tail;
                    digits(locale, &format!("{}{group}", if index == 0 { trunk } else { "" }))
                })
                .collect();
            spoken.join(", ")
        }
        None => {
            let groups: Vec<String> =
                digit_groups(international).into_iter().map(|group| digits(locale, group)).collect();
            format!("{plus} {}", groups.join(", "))
        }
    }
}

/// A postcode: "five six zero, zero three four", "S W one A, one A A".
pub fn postcode(locale: Locale, postcode: &str) -> String {
    let words = &locale.words().postcodes;
    let plain: String =
        postcode.chars().filter(char::is_ascii_alphanumeric).take(12).map(|c| c.to_ascii_uppercase()).collect();
    let is_all_digits = plain.bytes().all(|byte| byte.is_ascii_digit());
    let of_digits = words.digits.iter().find(|cut| cut.length == plain.len()).map(|cut| cut.first);
    let cut = match (is_all_digits, plain.len()) {
        (true, length) => of_digits.unwrap_or(length),
        (false, length @ MIXED_POSTCODE_MIN..=MIXED_POSTCODE_MAX) => length.saturating_sub(words.mixed_last),
        (false, length) => length,
    };
    let (outward, inward) = plain.split_at(cut);
    let spoken: Vec<String> =
        [outward, inward].into_iter().filter(|half| !half.is_empty()).map(|half| spell(locale, half)).collect();
    spoken.join(", ")
}

fn spell(locale: Locale, text: &str) -> String {
    let say = |c: char| {
        if c.is_ascii_digit() { digits(locale, c.encode_utf8(&mut [0; 4])) } else { letter_name(locale, c) }
    };
    text.chars().map(say).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests;

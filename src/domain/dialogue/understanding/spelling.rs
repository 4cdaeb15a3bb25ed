//! Spoken letters and digits: single letters, letter names, spelling alphabets, "b for bombay", numbers, doubles.

use super::number_words::{NumberWord, number_word};

/// Longer than anything that is spelled over a telephone; what follows is not looked at.
const SIGNS_MAX: usize = 48;
/// A word this short that is no known word is taken for letters run together ("jl", "wr2").
const LETTERS_RUN_MAX: usize = 5;

/// Reads spoken letters and digits into capitals and digits.
pub(crate) fn spelled(text: &str) -> Vec<u8> {
    let lower = text.to_lowercase().replace("x-ray", "xray");
    let words: Vec<&str> = lower
        .split(|c: char| c.is_whitespace() || "-.,/?!;:".contains(c))
        .map(|word| word.trim_matches(|c: char| !c.is_alphanumeric()))
        .filter(|word| !word.is_empty() && !says_nothing(word))
        .collect();
    let mut signs = Vec::new();
    let mut at = 0;
    while at < words.len() && signs.len() < SIGNS_MAX {
        at += read(&words[at..], &mut signs);
    }
    signs.truncate(SIGNS_MAX);
    signs
}

/// Reads the beginning of `words`; returns how many were used.
fn read(words: &[&str], signs: &mut Vec<u8>) -> usize {
    if let Some(used) = skip_example(words, signs) {
        return used;
    }
    if words[0] == "double" && words.get(1).is_some_and(|next| matches!(*next, "u" | "you" | "yu")) {
        signs.push(b'W');
        return 2;
    }
    if let Some(used) = read_number(words, signs) {
        return used;
    }
    if let Some(letter) = letter_word(words[0]) {
        signs.push(letter);
        return 1;
    }
    let is_run = words[0].len() <= LETTERS_RUN_MAX || words[0].bytes().any(|byte| byte.is_ascii_digit());
    let letters = words[0].bytes().filter(u8::is_ascii_alphanumeric).map(|byte| byte.to_ascii_uppercase());
    if is_run {
        signs.extend(letters);
    } else {
        signs.extend(letters.take(1));
    }
    1
}

/// "b for bombay", "k as in kilo", "4 B for Bravo": the word only explains the letter before it.
fn skip_example(words: &[&str], signs: &mut [u8]) -> Option<usize> {
    let joint = match words {
        ["for" | "4" | "like", ..] => 1,
        ["as", "in", ..] => 2,
        _ => return None,
    };
    let example = words.get(joint)?;
    let initial = example.bytes().next()?.to_ascii_uppercase();
    let last = signs.last_mut().filter(|_| 1 < example.len())?;
    // "O as in Oscar" is no zero.
    if *last == b'0' && initial == b'O' {
        *last = b'O';
    }
    (*last == initial).then_some(joint + 1)
}

fn read_number(words: &[&str], signs: &mut Vec<u8>) -> Option<usize> {
    match number_word(words[0])? {
        NumberWord::Digit(digit) | NumberWord::SoundsLike(digit) => {
            signs.push(b'0' + digit);
            Some(1)
        }
        NumberWord::Teen(value) => {
            signs.extend([b'1', b'0' + value - 10]);
            Some(1)
        }
        NumberWord::Tens(value) => match words.get(1).and_then(|next| number_word(next)) {
            Some(NumberWord::Digit(unit @ 1..)) => {
                signs.extend([b'0' + value / 10, b'0' + unit]);
                Some(2)
            }
            Some(_) | None => {
                signs.extend([b'0' + value / 10, b'0']);
                Some(1)
            }
        },
        NumberWord::Repeat(times) => {
            let mut once = Vec::new();
            let used = words.get(1).map_or(0, |_| read_single(words[1], &mut once));
            let sign = *once.first()?;
            signs.extend(std::iter::repeat_n(sign, usize::from(times)));
            Some(1 + used)
        }
        NumberWord::Hundred => {
            signs.extend([b'0', b'0']);
            Some(1)
        }
        NumberWord::Scale(_) | NumberWord::Joint => Some(1),
    }
}

fn read_single(word: &str, signs: &mut Vec<u8>) -> usize {
    let sign = match (number_word(word), word.as_bytes()) {
        (Some(NumberWord::Digit(digit) | NumberWord::SoundsLike(digit)), _) => Some(b'0' + digit),
        (_, [byte]) if byte.is_ascii_alphanumeric() => Some(byte.to_ascii_uppercase()),
        _ => letter_word(word),
    };
    signs.extend(sign);
    usize::from(sign.is_some())
}

fn says_nothing(word: &str) -> bool {
    const WORDS: &[&str] = &[
        "my",
        "the",
        "is",
        "it's",
        "its",
        "it",
        "that's",
        "number",
        "order",
        "reference",
        "postcode",
        "post",
        "code",
        "zip",
        "pin",
        "pincode",
        "name",
        "sorry",
        "yes",
        "yeah",
        "no",
        "okay",
        "ok",
        "um",
        "uh",
        "er",
        "capital",
        "letter",
        "please",
        "dash",
        "hyphen",
        "space",
        "hello",
        "hi",
        "and",
        "then",
        "so",
        "flat",
        "house",
        "apartment",
        "door",
        "first",
        "last",
        "surname",
        "spelled",
        "spelt",
        "thanks",
        "thank",
        "i'm",
    ];
    WORDS.contains(&word)
}

/// Letter names, the international alphabet, and the words people use instead.
fn letter_word(word: &str) -> Option<u8> {
    const WORDS: &[(u8, &str)] = &[
        (b'A', "a ay eh hey alpha alfa apple able adam ahmedabad agra andrew"),
        (b'B', "b be bee bravo boy bombay baker bob baby bangalore bee's"),
        (b'C', "c see sea cee charlie cat calcutta chennai si"),
        (b'D', "d dee delta dog delhi david dad"),
        (b'E', "e echo eco easy edward elephant england"),
        (b'F', "f ef eff foxtrot fox fish frank freddie father"),
        (b'G', "g gee ge golf gulf george gujarat girl goa"),
        (b'H', "h aitch haitch hotel harry house hyderabad henry age"),
        (b'I', "i eye india ink indigo"),
        (b'J', "j jay juliet juliett julia jaipur john jack jug josephine"),
        (b'K', "k kay kilo king kite kolkata kate"),
        (b'L', "l el ell ella lima lemur lucknow london love lucy"),
        (b'M', "m em mike mother madras mumbai mary mic"),
        (b'N', "n en november nagpur nancy nelly nuts"),
        (b'O', "oscar orange oliver"),
        (b'P', "p pea pee papa poppa peter pune paris"),
        (b'Q', "q queue cue que quebec queen quick cube"),
        (b'R', "r are ar romeo robert rajasthan roger rodeo"),
        (b'S', "s es ess sierra sugar surat sam sunday ask"),
        (b'T', "t tea tee tango tom tommy table tiger"),
        (b'U', "u you yu uniform uncle umbrella"),
        (b'V', "v vee victor victory varanasi"),
        (b'W', "w whiskey whisky william wales"),
        (b'X', "x ex xray x-ray ray"),
        (b'Y', "y why yankee yellow yorker"),
        (b'Z', "z zed zee zulu zebra said"),
    ];
    WORDS.iter().find(|(_, words)| words.split(' ').any(|known| known == word)).map(|(letter, _)| *letter)
}

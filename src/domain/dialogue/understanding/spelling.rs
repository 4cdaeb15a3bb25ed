//! Spoken letters and digits: single letters, letter names, spelling alphabets, "b for bombay", numbers, doubles.

use std::collections::BTreeMap;

use super::number_words::NumberWord;
use super::vocabulary::{PhraseMap, Phrases, Vocabulary, WordSet};

/// Longer than anything that is spelled over a telephone; what follows is not looked at.
const SIGNS_MAX: usize = 48;
/// A word this short that is no known word is taken for letters run together ("jl", "wr2").
const LETTERS_RUN_MAX: usize = 5;

/// The words of letters.
#[derive(Clone, Debug, Default, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::domain) struct LetterLists {
    /// What stands for each letter of the alphabet.
    letters: Alphabet,
    /// Words with a sign in them that would cut them in two, and what is read instead.
    joined: PhraseMap<String>,
    /// Words around a code that are no part of it.
    nothing: WordSet,
    /// What stands between a letter and the word that explains it.
    example: Phrases,
    /// "Double you".
    double: WordSet,
    you: WordSet,
    /// What recognisers write for a letter that sounds like it.
    heard_as: BTreeMap<char, WordSet>,
}

/// What words stand for a letter.
#[derive(Clone, Debug, Default, serde::Deserialize)]
#[serde(try_from = "BTreeMap<char, WordSet>")]
struct Alphabet(BTreeMap<String, u8>);

impl TryFrom<BTreeMap<char, WordSet>> for Alphabet {
    type Error = String;

    fn try_from(letters: BTreeMap<char, WordSet>) -> Result<Self, String> {
        let mut table = BTreeMap::new();
        for (letter, words) in &letters {
            let capital = u8::try_from(letter.to_ascii_uppercase()).ok().filter(u8::is_ascii_uppercase);
            let capital = capital.ok_or_else(|| format!("`{letter}` is no letter of a code; write one of a to z"))?;
            for word in words.iter() {
                if let Some(other) = table.insert(word.to_owned(), capital) {
                    return Err(format!("`{word}` stands for {} too; take one out", char::from(other)));
                }
            }
        }
        Ok(Self(table))
    }
}

impl LetterLists {
    fn letter(&self, word: &str) -> Option<u8> {
        self.letters.0.get(word).copied()
    }
}

impl Vocabulary {
    /// Reads spoken letters and digits into capitals and digits.
    pub(crate) fn spelled(&self, text: &str) -> Vec<u8> {
        let mut lower = text.to_lowercase();
        for (cut, whole) in self.letters.joined.iter() {
            lower = lower.replace(cut, whole);
        }
        let words: Vec<&str> = lower
            .split(|c: char| c.is_whitespace() || "-.,/?!;:".contains(c))
            .map(|word| word.trim_matches(|c: char| !c.is_alphanumeric()))
            .filter(|word| !word.is_empty() && !self.letters.nothing.has(word))
            .collect();
        let pairs = pairs_in_capitals(text);
        let mut signs = Vec::new();
        let mut at = 0;
        while at < words.len() && signs.len() < SIGNS_MAX {
            if pairs.iter().any(|pair| pair == words[at]) {
                signs.extend(words[at].bytes().map(|byte| byte.to_ascii_uppercase()));
                at += 1;
            } else {
                at += self.read_signs(&words[at..], &mut signs);
            }
        }
        signs.truncate(SIGNS_MAX);
        signs
    }

    /// The text with a letter in the place of the words that recognisers write for it, if there are any.
    pub(crate) fn lettered(&self, text: &str) -> Option<String> {
        let heard_as = |word: &str| {
            let lower = word.to_lowercase();
            self.letters.heard_as.iter().find(|(_, words)| words.has(&lower)).map(|(letter, _)| letter.to_string())
        };
        let lettered: Vec<Option<String>> = text.split_whitespace().map(heard_as).collect();
        let words = text.split_whitespace().zip(&lettered);
        let replaced: Vec<&str> = words.map(|(word, letter)| letter.as_deref().unwrap_or(word)).collect();
        lettered.iter().any(Option::is_some).then(|| replaced.join(" "))
    }

    /// Reads the beginning of `words`; returns how many were used.
    fn read_signs(&self, words: &[&str], signs: &mut Vec<u8>) -> usize {
        if let Some(used) = self.skip_example(words, signs) {
            return used;
        }
        if self.letters.double.has(words[0]) && words.get(1).is_some_and(|next| self.letters.you.has(next)) {
            signs.push(b'W');
            return 2;
        }
        if let Some(used) = self.read_number(words, signs) {
            return used;
        }
        if let Some(letter) = self.letters.letter(words[0]) {
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
    fn skip_example(&self, words: &[&str], signs: &mut [u8]) -> Option<usize> {
        let joint = self.letters.example.begin(words)?;
        let example = words.get(joint)?;
        let initial = example.bytes().next()?.to_ascii_uppercase();
        let last = signs.last_mut().filter(|_| 1 < example.len())?;
        // "O as in Oscar" is no zero.
        if *last == b'0' && initial == b'O' {
            *last = b'O';
        }
        (*last == initial).then_some(joint + 1)
    }

    fn read_number(&self, words: &[&str], signs: &mut Vec<u8>) -> Option<usize> {
        match self.numbers.read(words[0])? {
            NumberWord::Digit(digit) | NumberWord::SoundsLike(digit) => {
                signs.push(b'0' + digit);
                Some(1)
            }
            NumberWord::Teen(value) => {
                signs.extend([b'1', b'0' + value - 10]);
                Some(1)
            }
            NumberWord::Tens(value) => match words.get(1).and_then(|next| self.numbers.read(next)) {
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
                let used = words.get(1).map_or(0, |_| self.read_single(words[1], &mut once));
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

    fn read_single(&self, word: &str, signs: &mut Vec<u8>) -> usize {
        let sign = match (self.numbers.read(word), word.as_bytes()) {
            (Some(NumberWord::Digit(digit) | NumberWord::SoundsLike(digit)), _) => Some(b'0' + digit),
            (_, [byte]) if byte.is_ascii_alphanumeric() => Some(byte.to_ascii_uppercase()),
            _ => self.letters.letter(word),
        };
        signs.extend(sign);
        usize::from(sign.is_some())
    }
}

/// Two letters that are written as such, "EH1 2EN" or "EH-1-2-E-N", in small letters: "eh" alone would be an "eight".
fn pairs_in_capitals(text: &str) -> Vec<String> {
    let words = text.split(|c: char| !c.is_alphanumeric());
    words
        .filter(|word| word.len() == 2 && word.bytes().all(|b| b.is_ascii_uppercase()))
        .map(str::to_lowercase)
        .collect()
}

//! What single words say about digits: "seven", "double", "forty", "lakh", "oh", "to".

use std::collections::BTreeMap;

use super::vocabulary::{PhraseMap, WordSet, WordSets};

/// One word of a spoken number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NumberWord {
    Digit(u8),
    /// Sounds like a digit and is usually another word: "to", "for", "oh".
    SoundsLike(u8),
    /// Shape: 10 to 19.
    Teen(u8),
    /// Shape: 20, 30 … 90.
    Tens(u8),
    /// "double", "triple": the next digit comes several times.
    Repeat(u8),
    Hundred,
    /// Thousand, lakh, crore, million.
    /// Shape: a power of ten.
    Scale(u64),
    /// "and", "dash", "uh": says nothing within a number.
    Joint,
}

/// The words of numbers.
///
/// Shape: of several words for one number the first is the plain one; only that one counts in days and times.
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct NumberFile {
    /// Zero to nine.
    digits: WordSets<10>,
    /// Words that are usually others, for zero to nine.
    sound_alikes: WordSets<10>,
    /// Ten to nineteen.
    teens: WordSets<10>,
    /// Twenty to ninety.
    tens: WordSets<8>,
    repeats: PhraseMap<u8>,
    hundred: WordSet,
    scales: PhraseMap<u64>,
    joints: WordSet,
    /// What joins the parts of a number.
    and: WordSet,
    /// In front of a country's code.
    plus: WordSet,
}

/// The words of numbers, for looking up.
#[derive(Clone, Debug, Default, serde::Deserialize)]
#[serde(from = "NumberFile")]
pub(in crate::domain) struct NumberLists {
    words: BTreeMap<String, NumberWord>,
    /// Shape: 0 to 19, and 20, 30 … 90.
    plain: BTreeMap<String, i16>,
    pub(super) and: WordSet,
    pub(super) plus: WordSet,
}

impl From<NumberFile> for NumberLists {
    fn from(file: NumberFile) -> Self {
        let mut lists = Self { and: file.and, plus: file.plus, ..Self::default() };
        for (value, words) in (0..).zip(file.digits.iter()) {
            lists.add(words, value, NumberWord::Digit(value));
        }
        for (value, words) in (10..).zip(file.teens.iter()) {
            lists.add(words, value, NumberWord::Teen(value));
        }
        for (value, words) in (20..).step_by(10).zip(file.tens.iter()) {
            lists.add(words, value, NumberWord::Tens(value));
        }
        let sound_alikes = (0..).zip(file.sound_alikes.iter());
        let sound_alikes = sound_alikes.flat_map(|(value, words)| words.iter().map(move |word| (word, value)));
        let others = sound_alikes
            .map(|(word, value)| (word, NumberWord::SoundsLike(value)))
            .chain(file.repeats.iter().map(|(word, times)| (word, NumberWord::Repeat(*times))))
            .chain(file.hundred.iter().map(|word| (word, NumberWord::Hundred)))
            .chain(file.scales.iter().map(|(word, scale)| (word, NumberWord::Scale(*scale))))
            .chain(file.joints.iter().map(|word| (word, NumberWord::Joint)));
        lists.words.extend(others.map(|(word, number)| (word.to_owned(), number)));
        lists
    }
}

impl NumberLists {
    fn add(&mut self, words: &WordSet, value: u8, number: NumberWord) {
        self.plain.extend(words.iter().next().map(|word| (word.to_owned(), value.into())));
        self.words.extend(words.iter().map(|word| (word.to_owned(), number)));
    }

    /// Reads one lower-case word.
    pub(super) fn read(&self, word: &str) -> Option<NumberWord> {
        self.words.get(word).copied()
    }

    /// How often the digit comes that follows this word.
    pub(in crate::domain) fn times(&self, word: &str) -> Option<u8> {
        match self.read(word)? {
            NumberWord::Repeat(times) => Some(times),
            NumberWord::Digit(_)
            | NumberWord::SoundsLike(_)
            | NumberWord::Teen(_)
            | NumberWord::Tens(_)
            | NumberWord::Hundred
            | NumberWord::Scale(_)
            | NumberWord::Joint => None,
        }
    }

    /// Reads the plain word of a number. Shape: 0 to 19, and 20, 30 … 90.
    pub(in crate::domain) fn plain(&self, word: &str) -> Option<i16> {
        self.plain.get(word).copied()
    }
}

//! One part of an address, known by the word that gives it away.

use super::AddressLists;
use crate::domain::dialogue::understanding::references::PostcodeForm;
use crate::domain::dialogue::understanding::slots::said::{Said, titled};
use crate::domain::dialogue::understanding::vocabulary::{Phrases, Spoken, Vocabulary};
use crate::domain::hearing::Transcript;

/// Words that a name of a building, street or area can have in front of the word that gives it away.
const NAME_WORDS_MAX: usize = 4;
/// Words of a landmark.
const LANDMARK_WORDS_MAX: usize = 4;
/// A spoken postcode takes at most this many words.
const POSTCODE_WORDS_MAX: usize = 9;

/// A part that was found.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Found {
    Unit(String),
    Building(String),
    Street(String),
    Area(String),
    Landmark(String),
    City(String),
    State(String),
    Postcode(String),
}

impl Found {
    pub(super) fn into_text(self) -> String {
        match self {
            Self::Unit(text)
            | Self::Building(text)
            | Self::Street(text)
            | Self::Area(text)
            | Self::Landmark(text)
            | Self::City(text)
            | Self::State(text)
            | Self::Postcode(text) => text,
        }
    }
}

/// A part, where it begins, and one past where it ends.
type Part = (Found, usize, usize);

impl Vocabulary {
    /// Reads the part whose telling word stands at `at`; it may reach back to `open`.
    pub(super) fn address_part(&self, words: &[Said], open: usize, at: usize) -> Option<Part> {
        self.landmark(words, at)
            .or_else(|| self.flat(words, at))
            .or_else(|| self.numbered_area(words, at))
            .or_else(|| self.addresses.named(words, open, at))
            .or_else(|| self.addresses.town(words, at))
            .or_else(|| self.postcode(words, at))
    }

    /// "Opposite the temple", "behind SBI", "near water tank", "next to the bank".
    fn landmark(&self, words: &[Said], at: usize) -> Option<Part> {
        let prepositions = &self.addresses.prepositions;
        let start = at + prepositions.begin(&words[at..])?;
        let mut end = start;
        while end < words.len() && end - start < LANDMARK_WORDS_MAX {
            let begins_new = || self.begins_part(words, end) || prepositions.begin(&words[end..]).is_some();
            if start < end && begins_new() {
                break;
            }
            end += 1;
            if words[end - 1].ends_clause {
                break;
            }
        }
        let preposition = words[at..start].iter().map(|word| word.plain.as_str()).collect::<Vec<_>>().join(" ");
        let name: Vec<&str> = words[start..end].iter().map(|word| word.written.as_str()).collect();
        (start < end).then(|| (Found::Landmark(format!("{preposition} {}", name.join(" "))), at, end))
    }

    /// Whether another part begins here: a landmark without commas ends there.
    fn begins_part(&self, words: &[Said], at: usize) -> bool {
        self.addresses.beginning.has(words.word(at))
            || self.addresses.town(words, at).is_some()
            || self.postcode(words, at).is_some()
    }

    /// "Flat 12", "flat number twelve b", "apartment 3B", "door no 4", "12 b".
    fn flat(&self, words: &[Said], at: usize) -> Option<Part> {
        if !self.addresses.units.has(words.word(at)) {
            return None;
        }
        let start = at + 1 + usize::from(self.addresses.number.has(words.word(at + 1)));
        let mut code = String::new();
        let mut end = start;
        while let Some(word) = words.get(end).filter(|_| end - start < 4) {
            let Some(signs) = self.code_of(word, code.is_empty()) else { break };
            code.push_str(&signs);
            end += 1;
            if word.ends_clause {
                break;
            }
        }
        (!code.is_empty()).then_some((Found::Unit(code), at, end))
    }

    /// A word of a flat's number: digits, a number word, or a single letter behind them.
    fn code_of(&self, word: &Said, is_first: bool) -> Option<String> {
        let lists = &self.addresses;
        if word.has_digit() {
            return Some(word.written.to_uppercase());
        }
        if word.plain.chars().count() == 1 && (!is_first || !lists.one.has(&word.plain)) {
            return Some(word.plain.to_uppercase());
        }
        // Words that only sound like numbers are left to what follows.
        let readings = self.text_digits(&word.plain, 1.0);
        readings.first().filter(|_| !lists.no_numbers.has(&word.plain)).map(|reading| reading.digits.reveal().clone())
    }

    /// "Sector 21", "phase two", "block C", "5th cross", "third main".
    fn numbered_area(&self, words: &[Said], at: usize) -> Option<Part> {
        let code = words.get(at + 1).filter(|_| self.addresses.numbered_areas.has(words.word(at)))?;
        let is_code = code.has_digit() || code.plain.chars().count() <= 2 || self.is_number(&code.plain);
        is_code.then(|| {
            let code = self.code_of(code, false).unwrap_or_else(|| code.written.to_uppercase());
            (Found::Area(format!("{} {code}", titled(&words[at..=at]))), at, at + 2)
        })
    }

    /// A postcode at the beginning of the words: the longest stretch that has the form of one.
    fn postcode(&self, words: &[Said], at: usize) -> Option<Part> {
        let first = words.get(at)?;
        let begins = first.has_digit() || first.plain.chars().count() <= 2 || self.is_number(&first.plain);
        if !begins {
            return None;
        }
        for length in (1..=POSTCODE_WORDS_MAX.min(words.len() - at)).rev() {
            let stretch = &words[at..at + length];
            let is_cut = stretch[..length - 1].iter().any(|word| word.ends_clause);
            if is_cut || !stretch.iter().all(|word| self.is_code_word(word)) {
                continue;
            }
            let text = stretch.iter().map(|word| word.plain.as_str()).collect::<Vec<_>>().join(" ");
            if let Some(code) = self.code_in(&text) {
                return Some((Found::Postcode(code), at, at + length));
            }
        }
        None
    }

    fn is_code_word(&self, word: &Said) -> bool {
        let is_short = word.plain.chars().count() <= 4 && (word.has_digit() || word.plain.chars().count() <= 2);
        is_short
            || word.plain.bytes().all(|byte| byte.is_ascii_digit())
            || self.is_number(&word.plain)
            || self.addresses.doubles.has(&word.plain)
            || (word.has_digit() && word.plain.len() <= 8 && self.spelled(&word.plain).len() == word.plain.len())
    }

    fn code_in(&self, text: &str) -> Option<String> {
        let transcript = Transcript::certain(text);
        let read = |form| self.postcodes(&transcript, form).into_iter().next().map(|code| code.canonical.into_inner());
        if let Some(code) = read(PostcodeForm::India).or_else(|| read(PostcodeForm::UnitedStates)) {
            return Some(code);
        }
        let code = read(PostcodeForm::UnitedKingdom)?;
        code.bytes().any(|byte| byte.is_ascii_alphabetic()).then(|| {
            let (outward, inward) = code.split_at(code.len() - 3);
            format!("{outward} {inward}")
        })
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Building,
    Street,
    Area,
}

impl AddressLists {
    /// A name that ends in a telling word: "Lake View Apartments", "82 Clerkenwell Road", "Indira Nagar", "5th Cross".
    fn named(&self, words: &[Said], open: usize, at: usize) -> Option<Part> {
        let kind = self.kind_of(words.word(at))?;
        // "Lake View Apartments", "5th Cross Road": the last telling word says what it is.
        if !words[at].ends_clause && self.kind_of(words.word(at + 1)).is_some() {
            return None;
        }
        let belongs_to_name = |word: &Said| !word.ends_clause && !self.no_name.has(&word.plain);
        let mut from = at;
        while open < from && at - from < NAME_WORDS_MAX && belongs_to_name(&words[from - 1]) {
            from -= 1;
        }
        if from == at {
            return None;
        }
        let to = at + 1;
        let name = titled(&words[from..to]);
        let found = match kind {
            Kind::Building => Found::Building(name),
            Kind::Street => Found::Street(name),
            Kind::Area => Found::Area(name),
        };
        Some((found, from, to))
    }

    fn kind_of(&self, word: &str) -> Option<Kind> {
        let ends = |ending: &str| ending.len() + 2 < word.len() && word.ends_with(ending);
        if self.buildings.has(word) {
            Some(Kind::Building)
        } else if self.streets.has(word) {
            Some(Kind::Street)
        } else if self.areas.has(word) || self.area_endings.iter().any(ends) {
            Some(Kind::Area)
        } else {
            None
        }
    }

    /// A great city or a state by name.
    fn town(&self, words: &[Said], at: usize) -> Option<Part> {
        let rest = &words[at..];
        let find = |names: &Phrases| names.begin(rest).map(|used| (titled(&rest[..used]), at + used));
        if let Some((name, end)) = find(&self.states) {
            return Some((Found::State(name), at, end));
        }
        find(&self.cities).map(|(name, end)| (Found::City(name), at, end))
    }
}

//! People that callers name: "my brother Ravi", "my wife will take it", "Mrs Rao in flat 12".

use std::collections::BTreeMap;

use super::{
    Slot,
    said::{Said, titled, words},
};
use crate::domain::{
    dialogue::understanding::vocabulary::{Phrases, Spoken, Vocabulary, WordSet},
    values::Personal,
};

/// Names kept of one person: first, middle, last.
const NAME_WORDS_MAX: usize = 3;
/// The number of a flat in figures is no longer than this.
const UNIT_CHARS_MAX: usize = 6;

/// The words around people.
#[derive(Clone, Debug, Default, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::domain) struct PeopleLists {
    relations: BTreeMap<Relation, WordSet>,
    /// What stands in front of a relation.
    owners: WordSet,
    /// What may stand between the two.
    kinds: WordSet,
    door: WordSet,
    possessive: String,
    /// What announces the name of whom a relation names.
    named: Phrases,
    titles: WordSet,
    /// What a name follows.
    asking: Phrases,
    /// What goes on about a person and is no name.
    no_name: WordSet,
    pub(super) units: UnitLists,
}

/// The words around the number of a flat or house.
#[derive(Clone, Debug, Default, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct UnitLists {
    r#in: WordSet,
    articles: WordSet,
    kinds: WordSet,
    number: WordSet,
}

/// Who somebody is to the caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Relation {
    Spouse,
    Parent,
    Child,
    Sibling,
    Relative,
    Friend,
    Neighbour,
    Colleague,
    Flatmate,
    /// Help in the house, a caretaker, a landlord.
    Household,
    Guard,
    Receptionist,
}

/// A person as named. At least one part is there.
#[derive(Clone, Debug, PartialEq)]
pub struct Person {
    pub relation: Option<Relation>,
    /// Shape: as one would write it, with a title where one was said.
    pub name: Option<Personal<String>>,
    /// The flat or house named with them: "in flat 12".
    pub unit: Option<Personal<String>>,
}

impl Vocabulary {
    /// Reads the people of what was said, in order. A name whose end is a guess is unclear.
    pub fn people(&self, text: &str) -> Vec<Slot<Person>> {
        let words = words(text);
        let mut found = Vec::new();
        let mut at = 0;
        while at < words.len() {
            match self.person(&words[at..]) {
                Some((slot, used)) => {
                    found.push(slot);
                    at += used.max(1);
                }
                None => at += 1,
            }
        }
        found
    }

    fn person(&self, words: &[Said]) -> Option<(Slot<Person>, usize)> {
        let lists = &self.people;
        let (relation, name_at, is_named) = lists
            .related(words)
            .or_else(|| lists.titles.has(words.word(0)).then_some((None, 0, true)))
            .or_else(|| lists.asking.begin(words).map(|used| (None, used, false)))?;
        let name = lists.name(words.get(name_at..)?, is_named);
        let (unit_at, name, is_unclear) = match name {
            Some((name, used, is_unclear)) => (name_at + used, Some(Personal::new(name)), is_unclear),
            None => (name_at, None, false),
        };
        if relation.is_none() && name.is_none() {
            return None;
        }
        let (unit, used) = match self.unit(words.get(unit_at..).unwrap_or_default()) {
            Some((unit, taken)) => (Some(Personal::new(unit)), unit_at + taken),
            None => (None, unit_at),
        };
        Some((Slot { value: Person { relation, name, unit }, is_unclear }, used))
    }

    /// "In flat 12", "at number 14", "apartment 3B", "number twelve".
    pub(super) fn unit(&self, words: &[Said]) -> Option<(String, usize)> {
        let lists = &self.people.units;
        let lead = usize::from(lists.r#in.has(words.word(0)));
        let article = lead + usize::from(lists.articles.has(words.word(lead)));
        if !lists.kinds.has(words.word(article)) {
            return None;
        }
        let at = article + 1 + usize::from(lists.number.has(words.word(article + 1)));
        let code = words.get(at)?;
        if code.has_digit() {
            return (code.plain.len() <= UNIT_CHARS_MAX).then(|| (code.written.to_uppercase(), at + 1));
        }
        let spoken = self.spelled(&code.plain);
        let is_number = !spoken.is_empty() && spoken.iter().all(u8::is_ascii_digit);
        String::from_utf8(spoken).ok().filter(|_| is_number).map(|unit| (unit, at + 1))
    }
}

impl PeopleLists {
    /// "My brother", "the security guard", "our neighbour's name is". Shape: relation, where the name begins, and
    /// whether a name was announced.
    fn related(&self, words: &[Said]) -> Option<(Option<Relation>, usize, bool)> {
        if !self.owners.has(words.word(0)) {
            return None;
        }
        let lead = 1 + usize::from(self.kinds.has(words.word(1)));
        let lead = lead + usize::from(self.door.has(words.word(lead)));
        let word = words.word(lead);
        let relation = self.relation(word.strip_suffix(self.possessive.as_str()).unwrap_or(word))?;
        let announced = self.named.begin(words.get(lead + 1..).unwrap_or_default());
        Some((Some(relation), lead + 1 + announced.unwrap_or(0), announced.is_some()))
    }

    fn relation(&self, word: &str) -> Option<Relation> {
        self.relations.iter().find(|(_, words)| words.has(word)).map(|(relation, _)| *relation)
    }

    /// A name at the beginning of the words. Shape: the name, how many words it takes, and whether its end is a guess.
    fn name(&self, words: &[Said], is_announced: bool) -> Option<(String, usize, bool)> {
        let title = usize::from(self.titles.has(words.word(0)));
        let is_capitals = words.get(title).is_some_and(Said::is_capitalised);
        let mut count = 0;
        for word in words.get(title..)?.iter().take(NAME_WORDS_MAX) {
            let is_word =
                word.plain.chars().all(|sign| sign.is_alphabetic() || sign == '\'') && 1 < word.plain.chars().count();
            // In words without capitals only the very next one is surely part of the name.
            let fits = if is_capitals { word.is_capitalised() } else { count == 0 && !self.no_name.has(&word.plain) };
            if !is_word || !fits || self.relation(&word.plain).is_some() {
                break;
            }
            count += 1;
            if word.ends_clause {
                break;
            }
        }
        if count == 0 {
            return None;
        }
        let used = title + count;
        let name = titled(&words[..used]);
        Some((name, used, !is_capitals && !is_announced && title == 0))
    }
}

#[cfg(test)]
mod tests;

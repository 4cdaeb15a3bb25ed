//! Where a parcel may be left or fetched: a neighbour, a safe place, the guard, the reception, a pickup point.

use super::{
    Slot,
    said::{Said, words},
};
use crate::domain::{
    dialogue::understanding::vocabulary::{PhraseMap, Phrases, Spoken, Vocabulary, WordSet},
    values::Personal,
};

/// How many words of the place are kept as said.
const WORDS_MAX: usize = 6;

/// The words of places.
#[derive(Clone, Debug, Default, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::domain) struct PlaceLists {
    /// The words that name a place.
    names: PhraseMap<PlaceKind>,
    /// Those that may mean something else.
    unclear_names: PhraseMap<PlaceKind>,
    articles: WordSet,
    /// What makes a safe place of anything: "behind".
    hiding: WordSet,
    /// What stands in front of a place where something is left.
    at: WordSet,
    denials: WordSet,
    /// What may stand between a denial and the place.
    behind_denial: WordSet,
    /// Words that wish for a safe place and name none.
    only_wishes: Phrases,
}

/// The kind of place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PlaceKind {
    Neighbour,
    /// Behind, under or in something at the address.
    SafePlace,
    Guard,
    /// Reception, concierge, front desk, office.
    Reception,
    /// A shop, station or locker where the customer fetches it.
    Pickup,
    /// At the door, handed to nobody.
    Door,
}

/// A place as named.
#[derive(Clone, Debug, PartialEq)]
pub struct Place {
    pub kind: PlaceKind,
    /// The neighbour's flat or house.
    pub unit: Option<Personal<String>>,
    /// The words that name it, as said.
    pub words: Personal<String>,
    /// "Don't leave it with the neighbour".
    pub is_excluded: bool,
}

impl Vocabulary {
    /// Reads the places of what was said, in order. A word that may name a place or something else is unclear.
    pub fn places(&self, text: &str) -> Vec<Slot<Place>> {
        let words = words(text);
        let mut found: Vec<Slot<Place>> = Vec::new();
        let mut at = 0;
        while at < words.len() {
            match self.place(&words, at) {
                Some((slot, used)) => {
                    found.push(slot);
                    at += used;
                }
                None => at += 1,
            }
        }
        found
    }

    /// Whether what was said wishes for a safe place without naming one: "leave it somewhere safe".
    pub fn only_wishes_for_place(&self, text: &str) -> bool {
        let text = text.to_lowercase();
        self.places.only_wishes.iter().any(|wish| text.contains(wish))
    }

    fn place(&self, all: &[Said], at: usize) -> Option<(Slot<Place>, usize)> {
        let (lists, words) = (&self.places, &all[at..]);
        let (used, mut kind, is_doubtful) = lists.named(words)?;
        let is_back = |steps: usize, known: &WordSet| at.checked_sub(steps).is_some_and(|at| known.has(all.word(at)));
        let article = usize::from(is_back(1, &lists.articles));
        let is_behind = is_back(1 + article, &lists.hiding);
        if is_behind {
            kind = PlaceKind::SafePlace;
        }
        let is_left = is_behind || is_back(1 + article, &lists.at);
        let unit = self.unit(&words[used..]);
        let taken = used + unit.as_ref().map_or(0, |(_, taken)| *taken);
        let start = at.saturating_sub(article + usize::from(is_left));
        let heard: Vec<&str> =
            all[start..at + taken].iter().map(|word| word.written.as_str()).take(WORDS_MAX).collect();
        let place = Place {
            kind,
            unit: unit.map(|(unit, _)| Personal::new(unit)),
            words: Personal::new(heard.join(" ")),
            is_excluded: lists.is_denied(&all[..start]),
        };
        let is_unclear = is_doubtful && !is_behind || !is_left && kind == PlaceKind::SafePlace;
        Some((Slot { value: place, is_unclear }, taken))
    }
}

impl PlaceLists {
    /// The longest name that the words begin with. Shape: how many words it has, its kind, and whether it may mean
    /// something else.
    fn named(&self, words: &[Said]) -> Option<(usize, PlaceKind, bool)> {
        let clear = self.names.begin(words).map(|(used, kind)| (used, *kind, false));
        let unclear = self.unclear_names.begin(words).map(|(used, kind)| (used, *kind, true));
        clear.into_iter().chain(unclear).max_by_key(|(used, ..)| *used)
    }

    /// "Don't leave it with", "not at", "never put it".
    fn is_denied(&self, before: &[Said]) -> bool {
        let clause = before.iter().rposition(|word| word.ends_clause).map_or(0, |at| at + 1);
        let mut back = before[clause..].iter().rev().skip_while(|word| self.behind_denial.has(&word.plain));
        back.next().is_some_and(|word| self.denials.has(&word.plain))
    }
}

#[cfg(test)]
mod tests;

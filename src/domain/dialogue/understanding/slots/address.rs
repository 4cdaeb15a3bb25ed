//! The parts of an address as they are spoken or written: flat, building, street, area, landmark, city, state, postcode.
//!
//! No gazetteer stands behind it but the great cities and the states: a part is known by the words around it, and what
//! no word gives away is kept as it was, unplaced.

mod parts;

use super::said::{Said, titled, words};
use crate::domain::dialogue::understanding::vocabulary::{Phrases, Vocabulary, WordSet};
use crate::domain::values::Personal;
use parts::Found;

/// The words of addresses.
#[derive(Clone, Debug, Default, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::domain) struct AddressLists {
    /// What introduces or joins parts.
    fillers: WordSet,
    /// What a landmark begins with.
    prepositions: Phrases,
    /// What ends a landmark, because another part begins.
    beginning: WordSet,
    units: WordSet,
    /// What may stand in front of the number of a flat.
    number: WordSet,
    /// By itself this is no letter of a flat.
    one: WordSet,
    /// What only sounds like a number.
    no_numbers: WordSet,
    numbered_areas: WordSet,
    /// What names of buildings, streets and areas end in.
    buildings: WordSet,
    streets: WordSet,
    areas: WordSet,
    area_endings: WordSet,
    /// What is no part of such a name.
    no_name: WordSet,
    doubles: WordSet,
    cities: Phrases,
    states: Phrases,
}

/// An address in its parts; each as one would write it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SpokenAddress {
    /// Shape: the number alone, "12B".
    pub unit: Option<Personal<String>>,
    pub building: Option<Personal<String>>,
    /// Shape: with the house number where one was said, "82 Clerkenwell Road".
    pub street: Option<Personal<String>>,
    pub area: Option<Personal<String>>,
    /// Shape: with its preposition, "behind the temple".
    pub landmark: Option<Personal<String>>,
    pub city: Option<Personal<String>>,
    pub state: Option<Personal<String>>,
    /// Shape: as the country writes it, "560034", "EC1M 5RF", "94303".
    pub postcode: Option<Personal<String>>,
    /// Words between the parts that none of them explains. Order: as said.
    pub unplaced: Vec<Personal<String>>,
}

impl SpokenAddress {
    /// Nothing in it is known.
    pub fn is_empty(&self) -> bool {
        *self == Self { unplaced: self.unplaced.clone(), ..Self::default() }
    }

    /// There are parts to read back and to ask about before it counts.
    pub fn is_unclear(&self) -> bool {
        !self.unplaced.is_empty() || self.postcode.is_none()
    }

    fn put(&mut self, found: Found) {
        let slot = match &found {
            Found::Unit(_) => &mut self.unit,
            Found::Building(_) => &mut self.building,
            Found::Street(_) => &mut self.street,
            Found::Area(_) => &mut self.area,
            Found::Landmark(_) => &mut self.landmark,
            Found::City(_) => &mut self.city,
            Found::State(_) => &mut self.state,
            Found::Postcode(_) => &mut self.postcode,
        };
        let text = found.into_text();
        match slot {
            // A second value of one kind is kept, and not chosen between.
            Some(known) if *known.reveal() != text => self.unplaced.push(Personal::new(text)),
            Some(_) => (),
            None => *slot = Some(Personal::new(text)),
        }
    }
}

impl Vocabulary {
    /// Reads the parts of an address from what was said. Words that only introduce it are left out.
    pub fn read_address(&self, text: &str) -> SpokenAddress {
        let words = words(&text.replace(['\n', ';'], ", ").replace(" - ", ", "));
        let mut address = SpokenAddress::default();
        let (mut at, mut open) = (0, 0);
        while at < words.len() {
            // A part may begin with words in front of the one that gives it away: "Lake View Apartments".
            match self.address_part(&words, open, at) {
                Some((found, from, to)) => {
                    self.leave_unplaced(&words[open..from], &mut address);
                    address.put(found);
                    (at, open) = (to, to);
                }
                None => at += 1,
            }
        }
        self.leave_unplaced(&words[open..], &mut address);
        address
    }

    fn leave_unplaced(&self, words: &[Said], address: &mut SpokenAddress) {
        let is_filler = |word: &Said| self.addresses.fillers.has(&word.plain);
        let start = words.iter().position(|word| !is_filler(word)).unwrap_or(words.len());
        let end = words.iter().rposition(|word| !is_filler(word)).map_or(start, |at| at + 1);
        for clause in words[start..end].split_inclusive(|word| word.ends_clause) {
            address.unplaced.push(Personal::new(titled(clause)));
        }
    }
}

#[cfg(test)]
mod tests;

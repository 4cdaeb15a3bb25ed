//! The parts of an address as they are spoken or written: flat, building, street, area, landmark, city, state, postcode.
//!
//! No gazetteer stands behind it but the great cities and the states: a part is known by the words around it, and what
//! no word gives away is kept as it was, unplaced.

mod gazetteer;
mod parts;

use crate::domain::values::Personal;

use super::said::{Said, plain, titled, words};
use parts::Found;

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

/// Reads the parts of an address from what was said. Words that only introduce it are left out.
pub fn read_address(text: &str) -> SpokenAddress {
    let words = words(&text.replace(['\n', ';'], ", ").replace(" - ", ", "));
    let mut address = SpokenAddress::default();
    let (mut at, mut open) = (0, 0);
    while at < words.len() {
        // A part may begin with words in front of the one that gives it away: "Lake View Apartments".
        match parts::read(&words, open, at) {
            Some((found, from, to)) => {
                leave_unplaced(&words[open..from], &mut address);
                address.put(found);
                (at, open) = (to, to);
            }
            None => at += 1,
        }
    }
    leave_unplaced(&words[open..], &mut address);
    address
}

fn leave_unplaced(words: &[Said], address: &mut SpokenAddress) {
    let mut rest = words;
    while let Some((first, tail)) = rest.split_first() {
        if !is_filler(&first.plain) {
            break;
        }
        rest = tail;
    }
    let end = rest.iter().rposition(|word| !is_filler(&word.plain)).map_or(0, |at| at + 1);
    for clause in rest[..end].split_inclusive(|word| word.ends_clause) {
        if !clause.is_empty() && !plain(clause, 0).is_empty() {
            address.unplaced.push(Personal::new(titled(clause)));
        }
    }
}

/// Words that introduce or join parts.
fn is_filler(word: &str) -> bool {
    const FILLERS: &[&str] = &[
        "my", "the", "address", "is", "it's", "its", "i", "live", "at", "in", "on", "new", "we", "are", "i'm", "and",
        "of", "to", "please", "so", "yes", "yeah", "okay", "um", "uh", "er", "deliver", "it", "that's", "this",
        "correct", "postcode", "pin", "code", "pincode", "zip", "city", "state", "area", "street", "a", "um", "then",
        "here", "called", "house", "flat", "from", "near", "number", "no", "sorry", "well", "india", "uk", "usa",
        "england",
    ];
    FILLERS.contains(&word)
}

#[cfg(test)]
mod tests;

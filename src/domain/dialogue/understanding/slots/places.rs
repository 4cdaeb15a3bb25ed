//! Where a parcel may be left or fetched: a neighbour, a safe place, the guard, the reception, a pickup point.

use crate::domain::values::Personal;

use super::{
    Slot,
    said::{Said, plain, says, words},
};

/// How many words of the place are kept as said.
const WORDS_MAX: usize = 6;

/// The kind of place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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

/// Reads the places of what was said, in order. A word that may name a place or something else is unclear.
pub fn places(text: &str) -> Vec<Slot<Place>> {
    let words = words(text);
    let mut found: Vec<Slot<Place>> = Vec::new();
    let mut at = 0;
    while at < words.len() {
        match read(&words, at) {
            Some((slot, used)) => {
                found.push(slot);
                at += used;
            }
            None => at += 1,
        }
    }
    found
}

/// The words that name a place, its kind, and whether they may mean something else.
const NAMES: &[(&str, PlaceKind, bool)] = &[
    ("next door neighbour", PlaceKind::Neighbour, false),
    ("next door neighbor", PlaceKind::Neighbour, false),
    ("neighbour", PlaceKind::Neighbour, false),
    ("neighbor", PlaceKind::Neighbour, false),
    ("neighbours", PlaceKind::Neighbour, false),
    ("neighbors", PlaceKind::Neighbour, false),
    ("next door", PlaceKind::Neighbour, false),
    ("opposite flat", PlaceKind::Neighbour, false),
    ("security guard", PlaceKind::Guard, false),
    ("security desk", PlaceKind::Guard, false),
    ("security cabin", PlaceKind::Guard, false),
    ("security", PlaceKind::Guard, false),
    ("watchman", PlaceKind::Guard, false),
    ("guard", PlaceKind::Guard, false),
    ("gatehouse", PlaceKind::Guard, false),
    ("main gate", PlaceKind::Guard, true),
    ("gate", PlaceKind::Guard, true),
    ("front desk", PlaceKind::Reception, false),
    ("help desk", PlaceKind::Reception, true),
    ("reception", PlaceKind::Reception, false),
    ("receptionist", PlaceKind::Reception, false),
    ("concierge", PlaceKind::Reception, false),
    ("lobby", PlaceKind::Reception, true),
    ("mail room", PlaceKind::Reception, false),
    ("mailroom", PlaceKind::Reception, false),
    ("pickup point", PlaceKind::Pickup, false),
    ("pick up point", PlaceKind::Pickup, false),
    ("collection point", PlaceKind::Pickup, false),
    ("parcel shop", PlaceKind::Pickup, false),
    ("parcel locker", PlaceKind::Pickup, false),
    ("locker", PlaceKind::Pickup, false),
    ("post office", PlaceKind::Pickup, false),
    ("depot", PlaceKind::Pickup, false),
    ("your office", PlaceKind::Pickup, true),
    ("your shop", PlaceKind::Pickup, true),
    ("front door", PlaceKind::Door, false),
    ("doorstep", PlaceKind::Door, false),
    ("door mat", PlaceKind::Door, false),
    ("at the door", PlaceKind::Door, false),
    ("outside the door", PlaceKind::Door, false),
    ("porch", PlaceKind::SafePlace, false),
    ("garage", PlaceKind::SafePlace, false),
    ("shed", PlaceKind::SafePlace, false),
    ("conservatory", PlaceKind::SafePlace, false),
    ("letterbox", PlaceKind::SafePlace, false),
    ("letter box", PlaceKind::SafePlace, false),
    ("mailbox", PlaceKind::SafePlace, false),
    ("meter box", PlaceKind::SafePlace, false),
    ("shoe rack", PlaceKind::SafePlace, false),
    ("green bin", PlaceKind::SafePlace, false),
    ("bins", PlaceKind::SafePlace, false),
    ("bin", PlaceKind::SafePlace, true),
    ("back garden", PlaceKind::SafePlace, false),
    ("garden", PlaceKind::SafePlace, true),
    ("balcony", PlaceKind::SafePlace, false),
    ("side gate", PlaceKind::SafePlace, false),
    ("flower pot", PlaceKind::SafePlace, false),
    ("stairs", PlaceKind::SafePlace, true),
];

fn read(all: &[Said], at: usize) -> Option<(Slot<Place>, usize)> {
    let words = &all[at..];
    let (used, mut kind, is_doubtful) =
        NAMES.iter().find_map(|(phrase, kind, doubtful)| says(words, phrase).map(|used| (used, *kind, *doubtful)))?;
    let back = |steps: usize| at.checked_sub(steps).map_or("", |place| plain(all, place));
    let article = usize::from(matches!(back(1), "the" | "my" | "our" | "a" | "your"));
    let joint = back(1 + article);
    let is_behind = matches!(joint, "behind" | "under" | "underneath" | "inside" | "beside");
    if is_behind {
        kind = PlaceKind::SafePlace;
    }
    let is_left = is_behind
        || matches!(joint, "with" | "at" | "in" | "on" | "to" | "by" | "near" | "from" | "outside" | "as" | "through");
    let unit = unit(&words[used..]);
    let taken = used + unit.as_ref().map_or(0, |(_, taken)| *taken);
    let start = at.saturating_sub(article + usize::from(is_left));
    let heard: Vec<&str> = all[start..at + taken].iter().map(|word| word.written.as_str()).take(WORDS_MAX).collect();
    let place = Place {
        kind,
        unit: unit.map(|(unit, _)| Personal::new(unit)),
        words: Personal::new(heard.join(" ")),
        is_excluded: is_denied(&all[..start]),
    };
    Some((
        Slot { value: place, is_unclear: is_doubtful && !is_behind || !is_left && kind == PlaceKind::SafePlace },
        taken,
    ))
}

/// "Don't leave it with", "not at", "never put it".
fn is_denied(before: &[Said]) -> bool {
    const BETWEEN: &[&str] = &[
        "leave", "put", "it", "give", "deliver", "the", "parcel", "drop", "keep", "any", "my", "them", "package",
        "that",
    ];
    let clause = before.iter().rposition(|word| word.ends_clause).map_or(0, |at| at + 1);
    let mut back =
        before[clause..].iter().rev().map(|word| word.plain.as_str()).skip_while(|word| BETWEEN.contains(word));
    matches!(back.next(), Some("not" | "don't" | "never" | "dont" | "can't" | "cannot" | "without"))
}

/// "In flat 14", "at number 12", "number 9".
fn unit(words: &[Said]) -> Option<(String, usize)> {
    let lead = usize::from(matches!(plain(words, 0), "in" | "at" | "from" | "of"));
    let is_kind = matches!(plain(words, lead), "flat" | "apartment" | "house" | "unit" | "number" | "room");
    let at = lead + usize::from(is_kind) + usize::from(is_kind && matches!(plain(words, lead + 1), "number" | "no"));
    let code = words.get(at).filter(|_| is_kind)?;
    if code.has_digit() {
        return Some((code.written.to_uppercase(), at + 1));
    }
    let spoken = crate::domain::dialogue::understanding::spelling::spelled(&code.plain);
    let is_number = !spoken.is_empty() && spoken.iter().all(u8::is_ascii_digit);
    is_number.then(|| String::from_utf8(spoken).ok().map(|unit| (unit, at + 1))).flatten()
}

#[cfg(test)]
mod tests;

//! One part of an address, known by the word that gives it away.

use crate::domain::dialogue::understanding::{
    numbers::text_digits,
    references::{PostcodeForm, postcodes},
    spelling::spelled,
};
use crate::domain::hearing::Transcript;

use super::gazetteer;
use crate::domain::dialogue::understanding::slots::said::{Said, plain, says, titled};

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

/// Reads the part whose telling word stands at `at`; it may reach back to `open`. Shape: the part, where it begins, and
/// one past where it ends.
pub(super) fn read(words: &[Said], open: usize, at: usize) -> Option<(Found, usize, usize)> {
    landmark(words, at)
        .or_else(|| unit(words, at))
        .or_else(|| numbered_area(words, at))
        .or_else(|| named(words, open, at))
        .or_else(|| place(words, at))
        .or_else(|| postcode(words, at))
}

/// "Opposite the temple", "behind SBI", "near water tank", "next to the bank".
fn landmark(words: &[Said], at: usize) -> Option<(Found, usize, usize)> {
    const PREPOSITIONS: &[&str] = &[
        "in front of",
        "next to",
        "close to",
        "across from",
        "adjacent to",
        "adjoining",
        "opposite to",
        "opposite",
        "opp",
        "behind",
        "near to",
        "near",
        "beside",
        "besides",
        "above",
        "below",
    ];
    let lead = PREPOSITIONS.iter().find_map(|phrase| says(&words[at..], phrase))?;
    let start = at + lead;
    let mut end = start;
    while end < words.len() && end - start < LANDMARK_WORDS_MAX {
        let is_new_part = start < end
            && (begins_part(words, end) || PREPOSITIONS.iter().any(|phrase| says(&words[end..], phrase).is_some()));
        if is_new_part {
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
fn begins_part(words: &[Said], at: usize) -> bool {
    let word = plain(words, at);
    let names_more =
        matches!(word, "in" | "pin" | "postcode" | "zip" | "pincode" | "flat" | "apartment" | "sector" | "phase");
    names_more || place(words, at).is_some() || postcode(words, at).is_some()
}

/// "Flat 12", "flat number twelve b", "apartment 3B", "door no 4", "12 b".
fn unit(words: &[Said], at: usize) -> Option<(Found, usize, usize)> {
    const KINDS: &[&str] = &["flat", "apartment", "apt", "unit", "suite", "door", "house", "plot", "room", "villa"];
    if !KINDS.contains(&plain(words, at)) {
        return None;
    }
    let start = at + 1 + usize::from(matches!(plain(words, at + 1), "number" | "no" | "num"));
    let mut code = String::new();
    let mut end = start;
    while let Some(word) = words.get(end).filter(|_| end - start < 4) {
        let Some(signs) = code_of(word, code.is_empty()) else { break };
        code.push_str(&signs);
        end += 1;
        if word.ends_clause {
            break;
        }
    }
    (!code.is_empty()).then_some((Found::Unit(code), at, end))
}

/// A word of a flat's number: digits, a number word, or a single letter behind them.
fn code_of(word: &Said, is_first: bool) -> Option<String> {
    if word.has_digit() {
        return Some(word.written.to_uppercase());
    }
    if word.plain.chars().count() == 1 && (!is_first || word.plain != "a") {
        return Some(word.plain.to_uppercase());
    }
    // Words that only sound like numbers are left to what follows.
    let readings = text_digits(&word.plain, 1.0);
    readings
        .first()
        .filter(|_| !matches!(word.plain.as_str(), "to" | "for" | "and" | "o" | "oh"))
        .map(|reading| reading.digits.reveal().clone())
}

/// "Sector 21", "phase two", "block C", "5th cross", "third main".
fn numbered_area(words: &[Said], at: usize) -> Option<(Found, usize, usize)> {
    if !matches!(plain(words, at), "sector" | "phase" | "block" | "ward") {
        return None;
    }
    let code = words.get(at + 1)?;
    let is_code = code.has_digit() || code.plain.chars().count() <= 2 || !text_digits(&code.plain, 1.0).is_empty();
    is_code.then(|| {
        let code = code_of(code, false).unwrap_or_else(|| code.written.to_uppercase());
        (Found::Area(format!("{} {code}", titled(&words[at..=at]))), at, at + 2)
    })
}

/// A name that ends in a telling word: "Lake View Apartments", "82 Clerkenwell Road", "Indira Nagar", "5th Cross".
fn named(words: &[Said], open: usize, at: usize) -> Option<(Found, usize, usize)> {
    let kind = kind_of(plain(words, at))?;
    // "Lake View Apartments", "5th Cross Road": the last telling word says what it is.
    if !words[at].ends_clause && kind_of(plain(words, at + 1)).is_some() {
        return None;
    }
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

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Building,
    Street,
    Area,
}

fn kind_of(word: &str) -> Option<Kind> {
    const BUILDINGS: &[&str] = &[
        "apartments",
        "towers",
        "tower",
        "residency",
        "residences",
        "heights",
        "complex",
        "building",
        "mansion",
        "mansions",
        "plaza",
        "society",
        "villas",
        "enclave",
        "homes",
        "house",
        "court",
        "chambers",
        "view",
    ];
    const STREETS: &[&str] = &[
        "street",
        "road",
        "lane",
        "avenue",
        "drive",
        "close",
        "way",
        "crescent",
        "square",
        "boulevard",
        "cross",
        "main",
        "marg",
        "terrace",
        "grove",
        "gardens",
        "hill",
        "row",
        "path",
        "rd",
        "ave",
        "blvd",
        "ln",
        "highway",
        "st",
    ];
    const AREAS: &[&str] = &[
        "nagar",
        "layout",
        "colony",
        "vihar",
        "puram",
        "bagh",
        "stage",
        "extension",
        "township",
        "gaon",
        "chowk",
        "peth",
        "palya",
        "halli",
        "pally",
        "kunj",
        "puri",
        "ganj",
        "park",
    ];
    const AREA_ENDINGS: &[&str] = &["nagar", "palya", "halli", "puram", "mangala", "pally"];
    if BUILDINGS.contains(&word) {
        Some(Kind::Building)
    } else if STREETS.contains(&word) {
        Some(Kind::Street)
    } else if AREAS.contains(&word)
        || AREA_ENDINGS.iter().any(|ending| ending.len() + 2 < word.len() && word.ends_with(ending))
    {
        Some(Kind::Area)
    } else {
        None
    }
}

fn belongs_to_name(word: &Said) -> bool {
    const STOPS: &[&str] = &[
        "at", "in", "on", "is", "live", "address", "my", "the", "near", "opposite", "behind", "flat", "and", "to",
        "it's", "of", "from", "i", "deliver", "it", "please", "house", "floor", "we", "are", "that's", "a",
    ];
    !word.ends_clause && !STOPS.contains(&word.plain.as_str())
}

/// A great city or a state by name.
fn place(words: &[Said], at: usize) -> Option<(Found, usize, usize)> {
    let rest = &words[at..];
    if let Some((name, used)) = gazetteer::state(rest) {
        return Some((Found::State(name.to_owned()), at, at + used));
    }
    let (name, used) = gazetteer::city(rest)?;
    Some((Found::City(name.to_owned()), at, at + used))
}

/// A postcode at the beginning of the words: the longest stretch that has the form of one.
fn postcode(words: &[Said], at: usize) -> Option<(Found, usize, usize)> {
    let first = words.get(at)?;
    let begins = first.has_digit() || first.plain.chars().count() <= 2 || !text_digits(&first.plain, 1.0).is_empty();
    if !begins {
        return None;
    }
    for length in (1..=POSTCODE_WORDS_MAX.min(words.len() - at)).rev() {
        let stretch = &words[at..at + length];
        let is_cut = stretch[..length - 1].iter().any(|word| word.ends_clause);
        if is_cut || !stretch.iter().all(is_code_word) {
            continue;
        }
        let text = stretch.iter().map(|word| word.plain.as_str()).collect::<Vec<_>>().join(" ");
        if let Some(code) = code_in(&text) {
            return Some((Found::Postcode(code), at, at + length));
        }
    }
    None
}

fn is_code_word(word: &Said) -> bool {
    let is_short = word.plain.chars().count() <= 4 && (word.has_digit() || word.plain.chars().count() <= 2);
    is_short
        || word.plain.bytes().all(|byte| byte.is_ascii_digit())
        || !text_digits(&word.plain, 1.0).is_empty()
        || matches!(word.plain.as_str(), "double" | "triple")
        || (word.has_digit() && word.plain.len() <= 8 && spelled(&word.plain).len() == word.plain.len())
}

fn code_in(text: &str) -> Option<String> {
    let transcript = Transcript::certain(text);
    let read = |form| postcodes(&transcript, form).into_iter().next().map(|code| code.canonical.into_inner());
    if let Some(code) = read(PostcodeForm::India).or_else(|| read(PostcodeForm::UnitedStates)) {
        return Some(code);
    }
    read(PostcodeForm::UnitedKingdom).filter(|code| code.bytes().any(|byte| byte.is_ascii_alphabetic())).map(|code| {
        let (outward, inward) = code.split_at(code.len() - 3);
        format!("{outward} {inward}")
    })
}

//! People that callers name: "my brother Ravi", "my wife will take it", "Mrs Rao in flat 12".

use crate::domain::values::Personal;

use super::{
    Slot,
    said::{Said, plain, says, titled, words},
};

/// Names kept of one person: first, middle, last.
const NAME_WORDS_MAX: usize = 3;

/// Who somebody is to the caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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

/// Reads the people of what was said, in order. A name whose end is a guess is unclear.
pub fn people(text: &str) -> Vec<Slot<Person>> {
    let words = words(text);
    let mut found = Vec::new();
    let mut at = 0;
    while at < words.len() {
        match read(&words[at..]) {
            Some((slot, used)) => {
                found.push(slot);
                at += used.max(1);
            }
            None => at += 1,
        }
    }
    found
}

fn read(words: &[Said]) -> Option<(Slot<Person>, usize)> {
    let (relation, name_at, is_named) = related(words)
        .or_else(|| is_title(plain(words, 0)).then_some((None, 0, true)))
        .or_else(|| asked_for(words).map(|used| (None, used, false)))?;
    let name = name(words.get(name_at..)?, is_named);
    let (unit_at, name, is_unclear) = match name {
        Some((name, used, is_unclear)) => (name_at + used, Some(Personal::new(name)), is_unclear),
        None => (name_at, None, false),
    };
    if relation.is_none() && name.is_none() {
        return None;
    }
    let (unit, used) = match unit(words.get(unit_at..).unwrap_or_default()) {
        Some((unit, taken)) => (Some(Personal::new(unit)), unit_at + taken),
        None => (None, unit_at),
    };
    Some((Slot { value: Person { relation, name, unit }, is_unclear }, used))
}

/// "My brother", "the security guard", "our neighbour's name is". Shape: relation, where the name begins, and whether
/// a name was announced.
fn related(words: &[Said]) -> Option<(Option<Relation>, usize, bool)> {
    let lead = usize::from(matches!(plain(words, 0), "my" | "our" | "the" | "his" | "her" | "your"));
    let is_own = matches!(plain(words, 0), "my" | "our" | "the");
    if !is_own {
        return None;
    }
    let lead = lead
        + usize::from(matches!(
            plain(words, lead),
            "elder" | "younger" | "older" | "little" | "big" | "next" | "security"
        ));
    let lead = lead + says(words.get(lead..)?, "door").unwrap_or(0);
    let word = plain(words, lead);
    let relation = relation(word.strip_suffix("'s").unwrap_or(word))?;
    let named = ["name is", "is called", "called", "named"];
    let announced = named.iter().find_map(|phrase| says(words.get(lead + 1..).unwrap_or_default(), phrase));
    Some((Some(relation), lead + 1 + announced.unwrap_or(0), announced.is_some()))
}

fn relation(word: &str) -> Option<Relation> {
    Some(match word {
        "wife" | "husband" | "partner" | "fiance" | "fiancee" | "girlfriend" | "boyfriend" | "spouse" => {
            Relation::Spouse
        }
        "mother" | "mum" | "mom" | "mummy" | "father" | "dad" | "papa" | "parents" | "amma" | "appa" => {
            Relation::Parent
        }
        "son" | "daughter" | "kid" | "child" => Relation::Child,
        "brother" | "sister" | "bhaiya" | "didi" => Relation::Sibling,
        "uncle" | "aunt" | "aunty" | "auntie" | "cousin" | "grandmother" | "grandfather" | "grandma" | "grandpa"
        | "nephew" | "niece" | "brother-in-law" | "sister-in-law" | "mother-in-law" | "father-in-law" | "in-laws" => {
            Relation::Relative
        }
        "friend" => Relation::Friend,
        "neighbour" | "neighbor" | "neighbours" | "neighbors" => Relation::Neighbour,
        "colleague" | "coworker" | "assistant" | "secretary" | "manager" | "boss" => Relation::Colleague,
        "flatmate" | "roommate" | "housemate" => Relation::Flatmate,
        "maid" | "cook" | "caretaker" | "landlord" | "landlady" | "driver" | "nanny" | "helper" | "cleaner" => {
            Relation::Household
        }
        "guard" | "watchman" | "security" | "doorman" | "gatekeeper" => Relation::Guard,
        "receptionist" | "reception" | "concierge" | "porter" => Relation::Receptionist,
        _ => return None,
    })
}

fn is_title(word: &str) -> bool {
    matches!(word, "mr" | "mrs" | "ms" | "miss" | "dr" | "doctor" | "mister" | "sir" | "madam" | "shri" | "smt")
}

/// "Ask for Priya", "give it to Suresh", "leave it with Priya": a name, if it is one.
fn asked_for(words: &[Said]) -> Option<usize> {
    const ASKS: &[&str] =
        &["ask for", "give it to", "hand it to", "leave it with", "speak to", "call for", "deliver it to"];
    ASKS.iter().find_map(|phrase| says(words, phrase))
}

/// A name at the beginning of the words. Shape: the name, how many words it takes, and whether its end is a guess.
fn name(words: &[Said], is_announced: bool) -> Option<(String, usize, bool)> {
    let title = usize::from(is_title(plain(words, 0)));
    let is_capitals = words.get(title).is_some_and(Said::is_capitalised);
    let mut count = 0;
    for word in words.get(title..)?.iter().take(NAME_WORDS_MAX) {
        let is_word =
            word.plain.chars().all(|sign| sign.is_alphabetic() || sign == '\'') && 1 < word.plain.chars().count();
        // In words without capitals only the very next one is surely part of the name.
        let fits =
            if is_capitals { word.is_capitalised() } else { count == 0 && !NO_NAME.contains(&word.plain.as_str()) };
        if !is_word || !fits || relation(&word.plain).is_some() {
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

/// Words that go on about a person and are no name.
const NO_NAME: &[&str] = &[
    "will",
    "is",
    "can",
    "would",
    "has",
    "at",
    "in",
    "on",
    "who",
    "takes",
    "to",
    "and",
    "or",
    "she",
    "he",
    "they",
    "there",
    "home",
    "today",
    "tomorrow",
    "could",
    "should",
    "may",
    "might",
    "isn't",
    "won't",
    "can't",
    "was",
    "were",
    "are",
    "lives",
    "next",
    "from",
    "with",
    "for",
    "instead",
    "please",
    "then",
    "but",
    "if",
    "only",
    "also",
    "too",
    "just",
    "take",
    "collect",
    "receive",
    "accept",
    "a",
    "an",
    "the",
    "my",
    "our",
    "her",
    "his",
    "it",
    "that",
    "this",
    "any",
    "anyone",
    "someone",
    "me",
    "desk",
    "downstairs",
    "upstairs",
    "outside",
    "door",
    "opposite",
    "across",
    "does",
    "did",
    "said",
    "works",
    "because",
    "when",
    "so",
    "not",
    "i",
    "you",
    "we",
    "of",
    "as",
    "customer",
    "human",
    "person",
    "somebody",
    "anybody",
    "agent",
    "name",
    "number",
    "phone",
    "address",
    "place",
    "house",
    "flat",
    "apartment",
    "office",
    "reception",
    "security",
    "guard",
    "pay",
    "paid",
];

/// "In flat 12", "at number 14", "apartment 3B".
fn unit(words: &[Said]) -> Option<(String, usize)> {
    let lead = usize::from(matches!(plain(words, 0), "in" | "at" | "from" | "of"));
    let article = lead + usize::from(plain(words, lead) == "the");
    let is_kind = matches!(plain(words, article), "flat" | "apartment" | "house" | "unit" | "number" | "room" | "door");
    let at = article + 1 + usize::from(matches!(plain(words, article + 1), "number" | "no"));
    let code = words.get(at).filter(|word| is_kind && word.plain.len() <= 6)?;
    let spoken = crate::domain::dialogue::understanding::spelling::spelled(&code.plain);
    let is_code = code.has_digit() || (spoken.iter().all(u8::is_ascii_digit) && !spoken.is_empty());
    let value = if code.has_digit() { code.written.to_uppercase() } else { String::from_utf8(spoken).ok()? };
    is_code.then_some((value, at + 1))
}

#[cfg(test)]
mod tests;

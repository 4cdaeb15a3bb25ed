//! E-mail addresses as they are spoken: "asha dot rao at gmail dot com".

use super::{
    Slot,
    said::{Said, words},
};
use crate::domain::{
    dialogue::understanding::number_words::NumberWord,
    dialogue::understanding::vocabulary::{PhraseMap, Phrases, Spoken, Vocabulary, WordSet},
    values::Personal,
};

/// Longer than any address that is said aloud.
const CHARS_MAX: usize = 254;
/// Words in front of "at" that can belong to the name.
const NAME_WORDS_MAX: usize = 12;

/// The words of e-mail addresses.
#[derive(Clone, Debug, Default, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::domain) struct EmailLists {
    /// Domains so common that hearing one leaves no doubt.
    known: WordSet,
    at: Phrases,
    dots: WordSet,
    /// What stands for a sign, or for nothing, in the part in front of the "at".
    signs: PhraseMap<String>,
    /// The same in a domain.
    domain_signs: PhraseMap<String>,
    /// Words that the name begins behind.
    openings: WordSet,
    /// How recognisers write domains, and what is read instead.
    rewrites: PhraseMap<String>,
}

impl Vocabulary {
    /// Reads the e-mail address of what was said.
    ///
    /// It is unclear when the domain is not a common one, or when single letters or sound-alike words had to be joined.
    pub fn email(&self, text: &str) -> Option<Slot<Personal<String>>> {
        if let Some(written) = text.split_whitespace().map(trimmed).find(|word| is_address(word)) {
            return Some(Slot::clear(Personal::new(written.to_lowercase())));
        }
        let lists = &self.email;
        let words = words(text);
        let sign = |at: usize| lists.at.begin(&words[at..]).filter(|_| lists.has_domain(&words[at..]));
        let (at, joint) = (0..words.len()).find_map(|at| sign(at).map(|joint| (at, joint)))?;
        let name = self.name_before(&words[..at])?;
        let domain = lists.domain(&words[at + joint..])?;
        let address = format!("{}@{domain}", name.text);
        let is_unclear = name.is_doubtful || !lists.known.has(&domain);
        is_address(&address).then_some(Slot { value: Personal::new(address), is_unclear })
    }

    /// Joins the words in front of the sign, back to where something else was said.
    fn name_before(&self, words: &[Said]) -> Option<Name> {
        let start = words.iter().rposition(|word| self.email.openings.has(&word.plain)).map_or(0, |at| at + 1);
        let mut name = Name { text: String::new(), is_doubtful: NAME_WORDS_MAX < words.len() - start };
        let mut at = start.max(words.len().saturating_sub(NAME_WORDS_MAX));
        let mut letters = 0;
        while at < words.len() {
            let (piece, used, is_doubtful) = self.piece(&words[at..]);
            letters += usize::from(words.word(at).chars().count() == 1 && !words[at].has_digit());
            name.text.push_str(&piece);
            name.is_doubtful |= is_doubtful;
            at += used;
        }
        name.is_doubtful |= 0 < letters;
        (!name.text.is_empty()).then_some(name)
    }

    /// What a word stands for. Shape: the characters, how many words they take, and whether they are a guess.
    fn piece(&self, words: &[Said]) -> (String, usize, bool) {
        match self.email.signs.begin(words) {
            Some((used, sign)) => (sign.clone(), used, false),
            None => self.word_piece(words),
        }
    }

    fn word_piece(&self, words: &[Said]) -> (String, usize, bool) {
        let word = words.word(0);
        match self.numbers.read(word) {
            Some(NumberWord::Digit(digit)) => (digit.to_string(), 1, false),
            Some(NumberWord::Teen(value)) => (value.to_string(), 1, false),
            Some(NumberWord::Tens(value)) => match self.numbers.read(words.word(1)) {
                Some(NumberWord::Digit(digit @ 1..)) => ((value + digit).to_string(), 2, false),
                Some(_) | None => (value.to_string(), 1, false),
            },
            Some(NumberWord::Repeat(times)) if words.len() > 1 => {
                let (once, used, _) = self.word_piece(&words[1..]);
                let is_single = once.chars().count() == 1;
                let repeated = if is_single { once.repeat(times.into()) } else { format!("{word}{once}") };
                (repeated, used + 1, !is_single)
            }
            // "For", "to", "oh": a digit, or the word itself.
            Some(NumberWord::SoundsLike(_)) => (word.to_owned(), 1, true),
            Some(NumberWord::Repeat(_) | NumberWord::Hundred | NumberWord::Scale(_) | NumberWord::Joint) => {
                (word.to_owned(), 1, true)
            }
            None => (word.replace('\'', ""), 1, false),
        }
    }
}

impl EmailLists {
    /// An "at" is the sign only where a domain follows.
    fn has_domain(&self, words: &[Said]) -> bool {
        let near = words.iter().take(10);
        near.clone().any(|word| self.dots.has(&word.plain)) || near.skip(1).any(|word| word.plain.contains('.'))
    }

    /// "Gmail dot com", "yahoo dot co dot uk", up to where something else is said.
    fn domain(&self, words: &[Said]) -> Option<String> {
        let mut text = String::new();
        for said in words {
            let sign = self.domain_signs.get(&said.plain);
            let is_open = text.is_empty() || sign.is_some() || text.ends_with(['.', '-']);
            // "Book shop dot com": the host may have several words.
            if CHARS_MAX <= text.len() || (!is_open && text.contains('.')) {
                break;
            }
            text.push_str(sign.unwrap_or(&said.plain));
            if said.ends_clause && text.contains('.') {
                break;
            }
        }
        for (written, read) in self.rewrites.iter() {
            text = text.replace(written, read);
        }
        (text.contains('.') && !text.ends_with('.')).then_some(text)
    }
}

/// The part in front of the sign.
struct Name {
    text: String,
    is_doubtful: bool,
}

fn trimmed(word: &str) -> &str {
    word.trim_matches(|c: char| !c.is_alphanumeric())
}

fn is_address(word: &str) -> bool {
    let Some((name, domain)) = word.split_once('@') else { return false };
    let is_name = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._%+-".contains(&byte));
    let is_domain = domain.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-".contains(&byte));
    let ends_well = domain.rsplit_once('.').is_some_and(|(host, top)| !host.is_empty() && 2 <= top.len());
    !name.is_empty() && is_name && is_domain && ends_well && !domain.contains("..") && word.len() <= CHARS_MAX
}

#[cfg(test)]
mod tests;

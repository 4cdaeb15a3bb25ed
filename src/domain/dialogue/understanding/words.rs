//! Heard words made plain: lower case, contractions opened, fillers dropped, spellings unified.

use std::collections::BTreeMap;

use crate::domain::hearing::Hypothesis;

/// Words beyond this many in one utterance are not looked at: nobody says that much in one turn.
const WORDS_MAX: usize = 160;
/// Stands in patterns and classes for anything written with digits: "12", "10:30", "452719".
pub(super) const NUMBER_WORD: &str = "#";

/// What becomes of single words before anything is matched: `"gonna"` to `["going", "to"]`, `"um"` to nothing.
#[derive(Clone, Debug, Default)]
pub(super) struct Rewrites {
    table: BTreeMap<String, Vec<String>>,
}

impl Rewrites {
    pub(super) fn insert(&mut self, from: &str, to: &str) {
        self.table.insert(from.to_lowercase(), to.split_whitespace().map(str::to_lowercase).collect());
    }

    /// Hands over what the lower-case word stands for, word by word.
    pub(super) fn apply(&self, word: &str, mut take: impl FnMut(&str)) {
        match self.table.get(word) {
            Some(words) => words.iter().for_each(|word| take(word)),
            None => take(word),
        }
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, &[String])> {
        self.table.iter().map(|(from, to)| (from.as_str(), to.as_slice()))
    }
}

/// A word of the understanding file, by number; every word not in it is [`WordId::UNKNOWN`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct WordId(pub(super) u32);

impl WordId {
    pub(super) const UNKNOWN: Self = Self(u32::MAX);
}

/// One plain word of an utterance.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Token {
    pub(super) id: WordId,
    /// The heard word it comes from.
    pub(super) word: u16,
    pub(super) confidence: f32,
    /// A comma, a full stop or a question mark follows.
    pub(super) ends_clause: bool,
    pub(super) is_question: bool,
}

/// Turns heard words into tokens. Frozen once the understanding file is read.
#[derive(Clone, Debug, Default)]
pub(super) struct Lexicon {
    ids: BTreeMap<String, WordId>,
    meanings: BTreeMap<String, Vec<WordId>>,
    number: Option<WordId>,
}

impl Lexicon {
    pub(super) fn intern(&mut self, word: &str) -> WordId {
        let next = WordId(u32::try_from(self.ids.len()).expect("a file of words fits in 32 bits"));
        let id = *self.ids.entry(word.to_owned()).or_insert(next);
        if word == NUMBER_WORD {
            self.number = Some(id);
        } else {
            self.meanings.entry(word.to_owned()).or_insert_with(|| vec![id]);
        }
        id
    }

    pub(super) fn id_of(&self, word: &str) -> Option<WordId> {
        self.ids.get(word).copied()
    }

    /// Takes in the rewrites, last: they win over a word's own meaning.
    pub(super) fn freeze(&mut self, rewrites: &Rewrites) {
        for (from, to) in rewrites.iter() {
            let meaning = to.iter().map(|word| self.id_of(word).unwrap_or(WordId::UNKNOWN)).collect();
            self.meanings.insert(from.to_owned(), meaning);
        }
    }

    /// Reads a hypothesis into tokens, into a buffer the caller owns.
    pub(super) fn read(&self, hypothesis: &Hypothesis, tokens: &mut Vec<Token>) {
        tokens.clear();
        let mut plain = String::new();
        if hypothesis.words.is_empty() {
            for (index, word) in hypothesis.text.split_whitespace().take(WORDS_MAX).enumerate() {
                self.read_word(word, index, hypothesis.confidence, &mut plain, tokens);
            }
        } else {
            for (index, word) in hypothesis.words.iter().take(WORDS_MAX).enumerate() {
                self.read_word(&word.text, index, word.confidence, &mut plain, tokens);
            }
        }
    }

    fn read_word(&self, heard: &str, index: usize, confidence: f32, plain: &mut String, tokens: &mut Vec<Token>) {
        let word = u16::try_from(index).unwrap_or(u16::MAX);
        const BREAKS: &[char] = &['-', '/', '…'];
        let mut breaks = BREAKS;
        if heard.contains(BREAKS) {
            plain_into(heard, plain);
            breaks = if self.meanings.contains_key(plain.as_str()) { &[] } else { BREAKS };
        }
        for part in heard.split(breaks) {
            plain_into(part, plain);
            let mut push = |id| {
                tokens.push(Token { id, word, confidence, ends_clause: false, is_question: false });
            };
            if plain.is_empty() {
                continue;
            }
            if let Some(meaning) = self.meanings.get(plain.as_str()) {
                meaning.iter().copied().for_each(&mut push);
            } else if plain.bytes().any(|byte| byte.is_ascii_digit()) {
                push(self.number.unwrap_or(WordId::UNKNOWN));
            } else {
                push(WordId::UNKNOWN);
            }
        }
        if let (Some(last), Some(mark)) = (tokens.last_mut(), heard.chars().next_back()) {
            last.ends_clause |= matches!(mark, ',' | '.' | ';' | ':' | '?' | '!');
            last.is_question |= mark == '?';
        }
    }
}

/// Lower-cases a word and takes its punctuation off, keeping apostrophes and what stands between digits.
pub(super) fn plain_into(heard: &str, plain: &mut String) {
    plain.clear();
    let trimmed = heard.trim_matches(|c: char| !c.is_alphanumeric());
    for c in trimmed.chars() {
        match c {
            '’' | '‘' | '`' => plain.push('\''),
            c if c.is_ascii() => plain.push(c.to_ascii_lowercase()),
            c => plain.extend(c.to_lowercase()),
        }
    }
}

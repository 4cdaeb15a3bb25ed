//! The clauses of an utterance: the stretches that may each want something of their own.

/// Clauses of one utterance that are looked at. What is said beyond them belongs to the last.
pub const CLAUSES_MAX: usize = 3;
/// A clause of fewer words rarely says anything by itself, except in front: "yes, and who is this?".
const WORDS_MIN: usize = 2;

/// A stretch of an utterance.
///
/// Shape: words between white space, from `start` up to but not including `end`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clause {
    pub text: String,
    pub start: usize,
    pub end: usize,
}

/// Words that join two clauses when the word after them can begin one.
const JOINTS: &[&str] = &["and", "but", "also", "so", "because", "plus", "then", "or"];
/// Words that a clause of its own begins with.
const BEGINNINGS: &[&str] = &[
    "am", "are", "bring", "call", "can", "cancel", "change", "could", "deliver", "did", "do", "does", "don't", "give",
    "have", "he", "how", "i", "i'd", "i'll", "i'm", "i've", "is", "isn't", "it", "it's", "just", "leave", "let",
    "make", "maybe", "my", "nobody", "not", "now", "please", "put", "send", "she", "should", "tell", "that", "that's",
    "there", "there's", "they", "this", "was", "we", "we're", "what", "what's", "when", "when's", "where", "where's",
    "which", "who", "who's", "why", "will", "would", "you", "your",
];

/// Splits an utterance into its clauses; one that cannot be split is one clause.
///
/// Order: as said, without gaps.
pub fn clauses(text: &str) -> Vec<Clause> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let mut ends: Vec<usize> = Vec::new();
    let mut start = 0;
    for at in 1..words.len() {
        let is_long_enough = WORDS_MIN <= at - start || (start == 0 && ends_clause(words[at - 1]));
        if ends.len() + 1 < CLAUSES_MAX && is_long_enough && WORDS_MIN <= words.len() - at && begins_clause(&words, at)
        {
            ends.push(at);
            start = at;
        }
    }
    ends.push(words.len());
    let starts = std::iter::once(0).chain(ends.iter().copied());
    let spans = starts.zip(ends.iter().copied()).filter(|(start, end)| start < end);
    spans.map(|(start, end)| Clause { text: words[start..end].join(" "), start, end }).collect()
}

fn begins_clause(words: &[&str], at: usize) -> bool {
    if ends_sentence(words[at - 1]) {
        return true;
    }
    let can_begin = |word: Option<&&str>| word.is_some_and(|word| is_one_of(word, BEGINNINGS));
    let is_joined = is_one_of(words[at], JOINTS) && can_begin(words.get(at + 1));
    is_joined || (ends_clause(words[at - 1]) && (can_begin(words.get(at)) || is_one_of(words[at], JOINTS)))
}

fn ends_sentence(word: &str) -> bool {
    word.ends_with(['.', '?', '!', ';']) && !is_short_for_more(word)
}

/// Initials and titles: what has one letter, or no vowel, is the beginning of something: "K.", "Mrs.", "St.".
fn is_short_for_more(word: &str) -> bool {
    let letters = || word.chars().filter(|letter| letter.is_alphanumeric());
    let is_consonant = |letter: char| letter.is_ascii_alphabetic() && !"aeiouy".contains(letter.to_ascii_lowercase());
    letters().count() < 2 || (word.ends_with('.') && letters().all(is_consonant))
}

fn ends_clause(word: &str) -> bool {
    word.ends_with(['.', '?', '!', ';', ',', ':'])
}

fn is_one_of(word: &str, known: &[&str]) -> bool {
    let plain: String = word
        .chars()
        .map(|letter| if letter == '’' { '\'' } else { letter.to_ascii_lowercase() })
        .filter(|letter| letter.is_alphanumeric() || *letter == '\'')
        .collect();
    known.contains(&plain.as_str())
}

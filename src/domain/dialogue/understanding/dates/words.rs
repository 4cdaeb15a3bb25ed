//! Speech cut into the plain words that days and times are read from: "8pm" is two, "p.m." is "pm", "3-8" is "3 to 8".

use std::ops::Deref;

use super::DateLists;
use crate::domain::dialogue::understanding::number_words::NumberLists;
use crate::domain::dialogue::understanding::vocabulary::{PhraseMap, Phrases, Spoken, Vocabulary, WordSet};

/// Words beyond this many are not looked at.
const WORDS_MAX: usize = 160;

/// How speech is cut.
#[derive(Clone, Debug, Default, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CuttingLists {
    /// What a dash between two numbers stands for.
    dash: String,
    /// The halves of the day, as they stand behind a time.
    halves: WordSet,
    /// What is taken off the end of a word.
    possessive: String,
    /// The ending of a rough time.
    roughly: String,
    /// The words that may have that ending.
    rough: WordSet,
    /// Units written without a blank behind a number.
    glued: PhraseMap<String>,
    /// Those that need minutes in front: "5a" is a flat, "8:45a" is a time.
    glued_to_minutes: PhraseMap<String>,
    /// Two words that are one.
    split: PhraseMap<String>,
}

/// One plain word and the heard word it comes from.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct DateWord {
    pub(super) text: String,
    pub(super) word: u16,
    /// A comma, a full stop or a question mark follows.
    pub(super) ends_clause: bool,
}

impl Spoken for [DateWord] {
    fn word(&self, at: usize) -> &str {
        self.get(at).map_or("", |word| word.text.as_str())
    }
}

/// Words in a row, with the lists of their language.
#[derive(Clone, Copy)]
pub(super) struct Heard<'a> {
    words: &'a [DateWord],
    pub(super) lists: &'a DateLists,
    pub(super) numbers: &'a NumberLists,
}

impl Deref for Heard<'_> {
    type Target = [DateWord];

    fn deref(&self) -> &[DateWord] {
        self.words
    }
}

impl<'a> Heard<'a> {
    pub(super) fn new(words: &'a [DateWord], vocabulary: &'a Vocabulary) -> Self {
        Self { words, lists: &vocabulary.dates, numbers: &vocabulary.numbers }
    }

    /// The word at a place, or nothing.
    pub(super) fn text(self, at: usize) -> &'a str {
        self.words.word(at)
    }

    /// Whether the word at this place is one of these.
    pub(super) fn is(self, at: usize, known: &WordSet) -> bool {
        known.has(self.text(at))
    }

    /// Whether the word so many places before this one is one of these.
    pub(super) fn is_back(self, at: usize, steps: usize, known: &WordSet) -> bool {
        at.checked_sub(steps).is_some_and(|place| self.is(place, known))
    }

    /// One, if the word at this place is one of these; nothing else may stand there.
    pub(super) fn optional(self, at: usize, known: &WordSet) -> usize {
        usize::from(self.is(at, known))
    }

    /// How many words the phrase has that they begin with.
    pub(super) fn begins(self, known: &Phrases) -> Option<usize> {
        known.begin(self.words)
    }

    /// What they begin with. Shape: how many words it has, and what it stands for.
    pub(super) fn finds<T: Copy>(self, known: &PhraseMap<T>) -> Option<(usize, T)> {
        known.begin(self.words).map(|(used, value)| (used, *value))
    }

    /// The words from a place on; none behind their end.
    pub(super) fn from(self, at: usize) -> Option<Self> {
        self.words.get(at..).map(|words| Self { words, ..self })
    }

    /// The words from a place on, which may be no more words.
    pub(super) fn rest(self, at: usize) -> Self {
        Self { words: self.words.get(at..).unwrap_or_default(), ..self }
    }

    /// The words before a place.
    pub(super) fn before(self, at: usize) -> Self {
        Self { words: &self.words[..at.min(self.words.len())], ..self }
    }
}

/// Cuts speech into plain words.
pub(super) fn read(text: &str, lists: &CuttingLists) -> Vec<DateWord> {
    let mut words = Vec::new();
    for (index, heard) in text.split_whitespace().take(WORDS_MAX).enumerate() {
        let word = u16::try_from(index).unwrap_or(u16::MAX);
        let before = words.len();
        let follows_number = words.last().is_some_and(|last: &DateWord| {
            lists.halves.has(&last.text) || last.text.bytes().next().is_some_and(|byte| byte.is_ascii_digit())
        });
        if matches!(heard, "-" | "–" | "~") && follows_number {
            words.push(DateWord { text: lists.dash.clone(), word, ends_clause: false });
            continue;
        }
        push_parts(heard, lists, &mut |text: &str| {
            if !text.is_empty() {
                words.push(DateWord { text: text.to_owned(), word, ends_clause: false });
            }
        });
        // "Oct." is short for something and ends nothing.
        let is_short = heard.ends_with('.') && heard.len() <= 5;
        let ends_clause = !is_short && heard.ends_with([',', ';', '.', '?', '!']);
        if let Some(last) = words.get_mut(before..).and_then(<[DateWord]>::last_mut) {
            last.ends_clause = ends_clause;
        }
    }
    join_split_words(&mut words, lists);
    words
}

fn push_parts(heard: &str, lists: &CuttingLists, push: &mut impl FnMut(&str)) {
    let lower = heard.to_lowercase().replace('’', "'");
    let plain = lower.trim_matches(|c: char| !c.is_alphanumeric());
    let undotted = plain.replace('.', "");
    let is_money = lower.starts_with(['$', '£', '€', '₹']);
    if lists.halves.has(&undotted) {
        push(&undotted);
    } else if plain.bytes().next().is_some_and(|byte| byte.is_ascii_digit()) {
        // A price keeps its sign and so is no time.
        if is_money { push(&format!("${plain}")) } else { push_written(plain, lists, push) }
    } else {
        for part in plain.split(['-', '/', '.']) {
            push_word(without(part, &lists.possessive).unwrap_or(part), lists, push);
        }
    }
}

/// The word without an ending, if there is such an ending and the word has it.
fn without<'a>(word: &'a str, ending: &str) -> Option<&'a str> {
    word.strip_suffix(ending).filter(|_| !ending.is_empty())
}

/// "Noonish" and "sevenish" are two words; other words in -ish are words of their own.
fn push_word(plain: &str, lists: &CuttingLists, push: &mut impl FnMut(&str)) {
    match without(plain, &lists.roughly).filter(|stem| lists.rough.has(stem)) {
        Some(stem) => {
            push(stem);
            push(&lists.roughly);
        }
        None => push(plain),
    }
}

/// "3-8pm", "2026-11-18", "9.30-4.30pm", "23/Aug/2026", "8pm", "6.45".
fn push_written(plain: &str, lists: &CuttingLists, push: &mut impl FnMut(&str)) {
    let dashes = plain.matches(['-', '–', '~']).count();
    if dashes == 1 {
        let (from, to) = plain.split_once(['-', '–', '~']).unwrap_or((plain, ""));
        push_number(from, lists, push);
        if to.bytes().next().is_some_and(|byte| byte.is_ascii_digit()) {
            push(&lists.dash);
        }
        push_number(to, lists, push);
    } else if dashes == 2 {
        push(&plain.replace(['-', '–', '~'], "/"));
    } else {
        push_number(plain, lists, push);
    }
}

/// A number with what is glued to it.
fn push_number(plain: &str, lists: &CuttingLists, push: &mut impl FnMut(&str)) {
    let is_number =
        |number: &str| !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit() || b == b':' || b == b'.');
    let find = |units: &'_ PhraseMap<String>, fits: &dyn Fn(&str) -> bool| {
        units.iter().find_map(|(suffix, unit)| {
            let number = plain.strip_suffix(suffix)?.trim_end_matches('.');
            fits(number).then(|| (number.to_owned(), unit.clone()))
        })
    };
    let glued = find(&lists.glued, &is_number)
        .or_else(|| find(&lists.glued_to_minutes, &|number| is_number(number) && number.contains(':')));
    let (number, unit) = glued.unwrap_or_else(|| (plain.to_owned(), String::new()));
    let is_time = number.split_once('.').is_some_and(|(hour, minutes)| hour.len() <= 2 && minutes.len() == 2);
    if is_time {
        push(&number.replace('.', ":"));
    } else {
        push(&number);
    }
    push(&unit);
}

/// "P m", "o clock", "week end", "mid day" are one word each.
fn join_split_words(words: &mut Vec<DateWord>, lists: &CuttingLists) {
    let mut at = 0;
    while at + 1 < words.len() {
        if let Some((_, whole)) = lists.split.begin(&words[at..at + 2]) {
            let second = words.remove(at + 1);
            words[at].text.clone_from(whole);
            words[at].ends_clause = second.ends_clause;
        }
        at += 1;
    }
}

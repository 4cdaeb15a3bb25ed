//! Codes of letters and digits as they are said, as a strict tree of words: "C F ten three A T", "five six double zero".

use std::collections::HashMap;
use std::hash::Hash;

use super::digits::{DIGIT_WORDS, REPEATING_WORDS, SEPARATORS, capitalised};
use super::search::{Choices, Guide};
use super::token_tree::TokenTree;
use super::tokenizer::{END, Tokenizer};

/// Said for two digits.
const TEENS: [&str; 10] =
    ["ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"];
const TENS: [&str; 8] = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];

/// A longer piece is a word or a number of something else.
const SIGNS_OF_PIECE_MAX: usize = 4;

/// What follows a space, and what stands right behind another sign.
const SPACED: usize = 0;
const BARE: usize = 1;

/// Which codes there are.
pub(super) trait Form {
    /// How far a code has been said.
    type Place: Copy + Eq + Hash;

    const START: Self::Place;

    /// Where a code is behind what may stand for any of these signs; nowhere if none goes on with them.
    fn after(&self, place: Self::Place, any_of: &[String]) -> Option<Self::Place>;

    fn is_whole(&self, place: Self::Place) -> bool;
}

/// What is said and written for signs of a code, in the pieces of the model's vocabulary. Made once.
pub(super) struct Sayings {
    said: Vec<(Vec<u32>, Vec<String>)>,
    /// The pieces, whether they stand behind a space, and their signs.
    written: Vec<(u32, usize, [String; 1])>,
    separators: Vec<u32>,
}

impl Sayings {
    pub(super) fn new(tokenizer: &Tokenizer) -> Self {
        Self {
            said: said().into_iter().map(|(text, any_of)| (tokenizer.encode(&text), any_of)).collect(),
            written: written(tokenizer).collect(),
            separators: SEPARATORS.iter().filter_map(|mark| tokenizer.token(mark)).collect(),
        }
    }
}

/// Accepts whole codes of one form, and nothing else.
pub(super) struct CodeTree {
    /// Two roots for each place; at the end of each word, the place behind it.
    tree: TokenTree<usize>,
    /// What may follow each node.
    choices: Vec<Vec<u32>>,
}

impl CodeTree {
    pub(super) fn of<F: Form>(form: &F, sayings: &Sayings) -> Self {
        let Sayings { said, written, separators } = sayings;
        let places = reachable(form, said);
        let number: HashMap<F::Place, usize> = places.iter().enumerate().map(|(at, place)| (*place, at)).collect();
        let mut tree = TokenTree::with_roots(places.len() * 2);
        for (at, place) in places.iter().enumerate() {
            let behind = |any_of| form.after(*place, any_of).and_then(|behind| number.get(&behind).copied());
            for (tokens, any_of) in said {
                if let Some(behind) = behind(any_of) {
                    tree.insert(root(at, SPACED), tokens, behind);
                }
            }
            for (token, kind, signs) in written {
                if let Some(behind) = behind(signs) {
                    tree.insert(root(at, *kind), &[*token], behind);
                }
            }
        }
        let begin = |at: usize| [tree.tokens(root(at, SPACED)), tree.tokens(root(at, BARE))].concat();
        let follow = |node: usize| {
            let mut choices = tree.tokens(node);
            if let Some(at) = place_of(&tree, node, places.len()) {
                choices.extend(begin(at));
                choices.extend(separators);
                choices.extend(form.is_whole(places[at]).then_some(END));
            }
            choices.sort_unstable();
            choices.dedup();
            choices
        };
        let choices = tree.nodes().map(follow).collect();
        Self { tree, choices }
    }

    fn places(&self) -> usize {
        self.tree.roots() / 2
    }
}

impl Guide for CodeTree {
    type State = usize;

    fn start(&self) -> usize {
        root(0, SPACED)
    }

    fn choices(&self, state: &usize) -> Choices<'_> {
        Choices::Only(&self.choices[*state])
    }

    fn follow(&self, state: &usize, token: u32) -> (usize, f32) {
        if let Some(child) = self.tree.child(*state, token) {
            return (child, 0.0);
        }
        let Some(at) = place_of(&self.tree, *state, self.places()) else { return (*state, 0.0) };
        let begun = [SPACED, BARE].iter().find_map(|kind| self.tree.child(root(at, *kind), token));
        // A mark between two signs, or the end.
        (begun.unwrap_or(root(at, SPACED)), 0.0)
    }
}

/// One code, as it is written: letters in capitals and digits.
pub(super) struct OneCode<'a>(pub(super) &'a str);

impl Form for OneCode<'_> {
    /// How many of its signs have been said.
    type Place = usize;

    const START: usize = 0;

    fn after(&self, place: usize, any_of: &[String]) -> Option<usize> {
        let rest = &self.0.as_bytes()[place..];
        any_of.iter().find(|signs| rest.starts_with(signs.as_bytes())).map(|signs| place + signs.len())
    }

    fn is_whole(&self, place: usize) -> bool {
        place == self.0.len()
    }
}

const fn root(place: usize, kind: usize) -> usize {
    place * 2 + kind
}

/// The place that a node stands for: of the root that a mark leads back to, or behind a whole word.
fn place_of(tree: &TokenTree<usize>, node: usize, places: usize) -> Option<usize> {
    if node < places * 2 { Some(node / 2) } else { tree.word(node) }
}

/// Everything that is said for signs of a code, and which it may stand for: "twenty two" for "22", or for "202".
fn said() -> Vec<(String, Vec<String>)> {
    let digit = |value: usize| (value % 10).to_string();
    let mut said: Vec<(String, Vec<String>)> = Vec::new();
    said.extend(DIGIT_WORDS.iter().enumerate().map(|(value, word)| ((*word).to_owned(), vec![digit(value)])));
    said.extend((10..).zip(TEENS).map(|(value, word)| (word.to_owned(), vec![value.to_string()])));
    for (tens, word) in (2..).zip(TENS) {
        said.push((word.to_owned(), vec![format!("{tens}0")]));
        for (value, unit) in DIGIT_WORDS.iter().enumerate().take(10).skip(1) {
            let both = vec![format!("{tens}{value}"), format!("{tens}0{value}")];
            said.extend([format!("{word} {unit}"), format!("{word}-{unit}")].map(|text| (text, both.clone())));
        }
    }
    for (repeating, times) in REPEATING_WORDS {
        let repeated = |value: usize| vec![digit(value).repeat(usize::from(times))];
        said.extend((0..10).map(|value| (format!("{repeating} {}", DIGIT_WORDS[value]), repeated(value))));
    }
    let at_the_beginning: Vec<_> = said.iter().map(|(text, any_of)| (capitalised(text), any_of.clone())).collect();
    said.extend(at_the_beginning);
    said.extend(('A'..='Z').chain('0'..='9').map(|sign| (sign.to_string(), vec![sign.to_string()])));
    said
}

/// The pieces of a code as it is written, "CF10 3AT": capitals and digits alone.
fn written(tokenizer: &Tokenizer) -> impl Iterator<Item = (u32, usize, [String; 1])> {
    tokenizer.pieces().filter_map(|(token, begins_word, text)| {
        let is_code = (1..=SIGNS_OF_PIECE_MAX).contains(&text.len()) && text.bytes().all(is_sign);
        is_code.then(|| (token, if begins_word { SPACED } else { BARE }, [text.to_owned()]))
    })
}

const fn is_sign(byte: u8) -> bool {
    byte.is_ascii_uppercase() || byte.is_ascii_digit()
}

/// The signs of a code as it is written, in any case and with whatever stands between them.
pub(super) fn signs_of(written: &str) -> String {
    written.chars().filter(char::is_ascii_alphanumeric).map(|sign| sign.to_ascii_uppercase()).collect()
}

/// How many signs of a code a text has; numbers in words count as what they stand for.
pub(super) fn signs_said(text: &str) -> usize {
    let of_word = |word: &str| {
        let word = word.to_lowercase();
        let times =
            REPEATING_WORDS.iter().find(|(repeating, _)| *repeating == word).map(|(_, times)| usize::from(*times) - 1);
        let is_digit = DIGIT_WORDS.contains(&word.as_str());
        let is_pair = TEENS.contains(&word.as_str()) || TENS.contains(&word.as_str());
        times.unwrap_or(if is_digit {
            1
        } else if is_pair {
            2
        } else {
            word.len()
        })
    };
    text.split(|letter: char| !letter.is_ascii_alphanumeric()).filter(|word| !word.is_empty()).map(of_word).sum()
}

/// The places that some code may be at, the beginning first.
fn reachable<F: Form>(form: &F, said: &[(Vec<u32>, Vec<String>)]) -> Vec<F::Place> {
    let mut places = vec![F::START];
    let mut at = 0;
    while let Some(place) = places.get(at).copied() {
        for behind in said.iter().filter_map(|(_, any_of)| form.after(place, any_of)) {
            if !places.contains(&behind) {
                places.push(behind);
            }
        }
        at += 1;
    }
    places
}

#[cfg(test)]
mod tests;

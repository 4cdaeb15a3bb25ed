//! Postcodes as they are said, as a strict tree of words: "C F ten three A T", "five six double zero three four".
//!
//! Letters by themselves are hard to hear over a telephone. What a postcode looks like says where a letter can stand and
//! where a digit: "she has nine teens, three bacs" is none, "C F nineteen three B X" is one.

use std::collections::HashMap;

use super::digits::{DIGIT_WORDS, REPEATING_WORDS, SEPARATORS, capitalised};
use super::search::{Choices, Guide};
use super::token_tree::TokenTree;
use super::tokenizer::{END, Tokenizer};

/// Said for two digits of a British district.
const TEENS: [&str; 10] =
    ["ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"];
const TENS: [&str; 8] = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];

/// A longer piece is a word or a number of something else.
const SIGNS_OF_PIECE_MAX: usize = 4;

/// What follows a space, and what stands right behind another sign.
const SPACED: usize = 0;
const BARE: usize = 1;

/// How far along each form a code may be, a bit each: eight for the British one, then how many digits have been said.
type Place = u32;

const BRITISH_WHOLE: Place = 1 << 7;
const BRITISH: Place = 0xff;
const NO_DIGITS: Place = 1 << 8;
/// Indian codes have six digits, American ones five or nine.
const WHOLE: Place = BRITISH_WHOLE | (NO_DIGITS << 5) | (NO_DIGITS << 6) | (NO_DIGITS << 9);
/// No code has more digits than nine.
const DIGITS_MAX: Place = NO_DIGITS << 9;
const NOTHING_SAID: Place = 1 | NO_DIGITS;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sign {
    Letter,
    Digit,
}

/// Accepts whole postcodes of the forms that are known here, and nothing else. Some five megabytes, made once.
pub(super) struct PostcodeTree {
    /// Two roots for each place; at the end of each word, the place behind it.
    tree: TokenTree<usize>,
    /// What may follow each node.
    choices: Vec<Vec<u32>>,
}

impl PostcodeTree {
    pub(super) fn new(tokenizer: &Tokenizer) -> Self {
        let places = reachable();
        let words: Vec<(Vec<u32>, Vec<usize>)> =
            words().into_iter().map(|(text, digits)| (tokenizer.encode(&text), digits)).collect();
        let single = |sign: char| Some((tokenizer.encode(&sign.to_string()), Sign::of(sign as u8)?));
        let single: Vec<(Vec<u32>, Sign)> = ('A'..='Z').chain('0'..='9').filter_map(single).collect();
        let number: HashMap<Place, usize> = places.iter().enumerate().map(|(at, place)| (*place, at)).collect();
        let mut tree = TokenTree::with_roots(places.len() * 2);
        let written: Vec<(u32, usize, Vec<Sign>)> = written(tokenizer).collect();
        for (at, place) in places.iter().enumerate() {
            for (tokens, digits) in &words {
                if let Some(behind) = number.get(&after_digits(*place, digits)) {
                    tree.insert(root(at, SPACED), tokens, *behind);
                }
            }
            for (tokens, sign) in &single {
                if let Some(behind) = number.get(&after(*place, &[*sign])) {
                    tree.insert(root(at, SPACED), tokens, *behind);
                }
            }
            for (token, kind, signs) in &written {
                if let Some(behind) = number.get(&after(*place, signs)) {
                    tree.insert(root(at, *kind), &[*token], *behind);
                }
            }
        }
        let separators: Vec<u32> = SEPARATORS.iter().filter_map(|mark| tokenizer.token(mark)).collect();
        let begin = |at: usize| [tree.tokens(root(at, SPACED)), tree.tokens(root(at, BARE))].concat();
        let follow = |node: usize| {
            let mut choices = tree.tokens(node);
            if let Some(at) = place_of(&tree, node, places.len()) {
                choices.extend(begin(at));
                choices.extend(&separators);
                choices.extend((places[at] & WHOLE != 0).then_some(END));
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

impl Guide for PostcodeTree {
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

const fn root(place: usize, kind: usize) -> usize {
    place * 2 + kind
}

/// The place that a node stands for: of the root that a mark leads back to, or behind a whole word.
fn place_of(tree: &TokenTree<usize>, node: usize, places: usize) -> Option<usize> {
    if node < places * 2 { Some(node / 2) } else { tree.word(node) }
}

/// Everything that is said for digits of a code, and how many it may stand for: "twenty two" for two, or for three.
fn words() -> Vec<(String, Vec<usize>)> {
    let mut words: Vec<(String, Vec<usize>)> = Vec::new();
    words.extend(DIGIT_WORDS.iter().map(|word| ((*word).to_owned(), vec![1])));
    words.extend(TEENS.iter().chain(&TENS).map(|word| ((*word).to_owned(), vec![2])));
    for tens in TENS {
        let both = DIGIT_WORDS[1..10].iter().flat_map(|digit| [format!("{tens} {digit}"), format!("{tens}-{digit}")]);
        words.extend(both.map(|words| (words, vec![2, 3])));
    }
    for (repeating, times) in REPEATING_WORDS {
        words.extend(DIGIT_WORDS[..10].iter().map(|digit| (format!("{repeating} {digit}"), vec![usize::from(times)])));
    }
    let at_the_beginning: Vec<_> = words.iter().map(|(text, digits)| (capitalised(text), digits.clone())).collect();
    words.extend(at_the_beginning);
    words
}

/// The pieces of a code as it is written, "CF10 3AT": capitals and digits alone.
fn written(tokenizer: &Tokenizer) -> impl Iterator<Item = (u32, usize, Vec<Sign>)> {
    tokenizer.pieces().filter_map(|(token, begins_word, text)| {
        let signs: Option<Vec<Sign>> = text.bytes().map(Sign::of).collect();
        let signs = signs.filter(|signs| (1..=SIGNS_OF_PIECE_MAX).contains(&signs.len()))?;
        Some((token, if begins_word { SPACED } else { BARE }, signs))
    })
}

/// How many signs of a code a text has; numbers in words count as what they stand for.
pub(super) fn signs(text: &str) -> usize {
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

impl Sign {
    const fn of(byte: u8) -> Option<Self> {
        match byte {
            b'A'..=b'Z' => Some(Self::Letter),
            b'0'..=b'9' => Some(Self::Digit),
            _ => None,
        }
    }
}

/// The places that some code may be at, the beginning first.
fn reachable() -> Vec<Place> {
    let said: [&[usize]; 4] = [&[1], &[2], &[3], &[2, 3]];
    let mut places = vec![NOTHING_SAID];
    let mut at = 0;
    while let Some(place) = places.get(at).copied() {
        let by_words = said.iter().map(|digits| after_digits(place, digits));
        for behind in by_words.chain([after(place, &[Sign::Letter])]) {
            if behind != 0 && !places.contains(&behind) {
                places.push(behind);
            }
        }
        at += 1;
    }
    places
}

/// Where a code may be behind any of these numbers of digits.
fn after_digits(place: Place, counts: &[usize]) -> Place {
    counts.iter().fold(0, |places, count| places | after(place, &[Sign::Digit; 3][..*count]))
}

/// Where a code is behind more signs; nowhere if none of the forms has them there.
fn after(place: Place, signs: &[Sign]) -> Place {
    signs.iter().fold(place, |place, sign| {
        let british = (0..7).filter(|at| place & 1 << at != 0).fold(0, |behind, at| behind | british_after(at, *sign));
        let digits = match sign {
            Sign::Digit => ((place & !BRITISH) << 1) & (DIGITS_MAX | (DIGITS_MAX - 1)) & !BRITISH,
            Sign::Letter => 0,
        };
        british | digits
    })
}

/// One or two letters, a digit, perhaps one more sign; then a digit and two letters.
const fn british_after(at: u32, sign: Sign) -> Place {
    match (at, sign) {
        (0, Sign::Letter) => 1 << 1,
        (1, Sign::Letter) => 1 << 2,
        (1 | 2, Sign::Digit) => 1 << 3,
        (3, Sign::Digit) => (1 << 4) | (1 << 5),
        (3, Sign::Letter) => 1 << 4,
        (4, Sign::Digit) => 1 << 5,
        (5, Sign::Letter) => 1 << 6,
        (6, Sign::Letter) => 1 << 7,
        _ => 0,
    }
}

#[cfg(test)]
mod tests;

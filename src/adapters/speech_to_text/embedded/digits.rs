//! What a spoken number may sound like, as a strict tree of number words.

use super::digit_ear::{DigitRow, DigitSound};
use super::search::{Choices, Guide};
use super::token_tree::TokenTree;
use super::tokenizer::{END, Tokenizer};
use crate::domain::hearing::{Awaited, DigitCount};

pub(super) const DIGIT_WORDS: [&str; 11] =
    ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "oh"];
pub(super) const REPEATING_WORDS: [(&str, u8); 2] = [("double", 2), ("triple", 3)];
pub(super) const SEPARATORS: [&str; 3] = [",", ".", "-"];

/// What each digit too few or too many costs, in nats.
const COUNT_PENALTY: f32 = 5.0;
const COUNT_PENALTY_MAX: f32 = 10.0;

/// What the digit ear's opinion weighs beside the decoder's.
const EAR_WEIGHT: f32 = 0.5;

/// What ending on "double" costs: nobody does.
const DANGLING_PENALTY: f32 = 20.0;

/// Where a sentence starts, and where a digit stands right behind another without a space.
const ROOT: usize = 0;
const BARE: usize = 1;
const AFTER_SEPARATOR: usize = 2;

/// Accepts digits said one by one, "double" and "triple", and letters where a reference may hold them.
pub(super) struct NumberTree {
    tree: TokenTree<Word>,
    /// What may follow each node.
    choices: Vec<Vec<u32>>,
    count: DigitCount,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Word {
    Digit(u8),
    Letter,
    Repeat(u8),
}

/// The word in progress, the digits before it, and how often it counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct NumberState {
    node: usize,
    digits_before: u8,
    repeat: u8,
}

impl NumberTree {
    /// The tree for what is awaited, or nothing when that is not a number.
    pub(super) fn awaiting(awaited: Awaited, tokenizer: &Tokenizer) -> Option<Self> {
        let any = DigitCount { min: 1, max: u8::MAX };
        match awaited {
            Awaited::Digits(count) => Some(Self::new(tokenizer, count, false)),
            Awaited::OrderReference | Awaited::Postcode => Some(Self::new(tokenizer, any, true)),
            Awaited::Open | Awaited::YesNo | Awaited::Choice | Awaited::Name | Awaited::Date | Awaited::Address => None,
        }
    }

    fn new(tokenizer: &Tokenizer, count: DigitCount, has_letters: bool) -> Self {
        let mut tree = TokenTree::with_roots(3);
        let mut words: Vec<(String, Word)> =
            (0..).zip(DIGIT_WORDS).map(|(index, word)| (word.to_owned(), Word::Digit(index % 10))).collect();
        words.extend(REPEATING_WORDS.map(|(word, times)| (word.to_owned(), Word::Repeat(times))));
        let capitalised: Vec<_> = words.iter().map(|(word, meaning)| (capitalised(word), *meaning)).collect();
        words.extend(capitalised);
        words.extend((0..10).map(|digit| (digit.to_string(), Word::Digit(digit))));
        if has_letters {
            words.extend(('A'..='Z').map(|letter| (letter.to_string(), Word::Letter)));
        }
        for (word, meaning) in words {
            tree.insert(ROOT, &tokenizer.encode(&word), meaning);
        }
        for digit in 0..10 {
            if let Some(token) = tokenizer.token(&digit.to_string()) {
                tree.insert(BARE, &[token], Word::Digit(digit));
            }
        }
        let separators: Vec<u32> = SEPARATORS.iter().filter_map(|mark| tokenizer.token(mark)).collect();
        let choices = choices(&tree, &separators);
        Self { tree, choices, count }
    }

    fn digits(&self, state: &NumberState) -> u8 {
        let own = match self.tree.word(state.node) {
            Some(Word::Digit(_)) => state.repeat,
            Some(Word::Letter | Word::Repeat(_)) | None => 0,
        };
        state.digits_before.saturating_add(own)
    }

    fn ending_bonus(&self, state: &NumberState) -> f32 {
        if matches!(self.tree.word(state.node), Some(Word::Repeat(_))) {
            return -DANGLING_PENALTY;
        }
        let digits = self.digits(state);
        let missing = self.count.min.saturating_sub(digits);
        let surplus = digits.saturating_sub(self.count.max);
        -(f32::from(missing.max(surplus)) * COUNT_PENALTY).min(COUNT_PENALTY_MAX)
    }
}

impl Guide for NumberTree {
    type State = NumberState;

    fn start(&self) -> NumberState {
        NumberState { node: ROOT, digits_before: 0, repeat: 1 }
    }

    fn choices(&self, state: &NumberState) -> Choices<'_> {
        Choices::Only(&self.choices[state.node])
    }

    fn follow(&self, state: &NumberState, token: u32) -> (NumberState, f32) {
        if let Some(child) = self.tree.child(state.node, token) {
            return (NumberState { node: child, ..*state }, 0.0);
        }
        let bonus = if token == END { self.ending_bonus(state) } else { 0.0 };
        let start = self.tree.child(ROOT, token).or_else(|| self.tree.child(BARE, token));
        let repeat = match self.tree.word(state.node) {
            Some(Word::Repeat(times)) => times,
            Some(Word::Digit(_) | Word::Letter) | None => 1,
        };
        let node = start.unwrap_or(AFTER_SEPARATOR);
        (NumberState { node, digits_before: self.digits(state), repeat }, bonus)
    }
}

/// What may follow each node of `tree`.
fn choices(tree: &TokenTree<Word>, separators: &[u32]) -> Vec<Vec<u32>> {
    let starts = [tree.tokens(ROOT), tree.tokens(BARE)].concat();
    let follow = |node| {
        let mut choices = tree.tokens(node);
        if tree.word(node).is_some() || node == AFTER_SEPARATOR {
            choices.extend(&starts);
            choices.push(END);
        }
        if tree.word(node).is_some() {
            choices.extend(separators);
        }
        choices.sort_unstable();
        choices.dedup();
        choices
    };
    tree.nodes().map(follow).collect()
}

/// The tree, with the opinion of the digit ear on the audio at hand.
pub(super) struct HeardNumber<'a> {
    pub(super) tree: &'a NumberTree,
    pub(super) sound: &'a DigitSound,
}

impl Guide for HeardNumber<'_> {
    type State = (NumberState, DigitRow);

    fn start(&self) -> Self::State {
        (self.tree.start(), self.sound.start())
    }

    fn choices(&self, (state, _): &Self::State) -> Choices<'_> {
        self.tree.choices(state)
    }

    fn follow(&self, (state, row): &Self::State, token: u32) -> (Self::State, f32) {
        let (state, bonus) = self.tree.follow(state, token);
        if token == END {
            return ((state, row.clone()), bonus + EAR_WEIGHT * (self.sound.whole(row) - row.score()));
        }
        let Some(Word::Digit(digit)) = self.tree.tree.word(state.node) else { return ((state, row.clone()), bonus) };
        let longer = self.sound.then(row, digit);
        let heard = EAR_WEIGHT * (longer.score() - row.score());
        ((state, longer), bonus + heard)
    }
}

pub(super) fn capitalised(word: &str) -> String {
    word.char_indices().map(|(at, letter)| if at == 0 { letter.to_ascii_uppercase() } else { letter }).collect()
}

/// The digits that `text` says, one by one, or nothing when it says anything else.
///
/// Letters said singly are left out, so that "K H four five" reads 45.
pub(crate) fn digits_said(text: &str) -> Option<String> {
    let mut digits = String::new();
    let mut repeat = 1;
    let words = text.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty());
    for word in words {
        let word = word.to_lowercase();
        if let Some((_, times)) = REPEATING_WORDS.iter().find(|(repeating, _)| *repeating == word) {
            repeat = usize::from(*times);
            continue;
        }
        let said = match DIGIT_WORDS.iter().position(|digit| *digit == word) {
            Some(value) => (value % 10).to_string(),
            None if word.bytes().all(|byte| byte.is_ascii_digit()) => word,
            None if word.len() == 1 => String::new(),
            None => return None,
        };
        digits.push_str(&said.repeat(repeat));
        repeat = 1;
    }
    (!digits.is_empty()).then_some(digits)
}

#[cfg(test)]
mod tests;

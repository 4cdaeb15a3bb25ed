//! Short answers to the question that was asked, as a strict tree of words: one of them is heard where the free reading
//! is no answer at all, if it fits the sound clearly better than what else people say in its place.

use super::search::{Choices, Guide, Sentence};
use super::token_tree::TokenTree;
use super::tokenizer::{END, Tokenizer};
use crate::domain::hearing::Awaited;

/// What people say to a question for a yes or a no. The first list is one answer in several words; the second are the
/// answers it is weighed against, none of which is put into the caller's mouth.
const AFFIRMING: &[&str] = &["Yes", "Yeah", "Yep", "Speaking"];
const BESIDE_AFFIRMING: &[&str] = &[
    "No", "Nope", "Not", "What", "Who", "Why", "Where", "When", "Which", "Hello", "Sorry", "Pardon", "Wait", "Maybe",
    "Later", "Right", "Okay", "Sure", "Um", "Mm",
];

const DAYS: &[&[&str]] = &[
    &["Monday"],
    &["Tuesday"],
    &["Wednesday"],
    &["Thursday"],
    &["Friday"],
    &["Saturday"],
    &["Sunday"],
    &["Tomorrow"],
    &["Today"],
];
const BESIDE_DAYS: &[&str] = &["No", "Yes", "What", "Never", "None", "Any day", "Hello", "Sorry", "Later", "Why"];

const MARKS: [&str; 4] = [".", ",", "?", "!"];

/// What an answer must reach to be heard, in nats. Measured on four synthetic voices with 15, 20 and 25 dB of noise: of
/// 108 days 66 are heard without this and 96 with it, no more of them as another day; a "mm" stays none.
#[derive(Clone, Copy)]
struct Margins {
    /// How much better it must fit than anything of another meaning.
    lead_min: f32,
    /// How much worse than the free reading it may be.
    slack: f32,
}

/// A yes is asked for again until it is clear, but a made-up one does harm.
const OF_YES: Margins = Margins { lead_min: 0.5, slack: 4.0 };
/// A day is read back before anything comes of it.
const OF_DAY: Margins = Margins { lead_min: 1.5, slack: 9.5 };

const ROOT: usize = 0;
const CLOSED: usize = 1;

/// The answers to one kind of question.
pub(super) struct AnswerTree {
    tree: TokenTree<Answer>,
    /// What may follow each node.
    choices: Vec<Vec<u32>>,
    margins: Margins,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Answer {
    /// One of the wanted answers, by its place.
    Wanted(usize),
    Other,
}

impl AnswerTree {
    /// The tree for what is awaited, or nothing where answers are not short.
    pub(super) fn awaiting(awaited: Awaited, tokenizer: &Tokenizer) -> Option<Self> {
        match awaited {
            Awaited::YesNo => Some(Self::new(tokenizer, &[AFFIRMING], BESIDE_AFFIRMING, OF_YES)),
            Awaited::Date => Some(Self::new(tokenizer, DAYS, BESIDE_DAYS, OF_DAY)),
            Awaited::Open
            | Awaited::Choice
            | Awaited::Digits(_)
            | Awaited::OrderReference
            | Awaited::Postcode
            | Awaited::Name
            | Awaited::Address => None,
        }
    }

    fn new(tokenizer: &Tokenizer, wanted: &[&[&str]], others: &[&str], margins: Margins) -> Self {
        let mut tree = TokenTree::with_roots(2);
        for (place, words) in wanted.iter().enumerate() {
            words.iter().for_each(|word| tree.insert(ROOT, &tokenizer.encode(word), Answer::Wanted(place)));
        }
        others.iter().for_each(|word| tree.insert(ROOT, &tokenizer.encode(word), Answer::Other));
        let marks: Vec<u32> = MARKS.iter().filter_map(|mark| tokenizer.token(mark)).collect();
        let choices = tree.nodes().map(|node| {
            let mut choices = tree.tokens(node);
            if tree.word(node).is_some() {
                choices.extend(&marks);
            }
            if node == CLOSED || tree.word(node).is_some() {
                choices.push(END);
            }
            choices
        });
        let choices = choices.collect();
        Self { tree, choices, margins }
    }

    /// What a sentence begins with, as far as it is one of the answers.
    fn answer_of(&self, sentence: &Sentence) -> Option<Answer> {
        let mut node = ROOT;
        for token in &sentence.tokens {
            match self.tree.child(node, *token) {
                Some(child) => node = child,
                None => break,
            }
        }
        self.tree.word(node)
    }

    /// Whether a free reading is an answer as it stands, or begins with one.
    pub(super) fn knows(&self, sentence: &Sentence) -> bool {
        self.answer_of(sentence).is_some()
    }

    /// The wanted answer that leads all others, of readings through this tree, best first, where it explains the sound
    /// about as well as the free reading does.
    pub(super) fn leading(&self, readings: &[Sentence], free: &Sentence) -> Option<Sentence> {
        let best = readings.first().filter(|best| best.is_ended())?;
        if best.score() + self.margins.slack < free.log_prob() {
            return None;
        }
        let answer = self.answer_of(best).filter(|answer| *answer != Answer::Other)?;
        let rival = readings.iter().find(|reading| self.answer_of(reading) != Some(answer));
        rival.is_none_or(|rival| rival.score() + self.margins.lead_min <= best.score()).then(|| best.clone())
    }
}

impl Guide for AnswerTree {
    type State = usize;

    fn start(&self) -> usize {
        ROOT
    }

    fn choices(&self, state: &usize) -> Choices<'_> {
        Choices::Only(&self.choices[*state])
    }

    fn follow(&self, state: &usize, token: u32) -> (usize, f32) {
        (self.tree.child(*state, token).unwrap_or(CLOSED), 0.0)
    }
}

#[cfg(test)]
mod tests;

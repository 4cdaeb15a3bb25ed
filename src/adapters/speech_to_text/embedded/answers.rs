//! Short answers to the question that was asked, as a strict tree of words: one of them is heard where the free reading
//! is no answer, or another one and more, if it fits the sound clearly better than what else people say in its place.

use super::search::{Choices, Guide, Sentence};
use super::token_tree::TokenTree;
use super::tokenizer::{END, Tokenizer};
use crate::domain::hearing::Awaited;

/// What people say to a question for a yes or a no, each answer in its several words. A yes is not weighed against another.
/// Then what they are weighed against, none of which is put into the caller's mouth, with what the model makes of a breath
/// or a knock: mostly "you".
const YES_OR_NO: &[(&[&str], Margins)] = &[
    (&["Yes", "Yeah", "Yep", "Speaking"], OF_YES),
    (&["Okay"], OF_YES),
    (&["Sure"], OF_YES),
    (&["Hello"], OF_GREETING),
    (&["Sorry"], OF_GREETING),
];
const BESIDE_YES: &[&str] = &[
    "No",
    "Nope",
    "Not",
    "What",
    "Who",
    "Why",
    "Where",
    "When",
    "Which",
    "Pardon",
    "Wait",
    "Maybe",
    "Later",
    "Right",
    "Um",
    "Mm",
    "You",
    "Oh",
    "Ah",
    "Huh",
    "Uh",
    "Thank you",
];

const DAYS: &[(&[&str], Margins)] = &[
    (&["Monday"], OF_DAY),
    (&["Tuesday"], OF_DAY),
    (&["Wednesday"], OF_DAY),
    (&["Thursday"], OF_DAY),
    (&["Friday"], OF_DAY),
    (&["Saturday"], OF_DAY),
    (&["Sunday"], OF_DAY),
    (&["Tomorrow"], OF_DAY),
    (&["Today"], OF_DAY),
];
const BESIDE_DAYS: &[&str] = &["No", "Yes", "What", "Never", "None", "Any day", "Hello", "Sorry", "Later", "Why"];

const MARKS: [&str; 4] = [".", ",", "?", "!"];

/// What an answer must reach to be heard, in nats. Measured on three synthetic voices with 15 to 30 dB of noise (kitchen,
/// car horns, barking): of 135 times "yes", "okay" and the like 115 are heard instead of 99, of 480 other short things said
/// none more as a yes; of 135 days 115 instead of 71, of 270 others two more as a day.
#[derive(Clone, Copy)]
struct Margins {
    side: Side,
    /// How much better it must fit than anything of another meaning.
    lead_min: f32,
    /// How much worse than the free reading it may be.
    slack: f32,
    /// The same where the free reading begins with another answer: "No case." for "Okay." None: that one stands.
    slack_against: Option<f32>,
}

/// What an answer comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Side {
    Yes,
    Greeting,
    Day,
}

/// A yes is asked for again until it is clear, but a made-up one does harm.
const OF_YES: Margins = Margins { side: Side::Yes, lead_min: 0.5, slack: 3.0, slack_against: Some(2.0) };
/// "Hello?" and "Sorry?" only have the question asked again, where "No, no." in their place would be an answer.
const OF_GREETING: Margins = Margins { side: Side::Greeting, lead_min: 0.7, slack: 4.0, slack_against: Some(2.0) };
/// A day is read back before anything comes of it.
const OF_DAY: Margins = Margins { side: Side::Day, lead_min: 2.0, slack: 6.0, slack_against: None };

const ROOT: usize = 0;
const CLOSED: usize = 1;

/// The answers to one kind of question.
pub(super) struct AnswerTree {
    tree: TokenTree<Answer>,
    /// What may follow each node.
    choices: Vec<Vec<u32>>,
    /// Of the wanted answers, by their places.
    margins: Vec<Margins>,
    marks: Vec<u32>,
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
            Awaited::YesNo => Some(Self::new(tokenizer, YES_OR_NO, BESIDE_YES)),
            Awaited::Date => Some(Self::new(tokenizer, DAYS, BESIDE_DAYS)),
            Awaited::Open
            | Awaited::Choice
            | Awaited::Digits(_)
            | Awaited::OrderReference
            | Awaited::Postcode
            | Awaited::Name
            | Awaited::Address => None,
        }
    }

    fn new(tokenizer: &Tokenizer, wanted: &[(&[&str], Margins)], others: &[&str]) -> Self {
        let mut tree = TokenTree::with_roots(2);
        for (place, (words, _)) in wanted.iter().enumerate() {
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
        Self { tree, choices, margins: wanted.iter().map(|(_, margins)| *margins).collect(), marks }
    }

    /// What a sentence begins with, as far as it is one of the answers, and what else it says.
    fn begin<'a>(&self, sentence: &'a Sentence) -> (Option<Answer>, &'a [u32]) {
        let mut node = ROOT;
        for (at, token) in sentence.tokens.iter().enumerate() {
            match self.tree.child(node, *token) {
                Some(child) => node = child,
                None => return (self.tree.word(node), &sentence.tokens[at..]),
            }
        }
        (self.tree.word(node), &[])
    }

    fn rivals(&self, answer: Answer, other: Answer) -> bool {
        match (answer, other) {
            (Answer::Wanted(one), Answer::Wanted(other)) => {
                one != other && (self.margins[one].side != Side::Yes || self.margins[other].side != Side::Yes)
            }
            _ => answer != other,
        }
    }

    fn answer_of(&self, sentence: &Sentence) -> Option<Answer> {
        self.begin(sentence).0
    }

    /// Whether a free reading is an answer as it stands, or begins with one that no other can take the place of.
    pub(super) fn knows(&self, sentence: &Sentence) -> bool {
        let (answer, rest) = self.begin(sentence);
        let stands = || self.margins.iter().all(|margins| margins.slack_against.is_none());
        answer.is_some() && (stands() || rest.iter().all(|token| self.marks.contains(token)))
    }

    /// The wanted answer that leads all others, of readings through this tree, best first, where it explains the sound
    /// about as well as the free reading does.
    pub(super) fn leading(&self, readings: &[Sentence], free: &Sentence) -> Option<Sentence> {
        let best = readings.first().filter(|best| best.is_ended())?;
        let answer = self.answer_of(best)?;
        let Answer::Wanted(place) = answer else { return None };
        let margins = self.margins[place];
        let slack = match self.answer_of(free) {
            None => margins.slack,
            // It says the same, and more.
            Some(begun) if begun == answer => return None,
            Some(_) => margins.slack_against?,
        };
        if best.score() + slack < free.log_prob() {
            return None;
        }
        let rival =
            readings.iter().find(|reading| self.answer_of(reading).is_none_or(|other| self.rivals(answer, other)));
        rival.is_none_or(|rival| rival.score() + margins.lead_min <= best.score()).then(|| best.clone())
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

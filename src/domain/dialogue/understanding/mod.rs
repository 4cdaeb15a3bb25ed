//! What the caller means: intents and slots, by rules a shop can edit and weights trained on examples.
//!
//! Both prefer silence to a guess: what neither is sure of is unclear, and an unclear turn is asked again.

mod dates;
mod evaluate;
pub mod head;
mod intent;
mod matcher;
mod number_words;
mod numbers;
mod pattern;
mod references;
mod resolve;
mod rules;
mod secrets;
pub mod slots;
mod spelling;
#[cfg(test)]
mod spoken_back;
mod spoken_names;
pub mod vocabulary;
mod vote;
mod words;

#[cfg(test)]
mod tests;

use std::{sync::Arc, time::Duration};

pub use dates::{DatePhrase, DayBound, DeliveryHours, WeekdaySet, evaluate_dates, evaluate_dates_share};
pub use evaluate::{
    InScope, LabelledRow, Miss, RowError, Score, Share, evaluate_understanding, example_rows, labelled_rows,
};
pub(crate) use evaluate::{fnv1a, rows};
pub use intent::{Intent, UnknownIntent};
pub use numbers::{DigitString, Span};
pub use pattern::PatternError;
pub use references::{PostcodeForm, SpokenCode};
pub use rules::UnderstandingError;
pub use secrets::{Masked, Secret, SecretKind};

use crate::domain::hearing::{Awaited, DigitCount, Hypothesis, Transcript};
use head::Head;
use matcher::{Match, Tree};
use vocabulary::{Vocabularies, Vocabulary};
use words::{Lexicon, Token, WordId};

/// Alternatives of the recogniser that may speak up when the best reading says nothing.
const FALLBACK_HYPOTHESES: usize = 4;
/// What a reading that was not the best one is worth.
const FALLBACK_FACTOR: f32 = 0.6;
/// A lone answer below this confidence settles nothing.
pub const LONE_ANSWER_CONFIDENCE_MIN: f32 = 0.75;
/// A lone answer shorter than this is often a click on the line.
pub const LONE_ANSWER_SPEECH_MIN: Duration = Duration::from_millis(300);
/// Digits that are only a slot by themselves when nobody asked for a number.
const UNASKED_DIGITS_MIN: usize = 4;

/// One thing the caller did with their words.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Act {
    pub intent: Intent,
    /// How surely these words mean it, whether or not they were heard right: the rule's strength, or the likelihood.
    /// Shape: 0.0 to 1.0.
    pub strength: f32,
    /// The same times how surely the words were heard.
    /// Shape: 0.0 to 1.0.
    pub confidence: f32,
    pub span: Span,
    /// Too short, too doubtful or too conditional to settle money, a cancellation or a consent.
    pub is_weak: bool,
}

/// What an utterance says. Without acts it is unclear.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Understood {
    /// Order: as said.
    pub acts: Vec<Act>,
    /// Order: those of the awaited length first, then the likeliest.
    pub digits: Vec<DigitString>,
    /// Order: as said.
    pub dates: Vec<DatePhrase>,
    /// The utterance is one lone answer: "yes", "okay", "no".
    pub is_lone_answer: bool,
    /// A yes and nothing else but words that no pattern knows: "yes, I end home".
    pub is_yes_beside_unknown: bool,
    /// Wishes with a "not" in front of them: no vote brings them back.
    denied: Vec<Intent>,
    /// Sure patterns of one intent alone are all that was said, word by word.
    is_exact: bool,
    /// One word that no rule knows: the weights would guess by its letters.
    is_strange: bool,
    /// What the utterance as a whole is after, where rules and weights have voted on it.
    pub leading: Option<Intent>,
}

impl Understood {
    pub fn is_unclear(&self) -> bool {
        self.acts.is_empty()
    }

    pub fn act(&self, intent: Intent) -> Option<&Act> {
        self.acts.iter().find(|act| act.intent == intent)
    }

    pub fn has(&self, intent: Intent) -> bool {
        self.act(intent).is_some()
    }

    /// The act that says most about what to do next.
    pub fn primary(&self) -> Option<&Act> {
        if let Some(leading) = self.leading.and_then(|intent| self.act(intent)) {
            return Some(leading);
        }
        let rank = |act: &Act| (act.intent.precedence(), act.confidence);
        self.acts.iter().reduce(|best, act| {
            let ((best_rank, best_confidence), (rank, confidence)) = (rank(best), rank(act));
            if best_rank < rank || (best_rank == rank && best_confidence + 0.05 < confidence) { act } else { best }
        })
    }

    /// The intent is there and firm enough to settle money, a cancellation or a consent.
    pub fn settles(&self, intent: Intent) -> bool {
        self.act(intent).is_some_and(|act| !act.is_weak)
    }

    /// Takes into account how long the caller spoke: a lone answer of an instant is weak.
    pub fn weigh_speech(&mut self, spoken_for: Duration) {
        if self.is_lone_answer && spoken_for < LONE_ANSWER_SPEECH_MIN {
            self.acts.iter_mut().for_each(|act| act.is_weak = true);
        }
    }
}

/// The compiled understanding file of one language. Built once at start, shared by every call.
#[derive(Clone, Debug)]
pub struct Understanding {
    lexicon: Lexicon,
    tree: Tree,
    /// Sorted.
    negators: Vec<WordId>,
    /// Words after a negator that keep what follows true: "I don't know where my order is". Sorted.
    transparent: Vec<WordId>,
    /// Words that change nothing beside a yes. Sorted.
    beside_yes: Vec<WordId>,
    /// Words behind which an answer is surprise, as heard.
    surprise: Vec<String>,
    plain_yes: WordId,
    /// Words that make a yes depend on something: "but", "if", "maybe". Sorted.
    conditions: Vec<WordId>,
    head: Option<Arc<Head>>,
    vocabularies: Vocabularies,
}

impl Understanding {
    /// Compiles an understanding file, with the words that days, numbers and names are read by.
    ///
    /// Errors: the file is not TOML of this form, or one pattern of one intent is wrong; correct that line.
    pub fn compile(toml_text: &str, vocabularies: Vocabularies) -> Result<Self, UnderstandingError> {
        Ok(Self { vocabularies, ..rules::compile(toml_text)? })
    }

    /// The words of the language that is understood.
    pub fn vocabulary(&self) -> &Arc<Vocabulary> {
        self.vocabularies.own()
    }

    /// The words of a language; of one that has none, those of the language that is understood.
    pub fn vocabulary_of(&self, language: &str) -> &Arc<Vocabulary> {
        self.vocabularies.of(language)
    }

    /// Lets trained weights vote beside the rules.
    pub fn with_head(self, head: Arc<Head>) -> Self {
        Self { head: Some(head), ..self }
    }

    /// The trained weights, where there are any.
    pub fn head(&self) -> Option<&Head> {
        self.head.as_deref()
    }

    /// Says what an utterance means, given what was asked and the customer's local time.
    pub fn understand(
        &self,
        transcript: &Transcript,
        awaited: Awaited,
        local_now: jiff::civil::DateTime,
    ) -> Understood {
        let mut scratch = Scratch::default();
        let mut understood = Understood::default();
        if let Some(best) = transcript.best() {
            understood = self.acts_of(best, awaited, &mut scratch);
        }
        if understood.is_unclear() {
            understood.acts = self.fallback(transcript, awaited, &mut scratch);
        }
        understood.digits = self.digits_of(transcript, awaited);
        if let Some(head) = &self.head {
            vote::vote(head, transcript, awaited, &mut understood);
        }
        understood.dates = self.vocabulary().read_dates(transcript.text(), local_now, DeliveryHours::default());
        self.add_awaited(&mut understood, transcript, awaited);
        understood
    }

    fn acts_of(&self, hypothesis: &Hypothesis, awaited: Awaited, scratch: &mut Scratch) -> Understood {
        self.lexicon.read(hypothesis, &mut scratch.tokens);
        self.tree.find(&scratch.tokens, &mut scratch.matches);
        let mut understood = resolve::resolve(self, scratch, awaited);
        if self.is_surprise(hypothesis, &scratch.tokens) {
            understood.acts.iter_mut().filter(|act| act.intent == Intent::Affirm).for_each(|act| act.is_weak = true);
        }
        understood
    }

    fn is_surprise(&self, hypothesis: &Hypothesis, tokens: &[Token]) -> bool {
        let mut first = String::new();
        words::plain_into(hypothesis.text.split_whitespace().next().unwrap_or_default(), &mut first);
        self.surprise.contains(&first) && tokens.first().is_some_and(|token| token.id != self.plain_yes)
    }

    /// Listens to what else the recogniser may have heard; such an act is never firm.
    fn fallback(&self, transcript: &Transcript, awaited: Awaited, scratch: &mut Scratch) -> Vec<Act> {
        for hypothesis in transcript.hypotheses.iter().skip(1).take(FALLBACK_HYPOTHESES) {
            let mut acts = self.acts_of(hypothesis, awaited, scratch).acts;
            if !acts.is_empty() {
                for act in &mut acts {
                    act.is_weak = true;
                    act.strength *= FALLBACK_FACTOR;
                    act.confidence *= FALLBACK_FACTOR;
                }
                return acts;
            }
        }
        Vec::new()
    }

    fn digits_of(&self, transcript: &Transcript, awaited: Awaited) -> Vec<DigitString> {
        let digits_min = match awaited {
            Awaited::Digits(_) | Awaited::OrderReference | Awaited::Postcode => 1,
            Awaited::Open | Awaited::YesNo | Awaited::Choice | Awaited::Name | Awaited::Date | Awaited::Address => {
                UNASKED_DIGITS_MIN
            }
        };
        let mut digits = self.vocabulary().digit_strings(transcript);
        digits.retain(|candidate| digits_min <= candidate.digits.reveal().len());
        if let Awaited::Digits(DigitCount { min, max }) = awaited {
            let fits = |candidate: &DigitString| {
                (usize::from(min)..=usize::from(max)).contains(&candidate.digits.reveal().len())
            };
            digits.sort_by_key(|candidate| !fits(candidate));
        }
        digits
    }

    /// The bare answer to a question needs no words around it: digits, a name, a day.
    fn add_awaited(&self, understood: &mut Understood, transcript: &Transcript, awaited: Awaited) {
        let is_digits = !understood.digits.is_empty();
        let is_date = understood.dates.iter().any(|phrase| !phrase.is_excluded);
        let is_name = understood.is_unclear() && self.vocabulary().spoken_name(transcript).is_some();
        let (intent, is_given) = match awaited {
            Awaited::OrderReference => (Intent::ProvideOrderNumber, is_digits),
            Awaited::Postcode => (Intent::ProvidePostcode, is_digits),
            Awaited::Name => (Intent::ProvideName, is_name),
            Awaited::Date => (Intent::RescheduleDelivery, is_date),
            Awaited::Digits(_) | Awaited::Open | Awaited::YesNo | Awaited::Choice | Awaited::Address => return,
        };
        if is_given && !understood.has(intent) {
            let confidence = transcript.best().map_or(0.0, |best| best.confidence);
            understood.acts.push(Act { intent, strength: 1.0, confidence, span: Span::default(), is_weak: false });
        }
    }
}

/// Buffers of one utterance.
#[derive(Debug, Default)]
struct Scratch {
    tokens: Vec<Token>,
    matches: Vec<Match>,
}

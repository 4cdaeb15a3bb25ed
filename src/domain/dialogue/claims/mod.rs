//! Decides whether a sentence in free words says only what is proven: every word of it must be accounted for.
//!
//! A word counts as accounted for when it belongs to a way of saying a known fact, to a phrase whose needs are met,
//! or to the short list of words that state nothing. There is no list of forbidden words to slip past: what nobody
//! listed is refused. The lists of kinds only give a refusal its name.

mod forms;
mod from_order;
mod known;
mod lexicon;
mod pattern;
mod reading;
#[cfg(test)]
mod tests;
mod tokens;
mod trie;

pub use from_order::{facts_of_order, facts_of_outreach, facts_of_shop};
pub use known::{KnownFact, Meaning, Subject, Truth, Value};
pub use lexicon::ClaimFileError;
pub use pattern::PatternFault;

use std::sync::Arc;

use crate::domain::call::VerificationLevel;
use crate::domain::dialogue::phrasebook::Voice;
use crate::domain::values::Personal;
use lexicon::Lexicon;
use trie::Trie;

/// Facts one caller can have; later ones are left out, and what they would prove is refused.
const FACTS_MAX: usize = 512;
/// A longer sentence is refused unread.
const SENTENCE_BYTES_MAX: usize = 1_024;

/// What a sentence claims without proof.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ClaimKind {
    Day,
    Time,
    Money,
    Percent,
    Number,
    Place,
    /// A name of a person, or another name that no fact holds.
    Name,
    Status,
    /// A promise, or an act said to be done.
    Promise,
    Reason,
    Policy,
    Incentive,
    Negation,
    Hedge,
    /// A value that is known, said of something else; or nobody can tell of which parcel.
    Meaning,
    /// True, and not for a caller at this level.
    AboveLevel,
    /// The model asks something itself.
    Question,
    /// Words that nothing accounts for.
    Unproven,
}

impl ClaimKind {
    pub const ALL: &[Self] = &[
        Self::Day,
        Self::Time,
        Self::Money,
        Self::Percent,
        Self::Number,
        Self::Place,
        Self::Name,
        Self::Status,
        Self::Promise,
        Self::Reason,
        Self::Policy,
        Self::Incentive,
        Self::Negation,
        Self::Hedge,
        Self::Meaning,
        Self::AboveLevel,
        Self::Question,
        Self::Unproven,
    ];

    /// As the claim file writes it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Time => "time",
            Self::Money => "money",
            Self::Percent => "percent",
            Self::Number => "number",
            Self::Place => "place",
            Self::Name => "name",
            Self::Status => "status",
            Self::Promise => "promise",
            Self::Reason => "reason",
            Self::Policy => "policy",
            Self::Incentive => "incentive",
            Self::Negation => "negation",
            Self::Hedge => "hedge",
            Self::Meaning => "meaning",
            Self::AboveLevel => "above_level",
            Self::Question => "question",
            Self::Unproven => "unproven",
        }
    }
}

/// What kind of value a word such as "on" or "at" may stand before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Lead {
    Day,
    Time,
    Money,
    Place,
    Other,
}

impl Lead {
    const ALL: &[Self] = &[Self::Day, Self::Time, Self::Money, Self::Place, Self::Other];

    const fn as_str(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Time => "time",
            Self::Money => "money",
            Self::Place => "place",
            Self::Other => "other",
        }
    }
}

/// What the check found.
#[derive(Clone, Debug)]
pub enum Verdict<'a> {
    /// Every claim is proven, by these facts.
    Grounded { cited: Vec<&'a KnownFact> },
    /// The first words that are not.
    Ungrounded { words: Personal<String>, kind: ClaimKind },
}

impl Verdict<'_> {
    pub const fn is_grounded(&self) -> bool {
        matches!(self, Self::Grounded { .. })
    }
}

/// The check itself: one for the whole process.
#[derive(Clone, Debug)]
pub struct ClaimCheck {
    lexicon: Arc<Lexicon>,
}

impl ClaimCheck {
    /// Reads the claim file, `prompts/claims/en.toml`.
    ///
    /// Errors: names the entry; the remedy is to edit that line of the file.
    pub fn compile(text: &str) -> Result<Self, ClaimFileError> {
        Ok(Self { lexicon: Arc::new(Lexicon::compile(text)?) })
    }

    /// The same check, which knows further phrases.
    ///
    /// Errors: as for [`compile`](Self::compile).
    pub fn with_phrases(&self, text: &str) -> Result<Self, ClaimFileError> {
        Ok(Self { lexicon: Arc::new(self.lexicon.with_phrases(text)?) })
    }

    /// Lays out what may be said to one caller: one for a turn.
    ///
    /// Facts above `level` are kept apart, so that saying one is told from inventing one.
    pub fn grounds(&self, mut facts: Vec<KnownFact>, level: VerificationLevel, voice: &Voice) -> Grounds {
        facts.truncate(FACTS_MAX);
        let mut forms = Trie::default();
        for (index, fact) in facts.iter().enumerate() {
            forms::forms(fact, voice).iter().for_each(|run| forms.insert(run, index));
            if let Value::Words(text) = &fact.value {
                let others = self.lexicon.synonyms(text).iter().map(|other| tokens::words(other));
                others.for_each(|run| forms.insert(&run, index));
            }
        }
        Grounds { lexicon: Arc::clone(&self.lexicon), facts, level, forms }
    }
}

/// What may be said to one caller at one moment.
#[derive(Clone, Debug)]
pub struct Grounds {
    lexicon: Arc<Lexicon>,
    facts: Vec<KnownFact>,
    level: VerificationLevel,
    forms: Trie<usize>,
}

impl Grounds {
    /// Judges one sentence, or a few: what is unproven in one of them is unproven in all.
    pub fn judge(&self, sentence: &str) -> Verdict<'_> {
        match reading::read(self, sentence) {
            Ok(cited) => Verdict::Grounded { cited: cited.into_iter().map(|index| &self.facts[index]).collect() },
            Err(unproven) => {
                let words = sentence.get(unproven.from..unproven.to).unwrap_or_default().to_owned();
                Verdict::Ungrounded { words: words.into(), kind: unproven.kind }
            }
        }
    }
}

//! Scores the understanding against labelled utterances: a safe miss asks again, an unsafe one could act.

use std::collections::BTreeMap;

use super::{Intent, Understanding, head::Example};
use crate::domain::dialogue::meaning::Meaning;
use crate::domain::hearing::{Awaited, Transcript};

/// A score of one part alone.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize)]
pub struct Score {
    pub n: usize,
    pub correct: usize,
    /// Shape: 0.0 to 1.0, zero without cases.
    pub rate: f64,
    /// Wrong in a way that only costs a question.
    pub safe_misses: usize,
    /// Wrong in a way that could settle or change something.
    pub unsafe_misses: usize,
    /// Readings on which the dialogue does the same as on a right one, where intents are scored.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub same_act: Option<usize>,
    /// Strangers tried, where there are any.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub impostor_n: Option<usize>,
    /// The cases of a kind that delivery calls have a use for, where the suite holds others as well.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub in_scope: Option<InScope>,
    /// How often each expected reading was taken for another: "expected > read".
    pub confusions: BTreeMap<String, usize>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub misses: Vec<Miss>,
}

/// How many of the cases in scope there are, and how many of them are right.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct InScope {
    pub n: usize,
    pub correct: usize,
}

/// One case that went wrong.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct Miss {
    pub id: String,
    pub text: String,
    pub expected: String,
    pub read: String,
    pub is_safe: bool,
}

impl Score {
    pub(crate) fn hit(&mut self) {
        self.n += 1;
        self.correct += 1;
        self.update_rate();
    }

    pub(crate) fn miss(&mut self, miss: Miss) {
        self.n += 1;
        if miss.is_safe {
            self.safe_misses += 1;
        } else {
            self.unsafe_misses += 1;
        }
        *self.confusions.entry(format!("{} > {}", miss.expected, miss.read)).or_default() += 1;
        self.misses.push(miss);
        self.update_rate();
    }

    #[expect(clippy::cast_precision_loss, reason = "counts of cases are small")]
    fn update_rate(&mut self) {
        self.rate = self.correct as f64 / self.n as f64;
    }
}

/// A row of a labelled file is not of the expected form.
#[derive(Debug, thiserror::Error)]
#[error("line {line} is not a row of this suite: {reason}")]
pub struct RowError {
    pub line: usize,
    pub reason: String,
}

/// Which rows of a labelled file count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Share {
    All,
    /// The four fifths that patterns and thresholds may be made on.
    Development,
    /// The fifth kept aside.
    Test,
}

impl Share {
    /// The split is by a hash of the id, so that it never changes when rows are added.
    pub fn holds(self, id: &str) -> bool {
        let is_test = (fnv1a(id) >> 32).is_multiple_of(5);
        match self {
            Self::All => true,
            Self::Development => !is_test,
            Self::Test => is_test,
        }
    }
}

/// A hash that is the same on every machine and in every build.
pub(crate) fn fnv1a(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

/// Reads JSON lines, skipping empty ones.
///
/// Errors: the first line that is not of the form, by number.
pub(crate) fn rows<T: serde::de::DeserializeOwned>(json_lines: &str) -> Result<Vec<T>, RowError> {
    let lines = json_lines.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    lines
        .map(|(index, line)| {
            serde_json::from_str(line).map_err(|error| RowError { line: index + 1, reason: error.to_string() })
        })
        .collect()
}

/// A labelled utterance.
#[derive(Clone, Debug, PartialEq, serde::Deserialize)]
pub struct LabelledRow {
    pub id: String,
    pub text: String,
    pub expected: String,
    /// Further labels that are no mistake.
    #[serde(default)]
    pub acceptable: Vec<String>,
    /// What the agent had just said.
    #[serde(default)]
    pub context: Option<String>,
    #[serde(default)]
    pub licence: String,
    /// What is awaited, where it is known.
    #[serde(skip)]
    pub awaited: Option<Awaited>,
}

impl LabelledRow {
    /// A question as context awaits a yes or a no.
    pub fn awaited(&self) -> Awaited {
        let is_asked = self.context.as_deref().is_some_and(|context| context.trim_end().ends_with('?'));
        self.awaited.unwrap_or(if is_asked { Awaited::YesNo } else { Awaited::Open })
    }

    fn accepts(&self, intent: Intent) -> bool {
        self.labels().any(|label| label == intent.as_str())
    }

    fn labels(&self) -> impl Iterator<Item = &str> {
        std::iter::once(&self.expected).chain(&self.acceptable).map(String::as_str)
    }

    /// Whether the dialogue does the same on this intent as on a right one.
    fn acts_alike(&self, intent: Intent) -> bool {
        let meaning = Meaning::of(intent);
        self.labels().filter_map(|label| label.parse().ok()).any(|label| Meaning::of(label) == meaning)
    }
}

/// Reads the rows of a share of a labelled file.
///
/// Errors: a line is not of the form.
pub fn labelled_rows(json_lines: &str, share: Share) -> Result<Vec<LabelledRow>, RowError> {
    Ok(rows::<LabelledRow>(json_lines)?.into_iter().filter(|row| share.holds(&row.id)).collect())
}

/// A share of the examples as rows: an utterance may be read as any of the intents that it stands under.
pub fn example_rows(examples: &[Example], share: Share) -> Vec<LabelledRow> {
    let mut labels: BTreeMap<String, Vec<Intent>> = BTreeMap::new();
    for example in examples {
        let known = labels.entry(example.id()).or_default();
        known.push(example.intent);
        known.extend(&example.also);
    }
    let row = |example: &Example| LabelledRow {
        id: example.id(),
        text: example.text.clone(),
        expected: example.intent.to_string(),
        acceptable: labels[&example.id()].iter().map(ToString::to_string).collect(),
        context: None,
        licence: String::new(),
        awaited: Some(example.awaited),
    };
    examples.iter().filter(|example| share.holds(&example.id())).map(row).collect()
}

/// Scores the leading intent of each utterance; an unclear reading is a safe miss.
///
/// `hear` makes a transcript of a row's text, with sentence vectors or without.
pub fn evaluate_understanding(
    understanding: &Understanding,
    rows: &[LabelledRow],
    mut hear: impl FnMut(&str) -> Transcript,
) -> Score {
    let mut score = Score { same_act: Some(0), ..Score::default() };
    let noon = jiff::civil::date(2026, 1, 1).at(12, 0, 0, 0);
    for row in rows {
        let understood = understanding.understand(&hear(&row.text), row.awaited(), noon);
        let read = understood.primary().map(|act| act.intent);
        if read.is_some_and(|intent| row.acts_alike(intent)) {
            *score.same_act.get_or_insert(0) += 1;
        }
        if read.is_some_and(|intent| row.accepts(intent)) {
            score.hit();
        } else {
            score.miss(Miss {
                id: row.id.clone(),
                text: row.text.clone(),
                expected: row.expected.clone(),
                read: read.map_or("unclear", Intent::as_str).to_owned(),
                is_safe: read.is_none_or(Intent::is_harmless),
            });
        }
    }
    score
}

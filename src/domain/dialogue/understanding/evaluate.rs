//! Scores the understanding against labelled utterances: a safe miss asks again, an unsafe one could act.

use std::collections::BTreeMap;

use super::{Intent, Understanding};
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

#[derive(serde::Deserialize)]
struct IntentRow {
    id: String,
    text: String,
    expected: String,
    #[serde(default)]
    acceptable: Vec<String>,
    #[serde(default)]
    context: Option<String>,
}

/// Scores the leading intent of each utterance of a file of JSON lines.
///
/// A yes-or-no question as context sets what is awaited; an unclear reading is a safe miss.
/// Errors: a line is not of the form.
pub fn evaluate_understanding(
    understanding: &Understanding,
    json_lines: &str,
    share: Share,
) -> Result<Score, RowError> {
    let mut score = Score::default();
    let noon = jiff::civil::date(2026, 1, 1).at(12, 0, 0, 0);
    for row in rows::<IntentRow>(json_lines)?.into_iter().filter(|row| share.holds(&row.id)) {
        let is_asked = row.context.as_deref().is_some_and(|context| context.trim_end().ends_with('?'));
        let awaited = if is_asked { Awaited::YesNo } else { Awaited::Open };
        let understood = understanding.understand(&Transcript::certain(&row.text), awaited, noon);
        let read = understood.primary().map(|act| act.intent);
        let accepts = |intent: Intent| {
            row.expected == intent.as_str() || row.acceptable.iter().any(|name| name == intent.as_str())
        };
        if read.is_some_and(accepts) {
            score.hit();
        } else {
            score.miss(Miss {
                id: row.id,
                text: row.text,
                expected: row.expected,
                read: read.map_or("unclear", Intent::as_str).to_owned(),
                is_safe: read.is_none_or(Intent::is_harmless),
            });
        }
    }
    Ok(score)
}

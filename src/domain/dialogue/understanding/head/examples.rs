//! The files of examples: what callers say, sorted by what they mean.
//!
//! `[intent]` opens a section, `[intent after yes_no]` one of answers to such a question; then one utterance a line.
//! Behind a bar, in the head of a section or after an utterance, stand intents that it may as well be read as.

use crate::domain::dialogue::understanding::{Intent, fnv1a};
use crate::domain::hearing::Awaited;

/// Below it, to the end of the section, stand lines as a recogniser makes them of what was said.
const MISHEARD: &str = "# as misheard";

/// One utterance and its meaning.
#[derive(Clone, Debug, PartialEq)]
pub struct Example {
    pub text: String,
    pub intent: Intent,
    /// What it may as well be read as.
    pub also: Vec<Intent>,
    /// The question it answers; open when it may be said at any time.
    pub awaited: Awaited,
    /// Not what somebody said but what a recogniser made of it.
    pub is_misheard: bool,
}

impl Example {
    /// Whether a recogniser may be told to expect it: somebody says it, and nothing is settled by it.
    pub fn may_be_expected(&self) -> bool {
        let is_answer = matches!(
            self.intent,
            Intent::Affirm
                | Intent::Deny
                | Intent::Acknowledge
                | Intent::NothingElse
                | Intent::NoPreference
                | Intent::RightPartyConfirm
                | Intent::ConfirmOrder
                | Intent::ConfirmAvailability
                | Intent::OptInChannel
                | Intent::CancelOrder
                | Intent::RefuseDelivery
                | Intent::OptOut
        );
        !self.is_misheard && !is_answer
    }

    /// The same for utterances that differ in case and white space alone, so that they fall into one share.
    pub fn id(&self) -> String {
        self.text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
    }
}

/// A line of an example file cannot be used; the remedy is to correct it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {reason}")]
pub struct ExampleError {
    pub line: usize,
    pub reason: String,
}

/// Reads one file of examples.
///
/// Errors: the first line that stands in no section, or opens one of no known intent or question.
pub fn read_examples(text: &str) -> Result<Vec<Example>, ExampleError> {
    let mut examples = Vec::new();
    let mut section: Option<Section> = None;
    let mut is_misheard = false;
    for (index, line) in text.lines().enumerate() {
        let line = line.trim();
        let fault = |reason: String| ExampleError { line: index + 1, reason };
        is_misheard |= line == MISHEARD;
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        if let Some(name) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            section = Some(read_section(name).map_err(fault)?);
            is_misheard = false;
            continue;
        }
        let Section { intent, mut also, awaited } =
            section.clone().ok_or_else(|| fault("an example stands under an [intent]".to_owned()))?;
        let (text, more) = line.split_once('|').unwrap_or((line, ""));
        also.extend(read_intents(more).map_err(fault)?);
        examples.push(Example { text: text.trim_end().to_owned(), intent, also, awaited, is_misheard });
    }
    Ok(examples)
}

/// What the head of a section says of its utterances.
#[derive(Clone)]
struct Section {
    intent: Intent,
    also: Vec<Intent>,
    awaited: Awaited,
}

fn read_section(name: &str) -> Result<Section, String> {
    let (intents, awaited) = name.split_once(" after ").unwrap_or((name, "open"));
    let (intent, also) = intents.split_once('|').unwrap_or((intents, ""));
    let awaited = Awaited::named(awaited.trim()).ok_or_else(|| format!("`{awaited}` is not a known question"))?;
    Ok(Section { intent: read_intent(intent.trim())?, also: read_intents(also)?, awaited })
}

fn read_intents(names: &str) -> Result<Vec<Intent>, String> {
    names.split_whitespace().map(read_intent).collect()
}

fn read_intent(name: &str) -> Result<Intent, String> {
    name.parse().map_err(|_| format!("[{name}] is not a known intent"))
}

/// What tells one set of examples from another, whatever order and files they stand in.
pub fn fingerprint<'a>(examples: impl IntoIterator<Item = &'a Example>) -> String {
    let line = |example: &Example| fnv1a(&format!("{}\t{:?}\t{}", example.intent, example.awaited, example.text));
    let sum = examples.into_iter().fold(0_u64, |sum, example| sum.wrapping_add(line(example)));
    format!("{sum:016x}")
}

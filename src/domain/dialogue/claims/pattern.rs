//! Expands the patterns of the claim file: `it (should|is to) (reach|come to) you (on|)` is eight runs of words.

use super::tokens::words;

/// More runs than this of one pattern is a slip of the pen.
const RUNS_MAX: usize = 128;

/// What is wrong with a pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PatternFault {
    #[error("a bracket is not closed or not opened, or stands inside another")]
    UnbalancedBracket,
    #[error("it stands for more than {RUNS_MAX} runs of words")]
    TooMany,
    #[error("it says nothing")]
    Empty,
}

/// Every run of words that `pattern` stands for.
pub(super) fn expand(pattern: &str) -> Result<Vec<Vec<String>>, PatternFault> {
    let mut texts = vec![String::new()];
    let mut rest = pattern;
    while let Some(at) = rest.find(['(', ')']) {
        let (before, from_bracket) = rest.split_at(at);
        let inner = from_bracket.strip_prefix('(').ok_or(PatternFault::UnbalancedBracket)?;
        let (choices, after) = inner.split_once(')').ok_or(PatternFault::UnbalancedBracket)?;
        if choices.contains('(') {
            return Err(PatternFault::UnbalancedBracket);
        }
        texts = choices
            .split('|')
            .flat_map(|choice| texts.iter().map(move |text| format!("{text}{before}{choice}")))
            .collect();
        if RUNS_MAX < texts.len() {
            return Err(PatternFault::TooMany);
        }
        rest = after;
    }
    let runs: Vec<Vec<String>> = texts.iter().map(|text| words(&format!("{text}{rest}"))).collect();
    if runs.iter().any(Vec::is_empty) { Err(PatternFault::Empty) } else { Ok(runs) }
}

//! What passes between the dialogue and a language model.

use crate::domain::call::Speaker;
use crate::domain::dialogue::claims::ClaimKind;
use crate::domain::values::Personal;

/// What a model is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ModelTask {
    /// Answers what the caller asked, or proposes what to do about it.
    Answer,
    /// Puts what was said last into other words.
    Rephrase,
    /// Sums the call up for a person.
    Summary,
}

/// A question to a language model.
#[derive(Clone, Debug, PartialEq)]
pub struct ModelQuestion {
    pub task: ModelTask,
    /// What may be said to this caller, and nothing else. Shape: JSON.
    pub facts: Personal<String>,
    /// The conversation, oldest first; of the agent only what was heard. The caller's turn is the last.
    pub history: Vec<SaidLine>,
}

/// One line of the conversation as a model is shown it.
#[derive(Clone, Debug, PartialEq)]
pub struct SaidLine {
    pub by: Speaker,
    pub text: Personal<String>,
}

/// What came of a question so far.
#[derive(Clone, Debug, PartialEq)]
pub enum ModelSaid {
    Sentence(Personal<String>),
    /// It asks for a tool; the arguments are JSON text and unchecked.
    Tool {
        name: String,
        arguments: Personal<String>,
    },
    /// It has said all.
    Finished,
    /// It could not answer, or no further.
    Failed,
    /// Nothing that may be said has come in time.
    Overdue,
}

/// What is counted of a model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ModelNote {
    /// A sentence was not said, because it claims this without proof.
    Blocked(ClaimKind),
    /// Nothing that may be said came in time.
    Overdue,
    /// It asked for something that no contract allows.
    ToolRefused,
    /// It asked for something that is now read back to the caller, or answered by rule.
    ToolTaken,
}

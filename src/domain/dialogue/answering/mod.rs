//! Where a language model may help: what it is asked, what of its answer may be said, and what is said without it.
//!
//! The model only proposes. Each of its sentences has to be proven by the facts of the call before it is spoken, and
//! what it asks to have done begins the same read-back as a wish of the caller's. Whatever goes wrong, the sentence
//! that would have been said without a model is said.

mod asking;
mod facts;
mod gate;
mod log;
mod messages;
mod sentences;
mod summary;
mod taking;

#[cfg(test)]
mod tests;

use std::sync::Arc;

pub use messages::{ModelNote, ModelQuestion, ModelSaid, ModelTask, SaidLine};
pub use sentences::SentenceCutter;

use super::claims::{ClaimCheck, Grounds};
use super::exchange::Sentence;
use super::ledger::Told;
use super::turn::Turn;
use crate::domain::values::ReplyId;
use log::Log;

/// What a model's sentences are checked against: aloud, and in what a person reads afterwards.
#[derive(Clone, Debug)]
pub struct ModelChecks {
    pub aloud: ClaimCheck,
    pub summary: ClaimCheck,
}

/// What the dialogue remembers of the model's part; nothing at all where none is configured.
#[derive(Clone, Debug, Default)]
pub(super) struct Answering {
    checks: Option<Arc<ModelChecks>>,
    last_reply: ReplyId,
    open: Option<OpenReply>,
    log: Log,
    /// Turns of the caller so far, the last one that was given to the model, and how many in a row were.
    turns: u32,
    asked_at: u32,
    asked_in_a_row: u8,
}

/// A reply that is being waited for.
#[derive(Clone, Debug)]
struct OpenReply {
    reply: ReplyId,
    /// The turn it answers.
    turn: Arc<Turn>,
    fallback: Fallback,
    grounds: Arc<Grounds>,
    /// Proven, and without a fact: said only together with one that has.
    held: Vec<Sentence>,
    said: usize,
}

/// What is said without the model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fallback {
    /// That it was not understood, and the question again.
    Unclear,
    /// That orders are all we can help with, and the question again.
    OutOfScope,
    /// What was said last, once more.
    Repeat,
}

/// Sentences of the model that may be said now.
#[derive(Clone, Debug)]
pub(super) struct FreeWords {
    pub(super) sentences: Vec<Sentence>,
    pub(super) told: Option<Told>,
}

impl Answering {
    pub(super) fn with(checks: Arc<ModelChecks>) -> Self {
        Self { checks: Some(checks), ..Self::default() }
    }
}

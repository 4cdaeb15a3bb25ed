//! What is understood, what is said, and what is asked next.
//!
//! A dialogue hears whole caller turns and says sentences; it knows nothing of audio, pauses or who has the floor.

pub mod answering;
pub mod claims;
mod core;
mod errands;
mod exchange;
pub mod identity;
mod inbound;
mod ledger;
mod meaning;
mod outbound;
mod outcome;
mod parcel;
pub mod phrasebook;
mod proof;
mod reply;
mod requests;
pub mod scenarios;
mod status;
mod step;
pub mod tools;
mod turn;
pub mod understanding;

#[cfg(test)]
mod tests;
#[cfg(test)]
pub(in crate::domain) use tests::fixtures as tests_support;

pub use answering::{ModelChecks, ModelNote, ModelQuestion, ModelSaid, ModelTask};
pub use core::Dialogue;
pub use exchange::{
    Answerer, Brief, CallEnding, CallerTurn, DialogueCommand, DialogueEvent, EndReason, EndedBy, Expectation, Fact,
    HandoverOrder, OrderQuery, RecordAck, RecordingNotice, RequestKind, Saying, Sentence, ShopProfile, SilenceStep,
};
pub use outbound::{Outreach, UnknownScenario};
pub use outcome::OutcomeDraft;
pub use phrasebook::{Phrasebook, PhrasebookError};
pub use requests::escalation_of;

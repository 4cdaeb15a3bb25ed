//! What is understood, what is said, and what is asked next.
//!
//! A dialogue hears whole caller turns and says sentences; it knows nothing of audio, pauses or who has the floor.

mod exchange;
pub mod identity;
pub mod understanding;

pub use exchange::{
    Brief, CallerTurn, DialogueCommand, DialogueEvent, EndReason, Expectation, Fact, OrderQuery, RecordingNotice,
    RequestKind, Saying, Sentence, ShopProfile, SilenceStep,
};

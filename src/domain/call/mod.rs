//! One phone call as a state machine, and the record of how it ended.

mod command;
mod conversation;
mod deadline;
mod event;
mod invariants;
mod machine;
mod minutes;
mod outcome;
mod phase;
mod pick_up;
mod playout;
mod record;
mod settings;
mod turn_taking;

#[cfg(test)]
mod tests;

pub use command::{CallCommand, Likelihood};
pub use conversation::Conversation;
pub use deadline::Deadline;
pub use event::{CallEvent, CloseCause};
pub use invariants::{Breach, Checker};
pub use machine::Call;
pub use minutes::{MASKED, Minutes};
pub use outcome::{Connection, Contact, Disposition, EscalationWay, VerificationLevel};
pub use phase::{Floor, Paused, Phase, Turn, Voice};
pub use pick_up::{Judgement, PickUp, PickedUpBy, Sign, SignSource, TakenFor};
pub use playout::{Fate, Playout, Utterance};
pub use record::{
    CallDirection, CallState, CarrierAction, Escalation, FinishedCall, HeardFact, HeardShare, LatencyMs, ModelVersions,
    OpenedCall, OptOut, OutcomeRecord, RecordingMode, Speaker, TranscriptLine, TurnTiming,
};
pub use settings::CallSettings;
pub(in crate::domain) use turn_taking::TurnTakingLists;

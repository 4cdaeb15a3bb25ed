//! One phone call as a state machine, and the record of how it ended.

mod outcome;
mod record;

pub use outcome::{Connection, Contact, Disposition, EscalationWay, VerificationLevel};
pub use record::{
    CallDirection, CallState, CarrierAction, Escalation, FinishedCall, HeardFact, HeardShare, LatencyMs, ModelVersions,
    OpenedCall, OptOut, OutcomeRecord, RecordingMode, Speaker, TranscriptLine, TurnTiming,
};

//! Where a call is, with only the data that is valid there.

use std::sync::Arc;

use crate::domain::dialogue::{DialogueCommand, EndReason};
use crate::domain::hearing::Transcript;
use crate::domain::values::{CallTime, SegmentId};

/// The life of a call.
#[derive(Clone, Debug, PartialEq)]
pub enum Phase {
    /// Accepted; no audio yet.
    Accepted,
    Talking,
    /// The goodbye is being said.
    Closing {
        reason: EndReason,
    },
    /// We asked the carrier to hang up.
    HangingUp {
        reason: EndReason,
    },
    /// Concluded: nothing happens any more.
    Ended,
}

/// Who has the floor.
#[derive(Clone, Debug)]
pub enum Floor<C> {
    /// Nobody speaks.
    Open,
    Agent,
    Caller(Turn<C>),
    /// The caller's voice set in while the agent had the floor; it is not yet known what for.
    Contested {
        turn: Turn<C>,
        agent: Paused,
    },
}

/// What the agent does while its floor is contested.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Paused {
    /// Silent, ready to go on.
    Since(CallTime),
    /// Speaking again after a false alarm.
    No,
}

/// Whether the caller's voice is on within a turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Voice {
    On { since: CallTime },
    Off { since: CallTime },
}

/// A caller turn that is not over.
#[derive(Clone, Debug)]
pub struct Turn<C> {
    pub segment: SegmentId,
    pub started_at: CallTime,
    pub voice: Voice,
    /// Voice so far, without pauses and without the stretch that is on.
    pub voiced_ms: u32,
    /// Counts the pauses; a reading of an earlier pause is stale.
    pub revision: u32,
    pub reading: Option<TurnReading>,
    /// The newest look at the words, of any purpose.
    pub latest: Option<Arc<Transcript>>,
    pub is_barge_in: bool,
    /// The answer, worked out in the hope that the turn is over.
    pub speculation: Option<Speculation<C>>,
}

/// The whole turn as read at its last pause.
#[derive(Clone, Debug)]
pub struct TurnReading {
    pub transcript: Arc<Transcript>,
    pub at: CallTime,
}

#[derive(Clone, Debug)]
pub struct Speculation<C> {
    pub conversation: C,
    pub commands: Vec<DialogueCommand>,
}

impl<C> Turn<C> {
    pub fn new(segment: SegmentId, at: CallTime, is_barge_in: bool) -> Self {
        Self {
            segment,
            started_at: at,
            voice: Voice::On { since: at },
            voiced_ms: 0,
            revision: 0,
            reading: None,
            latest: None,
            is_barge_in,
            speculation: None,
        }
    }

    pub fn voice_started(&mut self, at: CallTime) {
        if let Voice::Off { .. } = self.voice {
            self.voice = Voice::On { since: at };
            self.reading = None;
            self.speculation = None;
        }
    }

    pub fn voice_stopped(&mut self, at: CallTime) {
        if let Voice::On { since } = self.voice {
            self.voiced_ms += u32::try_from(at.since(since).as_millis()).unwrap_or(u32::MAX);
            self.voice = Voice::Off { since: at };
            self.revision += 1;
        }
    }

    /// When the last word ended, or `now` if the voice is on.
    pub fn last_voice(&self, now: CallTime) -> CallTime {
        match self.voice {
            Voice::On { .. } => now,
            Voice::Off { since } => since,
        }
    }
}

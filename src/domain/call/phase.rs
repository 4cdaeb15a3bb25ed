//! Where a call is, with only the data that is valid there.

use std::sync::Arc;

use crate::domain::dialogue::{DialogueCommand, EndReason, HandoverOrder};
use crate::domain::hearing::{ReadingPurpose, Transcript};
use crate::domain::values::{CallTime, SegmentId};

/// The life of a call.
#[derive(Clone, Debug, PartialEq)]
pub enum Phase {
    /// Accepted; no audio yet.
    Accepted,
    Talking,
    /// The goodbye is being said. After a friendly one the caller may still take the floor back.
    Closing {
        reason: EndReason,
    },
    /// The caller is told that they are put through to a person.
    Leaving {
        order: Arc<HandoverOrder>,
    },
    /// On the way to a person. The call ends with them, or comes back.
    Away,
    /// We asked the carrier to hang up.
    HangingUp {
        reason: EndReason,
    },
    /// Concluded: nothing happens any more.
    Ended,
}

impl Phase {
    /// Whether something may be said.
    pub const fn is_speaking(&self) -> bool {
        match self {
            Self::Talking | Self::Closing { .. } | Self::Leaving { .. } | Self::Away => true,
            Self::Accepted | Self::HangingUp { .. } | Self::Ended => false,
        }
    }

    /// Whether the caller is listened to.
    pub fn is_listening(&self) -> bool {
        match self {
            Self::Talking => true,
            Self::Closing { reason } => match reason {
                EndReason::Finished | EndReason::CallerWishes | EndReason::Silence => true,
                EndReason::Abuse | EndReason::NotUnderstood | EndReason::TooLong | EndReason::TechnicalFailure => false,
            },
            Self::Accepted | Self::Leaving { .. } | Self::Away | Self::HangingUp { .. } | Self::Ended => false,
        }
    }
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
    /// When the voice last set in.
    pub onset: CallTime,
    /// Voice so far, without pauses and without the stretch that is on.
    pub voiced_ms: u32,
    /// Counts the pauses; a reading of an earlier pause is stale.
    pub revision: u32,
    /// The reading of the whole turn that is asked for and has not come.
    pub asked: Option<ReadingPurpose>,
    pub reading: Option<TurnReading>,
    /// The newest look at the words, of any purpose.
    pub latest: Option<Look>,
    /// When a live look at the words was asked for that has not come.
    pub partial_asked_at: Option<CallTime>,
    /// The most words any look has shown, and when.
    pub words_max: usize,
    pub words_grew_at: CallTime,
    /// How often an interruption by this stretch of voice was judged.
    pub judgements: u32,
    /// Whether it began while the agent was speaking.
    pub is_barge_in: bool,
    /// Whether it set in so soon after the agent's voice that it may be its echo.
    pub may_be_echo: bool,
    /// Whether the agent was stopped for it, so that something must follow.
    pub has_stopped_agent: bool,
    /// The answer, worked out in the hope that the turn is over.
    pub speculation: Option<Speculation<C>>,
}

/// The whole turn as read at its last pause.
#[derive(Clone, Debug)]
pub struct TurnReading {
    pub transcript: Arc<Transcript>,
    pub at: CallTime,
}

/// A look at the words of a turn.
#[derive(Clone, Debug)]
pub struct Look {
    pub transcript: Arc<Transcript>,
    revision: u32,
    is_partial: bool,
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
            onset: at,
            voiced_ms: 0,
            revision: 0,
            asked: None,
            reading: None,
            latest: None,
            partial_asked_at: None,
            words_max: 0,
            words_grew_at: at,
            judgements: 0,
            is_barge_in,
            may_be_echo: false,
            has_stopped_agent: false,
            speculation: None,
        }
    }

    /// Returns whether the voice was off before.
    pub fn voice_started(&mut self, at: CallTime) -> bool {
        let Voice::Off { .. } = self.voice else { return false };
        self.voice = Voice::On { since: at };
        self.onset = at;
        self.judgements = 0;
        self.words_grew_at = at;
        self.forget_reading();
        true
    }

    /// Returns whether the voice was on before.
    pub fn voice_stopped(&mut self, at: CallTime) -> bool {
        let Voice::On { since } = self.voice else { return false };
        let ms = u32::try_from(at.since(since).as_millis()).unwrap_or(u32::MAX);
        self.voiced_ms = self.voiced_ms.saturating_add(ms);
        self.voice = Voice::Off { since: at };
        self.revision += 1;
        self.forget_reading();
        true
    }

    pub fn is_voice_on(&self) -> bool {
        matches!(self.voice, Voice::On { .. })
    }

    /// Since when the voice has been as it is.
    pub fn voice_since(&self) -> CallTime {
        match self.voice {
            Voice::On { since } | Voice::Off { since } => since,
        }
    }

    /// When the last word ended, or `now` if the voice is on.
    pub fn last_voice(&self, now: CallTime) -> CallTime {
        match self.voice {
            Voice::On { .. } => now,
            Voice::Off { since } => since,
        }
    }

    /// Keeps a look at the words, unless a newer one is known.
    pub fn looked(&mut self, now: CallTime, revision: u32, purpose: ReadingPurpose, transcript: &Arc<Transcript>) {
        let is_partial = purpose == ReadingPurpose::Partial;
        // Within one revision the voice comes back after the pause: a partial look sees more than the one at the pause.
        let is_of_the_pause = purpose == ReadingPurpose::Speculative;
        let is_older = self.latest.as_ref().is_some_and(|look| {
            revision < look.revision || revision == look.revision && look.is_partial && is_of_the_pause
        });
        if is_older {
            return;
        }
        let words = transcript.text().split_whitespace().count();
        if words > self.words_max {
            self.words_max = words;
            self.words_grew_at = now;
        }
        self.latest = Some(Look { transcript: Arc::clone(transcript), revision, is_partial });
    }

    fn forget_reading(&mut self) {
        self.asked = None;
        self.reading = None;
        self.speculation = None;
    }
}

//! Where a transfer stands, with only what is valid there, and what it remembers of its tries.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// One call to a person who may take the customer. Counted from 0 in each transfer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct LegId(pub usize);

/// The times a transfer lives by.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TransferTimes {
    /// For the customer's line to reach the hold.
    pub move_timeout: Duration,
    /// While nothing but our own words can be heard there, one falls this often.
    pub word_every: Duration,
    /// For one person to pick up.
    pub ring_timeout: Duration,
    /// For the carrier's word beyond it.
    pub ring_grace: Duration,
    /// From picking up to taking the call: the briefing and its answer.
    pub accept_timeout: Duration,
    /// For who took it to be on the line with the customer.
    pub join_timeout: Duration,
    /// For the customer's line to come back.
    pub return_timeout: Duration,
}

impl Default for TransferTimes {
    fn default() -> Self {
        Self {
            move_timeout: Duration::from_secs(8),
            word_every: Duration::from_secs(2),
            ring_timeout: Duration::from_secs(20),
            ring_grace: Duration::from_secs(5),
            accept_timeout: Duration::from_secs(25),
            join_timeout: Duration::from_secs(6),
            return_timeout: Duration::from_secs(8),
        }
    }
}

/// The life of a transfer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "stage", rename_all = "snake_case")]
pub enum Stage {
    /// The customer's line is on its way from the media stream to the hold.
    Moving {
        word_at: Timestamp,
        give_up_at: Timestamp,
    },
    Ringing {
        leg: LegId,
        give_up_at: Timestamp,
    },
    /// Who picked up hears who calls and why, and is asked to take it.
    Briefing {
        leg: LegId,
        accept_by: Timestamp,
    },
    /// Taken; on the way to the customer.
    Joining {
        leg: LegId,
        join_by: Timestamp,
        asked: u8,
    },
    /// Nobody took it: the customer's line is on its way back.
    Returning {
        why: TryEnd,
        tries: u8,
        again_at: Timestamp,
    },
    Ended {
        how: Ending,
    },
}

impl Stage {
    /// In records and metrics.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Moving { .. } => "moving",
            Self::Ringing { .. } => "ringing",
            Self::Briefing { .. } => "briefing",
            Self::Joining { .. } => "joining",
            Self::Returning { .. } => "returning",
            Self::Ended { how } => how.as_str(),
        }
    }

    /// When it wants to be woken. None: it has ended.
    pub fn deadline(&self) -> Option<Timestamp> {
        match self {
            Self::Moving { word_at, give_up_at } => Some(*word_at.min(give_up_at)),
            Self::Ringing { give_up_at, .. } => Some(*give_up_at),
            Self::Briefing { accept_by, .. } => Some(*accept_by),
            Self::Joining { join_by, .. } => Some(*join_by),
            Self::Returning { again_at, .. } => Some(*again_at),
            Self::Ended { .. } => None,
        }
    }

    /// The leg that is being tried.
    pub const fn leg(&self) -> Option<LegId> {
        match self {
            Self::Ringing { leg, .. } | Self::Briefing { leg, .. } | Self::Joining { leg, .. } => Some(*leg),
            Self::Moving { .. } | Self::Returning { .. } | Self::Ended { .. } => None,
        }
    }
}

/// Where the customer ended. In all but the first the wish still stands at the desk.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "how", rename_all = "snake_case")]
pub enum Ending {
    WithPerson {
        target: String,
    },
    /// Back on the media stream, where the agent says so.
    Back {
        why: TryEnd,
    },
    /// There was nobody to come back to: the carrier's own voice said that a person rings back.
    Apologised {
        why: TryEnd,
    },
    CustomerLeft,
    /// Whether the two speak could not be found out.
    Unclear {
        target: String,
    },
    /// The line neither came back nor could be spoken to.
    Lost {
        why: TryEnd,
    },
}

impl Ending {
    /// In records and metrics.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::WithPerson { .. } => "with_person",
            Self::Back { .. } => "back",
            Self::Apologised { .. } => "apologised",
            Self::CustomerLeft => "customer_left",
            Self::Unclear { .. } => "unclear",
            Self::Lost { .. } => "lost",
        }
    }
}

/// How a try came to nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TryEnd {
    /// The carrier did not move the customer's line.
    NotMoved,
    /// The carrier did not place the call.
    NotPlaced,
    NoAnswer,
    Busy,
    Failed,
    /// Whoever picked up hung up during the briefing.
    HungUp,
    Refused,
    /// Nobody answered the briefing: a mailbox, or a phone laid aside.
    NotAccepted,
    /// Taken, and never on the line with the customer.
    NotJoined,
    /// The hold ended under the customer.
    ThrownOut,
    /// Nobody is left who could be rung.
    NobodyLeft,
    CustomerLeft,
}

impl TryEnd {
    pub const ALL: [Self; 12] = [
        Self::NotMoved,
        Self::NotPlaced,
        Self::NoAnswer,
        Self::Busy,
        Self::Failed,
        Self::HungUp,
        Self::Refused,
        Self::NotAccepted,
        Self::NotJoined,
        Self::ThrownOut,
        Self::NobodyLeft,
        Self::CustomerLeft,
    ];
}

/// One person rung, and what became of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Try {
    pub target: String,
    /// What the carrier calls the leg, once it is known.
    pub provider_call_id: Option<String>,
    pub answered_at: Option<Timestamp>,
    /// None while it may still succeed, and where it did.
    pub end: Option<TryEnd>,
}

pub(super) fn after(now: Timestamp, wait: Duration) -> Timestamp {
    SignedDuration::try_from(wait).ok().and_then(|wait| now.checked_add(wait).ok()).unwrap_or(Timestamp::MAX)
}

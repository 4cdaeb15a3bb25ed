//! How long what is about people is kept, and what is written down when it is deleted.

#[cfg(test)]
mod tests;

use std::ops::AddAssign;

use jiff::{SignedDuration, Timestamp};

/// Recordings whose call is not in the store are deleted after this: their call was erased, or never filed.
const ORPHANS_KEPT: SignedDuration = SignedDuration::from_hours(24);

/// For how many days each kind is kept after its call ended. None: for ever.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeptDays {
    pub audio: Option<u32>,
    pub transcript: Option<u32>,
    pub metadata: Option<u32>,
}

/// What is deleted now: whatever ended before these moments.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cutoffs {
    pub audio: Option<Timestamp>,
    pub transcript: Option<Timestamp>,
    pub metadata: Option<Timestamp>,
    orphans: Timestamp,
}

impl KeptDays {
    pub fn cutoffs(&self, now: Timestamp) -> Cutoffs {
        let days_ago = |days: u32| before(now, SignedDuration::from_hours(i64::from(days) * 24));
        Cutoffs {
            audio: self.audio.map(days_ago),
            transcript: self.transcript.map(days_ago),
            metadata: self.metadata.map(days_ago),
            orphans: before(now, ORPHANS_KEPT),
        }
    }
}

fn before(now: Timestamp, age: SignedDuration) -> Timestamp {
    now.saturating_sub(age).unwrap_or(Timestamp::MIN)
}

/// What the store says about the call of a recording.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RecordedCall {
    Unknown,
    InProgress,
    Ended(Timestamp),
}

impl Cutoffs {
    /// Whether a recording is deleted. `written_at` is when its file was last written.
    pub fn is_recording_due(&self, call: RecordedCall, written_at: Timestamp) -> bool {
        match call {
            RecordedCall::Unknown => written_at < self.orphans,
            RecordedCall::InProgress => false,
            RecordedCall::Ended(at) => self.audio.is_some_and(|cutoff| at < cutoff),
        }
    }
}

/// What was deleted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeletedKind {
    Audio,
    Transcript,
    Metadata,
    /// Everything about one number or order, because somebody asked for it.
    Erasure,
}

impl DeletedKind {
    pub const ALL: [Self; 4] = [Self::Audio, Self::Transcript, Self::Metadata, Self::Erasure];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Audio => "audio",
            Self::Transcript => "transcript",
            Self::Metadata => "metadata",
            Self::Erasure => "erasure",
        }
    }
}

/// How much was deleted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct DeletedCounts {
    pub recordings: u64,
    pub calls: u64,
    pub requests: u64,
    pub deliveries: u64,
    pub orders: u64,
}

impl AddAssign for DeletedCounts {
    fn add_assign(&mut self, more: Self) {
        self.recordings += more.recordings;
        self.calls += more.calls;
        self.requests += more.requests;
        self.deliveries += more.deliveries;
        self.orders += more.orders;
    }
}

/// The proof of a deletion. It says how much, and not about whom.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Deletion {
    pub id: String,
    pub at: Timestamp,
    pub what: DeletedKind,
    /// By age: what ended before it.
    pub before: Option<Timestamp>,
    /// Erasure: the name of the token that ordered it.
    pub ordered_by: Option<String>,
    #[serde(flatten)]
    pub counts: DeletedCounts,
}

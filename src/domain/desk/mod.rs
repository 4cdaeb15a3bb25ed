//! The desk: what callers asked for and people see to, in which steps, and what they see of it.

mod card;
mod due;
mod paid;

#[cfg(test)]
mod tests;

use jiff::Timestamp;

pub use card::{CardSources, ContextCard, EarlierCall, OpenRequest, context_card};
pub use due::{HAND_ON_BEFORE, promise_task};
pub use paid::paid_outcome;

macro_rules! state_list {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $code:literal,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
        pub enum $name {
            $($(#[$variant_doc])* #[serde(rename = $code)] $variant,)*
        }

        impl $name {
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $code,)*
                }
            }
        }
    };
}

state_list! {
    /// Where a request is on its way through the desk.
    DeskState {
        Waiting = "waiting",
        /// Somebody has taken it on.
        Accepted = "accepted",
        /// Nobody here can see to it; it is the shop's to decide what becomes of it.
        Refused = "refused",
        Done = "done",
    }
}

state_list! {
    /// Whether what the caller was told has come true.
    PromiseState {
        Open = "open",
        Kept = "kept",
        Missed = "missed",
    }
}

/// What a person does with a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DeskStep {
    Accept,
    Refuse,
    Finish,
    /// It goes back to the agent, which is to call.
    HandBack,
}

impl DeskState {
    /// Where a step leads; none if it cannot be taken from here, such as accepting what somebody else has accepted.
    pub const fn after(self, step: DeskStep) -> Option<Self> {
        match (self, step) {
            (Self::Waiting | Self::Refused, DeskStep::Accept) => Some(Self::Accepted),
            (Self::Waiting | Self::Accepted, DeskStep::Refuse) => Some(Self::Refused),
            (Self::Waiting | Self::Accepted, DeskStep::Finish) => Some(Self::Done),
            (Self::Waiting | Self::Accepted | Self::Refused, DeskStep::HandBack) => Some(Self::Waiting),
            (Self::Accepted | Self::Done, DeskStep::Accept)
            | (Self::Refused | Self::Done, DeskStep::Refuse | DeskStep::Finish)
            | (Self::Done, DeskStep::HandBack) => None,
        }
    }
}

impl PromiseState {
    /// What becomes of a promise when its request is done. What was settled by hand stands.
    pub fn when_done(self, due_at: Option<Timestamp>, at: Timestamp) -> Self {
        match self {
            Self::Open if due_at.is_none_or(|due_at| at <= due_at) => Self::Kept,
            Self::Open => Self::Missed,
            Self::Kept | Self::Missed => self,
        }
    }
}

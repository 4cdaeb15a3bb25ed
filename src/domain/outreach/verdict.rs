//! Whether a call may be placed at a moment.

use jiff::Timestamp;

/// What keeps a call from being placed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Hold {
    /// Outside the hours or days in which the callee's law and the shop allow calls.
    QuietHours,
    /// Nobody knows what time it is where the callee is.
    UnknownTimeZone,
    /// Nobody knows the rules of the callee's country.
    UnknownPolicy,
    /// As many calls as a day, a week or an order allows.
    CapReached,
    /// A call, a complaint or a conversation with this customer a short while ago.
    Quiet,
    NoConsent,
    OptedOut,
    /// A do-not-call list names the number.
    DoNotCall,
    /// The order is in the group that is not called, to see what calls are worth.
    HeldBack,
    /// What the call was about is over: delivered, cancelled, already told.
    Overtaken,
    /// Its time has passed.
    Expired,
}

/// Whether a planned call may be placed now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    May,
    /// Ask again at `at`.
    NotBefore {
        at: Timestamp,
        hold: Hold,
    },
    Never {
        hold: Hold,
    },
}

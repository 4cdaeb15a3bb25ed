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

impl Hold {
    /// As it is stored and shown.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::QuietHours => "quiet_hours",
            Self::UnknownTimeZone => "unknown_time_zone",
            Self::UnknownPolicy => "unknown_policy",
            Self::CapReached => "cap_reached",
            Self::Quiet => "quiet",
            Self::NoConsent => "no_consent",
            Self::OptedOut => "opted_out",
            Self::DoNotCall => "do_not_call",
            Self::HeldBack => "held_back",
            Self::Overtaken => "overtaken",
            Self::Expired => "expired",
        }
    }
}

//! What follows an attempt: nothing more, another try at its time, or giving up. The rules are a table.

use std::time::Duration;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::{HourCounts, PlanState};
use crate::domain::call::{Connection, Contact, Disposition};
use crate::domain::outreach::Urgency;

macro_rules! classes {
    ($($(#[$doc:meta])* $variant:ident = $code:literal,)*) => {
        /// What came of an attempt, as far as trying again goes.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum AttemptClass {
            $($(#[$doc])* $variant,)*
        }

        impl AttemptClass {
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $code,)*
                }
            }
        }
    };
}

classes! {
    /// Somebody was spoken to, and it came to an end of its own.
    Talked = "talked",
    /// The line went in the middle of a conversation.
    Dropped = "dropped",
    /// Somebody else was there, and the customer was not.
    ThirdParty = "third_party",
    /// Hung up before the purpose was said.
    HungUpEarly = "hung_up_early",
    Screener = "screener",
    Machine = "machine",
    Busy = "busy",
    NoAnswer = "no_answer",
    /// The callee pressed the call away.
    Rejected = "rejected",
    /// Picked up, and nobody spoke to them: our fault.
    Abandoned = "abandoned",
    /// The network could not connect it, or never said what became of it.
    Network = "network",
    /// The carrier will not connect it: blocked, refused.
    Blocked = "blocked",
    /// No telephone with a person behind it: no such number, a fax, a menu, the wrong household.
    Unreachable = "unreachable",
    /// The server failed while it was connected.
    OurFault = "our_fault",
    /// Called off while it rang: what it was about is over.
    Overtaken = "overtaken",
}

/// A word that names no class.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no such outcome; write one of {}", known())]
pub struct UnknownClass;

fn known() -> String {
    AttemptClass::ALL.iter().map(|class| class.as_str()).collect::<Vec<_>>().join(", ")
}

impl std::str::FromStr for AttemptClass {
    type Err = UnknownClass;
    fn from_str(text: &str) -> Result<Self, UnknownClass> {
        Self::ALL.iter().copied().find(|class| class.as_str() == text).ok_or(UnknownClass)
    }
}

impl AttemptClass {
    /// What an outcome means for trying again.
    pub const fn of(connection: Connection, contact: Contact, disposition: Disposition) -> Self {
        match connection {
            Connection::AnsweredHuman => Self::of_person(contact, disposition),
            Connection::AnsweredScreener => Self::Screener,
            Connection::VoicemailLeft | Connection::VoicemailNoMessage | Connection::MailboxFull => Self::Machine,
            Connection::NoAnswer => Self::NoAnswer,
            Connection::Busy => Self::Busy,
            Connection::Rejected => Self::Rejected,
            Connection::InvalidNumber | Connection::NotInService | Connection::FaxOrModem | Connection::Ivr => {
                Self::Unreachable
            }
            // The row of a call that a stopped server left open.
            Connection::NetworkFailed if matches!(disposition, Disposition::CallDropped) => Self::Dropped,
            // It was answered and could not be run.
            Connection::NetworkFailed if matches!(disposition, Disposition::TechnicalFailure) => Self::OurFault,
            Connection::NetworkFailed => Self::Network,
            Connection::CarrierBlocked => Self::Blocked,
            Connection::AbandonedByUs => Self::Abandoned,
            Connection::SuppressedOvertaken => Self::Overtaken,
            Connection::SuppressedQuietHours
            | Connection::SuppressedOptOut
            | Connection::SuppressedCap
            | Connection::SuppressedNoConsent
            | Connection::SuppressedNoData => Self::Blocked,
            Connection::InboundAnswered | Connection::InboundAbandoned => Self::Talked,
        }
    }

    const fn of_person(contact: Contact, disposition: Disposition) -> Self {
        match (contact, disposition) {
            (_, Disposition::OptedOut) => Self::Talked,
            (Contact::WrongNumber, _) => Self::Unreachable,
            (_, Disposition::CallDropped) => Self::Dropped,
            (_, Disposition::TechnicalFailure) => Self::OurFault,
            (Contact::HungUpEarly, _) => Self::HungUpEarly,
            (Contact::ThirdParty | Contact::Minor, Disposition::CallbackScheduled) => Self::Talked,
            (Contact::ThirdParty | Contact::Minor, _) => Self::ThirdParty,
            (
                Contact::RightParty
                | Contact::HouseholdMember
                | Contact::IdentityFailed
                | Contact::IdentityRefused
                | Contact::Unknown,
                _,
            ) => Self::Talked,
        }
    }

    /// Whether a person's ear was reached.
    pub const fn has_reached(self) -> bool {
        match self {
            Self::Talked | Self::Dropped | Self::ThirdParty | Self::HungUpEarly | Self::Screener | Self::OurFault => {
                true
            }
            Self::Machine
            | Self::Busy
            | Self::NoAnswer
            | Self::Rejected
            | Self::Abandoned
            | Self::Network
            | Self::Blocked
            | Self::Unreachable
            | Self::Overtaken => false,
        }
    }

    /// Whether the trunk is to blame, for the breaker.
    pub const fn is_trunk_failure(self) -> bool {
        matches!(self, Self::Network | Self::Blocked)
    }
}

/// How one class of outcome is followed up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RetryRule {
    pub class: AttemptClass,
    /// Until the next try.
    pub wait: Duration,
    /// The same for what is urgent ([`Urgency::High`] and [`Urgency::Now`]).
    pub wait_urgent: Duration,
    /// Attempts of this class after which it is given up. 0: it ends at once.
    pub tries_max: u32,
    /// Whether the time is chosen by the hours at which people pick up.
    pub chooses_hour: bool,
    /// Where the numbers come from.
    pub source: &'static str,
}

/// Tries that rang at somebody's, of all classes together.
pub const TRIES_MAX: u32 = 4;

const fn minutes(minutes: u64) -> Duration {
    Duration::from_secs(60 * minutes)
}

const fn rule(class: AttemptClass, waits_min: (u64, u64), tries_max: u32, source: &'static str) -> RetryRule {
    let (wait, wait_urgent) = (minutes(waits_min.0), minutes(waits_min.1));
    RetryRule { class, wait, wait_urgent, tries_max, chooses_hour: false, source }
}

const fn at_a_good_hour(rule: RetryRule) -> RetryRule {
    RetryRule { chooses_hour: true, ..rule }
}

/// The usual rules. Gaps the law or the shop wants are asked for right before dialling, on top.
pub const RETRIES: &[RetryRule] = &[
    rule(AttemptClass::Talked, (0, 0), 0, "one conversation per order and day unless the facts changed"),
    rule(AttemptClass::Dropped, (1, 1), 2, "network drop in the middle: one call back within two minutes"),
    at_a_good_hour(rule(AttemptClass::ThirdParty, (180, 60), 2, "the customer is out; another band of hours")),
    at_a_good_hour(rule(AttemptClass::HungUpEarly, (180, 60), 2, "may have taken us for a seller; once more")),
    at_a_good_hour(rule(AttemptClass::Screener, (180, 30), 2, "the person read who calls and did not pick up")),
    at_a_good_hour(rule(AttemptClass::Machine, (180, 30), 3, "one message per order; another band of hours")),
    rule(AttemptClass::Busy, (15, 5), 4, "somebody is there, on the phone; not the same minute"),
    at_a_good_hour(rule(AttemptClass::NoAnswer, (120, 20), 4, "2 tries a day, 3 to 4 in all; another band of hours")),
    at_a_good_hour(rule(AttemptClass::Rejected, (240, 120), 2, "does not want to speak now; once more, later")),
    rule(
        AttemptClass::Abandoned,
        (72 * 60, 72 * 60),
        2,
        "UK practice: no automated retry within 72 h of a silent call",
    ),
    rule(AttemptClass::Network, (2, 1), 6, "nothing rang; the trunk may be back in a minute"),
    rule(AttemptClass::Blocked, (0, 0), 0, "the carrier says no; trying again makes it worse"),
    rule(AttemptClass::Unreachable, (0, 0), 0, "nobody to be reached behind this number"),
    rule(AttemptClass::OurFault, (2, 2), 2, "we owe the customer the rest; once"),
    rule(AttemptClass::Overtaken, (0, 0), 0, "nothing left to say"),
];

/// The rules in force: the usual ones with the shop's own waits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RetryTable(Vec<RetryRule>);

impl Default for RetryTable {
    fn default() -> Self {
        Self(RETRIES.to_vec())
    }
}

impl RetryTable {
    /// Sets the wait of a class, urgent or not.
    pub fn set_wait(&mut self, class: AttemptClass, wait: Duration) {
        for rule in self.0.iter_mut().filter(|rule| rule.class == class) {
            (rule.wait, rule.wait_urgent, rule.chooses_hour) = (wait, wait, false);
        }
    }

    fn rule(&self, class: AttemptClass) -> &RetryRule {
        self.0.iter().find(|rule| rule.class == class).expect("a test holds that every class has its rule")
    }
}

/// An earlier attempt of the same plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Earlier {
    pub class: AttemptClass,
    /// The hour of the callee's day at which it was dialled.
    pub hour: u8,
}

/// An attempt that has its outcome, and what its plan is about.
#[derive(Clone, Copy, Debug)]
pub struct Tried<'a> {
    pub this: Earlier,
    pub earlier: &'a [Earlier],
    pub urgency: Urgency,
    pub ended_at: Timestamp,
    pub expires_at: Timestamp,
}

/// What becomes of the plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AfterAttempt {
    RetryAt(Timestamp),
    End(PlanState),
}

/// What follows an attempt.
pub fn plan_after(tried: &Tried<'_>, table: &RetryTable, hours: &HourCounts, zone: &TimeZone) -> AfterAttempt {
    let class = tried.this.class;
    if class == AttemptClass::Talked {
        return AfterAttempt::End(PlanState::Done);
    }
    if class == AttemptClass::Overtaken {
        return AfterAttempt::End(PlanState::Cancelled);
    }
    let rule = table.rule(class);
    let attempts = || tried.earlier.iter().chain(std::iter::once(&tried.this));
    let of_class = attempts().filter(|attempt| attempt.class == class).count();
    let have_rung = attempts().filter(|attempt| !attempt.class.is_trunk_failure()).count();
    if rule.tries_max as usize <= of_class || TRIES_MAX as usize <= have_rung {
        return AfterAttempt::End(PlanState::GivenUp);
    }
    let earliest = tried.ended_at.saturating_add(wait_of(rule, tried.urgency, of_class)).unwrap_or(Timestamp::MAX);
    if tried.expires_at <= earliest {
        return AfterAttempt::End(PlanState::Expired);
    }
    if !rule.chooses_hour || Urgency::High <= tried.urgency {
        return AfterAttempt::RetryAt(earliest);
    }
    let tried_hours: Vec<u8> = attempts().map(|attempt| attempt.hour).collect();
    AfterAttempt::RetryAt(hours.best_time(earliest, tried.expires_at, zone, &tried_hours))
}

/// Twice as long after each failure of the network; else as the rule says.
fn wait_of(rule: &RetryRule, urgency: Urgency, of_class: usize) -> SignedDuration {
    let wait = if Urgency::High <= urgency { rule.wait_urgent } else { rule.wait };
    let wait = SignedDuration::try_from(wait).unwrap_or(SignedDuration::MAX);
    let doublings =
        if rule.class == AttemptClass::Network { u32::try_from(of_class).unwrap_or(1).clamp(1, 6) - 1 } else { 0 };
    wait.saturating_mul(1_i32 << doublings)
}

//! What our calls about one order come to: an order counts once, at the first of them, whenever it came to it.

use super::{Counter, Counts};
use crate::domain::call::{CallDirection, Connection, Contact, Disposition, OutcomeRecord};

/// The scenario in which a payment at the door is confirmed.
const CONFIRMATION: &str = "O3_COD_CONFIRMATION";

/// How far a call of ours came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reach {
    /// It was none of ours, or was called off before the carrier was asked.
    None,
    Dialled,
    RightParty,
    /// The person meant was reached, and said that the carrier had not tried to deliver.
    Disputed,
}

impl Reach {
    pub fn of(outcome: &OutcomeRecord) -> Self {
        if outcome.direction == CallDirection::Inbound || is_suppressed(outcome.connection) {
            return Self::None;
        }
        if outcome.connection != Connection::AnsweredHuman || outcome.contact != Contact::RightParty {
            return Self::Dialled;
        }
        if outcome.has(Disposition::AttemptDisputed) { Self::Disputed } else { Self::RightParty }
    }
}

/// What is counted at each of an order's attempts, of those that were dialled, from the first to the last.
pub fn count_order(attempts: &[OutcomeRecord]) -> Vec<Counts<Counter>> {
    let counts_at = |(place, attempt): (usize, &OutcomeRecord)| {
        let (before, mut counts) = (&attempts[..place], Counts::default());
        let is_of_shop = |other: &&OutcomeRecord| other.shop_id == attempt.shop_id;
        let is_of_scenario = |other: &&OutcomeRecord| is_of_shop(other) && other.scenario == attempt.scenario;
        let is_reached = |other: &OutcomeRecord| Reach::RightParty <= Reach::of(other);
        if !before.iter().any(|other| is_of_shop(&other)) {
            counts.add(Counter::OrderCalled, 1);
            counts.add(Counter::OrderReached, u64::from(attempts.iter().filter(is_of_shop).any(is_reached)));
        }
        if !before.iter().any(|other| is_of_scenario(&other)) {
            let of_scenario = || attempts.iter().filter(is_of_scenario);
            counts.add(Counter::ScenarioOrderCalled, 1);
            counts.add(Counter::ScenarioOrderReached, u64::from(of_scenario().any(is_reached)));
            if attempt.scenario == CONFIRMATION {
                counts.add(Counter::CodCalled, 1);
                if let Some(answer) = of_scenario().rev().find_map(answer) {
                    counts.add(answer, 1);
                }
            }
        }
        counts
    };
    attempts.iter().enumerate().map(counts_at).collect()
}

/// What the customer said to paying at the door.
fn answer(attempt: &OutcomeRecord) -> Option<Counter> {
    let is_cancelled = [Disposition::CodCancelled, Disposition::CodDeniedNotMine].into_iter().any(|is| attempt.has(is));
    match (is_cancelled, attempt.has(Disposition::CodConfirmed)) {
        (true, _) => Some(Counter::CodCancelled),
        (false, true) => Some(Counter::CodConfirmed),
        (false, false) => None,
    }
}

/// Whether an attempt was called off before the carrier was asked.
const fn is_suppressed(connection: Connection) -> bool {
    match connection {
        Connection::SuppressedQuietHours
        | Connection::SuppressedOptOut
        | Connection::SuppressedCap
        | Connection::SuppressedNoConsent
        | Connection::SuppressedOvertaken
        | Connection::SuppressedNoData => true,
        Connection::AnsweredHuman
        | Connection::AnsweredScreener
        | Connection::VoicemailLeft
        | Connection::VoicemailNoMessage
        | Connection::MailboxFull
        | Connection::NoAnswer
        | Connection::Busy
        | Connection::Rejected
        | Connection::InvalidNumber
        | Connection::NotInService
        | Connection::NetworkFailed
        | Connection::CarrierBlocked
        | Connection::AbandonedByUs
        | Connection::InboundAnswered
        | Connection::InboundAbandoned
        | Connection::FaxOrModem
        | Connection::Ivr => false,
    }
}

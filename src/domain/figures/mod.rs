//! Figures of a period: what calls came to, how fast the answers were, how long it took.

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::time::Duration;

use crate::domain::call::{CallDirection, Connection, Disposition, EscalationWay, OutcomeRecord, TurnTiming};

/// A rate of fewer cases than this says nothing and is left out.
const CASES_MIN: u64 = 30;

/// Collects ended calls one after the other.
#[derive(Clone, Debug, Default)]
pub struct Figures {
    ended: u64,
    conversations: u64,
    contained: u64,
    abandoned: u64,
    offered: u64,
    escalated: BTreeMap<EscalationWay, u64>,
    escalation_failed: u64,
    opted_out: u64,
    dispositions: BTreeMap<Disposition, u64>,
    inbound_talk_ms: Vec<u64>,
    outbound_talk_ms: Vec<u64>,
    first_audio_ms: Vec<u64>,
}

/// So many of so many.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize)]
pub struct Share {
    pub count: u64,
    pub of: u64,
    /// Null when `of` is below 30.
    pub rate: Option<f64>,
}

/// Shape: nearest-rank percentiles; null without a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Spread {
    pub cases: u64,
    pub p50_ms: Option<u64>,
    pub p95_ms: Option<u64>,
    pub mean_ms: Option<u64>,
}

/// What the figures come to.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct Report {
    pub calls_ended: u64,
    /// Calls in which somebody was spoken to.
    pub conversations: u64,
    pub dispositions: BTreeMap<&'static str, u64>,
    /// Conversations that ended with the matter told, changed or settled and no hand-off. Whether the customer called
    /// again within 72 hours is not looked at, so this is more than containment.
    pub containment_without_repeat_check: Share,
    pub escalation: Share,
    pub escalation_by_way: BTreeMap<&'static str, u64>,
    pub escalations_failed: u64,
    /// Inbound callers who were gone before the agent's first word.
    pub abandoned: Share,
    pub opted_out: Share,
    /// From the caller's last word to our first audio.
    pub answer_latency: Spread,
    /// Talk alone: there is no work after an automated call.
    pub handling_time_inbound: Spread,
    pub handling_time_outbound: Spread,
}

impl Figures {
    pub fn add(&mut self, direction: CallDirection, turns: &[TurnTiming], outcome: &OutcomeRecord) {
        self.ended += 1;
        *self.dispositions.entry(outcome.disposition).or_default() += 1;
        if direction == CallDirection::Inbound {
            self.offered += 1;
            self.abandoned += u64::from(outcome.connection == Connection::InboundAbandoned);
        }
        let first_audio = turns.iter().filter_map(|turn| Some(turn.first_audio_ms?.since(turn.caller_ended_ms)));
        self.first_audio_ms.extend(first_audio.map(as_ms));
        if matches!(outcome.connection, Connection::InboundAnswered | Connection::AnsweredHuman) {
            self.add_conversation(direction, outcome);
        }
    }

    fn add_conversation(&mut self, direction: CallDirection, outcome: &OutcomeRecord) {
        self.conversations += 1;
        match direction {
            CallDirection::Inbound => self.inbound_talk_ms.push(outcome.talk_ms),
            CallDirection::Outbound => self.outbound_talk_ms.push(outcome.talk_ms),
        }
        match &outcome.escalation {
            Some(escalation) => *self.escalated.entry(escalation.way).or_default() += 1,
            None => self.contained += u64::from(is_settled(outcome.disposition)),
        }
        self.escalation_failed += u64::from(outcome.disposition == Disposition::EscalationFailed);
        self.opted_out += u64::from(outcome.opt_out.requested);
    }

    pub fn report(mut self) -> Report {
        let conversations = self.conversations;
        let share = |count, of| Share { count, of, rate: rate(count, of) };
        Report {
            calls_ended: self.ended,
            conversations,
            dispositions: self.dispositions.iter().map(|(disposition, count)| (disposition.as_str(), *count)).collect(),
            containment_without_repeat_check: share(self.contained, conversations),
            escalation: share(self.escalated.values().sum(), conversations),
            escalation_by_way: self.escalated.iter().map(|(way, count)| (way.as_str(), *count)).collect(),
            escalations_failed: self.escalation_failed,
            abandoned: share(self.abandoned, self.offered),
            opted_out: share(self.opted_out, conversations),
            answer_latency: spread(&mut self.first_audio_ms),
            handling_time_inbound: spread(&mut self.inbound_talk_ms),
            handling_time_outbound: spread(&mut self.outbound_talk_ms),
        }
    }
}

fn as_ms(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

fn rate(count: u64, of: u64) -> Option<f64> {
    (CASES_MIN <= of).then(|| count as f64 / of as f64)
}

fn spread(values: &mut [u64]) -> Spread {
    values.sort_unstable();
    let at = |percent: usize| {
        let rank = (values.len() * percent).div_ceil(100);
        values.get(rank.saturating_sub(1)).copied()
    };
    let cases = values.len() as u64;
    let sum: u128 = values.iter().map(|value| u128::from(*value)).sum();
    let mean = sum.checked_div(u128::from(cases)).and_then(|mean| u64::try_from(mean).ok());
    Spread { cases, p50_ms: at(50), p95_ms: at(95), mean_ms: mean }
}

/// Whether the matter was told, changed, or settled about money or its end.
const fn is_settled(disposition: Disposition) -> bool {
    match disposition {
        Disposition::DelayAcknowledged
        | Disposition::StatusGiven
        | Disposition::Reassured
        | Disposition::AvailableConfirmed
        | Disposition::AlreadyDelivered
        | Disposition::Rescheduled
        | Disposition::AlternateRecipient
        | Disposition::LeaveNeighbour
        | Disposition::LeaveSafePlace
        | Disposition::LeaveGuard
        | Disposition::PickupPoint
        | Disposition::DeliveryNoteAdded
        | Disposition::AddressConfirmed
        | Disposition::AddressChanged
        | Disposition::ContactChanged
        | Disposition::ReattemptRequested
        | Disposition::ExpediteRequested
        | Disposition::HoldExtended
        | Disposition::CodConfirmed
        | Disposition::CodCancelled
        | Disposition::CodDeniedNotMine
        | Disposition::CodUnconfirmed
        | Disposition::PrepaidLinkSent
        | Disposition::PrepaidPaid
        | Disposition::RefundStatusGiven
        | Disposition::RefundRequested
        | Disposition::CancelRequested
        | Disposition::Cancelled
        | Disposition::DeliveryRefused
        | Disposition::ReturnRequested => true,
        Disposition::AttemptDisputed
        | Disposition::NotReceivedClaim
        | Disposition::DamageClaim
        | Disposition::WrongItemClaim
        | Disposition::MissingItemClaim
        | Disposition::TraceOpened
        | Disposition::Complaint
        | Disposition::CallbackScheduled
        | Disposition::MessageLeftWithPerson
        | Disposition::NoDecision
        | Disposition::EscalatedLive
        | Disposition::EscalatedCallback
        | Disposition::EscalatedTicket
        | Disposition::EscalationFailed
        | Disposition::OptedOut
        | Disposition::PrivacyRequest
        | Disposition::AbuseEnded
        | Disposition::Emergency
        | Disposition::NotUnderstood
        | Disposition::TechnicalFailure
        | Disposition::CallDropped => false,
    }
}

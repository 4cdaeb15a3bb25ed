//! What ended calls come to, in numbers that add up.

use std::time::Duration;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::period::begin_of;
use super::{Counts, Histogram, Reach};
use crate::domain::call::{
    CallDirection, Connection, Disposition, EscalationWay, Judgement, OutcomeRecord, PickUp, TurnTiming,
};
use crate::domain::outreach::rules::ControlGroup;

/// A conversation has settled its matter if the customer does not come again about the order within this time.
pub const REPEAT_WITHIN: SignedDuration = SignedDuration::from_hours(72);

/// What a customer called about is resolved if they do not come again about the order within this time.
pub const RESOLVED_AFTER: SignedDuration = SignedDuration::from_hours(7 * 24);

/// Whether the customer came again about the order after a call.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CameAgain {
    /// Within [`REPEAT_WITHIN`].
    pub soon: bool,
    /// Within [`RESOLVED_AFTER`].
    pub in_a_week: bool,
}

/// By what calls are told apart: equal settings give equal figures.
#[derive(Clone, Debug)]
pub struct Counting {
    /// The shop of orders, tickets and moments.
    pub shop_id: String,
    /// The shop's, whose days figures are kept by.
    pub zone: TimeZone,
    pub control_group: ControlGroup,
}

impl Default for Counting {
    fn default() -> Self {
        Self { shop_id: String::new(), zone: TimeZone::UTC, control_group: ControlGroup::default() }
    }
}

/// The unit that figures of calls are kept in.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct CellKey {
    /// By the shop's clock.
    pub day: Date,
    pub shop_id: String,
    pub scenario: String,
    /// Whether the customer is in the group that is not called.
    pub is_held_back: bool,
}

impl Counting {
    pub fn day_of(&self, at: Timestamp) -> Date {
        at.to_zoned(self.zone.clone()).date()
    }

    /// When a day begins.
    pub fn begin_of(&self, day: Date) -> Timestamp {
        begin_of(day, &self.zone)
    }

    /// Where a call is counted.
    pub fn cell_of(&self, ended_at: Timestamp, outcome: &OutcomeRecord) -> CellKey {
        let customer = match outcome.direction {
            CallDirection::Inbound => &outcome.from_number_e164,
            CallDirection::Outbound => &outcome.to_number_e164,
        };
        CellKey {
            day: self.day_of(ended_at),
            shop_id: outcome.shop_id.clone(),
            scenario: outcome.scenario.clone(),
            is_held_back: customer.as_ref().is_some_and(|number| self.control_group.holds_back(number)),
        }
    }
}

/// What is counted of calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Counter {
    Ended,
    /// Inbound calls.
    Offered,
    /// Inbound callers who were gone before our first word.
    Abandoned,
    /// Attempts of ours.
    Dialled,
    /// Attempts that a person answered.
    Answered,
    /// Attempts in which the person we meant was reached.
    RightParty,
    /// Calls in which somebody was spoken to.
    Conversation,
    /// Inbound conversations in which it was told where an order stands.
    StatusAsked,
    /// Of those, the contained ones.
    StatusContained,
    /// Conversations that settled the matter without a hand-off and without another contact about the order.
    Contained,
    /// A hand-off was wanted, and nobody could be reached.
    EscalationFailed,
    OptedOut,
    Complained,
    /// Inbound conversations about an order.
    Issue,
    /// Of those, after which the customer did not come again about it within [`RESOLVED_AFTER`].
    IssueResolved,
    /// Orders that were called, at the first attempt; and those whose person meant was reached in any.
    OrderCalled,
    OrderReached,
    /// The same of attempts of one scenario, at the first of it.
    ScenarioOrderCalled,
    ScenarioOrderReached,
    /// Orders that were called to confirm a payment at the door, and what the customer said last.
    CodCalled,
    CodConfirmed,
    CodCancelled,
}

/// What a number of calls come to.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub struct CallTally {
    #[serde(rename = "n", skip_serializing_if = "Counts::is_empty")]
    pub counts: Counts<Counter>,
    #[serde(skip_serializing_if = "Counts::is_empty")]
    pub dispositions: Counts<Disposition>,
    /// Who picked up attempts of ours, and what the calls took them for, where that can be told.
    #[serde(skip_serializing_if = "Counts::is_empty")]
    pub picked_up: Counts<Judgement>,
    /// Hand-offs by the way people took.
    #[serde(skip_serializing_if = "Counts::is_empty")]
    pub ways: Counts<EscalationWay>,
    /// Hand-offs by what led to them.
    #[serde(skip_serializing_if = "Counts::is_empty")]
    pub triggers: Counts<String>,
    /// Scores from 1 to 5.
    #[serde(skip_serializing_if = "Counts::is_empty")]
    pub scores: Counts<u8>,
    #[serde(skip_serializing_if = "Histogram::is_empty")]
    pub inbound_talk: Histogram,
    #[serde(skip_serializing_if = "Histogram::is_empty")]
    pub outbound_talk: Histogram,
    /// From the caller's last word to our first audio, by turn.
    #[serde(skip_serializing_if = "Histogram::is_empty")]
    pub answer: Histogram,
}

impl CallTally {
    /// What one call comes to by itself; what its order comes to is counted apart.
    pub fn of_call(turns: &[TurnTiming], pick_up: &PickUp, outcome: &OutcomeRecord, came_again: CameAgain) -> Self {
        let mut tally = Self::default();
        tally.dispositions.add(outcome.disposition, 1);
        let (is_inbound, reach) = (outcome.direction == CallDirection::Inbound, Reach::of(outcome));
        tally.note(Counter::Ended, true);
        tally.note(Counter::Offered, is_inbound);
        tally.note(Counter::Abandoned, outcome.connection == Connection::InboundAbandoned);
        tally.note(Counter::Dialled, Reach::Dialled <= reach);
        tally.note(Counter::RightParty, Reach::RightParty <= reach);
        if let Some(judgement) = pick_up.judgement() {
            tally.picked_up.add(judgement, 1);
        }
        let gaps = turns.iter().filter_map(|turn| Some(turn.first_audio_ms?.since(turn.caller_ended_ms)));
        for gap in gaps {
            tally.answer.add(as_ms(gap));
        }
        if matches!(outcome.connection, Connection::InboundAnswered | Connection::AnsweredHuman) {
            tally.add_conversation(outcome, came_again);
        }
        tally
    }

    fn add_conversation(&mut self, outcome: &OutcomeRecord, came_again: CameAgain) {
        let is_inbound = outcome.direction == CallDirection::Inbound;
        let is_contained = is_settled(outcome.disposition) && outcome.escalation.is_none() && !came_again.soon;
        let asks_status = is_inbound && (outcome.has(Disposition::StatusGiven) || outcome.has(Disposition::Reassured));
        let is_issue = is_inbound && outcome.order_ref.is_some();
        self.note(Counter::Conversation, true);
        self.note(Counter::Answered, !is_inbound);
        self.note(Counter::Contained, is_contained);
        self.note(Counter::StatusAsked, asks_status);
        self.note(Counter::StatusContained, asks_status && is_contained);
        self.note(Counter::EscalationFailed, outcome.has(Disposition::EscalationFailed));
        self.note(Counter::OptedOut, outcome.opt_out.requested);
        self.note(Counter::Complained, outcome.has(Disposition::Complaint));
        self.note(Counter::Issue, is_issue);
        self.note(Counter::IssueResolved, is_issue && !came_again.in_a_week);
        if let Some(escalation) = &outcome.escalation {
            self.ways.add(escalation.way, 1);
            self.triggers.add(escalation.trigger.clone(), 1);
        }
        if let Some(score) = outcome.csat {
            self.scores.add(score, 1);
        }
        if is_inbound { &mut self.inbound_talk } else { &mut self.outbound_talk }.add(outcome.talk_ms);
    }

    fn note(&mut self, counter: Counter, is_so: bool) {
        self.counts.add(counter, u64::from(is_so));
    }

    pub fn of(&self, counter: Counter) -> u64 {
        self.counts.of(&counter)
    }

    pub fn add_all(&mut self, other: &Self) {
        self.counts.add_all(&other.counts);
        self.dispositions.add_all(&other.dispositions);
        self.picked_up.add_all(&other.picked_up);
        self.ways.add_all(&other.ways);
        self.triggers.add_all(&other.triggers);
        self.scores.add_all(&other.scores);
        self.inbound_talk.add_all(&other.inbound_talk);
        self.outbound_talk.add_all(&other.outbound_talk);
        self.answer.add_all(&other.answer);
    }

    /// Takes out what was added before.
    pub fn take_out(&mut self, other: &Self) {
        self.counts.take_out(&other.counts);
        self.dispositions.take_out(&other.dispositions);
        self.picked_up.take_out(&other.picked_up);
        self.ways.take_out(&other.ways);
        self.triggers.take_out(&other.triggers);
        self.scores.take_out(&other.scores);
        self.inbound_talk.take_out(&other.inbound_talk);
        self.outbound_talk.take_out(&other.outbound_talk);
        self.answer.take_out(&other.answer);
    }
}

fn as_ms(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
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

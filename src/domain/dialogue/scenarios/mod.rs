//! What the agent calls about: one file of flow for each scenario, one file of sentences in `prompts/`.
//!
//! A flow says when the call still makes sense, what is told, and which questions follow, each with its branches. How
//! the call is opened, who is asked for, and all that may be said at any moment is the same for every scenario and
//! stands in `dialogue::outbound`.

mod o10_about_to_return;
mod o11_after_delivery;
mod o12_callback;
mod o1_delayed;
mod o2_out_for_delivery;
mod o3_cod_confirmation;
mod o4_failed_attempt;
mod o5_exception;
mod o6_high_value;
mod o7_not_moving;
mod o8_pickup;
mod o9_split;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::parcel::{LocalNow, Parcel, zone_of};
use super::phrasebook::{Line, Phrase};
use super::requests::Topic;
use super::understanding::Intent;
use crate::domain::call::{Disposition, VerificationLevel};
use crate::domain::hearing::Awaited;
use crate::domain::orders::{DeliveryStatus, Order};

/// Every scenario of an outbound call.
pub const SCENARIOS: &[&Scenario] = &[
    &o1_delayed::FLOW,
    &o2_out_for_delivery::FLOW,
    &o3_cod_confirmation::FLOW,
    &o4_failed_attempt::FLOW,
    &o5_exception::FLOW,
    &o6_high_value::FLOW,
    &o7_not_moving::FLOW,
    &o8_pickup::FLOW,
    &o9_split::FLOW,
    &o10_about_to_return::FLOW,
    &o11_after_delivery::FLOW,
    &o12_callback::FLOW,
];

/// The scenario in which somebody of the household may answer for the customer.
pub(super) const PRESENCE_SCENARIO: &str = o2_out_for_delivery::FLOW_NAME;

/// The scenario that is there to put somebody at ease.
pub(super) const REASSURING_SCENARIO: &str = o7_not_moving::FLOW_NAME;

/// The flow of one kind of outbound call.
pub struct Scenario {
    /// As records carry it, such as `O4_FAILED_ATTEMPT`.
    pub id: &'static str,
    /// As the command line and the API take it, such as `failed_attempt`.
    pub name: &'static str,
    /// What the call is about, for anybody who picks up: nothing private.
    pub(super) about: Phrase,
    pub(super) voicemail: Voicemail,
    /// Percent of the normal pace.
    pub(super) pace: u16,
    /// Whether the order still gives a reason for the call.
    pub(super) due: fn(&Subject<'_>) -> Due,
    /// What is happening, what it means, what to do next. Told at V1.
    pub(super) news: fn(&Subject<'_>) -> Vec<Line>,
    /// Asked in this order; the one that stands decides what an answer means.
    pub(super) points: &'static [Point],
    /// What came of it when the news was told and nothing was settled.
    pub(super) undecided: Disposition,
    /// What a proof by the address settles as well.
    pub(super) proof_settles: Option<Disposition>,
}

impl std::fmt::Debug for Scenario {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.id)
    }
}

impl Scenario {
    /// Whether what the call was to be about is over: nothing is left to say that the order does not say better.
    ///
    /// Shape: `shop_zone` is the IANA name of the zone of orders that name none.
    pub fn is_overtaken(&self, order: &Arc<Order>, at: Timestamp, shop_zone: &str) -> bool {
        let shop_zone = TimeZone::get(shop_zone).unwrap_or(TimeZone::UTC);
        let now = LocalNow { at, zone: zone_of(Some(order), &shop_zone) };
        (self.due)(&Subject { order, now: &now }) == Due::Overtaken
    }
}

/// Whether a message may be left on a machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Voicemail {
    /// Brand, that it is about a delivery, the number to ring: nothing else.
    Neutral,
    None,
}

/// Whether there is still something to say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Due {
    Yes,
    /// Something has happened meanwhile: that is what the customer hears.
    Overtaken,
    /// What the message needs is not there: the customer hears what is known, and no more.
    NoData,
}

/// The order a call is about, read anew when the call was answered.
pub(super) struct Subject<'a> {
    pub(super) order: &'a Arc<Order>,
    pub(super) now: &'a LocalNow,
}

impl<'a> Subject<'a> {
    /// The parcel that gives the reason: the first with one of these statuses, else the first.
    pub(super) fn parcel(&self, statuses: &[DeliveryStatus]) -> Option<Parcel<'a>> {
        let with_status = Parcel::all(self.order, self.now).find(|parcel| statuses.contains(&parcel.status()));
        with_status.or_else(|| Parcel::all(self.order, self.now).next())
    }

    pub(super) fn has(&self, statuses: &[DeliveryStatus]) -> bool {
        Parcel::all(self.order, self.now).any(|parcel| statuses.contains(&parcel.status()))
    }
}

/// One question, and what each kind of answer leads to.
#[derive(Clone, Copy)]
pub(super) struct Point {
    /// What must be proved before it is asked.
    pub(super) level: VerificationLevel,
    pub(super) applies: fn(&Subject<'_>) -> bool,
    /// Said before the question, the first time only.
    pub(super) before: fn(&Subject<'_>) -> Vec<Line>,
    pub(super) ask: fn() -> Line,
    /// Said where the answer was not understood.
    pub(super) choices: fn() -> Line,
    pub(super) awaited: Awaited,
    /// Money or a cancellation hangs on it: a weak yes is asked again.
    pub(super) is_binding: bool,
    /// The one for what says most is taken; the first among equals.
    pub(super) branches: &'static [Branch],
    /// Looked at after them.
    pub(super) also: &'static [Branch],
    /// What a key stands for.
    pub(super) keys: &'static [(&'static str, Intent)],
}

/// The intents of an answer, and what follows, in order.
pub(super) struct Branch {
    pub(super) on: &'static [Intent],
    pub(super) go: &'static [Go],
}

/// One thing that follows from an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Go {
    /// Notes what came of the call, and that nothing more is to be asked.
    Settle(Disposition),
    /// The question itself was the read-back: it is written at once, and settled when it is kept.
    Record(Topic),
    /// A request takes shape: details, read-back, a clear yes, writing. Settled when it is kept.
    Request(Topic),
    /// The same for a request that leaves the question open: a note for the driver is no day.
    Beside(Topic),
    /// Whether the customer agrees with the reason the carrier gave.
    CarrierReason { is_right: bool },
    /// On to the next question that applies.
    Next,
    /// A person has to look at it.
    Person(&'static str),
    /// The call goes on as an open line: "how can I help?".
    OpenLine,
}

/// A point that always applies and needs nothing said before.
const PLAIN: Point = Point {
    level: VerificationLevel::V1,
    applies: always,
    before: nothing,
    ask: || Line::AnythingElse,
    choices: || Line::SayYesOrNo,
    awaited: Awaited::YesNo,
    is_binding: false,
    branches: &[],
    also: &[],
    keys: &[("1", Intent::Affirm), ("2", Intent::Deny)],
};

fn always(_: &Subject<'_>) -> bool {
    true
}

fn nothing(_: &Subject<'_>) -> Vec<Line> {
    Vec::new()
}

/// Due while the order has a parcel with one of these statuses.
fn due_while(subject: &Subject<'_>, statuses: &[DeliveryStatus]) -> Due {
    if subject.has(statuses) { Due::Yes } else { Due::Overtaken }
}

const fn on(on: &'static [Intent], go: &'static [Go]) -> Branch {
    Branch { on, go }
}

/// Ways to have a parcel taken or brought another time, open in every call about a delivery that is still to come.
const OTHER_WAYS: &[Branch] = &[
    on(&[Intent::AlternateRecipient], &[Go::Request(Topic::Recipient)]),
    on(&[Intent::LeaveWithNeighbour], &[Go::Request(Topic::Neighbour)]),
    on(&[Intent::LeaveWithGuard], &[Go::Request(Topic::Guard)]),
    on(&[Intent::LeaveSafePlace], &[Go::Request(Topic::SafePlace)]),
    on(&[Intent::PickupPoint], &[Go::Request(Topic::Pickup)]),
    on(&[Intent::HoldAtDepot], &[Go::Request(Topic::Hold)]),
    on(&[Intent::AlreadyReceived], &[Go::Settle(Disposition::AlreadyDelivered)]),
    on(&[Intent::RefuseDelivery, Intent::CancelOrder], &[Go::Request(Topic::RefuseDelivery)]),
];

//! The conditions of a rule, each of which can say why it does not hold.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;

use super::moment::Event;
use crate::domain::orders::{DeliveryStatus, Order, Payment, Shipment};
use crate::domain::outreach::policy::Contacts;
use crate::domain::values::{Currency, Money};

/// How much an order is worth to the shop.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ValueBand {
    Routine,
    High,
    Top,
}

impl ValueBand {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Routine => "routine",
            Self::High => "high",
            Self::Top => "top",
        }
    }
}

/// From which amount on, in minor units, an order is of a band.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BandLimits {
    pub high: i64,
    pub top: i64,
}

/// What the shop knows of an order beyond the order itself.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Signals {
    /// The shop's own name of the customer's tier.
    pub tier: Option<String>,
    /// The day by which the customer needs it.
    pub need_by: Option<Date>,
    /// Visits to the tracking page.
    pub page_visits: u32,
    /// Somebody has to be there: a signature, a code, an age check, a large item.
    pub presence_needed: bool,
    /// The last day at the pickup point.
    pub pickup_until: Option<Date>,
    /// Whether delivery was proved; none when nobody said.
    pub has_proof_of_delivery: Option<bool>,
}

/// Conditions that must hold together. What is absent does not matter.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct When {
    pub value: Option<BTreeSet<ValueBand>>,
    pub tiers: Option<BTreeSet<String>>,
    /// The day the customer needs it by is this close, or the expected day lies beyond it.
    pub need_by_within: Option<SignedDuration>,
    pub payment: Option<Payment>,
    pub attempts_min: Option<u32>,
    pub attempts_max: Option<u32>,
    /// The expected window ends this much later than was promised or said before.
    pub late_by_min: Option<SignedDuration>,
    pub page_visits_min: Option<u32>,
    /// Cash at the door, or the shop says that somebody must be there.
    pub presence_needed: Option<bool>,
    /// The carrier's reason is one that only the customer can mend.
    pub action_needed: Option<bool>,
    /// The carrier's reason is one of these.
    pub reasons: Option<BTreeSet<String>>,
    /// Contacts about this order so far.
    pub contacts_max: Option<u32>,
    pub has_proof_of_delivery: Option<bool>,
    pub statuses: Option<BTreeSet<DeliveryStatus>>,
}

/// Everything conditions look at.
#[derive(Clone, Copy)]
pub(super) struct Situation<'a> {
    pub(super) event: &'a Event,
    pub(super) order: &'a Order,
    pub(super) signals: &'a Signals,
    pub(super) contacts: &'a Contacts,
    pub(super) bands: &'a BTreeMap<Currency, BandLimits>,
    pub(super) action_reasons: &'a BTreeSet<String>,
    pub(super) now: Timestamp,
}

impl Situation<'_> {
    fn shipment(&self) -> Option<&Shipment> {
        self.event.shipment(self.order)
    }

    /// An order in a currency without limits is routine.
    pub(super) fn band(&self) -> ValueBand {
        let Money { amount_minor, currency } = self.order.total;
        match self.bands.get(&currency) {
            Some(limits) if limits.top <= amount_minor => ValueBand::Top,
            Some(limits) if limits.high <= amount_minor => ValueBand::High,
            Some(_) | None => ValueBand::Routine,
        }
    }

    fn attempts(&self) -> u32 {
        let events = self.shipment().map_or(&[][..], |shipment| &shipment.events[..]);
        let failed = events.iter().filter(|event| event.status == DeliveryStatus::AttemptFailed).count();
        u32::try_from(failed).unwrap_or(u32::MAX)
    }

    fn reason(&self) -> Option<&str> {
        self.shipment()?.events.last()?.reason.as_deref()
    }

    fn is_action_needed(&self) -> bool {
        self.reason().is_some_and(|reason| self.action_reasons.contains(reason))
    }

    fn is_presence_needed(&self) -> bool {
        self.signals.presence_needed || self.order.payment == Payment::Cod
    }

    fn is_needed_within(&self, span: SignedDuration) -> bool {
        let Some(end) = self.signals.need_by.and_then(|day| end_of(day, self.order)) else { return false };
        let is_close = self.now <= end && end.duration_since(self.now) <= span;
        let comes_too_late = self.shipment().and_then(|shipment| shipment.eta_to).is_some_and(|eta| end < eta);
        is_close || comes_too_late
    }

    fn late_by(&self) -> SignedDuration {
        self.event.moved.map_or(SignedDuration::ZERO, |(from, to)| to.duration_since(from))
    }

    fn contacts(&self) -> u32 {
        let about = self.contacts.made.iter().filter(|made| made.order_ref.as_ref() == Some(&self.order.order_ref));
        u32::try_from(about.count()).unwrap_or(u32::MAX)
    }
}

fn end_of(day: Date, order: &Order) -> Option<Timestamp> {
    let zone = order.time_zone.as_deref().and_then(|name| jiff::tz::TimeZone::get(name).ok());
    Some(day.tomorrow().ok()?.to_zoned(zone.unwrap_or(jiff::tz::TimeZone::UTC)).ok()?.timestamp())
}

impl When {
    /// Why it does not hold; none when it does.
    pub(super) fn unmet(&self, situation: &Situation<'_>) -> Option<String> {
        self.unmet_by_order(situation).or_else(|| self.unmet_by_event(situation))
    }

    fn unmet_by_order(&self, situation: &Situation<'_>) -> Option<String> {
        let (signals, band) = (situation.signals, situation.band());
        if self.value.as_ref().is_some_and(|wanted| !wanted.contains(&band)) {
            return Some(format!("the order's value is {}", band.as_str()));
        }
        if let Some(tiers) = &self.tiers {
            match &signals.tier {
                Some(tier) if tiers.contains(tier) => (),
                Some(tier) => return Some(format!("the customer's tier is {tier}")),
                None => return Some("the customer's tier is not known".to_owned()),
            }
        }
        if self.need_by_within.is_some_and(|span| !situation.is_needed_within(span)) {
            return Some("no day by which it is needed is close".to_owned());
        }
        if self.payment.is_some_and(|wanted| wanted != situation.order.payment) {
            return Some("it is paid another way".to_owned());
        }
        if self.page_visits_min.is_some_and(|least| signals.page_visits < least) {
            return Some(format!("the tracking page was visited {} times", signals.page_visits));
        }
        if self.presence_needed.is_some_and(|wanted| wanted != situation.is_presence_needed()) {
            let needs = if situation.is_presence_needed() { "somebody" } else { "nobody" };
            return Some(format!("{needs} has to be there"));
        }
        if self.contacts_max.is_some_and(|most| most < situation.contacts()) {
            return Some(format!("{} contacts about this order already", situation.contacts()));
        }
        None
    }

    fn unmet_by_event(&self, situation: &Situation<'_>) -> Option<String> {
        let attempts = situation.attempts();
        if self.attempts_min.is_some_and(|least| attempts < least)
            || self.attempts_max.is_some_and(|most| most < attempts)
        {
            return Some(format!("{attempts} attempts have failed"));
        }
        if self.late_by_min.is_some_and(|least| situation.late_by() < least) {
            return Some(format!("it is {} hours later than said before", situation.late_by().as_hours()));
        }
        if self.action_needed.is_some_and(|wanted| wanted != situation.is_action_needed()) {
            let needs = if situation.is_action_needed() { "something" } else { "nothing" };
            return Some(format!("{needs} is asked of the customer"));
        }
        if let Some(reasons) = &self.reasons {
            match situation.reason() {
                Some(reason) if reasons.contains(reason) => (),
                Some(reason) => return Some(format!("the carrier's reason is {reason}")),
                None => return Some("the carrier gave no reason".to_owned()),
            }
        }
        let proved = situation.signals.has_proof_of_delivery;
        if self.has_proof_of_delivery.is_some_and(|wanted| Some(wanted) != proved) {
            return Some("proof of delivery is otherwise or not known".to_owned());
        }
        let status = situation.shipment().map(|shipment| shipment.status);
        if self.statuses.as_ref().is_some_and(|wanted| !status.is_some_and(|status| wanted.contains(&status))) {
            return Some("the parcel's status is another".to_owned());
        }
        None
    }
}

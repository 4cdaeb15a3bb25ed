//! Reads one parcel of an order as the agent may speak about it: in the customer's days, in nobody's jargon.

#[cfg(test)]
mod tests;

use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;

use super::phrasebook::{ClockTime, Day, Hours, Note, Phrase, Place, Source, Sourced, Window, reason_phrase};
use crate::domain::orders::{DeliveryStatus, Order, Shipment, TrackingEvent};

/// The moment of speaking, as the customer's clock shows it.
#[derive(Clone, Debug)]
pub(super) struct LocalNow {
    pub(super) at: Timestamp,
    pub(super) zone: TimeZone,
}

impl LocalNow {
    pub(super) fn civil(&self) -> DateTime {
        self.local(self.at)
    }

    pub(super) fn today(&self) -> Date {
        self.civil().date()
    }

    fn local(&self, at: Timestamp) -> DateTime {
        self.zone.to_datetime(at)
    }
}

/// When a parcel should come, as far as the data goes.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Eta {
    Window {
        day: Sourced<Day>,
        window: Sourced<Window>,
    },
    Day(Sourced<Day>),
    Days {
        from: Sourced<Day>,
        to: Sourced<Day>,
    },
    /// The day the carrier named is over.
    Passed(Sourced<Day>),
    Unknown,
}

/// How the time since the last scan compares with what is usual.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Staleness {
    /// News is fresh, or nobody knows what is usual.
    NotKnown,
    Usual(Sourced<Hours>),
    Unusual(Sourced<Hours>),
}

/// How the parcel stands against the day the shop promised.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Promise {
    NotGiven,
    /// The expected day lies after the promised one.
    WillMiss(Sourced<Day>),
    /// The promised day is over.
    Missed(Sourced<Day>),
    WillKeep(Sourced<Day>),
    /// The promised day is still to come, and no day is known.
    Open(Sourced<Day>),
}

/// A scan is fresh for this long, and then its age is worth a word.
const FRESH_HOURS: i64 = 20;

/// One parcel of an order.
#[derive(Clone, Copy, Debug)]
pub(super) struct Parcel<'a> {
    order: &'a Arc<Order>,
    index: usize,
    now: &'a LocalNow,
}

impl<'a> Parcel<'a> {
    /// The parcels of an order, in the order the shop gave them.
    pub(super) fn all(order: &'a Arc<Order>, now: &'a LocalNow) -> impl Iterator<Item = Self> {
        (0..order.shipments.len()).map(move |index| Self { order, index, now })
    }

    pub(super) fn shipment(&self) -> &'a Shipment {
        &self.order.shipments[self.index]
    }

    pub(super) fn status(&self) -> DeliveryStatus {
        self.shipment().status
    }

    /// The status itself, as a phrase that names its source.
    pub(super) fn state(&self) -> Sourced<Phrase> {
        Sourced { value: state_phrase(self.status()), source: self.source(None) }
    }

    pub(super) fn eta(&self) -> Eta {
        let (Some(from), Some(to)) = (self.shipment().eta_from, self.shipment().eta_to) else { return Eta::Unknown };
        let (from_local, to_local) = (self.now.local(from), self.now.local(to));
        let source = || self.source(None);
        let day = |date| Sourced { value: Day(date), source: source() };
        if to < self.now.at && to_local.date() < self.now.today() {
            return Eta::Passed(day(to_local.date()));
        }
        if from_local.date() != to_local.date() {
            return Eta::Days { from: day(from_local.date()), to: day(to_local.date()) };
        }
        let window = Window { from: from_local.time(), to: to_local.time() };
        let spans_a_window = from < to && to.duration_since(from).as_hours() < 12;
        if spans_a_window {
            Eta::Window { day: day(from_local.date()), window: Sourced { value: window, source: source() } }
        } else {
            Eta::Day(day(from_local.date()))
        }
    }

    pub(super) fn promise(&self) -> Promise {
        let Some(promised) = self.order.promised_by else { return Promise::NotGiven };
        let source = Source { order: Arc::clone(self.order), shipment: None, event: None };
        let day = Sourced { value: Day(promised), source };
        let expected = self.shipment().eta_to.map(|to| self.now.local(to).date());
        match expected {
            Some(expected) if promised < expected => Promise::WillMiss(day),
            _ if promised < self.now.today() => Promise::Missed(day),
            Some(_) => Promise::WillKeep(day),
            None => Promise::Open(day),
        }
    }

    pub(super) fn staleness(&self) -> Staleness {
        let Some(last) = self.shipment().events.last() else { return Staleness::NotKnown };
        let Some(usual) = self.shipment().usual_scan_gap_hours else { return Staleness::NotKnown };
        let age_hours = self.now.at.duration_since(last.at).as_hours();
        let gap = Sourced { value: Hours(usual), source: self.source(None) };
        if i64::from(usual) < age_hours {
            Staleness::Unusual(gap)
        } else if FRESH_HOURS <= age_hours {
            Staleness::Usual(gap)
        } else {
            Staleness::NotKnown
        }
    }

    /// The newest scan that names a place, with its day and time.
    pub(super) fn last_seen(&self) -> Option<(Sourced<Place>, Sourced<Day>, Sourced<ClockTime>)> {
        let (number, event) = self.newest(|event| event.place.is_some())?;
        let place = town(event.place.as_deref()?)?;
        let source = self.source(Some(number));
        Some((Sourced { value: Place(place.into()), source }, self.day_of(number, event), self.time_of(number, event)))
    }

    /// The day of the newest news of any kind.
    pub(super) fn last_news(&self) -> Option<Sourced<Day>> {
        let (number, event) = self.newest(|_| true)?;
        Some(self.day_of(number, event))
    }

    /// The day and time of the newest event with the parcel's own status.
    pub(super) fn since(&self) -> Option<(Sourced<Day>, Sourced<ClockTime>)> {
        let status = self.status();
        let (number, event) = self.newest(|event| event.status == status)?;
        Some((self.day_of(number, event), self.time_of(number, event)))
    }

    /// Why it stands as it does, if the newest event with its status says so in words we know.
    pub(super) fn reason(&self) -> Option<Sourced<Phrase>> {
        let status = self.status();
        let (number, event) = self.newest(|event| event.status == status)?;
        let phrase = reason_phrase(event.reason.as_deref()?)?;
        Some(Sourced { value: phrase, source: self.source(Some(number)) })
    }

    /// Where it was left or to whom it was handed. For a verified caller only.
    pub(super) fn place_left(&self) -> Option<Sourced<Note>> {
        let (number, event) = self.newest(|event| event.note.is_some())?;
        let note = event.note.as_ref()?.reveal();
        Some(Sourced { value: Note(note.as_str().into()), source: self.source(Some(number)) })
    }

    /// Whether nothing more will happen to it.
    pub(super) fn is_settled(&self) -> bool {
        match self.status() {
            DeliveryStatus::Delivered | DeliveryStatus::Cancelled | DeliveryStatus::ReturnedToSender => true,
            DeliveryStatus::Created
            | DeliveryStatus::InTransit
            | DeliveryStatus::Customs
            | DeliveryStatus::Delayed
            | DeliveryStatus::AtLocalDepot
            | DeliveryStatus::OutForDelivery
            | DeliveryStatus::AttemptFailed
            | DeliveryStatus::ReadyForPickup
            | DeliveryStatus::Exception
            | DeliveryStatus::Damaged
            | DeliveryStatus::Lost
            | DeliveryStatus::ReturningToSender
            | DeliveryStatus::Unknown => false,
        }
    }

    fn newest(&self, is_wanted: impl Fn(&TrackingEvent) -> bool) -> Option<(usize, &'a TrackingEvent)> {
        let events = &self.shipment().events;
        let index = events.iter().rposition(is_wanted)?;
        Some((index + 1, &events[index]))
    }

    fn day_of(&self, number: usize, event: &TrackingEvent) -> Sourced<Day> {
        Sourced { value: Day(self.now.local(event.at).date()), source: self.source(Some(number)) }
    }

    fn time_of(&self, number: usize, event: &TrackingEvent) -> Sourced<ClockTime> {
        Sourced { value: ClockTime(self.now.local(event.at).time()), source: self.source(Some(number)) }
    }

    fn source(&self, event: Option<usize>) -> Source {
        Source { order: Arc::clone(self.order), shipment: Some(self.index + 1), event }
    }
}

/// The customer's zone: of the order, else of the shop.
pub(super) fn zone_of(order: Option<&Order>, shop_zone: &TimeZone) -> TimeZone {
    let named = order.and_then(|order| order.time_zone.as_deref());
    named.and_then(|name| TimeZone::get(name).ok()).unwrap_or_else(|| shop_zone.clone())
}

/// Words of a courier's building that are never said aloud.
const FACILITY_WORDS: &[&str] = &[
    "hub",
    "depot",
    "dc",
    "facility",
    "center",
    "centre",
    "warehouse",
    "sorting",
    "sort",
    "processing",
    "gateway",
    "terminal",
    "branch",
    "office",
    "dpp",
    "fc",
    "mh",
    "ib",
    "sc",
    "distribution",
    "delivery",
    "station",
    "gw",
    "pc",
    "international",
    "hq",
    "unit",
    "point",
    "node",
    "surface",
    "air",
    "xdock",
];

/// The town in a scan's place: `Nagpur hub` is Nagpur, `Bengaluru_Koramangala_DC (KA)` is Bengaluru Koramangala.
///
/// None when nothing but the courier's own words and codes is left.
pub(super) fn town(place: &str) -> Option<String> {
    let before_brackets = place.split(['(', '[', ',']).next().unwrap_or(place);
    let is_name = |word: &&str| {
        let is_facility = FACILITY_WORDS.iter().any(|facility| facility.eq_ignore_ascii_case(word));
        !is_facility && 1 < word.len() && !word.bytes().any(|byte| byte.is_ascii_digit())
    };
    let words: Vec<&str> = before_brackets.split([' ', '_', '-', '/']).filter(is_name).collect();
    if words.is_empty() { None } else { Some(words.join(" ")) }
}

fn state_phrase(status: DeliveryStatus) -> Phrase {
    match status {
        DeliveryStatus::Created => Phrase::StateCreated,
        DeliveryStatus::InTransit => Phrase::StateInTransit,
        DeliveryStatus::Customs => Phrase::StateCustoms,
        DeliveryStatus::Delayed => Phrase::StateDelayed,
        DeliveryStatus::AtLocalDepot => Phrase::StateAtLocalDepot,
        DeliveryStatus::OutForDelivery => Phrase::StateOutForDelivery,
        DeliveryStatus::AttemptFailed => Phrase::StateAttemptFailed,
        DeliveryStatus::ReadyForPickup => Phrase::StateReadyForPickup,
        DeliveryStatus::Exception => Phrase::StateException,
        DeliveryStatus::Damaged => Phrase::StateDamaged,
        DeliveryStatus::Lost => Phrase::StateLost,
        DeliveryStatus::ReturningToSender => Phrase::StateReturningToSender,
        DeliveryStatus::ReturnedToSender => Phrase::StateReturnedToSender,
        DeliveryStatus::Delivered => Phrase::StateDelivered,
        DeliveryStatus::Cancelled => Phrase::StateCancelled,
        DeliveryStatus::Unknown => Phrase::StateUnknown,
    }
}

//! What is known of an order and of the shop, as facts with the level each needs.

use std::sync::Arc;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::known::{KnownFact, Meaning, Subject, Truth, Value};
use crate::domain::call::VerificationLevel::{self, V0, V1, V2};
use crate::domain::dialogue::outbound::first_name_of;
use crate::domain::dialogue::parcel::{Eta, LocalNow, Parcel, Promise, Staleness};
use crate::domain::dialogue::phrasebook::{Day, Phrase, Phrasebook, Sourced};
use crate::domain::dialogue::scenarios::PRESENCE_SCENARIO;
use crate::domain::dialogue::{Outreach, ShopProfile};
use crate::domain::orders::{DeliveryStatus, Order, Payment};

/// What anybody may hear of the shop.
pub fn facts_of_shop(shop: &ShopProfile) -> Vec<KnownFact> {
    let words = |meaning, text: &str| KnownFact::value(meaning, Value::Words(text.into()), V0);
    vec![
        words(Meaning::Shop, &shop.name),
        words(Meaning::Shop, &shop.website_spoken),
        words(Meaning::EmergencyNumber, &shop.emergency_number_spoken),
        KnownFact::value(Meaning::Phone, Value::Phone(shop.callback_number.clone()), V0),
        KnownFact::value(Meaning::Within, Value::Hours(shop.human_callback_within_hours), V0),
    ]
}

/// What anybody may hear who picks up when the shop calls: whom it asks for, and what it is about.
pub fn facts_of_outreach(outreach: &Outreach, book: &Phrasebook) -> Vec<KnownFact> {
    let scenario = outreach.scenario;
    let words = |meaning, text: &str| KnownFact::value(meaning, Value::Words(text.into()), level_of(meaning));
    let truth = |truth| KnownFact::truth(truth, V0);
    let mut facts = vec![words(Meaning::About, book.phrase(scenario.about)), truth(Truth::OurCall)];
    facts.extend(first_name_of(&outreach.order.customer.name).map(|name| words(Meaning::Callee, &name)));
    if scenario.name == PRESENCE_SCENARIO {
        facts.push(truth(Truth::DeliveryToday));
    }
    if scenario.about == Phrase::AboutCallback {
        facts.push(truth(Truth::CallbackAsked));
    }
    facts
}

/// What is known of one order at one moment, as its customer's clock shows it.
pub fn facts_of_order(order: &Arc<Order>, at: Timestamp, zone: TimeZone, book: &Phrasebook) -> Vec<KnownFact> {
    let now = LocalNow { at, zone };
    let name: Arc<str> = order.order_ref.0.as_str().into();
    let whole = Subject { order: Some(Arc::clone(&name)), parcel: None };
    let mut facts = Gathered { facts: Vec::with_capacity(24), subject: whole.clone(), source: format!("order {name}") };
    facts.add_order(order, &now);
    for (number, parcel) in (1_usize..).zip(Parcel::all(order, &now)) {
        facts.subject = Subject { parcel: Some(number), ..whole.clone() };
        facts.source = format!("order {name}, shipment {number}");
        facts.add_parcel(number, &parcel, book);
    }
    facts.facts
}

struct Gathered {
    facts: Vec<KnownFact>,
    subject: Subject,
    source: String,
}

impl Gathered {
    fn push(&mut self, fact: KnownFact) {
        self.facts.push(fact.about(&self.subject).from(self.source.clone()));
    }

    fn value(&mut self, meaning: Meaning, value: Value) {
        self.push(KnownFact::value(meaning, value, level_of(meaning)));
    }

    fn day(&mut self, meaning: Meaning, day: &Sourced<Day>) {
        self.value(meaning, Value::Day(day.value.0));
    }

    fn truth(&mut self, truth: Truth) {
        self.push(KnownFact::truth(truth, if truth == Truth::ContentsUnknown { V2 } else { V1 }));
    }

    fn add_order(&mut self, order: &Order, now: &LocalNow) {
        self.value(Meaning::OrderNumber, Value::Reference(order.order_ref.0.as_str().into()));
        self.value(Meaning::Placed, Value::Day(now.zone.to_datetime(order.placed_at).date()));
        if let Some(first) = first_name_of(&order.customer.name) {
            self.value(Meaning::Caller, Value::Words(first.into()));
        }
        let things = order.items.iter().fold(0, |sum: u32, item| sum.saturating_add(item.quantity));
        if 0 < things {
            self.value(Meaning::Items, Value::Count(things, "item"));
        }
        for item in &order.items {
            self.value(Meaning::Contents, Value::Words(item.title.as_str().into()));
        }
        match order.promised_by {
            Some(day) => self.value(Meaning::Promised, Value::Day(day)),
            None => self.truth(Truth::NoPromise),
        }
        let (meaning, truth) = match order.payment {
            Payment::Cod => (Meaning::Due, Truth::PayAtDoor),
            Payment::Prepaid => (Meaning::Paid, Truth::Prepaid),
        };
        self.value(meaning, Value::Money(order.total));
        self.truth(truth);
        match u32::try_from(order.shipments.len()) {
            Ok(0) => self.truth(Truth::NoShipment),
            Ok(count) => self.value(Meaning::Parcels, Value::Count(count, "parcel")),
            Err(_) => (),
        }
    }

    fn add_parcel(&mut self, number: usize, parcel: &Parcel<'_>, book: &Phrasebook) {
        let place = u32::try_from(number).unwrap_or(u32::MAX);
        self.value(Meaning::WhichParcel, Value::Ordinal(place, "parcel"));
        self.value(Meaning::TrackingNumber, Value::Reference(parcel.shipment().tracking_number.as_str().into()));
        self.truth(truth_of(parcel.status()));
        if let Some((place, day, time)) = parcel.last_seen() {
            self.value(Meaning::LastScan, Value::Words(place.value.0));
            self.day(Meaning::LastScan, &day);
            self.value(Meaning::LastScan, Value::Time(time.value.0));
        }
        self.add_since(parcel);
        match parcel.reason() {
            Some(reason) => self.value(Meaning::Reason, Value::Words(book.phrase(reason.value).into())),
            None => self.truth(Truth::ReasonUnknown),
        }
        if let Some(note) = parcel.place_left() {
            self.value(Meaning::Note, Value::Words(note.value.0));
        }
        if parcel.status() == DeliveryStatus::ReadyForPickup {
            self.add_pickup(parcel);
        } else if !parcel.is_settled() {
            self.add_eta(parcel);
            self.add_promise(parcel);
            self.add_staleness(parcel);
        }
    }

    /// When it came to be as it is.
    fn add_since(&mut self, parcel: &Parcel<'_>) {
        let Some((day, time)) = parcel.since() else { return };
        let meaning = match parcel.status() {
            DeliveryStatus::Delivered => Meaning::Delivered,
            DeliveryStatus::AttemptFailed => Meaning::Attempt,
            DeliveryStatus::OutForDelivery => Meaning::Out,
            DeliveryStatus::ReturnedToSender => Meaning::Returned,
            DeliveryStatus::Created
            | DeliveryStatus::InTransit
            | DeliveryStatus::Customs
            | DeliveryStatus::Delayed
            | DeliveryStatus::AtLocalDepot
            | DeliveryStatus::ReadyForPickup
            | DeliveryStatus::Exception
            | DeliveryStatus::Damaged
            | DeliveryStatus::Lost
            | DeliveryStatus::ReturningToSender
            | DeliveryStatus::Cancelled
            | DeliveryStatus::Unknown => return,
        };
        self.day(meaning, &day);
        self.value(meaning, Value::Time(time.value.0));
    }

    /// It lies where it was last seen, until the day that was expected: nothing comes to the door any more.
    fn add_pickup(&mut self, parcel: &Parcel<'_>) {
        if let Some((place, _, _)) = parcel.last_seen() {
            self.value(Meaning::Pickup, Value::Words(place.value.0));
        }
        if let Eta::Window { day, .. } | Eta::Day(day) | Eta::Days { to: day, .. } = parcel.eta() {
            self.day(Meaning::PickupUntil, &day);
        }
    }

    fn add_eta(&mut self, parcel: &Parcel<'_>) {
        match parcel.eta() {
            Eta::Window { day, window } => {
                self.day(Meaning::Eta, &day);
                self.value(Meaning::Eta, Value::Window(window.value.from, window.value.to));
            }
            Eta::Day(day) => self.day(Meaning::Eta, &day),
            // Either end alone would name a day that nobody gave.
            Eta::Days { from, to } => self.value(Meaning::Eta, Value::Days(from.value.0, to.value.0)),
            Eta::Passed(day) => {
                self.truth(Truth::EtaPassed);
                self.day(Meaning::EtaPassed, &day);
            }
            Eta::Unknown => self.truth(Truth::EtaUnknown),
        }
    }

    fn add_promise(&mut self, parcel: &Parcel<'_>) {
        match parcel.promise() {
            Promise::WillMiss(_) | Promise::Missed(_) => self.truth(Truth::Late),
            Promise::WillKeep(_) => self.truth(Truth::OnTime),
            Promise::Open(_) => self.truth(Truth::LatenessUnknown),
            Promise::NotGiven => (),
        }
    }

    fn add_staleness(&mut self, parcel: &Parcel<'_>) {
        match parcel.staleness() {
            Staleness::Usual(gap) => {
                self.truth(Truth::SilenceUsual);
                self.value(Meaning::UsualGap, Value::Hours(gap.value.0));
            }
            Staleness::Unusual(gap) => {
                self.truth(Truth::SilenceUnusual);
                self.value(Meaning::UsualGap, Value::Hours(gap.value.0));
            }
            Staleness::NotKnown => (),
        }
    }
}

/// What may be said to whom: days, states and numbers of things at V1; contents, amounts and places left at V2.
const fn level_of(meaning: Meaning) -> VerificationLevel {
    match meaning {
        Meaning::Shop
        | Meaning::Phone
        | Meaning::EmergencyNumber
        | Meaning::Within
        | Meaning::Callee
        | Meaning::About => V0,
        Meaning::Contents
        | Meaning::MoreItems
        | Meaning::Due
        | Meaning::Paid
        | Meaning::Note
        | Meaning::TrackingNumber => V2,
        Meaning::Eta
        | Meaning::EtaPassed
        | Meaning::Promised
        | Meaning::Placed
        | Meaning::LastScan
        | Meaning::Delivered
        | Meaning::Attempt
        | Meaning::Out
        | Meaning::Returned
        | Meaning::Parcels
        | Meaning::OrderCount
        | Meaning::UsualGap
        | Meaning::Reason
        | Meaning::Pickup
        | Meaning::PickupUntil
        | Meaning::Items
        | Meaning::OrderNumber
        | Meaning::Wish
        | Meaning::PassedOn
        | Meaning::Caller
        | Meaning::WhichParcel => V1,
    }
}

const fn truth_of(status: DeliveryStatus) -> Truth {
    match status {
        DeliveryStatus::Created => Truth::Created,
        DeliveryStatus::InTransit => Truth::InTransit,
        DeliveryStatus::Customs => Truth::Customs,
        DeliveryStatus::Delayed => Truth::Delayed,
        DeliveryStatus::AtLocalDepot => Truth::AtLocalDepot,
        DeliveryStatus::OutForDelivery => Truth::OutForDelivery,
        DeliveryStatus::AttemptFailed => Truth::AttemptFailed,
        DeliveryStatus::ReadyForPickup => Truth::ReadyForPickup,
        DeliveryStatus::Exception => Truth::OnHold,
        DeliveryStatus::Damaged => Truth::Damaged,
        DeliveryStatus::Lost => Truth::Lost,
        DeliveryStatus::ReturningToSender => Truth::Returning,
        DeliveryStatus::ReturnedToSender => Truth::Returned,
        DeliveryStatus::Delivered => Truth::Delivered,
        DeliveryStatus::Cancelled => Truth::Cancelled,
        DeliveryStatus::Unknown => Truth::NoNews,
    }
}

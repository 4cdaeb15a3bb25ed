//! What shops and carriers tell, in neutral words, and what an order becomes by it.

#[cfg(test)]
mod tests;

use jiff::Timestamp;

use super::merge::{may_replace, merge_events, merge_order};
use super::{DeliveryStatus, Order, OrderRef, Shipment, TrackingEvent, carrier_of, settle};

/// Events of one parcel that are kept. Beyond it the oldest are forgotten.
const EVENTS_MAX: usize = 500;

/// Parcels of one order that are kept; later ones are not taken in.
const SHIPMENTS_MAX: usize = 50;

/// What a parcel can be found by.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct ParcelKey {
    pub tracking_number: Option<String>,
    pub carrier: Option<String>,
    /// The source's own id of the parcel.
    pub vendor_id: Option<String>,
    /// What its order may be called: its reference, or the source's own id of it.
    pub order_hints: Vec<String>,
}

/// One thing that a shop or a carrier tells.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub enum CommerceEvent {
    /// An order as it now is. Its parcels are told apart from it.
    OrderUpserted {
        order: Box<Order>,
        vendor_id: Option<String>,
        at: Timestamp,
    },
    OrderCancelled {
        order_hints: Vec<String>,
        at: Timestamp,
    },
    /// A parcel has been made up.
    ShipmentUpserted {
        parcel: ParcelKey,
        at: Timestamp,
    },
    Tracking {
        parcel: ParcelKey,
        event: Box<TrackingEvent>,
    },
}

/// What has become different, for whoever decides whether the customer is to hear of it.
#[derive(Clone, Debug, PartialEq)]
pub struct OrderChange {
    pub order_ref: OrderRef,
    pub tracking_number: Option<String>,
    pub what: Changed,
    /// When it happened, which may be long before it was told.
    pub at: Timestamp,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Changed {
    /// The order is new.
    Placed,
    /// The shop has cancelled the order.
    Cancelled,
    /// A parcel is in another state. `from` is none for a new parcel.
    Status { from: Option<DeliveryStatus>, to: DeliveryStatus, reason: Option<String> },
    /// A failed attempt was told, and the parcel's state is still that an attempt has failed.
    AnotherAttempt { reason: Option<String> },
    /// The carrier expects to deliver in another window.
    Window { from: Option<(Timestamp, Timestamp)>, to: (Timestamp, Timestamp) },
}

/// The order as it is to be kept when the shop tells it again. What only we know of it stays.
///
/// Shape: `is_newest` is false when something told later was taken in before; then only what was missing is added.
pub fn tell_order(stored: Option<&Order>, told: &Order, is_newest: bool) -> Order {
    let Some(stored) = stored else { return merge_order(None, told) };
    if !is_newest {
        let cancelled_at = earliest(stored.cancelled_at, told.cancelled_at);
        return Order { cancelled_at, ..merge_order(Some(told), stored) };
    }
    let mut merged = merge_order(Some(stored), told);
    merged.promised_by = told.promised_by.or(stored.promised_by);
    merged.time_zone = told.time_zone.clone().or_else(|| stored.time_zone.clone());
    merged.cancelled_at = earliest(stored.cancelled_at, told.cancelled_at);
    let customer = &mut merged.customer;
    customer.email = customer.email.take().or_else(|| stored.customer.email.clone());
    customer.language = customer.language.take().or_else(|| stored.customer.language.clone());
    merged
}

/// The order once the shop has cancelled it.
pub fn cancel_order(stored: &Order, at: Timestamp) -> Order {
    Order { cancelled_at: earliest(stored.cancelled_at, Some(at)), ..stored.clone() }
}

/// The order with a parcel of this number.
pub fn tell_parcel(stored: &Order, number: &str, carrier: Option<&str>) -> Order {
    let mut order = stored.clone();
    match find_parcel(&mut order, number) {
        Some(known) => {
            if known.status == DeliveryStatus::Unknown {
                known.status = DeliveryStatus::Created;
            }
            name_carrier(known, carrier);
        }
        None => add_parcel(&mut order, number, carrier, DeliveryStatus::Created),
    }
    order
}

/// The order with an event of one of its parcels. An order of events that differs gives the same order.
pub fn track(stored: &Order, number: &str, carrier: Option<&str>, event: &TrackingEvent) -> Order {
    let mut order = stored.clone();
    if find_parcel(&mut order, number).is_none() {
        add_parcel(&mut order, number, carrier, DeliveryStatus::Unknown);
    }
    if let Some(known) = find_parcel(&mut order, number) {
        *known = with_event(known, event);
        name_carrier(known, carrier);
    }
    order
}

/// What `after` has that `before` had not, in the order it happened.
pub fn changes_between(before: Option<&Order>, after: &Order) -> Vec<OrderChange> {
    let change = |number: Option<&str>, what, at| OrderChange {
        order_ref: after.order_ref.clone(),
        tracking_number: number.map(str::to_owned),
        what,
        at,
    };
    let mut changes = Vec::new();
    if before.is_none() {
        changes.push(change(None, Changed::Placed, after.placed_at));
    }
    if let (Some(at), None) = (after.cancelled_at, before.and_then(|before| before.cancelled_at)) {
        changes.push(change(None, Changed::Cancelled, at));
    }
    for shipment in &after.shipments {
        let known = before.and_then(|before| {
            before.shipments.iter().find(|known| is_number(&known.tracking_number, &shipment.tracking_number))
        });
        let settled = settle(&shipment.events);
        let at = settled.as_ref().map_or(after.placed_at, |settled| settled.at);
        let number = Some(shipment.tracking_number.as_str());
        changes.extend(changes_of_parcel(known, shipment).into_iter().map(|what| change(number, what, at)));
    }
    changes.sort_by_key(|change| change.at);
    changes
}

fn changes_of_parcel(known: Option<&Shipment>, shipment: &Shipment) -> Vec<Changed> {
    let mut changes = Vec::new();
    let reason = settle(&shipment.events).and_then(|settled| settled.reason);
    let from = known.map(|known| known.status);
    let attempts = |shipment: &Shipment| settle(&shipment.events).map_or(0, |settled| settled.attempts_failed);
    if from != Some(shipment.status) {
        changes.push(Changed::Status { from, to: shipment.status, reason });
    } else if shipment.status == DeliveryStatus::AttemptFailed && known.map_or(0, attempts) < attempts(shipment) {
        changes.push(Changed::AnotherAttempt { reason });
    }
    let window = |shipment: &Shipment| shipment.eta_from.zip(shipment.eta_to);
    if let Some(to) = window(shipment) {
        let from = known.and_then(window);
        if from != Some(to) {
            changes.push(Changed::Window { from, to });
        }
    }
    changes
}

fn with_event(shipment: &Shipment, event: &TrackingEvent) -> Shipment {
    let mut events = merge_events(shipment.events.clone(), std::slice::from_ref(event));
    let excess = events.len().saturating_sub(EVENTS_MAX);
    events.drain(..excess);
    let mut changed = Shipment { events, ..shipment.clone() };
    let Some(settled) = settle(&changed.events) else { return changed };
    // A shop may have said by import what no event says: it stands until something newer is told.
    let stands_by_events = match settle(&shipment.events) {
        Some(before) => before.status == shipment.status || before.status == DeliveryStatus::Unknown,
        None => matches!(shipment.status, DeliveryStatus::Created | DeliveryStatus::Unknown),
    };
    let told = Shipment { status: event.status, events: vec![event.clone()], ..shipment.clone() };
    if settled.status != DeliveryStatus::Unknown && (stands_by_events || may_replace(shipment, &told)) {
        changed.status = settled.status;
    }
    if let Some((from, to)) = settled.eta {
        (changed.eta_from, changed.eta_to) = (Some(from), Some(to));
    }
    changed
}

/// The parcel with this number, whoever carries it: two sources may call one carrier by two names.
fn find_parcel<'a>(order: &'a mut Order, number: &str) -> Option<&'a mut Shipment> {
    order.shipments.iter_mut().find(|known| is_number(&known.tracking_number, number))
}

fn is_number(one: &str, other: &str) -> bool {
    let compact = |text: &str| -> String {
        text.chars().filter(|letter| letter.is_alphanumeric()).flat_map(char::to_uppercase).collect()
    };
    one == other || compact(one) == compact(other)
}

fn add_parcel(order: &mut Order, number: &str, carrier: Option<&str>, status: DeliveryStatus) {
    if SHIPMENTS_MAX <= order.shipments.len() {
        return;
    }
    let mut parcel = Shipment {
        tracking_number: number.to_owned(),
        carrier: String::new(),
        status,
        eta_from: None,
        eta_to: None,
        events: Vec::new(),
        usual_scan_gap_hours: None,
    };
    name_carrier(&mut parcel, carrier);
    order.shipments.push(parcel);
}

/// Names the carrier of a parcel that has none: as told, or by the form of its number.
fn name_carrier(parcel: &mut Shipment, carrier: Option<&str>) {
    if parcel.carrier.is_empty() {
        let told = carrier.map(|carrier| carrier.trim().to_lowercase()).filter(|carrier| !carrier.is_empty());
        let by_number = || carrier_of(&parcel.tracking_number).map(str::to_owned);
        parcel.carrier = told.or_else(by_number).unwrap_or_default();
    }
}

fn earliest(one: Option<Timestamp>, other: Option<Timestamp>) -> Option<Timestamp> {
    match (one, other) {
        (Some(one), Some(other)) => Some(one.min(other)),
        (one, other) => one.or(other),
    }
}

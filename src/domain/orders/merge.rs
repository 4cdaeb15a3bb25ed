//! What an order becomes when the shop or a carrier tells of it again: late, twice or out of order.

#[cfg(test)]
mod tests;

use jiff::Timestamp;

use super::settle::compare_events;
use super::{DeliveryStatus, Order, Shipment, TrackingEvent};

/// The order as it is to be kept: `incoming` on top of what is `stored`.
///
/// Events are sorted by their own time and kept once. A parcel that `incoming` leaves out stays. Merging the result
/// with the same `incoming` changes nothing.
pub fn merge_order(stored: Option<&Order>, incoming: &Order) -> Order {
    let mut merged = incoming.clone();
    merged.shipments = stored.map_or_else(Vec::new, |order| order.shipments.clone());
    for shipment in &incoming.shipments {
        match merged.shipments.iter_mut().find(|known| is_same_parcel(known, shipment)) {
            Some(known) => *known = merge_shipment(known, shipment),
            None => merged
                .shipments
                .push(Shipment { events: merge_events(Vec::new(), &shipment.events), ..shipment.clone() }),
        }
    }
    merged
}

fn is_same_parcel(one: &Shipment, other: &Shipment) -> bool {
    one.tracking_number == other.tracking_number && one.carrier == other.carrier
}

fn merge_shipment(stored: &Shipment, incoming: &Shipment) -> Shipment {
    let stands = if may_replace(stored, incoming) { incoming } else { stored };
    Shipment { events: merge_events(stored.events.clone(), &incoming.events), ..stands.clone() }
}

/// Whether the status and window of `incoming` replace those of `stored`.
///
/// Old news does not. What is over stays over, but for a later event that says so: a delivered parcel may come back,
/// and one given up as lost, cancelled or returned may be delivered after all.
pub(super) fn may_replace(stored: &Shipment, incoming: &Shipment) -> bool {
    let (known, told) = (newest_event(stored), newest_event(incoming));
    let is_old_news = told.is_some() && told < known;
    let is_later = told > known;
    if stored.status == incoming.status {
        return !is_old_news;
    }
    match stored.status {
        DeliveryStatus::Delivered => {
            let comes_back =
                matches!(incoming.status, DeliveryStatus::ReturningToSender | DeliveryStatus::ReturnedToSender);
            comes_back && is_later
        }
        DeliveryStatus::ReturnedToSender | DeliveryStatus::Cancelled | DeliveryStatus::Lost => {
            incoming.status == DeliveryStatus::Delivered && is_later
        }
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
        | DeliveryStatus::ReturningToSender
        | DeliveryStatus::Unknown => !is_old_news,
    }
}

fn newest_event(shipment: &Shipment) -> Option<Timestamp> {
    shipment.events.iter().map(|event| event.at).max()
}

pub(super) fn merge_events(mut events: Vec<TrackingEvent>, incoming: &[TrackingEvent]) -> Vec<TrackingEvent> {
    for event in incoming {
        match events.iter_mut().find(|known| is_same_event(known, event)) {
            Some(known) => {
                known.note = event.note.clone().or_else(|| known.note.take());
                // Told by two sources: which came first must not matter.
                known.report = match (known.report.take(), event.report.clone()) {
                    (Some(one), Some(other)) => Some(one.merged(other, event.at)),
                    (one, other) => one.or(other),
                };
            }
            None => events.push(event.clone()),
        }
    }
    events.sort_by(compare_events);
    events
}

fn is_same_event(one: &TrackingEvent, other: &TrackingEvent) -> bool {
    one.at == other.at && one.status == other.status && one.place == other.place && one.reason == other.reason
}

//! One truth from a parcel's events, in whatever order, however often and from whomever they came.

#[cfg(test)]
mod tests;

use std::cmp::Ordering;

use jiff::{SignedDuration, Timestamp};

use super::{DeliveryStatus, TrackingEvent};

/// Failed attempts told within this time of each other are one attempt, told more than once.
const SAME_ATTEMPT: SignedDuration = SignedDuration::from_mins(30);

/// What a parcel's events add up to.
#[derive(Clone, Debug, PartialEq)]
pub struct Settled {
    pub status: DeliveryStatus,
    pub reason: Option<String>,
    /// When it came about.
    pub at: Timestamp,
    /// The newest window that a carrier named.
    pub eta: Option<(Timestamp, Timestamp)>,
    pub attempts_failed: u32,
}

/// Settles events. None when there are none.
///
/// The later event counts, by its own time, then by the vendor's sequence. What is over stays over, but for a later
/// event that says so: a delivered parcel may come back, and one given up may be delivered after all. Of two that
/// happened at once the one that ends the matter counts. News that say nothing change nothing.
pub fn settle(events: &[TrackingEvent]) -> Option<Settled> {
    let mut sorted: Vec<&TrackingEvent> = events.iter().collect();
    sorted.sort_by(|one, other| compare_events(one, other));
    let (first, rest) = sorted.split_first()?;
    let mut stands = *first;
    let mut has_arrived = stands.status == DeliveryStatus::Delivered;
    for event in rest {
        if may_follow(stands, event) && (!has_arrived || is_way_back(event.status)) {
            stands = event;
            has_arrived |= stands.status == DeliveryStatus::Delivered;
        }
    }
    Some(Settled {
        status: stands.status,
        reason: stands.reason.clone(),
        at: stands.at,
        eta: newest_window(events),
        attempts_failed: attempts_failed(&sorted),
    })
}

/// The window that was told last, by the time it was told.
fn newest_window(events: &[TrackingEvent]) -> Option<(Timestamp, Timestamp)> {
    let told = events.iter().filter_map(|event| {
        let report = event.report.as_ref()?;
        Some((report.eta_told_at.unwrap_or(event.at), report.eta()?))
    });
    told.max().map(|(_, window)| window)
}

/// The order in which events count: a total one, so that no two of them can change places.
pub(super) fn compare_events(one: &TrackingEvent, other: &TrackingEvent) -> Ordering {
    let sequence = |event: &TrackingEvent| event.report.as_ref().and_then(|report| report.sequence);
    one.at
        .cmp(&other.at)
        .then_with(|| sequence(one).cmp(&sequence(other)))
        .then_with(|| is_final(one.status).cmp(&is_final(other.status)))
        .then_with(|| one.status.cmp(&other.status))
        .then_with(|| one.reason.cmp(&other.reason))
        .then_with(|| one.place.cmp(&other.place))
        .then_with(|| one.report.cmp(&other.report))
        .then_with(|| one.note.cmp(&other.note))
}

/// Whether nothing is expected to follow.
pub const fn is_final(status: DeliveryStatus) -> bool {
    match status {
        DeliveryStatus::Delivered
        | DeliveryStatus::ReturnedToSender
        | DeliveryStatus::Cancelled
        | DeliveryStatus::Lost => true,
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
        | DeliveryStatus::Unknown => false,
    }
}

/// A parcel that was in the customer's hands is told of again only on its way back.
const fn is_way_back(status: DeliveryStatus) -> bool {
    matches!(status, DeliveryStatus::ReturningToSender | DeliveryStatus::ReturnedToSender)
}

fn may_follow(stands: &TrackingEvent, next: &TrackingEvent) -> bool {
    if next.status == DeliveryStatus::Unknown {
        return stands.status == DeliveryStatus::Unknown;
    }
    let is_later = stands.at < next.at;
    match stands.status {
        DeliveryStatus::Delivered => is_later && is_way_back(next.status),
        DeliveryStatus::ReturnedToSender | DeliveryStatus::Cancelled | DeliveryStatus::Lost => {
            is_later && next.status == DeliveryStatus::Delivered
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
        | DeliveryStatus::Unknown => true,
    }
}

fn attempts_failed(sorted: &[&TrackingEvent]) -> u32 {
    let mut count = 0;
    let mut last: Option<Timestamp> = None;
    for event in sorted.iter().filter(|event| event.status == DeliveryStatus::AttemptFailed) {
        if last.is_none_or(|last| SAME_ATTEMPT < event.at.duration_since(last)) {
            count += 1;
        }
        last = Some(event.at);
    }
    count
}

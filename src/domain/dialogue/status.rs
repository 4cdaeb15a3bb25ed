//! Where an order is, by the three-part rule: what is happening, what it means, what to do next.

use std::sync::Arc;

use crate::domain::call::VerificationLevel;
use crate::domain::dialogue::core::Dialogue;
use crate::domain::dialogue::parcel::{Eta, LocalNow, Parcel, Promise, Staleness};
use crate::domain::dialogue::phrasebook::{Count, Line, Ordinal, Source, Sourced};
use crate::domain::dialogue::requests::Topic;
use crate::domain::orders::{DeliveryStatus, Order};

/// Parcels of one order spoken of one by one.
const PARCELS_ALOUD_MAX: usize = 3;

/// An answer, and the one thing that fits to be offered after it.
pub(super) struct Answered {
    pub(super) lines: Vec<Line>,
    pub(super) offer: Option<Topic>,
}

impl Dialogue {
    /// The whole answer to "where is my order?".
    pub(super) fn status_of(&self, order: &Arc<Order>, now: &LocalNow) -> Answered {
        let mut parcels = Parcel::all(order, now);
        match (parcels.next(), parcels.next()) {
            (None, _) => Answered { lines: vec![Line::StatusNoShipment, Line::NotDueYet], offer: None },
            (Some(only), None) => self.status_of_parcel(&only, now),
            (Some(_), Some(_)) => status_of_parcels(order, now),
        }
    }

    fn status_of_parcel(&self, parcel: &Parcel<'_>, now: &LocalNow) -> Answered {
        let mut lines = vec![what(parcel, now)];
        let offer = match parcel.status() {
            DeliveryStatus::Created => {
                lines.push(eta_line(parcel).unwrap_or(Line::NotDueYet));
                None
            }
            DeliveryStatus::InTransit | DeliveryStatus::Customs | DeliveryStatus::AtLocalDepot => {
                add_eta_and_meaning(parcel, &mut lines)
            }
            DeliveryStatus::Delayed => {
                lines.push(eta_line(parcel).unwrap_or(Line::EtaUnknown));
                lines.push(late_line(parcel).unwrap_or(Line::NoActionNeeded));
                None
            }
            DeliveryStatus::OutForDelivery => {
                lines.extend(eta_line(parcel));
                lines.push(Line::PersonNeededAtDoor);
                None
            }
            DeliveryStatus::AttemptFailed => {
                lines.extend(eta_line(parcel));
                Some(Topic::Reschedule)
            }
            DeliveryStatus::ReadyForPickup => {
                lines.push(Line::PickupNeeded);
                None
            }
            DeliveryStatus::Exception => {
                lines.extend(eta_line(parcel));
                Some(Topic::Human)
            }
            DeliveryStatus::Damaged
            | DeliveryStatus::Lost
            | DeliveryStatus::ReturningToSender
            | DeliveryStatus::ReturnedToSender => Some(Topic::Human),
            DeliveryStatus::Delivered => {
                lines.extend(self.where_left(parcel));
                lines.push(Line::OfferCase);
                None
            }
            DeliveryStatus::Cancelled => {
                lines.push(Line::NoActionNeeded);
                None
            }
            DeliveryStatus::Unknown => {
                lines.extend(eta_line(parcel));
                Some(Topic::Trace)
            }
        };
        Answered { lines, offer }
    }

    /// Where it was left, for a verified caller alone.
    fn where_left(&self, parcel: &Parcel<'_>) -> Option<Line> {
        if self.identity.level() < VerificationLevel::V2 {
            return None;
        }
        parcel.place_left().map(|place_left| Line::DeliveredNote { place_left })
    }
}

pub(super) fn status_of_parcels(order: &Arc<Order>, now: &LocalNow) -> Answered {
    let source = Source { order: Arc::clone(order), shipment: None, event: None };
    let count = u32::try_from(order.shipments.len()).unwrap_or(u32::MAX);
    let mut lines = vec![Line::ParcelCount { parcels: Sourced { value: Count(count), source } }];
    for (number, parcel) in (1..).zip(Parcel::all(order, now)).take(PARCELS_ALOUD_MAX) {
        let (ordinal, state) = (Ordinal(number), parcel.state());
        let day = if parcel.is_settled() { None } else { expected_day(&parcel) };
        lines.push(match day {
            Some(eta_day) => Line::ParcelStateDay { parcel: ordinal, state, eta_day },
            None => Line::ParcelState { parcel: ordinal, state },
        });
    }
    let worst = Parcel::all(order, now).find_map(|parcel| offer_for(parcel.status()));
    Answered { lines, offer: worst }
}

fn expected_day(parcel: &Parcel<'_>) -> Option<Sourced<crate::domain::dialogue::phrasebook::Day>> {
    match parcel.eta() {
        Eta::Window { day, .. } | Eta::Day(day) => Some(day),
        Eta::Days { to, .. } => Some(to),
        Eta::Passed(_) | Eta::Unknown => None,
    }
}

fn offer_for(status: DeliveryStatus) -> Option<Topic> {
    match status {
        DeliveryStatus::AttemptFailed => Some(Topic::Reschedule),
        DeliveryStatus::Exception
        | DeliveryStatus::Damaged
        | DeliveryStatus::Lost
        | DeliveryStatus::ReturningToSender
        | DeliveryStatus::ReturnedToSender => Some(Topic::Human),
        DeliveryStatus::Unknown => Some(Topic::Trace),
        DeliveryStatus::Created
        | DeliveryStatus::InTransit
        | DeliveryStatus::Customs
        | DeliveryStatus::Delayed
        | DeliveryStatus::AtLocalDepot
        | DeliveryStatus::OutForDelivery
        | DeliveryStatus::ReadyForPickup
        | DeliveryStatus::Delivered
        | DeliveryStatus::Cancelled => None,
    }
}

/// The day, then the one thing worth saying about it: late, silent for long, or nothing to worry about.
fn add_eta_and_meaning(parcel: &Parcel<'_>, lines: &mut Vec<Line>) -> Option<Topic> {
    lines.push(eta_line(parcel).unwrap_or(Line::EtaUnknown));
    match parcel.staleness() {
        Staleness::Unusual(usual_gap) => {
            lines.push(Line::StaleUnusual { usual_gap });
            return Some(Topic::Trace);
        }
        Staleness::Usual(usual_gap) => lines.push(late_line(parcel).unwrap_or(Line::StaleUsual { usual_gap })),
        Staleness::NotKnown => {
            let is_overdue = matches!(parcel.eta(), Eta::Passed(_));
            lines.push(late_line(parcel).unwrap_or(if is_overdue {
                Line::NoActionNeeded
            } else {
                Line::NothingNeeded
            }));
        }
    }
    None
}

/// When it should come, if the data says so.
pub(super) fn eta_line(parcel: &Parcel<'_>) -> Option<Line> {
    Some(match parcel.eta() {
        Eta::Window { day, window } => Line::EtaDayWindow { eta_day: day, eta_window: window },
        Eta::Day(eta_day) => Line::EtaDay { eta_day },
        Eta::Days { from, to } => Line::EtaDays { eta_from_day: from, eta_to_day: to },
        Eta::Passed(eta_day) => Line::EtaPassed { eta_day },
        Eta::Unknown => return None,
    })
}

/// That it is late against the promise, if it is.
pub(super) fn late_line(parcel: &Parcel<'_>) -> Option<Line> {
    match parcel.promise() {
        Promise::WillMiss(promised_day) => Some(Line::LateByPromise { promised_day }),
        Promise::Missed(promised_day) => Some(Line::PromisePassed { promised_day }),
        Promise::NotGiven | Promise::WillKeep(_) | Promise::Open(_) => None,
    }
}

/// What is happening, in one sentence, with as much as the data holds.
pub(super) fn what(parcel: &Parcel<'_>, now: &LocalNow) -> Line {
    let seen = parcel.last_seen();
    let day = || parcel.since().map(|(day, _)| day);
    match parcel.status() {
        DeliveryStatus::Created => match parcel.promise() {
            Promise::Missed(promised_day) => Line::StatusCreatedLate { promised_day },
            Promise::NotGiven | Promise::WillMiss(_) | Promise::WillKeep(_) | Promise::Open(_) => Line::StatusCreated,
        },
        DeliveryStatus::InTransit => seen.map_or(Line::StatusInTransit, |(place, day, time)| {
            Line::StatusInTransitSeen { last_scan_place: place, last_scan_day: day, last_scan_time: time }
        }),
        DeliveryStatus::Customs => seen.map_or(Line::StatusCustoms, |(place, day, _)| Line::StatusCustomsSeen {
            last_scan_place: place,
            last_scan_day: day,
        }),
        DeliveryStatus::Delayed => {
            parcel.reason().map_or(Line::StatusDelayedUnexplained, |reason| Line::StatusDelayed { reason })
        }
        DeliveryStatus::AtLocalDepot => Line::StatusAtLocalDepot,
        DeliveryStatus::OutForDelivery => match day() {
            Some(out_day) if out_day.value.0 < now.today() => Line::StatusOutForDeliverySince { out_day },
            Some(_) | None => Line::StatusOutForDelivery,
        },
        DeliveryStatus::AttemptFailed => match (day(), parcel.reason()) {
            (Some(attempt_day), Some(reason)) => Line::StatusAttemptFailed { attempt_day, reason },
            (Some(attempt_day), None) => Line::StatusAttemptFailedUnexplained { attempt_day },
            (None, _) => Line::StatusAttemptFailedUndated,
        },
        DeliveryStatus::ReadyForPickup => seen
            .map_or(Line::StatusReadyForPickup, |(place, _, _)| Line::StatusReadyForPickupAt { pickup_place: place }),
        DeliveryStatus::Exception => {
            parcel.reason().map_or(Line::StatusExceptionUnexplained, |reason| Line::StatusException { reason })
        }
        DeliveryStatus::Damaged => Line::StatusDamaged,
        DeliveryStatus::Lost => Line::StatusLost,
        DeliveryStatus::ReturningToSender => {
            parcel.reason().map_or(Line::StatusReturningUnexplained, |reason| Line::StatusReturning { reason })
        }
        DeliveryStatus::ReturnedToSender => {
            day().map_or(Line::StatusReturnedUndated, |returned_day| Line::StatusReturned { returned_day })
        }
        DeliveryStatus::Delivered => parcel.since().map_or(Line::StatusDeliveredUndated, |(day, time)| {
            Line::StatusDelivered { delivered_day: day, delivered_time: time }
        }),
        DeliveryStatus::Cancelled => Line::StatusCancelled,
        DeliveryStatus::Unknown => {
            parcel.last_news().map_or(Line::StatusUnknown, |last_scan_day| Line::StatusUnknownSince { last_scan_day })
        }
    }
}

//! O1: the delivery day has moved. The customer hears the new one, and says whether it suits.

use super::{Due, Go, OTHER_WAYS, PLAIN, Point, Scenario, Subject, Voicemail, on};
use crate::domain::call::Disposition;
use crate::domain::dialogue::parcel::Eta;
use crate::domain::dialogue::phrasebook::{Line, Phrase};
use crate::domain::dialogue::requests::Topic;
use crate::domain::dialogue::status::{eta_line, late_line, what};
use crate::domain::dialogue::understanding::Intent;
use crate::domain::orders::DeliveryStatus;

const STATUSES: &[DeliveryStatus] =
    &[DeliveryStatus::Delayed, DeliveryStatus::InTransit, DeliveryStatus::Customs, DeliveryStatus::AtLocalDepot];

pub(super) static FLOW: Scenario = Scenario {
    id: "O1_DELAYED",
    name: "delayed",
    about: Phrase::AboutDeliveryDay,
    voicemail: Voicemail::Neutral,
    pace: 100,
    due,
    news,
    points: &[DAY_SUITS],
    undecided: Disposition::StatusGiven,
    proof_settles: None,
};

const DAY_SUITS: Point = Point {
    ask: || Line::AskDaySuits,
    branches: &[
        on(&[Intent::RescheduleDelivery, Intent::ChooseDeliverySlot], &[Go::Request(Topic::Reschedule)]),
        on(&[Intent::DeliverEarlier, Intent::ExpediteRequest], &[Go::Request(Topic::Expedite)]),
        on(&[Intent::Affirm, Intent::ConfirmAvailability, Intent::NoPreference], &[Go::Settle(SETTLED)]),
        on(&[Intent::Acknowledge, Intent::NothingElse, Intent::Unsure], &[Go::Settle(SETTLED)]),
        on(&[Intent::Deny, Intent::NotAvailable], &[Go::Request(Topic::Reschedule)]),
        on(&[Intent::CancelOrder], &[Go::Request(Topic::Cancel)]),
    ],
    also: OTHER_WAYS,
    ..PLAIN
};

const SETTLED: Disposition = Disposition::DelayAcknowledged;

/// Without a new day there is nothing to call about.
fn due(subject: &Subject<'_>) -> Due {
    let Some(parcel) = subject.parcel(STATUSES) else { return Due::NoData };
    if !STATUSES.contains(&parcel.status()) {
        return Due::Overtaken;
    }
    match parcel.eta() {
        Eta::Window { .. } | Eta::Day(_) | Eta::Days { .. } => Due::Yes,
        Eta::Passed(_) | Eta::Unknown => Due::NoData,
    }
}

fn news(subject: &Subject<'_>) -> Vec<Line> {
    let Some(parcel) = subject.parcel(STATUSES) else { return Vec::new() };
    let mut lines = vec![what(&parcel, subject.now)];
    lines.extend(eta_line(&parcel));
    lines.extend(late_line(&parcel));
    lines.push(Line::NoActionNeeded);
    lines
}

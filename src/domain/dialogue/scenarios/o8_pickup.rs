//! O8: the parcel waits to be collected. Will it be, or should it wait longer or go elsewhere?

use super::{Due, Go, OTHER_WAYS, PLAIN, Point, Scenario, Subject, Voicemail, due_while, on};
use crate::domain::call::Disposition;
use crate::domain::dialogue::parcel::Eta;
use crate::domain::dialogue::phrasebook::{Line, Phrase};
use crate::domain::dialogue::requests::Topic;
use crate::domain::dialogue::status::what;
use crate::domain::dialogue::understanding::Intent;
use crate::domain::orders::DeliveryStatus;

const STATUSES: &[DeliveryStatus] = &[DeliveryStatus::ReadyForPickup];

pub(super) static FLOW: Scenario = Scenario {
    id: "O8_PICKUP",
    name: "pickup",
    about: Phrase::AboutParcelToCollect,
    voicemail: Voicemail::Neutral,
    pace: 100,
    due,
    news,
    points: &[WILL_COLLECT, WAIT_LONGER],
    undecided: Disposition::StatusGiven,
    proof_settles: None,
};

const WILL_COLLECT: Point = Point {
    ask: || Line::AskWillCollect,
    branches: &[
        on(
            &[Intent::Affirm, Intent::PickupPoint, Intent::ConfirmAvailability, Intent::Acknowledge],
            &[Go::Settle(Disposition::StatusGiven)],
        ),
        on(&[Intent::AlternateRecipient], &[Go::Request(Topic::Recipient)]),
        on(&[Intent::RescheduleDelivery, Intent::HoldAtDepot], &[Go::Request(Topic::HoldLonger)]),
        on(&[Intent::Deny, Intent::NotAvailable, Intent::Unsure], &[Go::Next]),
    ],
    also: OTHER_WAYS,
    ..PLAIN
};

const WAIT_LONGER: Point = Point {
    ask: || Line::AskWaitLonger,
    branches: &[
        on(&[Intent::Affirm, Intent::RescheduleDelivery], &[Go::Request(Topic::HoldLonger)]),
        on(&[Intent::Deny, Intent::NothingElse, Intent::Unsure], &[Go::Settle(Disposition::NoDecision)]),
    ],
    also: OTHER_WAYS,
    ..PLAIN
};

fn due(subject: &Subject<'_>) -> Due {
    due_while(subject, STATUSES)
}

fn news(subject: &Subject<'_>) -> Vec<Line> {
    let Some(parcel) = subject.parcel(STATUSES) else { return Vec::new() };
    let mut lines = vec![what(&parcel, subject.now)];
    if let Eta::Window { day, .. } | Eta::Day(day) | Eta::Days { to: day, .. } = parcel.eta() {
        lines.push(Line::PickupUntil { pickup_until_day: day });
    }
    lines
}

//! O6: an order of value is looked after: where it is, that a person is at hand, and that somebody will be there.

use super::o2_out_for_delivery::SOMEBODY_THERE;
use super::{Due, Go, OTHER_WAYS, PLAIN, Point, Scenario, Subject, Voicemail, due_while, on};
use crate::domain::call::Disposition;
use crate::domain::dialogue::phrasebook::{Line, Phrase};
use crate::domain::dialogue::requests::Topic;
use crate::domain::dialogue::status::{eta_line, what};
use crate::domain::dialogue::understanding::Intent;
use crate::domain::orders::DeliveryStatus;

const STATUSES: &[DeliveryStatus] = &[
    DeliveryStatus::Created,
    DeliveryStatus::InTransit,
    DeliveryStatus::AtLocalDepot,
    DeliveryStatus::Delayed,
    DeliveryStatus::OutForDelivery,
];

pub(super) static FLOW: Scenario = Scenario {
    id: "O6_HIGH_VALUE",
    name: "high_value",
    about: Phrase::AboutDelivery,
    // A message tells a thief what to wait for.
    voicemail: Voicemail::None,
    pace: 92,
    due,
    news,
    points: &[PRESENCE, SUITS],
    undecided: Disposition::StatusGiven,
    proof_settles: None,
};

const PRESENCE: Point = Point { applies: is_with_driver, ..SOMEBODY_THERE };

const SUITS: Point = Point {
    ask: || Line::AskDaySuits,
    branches: &[
        on(
            &[Intent::Affirm, Intent::Acknowledge, Intent::NoPreference, Intent::ConfirmAvailability],
            &[Go::Settle(Disposition::Reassured)],
        ),
        on(&[Intent::NothingElse, Intent::Unsure], &[Go::Settle(Disposition::Reassured)]),
        on(
            &[Intent::Deny, Intent::NotAvailable, Intent::RescheduleDelivery, Intent::ChooseDeliverySlot],
            &[Go::Request(Topic::Reschedule)],
        ),
        on(&[Intent::CallBeforeDelivery], &[Go::Request(Topic::CallBefore)]),
    ],
    also: OTHER_WAYS,
    ..PLAIN
};

fn due(subject: &Subject<'_>) -> Due {
    due_while(subject, STATUSES)
}

fn is_with_driver(subject: &Subject<'_>) -> bool {
    subject.has(&[DeliveryStatus::OutForDelivery])
}

fn news(subject: &Subject<'_>) -> Vec<Line> {
    let Some(parcel) = subject.parcel(STATUSES) else { return Vec::new() };
    let mut lines = vec![what(&parcel, subject.now)];
    lines.extend(eta_line(&parcel));
    lines.push(Line::PersonAtAnyTime);
    lines
}

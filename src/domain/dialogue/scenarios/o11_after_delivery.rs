//! O11: it was delivered. Did it come in good order, and how was it? Two short questions, answered by key if wished.

use super::{Due, Go, PLAIN, Point, Scenario, Subject, Voicemail, due_while, on};
use crate::domain::call::Disposition;
use crate::domain::dialogue::phrasebook::{Line, Phrase};
use crate::domain::dialogue::requests::Topic;
use crate::domain::dialogue::status::what;
use crate::domain::dialogue::understanding::Intent;
use crate::domain::hearing::{Awaited, DigitCount};
use crate::domain::orders::DeliveryStatus;

const STATUSES: &[DeliveryStatus] = &[DeliveryStatus::Delivered];

pub(super) static FLOW: Scenario = Scenario {
    id: "O11_AFTER_DELIVERY",
    name: "after_delivery",
    about: Phrase::AboutDelivery,
    voicemail: Voicemail::None,
    pace: 100,
    due,
    news,
    points: &[GOOD_ORDER, SCORE],
    undecided: Disposition::StatusGiven,
    proof_settles: None,
};

const GOOD_ORDER: Point = Point {
    ask: || Line::AskGoodOrder,
    branches: &[
        on(&[Intent::DeliveredNotReceived], &[Go::Request(Topic::NotReceived)]),
        on(&[Intent::DamagedItem], &[Go::Request(Topic::Damaged)]),
        on(&[Intent::WrongItem], &[Go::Request(Topic::WrongItem)]),
        on(&[Intent::MissingItem], &[Go::Request(Topic::MissingItem)]),
        on(&[Intent::Affirm, Intent::AlreadyReceived, Intent::Acknowledge], &[Go::Next]),
        on(&[Intent::Deny], &[Go::Request(Topic::NotReceived)]),
    ],
    ..PLAIN
};

/// The score itself is read from the digits before the branches are looked at.
const SCORE: Point = Point {
    ask: || Line::AskScore,
    choices: || Line::AskScore,
    awaited: Awaited::Digits(DigitCount { min: 1, max: 1 }),
    keys: &[],
    branches: &[on(&[Intent::Deny, Intent::NothingElse, Intent::Unsure], &[Go::Settle(Disposition::AlreadyDelivered)])],
    ..PLAIN
};

fn due(subject: &Subject<'_>) -> Due {
    due_while(subject, STATUSES)
}

fn news(subject: &Subject<'_>) -> Vec<Line> {
    let Some(parcel) = subject.parcel(STATUSES) else { return Vec::new() };
    vec![what(&parcel, subject.now)]
}

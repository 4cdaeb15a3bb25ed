//! O2: the parcel is with the driver. Somebody will be there, or it is said what to do instead.

use super::{Branch, Due, Go, OTHER_WAYS, PLAIN, Point, Scenario, Subject, Voicemail, due_while, on};
use crate::domain::call::Disposition;
use crate::domain::dialogue::phrasebook::{Line, Phrase};
use crate::domain::dialogue::requests::Topic;
use crate::domain::dialogue::status::{eta_line, what};
use crate::domain::dialogue::understanding::Intent;
use crate::domain::hearing::Awaited;
use crate::domain::orders::{DeliveryStatus, Payment};

const STATUSES: &[DeliveryStatus] = &[DeliveryStatus::OutForDelivery];

pub(super) const FLOW_NAME: &str = "out_for_delivery";

pub(super) static FLOW: Scenario = Scenario {
    id: "O2_OUT_FOR_DELIVERY",
    name: FLOW_NAME,
    about: Phrase::AboutDeliveryToday,
    voicemail: Voicemail::Neutral,
    pace: 100,
    due,
    news,
    points: &[SOMEBODY_THERE, WHAT_INSTEAD],
    undecided: Disposition::StatusGiven,
    proof_settles: None,
};

/// A day or a part of one named here means another time.
const ANOTHER_DAY: Branch = on(
    &[Intent::RescheduleDelivery, Intent::ChooseDeliverySlot, Intent::RequestReattempt],
    &[Go::Request(Topic::Reschedule)],
);

pub(super) const SOMEBODY_THERE: Point = Point {
    ask: || Line::AskSomebodyThere,
    branches: &[
        on(&[Intent::AlternateRecipient], &[Go::Request(Topic::Recipient)]),
        on(&[Intent::CallBeforeDelivery], &[Go::Request(Topic::CallBefore)]),
        on(&[Intent::AddLandmark, Intent::AccessInstructions], &[Go::Request(Topic::DeliveryNote)]),
        ANOTHER_DAY,
        on(&[Intent::Affirm, Intent::ConfirmAvailability], &[Go::Record(Topic::Available)]),
        on(&[Intent::Deny, Intent::NotAvailable], &[Go::Next]),
    ],
    also: OTHER_WAYS,
    ..PLAIN
};

const WHAT_INSTEAD: Point = Point {
    ask: || Line::AskWhatInstead,
    choices: || Line::WhatInsteadByKey,
    keys: &[("1", Intent::LeaveWithNeighbour), ("2", Intent::LeaveWithGuard), ("3", Intent::RescheduleDelivery)],
    awaited: Awaited::Choice,
    branches: &[
        on(
            &[
                Intent::RescheduleDelivery,
                Intent::ChooseDeliverySlot,
                Intent::RequestReattempt,
                Intent::NotAvailable,
                Intent::NoPreference,
            ],
            &[Go::Request(Topic::Reschedule)],
        ),
        on(&[Intent::ConfirmAvailability], &[Go::Record(Topic::Available)]),
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
    lines.extend(eta_line(&parcel));
    // The amount is for a verified ear; it is told when asked for.
    lines.extend((subject.order.payment == Payment::Cod).then_some(Line::PaymentAtDoor));
    lines
}

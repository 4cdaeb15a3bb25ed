//! O9: the order comes in several parcels. One call says what comes now and what comes later.

use super::{Due, Go, OTHER_WAYS, PLAIN, Point, Scenario, Subject, Voicemail, on};
use crate::domain::call::Disposition;
use crate::domain::dialogue::phrasebook::{Line, Phrase};
use crate::domain::dialogue::requests::Topic;
use crate::domain::dialogue::status::status_of_parcels;
use crate::domain::dialogue::understanding::Intent;

pub(super) static FLOW: Scenario = Scenario {
    id: "O9_SPLIT",
    name: "split",
    about: Phrase::AboutDelivery,
    voicemail: Voicemail::Neutral,
    pace: 100,
    due,
    news,
    points: &[ALL_RIGHT],
    undecided: Disposition::StatusGiven,
    proof_settles: None,
};

const ALL_RIGHT: Point = Point {
    ask: || Line::AskAllRight,
    branches: &[
        on(
            &[Intent::Affirm, Intent::Acknowledge, Intent::NothingElse, Intent::Unsure],
            &[Go::Settle(Disposition::StatusGiven)],
        ),
        on(&[Intent::Deny, Intent::NotAvailable, Intent::RescheduleDelivery], &[Go::Request(Topic::Reschedule)]),
        on(&[Intent::CancelOrder], &[Go::Request(Topic::Cancel)]),
    ],
    also: OTHER_WAYS,
    ..PLAIN
};

fn due(subject: &Subject<'_>) -> Due {
    if 1 < subject.order.shipments.len() { Due::Yes } else { Due::NoData }
}

fn news(subject: &Subject<'_>) -> Vec<Line> {
    status_of_parcels(subject.order, subject.now).lines
}

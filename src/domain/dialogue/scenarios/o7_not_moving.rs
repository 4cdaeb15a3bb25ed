//! O7: nothing was scanned for longer than usual. The customer hears what is known, and no day that is not.

use super::{Due, Go, PLAIN, Point, Scenario, Subject, Voicemail, on};
use crate::domain::call::Disposition;
use crate::domain::dialogue::parcel::Staleness;
use crate::domain::dialogue::phrasebook::{Line, Phrase};
use crate::domain::dialogue::requests::Topic;
use crate::domain::dialogue::status::{eta_line, what};
use crate::domain::dialogue::understanding::Intent;
use crate::domain::orders::DeliveryStatus;

const STATUSES: &[DeliveryStatus] =
    &[DeliveryStatus::InTransit, DeliveryStatus::Customs, DeliveryStatus::Delayed, DeliveryStatus::Unknown];

pub(super) const FLOW_NAME: &str = "not_moving";

pub(super) static FLOW: Scenario = Scenario {
    id: "O7_NOT_MOVING",
    name: FLOW_NAME,
    about: Phrase::AboutDelivery,
    voicemail: Voicemail::Neutral,
    pace: 100,
    due,
    news,
    points: &[LOOK_FOR_IT, ALL_RIGHT],
    undecided: Disposition::StatusGiven,
    proof_settles: None,
};

const LOOK_FOR_IT: Point = Point {
    applies: is_unusual,
    ask: || Line::OfferTrace,
    branches: &[
        on(&[Intent::Affirm, Intent::Acknowledge], &[Go::Record(Topic::Trace)]),
        on(&[Intent::Deny, Intent::NothingElse, Intent::Unsure], &[Go::Settle(Disposition::StatusGiven)]),
        on(&[Intent::CancelOrder], &[Go::Request(Topic::Cancel)]),
        on(&[Intent::RequestRefund], &[Go::Request(Topic::Refund)]),
    ],
    ..PLAIN
};

const ALL_RIGHT: Point = Point {
    ask: || Line::AskAllRight,
    branches: &[
        on(
            &[Intent::Affirm, Intent::Acknowledge, Intent::NothingElse, Intent::Unsure],
            &[Go::Settle(Disposition::Reassured)],
        ),
        on(&[Intent::Deny], &[Go::Person("not_reassured")]),
        on(&[Intent::CancelOrder], &[Go::Request(Topic::Cancel)]),
    ],
    ..PLAIN
};

fn due(subject: &Subject<'_>) -> Due {
    let Some(parcel) = subject.parcel(STATUSES) else { return Due::NoData };
    match (STATUSES.contains(&parcel.status()), parcel.staleness()) {
        (false, _) => Due::Overtaken,
        (true, Staleness::NotKnown) if parcel.status() != DeliveryStatus::Unknown => Due::Overtaken,
        (true, _) => Due::Yes,
    }
}

fn is_unusual(subject: &Subject<'_>) -> bool {
    subject.parcel(STATUSES).is_some_and(|parcel| {
        matches!(parcel.staleness(), Staleness::Unusual(_)) || parcel.status() == DeliveryStatus::Unknown
    })
}

fn news(subject: &Subject<'_>) -> Vec<Line> {
    let Some(parcel) = subject.parcel(STATUSES) else { return Vec::new() };
    let mut lines = vec![what(&parcel, subject.now)];
    match parcel.staleness() {
        Staleness::Unusual(usual_gap) => lines.push(Line::StaleUnusual { usual_gap }),
        Staleness::Usual(usual_gap) => lines.push(Line::StaleUsual { usual_gap }),
        Staleness::NotKnown => (),
    }
    lines.extend(eta_line(&parcel));
    lines
}

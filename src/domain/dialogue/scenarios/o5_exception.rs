//! O5: something stands in the way of the delivery. It is explained, and what is missing is collected.

use super::{Due, Go, OTHER_WAYS, PLAIN, Point, Scenario, Subject, Voicemail, due_while, on};
use crate::domain::call::{Disposition, VerificationLevel};
use crate::domain::dialogue::phrasebook::{Line, Phrase};
use crate::domain::dialogue::requests::Topic;
use crate::domain::dialogue::status::{eta_line, what};
use crate::domain::dialogue::understanding::Intent;
use crate::domain::hearing::Awaited;
use crate::domain::orders::DeliveryStatus;

const STATUSES: &[DeliveryStatus] = &[
    DeliveryStatus::Exception,
    DeliveryStatus::Damaged,
    DeliveryStatus::Lost,
    DeliveryStatus::ReturningToSender,
    DeliveryStatus::ReturnedToSender,
    DeliveryStatus::Customs,
];

pub(super) static FLOW: Scenario = Scenario {
    id: "O5_EXCEPTION",
    name: "exception",
    about: Phrase::AboutDeliveryProblem,
    voicemail: Voicemail::Neutral,
    pace: 100,
    due,
    news,
    points: &[WHICH_PART, PERSON_RINGS],
    undecided: Disposition::StatusGiven,
    proof_settles: None,
};

/// Only the flat, the building or a landmark: another street or town needs more proof than a voice can give.
const WHICH_PART: Point = Point {
    level: VerificationLevel::V2,
    applies: is_about_address,
    ask: || Line::AskAddressPart,
    choices: || Line::AskAddressPart,
    awaited: Awaited::Address,
    keys: &[],
    branches: &[
        on(&[Intent::ChangeAddress], &[Go::Request(Topic::AddressChange)]),
        on(&[Intent::AddLandmark, Intent::AccessInstructions], &[Go::Request(Topic::AddressPart)]),
        on(&[Intent::Unsure, Intent::CallbackLater, Intent::BusyNow], &[Go::Request(Topic::CallBackLater)]),
    ],
    also: OTHER_WAYS,
    ..PLAIN
};

const PERSON_RINGS: Point = Point {
    ask: || Line::OfferPerson,
    branches: &[
        on(&[Intent::RequestRefund], &[Go::Request(Topic::Refund)]),
        on(&[Intent::Affirm, Intent::SpeakToHuman], &[Go::Person("exception")]),
        on(
            &[Intent::Deny, Intent::NothingElse, Intent::Acknowledge, Intent::Unsure],
            &[Go::Settle(Disposition::StatusGiven)],
        ),
    ],
    also: OTHER_WAYS,
    ..PLAIN
};

fn due(subject: &Subject<'_>) -> Due {
    due_while(subject, STATUSES)
}

fn is_about_address(subject: &Subject<'_>) -> bool {
    let reason = subject.parcel(STATUSES).and_then(|parcel| parcel.reason());
    reason.is_some_and(|reason| {
        matches!(
            reason.value,
            Phrase::ReasonAddressIncomplete | Phrase::ReasonAddressWrong | Phrase::ReasonAddressNotFound
        )
    })
}

fn news(subject: &Subject<'_>) -> Vec<Line> {
    let Some(parcel) = subject.parcel(STATUSES) else { return Vec::new() };
    let mut lines = vec![what(&parcel, subject.now)];
    // What is lost, damaged or on its way back has no day any more.
    if matches!(parcel.status(), DeliveryStatus::Exception | DeliveryStatus::Customs) {
        lines.extend(eta_line(&parcel));
    }
    lines
}

//! O4: the courier could not hand it over. Is the reason right, and when is the next try?

use super::{Due, Go, OTHER_WAYS, PLAIN, Point, Scenario, Subject, Voicemail, due_while, on};
use crate::domain::call::Disposition;
use crate::domain::dialogue::phrasebook::{Line, Phrase};
use crate::domain::dialogue::requests::Topic;
use crate::domain::dialogue::status::what;
use crate::domain::dialogue::understanding::Intent;
use crate::domain::hearing::Awaited;
use crate::domain::orders::DeliveryStatus;

const STATUSES: &[DeliveryStatus] = &[DeliveryStatus::AttemptFailed];

pub(super) static FLOW: Scenario = Scenario {
    id: "O4_FAILED_ATTEMPT",
    name: "failed_attempt",
    about: Phrase::AboutNextTry,
    voicemail: Voicemail::Neutral,
    pace: 100,
    due,
    news,
    points: &[REASON_RIGHT, NEXT_TRY],
    undecided: Disposition::NoDecision,
    proof_settles: None,
};

/// What couriers note is often not what happened.
const REASON_RIGHT: Point = Point {
    applies: has_reason,
    ask: || Line::AskReasonRight,
    branches: &[
        on(&[Intent::RefuseDelivery, Intent::CancelOrder], &[Go::Request(Topic::RefuseDelivery)]),
        on(
            &[Intent::RescheduleDelivery, Intent::ChooseDeliverySlot, Intent::RequestReattempt],
            &[Go::CarrierReason { is_right: true }, Go::Request(Topic::Reschedule)],
        ),
        on(
            &[Intent::Deny, Intent::DisputeAttempt, Intent::Correction],
            &[Go::CarrierReason { is_right: false }, Go::Next, Go::Record(Topic::AttemptDisputed)],
        ),
        on(
            &[Intent::Affirm, Intent::Acknowledge, Intent::NotAvailable, Intent::Unsure],
            &[Go::CarrierReason { is_right: true }, Go::Next],
        ),
        on(&[Intent::RiderIssue, Intent::Complaint], &[Go::Next, Go::Beside(Topic::Complaint)]),
        on(
            &[Intent::AddLandmark, Intent::AccessInstructions],
            &[Go::CarrierReason { is_right: true }, Go::Next, Go::Beside(Topic::DeliveryNote)],
        ),
    ],
    also: OTHER_WAYS,
    ..PLAIN
};

pub(super) const NEXT_TRY: Point = Point {
    ask: || Line::AskNextTry,
    choices: || Line::AskDayAgain,
    awaited: Awaited::Date,
    keys: &[],
    branches: &[
        on(
            &[
                Intent::RescheduleDelivery,
                Intent::ChooseDeliverySlot,
                Intent::RequestReattempt,
                Intent::NotAvailable,
                Intent::NoPreference,
                Intent::ConfirmAvailability,
                Intent::Affirm,
            ],
            &[Go::Request(Topic::Reschedule)],
        ),
        on(&[Intent::ChangeAddress], &[Go::Request(Topic::AddressChange)]),
        on(&[Intent::AddLandmark, Intent::AccessInstructions], &[Go::Beside(Topic::DeliveryNote)]),
        on(&[Intent::Deny], &[Go::Request(Topic::RefuseDelivery)]),
        on(&[Intent::Unsure], &[Go::Request(Topic::CallBackLater)]),
    ],
    also: OTHER_WAYS,
    ..PLAIN
};

fn due(subject: &Subject<'_>) -> Due {
    due_while(subject, STATUSES)
}

fn has_reason(subject: &Subject<'_>) -> bool {
    subject.parcel(STATUSES).is_some_and(|parcel| parcel.reason().is_some())
}

fn news(subject: &Subject<'_>) -> Vec<Line> {
    let Some(parcel) = subject.parcel(STATUSES) else { return Vec::new() };
    vec![what(&parcel, subject.now)]
}

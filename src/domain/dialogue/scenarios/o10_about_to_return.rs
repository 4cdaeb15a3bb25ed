//! O10: one more failed try, and the parcel goes back. It is said plainly, and the last try is arranged.

use super::o4_failed_attempt::NEXT_TRY;
use super::{Due, Scenario, Subject, Voicemail, due_while};
use crate::domain::call::Disposition;
use crate::domain::dialogue::phrasebook::{Line, Phrase};
use crate::domain::dialogue::status::what;
use crate::domain::orders::DeliveryStatus;

const STATUSES: &[DeliveryStatus] = &[DeliveryStatus::AttemptFailed];

pub(super) static FLOW: Scenario = Scenario {
    id: "O10_ABOUT_TO_RETURN",
    name: "about_to_return",
    about: Phrase::AboutNextTry,
    voicemail: Voicemail::Neutral,
    pace: 100,
    due,
    news,
    points: &[NEXT_TRY],
    undecided: Disposition::NoDecision,
    proof_settles: None,
};

fn due(subject: &Subject<'_>) -> Due {
    due_while(subject, STATUSES)
}

fn news(subject: &Subject<'_>) -> Vec<Line> {
    let Some(parcel) = subject.parcel(STATUSES) else { return Vec::new() };
    vec![what(&parcel, subject.now), Line::LastTry]
}

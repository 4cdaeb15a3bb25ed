//! O12: the call back that was asked for. The customer says what it is about; the line is open to everything.

use super::{Due, Go, PLAIN, Point, Scenario, Subject, Voicemail, nothing, on};
use crate::domain::call::Disposition;
use crate::domain::dialogue::phrasebook::{Line, Phrase};
use crate::domain::dialogue::understanding::Intent;

pub(super) static FLOW: Scenario = Scenario {
    id: "O12_CALLBACK",
    name: "callback",
    about: Phrase::AboutCallback,
    voicemail: Voicemail::Neutral,
    pace: 100,
    due,
    news: nothing,
    points: &[STILL_WANTED],
    undecided: Disposition::NoDecision,
    proof_settles: None,
};

const STILL_WANTED: Point = Point {
    ask: || Line::AskStillHelp,
    branches: &[
        on(&[Intent::Affirm, Intent::Acknowledge], &[Go::OpenLine]),
        on(&[Intent::Deny, Intent::NothingElse], &[Go::Settle(Disposition::NoDecision)]),
    ],
    ..PLAIN
};

fn due(_: &Subject<'_>) -> Due {
    Due::Yes
}

//! O3: an order to be paid at the door is confirmed before it is sent: real wish, right address, amount known.

use super::{Branch, Due, Go, PLAIN, Point, Scenario, Subject, Voicemail, on};
use crate::domain::call::{Disposition, VerificationLevel};
use crate::domain::dialogue::phrasebook::{Amount, Count, Day, Line, Phrase, Source, Sourced};
use crate::domain::dialogue::requests::Topic;
use crate::domain::dialogue::understanding::Intent;
use crate::domain::orders::{DeliveryStatus, Payment};

pub(super) static FLOW: Scenario = Scenario {
    id: "O3_COD_CONFIRMATION",
    name: "cod_confirmation",
    about: Phrase::AboutOrderToConfirm,
    voicemail: Voicemail::None,
    pace: 100,
    due,
    news,
    points: &[AMOUNT_AND_SEND, STILL_WANTED],
    undecided: Disposition::CodUnconfirmed,
    // The proof asked for is a part of the address.
    proof_settles: Some(Disposition::AddressConfirmed),
};

const AMOUNT_AND_SEND: Point = Point {
    level: VerificationLevel::V2,
    before: amount,
    ask: || Line::AskSendIt,
    is_binding: true,
    branches: BRANCHES,
    ..PLAIN
};

/// For whoever will not or cannot prove who they are: the wish alone, without the amount.
const STILL_WANTED: Point = Point { ask: || Line::AskStillWanted, is_binding: true, branches: BRANCHES, ..PLAIN };

const BRANCHES: &[Branch] = &[
    on(&[Intent::DidNotOrder], &[Go::Request(Topic::NotOrdered)]),
    on(&[Intent::SwitchToPrepaid], &[Go::Request(Topic::PrepaidLink)]),
    on(&[Intent::DisputeAmount], &[Go::Request(Topic::Payment)]),
    on(
        &[Intent::CancelOrder, Intent::RefuseDelivery, Intent::RefuseCod, Intent::WontPay],
        &[Go::Request(Topic::CodCancel)],
    ),
    on(&[Intent::Affirm, Intent::ConfirmOrder], &[Go::Record(Topic::CodConfirm)]),
    on(&[Intent::Deny], &[Go::Request(Topic::CodCancel)]),
    on(&[Intent::Unsure, Intent::CallbackLater, Intent::BusyNow], &[Go::Request(Topic::CallBackLater)]),
];

/// Once it is paid or on its way, confirming it settles nothing.
fn due(subject: &Subject<'_>) -> Due {
    let order = subject.order;
    let is_wanted = order.payment == Payment::Cod && order.cancelled_at.is_none();
    let is_unsent = order.shipments.is_empty() || subject.has(&[DeliveryStatus::Created]);
    if is_wanted && is_unsent { Due::Yes } else { Due::Overtaken }
}

fn news(subject: &Subject<'_>) -> Vec<Line> {
    let source = || Source { order: std::sync::Arc::clone(subject.order), shipment: None, event: None };
    let placed = subject.now.zone.to_datetime(subject.order.placed_at).date();
    let order_day = Sourced { value: Day(placed), source: source() };
    let count: u32 = subject.order.items.iter().map(|item| item.quantity).sum();
    vec![match count {
        0 | 1 => Line::CodOrderPlaced { order_day },
        count => Line::CodOrderOfItems { order_day, items: Sourced { value: Count(count), source: source() } },
    }]
}

fn amount(subject: &Subject<'_>) -> Vec<Line> {
    let source = Source { order: std::sync::Arc::clone(subject.order), shipment: None, event: None };
    vec![Line::AmountDue { amount: Sourced { value: Amount(subject.order.total), source } }]
}

//! Answers to the questions a caller asks about an order; each may be asked, and is answered, without end.

use std::sync::Arc;

use crate::domain::dialogue::core::Dialogue;
use crate::domain::dialogue::meaning::Question;
use crate::domain::dialogue::parcel::{LocalNow, Parcel, Promise, Staleness};
use crate::domain::dialogue::phrasebook::{Amount, Count, Item, Line, Source, Sourced};
use crate::domain::dialogue::reply::Reply;
use crate::domain::dialogue::requests::Topic;
use crate::domain::dialogue::status::{Answered, eta_line, late_line};
use crate::domain::dialogue::step::Step;
use crate::domain::orders::{DeliveryStatus, Order, Payment};

impl Dialogue {
    /// Answers, then offers what fits, or asks what else there is; a request under way is taken up again.
    pub(super) fn answer_question(&mut self, question: Question, reply: &mut Reply) {
        let Some(order) = self.orders.chosen.clone() else { return };
        let answered = self.answer(question, &order, &self.local_now());
        reply.say_all(answered.lines);
        if self.draft().is_some() {
            self.ask_again(reply);
            return;
        }
        if self.has_errand() || self.parked.is_some() || self.is_purpose_open() {
            self.ask_what_else(reply);
            return;
        }
        let offer = answered.offer.filter(|topic| !self.habits.declined.contains(topic) && !self.has_kept(*topic));
        match offer {
            Some(topic) => {
                self.step = Step::Offered(topic);
                reply.say(offer_line(topic));
            }
            None => self.ask_what_else(reply),
        }
    }

    fn answer(&self, question: Question, order: &Arc<Order>, now: &LocalNow) -> Answered {
        // With several parcels each question is one about all of them.
        let mut parcels = Parcel::all(order, now);
        let only = match (parcels.next(), parcels.next()) {
            (Some(only), None) => Some(only),
            (_, _) => None,
        };
        match (question, only) {
            (Question::Contents, _) => said(contents(order)),
            (Question::Amount, _) => said(vec![amount(order)]),
            (Question::PaymentMeans, _) => said(vec![match order.payment {
                Payment::Cod => Line::PaymentMeansUnknown,
                Payment::Prepaid => Line::NoPaymentDue,
            }]),
            (Question::RiderContact, _) => said(vec![Line::RiderContactUnknown]),
            (Question::WhereLeft, Some(parcel)) => said(where_left(&parcel)),
            (Question::When, Some(parcel)) if !is_ended(&parcel) => said(when(&parcel)),
            (Question::IsLate, Some(parcel)) if !is_ended(&parcel) => said(is_late(&parcel)),
            (Question::Why, Some(parcel)) => {
                said(vec![parcel.reason().map_or(Line::ReasonUnknown, |reason| Line::ReasonKnown { reason })])
            }
            (Question::ActionNeeded, Some(parcel)) if is_on_its_way(parcel.status()) => {
                said(vec![match parcel.status() {
                    DeliveryStatus::OutForDelivery => Line::PersonNeededAtDoor,
                    _ => Line::NoActionNeeded,
                }])
            }
            (Question::NotMoving, Some(parcel)) if is_on_its_way(parcel.status()) => {
                self.not_moving(order, &parcel, now)
            }
            (Question::NotArrived, Some(_)) => {
                let mut answered = self.status_of(order, now);
                answered.offer = answered.offer.or(Some(Topic::AttemptDisputed));
                answered
            }
            (
                Question::Where
                | Question::When
                | Question::IsLate
                | Question::Why
                | Question::ActionNeeded
                | Question::NotMoving
                | Question::NotArrived
                | Question::Parcels
                | Question::WhereLeft,
                _,
            ) => self.status_of(order, now),
        }
    }

    fn not_moving(&self, order: &Arc<Order>, parcel: &Parcel<'_>, now: &LocalNow) -> Answered {
        let mut answered = self.status_of(order, now);
        match parcel.staleness() {
            Staleness::Usual(_) | Staleness::Unusual(_) => (),
            Staleness::NotKnown => answered.offer = answered.offer.or(Some(Topic::Trace)),
        }
        answered
    }
}

pub(super) fn offer_line(topic: Topic) -> Line {
    match topic {
        Topic::Reschedule => Line::OfferReschedule,
        Topic::Trace => Line::OfferTrace,
        Topic::Human => Line::OfferPerson,
        other => Line::ConfirmTopic { topic: other.spec().phrase },
    }
}

fn said(lines: Vec<Line>) -> Answered {
    Answered { lines, offer: None }
}

fn source(order: &Arc<Order>) -> Source {
    Source { order: Arc::clone(order), shipment: None, event: None }
}

fn contents(order: &Arc<Order>) -> Vec<Line> {
    let Some(first) = order.items.first() else { return vec![Line::ContentsUnknown] };
    let item = Sourced { value: Item(first.title.as_str().into()), source: source(order) };
    let more = u32::try_from(order.items.len() - 1).unwrap_or(u32::MAX);
    vec![match more {
        0 => Line::Contents { item },
        _ => Line::ContentsMore { item, more_items: Sourced { value: Count(more), source: source(order) } },
    }]
}

fn amount(order: &Arc<Order>) -> Line {
    let amount = Sourced { value: Amount(order.total), source: source(order) };
    match order.payment {
        Payment::Cod => Line::AmountDue { amount },
        Payment::Prepaid => Line::AmountPaid { amount },
    }
}

fn where_left(parcel: &Parcel<'_>) -> Vec<Line> {
    let mut lines: Vec<Line> = parcel
        .since()
        .filter(|_| parcel.status() == DeliveryStatus::Delivered)
        .map(|(day, time)| Line::StatusDelivered { delivered_day: day, delivered_time: time })
        .into_iter()
        .collect();
    lines.push(parcel.place_left().map_or(Line::DeliveredNoNote, |place_left| Line::DeliveredNote { place_left }));
    lines
}

fn when(parcel: &Parcel<'_>) -> Vec<Line> {
    let mut lines = vec![eta_line(parcel).unwrap_or(Line::EtaUnknown)];
    lines.extend(late_line(parcel));
    lines
}

fn is_late(parcel: &Parcel<'_>) -> Vec<Line> {
    let verdict = match parcel.promise() {
        Promise::WillMiss(promised_day) => Line::LateByPromise { promised_day },
        Promise::Missed(promised_day) => Line::PromisePassed { promised_day },
        Promise::WillKeep(promised_day) => Line::NotLate { promised_day },
        Promise::Open(_) => Line::LateUnknown,
        Promise::NotGiven => Line::NoPromisedDay,
    };
    let day = eta_line(parcel).unwrap_or(Line::EtaUnknown);
    match verdict {
        Line::LateByPromise { .. } => vec![day, verdict],
        verdict => vec![verdict, day],
    }
}

/// Nothing more comes: a question about the day is one about what happened.
fn is_ended(parcel: &Parcel<'_>) -> bool {
    parcel.is_settled() || matches!(parcel.status(), DeliveryStatus::Damaged | DeliveryStatus::Lost)
}

fn is_on_its_way(status: DeliveryStatus) -> bool {
    match status {
        DeliveryStatus::Created
        | DeliveryStatus::InTransit
        | DeliveryStatus::Customs
        | DeliveryStatus::Delayed
        | DeliveryStatus::AtLocalDepot
        | DeliveryStatus::OutForDelivery => true,
        DeliveryStatus::AttemptFailed
        | DeliveryStatus::ReadyForPickup
        | DeliveryStatus::Exception
        | DeliveryStatus::Damaged
        | DeliveryStatus::Lost
        | DeliveryStatus::ReturningToSender
        | DeliveryStatus::ReturnedToSender
        | DeliveryStatus::Delivered
        | DeliveryStatus::Cancelled
        | DeliveryStatus::Unknown => false,
    }
}

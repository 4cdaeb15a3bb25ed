//! A request takes shape: what is missing is asked for, what is complete is read back, and only a clear yes is a yes.

use jiff::civil::Date;

use crate::domain::dialogue::core::Dialogue;
use crate::domain::dialogue::meaning::{Answer, Question};
use crate::domain::dialogue::parcel::Parcel;
use crate::domain::dialogue::phrasebook::{Day, Line, Window};
use crate::domain::dialogue::reply::Reply;
use crate::domain::dialogue::requests::{Consent, Detail, Draft, Topic};
use crate::domain::dialogue::step::{Step, Then, Wish};
use crate::domain::dialogue::turn::Turn;
use crate::domain::dialogue::understanding::Intent;
use crate::domain::orders::{DeliveryStatus, Payment};

/// A day further off is a misunderstanding rather than a wish.
const DAYS_AHEAD_MAX: i32 = 31;
/// Fewer words may be a no to the question rather than its answer.
const TOLD_WORDS_MIN: usize = 3;
/// What is written where somebody will not say why.
const NO_REASON_GIVEN: &str = "no reason given";

impl Dialogue {
    pub(in crate::domain::dialogue) fn begin_request(&mut self, topic: Topic, turn: &Turn, reply: &mut Reply) {
        self.begin_request_with(topic, Some(turn), reply);
    }

    /// Begins a request with whatever the caller's own words already hold.
    pub(super) fn begin_request_with(&mut self, topic: Topic, turn: Option<&Turn>, reply: &mut Reply) {
        if let Some(question) = self.is_beside_the_point(topic) {
            self.answer_question(question, reply);
            return;
        }
        let order_ref = self.orders.chosen().map(|order| order.order_ref.clone());
        let mut draft = Draft::new(topic, order_ref);
        if let Some(turn) = turn {
            self.fill_from(&mut draft, turn);
        }
        if let Some(turn) = turn.filter(|_| draft.note.is_some()) {
            self.forget_told_in(turn);
        }
        let is_repeated = draft.is_complete() && self.has_kept_same(&draft);
        if is_repeated {
            reply.say(Line::AlreadyPassedOn);
            self.go_on(reply);
            return;
        }
        match topic {
            _ if self.sends_link(topic) => (),
            Topic::TrackingLink | Topic::PrepaidLink => reply.say(Line::NoLinks),
            Topic::AddressChange | Topic::ContactChange | Topic::Payment => reply.say(Line::NeedsPerson),
            Topic::Complaint | Topic::Damaged | Topic::WrongItem | Topic::MissingItem => reply.say(Line::Sympathy),
            _ => (),
        }
        let wanted = turn.filter(|_| topic.spec().detail == Detail::Day && draft.day.is_none());
        if let Some(day) = wanted.filter(|turn| !turn.is_away()).and_then(|turn| turn.day) {
            self.take_day(draft, day, turn.unwrap_or(&Turn::silent()), reply);
            return;
        }
        match turn.and_then(|turn| self.other_reading(&draft, turn)) {
            Some(other) => self.ask_which_reading(draft, other, reply),
            None => self.complete(draft, reply),
        }
    }

    /// Some wishes rest on a mistake about where the order is: then that is what the caller must hear.
    fn is_beside_the_point(&self, topic: Topic) -> Option<Question> {
        let order = self.orders.chosen().filter(|_| topic.spec().needs_order)?;
        let now = self.local_now();
        let is_delivered = Parcel::all(order, &now).any(|parcel| parcel.status() == DeliveryStatus::Delivered);
        let is_over = !order.shipments.is_empty() && Parcel::all(order, &now).all(|parcel| parcel.is_settled());
        if topic == Topic::PrepaidLink {
            return (order.payment == Payment::Prepaid).then_some(Question::PaymentMeans);
        }
        let is_wrong = match topic {
            Topic::NotReceived => !is_delivered,
            Topic::Reschedule
            | Topic::Expedite
            | Topic::CallBefore
            | Topic::DeliveryNote
            | Topic::SafePlace
            | Topic::Neighbour
            | Topic::Guard
            | Topic::Recipient
            | Topic::Pickup
            | Topic::Hold
            | Topic::Cancel
            | Topic::RefuseDelivery => is_over,
            _ => false,
        };
        is_wrong.then_some(Question::Where)
    }

    /// Asks for what is missing, reads back what is complete, records what needs no consent.
    pub(in crate::domain::dialogue) fn complete(&mut self, draft: Draft, reply: &mut Reply) {
        if !draft.is_complete() && self.is_beyond_keys(&draft) {
            self.call_person(Topic::Human, "language", Then::AnythingElse, reply);
            return;
        }
        if !draft.is_complete() {
            self.step = match draft.topic {
                Topic::NotReceived => Step::CheckedAround(Box::new(draft)),
                _ => Step::Detail(Box::new(draft)),
            };
            self.ask_again(reply);
            return;
        }
        match draft.topic.spec().consent {
            Consent::Given => self.save(draft, Then::AnythingElse, reply),
            Consent::ReadBack => {
                self.step = Step::Confirm(Box::new(draft));
                self.ask_again(reply);
            }
        }
    }

    pub(super) fn take_detail(&mut self, mut draft: Draft, turn: &Turn, reply: &mut Reply) -> bool {
        let detail = draft.topic.spec().detail;
        let is_same_wish = turn.wish().is_none_or(|wish| wish == Wish::Want(draft.topic));
        let is_day = detail == Detail::Day;
        if is_day
            && let Some(day) = turn.day.or_else(|| turn.has_answer(Answer::AnyIsFine).then(|| self.earliest_day()))
        {
            draft.window = turn.window.or(draft.window);
            self.forget_wish(Wish::Want(draft.topic));
            self.take_day(draft, day, turn, reply);
            return true;
        }
        let is_told = is_telling(detail, turn);
        if !is_same_wish && !is_told {
            return false;
        }
        if self.is_dropped(detail, is_told, turn) {
            self.forget_said();
            self.drop_draft(reply);
            return true;
        }
        if is_day || turn.text().is_empty() {
            draft.window = turn.window.or(draft.window);
            let has_window = draft.window.is_some();
            self.step = Step::Detail(Box::new(draft));
            if has_window {
                self.ask_again(reply);
            }
            return has_window;
        }
        self.forget_said();
        self.fill_note(&mut draft, turn);
        if detail == Detail::CancelReason && !is_told && self.is_withdrawn(turn) {
            draft.note = Some(NO_REASON_GIVEN.into());
        }
        match self.other_reading(&draft, turn) {
            Some(other) => self.ask_which_reading(draft, other, reply),
            None => self.complete(draft, reply),
        }
        true
    }

    /// Whether the request is given up instead of told about. "No" to "why?" only keeps the reason back.
    fn is_dropped(&self, detail: Detail, is_told: bool, turn: &Turn) -> bool {
        if detail == Detail::CancelReason {
            let is_kept = turn.intent_of(&[Intent::ConfirmOrder]) == Some(false);
            return is_kept || (!is_told && turn.has_answer(Answer::Yes));
        }
        !is_told && (self.is_withdrawn(turn) || turn.has_intent(Intent::AlreadyReceived))
    }

    pub(super) fn take_day(&mut self, mut draft: Draft, day: Date, turn: &Turn, reply: &mut Reply) {
        let other = turn.other_day.filter(|other| turn.day == Some(day) && self.day_fault(*other).is_none());
        match (self.day_fault(day), other) {
            (None, _) => {
                draft.day = Some(day);
                match self.other_reading(&draft, turn) {
                    Some(other) => self.ask_which_reading(draft, other, reply),
                    None => self.complete(draft, reply),
                }
            }
            (Some(_), Some(other)) => {
                draft.day = Some(other);
                self.complete(draft, reply);
            }
            (Some(fault), None) => {
                reply.say(fault);
                self.step = Step::Detail(Box::new(draft));
                self.ask_again(reply);
            }
        }
    }

    pub(super) fn day_fault(&self, day: Date) -> Option<Line> {
        let ahead = (day - self.local_now().today()).get_days();
        match ahead {
            ..=0 => Some(Line::DayPassed { day: Day(day) }),
            1..=DAYS_AHEAD_MAX => None,
            _ => Some(Line::DayNotServed),
        }
    }

    /// The same request as the words can also be understood: "next Friday" is one of two days.
    fn other_reading(&self, draft: &Draft, turn: &Turn) -> Option<Draft> {
        let other_day = turn.other_day.filter(|_| draft.day.is_some() && draft.day == turn.day);
        if let Some(day) = other_day.filter(|day| self.day_fault(*day).is_none()) {
            return Some(Draft { day: Some(day), ..draft.clone() });
        }
        let window = turn.other_window.filter(|_| draft.window.is_some() && draft.window == turn.window)?;
        let is_over = draft.day == Some(self.local_now().today()) && window.0 <= self.local_now().civil().time();
        (!is_over).then(|| Draft { window: Some(window), ..draft.clone() })
    }

    fn ask_which_reading(&mut self, first: Draft, second: Draft, reply: &mut Reply) {
        self.step = Step::WhichReading { first: Box::new(first), second: Box::new(second) };
        self.ask_again(reply);
    }

    /// Both readings, to choose from.
    pub(super) fn which_reading_line(first: &Draft, second: &Draft) -> Line {
        match (first.day, second.day, first.window, second.window) {
            (Some(first_day), Some(second_day), _, _) if first_day != second_day => {
                Line::WhichDay { first_day: Day(first_day), second_day: Day(second_day) }
            }
            (_, _, Some(one), Some(other)) => Line::WhichTime {
                first_window: Window { from: one.0, to: one.1 },
                second_window: Window { from: other.0, to: other.1 },
            },
            (_, _, _, _) => Line::AskDay,
        }
    }

    pub(super) fn take_which_reading(
        &mut self,
        (first, second): (Draft, Draft),
        turn: &Turn,
        reply: &mut Reply,
    ) -> bool {
        let by_place = turn.choice(self.setting.book.ordinals(), 2).map(|place| match place {
            0 => first.clone(),
            _ => second.clone(),
        });
        let is_named = |draft: &Draft, other: &Draft| {
            let by_day = draft.day != other.day && draft.day.is_some() && turn.day == draft.day;
            let by_date = draft.day != other.day && draft.day.is_some_and(|day| turn.speaks_of_date(day));
            let by_time = draft.window != other.window
                && draft.window.zip(turn.window).is_some_and(|(own, said)| said.0 <= own.0 && own.0 < said.1);
            by_day || by_date || by_time
        };
        let by_name = || match (is_named(&first, &second), is_named(&second, &first)) {
            (true, false) => Some(first.clone()),
            (false, true) => Some(second.clone()),
            (true, true) | (false, false) => None,
        };
        if let Some(meant) = by_place.or_else(by_name) {
            self.forget_wish(Wish::Want(meant.topic));
            self.complete(meant, reply);
            return true;
        }
        if self.is_withdrawn(turn) {
            let topic = first.topic;
            self.complete(Draft { day: None, window: None, note: None, ..first }, reply);
            self.forget_wish(Wish::Want(topic));
            return true;
        }
        false
    }

    /// Whether words that mean something else elsewhere are the detail that was asked for.
    pub(super) fn is_told_in(&self, turn: &Turn) -> bool {
        match &self.step {
            Step::Detail(draft) => is_telling(draft.topic.spec().detail, turn),
            _ => false,
        }
    }

    pub(in crate::domain::dialogue) fn is_withdrawn(&self, turn: &Turn) -> bool {
        [Answer::No, Answer::NothingElse, Answer::Unsure, Answer::DontKnow].into_iter().any(|no| turn.has_answer(no))
    }

    pub(super) fn drop_draft(&mut self, reply: &mut Reply) {
        reply.say(Line::NotChanged);
        self.ask_what_else(reply);
    }

    pub(super) fn take_checked_around(&mut self, mut draft: Draft, turn: &Turn, reply: &mut Reply) -> bool {
        if turn.has_intent(Intent::AlreadyReceived) {
            self.forget_said();
            self.habits.has_received = true;
            self.drop_draft(reply);
            return true;
        }
        let answer = match turn.answer() {
            Some((Answer::Yes | Answer::Acknowledge, _)) => true,
            Some((Answer::No | Answer::Unsure, _)) => false,
            Some(_) | None => return false,
        };
        self.forget_said();
        draft.has_checked_around = Some(answer);
        self.complete(draft, reply);
        true
    }

    /// What is asked for the missing part of a request.
    pub(super) fn detail_line(draft: &Draft) -> Line {
        match draft.topic.spec().detail {
            Detail::Day | Detail::None => Line::AskDay,
            Detail::Note => Line::AskNote,
            Detail::SafePlace => Line::AskSafePlace,
            Detail::Neighbour => Line::AskNeighbour,
            Detail::Recipient => Line::AskRecipient,
            Detail::WhatIsWrong => Line::AskWhatIsWrong,
            Detail::WhenToCall => Line::AskWhenToCall,
            Detail::CancelReason => Line::AskCancelReason,
            Detail::AddressPart => Line::AskAddressPart,
        }
    }
}

fn starts_as_question(text: &str) -> bool {
    const ASKING: &[&str] =
        &["what", "how", "when", "where", "why", "who", "which", "is", "are", "can", "could", "do", "does"];
    let first = text.split_whitespace().next().unwrap_or_default().to_lowercase();
    text.ends_with('?') || ASKING.contains(&first.trim_matches(|c: char| !c.is_alphanumeric()))
}

/// Whether the words are the detail itself, whatever else they could mean elsewhere: "I found it cheaper", "no lift".
///
/// A word or two may be a no; a question is answered first.
fn is_telling(detail: Detail, turn: &Turn) -> bool {
    let is_question = matches!(turn.wish(), Some(Wish::Ask(_)));
    let is_several_words = TOLD_WORDS_MIN <= turn.text().split_whitespace().count();
    match detail {
        Detail::None | Detail::Day => false,
        Detail::WhenToCall => turn.day.is_some() || turn.window.is_some(),
        // "The price" is a reason, and asks for nothing.
        Detail::CancelReason if !starts_as_question(turn.text()) => is_several_words || turn.wish().is_some(),
        Detail::Note
        | Detail::SafePlace
        | Detail::Neighbour
        | Detail::Recipient
        | Detail::WhatIsWrong
        | Detail::CancelReason
        | Detail::AddressPart => is_several_words && !is_question,
    }
}

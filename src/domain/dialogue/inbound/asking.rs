//! A request takes shape: what is missing is asked for, what is complete is read back, and only a clear yes is a yes.

use std::sync::Arc;

use jiff::ToSpan;
use jiff::civil::Date;

use crate::domain::dialogue::core::Dialogue;
use crate::domain::dialogue::meaning::{Answer, Question};
use crate::domain::dialogue::parcel::Parcel;
use crate::domain::dialogue::phrasebook::{Day, Line, Note, Phone, Window};
use crate::domain::dialogue::reply::Reply;
use crate::domain::dialogue::requests::{Consent, Detail, Draft, Topic};
use crate::domain::dialogue::step::{Step, Then, Wish};
use crate::domain::dialogue::turn::Turn;
use crate::domain::orders::DeliveryStatus;

/// A day further off is a misunderstanding rather than a wish.
const DAYS_AHEAD_MAX: i32 = 31;
/// A wish of so many words holds its own detail: "leave it with Mrs Rao next door".
const TELLING_WORDS_MIN: usize = 6;
/// Fewer words may be a no to the question rather than its answer.
const TOLD_WORDS_MIN: usize = 3;
/// The rest of a longer note is dropped.
const NOTE_CHARS_MAX: usize = 240;

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
        let is_repeated = draft.is_complete() && self.has_kept_same(&draft);
        if is_repeated {
            reply.say(Line::AlreadyPassedOn);
            self.go_on(reply);
            return;
        }
        match topic {
            Topic::TrackingLink | Topic::PrepaidLink => reply.say(Line::NoLinks),
            Topic::AddressChange | Topic::ContactChange | Topic::Payment => reply.say(Line::NeedsPerson),
            Topic::Complaint | Topic::Damaged | Topic::WrongItem | Topic::MissingItem => reply.say(Line::Sympathy),
            _ => (),
        }
        self.complete(draft, reply);
    }

    /// Some wishes rest on a mistake about where the order is: then that is what the caller must hear.
    fn is_beside_the_point(&self, topic: Topic) -> Option<Question> {
        let order = self.orders.chosen().filter(|_| topic.spec().needs_order)?;
        let now = self.local_now();
        let is_delivered = Parcel::all(order, &now).any(|parcel| parcel.status() == DeliveryStatus::Delivered);
        let is_over = !order.shipments.is_empty() && Parcel::all(order, &now).all(|parcel| parcel.is_settled());
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

    fn fill_from(&self, draft: &mut Draft, turn: &Turn) {
        match draft.topic.spec().detail {
            Detail::Day => {
                draft.window = turn.window;
                let any = || turn.has_answer(Answer::AnyIsFine).then(|| self.earliest_day());
                draft.day = turn.day.or_else(any).filter(|day| self.day_fault(*day).is_none());
            }
            Detail::Note
            | Detail::SafePlace
            | Detail::Neighbour
            | Detail::Recipient
            | Detail::WhatIsWrong
            | Detail::AddressPart => {
                if TELLING_WORDS_MIN <= turn.text().split_whitespace().count() {
                    draft.note = Some(note_of(turn));
                }
            }
            Detail::WhenToCall => self.fill_time(draft, turn),
            // "I don't want it" is no reason yet.
            Detail::None | Detail::CancelReason => (),
        }
    }

    /// When to ring: the words as they were said, and the moment if they name one.
    fn fill_time(&self, draft: &mut Draft, turn: &Turn) {
        if turn.day.is_none() && turn.window.is_none() {
            return;
        }
        let now = self.local_now().civil();
        let is_over = turn.window.is_some_and(|(from, _)| from <= now.time());
        let coming = if is_over { self.earliest_day() } else { now.date() };
        draft.note = Some(note_of(turn));
        draft.day = Some(turn.day.unwrap_or(coming)).filter(|day| now.date() <= *day);
        draft.window = turn.window;
    }

    /// Asks for what is missing, reads back what is complete, records what needs no consent.
    fn complete(&mut self, draft: Draft, reply: &mut Reply) {
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
        let is_same_wish = turn.wish().is_none_or(|wish| wish == Wish::Want(draft.topic));
        let is_day = draft.topic.spec().detail == Detail::Day;
        if is_day
            && let Some(day) = turn.day.or_else(|| turn.has_answer(Answer::AnyIsFine).then(|| self.earliest_day()))
        {
            draft.window = turn.window.or(draft.window);
            self.take_day(draft, day, reply);
            return true;
        }
        let is_told = is_telling(draft.topic.spec().detail, turn);
        if !is_same_wish && !is_told {
            return false;
        }
        if self.is_withdrawn(turn) && !is_told {
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
        draft.note = Some(note_of(turn));
        if draft.topic.spec().detail == Detail::WhenToCall {
            self.fill_time(&mut draft, turn);
        }
        self.complete(draft, reply);
        true
    }

    fn take_day(&mut self, mut draft: Draft, day: Date, reply: &mut Reply) {
        match self.day_fault(day) {
            None => {
                draft.day = Some(day);
                self.complete(draft, reply);
            }
            Some(fault) => {
                reply.say(fault);
                self.step = Step::Detail(Box::new(draft));
                self.ask_again(reply);
            }
        }
    }

    fn day_fault(&self, day: Date) -> Option<Line> {
        let ahead = (day - self.local_now().today()).get_days();
        match ahead {
            ..=0 => Some(Line::DayPassed { day: Day(day) }),
            1..=DAYS_AHEAD_MAX => None,
            _ => Some(Line::DayNotServed),
        }
    }

    fn earliest_day(&self) -> Date {
        let today = self.local_now().today();
        today.checked_add(1.day()).unwrap_or(today)
    }

    pub(in crate::domain::dialogue) fn is_withdrawn(&self, turn: &Turn) -> bool {
        [Answer::No, Answer::NothingElse, Answer::Unsure, Answer::DontKnow].into_iter().any(|no| turn.has_answer(no))
    }

    pub(super) fn drop_draft(&mut self, reply: &mut Reply) {
        reply.say(Line::NotChanged);
        self.ask_what_else(reply);
    }

    pub(super) fn take_checked_around(&mut self, mut draft: Draft, turn: &Turn, reply: &mut Reply) -> bool {
        let answer = match turn.answer() {
            Some((Answer::Yes | Answer::Acknowledge, _)) => true,
            Some((Answer::No | Answer::Unsure, _)) => false,
            Some(_) | None => return false,
        };
        draft.has_checked_around = Some(answer);
        self.complete(draft, reply);
        true
    }

    pub(super) fn take_confirm(&mut self, mut draft: Draft, turn: &Turn, reply: &mut Reply) -> bool {
        let has_day = draft.topic.spec().detail == Detail::Day;
        if has_day && let Some(day) = turn.day.filter(|day| Some(*day) != draft.day) {
            draft.window = turn.window.or(draft.window);
            self.take_day(draft, day, reply);
            return true;
        }
        if has_day && turn.window.is_some() && turn.window != draft.window {
            draft.window = turn.window;
            self.complete(draft, reply);
            return true;
        }
        let other_wish = turn.wish().filter(|wish| *wish != Wish::Want(draft.topic));
        match turn.answer() {
            Some((Answer::Yes, false)) => {
                self.wish = other_wish;
                self.save(draft, Then::AnythingElse, reply);
            }
            Some((Answer::Yes | Answer::Acknowledge, _)) => reply.say(Line::SayYesOrNo),
            Some((Answer::No | Answer::Correction, _)) if other_wish.is_none() => self.correct(draft, reply),
            Some((Answer::No | Answer::Correction, _)) => {
                reply.say(Line::NotChanged);
                self.step = Step::AnythingElse;
                return false;
            }
            Some((Answer::NothingElse | Answer::Unsure | Answer::DontKnow | Answer::Refuse, _)) => {
                self.drop_draft(reply);
            }
            Some((Answer::AnyIsFine | Answer::Several, _)) | None => return false,
        }
        true
    }

    /// "No" to what was read back: the detail is asked again; without one, nothing is changed.
    fn correct(&mut self, mut draft: Draft, reply: &mut Reply) {
        match draft.topic.spec().detail {
            Detail::None if draft.phone.is_some() => {
                draft.phone = None;
                self.step = Step::Phone(Box::new(draft));
                self.ask_again(reply);
            }
            Detail::None => self.drop_draft(reply),
            Detail::Day => {
                (draft.day, draft.window) = (None, None);
                self.complete(draft, reply);
            }
            Detail::Note
            | Detail::SafePlace
            | Detail::Neighbour
            | Detail::Recipient
            | Detail::WhatIsWrong
            | Detail::WhenToCall
            | Detail::CancelReason
            | Detail::AddressPart => {
                draft.note = None;
                self.complete(draft, reply);
            }
        }
    }

    pub(super) fn take_offered(&mut self, topic: Topic, turn: &Turn, reply: &mut Reply) -> bool {
        if turn.wish().is_some_and(|wish| wish != Wish::Want(topic)) {
            return false;
        }
        if topic == Topic::Reschedule && turn.day.is_some() {
            self.begin_request(topic, turn, reply);
            return true;
        }
        match turn.answer() {
            Some((Answer::Yes, false)) => self.accept_offer(topic, turn, reply),
            Some((Answer::Yes | Answer::Acknowledge, _)) => reply.say(Line::SayYesOrNo),
            Some((Answer::NothingElse, _)) => self.close(reply),
            Some((Answer::No | Answer::Unsure | Answer::DontKnow | Answer::Refuse, _)) => {
                self.habits.declined.push(topic);
                self.ask_what_else(reply);
            }
            Some((Answer::AnyIsFine | Answer::Correction | Answer::Several, _)) | None => return false,
        }
        true
    }

    fn accept_offer(&mut self, topic: Topic, turn: &Turn, reply: &mut Reply) {
        if topic == Topic::Reschedule {
            self.begin_request(topic, turn, reply);
            return;
        }
        let order_ref = self.orders.chosen().map(|order| order.order_ref.clone());
        self.save(Draft::new(topic, order_ref), Then::AnythingElse, reply);
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

    /// The request in the agent's words, for a yes or a no.
    pub(super) fn read_back(draft: &Draft) -> Line {
        if let Some(phone) = &draft.phone {
            return Line::ConfirmPhone { phone: Phone(phone.clone()) };
        }
        match (draft.topic, draft.day, draft.window) {
            (Topic::CallBackLater, Some(day), Some((from, to))) => {
                return Line::ConfirmCallDayWindow { day: Day(day), window: Window { from, to } };
            }
            (Topic::CallBackLater, Some(day), None) => return Line::ConfirmCallDay { day: Day(day) },
            _ => (),
        }
        let is_reason = draft.topic.spec().detail == Detail::CancelReason;
        if let Some(note) = draft.note.as_ref().filter(|_| !is_reason) {
            return Line::ConfirmNote { note: Note(Arc::clone(note)) };
        }
        match (draft.day, draft.window) {
            (Some(day), Some((from, to))) => Line::ConfirmDayWindow { day: Day(day), window: Window { from, to } },
            (Some(day), None) => Line::ConfirmDay { day: Day(day) },
            (None, _) if draft.topic == Topic::NotReceived => Line::ConfirmCase,
            (None, _) => Line::ConfirmTopic { topic: draft.topic.spec().phrase },
        }
    }
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
        Detail::Note
        | Detail::SafePlace
        | Detail::Neighbour
        | Detail::Recipient
        | Detail::WhatIsWrong
        | Detail::CancelReason
        | Detail::AddressPart => is_several_words && !is_question,
    }
}

fn note_of(turn: &Turn) -> Arc<str> {
    turn.text().chars().take(NOTE_CHARS_MAX).collect::<String>().into()
}

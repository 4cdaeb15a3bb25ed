//! What is complete is read back, and only a clear yes is a yes; what is offered is done on a yes.

use std::sync::Arc;

use crate::domain::dialogue::core::Dialogue;
use crate::domain::dialogue::meaning::Answer;
use crate::domain::dialogue::phrasebook::{Day, Line, Note, Phone, Window};
use crate::domain::dialogue::reply::Reply;
use crate::domain::dialogue::requests::{Detail, Draft, Topic};
use crate::domain::dialogue::step::{Step, Then, Wish};
use crate::domain::dialogue::turn::Turn;

impl Dialogue {
    pub(super) fn take_confirm(&mut self, mut draft: Draft, turn: &Turn, reply: &mut Reply) -> bool {
        let has_day = draft.topic.spec().detail == Detail::Day;
        if has_day && let Some(day) = turn.day.filter(|day| Some(*day) != draft.day) {
            draft.window = turn.window.or(draft.window);
            self.forget_wish(Wish::Want(draft.topic));
            self.take_day(draft, day, turn, reply);
            return true;
        }
        if has_day && turn.window.is_some() && turn.window != draft.window {
            draft.window = turn.window;
            self.complete(draft, reply);
            return true;
        }
        self.forget_wish(Wish::Want(draft.topic));
        let has_other = turn.wishes().iter().any(|said| !Wish::Want(draft.topic).has_in_it(said.wish));
        match turn.answer() {
            Some((Answer::Yes, false)) => self.save(draft, Then::AnythingElse, reply),
            Some((Answer::Yes | Answer::Acknowledge, _)) => self.ask_for_clear_answer(reply),
            Some((Answer::No | Answer::Correction, _)) if !has_other => self.correct(draft, reply),
            Some((Answer::No | Answer::Correction, _)) => {
                reply.say(Line::NotChanged);
                self.step = Step::AnythingElse;
                return self.take_up_said(reply);
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
            Detail::None | Detail::CancelReason => self.drop_draft(reply),
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
            | Detail::AddressPart => {
                (draft.note, draft.gist, draft.day, draft.window) = (None, None, None, None);
                draft.values.clear();
                self.complete(draft, reply);
            }
        }
    }

    pub(super) fn take_offered(&mut self, topic: Topic, turn: &Turn, reply: &mut Reply) -> bool {
        let is_yes = turn.answer() == Some((Answer::Yes, false));
        self.forget_wish(Wish::Want(topic));
        if !is_yes && turn.wish().is_some_and(|wish| !Wish::Want(topic).has_in_it(wish)) {
            return false;
        }
        if topic == Topic::Reschedule && turn.day.is_some() {
            self.begin_request(topic, turn, reply);
            return true;
        }
        match turn.answer() {
            Some((Answer::Yes, false)) => self.accept_offer(topic, turn, reply),
            Some((Answer::Yes | Answer::Acknowledge, _)) => self.ask_for_clear_answer(reply),
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

    /// The request in the agent's words, for a yes or a no.
    pub(super) fn read_back(draft: &Draft) -> Line {
        let new_phone = draft.values.iter().find(|(name, _)| *name == "new_phone");
        let new_phone = new_phone.and_then(|(_, number)| number.reveal().parse().ok());
        if let Some(phone) = draft.phone.clone().or(new_phone) {
            return Line::ConfirmPhone { phone: Phone(phone) };
        }
        match (draft.topic, draft.day, draft.window) {
            (Topic::CallBackLater, Some(day), Some((from, to))) => {
                return Line::ConfirmCallDayWindow { day: Day(day), window: Window { from, to } };
            }
            (Topic::CallBackLater, Some(day), None) => return Line::ConfirmCallDay { day: Day(day) },
            (_, _, _) => (),
        }
        let is_reason = draft.topic.spec().detail == Detail::CancelReason;
        if let Some(note) = draft.gist.as_ref().or(draft.note.as_ref()).filter(|_| !is_reason) {
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

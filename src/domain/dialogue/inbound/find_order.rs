//! Finds the order: by the calling number, by its reference, by postcode and name; then a person has to.

use std::sync::Arc;

use super::{NumberSearch, Search};
use crate::domain::dialogue::core::Dialogue;
use crate::domain::dialogue::meaning::Answer;
use crate::domain::dialogue::phrasebook::{Line, Rewording};
use crate::domain::dialogue::proof::Factor;
use crate::domain::dialogue::reply::Reply;
use crate::domain::dialogue::requests::Topic;
use crate::domain::dialogue::step::{Step, Then, Wish};
use crate::domain::dialogue::turn::{Compared, Turn};
use crate::domain::dialogue::{DialogueCommand, OrderQuery};
use crate::domain::orders::Order;
use crate::domain::values::RequestId;

/// Order numbers that were not found, before another way is tried.
const REFERENCE_TRIES_MAX: u8 = 2;

impl Dialogue {
    /// Finds an order for a wish, or asks for what is needed to find it.
    pub(super) fn find_order(&mut self, wish: Wish, reply: &mut Reply) {
        match self.orders.by_number {
            NumberSearch::Running(request) => {
                self.step = Step::Looking { request };
                reply.is_awaiting_anew = true;
            }
            NumberSearch::Failed => {
                self.look_up_by_number(reply);
                self.find_order(wish, reply);
            }
            NumberSearch::NotStarted | NumberSearch::Done => {
                if self.orders.found.is_empty() {
                    self.step = Step::Reference;
                    reply.say(Line::AskReference);
                } else {
                    self.ask_which_order(wish, reply);
                }
            }
        }
    }

    pub(in crate::domain::dialogue) fn take_orders(
        &mut self,
        request: RequestId,
        orders: &[Arc<Order>],
        reply: &mut Reply,
    ) {
        if self.take_order_again(request, orders, reply) {
            return;
        }
        if self.orders.by_number == NumberSearch::Running(request) {
            self.orders.by_number = NumberSearch::Done;
            self.orders.found = orders.into();
            self.note_single_order();
            self.resume_after(request, reply);
        } else if let Some((_, search)) = self.orders.search.take_if(|(open, _)| *open == request) {
            match search {
                Search::Reference => self.take_by_reference(orders, reply),
                Search::Postcode => {
                    self.step = Step::NameToFind { candidates: orders.into() };
                    reply.say(Line::AskNameToFind);
                }
            }
        }
    }

    /// With one order in progress there is nothing to ask: what is said about it can be made ready.
    fn note_single_order(&mut self) {
        if let [only] = self.candidates(None).as_slice() {
            let only = Arc::clone(only);
            self.choose(&only);
            self.orders.is_by_default = true;
        }
    }

    fn resume_after(&mut self, request: RequestId, reply: &mut Reply) {
        match self.step {
            Step::Looking { request: awaited } if awaited == request => self.go_on(reply),
            _ => reply.is_awaiting_anew = true,
        }
    }

    fn take_by_reference(&mut self, orders: &[Arc<Order>], reply: &mut Reply) {
        match orders {
            [order] => {
                self.orders.tries_failed = 0;
                self.choose(order);
                self.identity.pass(Factor::Reference);
                self.go_on(reply);
            }
            [] => self.miss_reference(reply),
            [_, _, ..] => self.ask_postcode_to_find(reply),
        }
    }

    fn miss_reference(&mut self, reply: &mut Reply) {
        self.orders.tries_failed += 1;
        reply.say(Line::ReferenceNotFound);
        if self.orders.tries_failed < REFERENCE_TRIES_MAX {
            self.step = Step::Reference;
            reply.say(Line::AskReferenceAgain);
        } else {
            self.ask_postcode_to_find(reply);
        }
    }

    fn ask_postcode_to_find(&mut self, reply: &mut Reply) {
        if self.orders.has_tried_postcode {
            self.give_up_finding(reply);
            return;
        }
        self.orders.has_tried_postcode = true;
        self.step = Step::PostcodeToFind;
        reply.say(Line::AskPostcodeToFind);
    }

    fn give_up_finding(&mut self, reply: &mut Reply) {
        reply.say(Line::OrderNotFound);
        self.call_person(Topic::Human, "order_not_found", Then::AnythingElse, reply);
    }

    pub(in crate::domain::dialogue) fn miss_orders(&mut self, request: RequestId, reply: &mut Reply) {
        if self.miss_order_again(request, reply) {
            return;
        }
        if self.orders.by_number == NumberSearch::Running(request) {
            self.orders.by_number = NumberSearch::Failed;
        } else if self.orders.search.take_if(|(open, _)| *open == request).is_none() {
            return;
        }
        if matches!(self.step, Step::Looking { request: awaited } if awaited == request) {
            reply.say(Line::LookupFailed);
            self.call_person(Topic::Human, "lookup_failed", Then::AnythingElse, reply);
        }
    }

    pub(in crate::domain::dialogue) fn keep_waiting(&self, request: RequestId, reply: &mut Reply) {
        match self.step {
            Step::Looking { request: awaited } if awaited == request => reply.say(Line::StillLooking),
            Step::Saving { request: awaited, .. } | Step::OptOutSaving { request: awaited } if awaited == request => {
                reply.say(Line::Saving);
            }
            _ => (),
        }
    }

    pub(super) fn take_reference(&mut self, turn: &Turn, reply: &mut Reply) -> bool {
        let readings = turn.references();
        if !readings.is_empty() {
            self.look_up_reference(readings, reply);
            return true;
        }
        // "I don't have it" is about the number here, even where the words alone could be about a parcel.
        let has_none = turn.wish() == Some(Wish::Want(Topic::NotReceived));
        if has_none || has_not_got_it(turn) || turn.has_answer(Answer::No) {
            self.forget_said();
            self.ask_postcode_to_find(reply);
            return true;
        }
        self.repeat_for_wish(turn, reply)
    }

    /// What the caller wants is clear already; only the number is missing.
    fn repeat_for_wish(&mut self, turn: &Turn, reply: &mut Reply) -> bool {
        let Some(wish) = turn.wish() else { return false };
        let needs_order = match wish {
            Wish::Ask(_) => true,
            Wish::Want(topic) => topic.spec().needs_order,
        };
        if needs_order {
            self.forget_wish(wish);
            if let Some(open) = self.wish.take().filter(|open| *open != wish) {
                self.put_off(open, wish);
            }
            self.wish = Some(wish);
            if let Wish::Want(_) = wish {
                self.habits.carried = Some(Box::new(turn.clone()));
            }
            reply.rewording = Rewording::Short;
            self.ask_again(reply);
        }
        needs_order
    }

    pub(super) fn look_up_reference(&mut self, readings: Vec<String>, reply: &mut Reply) {
        if let Some(order) = self.orders.found.iter().find(|order| is_read_as(order, &readings)).cloned() {
            self.choose(&order);
            self.identity.pass(Factor::Reference);
            self.go_on(reply);
            return;
        }
        self.look_up(Search::Reference, OrderQuery::ByReference(readings), reply);
    }

    fn look_up(&mut self, search: Search, query: OrderQuery, reply: &mut Reply) {
        let request = self.next_request();
        self.orders.search = Some((request, search));
        self.step = Step::Looking { request };
        reply.is_awaiting_anew = true;
        reply.order(DialogueCommand::LookUp { request, query });
    }

    pub(super) fn take_postcode_to_find(&mut self, turn: &Turn, reply: &mut Reply) -> bool {
        let readings = turn.postcodes();
        if !readings.is_empty() {
            self.look_up(Search::Postcode, OrderQuery::ByPostcode(readings), reply);
            return true;
        }
        if has_not_got_it(turn) || turn.has_answer(Answer::Refuse) {
            self.give_up_finding(reply);
            return true;
        }
        self.repeat_for_wish(turn, reply)
    }

    pub(super) fn take_name_to_find(&mut self, candidates: &[Arc<Order>], turn: &Turn, reply: &mut Reply) -> bool {
        if turn.has_answer(Answer::Refuse) {
            self.give_up_finding(reply);
            return true;
        }
        if turn.wish().is_some() {
            return self.repeat_for_wish(turn, reply);
        }
        if turn.text().is_empty() {
            return false;
        }
        let compared =
            |wanted| candidates.iter().find(move |order| turn.compare_name(order.customer.name.reveal()) == wanted);
        let named = compared(Compared::Right);
        if named.is_none() && self.habits.misses == 0 && compared(Compared::Unclear).is_some() {
            // Near to one of them, or badly heard: worth asking once more.
            return false;
        }
        match named.cloned() {
            Some(order) => {
                self.choose(&order);
                self.identity.pass(Factor::Postcode);
                self.identity.pass(Factor::Name);
                self.go_on(reply);
            }
            None => {
                self.identity.fail(Factor::Name);
                self.give_up_finding(reply);
            }
        }
        true
    }
}

/// "I don't have it", or no more than "I don't know".
fn has_not_got_it(turn: &Turn) -> bool {
    turn.has_answer(Answer::DontKnow) || turn.has_answer(Answer::Unsure)
}

fn is_read_as(order: &Order, readings: &[String]) -> bool {
    let written: String = order.order_ref.0.chars().filter(char::is_ascii_alphanumeric).collect();
    let digits: String = written.chars().filter(char::is_ascii_digit).collect();
    readings.iter().any(|reading| *reading == written.to_ascii_uppercase() || *reading == digits)
}

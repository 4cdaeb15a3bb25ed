//! Asks for proof, one thing at a time, when and only when the wish needs it; never says which part was wrong.

use crate::domain::dialogue::core::Dialogue;
use crate::domain::dialogue::meaning::{Answer, Aside, Question};
use crate::domain::dialogue::phrasebook::Line;
use crate::domain::dialogue::proof::Factor;
use crate::domain::dialogue::reply::Reply;
use crate::domain::dialogue::requests::Topic;
use crate::domain::dialogue::step::{Step, Then, Wish};
use crate::domain::dialogue::turn::{Compared, Turn};

/// A no, or a "why?", in more words than this says something of its own.
const BARE_WORDS_MAX: usize = 3;

impl Dialogue {
    /// Asks for the next proof, or gives the call to a person when there is none left.
    pub(in crate::domain::dialogue) fn ask_proof(&mut self, reply: &mut Reply) {
        if self.identity.is_third_party {
            self.wish = None;
            self.forget_errands();
            reply.say(Line::ThirdParty);
            self.ask_what_else(reply);
            return;
        }
        let Some(factor) = self.identity.next_factor(&self.available_factors()) else {
            self.give_up_proof(reply);
            return;
        };
        if !matches!(self.step, Step::Proof(_)) {
            reply.say(Line::VerifyIntro);
        }
        self.step = Step::Proof(factor);
        reply.say(proof_line(factor));
    }

    pub(super) fn give_up_proof(&mut self, reply: &mut Reply) {
        reply.say(Line::VerifyFailed);
        self.call_person(Topic::Human, "identity_failed", Then::AnythingElse, reply);
    }

    pub(super) fn take_proof(&mut self, factor: Factor, turn: &Turn, reply: &mut Reply) -> bool {
        if turn.has_answer(Answer::Refuse) || self.is_bare_no(turn) {
            self.identity.is_refused = true;
            self.wish = None;
            self.forget_unprovable();
            reply.say(Line::VerifyRefused);
            self.ask_what_else(reply);
            return true;
        }
        if turn.has_answer(Answer::DontKnow) || turn.has_answer(Answer::Unsure) {
            self.identity.skip(factor);
            self.ask_proof(reply);
            return true;
        }
        if turn.words() <= BARE_WORDS_MAX && turn.wish() == Some(Wish::Ask(Question::Why)) {
            self.forget_said();
            self.answer_aside(Aside::WhyVerify, reply);
            self.ask_again(reply);
            return true;
        }
        match self.compare(factor, turn) {
            Compared::Right => self.accept_proof(factor, reply),
            Compared::Unclear if self.identity.may_hear_again(factor) => {
                reply.say(Line::KeyItIn);
                reply.say(proof_line(factor));
            }
            Compared::Unclear | Compared::Wrong => self.reject_proof(factor, reply),
            Compared::NoAnswer => return self.repeat_for_proof(turn, reply),
        }
        true
    }

    /// "No" to "what is the postcode?" keeps it back: it answers no question that comes after.
    fn is_bare_no(&self, turn: &Turn) -> bool {
        let is_no = turn.answer().is_some_and(|(answer, _)| answer == Answer::No);
        let is_alone = turn.wish().is_none() && turn.digits.is_empty() && turn.words() <= BARE_WORDS_MAX;
        is_no && is_alone && !turn.has_answer(Answer::DontKnow)
    }

    fn repeat_for_proof(&mut self, turn: &Turn, reply: &mut Reply) -> bool {
        if self.wish.is_none() && self.take_point_unproved(turn, reply) {
            return true;
        }
        let Some(wish) = turn.wish() else { return false };
        self.pursue(wish, turn, reply);
        true
    }

    fn accept_proof(&mut self, factor: Factor, reply: &mut Reply) {
        self.identity.pass(factor);
        reply.say(Line::Verified);
        self.go_on(reply);
    }

    fn reject_proof(&mut self, factor: Factor, reply: &mut Reply) {
        self.identity.fail(factor);
        self.forget_said();
        if self.identity.is_exhausted() {
            self.give_up_proof(reply);
            return;
        }
        reply.say(Line::NotMatched);
        self.ask_proof(reply);
    }

    fn compare(&self, factor: Factor, turn: &Turn) -> Compared {
        let Some(order) = self.orders.chosen() else { return Compared::NoAnswer };
        match factor {
            Factor::Postcode => turn.compare_postcode(order.address.postcode.reveal()),
            Factor::HouseNumber => turn.compare_house_number(&order.address.lines),
            Factor::Reference => turn.compare_reference(&order.order_ref.0),
            Factor::Name if turn.wish().is_some() => Compared::NoAnswer,
            Factor::Name => turn.compare_name(order.customer.name.reveal()),
        }
    }
}

pub(super) const fn proof_line(factor: Factor) -> Line {
    match factor {
        Factor::Postcode => Line::AskPostcode,
        Factor::HouseNumber => Line::AskHouseNumber,
        Factor::Reference => Line::AskLastFour,
        Factor::Name => Line::AskNameToFind,
    }
}

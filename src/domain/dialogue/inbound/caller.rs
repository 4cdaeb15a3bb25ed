//! Where a caller's turn goes: conduct first, then the answer to the open question, then what they are after.

use std::sync::Arc;

use crate::domain::call::VerificationLevel;
use crate::domain::dialogue::core::Dialogue;
use crate::domain::dialogue::meaning::{Answer, Conduct, Question};
use crate::domain::dialogue::phrasebook::{Line, Phone, Rewording};
use crate::domain::dialogue::proof::Factor;
use crate::domain::dialogue::reply::Reply;
use crate::domain::dialogue::requests::Topic;
use crate::domain::dialogue::step::{Step, Then, Wish};
use crate::domain::dialogue::turn::Turn;
use crate::domain::dialogue::{CallerTurn, EndReason};

/// Turns in a row that were not understood before a person is called in.
pub(super) const MISSES_MAX: u8 = 3;

impl Dialogue {
    pub(in crate::domain::dialogue) fn hear_caller(&mut self, said: &CallerTurn, reply: &mut Reply) {
        let mut turn = self.turn(said, self.awaited());
        self.weigh_faint_yes(&mut turn);
        let turn = Arc::new(turn);
        self.habits.has_spoken = true;
        self.habits.is_keying = false;
        let wants_repeat = turn.conduct() == Some(Conduct::Repeat);
        if !wants_repeat && !turn.is_unclear() {
            self.habits.repeats = 0;
        }
        self.note_turn(&turn);
        self.note_speaker(&turn);
        if self.take_machine(&turn, reply) {
            return;
        }
        if self.is_by_keys() {
            self.hear_beside_keys(&turn, reply);
            return;
        }
        self.note_errands(&turn);
        if self.take_secret(&turn, reply) || self.take_conduct(&turn, reply) {
            // "Yes" is misheard as "what's?" one time, and as nothing at all the next.
            if !wants_repeat {
                self.forget_misses();
            }
            return;
        }
        if self.asks_beside(&turn, reply) {
            return;
        }
        let asides = turn.asides();
        for aside in &asides {
            self.answer_aside(*aside, reply);
        }
        let misses = self.habits.misses;
        if self.take_answer(&turn, reply) || self.take_wish(&turn, reply) {
            if self.habits.misses <= misses {
                self.forget_misses();
            }
        } else if !asides.is_empty() || (turn.has_answer(Answer::Acknowledge) && self.draft().is_none()) {
            self.forget_misses();
            self.ask_again(reply);
        } else if !self.asks_about_unclear(&turn, reply) {
            self.climb_unclear(reply);
        }
    }

    /// Goes after what the turn wants, where it was no answer. What goes well with a request that is taking shape waits.
    fn take_wish(&mut self, turn: &Turn, reply: &mut Reply) -> bool {
        let Some(first) = turn.wishes().first().map(|said| said.wish) else { return false };
        let topic = self.draft().map(|draft| draft.topic);
        match (first, topic) {
            (Wish::Want(wanted), Some(open)) if wanted.goes_with(open) => self.ask_again(reply),
            (first, _) => self.pursue(first, turn, reply),
        }
        true
    }

    /// Whether the turn answered what was asked.
    pub(super) fn take_answer(&mut self, turn: &Turn, reply: &mut Reply) -> bool {
        match self.step.clone() {
            Step::Unopened | Step::Ended(_) => true,
            Step::MayRecord => self.take_may_record(turn, reply),
            Step::Open => self.take_open(turn, reply),
            Step::AnythingElse => self.take_anything_else(turn, reply),
            Step::Looking { .. } | Step::Saving { .. } | Step::OptOutSaving { .. } => self.take_meanwhile(reply),
            Step::Reference => self.take_reference(turn, reply),
            Step::PostcodeToFind => self.take_postcode_to_find(turn, reply),
            Step::NameToFind { candidates } => self.take_name_to_find(&candidates, turn, reply),
            Step::WhichOrder { candidates } => self.take_which_order(&candidates, turn, reply),
            Step::Proof(factor) => self.take_proof(factor, turn, reply),
            Step::Offered(topic) => self.take_offered(topic, turn, reply),
            Step::Detail(draft) => self.take_detail(*draft, turn, reply),
            Step::WhichReading { first, second } => self.take_which_reading((*first, *second), turn, reply),
            Step::CheckedAround(draft) => self.take_checked_around(*draft, turn, reply),
            Step::Confirm(draft) => self.take_confirm(*draft, turn, reply),
            Step::HelpFirst => self.take_help_first(turn, reply),
            Step::Phone(draft) => self.take_phone(*draft, turn, reply),
            Step::OptOutScope => self.take_opt_out_scope(turn, reply),
            Step::RightParty => self.take_right_party(turn, reply),
            Step::GoodTime => self.take_good_time(turn, reply),
            Step::Household => self.take_household(turn, reply),
            Step::Point => self.take_point(turn, reply),
            Step::CallScore => self.take_call_score(turn, reply),
        }
    }

    fn take_open(&mut self, turn: &Turn, reply: &mut Reply) -> bool {
        if turn.wish().is_some() {
            return false;
        }
        if turn.has_answer(Answer::NothingElse) {
            self.close(reply);
            return true;
        }
        // Whoever begins with not having the number wants to hear of the order all the same.
        if turn.has_answer(Answer::DontKnow) {
            self.pursue(Wish::Ask(Question::Where), turn, reply);
            return true;
        }
        self.take_volunteered(turn, reply)
    }

    /// An order number said without being asked for is the wish to hear about that order.
    fn take_volunteered(&mut self, turn: &Turn, reply: &mut Reply) -> bool {
        if turn.digits.is_empty() && turn.references().is_empty() {
            return false;
        }
        self.wish = Some(Wish::Ask(Question::Where));
        self.take_reference(turn, reply)
    }

    /// The caller speaks while something is looked up or kept: what they want comes after it.
    fn take_meanwhile(&self, reply: &mut Reply) -> bool {
        reply.say(match self.step {
            Step::Saving { .. } | Step::OptOutSaving { .. } => Line::Saving,
            _ => Line::OneMoment,
        });
        true
    }

    /// Goes after a wish: finds the order, asks for proof where it is needed, then answers or records.
    pub(in crate::domain::dialogue) fn pursue(&mut self, wish: Wish, turn: &Turn, reply: &mut Reply) {
        self.forget_wish(wish);
        if let Wish::Ask(Question::IsLate | Question::NotMoving | Question::NotArrived) = wish {
            self.habits.is_worried = true;
        }
        if let Some(open) = self.wish.take().filter(|open| *open != wish) {
            self.put_off(open, wish);
        }
        if let Wish::Want(topic) = wish {
            if !topic.spec().needs_order {
                self.begin_request(topic, turn, reply);
                return;
            }
            self.habits.carried = Some(Box::new(turn.clone()));
        }
        self.wish = Some(wish);
        self.go_on(reply);
    }

    /// Takes up the wish that is still open, or the next one, or asks what else there is.
    pub(super) fn go_on(&mut self, reply: &mut Reply) {
        let Some(wish) = self.wish.filter(|_| !self.is_meeting()) else {
            self.ask_what_else(reply);
            return;
        };
        if !self.has_order_for(wish) {
            self.find_order(wish, reply);
            return;
        }
        if self.identity.level() < needed_level(wish) {
            if let Wish::Ask(_) = wish {
                self.park_draft();
            }
            self.ask_proof(reply);
            return;
        }
        self.wish = None;
        match wish {
            Wish::Ask(question) => self.answer_question(question, reply),
            Wish::Want(topic) => {
                let carried = self.habits.carried.take();
                self.begin_request_with(topic, carried.as_deref(), reply);
            }
        }
    }

    /// Back to what the call is about, or, on the open line, to whatever else there is.
    pub(in crate::domain::dialogue) fn ask_what_else(&mut self, reply: &mut Reply) {
        if self.unpark_draft(reply) || self.take_up_errand(reply) {
            return;
        }
        if self.outreach().is_some() {
            self.resume_purpose(reply);
        } else {
            self.step = Step::AnythingElse;
            reply.say(Line::AnythingElse);
        }
    }

    /// Reworded question, then the keys, then a person.
    pub(in crate::domain::dialogue) fn climb_unclear(&mut self, reply: &mut Reply) {
        self.habits.misses += 1;
        if MISSES_MAX <= self.habits.misses {
            self.forget_misses();
            self.give_up_unclear(reply);
            return;
        }
        reply.say(Line::NotCaught);
        let is_first = self.habits.misses == 1 && self.habits.repeats == 0;
        if is_first || self.is_by_keys() {
            reply.rewording = Rewording::Short;
            self.ask_again(reply);
            return;
        }
        let choices = self.choices();
        // Where much hangs on the answer, nobody has to remember what the keys are for.
        if let Some(question) = self.question().filter(|question| self.is_at_stake() && *question != choices) {
            reply.rewording = Rewording::Short;
            reply.say(question);
        }
        reply.say(choices);
    }

    /// A person has to take over; if not even a number to ring can be understood, the caller is told ours.
    pub(super) fn give_up_unclear(&mut self, reply: &mut Reply) {
        if let Step::Phone(_) = self.step {
            let shop = &self.setting.brief.shop;
            reply.say(Line::CallbackFailed { callback_number: Phone(shop.callback_number.clone()) });
            self.say_goodbye(EndReason::NotUnderstood, reply);
        } else {
            self.call_person(Topic::Human, "not_understood", Then::End(EndReason::NotUnderstood), reply);
        }
    }

    /// Back to the question that stands, or on with what was asked for in the same breath.
    pub(super) fn go_back(&mut self, reply: &mut Reply) {
        if !self.take_up_said(reply) {
            self.ask_again(reply);
        }
    }

    /// Says the open question once more.
    pub(in crate::domain::dialogue) fn ask_again(&mut self, reply: &mut Reply) {
        match self.question() {
            Some(question) => reply.say(question),
            None => reply.is_awaiting_anew = true,
        }
    }

    /// The factors the chosen order can be compared with.
    pub(in crate::domain::dialogue) fn available_factors(&self) -> Vec<Factor> {
        let Some(order) = self.orders.chosen() else { return Vec::new() };
        let has_number = order.address.lines.iter().any(|line| line.reveal().bytes().any(|byte| byte.is_ascii_digit()));
        let digits = order.order_ref.0.bytes().filter(u8::is_ascii_digit).count();
        let mut factors = vec![Factor::Postcode];
        if has_number {
            factors.push(Factor::HouseNumber);
        }
        if 4 <= digits {
            factors.push(Factor::Reference);
        }
        if self.identity.level() == VerificationLevel::V0 {
            factors.push(Factor::Name);
        }
        factors
    }
}

/// What may be told or done only to a verified caller.
pub(in crate::domain::dialogue) fn needed_level(wish: Wish) -> VerificationLevel {
    match wish {
        Wish::Want(topic) => topic.spec().level,
        Wish::Ask(question) => match question {
            Question::Where
            | Question::When
            | Question::IsLate
            | Question::Why
            | Question::ActionNeeded
            | Question::NotMoving
            | Question::NotArrived
            | Question::Parcels
            | Question::PaymentMeans
            | Question::RiderContact => VerificationLevel::V1,
            Question::Contents | Question::Amount | Question::WhereLeft => VerificationLevel::V2,
        },
    }
}

//! Who picked up: the customer, somebody of the household, a stranger, or a machine.

use super::Stage;
use crate::domain::dialogue::EndReason;
use crate::domain::dialogue::core::Dialogue;
use crate::domain::dialogue::identity::match_name;
use crate::domain::dialogue::meaning::Answer;
use crate::domain::dialogue::phrasebook::{Line, Phone, Rewording};
use crate::domain::dialogue::reply::Reply;
use crate::domain::dialogue::requests::{Draft, Topic};
use crate::domain::dialogue::scenarios;
use crate::domain::dialogue::step::{Step, Then};
use crate::domain::dialogue::turn::{Compared, Turn};
use crate::domain::dialogue::understanding::{Intent, vocabulary::Vocabulary};
use crate::domain::hearing::Transcript;

/// How people pick up, and what they ask first: a yes beside it answers the ringing, not the question.
const NO_ANSWER_YET: &[Intent] =
    &[Intent::Greeting, Intent::AskWhoIsCalling, Intent::AskPurpose, Intent::AreYouThere, Intent::AskIfScam];

/// Words of somebody else this few may be a misheard "yes, speaking": "yes he did", "he king".
const MISHEARD_WORDS_MAX: usize = 4;

/// Another name heard less surely than this may be the customer's own.
const NAME_CONFIDENCE_MIN: f32 = 0.75;

/// Who an answer comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum WhoSpeaks {
    Customer,
    SomebodyElse,
    /// A few words about somebody else, or another name, that nothing else bears out.
    PerhapsMisheard,
    /// The words do not say.
    Open,
}

impl Dialogue {
    /// The answer to "am I speaking with …?".
    pub(in crate::domain::dialogue) fn take_right_party(&mut self, turn: &Turn, reply: &mut Reply) -> bool {
        if turn.has_intent(Intent::BusyNow) || turn.has_intent(Intent::CallbackLater) {
            self.forget_said();
            self.begin_request(Topic::CallBackLater, turn, reply);
            return true;
        }
        match self.who_speaks(turn) {
            WhoSpeaks::Customer => {
                self.meet_customer(reply);
                return true;
            }
            WhoSpeaks::SomebodyElse => {
                self.meet_third_party(reply);
                return true;
            }
            // Said again, it is unclear and no more than that: the keys, then a person.
            WhoSpeaks::PerhapsMisheard if self.purpose.has_doubted_who => {
                self.forget_said();
                self.climb_unclear(reply);
                return true;
            }
            WhoSpeaks::PerhapsMisheard => {
                self.forget_said();
                self.purpose.has_doubted_who = true;
                reply.rewording = Rewording::Short;
                reply.say(self.ask_for_person());
                return true;
            }
            WhoSpeaks::Open => (),
        }
        // "Hello?" and "okay" say nothing of who it is; a wish is taken up once that is known.
        if turn.wish().is_none() && !turn.has_answer(Answer::Acknowledge) {
            return false;
        }
        reply.rewording = Rewording::Short;
        reply.say(self.ask_for_person());
        true
    }

    /// Whether what sounds like somebody else may be the customer, misheard.
    pub(in crate::domain::dialogue) fn may_be_customer(&self, turn: &Turn) -> bool {
        matches!(self.step, Step::RightParty) && self.who_speaks(turn) == WhoSpeaks::PerhapsMisheard
    }

    /// Who an answer to "am I speaking with …?" comes from. The news is for one ear, so in doubt it is asked again.
    fn who_speaks(&self, turn: &Turn) -> WhoSpeaks {
        // "This is she" speaks of nobody else.
        let is_confirmed = turn.has_intent(Intent::RightPartyConfirm);
        let third_party = turn.intent_of(&[Intent::ThirdParty]);
        let is_about_another =
            (self.setting.book.speaks_of_others(turn.text()) || third_party.is_some()) && !is_confirmed;
        if turn.has_answer(Answer::No) {
            return WhoSpeaks::SomebodyElse;
        }
        if is_about_another {
            let is_short = turn.text().split_whitespace().count() <= MISHEARD_WORDS_MAX;
            let is_clear = third_party == Some(false) || !is_short || turn.has_intent(Intent::NotAvailable);
            return if is_clear { WhoSpeaks::SomebodyElse } else { WhoSpeaks::PerhapsMisheard };
        }
        if self.names_customer(turn) {
            return WhoSpeaks::Customer;
        }
        if let Some(name) = turn.own_name() {
            let is_customer = self
                .orders
                .chosen()
                .is_some_and(|order| is_named(turn.vocabulary(), order.customer.name.reveal(), &name));
            let is_faint = turn.transcript.best().is_some_and(|best| best.confidence < NAME_CONFIDENCE_MIN);
            return match (is_customer, is_faint) {
                (true, _) => WhoSpeaks::Customer,
                (false, true) => WhoSpeaks::PerhapsMisheard,
                (false, false) => WhoSpeaks::SomebodyElse,
            };
        }
        let is_yes = turn.intent_of(&[Intent::Affirm]) == Some(false) && turn.intent_of(NO_ANSWER_YET).is_none();
        if is_confirmed || is_yes { WhoSpeaks::Customer } else { WhoSpeaks::Open }
    }

    fn names_customer(&self, turn: &Turn) -> bool {
        let Some(order) = self.orders.chosen() else { return false };
        turn.has_intent(Intent::ProvideName) && turn.compare_name(order.customer.name.reveal()) == Compared::Right
    }

    pub(super) fn meet_customer(&mut self, reply: &mut Reply) {
        self.identity.is_named = true;
        self.identity.is_third_party = false;
        self.purpose.stage = Stage::Known;
        if !self.ask_may_record(reply) {
            self.resume_purpose(reply);
        }
    }

    /// Somebody else is on the line: nothing of the order is said, only when the customer can be reached.
    pub(in crate::domain::dialogue) fn ask_good_time(&mut self, reply: &mut Reply) {
        self.identity.is_third_party = true;
        self.step = Step::GoodTime;
        reply.say(self.good_time_line());
    }

    pub(in crate::domain::dialogue) fn take_good_time(&mut self, turn: &Turn, reply: &mut Reply) -> bool {
        // The phone has been handed over, or was misheard before.
        if turn.has_intent(Intent::RightPartyConfirm) || self.names_customer(turn) {
            self.meet_customer(reply);
            return true;
        }
        if turn.day.is_some() || turn.window.is_some() || turn.has_intent(Intent::CallbackLater) {
            self.forget_errands();
            self.begin_request(Topic::CallBackLater, turn, reply);
            return true;
        }
        let is_declined = self.is_withdrawn(turn) || turn.has_answer(Answer::Refuse);
        if !is_declined && turn.answer().is_none() && turn.wish().is_none() {
            return false;
        }
        if turn.wish().is_some() {
            reply.say(Line::ThirdParty);
        }
        self.leave_message(reply);
        true
    }

    /// The number to ring, and nothing else.
    fn leave_message(&mut self, reply: &mut Reply) {
        self.forget_errands();
        self.purpose.has_left_message = true;
        let callback_number = Phone(self.setting.brief.shop.callback_number.clone());
        reply.say(Line::MessageForCustomer { shop: self.shop(), callback_number });
        self.end(EndReason::Finished, reply);
    }

    /// "Hold on, I'll get her": whoever speaks next may be the customer.
    pub(in crate::domain::dialogue) fn await_handover(&mut self) {
        if self.outreach().is_some() && self.purpose.stage == Stage::Meeting {
            self.identity.is_third_party = false;
            self.step = Step::RightParty;
        }
    }

    /// Noted, so that nobody is called there again about this order.
    pub(in crate::domain::dialogue) fn note_wrong_number(&mut self, reply: &mut Reply) {
        self.call_person(Topic::WrongNumber, "wrong_number", Then::End(EndReason::Finished), reply);
    }

    /// Somebody who says that they are not the customer.
    pub(in crate::domain::dialogue) fn meet_third_party(&mut self, reply: &mut Reply) {
        let may_confirm = self.outreach().is_some_and(|outreach| {
            outreach.may_household_confirm && outreach.scenario.name == scenarios::PRESENCE_SCENARIO
        });
        self.identity.is_named = false;
        self.purpose.stage = Stage::Meeting;
        self.forget_errands();
        if may_confirm {
            self.identity.is_third_party = true;
            self.step = Step::Household;
            reply.say(Line::AskHouseholdPresence);
        } else {
            self.ask_good_time(reply);
        }
    }

    /// Only that somebody will be there: neither what comes, nor from whom, nor for how much.
    pub(in crate::domain::dialogue) fn take_household(&mut self, turn: &Turn, reply: &mut Reply) -> bool {
        match turn.intent_of(&[Intent::Affirm, Intent::ConfirmAvailability]) {
            Some(false) => {
                self.purpose.is_household = true;
                let order_ref = self.orders.chosen().map(|order| order.order_ref.clone());
                self.save(Draft::new(Topic::Available, order_ref), Then::End(EndReason::Finished), reply);
                true
            }
            Some(true) => {
                self.ask_for_clear_answer(reply);
                true
            }
            None if turn.has_answer(Answer::No) || turn.has_answer(Answer::Unsure) => {
                self.leave_message(reply);
                true
            }
            None => false,
        }
    }

    pub(in crate::domain::dialogue) fn good_time_line(&self) -> Line {
        match self.first_name() {
            Some(name) => Line::AskGoodTime { name },
            None => Line::AskGoodTimeUnnamed,
        }
    }
}

/// Whether a name somebody gives as their own is one of the customer's.
fn is_named(vocabulary: &Vocabulary, customer: &str, given: &str) -> bool {
    let heard = Transcript::certain(given);
    let is_heard = |name| match_name(vocabulary, name, &heard).is_accepted();
    is_heard(customer) || customer.split_whitespace().any(is_heard)
}

//! What may be said at any moment and is met at once: help, trust, manners, danger.

use std::sync::Arc;

use crate::domain::dialogue::core::Dialogue;
use crate::domain::dialogue::ledger::Told;
use crate::domain::dialogue::meaning::{Answer, Aside, Conduct};
use crate::domain::dialogue::phrasebook::{Line, Reference, Rewording, Source, Sourced, Text};
use crate::domain::dialogue::reply::Reply;
use crate::domain::dialogue::requests::{Draft, Topic};
use crate::domain::dialogue::step::{Step, Then};
use crate::domain::dialogue::turn::Turn;
use crate::domain::dialogue::understanding::SecretKind;
use crate::domain::dialogue::{DialogueCommand, EndReason, SilenceStep};
use crate::domain::orders::OrderRef;

/// Percent of the normal pace after "slower", "faster" and "louder".
const PACE_SLOW: u16 = 85;
const PACE_FAST: u16 = 115;
/// Wishes in a row to hear a question again, of which the last one is met with its keys too.
const REPEATS_MAX: u8 = 2;
/// The digits of the order number that the caller may compare with theirs.
const LAST_DIGITS: usize = 4;

impl Dialogue {
    /// Meets what must be met at once. False when the turn's own subject comes first.
    pub(super) fn take_conduct(&mut self, turn: &Turn, reply: &mut Reply) -> bool {
        let Some(conduct) = turn.conduct() else { return false };
        match conduct {
            Conduct::Emergency => self.meet_emergency(reply),
            Conduct::Card => {
                reply.order(DialogueCommand::MaskTurn);
                reply.say(Line::DontShareCard);
                self.go_back(reply);
            }
            Conduct::OptOut => self.begin_opt_out(reply),
            Conduct::Abuse => self.meet_abuse(reply),
            Conduct::Urgent(topic) => self.call_person(topic, topic.spec().kind, Then::AnythingElse, reply),
            Conduct::WrongNumber => {
                self.habits.is_wrong_number = true;
                reply.say(Line::WrongNumber);
                if self.outreach().is_some() {
                    self.note_wrong_number(reply);
                } else {
                    self.say_goodbye(EndReason::Finished, reply);
                }
            }
            Conduct::Moved => {
                reply.say(Line::Condolence);
                self.call_person(Topic::Moved, "moved_or_deceased", Then::AnythingElse, reply);
            }
            Conduct::Child => {
                self.habits.is_minor = true;
                reply.say(Line::Child);
                self.end(EndReason::Finished, reply);
            }
            Conduct::ThirdParty if self.may_be_customer(turn) => return false,
            Conduct::ThirdParty if self.outreach().is_some() => self.meet_third_party(reply),
            Conduct::ThirdParty => self.meet_other_caller(reply),
            // Offered a person, the caller takes one.
            Conduct::Human if self.is_person_offered() => return false,
            Conduct::Human => self.meet_wish_for_person(turn, reply),
            Conduct::Anger => return self.meet_anger(turn, reply),
            Conduct::Language => self.meet_wish_for_language(turn, reply),
            Conduct::RecordingObjection => self.stop_recording(reply),
            // "The second" and "the last one" pick an order.
            Conduct::HoldOn | Conduct::StartOver if self.picks_order(turn) => return false,
            Conduct::StartOver if self.is_purpose_open() => {
                self.wish = None;
                reply.say(Line::GoingBack);
                self.start_purpose_over(reply);
            }
            Conduct::StartOver => {
                self.wish = None;
                self.step = Step::Open;
                reply.say(Line::GoingBack);
                reply.say(Line::HowCanIHelp);
            }
            Conduct::HoldOn | Conduct::StopTalking if says_more(turn) => return false,
            Conduct::HoldOn => {
                self.await_handover();
                reply.say(Line::TakeYourTime);
                reply.is_on_hold = true;
            }
            Conduct::StopTalking => reply.say(Line::Listening),
            Conduct::Repeat if self.asks_to_rephrase(turn, reply) => (),
            Conduct::Repeat => self.meet_wish_to_repeat(reply),
            Conduct::Slower => self.change_pace(Some(PACE_SLOW), Line::Slower, reply),
            Conduct::Louder => self.change_pace(Some(PACE_SLOW), Line::Louder, reply),
            Conduct::Faster if self.is_told_in(turn) => return false,
            Conduct::Faster => self.change_pace(Some(PACE_FAST), Line::Faster, reply),
            Conduct::Bye => return self.take_bye(turn, reply),
            Conduct::Thanks => return self.take_thanks(turn, reply),
        }
        true
    }

    /// Somebody who calls for the customer.
    fn meet_other_caller(&mut self, reply: &mut Reply) {
        self.identity.is_third_party = true;
        self.wish = None;
        self.forget_errands();
        reply.say(Line::ThirdParty);
        self.step = Step::AnythingElse;
        reply.say(Line::AnythingElse);
    }

    fn meet_emergency(&mut self, reply: &mut Reply) {
        let number = Text(self.setting.brief.shop.emergency_number_spoken.as_str().into());
        reply.say(Line::Emergency { emergency_number: number });
        reply.must_be_heard = true;
        let order_ref = self.orders.chosen().map(|order| order.order_ref.clone());
        self.save(Draft::new(Topic::Emergency, order_ref), Then::AnythingElse, reply);
        self.end(EndReason::Finished, reply);
    }

    fn meet_abuse(&mut self, reply: &mut Reply) {
        if self.habits.has_been_warned {
            reply.say(Line::AbuseEnd);
            self.end(EndReason::Abuse, reply);
            return;
        }
        self.habits.has_been_warned = true;
        reply.say(Line::AbuseWarning);
        self.go_back(reply);
    }

    /// Once with sympathy, and then on with the matter; the second time a person takes over.
    fn meet_anger(&mut self, turn: &Turn, reply: &mut Reply) -> bool {
        if self.habits.is_angry {
            self.call_person(Topic::Human, "anger", Then::AnythingElse, reply);
            return true;
        }
        self.habits.is_angry = true;
        reply.say(Line::Sympathy);
        if turn.wish().is_some() {
            return false;
        }
        self.ask_again(reply);
        true
    }

    /// One offer to help first, unless the caller is firm or asks again.
    fn meet_wish_for_person(&mut self, turn: &Turn, reply: &mut Reply) {
        let is_firm = turn.has_answer(Answer::No)
            || self.habits.has_asked_for_human
            || self.habits.is_angry
            || self.ledger.has_told(Told::PersonOffered);
        if is_firm {
            self.call_person(Topic::Human, "asked_for_person", Then::AnythingElse, reply);
            return;
        }
        self.habits.has_asked_for_human = true;
        self.step = Step::HelpFirst;
        reply.say(Line::HelpFirst);
    }

    pub(super) fn take_help_first(&mut self, turn: &Turn, reply: &mut Reply) -> bool {
        if turn.wish().is_some() {
            return false;
        }
        match turn.answer() {
            Some((Answer::Yes | Answer::Acknowledge, _)) if self.wish.is_some() || self.has_errand() => {
                self.go_on(reply);
            }
            Some((Answer::Yes | Answer::Acknowledge, _)) => {
                self.step = Step::Open;
                reply.say(Line::HowCanIHelp);
            }
            Some((Answer::No, _)) => self.call_person(Topic::Human, "asked_for_person", Then::AnythingElse, reply),
            Some(_) | None => return false,
        }
        true
    }

    /// Says the same once more. Whoever asks again right away may not be heard rightly: a question is then asked with
    /// the answers there are and their keys.
    fn meet_wish_to_repeat(&mut self, reply: &mut Reply) {
        self.habits.repeats = self.habits.repeats.saturating_add(1);
        let question = self.question().filter(|question| *question != self.choices());
        match (&self.step, question) {
            (Step::Open | Step::AnythingElse, _) | (_, None) => self.repeat(reply),
            (_, Some(_)) if self.habits.misses == 0 && self.habits.repeats < REPEATS_MAX => self.repeat(reply),
            (_, Some(question)) => {
                reply.rewording = Rewording::Short;
                reply.say(question);
                reply.say(self.choices());
            }
        }
    }

    pub(in crate::domain::dialogue) fn repeat(&mut self, reply: &mut Reply) {
        let last: Option<Arc<[Line]>> = self.ledger.last_lines().cloned();
        reply.rewording = Rewording::Short;
        match last {
            Some(lines) => reply.say_all(lines.iter().cloned()),
            None => self.ask_again(reply),
        }
    }

    fn change_pace(&mut self, pace: Option<u16>, line: Line, reply: &mut Reply) {
        self.habits.pace = pace;
        reply.order(DialogueCommand::SetPace(pace.unwrap_or(100)));
        reply.say(line);
        self.go_back(reply);
    }

    fn take_bye(&mut self, turn: &Turn, reply: &mut Reply) -> bool {
        if turn.wish().is_some() || turn.has_answer(Answer::Yes) || self.is_told_in(turn) {
            return false;
        }
        self.say_goodbye(EndReason::CallerWishes, reply);
        true
    }

    fn take_thanks(&mut self, turn: &Turn, reply: &mut Reply) -> bool {
        let is_answer = turn.answer().is_some_and(|(answer, _)| answer != Answer::Acknowledge);
        if turn.wish().is_some() || is_answer || !turn.digits.is_empty() || self.is_told_in(turn) {
            return false;
        }
        let is_over = matches!(self.step, Step::AnythingElse);
        if turn.has_answer(Answer::Acknowledge) && !is_over {
            return false;
        }
        if is_over {
            self.close(reply);
        } else {
            reply.say(Line::Welcome);
            self.ask_again(reply);
        }
        true
    }

    /// The question that stands offers a person.
    fn is_person_offered(&self) -> bool {
        match &self.step {
            Step::Offered(Topic::Human) => true,
            Step::Point => self.point().is_some_and(crate::domain::dialogue::scenarios::Point::offers_person),
            _ => false,
        }
    }

    /// Answers a question about the call itself, always truthfully.
    pub(super) fn answer_aside(&mut self, aside: Aside, reply: &mut Reply) {
        let shop = self.shop();
        match aside {
            Aside::Robot => reply.say(Line::Robot),
            Aside::WhoIsCalling => reply.say(match self.outreach() {
                Some(outreach) => Line::WhoCalls { shop, about: outreach.scenario.about },
                None => Line::WhoIsCalling { shop },
            }),
            Aside::HowGotNumber => reply.say(Line::GotNumber { shop }),
            Aside::WhyVerify => reply.say(Line::WhyVerify),
            Aside::Help => reply.say(Line::Help),
            Aside::AreYouThere => reply.say(Line::IAmHere),
            Aside::OutOfScope => reply.say(Line::OutOfScope { shop }),
            Aside::IsRecorded => reply.say(if self.is_recorded() { Line::RecordedYes } else { Line::RecordedNo }),
            Aside::Scam => self.answer_scam(reply),
        }
    }

    /// How the caller can check us; digits we say ourselves prove nothing afterwards.
    fn answer_scam(&mut self, reply: &mut Reply) {
        let website = Text(self.setting.brief.shop.website_spoken.as_str().into());
        reply.say(Line::ScamCheck { website });
        let order = self.orders.chosen().filter(|_| self.identity.may_say_reference()).cloned();
        if let Some(order) = order {
            let digits: Vec<char> = order.order_ref.0.chars().filter(char::is_ascii_digit).collect();
            let last: String = digits[digits.len().saturating_sub(LAST_DIGITS)..].iter().collect();
            if !last.is_empty() {
                self.identity.give_reference_away();
                let source = Source { order, shipment: None, event: None };
                reply.say(Line::ScamDigits { last_digits: Sourced { value: Reference(OrderRef(last)), source } });
            }
        }
        reply.say(Line::ScamNeverAsks);
    }

    pub(in crate::domain::dialogue) fn meet_silence(&mut self, silence: SilenceStep, reply: &mut Reply) {
        if self.take_silent_mailbox(reply) {
            return;
        }
        if matches!(self.step, Step::CallScore) {
            // No answer is an answer to this question.
            self.close(reply);
            return;
        }
        match silence {
            SilenceStep::AskAgain => {
                reply.rewording = Rewording::Short;
                self.ask_again(reply);
            }
            SilenceStep::StillThere => reply.say(Line::StillThere),
            SilenceStep::GiveUp => {
                reply.say(Line::SilenceGoodbye);
                self.end(EndReason::Silence, reply);
            }
            SilenceStep::LineDead => {
                reply.say(Line::LineDead);
                self.end(EndReason::TechnicalFailure, reply);
            }
        }
    }

    pub(in crate::domain::dialogue) fn end_too_long(&mut self, reply: &mut Reply) {
        reply.say(Line::TooLong);
        self.call_person(Topic::Human, "too_long", Then::End(EndReason::TooLong), reply);
    }

    /// A card number is stopped and masked before anything else is made of the turn.
    pub(super) fn take_secret(&mut self, turn: &Turn, reply: &mut Reply) -> bool {
        let Some(kind) = turn.secret else { return false };
        reply.order(DialogueCommand::MaskTurn);
        reply.say(match kind {
            SecretKind::CardNumber => Line::DontShareCard,
            SecretKind::OneTimeCode => Line::DontShareCode,
            SecretKind::SecurityCode | SecretKind::Pin | SecretKind::Password => Line::ScamNeverAsks,
        });
        self.go_back(reply);
        true
    }
}

/// "Wait" in front of something is no wish for time: "wait, no".
fn says_more(turn: &Turn) -> bool {
    let is_answer = turn.answer().is_some_and(|(answer, _)| answer != Answer::Acknowledge);
    !turn.digits.is_empty() || turn.wish().is_some() || is_answer
}

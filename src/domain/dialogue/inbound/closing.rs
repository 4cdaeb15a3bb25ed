//! The end: what was agreed in one sentence, what happens next, thanks.

use std::sync::Arc;

use crate::domain::call::{CallDirection, Disposition};
use crate::domain::dialogue::core::Dialogue;
use crate::domain::dialogue::ledger::Told;
use crate::domain::dialogue::meaning::{Answer, Conduct};
use crate::domain::dialogue::outbound::SCORE_MAX;
use crate::domain::dialogue::parcel::{Eta, Parcel};
use crate::domain::dialogue::phrasebook::{Day, Hours, Line};
use crate::domain::dialogue::reply::Reply;
use crate::domain::dialogue::requests::{Kept, Topic};
use crate::domain::dialogue::step::Step;
use crate::domain::dialogue::turn::Turn;
use crate::domain::dialogue::{DialogueEvent, EndReason, RecordAck};
use crate::domain::hearing::Awaited;

impl Dialogue {
    pub(super) fn take_anything_else(&mut self, turn: &Turn, reply: &mut Reply) -> bool {
        if turn.wish().is_some() {
            return false;
        }
        match turn.answer() {
            Some((Answer::No | Answer::NothingElse, _)) => self.finish(reply),
            Some((Answer::Yes, _)) => {
                self.step = Step::Open;
                reply.say(Line::HowCanIHelp);
            }
            Some((Answer::Several, _)) if 1 < self.orders.found.len() => self.turn_to_other_order(reply),
            Some(_) | None => return false,
        }
        true
    }

    fn turn_to_other_order(&mut self, reply: &mut Reply) {
        let line = self.which_order_line(&self.orders.found);
        self.wish = Some(crate::domain::dialogue::step::Wish::Ask(crate::domain::dialogue::meaning::Question::Where));
        self.step = match line {
            Line::SeveralOrdersSameDay => Step::Reference,
            _ => Step::WhichOrder { candidates: Arc::clone(&self.orders.found) },
        };
        reply.say(line);
    }

    /// Whether these words cut off the goodbye before any of it was heard: "no", and a breath later "that is all".
    pub(in crate::domain::dialogue) fn talks_into_goodbye(&self, reason: EndReason, event: &DialogueEvent) -> bool {
        let DialogueEvent::CallerSaid(said) = event else { return false };
        let is_friendly = matches!(reason, EndReason::Finished | EndReason::CallerWishes);
        let is_parting = || matches!(self.turn(said, Awaited::Open).conduct(), Some(Conduct::Bye | Conduct::Thanks));
        is_friendly && !self.habits.has_repeated_goodbye && self.ledger.is_unheard(self.last_utterance) && !is_parting()
    }

    /// Once: nobody is left with a dead line and no word.
    pub(in crate::domain::dialogue) fn say_goodbye_again(&mut self, reason: EndReason, reply: &mut Reply) {
        self.habits.has_repeated_goodbye = true;
        self.repeat(reply);
        reply.end = Some(reason);
    }

    /// Whether the caller has something new to say to a goodbye. Thanks, a goodbye in return, or nothing that can be
    /// understood let it stand.
    pub(in crate::domain::dialogue) fn takes_goodbye_back(&self, reason: EndReason, event: &DialogueEvent) -> bool {
        let is_friendly = match reason {
            EndReason::Finished | EndReason::CallerWishes | EndReason::Silence => !self.habits.is_minor,
            EndReason::Abuse | EndReason::NotUnderstood | EndReason::TooLong | EndReason::TechnicalFailure => false,
        };
        match event {
            DialogueEvent::CallerSaid(said) if is_friendly && !self.is_by_keys() => {
                let turn = self.turn(said, Awaited::Open);
                let is_parting = matches!(turn.conduct(), Some(Conduct::Bye | Conduct::Thanks));
                let is_new = turn.wish().is_some() || turn.conduct().is_some() || !turn.asides().is_empty();
                // Whoever was given up for silent is welcome with any answer.
                let is_back = reason == EndReason::Silence && turn.answer().is_some();
                turn.secret.is_some() || turn.wish().is_some() || (!is_parting && (is_new || is_back))
            }
            DialogueEvent::KeysPressed(keys) if is_friendly => keys.bytes().any(|key| key.is_ascii_digit()),
            DialogueEvent::Opened
            | DialogueEvent::CallerSaid(_)
            | DialogueEvent::KeysPressed(_)
            | DialogueEvent::Silence(_)
            | DialogueEvent::OrdersFound { .. }
            | DialogueEvent::LookupFailed { .. }
            | DialogueEvent::StillWaiting { .. }
            | DialogueEvent::RequestRecorded { .. }
            | DialogueEvent::RecordFailed { .. }
            | DialogueEvent::Heard { .. }
            | DialogueEvent::Tone(_)
            | DialogueEvent::CarrierJudges(_)
            | DialogueEvent::Model { .. }
            | DialogueEvent::HandoverSlow
            | DialogueEvent::HandoverFailed
            | DialogueEvent::HandedOver
            | DialogueEvent::TooLong => false,
        }
    }

    /// Asks how the call was, where that is wanted, and closes.
    pub(in crate::domain::dialogue) fn finish(&mut self, reply: &mut Reply) {
        if !self.may_ask_score() {
            self.close(reply);
            return;
        }
        self.habits.has_been_asked_score = true;
        self.step = Step::CallScore;
        reply.say(Line::AskCallScore);
    }

    /// Nobody is asked who was not the customer, was in trouble, or is handed to a person.
    fn may_ask_score(&self) -> bool {
        let habits = &self.habits;
        let is_customer = !self.is_meeting() && !self.identity.is_third_party && !habits.is_wrong_number;
        let is_troubled = habits.is_angry || habits.has_been_warned || habits.is_minor || habits.opt_out.is_some();
        let is_handed_over = |kept: &Kept| {
            kept.draft.topic.spec().escalation.is_some()
                || matches!(kept.draft.topic, Topic::Complaint | Topic::Emergency)
        };
        self.setting.brief.shop.asks_call_score
            && !habits.has_been_asked_score
            && self.purpose.score.is_none()
            && is_customer
            && !is_troubled
            && !self.requests.iter().any(is_handed_over)
    }

    /// A number from one to five is the score; a new wish is met first, and anything else is no answer.
    pub(super) fn take_call_score(&mut self, turn: &Turn, reply: &mut Reply) -> bool {
        let score = turn.digits.iter().find_map(|digits| digits.parse::<u8>().ok());
        let score = score.filter(|score| (1..=SCORE_MAX).contains(score));
        if score.is_none() && turn.wish().is_some() {
            return false;
        }
        self.purpose.score = score;
        self.close(reply);
        true
    }

    /// Sums up and says goodbye.
    pub(in crate::domain::dialogue) fn close(&mut self, reply: &mut Reply) {
        self.say_goodbye(EndReason::Finished, reply);
    }

    pub(super) fn say_goodbye(&mut self, reason: EndReason, reply: &mut Reply) {
        reply.say(self.closing_line());
        self.end(reason, reply);
    }

    fn closing_line(&self) -> Line {
        let shop = self.shop();
        // What was changed or refused was said when it was, and a link comes by itself.
        let kept = self.requests.iter().rfind(|kept| kept.is_unanswered() && !self.sends_link(kept.draft.topic));
        if let Some(kept) = kept {
            let within = Hours(self.setting.brief.shop.human_callback_within_hours);
            return match kept.draft.day {
                Some(day) if kept.draft.topic == Topic::Reschedule => Line::ClosingDay { day: Day(day), shop },
                Some(day) if kept.draft.topic == Topic::CallBackLater => Line::ClosingCallDay { day: Day(day) },
                _ if !kept.draft.topic.needs_answer() => Line::ClosingNoted { topic: kept.draft.topic.spec().phrase },
                _ => Line::ClosingPassedOn { topic: kept.draft.topic.spec().phrase, shop, within },
            };
        }
        match (self.told_eta(), self.setting.brief.direction) {
            (Some(eta_day), CallDirection::Inbound) => Line::ClosingEta { eta_day, shop },
            (None, CallDirection::Inbound) => Line::ClosingThanks { shop },
            (Some(eta_day), CallDirection::Outbound) => Line::ClosingEtaOurCall { eta_day },
            (None, CallDirection::Outbound) => Line::ClosingOurCall { shop },
        }
    }

    /// The expected day of the only parcel, if the caller has heard it.
    fn told_eta(&self) -> Option<crate::domain::dialogue::phrasebook::Sourced<Day>> {
        let order = self.orders.chosen()?;
        let is_moved = |kept: &Kept| kept.draft.topic == Topic::Reschedule && kept.ack() == Some(RecordAck::Accepted);
        if self.requests.iter().any(is_moved) {
            return None;
        }
        let is_there = self.habits.has_received || self.purpose.settled.contains(&Disposition::AlreadyDelivered);
        if is_there || !self.ledger.has_told(Told::Status) || !self.ledger.has_heard("eta_day") {
            return None;
        }
        let now = self.local_now();
        let mut parcels = Parcel::all(order, &now);
        match (parcels.next()?.eta(), parcels.next()) {
            (Eta::Window { day, .. } | Eta::Day(day), None) => Some(day),
            (_, _) => None,
        }
    }
}

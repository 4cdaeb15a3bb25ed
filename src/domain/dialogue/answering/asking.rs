//! When a model is asked: a turn that no rule understands, a question beside the order, words that were not clear.

use std::sync::Arc;

use super::messages::{ModelQuestion, ModelTask};
use super::{Answering, Fallback, ModelChecks, OpenReply};
use crate::domain::call::VerificationLevel;
use crate::domain::dialogue::core::Dialogue;
use crate::domain::dialogue::ledger::Told;
use crate::domain::dialogue::meaning::Answer;
use crate::domain::dialogue::phrasebook::{Line, Rewording};
use crate::domain::dialogue::reply::Reply;
use crate::domain::dialogue::step::Step;
use crate::domain::dialogue::turn::Turn;
use crate::domain::dialogue::understanding::Intent;
use crate::domain::dialogue::{DialogueCommand, DialogueEvent, Sentence};
use crate::domain::values::UtteranceId;

/// Fewer words are a sound or an answer, not a question.
const WORDS_MIN: usize = 3;
/// What was heard with less confidence is asked again rather than guessed at.
const CONFIDENCE_MIN: f32 = 0.5;
/// Turns in a row that are given to the model; then the ladder of what is not understood goes on.
const IN_A_ROW_MAX: u8 = 3;

impl Dialogue {
    /// The same, helped by a language model whose sentences are checked by these.
    #[must_use]
    pub fn with_model(mut self, checks: Arc<ModelChecks>) -> Self {
        self.answering = Answering::with(checks);
        self
    }

    /// Gives a turn that nobody understood to the model. False when it cannot help here.
    pub(in crate::domain::dialogue) fn asks_about_unclear(&mut self, turn: &Turn, reply: &mut Reply) -> bool {
        turn.text().split_whitespace().nth(WORDS_MIN - 1).is_some()
            && self.ask_model(turn, ModelTask::Answer, Fallback::Unclear, reply)
    }

    /// Gives a question beside the order to the model, unless it is an attempt to change what we are.
    pub(in crate::domain::dialogue) fn asks_beside(&mut self, turn: &Turn, reply: &mut Reply) -> bool {
        let is_beside = turn.has_intent(Intent::OutOfScope) && !turn.has_intent(Intent::PromptAttack);
        let is_only = turn.wish().is_none() && turn.answer().is_none_or(|(answer, _)| answer == Answer::Acknowledge);
        is_beside
            && is_only
            && turn.asides().len() == 1
            && self.ask_model(turn, ModelTask::Answer, Fallback::OutOfScope, reply)
    }

    /// Has the news put into other words for somebody who did not understand them.
    pub(in crate::domain::dialogue) fn asks_to_rephrase(&mut self, turn: &Turn, reply: &mut Reply) -> bool {
        turn.has_intent(Intent::ClarifyRequest)
            && self.ledger.has_told(Told::Status)
            && self.ask_model(turn, ModelTask::Rephrase, Fallback::Repeat, reply)
    }

    fn ask_model(&mut self, turn: &Turn, task: ModelTask, fallback: Fallback, reply: &mut Reply) -> bool {
        let Some(checks) = self.answering.checks.clone().filter(|_| self.may_ask(turn)) else { return false };
        let level = self.identity.level();
        let facts = self.facts_of_call();
        let shown = self.facts_shown(&facts);
        let grounds = Arc::new(checks.aloud.grounds(facts, level, &self.voice()));
        let id = self.answering.last_reply.next();
        self.answering.last_reply = id;
        self.answering.open =
            Some(OpenReply { reply: id, turn: Arc::new(turn.clone()), fallback, grounds, held: Vec::new(), said: 0 });
        self.answering.note_asked();
        let question = ModelQuestion { task, facts: shown, history: self.answering.log.lines() };
        reply.order(DialogueCommand::AskModel { reply: id, question: Arc::new(question) });
        // When the time is up, the sentence without the model must not have to be made first.
        reply.order(DialogueCommand::Prepare(self.fallback_ahead(fallback)));
        reply.is_awaiting_anew = true;
        true
    }

    /// Only where a yes commits to nothing but what is asked again afterwards, and never about who somebody is.
    fn may_ask(&self, turn: &Turn) -> bool {
        let is_place = match self.step {
            Step::Open | Step::AnythingElse | Step::Offered(_) | Step::Point => true,
            Step::Unopened
            | Step::Looking { .. }
            | Step::Reference
            | Step::PostcodeToFind
            | Step::NameToFind { .. }
            | Step::MayRecord
            | Step::WhichOrder { .. }
            | Step::WhichReading { .. }
            | Step::Proof(_)
            | Step::Detail(_)
            | Step::CheckedAround(_)
            | Step::Confirm(_)
            | Step::Saving { .. }
            | Step::HelpFirst
            | Step::Phone(_)
            | Step::OptOutSaving { .. }
            | Step::OptOutScope
            | Step::RightParty
            | Step::GoodTime
            | Step::Household
            | Step::CallScore
            | Step::Ended(_) => false,
        };
        let confidence = turn.transcript.best().map_or(0.0, |best| best.confidence);
        let is_known = VerificationLevel::V1 <= self.identity.level() && !self.is_meeting() && !self.is_machine();
        is_place
            && is_known
            && CONFIDENCE_MIN <= confidence
            && turn.secret.is_none()
            && turn.digits.is_empty()
            && !turn.has_intent(Intent::PromptAttack)
            && self.ledger.has_told(Told::Disclosure)
            && (self.orders.chosen().is_some() || !self.orders.found().is_empty())
            && self.answering.may_ask_again()
    }

    fn fallback_ahead(&self, fallback: Fallback) -> Vec<Sentence> {
        let (mut ahead, mut reply) = (self.clone(), Reply::new());
        ahead.fall_back(fallback, &mut reply);
        let voice = ahead.voice();
        let sentence = |line| self.setting.book.sentence(line, reply.rewording, &voice);
        reply.lines.iter().map(sentence).collect()
    }

    /// Takes down a turn of the caller's, as far as it is a model's business.
    pub(in crate::domain::dialogue) fn note_turn(&mut self, turn: &Turn) {
        if self.answering.checks.is_none() {
            return;
        }
        self.answering.turns += 1;
        let proves = matches!(
            self.step,
            Step::Reference | Step::PostcodeToFind | Step::NameToFind { .. } | Step::Proof(_) | Step::Phone(_)
        );
        if proves || turn.secret.is_some() || !turn.digits.is_empty() {
            self.answering.log.caller_proved();
        } else {
            self.answering.log.caller_said(&turn.masked());
        }
    }

    pub(in crate::domain::dialogue) fn note_said(&mut self, utterance: UtteranceId, sentences: &[Sentence]) {
        if self.answering.checks.is_some() {
            let texts = sentences.iter().map(|sentence| sentence.text.clone()).collect();
            self.answering.log.agent_says(utterance, texts);
        }
    }

    pub(in crate::domain::dialogue) fn note_heard(&mut self, utterance: UtteranceId, count: usize) {
        self.answering.log.heard(utterance, count);
    }

    /// Gives up waiting for the model when something new has come that is answered instead.
    pub(in crate::domain::dialogue) fn drop_model_for(&mut self, event: &DialogueEvent, reply: &mut Reply) {
        match event {
            DialogueEvent::CallerSaid(_)
            | DialogueEvent::KeysPressed(_)
            | DialogueEvent::Silence(_)
            | DialogueEvent::HandoverSlow
            | DialogueEvent::HandoverFailed
            | DialogueEvent::HandedOver
            | DialogueEvent::TooLong => self.drop_model(reply),
            DialogueEvent::Opened
            | DialogueEvent::Tone(_)
            | DialogueEvent::CarrierJudges(_)
            | DialogueEvent::OrdersFound { .. }
            | DialogueEvent::LookupFailed { .. }
            | DialogueEvent::StillWaiting { .. }
            | DialogueEvent::RequestRecorded { .. }
            | DialogueEvent::RecordFailed { .. }
            | DialogueEvent::Model { .. }
            | DialogueEvent::Heard { .. } => (),
        }
    }

    /// What speaks or ends meanwhile stands in the place of the model's answer.
    pub(in crate::domain::dialogue) fn drop_overtaken_model(&mut self, reply: &mut Reply) {
        let is_overtaken = !reply.lines.is_empty() || reply.end.is_some();
        let is_asked_now = reply.commands.iter().any(|command| matches!(command, DialogueCommand::AskModel { .. }));
        if is_overtaken && !is_asked_now {
            self.drop_model(reply);
        }
    }

    pub(super) fn drop_model(&mut self, reply: &mut Reply) {
        if let Some(open) = self.answering.open.take() {
            reply.order(DialogueCommand::CancelModel { reply: open.reply });
        }
    }

    /// What is said in the model's place.
    pub(super) fn fall_back(&mut self, fallback: Fallback, reply: &mut Reply) {
        match fallback {
            Fallback::Unclear => self.climb_unclear(reply),
            Fallback::OutOfScope => {
                reply.say(Line::OutOfScope { shop: self.shop() });
                self.ask_again(reply);
            }
            Fallback::Repeat => self.repeat(reply),
        }
    }

    /// Back to the question that stands, once the model has answered.
    pub(super) fn return_to_question(&mut self, reply: &mut Reply) {
        match self.step {
            Step::Open | Step::AnythingElse => self.ask_what_else(reply),
            _ => {
                reply.rewording = Rewording::Short;
                self.ask_again(reply);
            }
        }
    }
}

impl Answering {
    fn note_asked(&mut self) {
        let follows = self.asked_at + 1 == self.turns;
        self.asked_in_a_row = if follows { self.asked_in_a_row.saturating_add(1) } else { 1 };
        self.asked_at = self.turns;
    }

    const fn may_ask_again(&self) -> bool {
        self.asked_at + 1 != self.turns || self.asked_in_a_row < IN_A_ROW_MAX
    }
}

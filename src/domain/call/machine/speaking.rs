//! The agent's voice: what is said, what is held back, and what the caller heard of it.

use std::sync::Arc;
use std::time::Duration;

use super::Call;
use crate::domain::call::command::CallCommand;
use crate::domain::call::conversation::Conversation;
use crate::domain::call::deadline::Deadline;
use crate::domain::call::phase::{Floor, Paused, Phase};
use crate::domain::call::record::HeardFact;
use crate::domain::dialogue::{DialogueEvent, EndReason, Expectation, HandoverOrder, Saying};
use crate::domain::values::{CallTime, UtteranceId};

/// Orders held back while the caller has the floor. Past this the oldest is dropped: it is the most out of date, and
/// the conversation learns from the ledger that it was not heard.
const HELD_MAX: usize = 12;

/// So many sentences in a row without audio, and the voice is taken for dead: whoever hears nothing can only wait.
const FAILED_IN_A_ROW_MAX: u32 = 5;

/// A slow voice, so that a long sentence is not taken for a stall.
const MS_PER_CHAR_MAX: u64 = 120;

/// Something that must wait until the caller has finished.
#[derive(Clone, Debug)]
pub(super) enum Held {
    Say(UtteranceId, Arc<Saying>),
    Await(Expectation),
    End(EndReason),
    HandOver(Arc<HandoverOrder>),
}

impl<C: Conversation> Call<C> {
    /// Carries an order out, or keeps it while the caller has the floor: also what is awaited belongs to a question
    /// that has not been asked yet.
    pub(super) fn hold_or(&mut self, now: CallTime, order: Held, out: &mut Vec<CallCommand>) {
        if !self.is_callers_turn() && self.keys.is_empty() {
            self.carry_out_now(now, order, out);
            return;
        }
        if self.held.len() == HELD_MAX {
            self.held.pop_front();
        }
        self.held.push_back(order);
    }

    fn carry_out_now(&mut self, now: CallTime, order: Held, out: &mut Vec<CallCommand>) {
        match order {
            Held::Say(utterance, saying) => self.say(now, utterance, saying, out),
            Held::Await(expectation) => {
                out.push(CallCommand::Expect { context: Arc::clone(&expectation.context) });
                self.expectation = expectation;
            }
            Held::End(reason) => self.close(now, reason, out),
            Held::HandOver(order) => self.leave(now, order, out),
        }
    }

    pub(super) fn release_held(&mut self, now: CallTime, out: &mut Vec<CallCommand>) {
        for order in std::mem::take(&mut self.held) {
            self.carry_out_now(now, order, out);
        }
    }

    fn say(&mut self, now: CallTime, utterance: UtteranceId, saying: Arc<Saying>, out: &mut Vec<CallCommand>) {
        if saying.sentences.is_empty() || !self.phase.is_speaking() {
            return;
        }
        if !self.playout.is_busy() {
            self.playout_moved_at = now;
        }
        self.quiet_since = None;
        self.floor = Floor::Agent;
        self.playout.push(utterance, Arc::clone(&saying));
        out.push(CallCommand::Speak { utterance, saying, pace_percent: self.pace_percent });
    }

    // ---- The ledger ----

    pub(super) fn on_sentence_started(
        &mut self,
        now: CallTime,
        (id, sentence): (UtteranceId, usize),
        at: CallTime,
        out: &mut Vec<CallCommand>,
    ) {
        if !self.playout.sentence_started(id, sentence, at) {
            return;
        }
        self.playout_moved_at = now;
        self.failed_in_a_row = 0;
        self.agent_onset = at;
        self.agent_heard_at = now;
        if self.is_answer_due
            && let Some(turn) = self.turns.last_mut()
        {
            turn.first_audio_ms = Some(at);
            self.is_answer_due = false;
        }
        self.after_playout(now, out);
    }

    pub(super) fn on_sentence_ended(
        &mut self,
        now: CallTime,
        id: UtteranceId,
        sentence: usize,
        out: &mut Vec<CallCommand>,
    ) {
        if !self.playout.sentence_ended(id, sentence, now) {
            return;
        }
        self.playout_moved_at = now;
        self.agent_heard_at = now;
        let Some(utterance) = self.playout.utterances().iter().rfind(|utterance| utterance.id == id) else { return };
        let (saying, sentences) = (Arc::clone(&utterance.saying), utterance.sentences_heard());
        for fact in saying.sentences.get(sentence).into_iter().flat_map(|sentence| &sentence.facts) {
            self.facts.push(HeardFact {
                name: fact.name.to_owned(),
                value: fact.value.clone(),
                source: fact.source.clone(),
                heard_at_ms: now,
            });
        }
        // Behind a gap nothing new is known to have been heard from the first sentence on.
        if sentence < sentences {
            self.tell(now, DialogueEvent::Heard { utterance: id, last_sentence: sentences - 1, at: now }, out);
        }
        self.after_playout(now, out);
    }

    pub(super) fn on_sentence_failed(
        &mut self,
        now: CallTime,
        (id, sentence): (UtteranceId, usize),
        out: &mut Vec<CallCommand>,
    ) {
        if !self.playout.sentence_failed(id, sentence) {
            return;
        }
        self.playout_moved_at = now;
        self.failed_in_a_row += 1;
        if self.failed_in_a_row < FAILED_IN_A_ROW_MAX {
            self.after_playout(now, out);
        } else {
            self.hang_up(now, EndReason::TechnicalFailure, out);
        }
    }

    pub(super) fn on_sentence_cut(
        &mut self,
        now: CallTime,
        (id, sentence): (UtteranceId, usize),
        played: Duration,
        out: &mut Vec<CallCommand>,
    ) {
        if self.playout.sentence_cut(id, sentence, played) {
            self.playout_moved_at = now;
            self.after_playout(now, out);
        }
    }

    /// When everything has been said, the floor is open, or the call is over.
    pub(super) fn after_playout(&mut self, now: CallTime, out: &mut Vec<CallCommand>) {
        if self.playout.is_busy() {
            return;
        }
        if let Phase::Closing { reason } = self.phase
            && !matches!(self.floor, Floor::Caller(_))
        {
            self.hang_up(now, reason, out);
            return;
        }
        if let Phase::Leaving { .. } = self.phase {
            self.depart(now, out);
            return;
        }
        match self.floor {
            Floor::Agent => self.floor = Floor::Open,
            Floor::Open | Floor::Caller(_) => (),
            // The agent had finished anyway: whatever they are saying is their turn.
            Floor::Contested { .. } => self.give_floor_to_caller(now, out),
        }
    }

    // ---- Stalls ----

    /// Keeps a deadline behind whatever is being said, because its end may never be reported.
    pub(super) fn watch_playout(&mut self) {
        let is_speaking = self.playout.is_busy() && !self.is_paused();
        if !is_speaking || !self.phase.is_speaking() {
            self.deadlines.disarm(Deadline::PlayoutStalled);
            return;
        }
        let longest = self.longest(self.playout.next_sentence_chars());
        self.deadlines.arm(Deadline::PlayoutStalled, self.playout_moved_at + longest + self.settings.playout_grace);
    }

    pub(super) fn on_playout_stalled(&mut self, now: CallTime, out: &mut Vec<CallCommand>) {
        out.push(CallCommand::StopSpeaking);
        self.playout.cut(now);
        self.after_playout(now, out);
    }

    /// How long it takes at most to say so many characters.
    pub(super) fn longest(&self, chars: usize) -> Duration {
        let ms = (chars as u64).saturating_mul(MS_PER_CHAR_MAX).saturating_mul(100);
        Duration::from_millis(ms / u64::from(self.pace_percent.max(25)))
    }

    pub(super) fn is_callers_turn(&self) -> bool {
        match self.floor {
            Floor::Caller(_) | Floor::Contested { .. } => true,
            Floor::Open | Floor::Agent => false,
        }
    }

    pub(super) fn is_paused(&self) -> bool {
        matches!(self.floor, Floor::Contested { agent: Paused::Since(_), .. })
    }
}

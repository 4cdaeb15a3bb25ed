//! The call itself: facts in, commands out.
//!
//! The steps are told apart by what they are about: [`hearing`] follows the caller's voice and words, [`interrupting`]
//! judges speech over the agent, [`keys`] collects keys, [`speaking`] says things and keeps the ledger of what was
//! heard, [`waiting`] counts silence and slow requests, [`asking`] holds the floor for a language model, [`ending`] closes and
//! concludes.

mod asking;
mod ending;
mod hearing;
mod interrupting;
mod keys;
mod speaking;
mod waiting;

use std::collections::VecDeque;
use std::sync::Arc;

use super::command::{CallCommand, Likelihood};
use super::conversation::Conversation;
use super::deadline::{Deadline, Deadlines};
use super::event::{CallEvent, CloseCause};
use super::minutes::CallerLine;
use super::phase::{Floor, Phase, Speculation};
use super::playout::Playout;
use super::record::{HeardFact, TurnTiming};
use super::settings::CallSettings;
use crate::domain::dialogue::{DialogueCommand, DialogueEvent, EndReason, Expectation, RecordAck};
use crate::domain::hearing::{Awaited, RecognitionContext};
use crate::domain::values::{CallTime, ReplyId, SegmentId};
use asking::Asked;
use speaking::Held;
use waiting::{Pending, RequestWay};

/// One phone call.
///
/// Order: hand every fact to [`handle`](Self::handle) with a time that never goes back; carry out the commands in
/// order; call it with [`CallEvent::Woken`] when [`next_deadline`](Self::next_deadline) has come.
#[derive(Clone, Debug)]
pub struct Call<C: Conversation> {
    settings: Arc<CallSettings>,
    conversation: C,
    phase: Phase,
    floor: Floor<C>,
    playout: Playout,
    /// When the playout last moved on: the caller heard something new, or it was given something to say.
    playout_moved_at: CallTime,
    deadlines: Deadlines,
    expectation: Expectation,
    pace_percent: u16,
    /// What came up while the caller has the floor.
    held: VecDeque<Held>,
    keys: String,
    /// Look-ups and writes without an answer, oldest first.
    requests: Vec<Pending>,
    /// The question that a language model is at.
    asked: Option<Asked>,
    reply_last: ReplyId,
    /// Since when the caller's voice has been on, whatever it counts for.
    voice_on_since: Option<CallTime>,
    silence_steps: u8,
    /// Since when nobody has spoken; noise does not count.
    quiet_since: Option<CallTime>,
    segment_last: SegmentId,
    caller_lines: Vec<CallerLine>,
    facts: Vec<HeardFact>,
    turns: Vec<TurnTiming>,
    /// Whether the newest turn waits for its first audio.
    is_answer_due: bool,
    barge_ins: u32,
    false_alarms: u32,
    /// When the agent's voice last set in, and when it was last heard.
    agent_onset: CallTime,
    agent_heard_at: CallTime,
    /// Sentences without audio since one was last heard.
    failed_in_a_row: u32,
    /// How often our own voice came back.
    echoes: u32,
    /// Whether anything at all has come from the caller's side.
    has_sound: bool,
    /// Reused for what the conversation orders.
    orders: Vec<DialogueCommand>,
}

impl<C: Conversation> Call<C> {
    pub fn new(settings: Arc<CallSettings>, conversation: C) -> Self {
        let expectation =
            Expectation { awaited: Awaited::Open, context: Arc::new(RecognitionContext::open()), is_on_hold: false };
        let mut deadlines = Deadlines::default();
        deadlines.arm(Deadline::NotOpened, CallTime::ZERO + settings.open_timeout);
        Self {
            settings,
            conversation,
            phase: Phase::Accepted,
            floor: Floor::Open,
            playout: Playout::default(),
            playout_moved_at: CallTime::ZERO,
            deadlines,
            expectation,
            pace_percent: 100,
            held: VecDeque::new(),
            keys: String::new(),
            requests: Vec::new(),
            asked: None,
            reply_last: ReplyId::default(),
            voice_on_since: None,
            silence_steps: 0,
            quiet_since: None,
            segment_last: SegmentId::default(),
            caller_lines: Vec::new(),
            facts: Vec::new(),
            turns: Vec::new(),
            is_answer_due: false,
            barge_ins: 0,
            false_alarms: 0,
            agent_onset: CallTime::ZERO,
            agent_heard_at: CallTime::ZERO,
            failed_in_a_row: 0,
            echoes: 0,
            has_sound: false,
            orders: Vec::new(),
        }
    }

    /// Takes one fact; appends what must be done, in order.
    pub fn handle(&mut self, now: CallTime, event: CallEvent, out: &mut Vec<CallCommand>) {
        if self.phase == Phase::Ended {
            return;
        }
        let is_woken = matches!(event, CallEvent::Woken);
        match event {
            CallEvent::Opened => self.on_opened(now, out),
            CallEvent::SoundHeard => self.has_sound = true,
            CallEvent::VoiceStarted { at } => self.on_voice_started(at, out),
            CallEvent::VoiceStopped { at } => self.on_voice_stopped(now, at, out),
            CallEvent::Read { segment, revision, purpose, transcript } => {
                self.on_read(now, (segment, revision, purpose), transcript, out);
            }
            CallEvent::ToneHeard { tone } => self.tell_while_talking(now, DialogueEvent::Tone(tone), out),
            CallEvent::CarrierJudged { answerer } => {
                self.tell_while_talking(now, DialogueEvent::CarrierJudges(answerer), out);
            }
            CallEvent::KeyPressed { key } => self.on_key(now, key, out),
            CallEvent::SentenceStarted { utterance, sentence, at } => {
                self.on_sentence_started(now, (utterance, sentence), at, out);
            }
            CallEvent::SentenceEnded { utterance, sentence } => self.on_sentence_ended(now, utterance, sentence, out),
            CallEvent::SentenceCut { utterance, sentence, played } => {
                self.on_sentence_cut(now, (utterance, sentence), played, out);
            }
            CallEvent::SentenceFailed { utterance, sentence } => {
                self.on_sentence_failed(now, (utterance, sentence), out);
            }
            CallEvent::OrdersFound { request, orders } => {
                self.answered(now, request, DialogueEvent::OrdersFound { request, orders }, out);
            }
            CallEvent::LookupFailed { request } => {
                self.answered(now, request, DialogueEvent::LookupFailed { request }, out);
            }
            CallEvent::RequestRecorded { request, id, ack } => {
                let event = DialogueEvent::RequestRecorded { request, id, ack };
                if ack == RecordAck::Asked {
                    self.half_answered(now, request, event, out);
                } else {
                    self.answered(now, request, event, out);
                }
            }
            CallEvent::RecordFailed { request } => {
                self.answered(now, request, DialogueEvent::RecordFailed { request }, out);
            }
            CallEvent::Model { reply, said } => self.on_model(now, reply, said, out),
            CallEvent::HandoverSlow => self.tell_while_away(now, DialogueEvent::HandoverSlow, out),
            CallEvent::HandoverFailed => self.come_back(now, out),
            CallEvent::HandedOver => self.tell_while_away(now, DialogueEvent::HandedOver, out),
            CallEvent::Woken => self.on_woken(now, out),
            CallEvent::StreamClosed { cause } => self.conclude(now, cause, out),
        }
        self.watch(now, out);
        // What the watchers arm may be due at once, and nobody wakes a call twice in one moment.
        if is_woken && self.deadlines.next().is_some_and(|(at, _)| at <= now) {
            self.on_woken(now, out);
            self.watch(now, out);
        }
    }

    fn watch(&mut self, now: CallTime, out: &mut Vec<CallCommand>) {
        self.watch_model(now, out);
        self.watch_playout();
        self.watch_quiet(now, out);
    }

    /// When the call wants to be woken, and why.
    pub fn next_deadline(&self) -> Option<(CallTime, Deadline)> {
        self.deadlines.next()
    }

    pub fn conversation(&self) -> &C {
        &self.conversation
    }

    pub fn phase(&self) -> &Phase {
        &self.phase
    }

    pub fn floor(&self) -> &Floor<C> {
        &self.floor
    }

    pub fn playout(&self) -> &Playout {
        &self.playout
    }

    pub fn turns(&self) -> &[TurnTiming] {
        &self.turns
    }

    pub fn facts(&self) -> &[HeardFact] {
        &self.facts
    }

    pub fn caller_lines(&self) -> &[CallerLine] {
        &self.caller_lines
    }

    /// Whether a look-up or a write has no answer yet.
    pub fn is_request_open(&self) -> bool {
        !self.requests.is_empty()
    }

    /// Whether a language model is being waited for.
    pub fn is_model_awaited(&self) -> bool {
        self.asked.as_ref().is_some_and(Asked::is_adopted)
    }

    /// Whether this deadline is running.
    pub fn is_armed(&self, deadline: Deadline) -> bool {
        self.deadlines.is_armed(deadline)
    }

    /// How many sayings wait for the caller to finish.
    pub fn held_sayings(&self) -> usize {
        self.held.len()
    }

    fn on_opened(&mut self, now: CallTime, out: &mut Vec<CallCommand>) {
        if self.phase != Phase::Accepted {
            return;
        }
        self.phase = Phase::Talking;
        self.deadlines.disarm(Deadline::NotOpened);
        self.deadlines.arm(Deadline::TooLong, now + self.settings.length_warning);
        self.deadlines.arm(Deadline::LengthLimit, now + self.settings.length_max);
        self.tell(now, DialogueEvent::Opened, out);
    }

    fn on_woken(&mut self, now: CallTime, out: &mut Vec<CallCommand>) {
        while let Some(deadline) = self.deadlines.take_due(now) {
            match deadline {
                Deadline::NotOpened => self.hang_up(now, EndReason::TechnicalFailure, out),
                Deadline::ReadInterruption => self.read_interruption(out),
                Deadline::JudgeInterruption => self.on_interruption_due(now, out),
                Deadline::LivePartial => self.on_live_partial(now, out),
                Deadline::VoiceTooLong => self.on_voice_too_long(now, out),
                Deadline::TurnEnds => self.on_turn_silence(now, out),
                Deadline::ReadingOverdue => self.on_reading_overdue(now, out),
                Deadline::KeysComplete => self.keys_complete(now, out),
                Deadline::Silence => self.on_silence(now, out),
                Deadline::RequestSlow => self.on_request_slow(now, out),
                Deadline::ModelOverdue => self.on_model_overdue(now, out),
                Deadline::PlayoutStalled => self.on_playout_stalled(now, out),
                Deadline::HangUpAnyway => self.on_goodbye_overdue(now, out),
                Deadline::TooLong => self.on_too_long(now, out),
                Deadline::LengthLimit => self.hang_up(now, EndReason::TooLong, out),
                Deadline::LineStillOpen => self.conclude(now, CloseCause::WeHungUp, out),
            }
        }
    }

    // ---- The conversation ----

    /// Tells the conversation a fact and carries out what it orders.
    ///
    /// An answer worked out before did not know of the fact, so it is worked out again.
    fn tell(&mut self, now: CallTime, event: DialogueEvent, out: &mut Vec<CallCommand>) {
        let mut orders = std::mem::take(&mut self.orders);
        self.conversation.handle(now, event, &mut orders);
        for order in orders.drain(..) {
            self.carry_out(now, order, out);
        }
        self.orders = orders;
        if let Floor::Caller(turn) = &mut self.floor
            && turn.speculation.take().is_some()
        {
            self.speculate(now, out);
        }
    }

    /// What bears on a conversation only while there is one.
    fn tell_while_talking(&mut self, now: CallTime, event: DialogueEvent, out: &mut Vec<CallCommand>) {
        if self.phase == Phase::Talking {
            self.tell(now, event, out);
        }
    }

    fn tell_while_away(&mut self, now: CallTime, event: DialogueEvent, out: &mut Vec<CallCommand>) {
        if self.phase == Phase::Away {
            self.tell(now, event, out);
        }
    }

    fn carry_out(&mut self, now: CallTime, command: DialogueCommand, out: &mut Vec<CallCommand>) {
        match command {
            DialogueCommand::Say { utterance, saying } => {
                self.hold_or(now, Held::Say(utterance, Arc::new(saying)), out);
            }
            DialogueCommand::Await(expectation) => self.hold_or(now, Held::Await(expectation), out),
            DialogueCommand::End(reason) => self.hold_or(now, Held::End(reason), out),
            DialogueCommand::HandOver(order) => self.hold_or(now, Held::HandOver(order), out),
            DialogueCommand::Prepare(sentences) => {
                let pace_percent = self.pace_percent;
                out.push(CallCommand::Prepare { sentences, pace_percent, likelihood: Likelihood::Later });
            }
            DialogueCommand::LookUp { request, query } => {
                self.requested(now, request, RequestWay::Read);
                out.push(CallCommand::LookUp { request, query });
            }
            DialogueCommand::Record { request, what } => {
                self.requested(now, request, RequestWay::Write);
                out.push(CallCommand::Record { request, what });
            }
            DialogueCommand::OptOut { request, phone } => {
                self.requested(now, request, RequestWay::Write);
                out.push(CallCommand::OptOut { request, phone });
            }
            DialogueCommand::AskModel { reply, question } => self.ask_model(now, reply, question, out),
            DialogueCommand::CancelModel { reply } => self.drop_model(reply, out),
            DialogueCommand::NoteModel(note) => self.note_model(note, out),
            DialogueCommand::SetPace(percent) => self.pace_percent = percent,
            DialogueCommand::StartRecording => out.push(CallCommand::StartRecording),
            DialogueCommand::StopRecording => out.push(CallCommand::StopRecording),
            DialogueCommand::MaskTurn => self.mask_turn(out),
        }
    }

    /// Gives the conversation what the caller said or keyed.
    ///
    /// After a goodbye that is a reason to talk on, but only if the conversation has something to say to it.
    fn answer(&mut self, now: CallTime, said: Said<C>, out: &mut Vec<CallCommand>) {
        let closing = match self.phase {
            Phase::Closing { reason } if self.phase.is_listening() => Some(reason),
            // The goodbye stands, and so does the way to a person.
            Phase::Closing { .. } | Phase::Leaving { .. } => {
                self.take_last_words(now, said, out);
                return;
            }
            Phase::Accepted | Phase::Away | Phase::HangingUp { .. } | Phase::Ended => return,
            Phase::Talking => None,
        };
        self.phase = Phase::Talking;
        self.deadlines.disarm(Deadline::HangUpAnyway);
        let begun = self.begun();
        match said {
            Said::Anticipated(Speculation { conversation, commands }) => {
                self.conversation = conversation;
                for command in commands {
                    self.carry_out(now, command, out);
                }
            }
            Said::Unheard(event) => self.tell(now, event, out),
        }
        if let Some(reason) = closing
            && self.begun() == begun
        {
            self.close(now, reason, out);
        }
    }

    /// What an answer adds to.
    fn begun(&self) -> (usize, usize, bool) {
        (self.playout.utterances().len(), self.requests.len(), self.is_model_awaited())
    }
}

/// What the caller said or keyed, with the answer if it was worked out before.
enum Said<C> {
    Anticipated(Speculation<C>),
    Unheard(DialogueEvent),
}

//! The call itself: facts in, commands out.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use super::command::{CallCommand, Likelihood};
use super::conversation::Conversation;
use super::deadline::{Deadline, Deadlines};
use super::event::{CallEvent, CloseCause};
use super::minutes::{CallerLine, MASKED, Minutes, transcript};
use super::phase::{Floor, Paused, Phase, Speculation, Turn, TurnReading, Voice};
use super::playout::{Playout, Utterance};
use super::record::{HeardFact, TurnTiming};
use super::settings::CallSettings;
use super::turn_taking::{Completeness, Interruption, completeness, judge_interruption, silence_budget};
use crate::domain::dialogue::{
    CallerTurn, DialogueCommand, DialogueEvent, EndReason, Expectation, Saying, Sentence, SilenceStep,
};
use crate::domain::hearing::{Awaited, ReadingPurpose, RecognitionContext, Transcript};
use crate::domain::values::{CallTime, RequestId, SegmentId, UtteranceId};

/// Keys that may be pressed before they are taken as they are. More are dropped.
const KEYS_MAX: usize = 24;

/// Voice that must have been heard before an unreadable turn is answered with "sorry?"; less is taken for noise.
const UNREADABLE_VOICE_MS_MIN: u32 = 600;

/// How long the agent waits, silent, for the first words of an interruption.
const INTERRUPTION_WAIT_MS_MAX: u64 = 1_000;

/// How long a goodbye may take before the line is cut anyway.
const GOODBYE_MS_MAX: u64 = 20_000;

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
    deadlines: Deadlines,
    expectation: Expectation,
    pace_percent: u16,
    /// Sayings that came up while the caller has the floor.
    held: VecDeque<(UtteranceId, Arc<Saying>)>,
    keys: String,
    /// Look-ups and writes without an answer.
    requests: Vec<RequestId>,
    silence_steps: u8,
    segment_last: SegmentId,
    caller_lines: Vec<CallerLine>,
    facts: Vec<HeardFact>,
    turns: Vec<TurnTiming>,
    /// Whether the newest turn waits for its first audio.
    is_answer_due: bool,
    barge_ins: u32,
    false_alarms: u32,
    /// Reused for what the conversation orders.
    orders: Vec<DialogueCommand>,
}

impl<C: Conversation> Call<C> {
    pub fn new(settings: Arc<CallSettings>, conversation: C) -> Self {
        let expectation =
            Expectation { awaited: Awaited::Open, context: Arc::new(RecognitionContext::open()), is_on_hold: false };
        Self {
            settings,
            conversation,
            phase: Phase::Accepted,
            floor: Floor::Open,
            playout: Playout::default(),
            deadlines: Deadlines::default(),
            expectation,
            pace_percent: 100,
            held: VecDeque::new(),
            keys: String::new(),
            requests: Vec::new(),
            silence_steps: 0,
            segment_last: SegmentId::default(),
            caller_lines: Vec::new(),
            facts: Vec::new(),
            turns: Vec::new(),
            is_answer_due: false,
            barge_ins: 0,
            false_alarms: 0,
            orders: Vec::new(),
        }
    }

    /// Takes one fact; appends what must be done, in order.
    pub fn handle(&mut self, now: CallTime, event: CallEvent, out: &mut Vec<CallCommand>) {
        if self.phase == Phase::Ended {
            return;
        }
        match event {
            CallEvent::Opened => self.on_opened(now, out),
            CallEvent::VoiceStarted { at } => self.on_voice_started(at, out),
            CallEvent::VoiceStopped { at } => self.on_voice_stopped(now, at, out),
            CallEvent::Read { segment, revision, purpose, transcript } => {
                self.on_read(now, (segment, revision, purpose), transcript, out);
            }
            CallEvent::KeyPressed { key } => self.on_key(now, key, out),
            CallEvent::SentenceStarted { utterance, at, .. } => self.on_sentence_started(utterance, at),
            CallEvent::SentenceEnded { utterance, sentence } => self.on_sentence_ended(now, utterance, sentence, out),
            CallEvent::SentenceFailed { utterance, sentence } => {
                self.playout.sentence_failed(utterance, sentence);
                self.after_playout(out);
            }
            // The ledger was settled when the order to stop was given.
            CallEvent::SentenceCut { .. } => (),
            CallEvent::OrdersFound { request, orders } => {
                self.answered(now, request, DialogueEvent::OrdersFound { request, orders }, out);
            }
            CallEvent::LookupFailed { request } => {
                self.answered(now, request, DialogueEvent::LookupFailed { request }, out);
            }
            CallEvent::RequestRecorded { request, id } => {
                self.answered(now, request, DialogueEvent::RequestRecorded { request, id }, out);
            }
            CallEvent::RecordFailed { request } => {
                self.answered(now, request, DialogueEvent::RecordFailed { request }, out);
            }
            CallEvent::Woken => self.on_woken(now, out),
            CallEvent::StreamClosed { cause } => self.conclude(now, cause, out),
        }
        self.arm_silence(now);
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

    fn on_opened(&mut self, now: CallTime, out: &mut Vec<CallCommand>) {
        if self.phase != Phase::Accepted {
            return;
        }
        self.phase = Phase::Talking;
        self.deadlines.arm(Deadline::TooLong, now + self.settings.length_warning);
        self.deadlines.arm(Deadline::LengthLimit, now + self.settings.length_max);
        self.tell(now, DialogueEvent::Opened, out);
    }

    // ---- The caller's voice ----

    fn on_voice_started(&mut self, at: CallTime, out: &mut Vec<CallCommand>) {
        if self.phase != Phase::Talking {
            return;
        }
        match &mut self.floor {
            Floor::Caller(turn) => {
                turn.voice_started(at);
                self.deadlines.disarm(Deadline::TurnEnds);
            }
            Floor::Contested { turn, .. } => turn.voice_started(at),
            Floor::Open => {
                let turn = self.begin_turn(at, false, out);
                self.floor = Floor::Caller(turn);
            }
            Floor::Agent => {
                out.push(CallCommand::PauseSpeaking);
                let turn = self.begin_turn(at, true, out);
                self.floor = Floor::Contested { turn, agent: Paused::Since(at) };
                self.deadlines.arm(Deadline::ReadInterruption, at + self.settings.interruption_read_after);
                self.deadlines.arm(Deadline::JudgeInterruption, at + self.settings.interruption_judged_after);
            }
        }
    }

    fn begin_turn(&mut self, at: CallTime, is_barge_in: bool, out: &mut Vec<CallCommand>) -> Turn<C> {
        self.segment_last = self.segment_last.next();
        let segment = self.segment_last;
        out.push(CallCommand::BeginSegment { segment, pre_roll: self.settings.pre_roll });
        Turn::new(segment, at, is_barge_in)
    }

    fn on_voice_stopped(&mut self, now: CallTime, at: CallTime, out: &mut Vec<CallCommand>) {
        let awaited = self.expectation.awaited;
        let (turn, is_callers) = match &mut self.floor {
            Floor::Caller(turn) => (turn, true),
            Floor::Contested { turn, .. } => (turn, false),
            Floor::Open | Floor::Agent => return,
        };
        if let Voice::Off { .. } = turn.voice {
            return;
        }
        turn.voice_stopped(at);
        let (segment, revision) = (turn.segment, turn.revision);
        out.push(CallCommand::Transcribe { segment, revision, purpose: ReadingPurpose::Speculative });
        self.deadlines.arm(Deadline::ReadingOverdue, now + self.settings.reading_timeout);
        if is_callers {
            self.deadlines.arm(Deadline::TurnEnds, at + silence_budget(awaited, Completeness::Unfinished));
        }
    }

    // ---- Readings ----

    fn on_read(
        &mut self,
        now: CallTime,
        (segment, revision, purpose): (SegmentId, u32, ReadingPurpose),
        transcript: Option<Arc<Transcript>>,
        out: &mut Vec<CallCommand>,
    ) {
        let turn = match &mut self.floor {
            Floor::Caller(turn) | Floor::Contested { turn, .. } if turn.segment == segment => turn,
            // Answer to a turn that is over.
            Floor::Caller(_) | Floor::Contested { .. } | Floor::Open | Floor::Agent => return,
        };
        let is_whole = match purpose {
            ReadingPurpose::Partial => false,
            ReadingPurpose::Speculative | ReadingPurpose::Final => {
                revision == turn.revision && matches!(turn.voice, Voice::Off { .. })
            }
        };
        if let Some(transcript) = &transcript {
            turn.latest = Some(Arc::clone(transcript));
        }
        if !is_whole {
            self.judge_contest(now, Judged::OnWords, out);
            return;
        }
        turn.reading = Some(TurnReading { transcript: transcript.unwrap_or_default(), at: now });
        self.deadlines.disarm(Deadline::ReadingOverdue);
        self.on_whole_turn_read(now, out);
    }

    fn on_whole_turn_read(&mut self, now: CallTime, out: &mut Vec<CallCommand>) {
        if let Floor::Contested { .. } = self.floor {
            self.judge_contest(now, Judged::OnWholeTurn, out);
        }
        let Floor::Caller(turn) = &mut self.floor else { return };
        let (Some(reading), Voice::Off { since }) = (&turn.reading, turn.voice) else { return };
        let is_empty = reading.transcript.text().trim().is_empty();
        if is_empty && turn.voiced_ms < UNREADABLE_VOICE_MS_MIN {
            self.drop_turn(out);
            return;
        }
        let completeness = completeness(&self.expectation.context, &reading.transcript);
        let ends_at = since + silence_budget(self.expectation.awaited, completeness);
        if ends_at <= now {
            self.finish_turn(now, out);
            return;
        }
        self.deadlines.arm(Deadline::TurnEnds, ends_at);
        self.speculate(now, out);
    }

    /// Works the answer out on a copy, so that its audio is ready when the turn is judged over.
    fn speculate(&mut self, now: CallTime, out: &mut Vec<CallCommand>) {
        let Floor::Caller(turn) = &mut self.floor else { return };
        let Some(reading) = &turn.reading else { return };
        let said = said(turn, Arc::clone(&reading.transcript));
        let mut conversation = self.conversation.clone();
        let mut commands = Vec::new();
        conversation.handle(now, DialogueEvent::CallerSaid(said), &mut commands);
        let sentences: Vec<Sentence> = commands.iter().flat_map(sentences_of).cloned().collect();
        if !sentences.is_empty() {
            let pace_percent = self.pace_percent;
            out.push(CallCommand::Prepare { sentences, pace_percent, likelihood: Likelihood::Next });
        }
        turn.speculation = Some(Speculation { conversation, commands });
    }

    fn finish_turn(&mut self, now: CallTime, out: &mut Vec<CallCommand>) {
        let floor = std::mem::replace(&mut self.floor, Floor::Open);
        let Floor::Caller(mut turn) = floor else {
            self.floor = floor;
            return;
        };
        self.close_segment(turn.segment, out);
        let transcript = turn.reading.as_ref().map(|reading| Arc::clone(&reading.transcript)).unwrap_or_default();
        let ended_at = turn.last_voice(now);
        self.caller_lines.push(CallerLine { text: transcript.text().to_owned(), from: turn.started_at, to: ended_at });
        self.turns.push(TurnTiming {
            caller_ended_ms: ended_at,
            recognised_ms: turn.reading.as_ref().map(|reading| reading.at),
            understood_ms: Some(now),
            first_audio_ms: None,
        });
        self.is_answer_due = true;
        self.silence_steps = 0;
        self.release_held(out);
        match turn.speculation.take() {
            Some(Speculation { conversation, commands }) => {
                self.conversation = conversation;
                self.carry_out(now, commands, out);
            }
            None => self.tell(now, DialogueEvent::CallerSaid(said(&turn, transcript)), out),
        }
    }

    /// It was noise: as if it had not been.
    fn drop_turn(&mut self, out: &mut Vec<CallCommand>) {
        let (Floor::Caller(turn) | Floor::Contested { turn, .. }) = &self.floor else { return };
        let segment = turn.segment;
        self.close_segment(segment, out);
        self.floor = if self.playout.is_busy() { Floor::Agent } else { Floor::Open };
        self.release_held(out);
        self.after_playout(out);
    }

    fn close_segment(&mut self, segment: SegmentId, out: &mut Vec<CallCommand>) {
        out.push(CallCommand::EndSegment { segment });
        for name in
            [Deadline::TurnEnds, Deadline::ReadingOverdue, Deadline::ReadInterruption, Deadline::JudgeInterruption]
        {
            self.deadlines.disarm(name);
        }
    }

    // ---- Interruptions ----

    fn judge_contest(&mut self, now: CallTime, judged: Judged, out: &mut Vec<CallCommand>) {
        let Floor::Contested { turn, agent } = &self.floor else { return };
        let (agent, onset) = (*agent, turn.started_at);
        let is_answer_awaited =
            !matches!(self.expectation.awaited, Awaited::Open) && self.playout.is_in_last_sentence();
        let agent_text = self.playout.current().map(Utterance::text).unwrap_or_default();
        let verdict = turn.latest.as_ref().map(|heard| judge_interruption(heard, &agent_text, is_answer_awaited));
        let is_voice_on = matches!(turn.voice, Voice::On { .. });
        let is_waiting = now < onset + Duration::from_millis(INTERRUPTION_WAIT_MS_MAX);
        match (verdict, judged) {
            (Some(Interruption::Words), _) => self.yield_floor(now, out),
            (Some(Interruption::Nothing | Interruption::Backchannel), Judged::OnWholeTurn) => {
                self.keep_floor(agent, out);
            }
            (Some(Interruption::Nothing | Interruption::Backchannel), Judged::AtDeadline) => self.speak_on(now, out),
            // Too early to say.
            (Some(Interruption::Nothing | Interruption::Backchannel) | None, Judged::OnWords) => (),
            (None, Judged::AtDeadline) if is_waiting => {
                self.deadlines.arm(Deadline::JudgeInterruption, now + Duration::from_millis(200));
            }
            // The recogniser is late, and somebody does speak: a person would stop.
            (None, Judged::AtDeadline) if is_voice_on => self.yield_floor(now, out),
            (None, Judged::AtDeadline) => self.speak_on(now, out),
            (None, Judged::OnWholeTurn) => self.keep_floor(agent, out),
        }
    }

    /// The caller has the floor: stop for good.
    fn yield_floor(&mut self, now: CallTime, out: &mut Vec<CallCommand>) {
        let floor = std::mem::replace(&mut self.floor, Floor::Open);
        let Floor::Contested { turn, .. } = floor else {
            self.floor = floor;
            return;
        };
        self.barge_ins += 1;
        self.deadlines.disarm(Deadline::ReadInterruption);
        self.deadlines.disarm(Deadline::JudgeInterruption);
        if self.playout.is_busy() {
            out.push(CallCommand::StopSpeaking);
            self.playout.cut(now);
        }
        if let Voice::Off { since } = turn.voice {
            self.deadlines
                .arm(Deadline::TurnEnds, since + silence_budget(self.expectation.awaited, Completeness::Unfinished));
        }
        self.floor = Floor::Caller(turn);
    }

    /// A false alarm, and the voice may still be on: go on speaking and keep listening.
    fn speak_on(&mut self, now: CallTime, out: &mut Vec<CallCommand>) {
        let Floor::Contested { turn, agent } = &mut self.floor else { return };
        if let Paused::Since(_) = agent {
            *agent = Paused::No;
            self.false_alarms += 1;
            out.push(CallCommand::ResumeSpeaking);
        }
        if let Voice::On { .. } = turn.voice {
            self.deadlines.arm(Deadline::ReadInterruption, now + self.settings.interruption_read_after);
            self.deadlines.arm(Deadline::JudgeInterruption, now + self.settings.interruption_judged_after);
        }
    }

    /// A false alarm that is over.
    fn keep_floor(&mut self, agent: Paused, out: &mut Vec<CallCommand>) {
        if let Paused::Since(_) = agent {
            self.false_alarms += 1;
            out.push(CallCommand::ResumeSpeaking);
        }
        self.drop_turn(out);
    }

    // ---- Keys ----

    fn on_key(&mut self, now: CallTime, key: char, out: &mut Vec<CallCommand>) {
        if self.phase != Phase::Talking {
            return;
        }
        if self.playout.is_busy() {
            out.push(CallCommand::StopSpeaking);
            self.playout.cut(now);
        }
        if let Floor::Caller(turn) | Floor::Contested { turn, .. } = &self.floor {
            let segment = turn.segment;
            self.close_segment(segment, out);
        }
        self.floor = Floor::Open;
        self.silence_steps = 0;
        if key != '#' && self.keys.len() < KEYS_MAX {
            self.keys.push(key);
        }
        if key == '#' || self.keys.len() >= self.keys_wanted() {
            self.keys_complete(now, out);
        } else {
            self.deadlines.arm(Deadline::KeysComplete, now + self.settings.keys_pause);
        }
    }

    fn keys_wanted(&self) -> usize {
        match self.expectation.awaited {
            Awaited::Digits(count) => usize::from(count.max),
            Awaited::OrderReference | Awaited::Postcode | Awaited::Date => KEYS_MAX,
            Awaited::Open | Awaited::YesNo | Awaited::Choice | Awaited::Name | Awaited::Address => 1,
        }
    }

    fn keys_complete(&mut self, now: CallTime, out: &mut Vec<CallCommand>) {
        self.deadlines.disarm(Deadline::KeysComplete);
        let keys = std::mem::take(&mut self.keys);
        if keys.is_empty() {
            return;
        }
        self.caller_lines.push(CallerLine { text: format!("[keys] {keys}"), from: now, to: now });
        self.turns.push(TurnTiming {
            caller_ended_ms: now,
            recognised_ms: Some(now),
            understood_ms: Some(now),
            first_audio_ms: None,
        });
        self.is_answer_due = true;
        self.tell(now, DialogueEvent::KeysPressed(keys), out);
    }

    // ---- The agent's voice ----

    fn on_sentence_started(&mut self, utterance: UtteranceId, at: CallTime) {
        self.playout.sentence_started(utterance, at);
        if self.is_answer_due
            && let Some(turn) = self.turns.last_mut()
        {
            turn.first_audio_ms = Some(at);
            self.is_answer_due = false;
        }
    }

    fn on_sentence_ended(&mut self, now: CallTime, id: UtteranceId, sentence: usize, out: &mut Vec<CallCommand>) {
        let saying = self.playout.current().filter(|utterance| utterance.id == id).map(|u| Arc::clone(&u.saying));
        let (Some(saying), Some(sentences)) = (saying, self.playout.sentence_ended(id, sentence, now)) else { return };
        for fact in saying.sentences.get(sentence).into_iter().flat_map(|sentence| &sentence.facts) {
            self.facts.push(HeardFact {
                name: fact.name.to_owned(),
                value: fact.value.clone(),
                source: fact.source.clone(),
                heard_at_ms: now,
            });
        }
        self.tell(now, DialogueEvent::Heard { utterance: id, sentences, at: now }, out);
        self.after_playout(out);
    }

    /// When everything has been said, the floor is open, or the call is over.
    fn after_playout(&mut self, out: &mut Vec<CallCommand>) {
        if self.playout.is_busy() {
            return;
        }
        if let Phase::Closing { reason } = self.phase {
            self.hang_up(reason, out);
            return;
        }
        match std::mem::replace(&mut self.floor, Floor::Open) {
            Floor::Agent | Floor::Open => (),
            Floor::Caller(turn) => self.floor = Floor::Caller(turn),
            // The agent had finished anyway: whatever they are saying is their turn.
            Floor::Contested { turn, .. } => {
                self.floor = Floor::Caller(turn);
                self.deadlines.disarm(Deadline::ReadInterruption);
                self.deadlines.disarm(Deadline::JudgeInterruption);
                if let Floor::Caller(turn) = &self.floor
                    && let Voice::Off { since } = turn.voice
                {
                    let budget = silence_budget(self.expectation.awaited, Completeness::Unfinished);
                    self.deadlines.arm(Deadline::TurnEnds, since + budget);
                }
            }
        }
    }

    // ---- Deadlines ----

    fn on_woken(&mut self, now: CallTime, out: &mut Vec<CallCommand>) {
        while let Some(deadline) = self.deadlines.take_due(now) {
            match deadline {
                Deadline::ReadInterruption => self.read_interruption(out),
                Deadline::JudgeInterruption => self.judge_contest(now, Judged::AtDeadline, out),
                Deadline::TurnEnds => self.on_turn_silence(now, out),
                Deadline::ReadingOverdue => self.on_reading_overdue(now, out),
                Deadline::KeysComplete => self.keys_complete(now, out),
                Deadline::Silence => self.on_silence(now, out),
                Deadline::RequestSlow => self.on_request_slow(now, out),
                Deadline::TooLong => self.tell(now, DialogueEvent::TooLong, out),
                Deadline::HangUpAnyway => match self.phase {
                    Phase::Closing { reason } => self.hang_up(reason, out),
                    Phase::Accepted | Phase::Talking | Phase::HangingUp { .. } | Phase::Ended => (),
                },
                Deadline::LengthLimit => self.hang_up(EndReason::TooLong, out),
            }
        }
    }

    fn read_interruption(&mut self, out: &mut Vec<CallCommand>) {
        if let Floor::Contested { turn, .. } = &self.floor {
            let (segment, revision) = (turn.segment, turn.revision);
            out.push(CallCommand::Transcribe { segment, revision, purpose: ReadingPurpose::Partial });
        }
    }

    fn on_turn_silence(&mut self, now: CallTime, out: &mut Vec<CallCommand>) {
        if let Floor::Caller(turn) = &self.floor
            && turn.reading.is_some()
        {
            self.finish_turn(now, out);
        }
        // Without a reading the turn ends when it comes, or when it is overdue.
    }

    fn on_reading_overdue(&mut self, now: CallTime, out: &mut Vec<CallCommand>) {
        match &mut self.floor {
            Floor::Caller(turn) => {
                turn.reading = Some(TurnReading { transcript: Arc::default(), at: now });
                self.on_whole_turn_read(now, out);
            }
            Floor::Contested { agent, .. } => {
                let agent = *agent;
                self.keep_floor(agent, out);
            }
            Floor::Open | Floor::Agent => (),
        }
    }

    fn arm_silence(&mut self, now: CallTime) {
        let is_quiet = self.phase == Phase::Talking
            && matches!(self.floor, Floor::Open)
            && !self.playout.is_busy()
            && self.requests.is_empty()
            && self.keys.is_empty();
        if !is_quiet {
            self.deadlines.disarm(Deadline::Silence);
        } else if !self.deadlines.is_armed(Deadline::Silence) {
            self.deadlines.arm(Deadline::Silence, now + self.patience());
        }
    }

    fn patience(&self) -> Duration {
        let settings = &self.settings;
        match self.silence_steps {
            0 if self.expectation.is_on_hold => settings.hold_patience,
            0 => settings.silence_ask_again,
            1 => settings.silence_still_there.saturating_sub(settings.silence_ask_again),
            _ => settings.silence_give_up.saturating_sub(settings.silence_still_there),
        }
    }

    fn on_silence(&mut self, now: CallTime, out: &mut Vec<CallCommand>) {
        let step = match self.silence_steps {
            0 => SilenceStep::AskAgain,
            1 => SilenceStep::StillThere,
            _ => SilenceStep::GiveUp,
        };
        self.silence_steps = self.silence_steps.saturating_add(1);
        self.tell(now, DialogueEvent::Silence(step), out);
    }

    // ---- Requests ----

    fn requested(&mut self, now: CallTime, request: RequestId) {
        self.requests.push(request);
        if !self.deadlines.is_armed(Deadline::RequestSlow) {
            self.deadlines.arm(Deadline::RequestSlow, now + self.settings.request_slow);
        }
    }

    fn answered(&mut self, now: CallTime, request: RequestId, event: DialogueEvent, out: &mut Vec<CallCommand>) {
        let Some(index) = self.requests.iter().position(|pending| *pending == request) else {
            // A second answer to the same request.
            return;
        };
        self.requests.remove(index);
        if self.requests.is_empty() {
            self.deadlines.disarm(Deadline::RequestSlow);
        }
        self.tell(now, event, out);
    }

    fn on_request_slow(&mut self, now: CallTime, out: &mut Vec<CallCommand>) {
        let Some(request) = self.requests.first().copied() else { return };
        // The second word of patience comes later than the first.
        self.deadlines.arm(Deadline::RequestSlow, now + self.settings.request_slow * 3);
        self.tell(now, DialogueEvent::StillWaiting { request }, out);
    }

    // ---- The conversation ----

    fn tell(&mut self, now: CallTime, event: DialogueEvent, out: &mut Vec<CallCommand>) {
        let mut orders = std::mem::take(&mut self.orders);
        self.conversation.handle(now, event, &mut orders);
        for order in orders.drain(..) {
            self.carry_out_one(now, order, out);
        }
        self.orders = orders;
    }

    fn carry_out(&mut self, now: CallTime, commands: Vec<DialogueCommand>, out: &mut Vec<CallCommand>) {
        for command in commands {
            self.carry_out_one(now, command, out);
        }
    }

    fn carry_out_one(&mut self, now: CallTime, command: DialogueCommand, out: &mut Vec<CallCommand>) {
        match command {
            DialogueCommand::Say { utterance, saying } => self.say(utterance, Arc::new(saying), out),
            DialogueCommand::Await(expectation) => {
                out.push(CallCommand::Expect { context: Arc::clone(&expectation.context) });
                self.expectation = expectation;
            }
            DialogueCommand::Prepare(sentences) => {
                let pace_percent = self.pace_percent;
                out.push(CallCommand::Prepare { sentences, pace_percent, likelihood: Likelihood::Later });
            }
            DialogueCommand::LookUp { request, query } => {
                self.requested(now, request);
                out.push(CallCommand::LookUp { request, query });
            }
            DialogueCommand::Record { request, what } => {
                self.requested(now, request);
                out.push(CallCommand::Record { request, what });
            }
            DialogueCommand::OptOut { request, phone } => {
                self.requested(now, request);
                out.push(CallCommand::OptOut { request, phone });
            }
            DialogueCommand::SetPace(percent) => self.pace_percent = percent,
            DialogueCommand::StopRecording => out.push(CallCommand::StopRecording),
            DialogueCommand::MaskTurn => self.mask_turn(out),
            DialogueCommand::End(reason) => self.close(now, reason, out),
        }
    }

    fn say(&mut self, utterance: UtteranceId, saying: Arc<Saying>, out: &mut Vec<CallCommand>) {
        if saying.sentences.is_empty() || !matches!(self.phase, Phase::Talking | Phase::Closing { .. }) {
            return;
        }
        match self.floor {
            Floor::Open | Floor::Agent => {
                self.floor = Floor::Agent;
                self.playout.push(utterance, Arc::clone(&saying));
                out.push(CallCommand::Speak { utterance, saying, pace_percent: self.pace_percent });
            }
            Floor::Caller(_) | Floor::Contested { .. } => self.held.push_back((utterance, saying)),
        }
    }

    fn release_held(&mut self, out: &mut Vec<CallCommand>) {
        while let Some((utterance, saying)) = self.held.pop_front() {
            self.say(utterance, saying, out);
        }
    }

    fn mask_turn(&mut self, out: &mut Vec<CallCommand>) {
        if let Some(line) = self.caller_lines.last_mut() {
            MASKED.clone_into(&mut line.text);
            out.push(CallCommand::MaskRecording { from: line.from });
        }
    }

    // ---- The end ----

    fn close(&mut self, now: CallTime, reason: EndReason, out: &mut Vec<CallCommand>) {
        if self.phase != Phase::Talking {
            return;
        }
        self.phase = Phase::Closing { reason };
        if let Floor::Caller(turn) | Floor::Contested { turn, .. } = &self.floor {
            let segment = turn.segment;
            self.close_segment(segment, out);
            self.floor = Floor::Open;
            self.release_held(out);
        }
        if self.playout.is_busy() {
            self.deadlines.arm(Deadline::HangUpAnyway, now + Duration::from_millis(GOODBYE_MS_MAX));
        } else {
            self.hang_up(reason, out);
        }
    }

    fn hang_up(&mut self, reason: EndReason, out: &mut Vec<CallCommand>) {
        match self.phase {
            Phase::Accepted | Phase::Talking | Phase::Closing { .. } => {
                self.phase = Phase::HangingUp { reason };
                self.deadlines.disarm_all();
                out.push(CallCommand::HangUp);
            }
            Phase::HangingUp { .. } | Phase::Ended => (),
        }
    }

    fn conclude(&mut self, now: CallTime, cause: CloseCause, out: &mut Vec<CallCommand>) {
        if let Floor::Caller(turn) | Floor::Contested { turn, .. } = &self.floor
            && let Some(heard) = turn.latest.as_ref().filter(|heard| !heard.text().is_empty())
        {
            let to = turn.last_voice(now);
            self.caller_lines.push(CallerLine { text: heard.text().to_owned(), from: turn.started_at, to });
        }
        self.playout.cut(now);
        let end_reason = match self.phase {
            Phase::Closing { reason } | Phase::HangingUp { reason } => Some(reason),
            Phase::Accepted | Phase::Talking | Phase::Ended => None,
        };
        let minutes = Minutes {
            ended_at: now,
            cause: if end_reason.is_some() && cause == CloseCause::CallerHungUp { CloseCause::WeHungUp } else { cause },
            end_reason,
            transcript: transcript(&self.caller_lines, &self.playout),
            facts: std::mem::take(&mut self.facts),
            turns: std::mem::take(&mut self.turns),
            barge_ins: self.barge_ins,
            false_alarms: self.false_alarms,
        };
        self.phase = Phase::Ended;
        self.floor = Floor::Open;
        self.deadlines.disarm_all();
        out.push(CallCommand::Conclude { minutes: Box::new(minutes) });
    }
}

/// What an interruption is judged on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Judged {
    /// A first look at the words.
    OnWords,
    /// The time for judging has come.
    AtDeadline,
    /// The voice has stopped and all of it was read.
    OnWholeTurn,
}

fn said<C>(turn: &Turn<C>, transcript: Arc<Transcript>) -> CallerTurn {
    CallerTurn { transcript, speech_ms: turn.voiced_ms, is_barge_in: turn.is_barge_in }
}

fn sentences_of(command: &DialogueCommand) -> &[Sentence] {
    match command {
        DialogueCommand::Say { saying, .. } => &saying.sentences,
        DialogueCommand::Await(_)
        | DialogueCommand::Prepare(_)
        | DialogueCommand::LookUp { .. }
        | DialogueCommand::Record { .. }
        | DialogueCommand::OptOut { .. }
        | DialogueCommand::SetPace(_)
        | DialogueCommand::StopRecording
        | DialogueCommand::MaskTurn
        | DialogueCommand::End(_) => &[],
    }
}

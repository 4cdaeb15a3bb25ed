//! The caller's voice and words: turns begin, are read, anticipated, and end.

use std::sync::Arc;
use std::time::Duration;

use super::interrupting::{ECHO_DELAY_MAX, Judged};
use super::{Call, Said};
use crate::domain::call::command::{CallCommand, Likelihood};
use crate::domain::call::conversation::Conversation;
use crate::domain::call::deadline::Deadline;
use crate::domain::call::minutes::CallerLine;
use crate::domain::call::phase::{Floor, Paused, Speculation, Turn, TurnReading, Voice};
use crate::domain::call::record::TurnTiming;
use crate::domain::call::turn_taking::{AgentSpeech, Completeness, Interruption, is_noise_like, silence_budget};
use crate::domain::dialogue::{CallerTurn, DialogueCommand, DialogueEvent, ModelQuestion, Sentence};
use crate::domain::hearing::{ReadingPurpose, Transcript};
use crate::domain::values::{CallTime, SegmentId};

/// Voice that must have been heard before an unreadable turn is answered with "sorry?"; less is taken for noise.
const UNREADABLE_VOICE_MS_MIN: u32 = 600;

/// How much longer a voice without pauses may go on each time that its reading shows new words.
const VOICE_EXTENSION: Duration = Duration::from_millis(4_000);

/// After this many periods without an answer, another live look is asked for.
const LIVE_PARTIAL_PATIENCE: u32 = 3;

/// The deadlines of a turn in progress.
const OF_A_TURN: [Deadline; 6] = [
    Deadline::TurnEnds,
    Deadline::ReadingOverdue,
    Deadline::ReadInterruption,
    Deadline::JudgeInterruption,
    Deadline::LivePartial,
    Deadline::VoiceTooLong,
];

impl<C: Conversation> Call<C> {
    pub(super) fn on_voice_started(&mut self, at: CallTime, out: &mut Vec<CallCommand>) {
        self.has_sound = true;
        self.voice_on_since.get_or_insert(at);
        if !self.phase.is_listening() {
            return;
        }
        match &mut self.floor {
            Floor::Open => self.begin_callers_turn(at, out),
            Floor::Agent => {
                let turn = self.begin_turn(at, true, out);
                self.floor = Floor::Contested { turn, agent: Paused::No };
                self.contest(at, out);
            }
            Floor::Caller(turn) => {
                if turn.voice_started(at) {
                    self.voice_resumed(at);
                    self.arm_live_partial(at);
                }
            }
            Floor::Contested { turn, .. } => {
                if turn.voice_started(at) {
                    self.voice_resumed(at);
                    self.contest(at, out);
                }
            }
        }
    }

    pub(super) fn begin_callers_turn(&mut self, at: CallTime, out: &mut Vec<CallCommand>) {
        let turn = self.begin_turn(at, false, out);
        self.floor = Floor::Caller(turn);
        self.arm_live_partial(at);
    }

    fn begin_turn(&mut self, at: CallTime, is_barge_in: bool, out: &mut Vec<CallCommand>) -> Turn<C> {
        self.segment_last = self.segment_last.next();
        let segment = self.segment_last;
        out.push(CallCommand::BeginSegment { segment, pre_roll: self.settings.pre_roll });
        self.deadlines.arm(Deadline::VoiceTooLong, at + self.settings.voice_max);
        let may_be_echo = is_barge_in || at < self.agent_heard_at + ECHO_DELAY_MAX;
        Turn { may_be_echo, ..Turn::new(segment, at, is_barge_in) }
    }

    fn voice_resumed(&mut self, at: CallTime) {
        let (Floor::Caller(turn) | Floor::Contested { turn, .. }) = &self.floor else { return };
        let latest = (turn.started_at + self.settings.turn_max).max(at + VOICE_EXTENSION);
        self.deadlines.disarm(Deadline::TurnEnds);
        self.deadlines.disarm(Deadline::ReadingOverdue);
        self.deadlines.arm(Deadline::VoiceTooLong, latest.min(at + self.settings.voice_max));
    }

    pub(super) fn on_voice_stopped(&mut self, now: CallTime, at: CallTime, out: &mut Vec<CallCommand>) {
        self.voice_on_since = None;
        let (Floor::Caller(turn) | Floor::Contested { turn, .. }) = &mut self.floor else { return };
        if !turn.voice_stopped(at) {
            return;
        }
        let is_click = Duration::from_millis(turn.voiced_ms.into()) < self.settings.click_max
            && turn.latest.as_ref().is_none_or(|look| is_wordless(&look.transcript));
        self.deadlines.disarm(Deadline::LivePartial);
        self.deadlines.disarm(Deadline::VoiceTooLong);
        self.deadlines.disarm(Deadline::ReadInterruption);
        if is_click {
            self.dismiss_turn(now, out);
            return;
        }
        self.ask_reading(now, ReadingPurpose::Speculative, out);
        self.arm_turn_end();
    }

    /// Asks for the whole turn to be read.
    fn ask_reading(&mut self, now: CallTime, purpose: ReadingPurpose, out: &mut Vec<CallCommand>) {
        let (Floor::Caller(turn) | Floor::Contested { turn, .. }) = &mut self.floor else { return };
        turn.asked = Some(purpose);
        let (segment, revision) = (turn.segment, turn.revision);
        let settings = &self.settings;
        let patience = match purpose {
            ReadingPurpose::Partial | ReadingPurpose::Speculative => settings.reading_retry_after,
            ReadingPurpose::Final => settings.reading_timeout.saturating_sub(settings.reading_retry_after),
        };
        out.push(CallCommand::Transcribe { segment, revision, purpose });
        self.deadlines.arm(Deadline::ReadingOverdue, now + patience);
    }

    /// Before the words are known, the turn ends as one that looks unfinished.
    pub(super) fn arm_turn_end(&mut self) {
        if let Floor::Caller(turn) = &self.floor
            && let Voice::Off { since } = turn.voice
        {
            let budget = silence_budget(self.expectation.awaited, Completeness::Unfinished);
            self.deadlines.arm(Deadline::TurnEnds, since + budget);
        }
    }

    // ---- Readings ----

    pub(super) fn on_read(
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
        if revision > turn.revision {
            return;
        }
        let is_awaited = revision == turn.revision
            && match (turn.asked, purpose) {
                (None, _) | (Some(_), ReadingPurpose::Partial) => false,
                // A reading asked for at the pause before knows nothing of the voice that is on.
                (Some(ReadingPurpose::Final), ReadingPurpose::Speculative) => !turn.is_voice_on(),
                (Some(_), ReadingPurpose::Speculative | ReadingPurpose::Final) => true,
            };
        let words_before = turn.words_max;
        if let Some(transcript) = &transcript {
            turn.looked(now, revision, purpose, transcript);
        }
        match (is_awaited, transcript) {
            (true, Some(transcript)) => self.on_turn_read(now, transcript, words_before, out),
            (true, None) => self.on_no_reading(now, purpose, out),
            (false, Some(_)) => {
                self.judge_contest(now, Judged::OnWords, out);
                self.watch_words(now, out);
            }
            (false, None) => (),
        }
    }

    fn on_turn_read(
        &mut self,
        now: CallTime,
        transcript: Arc<Transcript>,
        words_before: usize,
        out: &mut Vec<CallCommand>,
    ) {
        let (Floor::Caller(turn) | Floor::Contested { turn, .. }) = &mut self.floor else { return };
        turn.asked = None;
        self.deadlines.disarm(Deadline::ReadingOverdue);
        let has_grown = turn.words_max > words_before && words_before > 0;
        if turn.is_voice_on() && has_grown && now < turn.started_at + self.settings.turn_max {
            self.deadlines.arm(Deadline::VoiceTooLong, now + VOICE_EXTENSION);
            return;
        }
        turn.reading = Some(TurnReading { transcript, at: now });
        self.on_whole_turn(now, out);
    }

    /// The reading failed or was dropped under load.
    fn on_no_reading(&mut self, now: CallTime, purpose: ReadingPurpose, out: &mut Vec<CallCommand>) {
        let (Floor::Caller(turn) | Floor::Contested { turn, .. }) = &mut self.floor else { return };
        match (turn.asked, purpose) {
            (Some(ReadingPurpose::Final), ReadingPurpose::Final) => {
                turn.asked = None;
                self.deadlines.disarm(Deadline::ReadingOverdue);
                turn.reading = Some(TurnReading { transcript: Arc::default(), at: now });
                self.on_whole_turn(now, out);
            }
            // The better reading is on its way.
            (Some(ReadingPurpose::Final), ReadingPurpose::Partial | ReadingPurpose::Speculative) | (None, _) => (),
            (Some(ReadingPurpose::Partial | ReadingPurpose::Speculative), _) => {
                self.ask_reading(now, ReadingPurpose::Final, out);
            }
        }
    }

    pub(super) fn on_reading_overdue(&mut self, now: CallTime, out: &mut Vec<CallCommand>) {
        let (Floor::Caller(turn) | Floor::Contested { turn, .. }) = &self.floor else { return };
        if let Some(purpose) = turn.asked {
            self.on_no_reading(now, purpose, out);
        }
    }

    fn on_whole_turn(&mut self, now: CallTime, out: &mut Vec<CallCommand>) {
        if let Floor::Contested { .. } = self.floor {
            self.judge_contest(now, Judged::OnWholeTurn, out);
        }
        let Floor::Caller(turn) = &self.floor else { return };
        let Some(reading) = &turn.reading else { return };
        if self.is_noise(turn, &reading.transcript) {
            self.dismiss_turn(now, out);
            return;
        }
        let Voice::Off { since } = turn.voice else {
            // Words, and behind them a noise that does not stop.
            self.finish_turn(now, out);
            return;
        };
        let completeness = self.completeness(&reading.transcript);
        let ends_at = since + silence_budget(self.expectation.awaited, completeness);
        if ends_at <= now || turn.started_at + self.settings.turn_max <= now {
            self.finish_turn(now, out);
            return;
        }
        self.deadlines.arm(Deadline::TurnEnds, ends_at);
        self.speculate(now, out);
    }

    fn completeness(&self, transcript: &Transcript) -> Completeness {
        let vocabulary = self.conversation.vocabulary();
        let completeness = vocabulary.completeness(&self.expectation.context, transcript);
        let is_understood = Completeness::Plausible <= completeness
            && vocabulary.may_be_understood(self.expectation.awaited, transcript.text())
            && self.conversation.understands(transcript);
        if is_understood { Completeness::Understood } else { completeness }
    }

    /// Whether nothing must follow. Speech that the agent was stopped for is never nothing.
    fn is_noise(&self, turn: &Turn<C>, transcript: &Transcript) -> bool {
        if turn.has_stopped_agent {
            return false;
        }
        let is_short = !turn.is_voice_on() && turn.voiced_ms < UNREADABLE_VOICE_MS_MIN;
        if is_wordless(transcript) {
            return is_short;
        }
        let voiced = Duration::from_millis(turn.voiced_ms.into());
        if !turn.is_voice_on() && is_noise_like(self.expectation.awaited, transcript, voiced) {
            return true;
        }
        let agent = AgentSpeech { is_answer_awaited: true, ..self.agent_speech(turn) };
        match self.conversation.vocabulary().judge_interruption(transcript, &agent) {
            Interruption::Nothing => turn.is_barge_in,
            // Behind the agent's last word an echo is no longer than its delay.
            Interruption::Echo => turn.is_barge_in || (turn.may_be_echo && voiced <= ECHO_DELAY_MAX),
            Interruption::Backchannel | Interruption::Words => false,
        }
    }

    /// Works the answer out on a copy, so that its audio is ready when the turn is judged over.
    pub(super) fn speculate(&mut self, now: CallTime, out: &mut Vec<CallCommand>) {
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
        let question = commands.iter().find_map(question_of).cloned();
        turn.speculation = Some(Speculation { conversation, commands });
        self.ask_ahead(question, out);
    }

    // ---- Voice that does not pause ----

    pub(super) fn arm_live_partial(&mut self, now: CallTime) {
        if let Some(period) = self.settings.live_partials_every {
            self.deadlines.arm(Deadline::LivePartial, now + period);
        }
    }

    pub(super) fn on_live_partial(&mut self, now: CallTime, out: &mut Vec<CallCommand>) {
        let Some(period) = self.settings.live_partials_every else { return };
        let Floor::Caller(turn) = &mut self.floor else { return };
        if !turn.is_voice_on() {
            return;
        }
        let is_unanswered = turn.partial_asked_at.is_some_and(|at| now < at + period * LIVE_PARTIAL_PATIENCE);
        if !is_unanswered {
            turn.partial_asked_at = Some(now);
            let (segment, revision) = (turn.segment, turn.revision);
            out.push(CallCommand::Transcribe { segment, revision, purpose: ReadingPurpose::Partial });
        }
        self.arm_live_partial(now);
    }

    /// When the words have stopped coming while the voice goes on, the turn is read as a whole.
    fn watch_words(&mut self, now: CallTime, out: &mut Vec<CallCommand>) {
        let Floor::Caller(turn) = &mut self.floor else { return };
        turn.partial_asked_at = None;
        let has_stalled = turn.is_voice_on()
            && turn.asked.is_none()
            && turn.words_max > 0
            && turn.words_grew_at + self.settings.words_stalled_after <= now;
        if has_stalled {
            self.ask_reading(now, ReadingPurpose::Final, out);
        }
    }

    pub(super) fn on_voice_too_long(&mut self, now: CallTime, out: &mut Vec<CallCommand>) {
        match &self.floor {
            Floor::Caller(turn) if turn.is_voice_on() => {
                if turn.asked.is_none() {
                    self.ask_reading(now, ReadingPurpose::Final, out);
                }
            }
            // The agent speaks on; it is looked at again when the agent has finished.
            Floor::Contested { .. } => self.deadlines.arm(Deadline::VoiceTooLong, now + VOICE_EXTENSION),
            Floor::Caller(_) | Floor::Open | Floor::Agent => (),
        }
    }

    // ---- The end of a turn ----

    pub(super) fn on_turn_silence(&mut self, now: CallTime, out: &mut Vec<CallCommand>) {
        // Without a reading the turn ends when it comes, or when it is overdue.
        if let Floor::Caller(turn) = &self.floor
            && turn.reading.is_some()
        {
            self.finish_turn(now, out);
        }
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
            blocked: 0,
        });
        self.is_answer_due = true;
        self.silence_steps = 0;
        self.quiet_since = None;
        self.release_held(now, out);
        let said = match turn.speculation.take() {
            Some(speculation) => Said::Anticipated(speculation),
            None => Said::Unheard(DialogueEvent::CallerSaid(said(&turn, transcript))),
        };
        self.answer(now, said, out);
    }

    /// It was noise: as if it had not been.
    pub(super) fn dismiss_turn(&mut self, now: CallTime, out: &mut Vec<CallCommand>) {
        self.resume_if_paused(now, out);
        let (Floor::Caller(turn) | Floor::Contested { turn, .. }) = &self.floor else { return };
        let segment = turn.segment;
        self.close_segment(segment, out);
        self.floor = if self.playout.is_busy() { Floor::Agent } else { Floor::Open };
        self.release_held(now, out);
        self.after_playout(now, out);
    }

    /// The turn is given up for something else; what was said of it is kept.
    pub(super) fn abandon_turn(&mut self, now: CallTime, out: &mut Vec<CallCommand>) {
        let (Floor::Caller(turn) | Floor::Contested { turn, .. }) = &self.floor else { return };
        let segment = turn.segment;
        let heard = turn.latest.as_ref().map(|look| Arc::clone(&look.transcript)).filter(|heard| !is_wordless(heard));
        if let Some(transcript) = heard {
            let line =
                CallerLine { text: transcript.text().to_owned(), from: turn.started_at, to: turn.last_voice(now) };
            let said = said(turn, transcript);
            self.caller_lines.push(line);
            self.take_last_words(now, Said::Unheard(DialogueEvent::CallerSaid(said)), out);
        }
        self.close_segment(segment, out);
        self.floor = if self.playout.is_busy() { Floor::Agent } else { Floor::Open };
    }

    /// Words that are not answered any more: a secret in them is masked, and a wish for no more calls is kept.
    pub(super) fn take_last_words(&mut self, now: CallTime, words: Said<C>, out: &mut Vec<CallCommand>) {
        let (conversation, commands) = match words {
            Said::Anticipated(Speculation { conversation, commands }) => (conversation, commands),
            Said::Unheard(event) => {
                let (mut conversation, mut commands) = (self.conversation.clone(), Vec::new());
                conversation.handle(now, event, &mut commands);
                (conversation, commands)
            }
        };
        if commands.iter().any(|command| matches!(command, DialogueCommand::MaskTurn)) {
            self.mask_turn(out);
        }
        let opt_out = commands.into_iter().find(|command| matches!(command, DialogueCommand::OptOut { .. }));
        if let Some(opt_out) = opt_out {
            self.conversation = conversation;
            self.carry_out(now, opt_out, out);
        }
    }

    fn close_segment(&mut self, segment: SegmentId, out: &mut Vec<CallCommand>) {
        out.push(CallCommand::EndSegment { segment });
        for name in OF_A_TURN {
            self.deadlines.disarm(name);
        }
    }
}

fn said<C>(turn: &Turn<C>, transcript: Arc<Transcript>) -> CallerTurn {
    CallerTurn { transcript, speech_ms: turn.voiced_ms, is_barge_in: turn.is_barge_in }
}

fn is_wordless(transcript: &Transcript) -> bool {
    !transcript.text().contains(char::is_alphanumeric)
}

fn question_of(command: &DialogueCommand) -> Option<&Arc<ModelQuestion>> {
    if let DialogueCommand::AskModel { question, .. } = command { Some(question) } else { None }
}

fn sentences_of(command: &DialogueCommand) -> &[Sentence] {
    match command {
        DialogueCommand::Say { saying, .. } => &saying.sentences,
        DialogueCommand::Await(_)
        | DialogueCommand::Prepare(_)
        | DialogueCommand::LookUp { .. }
        | DialogueCommand::Record { .. }
        | DialogueCommand::OptOut { .. }
        | DialogueCommand::AskModel { .. }
        | DialogueCommand::CancelModel { .. }
        | DialogueCommand::NoteModel(_)
        | DialogueCommand::SetPace(_)
        | DialogueCommand::StartRecording
        | DialogueCommand::StopRecording
        | DialogueCommand::MaskTurn
        | DialogueCommand::HandOver(_)
        | DialogueCommand::End(_) => &[],
    }
}

//! Speech over the agent: the agent pauses at once, then stops for good or goes on.

use std::time::Duration;

use super::Call;
use crate::domain::call::command::CallCommand;
use crate::domain::call::conversation::Conversation;
use crate::domain::call::deadline::Deadline;
use crate::domain::call::phase::{Floor, Paused, Phase, Turn};
use crate::domain::call::turn_taking::{AgentSpeech, Interruption};
use crate::domain::hearing::{Awaited, ReadingPurpose, Transcript};
use crate::domain::values::CallTime;

/// How long the agent waits, silent, for the first words of an interruption.
const WORDS_WAIT_MAX: Duration = Duration::from_millis(1_000);

/// How often an interruption without words is looked at again while the agent waits.
const WORDS_WAIT_STEP: Duration = Duration::from_millis(200);

/// From the agent's voice to its echo, the detection of a voice included: 400 ms of network and acoustics at most.
pub(super) const ECHO_DELAY_MAX: Duration = Duration::from_millis(600);

/// Echoes after which a voice over the agent is first read and only then yielded to.
const ECHOES_MAX: u32 = 2;

/// A noise that goes on is looked at less and less often, at least every fourth period.
const JUDGEMENT_SPACING_MAX: u32 = 4;

/// What an interruption is judged on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Judged {
    /// A first look at the words.
    OnWords,
    /// The time for judging has come.
    AtDeadline,
    /// The voice has stopped and all of it was read.
    OnWholeTurn,
}

impl<C: Conversation> Call<C> {
    /// The voice set in over the agent: fall silent and look. On a line that brings our own voice back, look first.
    pub(super) fn contest(&mut self, at: CallTime, out: &mut Vec<CallCommand>) {
        let brings_echo = self.brings_echo();
        let Floor::Contested { agent, .. } = &mut self.floor else { return };
        if *agent == Paused::No && !brings_echo {
            *agent = Paused::Since(at);
            out.push(CallCommand::PauseSpeaking);
        }
        self.deadlines.arm(Deadline::ReadInterruption, at + self.settings.interruption_read_after);
        self.deadlines.arm(Deadline::JudgeInterruption, at + self.settings.interruption_judged_after);
    }

    pub(super) fn read_interruption(&mut self, out: &mut Vec<CallCommand>) {
        if let Floor::Contested { turn, .. } = &self.floor {
            let (segment, revision) = (turn.segment, turn.revision);
            out.push(CallCommand::Transcribe { segment, revision, purpose: ReadingPurpose::Partial });
        }
    }

    pub(super) fn on_interruption_due(&mut self, now: CallTime, out: &mut Vec<CallCommand>) {
        self.judge_contest(now, Judged::AtDeadline, out);
    }

    pub(super) fn judge_contest(&mut self, now: CallTime, judged: Judged, out: &mut Vec<CallCommand>) {
        let Floor::Contested { turn, .. } = &self.floor else { return };
        let verdict = turn.latest.as_ref().map(|look| self.verdict(turn, &look.transcript));
        let is_waiting = now < turn.onset + WORDS_WAIT_MAX;
        let is_somebody = turn.is_voice_on() && self.phase == Phase::Talking && !self.brings_echo();
        match (verdict, judged) {
            (Some(Interruption::Words), _) => self.yield_floor(now, out),
            (Some(Interruption::Nothing | Interruption::Backchannel) | None, Judged::OnWholeTurn) => {
                self.dismiss_turn(now, out);
            }
            (Some(Interruption::Echo), Judged::OnWholeTurn) => {
                self.echoes += 1;
                self.dismiss_turn(now, out);
            }
            (Some(Interruption::Nothing | Interruption::Echo | Interruption::Backchannel), Judged::AtDeadline) => {
                self.speak_on(now, out);
            }
            // Too early to say.
            (Some(Interruption::Nothing | Interruption::Echo | Interruption::Backchannel) | None, Judged::OnWords) => {}
            (None, Judged::AtDeadline) if is_waiting => {
                self.deadlines.arm(Deadline::JudgeInterruption, now + WORDS_WAIT_STEP);
            }
            // The recogniser is late, and somebody does speak: a person would stop, unless to say goodbye.
            (None, Judged::AtDeadline) if is_somebody => self.yield_floor(now, out),
            (None, Judged::AtDeadline) => self.speak_on(now, out),
        }
    }

    /// Whether our own voice keeps coming back on this line.
    fn brings_echo(&self) -> bool {
        ECHOES_MAX <= self.echoes
    }

    fn verdict(&self, turn: &Turn<C>, heard: &Transcript) -> Interruption {
        let agent = self.agent_speech(turn);
        match self.phase {
            Phase::Closing { .. } => self.conversation.vocabulary().judge_farewell(heard, &agent),
            Phase::Accepted
            | Phase::Talking
            | Phase::Leaving { .. }
            | Phase::Away
            | Phase::HangingUp { .. }
            | Phase::Ended => self.conversation.vocabulary().judge_interruption(heard, &agent),
        }
    }

    /// The agent's side of what `turn` speaks over.
    pub(super) fn agent_speech(&self, turn: &Turn<C>) -> AgentSpeech {
        let is_question_out = !matches!(self.expectation.awaited, Awaited::Open) && self.playout.is_in_last_sentence();
        let is_closing = matches!(self.phase, Phase::Closing { .. });
        AgentSpeech {
            text: self.playout.recent_text(),
            // Before the answer is audible, whatever the caller says belongs to what they said before.
            is_answer_awaited: !is_closing && (is_question_out || self.is_answer_due),
            has_just_begun: self.agent_onset < turn.onset && turn.onset < self.agent_onset + ECHO_DELAY_MAX,
        }
    }

    /// The caller has the floor: stop for good.
    fn yield_floor(&mut self, now: CallTime, out: &mut Vec<CallCommand>) {
        if let Floor::Contested { turn, .. } = &mut self.floor {
            turn.has_stopped_agent = true;
            self.barge_ins += 1;
            self.cancel_model(out);
            self.give_floor_to_caller(now, out);
        }
    }

    /// A contested floor becomes the caller's; what is left to say is dropped.
    pub(super) fn give_floor_to_caller(&mut self, now: CallTime, out: &mut Vec<CallCommand>) {
        let Floor::Contested { turn, agent } = std::mem::replace(&mut self.floor, Floor::Open) else { return };
        self.deadlines.disarm(Deadline::ReadInterruption);
        self.deadlines.disarm(Deadline::JudgeInterruption);
        self.deadlines.disarm(Deadline::HangUpAnyway);
        let (is_paused, silent_since) = match agent {
            Paused::Since(at) => (true, at),
            Paused::No => (false, now),
        };
        if is_paused || self.playout.is_busy() {
            out.push(CallCommand::StopSpeaking);
        }
        self.playout.cut(silent_since);
        self.floor = Floor::Caller(turn);
        self.arm_turn_end();
        self.arm_live_partial(now);
    }

    /// A false alarm so far, and the voice may still be on: go on speaking and keep listening.
    fn speak_on(&mut self, now: CallTime, out: &mut Vec<CallCommand>) {
        self.resume_if_paused(now, out);
        let Floor::Contested { turn, .. } = &mut self.floor else { return };
        if turn.is_voice_on() {
            turn.judgements += 1;
            let spacing = turn.judgements.min(JUDGEMENT_SPACING_MAX);
            self.deadlines.arm(Deadline::ReadInterruption, now + self.settings.interruption_read_after * spacing);
            self.deadlines.arm(Deadline::JudgeInterruption, now + self.settings.interruption_judged_after * spacing);
        }
    }

    pub(super) fn resume_if_paused(&mut self, now: CallTime, out: &mut Vec<CallCommand>) {
        if let Floor::Contested { agent, .. } = &mut self.floor
            && let Paused::Since(_) = agent
        {
            *agent = Paused::No;
            self.false_alarms += 1;
            self.agent_onset = now;
            self.playout_moved_at = now;
            out.push(CallCommand::ResumeSpeaking);
        }
    }
}

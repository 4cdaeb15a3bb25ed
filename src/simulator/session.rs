//! One simulated call without a network: the caller's script on one side, the agent's playout on the other.
//!
//! Pure: the clock is the number of ticks.

use audio_codec_algorithms::{decode_ulaw, encode_ulaw};
use rand::rngs::SmallRng;
use rand::{RngExt, SeedableRng};
use serde::{Deserialize, Serialize};

use super::clip::is_audible;
use super::director::Moment;
use super::listener::{Heard, Listener, TICK_MS};
use super::playout::{FRAME_BYTES, PlayoutBuffer, ULAW_SILENCE};
use super::report::{CallEnd, CallReport};
use super::script::{PreparedScript, PreparedStep};

/// A call that goes on longer is ended: an hour of both sides is 115 MB.
const CALL_MS_MAX: u64 = 60 * 60 * 1_000;

/// What the wire carries while the caller is quiet.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CallerSilence {
    /// The μ-law code for zero.
    #[default]
    Flat,
    /// White noise.
    ComfortNoise { amplitude: i16 },
}

/// What the caller's side does in one tick.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum CallerAct {
    Frame([u8; FRAME_BYTES]),
    Dtmf(char),
    /// A mark goes back to the server.
    EchoMark(String),
    /// The call is over, in this way.
    End(CallEnd),
}

/// A call in progress.
pub(super) struct CallSession {
    script: PreparedScript,
    step: usize,
    /// Ticks spent in the current step.
    step_ticks: usize,
    silence: CallerSilence,
    noise: SmallRng,
    playout: PlayoutBuffer,
    listener: Listener,
    report: CallReport,
    /// The call ends with this tick.
    end: Option<CallEnd>,
}

impl CallSession {
    pub(super) fn new(script: PreparedScript, silence: CallerSilence, seed: u64) -> Self {
        Self {
            script,
            step: 0,
            step_ticks: 0,
            silence,
            noise: SmallRng::seed_from_u64(seed),
            playout: PlayoutBuffer::default(),
            listener: Listener::default(),
            report: CallReport::default(),
            end: None,
        }
    }

    pub(super) fn on_audio(&mut self, ulaw: &[u8]) {
        self.report.media_messages_received += 1;
        self.playout.push(ulaw);
    }

    pub(super) fn on_mark(&mut self, name: String) {
        self.playout.mark(name);
    }

    pub(super) fn on_clear(&mut self) {
        self.report.clears += 1;
        self.playout.clear();
    }

    /// What the report should also tell; the session itself never reads it.
    pub(super) fn report_mut(&mut self) -> &mut CallReport {
        &mut self.report
    }

    /// Marks that are due now, without waiting for the next tick.
    pub(super) fn next_due_mark(&mut self) -> Option<String> {
        let due = self.playout.next_due_mark();
        self.report.marks_echoed += u64::from(due.is_some());
        due
    }

    /// Lives 20 ms of the call.
    pub(super) fn tick(&mut self, acts: &mut Vec<CallerAct>) {
        let mut agent_frame = [ULAW_SILENCE; FRAME_BYTES];
        self.playout.tick(&mut agent_frame);
        while let Some(name) = self.next_due_mark() {
            acts.push(CallerAct::EchoMark(name));
        }
        let (mut caller_frame, is_caller_speaking) = self.next_caller_frame(acts);
        if let Some(background) = &mut self.script.background {
            background.mix(&mut caller_frame);
        }
        self.listener.on_tick(Heard { is_caller_speaking, is_agent_audible: is_audible(&agent_frame) });
        self.report.agent_audio.extend(agent_frame.map(decode_ulaw));
        self.report.caller_audio.extend(caller_frame.map(decode_ulaw));
        self.report.frames_sent += 1;
        acts.push(CallerAct::Frame(caller_frame));
        if CALL_MS_MAX <= self.listener.now_ms() {
            self.end = Some(CallEnd::TimeLimit);
        }
        acts.extend(self.end.take().map(CallerAct::End));
    }

    pub(super) fn finish(mut self, end: CallEnd) -> CallReport {
        self.report.end = end;
        self.report.duration_ms = self.listener.now_ms();
        self.report.underruns = self.playout.underruns();
        (self.report.turns, self.report.agent_bursts) = self.listener.finish();
        self.report
    }

    /// Walks the script to the step that fills this tick; gives its frame and whether it is speech.
    fn next_caller_frame(&mut self, acts: &mut Vec<CallerAct>) -> ([u8; FRAME_BYTES], bool) {
        loop {
            let tick = self.step_ticks;
            let spent_ms = tick as u64 * TICK_MS;
            self.step_ticks += 1;
            let is_done = match self.script.steps.get(self.step) {
                Some(PreparedStep::Say(clip)) => match clip.frames.get(tick) {
                    Some(frame) => return (*frame, clip.speech.contains(&tick)),
                    None => true,
                },
                Some(PreparedStep::Silence { ms }) => *ms <= spent_ms,
                Some(PreparedStep::WaitForAgent { silence_ms }) => self.has_agent_finished(*silence_ms),
                Some(PreparedStep::WaitForAgentSpeaking { speech_ms }) => {
                    let since_ms = self.listener.agent_speaking_since_ms();
                    since_ms.is_some_and(|since_ms| since_ms + speech_ms <= self.listener.now_ms())
                }
                Some(PreparedStep::Dtmf(digit)) => {
                    acts.push(CallerAct::Dtmf(*digit));
                    true
                }
                None if self.script.director.is_some() => {
                    if !self.is_directed_on() {
                        return (self.silent_frame(), false);
                    }
                    continue;
                }
                Some(PreparedStep::HangUp) | None => {
                    self.end = Some(CallEnd::CallerHungUp);
                    false
                }
                Some(PreparedStep::Drop) => {
                    self.end = Some(CallEnd::CallerDropped);
                    false
                }
            };
            if !is_done {
                if self.is_waiting() && self.script.patience_ms <= spent_ms {
                    self.end = Some(CallEnd::AgentTooSilent);
                }
                return (self.silent_frame(), false);
            }
            self.step += 1;
            self.step_ticks = 0;
        }
    }

    /// Asks the director for more; whether there is something to do now.
    fn is_directed_on(&mut self) -> bool {
        let (now_ms, agent_quiet_ms) = (self.listener.now_ms(), self.listener.agent_quiet_ms());
        let director = self.script.director.as_ref();
        let Some(more) = director.and_then(|director| director.next(Moment { now_ms, agent_quiet_ms })) else {
            return false;
        };
        // What was done is done: a directed call does not grow with its length.
        self.script.steps = more.steps;
        (self.step, self.step_ticks) = (0, 0);
        !self.script.steps.is_empty()
    }

    fn is_waiting(&self) -> bool {
        matches!(
            self.script.steps.get(self.step),
            Some(PreparedStep::WaitForAgent { .. } | PreparedStep::WaitForAgentSpeaking { .. })
        )
    }

    fn has_agent_finished(&self, silence_ms: u64) -> bool {
        let quiet_ms = self.listener.agent_quiet_for_ms(self.listener.caller_stopped_at_ms());
        self.playout.is_empty() && quiet_ms.is_some_and(|quiet_ms| silence_ms <= quiet_ms)
    }

    fn silent_frame(&mut self) -> [u8; FRAME_BYTES] {
        match self.silence {
            CallerSilence::Flat | CallerSilence::ComfortNoise { amplitude: ..=0 } => [ULAW_SILENCE; FRAME_BYTES],
            CallerSilence::ComfortNoise { amplitude } => {
                std::array::from_fn(|_| encode_ulaw(self.noise.random_range(-amplitude..=amplitude)))
            }
        }
    }
}

#[cfg(test)]
mod tests;

//! Who spoke when: turns, latencies and interruptions drawn from both sides' audio, frame by frame.

use super::report::{Burst, Interruption, TurnReport};

pub(super) const TICK_MS: u64 = 20;
/// Quiet shorter than this is part of the agent's speech.
const BURST_GAP_MS: u64 = 200;

/// One tick of the call.
#[derive(Clone, Copy, Debug)]
pub(super) struct Heard {
    pub(super) is_caller_speaking: bool,
    pub(super) is_agent_audible: bool,
}

#[derive(Debug, Default)]
pub(super) struct Listener {
    now_ms: u64,
    is_caller_speaking: bool,
    open_burst: Option<Burst>,
    bursts: Vec<Burst>,
    turns: Vec<TurnReport>,
}

impl Listener {
    pub(super) fn on_tick(&mut self, heard: Heard) {
        if heard.is_caller_speaking != self.is_caller_speaking {
            self.is_caller_speaking = heard.is_caller_speaking;
            if heard.is_caller_speaking { self.on_caller_started() } else { self.on_caller_stopped() }
        }
        if heard.is_agent_audible {
            self.on_agent_audible();
        } else if self.open_burst.is_some_and(|burst| burst.to_ms + BURST_GAP_MS <= self.now_ms) {
            self.close_burst();
        }
        self.now_ms += TICK_MS;
    }

    pub(super) fn now_ms(&self) -> u64 {
        self.now_ms
    }

    /// Since when the agent has been audible, short pauses included.
    pub(super) fn agent_speaking_since_ms(&self) -> Option<u64> {
        self.open_burst.map(|burst| burst.from_ms)
    }

    /// How long the agent has been quiet, short pauses in its speech left out. None: it has not spoken, or speaks.
    pub(super) fn agent_quiet_ms(&self) -> Option<u64> {
        let last = self.open_burst.or(self.bursts.last().copied())?;
        Some(self.now_ms.saturating_sub(last.to_ms)).filter(|quiet_ms| *quiet_ms > 0)
    }

    /// How long the agent has been quiet after something it began since `since_ms`. None: it is yet to speak.
    pub(super) fn agent_quiet_for_ms(&self, since_ms: u64) -> Option<u64> {
        let last = self.open_burst.or(self.bursts.last().copied())?;
        (last.from_ms >= since_ms).then(|| self.now_ms.saturating_sub(last.to_ms))
    }

    /// When the caller last stopped speaking: zero if never, now if still speaking.
    pub(super) fn caller_stopped_at_ms(&self) -> u64 {
        self.turns.last().map_or(0, |turn| turn.caller_to_ms.unwrap_or(self.now_ms))
    }

    pub(super) fn finish(mut self) -> (Vec<TurnReport>, Vec<Burst>) {
        if let Some(burst) = self.open_burst.take() {
            self.bursts.push(burst);
        }
        (self.turns, self.bursts)
    }

    fn on_caller_started(&mut self) {
        let interruption = match self.open_burst {
            Some(_) => Interruption::Caller { agent_silent_after_ms: None },
            None => Interruption::Nobody,
        };
        self.turns.push(TurnReport { caller_from_ms: self.now_ms, interruption, ..TurnReport::default() });
    }

    /// The last frame with speech was that of the tick before.
    fn on_caller_stopped(&mut self) {
        if let Some(turn) = self.turns.last_mut() {
            turn.caller_to_ms = Some(self.now_ms - TICK_MS);
        }
    }

    fn on_agent_audible(&mut self) {
        let to_ms = self.now_ms + TICK_MS;
        if let Some(burst) = &mut self.open_burst {
            burst.to_ms = to_ms;
            return;
        }
        self.open_burst = Some(Burst { from_ms: self.now_ms, to_ms });
        let Some(turn) = self.turns.last_mut().filter(|turn| turn.agent_from_ms.is_none()) else { return };
        match turn.caller_to_ms {
            Some(caller_to_ms) => {
                turn.agent_from_ms = Some(self.now_ms);
                turn.latency_ms = Some(self.now_ms - caller_to_ms);
            }
            None if turn.interruption == Interruption::Nobody => turn.interruption = Interruption::Agent,
            None => (),
        }
    }

    fn close_burst(&mut self) {
        let Some(burst) = self.open_burst.take() else { return };
        self.bursts.push(burst);
        if let Some(turn) = self.turns.last_mut()
            && let Interruption::Caller { agent_silent_after_ms: silent @ None } = &mut turn.interruption
        {
            *silent = Some(burst.to_ms.saturating_sub(turn.caller_from_ms));
        }
    }
}

#[cfg(test)]
mod tests;

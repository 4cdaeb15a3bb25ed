//! What a call remembers of itself while it lasts, and hands over when it ends.

use super::CloseCause;
use super::playout::Playout;
use super::record::{HeardFact, HeardShare, LatencyMs, Speaker, TranscriptLine, TurnTiming};
use crate::domain::dialogue::EndReason;
use crate::domain::values::{CallTime, Personal};

/// Everything kept of one call, in the order of time.
#[derive(Clone, Debug, PartialEq)]
pub struct Minutes {
    pub ended_at: CallTime,
    pub cause: CloseCause,
    /// Why we ended it, if we did.
    pub end_reason: Option<EndReason>,
    pub transcript: Vec<TranscriptLine>,
    pub facts: Vec<HeardFact>,
    pub turns: Vec<TurnTiming>,
    pub barge_ins: u32,
    pub false_alarms: u32,
}

impl Minutes {
    /// Percentiles of caller's last word to first agent audio.
    pub fn latency(&self) -> LatencyMs {
        let mut gaps: Vec<u64> = self
            .turns
            .iter()
            .filter_map(|turn| turn.first_audio_ms.map(|at| at.as_ms().saturating_sub(turn.caller_ended_ms.as_ms())))
            .collect();
        gaps.sort_unstable();
        let rank = |percent: usize| gaps.get((gaps.len() * percent).div_ceil(100).saturating_sub(1)).copied();
        LatencyMs { p50: rank(50), p95: rank(95) }
    }
}

/// The caller's lines, as they come.
#[derive(Clone, Debug)]
pub struct CallerLine {
    pub text: String,
    pub from: CallTime,
    pub to: CallTime,
}

/// What the line of a caller who gave away a secret reads.
pub const MASKED: &str = "[masked]";

/// Puts both sides in one transcript, by the time each line began.
pub fn transcript(caller: &[CallerLine], playout: &Playout) -> Vec<TranscriptLine> {
    let callers = caller.iter().map(|line| TranscriptLine {
        role: Speaker::Caller,
        text: Personal::new(line.text.clone()),
        from_ms: line.from,
        to_ms: line.to,
        heard: HeardShare::Whole,
    });
    let agents = playout.utterances().iter().map(|utterance| {
        let from = utterance.started_at.or(utterance.ended_at);
        TranscriptLine {
            role: Speaker::Agent,
            text: Personal::new(utterance.text()),
            from_ms: from.unwrap_or_default(),
            to_ms: utterance.ended_at.or(from).unwrap_or_default(),
            heard: utterance.heard(),
        }
    });
    // A line nobody heard has no time of its own: it takes that of the line before it.
    let mut last = CallTime::ZERO;
    let mut lines: Vec<TranscriptLine> = agents
        .map(|mut line| {
            if line.heard == HeardShare::None {
                line.from_ms = last;
                line.to_ms = last;
            }
            last = line.to_ms;
            line
        })
        .chain(callers)
        .collect();
    lines.sort_by_key(|line| line.from_ms);
    lines
}

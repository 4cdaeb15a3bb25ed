//! Keys: accepted at any time, complete by count, by `#`, or by a pause.

use std::time::Duration;

use super::{Call, Said};
use crate::domain::call::command::CallCommand;
use crate::domain::call::conversation::Conversation;
use crate::domain::call::deadline::Deadline;
use crate::domain::call::minutes::CallerLine;
use crate::domain::call::phase::{Floor, Phase};
use crate::domain::call::record::TurnTiming;
use crate::domain::dialogue::DialogueEvent;
use crate::domain::hearing::Awaited;
use crate::domain::values::CallTime;

/// Keys that may be pressed before they are taken as they are.
const KEYS_MAX: usize = 24;

/// Keys that would fall into a turn wait this long.
const KEYS_POSTPONED: Duration = Duration::from_millis(300);

impl<C: Conversation> Call<C> {
    pub(super) fn on_key(&mut self, now: CallTime, key: char, out: &mut Vec<CallCommand>) {
        if matches!(self.phase, Phase::Closing { .. }) && !self.phase.is_listening() {
            self.take_last_words(now, Said::Unheard(DialogueEvent::KeysPressed(key.to_string())), out);
            return;
        }
        if !self.phase.is_listening() || !matches!(key, '0'..='9' | '*' | '#') {
            return;
        }
        self.has_sound = true;
        self.abandon_turn_for_keys(now, out);
        self.silence_steps = 0;
        self.quiet_since = None;
        let is_end = key == '#' && !self.keys.is_empty();
        if !is_end {
            self.keys.push(key);
        }
        if is_end || self.keys.len() >= self.keys_wanted() {
            self.keys_complete(now, out);
        } else {
            self.deadlines.arm(Deadline::KeysComplete, now + self.settings.keys_pause);
        }
    }

    fn abandon_turn_for_keys(&mut self, now: CallTime, out: &mut Vec<CallCommand>) {
        if self.playout.is_busy() || self.is_paused() {
            out.push(CallCommand::StopSpeaking);
            self.playout.cut(now);
        }
        self.abandon_turn(now, out);
        self.deadlines.disarm(Deadline::HangUpAnyway);
        self.floor = Floor::Open;
    }

    fn keys_wanted(&self) -> usize {
        match self.expectation.awaited {
            Awaited::Digits(count) => usize::from(count.max).min(KEYS_MAX),
            Awaited::OrderReference | Awaited::Postcode | Awaited::Date => KEYS_MAX,
            Awaited::Open | Awaited::YesNo | Awaited::Choice | Awaited::Name | Awaited::Address => 1,
        }
    }

    pub(super) fn keys_complete(&mut self, now: CallTime, out: &mut Vec<CallCommand>) {
        if self.is_callers_turn() {
            // Keys and then words: the words come to their end first.
            self.deadlines.arm(Deadline::KeysComplete, now + KEYS_POSTPONED);
            return;
        }
        self.deadlines.disarm(Deadline::KeysComplete);
        let keys = std::mem::take(&mut self.keys);
        self.caller_lines.push(CallerLine { text: format!("[keys] {keys}"), from: now, to: now });
        self.turns.push(TurnTiming {
            caller_ended_ms: now,
            recognised_ms: Some(now),
            understood_ms: Some(now),
            first_audio_ms: None,
            blocked: 0,
        });
        self.is_answer_due = true;
        self.release_held(now, out);
        self.answer(now, Said::Unheard(DialogueEvent::KeysPressed(keys)), out);
    }
}

//! Waiting: the ladder of silence, and look-ups and writes that take long.

use std::time::Duration;

use super::Call;
use crate::domain::call::command::CallCommand;
use crate::domain::call::conversation::Conversation;
use crate::domain::call::deadline::Deadline;
use crate::domain::call::phase::{Floor, Phase};
use crate::domain::dialogue::{DialogueEvent, SilenceStep};
use crate::domain::values::{CallTime, RequestId};

/// A word of patience that would fall into other speech waits this long.
const PATIENCE_POSTPONED: Duration = Duration::from_millis(500);

/// After a noise nobody is asked at once, however long the silence before it was.
const QUIET_AFTER_NOISE: Duration = Duration::from_millis(500);

/// Whether a request asks or changes something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum RequestWay {
    Read,
    Write,
}

/// A request without an answer.
#[derive(Clone, Debug)]
pub(super) struct Pending {
    request: RequestId,
    way: RequestWay,
    since: CallTime,
    /// Words of patience that were due so far.
    words: u8,
}

impl<C: Conversation> Call<C> {
    // ---- Silence ----

    pub(super) fn watch_quiet(&mut self, now: CallTime, out: &mut Vec<CallCommand>) {
        let is_quiet = self.phase == Phase::Talking
            && matches!(self.floor, Floor::Open)
            && !self.playout.is_busy()
            && self.requests.is_empty()
            && !self.is_model_awaited()
            && self.keys.is_empty();
        if !is_quiet {
            self.deadlines.disarm(Deadline::Silence);
        } else if self.voice_on_since.is_some() {
            // A voice that was on all the time has no onset.
            self.begin_callers_turn(now, out);
            self.deadlines.disarm(Deadline::Silence);
        } else if !self.deadlines.is_armed(Deadline::Silence) {
            let since = *self.quiet_since.get_or_insert(now);
            self.deadlines.arm(Deadline::Silence, (since + self.patience()).max(now + QUIET_AFTER_NOISE));
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

    pub(super) fn on_silence(&mut self, now: CallTime, out: &mut Vec<CallCommand>) {
        let step = match self.silence_steps {
            0 => SilenceStep::AskAgain,
            1 => SilenceStep::StillThere,
            _ if self.has_sound => SilenceStep::GiveUp,
            _ => SilenceStep::LineDead,
        };
        self.silence_steps = self.silence_steps.saturating_add(1);
        self.quiet_since = None;
        self.tell(now, DialogueEvent::Silence(step), out);
    }

    pub(super) fn on_too_long(&mut self, now: CallTime, out: &mut Vec<CallCommand>) {
        if self.phase == Phase::Talking {
            self.tell(now, DialogueEvent::TooLong, out);
        }
    }

    // ---- Requests ----

    pub(super) fn requested(&mut self, now: CallTime, request: RequestId, way: RequestWay) {
        self.requests.push(Pending { request, way, since: now, words: 0 });
        self.arm_request();
    }

    pub(super) fn answered(
        &mut self,
        now: CallTime,
        request: RequestId,
        event: DialogueEvent,
        out: &mut Vec<CallCommand>,
    ) {
        let Some(index) = self.requests.iter().position(|pending| pending.request == request) else {
            // A second answer to the same request, or one that came too late.
            return;
        };
        self.requests.remove(index);
        self.arm_request();
        self.tell(now, event, out);
    }

    /// A word on a request whose answer is still to come.
    pub(super) fn half_answered(
        &mut self,
        now: CallTime,
        request: RequestId,
        event: DialogueEvent,
        out: &mut Vec<CallCommand>,
    ) {
        if self.requests.iter().any(|pending| pending.request == request) {
            self.tell(now, event, out);
        }
    }

    pub(super) fn arm_request(&mut self) {
        match self.requests.iter().map(|pending| self.next_step(pending)).min() {
            Some(at) => self.deadlines.arm(Deadline::RequestSlow, at),
            None => self.deadlines.disarm(Deadline::RequestSlow),
        }
    }

    fn next_step(&self, pending: &Pending) -> CallTime {
        let settings = &self.settings;
        pending.since
            + match pending.words {
                0 => settings.request_slow,
                1 => settings.request_slower,
                _ => settings.request_timeout,
            }
    }

    pub(super) fn on_request_slow(&mut self, now: CallTime, out: &mut Vec<CallCommand>) {
        let due: Vec<Pending> =
            self.requests.iter().filter(|pending| self.next_step(pending) <= now).cloned().collect();
        let is_speech_expected = !matches!(self.floor, Floor::Open) || self.playout.is_busy() || !self.keys.is_empty();
        let is_patience_wanted = due.iter().any(|pending| pending.words < 2);
        for pending in due.iter().filter(|pending| pending.words >= 2) {
            let request = pending.request;
            let failed = match pending.way {
                RequestWay::Read => DialogueEvent::LookupFailed { request },
                RequestWay::Write => DialogueEvent::RecordFailed { request },
            };
            self.answered(now, request, failed, out);
        }
        if is_patience_wanted && is_speech_expected {
            self.deadlines.arm(Deadline::RequestSlow, now + PATIENCE_POSTPONED);
            return;
        }
        for pending in self.requests.iter_mut().filter(|pending| due.iter().any(|due| due.request == pending.request)) {
            pending.words += 1;
        }
        self.arm_request();
        if let Some(first) = due.iter().find(|pending| pending.words < 2)
            && self.phase == Phase::Talking
        {
            self.tell(now, DialogueEvent::StillWaiting { request: first.request }, out);
        }
    }
}

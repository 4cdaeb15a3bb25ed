//! The end of a call: the goodbye, the hang-up, the minutes.

use super::Call;
use crate::domain::call::command::CallCommand;
use crate::domain::call::conversation::Conversation;
use crate::domain::call::deadline::Deadline;
use crate::domain::call::event::CloseCause;
use crate::domain::call::minutes::{MASKED, Minutes, transcript};
use crate::domain::call::phase::{Floor, Phase};
use crate::domain::dialogue::EndReason;
use crate::domain::values::CallTime;

impl<C: Conversation> Call<C> {
    pub(super) fn close(&mut self, now: CallTime, reason: EndReason, out: &mut Vec<CallCommand>) {
        if self.phase != Phase::Talking {
            return;
        }
        self.phase = Phase::Closing { reason };
        if self.playout.is_busy() {
            let longest = self.longest(self.playout.queued_chars());
            self.deadlines.arm(Deadline::HangUpAnyway, now + longest + self.settings.hang_up_grace);
        } else {
            self.hang_up(now, reason, out);
        }
    }

    pub(super) fn on_goodbye_overdue(&mut self, now: CallTime, out: &mut Vec<CallCommand>) {
        match self.phase {
            Phase::Closing { reason } => self.hang_up(now, reason, out),
            Phase::Accepted | Phase::Talking | Phase::HangingUp { .. } | Phase::Ended => (),
        }
    }

    pub(super) fn hang_up(&mut self, now: CallTime, reason: EndReason, out: &mut Vec<CallCommand>) {
        match self.phase {
            Phase::Accepted | Phase::Talking | Phase::Closing { .. } => {
                self.fall_silent(now, out);
                self.phase = Phase::HangingUp { reason };
                self.deadlines.disarm_all();
                self.deadlines.arm(Deadline::LineStillOpen, now + self.settings.close_timeout);
                out.push(CallCommand::HangUp);
            }
            Phase::HangingUp { .. } | Phase::Ended => (),
        }
    }

    fn fall_silent(&mut self, now: CallTime, out: &mut Vec<CallCommand>) {
        if self.playout.is_busy() || self.is_paused() {
            out.push(CallCommand::StopSpeaking);
            self.playout.cut(now);
        }
        self.abandon_turn(now, out);
        self.floor = Floor::Open;
        self.held.clear();
        self.keys.clear();
    }

    pub(super) fn conclude(&mut self, now: CallTime, cause: CloseCause, out: &mut Vec<CallCommand>) {
        self.abandon_turn(now, out);
        self.playout.cut(now);
        let (end_reason, cause) = match self.phase {
            // The carrier does not know who asked for it.
            Phase::HangingUp { reason } if cause == CloseCause::CallerHungUp => (Some(reason), CloseCause::WeHungUp),
            Phase::HangingUp { reason } | Phase::Closing { reason } => (Some(reason), cause),
            Phase::Accepted | Phase::Talking | Phase::Ended => (None, cause),
        };
        let minutes = Minutes {
            ended_at: now,
            cause,
            end_reason,
            transcript: transcript(&self.caller_lines, &self.playout),
            facts: std::mem::take(&mut self.facts),
            turns: std::mem::take(&mut self.turns),
            barge_ins: self.barge_ins,
            false_alarms: self.false_alarms,
        };
        self.phase = Phase::Ended;
        self.floor = Floor::Open;
        self.held.clear();
        self.deadlines.disarm_all();
        out.push(CallCommand::Conclude { minutes: Box::new(minutes) });
    }

    /// Masks what the caller said last, in the transcript and in the recording.
    pub(super) fn mask_turn(&mut self, out: &mut Vec<CallCommand>) {
        if let Some(line) = self.caller_lines.last_mut() {
            MASKED.clone_into(&mut line.text);
            out.push(CallCommand::MaskRecording { from: line.from });
        }
    }
}

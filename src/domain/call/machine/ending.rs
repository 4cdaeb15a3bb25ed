//! The end of a call: the goodbye, the hand-over to a person and the way back, the hang-up, the minutes.

use std::sync::Arc;

use super::Call;
use crate::domain::call::command::CallCommand;
use crate::domain::call::conversation::Conversation;
use crate::domain::call::deadline::Deadline;
use crate::domain::call::event::CloseCause;
use crate::domain::call::minutes::{MASKED, Minutes, transcript};
use crate::domain::call::phase::{Floor, Phase};
use crate::domain::dialogue::{DialogueEvent, EndReason, HandoverOrder};
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
            Phase::Leaving { .. } => self.depart(now, out),
            Phase::Accepted | Phase::Talking | Phase::Away | Phase::HangingUp { .. } | Phase::Ended => (),
        }
    }

    /// Hands the caller over once they have heard that they are put through.
    pub(super) fn leave(&mut self, now: CallTime, order: Arc<HandoverOrder>, out: &mut Vec<CallCommand>) {
        if self.phase != Phase::Talking {
            return;
        }
        self.phase = Phase::Leaving { order };
        if self.playout.is_busy() {
            let longest = self.longest(self.playout.queued_chars());
            self.deadlines.arm(Deadline::HangUpAnyway, now + longest + self.settings.hang_up_grace);
        } else {
            self.depart(now, out);
        }
    }

    pub(super) fn depart(&mut self, now: CallTime, out: &mut Vec<CallCommand>) {
        let Phase::Leaving { order } = &self.phase else { return };
        let order = Arc::clone(order);
        self.fall_silent(now, out);
        self.phase = Phase::Away;
        self.deadlines.disarm_all();
        self.deadlines.arm(Deadline::LineStillOpen, now + self.settings.away_max);
        let transcript = transcript(&self.caller_lines, &self.playout);
        out.push(CallCommand::HandOver { order, transcript, facts: self.facts.clone() });
    }

    /// No person took the call: it goes on where it was left.
    pub(super) fn come_back(&mut self, now: CallTime, out: &mut Vec<CallCommand>) {
        if self.phase != Phase::Away {
            return;
        }
        self.phase = Phase::Talking;
        self.deadlines.disarm_all();
        self.arm_request();
        self.deadlines.arm(Deadline::TooLong, now + self.settings.length_warning);
        self.deadlines.arm(Deadline::LengthLimit, now + self.settings.length_max);
        self.quiet_since = None;
        self.voice_on_since = None;
        self.silence_steps = 0;
        self.tell(now, DialogueEvent::HandoverFailed, out);
    }

    pub(super) fn hang_up(&mut self, now: CallTime, reason: EndReason, out: &mut Vec<CallCommand>) {
        match self.phase {
            Phase::Accepted | Phase::Talking | Phase::Leaving { .. } | Phase::Away | Phase::Closing { .. } => {
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
            Phase::Accepted | Phase::Talking | Phase::Leaving { .. } | Phase::Away | Phase::Ended => (None, cause),
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

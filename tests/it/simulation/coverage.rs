//! The situations that matter: a run of seeds that did not reach them all proves nothing.

use std::collections::BTreeMap;

use doorstep::domain::call::{
    Call, CallCommand, CallEvent, CloseCause, Conversation, Deadline, Floor, Likelihood, Paused, Phase,
};
use doorstep::domain::hearing::ReadingPurpose;

/// How often each situation was met.
#[derive(Clone, Debug, Default)]
pub struct Coverage {
    met: BTreeMap<String, u32>,
}

/// What of a call is compared before and after a step.
pub struct Before {
    phase: Phase,
    floor: &'static str,
    segment: Option<u32>,
    is_speculating: bool,
    is_busy: bool,
    is_model_awaited: bool,
    deadline: Option<Deadline>,
}

impl Before {
    pub fn of<C: Conversation>(call: &Call<C>) -> Self {
        let turn = match call.floor() {
            Floor::Caller(turn) | Floor::Contested { turn, .. } => Some(turn),
            Floor::Open | Floor::Agent => None,
        };
        Self {
            phase: call.phase().clone(),
            floor: floor_name(call.floor()),
            segment: turn.map(|turn| turn.segment.0),
            is_speculating: turn.is_some_and(|turn| turn.speculation.is_some()),
            is_busy: call.playout().is_busy(),
            is_model_awaited: call.is_model_awaited(),
            deadline: call.next_deadline().map(|(_, name)| name),
        }
    }
}

impl Coverage {
    pub fn meet(&mut self, situation: impl Into<String>) {
        *self.met.entry(situation.into()).or_default() += 1;
    }

    pub fn merge(&mut self, other: Self) {
        for (situation, count) in other.met {
            *self.met.entry(situation).or_default() += count;
        }
    }

    pub fn missing(&self, required: Vec<String>) -> Vec<String> {
        required.into_iter().filter(|situation| !self.met.contains_key(situation)).collect()
    }

    pub fn table(&self) -> String {
        self.met.iter().map(|(situation, count)| format!("{count:>9} {situation}\n")).collect()
    }

    pub fn observe<C: Conversation>(
        &mut self,
        before: &Before,
        event: &CallEvent,
        commands: &[CallCommand],
        call: &Call<C>,
    ) {
        let after = Before::of(call);
        let has = |wanted: fn(&CallCommand) -> bool| commands.iter().any(wanted);
        let has_resumed = has(|command| matches!(command, CallCommand::ResumeSpeaking));
        if before.floor.starts_with("contested") && after.floor == "caller" {
            let has_finished = matches!(event, CallEvent::SentenceEnded { .. } | CallEvent::SentenceFailed { .. });
            self.meet(if has_finished { "agent finished in a contest" } else { "barge-in by words" });
        }
        if has_resumed {
            self.meet("false alarm resumed");
        }
        if call.held_sayings() > 0 {
            self.meet("saying held");
        }
        if before.is_speculating && before.segment != after.segment {
            self.meet("speculation used");
        }
        if before.is_speculating && before.segment == after.segment && !after.is_speculating {
            self.meet("speculation discarded");
        }
        if matches!(before.phase, Phase::Closing { .. }) && after.phase == Phase::Talking {
            self.meet("goodbye taken back");
        }
        if has(|command| matches!(command, CallCommand::MaskRecording { .. })) {
            self.meet("turn masked");
        }
        if has(|command| matches!(command, CallCommand::AskModel { .. })) {
            self.meet(if after.is_speculating { "model asked ahead" } else { "model asked" });
        }
        if has(|command| matches!(command, CallCommand::CancelModel { .. })) {
            self.meet("model cancelled");
        }
        if let CallEvent::Model { .. } = event
            && !before.is_model_awaited
        {
            self.meet("late word of a model ignored");
            assert!(commands.is_empty(), "a late word of a model has no effect: {commands:?}");
        }
        for command in commands {
            if let CallCommand::NoteModel(note) = command {
                self.meet(format!("model {note:?}"));
            }
        }
        if has(|command| matches!(command, CallCommand::Prepare { likelihood: Likelihood::Next, .. })) {
            self.meet("answer prepared");
        }
        self.observe_event(before, event, commands, has_resumed);
    }

    fn observe_event(&mut self, before: &Before, event: &CallEvent, commands: &[CallCommand], has_resumed: bool) {
        match event {
            CallEvent::Woken => {
                if let Some(deadline) = before.deadline {
                    self.meet(format!("deadline {deadline:?}"));
                }
            }
            CallEvent::StreamClosed { cause } => {
                self.meet(format!("closed by {cause:?}"));
                self.meet(format!("closed in {}", phase_name(&before.phase)));
                self.meet(format!("closed with the floor {}", before.floor));
            }
            CallEvent::KeyPressed { .. } if before.segment.is_some() => self.meet("key during speech"),
            CallEvent::KeyPressed { .. } if before.is_busy => self.meet("key over the agent"),
            CallEvent::Read { segment, transcript, purpose, .. } => {
                let text = transcript.as_ref().map(|transcript| transcript.text());
                if before.segment != Some(segment.0) {
                    self.meet("reading of a turn that is over ignored");
                    assert!(commands.is_empty(), "a late reading has no effect: {commands:?}");
                }
                if text.is_none() {
                    self.meet(format!("{purpose:?} reading failed"));
                }
                if text == Some("mm-hm") && has_resumed {
                    self.meet("backchannel resumed");
                }
                if *purpose == ReadingPurpose::Final && before.floor == "caller" {
                    self.meet("final reading of a turn");
                }
            }
            CallEvent::Opened
            | CallEvent::HandoverSlow
            | CallEvent::HandoverFailed
            | CallEvent::HandedOver
            | CallEvent::SoundHeard
            | CallEvent::VoiceStarted { .. }
            | CallEvent::VoiceStopped { .. }
            | CallEvent::ToneHeard { .. }
            | CallEvent::CarrierJudged { .. }
            | CallEvent::KeyPressed { .. }
            | CallEvent::SentenceStarted { .. }
            | CallEvent::SentenceEnded { .. }
            | CallEvent::SentenceCut { .. }
            | CallEvent::SentenceFailed { .. }
            | CallEvent::OrdersFound { .. }
            | CallEvent::LookupFailed { .. }
            | CallEvent::RequestRecorded { .. }
            | CallEvent::RecordFailed { .. }
            | CallEvent::Model { .. } => {}
        }
    }
}

/// What the seeds of random conversations together must have met.
pub fn required() -> Vec<String> {
    let named = [
        "barge-in by words",
        "agent finished in a contest",
        "false alarm resumed",
        "backchannel resumed",
        "saying held",
        "speculation used",
        "speculation discarded",
        "goodbye taken back",
        "turn masked",
        "answer prepared",
        "key during speech",
        "key over the agent",
        "reading of a turn that is over ignored",
        "Partial reading failed",
        "Speculative reading failed",
        "Final reading failed",
        "final reading of a turn",
        "duplicate ignored",
        "silence AskAgain",
        "silence StillThere",
        "silence GiveUp",
        "silence LineDead",
        "word of patience",
        "model asked",
        "model asked ahead",
        "model cancelled",
        "late word of a model ignored",
        "closed with the floor open",
        "closed with the floor agent",
        "closed with the floor caller",
        "closed with the floor contested, silent",
        "closed with the floor contested, speaking",
    ];
    let deadlines = [
        Deadline::NotOpened,
        Deadline::ReadInterruption,
        Deadline::JudgeInterruption,
        Deadline::LivePartial,
        Deadline::VoiceTooLong,
        Deadline::TurnEnds,
        Deadline::ReadingOverdue,
        Deadline::KeysComplete,
        Deadline::Silence,
        Deadline::RequestSlow,
        Deadline::ModelOverdue,
        Deadline::PlayoutStalled,
        Deadline::HangUpAnyway,
        Deadline::TooLong,
        Deadline::LengthLimit,
        Deadline::LineStillOpen,
    ];
    let causes = [
        CloseCause::CallerHungUp,
        CloseCause::WeHungUp,
        CloseCause::NetworkLost,
        CloseCause::ProviderError,
        CloseCause::Draining,
    ];
    let phases = ["accepted", "talking", "closing", "hanging up"];
    named
        .into_iter()
        .map(str::to_owned)
        .chain(deadlines.iter().map(|deadline| format!("deadline {deadline:?}")))
        .chain(causes.iter().map(|cause| format!("closed by {cause:?}")))
        .chain(phases.iter().map(|phase| format!("closed in {phase}")))
        .collect()
}

fn phase_name(phase: &Phase) -> &'static str {
    match phase {
        Phase::Accepted => "accepted",
        Phase::Talking => "talking",
        Phase::Closing { .. } => "closing",
        Phase::Leaving { .. } => "leaving",
        Phase::Away => "away",
        Phase::HangingUp { .. } => "hanging up",
        Phase::Ended => "ended",
    }
}

fn floor_name<C>(floor: &Floor<C>) -> &'static str {
    match floor {
        Floor::Open => "open",
        Floor::Agent => "agent",
        Floor::Caller(_) => "caller",
        Floor::Contested { agent: Paused::Since(_), .. } => "contested, silent",
        Floor::Contested { agent: Paused::No, .. } => "contested, speaking",
    }
}

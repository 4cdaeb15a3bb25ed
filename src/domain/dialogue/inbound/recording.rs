//! Whether the call is recorded: after a notice, after a yes, or not at all; an objection ends it at any moment.

use crate::domain::call::{HeardFact, RecordingMode};
use crate::domain::dialogue::core::Dialogue;
use crate::domain::dialogue::ledger::Told;
use crate::domain::dialogue::meaning::Answer;
use crate::domain::dialogue::phrasebook::Line;
use crate::domain::dialogue::reply::Reply;
use crate::domain::dialogue::step::Step;
use crate::domain::dialogue::turn::Turn;
use crate::domain::dialogue::{DialogueCommand, RecordingNotice};
use crate::domain::values::CallTime;

/// What the caller said to being recorded, and when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::domain::dialogue) struct RecordingAnswer {
    has_agreed: bool,
    at: CallTime,
}

impl Dialogue {
    /// Asks whether the call may be recorded, where that needs a yes. False where nothing is to be asked, or cannot be:
    /// then nothing is recorded.
    pub(in crate::domain::dialogue) fn ask_may_record(&mut self, reply: &mut Reply) -> bool {
        let is_wanted = self.setting.brief.recording == RecordingNotice::IfAgreed && !self.habits.has_asked_to_record;
        if !is_wanted || !self.setting.book.knows(&Line::AskMayRecord, self.voice().locale) {
            return false;
        }
        self.habits.has_asked_to_record = true;
        self.step = Step::MayRecord;
        reply.say(Line::AskMayRecord);
        true
    }

    /// Only a clear yes begins the recording. Whatever else is said is no yes, and a wish in it is met.
    pub(super) fn take_may_record(&mut self, turn: &Turn, reply: &mut Reply) -> bool {
        let has_agreed = turn.answer() == Some((Answer::Yes, false)) && !turn.is_hedged();
        self.habits.recording_answer = Some(RecordingAnswer { has_agreed, at: self.now });
        if has_agreed {
            reply.order(DialogueCommand::StartRecording);
        }
        self.step = Step::Open;
        if turn.wish().is_some() {
            return false;
        }
        if self.outreach().is_some() {
            self.resume_purpose(reply);
        } else {
            reply.say(Line::HowCanIHelp);
        }
        true
    }

    /// The caller objects to being recorded.
    pub(super) fn stop_recording(&mut self, reply: &mut Reply) {
        if self.may_be_recorded() {
            self.habits.has_stopped_recording = true;
            reply.order(DialogueCommand::StopRecording);
            reply.say(Line::RecordingStopped);
        } else {
            reply.say(Line::RecordedNo);
        }
        if matches!(self.step, Step::MayRecord) {
            self.step = Step::Open;
            if self.outreach().is_some() {
                return self.resume_purpose(reply);
            }
        }
        self.go_back(reply);
    }

    pub(in crate::domain::dialogue) fn is_recorded(&self) -> bool {
        self.may_be_recorded() && !self.habits.has_stopped_recording
    }

    fn may_be_recorded(&self) -> bool {
        match self.setting.brief.recording {
            RecordingNotice::Announced => true,
            RecordingNotice::IfAgreed => self.habits.recording_answer.is_some_and(|answer| answer.has_agreed),
            RecordingNotice::NotRecorded => false,
        }
    }

    pub(in crate::domain::dialogue) fn recording_mode(&self) -> RecordingMode {
        match (self.may_be_recorded(), self.habits.has_stopped_recording) {
            (false, _) => RecordingMode::Off,
            (true, true) => RecordingMode::StoppedOnObjection,
            (true, false) => RecordingMode::On,
        }
    }

    /// When the caller had heard the question, and when they answered it. A notice is heard with the disclosure.
    pub fn recording_stamps(&self) -> Vec<HeardFact> {
        let stamp = |name: &str, value: &str, at| HeardFact {
            name: name.to_owned(),
            value: value.to_owned().into(),
            source: "call".to_owned(),
            heard_at_ms: at,
        };
        let asked = self.ledger.told_at(Told::MayRecord).map(|at| stamp("recording_question", "asked", at));
        let answered = self.habits.recording_answer.map(|answer| {
            stamp("recording_answer", if answer.has_agreed { "agreed" } else { "not_agreed" }, answer.at)
        });
        asked.into_iter().chain(answered).collect()
    }
}

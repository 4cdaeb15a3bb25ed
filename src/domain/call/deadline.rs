//! Named deadlines, soonest first.

use crate::domain::values::CallTime;

/// Why a call wants to be woken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Deadline {
    /// The line should have been open by now.
    NotOpened,
    /// Ask for a reading of the words so far, to judge an interruption.
    ReadInterruption,
    /// The interruption must be judged with what is known.
    JudgeInterruption,
    /// Ask for a reading of the words so far, to show them.
    LivePartial,
    /// The voice has been on for too long without a pause.
    VoiceTooLong,
    /// The silence is long enough for the turn to be over.
    TurnEnds,
    /// The recogniser has not answered for too long.
    ReadingOverdue,
    /// The last key was long enough ago.
    KeysComplete,
    /// Nobody has spoken for long.
    Silence,
    /// A look-up or a write takes long.
    RequestSlow,
    /// The language model has said nothing for too long.
    ModelOverdue,
    /// What is being said makes no progress.
    PlayoutStalled,
    /// The goodbye should have been heard by now.
    HangUpAnyway,
    /// The call has lasted longer than a delivery call should.
    TooLong,
    /// The call is ended whatever happens.
    LengthLimit,
    /// The carrier should have closed the line by now.
    LineStillOpen,
}

const NAMES: [Deadline; 16] = [
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

/// At most one time for each name.
#[derive(Clone, Debug, Default)]
pub struct Deadlines {
    at: [Option<CallTime>; NAMES.len()],
}

impl Deadlines {
    pub fn arm(&mut self, name: Deadline, at: CallTime) {
        self.at[name as usize] = Some(at);
    }

    pub fn disarm(&mut self, name: Deadline) {
        self.at[name as usize] = None;
    }

    pub fn is_armed(&self, name: Deadline) -> bool {
        self.at[name as usize].is_some()
    }

    pub fn disarm_all(&mut self) {
        self.at = [None; NAMES.len()];
    }

    pub fn next(&self) -> Option<(CallTime, Deadline)> {
        NAMES.iter().filter_map(|name| self.at[*name as usize].map(|at| (at, *name))).min()
    }

    /// Takes the soonest deadline that is due.
    pub fn take_due(&mut self, now: CallTime) -> Option<Deadline> {
        let (at, name) = self.next()?;
        if now < at {
            return None;
        }
        self.disarm(name);
        Some(name)
    }
}

//! What a call needs of whoever decides what is said.

use crate::domain::dialogue::{Dialogue, DialogueCommand, DialogueEvent};
use crate::domain::values::CallTime;

/// Decides what is said. Cloned to think ahead, so cheap to clone.
pub trait Conversation: Clone {
    fn handle(&mut self, now: CallTime, event: DialogueEvent, out: &mut Vec<DialogueCommand>);
}

impl Conversation for Dialogue {
    fn handle(&mut self, now: CallTime, event: DialogueEvent, out: &mut Vec<DialogueCommand>) {
        Self::handle(self, now, &event, out);
    }
}

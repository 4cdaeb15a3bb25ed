//! What a call needs of whoever decides what is said.

use crate::domain::dialogue::understanding::vocabulary::Vocabulary;
use crate::domain::dialogue::{Dialogue, DialogueCommand, DialogueEvent};
use crate::domain::hearing::Transcript;
use crate::domain::values::CallTime;

/// Decides what is said. Cloned to think ahead, so cheap to clone.
///
/// Order: `Opened` comes first. After `End` for a friendly reason (finished, as the caller wishes, silence) the caller may
/// still say or key something: an answer takes the goodbye back, no answer lets it stand. A saying that was not `Heard`
/// to its end was cut or lost, and is said again if it must be heard.
pub trait Conversation: Clone {
    fn handle(&mut self, now: CallTime, event: DialogueEvent, out: &mut Vec<DialogueCommand>);

    /// Whether these words, as the caller's next turn, say clearly what is wanted.
    fn understands(&self, heard: &Transcript) -> bool;

    /// The words of the language of the call.
    fn vocabulary(&self) -> &Vocabulary;
}

impl Conversation for Dialogue {
    fn handle(&mut self, now: CallTime, event: DialogueEvent, out: &mut Vec<DialogueCommand>) {
        Self::handle(self, now, &event, out);
    }

    fn understands(&self, heard: &Transcript) -> bool {
        Self::understands(self, heard)
    }

    fn vocabulary(&self) -> &Vocabulary {
        Self::vocabulary(self)
    }
}

//! What is kept of who picked up, so that it can be told afterwards how often the call was right.

use super::Machine;
use super::machine::A_PERSON_SAYS;
use crate::domain::audio::Tone;
use crate::domain::call::{PickUp, PickedUpBy, Sign, SignSource, TakenFor};
use crate::domain::dialogue::core::Dialogue;
use crate::domain::dialogue::turn::Turn;
use crate::domain::dialogue::{Answerer, DialogueEvent};

impl Machine {
    const fn kind(self) -> PickedUpBy {
        match self {
            Self::Screener => PickedUpBy::Screener,
            Self::VoicemailLeft | Self::VoicemailNoMessage | Self::MailboxFull => PickedUpBy::Voicemail,
            Self::Menu | Self::Fax | Self::NotInService => PickedUpBy::Other,
        }
    }
}

impl Dialogue {
    /// Who or what picked up a call of ours, and what told it.
    pub fn pick_up(&self) -> &PickUp {
        &self.purpose.pick_up
    }

    /// Keeps what the carrier, tones and keys tell. Only people press keys, and only before they speak is a beep a sign.
    pub(in crate::domain::dialogue) fn note_sign(&mut self, event: &DialogueEvent) {
        let (source, speaks_for) = match event {
            DialogueEvent::CarrierJudges(answerer) => (SignSource::Carrier, of_carrier(*answerer)),
            DialogueEvent::Tone(_) if !self.is_meeting() => return,
            DialogueEvent::Tone(Tone::Beep) => (SignSource::Tone, Some(PickedUpBy::Voicemail)),
            DialogueEvent::Tone(Tone::Fax | Tone::Announcement) => (SignSource::Tone, Some(PickedUpBy::Other)),
            DialogueEvent::KeysPressed(_) => (SignSource::Keys, Some(PickedUpBy::Human)),
            _ => return,
        };
        self.note_told(source, speaks_for);
    }

    /// Keeps what these words tell. Whoever answers or wants something once the purpose is known is a person.
    pub(in crate::domain::dialogue) fn note_speaker(&mut self, turn: &Turn) {
        let is_talking = !self.is_meeting() && !self.is_machine();
        let is_person =
            turn.intent_of(A_PERSON_SAYS).is_some() || is_talking && (turn.answer().is_some() || turn.wish().is_some());
        let speaks_for = match Machine::speaking(turn) {
            Some(machine) => Some(machine.kind()),
            None => is_person.then_some(PickedUpBy::Human),
        };
        self.note_told(SignSource::Words, speaks_for);
    }

    pub(super) fn take_for(&mut self, machine: Machine) {
        self.purpose.machine = Some(machine);
        self.purpose.pick_up.take_for(TakenFor { at_ms: self.now, machine: machine.kind() });
    }

    fn note_told(&mut self, source: SignSource, speaks_for: Option<PickedUpBy>) {
        if let Some(speaks_for) = speaks_for.filter(|_| self.outreach().is_some()) {
            self.purpose.pick_up.note(Sign { at_ms: self.now, source, speaks_for });
        }
    }
}

const fn of_carrier(answerer: Answerer) -> Option<PickedUpBy> {
    match answerer {
        Answerer::Human => Some(PickedUpBy::Human),
        Answerer::Machine | Answerer::MachineListens => Some(PickedUpBy::Voicemail),
        Answerer::Fax => Some(PickedUpBy::Other),
        Answerer::Unknown => None,
    }
}

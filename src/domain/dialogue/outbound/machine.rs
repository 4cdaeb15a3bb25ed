//! What answers phones in people's place, told by its words: mailboxes, screeners, menus, the network itself.

use std::time::Duration;

use super::{Machine, Stage};
use crate::domain::audio::Tone;
use crate::domain::call::Connection;
use crate::domain::dialogue::core::Dialogue;
use crate::domain::dialogue::phrasebook::{Line, Phone};
use crate::domain::dialogue::reply::Reply;
use crate::domain::dialogue::scenarios::Voicemail;
use crate::domain::dialogue::turn::Turn;
use crate::domain::dialogue::understanding::Intent;
use crate::domain::dialogue::{Answerer, EndReason};
use crate::domain::outreach::policy::VoicemailRule;

/// What only a person says to a call.
pub(super) const A_PERSON_SAYS: &[Intent] = &[
    Intent::Greeting,
    Intent::AskWhoIsCalling,
    Intent::AskPurpose,
    Intent::AreYouThere,
    Intent::RightPartyConfirm,
    Intent::Affirm,
    Intent::AskIfScam,
];

/// A beep longer ago had nothing to do with the words that are understood now.
const BEEP_IS_NEWS: Duration = Duration::from_secs(3);

/// Words in one breath that nobody says who has just picked up.
const TALKS_ON_WORDS: usize = 14;

impl Machine {
    /// The machine whose words these are. In doubt it is a person.
    pub(super) fn speaking(turn: &Turn) -> Option<Self> {
        let signs = [
            (Intent::CallScreening, Self::Screener),
            (Intent::MailboxFull, Self::MailboxFull),
            (Intent::Voicemail, Self::VoicemailLeft),
            (Intent::NetworkAnnouncement, Self::NotInService),
            (Intent::IvrOrHoldMusic, Self::Menu),
            (Intent::FaxOrModem, Self::Fax),
        ];
        signs.into_iter().find(|(intent, _)| turn.has_intent(*intent)).map(|(_, machine)| machine)
    }

    pub(in crate::domain::dialogue) const fn connection(self) -> Connection {
        match self {
            Self::Screener => Connection::AnsweredScreener,
            Self::VoicemailLeft => Connection::VoicemailLeft,
            Self::VoicemailNoMessage => Connection::VoicemailNoMessage,
            Self::MailboxFull => Connection::MailboxFull,
            Self::Menu => Connection::Ivr,
            Self::Fax => Connection::FaxOrModem,
            Self::NotInService => Connection::NotInService,
        }
    }
}

impl Dialogue {
    /// Before a person has spoken, the words of a machine are met as such, whatever else they contain.
    pub(in crate::domain::dialogue) fn take_machine(&mut self, turn: &Turn, reply: &mut Reply) -> bool {
        if !self.is_meeting() {
            return false;
        }
        let machine = Machine::speaking(turn).or_else(|| self.suspected_machine(turn));
        if let Some(machine) = machine {
            self.meet_machine(machine, reply);
            return true;
        }
        // The greeting goes on, unless somebody has picked up after all.
        let is_greeting_still = self.purpose.awaits_tone && turn.intent_of(A_PERSON_SAYS).is_none();
        if is_greeting_still {
            reply.is_awaiting_anew = true;
        } else if self.purpose.awaits_tone {
            self.purpose.awaits_tone = false;
            self.purpose.machine = None;
        }
        is_greeting_still
    }

    /// The carrier hears a machine, and here is somebody who talks on and says nothing that fits a call.
    fn suspected_machine(&self, turn: &Turn) -> Option<Machine> {
        let talks_on = TALKS_ON_WORDS <= turn.text().split_whitespace().count();
        let is_machine = self.purpose.is_machine_suspected && talks_on && turn.intent_of(A_PERSON_SAYS).is_none();
        is_machine.then_some(Machine::VoicemailLeft)
    }

    /// A tone on the line. A beep alone is none of a mailbox: phones chirp, and keys are pressed.
    pub(in crate::domain::dialogue) fn take_tone(&mut self, tone: Tone, reply: &mut Reply) {
        if self.outreach().is_none() || !self.is_meeting() {
            return;
        }
        match tone {
            Tone::Beep if self.purpose.awaits_tone || self.purpose.is_machine_suspected => self.leave_voicemail(reply),
            Tone::Beep => self.purpose.beep_at = Some(self.now),
            Tone::Fax => self.meet_machine(Machine::Fax, reply),
            Tone::Announcement => self.meet_machine(Machine::NotInService, reply),
        }
    }

    /// The carrier's opinion counts together with what was heard here: in doubt it is a person who is talked to.
    pub(in crate::domain::dialogue) fn take_carriers_word(&mut self, answerer: Answerer, reply: &mut Reply) {
        if self.outreach().is_none() || !self.is_meeting() {
            return;
        }
        match answerer {
            Answerer::Human | Answerer::Unknown => self.purpose.is_machine_suspected = false,
            Answerer::Machine | Answerer::MachineListens => {
                self.purpose.is_machine_suspected = true;
                let listens = self.purpose.awaits_tone && answerer == Answerer::MachineListens;
                if listens || self.has_just_beeped() {
                    self.leave_voicemail(reply);
                }
            }
            Answerer::Fax if !self.habits.has_spoken => self.meet_machine(Machine::Fax, reply),
            Answerer::Fax => (),
        }
    }

    /// No tone has come, and the greeting is over: the mailbox records all the same.
    pub(in crate::domain::dialogue) fn take_silent_mailbox(&mut self, reply: &mut Reply) -> bool {
        let is_waiting = self.purpose.awaits_tone;
        if is_waiting {
            self.leave_voicemail(reply);
        }
        is_waiting
    }

    /// Whether the call ended at a machine: nobody is there to be talked on with.
    pub(in crate::domain::dialogue) fn is_machine(&self) -> bool {
        self.purpose.machine.is_some_and(|machine| machine != Machine::Screener)
    }

    fn meet_machine(&mut self, machine: Machine, reply: &mut Reply) {
        match machine {
            Machine::Screener => {
                self.take_for(Machine::Screener);
                let Some(outreach) = self.outreach() else { return };
                let about = outreach.scenario.about;
                reply.say(Line::ScreenerReason { shop: self.shop(), about });
                // The person reads it first: silence is no sign that nobody is there.
                reply.is_on_hold = true;
            }
            Machine::VoicemailLeft | Machine::VoicemailNoMessage => self.await_tone(reply),
            Machine::MailboxFull | Machine::Menu | Machine::Fax | Machine::NotInService => {
                self.take_for(machine);
                self.purpose.stage = Stage::Settled;
                self.end(EndReason::Finished, reply);
            }
        }
    }

    /// The tone may come before the words ahead of it have been understood.
    fn has_just_beeped(&self) -> bool {
        self.purpose.beep_at.is_some_and(|at| self.now.since(at) <= BEEP_IS_NEWS)
    }

    fn may_leave_message(&self) -> bool {
        self.outreach().is_some_and(|outreach| {
            outreach.scenario.voicemail == Voicemail::Neutral && outreach.rules.voicemail == VoicemailRule::Neutral
        })
    }

    /// What is said before the tone is not recorded.
    fn await_tone(&mut self, reply: &mut Reply) {
        if !self.may_leave_message() || self.has_just_beeped() {
            self.leave_voicemail(reply);
            return;
        }
        self.take_for(Machine::VoicemailNoMessage);
        self.purpose.awaits_tone = true;
        reply.is_awaiting_anew = true;
    }

    fn leave_voicemail(&mut self, reply: &mut Reply) {
        self.purpose.stage = Stage::Settled;
        self.purpose.awaits_tone = false;
        if self.may_leave_message() {
            self.take_for(Machine::VoicemailLeft);
            let callback_number = Phone(self.setting.brief.shop.callback_number.clone());
            reply.say(Line::VoicemailMessage { shop: self.shop(), callback_number });
            reply.must_be_heard = true;
        } else {
            self.take_for(Machine::VoicemailNoMessage);
        }
        self.end(EndReason::Finished, reply);
    }
}

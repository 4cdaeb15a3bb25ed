//! What answers phones in people's place, told by its words: mailboxes, screeners, menus, the network itself.

use super::{Machine, Stage};
use crate::domain::call::Connection;
use crate::domain::dialogue::EndReason;
use crate::domain::dialogue::core::Dialogue;
use crate::domain::dialogue::phrasebook::{Line, Phone};
use crate::domain::dialogue::reply::Reply;
use crate::domain::dialogue::scenarios::Voicemail;
use crate::domain::dialogue::turn::Turn;
use crate::domain::dialogue::understanding::Intent;

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
        let machine = Machine::speaking(turn).filter(|_| self.is_meeting());
        if let Some(machine) = machine {
            self.meet_machine(machine, reply);
        }
        machine.is_some()
    }

    /// Whether the call ended at a machine: nobody is there to be talked on with.
    pub(in crate::domain::dialogue) fn is_machine(&self) -> bool {
        self.purpose.machine.is_some_and(|machine| machine != Machine::Screener)
    }

    fn meet_machine(&mut self, machine: Machine, reply: &mut Reply) {
        match machine {
            Machine::Screener => {
                self.purpose.machine = Some(Machine::Screener);
                let Some(outreach) = self.outreach() else { return };
                let about = outreach.scenario.about;
                reply.say(Line::ScreenerReason { shop: self.shop(), about });
                // The person reads it first: silence is no sign that nobody is there.
                reply.is_on_hold = true;
            }
            Machine::VoicemailLeft | Machine::VoicemailNoMessage => self.leave_voicemail(reply),
            Machine::MailboxFull | Machine::Menu | Machine::Fax | Machine::NotInService => {
                self.purpose.machine = Some(machine);
                self.purpose.stage = Stage::Settled;
                self.end(EndReason::Finished, reply);
            }
        }
    }

    fn leave_voicemail(&mut self, reply: &mut Reply) {
        let may_leave = self.outreach().is_some_and(|outreach| outreach.scenario.voicemail == Voicemail::Neutral);
        self.purpose.stage = Stage::Settled;
        if may_leave {
            self.purpose.machine = Some(Machine::VoicemailLeft);
            let callback_number = Phone(self.setting.brief.shop.callback_number.clone());
            reply.say(Line::VoicemailMessage { shop: self.shop(), callback_number });
            reply.must_be_heard = true;
        } else {
            self.purpose.machine = Some(Machine::VoicemailNoMessage);
        }
        self.end(EndReason::Finished, reply);
    }
}

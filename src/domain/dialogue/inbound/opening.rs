//! The first seconds: who speaks, what it is, and the look-up that runs meanwhile.

use super::NumberSearch;
use crate::domain::dialogue::core::Dialogue;
use crate::domain::dialogue::phrasebook::Line;
use crate::domain::dialogue::reply::Reply;
use crate::domain::dialogue::step::Step;
use crate::domain::dialogue::{DialogueCommand, OrderQuery, RecordingNotice};

impl Dialogue {
    pub(in crate::domain::dialogue) fn open(&mut self, reply: &mut Reply) {
        if !matches!(self.step, Step::Unopened) {
            return;
        }
        if let Some(outreach) = self.outreach().cloned() {
            self.open_outreach(&outreach, reply);
            return;
        }
        let shop = self.shop();
        reply.say(match self.setting.brief.recording {
            RecordingNotice::Announced => Line::GreetingRecorded { shop },
            RecordingNotice::IfAgreed | RecordingNotice::NotRecorded => Line::Greeting { shop },
        });
        reply.must_be_heard = true;
        self.step = Step::Open;
        if !self.ask_may_record(reply) {
            reply.say(Line::HowCanIHelp);
        }
        self.look_up_by_number(reply);
    }

    /// Looks for the caller's orders by the calling number, if there is one.
    pub(super) fn look_up_by_number(&mut self, reply: &mut Reply) {
        let Some(phone) = self.setting.brief.caller.clone() else {
            self.orders.by_number = NumberSearch::Done;
            return;
        };
        let request = self.next_request();
        self.orders.by_number = NumberSearch::Running(request);
        reply.order(DialogueCommand::LookUp { request, query: OrderQuery::ByCallerNumber(phone) });
    }
}

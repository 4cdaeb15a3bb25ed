//! "Stop calling me": done at once for the calling number, without proof and without argument.

use crate::domain::dialogue::DialogueCommand;
use crate::domain::dialogue::core::Dialogue;
use crate::domain::dialogue::inbound::OptOutState;
use crate::domain::dialogue::meaning::Answer;
use crate::domain::dialogue::outbound::Stage;
use crate::domain::dialogue::phrasebook::{Line, Phone};
use crate::domain::dialogue::reply::Reply;
use crate::domain::dialogue::requests::{Draft, Topic};
use crate::domain::dialogue::step::{Step, Then};
use crate::domain::dialogue::turn::Turn;
use crate::domain::dialogue::understanding::Intent;
use crate::domain::values::RequestId;

impl Dialogue {
    pub(super) fn begin_opt_out(&mut self, reply: &mut Reply) {
        let Some(phone) = self.setting.brief.caller.clone() else {
            self.step = Step::Phone(Box::new(Draft::new(Topic::OptOutNumber, None)));
            self.ask_again(reply);
            return;
        };
        if let Some(done) = self.habits.opt_out.as_ref().filter(|state| state.is_kept) {
            let phone = Phone(done.phone.clone());
            reply.say(Line::OptOutDone { shop: self.shop(), phone });
            self.go_on_after_opt_out(reply);
            return;
        }
        let earlier = self.habits.opt_out.as_ref().map(|state| state.request);
        let request = self.next_request();
        self.habits.opt_out =
            Some(OptOutState { phone: phone.clone(), request, earlier, is_kept: false, scope: "all" });
        self.step = Step::OptOutSaving { request };
        reply.order(DialogueCommand::OptOut { request, phone });
        reply.is_awaiting_anew = true;
    }

    /// What is said to a goodbye that stands: a secret is masked, and a wish for no more calls is kept all the same.
    pub(in crate::domain::dialogue) fn take_last_words(&mut self, turn: &Turn, out: &mut Vec<DialogueCommand>) {
        if turn.secret.is_some() {
            out.push(DialogueCommand::MaskTurn);
        }
        let phone = self.setting.brief.caller.clone().filter(|_| turn.has_intent(Intent::OptOut));
        let is_new = self.habits.opt_out.is_none();
        if let Some(phone) = phone.filter(|_| is_new) {
            let request = self.next_request();
            let (earlier, is_kept) = (None, false);
            self.habits.opt_out = Some(OptOutState { phone: phone.clone(), request, earlier, is_kept, scope: "all" });
            out.push(DialogueCommand::OptOut { request, phone });
        }
    }

    /// Notes that the opt-out is in the store, wherever the call has got to. Returns whether it was one.
    pub(in crate::domain::dialogue) fn settle_opt_out(&mut self, request: RequestId) -> bool {
        let is_of = |state: &&mut OptOutState| state.request == request || state.earlier == Some(request);
        let state = self.habits.opt_out.as_mut().filter(is_of);
        if let Some(state) = state {
            state.is_kept = true;
            return true;
        }
        false
    }

    pub(super) fn take_opt_out_kept(&mut self, request: RequestId, reply: &mut Reply) -> bool {
        let is_said = self.habits.opt_out.as_ref().is_some_and(|state| state.is_kept);
        if !self.settle_opt_out(request) {
            return false;
        }
        if is_said {
            return true;
        }
        if let Some(state) = &self.habits.opt_out {
            reply.say(Line::OptOutDone { shop: self.shop(), phone: Phone(state.phone.clone()) });
        }
        if matches!(self.step, Step::OptOutSaving { .. }) {
            self.step = Step::OptOutScope;
            reply.say(Line::OptOutScope);
        } else {
            self.ask_again(reply);
        }
        true
    }

    pub(super) fn take_opt_out_failed(&mut self, request: RequestId, reply: &mut Reply) -> bool {
        let Some(state) = self.habits.opt_out.as_ref().filter(|state| state.request == request) else { return false };
        if state.is_kept {
            return true;
        }
        reply.say(Line::OptOutFailed);
        self.call_person(Topic::Human, "opt_out_failed", Then::AnythingElse, reply);
        true
    }

    /// Nobody who wants no calls is kept in one; what else they asked for is still met.
    fn go_on_after_opt_out(&mut self, reply: &mut Reply) {
        let is_ours = self.outreach().is_some();
        if is_ours && !self.is_meeting() {
            self.purpose.stage = Stage::Settled;
        }
        let is_over = is_ours && (self.is_meeting() || (self.wish.is_none() && !self.has_errand()));
        if is_over {
            self.close(reply);
        } else {
            self.go_on(reply);
        }
    }

    pub(super) fn take_opt_out_scope(&mut self, turn: &Turn, reply: &mut Reply) -> bool {
        match turn.answer() {
            Some((Answer::Yes | Answer::Acknowledge, _)) => self.go_on_after_opt_out(reply),
            Some((Answer::NothingElse, _)) => self.close(reply),
            Some((Answer::No | Answer::Correction, _)) => {
                if let Some(state) = &mut self.habits.opt_out {
                    state.scope = "this_order";
                }
                reply.say(Line::OptOutScopeKept);
                let order_ref = self.orders.chosen().map(|order| order.order_ref.clone());
                self.save(Draft::new(Topic::OptOutScope, order_ref), Then::AnythingElse, reply);
            }
            Some(_) | None => return false,
        }
        true
    }
}

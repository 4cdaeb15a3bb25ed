//! A language model is asked: the floor is held for it, but not for long, and what comes too late is not said.

use std::collections::VecDeque;
use std::sync::Arc;

use super::Call;
use crate::domain::call::command::CallCommand;
use crate::domain::call::conversation::Conversation;
use crate::domain::call::deadline::Deadline;
use crate::domain::call::phase::{Floor, Phase};
use crate::domain::dialogue::{DialogueCommand, DialogueEvent, ModelNote, ModelQuestion, ModelSaid};
use crate::domain::values::{CallTime, ReplyId};

/// Sentences that wait while the caller speaks. Past this the newest is dropped: the reply is too long anyway.
const WAITING_MAX: usize = 16;

/// A question that a model is at.
#[derive(Clone, Debug)]
pub(super) struct Asked {
    reply: ReplyId,
    question: Arc<ModelQuestion>,
    /// By which name the conversation knows it; none while it was only asked on speculation.
    own: Option<ReplyId>,
    /// What it said before the conversation could take it.
    waiting: VecDeque<ModelSaid>,
}

impl Asked {
    pub(super) const fn is_adopted(&self) -> bool {
        self.own.is_some()
    }
}

impl<C: Conversation> Call<C> {
    /// Asks on speculation, before the turn is judged over. One question at a time: the one that is awaited stands.
    pub(super) fn ask_ahead(&mut self, question: Option<Arc<ModelQuestion>>, out: &mut Vec<CallCommand>) {
        let Some(question) = question else { return };
        match &self.asked {
            Some(asked) if asked.is_adopted() || asked.question == question => (),
            Some(_) | None => {
                self.cancel_model(out);
                self.put_question(question, None, out);
            }
        }
    }

    pub(super) fn ask_model(
        &mut self,
        now: CallTime,
        own: ReplyId,
        question: Arc<ModelQuestion>,
        out: &mut Vec<CallCommand>,
    ) {
        match &mut self.asked {
            Some(asked) if !asked.is_adopted() && asked.question == question => asked.own = Some(own),
            Some(_) | None => {
                self.cancel_model(out);
                self.put_question(question, Some(own), out);
            }
        }
        self.deadlines.arm(Deadline::ModelOverdue, now + self.settings.model_first_sentence);
    }

    fn put_question(&mut self, question: Arc<ModelQuestion>, own: Option<ReplyId>, out: &mut Vec<CallCommand>) {
        self.reply_last = self.reply_last.next();
        let reply = self.reply_last;
        self.asked = Some(Asked { reply, question: Arc::clone(&question), own, waiting: VecDeque::new() });
        out.push(CallCommand::AskModel { reply, question });
    }

    pub(super) fn cancel_model(&mut self, out: &mut Vec<CallCommand>) {
        self.deadlines.disarm(Deadline::ModelOverdue);
        if let Some(asked) = self.asked.take() {
            out.push(CallCommand::CancelModel { reply: asked.reply });
        }
    }

    /// The conversation does not want the reply that it knows by this name any more.
    pub(super) fn drop_model(&mut self, own: ReplyId, out: &mut Vec<CallCommand>) {
        if self.asked.as_ref().is_some_and(|asked| asked.own == Some(own)) {
            self.cancel_model(out);
        }
    }

    pub(super) fn note_model(&mut self, note: ModelNote, out: &mut Vec<CallCommand>) {
        if let (ModelNote::Blocked(_), Some(turn)) = (note, self.turns.last_mut()) {
            turn.blocked += 1;
        }
        out.push(CallCommand::NoteModel(note));
    }

    pub(super) fn on_model(&mut self, now: CallTime, reply: ReplyId, said: ModelSaid, out: &mut Vec<CallCommand>) {
        let Some(asked) = self.asked.as_mut().filter(|asked| asked.reply == reply) else {
            // Of a reply that was cancelled.
            return;
        };
        let may_be_dropped = matches!(said, ModelSaid::Sentence(_));
        if asked.waiting.len() < WAITING_MAX || !may_be_dropped {
            asked.waiting.push_back(said);
        }
        self.hand_on_model(now, out);
    }

    pub(super) fn on_model_overdue(&mut self, now: CallTime, out: &mut Vec<CallCommand>) {
        if let Some(own) = self.asked.as_ref().and_then(|asked| asked.own) {
            self.tell(now, DialogueEvent::Model { reply: own, said: ModelSaid::Overdue }, out);
            self.drop_model(own, out);
        }
    }

    /// Gives the conversation what the model said, unless the caller is speaking: it may be what they wanted to hear,
    /// and it may be overtaken.
    fn hand_on_model(&mut self, now: CallTime, out: &mut Vec<CallCommand>) {
        while !self.is_callers_turn() && self.keys.is_empty() && self.phase == Phase::Talking {
            let Some(asked) = &mut self.asked else { return };
            let Some(own) = asked.own else { return };
            let Some(said) = asked.waiting.pop_front() else { return };
            if matches!(said, ModelSaid::Finished | ModelSaid::Failed) {
                self.asked = None;
                self.deadlines.disarm(Deadline::ModelOverdue);
            }
            self.tell(now, DialogueEvent::Model { reply: own, said }, out);
        }
    }

    /// Keeps a deadline behind a model that nothing is heard of, and cancels what nobody waits for any more.
    pub(super) fn watch_model(&mut self, now: CallTime, out: &mut Vec<CallCommand>) {
        if self.phase == Phase::Ended {
            self.asked = None;
            return;
        }
        self.hand_on_model(now, out);
        let Some(asked) = &self.asked else { return };
        if !self.is_wanted(asked) {
            self.cancel_model(out);
        } else if !asked.is_adopted() || self.is_callers_turn() || self.playout.is_busy() || !self.keys.is_empty() {
            self.deadlines.disarm(Deadline::ModelOverdue);
        } else if !self.deadlines.is_armed(Deadline::ModelOverdue) {
            self.deadlines.arm(Deadline::ModelOverdue, now + self.settings.model_gap);
        }
    }

    fn is_wanted(&self, asked: &Asked) -> bool {
        match (asked.own, &self.floor) {
            (Some(_), _) => self.phase == Phase::Talking,
            (None, Floor::Caller(turn)) => turn.speculation.as_ref().is_some_and(|speculation| {
                speculation.commands.iter().any(|command| is_question(command, &asked.question))
            }),
            (None, Floor::Open | Floor::Agent | Floor::Contested { .. }) => false,
        }
    }
}

fn is_question(command: &DialogueCommand, wanted: &Arc<ModelQuestion>) -> bool {
    matches!(command, DialogueCommand::AskModel { question, .. } if question == wanted)
}

//! What comes of a question: sentences that are proven are said, proposals are read back, all else is as without it.

use super::gate::{self, Passed};
use super::messages::{ModelNote, ModelSaid};
use super::{FreeWords, OpenReply};
use crate::domain::dialogue::core::Dialogue;
use crate::domain::dialogue::meaning::Question;
use crate::domain::dialogue::reply::Reply;
use crate::domain::dialogue::requests::{Consent, Topic};
use crate::domain::dialogue::step::{Step, Wish};
use crate::domain::dialogue::tools::{ToolRequest, check_call};
use crate::domain::dialogue::turn::Turn;
use crate::domain::dialogue::{DialogueCommand, Sentence};
use crate::domain::orders::OrderRef;
use crate::domain::values::{Personal, ReplyId};

/// Sentences of one reply that are said: more would be a speech.
const SENTENCES_MAX: usize = 3;
/// Courtesies kept for the sentence they lead to.
const HELD_MAX: usize = 2;

impl Dialogue {
    /// Takes in what the model said. What belongs to a reply that is not awaited any more is ignored.
    pub(in crate::domain::dialogue) fn take_model(&mut self, id: ReplyId, said: &ModelSaid, reply: &mut Reply) {
        let Some(open) = self.answering.open.take_if(|open| open.reply == id) else { return };
        match said {
            ModelSaid::Sentence(text) => self.take_sentence(open, text.reveal(), reply),
            ModelSaid::Tool { name, arguments } => self.take_tool(&open, name, arguments, reply),
            ModelSaid::Finished | ModelSaid::Failed => self.close_model(&open, reply),
            ModelSaid::Overdue => {
                reply.order(DialogueCommand::CancelModel { reply: id });
                if open.said == 0 {
                    reply.order(DialogueCommand::NoteModel(ModelNote::Overdue));
                }
                self.close_model(&open, reply);
            }
        }
    }

    fn take_sentence(&mut self, mut open: OpenReply, text: &str, reply: &mut Reply) {
        match gate::judge(&open.grounds, text) {
            Err(kind) => {
                reply.order(DialogueCommand::NoteModel(ModelNote::Blocked(kind)));
                reply.order(DialogueCommand::CancelModel { reply: open.reply });
                self.close_model(&open, reply);
            }
            Ok(Passed { sentence, is_news: false, .. }) => {
                if open.held.len() < HELD_MAX {
                    open.held.push(sentence);
                }
                self.answering.open = Some(open);
            }
            Ok(Passed { sentence, told, .. }) => {
                let mut sentences: Vec<Sentence> = std::mem::take(&mut open.held);
                sentences.push(sentence);
                open.said += sentences.len();
                reply.free = Some(FreeWords { sentences, told });
                if open.said < SENTENCES_MAX {
                    self.answering.open = Some(open);
                } else {
                    reply.order(DialogueCommand::CancelModel { reply: open.reply });
                    self.close_model(&open, reply);
                }
            }
        }
    }

    /// The reply is over: with something said, on to the question that stands; with nothing, as without a model.
    fn close_model(&mut self, open: &OpenReply, reply: &mut Reply) {
        if open.said == 0 {
            self.fall_back(open.fallback, reply);
        } else {
            self.habits.misses = 0;
            self.return_to_question(reply);
        }
    }

    /// What it asks for is done as if the caller had asked for it, and never more than that.
    fn take_tool(&mut self, open: &OpenReply, name: &str, arguments: &Personal<String>, reply: &mut Reply) {
        reply.order(DialogueCommand::CancelModel { reply: open.reply });
        let wish = match check_call(name, arguments.reveal()) {
            Ok(ToolRequest::GetStatus { order }) => self.asked_of(order).then_some(Wish::Ask(Question::Where)),
            Ok(ToolRequest::GetEta { order }) => self.asked_of(order).then_some(Wish::Ask(Question::When)),
            Ok(ToolRequest::GetContents { order }) => self.asked_of(order).then_some(Wish::Ask(Question::Contents)),
            Ok(ToolRequest::GetAmount { order }) => self.asked_of(order).then_some(Wish::Ask(Question::Amount)),
            Ok(ToolRequest::ListOrders) => Some(Wish::Ask(Question::Where)),
            Ok(ToolRequest::Propose(proposal)) => {
                self.asked_of(proposal.order.clone()).then(|| Wish::Want(proposal.topic()))
            }
            Err(_) => None,
        };
        let Some(wish) = wish else {
            reply.order(DialogueCommand::NoteModel(ModelNote::ToolRefused));
            self.close_model(open, reply);
            return;
        };
        reply.order(DialogueCommand::NoteModel(ModelNote::ToolTaken));
        match wish {
            Wish::Want(topic) => self.propose(topic, &open.turn, reply),
            Wish::Ask(_) => self.pursue(wish, &open.turn, reply),
        }
    }

    /// Whether it is about the order that is spoken of: which one, only the caller says.
    fn asked_of(&self, order: Option<OrderRef>) -> bool {
        order.is_none_or(|order| self.orders.chosen().is_some_and(|chosen| chosen.order_ref == order))
    }

    /// Its day and its words are left aside: only what the caller said themself is read back.
    fn propose(&mut self, topic: Topic, turn: &Turn, reply: &mut Reply) {
        match topic.spec().consent {
            Consent::ReadBack => self.pursue(Wish::Want(topic), turn, reply),
            Consent::Given => {
                self.step = Step::Offered(topic);
                self.ask_again(reply);
            }
        }
    }
}

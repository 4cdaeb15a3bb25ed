//! A conversation that answers from a table.

use std::sync::Arc;

use crate::domain::call::Conversation;
use crate::domain::dialogue::claims::ClaimKind;
use crate::domain::dialogue::understanding::vocabulary::{Vocabulary, shipped::english};
use crate::domain::dialogue::{
    DialogueCommand, DialogueEvent, EndReason, Expectation, Fact, ModelNote, ModelQuestion, ModelSaid, ModelTask,
    OrderQuery, RequestKind, Saying, Sentence,
};
use crate::domain::hearing::{Awaited, DigitCount, RecognitionContext, Transcript};
use crate::domain::values::{CallTime, Personal, ReplyId, RequestId, UtteranceId};

/// What to do on which event: `("said where is it", "say status; await yesno")`.
pub type Script = &'static [(&'static str, &'static str)];

#[derive(Clone, Debug)]
pub struct Scripted {
    script: Script,
    utterance: UtteranceId,
    request: RequestId,
    reply: ReplyId,
    /// Everything that reached this conversation.
    pub told: Vec<String>,
}

impl Scripted {
    pub fn new(script: Script) -> Self {
        Self {
            script,
            utterance: UtteranceId::default(),
            request: RequestId::default(),
            reply: ReplyId::default(),
            told: Vec::new(),
        }
    }

    fn act(&mut self, action: &str, out: &mut Vec<DialogueCommand>) {
        let (verb, rest) = action.split_once(' ').unwrap_or((action, ""));
        out.push(match verb {
            "say" | "say!" => {
                self.utterance = self.utterance.next();
                let sentences = rest.split('+').map(sentence).collect();
                let saying = Saying { sentences, must_be_heard: verb == "say!" };
                DialogueCommand::Say { utterance: self.utterance, saying }
            }
            "await" => DialogueCommand::Await(expectation(rest)),
            "prepare" => DialogueCommand::Prepare(vec![sentence(rest)]),
            "pace" => DialogueCommand::SetPace(rest.parse().unwrap()),
            "stop-recording" => DialogueCommand::StopRecording,
            "mask" => DialogueCommand::MaskTurn,
            "model" => {
                self.reply = self.reply.next();
                let facts = rest.to_owned().into();
                let question = ModelQuestion { task: ModelTask::Answer, facts, history: Vec::new() };
                DialogueCommand::AskModel { reply: self.reply, question: Arc::new(question) }
            }
            "unmodel" => DialogueCommand::CancelModel { reply: self.reply },
            "block" => DialogueCommand::NoteModel(ModelNote::Blocked(ClaimKind::Day)),
            "end" => DialogueCommand::End(end_reason(rest)),
            _ => self.ask(verb),
        });
    }

    fn ask(&mut self, verb: &str) -> DialogueCommand {
        self.request = self.request.next();
        let request = self.request;
        match verb {
            "lookup" => DialogueCommand::LookUp { request, query: OrderQuery::ByReference(vec!["KH452719".into()]) },
            "record" => {
                let what = RequestKind {
                    kind: "reschedule",
                    order_ref: None,
                    details: Vec::new(),
                    key: "1".into(),
                    due_at: None,
                };
                DialogueCommand::Record { request, what }
            }
            "optout" => DialogueCommand::OptOut { request, phone: "+14155550100".parse().unwrap() },
            other => panic!("no such action: {other}"),
        }
    }
}

impl Conversation for Scripted {
    fn handle(&mut self, _: CallTime, event: DialogueEvent, out: &mut Vec<DialogueCommand>) {
        let trigger = trigger(&event);
        self.told.push(trigger.clone());
        let Some((_, actions)) = self.script.iter().find(|(when, _)| *when == trigger) else { return };
        for action in actions.split(';') {
            self.act(action.trim(), out);
        }
    }

    fn understands(&self, heard: &Transcript) -> bool {
        heard.text().contains("understood")
    }

    fn vocabulary(&self) -> &Vocabulary {
        english()
    }
}

fn trigger(event: &DialogueEvent) -> String {
    match event {
        DialogueEvent::Opened => "opened".into(),
        DialogueEvent::CallerSaid(turn) => format!("said {}", turn.transcript.text()).trim().to_owned(),
        DialogueEvent::Tone(tone) => format!("tone {tone:?}"),
        DialogueEvent::CarrierJudges(answerer) => format!("carrier {answerer:?}"),
        DialogueEvent::KeysPressed(keys) => format!("keys {keys}"),
        DialogueEvent::Silence(step) => format!("silence {step:?}"),
        DialogueEvent::OrdersFound { request, .. } => format!("found {request:?}"),
        DialogueEvent::LookupFailed { request } => format!("not found {request:?}"),
        DialogueEvent::StillWaiting { request } => format!("waiting {request:?}"),
        DialogueEvent::RequestRecorded { request, .. } => format!("recorded {request:?}"),
        DialogueEvent::RecordFailed { request } => format!("not recorded {request:?}"),
        DialogueEvent::Heard { utterance, last_sentence, .. } => format!("heard {utterance:?}.{}", last_sentence + 1),
        DialogueEvent::Model { reply, said } => model_trigger(*reply, said),
        DialogueEvent::HandoverSlow => "handover slow".into(),
        DialogueEvent::HandoverFailed => "handover failed".into(),
        DialogueEvent::HandedOver => "handed over".into(),
        DialogueEvent::TooLong => "too long".into(),
    }
}

fn model_trigger(reply: ReplyId, said: &ModelSaid) -> String {
    match said {
        ModelSaid::Sentence(text) => format!("model {}", text.reveal()),
        ModelSaid::Tool { name, .. } => format!("tool {name}"),
        ModelSaid::Finished => format!("model finished {reply:?}"),
        ModelSaid::Failed => format!("model failed {reply:?}"),
        ModelSaid::Overdue => format!("model overdue {reply:?}"),
    }
}

/// Each sentence carries one fact of its own name.
fn sentence(template: &str) -> Sentence {
    let template: &'static str = template.trim().to_owned().leak();
    let fact = Fact { name: template, value: Personal::new(template.to_owned()), source: "script".into() };
    Sentence { template, language: "en", text: template.replace('_', " "), facts: vec![fact], is_personal: false }
}

fn expectation(what: &str) -> Expectation {
    let awaited = match what {
        "open" | "hold" => Awaited::Open,
        "yesno" => Awaited::YesNo,
        "choice" => Awaited::Choice,
        "digits" => Awaited::Digits(DigitCount { min: 4, max: 6 }),
        "reference" => Awaited::OrderReference,
        "postcode" => Awaited::Postcode,
        "name" => Awaited::Name,
        "date" => Awaited::Date,
        "address" => Awaited::Address,
        other => panic!("nothing to await: {other}"),
    };
    let context = RecognitionContext { awaited, ..RecognitionContext::open() };
    Expectation { awaited, context: Arc::new(context), is_on_hold: what == "hold" }
}

fn end_reason(name: &str) -> EndReason {
    match name {
        "finished" => EndReason::Finished,
        "wishes" => EndReason::CallerWishes,
        "silence" => EndReason::Silence,
        "abuse" => EndReason::Abuse,
        "too-long" => EndReason::TooLong,
        other => panic!("no reason to end: {other}"),
    }
}

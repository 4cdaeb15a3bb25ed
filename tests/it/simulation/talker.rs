//! A conversation that says and asks at random, so that every order meets every moment.

use std::path::Path;
use std::sync::{Arc, LazyLock};

use doorstep::app::vocabulary;
use doorstep::domain::call::{CallSettings, Conversation};
use doorstep::domain::dialogue::understanding::vocabulary::Vocabulary;
use doorstep::domain::dialogue::{
    DialogueCommand, DialogueEvent, EndReason, Expectation, Fact, ModelQuestion, ModelSaid, ModelTask, OrderQuery,
    RequestKind, Saying, Sentence, SilenceStep,
};
use doorstep::domain::hearing::{Awaited, DigitCount, RecognitionContext, Transcript};
use doorstep::domain::values::{CallTime, Personal, ReplyId, RequestId, UtteranceId};

use super::caller::Caller;
use super::rng::Rng;
use super::world::settings;

static WORDS: LazyLock<Vocabulary> = LazyLock::new(|| {
    vocabulary(&Path::new(env!("CARGO_MANIFEST_DIR")).join("prompts")).expect("the words are shipped")
});

const SENTENCES: [&str; 6] = [
    "Your parcel is out for delivery today.",
    "It should be with you between four and six.",
    "Would you like me to change the delivery day?",
    "One moment please.",
    "Please tell me your order number, digit by digit.",
    "Thank you for calling Kora Home, goodbye.",
];

const AWAITED: [Awaited; 9] = [
    Awaited::Open,
    Awaited::YesNo,
    Awaited::Choice,
    Awaited::Digits(DigitCount { min: 4, max: 6 }),
    Awaited::OrderReference,
    Awaited::Postcode,
    Awaited::Name,
    Awaited::Date,
    Awaited::Address,
];

const REASONS: [EndReason; 7] = [
    EndReason::Finished,
    EndReason::CallerWishes,
    EndReason::Silence,
    EndReason::Abuse,
    EndReason::NotUnderstood,
    EndReason::TooLong,
    EndReason::TechnicalFailure,
];

static CONTEXTS: LazyLock<Vec<Arc<RecognitionContext>>> = LazyLock::new(|| {
    AWAITED
        .iter()
        .map(|awaited| Arc::new(RecognitionContext { awaited: *awaited, ..RecognitionContext::open() }))
        .collect()
});

/// A caller and a talker who do not listen to each other.
pub fn cast(rng: &mut Rng) -> (Caller, CallSettings, Talker) {
    let caller = Caller::new(rng);
    let settings = settings(rng);
    (caller, settings, Talker::new(rng.next()))
}

#[derive(Clone, Debug)]
pub struct Talker {
    rng: Rng,
    utterance: UtteranceId,
    request: RequestId,
    reply: ReplyId,
    /// Which steps of silence it was told of.
    pub silences: [bool; 4],
    pub patience: u32,
    /// Whether what it was told as heard kept its order.
    pub is_heard_in_order: bool,
    heard_last: (UtteranceId, usize),
}

impl Talker {
    pub fn new(seed: u64) -> Self {
        Self {
            rng: Rng::new(seed),
            utterance: UtteranceId::default(),
            request: RequestId::default(),
            reply: ReplyId::default(),
            silences: [false; 4],
            patience: 0,
            is_heard_in_order: true,
            heard_last: (UtteranceId::default(), 0),
        }
    }

    fn say(&mut self, out: &mut Vec<DialogueCommand>) {
        self.utterance = self.utterance.next();
        let count = self.rng.between(1, 4);
        let sentences = (0..count).map(|_| sentence(self.rng.pick(&SENTENCES))).collect();
        let saying = Saying { sentences, must_be_heard: self.rng.percent(10) };
        out.push(DialogueCommand::Say { utterance: self.utterance, saying });
    }

    fn expect(&mut self, out: &mut Vec<DialogueCommand>) {
        let context = Arc::clone(&CONTEXTS[self.rng.between(0, AWAITED.len() as u64) as usize]);
        let is_on_hold = self.rng.percent(10);
        out.push(DialogueCommand::Await(Expectation { awaited: context.awaited, context, is_on_hold }));
    }

    fn ask(&mut self, out: &mut Vec<DialogueCommand>) {
        self.request = self.request.next();
        let request = self.request;
        out.push(match self.rng.between(0, 4) {
            0 | 1 => DialogueCommand::LookUp { request, query: OrderQuery::ByReference(vec!["KH452719".to_owned()]) },
            2 => DialogueCommand::OptOut { request, phone: "+14155550100".parse().expect("a phone number") },
            _ => {
                let what = RequestKind {
                    kind: "reschedule",
                    order_ref: None,
                    details: Vec::new(),
                    key: request.0.to_string(),
                    due_at: None,
                };
                DialogueCommand::Record { request, what }
            }
        });
    }

    fn ask_model(&mut self, out: &mut Vec<DialogueCommand>) {
        self.reply = self.reply.next();
        let facts = format!("{{\"n\":{}}}", self.reply.0).into();
        let question = ModelQuestion { task: ModelTask::Answer, facts, history: Vec::new() };
        out.push(DialogueCommand::AskModel { reply: self.reply, question: Arc::new(question) });
    }

    fn answer(&mut self, out: &mut Vec<DialogueCommand>) {
        match self.rng.between(0, 100) {
            0..45 => {
                self.say(out);
                self.expect(out);
            }
            45..60 => {
                self.say(out);
                self.ask(out);
            }
            60..70 => self.ask(out),
            70..75 => (),
            75..80 => out.push(DialogueCommand::MaskTurn),
            80..83 => out.push(DialogueCommand::StopRecording),
            83..86 => out.push(DialogueCommand::SetPace(85)),
            86..88 => out.push(DialogueCommand::Prepare(vec![sentence(SENTENCES[0])])),
            88..92 => self.ask_model(out),
            _ => {
                if self.rng.percent(80) {
                    self.say(out);
                }
                out.push(DialogueCommand::End(self.rng.pick(&REASONS)));
            }
        }
    }
}

impl Conversation for Talker {
    fn understands(&self, heard: &Transcript) -> bool {
        // Now and then, and always the same for the same words.
        heard.text().len().is_multiple_of(3)
    }

    fn vocabulary(&self) -> &Vocabulary {
        &WORDS
    }

    fn handle(&mut self, _: CallTime, event: DialogueEvent, out: &mut Vec<DialogueCommand>) {
        match event {
            DialogueEvent::Opened => {
                self.say(out);
                self.expect(out);
            }
            DialogueEvent::Silence(step) => {
                self.silences[step as usize] = true;
                self.say(out);
                if step == SilenceStep::GiveUp {
                    out.push(DialogueCommand::End(EndReason::Silence));
                }
            }
            DialogueEvent::StillWaiting { .. } => {
                self.patience += 1;
                self.say(out);
            }
            DialogueEvent::Heard { utterance, last_sentence, .. } => {
                let sentences = last_sentence + 1;
                self.is_heard_in_order &= self.heard_last < (utterance, sentences);
                self.heard_last = self.heard_last.max((utterance, sentences));
                if self.rng.percent(3) {
                    self.answer(out);
                }
            }
            DialogueEvent::CallerSaid(_)
            | DialogueEvent::KeysPressed(_)
            | DialogueEvent::OrdersFound { .. }
            | DialogueEvent::LookupFailed { .. }
            | DialogueEvent::RequestRecorded { .. }
            | DialogueEvent::RecordFailed { .. }
            | DialogueEvent::Tone(_)
            | DialogueEvent::CarrierJudges(_)
            | DialogueEvent::HandoverSlow
            | DialogueEvent::HandoverFailed
            | DialogueEvent::HandedOver
            | DialogueEvent::TooLong => self.answer(out),
            DialogueEvent::Model { reply, said } => match said {
                ModelSaid::Sentence(_) => self.say(out),
                ModelSaid::Tool { .. } => {
                    out.push(DialogueCommand::CancelModel { reply });
                    self.ask(out);
                }
                ModelSaid::Finished | ModelSaid::Failed | ModelSaid::Overdue => self.say(out),
            },
        }
    }
}

fn sentence(text: &str) -> Sentence {
    let fact = Fact { name: "fact", value: Personal::new(String::new()), source: String::new() };
    Sentence { template: "sentence", language: "en", text: text.to_owned(), facts: vec![fact], is_personal: false }
}

//! Runs a scripted conversation and compares what was said and done with what is expected.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use super::fixtures::{BOOK, CALLER, CHECKS, UNDERSTANDING, brief, orders, outbound_brief};
use super::walk::GUARDED;
use crate::domain::audio::Tone;
use crate::domain::call::VerificationLevel;
use crate::domain::dialogue::scenarios::Scenario;
use crate::domain::dialogue::{
    Answerer, Brief, CallEnding, CallerTurn, Dialogue, DialogueCommand, DialogueEvent, EndReason, EndedBy,
    ModelQuestion, ModelSaid, OrderQuery, OutcomeDraft, Outreach, RecordAck, RecordingNotice, ShopProfile, SilenceStep,
};
use crate::domain::hearing::{HeardWord, Hypothesis, Transcript};
use crate::domain::orders::Order;
use crate::domain::outreach::policy::CallRules;
use crate::domain::values::{CallTime, ReplyId, RequestId, UtteranceId};

/// How surely mumbled words are heard.
const FAINT: f32 = 0.5;

/// The world around a dialogue: a store, a clock, a listener.
pub(super) struct World {
    pub(super) dialogue: Dialogue,
    pub(super) now: CallTime,
    orders: Vec<Arc<Order>>,
    /// What happened, one entry for each template said and each order given.
    pub(super) log: Vec<String>,
    pub(super) ended: Option<EndReason>,
    pub(super) commands: Vec<DialogueCommand>,
    waiting: Vec<DialogueEvent>,
    lookup: Service,
    store: Service,
    ack: RecordAck,
    /// What the model will say, one list a question.
    replies: VecDeque<Vec<ModelSaid>>,
    is_cut: bool,
    has_kept: bool,
    level_max: VerificationLevel,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Service {
    Answers,
    Fails,
    Slow,
}

impl World {
    pub(super) fn new(brief: Brief, orders: Vec<Arc<Order>>) -> Self {
        Self {
            dialogue: Dialogue::new(brief, Arc::clone(&BOOK), Arc::clone(&UNDERSTANDING)),
            now: CallTime::ZERO,
            orders,
            log: Vec::new(),
            ended: None,
            commands: Vec::new(),
            waiting: Vec::new(),
            replies: VecDeque::new(),
            lookup: Service::Answers,
            store: Service::Answers,
            ack: RecordAck::PassedOn,
            is_cut: false,
            has_kept: false,
            level_max: VerificationLevel::V0,
        }
    }

    /// Feeds an event, then whatever the world answers to it.
    pub(super) fn feed(&mut self, event: DialogueEvent) {
        let mut events = vec![event];
        while let Some(event) = events.pop() {
            self.now = self.now + Duration::from_millis(500);
            let mut out = Vec::new();
            self.has_kept |= matches!(event, DialogueEvent::RequestRecorded { .. });
            self.dialogue.handle(self.now, &event, &mut out);
            if matches!(event, DialogueEvent::CallerSaid(_)) && !out.is_empty() {
                // Something new after the goodbye takes it back.
                self.ended = None;
            }
            self.watch(&out);
            for command in out {
                self.carry_out(&command, &mut events);
                self.commands.push(command);
            }
        }
    }

    fn carry_out(&mut self, command: &DialogueCommand, events: &mut Vec<DialogueEvent>) {
        match command {
            DialogueCommand::Say { utterance, saying } => {
                for sentence in &saying.sentences {
                    self.log.push(format!("{} \"{}\"", sentence.template, sentence.text));
                }
                if self.is_cut {
                    self.is_cut = false;
                } else {
                    events.insert(0, heard(*utterance, saying.sentences.len(), self.now));
                }
            }
            DialogueCommand::LookUp { request, query } => {
                self.log.push(format!("looks_up {}", kind_of(query)));
                let found = DialogueEvent::OrdersFound { request: *request, orders: self.find(query) };
                self.answer(self.lookup, *request, found, DialogueEvent::LookupFailed { request: *request }, events);
            }
            DialogueCommand::Record { request, what } => {
                let details: Vec<String> =
                    what.details.iter().map(|(name, value)| format!("{name}={}", value.reveal())).collect();
                self.log.push(format!("records {} {}", what.kind, details.join(" ")));
                let id = format!("R{}", request.0);
                let ack = if what.kind == "human_callback" { RecordAck::PassedOn } else { self.ack };
                if ack == RecordAck::Asked {
                    let (id, ack) = (id.clone(), RecordAck::PassedOn);
                    self.waiting.push(DialogueEvent::RequestRecorded { request: *request, id, ack });
                }
                let kept = DialogueEvent::RequestRecorded { request: *request, id, ack };
                self.answer(self.store, *request, kept, DialogueEvent::RecordFailed { request: *request }, events);
            }
            DialogueCommand::OptOut { request, .. } => {
                self.log.push("opts_out".into());
                let (id, ack) = ("opt-out".into(), RecordAck::Accepted);
                let kept = DialogueEvent::RequestRecorded { request: *request, id, ack };
                self.answer(self.store, *request, kept, DialogueEvent::RecordFailed { request: *request }, events);
            }
            DialogueCommand::AskModel { reply, question } => self.ask_model(*reply, question, events),
            DialogueCommand::CancelModel { .. } => self.log.push("cancels_model".into()),
            DialogueCommand::NoteModel(note) => self.log.push(format!("notes {note:?}")),
            DialogueCommand::SetPace(percent) => self.log.push(format!("pace {percent}")),
            DialogueCommand::StartRecording => self.log.push("starts_recording".into()),
            DialogueCommand::StopRecording => self.log.push("stops_recording".into()),
            DialogueCommand::MaskTurn => self.log.push("masks".into()),
            DialogueCommand::HandOver(order) => {
                let rung: Vec<&str> = order.targets.iter().map(|target| target.name.as_str()).collect();
                self.log.push(format!("hands_over {} to {}", order.request, rung.join(" ")));
            }
            DialogueCommand::End(reason) => {
                assert!(self.ended.is_none(), "ended twice");
                self.ended = Some(*reason);
                self.log.push(format!("ends {reason:?}"));
            }
            DialogueCommand::Await(expectation) if expectation.is_on_hold => self.log.push("holds".into()),
            DialogueCommand::Await(_) => (),
            DialogueCommand::Prepare(sentences) => assert!(sentences.len() <= 8, "too much to prepare"),
        }
    }

    fn answer(
        &mut self,
        service: Service,
        request: RequestId,
        good: DialogueEvent,
        bad: DialogueEvent,
        events: &mut Vec<DialogueEvent>,
    ) {
        match service {
            Service::Answers => events.push(good),
            Service::Fails => events.push(bad),
            Service::Slow => {
                self.waiting.push(good);
                events.push(DialogueEvent::StillWaiting { request });
            }
        }
    }

    fn ask_model(&mut self, reply: ReplyId, question: &ModelQuestion, events: &mut Vec<DialogueEvent>) {
        self.log.push(format!("asks_model {:?}", question.task));
        let replies = self.replies.pop_front().unwrap_or_default();
        // What was pushed last comes first.
        events.extend(replies.into_iter().rev().map(|said| DialogueEvent::Model { reply, said }));
    }

    fn find(&self, query: &OrderQuery) -> Vec<Arc<Order>> {
        let written = |text: &str| text.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_uppercase();
        let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
        let fits = |order: &&Arc<Order>| match query {
            OrderQuery::ByCallerNumber(phone) => order.customer.phone == *phone,
            OrderQuery::ByReference(readings) => readings
                .iter()
                .any(|reading| *reading == written(&order.order_ref.0) || *reading == digits(&order.order_ref.0)),
            OrderQuery::ByPostcode(readings) => readings.contains(&written(order.address.postcode.reveal())),
            OrderQuery::Again(order_ref) => order.order_ref == *order_ref,
        };
        self.orders.iter().filter(fits).cloned().collect()
    }

    /// Carries out one step of a script.
    pub(super) fn step(&mut self, step: &str) {
        let (verb, rest) = step.split_once(' ').unwrap_or((step, ""));
        match verb {
            "opened" => self.feed(DialogueEvent::Opened),
            "caller:" => self.caller_says(rest, 1_200),
            "quick:" => self.caller_says(rest, 120),
            "faint:" => self.caller_mumbles(rest),
            "keys" => self.feed(DialogueEvent::KeysPressed(rest.to_owned())),
            "silence" => self.feed(DialogueEvent::Silence(match rest {
                "asks" => SilenceStep::AskAgain,
                "there" => SilenceStep::StillThere,
                "dead" => SilenceStep::LineDead,
                _ => SilenceStep::GiveUp,
            })),
            "toolong" => self.feed(DialogueEvent::TooLong),
            "tone" => self.feed(DialogueEvent::Tone(match rest {
                "fax" => Tone::Fax,
                "announcement" => Tone::Announcement,
                _ => Tone::Beep,
            })),
            "carrier" => self.feed(DialogueEvent::CarrierJudges(match rest {
                "human" => Answerer::Human,
                "machine" => Answerer::Machine,
                "listens" => Answerer::MachineListens,
                "fax" => Answerer::Fax,
                _ => Answerer::Unknown,
            })),
            "lookup" => self.lookup = service(rest),
            "store" => self.store = service(rest),
            "courier" => {
                self.ack = match rest {
                    "accepts" => RecordAck::Accepted,
                    "refuses" => RecordAck::Refused,
                    "thinks" => RecordAck::Asked,
                    _ => RecordAck::PassedOn,
                };
            }
            "arrives" => {
                for event in std::mem::take(&mut self.waiting) {
                    self.feed(event);
                }
            }
            "cut" => self.is_cut = true,
            "model:" => self.replies.push_back(replies(rest)),
            "overdue" => self.model_says(ModelSaid::Overdue),
            "late:" => self.model_says(ModelSaid::Sentence(rest.to_owned().into())),
            other => panic!("no such step: {other}"),
        }
    }

    /// Something of the newest reply.
    fn model_says(&mut self, said: ModelSaid) {
        let asked = self.commands.iter().rev().find_map(|command| {
            if let DialogueCommand::AskModel { reply, .. } = command { Some(*reply) } else { None }
        });
        self.feed(DialogueEvent::Model { reply: asked.expect("the model was asked"), said });
    }

    pub(super) fn caller_says(&mut self, text: &str, speech_ms: u32) {
        self.log.push(format!("> {text}"));
        let transcript = Arc::new(Transcript::certain(text));
        self.feed(DialogueEvent::CallerSaid(CallerTurn { transcript, speech_ms, is_barge_in: false }));
    }

    /// Words that were hardly heard, with what else they may have been: `yes / yeah`.
    fn caller_mumbles(&mut self, readings: &str) {
        self.log.push(format!("> {readings}"));
        let faint = |text: &str| {
            let words = text.split_whitespace();
            let words = words.map(|word| HeardWord { text: word.to_owned(), confidence: FAINT }).collect();
            Hypothesis { text: text.to_owned(), words, confidence: FAINT }
        };
        let transcript = Arc::new(Transcript::of(readings.split(" / ").map(faint).collect()));
        self.feed(DialogueEvent::CallerSaid(CallerTurn { transcript, speech_ms: 600, is_barge_in: false }));
    }

    pub(super) fn caller_event(text: &str) -> DialogueEvent {
        let transcript = Arc::new(Transcript::certain(text));
        DialogueEvent::CallerSaid(CallerTurn { transcript, speech_ms: 1_200, is_barge_in: false })
    }

    /// Checks, after each event, what may never happen in any conversation.
    fn watch(&mut self, out: &[DialogueCommand]) {
        let level = self.conclude(EndedBy::Caller).verification_level;
        self.level_max = self.level_max.max(level);
        for command in out {
            let DialogueCommand::Say { saying, .. } = command else { continue };
            for sentence in &saying.sentences {
                let is_guarded = sentence.facts.iter().any(|fact| GUARDED.contains(&fact.name));
                assert!(
                    !is_guarded || VerificationLevel::V2 <= self.level_max,
                    "{}\n{}",
                    sentence.text,
                    self.log.join("\n")
                );
                let is_told = !sentence.facts.is_empty() && !is_guarded && !sentence.template.starts_with("which_");
                assert!(
                    !is_told || VerificationLevel::V1 <= self.level_max,
                    "{}\n{}",
                    sentence.text,
                    self.log.join("\n")
                );
                let is_promise = sentence.text.contains("have passed") || sentence.text.contains("will ring you back");
                assert!(!is_promise || self.has_kept, "{}\n{}", sentence.text, self.log.join("\n"));
            }
        }
    }

    pub(super) fn conclude(&self, by: EndedBy) -> OutcomeDraft {
        self.dialogue.conclude(&CallEnding { by, at: self.now })
    }
}

/// `one sentence // another // tool NAME {…} // ends`; without `ends` or `fails` the reply stays open.
fn replies(text: &str) -> Vec<ModelSaid> {
    let said = |text: &str| match text.trim().split_once(' ') {
        Some(("tool", call)) => {
            let (name, arguments) = call.split_once(' ').unwrap_or((call, ""));
            ModelSaid::Tool { name: name.to_owned(), arguments: arguments.to_owned().into() }
        }
        _ if text.trim() == "ends" => ModelSaid::Finished,
        _ if text.trim() == "fails" => ModelSaid::Failed,
        _ => ModelSaid::Sentence(text.trim().to_owned().into()),
    };
    text.split("//").map(said).collect()
}

fn service(word: &str) -> Service {
    match word {
        "fails" => Service::Fails,
        "slow" => Service::Slow,
        _ => Service::Answers,
    }
}

fn heard(utterance: UtteranceId, sentences: usize, at: CallTime) -> DialogueEvent {
    DialogueEvent::Heard { utterance, last_sentence: sentences - 1, at }
}

fn kind_of(query: &OrderQuery) -> &'static str {
    match query {
        OrderQuery::ByCallerNumber(_) => "number",
        OrderQuery::ByReference(_) => "reference",
        OrderQuery::ByPostcode(_) => "postcode",
        OrderQuery::Again(_) => "again",
    }
}

/// What a script says about the world before the first event.
const SETTING: &[&str] = &["orders ", "planned ", "scenario ", "heard "];

/// Runs a script and looks for each expected entry, in order.
///
/// Script: `orders …`, `withheld`, `unrecorded`, `asks to record`, `sends links`; for a call of the shop `scenario NAME`, `planned ORDER` (as the order
/// was then), `heard FACT=VALUE`, `household`, `rings back`; then events, parted by `|`; the last may be `hangs up` or `drops`.
/// Expected: words found in the log in this order, parted by `|`; `never X` must not be there at all;
/// `outcome A B`, `contact X`, `level V1`, `connection X` are compared with the outcome.
pub(super) fn check(script: &str, expected: &str) -> Result<(), String> {
    let steps: Vec<&str> = script.split('|').map(str::trim).collect();
    let described = steps.iter().find_map(|step| step.strip_prefix("orders ")).unwrap_or("none");
    let caller = if steps.contains(&"withheld") { None } else { Some(CALLER) };
    let recording =
        if steps.contains(&"unrecorded") { RecordingNotice::NotRecorded } else { RecordingNotice::Announced };
    let recording = if steps.contains(&"asks to record") { RecordingNotice::IfAgreed } else { recording };
    let orders_kept = orders(described);
    let planned = steps.iter().find_map(|step| step.strip_prefix("planned ")).map(orders);
    let scenario = steps.iter().find_map(|step| step.strip_prefix("scenario "));
    let outreach = scenario.map(|name| Outreach {
        scenario: Scenario::by_name(name).expect("the script names a scenario"),
        order: Arc::clone(&planned.as_ref().unwrap_or(&orders_kept)[0]),
        heard_before: steps.iter().filter_map(|step| step.strip_prefix("heard ")).map(str::to_owned).collect(),
        may_household_confirm: steps.contains(&"household"),
        rules: if steps.contains(&"no messages") { CallRules::NARROWEST } else { CallRules::WIDEST },
    });
    let is_ringing_back = steps.contains(&"rings back");
    let brief = match outreach {
        Some(outreach) if is_ringing_back => Brief { outreach: Some(outreach), ..brief(caller, recording) },
        Some(outreach) => outbound_brief(recording, outreach),
        None => brief(caller, recording),
    };
    let shop = ShopProfile { sends_payment_links: steps.contains(&"sends links"), ..ShopProfile::clone(&brief.shop) };
    let mut world = World::new(Brief { shop: Arc::new(shop), ..brief }, orders_kept);
    if steps.iter().any(|step| step.starts_with("model:")) {
        world.dialogue = world.dialogue.with_model(Arc::clone(&CHECKS));
    }
    let mut ended_by = None;
    for step in &steps {
        match *step {
            "hangs up" => ended_by = Some(EndedBy::Caller),
            "drops" => ended_by = Some(EndedBy::Network),
            "breaks" => ended_by = Some(EndedBy::Fault),
            "withheld" | "unrecorded" | "household" | "no messages" | "rings back" | "sends links"
            | "asks to record" => (),
            step if SETTING.iter().any(|word| step.starts_with(word)) => (),
            step => world.step(step),
        }
    }
    let outcome = world.conclude(ended_by.unwrap_or(EndedBy::Agent));
    let faults: Vec<String> = compare(&world, &outcome, expected);
    if faults.is_empty() {
        return Ok(());
    }
    Err(format!("{script}\n  {}\n  {}\n  {outcome:?}", faults.join("\n  "), world.log.join("\n    ")))
}

fn compare(world: &World, outcome: &OutcomeDraft, expected: &str) -> Vec<String> {
    let mut faults = Vec::new();
    let mut log = world.log.iter();
    let mut expect_equal = |what: &str, is: &str, wanted: &str| {
        if is != wanted {
            faults.push(format!("{what} is {is}, not {wanted}"));
        }
    };
    for item in expected.split('|').map(str::trim) {
        match item.split_once(' ') {
            Some(("never", entry)) if world.log.iter().any(|line| line.starts_with(entry)) => {
                expect_equal(entry, "there", "to be there");
            }
            Some(("never", _)) => (),
            Some(("outcome", codes)) => expect_equal("outcome", &all_dispositions(outcome), codes),
            Some(("contact", code)) => expect_equal("contact", outcome.contact.as_str(), code),
            Some(("level", code)) => expect_equal("level", outcome.verification_level.as_str(), code),
            Some(("connection", code)) => expect_equal("connection", outcome.connection.as_str(), code),
            Some(("judged", judgement)) => {
                let judged = world.dialogue.pick_up().judgement().map_or_else(|| "unknown".to_owned(), String::from);
                expect_equal("judged", &judged, judgement);
            }
            Some(("scenario", id)) => expect_equal("scenario", outcome.scenario, id),
            Some(("recording", mode)) => expect_equal("recording", &format!("{:?}", outcome.recording), mode),
            Some(("facts", count)) => expect_equal("facts", &outcome.facts.len().to_string(), count),
            _ => {
                let is_found = log.any(|line| line.starts_with(item) || line.contains(&format!("\"{item}")));
                if !is_found {
                    expect_equal(item, "missing or out of order", "");
                }
            }
        }
    }
    faults
}

fn all_dispositions(outcome: &OutcomeDraft) -> String {
    let all = std::iter::once(outcome.disposition).chain(outcome.secondary.iter().copied());
    all.map(crate::domain::call::Disposition::as_str).collect::<Vec<_>>().join(" ")
}

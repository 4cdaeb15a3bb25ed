//! The file of one scripted caller.

use serde::Deserialize;

use super::caller::Cue;
use super::model::ModelReply;
use crate::domain::orders::{DeliveryStatus, Payment};

/// A caller, as written in `tests/callers/*.toml`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CallerFile {
    /// Who calls or is called, in a few words.
    pub persona: String,
    /// What they want of the call.
    pub goal: String,
    #[serde(default)]
    pub mood: Option<String>,
    /// The reference of an order of the demo shop; its customer is the caller.
    pub order: String,
    /// What is different about the order from how it stands in the demo shop.
    #[serde(default)]
    pub order_is: OrderChange,
    /// What has changed between the planning of an outbound call and its answer.
    #[serde(default)]
    pub meanwhile: OrderChange,
    /// Why the shop calls. Absent: the customer calls the shop.
    #[serde(default)]
    pub scenario: Option<String>,
    /// The customer rings back after having missed that call.
    #[serde(default)]
    pub rings_back: bool,
    #[serde(default)]
    pub from: Line,
    /// What the caller heard to the end in an earlier try. Shape: `name=value`.
    #[serde(default)]
    pub heard_before: Vec<String>,
    #[serde(default)]
    pub household_may_confirm: bool,
    /// What comes of it when the caller is put through to a person. Absent: calls are not put through.
    #[serde(default)]
    pub handover: Option<Handover>,
    /// The shop asks how the call was.
    #[serde(default)]
    pub asks_call_score: bool,
    /// Customers who want to pay before the delivery are sent a link.
    #[serde(default)]
    pub sends_payment_links: bool,
    #[serde(default)]
    pub lookups: Service,
    #[serde(default)]
    pub writes: Service,
    /// How the caller sounds, where the file is played by sound.
    #[serde(default)]
    pub sound: Sound,
    /// What a recorded caller did, in place of answers.
    #[serde(skip)]
    pub recorded: Vec<Cue>,
    /// What a language model replies, one question after the other. Absent: there is no model.
    #[serde(default)]
    pub model: Vec<ModelReply>,
    pub answers: Vec<Answer>,
    pub expect: Expect,
}

/// How a caller sounds. What is absent is drawn by the file's name.
#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
#[serde(deny_unknown_fields, default)]
pub struct Sound {
    /// A voice of the synthesiser, such as `slt`.
    pub voice: Option<String>,
    /// `hiss`, `street`, `car`, `fan`, `crowd`, or `none`.
    pub noise: Option<String>,
    /// How far the noise is below speech.
    pub snr_db: Option<f32>,
    /// Share of the caller's frames that never arrive.
    pub loss: Option<f64>,
    /// Every frame is late by up to this.
    pub jitter_ms: Option<u64>,
}

/// The line the caller uses.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum Line {
    /// The number on the order.
    #[default]
    OwnNumber,
    Withheld,
    Number(String),
}

/// What becomes of a caller who is put through.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum Handover {
    /// A person takes the call.
    Taken,
    /// Nobody does: the caller comes back.
    NobodyTakesIt,
    /// The caller hangs up before anybody does.
    CallerHangsUp,
    /// The team is not there at this hour.
    TeamAway,
}

/// How a part of the house behaves.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum Service {
    #[default]
    Work,
    Fail,
    /// Answers after seven seconds.
    Slow,
    /// Of a write: the carrier takes the change at once.
    Accept,
    /// Of a write: the carrier will not do it.
    Refuse,
}

/// What differs from the demo shop's order.
#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
#[serde(deny_unknown_fields, default)]
pub struct OrderChange {
    pub status: Option<DeliveryStatus>,
    pub reason: Option<String>,
    pub payment: Option<Payment>,
    /// The courier has named no day.
    pub no_day: bool,
    pub language: Option<String>,
}

/// What the caller does when the agent has asked something.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Answer {
    /// The template of the last sentence, such as `ask_day_suits`; `*` at the end stands for any rest.
    pub to: String,
    /// Used one after the other. When none is left, the next rule that fits is looked at.
    #[serde(default)]
    pub say: Vec<String>,
    #[serde(default)]
    pub keys: Option<String>,
    #[serde(default)]
    pub hang_up: bool,
    /// Pause before it. Shape: milliseconds.
    #[serde(default = "usual_pause")]
    pub after_ms: u64,
    /// Does not wait until the agent has finished.
    #[serde(default)]
    pub interrupts: bool,
    /// How sure the recogniser is of it. Shape: 0.0 to 1.0.
    #[serde(default = "certain")]
    pub confidence: f32,
    /// How long the voice is on. Absent: by the number of words.
    #[serde(default)]
    pub speech_ms: Option<u64>,
}

const fn usual_pause() -> u64 {
    400
}

const fn certain() -> f32 {
    0.95
}

/// What must come of the call. What is absent is not looked at.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Expect {
    pub disposition: String,
    /// Further dispositions that must be there.
    pub secondary: Vec<String>,
    pub contact: Option<String>,
    pub connection: Option<String>,
    pub level: Option<String>,
    /// Kinds of requests that must have been recorded; nothing else may have been.
    pub records: Vec<String>,
    pub opted_out: bool,
    /// Templates that must have been said, in this order.
    pub said: Vec<String>,
    pub never_said: Vec<String>,
    pub turns_max: Option<usize>,
    /// Sentences of the model that must have been blocked.
    pub blocked: Option<u32>,
    /// What the caller gave the call, from one to five.
    pub score: Option<u8>,
}

/// A caller file that cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct CallerFileError(pub String);

impl CallerFile {
    /// Errors: the text is not TOML of this form; the line and the remedy are named.
    pub fn parse(text: &str) -> Result<Self, CallerFileError> {
        toml::from_str(text).map_err(|error| CallerFileError(error.to_string()))
    }
}

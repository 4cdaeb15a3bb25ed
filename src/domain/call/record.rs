//! What is kept of a call: the record sent to other systems, the transcript with its times, the facts heard.

use jiff::Timestamp;
use jiff::civil::Date;

use super::{Connection, Contact, Disposition, PickUp, VerificationLevel};
use crate::domain::orders::OrderRef;
use crate::domain::values::{CallId, CallTime, Currency, Personal, PhoneNumber};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CallDirection {
    Inbound,
    Outbound,
}

/// Where a stored call is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CallState {
    InProgress,
    Ended,
    /// The process stopped while the call was open.
    Interrupted,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Speaker {
    Caller,
    Agent,
}

/// How much of a line reached the other ear.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HeardShare {
    Whole,
    Part,
    None,
}

/// One line of the conversation. For an agent line cut short, `text` is what was meant to be said.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct TranscriptLine {
    pub role: Speaker,
    pub text: Personal<String>,
    pub from_ms: CallTime,
    pub to_ms: CallTime,
    pub heard: HeardShare,
}

/// A fact the caller heard to its end.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct HeardFact {
    /// Such as `eta` or `last_scan_place`.
    pub name: String,
    pub value: Personal<String>,
    /// Where the fact comes from, such as `order KH-452719, shipment 1, event 3`.
    pub source: String,
    pub heard_at_ms: CallTime,
}

/// The stages of one answered caller turn; null for a stage that was not reached.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct TurnTiming {
    pub caller_ended_ms: CallTime,
    pub recognised_ms: Option<CallTime>,
    pub understood_ms: Option<CallTime>,
    pub first_audio_ms: Option<CallTime>,
    /// Sentences of a language model that were not said in it, because they claimed what no fact proves.
    #[serde(default)]
    pub blocked: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RecordingMode {
    On,
    Off,
    StoppedOnObjection,
}

/// What is written when a call begins.
#[derive(Clone, Debug, PartialEq)]
pub struct OpenedCall {
    pub id: CallId,
    pub provider: String,
    /// The provider's own id of the call. Unique per provider.
    pub provider_call_id: String,
    pub direction: CallDirection,
    pub scenario: String,
    pub from: Option<PhoneNumber>,
    pub to: Option<PhoneNumber>,
    pub started_at: Timestamp,
}

impl OpenedCall {
    /// The number that is not the shop's; none if it was withheld.
    pub const fn customer_number(&self) -> Option<&PhoneNumber> {
        match self.direction {
            CallDirection::Inbound => self.from.as_ref(),
            CallDirection::Outbound => self.to.as_ref(),
        }
    }
}

/// What is written, exactly once and in one transaction with its deliveries, when a call ends.
#[derive(Clone, Debug, PartialEq)]
pub struct FinishedCall {
    pub id: CallId,
    pub state: CallState,
    pub ended_at: Timestamp,
    pub transcript: Vec<TranscriptLine>,
    pub facts: Vec<HeardFact>,
    pub turns: Vec<TurnTiming>,
    pub pick_up: PickUp,
    pub outcome: OutcomeRecord,
}

/// The outcome as other systems receive it; null where it does not apply.
///
/// Shape: `delivery_call_outcome/1`; times RFC 3339 with offset; amounts in minor units.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct OutcomeRecord {
    pub schema: String,
    pub call_id: CallId,
    pub attempt_no: u32,
    pub campaign_id: Option<String>,
    pub direction: CallDirection,
    pub scenario: String,
    pub trigger_event_id: Option<String>,
    pub shop_id: String,
    pub customer_ref: Option<String>,
    pub order_ref: Option<OrderRef>,
    pub shipment_refs: Vec<String>,
    pub to_number_e164: Option<PhoneNumber>,
    pub from_number_e164: Option<PhoneNumber>,
    pub callee_timezone: Option<String>,
    pub language: String,
    pub queued_at: Option<String>,
    pub dialled_at: Option<String>,
    pub answered_at: Option<String>,
    pub ended_at: String,
    pub talk_ms: u64,
    pub connection: Connection,
    pub contact: Contact,
    pub verification_level: VerificationLevel,
    pub verification_failures: u32,
    pub disposition: Disposition,
    pub secondary: Vec<Disposition>,
    pub reason_code: Option<String>,
    pub carrier_reason_agreed: Option<bool>,
    pub delivery_date: Option<Date>,
    /// Shape: `18:00`, in the callee's time zone.
    pub window_from: Option<String>,
    pub window_to: Option<String>,
    pub instruction: Option<Personal<String>>,
    pub alternate_recipient: Option<Personal<String>>,
    pub address_change: Option<Personal<String>>,
    pub cod_amount_minor: Option<i64>,
    pub currency: Option<Currency>,
    pub payment_link_id: Option<String>,
    pub carrier_action: Option<CarrierAction>,
    pub callback_at: Option<String>,
    pub escalation: Option<Escalation>,
    pub opt_out: OptOut,
    pub consent_snapshot_id: Option<String>,
    pub ai_disclosed_at_ms: Option<CallTime>,
    pub recording: RecordingMode,
    pub recording_ref: Option<String>,
    pub transcript_ref: Option<String>,
    /// A word chosen by rule from what was said, never from the voice.
    pub sentiment: Option<String>,
    pub csat: Option<u8>,
    pub summary: Personal<String>,
    pub next_step: Option<String>,
    pub next_step_owner: Option<String>,
    pub next_step_due: Option<String>,
    pub policy_version: String,
    pub script_version: String,
    pub model_versions: ModelVersions,
    pub latency_ms: LatencyMs,
}

impl OutcomeRecord {
    /// Whether it came to this, among others or alone.
    pub fn has(&self, disposition: Disposition) -> bool {
        self.disposition == disposition || self.secondary.contains(&disposition)
    }

    /// The record without what the caller said in their own words, and without the way to the transcript.
    pub fn without_words(self) -> Self {
        Self { instruction: None, alternate_recipient: None, address_change: None, transcript_ref: None, ..self }
    }
}

#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct CarrierAction {
    #[serde(rename = "type")]
    pub kind: String,
    pub status: String,
    #[serde(rename = "ref")]
    pub reference: Option<String>,
    pub at: Option<String>,
}

#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Escalation {
    pub way: super::EscalationWay,
    /// Why, in one line, without personal data.
    pub trigger: String,
    pub task_id: Option<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct OptOut {
    pub requested: bool,
    pub scope: Option<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct ModelVersions {
    pub asr: String,
    pub nlu: String,
    pub tts: String,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct LatencyMs {
    pub p50: Option<u64>,
    pub p95: Option<u64>,
}

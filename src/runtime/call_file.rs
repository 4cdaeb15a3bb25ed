//! The file of an ended call: its outcome record and what is kept beside it.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::services::Services;
use crate::domain::call::{
    CallDirection, CallState, CloseCause, Connection, Contact, Disposition, FinishedCall, HeardFact, LatencyMs,
    Minutes, ModelVersions, OpenedCall, OptOut, OutcomeRecord, PickUp, RecordingMode, TranscriptLine,
    VerificationLevel,
};
use crate::domain::dialogue::{CallEnding, Dialogue, EndReason, EndedBy, OutcomeDraft};
use crate::domain::orders::Order;
use crate::domain::values::Personal;

const SCHEMA: &str = "delivery_call_outcome/1";
/// No country's calling policy bears on a call that the customer makes.
const POLICY_VERSION: &str = "inbound/1";
const UNDERSTANDING_VERSION: &str = "rules/1";

/// The file of a call that went its way.
pub fn finished(
    opened: &OpenedCall,
    minutes: &Minutes,
    dialogue: &Dialogue,
    ended_at: Timestamp,
    services: &Services,
) -> FinishedCall {
    let draft = dialogue.conclude(&CallEnding { by: ended_by(minutes), at: minutes.ended_at });
    let outcome = OutcomeRecord {
        talk_ms: minutes.ended_at.as_ms(),
        latency_ms: minutes.latency(),
        ..record(opened, draft, ended_at, services)
    };
    FinishedCall {
        id: opened.id,
        state: CallState::Ended,
        ended_at,
        transcript: minutes.transcript.clone(),
        facts: minutes.facts.iter().cloned().chain(dialogue.recording_stamps()).collect(),
        turns: minutes.turns.clone(),
        pick_up: dialogue.pick_up().clone(),
        outcome,
    }
}

/// What a call has come to so far, for a person who takes it over.
pub fn so_far(
    opened: &OpenedCall,
    draft: OutcomeDraft,
    transcript: Vec<TranscriptLine>,
    facts: Vec<HeardFact>,
    services: &Services,
) -> FinishedCall {
    let now = services.wall_clock.now();
    let outcome = record(opened, draft, now, services);
    let (id, state) = (opened.id, CallState::InProgress);
    let (turns, pick_up) = (Vec::new(), PickUp::default());
    FinishedCall { id, state, ended_at: now, transcript, facts, turns, pick_up, outcome }
}

/// The record of what the dialogue knows.
fn record(opened: &OpenedCall, draft: OutcomeDraft, ended_at: Timestamp, services: &Services) -> OutcomeRecord {
    let base = blank(opened, ended_at, services);
    let zone = draft.callee_timezone.as_deref().unwrap_or(&services.shop.time_zone);
    let recording_ref = base.recording_ref.filter(|_| draft.recording == RecordingMode::On);
    OutcomeRecord {
        scenario: draft.scenario.to_owned(),
        shop_id: draft.shop_id,
        order_ref: draft.order_ref,
        shipment_refs: draft.shipment_refs,
        answered_at: Some(with_offset(opened.started_at, zone)),
        ended_at: with_offset(ended_at, zone),
        callee_timezone: draft.callee_timezone,
        language: draft.language,
        connection: draft.connection,
        contact: draft.contact,
        verification_level: draft.verification_level,
        verification_failures: draft.verification_failures,
        disposition: draft.disposition,
        secondary: draft.secondary,
        reason_code: draft.reason_code,
        carrier_reason_agreed: draft.carrier_reason_agreed,
        cod_amount_minor: draft.cod_amount.map(|amount| amount.amount_minor),
        currency: draft.cod_amount.map(|amount| amount.currency),
        csat: draft.csat,
        delivery_date: draft.delivery_date,
        window_from: draft.window_from,
        window_to: draft.window_to,
        instruction: draft.instruction,
        alternate_recipient: draft.alternate_recipient,
        payment_link_id: draft.payment_link_id,
        carrier_action: draft.carrier_action,
        callback_at: draft.callback_at,
        escalation: draft.escalation,
        opt_out: draft.opt_out,
        ai_disclosed_at_ms: draft.ai_disclosed_at_ms,
        recording: draft.recording,
        recording_ref,
        sentiment: draft.sentiment,
        summary: draft.summary,
        next_step: draft.next_step,
        next_step_owner: draft.next_step_owner,
        next_step_due: draft.next_step_due,
        script_version: draft.script_version,
        ..base.outcome
    }
}

/// The file of a call that could not be run.
pub fn failed(opened: &OpenedCall, ended_at: Timestamp, services: &Services) -> FinishedCall {
    let outcome = blank(opened, ended_at, services).outcome;
    FinishedCall {
        id: opened.id,
        state: CallState::Ended,
        ended_at,
        transcript: Vec::new(),
        facts: Vec::new(),
        turns: Vec::new(),
        pick_up: PickUp::default(),
        outcome: OutcomeRecord {
            summary: Personal::new("The call could not be taken because of a technical fault.".to_owned()),
            ..outcome
        },
    }
}

/// The file of a call whose caller gave up before the agent could answer.
pub fn abandoned(opened: &OpenedCall, ended_at: Timestamp, services: &Services) -> FinishedCall {
    let file = failed(opened, ended_at, services);
    FinishedCall {
        outcome: OutcomeRecord {
            contact: Contact::HungUpEarly,
            disposition: Disposition::NoDecision,
            recording: RecordingMode::Off,
            summary: Personal::new("The caller hung up before the call was answered.".to_owned()),
            ..file.outcome
        },
        ..file
    }
}

/// The file of a call of ours that led to no conversation.
pub fn unanswered(
    opened: &OpenedCall,
    order: Option<&Order>,
    connection: Connection,
    ended_at: Timestamp,
    services: &Services,
) -> FinishedCall {
    let file = failed(opened, ended_at, services);
    let zone = order.and_then(|order| order.time_zone.clone()).unwrap_or_else(|| services.shop.time_zone.clone());
    let shipments = order.map_or(&[][..], |order| &order.shipments);
    FinishedCall {
        outcome: OutcomeRecord {
            connection,
            contact: Contact::Unknown,
            disposition: Disposition::NoDecision,
            recording: RecordingMode::Off,
            order_ref: order.map(|order| order.order_ref.clone()),
            shipment_refs: shipments.iter().map(|shipment| shipment.tracking_number.clone()).collect(),
            dialled_at: Some(with_offset(opened.started_at, &zone)),
            ended_at: with_offset(ended_at, &zone),
            callee_timezone: Some(zone),
            summary: Personal::new("The customer could not be reached.".to_owned()),
            ..file.outcome
        },
        ..file
    }
}

/// The file of a call that was open when its process stopped. What was said is lost with the process.
pub fn interrupted(opened: &OpenedCall, now: Timestamp, services: &Services) -> FinishedCall {
    let file = failed(opened, now, services);
    let summary = "The server stopped during the call; what was said is not known.";
    FinishedCall {
        state: CallState::Interrupted,
        outcome: OutcomeRecord {
            disposition: Disposition::CallDropped,
            recording_ref: services.recorder.as_ref().map(|_| recording_ref(opened)),
            summary: Personal::new(summary.to_owned()),
            ..file.outcome
        },
        ..file
    }
}

struct Blank {
    outcome: OutcomeRecord,
    recording_ref: Option<String>,
}

/// What every outcome has in common, with the worst presumed.
fn blank(opened: &OpenedCall, ended_at: Timestamp, services: &Services) -> Blank {
    let is_recorded = services.recorder.is_some();
    let outcome = OutcomeRecord {
        schema: SCHEMA.to_owned(),
        call_id: opened.id,
        attempt_no: 1,
        campaign_id: None,
        direction: opened.direction,
        scenario: opened.scenario.clone(),
        trigger_event_id: None,
        shop_id: services.shop.id.clone(),
        customer_ref: None,
        order_ref: None,
        shipment_refs: Vec::new(),
        to_number_e164: opened.to.clone(),
        from_number_e164: opened.from.clone(),
        callee_timezone: None,
        language: "en".to_owned(),
        queued_at: None,
        dialled_at: None,
        answered_at: None,
        ended_at: with_offset(ended_at, &services.shop.time_zone),
        talk_ms: 0,
        connection: match opened.direction {
            CallDirection::Inbound => Connection::InboundAbandoned,
            CallDirection::Outbound => Connection::NetworkFailed,
        },
        contact: Contact::Unknown,
        verification_level: VerificationLevel::V0,
        verification_failures: 0,
        disposition: Disposition::TechnicalFailure,
        secondary: Vec::new(),
        reason_code: None,
        carrier_reason_agreed: None,
        delivery_date: None,
        window_from: None,
        window_to: None,
        instruction: None,
        alternate_recipient: None,
        address_change: None,
        cod_amount_minor: None,
        currency: None,
        payment_link_id: None,
        carrier_action: None,
        callback_at: None,
        escalation: None,
        opt_out: OptOut::default(),
        consent_snapshot_id: None,
        ai_disclosed_at_ms: None,
        recording: if is_recorded { RecordingMode::On } else { RecordingMode::Off },
        recording_ref: None,
        transcript_ref: Some(format!("/api/v1/calls/{}", opened.id)),
        sentiment: None,
        csat: None,
        summary: Personal::default(),
        next_step: None,
        next_step_owner: None,
        next_step_due: None,
        policy_version: POLICY_VERSION.to_owned(),
        script_version: String::new(),
        model_versions: ModelVersions {
            asr: services.speech_to_text.version(),
            nlu: UNDERSTANDING_VERSION.to_owned(),
            tts: services.text_to_speech.version(),
        },
        latency_ms: LatencyMs::default(),
    };
    Blank { outcome, recording_ref: is_recorded.then(|| recording_ref(opened)) }
}

fn recording_ref(opened: &OpenedCall) -> String {
    format!("/api/v1/calls/{}/recording", opened.id)
}

fn ended_by(minutes: &Minutes) -> EndedBy {
    if minutes.end_reason == Some(EndReason::TechnicalFailure) {
        return EndedBy::Fault;
    }
    match minutes.cause {
        CloseCause::CallerHungUp => EndedBy::Caller,
        CloseCause::WeHungUp | CloseCause::HandedOver | CloseCause::Draining => EndedBy::Agent,
        CloseCause::NetworkLost => EndedBy::Network,
        CloseCause::ProviderError => EndedBy::Fault,
    }
}

/// RFC 3339 with the offset of `zone` at that moment; UTC if nobody knows the zone.
pub(super) fn with_offset(at: Timestamp, zone: &str) -> String {
    let zone = TimeZone::get(zone).unwrap_or(TimeZone::UTC);
    at.display_with_offset(zone.to_offset(at)).to_string()
}

//! Orders and calls for the tests. The people in them are invented.

use std::time::Duration;

use jiff::Timestamp;

use crate::domain::call::{
    CallDirection, CallState, Connection, Contact, Disposition, FinishedCall, HeardFact, HeardShare, LatencyMs,
    ModelVersions, OpenedCall, OptOut, OutcomeRecord, PickUp, RecordingMode, Speaker, TranscriptLine, TurnTiming,
    VerificationLevel,
};
use crate::domain::orders::{DeliveryStatus, Order, OrderRef, TrackingEvent};
use crate::domain::values::{CallId, CallTime, Personal};
use crate::ports::store::Addressed;

/// A moment, in seconds from the start of the test's day.
pub(super) fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_795_000_000 + seconds).unwrap()
}

pub(super) fn order(order_ref: &str) -> Order {
    let mut order: Order = serde_json::from_str(
        r#"{"order_ref":"","placed_at":"2026-11-18T10:04:00+05:30","customer":{"name":"Asha Rao",
        "phone":"+919845012345","email":"asha@example.com","language":"en-IN"},
        "items":[{"title":"pressure cooker, five litre","quantity":1}],"total":{"amount_minor":149900,"currency":"INR"},
        "payment":"cod","promised_by":"2026-11-23","address":{"lines":["Flat 12, Lake View"],"city":"Bengaluru",
        "state":"KA","postcode":"560034","country":"IN"},"shipments":[{"tracking_number":"DEL123456789",
        "carrier":"delhivery","status":"in_transit","eta_from":"2026-11-24T14:00:00+05:30",
        "eta_to":"2026-11-24T18:00:00+05:30","events":[{"at":"2026-11-21T18:05:00+05:30","status":"in_transit",
        "place":"Nagpur hub","reason":null}]}]}"#,
    )
    .unwrap();
    order.order_ref = OrderRef(order_ref.to_owned());
    order
}

pub(super) fn event(seconds: i64, status: DeliveryStatus) -> TrackingEvent {
    TrackingEvent { at: at(seconds), status, place: None, reason: None, note: None, report: None }
}

pub(super) fn call_id() -> CallId {
    CallId::new(uuid::Uuid::now_v7())
}

pub(super) fn opened(id: CallId, started_at: Timestamp) -> OpenedCall {
    OpenedCall {
        id,
        provider: "twilio".to_owned(),
        provider_call_id: format!("CA{id}"),
        direction: CallDirection::Inbound,
        scenario: "I1_WHERE_IS_MY_ORDER".to_owned(),
        from: Some("+919845012345".parse().unwrap()),
        to: None,
        started_at,
    }
}

pub(super) fn finished(id: CallId, ended_at: Timestamp) -> FinishedCall {
    FinishedCall {
        id,
        state: CallState::Ended,
        ended_at,
        transcript: vec![TranscriptLine {
            role: Speaker::Caller,
            text: Personal::new("where is \u{0} \"my\" order, नमस्ते".to_owned()),
            from_ms: CallTime::from_ms(900),
            to_ms: CallTime::from_ms(2_100),
            heard: HeardShare::Whole,
        }],
        facts: vec![HeardFact {
            name: "eta".to_owned(),
            value: Personal::new("tomorrow between two and six".to_owned()),
            source: "order KH-452719, shipment 1".to_owned(),
            heard_at_ms: CallTime::from_ms(4_000),
        }],
        turns: vec![TurnTiming { caller_ended_ms: CallTime::from_ms(2_100), ..TurnTiming::default() }],
        pick_up: PickUp::default(),
        outcome: outcome(id, ended_at),
    }
}

fn outcome(id: CallId, ended_at: Timestamp) -> OutcomeRecord {
    OutcomeRecord {
        schema: "delivery_call_outcome/1".to_owned(),
        call_id: id,
        attempt_no: 1,
        campaign_id: None,
        direction: CallDirection::Inbound,
        scenario: "I1_WHERE_IS_MY_ORDER".to_owned(),
        trigger_event_id: None,
        shop_id: "kora-home".to_owned(),
        customer_ref: None,
        order_ref: Some(OrderRef("KH-452719".to_owned())),
        shipment_refs: vec!["DEL123456789".to_owned()],
        to_number_e164: None,
        from_number_e164: Some("+919845012345".parse().unwrap()),
        callee_timezone: Some("Asia/Kolkata".to_owned()),
        language: "en-IN".to_owned(),
        queued_at: None,
        dialled_at: None,
        answered_at: None,
        ended_at: ended_at.to_string(),
        talk_ms: 42_000,
        connection: Connection::InboundAnswered,
        contact: Contact::RightParty,
        verification_level: VerificationLevel::V2,
        verification_failures: 0,
        disposition: Disposition::StatusGiven,
        secondary: vec![Disposition::Reassured],
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
        ai_disclosed_at_ms: Some(CallTime::from_ms(1_800)),
        recording: RecordingMode::On,
        recording_ref: None,
        transcript_ref: None,
        sentiment: None,
        csat: None,
        summary: Personal::new("Told that it comes tomorrow.".to_owned()),
        next_step: None,
        next_step_owner: None,
        next_step_due: None,
        policy_version: "1".to_owned(),
        script_version: "1".to_owned(),
        model_versions: ModelVersions::default(),
        latency_ms: LatencyMs { p50: Some(640), p95: None },
    }
}

pub(super) const LEASE: Duration = Duration::from_secs(60);

pub(super) const EVERYBODY: Addressed<'_> = Addressed::ToNoneOf(&[]);

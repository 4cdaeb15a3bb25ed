//! The days of a made-up shop: orders, what happens to them, and the calls about them.

use std::time::{Duration, Instant};

use doorstep::adapters::store::SqlStore;
use doorstep::domain::call::{
    CallDirection, CallState, Connection, Disposition, FinishedCall, OpenedCall, OutcomeRecord, PickUp, PickedUpBy,
    Sign, SignSource, TakenFor, TurnTiming,
};
use doorstep::domain::figures::Ticket;
use doorstep::domain::orders::{Order, OrderRef};
use doorstep::domain::outreach::Channel;
use doorstep::domain::outreach::rules::{DecisionView, Event, Moment};
use doorstep::domain::values::{CallId, CallTime, PhoneNumber};
use doorstep::ports::figures::FigureStore as _;
use doorstep::ports::outreach::{NewDecision, OutreachStore as _};
use doorstep::ports::store::{CallStore as _, OrderStore as _, RecordedRequest, StoreError};
use jiff::{SignedDuration, Timestamp};
use rand::rngs::SmallRng;
use rand::{RngExt as _, SeedableRng as _};

pub(super) const SCENARIOS: [&str; 13] = [
    "I1_WISMO",
    "I2_MISSED_CALL",
    "O1_DELAYED",
    "O2_OUT_FOR_DELIVERY",
    "O3_COD_CONFIRMATION",
    "O4_FAILED_ATTEMPT",
    "O5_EXCEPTION",
    "O6_HIGH_VALUE",
    "O7_NOT_MOVING",
    "O8_PICKUP",
    "O9_SPLIT",
    "O10_ABOUT_TO_RETURN",
    "O12_CALLBACK",
];
const DISPOSITIONS: [Disposition; 6] = [
    Disposition::StatusGiven,
    Disposition::Rescheduled,
    Disposition::CodConfirmed,
    Disposition::NoDecision,
    Disposition::DamageClaim,
    Disposition::Reassured,
];
/// Five calls are about two orders.
const ORDERS_OF_CALLS: (usize, usize) = (2, 5);
/// A call is about one of so many orders placed last.
const ORDERS_TALKED_OF: usize = 400;

pub(super) struct ShopDays<'a> {
    store: &'a SqlStore,
    shop: &'a str,
    dice: SmallRng,
    pub(super) orders: u64,
    /// The time that filing calls has taken.
    pub(super) filing: Duration,
}

impl<'a> ShopDays<'a> {
    pub(super) fn new(store: &'a SqlStore, shop: &'a str) -> Self {
        Self { store, shop, dice: SmallRng::seed_from_u64(1), orders: 0, filing: Duration::ZERO }
    }

    /// One call ends, and now and then something else has happened.
    pub(super) async fn go_on(&mut self, number: usize, now: Timestamp) -> Result<(), StoreError> {
        let (of, calls) = ORDERS_OF_CALLS;
        if number * of % calls < of {
            self.place_order(number * of / calls, now).await?;
        }
        let newest = number * of / calls;
        let order_ref = OrderRef(format!("KH-{}", newest - self.dice.random_range(0..=newest.min(ORDERS_TALKED_OF))));
        if number.is_multiple_of(20) {
            self.write_ticket(number, &order_ref, now).await?;
        }
        let begun = Instant::now();
        let call = self.file(order_ref.clone(), now).await?;
        self.filing += begun.elapsed();
        if number.is_multiple_of(10) {
            let (requested_at, due_at) = (now, Some(now + SignedDuration::from_hours(4)));
            let (idempotency_key, kind) = (number.to_string(), "human_callback".to_owned());
            let (order_ref, details) = (Some(order_ref), Vec::new());
            let request = RecordedRequest { call, idempotency_key, kind, order_ref, details, requested_at, due_at };
            self.store.record_request(&request).await?;
        }
        Ok(())
    }

    /// An order whose parcel is with the carrier, in one of eight after a failed attempt, with news worth telling.
    async fn place_order(&mut self, number: usize, now: Timestamp) -> Result<(), StoreError> {
        let order_ref = OrderRef(format!("KH-{number}"));
        let has_failed = self.dice.random_bool(0.125);
        let status = if self.dice.random_bool(0.9) { "delivered" } else { "returning_to_sender" };
        let mut events = vec![serde_json::json!({ "at": now.to_string(), "status": "in_transit" })];
        if has_failed {
            let reason = "CUSTOMER_NOT_AVAILABLE";
            events.push(serde_json::json!({ "at": now.to_string(), "status": "attempt_failed", "reason": reason }));
        }
        let phone = format!("+9198{:08}", self.dice.random_range(0..200_000));
        let order: Order = serde_json::from_value(serde_json::json!({
            "order_ref": order_ref.0, "placed_at": now.to_string(),
            "customer": { "name": "A Customer", "phone": phone, "language": "en-IN" },
            "items": [{ "title": "pressure cooker, five litre", "quantity": 1 }],
            "total": { "amount_minor": 149_900, "currency": "INR" },
            "payment": if self.dice.random_bool(0.5) { "cod" } else { "prepaid" },
            "address": { "lines": ["Flat 12"], "city": "Bengaluru", "postcode": "560034", "country": "IN" },
            "shipments": [{ "tracking_number": format!("T{number}"), "carrier": "delhivery", "status": status,
                "events": events }]
        }))
        .expect("an order has every field that must be there");
        self.store.put_order(&order, now).await?;
        let happened_at = now - SignedDuration::from_mins(self.dice.random_range(0..60));
        let event = Event { moment: Moment::AttemptFailed, tracking_number: None, at: happened_at, moved: None };
        let view = DecisionView {
            decided_at: now,
            order_ref,
            event_key: number.to_string(),
            event: Some(event),
            rule: Some("attempt_failed".to_owned()),
            passed: Vec::new(),
            channel: Channel::Call,
            scenario: Some(SCENARIOS[5].to_owned()),
            urgency: None,
            message: None,
            not_before: None,
            expires_at: None,
            why: None,
            verdict: None,
            cancelled: Vec::new(),
            version: "1".to_owned(),
        };
        let decision = NewDecision { view, phone: order.customer.phone.clone(), plan: None };
        self.store.put_decision(&decision, None).await?;
        self.orders += 1;
        Ok(())
    }

    async fn write_ticket(&mut self, number: usize, order_ref: &OrderRef, now: Timestamp) -> Result<(), StoreError> {
        let ticket = Ticket {
            ticket_ref: number.to_string(),
            opened_at: now,
            channel: ["email", "chat", "phone"][self.dice.random_range(0..3)].to_owned(),
            topic: if self.dice.random_bool(0.5) { "eta" } else { "refund" }.to_owned(),
            order_ref: Some(order_ref.clone()),
            phone: None,
            count: 1,
        };
        self.store.put_ticket(&ticket).await.map(drop)
    }

    async fn file(&mut self, order_ref: OrderRef, ended_at: Timestamp) -> Result<CallId, StoreError> {
        let id = CallId::new(uuid::Uuid::now_v7());
        let dice = &mut self.dice;
        let outcome = OutcomeRecord { order_ref: Some(order_ref), ..outcome(id, dice, ended_at, self.shop) };
        let opened = OpenedCall {
            id,
            provider: "bench".to_owned(),
            provider_call_id: id.to_string(),
            direction: outcome.direction,
            scenario: outcome.scenario.clone(),
            from: outcome.from_number_e164.clone(),
            to: outcome.to_number_e164.clone(),
            started_at: ended_at - SignedDuration::from_secs(60),
        };
        self.store.open_call(&opened).await?;
        let turns = (0..4)
            .map(|turn| TurnTiming {
                caller_ended_ms: CallTime::from_ms(turn * 10_000),
                first_audio_ms: Some(CallTime::from_ms(turn * 10_000 + dice.random_range(150..1_500))),
                ..TurnTiming::default()
            })
            .collect();
        let pick_up = if outcome.connection == Connection::AnsweredHuman { picked_up(dice) } else { PickUp::default() };
        let call = FinishedCall {
            id,
            state: CallState::Ended,
            ended_at,
            transcript: Vec::new(),
            facts: Vec::new(),
            turns,
            pick_up,
            outcome,
        };
        self.store.finish_call(&call, &[]).await?;
        Ok(id)
    }
}

/// Mostly rightly told.
fn picked_up(dice: &mut SmallRng) -> PickUp {
    let one_of = |dice: &mut SmallRng| {
        [PickedUpBy::Human, PickedUpBy::Voicemail, PickedUpBy::Screener, PickedUpBy::Other][dice.random_range(0..4)]
    };
    let (at_ms, speaks_for) = (CallTime::from_ms(1_200), one_of(dice));
    let machine = if dice.random_bool(0.9) { speaks_for } else { one_of(dice) };
    let mut pick_up = PickUp::default();
    pick_up.note(Sign { at_ms, source: SignSource::Words, speaks_for });
    if machine != PickedUpBy::Human {
        pick_up.take_for(TakenFor { at_ms, machine });
    }
    pick_up
}

fn outcome(id: CallId, dice: &mut SmallRng, ended_at: Timestamp, shop: &str) -> OutcomeRecord {
    let scenario = SCENARIOS[dice.random_range(0..SCENARIOS.len())];
    let is_inbound = scenario.starts_with('I');
    let number: Option<PhoneNumber> = format!("+9198{:08}", dice.random_range(0..200_000)).parse().ok();
    let (from, to) = if is_inbound { (number, None) } else { (None, number) };
    let mut outcome: OutcomeRecord = serde_json::from_value(serde_json::json!({
        "schema": "delivery_call_outcome/1", "call_id": id, "attempt_no": 1, "direction": "outbound",
        "scenario": scenario, "shop_id": shop, "shipment_refs": [], "language": "en-IN",
        "ended_at": ended_at.to_string(), "talk_ms": dice.random_range(5_000..240_000), "connection": "ANSWERED_HUMAN",
        "contact": "RIGHT_PARTY", "verification_level": "V1", "verification_failures": 0,
        "disposition": "STATUS_GIVEN", "secondary": [], "opt_out": { "requested": false, "scope": null },
        "recording": "off", "summary": "The caller heard where the order stands.", "policy_version": "1",
        "script_version": "1", "model_versions": { "asr": "", "nlu": "", "tts": "" },
        "latency_ms": { "p50": 400, "p95": 700 }
    }))
    .expect("the record has every field that must be there");
    if is_inbound {
        (outcome.direction, outcome.connection) = (CallDirection::Inbound, Connection::InboundAnswered);
    }
    (outcome.from_number_e164, outcome.to_number_e164) = (from, to);
    outcome.disposition = DISPOSITIONS[dice.random_range(0..DISPOSITIONS.len())];
    outcome
}

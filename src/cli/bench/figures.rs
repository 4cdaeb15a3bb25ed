//! Figures over many calls: how long each question takes once they are filed.

use std::time::{Duration, Instant};

use doorstep::adapters::store::SqlStore;
use doorstep::domain::call::{
    CallDirection, CallState, Connection, Disposition, FinishedCall, OpenedCall, OutcomeRecord, PickUp, PickedUpBy,
    Sign, SignSource, TakenFor, TurnTiming,
};
use doorstep::domain::figures::{Counter, Counting, FigureFilter, Group};
use doorstep::domain::orders::OrderRef;
use doorstep::domain::outreach::rules::ControlGroup;
use doorstep::domain::values::{CallId, CallTime, PhoneNumber};
use doorstep::ports::figures::FigureStore as _;
use doorstep::ports::store::{CallStore as _, StoreError};
use jiff::{SignedDuration, Timestamp};
use rand::rngs::SmallRng;
use rand::{RngExt as _, SeedableRng as _};

use super::phases::Bench;
use crate::cli::Failure;

/// Over a year and a bit, as long as calls are kept.
const DAYS: i64 = 400;
const SCENARIOS: [&str; 13] = [
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
/// Times each question is asked.
const ASKED: usize = 15;

#[derive(serde::Serialize)]
pub struct FiguresMeasured {
    calls: u64,
    days: i64,
    /// Filing a call, the tallies among it.
    filing_us_mean: u64,
    questions: Vec<Question>,
    recount_seconds: f64,
    recount_corrected: u64,
}

#[derive(serde::Serialize)]
struct Question {
    about: &'static str,
    /// Calls that the answer counts.
    calls: u64,
    ms_median: f64,
    ms_max: f64,
}

/// Files so many made-up calls, then asks.
pub fn figures(bench: &Bench, calls: usize) -> Result<FiguresMeasured, Failure> {
    bench.clean()?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::Unusable(error.to_string()))?;
    runtime.block_on(measure(bench, calls)).map_err(|error| Failure::Unusable(error.to_string()))
}

async fn measure(bench: &Bench, calls: usize) -> Result<FiguresMeasured, StoreError> {
    let shop = bench.settings.shop_profile();
    let counting = Counting {
        shop_id: shop.id.clone(),
        zone: jiff::tz::TimeZone::get(&shop.time_zone).unwrap_or(jiff::tz::TimeZone::UTC),
        control_group: ControlGroup { percent: 10, salt: "bench".to_owned() },
    };
    let store = SqlStore::connect(&bench.settings.store.url).await?.counting_by(counting.clone());
    store.migrate().await?;
    let until = counting.begin_of(counting.day_of(Timestamp::now()));
    let mut dice = SmallRng::seed_from_u64(1);
    let begun = Instant::now();
    for number in 0..calls {
        file(&store, &mut dice, until, number, calls, &shop.id).await?;
    }
    let filing = begun.elapsed();
    let questions = ask_all(&store, until, &shop.id).await?;
    let begun = Instant::now();
    let recount = store.recount().await?;
    Ok(FiguresMeasured {
        calls: recount.calls,
        days: DAYS,
        filing_us_mean: u64::try_from(filing.as_micros()).unwrap_or(u64::MAX) / calls.max(1) as u64,
        questions,
        recount_seconds: begun.elapsed().as_secs_f64(),
        recount_corrected: recount.corrected,
    })
}

async fn ask_all(store: &SqlStore, until: Timestamp, shop: &str) -> Result<Vec<Question>, StoreError> {
    let back = |hours: i64| until - SignedDuration::from_hours(hours);
    let all = FigureFilter { from: back(DAYS * 24), to: until, shop_id: None, scenario: None, group: None };
    let scenario = Some(SCENARIOS[5].to_owned());
    let asked = [
        ("all days", all.clone()),
        ("all days, one shop", FigureFilter { shop_id: Some(shop.to_owned()), ..all.clone() }),
        ("all days, one scenario", FigureFilter { scenario, ..all.clone() }),
        ("all days, control group", FigureFilter { group: Some(Group::Control), ..all.clone() }),
        ("30 days", FigureFilter { from: back(30 * 24), ..all.clone() }),
        ("all days from and to noon", FigureFilter { from: back(DAYS * 24 - 12), to: back(12), ..all }),
    ];
    let mut questions = Vec::new();
    for (about, filter) in asked {
        let mut times = Vec::new();
        let mut calls = 0;
        for _ in 0..ASKED {
            let begun = Instant::now();
            calls = store.counted(&filter).await?.calls.of(Counter::Ended);
            times.push(begun.elapsed());
        }
        times.sort_unstable();
        let ms = |time: Duration| time.as_secs_f64() * 1_000.0;
        questions.push(Question { about, calls, ms_median: ms(times[ASKED / 2]), ms_max: ms(times[ASKED - 1]) });
    }
    Ok(questions)
}

async fn file(
    store: &SqlStore,
    dice: &mut SmallRng,
    until: Timestamp,
    number: usize,
    calls: usize,
    shop: &str,
) -> Result<(), StoreError> {
    let span_s = DAYS * 86_400;
    let before_s = span_s - span_s * i64::try_from(number).unwrap_or(0) / i64::try_from(calls.max(1)).unwrap_or(1);
    let ended_at = until - SignedDuration::from_secs(before_s);
    let id = CallId::new(uuid::Uuid::now_v7());
    let outcome = outcome(id, dice, ended_at, shop);
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
    store.open_call(&opened).await?;
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
    store.finish_call(&call, &[]).await
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
    outcome.order_ref = Some(OrderRef(format!("KH-{}", dice.random_range(0..400_000))));
    outcome.disposition = DISPOSITIONS[dice.random_range(0..DISPOSITIONS.len())];
    outcome
}

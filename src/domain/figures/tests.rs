use super::{Figures, Share, Spread, rate, spread};
use crate::domain::call::{CallDirection, OutcomeRecord, TurnTiming};
use crate::domain::values::CallTime;

fn outcome(connection: &str, disposition: &str, escalation: &str, talk_ms: u64) -> OutcomeRecord {
    let text = format!(
        r#"{{"schema":"delivery_call_outcome/1","call_id":"0193b3f0-0000-7000-8000-000000000000","attempt_no":1,
        "direction":"inbound","scenario":"I1_WISMO","shop_id":"demo","shipment_refs":[],"language":"en-IN",
        "ended_at":"2026-11-25T10:00:00+05:30","talk_ms":{talk_ms},"connection":"{connection}","contact":"UNKNOWN",
        "verification_level":"V0","verification_failures":0,"disposition":"{disposition}","secondary":[],
        "escalation":{escalation},"opt_out":{{"requested":false,"scope":null}},"recording":"on","summary":"",
        "policy_version":"","script_version":"","model_versions":{{"asr":"","nlu":"","tts":""}},
        "latency_ms":{{"p50":null,"p95":null}}}}"#
    );
    serde_json::from_str(&text).unwrap()
}

fn turn(latency_ms: Option<u64>) -> TurnTiming {
    TurnTiming {
        caller_ended_ms: CallTime::from_ms(1_000),
        first_audio_ms: latency_ms.map(|ms| CallTime::from_ms(1_000 + ms)),
        ..TurnTiming::default()
    }
}

#[test]
fn calls_are_counted_by_what_they_came_to() {
    let mut figures = Figures::default();
    let inbound = CallDirection::Inbound;
    let ticket = r#"{"way":"ticket","trigger":"damage_case","task_id":null}"#;
    let turns = [turn(Some(500)), turn(None), turn(Some(900))];
    figures.add(inbound, &turns, &outcome("INBOUND_ANSWERED", "STATUS_GIVEN", "null", 40_000));
    figures.add(inbound, &[], &outcome("INBOUND_ANSWERED", "STATUS_GIVEN", ticket, 60_000));
    figures.add(inbound, &[], &outcome("INBOUND_ANSWERED", "NOT_UNDERSTOOD", "null", 20_000));
    figures.add(inbound, &[], &outcome("INBOUND_ABANDONED", "NO_DECISION", "null", 0));
    figures.add(CallDirection::Outbound, &[], &outcome("ANSWERED_HUMAN", "COD_CONFIRMED", "null", 30_000));
    figures.add(CallDirection::Outbound, &[], &outcome("NO_ANSWER", "NO_DECISION", "null", 0));
    let report = figures.report();
    assert_eq!((report.calls_ended, report.conversations), (6, 4));
    assert_eq!(report.dispositions["STATUS_GIVEN"], 2);
    assert_eq!(report.dispositions["NO_DECISION"], 2);
    let share = |count, of| Share { count, of, rate: None };
    assert_eq!(report.containment_without_repeat_check, share(2, 4));
    assert_eq!(report.escalation, share(1, 4));
    assert_eq!(report.escalation_by_way["ticket"], 1);
    assert_eq!(report.abandoned, share(1, 4), "of those who called us");
    let latency = Spread { cases: 2, p50_ms: Some(500), p95_ms: Some(900), mean_ms: Some(700) };
    assert_eq!(report.answer_latency, latency);
    assert_eq!(report.handling_time_inbound.mean_ms, Some(40_000));
    assert_eq!(report.handling_time_outbound.cases, 1);
}

#[test]
fn percentiles_are_by_nearest_rank() {
    let mut values: Vec<u64> = (1..=100).rev().collect();
    assert_eq!(spread(&mut values), Spread { cases: 100, p50_ms: Some(50), p95_ms: Some(95), mean_ms: Some(50) });
    assert_eq!(spread(&mut [7]), Spread { cases: 1, p50_ms: Some(7), p95_ms: Some(7), mean_ms: Some(7) });
    assert_eq!(spread(&mut []), Spread { cases: 0, p50_ms: None, p95_ms: None, mean_ms: None });
}

#[test]
fn a_rate_needs_thirty_cases() {
    assert_eq!((rate(1, 29), rate(15, 30), rate(0, 0)), (None, Some(0.5), None));
}

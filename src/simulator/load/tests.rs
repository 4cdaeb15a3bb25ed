use std::time::Duration;

use secrecy::SecretString;

use super::{LoadPlan, Percentiles, percentiles, run_load};
use crate::simulator::carrier::CarrierSettings;
use crate::simulator::clip::Clip;
use crate::simulator::echo_server::{Behaviour, EchoServer};

fn plan(server_url: String) -> LoadPlan {
    let samples: Vec<i16> = (0..1_600).map(|n| if n % 8 < 4 { 8_000 } else { -8_000 }).collect();
    LoadPlan {
        carrier: CarrierSettings::new(
            server_url,
            "AC1".to_owned(),
            SecretString::from("secret"),
            "+919800000001".parse().unwrap(),
            "+14155550100".parse().unwrap(),
        ),
        calls: 20,
        stagger: Duration::from_millis(5),
        call_duration: Duration::from_millis(1_500),
        question: Clip::from_samples(&samples, 8_000).unwrap(),
        pause: Duration::from_millis(100),
        patience: Duration::from_secs(5),
    }
}

#[tokio::test]
async fn many_calls_are_lived_and_measured() {
    let server = EchoServer::start(Behaviour { says_frames: 10, ..Behaviour::default() }).await;
    let plan = plan(server.url.clone());
    let report = tokio::task::spawn_blocking(move || run_load(&plan)).await.unwrap().unwrap();
    assert_eq!((report.calls, report.connected, report.failures.len(), report.ended_by_agent), (20, 20, 0, 0));
    // Greeting 200 ms, pause 100, question 200, end of turn 200, answer 200, pause 100, …: two answers in 1.5 s.
    assert!((10..=60).contains(&report.turns_answered), "{report:?}");
    assert!((180..=1_000).contains(&report.latency_ms.p50), "{report:?}");
    assert!((1_000..=1_520).contains(&report.frames_sent), "{report:?}");
    assert_eq!((report.underruns, report.not_understood, report.turns_unanswered), (0, 0, 0));
    assert!(report.frames_received >= 400, "{report:?}");
    assert_eq!(server.seen.count("start"), 20);
    assert!(server.seen.count(r#"mark "end""#) >= 20);
}

#[tokio::test]
async fn calls_that_cannot_be_opened_or_are_ended_are_counted() {
    let away =
        EchoServer::start(Behaviour { document: Some("<Response><Reject/></Response>"), ..Behaviour::default() });
    let turned_away = plan(away.await.url);
    let report = tokio::task::spawn_blocking(move || run_load(&turned_away)).await.unwrap().unwrap();
    assert_eq!((report.connected, report.failures.values().sum::<usize>()), (0, 20));

    let ends = EchoServer::start(Behaviour { says_frames: 2, hangs_up_after: Some(1), ..Behaviour::default() });
    let ended = plan(ends.await.url);
    let report = tokio::task::spawn_blocking(move || run_load(&ended)).await.unwrap().unwrap();
    assert_eq!((report.connected, report.ended_by_agent), (20, 20), "{report:?}");
}

#[test]
fn percentiles_are_by_nearest_rank() {
    let hundred: Vec<u64> = (1..=100).collect();
    assert_eq!(percentiles(&hundred), Percentiles { p50: 50, p95: 95, p99: 99, max: 100 });
    assert_eq!(percentiles(&[7]), Percentiles { p50: 7, p95: 7, p99: 7, max: 7 });
    assert_eq!(percentiles(&[]), Percentiles::default());
}

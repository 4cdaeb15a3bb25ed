//! Many calls at once with scripted speech: each is filed exactly once, and nothing of it stays.

use std::collections::BTreeSet;

use doorstep::domain::call::{CallState, Disposition};
use doorstep::simulator::{CallEnd, Step};
use futures_util::future::join_all;

use super::harness::{CUSTOMER, Server, quiet, says, script};

const CALLS: u64 = 50;

#[tokio::test(flavor = "multi_thread")]
async fn fifty_calls_at_once_are_each_filed_once_and_leave_nothing() {
    let _turn = quiet().await;
    let server = Server::with_fake_speech(|_| ()).await;
    let carrier = server.carrier(CUSTOMER, 50);
    let caller = script(vec![
        Step::WaitForAgentSpeaking { speech_ms: 300 },
        says("where-is-my-order.wav"),
        Step::WaitForAgentSpeaking { speech_ms: 300 },
        Step::Silence { ms: 1_500 },
    ]);
    let reports = join_all((0..CALLS).map(|number| carrier.call(caller.clone(), number))).await;
    for report in &reports {
        assert_eq!(report.end, CallEnd::CallerHungUp, "{}", report.call_id);
        assert_eq!(report.violations, Vec::<String>::new());
        assert!(report.media_messages_received > 0);
        assert_eq!(report.callbacks_refused, 0);
    }
    let calls = server.filed(CALLS as usize).await;
    assert_eq!(calls.len(), CALLS as usize, "one call on the carrier's side is one call here");
    let placed: BTreeSet<_> = reports.iter().map(|report| report.call_id.as_str()).collect();
    let filed: BTreeSet<_> = calls.iter().map(|call| call.opened.provider_call_id.as_str()).collect();
    assert_eq!(filed, placed);
    assert!(calls.iter().all(|call| call.state == CallState::Ended));
    let answered = calls.iter().filter_map(|call| call.finished.as_ref());
    let dispositions: Vec<_> = answered.map(|finished| finished.outcome.disposition).collect();
    let technical = dispositions.iter().filter(|disposition| **disposition == Disposition::TechnicalFailure).count();
    assert_eq!(technical, 0, "{dispositions:?}");
    let metrics = server.http.get(server.url("/metrics")).send().await.expect("answered").text().await.expect("text");
    assert!(!metrics.contains("doorstep_invariant_breaches_total"), "a live call broke a rule of its own:\n{metrics}");
    let outcomes = server.api("/api/v1/outcomes?limit=200").await;
    assert_eq!(outcomes["rows"].as_array().map(Vec::len), Some(CALLS as usize));
    assert_eq!(server.reception.services().live.count(), 0);
    server.stopped().await;
}

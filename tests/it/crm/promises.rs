//! Promises that nobody sees to: each vendor is told once, in time, and a broken one is known as such.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use doorstep::domain::desk::PromiseState;
use doorstep::ports::desk::{DeskList, DeskStore as _};
use doorstep::ports::store::{CallStore as _, RecordedRequest};
use doorstep::runtime::promises::PromiseWatch;
use jiff::SignedDuration;

use super::office::{Office, Running, clock};
use super::server::Entry;

const MINUTE_MS: i64 = 60_000;

async fn promise(office: &Office, running: &Running, number: usize, kind: &str, due_in_minutes: i64) -> String {
    let call = office.file(&running.store, number, 3).await;
    let request = RecordedRequest {
        call,
        idempotency_key: format!("{call}:{kind}"),
        kind: kind.to_owned(),
        order_ref: None,
        details: Vec::new(),
        requested_at: office.now(),
        due_at: Some(office.now() + SignedDuration::from_mins(due_in_minutes)),
    };
    running.store.record_request(&request).await.unwrap()
}

async fn state(running: &Running, id: &str) -> PromiseState {
    running.store.request(id).await.unwrap().unwrap().promise
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_open_promise_becomes_a_task_once_and_is_missed_when_its_time_has_passed() {
    let office = Office::open().await;
    let running = office.start().await;
    let watch = PromiseWatch {
        desk: running.store.clone(),
        calls: running.store.clone(),
        connectors: office.names(),
        outbox_wake: Arc::default(),
        clock: clock(&office.hands).0,
    };
    let near = promise(&office, &running, 0, "damage_case", 240).await;
    let far = promise(&office, &running, 2, "callback", 600).await;
    let of_calls = 2 * office.branches.len();
    for (minutes, handed_on) in [(0, 0), (209, 0), (2, 1), (1, 1), (20, 1)] {
        office.hands.fetch_add(minutes * MINUTE_MS, Ordering::SeqCst);
        watch.look().await.unwrap();
        let deliveries = running.deliveries().await.len();
        assert_eq!(deliveries, of_calls + handed_on * office.branches.len(), "after {minutes} more minutes");
    }
    assert_eq!(state(&running, &near).await, PromiseState::Open);
    while 0 < running.unsettled().await {
        running.pass(&office.hands, Duration::from_secs(30)).await;
    }
    for branch in &office.branches {
        let entries = branch.stand_in.entries();
        for record in branch.kind.records[1] {
            let wanted = Entry { kind: record, key: format!("promise-{near}") };
            let found = entries.iter().filter(|entry| **entry == wanted).count();
            assert_eq!(found, 1, "{}: {record}", branch.kind.name);
        }
    }
    office.hands.fetch_add(60 * MINUTE_MS, Ordering::SeqCst);
    watch.look().await.unwrap();
    assert_eq!((state(&running, &near).await, state(&running, &far).await), (PromiseState::Missed, PromiseState::Open));
    let missed = running.store.list_requests(DeskList::Promises(Some(PromiseState::Missed)), None, 9).await.unwrap();
    assert_eq!(missed.rows.iter().map(|request| request.id.as_str()).collect::<Vec<_>>(), [near.as_str()]);
}

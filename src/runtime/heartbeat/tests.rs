use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use super::*;
use crate::domain::call::CallDirection;
use crate::domain::values::CallId;

/// A database with one call left over, and a clock at the test's own.
#[derive(Default)]
struct Fake {
    is_away: AtomicBool,
    has_one_server: bool,
    beats: AtomicUsize,
    has_left: AtomicBool,
    left_open: Mutex<Vec<OpenedCall>>,
    asked_since: Mutex<Vec<Timestamp>>,
    closed: Mutex<Vec<CallId>>,
}

#[async_trait]
impl NodeStore for Fake {
    async fn beat(&self, _: Timestamp) -> Result<(), StoreError> {
        if self.is_away.load(Ordering::Relaxed) {
            return Err(StoreError::Unavailable);
        }
        self.beats.fetch_add(1, Ordering::Relaxed);
        Ok(())
    }

    async fn leave(&self) -> Result<(), StoreError> {
        self.has_left.store(true, Ordering::Relaxed);
        Ok(())
    }

    async fn calls_left_open(&self, seen_since: Timestamp, _: u32) -> Result<Vec<OpenedCall>, StoreError> {
        self.asked_since.lock().unwrap().push(seen_since);
        Ok(std::mem::take(&mut *self.left_open.lock().unwrap()))
    }

    fn has_one_server(&self) -> bool {
        self.has_one_server
    }
}

#[async_trait]
impl Undertaker for Fake {
    async fn close_left_over(&self, call: &OpenedCall) -> Result<(), StoreError> {
        self.closed.lock().unwrap().push(call.id);
        Ok(())
    }
}

fn call() -> OpenedCall {
    OpenedCall {
        id: CallId::new(uuid::Uuid::now_v7()),
        provider: "twilio".to_owned(),
        provider_call_id: "CA1".to_owned(),
        direction: CallDirection::Inbound,
        scenario: "I1_WISMO".to_owned(),
        from: None,
        to: None,
        started_at: now(),
    }
}

fn now() -> Timestamp {
    Timestamp::from_second(1_795_000_000).unwrap()
}

fn with_a_call_left(has_one_server: bool) -> Arc<Fake> {
    Arc::new(Fake { has_one_server, left_open: Mutex::new(vec![call()]), ..Fake::default() })
}

/// Beats for so many seconds; the database is away while `is_away` says so.
async fn beat_for(fake: &Arc<Fake>, seconds: u64, is_away: impl Fn(u64) -> bool) {
    let mut heartbeat = Heartbeat::new(fake.clone(), fake.clone(), Arc::new(now), GONE_AFTER);
    fake.is_away.store(is_away(0), Ordering::Relaxed);
    heartbeat.begin().await;
    let stop = CancellationToken::new();
    let beating = tokio::spawn(heartbeat.run(stop.clone()));
    tokio::task::yield_now().await;
    for second in 0..seconds {
        fake.is_away.store(is_away(second), Ordering::Relaxed);
        tokio::time::advance(Duration::from_secs(1)).await;
    }
    stop.cancel();
    beating.await.unwrap();
}

fn closed(fake: &Fake) -> usize {
    fake.closed.lock().unwrap().len()
}

#[tokio::test(start_paused = true)]
async fn the_only_server_closes_what_its_earlier_life_left_before_its_first_call() {
    let fake = with_a_call_left(true);
    Heartbeat::new(fake.clone(), fake.clone(), Arc::new(now), GONE_AFTER).begin().await;
    assert_eq!(closed(&fake), 1);
}

#[tokio::test(start_paused = true)]
async fn one_of_several_servers_first_listens_for_the_others() {
    let fake = with_a_call_left(false);
    beat_for(&fake, 59, |_| false).await;
    assert_eq!(closed(&fake), 0);
    let fake = with_a_call_left(false);
    beat_for(&fake, 65, |_| false).await;
    assert_eq!(closed(&fake), 1);
    assert_eq!(fake.asked_since.lock().unwrap()[0], now() - SignedDuration::from_secs(60));
    assert_eq!(fake.beats.load(Ordering::Relaxed), 7);
    assert!(fake.has_left.load(Ordering::Relaxed));
}

#[tokio::test(start_paused = true)]
async fn after_an_outage_of_the_database_the_others_get_their_time_again() {
    let is_away = |second| (15..95).contains(&second);
    let fake = with_a_call_left(false);
    beat_for(&fake, 155, is_away).await;
    assert_eq!(closed(&fake), 0, "its own beats count from the end of the outage");
    let fake = with_a_call_left(false);
    beat_for(&fake, 175, is_away).await;
    assert_eq!(closed(&fake), 1);
}

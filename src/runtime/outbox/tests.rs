mod fakes;

use std::sync::Arc;
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::{Clock, DELIVERIES_AT_ONCE_MAX, Outbox, RetrySchedule};
use crate::ports::crm::{CrmConnector, DeliveryError};
use crate::ports::store::DeliveryState;
use fakes::{Answer, FakeConnector, MemoryOutbox, clock};

const ATTEMPTS_MAX: u32 = RetrySchedule::Sparse.attempts_max();

/// A server with one connector, in virtual time.
struct Scene {
    store: Arc<MemoryOutbox>,
    connector: Arc<FakeConnector>,
    clock: Clock,
}

impl Scene {
    fn new(script: Vec<Answer>) -> Self {
        Self {
            store: Arc::new(MemoryOutbox::default()),
            connector: Arc::new(FakeConnector::new(script)),
            clock: clock(),
        }
    }

    fn start(&self) -> (CancellationToken, Arc<tokio::sync::Notify>, tokio::task::JoinHandle<()>) {
        let connector: Arc<dyn CrmConnector> = Arc::clone(&self.connector) as _;
        let outbox = Outbox::new(Arc::clone(&self.store), vec![connector], Arc::clone(&self.clock));
        let (stop, waker) = (CancellationToken::new(), outbox.waker());
        let task = tokio::spawn(outbox.run(stop.clone()));
        (stop, waker, task)
    }
}

async fn pass(seconds: f64) {
    fakes::pass_time(Duration::from_secs_f64(seconds)).await;
}

fn unavailable(retry_after: Option<u64>) -> Answer {
    let retry_after = retry_after.map(Duration::from_secs);
    Answer::Fail(DeliveryError::Unavailable { reason: "answered 503".to_owned(), retry_after })
}

#[tokio::test(start_paused = true)]
async fn a_finished_call_is_delivered_when_it_wakes_the_outbox() {
    let scene = Scene::new(vec![]);
    let (_stop, waker, _task) = scene.start();
    pass(1.0).await;
    scene.store.add("call-1", "shop");
    waker.notify_one();
    pass(0.01).await;
    assert_eq!(scene.connector.received(), ["call-1"]);
    assert_eq!(scene.store.states(), [(DeliveryState::Delivered, 1)]);
}

#[tokio::test(start_paused = true)]
async fn a_call_kept_by_another_process_is_found_without_waking() {
    let scene = Scene::new(vec![]);
    let (_stop, _waker, _task) = scene.start();
    pass(1.0).await;
    scene.store.add("call-1", "shop");
    pass(31.0).await;
    assert_eq!(scene.store.states(), [(DeliveryState::Delivered, 1)]);
}

#[tokio::test(start_paused = true)]
async fn a_failing_connector_is_tried_by_the_schedule() {
    let scene = Scene::new(vec![unavailable(None), unavailable(Some(40))]);
    scene.store.add("call-1", "shop");
    let (_stop, _waker, _task) = scene.start();
    pass(4.9).await;
    assert_eq!(scene.store.states(), [(DeliveryState::Waiting, 1)]);
    pass(1.2).await;
    assert_eq!(scene.store.states(), [(DeliveryState::Waiting, 2)]);
    pass(38.0).await;
    assert_eq!(scene.store.states(), [(DeliveryState::Waiting, 2)]);
    pass(10.0).await;
    assert_eq!(scene.store.states(), [(DeliveryState::Delivered, 3)]);
    assert_eq!(scene.connector.received(), ["call-1"; 3]);
}

#[tokio::test(start_paused = true)]
async fn a_connector_that_never_works_is_given_up_after_three_days() {
    let scene = Scene::new((0..ATTEMPTS_MAX).map(|_| unavailable(None)).collect());
    scene.store.add("call-1", "shop");
    let (_stop, _waker, _task) = scene.start();
    pass(75.0 * 3_600.0).await;
    assert_eq!(scene.store.states(), [(DeliveryState::Waiting, 9)]);
    pass(25.0 * 3_600.0).await;
    assert_eq!(scene.store.states(), [(DeliveryState::GivenUp, ATTEMPTS_MAX)]);
    assert_eq!(scene.store.last_error().as_deref(), Some("answered 503"));
}

#[tokio::test(start_paused = true)]
async fn a_rejected_record_and_an_unknown_connector_are_given_up_at_once() {
    let scene = Scene::new(vec![Answer::Fail(DeliveryError::Rejected { reason: "answered 400".to_owned() })]);
    scene.store.add("call-1", "shop");
    scene.store.add("call-1", "forgotten");
    let (_stop, _waker, _task) = scene.start();
    pass(0.01).await;
    assert_eq!(scene.store.states(), [(DeliveryState::GivenUp, 1), (DeliveryState::GivenUp, 1)]);
    assert!(scene.store.last_error().unwrap().contains("no connector of this name"));
}

#[tokio::test(start_paused = true)]
async fn a_slow_connector_is_cut_off_and_never_overrun() {
    let scene = Scene::new((0..20).map(|_| Answer::Hang).collect());
    for number in 0..20 {
        scene.store.add(&format!("call-{number}"), "shop");
    }
    let (_stop, _waker, _task) = scene.start();
    pass(44.0).await;
    assert_eq!(scene.connector.received().len(), DELIVERIES_AT_ONCE_MAX);
    pass(2.0).await;
    assert_eq!(scene.connector.received().len(), 20);
    pass(120.0).await;
    assert!(scene.store.states().iter().all(|state| *state == (DeliveryState::Delivered, 2)));
    assert_eq!(scene.connector.at_once_max(), DELIVERIES_AT_ONCE_MAX);
}

#[tokio::test(start_paused = true)]
async fn a_connector_that_took_it_and_denies_it_gets_the_same_key_and_body() {
    let scene = Scene::new(vec![unavailable(None)]);
    scene.store.add("call-1", "shop");
    let (_stop, _waker, _task) = scene.start();
    pass(10.0).await;
    assert_eq!(scene.connector.received(), ["call-1", "call-1"]);
    assert_eq!(scene.connector.records(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_crash_between_sending_and_settling_sends_the_same_key_again() {
    let scene = Scene::new(vec![Answer::Hang]);
    scene.store.add("call-1", "shop");
    let (_stop, _waker, task) = scene.start();
    pass(1.0).await;
    task.abort();
    assert!(task.await.unwrap_err().is_cancelled());
    assert_eq!(scene.store.states(), [(DeliveryState::Leased, 1)]);
    let (_stop, _waker, _task) = scene.start();
    pass(80.0).await;
    assert_eq!(scene.connector.received(), ["call-1"]);
    pass(15.0).await;
    assert_eq!(scene.connector.received(), ["call-1", "call-1"]);
    assert_eq!(scene.store.states(), [(DeliveryState::Delivered, 2)]);
    assert_eq!(scene.connector.records(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_connector_that_takes_its_task_down_does_not_run_for_ever() {
    let scene = Scene::new((0..ATTEMPTS_MAX).map(|_| Answer::Panic).collect());
    scene.store.add("call-1", "shop");
    let (_stop, _waker, _task) = scene.start();
    pass(3_600.0).await;
    assert_eq!(scene.connector.received().len(), ATTEMPTS_MAX as usize);
    assert_eq!(scene.store.states(), [(DeliveryState::GivenUp, ATTEMPTS_MAX + 1)]);
}

#[tokio::test(start_paused = true)]
async fn a_store_that_fails_for_a_while_loses_nothing() {
    let scene = Scene::new(vec![]);
    scene.store.add("call-1", "shop");
    scene.store.fail_next_leases(2);
    scene.store.fail_next_settlements(2);
    let (_stop, _waker, _task) = scene.start();
    pass(20.0).await;
    assert_eq!(scene.store.states(), [(DeliveryState::Delivered, 1)]);
    assert_eq!(scene.connector.received(), ["call-1"]);
}

#[tokio::test(start_paused = true)]
async fn told_to_stop_it_ends_what_is_under_way_and_takes_nothing_new() {
    let scene = Scene::new(vec![Answer::After(Duration::from_secs(5)), Answer::Hang]);
    scene.store.add("call-1", "shop");
    scene.store.add("call-2", "shop");
    let (stop, waker, task) = scene.start();
    pass(1.0).await;
    let began = tokio::time::Instant::now();
    stop.cancel();
    scene.store.add("call-3", "shop");
    waker.notify_one();
    task.await.unwrap();
    assert_eq!(began.elapsed().as_secs(), 10);
    let states = scene.store.states();
    assert_eq!(states, [(DeliveryState::Delivered, 1), (DeliveryState::Leased, 1), (DeliveryState::Waiting, 0)]);
}

#[tokio::test(start_paused = true)]
async fn who_is_held_back_is_lent_again_without_counting_an_attempt() {
    let until = jiff::Timestamp::UNIX_EPOCH + Duration::from_secs(3_600);
    let held = Answer::Fail(DeliveryError::Held { reason: "the account is resting".to_owned(), until });
    let scene = Scene::new(vec![held]);
    scene.store.add("call-1", "shop");
    let (_stop, _waker, _task) = scene.start();
    pass(3_599.0).await;
    assert_eq!(scene.store.states(), [(DeliveryState::Waiting, 0)]);
    assert_eq!(scene.store.last_error().as_deref(), Some("the account is resting"));
    pass(40.0).await;
    assert_eq!(scene.store.states(), [(DeliveryState::Delivered, 1)]);
}

#[tokio::test(start_paused = true)]
async fn a_connector_without_room_is_lent_nothing_and_holds_nobody_else_up() {
    let scene = Scene::new(vec![]);
    let resting = Arc::new(FakeConnector::resting("crm", jiff::Timestamp::UNIX_EPOCH + Duration::from_secs(60)));
    scene.store.add("call-1", "crm");
    scene.store.add("call-1", "shop");
    let connectors: Vec<Arc<dyn CrmConnector>> = vec![Arc::clone(&scene.connector) as _, Arc::clone(&resting) as _];
    let outbox = Outbox::new(Arc::clone(&scene.store), connectors, Arc::clone(&scene.clock));
    let _task = tokio::spawn(outbox.run(CancellationToken::new()));
    pass(59.0).await;
    assert_eq!(scene.store.states(), [(DeliveryState::Waiting, 0), (DeliveryState::Delivered, 1)]);
    pass(2.0).await;
    assert_eq!(scene.store.states(), [(DeliveryState::Delivered, 1), (DeliveryState::Delivered, 1)]);
}

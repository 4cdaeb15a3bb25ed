use std::sync::mpsc::{Receiver, channel};

use super::*;

fn call(number: u128) -> Option<CallId> {
    Some(CallId::new(uuid::Uuid::from_u128(number)))
}

/// A pool of one thread that is held until the returned gate is dropped.
fn held_pool() -> (InferencePool, std::sync::mpsc::Sender<()>) {
    let pool = InferencePool::new(1);
    let (gate, closed) = channel::<()>();
    let (started, has_started) = channel::<()>();
    pool.submit(Rank::WantedSpeech, None, move || {
        drop(started);
        let _ = closed.recv();
    })
    .unwrap();
    let _ = has_started.recv();
    (pool, gate)
}

fn order_served(pool: &InferencePool, jobs: &[(Rank, Option<CallId>, &'static str)]) -> Receiver<&'static str> {
    let (served, order) = channel();
    for (rank, call, name) in jobs {
        let (served, name) = (served.clone(), *name);
        pool.submit(*rank, *call, move || {
            let _ = served.send(name);
        })
        .unwrap();
    }
    order
}

#[test]
fn higher_ranks_run_first() {
    let (pool, gate) = held_pool();
    let order = order_served(
        &pool,
        &[
            (Rank::PrepareSpeech, None, "prepare"),
            (Rank::PartialReading, call(1), "partial"),
            (Rank::FinalReading, call(1), "final"),
            (Rank::SpeculativeReading, call(2), "speculative"),
            (Rank::WantedSpeech, call(2), "wanted"),
            (Rank::LikelySpeech, call(2), "likely"),
        ],
    );
    assert_eq!(pool.waiting(), [1; RANKS]);
    drop(gate);
    let order: Vec<_> = order.iter().collect();
    assert_eq!(order, ["wanted", "final", "likely", "speculative", "partial", "prepare"]);
}

#[test]
fn calls_take_turns_within_a_rank() {
    let (pool, gate) = held_pool();
    let rank = Rank::PartialReading;
    let order = order_served(
        &pool,
        &[
            (rank, call(1), "a1"),
            (rank, call(1), "a2"),
            (rank, call(1), "a3"),
            (rank, call(2), "b1"),
            (rank, call(3), "c1"),
            (rank, call(2), "b2"),
        ],
    );
    drop(gate);
    assert_eq!(order.iter().collect::<Vec<_>>(), ["a1", "b1", "c1", "a2", "b2", "a3"]);
}

#[test]
fn one_call_cannot_fill_the_queue() {
    let (pool, gate) = held_pool();
    for _ in 0..JOBS_WAITING_PER_CALL_MAX {
        pool.submit(Rank::PartialReading, call(1), || ()).unwrap();
    }
    assert_eq!(pool.submit(Rank::PartialReading, call(1), || ()), Err(PoolFull));
    assert_eq!(pool.submit(Rank::PartialReading, call(2), || ()), Ok(()));
    assert_eq!(pool.submit(Rank::FinalReading, call(1), || ()), Ok(()));
    drop(gate);
}

#[test]
fn the_queue_is_bounded_in_each_rank() {
    let (pool, gate) = held_pool();
    for job in 0..JOBS_WAITING_MAX {
        pool.submit(Rank::PrepareSpeech, call(job as u128 / 8), || ()).unwrap();
    }
    assert_eq!(pool.submit(Rank::PrepareSpeech, call(9_999), || ()), Err(PoolFull));
    assert_eq!(pool.waiting()[Rank::PrepareSpeech as usize], JOBS_WAITING_MAX);
    assert_eq!(pool.submit(Rank::WantedSpeech, call(9_999), || ()), Ok(()));
    drop(gate);
}

#[test]
fn a_dropped_pool_ends_the_running_job_and_forgets_the_rest() {
    let (pool, gate) = held_pool();
    let (served, order) = channel();
    pool.submit(Rank::PrepareSpeech, None, move || {
        let _ = served.send("waiting");
    })
    .unwrap();
    lock(&pool.shared.queue).is_closing = true;
    drop(gate);
    drop(pool);
    assert_eq!(order.iter().count(), 0);
}

#[test]
fn a_panic_costs_one_job_and_no_thread() {
    let pool = InferencePool::new(1);
    pool.submit(Rank::FinalReading, None, || panic!("a bug in a job")).unwrap();
    let order = order_served(&pool, &[(Rank::FinalReading, None, "after")]);
    assert_eq!(order.recv(), Ok("after"));
}

#[test]
fn the_last_job_may_drop_the_pool() {
    let (done, is_done) = channel();
    let pool = Arc::new(InferencePool::new(1));
    let held = Arc::clone(&pool);
    let (go, may_go) = channel::<()>();
    pool.submit(Rank::FinalReading, None, move || {
        let _ = may_go.recv();
        drop(held);
        let _ = done.send(());
    })
    .unwrap();
    drop(pool);
    drop(go);
    assert_eq!(is_done.recv(), Ok(()));
}

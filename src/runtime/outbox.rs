//! Leases due deliveries and hands them to their connectors, until it is told to stop.
//!
//! A delivery is sent at least once: who stops between sending and settling leaves a lease that runs out, and the
//! delivery goes out again under the same idempotency key. Each connector has places of its own, so that none waits
//! for a slow one, and is lent only what its account can bear.

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::Notify;
use tokio::task::JoinSet;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tracing::{error, info, warn};

use crate::domain::delivery::{AttemptFailure, NextAttempt, RetrySchedule, Room, plan_after_failure};
use crate::ports::crm::{CrmConnector, DeliveryError};
use crate::ports::remote_records::RemoteRecordStore;
use crate::ports::store::{Addressed, DeliverySettlement, DeliveryStore, LeasedDelivery, StoreError};

/// Deliveries of one connector under way at once. Others wait in the store.
const DELIVERIES_AT_ONCE_MAX: usize = 16;

/// Longer than an attempt and its settlement take.
const LEASE: Duration = Duration::from_secs(90);

/// How long a connector may take.
const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(45);

/// How long until the store is asked again when nothing is known to be due: another process may have added to it.
const IDLE_WAIT_MAX: Duration = Duration::from_secs(30);

/// How long until the store is asked again after it failed.
const STORE_WAIT: Duration = Duration::from_secs(2);

/// Tries to write down how an attempt ended; after that the lease runs out and the delivery is sent again.
const SETTLE_TRIES: u32 = 3;

/// How long deliveries under way may take once it is told to stop.
const DRAIN_TIMEOUT: Duration = Duration::from_secs(10);

/// How often those that wait are counted.
const COUNT_EVERY: Duration = Duration::from_secs(5);

const SETTLED_TOTAL: &str = "doorstep_deliveries_total";
const UNSETTLED: &str = "doorstep_deliveries_unsettled";

/// The wall clock.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// The task that empties the outbox.
pub struct Outbox {
    desk: Arc<Desk>,
    wake: Arc<Notify>,
}

/// A connector and its deliveries under way.
struct Receiver {
    connector: Arc<dyn CrmConnector>,
    under_way: AtomicUsize,
}

/// What every attempt needs.
struct Desk {
    store: Arc<dyn DeliveryStore>,
    records: Arc<dyn RemoteRecordStore>,
    receivers: BTreeMap<String, Receiver>,
    /// The names of the receivers.
    names: Vec<String>,
    clock: Clock,
}

/// Counts an attempt out, however it ends.
struct Place {
    desk: Arc<Desk>,
    connector: String,
}

impl Place {
    fn take(desk: &Arc<Desk>, connector: &str) -> Self {
        if let Some(receiver) = desk.receivers.get(connector) {
            receiver.under_way.fetch_add(1, Ordering::SeqCst);
        }
        Self { desk: Arc::clone(desk), connector: connector.to_owned() }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        if let Some(receiver) = self.desk.receivers.get(&self.connector) {
            receiver.under_way.fetch_sub(1, Ordering::SeqCst);
        }
    }
}

impl Outbox {
    pub fn new<S>(store: Arc<S>, connectors: Vec<Arc<dyn CrmConnector>>, clock: Clock) -> Self
    where
        S: DeliveryStore + RemoteRecordStore + 'static,
    {
        let receiver = |connector: Arc<dyn CrmConnector>| Receiver { connector, under_way: AtomicUsize::new(0) };
        let receivers: BTreeMap<_, _> =
            connectors.into_iter().map(|connector| (connector.name().to_owned(), receiver(connector))).collect();
        let names = receivers.keys().cloned().collect();
        let desk = Desk { store: Arc::clone(&store) as _, records: store, receivers, names, clock };
        Self { desk: Arc::new(desk), wake: Arc::new(Notify::new()) }
    }

    /// What to notify when a call has finished, or a delivery was put back by hand.
    pub fn waker(&self) -> Arc<Notify> {
        Arc::clone(&self.wake)
    }

    /// Runs until `stop`; then deliveries under way end within ten seconds, or are sent again after a restart.
    pub async fn run(self, stop: CancellationToken) {
        let mut under_way = JoinSet::new();
        let mut counted_at = None;
        while !stop.is_cancelled() {
            let wait = self.desk.hand_out(&mut under_way).await.unwrap_or(STORE_WAIT);
            if counted_at.is_none_or(|at: Instant| COUNT_EVERY <= at.elapsed()) {
                self.desk.count_unsettled().await;
                counted_at = Some(Instant::now());
            }
            tokio::select! {
                () = stop.cancelled() => {}
                () = self.wake.notified() => {}
                () = tokio::time::sleep(wait) => {}
                Some(joined) = under_way.join_next() => count_panic(&joined),
            }
        }
        let drained = async {
            while let Some(joined) = under_way.join_next().await {
                count_panic(&joined);
            }
        };
        if tokio::time::timeout(DRAIN_TIMEOUT, drained).await.is_err() {
            warn!("deliveries cut off by the end of the server will be sent again");
        }
    }
}

fn count_panic(joined: &Result<(), tokio::task::JoinError>) {
    if joined.is_err() {
        error!("a delivery attempt broke off; its lease will run out");
    }
}

impl Desk {
    /// Starts what is due and has room, of every connector. Returns how long to wait at most.
    async fn hand_out(self: &Arc<Self>, under_way: &mut JoinSet<()>) -> Option<Duration> {
        let mut wait = IDLE_WAIT_MAX;
        for (name, receiver) in &self.receivers {
            let room = receiver.connector.room((self.clock)());
            let places = DELIVERIES_AT_ONCE_MAX.saturating_sub(receiver.under_way.load(Ordering::SeqCst));
            // What is admitted has already been taken off the room; a full house is woken by the next who leaves.
            let room = Room { deliveries: room.deliveries.min(u32::try_from(places).unwrap_or(0)), ..room };
            let next = self.hand_out_to(Addressed::To(name), room, under_way).await?;
            wait = wait.min(next);
        }
        // Their connectors are gone: nothing of them is sent, but nothing is to wait for ever either.
        let rest = self.hand_out_to(Addressed::ToNoneOf(&self.names), Room::UNLIMITED, under_way).await?;
        Some(wait.min(rest))
    }

    async fn hand_out_to(
        self: &Arc<Self>,
        addressed: Addressed<'_>,
        room: Room,
        under_way: &mut JoinSet<()>,
    ) -> Option<Duration> {
        let now = (self.clock)();
        if room.deliveries == 0 {
            return Some(room.next_at.map_or(IDLE_WAIT_MAX, |at| wait_until(at, now)));
        }
        let due = self.ask("looked for", self.store.next_delivery_at(addressed)).await?;
        let Some(due) = due else { return Some(IDLE_WAIT_MAX) };
        if now < due {
            return Some(wait_until(due, now));
        }
        let count = room.deliveries.min(DELIVERIES_AT_ONCE_MAX as u32);
        let leases = self.ask("leased", self.store.lease_deliveries(addressed, now, LEASE, count)).await?;
        for lease in leases {
            let place = Place::take(self, &lease.delivery.connector);
            under_way.spawn(async move { place.desk.attempt(lease).await });
        }
        let due = self.ask("looked for", self.store.next_delivery_at(addressed)).await?;
        Some(due.map_or(IDLE_WAIT_MAX, |at| wait_until(at, now)))
    }

    async fn ask<T>(&self, what: &'static str, answer: impl Future<Output = Result<T, StoreError>>) -> Option<T> {
        answer.await.inspect_err(|error| warn!(%error, what, "the store does not give deliveries")).ok()
    }

    async fn count_unsettled(&self) {
        if let Ok(count) = self.store.count_unsettled_deliveries().await {
            metrics::gauge!(UNSETTLED).set(count as f64);
        }
    }

    async fn attempt(&self, lease: LeasedDelivery) {
        let result = self.send(&lease).await;
        let settlement = self.plan(&lease, result);
        count_settlement(&settlement);
        let delivery = &lease.delivery;
        match &settlement {
            DeliverySettlement::Delivered => {
                info!(call = %delivery.call, connector = %delivery.connector, attempts = delivery.attempts, "delivered");
            }
            DeliverySettlement::RetryAt { at, error } => {
                warn!(call = %delivery.call, connector = %delivery.connector, %at, error, "delivery will be retried");
            }
            DeliverySettlement::HeldUntil { at, reason } => {
                info!(call = %delivery.call, connector = %delivery.connector, %at, reason, "delivery is held back");
            }
            DeliverySettlement::GivenUp { error } => {
                error!(call = %delivery.call, connector = %delivery.connector, error, "delivery given up");
            }
        }
        self.settle(&lease, &settlement).await;
    }

    async fn send(&self, lease: &LeasedDelivery) -> Result<(), DeliveryError> {
        let rejected = |reason: &str| Err(DeliveryError::Rejected { reason: reason.to_owned() });
        let Some(receiver) = self.receivers.get(&lease.delivery.connector) else {
            return rejected("no connector of this name is configured; configure it and retry");
        };
        let connector = &receiver.connector;
        // An attempt that took its worker down leaves no failure behind, only its count.
        if lease.delivery.attempts > connector.schedule().attempts_max() {
            return rejected("every attempt broke off without an answer");
        }
        let delivered = connector.deliver(&lease.delivery, self.records.as_ref());
        match tokio::time::timeout(ATTEMPT_TIMEOUT, delivered).await {
            Ok(result) => result,
            Err(_) => Err(DeliveryError::Unavailable { reason: "no answer in time".to_owned(), retry_after: None }),
        }
    }

    fn plan(&self, lease: &LeasedDelivery, result: Result<(), DeliveryError>) -> DeliverySettlement {
        let delivery = &lease.delivery;
        let (failure, error) = match result {
            Ok(()) => return DeliverySettlement::Delivered,
            Err(DeliveryError::Held { reason, until }) => return DeliverySettlement::HeldUntil { at: until, reason },
            Err(DeliveryError::Unavailable { reason, retry_after }) => {
                (AttemptFailure::Passing { retry_after }, reason)
            }
            Err(DeliveryError::Rejected { reason }) => (AttemptFailure::Final, reason),
        };
        let receiver = self.receivers.get(&delivery.connector);
        let schedule = receiver.map_or(RetrySchedule::Sparse, |receiver| receiver.connector.schedule());
        match plan_after_failure(schedule, delivery.attempts, failure, (self.clock)(), rand::random()) {
            NextAttempt::At(at) => DeliverySettlement::RetryAt { at, error },
            NextAttempt::GiveUp => DeliverySettlement::GivenUp { error },
        }
    }

    async fn settle(&self, lease: &LeasedDelivery, settlement: &DeliverySettlement) {
        for _ in 0..SETTLE_TRIES {
            match self.store.settle_delivery(lease, (self.clock)(), settlement).await {
                Ok(()) => return,
                Err(StoreError::NotFound) => {
                    warn!(call = %lease.delivery.call, "the lease ran out before the attempt was settled");
                    return;
                }
                Err(_) => tokio::time::sleep(STORE_WAIT).await,
            }
        }
        error!(call = %lease.delivery.call, "an attempt could not be settled and will be sent again");
    }
}

fn wait_until(at: Timestamp, now: Timestamp) -> Duration {
    // At least a moment, so that a delivery held back by an earlier one does not spin.
    let wait = Duration::try_from(at.duration_since(now)).unwrap_or(Duration::ZERO);
    wait.clamp(Duration::from_millis(100), IDLE_WAIT_MAX)
}

fn count_settlement(settlement: &DeliverySettlement) {
    let result = match settlement {
        DeliverySettlement::Delivered => "delivered",
        DeliverySettlement::RetryAt { .. } => "retried",
        DeliverySettlement::HeldUntil { .. } => "held",
        DeliverySettlement::GivenUp { .. } => "given_up",
    };
    metrics::counter!(SETTLED_TOTAL, "result" => result).increment(1);
}

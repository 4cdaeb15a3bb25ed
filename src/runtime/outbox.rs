//! Leases due deliveries and hands them to their connectors, until it is told to stop.
//!
//! A delivery is sent at least once: who stops between sending and settling leaves a lease that runs out, and the
//! delivery goes out again under the same idempotency key.

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::Notify;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use tracing::{error, info, warn};

use crate::domain::delivery::{ATTEMPTS_MAX, AttemptFailure, NextAttempt, plan_after_failure};
use crate::ports::crm::{CrmConnector, DeliveryError};
use crate::ports::store::{DeliverySettlement, DeliveryStore, LeasedDelivery, StoreError};

/// Deliveries under way at once. Others wait in the store.
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

const SETTLED_TOTAL: &str = "doorstep_deliveries_total";
const UNSETTLED: &str = "doorstep_deliveries_unsettled";

/// The wall clock.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// The task that empties the outbox.
pub struct Outbox {
    desk: Arc<Desk>,
    wake: Arc<Notify>,
}

/// What every attempt needs.
struct Desk {
    store: Arc<dyn DeliveryStore>,
    connectors: BTreeMap<String, Arc<dyn CrmConnector>>,
    clock: Clock,
}

impl Outbox {
    pub fn new(store: Arc<dyn DeliveryStore>, connectors: Vec<Arc<dyn CrmConnector>>, clock: Clock) -> Self {
        let connectors = connectors.into_iter().map(|connector| (connector.name().to_owned(), connector)).collect();
        Self { desk: Arc::new(Desk { store, connectors, clock }), wake: Arc::new(Notify::new()) }
    }

    /// What to notify when a call has finished, or a delivery was put back by hand.
    pub fn waker(&self) -> Arc<Notify> {
        Arc::clone(&self.wake)
    }

    /// Runs until `stop`; then deliveries under way end within ten seconds, or are sent again after a restart.
    pub async fn run(self, stop: CancellationToken) {
        let mut under_way = JoinSet::new();
        while !stop.is_cancelled() {
            let wait = self.desk.hand_out(&mut under_way).await;
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
    /// Leases as many due deliveries as there is room for and starts them. Returns how long to wait at most.
    async fn hand_out(self: &Arc<Self>, under_way: &mut JoinSet<()>) -> Duration {
        let room = DELIVERIES_AT_ONCE_MAX.saturating_sub(under_way.len());
        if room == 0 {
            return IDLE_WAIT_MAX;
        }
        let room = u32::try_from(room).unwrap_or(u32::MAX);
        let leases = match self.store.lease_deliveries((self.clock)(), LEASE, room).await {
            Ok(leases) => leases,
            Err(error) => {
                warn!(%error, "deliveries cannot be leased");
                return STORE_WAIT;
            }
        };
        for lease in leases {
            let desk = Arc::clone(self);
            under_way.spawn(async move { desk.attempt(lease).await });
        }
        self.count_unsettled().await;
        match self.store.next_delivery_at().await {
            Ok(Some(at)) => wait_until(at, (self.clock)()),
            Ok(None) => IDLE_WAIT_MAX,
            Err(_) => STORE_WAIT,
        }
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
            DeliverySettlement::GivenUp { error } => {
                error!(call = %delivery.call, connector = %delivery.connector, error, "delivery given up");
            }
        }
        self.settle(&lease, &settlement).await;
    }

    async fn send(&self, lease: &LeasedDelivery) -> Result<(), DeliveryError> {
        let rejected = |reason: &str| Err(DeliveryError::Rejected { reason: reason.to_owned() });
        // An attempt that took its worker down leaves no failure behind, only its count.
        if lease.delivery.attempts > ATTEMPTS_MAX {
            return rejected("every attempt broke off without an answer");
        }
        let Some(connector) = self.connectors.get(&lease.delivery.connector) else {
            return rejected("no connector of this name is configured; configure it and retry");
        };
        match tokio::time::timeout(ATTEMPT_TIMEOUT, connector.deliver(&lease.delivery)).await {
            Ok(result) => result,
            Err(_) => Err(DeliveryError::Unavailable { reason: "no answer in time".to_owned(), retry_after: None }),
        }
    }

    fn plan(&self, lease: &LeasedDelivery, result: Result<(), DeliveryError>) -> DeliverySettlement {
        let (failure, error) = match result {
            Ok(()) => return DeliverySettlement::Delivered,
            Err(DeliveryError::Unavailable { reason, retry_after }) => {
                (AttemptFailure::Passing { retry_after }, reason)
            }
            Err(DeliveryError::Rejected { reason }) => (AttemptFailure::Final, reason),
        };
        match plan_after_failure(lease.delivery.attempts, failure, (self.clock)(), rand::random()) {
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
        DeliverySettlement::GivenUp { .. } => "given_up",
    };
    metrics::counter!(SETTLED_TOTAL, "result" => result).increment(1);
}

//! Places planned calls: leases them, asks whether they may be made, dials, and settles them by what came of it.
//!
//! Everything it knows is in the store; a server that dies leaves leases that run out and attempts that the next one
//! finds. Several servers share one queue.

mod attempt;
mod callbacks;
mod permission;
mod settling;
mod wake;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::sync::Notify;
use tokio::task::JoinSet;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::heartbeat::gone_since;
use super::reception::Reception;
use crate::domain::dialling::{Breaker, BreakerState, Load, Pacer, PacingLimits, PlanState, RetryTable};
use crate::domain::values::{CallId, PhoneNumber};
use crate::ports::dialling::{LeaseLimits, LeasedPlan};
use crate::ports::store::StoreError;
use crate::ports::telephony::TelephonyProvider;

pub use callbacks::promised_call;
pub use permission::UnlessOptedOut;
pub use wake::WakingQueue;

/// Longer than asking and dialling take, its turn on the trunk included. A server that dies holds a plan up for so long.
const LEASE: Duration = Duration::from_secs(15);

/// How long a plan that another server has put into the queue may lie unseen.
const LOOK_EVERY: Duration = Duration::from_millis(200);

/// How long until the store is asked again after it failed.
const STORE_WAIT: Duration = Duration::from_secs(2);

/// Between two looks at what changes slowly: left-over attempts, promised call backs, counts.
const TIDY_EVERY: Duration = Duration::from_secs(2);
/// Between two deletions of plans that ended long ago.
const FORGET_EVERY: Duration = Duration::from_secs(60 * 60);

/// Outcomes settled, and left-over attempts looked after, at a time.
const AT_A_TIME_MAX: u32 = 200;

/// How long steps under way may take once it is told to stop.
const DRAIN_TIMEOUT: Duration = Duration::from_secs(5);

/// How a shop dials.
#[derive(Clone, Debug)]
pub struct DiallerSettings {
    /// Calls a second over the trunk, of all servers.
    pub calls_per_second: u32,
    /// Calls in the air over the trunk, of all servers.
    pub calls_at_once_max: u32,
    pub pacing: PacingLimits,
    pub retries: RetryTable,
    /// An attempt that the carrier does not know of after so long was never placed.
    pub lost_after: Duration,
    /// Other servers not heard of for so long are gone.
    pub node_timeout: Duration,
    /// Whether no other server can be at this database.
    pub has_one_server: bool,
    /// Ended plans are kept so long; none: for ever.
    pub kept: Option<SignedDuration>,
}

/// The trunk that is dialled over, and the numbers customers see.
#[derive(Clone)]
pub struct Trunk {
    pub carrier: Arc<dyn TelephonyProvider>,
    /// Not empty.
    pub numbers: Vec<PhoneNumber>,
}

/// The task that dials.
pub struct Dialler {
    desk: Arc<Desk>,
    looked_after: JoinSet<Result<(), StoreError>>,
    tidied_at: Option<Instant>,
    forgot_at: Option<Instant>,
    /// Since when the store has answered. While it was away, the other servers could not be heard of either.
    unbroken_since: Option<Instant>,
}

/// What every step needs.
pub(super) struct Desk {
    reception: Arc<Reception>,
    trunk: Trunk,
    settings: DiallerSettings,
    breaker: Mutex<Breaker>,
    pacer: Mutex<Pacer>,
    wake: Arc<Notify>,
}

impl Dialler {
    pub fn new(reception: Arc<Reception>, trunk: Trunk, settings: DiallerSettings) -> Self {
        let wake = Arc::clone(&reception.services().dialler_wake);
        let pacer = Mutex::new(Pacer::new(settings.pacing));
        let breaker = Mutex::new(Breaker::default());
        let desk = Desk { reception, trunk, settings, breaker, pacer, wake };
        Self {
            desk: Arc::new(desk),
            looked_after: JoinSet::new(),
            tidied_at: None,
            forgot_at: None,
            unbroken_since: None,
        }
    }

    /// Runs until `stop`. Calls in the air end by themselves; what is not known of them then is found at the next start.
    pub async fn run(mut self, stop: CancellationToken) {
        let mut under_way = JoinSet::new();
        while !stop.is_cancelled() {
            let wait = match self.round(&mut under_way).await {
                Ok(()) => {
                    self.unbroken_since.get_or_insert_with(Instant::now);
                    LOOK_EVERY
                }
                Err(error) => {
                    self.unbroken_since = None;
                    tracing::warn!(%error, "planned calls cannot be worked on");
                    STORE_WAIT
                }
            };
            tokio::select! {
                () = stop.cancelled() => {}
                () = self.desk.wake.notified() => {}
                () = tokio::time::sleep(wait) => {}
            }
            reap(&mut under_way);
            reap(&mut self.looked_after);
        }
        let ended = async { while under_way.join_next().await.is_some() {} };
        if tokio::time::timeout(DRAIN_TIMEOUT, ended).await.is_err() {
            tracing::info!("calls that ring on are settled by the next server");
        }
    }

    async fn round(&mut self, under_way: &mut JoinSet<Result<(), StoreError>>) -> Result<(), StoreError> {
        self.desk.settle_ended().await?;
        if self.tidied_at.is_none_or(|at| TIDY_EVERY <= at.elapsed()) {
            self.tidied_at = Some(Instant::now());
            self.tidy().await?;
        }
        let leases = self.desk.lease().await?;
        for lease in leases {
            let desk = Arc::clone(&self.desk);
            under_way.spawn(async move { desk.dial(lease).await });
        }
        Ok(())
    }

    async fn tidy(&mut self) -> Result<(), StoreError> {
        let (desk, now) = (&self.desk, self.desk.now());
        let plans = &desk.reception.services().plans;
        desk.plan_callbacks(now).await?;
        let expired = plans.expire_plans(now).await?;
        metrics::counter!("doorstep_plans_expired_total").increment(expired);
        let node_timeout = desk.settings.node_timeout;
        if desk.settings.has_one_server || self.unbroken_since.is_some_and(|since| node_timeout <= since.elapsed()) {
            plans.adopt_attempts(gone_since(now, node_timeout), None).await?;
        }
        for call in plans.own_ringing(AT_A_TIME_MAX).await? {
            if !desk.reception.knows_call(call) && self.looked_after.len() < AT_A_TIME_MAX as usize {
                let desk = Arc::clone(desk);
                self.looked_after.spawn(async move { desk.look_after(call).await });
            }
        }
        desk.count().await?;
        if let Some(kept) = desk.settings.kept
            && self.forgot_at.is_none_or(|at| FORGET_EVERY <= at.elapsed())
        {
            self.forgot_at = Some(Instant::now());
            plans.forget_plans(now.saturating_sub(kept).unwrap_or(Timestamp::MIN)).await?;
        }
        Ok(())
    }
}

impl Desk {
    fn now(&self) -> Timestamp {
        self.reception.services().wall_clock.now()
    }

    fn breaker(&self) -> MutexGuard<'_, Breaker> {
        self.breaker.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Leases as many due plans as this server, the trunk and its breaker have room for.
    async fn lease(&self) -> Result<Vec<LeasedPlan>, StoreError> {
        let services = self.reception.services();
        let now = self.now();
        let (live, ringing) = self.reception.calls_in_the_air();
        let load = Load {
            live: u32::try_from(live).unwrap_or(u32::MAX),
            ringing: u32::try_from(ringing).unwrap_or(u32::MAX),
            frames_late_permille: services.metrics.frames_late_permille(),
            is_draining: self.reception.may_take_call().is_err(),
        };
        let room = self.pacer.lock().unwrap_or_else(PoisonError::into_inner).room(now, &load);
        let room = self.breaker().admits(now, room);
        let is_due = services.plans.next_plan_at().await?.is_some_and(|at| at <= now);
        if room == 0 || !is_due {
            return Ok(Vec::new());
        }
        let limits = LeaseLimits {
            lease: LEASE,
            count_max: room,
            per_second: self.settings.calls_per_second,
            at_once_max: self.settings.calls_at_once_max,
        };
        services.plans.lease_plans(self.trunk.carrier.name(), now, &limits).await
    }

    async fn look_after(&self, call: CallId) -> Result<(), StoreError> {
        self.reception.look_after(&self.trunk.carrier, call, self.settings.lost_after).await.map(drop)
    }

    async fn count(&self) -> Result<(), StoreError> {
        let counts = self.reception.services().plans.count_plans(None).await?;
        for state in PlanState::ALL {
            let count = counts.iter().find(|(known, _)| *known == state).map_or(0, |(_, count)| *count);
            metrics::gauge!("doorstep_plans", "state" => state.as_str()).set(count as f64);
        }
        let allowed = self.pacer.lock().unwrap_or_else(PoisonError::into_inner).allowed();
        metrics::gauge!("doorstep_dialler_calls_allowed").set(f64::from(allowed));
        metrics::gauge!("doorstep_dialler_breaker").set(match self.breaker().state() {
            BreakerState::Closed => 0.0,
            BreakerState::Probing => 0.5,
            BreakerState::Open => 1.0,
        });
        Ok(())
    }
}

/// Takes in steps that have ended. One that broke off leaves a lease that runs out, or an attempt that is looked after.
fn reap(under_way: &mut JoinSet<Result<(), StoreError>>) {
    while let Some(joined) = under_way.try_join_next() {
        match joined {
            Ok(Ok(())) => (),
            Ok(Err(error)) => tracing::warn!(%error, "a step of a planned call failed and is taken up again"),
            Err(_) => tracing::error!("a step of a planned call broke off and is taken up again"),
        }
    }
}

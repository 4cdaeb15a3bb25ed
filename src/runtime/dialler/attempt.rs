//! One leased plan: is there still a reason, may it be made, whose turn is it; then it rings, and is watched.

use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::Desk;
use crate::domain::dialling::{PlanState, caller_id, local_hour};
use crate::domain::dialogue::scenarios::Scenario;
use crate::domain::orders::Order;
use crate::domain::outreach::{Hold, Verdict};
use crate::ports::dialling::LeasedPlan;
use crate::ports::store::StoreError;
use crate::runtime::reception::{Dial, NotRinging, Ringing};

/// Between two looks at the order while it rings.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// How long a plan waits that this server could not see to.
const ANOTHER_TIME: SignedDuration = SignedDuration::from_secs(1);

/// What a plan that is not dialled now becomes.
struct Put {
    state: PlanState,
    at: Timestamp,
    why: &'static str,
}

impl Desk {
    /// Carries a lease to its end: dialled, or given back with the reason.
    pub(super) async fn dial(self: Arc<Self>, lease: LeasedPlan) -> Result<(), StoreError> {
        let dial = match self.prepare(&lease).await? {
            Ok(dial) => dial,
            Err(put) => return self.put_back(&lease, &put).await,
        };
        tokio::time::sleep(until(lease.dial_at, self.now())).await;
        if self.reception.may_take_call().is_err() {
            let at = self.now().saturating_add(ANOTHER_TIME).unwrap_or(Timestamp::MAX);
            return self.put_back(&lease, &Put { state: PlanState::Waiting, at, why: "no_room" }).await;
        }
        let scenario = dial.scenario;
        self.note_delay(&lease);
        self.breaker().note_dialled(self.now());
        match self.reception.attempt(&self.trunk.carrier, &lease, dial).await {
            Ok(ringing) => {
                self.watch(&lease, scenario, &ringing).await;
                Ok(())
            }
            Err(NotRinging::LeaseLost | NotRinging::Refused) => Ok(()),
            Err(NotRinging::Store(error)) => Err(error),
        }
    }

    /// How to dial the plan, or what becomes of it instead.
    async fn prepare(&self, lease: &LeasedPlan) -> Result<Result<Dial, Put>, StoreError> {
        let (planned, services, now) = (&lease.plan.call, self.reception.services(), self.now());
        let end = |state, why| Ok(Err(Put { state, at: now, why }));
        let Ok(scenario) = Scenario::by_name(&planned.scenario) else {
            return end(PlanState::GivenUp, "unknown_scenario");
        };
        let Some(order) = services.orders.order_by_ref(&planned.order_ref).await? else {
            return end(PlanState::GivenUp, "no_such_order");
        };
        let order = Arc::new(order);
        if scenario.is_overtaken(&order, now, &services.shop.time_zone) {
            return end(PlanState::Cancelled, hold_code(Hold::Overtaken));
        }
        match services.may_call.may_call(planned, &order, now).await?.verdict {
            Verdict::May => (),
            Verdict::NotBefore { at, hold } if at < planned.expires_at => {
                let at = at.max(now.saturating_add(ANOTHER_TIME).unwrap_or(Timestamp::MAX));
                return Ok(Err(Put { state: PlanState::Waiting, at, why: hold_code(hold) }));
            }
            Verdict::NotBefore { hold, .. } => return end(PlanState::Expired, hold_code(hold)),
            Verdict::Never { hold } => return end(state_of(hold), hold_code(hold)),
        }
        let Some(from) = caller_id(&self.trunk.numbers, &planned.to).cloned() else {
            return end(PlanState::GivenUp, "no_number_to_call_from");
        };
        let hour = local_hour(now, &self.zone_of(&order));
        let order = Arc::unwrap_or_clone(order);
        Ok(Ok(Dial { order, scenario, from, local_hour: hour }))
    }

    pub(super) fn zone_of(&self, order: &Order) -> jiff::tz::TimeZone {
        let shop_zone = &self.reception.services().shop.time_zone;
        let name = order.time_zone.as_ref().unwrap_or(shop_zone);
        jiff::tz::TimeZone::get(name).unwrap_or(jiff::tz::TimeZone::UTC)
    }

    async fn put_back(&self, lease: &LeasedPlan, put: &Put) -> Result<(), StoreError> {
        metrics::counter!("doorstep_plans_held_total", "why" => put.why).increment(1);
        let plans = &self.reception.services().plans;
        match plans.give_back(lease, self.now(), (put.state, put.at), put.why).await {
            // It passed to another server, which decides for itself.
            Err(StoreError::NotFound) => Ok(()),
            given_back => given_back,
        }
    }

    /// From the moment a plan was due to the moment the carrier is asked; and from its news, where nothing held it up.
    fn note_delay(&self, lease: &LeasedPlan) {
        let (plan, call) = (&lease.plan, &lease.plan.call);
        if plan.progress.attempts != 0 || plan.why.is_some() {
            return;
        }
        let now = self.now();
        let since = |at: Timestamp| now.duration_since(at).as_secs_f64().max(0.0);
        metrics::histogram!("doorstep_plan_to_dial_seconds").record(since(call.not_before.max(call.planned_at)));
        if let Some(told_at) = call.told_at.filter(|_| call.not_before <= call.planned_at) {
            metrics::histogram!("doorstep_news_to_dial_seconds").record(since(told_at));
        }
    }

    /// Calls it off as soon as what it was about is over.
    async fn watch(&self, lease: &LeasedPlan, scenario: &'static Scenario, ringing: &Ringing) {
        let services = self.reception.services();
        let mut looks = tokio::time::interval(LOOK_EVERY);
        while self.reception.is_ringing(ringing) {
            looks.tick().await;
            let order = match services.orders.order_by_ref(&lease.plan.call.order_ref).await {
                Ok(Some(order)) => Arc::new(order),
                // Erased: there is nobody to call. Not readable now: it is read again when somebody answers.
                Ok(None) | Err(_) => continue,
            };
            if scenario.is_overtaken(&order, self.now(), &services.shop.time_zone)
                && self.reception.call_off(&self.trunk.carrier, ringing).await
            {
                tracing::info!(call = %ringing.call, "a call was called off while it rang: its reason is over");
            }
        }
    }
}

fn until(at: Timestamp, now: Timestamp) -> Duration {
    Duration::try_from(at.duration_since(now)).unwrap_or(Duration::ZERO)
}

const fn state_of(hold: Hold) -> PlanState {
    match hold {
        Hold::Overtaken => PlanState::Cancelled,
        Hold::Expired => PlanState::Expired,
        Hold::QuietHours
        | Hold::UnknownTimeZone
        | Hold::UnknownPolicy
        | Hold::CapReached
        | Hold::Quiet
        | Hold::NoConsent
        | Hold::OptedOut
        | Hold::DoNotCall
        | Hold::HeldBack => PlanState::GivenUp,
    }
}

const fn hold_code(hold: Hold) -> &'static str {
    match hold {
        Hold::QuietHours => "quiet_hours",
        Hold::UnknownTimeZone => "unknown_time_zone",
        Hold::UnknownPolicy => "unknown_policy",
        Hold::CapReached => "cap_reached",
        Hold::Quiet => "quiet",
        Hold::NoConsent => "no_consent",
        Hold::OptedOut => "opted_out",
        Hold::DoNotCall => "do_not_call",
        Hold::HeldBack => "held_back",
        Hold::Overtaken => "overtaken",
        Hold::Expired => "expired",
    }
}

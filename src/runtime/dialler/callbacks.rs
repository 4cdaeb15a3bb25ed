//! Call backs that customers were promised become plans, due at the minute that was named.

use jiff::{SignedDuration, Timestamp, Zoned};

use super::{AT_A_TIME_MAX, Desk};
use crate::domain::orders::OrderRef;
use crate::domain::outreach::{PlannedCall, Urgency};
use crate::domain::values::PhoneNumber;
use crate::ports::dialling::{CallbackWish, NewPlan};
use crate::ports::store::StoreError;

const SCENARIO: &str = "callback";
const KEY_START: &str = "callback-";
const RULE: &str = "promised_callback";
const POLICY: &str = "callback/1";

/// Promises older than this are not looked for any more.
const PROMISED_WITHIN: SignedDuration = SignedDuration::from_hours(14 * 24);

/// A call back later than this is no longer the one that was promised; the desk sees it as missed.
const LATE_MAX: SignedDuration = SignedDuration::from_mins(60);

impl Desk {
    /// Plans what was promised since the last look.
    pub(super) async fn plan_callbacks(&self, now: Timestamp) -> Result<(), StoreError> {
        let services = self.reception.services();
        let since = now.saturating_sub(PROMISED_WITHIN).unwrap_or(Timestamp::MIN);
        let mut plans = Vec::new();
        for wish in services.plans.callbacks_wished(since, AT_A_TIME_MAX).await? {
            let Some(due) = promised_minute(&wish).filter(|due| now.duration_since(*due) < LATE_MAX) else { continue };
            // Without an order there is nothing to read the customer's name from: a person rings back.
            let Some(phone) = wish.phone else { continue };
            let order_ref = match wish.order_ref.or(wish.outcome.order_ref) {
                Some(order_ref) => order_ref,
                None => match services.orders.orders_by_phone(&phone, 1).await?.pop() {
                    Some(order) => order.order_ref,
                    None => continue,
                },
            };
            let call = promised_call(&wish.request, (phone, order_ref), due, now);
            plans.push(NewPlan { call, campaign: None });
        }
        if !plans.is_empty() {
            services.plans.put_plans(&plans, now).await?;
        }
        Ok(())
    }
}

/// The call that keeps a promise to call back about an order at a named time; one request is called back once.
pub fn promised_call(
    request: &str,
    (to, order_ref): (PhoneNumber, OrderRef),
    due: Timestamp,
    now: Timestamp,
) -> PlannedCall {
    PlannedCall {
        key: format!("{KEY_START}{request}"),
        order_ref,
        scenario: SCENARIO.to_owned(),
        to,
        urgency: Urgency::Now,
        planned_at: now,
        told_at: None,
        not_before: due,
        expires_at: due.saturating_add(LATE_MAX).unwrap_or(Timestamp::MAX),
        rule: RULE.to_owned(),
        policy: POLICY.to_owned(),
    }
}

/// The minute the customer named.
fn promised_minute(wish: &CallbackWish) -> Option<Timestamp> {
    let at = wish.outcome.callback_at.as_deref()?;
    at.parse::<Timestamp>().or_else(|_| at.parse::<Zoned>().map(|at| at.timestamp())).ok()
}

/// The request that a plan keeps, if it keeps one.
pub(super) fn request_of(key: &str) -> Option<&str> {
    key.strip_prefix(KEY_START)
}

//! The writes of the queue that are a transaction each.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::rows::{PlanRow, decode_plan, encode_count, encode_urgency};
use crate::adapters::store::SqlStore;
use crate::adapters::store::calls::{decode_time, encode_direction};
use crate::adapters::store::db::{Db, in_transaction};
use crate::adapters::store::error::{from_sqlx, unreadable};
use crate::adapters::store::sql;
use crate::adapters::store::sql::plans as own;
use crate::domain::dialling::{Standing, compare_standing};
use crate::domain::values::PhoneNumber;
use crate::ports::dialling::{BegunAttempt, EndedAttempt, LeaseLimits, LeasedPlan, NewPlan, PlanSettlement};
use crate::ports::store::StoreError;

/// How far ahead turns on a trunk are given out. Longer, and what becomes urgent meanwhile would wait behind them.
const TURNS_AHEAD_MS: i64 = 1_000;

/// Inserts plans inside a transaction; gives how many are new.
macro_rules! insert_plans {
    ($tx:ident, $plans:expr, $now:expr) => {{
        let mut inserted = 0;
        for NewPlan { call, campaign } in $plans {
            inserted += sqlx::query($crate::adapters::store::sql::plans::PUT_PLAN)
                .bind(uuid::Uuid::now_v7().to_string())
                .bind(&call.key)
                .bind(campaign)
                .bind(&call.order_ref.0)
                .bind(&call.scenario)
                .bind(call.to.reveal())
                .bind($crate::adapters::store::plans::urgency_code(call.urgency))
                .bind(call.planned_at.as_millisecond())
                .bind(call.not_before.as_millisecond())
                .bind(call.expires_at.as_millisecond())
                .bind(&call.rule)
                .bind(&call.policy)
                .bind($now.as_millisecond())
                .bind(call.told_at.map(|at| at.as_millisecond()))
                .execute(&mut *$tx)
                .await
                .map_err($crate::adapters::store::error::from_sqlx)?
                .rows_affected();
        }
        inserted
    }};
}

pub(in crate::adapters::store) use insert_plans;

pub(in crate::adapters::store) const fn urgency_code(urgency: crate::domain::outreach::Urgency) -> i64 {
    encode_urgency(urgency)
}

impl SqlStore {
    pub(super) async fn insert_plans(&self, plans: &[NewPlan], now: Timestamp) -> Result<u64, StoreError> {
        in_transaction!(&self.db, tx => Ok(insert_plans!(tx, plans, now)))
    }

    pub(super) async fn lease(
        &self,
        trunk: &str,
        now: Timestamp,
        limits: &LeaseLimits,
    ) -> Result<Vec<LeasedPlan>, StoreError> {
        let now_ms = now.as_millisecond();
        let lease_until = now.saturating_add(signed(limits.lease)).unwrap_or(Timestamp::MAX);
        let statement = match self.db {
            Db::Sqlite { .. } => own::LEASE_ON_SQLITE,
            Db::Postgres(_) => own::LEASE_ON_POSTGRES,
        };
        let interval_ms = 1_000 / i64::from(limits.per_second.clamp(1, 1_000));
        let (rows, first_turn): (Vec<PlanRow>, i64) = in_transaction!(&self.db, tx => {
            let next: i64 =
                sqlx::query_scalar(own::LOCK_TRUNK).bind(trunk).fetch_one(&mut *tx).await.map_err(from_sqlx)?;
            let in_the_air: i64 = sqlx::query_scalar(own::COUNT_IN_THE_AIR)
                .bind(trunk)
                .bind(now_ms)
                .fetch_one(&mut *tx)
                .await
                .map_err(from_sqlx)?;
            let first = next.max(now_ms);
            let turns = (now_ms + TURNS_AHEAD_MS - first).div_euclid(interval_ms) + 1;
            let count = turns.min(i64::from(limits.at_once_max) - in_the_air).min(i64::from(limits.count_max)).max(0);
            let rows: Vec<PlanRow> = sqlx::query_as(statement)
                .bind(now_ms)
                .bind(count)
                .bind(lease_until.as_millisecond())
                .bind(trunk)
                .fetch_all(&mut *tx)
                .await
                .map_err(from_sqlx)?;
            if !rows.is_empty() {
                sqlx::query(own::SET_TRUNK)
                    .bind(trunk)
                    .bind(first + interval_ms * i64::try_from(rows.len()).unwrap_or(i64::MAX))
                    .execute(&mut *tx)
                    .await
                    .map_err(from_sqlx)?;
            }
            (rows, first)
        });
        let mut plans = rows.into_iter().map(decode_plan).collect::<Result<Vec<_>, _>>()?;
        plans.sort_by(|one, other| compare_standing(&standing(one), &standing(other)));
        let turn = |index: usize| first_turn + interval_ms * i64::try_from(index).unwrap_or(i64::MAX);
        let lend = |(index, plan)| Ok(LeasedPlan { plan, dial_at: decode_time(turn(index))? });
        plans.into_iter().enumerate().map(lend).collect()
    }

    pub(super) async fn begin(
        &self,
        lease: &LeasedPlan,
        now: Timestamp,
        attempt: &BegunAttempt,
    ) -> Result<u32, StoreError> {
        let (plan, opened) = (&lease.plan, &attempt.opened);
        let call = opened.id.to_string();
        in_transaction!(&self.db, tx => {
            let number: Option<i64> = sqlx::query_scalar(own::BEGIN_ATTEMPT)
                .bind(&plan.id)
                .bind(encode_count(plan.progress.fence))
                .bind(now.as_millisecond())
                .bind(&call)
                .fetch_optional(&mut *tx)
                .await
                .map_err(from_sqlx)?;
            let Some(number) = number else { return Err(StoreError::NotFound) };
            sqlx::query(sql::OPEN_CALL)
                .bind(&call)
                .bind(&opened.provider)
                .bind(&opened.provider_call_id)
                .bind(encode_direction(opened.direction))
                .bind(&opened.scenario)
                .bind(opened.from.as_ref().map(PhoneNumber::reveal))
                .bind(opened.to.as_ref().map(PhoneNumber::reveal))
                .bind(opened.started_at.as_millisecond())
                .bind(self.node.as_ref())
                .execute(&mut *tx)
                .await
                .map_err(from_sqlx)?;
            sqlx::query(own::PUT_ATTEMPT)
                .bind(&call)
                .bind(&plan.id)
                .bind(number)
                .bind(&attempt.token_hash)
                .bind(opened.started_at.as_millisecond())
                .bind(i64::from(attempt.local_hour))
                .execute(&mut *tx)
                .await
                .map_err(from_sqlx)?;
            u32::try_from(number).map_err(|_| unreadable())
        })
    }

    pub(super) async fn delete_plans_ended(&self, before: Timestamp) -> Result<u64, StoreError> {
        let before = before.as_millisecond();
        in_transaction!(&self.db, tx => {
            sqlx::query(own::DELETE_ATTEMPTS_ENDED_BEFORE)
                .bind(before)
                .execute(&mut *tx)
                .await
                .map_err(from_sqlx)?;
            let deleted = sqlx::query(own::DELETE_PLANS_ENDED_BEFORE).bind(before).execute(&mut *tx).await;
            Ok(deleted.map_err(from_sqlx)?.rows_affected())
        })
    }

    pub(super) async fn settle(
        &self,
        ended: &EndedAttempt,
        now: Timestamp,
        settlement: &PlanSettlement,
    ) -> Result<bool, StoreError> {
        let Some(call) = ended.plan.progress.call else { return Ok(false) };
        in_transaction!(&self.db, tx => {
            let settled = sqlx::query(own::SETTLE_PLAN)
                .bind(&ended.plan.id)
                .bind(call.to_string())
                .bind(settlement.state.as_str())
                .bind(settlement.due_at.as_millisecond())
                .bind(settlement.class.as_str())
                .bind(now.as_millisecond())
                .execute(&mut *tx)
                .await
                .map_err(from_sqlx)?;
            if settled.rows_affected() == 1 {
                sqlx::query(own::SETTLE_ATTEMPT)
                    .bind(call.to_string())
                    .bind(settlement.class.as_str())
                    .bind(i64::from(settlement.class.has_reached()))
                    .bind(now.as_millisecond())
                    .execute(&mut *tx)
                    .await
                    .map_err(from_sqlx)?;
                sqlx::query(own::CANCEL_IF_CAMPAIGN_WAS)
                    .bind(&ended.plan.id)
                    .execute(&mut *tx)
                    .await
                    .map_err(from_sqlx)?;
            }
            Ok(settled.rows_affected() == 1)
        })
    }
}

fn signed(duration: Duration) -> SignedDuration {
    SignedDuration::try_from(duration).unwrap_or(SignedDuration::MAX)
}

fn standing(plan: &crate::ports::dialling::StoredPlan) -> Standing<'_> {
    Standing { urgency: plan.call.urgency, expires_at: plan.call.expires_at, id: &plan.id }
}

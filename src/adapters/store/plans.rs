//! The queue of planned calls: a lease table with fences, and the attempts made under the leases.

mod queue;
pub(super) mod rows;

use async_trait::async_trait;
use jiff::Timestamp;

use super::SqlStore;
use super::calls::{decode_json, decode_time};
use super::db::{Db, reading, writing};
use super::error::{from_sqlx, unreadable};
use super::page::{Position, page_limits, page_of};
use super::sql::plans as sql;
use crate::domain::dialling::{Earlier, HourCounts, PlanState};
use crate::domain::orders::OrderRef;
use crate::domain::values::CallId;
use crate::ports::dialling::{
    BegunAttempt, CallbackWish, EndedAttempt, LeaseLimits, LeasedPlan, NewPlan, PlanFilter, PlanSettlement, PlanStore,
    StoredAttempt, StoredPlan,
};
use crate::ports::store::{Page, StoreError};
pub(super) use queue::{insert_plans, urgency_code};
use rows::{AttemptRow, CallbackRow, EndedRow, PlanRow, decode_attempt, decode_count, decode_ended, decode_plan};

#[async_trait]
impl PlanStore for SqlStore {
    async fn put_plans(&self, plans: &[NewPlan], now: Timestamp) -> Result<u64, StoreError> {
        self.insert_plans(plans, now).await
    }

    async fn lease_plans(
        &self,
        trunk: &str,
        now: Timestamp,
        limits: &LeaseLimits,
    ) -> Result<Vec<LeasedPlan>, StoreError> {
        self.lease(trunk, now, limits).await
    }

    async fn give_back(
        &self,
        lease: &LeasedPlan,
        now: Timestamp,
        to: (PlanState, Timestamp),
        why: &str,
    ) -> Result<(), StoreError> {
        let given_back = writing!(&self.db, pool => {
            sqlx::query(sql::GIVE_BACK)
                .bind(&lease.plan.id)
                .bind(rows::encode_count(lease.plan.progress.fence))
                .bind(now.as_millisecond())
                .bind(to.0.as_str())
                .bind(to.1.as_millisecond())
                .bind(why)
                .execute(pool)
                .await
                .map_err(from_sqlx)?
                .rows_affected()
        });
        if given_back == 1 { Ok(()) } else { Err(StoreError::NotFound) }
    }

    async fn begin_attempt(
        &self,
        lease: &LeasedPlan,
        now: Timestamp,
        attempt: &BegunAttempt,
    ) -> Result<u32, StoreError> {
        self.begin(lease, now, attempt).await
    }

    async fn note_placed(&self, call: CallId, provider_call_id: &str) -> Result<bool, StoreError> {
        writing!(&self.db, pool => {
            sqlx::query(sql::NOTE_PLACED)
                .bind(call.to_string())
                .bind(provider_call_id)
                .execute(pool)
                .await
                .map(|done| done.rows_affected() == 1)
                .map_err(from_sqlx)
        })
    }

    async fn note_answered(&self, call: CallId, at: Timestamp) -> Result<(), StoreError> {
        writing!(&self.db, pool => {
            sqlx::query(sql::NOTE_ANSWERED)
                .bind(call.to_string())
                .bind(at.as_millisecond())
                .execute(pool)
                .await
                .map(drop)
                .map_err(from_sqlx)
        })
    }

    async fn attempt_by_token(&self, token_hash: &str) -> Result<Option<StoredAttempt>, StoreError> {
        self.attempt_where(sql::ATTEMPT_BY_TOKEN, token_hash).await
    }

    async fn attempt(&self, call: CallId) -> Result<Option<StoredAttempt>, StoreError> {
        self.attempt_where(sql::ATTEMPT_BY_CALL, &call.to_string()).await
    }

    async fn adopt_attempts(&self, seen_since: Timestamp, also: Option<CallId>) -> Result<u64, StoreError> {
        let seen_since_ms = match &self.db {
            // One server has a file at a time: every other process was an earlier life of this one.
            Db::Sqlite { .. } => i64::MAX,
            Db::Postgres(_) => seen_since.as_millisecond(),
        };
        writing!(&self.db, pool => {
            sqlx::query(sql::ADOPT_ATTEMPTS)
                .bind(self.node.as_ref())
                .bind(seen_since_ms)
                .bind(also.map(|call| call.to_string()))
                .execute(pool)
                .await
                .map(|done| done.rows_affected())
                .map_err(from_sqlx)
        })
    }

    async fn own_ringing(&self, count_max: u32) -> Result<Vec<CallId>, StoreError> {
        let ids: Vec<String> = reading!(&self.db, pool => {
            sqlx::query_scalar(sql::OWN_RINGING)
                .bind(self.node.as_ref())
                .bind(i64::from(count_max))
                .fetch_all(pool)
                .await
        })
        .map_err(from_sqlx)?;
        ids.iter().map(|id| id.parse().map_err(|_| unreadable())).collect()
    }

    async fn ended_attempts(&self, count_max: u32) -> Result<Vec<EndedAttempt>, StoreError> {
        let rows: Vec<EndedRow> = reading!(&self.db, pool => {
            sqlx::query_as(sql::ENDED_ATTEMPTS).bind(i64::from(count_max)).fetch_all(pool).await
        })
        .map_err(from_sqlx)?;
        let mut ended = Vec::with_capacity(rows.len());
        for row in rows {
            let mut attempt = decode_ended(row)?;
            if 1 < attempt.plan.progress.attempts {
                attempt.earlier = self.earlier(&attempt).await?;
            }
            ended.push(attempt);
        }
        Ok(ended)
    }

    async fn settle_plan(
        &self,
        ended: &EndedAttempt,
        now: Timestamp,
        settlement: &PlanSettlement,
    ) -> Result<bool, StoreError> {
        self.settle(ended, now, settlement).await
    }

    async fn expire_plans(&self, now: Timestamp) -> Result<u64, StoreError> {
        writing!(&self.db, pool => {
            sqlx::query(sql::EXPIRE_PLANS)
                .bind(now.as_millisecond())
                .execute(pool)
                .await
                .map(|done| done.rows_affected())
                .map_err(from_sqlx)
        })
    }

    async fn cancel_plan(&self, id: &str, now: Timestamp) -> Result<(), StoreError> {
        // PostgreSQL refuses text with a NUL; no id has one.
        if id.contains('\0') {
            return Err(StoreError::NotFound);
        }
        let cancelled = writing!(&self.db, pool => {
            sqlx::query(sql::CANCEL_PLAN)
                .bind(id)
                .bind(now.as_millisecond())
                .execute(pool)
                .await
                .map_err(from_sqlx)?
                .rows_affected()
        });
        if cancelled == 1 {
            return Ok(());
        }
        let state: Option<String> = reading!(&self.db, pool => {
            sqlx::query_scalar(sql::PLAN_STATE).bind(id).fetch_optional(pool).await
        })
        .map_err(from_sqlx)?;
        Err(state.map_or(StoreError::NotFound, |_| StoreError::Conflict))
    }

    async fn forget_plans(&self, before: Timestamp) -> Result<u64, StoreError> {
        self.delete_plans_ended(before).await
    }

    async fn next_plan_at(&self) -> Result<Option<Timestamp>, StoreError> {
        let due: Option<i64> = reading!(&self.db, pool => sqlx::query_scalar(sql::NEXT_PLAN_AT).fetch_one(pool).await)
            .map_err(from_sqlx)?;
        due.map(decode_time).transpose()
    }

    async fn count_plans(&self, campaign: Option<&str>) -> Result<Vec<(PlanState, u64)>, StoreError> {
        let counts: Vec<(String, i64)> = reading!(&self.db, pool => match campaign {
            Some(campaign) => sqlx::query_as(sql::COUNT_PLANS_OF_CAMPAIGN).bind(campaign).fetch_all(pool).await,
            None => sqlx::query_as(sql::COUNT_PLANS).fetch_all(pool).await,
        })
        .map_err(from_sqlx)?;
        counts.iter().map(|(state, plans)| Ok((rows::decode_state(state)?, decode_count(*plans)?))).collect()
    }

    async fn list_plans(
        &self,
        filter: &PlanFilter,
        cursor: Option<&str>,
        count_max: u32,
    ) -> Result<Page<StoredPlan>, StoreError> {
        let from = Position::decode(cursor)?;
        let (shown, read) = page_limits(count_max);
        let rows: Vec<PlanRow> = reading!(&self.db, pool => {
            sqlx::query_as(sql::LIST_PLANS)
                .bind(from.at_ms)
                .bind(&from.id)
                .bind(read)
                .bind(filter.campaign.as_deref().unwrap_or_default().replace('\0', ""))
                .bind(filter.state.map(PlanState::as_str).unwrap_or_default())
                .fetch_all(pool)
                .await
        })
        .map_err(from_sqlx)?;
        page_of(rows, shown, PlanRow::position, decode_plan)
    }

    async fn hour_counts(&self) -> Result<HourCounts, StoreError> {
        let rows: Vec<(i64, i64, i64)> =
            reading!(&self.db, pool => sqlx::query_as(sql::HOUR_COUNTS).fetch_all(pool).await).map_err(from_sqlx)?;
        let mut counts = HourCounts::default();
        for (hour, tried, reached) in rows {
            let hour = usize::try_from(hour).ok().filter(|hour| *hour < counts.tried.len()).ok_or_else(unreadable)?;
            (counts.tried[hour], counts.reached[hour]) = (decode_count(tried)?, decode_count(reached)?);
        }
        Ok(counts)
    }

    async fn callbacks_wished(&self, since: Timestamp, count_max: u32) -> Result<Vec<CallbackWish>, StoreError> {
        let rows: Vec<CallbackRow> = reading!(&self.db, pool => {
            sqlx::query_as(sql::CALLBACKS_WISHED)
                .bind(since.as_millisecond())
                .bind(i64::from(count_max))
                .fetch_all(pool)
                .await
        })
        .map_err(from_sqlx)?;
        let wish = |row: CallbackRow| {
            let phone = row.customer_number()?;
            let outcome = decode_json(&row.outcome)?;
            Ok(CallbackWish { request: row.id, order_ref: row.order_ref.map(OrderRef), phone, outcome })
        };
        rows.into_iter().map(wish).collect()
    }

    async fn note_callback_made(&self, request: &str, at: Timestamp) -> Result<(), StoreError> {
        writing!(&self.db, pool => {
            sqlx::query(sql::CALLBACK_MADE)
                .bind(request)
                .bind(at.as_millisecond())
                .execute(pool)
                .await
                .map(drop)
                .map_err(from_sqlx)
        })
    }
}

impl SqlStore {
    async fn attempt_where(&self, statement: &'static str, value: &str) -> Result<Option<StoredAttempt>, StoreError> {
        let row: Option<AttemptRow> = reading!(&self.db, pool => {
            sqlx::query_as(statement).bind(value).fetch_optional(pool).await
        })
        .map_err(from_sqlx)?;
        let Some(row) = row else { return Ok(None) };
        let call: CallId = row.attempt_call_id.parse().map_err(|_| unreadable())?;
        let call = crate::ports::store::CallStore::call(self, call).await?.ok_or_else(unreadable)?;
        decode_attempt(row, call.opened, &self.node).map(Some)
    }

    async fn earlier(&self, ended: &EndedAttempt) -> Result<Vec<Earlier>, StoreError> {
        let call = ended.plan.progress.call.map(|call| call.to_string()).unwrap_or_default();
        let rows: Vec<(String, i64)> = reading!(&self.db, pool => {
            sqlx::query_as(sql::EARLIER_ATTEMPTS).bind(&ended.plan.id).bind(call).fetch_all(pool).await
        })
        .map_err(from_sqlx)?;
        rows.iter()
            .map(|(class, hour)| {
                let class = class.parse().map_err(|_| unreadable())?;
                Ok(Earlier { class, hour: rows::decode_hour(*hour)? })
            })
            .collect()
    }
}

//! Deliveries: a lease table. A lease is a token and a time; without both, nothing is settled.

use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use uuid::Uuid;

use super::SqlStore;
use super::calls::{decode_time, encode_json};
use super::db::{Db, in_transaction, reading, writing};
use super::error::{from_sqlx, unreadable};
use super::page::{Position, page_limits, page_of};
use super::sql;
use crate::domain::values::CallId;
use crate::ports::store::{
    Addressed, Delivery, DeliverySettlement, DeliveryState, DeliveryStore, LeasedDelivery, Page, Replayed, StoreError,
};

/// Characters of an error that are kept.
const ERROR_CHARS_MAX: usize = 500;

/// Calls of one transaction of a replay: short enough to keep no call's end waiting.
const REPLAYED_AT_ONCE: i64 = 500;

/// Sorts after every id.
const LAST_ID: &str = "g";

#[derive(sqlx::FromRow)]
struct PastCallRow {
    id: String,
    ended_at: i64,
    outcome: String,
}

#[derive(sqlx::FromRow)]
struct DeliveryRow {
    id: String,
    call_id: String,
    connector: String,
    idempotency_key: String,
    record: String,
    state: String,
    attempts: i64,
    due_at: i64,
    last_error: Option<String>,
    created_at: i64,
}

const fn encode_state(state: DeliveryState) -> &'static str {
    match state {
        DeliveryState::Waiting => "waiting",
        DeliveryState::Leased => "leased",
        DeliveryState::Delivered => "delivered",
        DeliveryState::GivenUp => "given_up",
    }
}

fn decode_state(code: &str) -> Result<DeliveryState, StoreError> {
    [DeliveryState::Waiting, DeliveryState::Leased, DeliveryState::Delivered, DeliveryState::GivenUp]
        .into_iter()
        .find(|state| encode_state(*state) == code)
        .ok_or_else(unreadable)
}

fn decode_delivery(row: DeliveryRow) -> Result<Delivery, StoreError> {
    let state = decode_state(&row.state)?;
    let next_attempt_at = match state {
        DeliveryState::Waiting => Some(decode_time(row.due_at)?),
        DeliveryState::Leased | DeliveryState::Delivered | DeliveryState::GivenUp => None,
    };
    Ok(Delivery {
        id: row.id,
        call: row.call_id.parse().map_err(|_| unreadable())?,
        connector: row.connector,
        idempotency_key: row.idempotency_key,
        body: row.record,
        state,
        attempts: u32::try_from(row.attempts).map_err(|_| unreadable())?,
        next_attempt_at,
        last_error: row.last_error,
        created_at: decode_time(row.created_at)?,
    })
}

impl SqlStore {
    async fn add_past_deliveries(
        &self,
        connector: &str,
        calls: &[PastCallRow],
        now: Timestamp,
    ) -> Result<u64, StoreError> {
        in_transaction!(&self.db, tx => {
            let mut added = 0;
            for call in calls {
                added += sqlx::query(sql::INSERT_PAST_DELIVERY)
                    .bind(Uuid::now_v7().to_string())
                    .bind(&call.id)
                    .bind(connector)
                    .bind(format!("call-{}", call.id))
                    .bind(&call.outcome)
                    .bind(now.as_millisecond())
                    .bind(call.ended_at)
                    .execute(&mut *tx)
                    .await
                    .map_err(from_sqlx)?
                    .rows_affected();
            }
            Ok(added)
        })
    }
}

#[async_trait]
impl DeliveryStore for SqlStore {
    async fn lease_deliveries(
        &self,
        addressed: Addressed<'_>,
        now: Timestamp,
        lease: Duration,
        count_max: u32,
    ) -> Result<Vec<LeasedDelivery>, StoreError> {
        let token = Uuid::now_v7().to_string();
        let until = now.as_millisecond().saturating_add(i64::try_from(lease.as_millis()).unwrap_or(i64::MAX));
        let until = decode_time(until)?;
        let (statement, connector) = match (addressed, &self.db) {
            (Addressed::To(name), Db::Sqlite { .. }) => (sql::LEASE_TO_ON_SQLITE, name.to_owned()),
            (Addressed::To(name), Db::Postgres(_)) => (sql::LEASE_TO_ON_POSTGRES, name.to_owned()),
            (Addressed::ToNoneOf(names), Db::Sqlite { .. }) => (sql::LEASE_REST_ON_SQLITE, encode_json(&names)),
            (Addressed::ToNoneOf(names), Db::Postgres(_)) => (sql::LEASE_REST_ON_POSTGRES, encode_json(&names)),
        };
        let mut rows: Vec<DeliveryRow> = writing!(&self.db, pool => {
            sqlx::query_as(statement)
                .bind(now.as_millisecond())
                .bind(i64::from(count_max))
                .bind(&token)
                .bind(until.as_millisecond())
                .bind(&connector)
                .fetch_all(pool)
                .await
        })
        .map_err(from_sqlx)?;
        rows.sort_by(|one, other| (one.created_at, &one.id).cmp(&(other.created_at, &other.id)));
        rows.into_iter()
            .map(|row| Ok(LeasedDelivery { delivery: decode_delivery(row)?, token: token.clone(), until }))
            .collect()
    }

    async fn settle_delivery(
        &self,
        lease: &LeasedDelivery,
        now: Timestamp,
        settlement: &DeliverySettlement,
    ) -> Result<(), StoreError> {
        let (state, due_at, error, uncounted) = match settlement {
            DeliverySettlement::Delivered => (DeliveryState::Delivered, now, None, 0_i64),
            DeliverySettlement::RetryAt { at, error } => (DeliveryState::Waiting, *at, Some(error), 0),
            DeliverySettlement::HeldUntil { at, reason } => (DeliveryState::Waiting, *at, Some(reason), 1),
            DeliverySettlement::GivenUp { error } => (DeliveryState::GivenUp, now, Some(error), 0),
        };
        let error: Option<String> = error.map(|error| error.chars().take(ERROR_CHARS_MAX).collect());
        let settled = writing!(&self.db, pool => {
            sqlx::query(sql::SETTLE_DELIVERY)
                .bind(&lease.delivery.id)
                .bind(&lease.token)
                .bind(now.as_millisecond())
                .bind(encode_state(state))
                .bind(due_at.as_millisecond())
                .bind(error)
                .bind(uncounted)
                .execute(pool)
                .await
                .map_err(from_sqlx)?
                .rows_affected()
        });
        if settled == 1 { Ok(()) } else { Err(StoreError::NotFound) }
    }

    async fn list_deliveries(
        &self,
        call: Option<CallId>,
        cursor: Option<&str>,
        count_max: u32,
    ) -> Result<Page<Delivery>, StoreError> {
        let from = Position::decode(cursor)?;
        let (shown, read) = page_limits(count_max);
        let rows: Vec<DeliveryRow> = reading!(&self.db, pool => {
            let statement = match call {
                Some(_) => sqlx::query_as(sql::LIST_DELIVERIES_OF_CALL),
                None => sqlx::query_as(sql::LIST_DELIVERIES),
            };
            let statement = statement.bind(from.at_ms).bind(&from.id).bind(read);
            match call {
                Some(call) => statement.bind(call.to_string()).fetch_all(pool).await,
                None => statement.fetch_all(pool).await,
            }
        })
        .map_err(from_sqlx)?;
        page_of(rows, shown, |row| Position { at_ms: row.created_at, id: row.id.clone() }, decode_delivery)
    }

    async fn retry_delivery(&self, id: &str, now: Timestamp) -> Result<(), StoreError> {
        // PostgreSQL refuses text with a NUL; no id has one.
        if id.contains('\0') {
            return Err(StoreError::NotFound);
        }
        let queued = writing!(&self.db, pool => {
            sqlx::query(sql::RETRY_DELIVERY)
                .bind(id)
                .bind(now.as_millisecond())
                .execute(pool)
                .await
                .map_err(from_sqlx)?
                .rows_affected()
        });
        if queued == 1 { Ok(()) } else { Err(StoreError::NotFound) }
    }

    async fn next_delivery_at(&self, addressed: Addressed<'_>) -> Result<Option<Timestamp>, StoreError> {
        let (statement, connector) = match (addressed, &self.db) {
            (Addressed::To(name), _) => (sql::NEXT_TO, name.to_owned()),
            (Addressed::ToNoneOf(names), Db::Sqlite { .. }) => (sql::NEXT_REST_ON_SQLITE, encode_json(&names)),
            (Addressed::ToNoneOf(names), Db::Postgres(_)) => (sql::NEXT_REST_ON_POSTGRES, encode_json(&names)),
        };
        let due: Option<i64> = reading!(&self.db, pool => {
            sqlx::query_scalar(statement).bind(&connector).fetch_optional(pool).await
        })
        .map_err(from_sqlx)?;
        due.map(decode_time).transpose()
    }

    async fn replay_deliveries(
        &self,
        connector: &str,
        since: Timestamp,
        now: Timestamp,
    ) -> Result<Replayed, StoreError> {
        let retried = writing!(&self.db, pool => {
            sqlx::query(sql::RETRY_GIVEN_UP)
                .bind(connector)
                .bind(since.as_millisecond())
                .bind(now.as_millisecond())
                .execute(pool)
                .await
                .map_err(from_sqlx)?
                .rows_affected()
        });
        let mut replayed = Replayed { added: 0, retried };
        let mut from = (since.as_millisecond().saturating_sub(1), String::from(LAST_ID));
        loop {
            let calls: Vec<PastCallRow> = reading!(&self.db, pool => {
                sqlx::query_as(sql::CALLS_NEVER_SENT)
                    .bind(from.0)
                    .bind(&from.1)
                    .bind(connector)
                    .bind(REPLAYED_AT_ONCE)
                    .fetch_all(pool)
                    .await
            })
            .map_err(from_sqlx)?;
            let Some(last) = calls.last() else { return Ok(replayed) };
            from = (last.ended_at, last.id.clone());
            replayed.added += self.add_past_deliveries(connector, &calls, now).await?;
        }
    }

    async fn count_unsettled_deliveries(&self) -> Result<u64, StoreError> {
        let count: i64 = reading!(&self.db, pool => {
            sqlx::query_scalar(sql::COUNT_UNSETTLED).fetch_one(pool).await
        })
        .map_err(from_sqlx)?;
        u64::try_from(count).map_err(|_| unreadable())
    }
}

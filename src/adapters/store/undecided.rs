//! Events that nobody has decided about yet, beside the orders they are about.

use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;

use super::SqlStore;
use super::calls::{decode_json, decode_time, encode_json};
use super::db::{Db, in_transaction, reading, writing};
use super::error::{from_sqlx, unreadable};
use super::orders::{OrderKeys, WrittenOrder, decode_order, encode_order, run_order_write, write_order};
use super::paid::note_paid;
use super::shipments::list_shipments_of;
use super::sql;
use super::sql::undecided as own;
use crate::domain::orders::{Order, OrderRef};
use crate::domain::outreach::rules::{Event, Signals, changes};
use crate::ports::store::{PutOrder, StoreError};
use crate::ports::undecided::{Next, Undecided, UndecidedStore};

#[derive(sqlx::FromRow)]
struct UndecidedRow {
    id: String,
    order_ref: String,
    event: String,
    source: String,
    told_at: i64,
}

/// Keeps events within the transaction that makes them true.
macro_rules! note_undecided {
    ($tx:ident, $order_ref:expr, $events:expr, $source:expr, $is_hint:expr, $told_at:expr) => {
        for event in $events {
            sqlx::query($crate::adapters::store::sql::undecided::PUT)
                .bind(uuid::Uuid::now_v7().to_string())
                .bind(&$order_ref.0)
                .bind(encode_json(&event))
                .bind($source)
                .bind(i64::from($is_hint))
                .bind($told_at.as_millisecond())
                .execute(&mut *$tx)
                .await
                .map_err(from_sqlx)?;
        }
    };
}

pub(super) use note_undecided;

fn decode(row: UndecidedRow) -> Result<Undecided, StoreError> {
    Ok(Undecided {
        id: row.id,
        order_ref: OrderRef(row.order_ref),
        event: decode_json(&row.event)?,
        source: Some(row.source).filter(|source| !source.is_empty()),
        told_at: decode_time(row.told_at)?,
    })
}

fn is_hint(next: Next) -> i64 {
    i64::from(next == Next::Ask)
}

#[async_trait]
impl UndecidedStore for SqlStore {
    async fn put_order_undecided(&self, order: &Order, told_at: Timestamp) -> Result<PutOrder, StoreError> {
        in_transaction!(&self.db, tx => {
            let written = write_order!(tx, self.counting, order, told_at);
            if written.put != PutOrder::Unchanged {
                let events = changes(written.before.as_ref(), &written.after);
                note_undecided!(tx, order.order_ref, events, "", false, told_at);
            }
            Ok(written.put)
        })
    }

    async fn put_signals_undecided(
        &self,
        order_ref: &OrderRef,
        signals: &Signals,
        event: &Event,
    ) -> Result<(), StoreError> {
        in_transaction!(&self.db, tx => {
            sqlx::query(sql::outreach::PUT_SIGNALS)
                .bind(&order_ref.0)
                .bind(encode_json(signals))
                .bind(event.at.as_millisecond())
                .execute(&mut *tx)
                .await
                .map_err(from_sqlx)?;
            note_undecided!(tx, order_ref, [event], "", false, event.at);
            Ok(())
        })
    }

    async fn next_undecided_at(&self, next: Next) -> Result<Option<Timestamp>, StoreError> {
        let at: Option<i64> = reading!(&self.db, pool => {
            sqlx::query_scalar(own::NEXT_AT).bind(is_hint(next)).fetch_one(pool).await
        })
        .map_err(from_sqlx)?;
        at.map(decode_time).transpose()
    }

    async fn lease_undecided(
        &self,
        next: Next,
        now: Timestamp,
        lease: Duration,
        count_max: u32,
    ) -> Result<Vec<Undecided>, StoreError> {
        let until = now.checked_add(lease).map_err(|_| unreadable())?;
        let statement = match &self.db {
            Db::Sqlite { .. } => own::LEASE_ON_SQLITE,
            Db::Postgres(_) => own::LEASE_ON_POSTGRES,
        };
        let mut rows: Vec<UndecidedRow> = writing!(&self.db, pool => {
            sqlx::query_as(statement)
                .bind(is_hint(next))
                .bind(now.as_millisecond())
                .bind(i64::from(count_max))
                .bind(until.as_millisecond())
                .fetch_all(pool)
                .await
        })
        .map_err(from_sqlx)?;
        rows.sort_by(|one, other| one.id.cmp(&other.id));
        // One that cannot be read must not hold up the others.
        Ok(rows.into_iter().filter_map(|row| decode(row).ok()).collect())
    }

    async fn confirm_undecided(&self, id: &str, now: Timestamp) -> Result<(), StoreError> {
        writing!(&self.db, pool => {
            let done = sqlx::query(own::CONFIRM).bind(id).bind(now.as_millisecond()).execute(pool).await;
            done.map(drop).map_err(from_sqlx)
        })
    }

    async fn forget_undecided(&self, id: &str) -> Result<(), StoreError> {
        writing!(&self.db, pool => {
            sqlx::query(own::FORGET).bind(id).execute(pool).await.map(drop).map_err(from_sqlx)
        })
    }
}

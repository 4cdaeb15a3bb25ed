//! Server processes that share the database, and the calls that are left when one of them is gone.

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};

use super::SqlStore;
use super::calls::{CallRow, decode_opened};
use super::db::{Db, reading, writing};
use super::error::from_sqlx;
use super::sql::nodes as sql;
use crate::domain::call::OpenedCall;
use crate::ports::nodes::NodeStore;
use crate::ports::store::StoreError;

/// Processes not heard of for so long are forgotten.
const FORGOTTEN_AFTER: SignedDuration = SignedDuration::from_hours(24);

#[async_trait]
impl NodeStore for SqlStore {
    async fn beat(&self, now: Timestamp) -> Result<(), StoreError> {
        let forgotten = now.saturating_sub(FORGOTTEN_AFTER).unwrap_or(Timestamp::MIN);
        writing!(&self.db, pool => {
            sqlx::query(sql::BEAT)
                .bind(self.node.as_ref())
                .bind(now.as_millisecond())
                .execute(pool)
                .await
                .map_err(from_sqlx)?;
            sqlx::query(sql::FORGET_NODES)
                .bind(forgotten.as_millisecond())
                .execute(pool)
                .await
                .map(drop)
                .map_err(from_sqlx)
        })
    }

    async fn leave(&self) -> Result<(), StoreError> {
        writing!(&self.db, pool => {
            sqlx::query(sql::LEAVE).bind(self.node.as_ref()).execute(pool).await.map(drop).map_err(from_sqlx)
        })
    }

    async fn calls_left_open(&self, seen_since: Timestamp, count_max: u32) -> Result<Vec<OpenedCall>, StoreError> {
        let seen_since_ms = match &self.db {
            // One server has a file at a time: every other process was an earlier life of this one.
            Db::Sqlite { .. } => i64::MAX,
            Db::Postgres(_) => seen_since.as_millisecond(),
        };
        let rows: Vec<CallRow> = reading!(&self.db, pool => {
            sqlx::query_as(sql::CALLS_LEFT_OPEN)
                .bind(self.node.as_ref())
                .bind(seen_since_ms)
                .bind(i64::from(count_max))
                .fetch_all(pool)
                .await
        })
        .map_err(from_sqlx)?;
        rows.iter().map(decode_opened).collect()
    }

    fn has_one_server(&self) -> bool {
        matches!(self.db, Db::Sqlite { .. })
    }
}

//! Records at vendors: a note before each write, its id after.

use async_trait::async_trait;
use jiff::Timestamp;

use super::SqlStore;
use super::calls::decode_time;
use super::db::{reading, writing};
use super::error::from_sqlx;
use super::sql::remote_records as own;
use crate::ports::remote_records::{RecordName, RemoteRecord, RemoteRecordStore};
use crate::ports::store::StoreError;

#[derive(sqlx::FromRow)]
struct RecordRow {
    remote_id: Option<String>,
    begun_at: i64,
    begun_by: String,
}

#[async_trait]
impl RemoteRecordStore for SqlStore {
    async fn remote_record(&self, name: RecordName<'_>) -> Result<Option<RemoteRecord>, StoreError> {
        let row: Option<RecordRow> = reading!(&self.db, pool => {
            sqlx::query_as(own::REMOTE_RECORD).bind(name.connector).bind(name.key).fetch_optional(pool).await
        })
        .map_err(from_sqlx)?;
        let Some(row) = row else { return Ok(None) };
        Ok(Some(match row.remote_id {
            Some(id) => RemoteRecord::Written { id },
            None => RemoteRecord::Begun { at: decode_time(row.begun_at)?, is_own: row.begun_by == name.delivery },
        }))
    }

    async fn begin_write(
        &self,
        name: RecordName<'_>,
        now: Timestamp,
        stale_before: Timestamp,
    ) -> Result<bool, StoreError> {
        let begun = writing!(&self.db, pool => {
            sqlx::query(own::BEGIN_WRITE)
                .bind(name.connector)
                .bind(name.key)
                .bind(name.call.to_string())
                .bind(name.delivery)
                .bind(now.as_millisecond())
                .bind(stale_before.as_millisecond())
                .execute(pool)
                .await
                .map_err(from_sqlx)?
                .rows_affected()
        });
        Ok(begun == 1)
    }

    async fn keep_written(&self, name: RecordName<'_>, id: &str, now: Timestamp) -> Result<(), StoreError> {
        writing!(&self.db, pool => {
            sqlx::query(own::KEEP_WRITTEN)
                .bind(name.connector)
                .bind(name.key)
                .bind(name.call.to_string())
                .bind(name.delivery)
                .bind(now.as_millisecond())
                .bind(id)
                .execute(pool)
                .await
                .map(drop)
                .map_err(from_sqlx)
        })
    }

    async fn forget_record(&self, name: RecordName<'_>) -> Result<(), StoreError> {
        writing!(&self.db, pool => {
            sqlx::query(own::FORGET_RECORD)
                .bind(name.connector)
                .bind(name.key)
                .bind(name.delivery)
                .execute(pool)
                .await
                .map(drop)
                .map_err(from_sqlx)
        })
    }
}

//! Calls the shop made to one number.

use async_trait::async_trait;
use jiff::Timestamp;

use super::SqlStore;
use super::calls::{CallRow, decode_call};
use super::db::reading;
use super::error::from_sqlx;
use super::sql;
use crate::domain::values::PhoneNumber;
use crate::ports::store::{AttemptStore, StoreError, StoredCall};

#[async_trait]
impl AttemptStore for SqlStore {
    async fn attempts_to(
        &self,
        phone: &PhoneNumber,
        since: Timestamp,
        count_max: u32,
    ) -> Result<Vec<StoredCall>, StoreError> {
        let rows: Vec<CallRow> = reading!(&self.db, pool => {
            sqlx::query_as(sql::CALLS_TO_PHONE)
                .bind(phone.reveal())
                .bind(since.as_millisecond())
                .bind(i64::from(count_max))
                .fetch_all(pool)
                .await
        })
        .map_err(from_sqlx)?;
        rows.iter().map(decode_call).collect()
    }
}

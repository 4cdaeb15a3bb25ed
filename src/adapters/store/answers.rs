//! Answers kept for requests that are sent again under the same key.

use async_trait::async_trait;
use jiff::Timestamp;

use super::SqlStore;
use super::db::{reading, writing};
use super::error::{from_sqlx, unreadable};
use super::sql::access as sql;
use crate::ports::access::{AnswerStore, Begun, KeptAnswer, KeptUntil, RequestKey};
use crate::ports::store::StoreError;

#[derive(sqlx::FromRow)]
struct AnswerRow {
    fingerprint: String,
    status: Option<i64>,
    content_type: Option<String>,
    body: Option<String>,
}

fn decode_begun(row: AnswerRow, fingerprint: &str) -> Result<Begun, StoreError> {
    if row.fingerprint != fingerprint {
        return Ok(Begun::OtherRequest);
    }
    let Some(status) = row.status else { return Ok(Begun::Running) };
    Ok(Begun::Answered(KeptAnswer {
        status: u16::try_from(status).map_err(|_| unreadable())?,
        content_type: row.content_type,
        body: row.body.unwrap_or_default(),
    }))
}

#[async_trait]
impl AnswerStore for SqlStore {
    async fn begin_request(
        &self,
        key: &RequestKey,
        fingerprint: &str,
        now: Timestamp,
        until: KeptUntil,
    ) -> Result<Begun, StoreError> {
        let claimed = writing!(&self.db, pool => {
            sqlx::query(sql::BEGIN_REQUEST)
                .bind(&key.token.0)
                .bind(&key.key)
                .bind(fingerprint)
                .bind(now.as_millisecond())
                .bind(until.answered_since.as_millisecond())
                .bind(until.running_since.as_millisecond())
                .execute(pool)
                .await
                .map_err(from_sqlx)?
                .rows_affected()
        });
        if claimed == 1 {
            return Ok(Begun::First);
        }
        let row: Option<AnswerRow> = reading!(&self.db, pool => {
            sqlx::query_as(sql::KEPT_ANSWER).bind(&key.token.0).bind(&key.key).fetch_optional(pool).await
        })
        .map_err(from_sqlx)?;
        // Forgotten since: whoever had it came to nothing a moment ago, and the next try will find the key free.
        row.map_or(Ok(Begun::Running), |row| decode_begun(row, fingerprint))
    }

    async fn keep_answer(&self, key: &RequestKey, answer: &KeptAnswer) -> Result<(), StoreError> {
        writing!(&self.db, pool => {
            sqlx::query(sql::KEEP_ANSWER)
                .bind(&key.token.0)
                .bind(&key.key)
                .bind(i64::from(answer.status))
                .bind(answer.content_type.as_deref())
                .bind(&answer.body)
                .execute(pool)
                .await
                .map(drop)
                .map_err(from_sqlx)
        })
    }

    async fn forget_request(&self, key: &RequestKey) -> Result<(), StoreError> {
        writing!(&self.db, pool => {
            sqlx::query(sql::FORGET_REQUEST)
                .bind(&key.token.0)
                .bind(&key.key)
                .execute(pool)
                .await
                .map(drop)
                .map_err(from_sqlx)
        })
    }

    async fn sweep_answers(&self, before: Timestamp, count_max: u32) -> Result<u64, StoreError> {
        // The offset counts from the newest: the row there is the oldest that stays.
        let offset = i64::from(count_max.saturating_sub(1));
        writing!(&self.db, pool => {
            sqlx::query(sql::SWEEP_ANSWERS)
                .bind(before.as_millisecond())
                .bind(offset)
                .execute(pool)
                .await
                .map(|done| done.rows_affected())
                .map_err(from_sqlx)
        })
    }
}

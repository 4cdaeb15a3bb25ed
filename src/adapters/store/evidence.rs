//! The chain of the evidence packs that were handed out.

use async_trait::async_trait;

use super::SqlStore;
use super::calls::decode_time;
use super::db::{reading, writing};
use super::error::{from_sqlx, unreadable};
use super::sql::evidence as sql;
use crate::ports::evidence::{ChainLink, EvidenceStore};
use crate::ports::store::StoreError;

#[derive(sqlx::FromRow)]
struct LinkRow {
    place: i64,
    call_id: String,
    made_at: i64,
    digest: String,
    before: String,
}

fn decode(row: LinkRow) -> Result<ChainLink, StoreError> {
    Ok(ChainLink {
        place: u64::try_from(row.place).map_err(|_| unreadable())?,
        call: row.call_id.parse().map_err(|_| unreadable())?,
        made_at: decode_time(row.made_at)?,
        digest: row.digest,
        before: row.before,
    })
}

/// A place beyond what can be stored is nobody's.
fn encode(place: u64) -> i64 {
    i64::try_from(place).unwrap_or(-1)
}

#[async_trait]
impl EvidenceStore for SqlStore {
    async fn last_link(&self) -> Result<Option<ChainLink>, StoreError> {
        let row: Option<LinkRow> =
            reading!(&self.db, pool => sqlx::query_as(sql::LAST_LINK).fetch_optional(pool).await).map_err(from_sqlx)?;
        row.map(decode).transpose()
    }

    async fn link(&self, place: u64) -> Result<Option<ChainLink>, StoreError> {
        let row: Option<LinkRow> = reading!(&self.db, pool => {
            sqlx::query_as(sql::LINK).bind(encode(place)).fetch_optional(pool).await
        })
        .map_err(from_sqlx)?;
        row.map(decode).transpose()
    }

    async fn add_link(&self, link: &ChainLink) -> Result<bool, StoreError> {
        writing!(&self.db, pool => {
            let done = sqlx::query(sql::ADD_LINK)
                .bind(encode(link.place))
                .bind(link.call.to_string())
                .bind(link.made_at.as_millisecond())
                .bind(&link.digest)
                .bind(&link.before)
                .execute(pool)
                .await;
            done.map(|done| done.rows_affected() == 1).map_err(from_sqlx)
        })
    }
}

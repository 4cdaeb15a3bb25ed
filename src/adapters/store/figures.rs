//! Ended calls of a period, for figures.

use async_trait::async_trait;
use jiff::Timestamp;

use super::SqlStore;
use super::calls::{decode_direction, decode_json};
use super::db::reading;
use super::error::from_sqlx;
use super::page::{Position, page_limits, page_of};
use super::sql::desk as sql;
use crate::ports::desk::{EndedCall, FigureStore};
use crate::ports::store::{Page, StoreError};

#[derive(sqlx::FromRow)]
struct EndedRow {
    id: String,
    ended_at: i64,
    direction: String,
    turns: String,
    outcome: String,
}

#[async_trait]
impl FigureStore for SqlStore {
    async fn ended_calls(
        &self,
        from: Timestamp,
        to: Timestamp,
        cursor: Option<&str>,
        count_max: u32,
    ) -> Result<Page<EndedCall>, StoreError> {
        let position = Position::decode(cursor)?;
        let (shown, read) = page_limits(count_max);
        let rows: Vec<EndedRow> = reading!(&self.db, pool => {
            sqlx::query_as(sql::ENDED_CALLS)
                .bind(position.at_ms)
                .bind(&position.id)
                .bind(read)
                .bind(from.as_millisecond())
                .bind(to.as_millisecond())
                .fetch_all(pool)
                .await
        })
        .map_err(from_sqlx)?;
        page_of(
            rows,
            shown,
            |row| Position { at_ms: row.ended_at, id: row.id.clone() },
            |row| {
                Ok(EndedCall {
                    direction: decode_direction(&row.direction)?,
                    turns: decode_json(&row.turns)?,
                    outcome: decode_json(&row.outcome)?,
                })
            },
        )
    }
}

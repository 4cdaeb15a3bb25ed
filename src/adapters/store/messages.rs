//! Messages on their way to customers, lent to one sender at a time.

use std::time::Duration;

use jiff::Timestamp;
use uuid::Uuid;

use super::SqlStore;
use super::calls::{decode_json, decode_time};
use super::db::{Db, in_transaction, writing};
use super::error::{from_sqlx, unreadable};
use super::sql::{figures, outreach as sql};
use crate::domain::figures::MOMENT_WITHIN;
use crate::ports::outreach::{LeasedMessage, MessageSettlement, MessageState, StoredMessage};
use crate::ports::store::StoreError;

/// What is kept of an error.
const ERROR_CHARS_MAX: usize = 300;

#[derive(sqlx::FromRow)]
pub(super) struct MessageRow {
    id: String,
    record: String,
    state: String,
    attempts: i64,
    body: Option<String>,
    provider_id: Option<String>,
    sent_at: Option<i64>,
    last_error: Option<String>,
}

pub(super) fn decode_message(row: MessageRow) -> Result<StoredMessage, StoreError> {
    let state = MessageState::ALL.into_iter().find(|state| state.as_str() == row.state);
    Ok(StoredMessage {
        id: row.id,
        planned: decode_json(&row.record)?,
        state: state.ok_or_else(unreadable)?,
        attempts: u32::try_from(row.attempts).map_err(|_| unreadable())?,
        body: row.body.map(Into::into),
        provider_id: row.provider_id,
        sent_at: row.sent_at.map(decode_time).transpose()?,
        last_error: row.last_error,
    })
}

impl SqlStore {
    pub(super) async fn lease_due_messages(
        &self,
        now: Timestamp,
        lease: Duration,
        count_max: u32,
    ) -> Result<Vec<LeasedMessage>, StoreError> {
        let until = now.checked_add(lease).map_err(|_| unreadable())?;
        let token = Uuid::now_v7().to_string();
        let statement = match &self.db {
            Db::Sqlite { .. } => sql::LEASE_MESSAGES_ON_SQLITE,
            Db::Postgres(_) => sql::LEASE_MESSAGES_ON_POSTGRES,
        };
        let rows: Vec<MessageRow> = writing!(&self.db, pool => {
            sqlx::query_as(statement)
                .bind(now.as_millisecond())
                .bind(i64::from(count_max))
                .bind(&token)
                .bind(until.as_millisecond())
                .fetch_all(pool)
                .await
        })
        .map_err(from_sqlx)?;
        let lent = |row| Ok(LeasedMessage { message: decode_message(row)?, token: token.clone() });
        rows.into_iter().map(lent).collect()
    }

    pub(super) async fn settle_leased_message(
        &self,
        lease: &LeasedMessage,
        now: Timestamp,
        settlement: &MessageSettlement,
    ) -> Result<(), StoreError> {
        let (mut due_at, mut body, mut provider, mut failure) = (now, None, None, None);
        let state = match settlement {
            MessageSettlement::Sent { body: sent, provider_id } => {
                (body, provider) = (Some(sent), provider_id.as_ref());
                MessageState::Sent
            }
            MessageSettlement::RetryAt { at, error } => {
                (due_at, failure) = (*at, Some(error));
                MessageState::Waiting
            }
            MessageSettlement::GivenUp { error } => {
                failure = Some(error);
                MessageState::GivenUp
            }
            MessageSettlement::Unknown { body: sent } => {
                body = Some(sent);
                MessageState::Unknown
            }
        };
        let failure: Option<String> = failure.map(|error| error.chars().take(ERROR_CHARS_MAX).collect());
        in_transaction!(&self.db, tx => {
            let settled = sqlx::query(sql::SETTLE_MESSAGE)
                .bind(&lease.message.id)
                .bind(&lease.token)
                .bind(now.as_millisecond())
                .bind(state.as_str())
                .bind(due_at.as_millisecond())
                .bind(body.map(|body| body.reveal().as_str()))
                .bind(provider)
                .bind(body.map(|_| now.as_millisecond()))
                .bind(failure)
                .execute(&mut *tx)
                .await
                .map_err(from_sqlx)?
                .rows_affected();
            if settled == 0 {
                return Err(StoreError::NotFound);
            }
            if state == MessageState::Sent {
                sqlx::query(figures::NOTE_TOLD)
                    .bind(&lease.message.planned.order_ref.0)
                    .bind(now.as_millisecond())
                    .bind(now.saturating_sub(MOMENT_WITHIN).unwrap_or(Timestamp::MIN).as_millisecond())
                    .execute(&mut *tx)
                    .await
                    .map_err(from_sqlx)?;
            }
            Ok(())
        })
    }
}

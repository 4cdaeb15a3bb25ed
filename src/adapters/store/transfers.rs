//! Live calls on their way to a person: kept after every fact, so that any server can go on.

use async_trait::async_trait;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::SqlStore;
use super::calls::{decode_json, decode_time, encode_json};
use super::db::{in_transaction, reading};
use super::error::{from_sqlx, unreadable};
use super::sql;
use super::sql::transfers as own;
use crate::domain::transfer::{Ending, Transfer};
use crate::domain::values::CallId;
use crate::ports::store::{HANDOVER_KEY, StoreError};
use crate::ports::transfers::{HandoverNotice, StoredTransfer, TransferScript, TransferStore};

#[derive(sqlx::FromRow)]
struct TransferRow {
    id: String,
    call_id: String,
    request_id: String,
    provider: String,
    provider_call_id: String,
    record: String,
    version: i64,
    begun_at: i64,
}

#[derive(Serialize, Deserialize)]
struct TransferRecord {
    script: TransferScript,
    state: Transfer,
}

fn decode_transfer(row: TransferRow) -> Result<StoredTransfer, StoreError> {
    let TransferRecord { script, state } = decode_json(&row.record)?;
    Ok(StoredTransfer {
        call: row.call_id.parse().map_err(|_| unreadable())?,
        begun_at: decode_time(row.begun_at)?,
        id: row.id,
        request: row.request_id,
        provider: row.provider,
        provider_call_id: row.provider_call_id,
        version: row.version,
        script,
        state,
    })
}

fn encode_record(transfer: &StoredTransfer) -> String {
    encode_json(&TransferRecord { script: transfer.script.clone(), state: transfer.state.clone() })
}

fn due_ms(transfer: &StoredTransfer) -> Option<i64> {
    transfer.state.deadline().map(Timestamp::as_millisecond)
}

impl SqlStore {
    async fn one_transfer(&self, statement: &'static str, key: &str) -> Result<Option<StoredTransfer>, StoreError> {
        let row: Option<TransferRow> =
            reading!(&self.db, pool => sqlx::query_as(statement).bind(key).fetch_optional(pool).await)
                .map_err(from_sqlx)?;
        row.map(decode_transfer).transpose()
    }
}

#[async_trait]
impl TransferStore for SqlStore {
    async fn begin_transfer(&self, transfer: &StoredTransfer, notice: &HandoverNotice<'_>) -> Result<(), StoreError> {
        let call = transfer.call.to_string();
        let (stage, begun_at) = (transfer.state.stage().as_str(), transfer.begun_at.as_millisecond());
        in_transaction!(&self.db, tx => {
            sqlx::query(own::BEGIN)
                .bind(&transfer.id)
                .bind(&call)
                .bind(&transfer.request)
                .bind(&transfer.provider)
                .bind(&transfer.provider_call_id)
                .bind(encode_record(transfer))
                .bind(stage)
                .bind(begun_at)
                .bind(due_ms(transfer))
                .execute(&mut *tx)
                .await
                .map_err(from_sqlx)?;
            sqlx::query(own::NOTE_STAGE)
                .bind(&transfer.request)
                .bind(stage)
                .execute(&mut *tx)
                .await
                .map_err(from_sqlx)?;
            for connector in notice.connectors {
                sqlx::query(sql::INSERT_DELIVERY)
                    .bind(Uuid::now_v7().to_string())
                    .bind(&call)
                    .bind(connector)
                    .bind(format!("{HANDOVER_KEY}{}", transfer.id))
                    .bind(encode_json(notice.outcome))
                    .bind(begun_at)
                    .execute(&mut *tx)
                    .await
                    .map_err(from_sqlx)?;
            }
            Ok(())
        })
    }

    async fn transfer(&self, id: &str) -> Result<Option<StoredTransfer>, StoreError> {
        self.one_transfer(own::BY_ID, id).await
    }

    async fn transfer_of_call(&self, call: CallId) -> Result<Option<StoredTransfer>, StoreError> {
        self.one_transfer(own::OF_CALL, &call.to_string()).await
    }

    async fn transfer_of_request(&self, request: &str) -> Result<Option<StoredTransfer>, StoreError> {
        self.one_transfer(own::OF_REQUEST, request).await
    }

    async fn transfer_of_line(
        &self,
        provider: &str,
        provider_call_id: &str,
    ) -> Result<Option<StoredTransfer>, StoreError> {
        let row: Option<TransferRow> = reading!(&self.db, pool => {
            sqlx::query_as(own::OF_LINE).bind(provider_call_id).bind(provider).fetch_optional(pool).await
        })
        .map_err(from_sqlx)?;
        row.map(decode_transfer).transpose()
    }

    async fn keep_transfer(&self, transfer: &StoredTransfer, now: Timestamp) -> Result<(), StoreError> {
        let stage = transfer.state.stage().as_str();
        in_transaction!(&self.db, tx => {
            let kept = sqlx::query(own::KEEP)
                .bind(&transfer.id)
                .bind(transfer.version)
                .bind(encode_record(transfer))
                .bind(stage)
                .bind(due_ms(transfer))
                .execute(&mut *tx)
                .await
                .map_err(from_sqlx)?
                .rows_affected();
            if kept == 0 {
                return Err(StoreError::Conflict);
            }
            sqlx::query(own::NOTE_STAGE)
                .bind(&transfer.request)
                .bind(stage)
                .execute(&mut *tx)
                .await
                .map_err(from_sqlx)?;
            if let Some(Ending::WithPerson { target }) = transfer.state.ending() {
                sqlx::query(own::ACCEPT_REQUEST)
                    .bind(&transfer.request)
                    .bind(target)
                    .bind(now.as_millisecond())
                    .execute(&mut *tx)
                    .await
                    .map_err(from_sqlx)?;
            }
            Ok(())
        })
    }

    async fn due_transfers(&self, now: Timestamp, count_max: u32) -> Result<Vec<String>, StoreError> {
        reading!(&self.db, pool => {
            sqlx::query_scalar(own::DUE)
                .bind(now.as_millisecond())
                .bind(i64::from(count_max))
                .fetch_all(pool)
                .await
                .map_err(from_sqlx)
        })
    }

    async fn next_transfer_at(&self) -> Result<Option<Timestamp>, StoreError> {
        let at: Option<i64> =
            reading!(&self.db, pool => sqlx::query_scalar(own::NEXT_AT).fetch_one(pool).await).map_err(from_sqlx)?;
        at.map(decode_time).transpose()
    }
}

//! Calls, what was asked in them, and numbers that want no more calls.

use async_trait::async_trait;
use jiff::Timestamp;
use serde::Serialize;
use serde::de::DeserializeOwned;
use uuid::Uuid;

use super::SqlStore;
use super::db::{in_transaction, reading, writing};
use super::error::{from_sqlx, unreadable};
use super::figures::tallying::{change_tally, count_ended, lock_tallying, note_asked};
use super::orders::hold_order;
use super::page::{Position, page_limits, page_of};
use super::paid::tell_paid;
use super::sql;
use crate::domain::call::{CallDirection, CallState, EscalationWay, FinishedCall, OpenedCall, OutcomeRecord};
use crate::domain::dialogue::escalation_of;
use crate::domain::values::{CallId, PhoneNumber};
use crate::ports::store::{CallStore, Page, RecordedRequest, StoreError, StoredCall, call_key};

#[derive(sqlx::FromRow)]
pub(super) struct CallRow {
    id: String,
    provider: String,
    provider_call_id: String,
    direction: String,
    scenario: String,
    from_phone: Option<String>,
    to_phone: Option<String>,
    state: String,
    started_at: i64,
    ended_at: Option<i64>,
    transcript: Option<String>,
    facts: Option<String>,
    turns: Option<String>,
    pick_up: String,
    outcome: Option<String>,
}

#[derive(sqlx::FromRow)]
struct OutcomeRow {
    id: String,
    ended_at: i64,
    outcome: String,
}

pub(super) fn decode_time(ms: i64) -> Result<Timestamp, StoreError> {
    Timestamp::from_millisecond(ms).map_err(|_| unreadable())
}

pub(super) fn decode_json<T: DeserializeOwned>(text: &str) -> Result<T, StoreError> {
    serde_json::from_str(text).map_err(|_| unreadable())
}

pub(super) fn encode_json<T: Serialize>(value: &T) -> String {
    serde_json::to_string(value).expect("a call's records have only text keys")
}

fn decode_phone(text: Option<&String>) -> Result<Option<PhoneNumber>, StoreError> {
    text.map(|number| number.parse().map_err(|_| unreadable())).transpose()
}

pub(super) const fn encode_direction(direction: CallDirection) -> &'static str {
    match direction {
        CallDirection::Inbound => "inbound",
        CallDirection::Outbound => "outbound",
    }
}

pub(super) fn decode_direction(code: &str) -> Result<CallDirection, StoreError> {
    [CallDirection::Inbound, CallDirection::Outbound]
        .into_iter()
        .find(|direction| encode_direction(*direction) == code)
        .ok_or_else(unreadable)
}

const fn encode_state(state: CallState) -> &'static str {
    match state {
        CallState::InProgress => "in_progress",
        CallState::Ended => "ended",
        CallState::Interrupted => "interrupted",
    }
}

fn decode_state(code: &str) -> Result<CallState, StoreError> {
    [CallState::InProgress, CallState::Ended, CallState::Interrupted]
        .into_iter()
        .find(|state| encode_state(*state) == code)
        .ok_or_else(unreadable)
}

pub(super) fn decode_opened(row: &CallRow) -> Result<OpenedCall, StoreError> {
    Ok(OpenedCall {
        id: row.id.parse().map_err(|_| unreadable())?,
        provider: row.provider.clone(),
        provider_call_id: row.provider_call_id.clone(),
        direction: decode_direction(&row.direction)?,
        scenario: row.scenario.clone(),
        from: decode_phone(row.from_phone.as_ref())?,
        to: decode_phone(row.to_phone.as_ref())?,
        started_at: decode_time(row.started_at)?,
    })
}

fn decode_finished(row: &CallRow, id: CallId, state: CallState) -> Result<Option<FinishedCall>, StoreError> {
    let (Some(ended_at), Some(transcript), Some(facts), Some(turns), Some(outcome)) =
        (row.ended_at, &row.transcript, &row.facts, &row.turns, &row.outcome)
    else {
        return Ok(None);
    };
    Ok(Some(FinishedCall {
        id,
        state,
        ended_at: decode_time(ended_at)?,
        transcript: decode_json(transcript)?,
        facts: decode_json(facts)?,
        turns: decode_json(turns)?,
        pick_up: decode_json(&row.pick_up)?,
        outcome: decode_json(outcome)?,
    }))
}

pub(super) fn decode_call(row: &CallRow) -> Result<StoredCall, StoreError> {
    let opened = decode_opened(row)?;
    let state = decode_state(&row.state)?;
    let finished = decode_finished(row, opened.id, state)?;
    Ok(StoredCall { state, ended_at: finished.as_ref().map(|finished| finished.ended_at), finished, opened })
}

#[async_trait]
impl CallStore for SqlStore {
    async fn open_call(&self, call: &OpenedCall) -> Result<(), StoreError> {
        writing!(&self.db, pool => {
            sqlx::query(sql::OPEN_CALL)
                .bind(call.id.to_string())
                .bind(&call.provider)
                .bind(&call.provider_call_id)
                .bind(encode_direction(call.direction))
                .bind(&call.scenario)
                .bind(call.from.as_ref().map(PhoneNumber::reveal))
                .bind(call.to.as_ref().map(PhoneNumber::reveal))
                .bind(call.started_at.as_millisecond())
                .bind(self.node.as_ref())
                .execute(pool)
                .await
                .map(drop)
                .map_err(from_sqlx)
        })
    }

    async fn finish_call(&self, call: &FinishedCall, connectors: &[String]) -> Result<(), StoreError> {
        let id = call.id.to_string();
        let outcome = encode_json(&call.outcome);
        in_transaction!(&self.db, tx => {
            if let Some(order_ref) = &call.outcome.order_ref {
                hold_order!(tx, &order_ref.0);
            }
            lock_tallying!(tx);
            let ended = sqlx::query(sql::FINISH_CALL)
                .bind(&id)
                .bind(encode_state(call.state))
                .bind(call.ended_at.as_millisecond())
                .bind(encode_json(&call.transcript))
                .bind(encode_json(&call.facts))
                .bind(encode_json(&call.turns))
                .bind(&outcome)
                .bind(call.outcome.order_ref.as_ref().map(|order_ref| &order_ref.0))
                .bind(encode_json(&call.pick_up))
                .execute(&mut *tx)
                .await
                .map_err(from_sqlx)?;
            if ended.rows_affected() == 0 {
                let state: Option<String> =
                    sqlx::query_scalar(sql::CALL_STATE).bind(&id).fetch_optional(&mut *tx).await.map_err(from_sqlx)?;
                return Err(state.map_or(StoreError::NotFound, |_| StoreError::AlreadyFinished));
            }
            for connector in connectors {
                sqlx::query(sql::INSERT_DELIVERY)
                    .bind(Uuid::now_v7().to_string())
                    .bind(&id)
                    .bind(connector)
                    .bind(call_key(call.id))
                    .bind(&outcome)
                    .bind(call.ended_at.as_millisecond())
                    .execute(&mut *tx)
                    .await
                    .map_err(from_sqlx)?;
            }
            let paid: Vec<String> =
                sqlx::query_scalar(sql::commerce::PAID_OF_CALL).bind(&id).fetch_all(&mut *tx).await.map_err(from_sqlx)?;
            for request in &paid {
                tell_paid!(tx, &id, call.outcome.clone(), request, connectors, call.ended_at);
            }
            count_ended!(tx, &self.counting, call);
            Ok(())
        })
    }

    async fn call(&self, id: CallId) -> Result<Option<StoredCall>, StoreError> {
        let row: Option<CallRow> = reading!(&self.db, pool => {
            sqlx::query_as(sql::CALL_BY_ID).bind(id.to_string()).fetch_optional(pool).await
        })
        .map_err(from_sqlx)?;
        row.as_ref().map(decode_call).transpose()
    }

    async fn list_calls(&self, cursor: Option<&str>, count_max: u32) -> Result<Page<StoredCall>, StoreError> {
        let from = Position::decode(cursor)?;
        let (shown, read) = page_limits(count_max);
        let rows: Vec<CallRow> = reading!(&self.db, pool => {
            sqlx::query_as(sql::LIST_CALLS).bind(from.at_ms).bind(&from.id).bind(read).fetch_all(pool).await
        })
        .map_err(from_sqlx)?;
        page_of(rows, shown, |row| Position { at_ms: row.started_at, id: row.id.clone() }, |row| decode_call(&row))
    }

    async fn list_outcomes(&self, cursor: Option<&str>, count_max: u32) -> Result<Page<OutcomeRecord>, StoreError> {
        let from = Position::decode(cursor)?;
        let (shown, read) = page_limits(count_max);
        let rows: Vec<OutcomeRow> = reading!(&self.db, pool => {
            sqlx::query_as(sql::LIST_OUTCOMES).bind(from.at_ms).bind(&from.id).bind(read).fetch_all(pool).await
        })
        .map_err(from_sqlx)?;
        page_of(
            rows,
            shown,
            |row| Position { at_ms: row.ended_at, id: row.id.clone() },
            |row| decode_json(&row.outcome),
        )
    }

    async fn record_request(&self, request: &RecordedRequest) -> Result<String, StoreError> {
        writing!(&self.db, pool => {
            sqlx::query_scalar(sql::RECORD_REQUEST)
                .bind(Uuid::now_v7().to_string())
                .bind(&request.idempotency_key)
                .bind(request.call.to_string())
                .bind(&request.kind)
                .bind(request.order_ref.as_ref().map(|order_ref| &order_ref.0))
                .bind(encode_json(&request.details))
                .bind(request.requested_at.as_millisecond())
                .bind(request.due_at.map(Timestamp::as_millisecond))
                .bind(escalation_of(&request.kind).map(EscalationWay::as_str))
                .fetch_one(pool)
                .await
                .map_err(from_sqlx)
        })
    }

    async fn opt_out(&self, phone: &PhoneNumber, call: Option<CallId>, at: Timestamp) -> Result<(), StoreError> {
        writing!(&self.db, pool => {
            sqlx::query(sql::OPT_OUT)
                .bind(phone.reveal())
                .bind(call.map(|call| call.to_string()))
                .bind(at.as_millisecond())
                .execute(pool)
                .await
                .map(drop)
                .map_err(from_sqlx)
        })
    }

    async fn is_opted_out(&self, phone: &PhoneNumber) -> Result<bool, StoreError> {
        let count: i64 = reading!(&self.db, pool => {
            sqlx::query_scalar(sql::IS_OPTED_OUT).bind(phone.reveal()).fetch_one(pool).await
        })
        .map_err(from_sqlx)?;
        Ok(count > 0)
    }

    async fn ping(&self) -> Result<(), StoreError> {
        let _: i64 =
            reading!(&self.db, pool => sqlx::query_scalar(sql::PING).fetch_one(pool).await).map_err(from_sqlx)?;
        Ok(())
    }
}

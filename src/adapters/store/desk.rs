//! The desk: requests with their state, notes beside them, and the calls before.

use async_trait::async_trait;
use jiff::Timestamp;
use uuid::Uuid;

use super::SqlStore;
use super::calls::{decode_json, decode_time, encode_json};
use super::db::{in_transaction, reading, writing};
use super::error::{from_sqlx, unreadable};
use super::page::{Position, page_limits, page_of};
use super::sql::{INSERT_DELIVERY, desk as sql};
use crate::domain::call::OutcomeRecord;
use crate::domain::desk::{DeskState, EarlierCall, PromiseState};
use crate::domain::orders::OrderRef;
use crate::domain::values::{CallId, Personal, PhoneNumber};
use crate::ports::desk::{DeskChange, DeskList, DeskRequest, DeskStore, MarkedWrong, Note};
use crate::ports::store::{Page, StoreError};

#[derive(sqlx::FromRow)]
struct RequestRow {
    id: String,
    call_id: String,
    kind: String,
    way: Option<String>,
    order_ref: Option<String>,
    details: String,
    requested_at: i64,
    due_at: Option<i64>,
    state: String,
    handled_by: Option<String>,
    changed_at: Option<i64>,
    promise: String,
    settled_at: Option<i64>,
    transfer: Option<String>,
    wrong_at: Option<i64>,
    wrong_by: Option<String>,
    wrong_why: Option<String>,
}

#[derive(sqlx::FromRow)]
struct NoteRow {
    id: String,
    at: i64,
    written_by: String,
    text: String,
}

#[derive(sqlx::FromRow)]
struct EarlierRow {
    id: String,
    started_at: i64,
    outcome: String,
}

fn decode_state(code: &str) -> Result<DeskState, StoreError> {
    DeskState::ALL.iter().copied().find(|state| state.as_str() == code).ok_or_else(unreadable)
}

pub(super) fn decode_promise(code: &str) -> Result<PromiseState, StoreError> {
    PromiseState::ALL.iter().copied().find(|state| state.as_str() == code).ok_or_else(unreadable)
}

fn decode_request(row: RequestRow) -> Result<DeskRequest, StoreError> {
    let wrong = match (row.wrong_at, row.wrong_by, row.wrong_why) {
        (Some(at), Some(by), Some(why)) => Some(MarkedWrong { at: decode_time(at)?, by, why: Personal::new(why) }),
        (None, None, None) => None,
        _ => return Err(unreadable()),
    };
    Ok(DeskRequest {
        wrong,
        call: row.call_id.parse().map_err(|_| unreadable())?,
        way: row.way.map(|way| way.parse()).transpose().map_err(|_| unreadable())?,
        order_ref: row.order_ref.map(OrderRef),
        details: decode_json(&row.details)?,
        requested_at: decode_time(row.requested_at)?,
        due_at: row.due_at.map(decode_time).transpose()?,
        state: decode_state(&row.state)?,
        promise: decode_promise(&row.promise)?,
        changed_at: row.changed_at.map(decode_time).transpose()?,
        settled_at: row.settled_at.map(decode_time).transpose()?,
        transfer: row.transfer,
        id: row.id,
        kind: row.kind,
        handled_by: row.handled_by,
    })
}

fn decode_note(row: NoteRow) -> Result<Note, StoreError> {
    Ok(Note { id: row.id, at: decode_time(row.at)?, written_by: row.written_by, text: Personal::new(row.text) })
}

fn decode_earlier(row: &EarlierRow) -> Result<EarlierCall, StoreError> {
    let outcome: OutcomeRecord = decode_json(&row.outcome)?;
    Ok(EarlierCall {
        call_id: row.id.parse().map_err(|_| unreadable())?,
        started_at: decode_time(row.started_at)?,
        disposition: outcome.disposition,
        summary: outcome.summary,
    })
}

/// PostgreSQL refuses text with a NUL; no id has one.
fn is_id(text: &str) -> bool {
    !text.contains('\0')
}

#[async_trait]
impl DeskStore for SqlStore {
    async fn list_requests(
        &self,
        list: DeskList,
        cursor: Option<&str>,
        count_max: u32,
    ) -> Result<Page<DeskRequest>, StoreError> {
        let from = Position::decode(cursor)?;
        let (shown, read) = page_limits(count_max);
        let (statement, state) = match list {
            DeskList::Handoffs(state) => (sql::LIST_HANDOFFS, state.map(DeskState::as_str)),
            DeskList::Callbacks(state) => (sql::LIST_CALLBACKS, state.map(DeskState::as_str)),
            DeskList::Promises(state) => (sql::LIST_PROMISES, state.map(PromiseState::as_str)),
        };
        let rows: Vec<RequestRow> = reading!(&self.db, pool => {
            sqlx::query_as(statement)
                .bind(from.at_ms)
                .bind(&from.id)
                .bind(read)
                .bind(state.unwrap_or_default())
                .fetch_all(pool)
                .await
        })
        .map_err(from_sqlx)?;
        page_of(rows, shown, |row| Position { at_ms: row.requested_at, id: row.id.clone() }, decode_request)
    }

    async fn request(&self, id: &str) -> Result<Option<DeskRequest>, StoreError> {
        if !is_id(id) {
            return Ok(None);
        }
        let row: Option<RequestRow> = reading!(&self.db, pool => {
            sqlx::query_as(sql::REQUEST_BY_ID).bind(id).fetch_optional(pool).await
        })
        .map_err(from_sqlx)?;
        row.map(decode_request).transpose()
    }

    async fn requests_of_call(&self, call: CallId) -> Result<Vec<DeskRequest>, StoreError> {
        let rows: Vec<RequestRow> = reading!(&self.db, pool => {
            sqlx::query_as(sql::REQUESTS_OF_CALL).bind(call.to_string()).fetch_all(pool).await
        })
        .map_err(from_sqlx)?;
        rows.into_iter().map(decode_request).collect()
    }

    async fn change_request(&self, id: &str, change: &DeskChange) -> Result<(), StoreError> {
        let changed = writing!(&self.db, pool => {
            sqlx::query(sql::CHANGE_REQUEST)
                .bind(id)
                .bind(change.from.0.as_str())
                .bind(change.from.1.as_str())
                .bind(change.to.0.as_str())
                .bind(change.to.1.as_str())
                .bind(&change.by)
                .bind(change.at.as_millisecond())
                .execute(pool)
                .await
                .map_err(from_sqlx)?
                .rows_affected()
        });
        if changed == 1 { Ok(()) } else { Err(StoreError::Conflict) }
    }

    async fn promises_near(&self, due_before: Timestamp, count_max: u32) -> Result<Vec<DeskRequest>, StoreError> {
        let rows: Vec<RequestRow> = reading!(&self.db, pool => {
            sqlx::query_as(sql::PROMISES_NEAR)
                .bind(due_before.as_millisecond())
                .bind(i64::from(count_max))
                .fetch_all(pool)
                .await
        })
        .map_err(from_sqlx)?;
        rows.into_iter().map(decode_request).collect()
    }

    async fn hand_on(
        &self,
        request: &DeskRequest,
        task: &OutcomeRecord,
        connectors: &[String],
        at: Timestamp,
    ) -> Result<bool, StoreError> {
        let at_ms = at.as_millisecond();
        in_transaction!(&self.db, tx => {
            let noted = sqlx::query(sql::NOTE_HANDED_ON).bind(&request.id).bind(at_ms).execute(&mut *tx).await;
            if noted.map_err(from_sqlx)?.rows_affected() == 0 {
                return Ok(false);
            }
            for connector in connectors {
                sqlx::query(INSERT_DELIVERY)
                    .bind(Uuid::now_v7().to_string())
                    .bind(request.call.to_string())
                    .bind(connector)
                    .bind(format!("promise-{}", request.id))
                    .bind(encode_json(task))
                    .bind(at_ms)
                    .execute(&mut *tx)
                    .await
                    .map_err(from_sqlx)?;
            }
            Ok(true)
        })
    }

    async fn miss_promises(&self, now: Timestamp) -> Result<u64, StoreError> {
        writing!(&self.db, pool => {
            sqlx::query(sql::MISS_PROMISES)
                .bind(now.as_millisecond())
                .execute(pool)
                .await
                .map(|done| done.rows_affected())
                .map_err(from_sqlx)
        })
    }

    async fn mark_wrong(&self, request: &str, wrong: &MarkedWrong) -> Result<(), StoreError> {
        if !is_id(request) {
            return Err(StoreError::NotFound);
        }
        let marked = writing!(&self.db, pool => {
            sqlx::query(sql::MARK_WRONG)
                .bind(request)
                .bind(wrong.at.as_millisecond())
                .bind(&wrong.by)
                .bind(wrong.why.reveal())
                .execute(pool)
                .await
                .map_err(from_sqlx)?
                .rows_affected()
        });
        if marked == 1 { Ok(()) } else { Err(StoreError::NotFound) }
    }

    async fn add_note(&self, request: &str, note: &Note) -> Result<(), StoreError> {
        if !is_id(request) {
            return Err(StoreError::NotFound);
        }
        let added = writing!(&self.db, pool => {
            sqlx::query(sql::ADD_NOTE)
                .bind(&note.id)
                .bind(request)
                .bind(note.at.as_millisecond())
                .bind(&note.written_by)
                .bind(note.text.reveal())
                .execute(pool)
                .await
                .map_err(from_sqlx)?
                .rows_affected()
        });
        if added == 1 { Ok(()) } else { Err(StoreError::NotFound) }
    }

    async fn notes(&self, request: &str) -> Result<Vec<Note>, StoreError> {
        let rows: Vec<NoteRow> = reading!(&self.db, pool => {
            sqlx::query_as(sql::NOTES).bind(request).fetch_all(pool).await
        })
        .map_err(from_sqlx)?;
        rows.into_iter().map(decode_note).collect()
    }

    async fn earlier_calls(
        &self,
        phone: Option<&PhoneNumber>,
        order_ref: Option<&OrderRef>,
        except: CallId,
        count_max: u32,
    ) -> Result<Vec<EarlierCall>, StoreError> {
        let rows: Vec<EarlierRow> = reading!(&self.db, pool => {
            sqlx::query_as(sql::EARLIER_CALLS)
                .bind(phone.map(PhoneNumber::reveal))
                .bind(order_ref.map(|order_ref| &order_ref.0))
                .bind(except.to_string())
                .bind(i64::from(count_max))
                .fetch_all(pool)
                .await
        })
        .map_err(from_sqlx)?;
        rows.iter().map(decode_earlier).collect()
    }
}

//! Deleting what is about people. A call goes with everything that belongs to it, in one transaction.

use async_trait::async_trait;
use jiff::Timestamp;

use super::SqlStore;
use super::calls::{decode_json, decode_time, encode_json};
use super::db::{in_transaction, reading, writing};
use super::error::{from_sqlx, unreadable};
use super::figures::tallying::{EndedRow, Tallied, change_tally, count_order_anew, lock_tallying};
use super::orders::hold_order;
use super::page::{Position, page_limits, page_of};
use super::sql;
use super::sql::retention as own;
use crate::domain::call::OutcomeRecord;
use crate::domain::figures::CallTally;
use crate::domain::retention::{DeletedCounts, DeletedKind, Deletion};
use crate::domain::values::CallId;
use crate::ports::retention::{CallEnd, RetentionStore, Subject, SubjectCalls};
use crate::ports::store::{Page, StoreError};

#[derive(sqlx::FromRow)]
struct EndRow {
    id: String,
    ended_at: Option<i64>,
}

#[derive(sqlx::FromRow)]
struct DeletionRow {
    id: String,
    at: i64,
    what: String,
    before_at: Option<i64>,
    ordered_by: Option<String>,
    recordings: i64,
    calls: i64,
    requests: i64,
    deliveries: i64,
    orders: i64,
}

fn decode_id(text: &str) -> Result<CallId, StoreError> {
    text.parse().map_err(|_| unreadable())
}

fn decode_end(row: &EndRow) -> Result<CallEnd, StoreError> {
    Ok((decode_id(&row.id)?, row.ended_at.map(decode_time).transpose()?))
}

fn decode_count(count: i64) -> Result<u64, StoreError> {
    u64::try_from(count).map_err(|_| unreadable())
}

fn encode_count(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

fn decode_deletion(row: DeletionRow) -> Result<Deletion, StoreError> {
    Ok(Deletion {
        at: decode_time(row.at)?,
        what: DeletedKind::ALL.into_iter().find(|what| what.as_str() == row.what).ok_or_else(unreadable)?,
        before: row.before_at.map(decode_time).transpose()?,
        counts: DeletedCounts {
            recordings: decode_count(row.recordings)?,
            calls: decode_count(row.calls)?,
            requests: decode_count(row.requests)?,
            deliveries: decode_count(row.deliveries)?,
            orders: decode_count(row.orders)?,
        },
        id: row.id,
        ordered_by: row.ordered_by,
    })
}

/// Runs a statement about one call inside a transaction; gives how many rows it changed.
macro_rules! of_call {
    ($tx:ident, $statement:expr, $id:expr $(, $more:expr)*) => {
        sqlx::query($statement).bind($id)$(.bind($more))*.execute(&mut *$tx).await.map_err(from_sqlx)?.rows_affected()
    };
}

impl SqlStore {
    async fn settled_calls(
        &self,
        statement: &'static str,
        before: Timestamp,
        count_max: u32,
    ) -> Result<Vec<CallId>, StoreError> {
        let ids: Vec<String> = reading!(&self.db, pool => {
            sqlx::query_scalar(statement)
                .bind(before.as_millisecond())
                .bind(i64::from(count_max))
                .fetch_all(pool)
                .await
        })
        .map_err(from_sqlx)?;
        ids.iter().map(|id| decode_id(id)).collect()
    }

    async fn delete_words_of(&self, call: CallId, at: Timestamp) -> Result<DeletedCounts, StoreError> {
        let id = call.to_string();
        in_transaction!(&self.db, tx => {
            let outcome: Option<String> =
                sqlx::query_scalar(own::OUTCOME_OF).bind(&id).fetch_optional(&mut *tx).await.map_err(from_sqlx)?;
            let Some(outcome) = outcome else { return Ok(DeletedCounts::default()) };
            let outcome: OutcomeRecord = decode_json(&outcome)?;
            let outcome = encode_json(&outcome.without_words());
            let mut counts = DeletedCounts {
                calls: of_call!(tx, own::DELETE_WORDS_OF_CALL, &id, &outcome, at.as_millisecond()),
                ..DeletedCounts::default()
            };
            if counts.calls == 1 {
                of_call!(tx, own::DELETE_NOTES_OF_CALL, &id);
                of_call!(tx, sql::transfers::DELETE_OF_CALL, &id);
                counts.requests = of_call!(tx, own::DELETE_WORDS_OF_REQUESTS, &id);
                counts.deliveries = of_call!(tx, own::DELETE_WORDS_OF_DELIVERIES, &id, &outcome);
            }
            Ok(counts)
        })
    }

    async fn delete_call(&self, call: CallId) -> Result<DeletedCounts, StoreError> {
        let id = call.to_string();
        in_transaction!(&self.db, tx => {
            let order_ref: Option<String> = sqlx::query_scalar(sql::figures::ORDER_OF_CALL)
                .bind(&id)
                .fetch_optional(&mut *tx)
                .await
                .map_err(from_sqlx)?;
            if let Some(order_ref) = &order_ref {
                hold_order!(tx, order_ref);
            }
            lock_tallying!(tx);
            let ended: Option<EndedRow> = sqlx::query_as(sql::figures::ENDED_CALL)
                .bind(&id)
                .fetch_optional(&mut *tx)
                .await
                .map_err(from_sqlx)?;
            of_call!(tx, own::DELETE_NOTES_OF_CALL, &id);
            of_call!(tx, sql::transfers::DELETE_OF_CALL, &id);
            let requests = of_call!(tx, own::DELETE_REQUESTS_OF_CALL, &id);
            let deliveries = of_call!(tx, own::DELETE_DELIVERIES_OF_CALL, &id);
            of_call!(tx, sql::remote_records::DELETE_RECORDS_OF_CALL, &id);
            let calls = of_call!(tx, own::DELETE_CALL, &id);
            if calls == 0 {
                // It is open, or gone: nothing of it is touched.
                return Ok(DeletedCounts::default());
            }
            if let Some(ended) = &ended {
                let tallied = Tallied::decode(ended, &self.counting)?;
                change_tally!(tx, &tallied.key, |tally: &mut CallTally| tally.take_out(&tallied.tally()));
            }
            if let Some(order_ref) = &order_ref {
                count_order_anew!(tx, &self.counting, order_ref);
            }
            Ok(DeletedCounts { calls, requests, deliveries, ..DeletedCounts::default() })
        })
    }
}

#[async_trait]
impl RetentionStore for SqlStore {
    async fn calls_with_words(&self, before: Timestamp, count_max: u32) -> Result<Vec<CallId>, StoreError> {
        self.settled_calls(own::CALLS_WITH_WORDS, before, count_max).await
    }

    async fn delete_words(&self, calls: &[CallId], at: Timestamp) -> Result<DeletedCounts, StoreError> {
        let mut counts = DeletedCounts::default();
        for call in calls {
            counts += self.delete_words_of(*call, at).await?;
        }
        Ok(counts)
    }

    async fn calls_ended(&self, before: Timestamp, count_max: u32) -> Result<Vec<CallId>, StoreError> {
        self.settled_calls(own::CALLS_ENDED, before, count_max).await
    }

    async fn delete_calls(&self, calls: &[CallId]) -> Result<DeletedCounts, StoreError> {
        let mut counts = DeletedCounts::default();
        for call in calls {
            counts += self.delete_call(*call).await?;
        }
        Ok(counts)
    }

    async fn calls_of(&self, subject: &Subject) -> Result<SubjectCalls, StoreError> {
        let (statement, wanted) = match subject {
            Subject::Phone(phone) => (own::CALLS_OF_PHONE, phone.reveal()),
            Subject::Order(order_ref) => (own::CALLS_OF_ORDER, order_ref.0.as_str()),
        };
        let rows: Vec<EndRow> =
            reading!(&self.db, pool => sqlx::query_as(statement).bind(wanted).fetch_all(pool).await)
                .map_err(from_sqlx)?;
        let mut calls = SubjectCalls::default();
        for row in &rows {
            match decode_end(row)? {
                (id, Some(_)) => calls.ended.push(id),
                (_, None) => calls.open += 1,
            }
        }
        Ok(calls)
    }

    async fn delete_orders_of(&self, subject: &Subject) -> Result<u64, StoreError> {
        let (before, statement, wanted) = match subject {
            Subject::Phone(phone) => (sql::outreach::ERASE_OF_PHONE, own::DELETE_ORDERS_OF_PHONE, phone.reveal()),
            Subject::Order(order_ref) => (sql::outreach::ERASE_OF_ORDER, sql::DELETE_ORDER, order_ref.0.as_str()),
        };
        let (attempts, plans) = match subject {
            Subject::Phone(_) => (sql::plans::DELETE_ATTEMPTS_OF_PHONE, sql::plans::DELETE_PLANS_OF_PHONE),
            Subject::Order(_) => (sql::plans::DELETE_ATTEMPTS_OF_ORDER, sql::plans::DELETE_PLANS_OF_ORDER),
        };
        in_transaction!(&self.db, tx => {
            for statement in before {
                of_call!(tx, *statement, wanted);
            }
            of_call!(tx, attempts, wanted);
            of_call!(tx, plans, wanted);
            Ok(of_call!(tx, statement, wanted))
        })
    }

    async fn calls_between(&self, first: CallId, last: CallId) -> Result<Vec<CallEnd>, StoreError> {
        let rows: Vec<EndRow> = reading!(&self.db, pool => {
            sqlx::query_as(own::CALLS_BETWEEN).bind(first.to_string()).bind(last.to_string()).fetch_all(pool).await
        })
        .map_err(from_sqlx)?;
        rows.iter().map(decode_end).collect()
    }

    async fn note_deletion(&self, deletion: &Deletion) -> Result<(), StoreError> {
        let counts = &deletion.counts;
        writing!(&self.db, pool => {
            sqlx::query(own::NOTE_DELETION)
                .bind(&deletion.id)
                .bind(deletion.at.as_millisecond())
                .bind(deletion.what.as_str())
                .bind(deletion.before.map(Timestamp::as_millisecond))
                .bind(deletion.ordered_by.as_deref())
                .bind(encode_count(counts.recordings))
                .bind(encode_count(counts.calls))
                .bind(encode_count(counts.requests))
                .bind(encode_count(counts.deliveries))
                .bind(encode_count(counts.orders))
                .execute(pool)
                .await
                .map(drop)
                .map_err(from_sqlx)
        })
    }

    async fn list_deletions(&self, cursor: Option<&str>, count_max: u32) -> Result<Page<Deletion>, StoreError> {
        let from = Position::decode(cursor)?;
        let (shown, read) = page_limits(count_max);
        let rows: Vec<DeletionRow> = reading!(&self.db, pool => {
            sqlx::query_as(own::LIST_DELETIONS).bind(from.at_ms).bind(&from.id).bind(read).fetch_all(pool).await
        })
        .map_err(from_sqlx)?;
        page_of(rows, shown, |row| Position { at_ms: row.at, id: row.id.clone() }, decode_deletion)
    }
}

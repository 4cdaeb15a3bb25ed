//! Tallies of calls, written in the transaction that makes them change.

use crate::adapters::store::calls::{decode_json, decode_time};
use crate::domain::call::{Connection, OutcomeRecord, TurnTiming};
use crate::domain::figures::{CallTally, CellKey, Counting};
use crate::ports::store::StoreError;

/// A call, as it is counted.
#[derive(sqlx::FromRow)]
pub(in crate::adapters::store) struct EndedRow {
    pub(super) id: String,
    pub(super) ended_at: i64,
    turns: String,
    outcome: String,
    is_followed: i64,
}

/// What a call is counted as, and where.
pub(in crate::adapters::store) struct Tallied {
    pub(in crate::adapters::store) key: CellKey,
    outcome: OutcomeRecord,
    turns: Vec<TurnTiming>,
    is_followed: bool,
}

impl Tallied {
    pub(in crate::adapters::store) fn decode(row: &EndedRow, counting: &Counting) -> Result<Self, StoreError> {
        let outcome: OutcomeRecord = decode_json(&row.outcome)?;
        let key = counting.cell_of(decode_time(row.ended_at)?, &outcome);
        Ok(Self { key, outcome, turns: decode_json(&row.turns)?, is_followed: row.is_followed == 1 })
    }

    pub(in crate::adapters::store) fn tally(&self) -> CallTally {
        self.tally_if(self.is_followed)
    }

    pub(in crate::adapters::store) fn tally_if(&self, is_followed: bool) -> CallTally {
        CallTally::of_call(&self.turns, &self.outcome, is_followed)
    }
}

/// Whether an attempt of ours told the customer something.
pub(in crate::adapters::store) const fn is_contact_of_ours(connection: Connection) -> bool {
    matches!(connection, Connection::AnsweredHuman | Connection::VoicemailLeft)
}

/// Takes the lock under which tallies are written.
///
/// Order: before anything else in the transaction.
macro_rules! lock_tallying {
    ($tx:ident) => {
        sqlx::query($crate::adapters::store::sql::figures::LOCK_TALLYING)
            .execute(&mut *$tx)
            .await
            .map_err($crate::adapters::store::error::from_sqlx)?
    };
}

/// Changes the tally of one cell, under the lock.
macro_rules! change_tally {
    ($tx:ident, $key:expr, $change:expr) => {{
        use $crate::adapters::store::sql::figures as sql;
        let key: &$crate::domain::figures::CellKey = $key;
        let (day, is_held_back) = (key.day.to_string(), i64::from(key.is_held_back));
        macro_rules! of_cell {
            ($query:expr) => {
                $query.bind(&day).bind(&key.shop_id).bind(&key.scenario).bind(is_held_back)
            };
        }
        let stored: Option<String> =
            of_cell!(sqlx::query_scalar(sql::TALLY)).fetch_optional(&mut *$tx).await.map_err(from_sqlx)?;
        let mut tally = match stored {
            Some(stored) => decode_json(&stored)?,
            None => $crate::domain::figures::CallTally::default(),
        };
        $change(&mut tally);
        if tally == $crate::domain::figures::CallTally::default() {
            of_cell!(sqlx::query(sql::DELETE_TALLY)).execute(&mut *$tx).await.map_err(from_sqlx)?;
        } else {
            let written = encode_json(&tally);
            of_cell!(sqlx::query(sql::PUT_TALLY)).bind(written).execute(&mut *$tx).await.map_err(from_sqlx)?;
        }
    }};
}

/// The customer came about an order: earlier calls were followed, and moments asked about. `$call` is none of them.
macro_rules! note_asked {
    ($tx:ident, $counting:expr, $order_ref:expr, $call:expr, $at_ms:expr) => {{
        use $crate::adapters::store::sql::figures as sql;
        use $crate::domain::figures::{MOMENT_WITHIN, REPEAT_WITHIN};
        let at_ms: i64 = $at_ms;
        let followed: Vec<$crate::adapters::store::figures::tallying::EndedRow> =
            sqlx::query_as(sql::FOLLOW_CALLS_BEFORE)
                .bind($order_ref)
                .bind($call)
                .bind(at_ms)
                .bind(at_ms - i64::try_from(REPEAT_WITHIN.as_millis()).unwrap_or(i64::MAX))
                .fetch_all(&mut *$tx)
                .await
                .map_err(from_sqlx)?;
        for row in &followed {
            let call = $crate::adapters::store::figures::tallying::Tallied::decode(row, $counting)?;
            change_tally!($tx, &call.key, |tally: &mut $crate::domain::figures::CallTally| {
                tally.take_out(&call.tally_if(false));
                tally.add_all(&call.tally_if(true));
            });
        }
        sqlx::query(sql::NOTE_ASKED)
            .bind($order_ref)
            .bind(at_ms)
            .bind(at_ms - i64::try_from(MOMENT_WITHIN.as_millis()).unwrap_or(i64::MAX))
            .execute(&mut *$tx)
            .await
            .map_err(from_sqlx)?;
    }};
}

/// Counts a call that has just ended, and what its contact with the customer means for calls and moments before it.
macro_rules! count_ended {
    ($tx:ident, $counting:expr, $call:expr) => {{
        use $crate::adapters::store::figures::tallying::{EndedRow, Tallied, is_contact_of_ours};
        use $crate::adapters::store::sql::figures as sql;
        use $crate::domain::call::CallDirection;
        use $crate::domain::figures::{CallTally, MOMENT_WITHIN, REPEAT_WITHIN};
        let call: &$crate::domain::call::FinishedCall = $call;
        let (id, ended_ms) = (call.id.to_string(), call.ended_at.as_millisecond());
        if let Some(order_ref) = call.outcome.order_ref.as_ref().map(|order_ref| &order_ref.0) {
            let started_ms: i64 =
                sqlx::query_scalar(sql::STARTED_AT).bind(&id).fetch_one(&mut *$tx).await.map_err(from_sqlx)?;
            if call.outcome.direction == CallDirection::Inbound {
                note_asked!($tx, $counting, order_ref, &id, started_ms);
            } else if is_contact_of_ours(call.outcome.connection) {
                sqlx::query(sql::NOTE_TOLD)
                    .bind(order_ref)
                    .bind(started_ms)
                    .bind(started_ms - i64::try_from(MOMENT_WITHIN.as_millis()).unwrap_or(i64::MAX))
                    .execute(&mut *$tx)
                    .await
                    .map_err(from_sqlx)?;
            }
            sqlx::query(sql::FOLLOW_CALL)
                .bind(&id)
                .bind(ended_ms)
                .bind(i64::try_from(REPEAT_WITHIN.as_millis()).unwrap_or(i64::MAX))
                .execute(&mut *$tx)
                .await
                .map_err(from_sqlx)?;
        }
        let row: EndedRow = sqlx::query_as(sql::ENDED_CALL).bind(&id).fetch_one(&mut *$tx).await.map_err(from_sqlx)?;
        let tallied = Tallied::decode(&row, $counting)?;
        change_tally!($tx, &tallied.key, |tally: &mut CallTally| tally.add_all(&tallied.tally()));
    }};
}

pub(in crate::adapters::store) use {change_tally, count_ended, lock_tallying, note_asked};

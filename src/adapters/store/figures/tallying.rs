//! Tallies of calls, written in the transaction that makes them change.

use crate::adapters::store::calls::{decode_json, decode_time};
use crate::domain::call::{Connection, OutcomeRecord, PickUp, TurnTiming};
use crate::domain::figures::{CallTally, CameAgain, CellKey, Counter, Counting, Counts, Reach, count_order};
use crate::ports::store::StoreError;

/// A call, as it is counted.
#[derive(sqlx::FromRow)]
pub(in crate::adapters::store) struct EndedRow {
    pub(super) id: String,
    pub(super) ended_at: i64,
    turns: String,
    pick_up: String,
    outcome: String,
    is_followed: i64,
    is_repeated: i64,
    of_order: String,
    pub(super) order_ref: Option<String>,
    pub(super) reach: i64,
}

/// An attempt of ours, as it counts for its order.
#[derive(sqlx::FromRow)]
pub(in crate::adapters::store) struct AttemptRow {
    pub(in crate::adapters::store) id: String,
    ended_at: i64,
    outcome: String,
    of_order: String,
}

/// What an order comes to at one of its attempts, as it is counted and as it should be.
pub(in crate::adapters::store) struct AttemptCounts {
    pub(in crate::adapters::store) id: String,
    pub(in crate::adapters::store) key: CellKey,
    pub(in crate::adapters::store) counted: Counts<Counter>,
    pub(in crate::adapters::store) right: Counts<Counter>,
}

/// What an order comes to, by its dialled attempts from the first to the last.
pub(in crate::adapters::store) fn attempt_counts(
    rows: Vec<AttemptRow>,
    counting: &Counting,
) -> Result<Vec<AttemptCounts>, StoreError> {
    let outcomes: Vec<OutcomeRecord> =
        rows.iter().map(|row| decode_json(&row.outcome)).collect::<Result<_, StoreError>>()?;
    let counts = count_order(&outcomes);
    let attempts = rows.into_iter().zip(&outcomes).zip(counts).map(|((row, outcome), right)| {
        let key = counting.cell_of(decode_time(row.ended_at)?, outcome);
        Ok(AttemptCounts { id: row.id, key, counted: decode_json(&row.of_order)?, right })
    });
    attempts.collect()
}

/// As the column `reach` has it.
pub(in crate::adapters::store) const fn encode_reach(reach: Reach) -> i64 {
    match reach {
        Reach::None => 0,
        Reach::Dialled => 1,
        Reach::RightParty => 2,
        Reach::Disputed => 3,
    }
}

/// What a call is counted as, and where.
pub(in crate::adapters::store) struct Tallied {
    pub(in crate::adapters::store) key: CellKey,
    outcome: OutcomeRecord,
    turns: Vec<TurnTiming>,
    pick_up: PickUp,
    pub(in crate::adapters::store) came_again: CameAgain,
    pub(super) of_order: Counts<Counter>,
}

impl Tallied {
    pub(in crate::adapters::store) fn decode(row: &EndedRow, counting: &Counting) -> Result<Self, StoreError> {
        let outcome: OutcomeRecord = decode_json(&row.outcome)?;
        let key = counting.cell_of(decode_time(row.ended_at)?, &outcome);
        let came_again = CameAgain { soon: row.is_followed == 1, in_a_week: row.is_repeated == 1 };
        let (turns, pick_up) = (decode_json(&row.turns)?, decode_json(&row.pick_up)?);
        Ok(Self { key, outcome, turns, pick_up, came_again, of_order: decode_json(&row.of_order)? })
    }

    pub(in crate::adapters::store) fn tally(&self) -> CallTally {
        self.tally_if(self.came_again)
    }

    pub(in crate::adapters::store) fn tally_if(&self, came_again: CameAgain) -> CallTally {
        let mut tally = CallTally::of_call(&self.turns, &self.pick_up, &self.outcome, came_again);
        tally.counts.add_all(&self.of_order);
        tally
    }
}

/// Whether an attempt of ours told the customer something.
pub(in crate::adapters::store) const fn is_contact_of_ours(connection: Connection) -> bool {
    matches!(connection, Connection::AnsweredHuman | Connection::VoicemailLeft)
}

/// Takes the lock under which tallies are written.
///
/// Order: before anything else in the transaction but the lock of an order.
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
        use $crate::domain::figures::{CameAgain, MOMENT_WITHIN, REPEAT_WITHIN, RESOLVED_AFTER};
        let at_ms: i64 = $at_ms;
        for (statement, within) in
            [(sql::FOLLOW_CALLS_BEFORE, REPEAT_WITHIN), (sql::REPEAT_CALLS_BEFORE, RESOLVED_AFTER)]
        {
            let followed: Vec<$crate::adapters::store::figures::tallying::EndedRow> = sqlx::query_as(statement)
                .bind($order_ref)
                .bind($call)
                .bind(at_ms)
                .bind(at_ms - i64::try_from(within.as_millis()).unwrap_or(i64::MAX))
                .fetch_all(&mut *$tx)
                .await
                .map_err(from_sqlx)?;
            for row in &followed {
                let call = $crate::adapters::store::figures::tallying::Tallied::decode(row, $counting)?;
                let before = if within == REPEAT_WITHIN {
                    CameAgain { soon: false, ..call.came_again }
                } else {
                    CameAgain { in_a_week: false, ..call.came_again }
                };
                change_tally!($tx, &call.key, |tally: &mut $crate::domain::figures::CallTally| {
                    tally.take_out(&call.tally_if(before));
                    tally.add_all(&call.tally());
                });
            }
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

/// Counts anew what an order comes to at its attempts, under the lock.
macro_rules! count_order_anew {
    ($tx:ident, $counting:expr, $order_ref:expr) => {{
        use $crate::adapters::store::figures::tallying::{AttemptRow, attempt_counts};
        use $crate::adapters::store::sql::figures as sql;
        let rows: Vec<AttemptRow> =
            sqlx::query_as(sql::ATTEMPTS_OF_ORDER).bind($order_ref).fetch_all(&mut *$tx).await.map_err(from_sqlx)?;
        for attempt in attempt_counts(rows, $counting)?.iter().filter(|attempt| attempt.counted != attempt.right) {
            sqlx::query(sql::NOTE_OF_ORDER)
                .bind(&attempt.id)
                .bind(encode_json(&attempt.right))
                .execute(&mut *$tx)
                .await
                .map_err(from_sqlx)?;
            change_tally!($tx, &attempt.key, |tally: &mut $crate::domain::figures::CallTally| {
                tally.counts.take_out(&attempt.counted);
                tally.counts.add_all(&attempt.right);
            });
        }
        $crate::adapters::store::shipments::note_calls!($tx, $order_ref);
    }};
}

/// Counts a call that has just ended, and what its contact with the customer means for calls and moments before it.
macro_rules! count_ended {
    ($tx:ident, $counting:expr, $call:expr) => {{
        use $crate::adapters::store::figures::tallying::{EndedRow, Tallied, encode_reach, is_contact_of_ours};
        use $crate::adapters::store::sql::figures as sql;
        use $crate::domain::call::CallDirection;
        use $crate::domain::figures::{CallTally, MOMENT_WITHIN, REPEAT_WITHIN, RESOLVED_AFTER, Reach};
        let call: &$crate::domain::call::FinishedCall = $call;
        let (id, ended_ms, reach) = (call.id.to_string(), call.ended_at.as_millisecond(), Reach::of(&call.outcome));
        sqlx::query(sql::NOTE_REACH).bind(&id).bind(encode_reach(reach)).execute(&mut *$tx).await.map_err(from_sqlx)?;
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
            for (statement, within) in [(sql::FOLLOW_CALL, REPEAT_WITHIN), (sql::REPEAT_CALL, RESOLVED_AFTER)] {
                sqlx::query(statement)
                    .bind(&id)
                    .bind(ended_ms)
                    .bind(i64::try_from(within.as_millis()).unwrap_or(i64::MAX))
                    .execute(&mut *$tx)
                    .await
                    .map_err(from_sqlx)?;
            }
        }
        let row: EndedRow = sqlx::query_as(sql::ENDED_CALL).bind(&id).fetch_one(&mut *$tx).await.map_err(from_sqlx)?;
        let tallied = Tallied::decode(&row, $counting)?;
        change_tally!($tx, &tallied.key, |tally: &mut CallTally| tally.add_all(&tallied.tally()));
        if let Some(order_ref) = call.outcome.order_ref.as_ref().filter(|_| Reach::Dialled <= reach) {
            $crate::adapters::store::figures::tallying::count_order_anew!($tx, $counting, &order_ref.0);
        }
    }};
}

pub(in crate::adapters::store) use {change_tally, count_ended, count_order_anew, lock_tallying, note_asked};

//! What the calls of a period come to, from their tallies, and the tallies made anew from the calls.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use jiff::civil::Date;

use super::tallying::{AttemptRow, EndedRow, Tallied, attempt_counts, change_tally, lock_tallying};
use super::{group_code, sum_up, wanted};
use crate::adapters::store::SqlStore;
use crate::adapters::store::calls::{decode_json, decode_time, encode_json};
use crate::adapters::store::db::{in_transaction, reading, writing};
use crate::adapters::store::error::{from_sqlx, unreadable};
use crate::adapters::store::sql::figures as sql;
use crate::domain::figures::{CallTally, CellKey, FigureFilter, Group, REPEAT_WITHIN, RESOLVED_AFTER};
use crate::ports::figures::FigureStore as _;
use crate::ports::store::StoreError;

/// Calls read at a time.
const CALLS_READ: i64 = 1_000;

#[derive(sqlx::FromRow)]
struct TallyRow {
    shop_id: String,
    scenario: String,
    is_held_back: i64,
    tally: String,
}

impl SqlStore {
    /// Whole days from their tallies, what is left of days at both ends from the calls themselves.
    pub(super) async fn tally(&self, filter: &FigureFilter) -> Result<CallTally, StoreError> {
        let (first, last, to) = self.whole_days(filter).await?;
        if last <= first {
            return self.tally_calls(filter, filter.from, to).await;
        }
        let (begin, end) = (self.counting.begin_of(first), self.counting.begin_of(last));
        let (mut tally, at_end, whole) = tokio::try_join!(
            self.tally_calls(filter, filter.from, begin),
            self.tally_calls(filter, end, to),
            self.tally_days(filter, first, last),
        )?;
        tally.add_all(&at_end);
        tally.add_all(&whole);
        Ok(tally)
    }

    async fn tally_days(&self, filter: &FigureFilter, first: Date, last: Date) -> Result<CallTally, StoreError> {
        let stored: Vec<String> = reading!(&self.db, pool => {
            sqlx::query_scalar(sql::TALLIES)
                .bind(first.to_string())
                .bind(last.to_string())
                .bind(wanted(filter.shop_id.as_ref()))
                .bind(wanted(filter.scenario.as_ref()))
                .bind(group_code(filter.group))
                .fetch_all(pool)
                .await
        })
        .map_err(from_sqlx)?;
        sum_up(stored).await
    }

    /// The first whole day of a period, the first day after them, and the period's end. A day that is not over is
    /// whole: no call ends later than the last one.
    async fn whole_days(&self, filter: &FigureFilter) -> Result<(Date, Date, Timestamp), StoreError> {
        let counting = &self.counting;
        let after = |day: Date| day.tomorrow().unwrap_or(Date::MAX);
        let begun = counting.day_of(filter.from);
        let first = if counting.begin_of(begun) == filter.from { begun } else { after(begun) };
        let (_, newest) = self.ends_of_calls().await?;
        let last = counting.day_of(filter.to);
        match newest {
            Some(newest) if filter.to.as_millisecond() <= newest => Ok((first, last, filter.to)),
            Some(_) | None => Ok((first, after(last), counting.begin_of(after(last)))),
        }
    }

    async fn tally_calls(
        &self,
        filter: &FigureFilter,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<CallTally, StoreError> {
        let mut tally = CallTally::default();
        let mut next = (from.as_millisecond(), String::new());
        loop {
            let rows: Vec<EndedRow> = reading!(&self.db, pool => {
                sqlx::query_as(sql::CALLS_ENDED_WITHIN)
                    .bind(from.as_millisecond())
                    .bind(to.as_millisecond())
                    .bind(next.0)
                    .bind(&next.1)
                    .bind(CALLS_READ)
                    .fetch_all(pool)
                    .await
            })
            .map_err(from_sqlx)?;
            let Some(last) = rows.last() else { break };
            next = (last.ended_at, last.id.clone());
            for row in &rows {
                let call = Tallied::decode(row, &self.counting)?;
                if is_wanted(&call.key, filter) {
                    tally.add_all(&call.tally());
                }
            }
        }
        Ok(tally)
    }

    async fn ends_of_calls(&self) -> Result<(Option<i64>, Option<i64>), StoreError> {
        reading!(&self.db, pool => sqlx::query_as(sql::ENDS_OF_CALLS).fetch_one(pool).await).map_err(from_sqlx)
    }

    /// The days that have calls or tallies.
    pub(super) async fn days(&self) -> Result<Option<(Date, Date)>, StoreError> {
        let (first, last) = self.ends_of_calls().await?;
        let day_of = |ms: i64| decode_time(ms).map(|at| self.counting.day_of(at));
        let ended = [first, last].into_iter().flatten().map(day_of).collect::<Result<Vec<_>, _>>()?;
        let tallied: (Option<String>, Option<String>) =
            reading!(&self.db, pool => sqlx::query_as(sql::DAYS_TALLIED).fetch_one(pool).await).map_err(from_sqlx)?;
        let tallied = [tallied.0, tallied.1].into_iter().flatten();
        let tallied = tallied.map(|day| day.parse().map_err(|_| unreadable())).collect::<Result<Vec<Date>, _>>()?;
        let days = || ended.iter().chain(&tallied).copied();
        Ok(days().min().zip(days().max()))
    }

    /// Counts the calls of a day anew; gives how many there are, and how many cells were otherwise.
    pub(super) async fn recount_day(&self, day: Date) -> Result<(u64, u64), StoreError> {
        let (from, to) = (self.counting.begin_of(day), self.counting.begin_of(day.tomorrow().unwrap_or(Date::MAX)));
        let (from_ms, to_ms) = (from.as_millisecond(), to.as_millisecond());
        in_transaction!(&self.db, tx => {
            lock_tallying!(tx);
            for (statement, within) in
                [(sql::FOLLOW_CALLS_WITHIN, REPEAT_WITHIN), (sql::REPEAT_CALLS_WITHIN, RESOLVED_AFTER)]
            {
                sqlx::query(statement)
                    .bind(from_ms)
                    .bind(to_ms)
                    .bind(i64::try_from(within.as_millis()).unwrap_or(i64::MAX))
                    .execute(&mut *tx)
                    .await
                    .map_err(from_sqlx)?;
            }
            let mut cells: BTreeMap<CellKey, CallTally> = BTreeMap::new();
            let (mut next, mut calls) = ((from_ms, String::new()), 0);
            loop {
                let rows: Vec<EndedRow> = sqlx::query_as(sql::CALLS_ENDED_WITHIN)
                    .bind(from_ms)
                    .bind(to_ms)
                    .bind(next.0)
                    .bind(&next.1)
                    .bind(CALLS_READ)
                    .fetch_all(&mut *tx)
                    .await
                    .map_err(from_sqlx)?;
                let Some(last) = rows.last() else { break };
                next = (last.ended_at, last.id.clone());
                calls += rows.len() as u64;
                for row in &rows {
                    let mut call = Tallied::decode(row, &self.counting)?;
                    if let (Some(order_ref), 1..) = (&row.order_ref, row.reach) {
                        let attempts: Vec<AttemptRow> = sqlx::query_as(sql::ATTEMPTS_OF_ORDER)
                            .bind(order_ref)
                            .fetch_all(&mut *tx)
                            .await
                            .map_err(from_sqlx)?;
                        let mut attempts = attempt_counts(attempts, &self.counting)?.into_iter();
                        let own = attempts.find(|attempt| attempt.id == row.id).ok_or_else(unreadable)?;
                        if own.counted != own.right {
                            sqlx::query(sql::NOTE_OF_ORDER)
                                .bind(&row.id)
                                .bind(encode_json(&own.right))
                                .execute(&mut *tx)
                                .await
                                .map_err(from_sqlx)?;
                        }
                        call.of_order = own.right;
                    }
                    cells.entry(call.key.clone()).or_default().add_all(&call.tally());
                }
            }
            let stored: Vec<TallyRow> = sqlx::query_as(sql::TALLIES_OF_DAY)
                .bind(day.to_string())
                .fetch_all(&mut *tx)
                .await
                .map_err(from_sqlx)?;
            let corrected = differing(day, &cells, &stored)?;
            if corrected != 0 {
                sqlx::query(sql::DELETE_TALLIES_OF_DAY)
                    .bind(day.to_string())
                    .execute(&mut *tx)
                    .await
                    .map_err(from_sqlx)?;
                for (key, counted) in &cells {
                    change_tally!(tx, key, |tally: &mut CallTally| tally.add_all(counted));
                }
            }
            Ok((calls, corrected))
        })
    }

    pub(super) async fn note_counted(&self) -> Result<(), StoreError> {
        writing!(&self.db, pool => sqlx::query(sql::NOTE_COUNTED).execute(pool).await.map(drop)).map_err(from_sqlx)
    }

    /// Counts the calls of a database that is older than its tallies.
    pub(in crate::adapters::store) async fn count_calls_of_before(&self) -> Result<(), StoreError> {
        let has_counted: i64 = reading!(&self.db, pool => sqlx::query_scalar(sql::HAS_COUNTED).fetch_one(pool).await)
            .map_err(from_sqlx)?;
        if has_counted == 0 { self.recount().await.map(drop) } else { Ok(()) }
    }
}

fn is_wanted(key: &CellKey, filter: &FigureFilter) -> bool {
    filter.shop_id.as_ref().is_none_or(|shop_id| *shop_id == key.shop_id)
        && filter.scenario.as_ref().is_none_or(|scenario| *scenario == key.scenario)
        && filter.group.is_none_or(|group| (group == Group::Control) == key.is_held_back)
}

/// How many cells of a day are not what they should be.
fn differing(day: Date, cells: &BTreeMap<CellKey, CallTally>, stored: &[TallyRow]) -> Result<u64, StoreError> {
    let mut known = BTreeMap::new();
    for row in stored {
        let (shop_id, scenario) = (row.shop_id.clone(), row.scenario.clone());
        known.insert(CellKey { day, shop_id, scenario, is_held_back: row.is_held_back == 1 }, decode_json(&row.tally)?);
    }
    let keys: BTreeSet<&CellKey> = cells.keys().chain(known.keys()).collect();
    Ok(keys.into_iter().filter(|key| cells.get(key) != known.get(key)).count() as u64)
}

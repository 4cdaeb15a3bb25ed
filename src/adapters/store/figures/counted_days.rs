//! What is counted beside calls: kept by day, and counted anew of days in which something has changed since.
//!
//! Triggers write down the time of every row that comes, goes or changes. Whoever counts a day takes what was written
//! down about it away first, in one transaction: what is written down later has the day counted again. A day of which
//! nothing was ever written down has nothing to count.

use std::collections::BTreeSet;

use jiff::Timestamp;
use jiff::civil::Date;

use super::tallying::lock_tallying;
use super::{count_of, sum_up};
use crate::adapters::store::SqlStore;
use crate::adapters::store::calls::{decode_time, encode_json};
use crate::adapters::store::db::{Db, in_transaction, reading};
use crate::adapters::store::desk::decode_promise;
use crate::adapters::store::error::from_sqlx;
use crate::adapters::store::sql::counted_days as sql;
use crate::adapters::store::sql::figures as rows;
use crate::domain::desk::PromiseState;
use crate::domain::figures::{AddUp, BesideCalls, CONTACT_SOON, Counts, Links, Moments, ShippedCounts};
use crate::ports::store::StoreError;

const QUARTER_MS: i64 = 900_000;

#[derive(sqlx::FromRow)]
struct ShippedRow {
    is_held_back: i64,
    is_cod: i64,
    shipped: i64,
    attempted: i64,
    attempt_failed: i64,
    returned: i64,
}

#[derive(sqlx::FromRow)]
struct FailedRow {
    is_held_back: i64,
    failed: i64,
    recovered: i64,
    contacted: i64,
    contacted_soon: i64,
    absent_called: i64,
    absent_disputed: i64,
}

/// The rows of a period, as they are counted.
struct Rows {
    tickets: Vec<(i64, String, i64, i64)>,
    shipped: Vec<ShippedRow>,
    failed: Vec<FailedRow>,
    moments: Vec<(i64, i64, i64)>,
    leads: Vec<(i64, i64, i64)>,
    leads_from_event: Vec<(i64, i64, i64)>,
    promises: Vec<(String, i64)>,
    seen_to: (i64, i64),
    links: (i64, i64),
}

/// Reads the rows of a period in milliseconds.
macro_rules! read_rows {
    ($run:expr, $from:expr, $to:expr) => {{
        let (from, to): (i64, i64) = ($from, $to);
        let soon = i64::try_from(CONTACT_SOON.as_millis()).unwrap_or(i64::MAX);
        macro_rules! all {
            ($statement:expr) => {
                sqlx::query_as($statement).bind(from).bind(to).fetch_all($run).await.map_err(from_sqlx)?
            };
        }
        macro_rules! one {
            ($statement:expr) => {
                sqlx::query_as($statement).bind(from).bind(to).fetch_one($run).await.map_err(from_sqlx)?
            };
        }
        Rows {
            tickets: all!(rows::COUNT_TICKETS),
            shipped: all!(rows::COUNT_SHIPPED),
            failed: sqlx::query_as(rows::COUNT_FAILED)
                .bind(from)
                .bind(to)
                .bind(soon)
                .fetch_all($run)
                .await
                .map_err(from_sqlx)?,
            moments: all!(rows::COUNT_MOMENTS),
            leads: all!(rows::LEADS),
            leads_from_event: all!(rows::LEADS_FROM_EVENT),
            promises: all!(rows::COUNT_PROMISES),
            seen_to: one!(rows::COUNT_SEEN_TO),
            links: one!(rows::COUNT_LINKS),
        }
    }};
}

impl SqlStore {
    /// Whole days as they are kept, what is left of days at both ends from the rows themselves.
    pub(in crate::adapters::store) async fn beside_calls(
        &self,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<BesideCalls, StoreError> {
        let (first, last) = self.days_within(from, to);
        if last <= first {
            return self.count_rows(from, to).await;
        }
        let (begin, end) = (self.counting.begin_of(first), self.counting.begin_of(last));
        for day in self.stale_days(begin.as_millisecond(), end.as_millisecond()).await? {
            self.count_day(day).await?;
        }
        let days: Vec<String> = reading!(&self.db, pool => {
            let days = sqlx::query_scalar(sql::DAYS).bind(begin.as_millisecond()).bind(end.as_millisecond());
            days.fetch_all(pool).await
        })
        .map_err(from_sqlx)?;
        let (mut counted, at_end, whole) =
            tokio::try_join!(self.count_rows(from, begin), self.count_rows(end, to), sum_up::<BesideCalls>(days))?;
        counted.add_all(&at_end);
        counted.add_all(&whole);
        Ok(counted)
    }

    /// Counts the days in which something has changed since they were counted.
    pub(super) async fn count_stale_days(&self) -> Result<(), StoreError> {
        for day in self.stale_days(i64::MIN, i64::MAX).await? {
            self.count_day(day).await?;
        }
        Ok(())
    }

    /// Reads all that is kept of days, so that whoever asks first does not wait for the disk: a large file has it far
    /// apart.
    pub(super) async fn fetch_kept_days(&self) -> Result<(), StoreError> {
        let _: Option<i64> =
            reading!(&self.db, pool => sqlx::query_scalar(sql::READ_ALL).fetch_one(pool).await).map_err(from_sqlx)?;
        Ok(())
    }

    /// Counts all days anew.
    pub(super) async fn recount_days(&self) -> Result<(), StoreError> {
        in_transaction!(&self.db, tx => {
            lock_tallying!(tx);
            for statement in [sql::DELETE_DAYS, sql::MARK_ALL] {
                sqlx::query(statement).execute(&mut *tx).await.map_err(from_sqlx)?;
            }
            Ok(())
        })?;
        self.count_stale_days().await
    }

    /// The first day that lies in a period as a whole, and the first after those.
    fn days_within(&self, from: Timestamp, to: Timestamp) -> (Date, Date) {
        let begun = self.counting.day_of(from);
        let is_whole = self.counting.begin_of(begun) == from;
        (if is_whole { begun } else { begun.tomorrow().unwrap_or(Date::MAX) }, self.counting.day_of(to))
    }

    async fn stale_days(&self, from_ms: i64, to_ms: i64) -> Result<BTreeSet<Date>, StoreError> {
        let quarters: Vec<i64> = reading!(&self.db, pool => {
            sqlx::query_scalar(sql::STALE_QUARTERS).bind(from_ms).bind(to_ms).fetch_all(pool).await
        })
        .map_err(from_sqlx)?;
        quarters.into_iter().map(|quarter| Ok(self.counting.day_of(decode_time(quarter * QUARTER_MS)?))).collect()
    }

    async fn count_day(&self, day: Date) -> Result<(), StoreError> {
        let ends = [day, day.tomorrow().unwrap_or(Date::MAX)];
        let [from, to] = ends.map(|day| self.counting.begin_of(day).as_millisecond());
        in_transaction!(&self.db, tx => {
            lock_tallying!(tx);
            sqlx::query(sql::DELETE_STALE).bind(from).bind(to).execute(&mut *tx).await.map_err(from_sqlx)?;
            let counted = read_rows!(&mut *tx, from, to).counted()?;
            sqlx::query(sql::PUT_DAY)
                .bind(from)
                .bind(to)
                .bind(encode_json(&counted))
                .execute(&mut *tx)
                .await
                .map_err(from_sqlx)?;
            Ok(())
        })
    }

    /// Straight from the rows.
    pub(in crate::adapters::store) async fn count_rows(
        &self,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<BesideCalls, StoreError> {
        if to <= from {
            return Ok(BesideCalls::default());
        }
        let (from, to) = (from.as_millisecond(), to.as_millisecond());
        reading!(&self.db, pool => read_rows!(pool, from, to)).counted()
    }

    /// Makes the triggers where they are missing, and has counted what was there before.
    pub(in crate::adapters::store) async fn mark_changes(&self) -> Result<(), StoreError> {
        let triggers: Vec<&'static str> = match &self.db {
            Db::Sqlite { .. } => sql::TRIGGERS_ON_SQLITE.into_iter().flatten().collect(),
            Db::Postgres(_) => sql::TRIGGERS_ON_POSTGRES.into_iter().flatten().collect(),
        };
        in_transaction!(&self.db, tx => {
            let taken = sqlx::query(sql::TAKE_ON_TRIGGERS).execute(&mut *tx).await.map_err(from_sqlx)?;
            if taken.rows_affected() == 1 {
                for trigger in triggers {
                    sqlx::query(trigger).execute(&mut *tx).await.map_err(from_sqlx)?;
                }
                sqlx::query(sql::MARK_ALL).execute(&mut *tx).await.map_err(from_sqlx)?;
            }
            Ok(())
        })
    }
}

impl Rows {
    fn counted(self) -> Result<BesideCalls, StoreError> {
        let mut counted = BesideCalls::default();
        for (is_held_back, channel, is_wismo, tickets) in self.tickets {
            let group = counted.tickets.group_mut(is_held_back == 1);
            let tickets = count_of(tickets)?;
            group.all += tickets;
            if is_wismo == 1 {
                group.wismo.add(channel, tickets);
            }
        }
        for row in self.shipped {
            let group = counted.parcels.group_mut(row.is_held_back == 1);
            *(if row.is_cod == 1 { &mut group.cod } else { &mut group.prepaid }) = ShippedCounts {
                shipped: count_of(row.shipped)?,
                attempted: count_of(row.attempted)?,
                attempt_failed: count_of(row.attempt_failed)?,
                returned: count_of(row.returned)?,
            };
        }
        for row in self.failed {
            let group = counted.parcels.group_mut(row.is_held_back == 1);
            group.failed = count_of(row.failed)?;
            group.recovered = count_of(row.recovered)?;
            group.contacted = count_of(row.contacted)?;
            group.contacted_soon = count_of(row.contacted_soon)?;
            group.absent_called = count_of(row.absent_called)?;
            group.absent_disputed = count_of(row.absent_disputed)?;
        }
        for (is_held_back, detected, ours_first) in self.moments {
            let group = counted.moments.group_mut(is_held_back == 1);
            (group.detected, group.ours_first) = (count_of(detected)?, count_of(ours_first)?);
        }
        let mut add = |rows: Vec<(i64, i64, i64)>, of: fn(&mut Moments) -> &mut Counts<u64>| {
            for (is_held_back, minutes, moments) in rows {
                // An event that its source dates ahead was told of at once.
                let minutes = u64::try_from(minutes).unwrap_or_default();
                of(counted.moments.group_mut(is_held_back == 1)).add(minutes, count_of(moments)?);
            }
            Ok::<_, StoreError>(())
        };
        add(self.leads, |moments| &mut moments.lead_minutes)?;
        add(self.leads_from_event, |moments| &mut moments.lead_minutes_from_event)?;
        for (state, count) in self.promises {
            let count = count_of(count)?;
            match decode_promise(&state)? {
                PromiseState::Open => counted.requests.promises_open = count,
                PromiseState::Kept => counted.requests.promises_kept = count,
                PromiseState::Missed => counted.requests.promises_missed = count,
            }
        }
        (counted.requests.seen_to, counted.requests.marked_wrong) =
            (count_of(self.seen_to.0)?, count_of(self.seen_to.1)?);
        counted.links = Links { sent: count_of(self.links.0)?, paid: count_of(self.links.1)? };
        Ok(counted)
    }
}

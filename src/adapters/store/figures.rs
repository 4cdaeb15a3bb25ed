//! Figures: tallies that every ended call is added to in its own transaction, and what else is counted of a period.

mod of_calls;
pub(super) mod tallying;

use async_trait::async_trait;

use super::SqlStore;
use super::calls::{decode_json, encode_json};
use super::db::{in_transaction, reading};
use super::desk::decode_promise;
use super::error::{from_sqlx, unreadable};
use super::sql::figures as sql;
use crate::domain::desk::PromiseState;
use crate::domain::figures::{
    CONTACT_SOON, Counted, Counts, FigureFilter, Group, Links, Moments, Parcels, Requests, ShippedCounts, Ticket,
    TicketCounts,
};
use crate::domain::values::PhoneNumber;
use crate::ports::figures::{FigureStore, Recount};
use crate::ports::store::{PutOrder, StoreError};
use tallying::{change_tally, lock_tallying, note_asked};

#[derive(sqlx::FromRow)]
struct TicketRow {
    opened_at: i64,
    channel: String,
    topic: String,
    order_ref: Option<String>,
    tickets: i64,
}

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

/// Binds the period of a statement.
macro_rules! of_period {
    ($query:expr, $filter:expr) => {
        $query.bind($filter.from.as_millisecond()).bind($filter.to.as_millisecond())
    };
}

/// 1 for the group that is held back, 0 for the other, −1 for both.
const fn group_code(group: Option<Group>) -> i64 {
    match group {
        Some(Group::Control) => 1,
        Some(Group::Treated) => 0,
        None => -1,
    }
}

fn count_of(count: i64) -> Result<u64, StoreError> {
    u64::try_from(count).map_err(|_| unreadable())
}

/// PostgreSQL refuses text with a NUL; nothing stored has one.
fn wanted(text: Option<&String>) -> String {
    text.map(|text| text.replace('\0', "")).unwrap_or_default()
}

#[async_trait]
impl FigureStore for SqlStore {
    async fn counted(&self, filter: &FigureFilter) -> Result<Counted, StoreError> {
        let calls = self.tally(filter).await?;
        let is_own_shop = filter.shop_id.as_ref().is_none_or(|shop_id| *shop_id == self.counting.shop_id);
        if !is_own_shop || filter.scenario.is_some() {
            return Ok(Counted { calls, ..Counted::default() });
        }
        let (requests, links) = match filter.group {
            Some(_) => (None, None),
            None => (Some(self.requests(filter).await?), Some(self.links(filter).await?)),
        };
        Ok(Counted {
            calls,
            tickets: Some(self.tickets(filter).await?),
            parcels: Some(self.parcels(filter).await?),
            moments: Some(self.moments(filter).await?),
            requests,
            links,
        })
    }

    async fn put_ticket(&self, ticket: &Ticket) -> Result<PutOrder, StoreError> {
        let order_ref = ticket.order_ref.as_ref().map(|order_ref| &order_ref.0);
        let opened_ms = ticket.opened_at.as_millisecond();
        in_transaction!(&self.db, tx => {
            lock_tallying!(tx);
            let stored: Option<TicketRow> =
                sqlx::query_as(sql::TICKET).bind(&ticket.ticket_ref).fetch_optional(&mut *tx).await.map_err(from_sqlx)?;
            if stored.as_ref().is_some_and(|stored| stored.is(ticket)) {
                return Ok(PutOrder::Unchanged);
            }
            let phone = match &ticket.phone {
                Some(phone) => Some(phone.reveal().to_owned()),
                None => sqlx::query_scalar(sql::PHONE_OF_ORDER)
                    .bind(order_ref)
                    .fetch_optional(&mut *tx)
                    .await
                    .map_err(from_sqlx)?,
            };
            let phone: Option<PhoneNumber> = phone.map(|phone| phone.parse().map_err(|_| unreadable())).transpose()?;
            let is_held_back = phone.is_some_and(|phone| self.counting.control_group.holds_back(&phone));
            sqlx::query(sql::PUT_TICKET)
                .bind(&ticket.ticket_ref)
                .bind(opened_ms)
                .bind(&ticket.channel)
                .bind(&ticket.topic)
                .bind(i64::from(ticket.is_wismo()))
                .bind(order_ref)
                .bind(i64::from(is_held_back))
                .bind(i64::from(ticket.count))
                .execute(&mut *tx)
                .await
                .map_err(from_sqlx)?;
            if let Some(order_ref) = order_ref {
                note_asked!(tx, &self.counting, order_ref, "", opened_ms);
            }
            Ok(if stored.is_some() { PutOrder::Updated } else { PutOrder::Inserted })
        })
    }

    async fn recount(&self) -> Result<Recount, StoreError> {
        let mut recount = Recount::default();
        if let Some((mut day, last)) = self.days().await? {
            loop {
                let (calls, corrected) = self.recount_day(day).await?;
                recount.days += 1;
                recount.calls += calls;
                recount.corrected += corrected;
                if last <= day {
                    break;
                }
                day = day.tomorrow().map_err(|_| unreadable())?;
            }
        }
        self.note_counted().await?;
        Ok(recount)
    }
}

impl TicketRow {
    fn is(&self, ticket: &Ticket) -> bool {
        self.opened_at == ticket.opened_at.as_millisecond()
            && self.channel == ticket.channel
            && self.topic == ticket.topic
            && self.order_ref.as_ref() == ticket.order_ref.as_ref().map(|order_ref| &order_ref.0)
            && self.tickets == i64::from(ticket.count)
    }
}

impl SqlStore {
    async fn tickets(&self, filter: &FigureFilter) -> Result<TicketCounts, StoreError> {
        let rows: Vec<(String, i64, i64)> = reading!(&self.db, pool => {
            of_period!(sqlx::query_as(sql::COUNT_TICKETS), filter)
                .bind(group_code(filter.group))
                .fetch_all(pool)
                .await
        })
        .map_err(from_sqlx)?;
        let mut counts = TicketCounts::default();
        for (channel, is_wismo, tickets) in rows {
            let tickets = count_of(tickets)?;
            counts.all += tickets;
            if is_wismo == 1 {
                counts.wismo.add(channel, tickets);
            }
        }
        Ok(counts)
    }

    async fn parcels(&self, filter: &FigureFilter) -> Result<Parcels, StoreError> {
        let shipped: Vec<ShippedRow> = reading!(&self.db, pool => {
            of_period!(sqlx::query_as(sql::COUNT_SHIPPED), filter).fetch_all(pool).await
        })
        .map_err(from_sqlx)?;
        let failed: Vec<FailedRow> = reading!(&self.db, pool => {
            of_period!(sqlx::query_as(sql::COUNT_FAILED), filter)
                .bind(i64::try_from(CONTACT_SOON.as_millis()).unwrap_or(i64::MAX))
                .fetch_all(pool)
                .await
        })
        .map_err(from_sqlx)?;
        let mut parcels = Parcels::default();
        for row in shipped {
            let group = if row.is_held_back == 1 { &mut parcels.control } else { &mut parcels.treated };
            *(if row.is_cod == 1 { &mut group.cod } else { &mut group.prepaid }) = ShippedCounts {
                shipped: count_of(row.shipped)?,
                attempted: count_of(row.attempted)?,
                attempt_failed: count_of(row.attempt_failed)?,
                returned: count_of(row.returned)?,
            };
        }
        for row in failed {
            let group = if row.is_held_back == 1 { &mut parcels.control } else { &mut parcels.treated };
            group.failed = count_of(row.failed)?;
            group.recovered = count_of(row.recovered)?;
            group.contacted = count_of(row.contacted)?;
            group.contacted_soon = count_of(row.contacted_soon)?;
            group.absent_called = count_of(row.absent_called)?;
            group.absent_disputed = count_of(row.absent_disputed)?;
        }
        Ok(parcels)
    }

    async fn moments(&self, filter: &FigureFilter) -> Result<Moments, StoreError> {
        let (detected, ours_first): (i64, i64) = reading!(&self.db, pool => {
            of_period!(sqlx::query_as(sql::COUNT_MOMENTS), filter)
                .bind(group_code(filter.group))
                .fetch_one(pool)
                .await
        })
        .map_err(from_sqlx)?;
        Ok(Moments {
            detected: count_of(detected)?,
            ours_first: count_of(ours_first)?,
            lead_minutes: self.leads(sql::LEADS, filter).await?,
            lead_minutes_from_event: self.leads(sql::LEADS_FROM_EVENT, filter).await?,
        })
    }

    async fn leads(&self, statement: &'static str, filter: &FigureFilter) -> Result<Counts<u64>, StoreError> {
        let rows: Vec<(i64, i64)> = reading!(&self.db, pool => {
            of_period!(sqlx::query_as(statement), filter).bind(group_code(filter.group)).fetch_all(pool).await
        })
        .map_err(from_sqlx)?;
        let mut counts = Counts::default();
        for (minutes, moments) in rows {
            // An event that its source dates ahead was told of at once.
            counts.add(u64::try_from(minutes).unwrap_or_default(), count_of(moments)?);
        }
        Ok(counts)
    }

    async fn links(&self, filter: &FigureFilter) -> Result<Links, StoreError> {
        let (sent, paid): (i64, i64) = reading!(&self.db, pool => {
            of_period!(sqlx::query_as(sql::COUNT_LINKS), filter).fetch_one(pool).await
        })
        .map_err(from_sqlx)?;
        Ok(Links { sent: count_of(sent)?, paid: count_of(paid)? })
    }

    async fn requests(&self, filter: &FigureFilter) -> Result<Requests, StoreError> {
        let rows: Vec<(String, i64)> = reading!(&self.db, pool => {
            of_period!(sqlx::query_as(sql::COUNT_PROMISES), filter).fetch_all(pool).await
        })
        .map_err(from_sqlx)?;
        let (seen_to, marked_wrong): (i64, i64) = reading!(&self.db, pool => {
            of_period!(sqlx::query_as(sql::COUNT_SEEN_TO), filter).fetch_one(pool).await
        })
        .map_err(from_sqlx)?;
        let (seen_to, marked_wrong) = (count_of(seen_to)?, count_of(marked_wrong)?);
        let mut requests = Requests { seen_to, marked_wrong, ..Requests::default() };
        for (state, count) in rows {
            let count = count_of(count)?;
            match decode_promise(&state)? {
                PromiseState::Open => requests.promises_open = count,
                PromiseState::Kept => requests.promises_kept = count,
                PromiseState::Missed => requests.promises_missed = count,
            }
        }
        Ok(requests)
    }
}

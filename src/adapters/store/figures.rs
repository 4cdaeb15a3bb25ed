//! Figures: tallies that every ended call is added to in its own transaction, and what else is counted of a period.

mod counted_days;
mod of_calls;
pub(super) mod tallying;

use async_trait::async_trait;
use serde::de::DeserializeOwned;

use super::SqlStore;
use super::calls::{decode_json, encode_json};
use super::db::in_transaction;
use super::error::{failed, from_sqlx, unreadable};
use super::sql::figures as sql;
use crate::domain::figures::{AddUp, Counted, FigureFilter, Group, Ticket};
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

/// Adds up what is kept of many days. Thousands of records are read: that takes time of two threads, and of none that
/// carries calls.
async fn sum_up<T>(mut kept: Vec<String>) -> Result<T, StoreError>
where
    T: AddUp + Default + DeserializeOwned + Send + 'static,
{
    let rest = kept.split_off(kept.len() / 2);
    let [first, rest] = [kept, rest].map(|kept| {
        tokio::task::spawn_blocking(move || {
            let mut sum = T::default();
            for record in &kept {
                sum.add_all(&decode_json(record)?);
            }
            Ok::<T, StoreError>(sum)
        })
    });
    let stopped = |_| failed("the figures could not be added up");
    let mut sum = first.await.map_err(stopped)??;
    sum.add_all(&rest.await.map_err(stopped)??);
    Ok(sum)
}

/// PostgreSQL refuses text with a NUL; nothing stored has one.
fn wanted(text: Option<&String>) -> String {
    text.map(|text| text.replace('\0', "")).unwrap_or_default()
}

#[async_trait]
impl FigureStore for SqlStore {
    async fn counted(&self, filter: &FigureFilter) -> Result<Counted, StoreError> {
        let is_own_shop = filter.shop_id.as_ref().is_none_or(|shop_id| *shop_id == self.counting.shop_id);
        if !is_own_shop || filter.scenario.is_some() {
            return Ok(Counted { calls: self.tally(filter).await?, ..Counted::default() });
        }
        let (calls, beside) = tokio::try_join!(self.tally(filter), self.beside_calls(filter.from, filter.to))?;
        let of_all = filter.group.is_none();
        Ok(Counted {
            calls,
            tickets: Some(beside.tickets.of(filter.group)),
            parcels: Some(beside.parcels),
            moments: Some(beside.moments.of(filter.group)),
            requests: of_all.then_some(beside.requests),
            links: of_all.then_some(beside.links),
        })
    }

    async fn keep_counted(&self) -> Result<(), StoreError> {
        self.count_stale_days().await?;
        self.fetch_kept_days().await
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
        self.recount_days().await?;
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

//! Orders: one record each, beside the columns it is found by.

use async_trait::async_trait;
use jiff::Timestamp;

use super::SqlStore;
use super::calls::{decode_json, encode_json};
use super::db::{in_transaction, reading, writing};
use super::error::{from_sqlx, unreadable};
use super::page::{Position, page_limits, page_of};
use super::paid::note_paid;
use super::shipments::list_shipments_of;
use super::sql;
use crate::domain::orders::{Order, OrderRef};
use crate::domain::values::PhoneNumber;
use crate::ports::store::{OrderStore, Page, PutOrder, StoreError};

#[derive(sqlx::FromRow)]
struct OrderRow {
    order_ref: String,
    placed_at: i64,
    record: String,
}

/// What an order is found by.
pub(super) struct OrderKeys {
    pub(super) letters: String,
    pub(super) digits: String,
    pub(super) postcode: String,
}

impl OrderKeys {
    pub(super) fn of(order: &Order) -> Self {
        let letters = letters_and_digits(&order.order_ref.0);
        Self {
            digits: letters.chars().filter(char::is_ascii_digit).collect(),
            letters,
            postcode: letters_and_digits(order.address.postcode.reveal()),
        }
    }
}

/// Text as it is compared: without blanks, dashes and case.
fn letters_and_digits(text: &str) -> String {
    text.chars().filter(|letter| letter.is_alphanumeric()).flat_map(char::to_uppercase).collect()
}

pub(super) fn decode_order(record: &str) -> Result<Order, StoreError> {
    serde_json::from_str(record).map_err(|_| unreadable())
}

pub(super) fn encode_order(order: &Order) -> String {
    serde_json::to_string(order).expect("an order has only text keys")
}

macro_rules! run_order_write {
    ($tx:ident, $statement:expr, $order:expr, $seen_at:expr) => {{
        let keys = OrderKeys::of($order);
        sqlx::query($statement)
            .bind(&$order.order_ref.0)
            .bind(keys.letters)
            .bind(keys.digits)
            .bind($order.customer.phone.reveal())
            .bind(keys.postcode)
            .bind($order.placed_at.as_millisecond())
            .bind($seen_at.as_millisecond())
            .bind(encode_order($order))
            .execute(&mut *$tx)
            .await
            .map_err(from_sqlx)?
            .rows_affected()
    }};
}

/// What a write has made of an order.
pub(super) struct WrittenOrder {
    pub(super) put: PutOrder,
    pub(super) before: Option<Order>,
    pub(super) after: Order,
}

/// Takes the lock of an order without changing it; gives its record, none when there is none.
macro_rules! hold_order {
    ($tx:ident, $order_ref:expr) => {{
        let record: Option<String> = sqlx::query_scalar($crate::adapters::store::sql::HOLD_ORDER)
            .bind($order_ref)
            .fetch_optional(&mut *$tx)
            .await
            .map_err(from_sqlx)?;
        record
    }};
}

/// Writes an order into what is stored of it.
macro_rules! write_order {
    ($tx:ident, $counting:expr, $order:expr, $seen_at:expr) => {{
        let fresh = $crate::domain::orders::merge_order(None, $order);
        if run_order_write!($tx, sql::INSERT_ORDER, &fresh, $seen_at) == 1 {
            list_shipments_of!($tx, &fresh, $counting);
            WrittenOrder { put: PutOrder::Inserted, before: None, after: fresh }
        } else {
            let record: String = sqlx::query_scalar(sql::LOCK_ORDER)
                .bind(&$order.order_ref.0)
                .bind($seen_at.as_millisecond())
                .fetch_one(&mut *$tx)
                .await
                .map_err(from_sqlx)?;
            let stored = decode_order(&record)?;
            let merged = $crate::domain::orders::merge_order(Some(&stored), $order);
            if merged == stored {
                WrittenOrder { put: PutOrder::Unchanged, before: Some(stored), after: merged }
            } else {
                run_order_write!($tx, sql::UPDATE_ORDER, &merged, $seen_at);
                list_shipments_of!($tx, &merged, $counting);
                if stored.payment == $crate::domain::orders::Payment::Cod && merged.is_paid_ahead() {
                    note_paid!($tx, &merged.order_ref, $seen_at);
                }
                WrittenOrder { put: PutOrder::Updated, before: Some(stored), after: merged }
            }
        }
    }};
}

pub(super) use {hold_order, run_order_write, write_order};

impl SqlStore {
    /// Forgets an order: to load a demonstration afresh, or because its customer asks for it.
    pub async fn remove_order(&self, order_ref: &OrderRef) -> Result<(), StoreError> {
        writing!(&self.db, pool => {
            sqlx::query(sql::DELETE_ORDER).bind(&order_ref.0).execute(pool).await.map(drop).map_err(from_sqlx)
        })
    }

    async fn orders_where(
        &self,
        statement: &'static str,
        wanted: &str,
        count_max: u32,
    ) -> Result<Vec<Order>, StoreError> {
        if wanted.is_empty() || wanted.contains('\0') {
            return Ok(Vec::new());
        }
        let records: Vec<String> = reading!(&self.db, pool => {
            sqlx::query_scalar(statement).bind(wanted).bind(i64::from(count_max)).fetch_all(pool).await
        })
        .map_err(from_sqlx)?;
        records.iter().map(|record| decode_order(record)).collect()
    }
}

#[async_trait]
impl OrderStore for SqlStore {
    async fn put_order(&self, order: &Order, seen_at: Timestamp) -> Result<PutOrder, StoreError> {
        in_transaction!(&self.db, tx => Ok(write_order!(tx, self.counting, order, seen_at).put))
    }

    async fn order_by_ref(&self, order_ref: &OrderRef) -> Result<Option<Order>, StoreError> {
        // PostgreSQL refuses text with a NUL; no stored reference has one.
        if order_ref.0.contains('\0') {
            return Ok(None);
        }
        let record: Option<String> = reading!(&self.db, pool => {
            sqlx::query_scalar(sql::ORDER_BY_REF).bind(&order_ref.0).fetch_optional(pool).await
        })
        .map_err(from_sqlx)?;
        record.as_deref().map(decode_order).transpose()
    }

    async fn orders_by_phone(&self, phone: &PhoneNumber, count_max: u32) -> Result<Vec<Order>, StoreError> {
        self.orders_where(sql::ORDERS_BY_PHONE, phone.reveal(), count_max).await
    }

    async fn orders_by_reference(&self, spoken: &str, count_max: u32) -> Result<Vec<Order>, StoreError> {
        let wanted = letters_and_digits(spoken);
        let has_letters = wanted.chars().any(|letter| !letter.is_ascii_digit());
        let statement = if has_letters { sql::ORDERS_BY_LETTERS } else { sql::ORDERS_BY_DIGITS };
        self.orders_where(statement, &wanted, count_max).await
    }

    async fn orders_by_postcode(&self, postcode: &str, count_max: u32) -> Result<Vec<Order>, StoreError> {
        self.orders_where(sql::ORDERS_BY_POSTCODE, &letters_and_digits(postcode), count_max).await
    }

    async fn list_orders(&self, cursor: Option<&str>, count_max: u32) -> Result<Page<Order>, StoreError> {
        let from = Position::decode(cursor)?;
        let (shown, read) = page_limits(count_max);
        let rows: Vec<OrderRow> = reading!(&self.db, pool => {
            sqlx::query_as(sql::LIST_ORDERS).bind(from.at_ms).bind(&from.id).bind(read).fetch_all(pool).await
        })
        .map_err(from_sqlx)?;
        page_of(
            rows,
            shown,
            |row| Position { at_ms: row.placed_at, id: row.order_ref.clone() },
            |row| decode_order(&row.record),
        )
    }
}

//! People the shop calls: what their numbers have opted out of, and who they are by their orders.

use async_trait::async_trait;

use super::SqlStore;
use super::calls::{decode_json, decode_time};
use super::db::{reading, writing};
use super::error::{from_sqlx, unreadable};
use super::page::{Position, page_limits, page_of};
use super::sql::desk as sql;
use crate::domain::orders::OrderRef;
use crate::domain::values::PhoneNumber;
use crate::ports::desk::{ContactStore, OptOutEntry, OptOutScope, StoredCustomer};
use crate::ports::store::{Page, StoreError};

const ALL: &str = "all";
const THIS_ORDER: &str = "this_order";

#[derive(sqlx::FromRow)]
struct OptOutRow {
    call_id: Option<String>,
    at: i64,
    scope: String,
    order_ref: Option<String>,
    set_by: Option<String>,
}

#[derive(sqlx::FromRow)]
struct CustomerRow {
    phone: String,
    placed_at: i64,
    record: String,
    order_count: i64,
}

fn decode_opt_out(row: OptOutRow) -> Result<OptOutEntry, StoreError> {
    let scope = match (row.scope.as_str(), row.order_ref) {
        (ALL, _) => OptOutScope::All,
        (THIS_ORDER, Some(order_ref)) => OptOutScope::ThisOrder(OrderRef(order_ref)),
        (_, _) => return Err(unreadable()),
    };
    Ok(OptOutEntry {
        scope,
        at: decode_time(row.at)?,
        call: row.call_id.map(|id| id.parse()).transpose().map_err(|_| unreadable())?,
        set_by: row.set_by,
    })
}

#[async_trait]
impl ContactStore for SqlStore {
    async fn put_opt_out(&self, phone: &PhoneNumber, entry: &OptOutEntry) -> Result<(), StoreError> {
        let (scope, order_ref) = match &entry.scope {
            OptOutScope::All => (ALL, None),
            OptOutScope::ThisOrder(order_ref) => (THIS_ORDER, Some(&order_ref.0)),
        };
        writing!(&self.db, pool => {
            sqlx::query(sql::PUT_OPT_OUT)
                .bind(phone.reveal())
                .bind(entry.call.map(|call| call.to_string()))
                .bind(entry.at.as_millisecond())
                .bind(scope)
                .bind(order_ref)
                .bind(entry.set_by.as_deref())
                .execute(pool)
                .await
                .map(drop)
                .map_err(from_sqlx)
        })
    }

    async fn opt_out_of(&self, phone: &PhoneNumber) -> Result<Option<OptOutEntry>, StoreError> {
        let row: Option<OptOutRow> = reading!(&self.db, pool => {
            sqlx::query_as(sql::OPT_OUT_OF).bind(phone.reveal()).fetch_optional(pool).await
        })
        .map_err(from_sqlx)?;
        row.map(decode_opt_out).transpose()
    }

    async fn remove_opt_out(&self, phone: &PhoneNumber) -> Result<(), StoreError> {
        writing!(&self.db, pool => {
            sqlx::query(sql::REMOVE_OPT_OUT).bind(phone.reveal()).execute(pool).await.map(drop).map_err(from_sqlx)
        })
    }

    async fn list_customers(
        &self,
        phone: Option<&PhoneNumber>,
        cursor: Option<&str>,
        count_max: u32,
    ) -> Result<Page<StoredCustomer>, StoreError> {
        let from = Position::decode(cursor)?;
        let (shown, read) = page_limits(count_max);
        let rows: Vec<CustomerRow> = reading!(&self.db, pool => {
            sqlx::query_as(sql::LIST_CUSTOMERS)
                .bind(from.at_ms)
                .bind(&from.id)
                .bind(read)
                .bind(phone.map(PhoneNumber::reveal).unwrap_or_default())
                .fetch_all(pool)
                .await
        })
        .map_err(from_sqlx)?;
        page_of(
            rows,
            shown,
            |row| Position { at_ms: row.placed_at, id: row.phone.clone() },
            |row| {
                let orders = u64::try_from(row.order_count).map_err(|_| unreadable())?;
                Ok(StoredCustomer { newest: decode_json(&row.record)?, orders })
            },
        )
    }
}

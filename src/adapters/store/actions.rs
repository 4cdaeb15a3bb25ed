//! Actions on their way to shops and carriers: a lease table, as for deliveries.

use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use uuid::Uuid;

use super::SqlStore;
use super::calls::{decode_json, decode_time, encode_json};
use super::db::{Db, in_transaction, reading, writing};
use super::error::{from_sqlx, unreadable};
use super::orders::{decode_order, hold_order};
use super::page::{Position, page_limits, page_of};
use super::paid::note_paid;
use super::sql::commerce as own;
use crate::domain::orders::actions::ActionKind;
use crate::domain::orders::{Order, OrderRef};
use crate::ports::commerce::{
    ActionSettlement, ActionState, ActionStore, KnownOrder, LeasedAction, PlannedAction, StoredAction, UnplannedRequest,
};
use crate::ports::store::{OrderStore as _, Page, StoreError};

/// Characters of an error that are kept.
const ERROR_CHARS_MAX: usize = 500;

#[derive(sqlx::FromRow)]
struct ActionRow {
    id: String,
    request_id: String,
    source: String,
    kind: String,
    order_ref: Option<String>,
    tracking_number: String,
    state: String,
    attempts: i64,
    reference: Option<String>,
    last_error: Option<String>,
    created_at: i64,
    changed_at: i64,
    paid_at: Option<i64>,
}

#[derive(sqlx::FromRow)]
struct RequestRow {
    id: String,
    call_id: String,
    kind: String,
    way: Option<String>,
    order_ref: Option<String>,
    details: String,
    requested_at: i64,
}

const fn encode_state(state: ActionState) -> &'static str {
    match state {
        ActionState::Waiting => "waiting",
        ActionState::Leased => "leased",
        ActionState::Taken => "taken",
        ActionState::Refused => "refused",
        ActionState::Unknown => "unknown",
    }
}

fn decode_state(code: &str) -> Result<ActionState, StoreError> {
    [ActionState::Waiting, ActionState::Leased, ActionState::Taken, ActionState::Refused, ActionState::Unknown]
        .into_iter()
        .find(|state| encode_state(*state) == code)
        .ok_or_else(unreadable)
}

fn decode_kind(code: &str) -> Result<ActionKind, StoreError> {
    ActionKind::ALL.iter().copied().find(|kind| kind.as_str() == code).ok_or_else(unreadable)
}

fn decode_action(row: ActionRow) -> Result<StoredAction, StoreError> {
    Ok(StoredAction {
        kind: decode_kind(&row.kind)?,
        order_ref: row.order_ref.map(OrderRef),
        tracking_number: (!row.tracking_number.is_empty()).then_some(row.tracking_number),
        state: decode_state(&row.state)?,
        attempts: u32::try_from(row.attempts).map_err(|_| unreadable())?,
        created_at: decode_time(row.created_at)?,
        changed_at: decode_time(row.changed_at)?,
        paid_at: row.paid_at.map(decode_time).transpose()?,
        id: row.id,
        request_id: row.request_id,
        source: row.source,
        reference: row.reference,
        last_error: row.last_error,
    })
}

fn decode_request(row: RequestRow) -> Result<UnplannedRequest, StoreError> {
    Ok(UnplannedRequest {
        call: row.call_id.parse().map_err(|_| unreadable())?,
        way: row.way.map(|way| way.parse()).transpose().map_err(|_| unreadable())?,
        order_ref: row.order_ref.map(OrderRef),
        details: decode_json(&row.details)?,
        requested_at: decode_time(row.requested_at)?,
        id: row.id,
        kind: row.kind,
    })
}

impl SqlStore {
    async fn action_request(&self, id: &str) -> Result<UnplannedRequest, StoreError> {
        let row: Option<RequestRow> = reading!(&self.db, pool => {
            sqlx::query_as(own::ACTION_REQUEST).bind(id).fetch_optional(pool).await
        })
        .map_err(from_sqlx)?;
        row.map(decode_request).transpose()?.ok_or(StoreError::NotFound)
    }
}

#[async_trait]
impl ActionStore for SqlStore {
    async fn unplanned_requests(&self, count_max: u32) -> Result<Vec<UnplannedRequest>, StoreError> {
        let rows: Vec<RequestRow> = reading!(&self.db, pool => {
            sqlx::query_as(own::UNPLANNED_REQUESTS).bind(i64::from(count_max)).fetch_all(pool).await
        })
        .map_err(from_sqlx)?;
        rows.into_iter().map(decode_request).collect()
    }

    async fn known_order(&self, order_ref: &OrderRef) -> Result<Option<KnownOrder>, StoreError> {
        let Some(order) = self.order_by_ref(order_ref).await? else { return Ok(None) };
        Ok(Some(KnownOrder { order, vendor_ids: self.vendors_of(order_ref).await? }))
    }

    async fn plan_actions(&self, request: &str, actions: &[PlannedAction], now: Timestamp) -> Result<(), StoreError> {
        in_transaction!(&self.db, tx => {
            let claimed: Option<Option<String>> = sqlx::query_scalar(own::PLAN_REQUEST)
                .bind(request)
                .fetch_optional(&mut *tx)
                .await
                .map_err(from_sqlx)?;
            if let Some(order_ref) = claimed {
                for action in actions {
                    sqlx::query(own::PLAN_ACTION)
                        .bind(Uuid::now_v7().to_string())
                        .bind(request)
                        .bind(&action.source)
                        .bind(action.kind.as_str())
                        .bind(order_ref.as_deref())
                        .bind(action.tracking_number.as_deref().unwrap_or_default())
                        .bind(now.as_millisecond())
                        .bind(i64::from(action.kind.fulfils()))
                        .execute(&mut *tx)
                        .await
                        .map_err(from_sqlx)?;
                }
            }
            Ok(())
        })
    }

    async fn lease_actions(
        &self,
        now: Timestamp,
        lease: Duration,
        count_max: u32,
    ) -> Result<Vec<LeasedAction>, StoreError> {
        let token = Uuid::now_v7().to_string();
        let until = now.as_millisecond().saturating_add(i64::try_from(lease.as_millis()).unwrap_or(i64::MAX));
        let statement = match self.db {
            Db::Sqlite { .. } => own::LEASE_ON_SQLITE,
            Db::Postgres(_) => own::LEASE_ON_POSTGRES,
        };
        let mut rows: Vec<ActionRow> = writing!(&self.db, pool => {
            sqlx::query_as(statement)
                .bind(now.as_millisecond())
                .bind(i64::from(count_max))
                .bind(&token)
                .bind(until)
                .fetch_all(pool)
                .await
        })
        .map_err(from_sqlx)?;
        rows.sort_by(|one, other| one.id.cmp(&other.id));
        let mut leases = Vec::new();
        for row in rows {
            let action = decode_action(row)?;
            let request = self.action_request(&action.request_id).await?;
            leases.push(LeasedAction { action, request, token: token.clone() });
        }
        Ok(leases)
    }

    async fn settle_action(
        &self,
        lease: &LeasedAction,
        now: Timestamp,
        settlement: &ActionSettlement,
    ) -> Result<(), StoreError> {
        let (state, due_at, reference, error) = match settlement {
            ActionSettlement::Taken { reference } => (ActionState::Taken, now, reference.as_deref(), None),
            ActionSettlement::Refused { error } => (ActionState::Refused, now, None, Some(error)),
            ActionSettlement::Unknown { error } => (ActionState::Unknown, now, None, Some(error)),
            ActionSettlement::RetryAt { at, error } => (ActionState::Waiting, *at, None, Some(error)),
        };
        let error: Option<String> = error.map(|error| error.chars().take(ERROR_CHARS_MAX).collect());
        let is_sent_link = state == ActionState::Taken && lease.action.kind == ActionKind::SendPaymentLink;
        let paid_by_link = lease.action.order_ref.as_ref().filter(|_| is_sent_link);
        in_transaction!(&self.db, tx => {
            let order: Option<Order> = match paid_by_link {
                Some(order_ref) => hold_order!(tx, &order_ref.0).as_deref().map(decode_order).transpose()?,
                None => None,
            };
            let request: Option<String> = sqlx::query_scalar(own::SETTLE_ACTION)
                .bind(&lease.action.id)
                .bind(&lease.token)
                .bind(now.as_millisecond())
                .bind(encode_state(state))
                .bind(due_at.as_millisecond())
                .bind(reference)
                .bind(error)
                .fetch_optional(&mut *tx)
                .await
                .map_err(from_sqlx)?;
            match (request, state) {
                (None, _) => Err(StoreError::NotFound),
                (Some(request), ActionState::Refused | ActionState::Unknown) => {
                    sqlx::query(own::MAKE_TASK).bind(request).execute(&mut *tx).await.map(drop).map_err(from_sqlx)
                }
                (Some(request), ActionState::Taken) => {
                    if let Some(order) = order.filter(Order::is_paid_ahead) {
                        note_paid!(tx, &order.order_ref, now);
                    }
                    sqlx::query(own::FINISH_REQUEST)
                        .bind(request)
                        .bind(&lease.action.source)
                        .bind(now.as_millisecond())
                        .execute(&mut *tx)
                        .await
                        .map(drop)
                        .map_err(from_sqlx)
                }
                (Some(_), ActionState::Waiting | ActionState::Leased) => Ok(()),
            }
        })
    }

    async fn list_actions(
        &self,
        request: Option<&str>,
        cursor: Option<&str>,
        count_max: u32,
    ) -> Result<Page<StoredAction>, StoreError> {
        let from = Position::decode(cursor)?;
        let (shown, read) = page_limits(count_max);
        // PostgreSQL refuses text with a NUL; no id has one.
        if request.is_some_and(|request| request.contains('\0')) {
            return Ok(Page { rows: Vec::new(), next: None });
        }
        let rows: Vec<ActionRow> = reading!(&self.db, pool => {
            sqlx::query_as(own::LIST_ACTIONS)
                .bind(from.at_ms)
                .bind(&from.id)
                .bind(read)
                .bind(request.unwrap_or_default())
                .fetch_all(pool)
                .await
        })
        .map_err(from_sqlx)?;
        page_of(rows, shown, |row| Position { at_ms: row.created_at, id: row.id.clone() }, decode_action)
    }

    async fn next_action_at(&self) -> Result<Option<Timestamp>, StoreError> {
        let due: Option<i64> = reading!(&self.db, pool => {
            sqlx::query_scalar(own::NEXT_ACTION_AT).fetch_one(pool).await
        })
        .map_err(from_sqlx)?;
        due.map(decode_time).transpose()
    }
}

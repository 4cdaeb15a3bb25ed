//! Takes in what shops and carriers tell: each message once, each into the order it is about, or parked until that is
//! known.

use async_trait::async_trait;
use jiff::Timestamp;
use uuid::Uuid;

use super::SqlStore;
use super::calls::{decode_json, decode_time, encode_json};
use super::db::{in_transaction, reading, writing};
use super::error::from_sqlx;
use super::orders::{OrderKeys, decode_order, encode_order, run_order_write};
use super::paid::note_paid;
use super::shipments::list_shipments_of;
use super::sql;
use super::sql::commerce as own;
use super::undecided::note_undecided;
use crate::domain::orders::incoming::{
    CommerceEvent, OrderChange, ParcelKey, cancel_order, changes_between, tell_order, tell_parcel, track,
};
use crate::domain::orders::{Order, OrderRef, Payment};
use crate::domain::outreach::rules::Event;
use crate::ports::commerce::{CommerceStore, Notice, TakenIn, Trust};
use crate::ports::store::StoreError;

/// Events taken in with one message, parked ones among them.
const EVENTS_AT_ONCE_MAX: usize = 5_000;

#[derive(sqlx::FromRow)]
struct ParkedRow {
    id: String,
    source: String,
    event: String,
    is_hint: i64,
}

/// What a message does to one order.
struct Told<'a> {
    source: &'a str,
    event: &'a CommerceEvent,
}

/// How the order and the parcel of an event are called.
struct Names<'a> {
    hints: &'a [String],
    parcel: Option<&'a ParcelKey>,
}

impl<'a> Told<'a> {
    fn names(&self) -> Names<'a> {
        match self.event {
            CommerceEvent::OrderUpserted { .. } => Names { hints: &[], parcel: None },
            CommerceEvent::OrderCancelled { order_hints, .. } => Names { hints: order_hints, parcel: None },
            CommerceEvent::ShipmentUpserted { parcel, .. } | CommerceEvent::Tracking { parcel, .. } => {
                Names { hints: &parcel.order_hints, parcel: Some(parcel) }
            }
        }
    }

    /// The order after the event; `number` is the parcel's.
    fn applied(&self, stored: &Order, number: Option<&str>) -> Order {
        match (self.event, number) {
            (CommerceEvent::OrderUpserted { .. }, _) => stored.clone(),
            (CommerceEvent::OrderCancelled { at, .. }, _) => cancel_order(stored, *at),
            (CommerceEvent::ShipmentUpserted { parcel, .. }, Some(number)) => {
                tell_parcel(stored, number, parcel.carrier.as_deref())
            }
            (CommerceEvent::Tracking { parcel, event }, Some(number)) => {
                track(stored, number, parcel.carrier.as_deref(), event)
            }
            (CommerceEvent::ShipmentUpserted { .. } | CommerceEvent::Tracking { .. }, None) => stored.clone(),
        }
    }

    /// Under what it waits for an order that is not known, or, where the order is known, for its parcel's number.
    fn keys(&self, is_order_known: bool) -> Vec<String> {
        let Names { hints, parcel } = self.names();
        let mut keys = Vec::new();
        if let Some(id) = parcel.and_then(|parcel| parcel.vendor_id.as_ref()) {
            keys.push(parcel_key(self.source, id));
        }
        if is_order_known {
            return keys;
        }
        keys.extend(parcel.and_then(|parcel| parcel.tracking_number.as_ref()).map(|number| number_key(number)));
        for hint in hints {
            keys.push(ref_key(bare(hint)));
            keys.push(vendor_key(self.source, hint));
        }
        keys
    }
}

fn ref_key(order_ref: &str) -> String {
    format!("ref:{order_ref}")
}

fn vendor_key(source: &str, id: &str) -> String {
    format!("order:{source}:{id}")
}

fn parcel_key(source: &str, id: &str) -> String {
    format!("parcel:{source}:{id}")
}

fn number_key(number: &str) -> String {
    format!("number:{number}")
}

/// A reference as orders bear it.
fn bare(hint: &str) -> &str {
    hint.trim_start_matches('#').trim()
}

/// PostgreSQL refuses text with a NUL, and nothing that is stored has one.
fn is_storable(notice: &Notice) -> bool {
    !notice.event_id.contains('\0') && notice.events.iter().all(|event| !encode_json(event).contains("\\u0000"))
}

macro_rules! one_text {
    ($tx:ident, $statement:expr $(, $value:expr)*) => {{
        let found: Option<String> = sqlx::query_scalar($statement)
            $(.bind($value))*
            .fetch_optional(&mut *$tx)
            .await
            .map_err(from_sqlx)?;
        found
    }};
}

macro_rules! run {
    ($tx:ident, $statement:expr $(, $value:expr)*) => {
        sqlx::query($statement)$(.bind($value))*.execute(&mut *$tx).await.map_err(from_sqlx)?.rows_affected()
    };
}

/// The order under lock, with its row's `seen_at` set; none when it is gone.
macro_rules! locked_order {
    ($tx:ident, $order_ref:expr, $now:expr) => {{
        let record = one_text!($tx, sql::LOCK_ORDER, $order_ref, $now.as_millisecond());
        record.as_deref().map(decode_order).transpose()?
    }};
}

macro_rules! write_changed {
    ($tx:ident, $counting:expr, $before:expr, $after:expr, $now:expr, $changes:expr) => {
        if $before != Some(&$after) {
            run_order_write!($tx, sql::UPDATE_ORDER, &$after, $now);
            list_shipments_of!($tx, &$after, $counting);
            if $before.is_some_and(|before: &Order| before.payment == Payment::Cod) && $after.is_paid_ahead() {
                note_paid!($tx, &$after.order_ref, $now);
            }
            $changes.extend(changes_between($before, &$after));
        }
    };
}

/// Writes an order that is told; gives the names by which it is known from now on.
macro_rules! put_told_order {
    ($tx:ident, $counting:expr, $source:expr, $told:expr, $vendor_id:expr, $at:expr, $now:expr, $changes:expr) => {{
        let told: &Order = $told;
        let told_at: Option<i64> = match $vendor_id {
            Some(id) => sqlx::query_scalar(own::TOLD_AT)
                .bind($source)
                .bind(id)
                .fetch_optional(&mut *$tx)
                .await
                .map_err(from_sqlx)?,
            None => None,
        };
        let fresh = tell_order(None, told, true);
        if run_order_write!($tx, sql::INSERT_ORDER, &fresh, $now) == 1 {
            list_shipments_of!($tx, &fresh, $counting);
            $changes.extend(changes_between(None, &fresh));
        } else if let Some(stored) = locked_order!($tx, &told.order_ref.0, $now) {
            let is_newest = told_at.is_none_or(|told_at| told_at <= $at.as_millisecond());
            let after = tell_order(Some(&stored), told, is_newest);
            write_changed!($tx, $counting, Some(&stored), after, $now, $changes);
        }
        let mut keys = vec![ref_key(&told.order_ref.0)];
        if let Some(id) = $vendor_id {
            run!($tx, own::NAME_ORDER, $source, id, &told.order_ref.0, $at.as_millisecond());
            keys.push(vendor_key($source, id));
        }
        keys
    }};
}

/// The reference of the order that an event is about, and the number of its parcel.
macro_rules! find_subject {
    ($tx:ident, $told:expr) => {{
        let told: &Told<'_> = $told;
        let Names { hints, parcel } = told.names();
        let mut number = parcel.and_then(|parcel| parcel.tracking_number.clone());
        if let (None, Some(id)) = (&number, parcel.and_then(|parcel| parcel.vendor_id.as_ref())) {
            number = one_text!($tx, own::PARCEL_NUMBER, told.source, id);
        }
        let mut order_ref = match &number {
            Some(number) => one_text!($tx, own::ORDER_OF_NUMBER, number),
            None => None,
        };
        for hint in hints {
            if order_ref.is_none() {
                order_ref = one_text!($tx, own::ORDER_OF_VENDOR, told.source, hint);
            }
            if order_ref.is_none() {
                order_ref = one_text!($tx, own::ORDER_NAMED, bare(hint));
            }
        }
        (order_ref, number)
    }};
}

#[async_trait]
impl CommerceStore for SqlStore {
    async fn take_in(
        &self,
        source: &str,
        trust: Trust,
        notice: &Notice,
        now: Timestamp,
    ) -> Result<TakenIn, StoreError> {
        if !is_storable(notice) {
            return Ok(TakenIn::Kept { changes: Vec::new(), parked: 0 });
        }
        in_transaction!(&self.db, tx => {
            if run!(tx, own::KEEP_MESSAGE, source, &notice.event_id, now.as_millisecond()) == 0 {
                Ok(TakenIn::Repeated)
            } else {
                let is_hint = trust == Trust::Hinted;
                let mut queue: Vec<(String, bool, CommerceEvent)> =
                    notice.events.iter().map(|event| (source.to_owned(), is_hint, event.clone())).collect();
                let (mut changes, mut parked): (Vec<OrderChange>, usize) = (Vec::new(), 0);
                let mut next = 0;
                while next < queue.len().min(EVENTS_AT_ONCE_MAX) {
                    let (source, is_hint, event) = queue[next].clone();
                    next += 1;
                    let known_changes = changes.len();
                    let mut keys = Vec::new();
                    if let CommerceEvent::OrderUpserted { order, vendor_id, at } = &event {
                        keys = put_told_order!(tx, self.counting, &source, order, vendor_id, at, now, changes);
                    } else {
                        let told = Told { source: &source, event: &event };
                        let (order_ref, number) = find_subject!(tx, &told);
                        let needs_number = told.names().parcel.is_some();
                        let stored = match &order_ref {
                            Some(order_ref) => locked_order!(tx, order_ref, now),
                            None => None,
                        };
                        match stored {
                            Some(stored) if number.is_some() || !needs_number => {
                                let after = told.applied(&stored, number.as_deref());
                                write_changed!(tx, self.counting, Some(&stored), after, now, changes);
                                let id = told.names().parcel.and_then(|parcel| parcel.vendor_id.as_ref());
                                if let (Some(id), Some(number)) = (id, &number) {
                                    run!(tx, own::NAME_PARCEL, &source, id, &after.order_ref.0, number);
                                    keys.push(parcel_key(&source, id));
                                }
                                keys.extend(number.as_deref().map(number_key));
                            }
                            stored => {
                                let id = Uuid::now_v7().to_string();
                                for key in told.keys(stored.is_some()) {
                                    let event = encode_json(&event);
                                    run!(
                                        tx, own::PARK, &id, key, &source, event, now.as_millisecond(),
                                        i64::from(is_hint)
                                    );
                                }
                                parked += 1;
                            }
                        }
                    }
                    for change in &changes[known_changes..] {
                        let events = Event::of_change(change).into_iter();
                        note_undecided!(tx, change.order_ref, events, &source, is_hint, now);
                    }
                    for key in keys {
                        let waiting: Vec<ParkedRow> = sqlx::query_as(own::PARKED)
                            .bind(key)
                            .fetch_all(&mut *tx)
                            .await
                            .map_err(from_sqlx)?;
                        for row in waiting {
                            run!(tx, own::UNPARK, &row.id);
                            queue.push((row.source, row.is_hint != 0, decode_json(&row.event)?));
                        }
                    }
                }
                Ok(TakenIn::Kept { changes, parked })
            }
        })
    }

    async fn quiet_parcels(
        &self,
        carriers: &[String],
        quiet_since: Timestamp,
        count_max: u32,
    ) -> Result<Vec<String>, StoreError> {
        let since = quiet_since.as_millisecond();
        let mut numbers: Vec<String> = Vec::new();
        for carrier in carriers {
            let left = i64::from(count_max) - i64::try_from(numbers.len()).unwrap_or(i64::MAX);
            if left <= 0 {
                break;
            }
            let found: Vec<String> = reading!(&self.db, pool => {
                if carrier == "*" {
                    sqlx::query_scalar(own::QUIET_PARCELS_OF_ALL).bind(since).bind(left).fetch_all(pool).await
                } else {
                    let carrier = carrier.to_lowercase();
                    sqlx::query_scalar(own::QUIET_PARCELS).bind(since).bind(carrier).bind(left).fetch_all(pool).await
                }
            })
            .map_err(from_sqlx)?;
            numbers.extend(found.into_iter().filter(|number| !number.is_empty()));
        }
        Ok(numbers)
    }

    async fn last_taken_in(&self, source: &str) -> Result<Option<Timestamp>, StoreError> {
        let at: Option<i64> = reading!(&self.db, pool => {
            sqlx::query_scalar(own::LAST_MESSAGE).bind(source).fetch_one(pool).await
        })
        .map_err(from_sqlx)?;
        at.map(decode_time).transpose()
    }

    async fn sweep_messages(&self, before: Timestamp) -> Result<u64, StoreError> {
        writing!(&self.db, pool => {
            let before = before.as_millisecond();
            let messages = sqlx::query(own::SWEEP_MESSAGES).bind(before).execute(pool).await.map_err(from_sqlx)?;
            let parked = sqlx::query(own::SWEEP_PARKED).bind(before).execute(pool).await.map_err(from_sqlx)?;
            Ok(messages.rows_affected() + parked.rows_affected())
        })
    }
}

impl SqlStore {
    /// What its sources call an order.
    pub(super) async fn vendors_of(&self, order_ref: &OrderRef) -> Result<Vec<(String, String)>, StoreError> {
        reading!(&self.db, pool => {
            sqlx::query_as(own::VENDORS_OF_ORDER).bind(&order_ref.0).fetch_all(pool).await
        })
        .map_err(from_sqlx)
    }
}

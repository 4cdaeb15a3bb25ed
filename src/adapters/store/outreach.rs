//! Decisions about whom to tell, and everything that is known about a number when one is made.

use std::time::Duration;

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use super::SqlStore;
use super::calls::{decode_json, decode_time, encode_json};
use super::db::{in_transaction, reading, writing};
use super::error::{from_sqlx, unreadable};
use super::messages::{MessageRow, decode_message};
use super::page::{Position, page_limits, page_of};
use super::sql::outreach as sql;
use crate::domain::call::{Connection, Contact, Disposition, OutcomeRecord};
use crate::domain::dialogue::scenarios::Scenario;
use crate::domain::orders::OrderRef;
use crate::domain::outreach::policy::{Consent, ContactResult, ContactWay, Contacts, OptedOut, PastContact};
use crate::domain::outreach::rules::{DecisionView, Signals};
use crate::domain::outreach::{Channel, PlannedCall, PlannedMessage};
use crate::domain::values::PhoneNumber;
use crate::ports::desk::{ContactStore, OptOutScope};
use crate::ports::outreach::{
    ConsentEntry, LeasedMessage, MessageSettlement, NewDecision, OutreachStore, StoredMessage, channel_named,
};
use crate::ports::store::{Page, StoreError};

/// Contacts that caps and gaps look back on.
const LOOK_BACK: SignedDuration = SignedDuration::from_hours(30 * 24);

const GIVEN: &str = "given";
const WITHDRAWN: &str = "withdrawn";

#[derive(sqlx::FromRow)]
struct ContactRow {
    direction: String,
    scenario: String,
    started_at: i64,
    outcome: Option<String>,
    order_ref: Option<String>,
}

#[derive(sqlx::FromRow)]
struct MessageContactRow {
    channel: String,
    at: i64,
    order_ref: String,
    record: String,
}

#[derive(sqlx::FromRow)]
struct DecisionRow {
    id: String,
    decided_at: i64,
    record: String,
}

#[derive(sqlx::FromRow)]
struct ConsentRow {
    state: String,
    proof: String,
    at: i64,
    set_by: String,
}

fn decode_contact(row: ContactRow) -> Result<PastContact, StoreError> {
    let outcome: Option<OutcomeRecord> = row.outcome.as_deref().map(decode_json).transpose()?;
    let about = Scenario::by_name(&row.scenario).map_or(row.scenario, |scenario| scenario.name.to_owned());
    Ok(PastContact {
        at: decode_time(row.started_at)?,
        way: if row.direction == "outbound" { ContactWay::OurCall } else { ContactWay::TheirCall },
        result: outcome.as_ref().map_or(ContactResult::NoConversation, result_of),
        order_ref: row.order_ref.map(OrderRef),
        about,
    })
}

fn result_of(outcome: &OutcomeRecord) -> ContactResult {
    let is_complaint =
        outcome.disposition == Disposition::Complaint || outcome.secondary.contains(&Disposition::Complaint);
    let is_reached = matches!(outcome.contact, Contact::RightParty | Contact::HouseholdMember);
    if outcome.connection == Connection::AbandonedByUs {
        return ContactResult::Abandoned;
    }
    if is_complaint {
        return ContactResult::Complaint;
    }
    let is_answered = matches!(outcome.connection, Connection::AnsweredHuman | Connection::InboundAnswered);
    if is_answered && is_reached { ContactResult::Conversation } else { ContactResult::NoConversation }
}

fn decode_message_contact(row: &MessageContactRow) -> Result<PastContact, StoreError> {
    let planned: PlannedMessage = decode_json(&row.record)?;
    Ok(PastContact {
        at: decode_time(row.at)?,
        way: ContactWay::Message(channel_named(&row.channel).ok_or_else(unreadable)?),
        result: ContactResult::NoConversation,
        order_ref: Some(OrderRef(row.order_ref.clone())),
        about: planned.text,
    })
}

fn decode_consent(row: ConsentRow) -> Result<ConsentEntry, StoreError> {
    let consent = match row.state.as_str() {
        GIVEN => Consent::Given { proof: row.proof },
        WITHDRAWN => Consent::Withdrawn,
        _ => return Err(unreadable()),
    };
    Ok(ConsentEntry { consent, at: decode_time(row.at)?, set_by: row.set_by })
}

/// Puts a message into the queue, inside a transaction or beside one.
macro_rules! insert_message {
    ($executor:expr, $message:expr) => {{
        let message: &PlannedMessage = $message;
        sqlx::query(sql::PUT_MESSAGE)
            .bind(Uuid::now_v7().to_string())
            .bind(&message.key)
            .bind(&message.order_ref.0)
            .bind(message.phone.reveal())
            .bind(message.channel.as_str())
            .bind(encode_json(message))
            .bind(message.not_before.as_millisecond())
            .bind(message.planned_at.as_millisecond())
            .execute($executor)
            .await
            .map_err(from_sqlx)?
    }};
}

#[async_trait]
impl OutreachStore for SqlStore {
    async fn contacts_of(
        &self,
        phone: &PhoneNumber,
        order_ref: &OrderRef,
        now: Timestamp,
    ) -> Result<Contacts, StoreError> {
        let since = now.checked_sub(LOOK_BACK).map_err(|_| unreadable())?.as_millisecond();
        let opted_out = match self.opt_out_of(phone).await?.map(|entry| entry.scope) {
            None => OptedOut::Nothing,
            Some(OptOutScope::All) => OptedOut::All,
            Some(OptOutScope::ThisOrder(order_ref)) => OptedOut::ThisOrder(order_ref),
        };
        let do_not_call: Option<String> = reading!(&self.db, pool => {
            sqlx::query_scalar(sql::LIST_WITH).bind(phone.reveal()).fetch_optional(pool).await
        })
        .map_err(from_sqlx)?;
        let calls: Vec<ContactRow> = reading!(&self.db, pool => {
            sqlx::query_as(sql::CALLS_WITH).bind(phone.reveal()).bind(since).bind(&order_ref.0).fetch_all(pool).await
        })
        .map_err(from_sqlx)?;
        let messages: Vec<MessageContactRow> = reading!(&self.db, pool => {
            sqlx::query_as(sql::MESSAGES_TO).bind(phone.reveal()).bind(since).fetch_all(pool).await
        })
        .map_err(from_sqlx)?;
        let consent = self.consent_of(phone).await?.map_or(Consent::NotRecorded, |entry| entry.consent);
        let mut made = calls.into_iter().map(decode_contact).collect::<Result<Vec<_>, _>>()?;
        for message in &messages {
            made.push(decode_message_contact(message)?);
        }
        Ok(Contacts { opted_out, do_not_call, consent, made })
    }

    async fn waiting_plans(&self, phone: &PhoneNumber, now: Timestamp) -> Result<Vec<PlannedCall>, StoreError> {
        let plans: Vec<String> = reading!(&self.db, pool => {
            sqlx::query_scalar(sql::PLANS_OF)
                .bind(phone.reveal())
                .bind(now.as_millisecond())
                .fetch_all(pool)
                .await
        })
        .map_err(from_sqlx)?;
        plans.iter().map(|plan| decode_json(plan)).collect()
    }

    async fn is_decided(&self, event_key: &str) -> Result<bool, StoreError> {
        let count: i64 = reading!(&self.db, pool => {
            sqlx::query_scalar(sql::IS_DECIDED).bind(event_key).fetch_one(pool).await
        })
        .map_err(from_sqlx)?;
        Ok(count != 0)
    }

    async fn put_decision(&self, decision: &NewDecision, message: Option<&PlannedMessage>) -> Result<bool, StoreError> {
        let (view, plan) = (&decision.view, decision.plan.as_ref());
        let is_worth_telling = view.channel != Channel::Nothing;
        let happened_at = view.event.as_ref().filter(|_| is_worth_telling).map(|event| event.at);
        let is_held_back = self.counting.control_group.holds_back(&decision.phone);
        in_transaction!(&self.db, tx => {
            let put = sqlx::query(sql::PUT_DECISION)
                .bind(Uuid::now_v7().to_string())
                .bind(&view.event_key)
                .bind(&view.order_ref.0)
                .bind(decision.phone.reveal())
                .bind(view.decided_at.as_millisecond())
                .bind(encode_json(view))
                .bind(plan.map(encode_json))
                .bind(plan.map(|plan| plan.expires_at.as_millisecond()))
                .bind(happened_at.map(Timestamp::as_millisecond))
                .bind(i64::from(is_held_back))
                .execute(&mut *tx)
                .await
                .map_err(from_sqlx)?
                .rows_affected();
            if let Some(message) = message.filter(|_| put == 1) {
                insert_message!(&mut *tx, message);
            }
            Ok(put == 1)
        })
    }

    async fn forget_plan(&self, event_key: &str) -> Result<(), StoreError> {
        writing!(&self.db, pool => {
            sqlx::query(sql::FORGET_PLAN).bind(event_key).execute(pool).await.map(drop).map_err(from_sqlx)
        })
    }

    async fn list_decisions(
        &self,
        order_ref: Option<&OrderRef>,
        cursor: Option<&str>,
        count_max: u32,
    ) -> Result<Page<DecisionView>, StoreError> {
        let from = Position::decode(cursor)?;
        let (shown, read) = page_limits(count_max);
        let wanted = order_ref.map(|order_ref| order_ref.0.as_str()).unwrap_or_default();
        // PostgreSQL refuses text with a NUL; nothing stored has one.
        if wanted.contains('\0') {
            return Ok(Page { rows: Vec::new(), next: None });
        }
        let rows: Vec<DecisionRow> = reading!(&self.db, pool => {
            sqlx::query_as(sql::LIST_DECISIONS)
                .bind(from.at_ms)
                .bind(&from.id)
                .bind(read)
                .bind(wanted)
                .fetch_all(pool)
                .await
        })
        .map_err(from_sqlx)?;
        page_of(
            rows,
            shown,
            |row| Position { at_ms: row.decided_at, id: row.id.clone() },
            |row| decode_json(&row.record),
        )
    }

    async fn forget_outreach(&self, before: Timestamp) -> Result<u64, StoreError> {
        in_transaction!(&self.db, tx => {
            let mut forgotten = 0;
            for statement in [sql::FORGET_DECISIONS, sql::FORGET_MESSAGES] {
                let done = sqlx::query(statement).bind(before.as_millisecond()).execute(&mut *tx).await;
                forgotten += done.map_err(from_sqlx)?.rows_affected();
            }
            Ok(forgotten)
        })
    }

    async fn signals(&self, order_ref: &OrderRef) -> Result<Signals, StoreError> {
        let record: Option<String> = reading!(&self.db, pool => {
            sqlx::query_scalar(sql::SIGNALS).bind(&order_ref.0).fetch_optional(pool).await
        })
        .map_err(from_sqlx)?;
        record.as_deref().map_or_else(|| Ok(Signals::default()), decode_json)
    }

    async fn put_signals(&self, order_ref: &OrderRef, signals: &Signals, at: Timestamp) -> Result<(), StoreError> {
        writing!(&self.db, pool => {
            sqlx::query(sql::PUT_SIGNALS)
                .bind(&order_ref.0)
                .bind(encode_json(signals))
                .bind(at.as_millisecond())
                .execute(pool)
                .await
                .map(drop)
                .map_err(from_sqlx)
        })
    }

    async fn add_do_not_call(&self, list: &str, numbers: &[PhoneNumber], at: Timestamp) -> Result<u64, StoreError> {
        in_transaction!(&self.db, tx => {
            let mut added = 0;
            for number in numbers {
                let done = sqlx::query(sql::ADD_DO_NOT_CALL)
                    .bind(number.reveal())
                    .bind(list)
                    .bind(at.as_millisecond())
                    .execute(&mut *tx)
                    .await
                    .map_err(from_sqlx)?;
                added += done.rows_affected();
            }
            Ok(added)
        })
    }

    async fn drop_do_not_call(&self, list: &str) -> Result<u64, StoreError> {
        writing!(&self.db, pool => {
            let done = sqlx::query(sql::DROP_DO_NOT_CALL).bind(list).execute(pool).await;
            done.map(|done| done.rows_affected()).map_err(from_sqlx)
        })
    }

    async fn lists_not_to_call(&self) -> Result<Vec<(String, u64)>, StoreError> {
        let lists: Vec<(String, i64)> = reading!(&self.db, pool => {
            sqlx::query_as(sql::DO_NOT_CALL_LISTS).fetch_all(pool).await
        })
        .map_err(from_sqlx)?;
        let decode =
            |(list, numbers)| Ok((list, u64::try_from(numbers).map_err(|_: std::num::TryFromIntError| unreadable())?));
        lists.into_iter().map(decode).collect()
    }

    async fn put_consent(&self, phone: &PhoneNumber, entry: &ConsentEntry) -> Result<(), StoreError> {
        let (state, proof) = match &entry.consent {
            Consent::Given { proof } => (GIVEN, proof.as_str()),
            Consent::Withdrawn | Consent::NotRecorded => (WITHDRAWN, ""),
        };
        writing!(&self.db, pool => {
            sqlx::query(sql::PUT_CONSENT)
                .bind(phone.reveal())
                .bind(state)
                .bind(proof)
                .bind(entry.at.as_millisecond())
                .bind(&entry.set_by)
                .execute(pool)
                .await
                .map(drop)
                .map_err(from_sqlx)
        })
    }

    async fn consent_of(&self, phone: &PhoneNumber) -> Result<Option<ConsentEntry>, StoreError> {
        let row: Option<ConsentRow> = reading!(&self.db, pool => {
            sqlx::query_as(sql::CONSENT_OF).bind(phone.reveal()).fetch_optional(pool).await
        })
        .map_err(from_sqlx)?;
        row.map(decode_consent).transpose()
    }

    async fn orders_under_way(&self, after: &str, count_max: u32) -> Result<Vec<OrderRef>, StoreError> {
        let refs: Vec<String> = reading!(&self.db, pool => {
            sqlx::query_scalar(sql::ORDERS_UNDER_WAY).bind(after).bind(i64::from(count_max)).fetch_all(pool).await
        })
        .map_err(from_sqlx)?;
        Ok(refs.into_iter().map(OrderRef).collect())
    }

    async fn put_message(&self, message: &PlannedMessage) -> Result<(), StoreError> {
        writing!(&self.db, pool => {
            insert_message!(pool, message);
            Ok(())
        })
    }

    async fn lease_messages(
        &self,
        now: Timestamp,
        lease: Duration,
        count_max: u32,
    ) -> Result<Vec<LeasedMessage>, StoreError> {
        self.lease_due_messages(now, lease, count_max).await
    }

    async fn settle_message(
        &self,
        lease: &LeasedMessage,
        now: Timestamp,
        settlement: &MessageSettlement,
    ) -> Result<(), StoreError> {
        self.settle_leased_message(lease, now, settlement).await
    }

    async fn messages_of_order(&self, order_ref: &OrderRef, count_max: u32) -> Result<Vec<StoredMessage>, StoreError> {
        if order_ref.0.contains('\0') {
            return Ok(Vec::new());
        }
        let rows: Vec<MessageRow> = reading!(&self.db, pool => {
            sqlx::query_as(sql::MESSAGES_OF_ORDER)
                .bind(&order_ref.0)
                .bind(i64::from(count_max))
                .fetch_all(pool)
                .await
        })
        .map_err(from_sqlx)?;
        rows.into_iter().map(decode_message).collect()
    }
}

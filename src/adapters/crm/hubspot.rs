//! HubSpot: contact, call, note and ticket, tied by its default associations.
//!
//! Calls, notes and tickets are upserted by a property of ours with unique values, so that a repeat is one record.
//! Source: HubSpot's CRM API, by date version; OAuth by its refresh grant.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use reqwest::{Method, Url};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::account::{Account, Answer, Ask, Credentials, Exchange, Failure};
use super::draft::{Draft, html};
use super::oauth::{Grant, TokenSource};
use super::vendor::{Record, Repeat, Vendor, VendorConnector, Written};
use super::{ConnectorSettings, InvalidConnector, target};
use crate::domain::call::{CallDirection, Connection, Contact};
use crate::domain::delivery::{Allowance, Lane};
use crate::ports::crm::CrmConnector;

const BASE: &str = "https://api.hubapi.com";
const TOKEN_PATH: &str = "/oauth/v1/token";

/// Source: 100 requests in 10 s for the smallest plans; searches 4 to 5 a second for each token.
const LIMITS: [Allowance; 2] = [
    Allowance { lane: Lane::Any, requests: 100, window: Duration::from_secs(10), need: 10 },
    Allowance { lane: Lane::Search, requests: 4, window: Duration::from_secs(1), need: 1 },
];

/// A search finds new contacts after some seconds.
const FOUND_AFTER: Duration = Duration::from_secs(60);

/// Until when a daily limit is waited for, at a time: it ends at midnight of a zone that is not known here.
const DAILY_WAIT: Duration = Duration::from_secs(60 * 60);

const OPTIONS: [&str; 4] = ["version", "unique_property", "pipeline", "pipeline_stage"];

/// The default account's dispositions.
const CONNECTED: &str = "f240bbac-87c9-4f6e-bf70-924b57d47db7";
const LEFT_VOICEMAIL: &str = "b2cf5968-551e-4856-9783-52b3da59a7d0";
const NO_ANSWER: &str = "73a0d17f-1163-4015-bdd5-ec830791da20";
const BUSY: &str = "9d9162e7-6cf3-4944-bf63-4dff82258764";
const WRONG_NUMBER: &str = "17b47fee-58de-441e-a44c-c6300d46f273";

struct HubSpot {
    version: String,
    unique_property: String,
    pipeline: String,
    stage: String,
}

#[derive(Deserialize)]
struct Created {
    id: String,
}

#[derive(Deserialize)]
struct Found {
    results: Vec<Created>,
}

#[derive(Deserialize)]
struct Limited {
    #[serde(rename = "policyName")]
    policy: Option<String>,
}

pub(super) fn decode_all(body: &[u8]) {
    drop((serde_json::from_slice::<Created>(body), serde_json::from_slice::<Found>(body)));
    drop(judge(&Answer { status: 429, body: body.to_vec() }));
}

pub(super) fn make_connector(settings: &ConnectorSettings) -> Result<Arc<dyn CrmConnector>, InvalidConnector> {
    settings.check_options(&OPTIONS)?;
    let base = target::read_url(settings, "base_url", settings.base_url.as_deref().unwrap_or(BASE))?;
    let credentials = credentials(settings, &base)?;
    let vendor = HubSpot {
        version: settings.option("version", "2026-09").to_owned(),
        unique_property: settings.option("unique_property", "voice_call_id").to_owned(),
        pipeline: settings.option("pipeline", "0").to_owned(),
        stage: settings.option("pipeline_stage", "1").to_owned(),
    };
    let account = Account::new(settings, base, credentials, &LIMITS, judge)?;
    Ok(Arc::new(VendorConnector::new(settings, account, vendor)?))
}

fn credentials(settings: &ConnectorSettings, base: &Url) -> Result<Credentials, InvalidConnector> {
    match (&settings.token, &settings.refresh_token) {
        (Some(token), None) => Ok(Credentials::Bearer(token.clone())),
        (None, Some(refresh)) => {
            let url = base.join(TOKEN_PATH).map_err(|_| settings.invalid("base_url", "cannot be joined with paths"))?;
            let grant = Grant::Refresh(tokio::sync::Mutex::new(refresh.clone()));
            Ok(Credentials::OAuth(Box::new(TokenSource::new(settings, url, grant)?)))
        }
        (Some(_), Some(_)) => Err(settings.invalid("token", "write either token or refresh_token, not both")),
        (None, None) => {
            let remedy = "is missing; write a service key, or client_id, client_secret and refresh_token of an app";
            Err(settings.invalid("token", remedy))
        }
    }
}

/// A spent daily limit comes with another status on some paths.
fn judge(answer: &Answer) -> Option<Failure> {
    let limited: Limited = serde_json::from_slice(&answer.body).ok().filter(|_| !answer.is_success())?;
    let wait = (limited.policy.as_deref() == Some("DAILY")).then_some(DAILY_WAIT);
    wait.map(|wait| Failure::not_taken("the account's daily limit is spent", Some(wait)))
}

impl HubSpot {
    fn path(&self, object: &str, rest: &str) -> String {
        format!("/crm/objects/{}/{object}{rest}", self.version)
    }

    fn contact(&self, draft: &Draft) -> Map<String, Value> {
        let mut properties = Map::from_iter([
            ("phone".to_owned(), json!(draft.customer.phone)),
            ("lastname".to_owned(), json!(draft.customer.name)),
        ]);
        properties.extend(texts(draft.mapped("contact")));
        properties
    }

    fn properties(&self, record: Record, draft: &Draft) -> Map<String, Value> {
        let mut properties = match record {
            Record::Contact => return self.contact(draft),
            Record::Ticket => json!({
                "subject": draft.title,
                "content": draft.ticket_text(),
                "hs_pipeline": self.pipeline,
                "hs_pipeline_stage": self.stage,
                "hs_ticket_priority": "HIGH",
            }),
            Record::Call => json!({
                "hs_timestamp": draft.started_at,
                "hs_call_title": draft.title,
                "hs_call_body": html(&draft.summary),
                "hs_call_direction": direction(draft.direction),
                "hs_call_status": status(draft.connection),
                "hs_call_duration": draft.duration_ms.to_string(),
                "hs_call_from_number": draft.from,
                "hs_call_to_number": draft.to,
                "hs_call_disposition": disposition(draft),
                "hs_call_recording_url": draft.recording_url,
            }),
            Record::Note => json!({ "hs_timestamp": draft.ended_at, "hs_note_body": html(&draft.text) }),
        };
        let Some(fields) = properties.as_object_mut() else { return Map::new() };
        fields.retain(|_, value| !value.is_null());
        fields.extend(texts(draft.mapped(name_of(record))));
        std::mem::take(fields)
    }
}

/// Property values are sent as texts.
fn texts(fields: Map<String, Value>) -> impl Iterator<Item = (String, Value)> {
    fields.into_iter().map(|(name, value)| match value {
        Value::String(_) => (name, value),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => {
            (name, json!(value.to_string()))
        }
    })
}

const fn name_of(record: Record) -> &'static str {
    match record {
        Record::Contact => "contact",
        Record::Ticket => "ticket",
        Record::Call => "call",
        Record::Note => "note",
    }
}

const fn object_of(record: Record) -> &'static str {
    match record {
        Record::Contact => "contacts",
        Record::Ticket => "tickets",
        Record::Call => "calls",
        Record::Note => "notes",
    }
}

const fn direction(direction: CallDirection) -> &'static str {
    match direction {
        CallDirection::Inbound => "INBOUND",
        CallDirection::Outbound => "OUTBOUND",
    }
}

const fn status(connection: Connection) -> &'static str {
    match connection {
        Connection::NoAnswer | Connection::MailboxFull | Connection::VoicemailNoMessage => "NO_ANSWER",
        Connection::Busy | Connection::Rejected => "BUSY",
        Connection::InvalidNumber
        | Connection::NotInService
        | Connection::NetworkFailed
        | Connection::CarrierBlocked
        | Connection::FaxOrModem => "FAILED",
        Connection::SuppressedQuietHours
        | Connection::SuppressedOptOut
        | Connection::SuppressedCap
        | Connection::SuppressedNoConsent
        | Connection::SuppressedOvertaken
        | Connection::SuppressedNoData
        | Connection::AbandonedByUs => "CANCELED",
        Connection::AnsweredHuman
        | Connection::AnsweredScreener
        | Connection::VoicemailLeft
        | Connection::InboundAnswered
        | Connection::InboundAbandoned
        | Connection::Ivr => "COMPLETED",
    }
}

fn disposition(draft: &Draft) -> Option<&'static str> {
    if draft.contact_code == Contact::WrongNumber {
        return Some(WRONG_NUMBER);
    }
    match status(draft.connection) {
        "NO_ANSWER" => Some(NO_ANSWER),
        "BUSY" => Some(BUSY),
        "COMPLETED" if draft.connection == Connection::VoicemailLeft => Some(LEFT_VOICEMAIL),
        "COMPLETED" => Some(CONNECTED),
        _ => None,
    }
}

#[async_trait]
impl Vendor for HubSpot {
    fn plan(&self, draft: &Draft) -> Vec<Record> {
        let mut plan = Vec::new();
        // Without a number HubSpot has nothing to find the contact by.
        plan.extend(draft.customer.phone.as_ref().map(|_| Record::Contact));
        plan.extend(draft.wants_ticket.then_some(Record::Ticket));
        plan.extend([Record::Call, Record::Note]);
        plan
    }

    fn repeat(&self, record: Record) -> Repeat {
        match record {
            Record::Contact => Repeat::Doubles { found_after: FOUND_AFTER },
            Record::Ticket | Record::Call | Record::Note => Repeat::Safe,
        }
    }

    async fn find(
        &self,
        exchange: &Exchange<'_>,
        record: Record,
        draft: &Draft,
        _written: &Written,
    ) -> Result<Option<String>, Failure> {
        let (Record::Contact, Some(phone)) = (record, &draft.customer.phone) else { return Ok(None) };
        let equals =
            |property: &str| json!({ "filters": [{ "propertyName": property, "operator": "EQ", "value": phone }] });
        let query = json!({
            "filterGroups": [equals("phone"), equals("mobilephone")],
            "properties": ["phone"],
            "sorts": [],
            "limit": 5,
            "after": "0",
        });
        let ask = Ask::post(self.path("contacts", "/search"), query).counted_as(Lane::Search);
        let found: Found = exchange.ask(ask).await?.read()?;
        Ok(found.results.into_iter().next().map(|contact| contact.id))
    }

    async fn write(
        &self,
        exchange: &Exchange<'_>,
        record: Record,
        draft: &Draft,
        _written: &Written,
    ) -> Result<String, Failure> {
        let properties = self.properties(record, draft);
        let object = object_of(record);
        if record == Record::Contact {
            let body = json!({ "properties": properties, "associations": [] });
            let created: Created = exchange.ask(Ask::post(self.path(object, ""), body)).await?.read()?;
            return Ok(created.id);
        }
        let key = if record == Record::Note { &draft.key } else { &draft.call_key };
        let input = json!({ "idProperty": self.unique_property, "id": key, "properties": properties });
        let ask = Ask::post(self.path(object, "/batch/upsert"), json!({ "inputs": [input] }));
        let answer = exchange.ask(ask).await?;
        let upserted: Found = answer.read()?;
        // 207: the one input failed, and the answer says why.
        upserted.results.into_iter().next().map_or_else(|| Err(answer.refused()), |record| Ok(record.id))
    }

    async fn link(&self, exchange: &Exchange<'_>, written: &Written) -> Result<(), Failure> {
        let ties = [
            ("tickets", &written.ticket, "contacts", &written.contact),
            ("calls", &written.call, "contacts", &written.contact),
            ("calls", &written.call, "tickets", &written.ticket),
            ("notes", &written.note, "contacts", &written.contact),
            ("notes", &written.note, "tickets", &written.ticket),
        ];
        for (from, from_id, to, to_id) in ties {
            if let (Some(from_id), Some(to_id)) = (from_id, to_id) {
                let rest = format!("/{from_id}/associations/default/{to}/{to_id}");
                exchange.ask(Ask::send(Method::PUT, self.path(from, &rest), json!({}))).await?;
            }
        }
        Ok(())
    }

    async fn check(&self, exchange: &Exchange<'_>) -> Result<(), Failure> {
        exchange.ask(Ask::get(self.path("calls", "?limit=1"))).await.map(drop)
    }
}

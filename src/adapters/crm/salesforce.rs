//! Salesforce: the contact, the call as a task, and a case where somebody has to see to it.
//!
//! Tasks and cases are upserted by an external id field of ours, so that a repeat is one record. What is a note
//! elsewhere is the task's description. Source: Salesforce's REST API and OAuth.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use reqwest::{Method, Url};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::account::{Account, Answer, Ask, Credentials, Exchange, Failure, encoded};
use super::draft::Draft;
use super::oauth::{Grant, TokenSource, read_private_key};
use super::vendor::{Record, Repeat, Vendor, VendorConnector, Written};
use super::{ConnectorSettings, InvalidConnector, target};
use crate::domain::call::CallDirection;
use crate::domain::delivery::{Allowance, Lane};
use crate::ports::crm::CrmConnector;

/// Salesforce counts by the day, 100,000 and more; this keeps a backlog from spending it.
const LIMITS: [Allowance; 1] = [Allowance { lane: Lane::Any, requests: 300, window: Duration::from_secs(60), need: 6 }];

/// A contact of ours is found by its number as it was written, at once; the wait is for a write under way.
const FOUND_AFTER: Duration = Duration::from_secs(30);

const LIMIT_WAIT: Duration = Duration::from_secs(15 * 60);

/// Digits of a number that its own country writes.
const NATIONAL_DIGITS: usize = 10;

const SUBJECT_MAX: usize = 255;
const DESCRIPTION_MAX: usize = 32_000;

const OPTIONS: [&str; 7] =
    ["version", "call_id_field", "username", "audience", "task_status", "case_status", "case_origin"];

struct Salesforce {
    version: String,
    call_id_field: String,
    task_status: String,
    case_status: String,
    case_origin: String,
}

#[derive(Deserialize)]
struct Saved {
    id: String,
}

#[derive(Deserialize)]
struct SearchAnswer {
    #[serde(rename = "searchRecords")]
    records: Vec<Row>,
}

#[derive(Deserialize)]
struct QueryAnswer {
    records: Vec<Row>,
}

#[derive(Deserialize)]
struct Row {
    #[serde(rename = "Id")]
    id: String,
}

#[derive(Deserialize)]
struct Fault {
    #[serde(rename = "errorCode")]
    code: String,
}

pub(super) fn decode_all(body: &[u8]) {
    drop((serde_json::from_slice::<Saved>(body), serde_json::from_slice::<SearchAnswer>(body)));
    drop((serde_json::from_slice::<QueryAnswer>(body), judge(&Answer { status: 403, body: body.to_vec() })));
}

pub(super) fn make_connector(settings: &ConnectorSettings) -> Result<Arc<dyn CrmConnector>, InvalidConnector> {
    settings.check_options(&OPTIONS)?;
    let missing = |key, remedy: &str| settings.invalid(key, format!("is missing; write {remedy}"));
    let base = settings.base_url.as_deref();
    let base = base.ok_or_else(|| missing("base_url", "the org's My Domain, https://YOURS.my.salesforce.com"))?;
    let base = target::read_url(settings, "base_url", base)?;
    let credentials = credentials(settings, &base)?;
    let vendor = Salesforce {
        version: settings.option("version", "v66.0").to_owned(),
        call_id_field: settings.option("call_id_field", "Voice_Call_Id__c").to_owned(),
        task_status: settings.option("task_status", "Completed").to_owned(),
        case_status: settings.option("case_status", "New").to_owned(),
        case_origin: settings.option("case_origin", "Phone").to_owned(),
    };
    let account = Account::new(settings, base, credentials, &LIMITS, judge)?;
    Ok(Arc::new(VendorConnector::new(settings, account, vendor)?))
}

fn credentials(settings: &ConnectorSettings, base: &Url) -> Result<Credentials, InvalidConnector> {
    let url = base.join("/services/oauth2/token");
    let url = url.map_err(|_| settings.invalid("base_url", "cannot be joined with the vendor's paths"))?;
    let grant = match &settings.secret {
        Some(pem) => {
            let username = settings.options.get("username").cloned();
            let remedy = "username is missing; write the integration user the app is authorised for";
            Grant::Jwt {
                key: Box::new(read_private_key(settings, pem)?),
                subject: username.ok_or_else(|| settings.invalid("options", remedy))?,
                audience: settings.option("audience", "https://login.salesforce.com").to_owned(),
            }
        }
        None => Grant::ClientCredentials,
    };
    Ok(Credentials::OAuth(Box::new(TokenSource::new(settings, url, grant)?)))
}

/// A spent limit and a locked row pass.
fn judge(answer: &Answer) -> Option<Failure> {
    if answer.is_success() {
        return None;
    }
    let faults: Vec<Fault> = serde_json::from_slice(&answer.body).ok()?;
    let has = |code: &str| faults.iter().any(|fault| fault.code == code);
    if has("REQUEST_LIMIT_EXCEEDED") {
        return Some(Failure::not_taken("the org's request limit is spent", Some(LIMIT_WAIT)));
    }
    has("UNABLE_TO_LOCK_ROW").then(|| Failure::not_taken("the record is locked by somebody else", None))
}

/// A literal of SOQL.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\\', "\\\\").replace('\'', "\\'"))
}

fn cut(text: &str, chars_max: usize) -> String {
    text.chars().take(chars_max).collect()
}

impl Salesforce {
    fn path(&self, rest: &str) -> String {
        format!("/services/data/{}{rest}", self.version)
    }

    async fn find_contact(&self, exchange: &Exchange<'_>, phone: &str) -> Result<Option<String>, Failure> {
        let query = format!("SELECT Id FROM Contact WHERE Phone = {} LIMIT 1", quoted(phone));
        let ask = Ask::get(self.path(&format!("/query?q={}", encoded(&query))));
        let exact: QueryAnswer = exchange.ask(ask).await?.read()?;
        if let Some(row) = exact.records.into_iter().next() {
            return Ok(Some(row.id));
        }
        // The search knows a number however it is written, but learns of new contacts late.
        let digits: String = phone.chars().filter(char::is_ascii_digit).collect();
        let national = &digits[digits.len().saturating_sub(NATIONAL_DIGITS)..];
        let query = format!("FIND {{{national}}} IN PHONE FIELDS RETURNING Contact(Id)");
        let ask = Ask::get(self.path(&format!("/search?q={}", encoded(&query))));
        let found: SearchAnswer = exchange.ask(ask).await?.read()?;
        Ok(found.records.into_iter().next().map(|row| row.id))
    }

    fn case(&self, draft: &Draft, written: &Written) -> Map<String, Value> {
        known(json!({
            "Subject": cut(&draft.title, SUBJECT_MAX),
            "Description": cut(&draft.text, DESCRIPTION_MAX),
            "Origin": self.case_origin,
            "Status": self.case_status,
            "Priority": "High",
            "ContactId": written.contact,
        }))
    }

    fn task(&self, draft: &Draft, written: &Written) -> Map<String, Value> {
        let direction = match draft.direction {
            CallDirection::Inbound => "Inbound",
            CallDirection::Outbound => "Outbound",
        };
        known(json!({
            "Subject": cut(&draft.title, SUBJECT_MAX),
            "TaskSubtype": "Call",
            "Status": self.task_status,
            "Priority": "Normal",
            "ActivityDate": draft.day(),
            "CallType": direction,
            "CallDurationInSeconds": draft.duration_ms / 1_000,
            "CallDisposition": draft.disposition.as_str(),
            "CallObject": draft.call_key,
            "Description": cut(&draft.text, DESCRIPTION_MAX),
            "WhoId": written.contact,
            "WhatId": written.ticket,
        }))
    }

    async fn upsert(
        &self,
        exchange: &Exchange<'_>,
        object: &str,
        key: &str,
        body: Map<String, Value>,
    ) -> Result<String, Failure> {
        let path = self.path(&format!("/sobjects/{object}/{}/{}", self.call_id_field, encoded(key)));
        let saved = exchange.ask(Ask::send(Method::PATCH, path, Value::Object(body))).await?;
        Ok(saved.read::<Saved>()?.id)
    }
}

fn known(fields: Value) -> Map<String, Value> {
    let Value::Object(fields) = fields else { return Map::new() };
    fields.into_iter().filter(|(_, value)| !value.is_null()).collect()
}

#[async_trait]
impl Vendor for Salesforce {
    fn plan(&self, draft: &Draft) -> Vec<Record> {
        let mut plan = Vec::new();
        plan.extend(draft.customer.phone.as_ref().map(|_| Record::Contact));
        plan.extend(draft.wants_ticket.then_some(Record::Ticket));
        plan.push(Record::Call);
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
        match (record, &draft.customer.phone) {
            (Record::Contact, Some(phone)) => self.find_contact(exchange, phone).await,
            (Record::Contact | Record::Ticket | Record::Call | Record::Note, _) => Ok(None),
        }
    }

    async fn write(
        &self,
        exchange: &Exchange<'_>,
        record: Record,
        draft: &Draft,
        written: &Written,
    ) -> Result<String, Failure> {
        match record {
            Record::Contact => {
                let mut contact = known(json!({ "LastName": draft.customer.name, "Phone": draft.customer.phone }));
                contact.extend(draft.mapped("contact"));
                let ask = Ask::post(self.path("/sobjects/Contact"), Value::Object(contact));
                Ok(exchange.ask(ask).await?.read::<Saved>()?.id)
            }
            Record::Ticket => {
                let mut case = self.case(draft, written);
                case.extend(draft.mapped("ticket"));
                self.upsert(exchange, "Case", &draft.call_key, case).await
            }
            Record::Call | Record::Note => {
                let mut task = self.task(draft, written);
                task.extend(draft.mapped("call"));
                self.upsert(exchange, "Task", &draft.call_key, task).await
            }
        }
    }

    async fn link(&self, _exchange: &Exchange<'_>, _written: &Written) -> Result<(), Failure> {
        Ok(())
    }

    async fn check(&self, exchange: &Exchange<'_>) -> Result<(), Failure> {
        exchange.ask(Ask::get(self.path("/limits"))).await.map(drop)
    }
}

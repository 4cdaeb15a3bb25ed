//! Zendesk: the customer, a ticket with the call as its voice comment, and a private note.
//!
//! A ticket nobody has to see to is opened solved. Source: Zendesk's ticketing API; the call needs no Talk plan.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use reqwest::Method;
use secrecy::ExposeSecret as _;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::account::{Account, Answer, Ask, Credentials, Exchange, Failure, encoded};
use super::draft::Draft;
use super::vendor::{Record, Repeat, Vendor, VendorConnector, Written};
use super::{ConnectorSettings, InvalidConnector, target};
use crate::domain::delivery::{Allowance, Lane};
use crate::ports::crm::CrmConnector;

/// Source: 200 requests a minute for the smallest plan; 100 updates a minute.
const LIMITS: [Allowance; 2] = [
    Allowance { lane: Lane::Any, requests: 200, window: Duration::from_secs(60), need: 7 },
    Allowance { lane: Lane::Create, requests: 100, window: Duration::from_secs(60), need: 1 },
];

struct Zendesk;

#[derive(Deserialize)]
struct Id {
    id: u64,
}

#[derive(Deserialize)]
struct UserAnswer {
    user: Id,
}

#[derive(Deserialize)]
struct Users {
    users: Vec<FoundUser>,
}

#[derive(Deserialize)]
struct FoundUser {
    id: u64,
    phone: Option<String>,
    external_id: Option<String>,
}

#[derive(Deserialize)]
struct TicketAnswer {
    ticket: Id,
    audit: Option<Id>,
}

#[derive(Deserialize)]
struct Tickets {
    tickets: Vec<FoundTicket>,
}

#[derive(Deserialize)]
struct FoundTicket {
    id: u64,
    external_id: Option<String>,
}

#[derive(Deserialize)]
struct Comments {
    comments: Vec<Comment>,
}

#[derive(Deserialize)]
struct Comment {
    id: u64,
    #[serde(default)]
    plain_body: Option<String>,
    #[serde(default)]
    body: Option<String>,
}

pub(super) fn decode_all(body: &[u8]) {
    drop((serde_json::from_slice::<UserAnswer>(body), serde_json::from_slice::<Users>(body)));
    drop((serde_json::from_slice::<TicketAnswer>(body), serde_json::from_slice::<Tickets>(body)));
    drop((serde_json::from_slice::<Comments>(body), judge(&Answer { status: 409, body: body.to_vec() })));
}

pub(super) fn make_connector(settings: &ConnectorSettings) -> Result<Arc<dyn CrmConnector>, InvalidConnector> {
    settings.check_options(&[])?;
    let missing = |key, remedy: &str| settings.invalid(key, format!("is missing; write {remedy}"));
    let base = settings.base_url.as_deref().ok_or_else(|| missing("base_url", "https://YOURS.zendesk.com"))?;
    let base = target::read_url(settings, "base_url", base)?;
    let token = settings.token.as_ref().ok_or_else(|| missing("token", "an API token or an OAuth token"))?;
    let credentials = match &settings.email {
        Some(email) => Credentials::basic(&format!("{email}/token"), token.expose_secret()),
        None => Credentials::Bearer(token.clone()),
    };
    let account = Account::new(settings, base, credentials, &LIMITS, judge)?;
    Ok(Arc::new(VendorConnector::new(settings, account, Zendesk)?))
}

/// Two updates of one ticket at once.
fn judge(answer: &Answer) -> Option<Failure> {
    (answer.status == 409).then(|| Failure::not_taken("answered 409: somebody else changes the record", None))
}

fn user(draft: &Draft) -> Value {
    let mut user = json!({ "name": draft.customer.name, "external_id": draft.customer.external_id });
    if let Some(phone) = &draft.customer.phone {
        user["phone"] = json!(phone);
    }
    let fields = draft.mapped("contact");
    if !fields.is_empty() {
        user["user_fields"] = Value::Object(fields);
    }
    json!({ "user": user })
}

fn ticket(draft: &Draft, requester: &str) -> Value {
    let mut ticket = json!({
        "subject": draft.title,
        "external_id": draft.call_key,
        "type": "task",
        "priority": if draft.wants_ticket { "high" } else { "normal" },
        "status": if draft.wants_ticket { "open" } else { "solved" },
        "tags": draft.tags,
        "custom_fields": custom_fields(draft.mapped("ticket")),
        "voice_comment": voice_comment(draft),
    });
    if let Ok(id) = requester.parse::<u64>() {
        ticket["requester_id"] = json!(id);
    }
    json!({ "ticket": ticket })
}

fn voice_comment(draft: &Draft) -> Value {
    let comment = json!({
        "from": draft.from,
        "to": draft.to,
        "recording_url": draft.recording_url,
        "started_at": draft.started_at,
        "call_duration": draft.duration_ms / 1_000,
    });
    let known = comment.as_object().into_iter().flatten().filter(|(_, value)| !value.is_null());
    known.map(|(name, value)| (name.clone(), value.clone())).collect::<Map<_, _>>().into()
}

/// Shape: `{"360001": …}` in the settings, a list of id and value here.
fn custom_fields(fields: Map<String, Value>) -> Vec<Value> {
    let with_id = |(id, value): (String, Value)| match id.parse::<u64>() {
        Ok(number) => json!({ "id": number, "value": value }),
        Err(_) => json!({ "id": id, "value": value }),
    };
    fields.into_iter().map(with_id).collect()
}

#[async_trait]
impl Vendor for Zendesk {
    fn plan(&self, _draft: &Draft) -> Vec<Record> {
        vec![Record::Contact, Record::Ticket, Record::Note]
    }

    fn repeat(&self, record: Record) -> Repeat {
        match record {
            // `create_or_update` by our id; the key of a ticket is kept for about two hours.
            Record::Contact | Record::Ticket | Record::Call => Repeat::Looked,
            Record::Note => Repeat::Doubles { found_after: Duration::from_secs(5) },
        }
    }

    async fn find(
        &self,
        exchange: &Exchange<'_>,
        record: Record,
        draft: &Draft,
        written: &Written,
    ) -> Result<Option<String>, Failure> {
        let found = match record {
            Record::Contact => {
                let Some(phone) = &draft.customer.phone else { return Ok(None) };
                let path = format!("/api/v2/users/search?query={}", encoded(&format!("phone:\"{phone}\"")));
                let users: Users = exchange.ask(Ask::get(path)).await?.read()?;
                let is_theirs = |user: &FoundUser| {
                    user.phone.as_ref() == Some(phone) || user.external_id.as_ref() == Some(&draft.customer.external_id)
                };
                users.users.into_iter().find(is_theirs).map(|user| user.id)
            }
            Record::Ticket => {
                let path = format!("/api/v2/tickets?external_id={}", encoded(&draft.call_key));
                let tickets: Tickets = exchange.ask(Ask::get(path)).await?.read()?;
                let is_this = |ticket: &FoundTicket| ticket.external_id.as_deref() == Some(&draft.call_key);
                tickets.tickets.into_iter().find(is_this).map(|ticket| ticket.id)
            }
            Record::Note => {
                let path = format!("/api/v2/tickets/{}/comments", written.ticket()?);
                let comments: Comments = exchange.ask(Ask::get(path)).await?.read()?;
                let is_this = |comment: &Comment| {
                    [&comment.plain_body, &comment.body].into_iter().flatten().any(|text| text.contains(&draft.key))
                };
                comments.comments.into_iter().find(is_this).map(|comment| comment.id)
            }
            Record::Call => None,
        };
        Ok(found.map(|id| id.to_string()))
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
                let ask = Ask::post("/api/v2/users/create_or_update", user(draft));
                let answer: UserAnswer = exchange.ask(ask).await?.read()?;
                Ok(answer.user.id.to_string())
            }
            Record::Ticket | Record::Call => {
                let ask = Ask::post("/api/v2/tickets", ticket(draft, written.contact()?))
                    .counted_as(Lane::Create)
                    .with_header("idempotency-key", &draft.call_key);
                let answer: TicketAnswer = exchange.ask(ask).await?.read()?;
                Ok(answer.ticket.id.to_string())
            }
            Record::Note => {
                let body = json!({ "ticket": { "comment": { "body": draft.text, "public": false } } });
                let ask = Ask::send(Method::PUT, format!("/api/v2/tickets/{}", written.ticket()?), body);
                let answer: TicketAnswer = exchange.ask(ask).await?.read()?;
                Ok(answer.audit.map_or(answer.ticket.id, |audit| audit.id).to_string())
            }
        }
    }

    async fn link(&self, _exchange: &Exchange<'_>, _written: &Written) -> Result<(), Failure> {
        Ok(())
    }

    async fn check(&self, exchange: &Exchange<'_>) -> Result<(), Failure> {
        exchange.ask(Ask::get("/api/v2/tickets?per_page=1")).await.map(drop)
    }
}

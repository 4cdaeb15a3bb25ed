//! Intercom: the contact, the call's log as a note on it, and a ticket where somebody has to see to it.
//!
//! Intercom's own calls can only be read. There are no idempotency keys: notes are found by the reference in their
//! text, tickets by the contact and that reference. Source: Intercom's API 2.16.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use serde::Deserialize;
use serde_json::{Value, json};

use super::account::{Account, Answer, Ask, Credentials, Exchange, Failure};
use super::draft::{Draft, html};
use super::vendor::{Record, Repeat, Vendor, VendorConnector, Written};
use super::{ConnectorSettings, InvalidConnector, target};
use crate::domain::delivery::{Allowance, Lane};
use crate::ports::crm::CrmConnector;

const BASE: &str = "https://api.intercom.io";

/// Source: 10,000 requests a minute for an app, spread over windows of 10 s.
const LIMITS: [Allowance; 1] =
    [Allowance { lane: Lane::Any, requests: 1_667, window: Duration::from_secs(10), need: 7 }];

/// Searches find what was written after a while.
const FOUND_AFTER: Duration = Duration::from_secs(90);

/// Notes of a page.
const PAGE: usize = 50;

const OPTIONS: [&str; 3] = ["admin_id", "ticket_type_id", "version"];

struct Intercom {
    admin: String,
    ticket_type: String,
}

#[derive(Deserialize)]
struct Id {
    id: String,
}

#[derive(Deserialize)]
struct Contacts {
    data: Vec<Id>,
}

#[derive(Deserialize)]
struct Notes {
    data: Vec<Note>,
}

#[derive(Deserialize)]
struct Note {
    id: String,
    #[serde(default)]
    body: Option<String>,
}

#[derive(Deserialize)]
struct Tickets {
    tickets: Vec<Ticket>,
}

#[derive(Deserialize)]
struct Ticket {
    id: String,
    #[serde(default)]
    ticket_attributes: serde_json::Map<String, Value>,
}

#[derive(Deserialize)]
struct Errors {
    errors: Vec<Fault>,
}

#[derive(Deserialize)]
struct Fault {
    code: String,
    #[serde(default)]
    message: String,
}

pub(super) fn decode_all(body: &[u8]) {
    drop((serde_json::from_slice::<Contacts>(body), serde_json::from_slice::<Notes>(body)));
    drop((serde_json::from_slice::<Tickets>(body), serde_json::from_slice::<Id>(body)));
    drop(existing_contact(body));
}

pub(super) fn make_connector(settings: &ConnectorSettings) -> Result<Arc<dyn CrmConnector>, InvalidConnector> {
    settings.check_options(&OPTIONS)?;
    let base = target::read_url(settings, "base_url", settings.base_url.as_deref().unwrap_or(BASE))?;
    let token = settings.token.clone();
    let token = token.ok_or_else(|| settings.invalid("token", "is missing; write the access token of an app"))?;
    let option = |name: &str, remedy: &str| {
        let set = settings.options.get(name).filter(|text| !text.is_empty()).cloned();
        set.ok_or_else(|| settings.invalid("options", format!("{name} is missing; write {remedy}")))
    };
    let vendor = Intercom {
        admin: option("admin_id", "the id of the teammate who writes the notes")?,
        ticket_type: option("ticket_type_id", "the id of the ticket type for what somebody has to see to")?,
    };
    let account = Account::new(settings, base, Credentials::Bearer(token), &LIMITS, judge)?
        .always_sending("intercom-version", settings.option("version", "2.16"));
    Ok(Arc::new(VendorConnector::new(settings, account, vendor)?))
}

const fn judge(_answer: &Answer) -> Option<Failure> {
    None
}

/// A refusal to make a contact twice names the one there is at the end of its message: `… already exists with id=…`.
fn existing_contact(body: &[u8]) -> Option<String> {
    let errors: Errors = serde_json::from_slice(body).ok()?;
    let fault = errors.errors.into_iter().find(|fault| fault.code == "conflict")?;
    let (_, id) = fault.message.rsplit_once("id=")?;
    (!id.is_empty() && id.chars().all(|letter| letter.is_ascii_alphanumeric())).then(|| id.to_owned())
}

fn equals(field: &str, value: &str) -> Value {
    let filter = json!({ "operator": "AND", "value": [{ "field": field, "operator": "=", "value": value }] });
    json!({ "query": filter, "pagination": { "per_page": 150 } })
}

fn contact(draft: &Draft) -> Value {
    let mut contact = json!({ "role": "user", "external_id": draft.customer.external_id, "name": draft.customer.name });
    if let Some(phone) = &draft.customer.phone {
        contact["phone"] = json!(phone);
    }
    let fields = draft.mapped("contact");
    if !fields.is_empty() {
        contact["custom_attributes"] = Value::Object(fields);
    }
    contact
}

/// Newest first: what is looked for was written lately.
async fn find_note(exchange: &Exchange<'_>, key: &str, contact: &str) -> Result<Option<String>, Failure> {
    for page in 1..=3 {
        let path = format!("/contacts/{contact}/notes?per_page={PAGE}&page={page}");
        let notes: Notes = exchange.ask(Ask::get(path)).await?.read()?;
        let (count, is_this) =
            (notes.data.len(), |note: &Note| note.body.as_ref().is_some_and(|text| text.contains(key)));
        let found = notes.data.into_iter().find(is_this);
        if found.is_some() || count < PAGE {
            return Ok(found.map(|note| note.id));
        }
    }
    Ok(None)
}

impl Intercom {
    fn ticket(&self, draft: &Draft, contact: &str) -> Value {
        let mut attributes = draft.mapped("ticket");
        attributes.insert("_default_title_".to_owned(), json!(draft.title));
        attributes.insert("_default_description_".to_owned(), json!(draft.ticket_text()));
        json!({
            "ticket_type_id": self.ticket_type,
            "contacts": [{ "id": contact }],
            "ticket_attributes": attributes,
            "skip_notifications": true,
        })
    }
}

#[async_trait]
impl Vendor for Intercom {
    fn plan(&self, draft: &Draft) -> Vec<Record> {
        let mut plan = vec![Record::Contact];
        plan.extend(draft.wants_ticket.then_some(Record::Ticket));
        plan.push(Record::Note);
        plan
    }

    fn repeat(&self, _record: Record) -> Repeat {
        Repeat::Doubles { found_after: FOUND_AFTER }
    }

    async fn find(
        &self,
        exchange: &Exchange<'_>,
        record: Record,
        draft: &Draft,
        written: &Written,
    ) -> Result<Option<String>, Failure> {
        match record {
            Record::Contact => {
                let query = match &draft.customer.phone {
                    Some(phone) => equals("phone", phone),
                    None => equals("external_id", &draft.customer.external_id),
                };
                let contacts: Contacts = exchange.ask(Ask::post("/contacts/search", query)).await?.read()?;
                Ok(contacts.data.into_iter().next().map(|contact| contact.id))
            }
            Record::Ticket | Record::Call => {
                let query = equals("contact_ids", written.contact()?);
                let tickets: Tickets = exchange.ask(Ask::post("/tickets/search", query)).await?.read()?;
                let is_this = |ticket: &Ticket| {
                    let text = ticket.ticket_attributes.get("_default_description_").and_then(Value::as_str);
                    text.is_some_and(|text| text.contains(&draft.call_key))
                };
                Ok(tickets.tickets.into_iter().find(is_this).map(|ticket| ticket.id))
            }
            Record::Note => find_note(exchange, &draft.key, written.contact()?).await,
        }
    }

    async fn write(
        &self,
        exchange: &Exchange<'_>,
        record: Record,
        draft: &Draft,
        written: &Written,
    ) -> Result<String, Failure> {
        let ask = match record {
            Record::Contact => Ask::post("/contacts", contact(draft)),
            Record::Ticket | Record::Call => Ask::post("/tickets", self.ticket(draft, written.contact()?)),
            Record::Note => {
                let path = format!("/contacts/{}/notes", written.contact()?);
                Ask::post(path, json!({ "body": html(&draft.text), "admin_id": self.admin }))
            }
        };
        let answer = exchange.ask_whether(ask).await?;
        if answer.status == 409
            && record == Record::Contact
            && let Some(id) = existing_contact(&answer.body)
        {
            return Ok(id);
        }
        if !answer.is_success() {
            return Err(answer.refused());
        }
        let created: Id = answer.read()?;
        Ok(created.id)
    }

    async fn link(&self, _exchange: &Exchange<'_>, _written: &Written) -> Result<(), Failure> {
        Ok(())
    }

    async fn check(&self, exchange: &Exchange<'_>) -> Result<(), Failure> {
        exchange.ask(Ask::get("/me")).await.map(drop)
    }
}

//! Freshdesk: the contact, a ticket of the call, and the call's log as a private note.
//!
//! There are no idempotency keys: tickets are looked for by a custom field of ours. A ticket nobody has to see to is
//! opened closed. Source: Freshdesk's API v2.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use secrecy::ExposeSecret as _;
use serde::Deserialize;
use serde_json::{Value, json};

use super::account::{Account, Answer, Ask, Credentials, Exchange, Failure, encoded};
use super::draft::{Draft, html};
use super::vendor::{Record, Repeat, Vendor, VendorConnector, Written};
use super::{ConnectorSettings, InvalidConnector, target};
use crate::domain::delivery::{Allowance, Lane};
use crate::ports::crm::CrmConnector;

/// Source: the smallest paid plan, a minute: 200 requests, of these 80 that create and 20 that list.
const LIMITS: [Allowance; 3] = [
    Allowance { lane: Lane::Any, requests: 200, window: Duration::from_secs(60), need: 6 },
    Allowance { lane: Lane::Create, requests: 80, window: Duration::from_secs(60), need: 2 },
    Allowance { lane: Lane::List, requests: 20, window: Duration::from_secs(60), need: 1 },
];

/// The index of tickets lags by a few minutes; contacts and notes are read from where they are written.
const TICKET_FOUND_AFTER: Duration = Duration::from_secs(5 * 60);
const FOUND_AFTER: Duration = Duration::from_secs(10);

/// Conversations of a page.
const PAGE: usize = 100;

const OPEN: u8 = 2;
const CLOSED: u8 = 5;
const HIGH: u8 = 3;
const LOW: u8 = 1;
const BY_PHONE: u8 = 3;

struct Freshdesk {
    call_field: String,
}

#[derive(Deserialize)]
struct Id {
    id: u64,
}

#[derive(Deserialize)]
struct FoundTickets {
    results: Vec<FoundTicket>,
}

#[derive(Deserialize)]
struct FoundTicket {
    id: u64,
    #[serde(default)]
    custom_fields: serde_json::Map<String, Value>,
}

#[derive(Deserialize)]
struct Conversation {
    id: u64,
    #[serde(default)]
    body_text: Option<String>,
    #[serde(default)]
    body: Option<String>,
}

#[derive(Deserialize)]
struct Duplicate {
    errors: Vec<DuplicateField>,
}

#[derive(Deserialize)]
struct DuplicateField {
    additional_info: Option<DuplicateOf>,
}

#[derive(Deserialize)]
struct DuplicateOf {
    user_id: Option<u64>,
}

pub(super) fn decode_all(body: &[u8]) {
    drop((serde_json::from_slice::<Vec<Id>>(body), serde_json::from_slice::<FoundTickets>(body)));
    drop((serde_json::from_slice::<Vec<Conversation>>(body), duplicate_of(body)));
}

pub(super) fn make_connector(settings: &ConnectorSettings) -> Result<Arc<dyn CrmConnector>, InvalidConnector> {
    settings.check_options(&["call_field"])?;
    let missing = |key, remedy: &str| settings.invalid(key, format!("is missing; write {remedy}"));
    let base = settings.base_url.as_deref().ok_or_else(|| missing("base_url", "https://YOURS.freshdesk.com"))?;
    let base = target::read_url(settings, "base_url", base)?;
    let token = settings.token.as_ref().ok_or_else(|| missing("token", "the API key of an agent"))?;
    let credentials = Credentials::basic(token.expose_secret(), "X");
    let account = Account::new(settings, base, credentials, &LIMITS, judge)?;
    let vendor = Freshdesk { call_field: settings.option("call_field", "cf_voice_call_id").to_owned() };
    Ok(Arc::new(VendorConnector::new(settings, account, vendor)?))
}

const fn judge(_answer: &Answer) -> Option<Failure> {
    None
}

/// The contact that has the number already.
fn duplicate_of(body: &[u8]) -> Option<u64> {
    let duplicate: Duplicate = serde_json::from_slice(body).ok()?;
    duplicate.errors.into_iter().find_map(|field| field.additional_info?.user_id)
}

impl Freshdesk {
    fn ticket(&self, draft: &Draft, contact: &str) -> Value {
        let mut fields = draft.mapped("ticket");
        fields.insert(self.call_field.clone(), json!(draft.call_key));
        json!({
            "subject": draft.title,
            "description": html(&draft.summary),
            "requester_id": contact.parse::<u64>().ok(),
            "status": if draft.wants_ticket { OPEN } else { CLOSED },
            "priority": if draft.wants_ticket { HIGH } else { LOW },
            "source": BY_PHONE,
            "tags": draft.tags,
            "custom_fields": fields,
        })
    }

    async fn find_note(&self, exchange: &Exchange<'_>, key: &str, ticket: &str) -> Result<Option<u64>, Failure> {
        // A ticket of ours gets few notes; the pages are bounded all the same.
        for page in 1..=3 {
            let path = format!("/api/v2/tickets/{ticket}/conversations?per_page={PAGE}&page={page}");
            let notes: Vec<Conversation> = exchange.ask(Ask::get(path)).await?.read()?;
            let (count, has_key) = (notes.len(), |text: &String| text.contains(key));
            let found = notes.into_iter().find(|note| [&note.body_text, &note.body].into_iter().flatten().any(has_key));
            if found.is_some() || count < PAGE {
                return Ok(found.map(|note| note.id));
            }
        }
        Ok(None)
    }
}

#[async_trait]
impl Vendor for Freshdesk {
    fn plan(&self, _draft: &Draft) -> Vec<Record> {
        vec![Record::Contact, Record::Ticket, Record::Note]
    }

    fn repeat(&self, record: Record) -> Repeat {
        match record {
            Record::Contact | Record::Note => Repeat::Doubles { found_after: FOUND_AFTER },
            Record::Ticket | Record::Call => Repeat::Doubles { found_after: TICKET_FOUND_AFTER },
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
                let by = match &draft.customer.phone {
                    Some(phone) => format!("phone={}", encoded(phone)),
                    None => format!("unique_external_id={}", encoded(&draft.customer.external_id)),
                };
                let ask = Ask::get(format!("/api/v2/contacts?{by}")).counted_as(Lane::List);
                let contacts: Vec<Id> = exchange.ask(ask).await?.read()?;
                contacts.into_iter().next().map(|contact| contact.id)
            }
            Record::Ticket | Record::Call => {
                let query = encoded(&format!("\"{}:'{}'\"", self.call_field, draft.call_key));
                let ask = Ask::get(format!("/api/v2/search/tickets?query={query}"));
                let tickets: FoundTickets = exchange.ask(ask).await?.read()?;
                let is_this = |ticket: &FoundTicket| {
                    ticket.custom_fields.get(&self.call_field).and_then(Value::as_str) == Some(&draft.call_key)
                };
                tickets.results.into_iter().find(is_this).map(|ticket| ticket.id)
            }
            Record::Note => self.find_note(exchange, &draft.key, written.ticket()?).await?,
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
        let ask = match record {
            Record::Contact => {
                let mut contact =
                    json!({ "name": draft.customer.name, "unique_external_id": draft.customer.external_id });
                if let Some(phone) = &draft.customer.phone {
                    contact["phone"] = json!(phone);
                }
                let fields = draft.mapped("contact");
                if !fields.is_empty() {
                    contact["custom_fields"] = Value::Object(fields);
                }
                Ask::post("/api/v2/contacts", contact)
            }
            Record::Ticket | Record::Call => Ask::post("/api/v2/tickets", self.ticket(draft, written.contact()?)),
            Record::Note => {
                let path = format!("/api/v2/tickets/{}/notes", written.ticket()?);
                Ask::post(path, json!({ "body": html(&draft.text), "private": true }))
            }
        };
        let ask = if record == Record::Note { ask } else { ask.counted_as(Lane::Create) };
        let answer = exchange.ask_whether(ask).await?;
        if answer.status == 409
            && record == Record::Contact
            && let Some(id) = duplicate_of(&answer.body)
        {
            return Ok(id.to_string());
        }
        if !answer.is_success() {
            return Err(answer.refused());
        }
        let created: Id = answer.read()?;
        Ok(created.id.to_string())
    }

    async fn link(&self, _exchange: &Exchange<'_>, _written: &Written) -> Result<(), Failure> {
        Ok(())
    }

    async fn check(&self, exchange: &Exchange<'_>) -> Result<(), Failure> {
        exchange.ask(Ask::get("/api/v2/tickets?per_page=1").counted_as(Lane::List)).await.map(drop)
    }
}

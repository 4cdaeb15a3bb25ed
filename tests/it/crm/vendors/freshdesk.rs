//! Freshdesk: no keys, a ticket index that lags by minutes, contacts that are refused twice.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::{Kind, TOKEN};
use crate::crm::books::{Books, key_in};
use crate::crm::server::{Entry, Limit, Reply, Request, Vendor};

pub(super) const KIND: Kind = Kind {
    name: "freshdesk",
    vendor: |_| Box::new(Freshdesk::default()),
    configure: |settings| settings.token = Some(TOKEN.into()),
    records: [&["ticket", "note"], &["ticket", "note"]],
    has_contacts: true,
};

const INDEX_LAG_MS: i64 = 120_000;

#[derive(Default)]
struct Freshdesk {
    books: Books,
}

fn invalid(field: &str, message: &str, code: &str) -> Reply {
    let errors = json!([{ "field": field, "message": message, "code": code }]);
    Reply::json(400, &json!({ "description": "Validation failed", "errors": errors }))
}

impl Freshdesk {
    fn contacts(&self, request: &Request) -> Reply {
        let (phone, external_id) = (request.query("phone"), request.query("unique_external_id"));
        let rows = self.books.of_kind("contact").filter(|row| {
            (!phone.is_empty() && row.fields["phone"] == phone)
                || (!external_id.is_empty() && row.fields["unique_external_id"] == external_id)
        });
        Reply::json(200, &rows.map(|row| json!({ "id": row.id })).collect::<Vec<_>>().into())
    }

    fn create_contact(&mut self, request: &Request, now: i64) -> Reply {
        let contact = request.json();
        if !contact["name"].is_string() {
            return invalid("name", "It should be a String", "missing_field");
        }
        let key = contact["unique_external_id"].as_str().unwrap().to_owned();
        let same = |row: &&crate::crm::books::Row| {
            row.key == key || (contact["phone"].is_string() && row.fields["phone"] == contact["phone"])
        };
        if let Some(row) = self.books.of_kind("contact").find(same) {
            let error = json!({ "field": "phone", "message": "It should be a unique value", "code": "duplicate_value",
                "additional_info": { "user_id": row.id } });
            return Reply::json(409, &json!({ "description": "Validation failed", "errors": [error] }));
        }
        let id = self.books.add("contact", &key, contact, now);
        Reply::json(201, &json!({ "id": id }))
    }

    fn create_ticket(&mut self, request: &Request, now: i64) -> Reply {
        let ticket = request.json();
        if self.books.by_id("contact", &ticket["requester_id"].to_string()).is_none() {
            return invalid("requester_id", "There is no contact matching the given requester_id", "invalid_value");
        }
        let is_number = |name: &str| ticket[name].is_u64();
        if !["status", "priority", "source"].into_iter().all(is_number) || !ticket["tags"].is_array() {
            return invalid("status", "It should be one of these values", "invalid_value");
        }
        let fields = ticket["custom_fields"].as_object().cloned().unwrap_or_default();
        if let Some(name) = fields.keys().find(|name| !["cf_voice_call_id", "cf_order_number"].contains(&name.as_str()))
        {
            return invalid(name, "Unexpected/invalid field in request", "invalid_field");
        }
        let key = fields["cf_voice_call_id"].as_str().unwrap();
        let id = self.books.add("ticket", key, ticket.clone(), now);
        Reply::json(201, &json!({ "id": id }))
    }

    fn search(&self, request: &Request, now: i64) -> Reply {
        let query = request.query("query");
        let key = query.trim_matches('"').trim_start_matches("cf_voice_call_id:").trim_matches('\'');
        assert!(query.starts_with('"') && query.ends_with('"'), "the quotes belong to the query");
        let rows = self.books.of_kind("ticket").filter(|row| row.key == key && row.at + INDEX_LAG_MS <= now);
        let found: Vec<Value> =
            rows.map(|row| json!({ "id": row.id, "custom_fields": row.fields["custom_fields"] })).collect();
        Reply::json(200, &json!({ "total": found.len(), "results": found }))
    }

    fn conversations(&self, id: &str) -> Reply {
        let rows = self.books.of_kind("note").filter(|row| row.of.to_string() == id);
        let notes: Vec<Value> = rows.map(|row| json!({ "id": row.id, "body": row.fields["body"] })).collect();
        Reply::json(200, &notes.into())
    }

    fn note(&mut self, id: &str, request: &Request, now: i64) -> Reply {
        let note = request.json();
        let Some(ticket) = self.books.by_id("ticket", id).map(|row| row.id) else {
            return Reply { status: 404, headers: Vec::new(), body: String::new() };
        };
        assert_eq!(note["private"], true, "a public note goes to the customer");
        let key = key_in(note["body"].as_str().unwrap());
        let id = self.books.add_to(ticket, "note", &key, note, now);
        Reply::json(201, &json!({ "id": id }))
    }
}

impl Vendor for Freshdesk {
    fn answer(&mut self, request: &Request, now: i64) -> Reply {
        if request.header("authorization") != format!("Basic {}", STANDARD.encode(format!("{TOKEN}:X"))) {
            return self.unauthorized();
        }
        match request.route() {
            ("GET", path) if path == ["api", "v2", "contacts"] => self.contacts(request),
            ("POST", path) if path == ["api", "v2", "contacts"] => self.create_contact(request, now),
            ("GET", path) if path == ["api", "v2", "search", "tickets"] => self.search(request, now),
            ("GET", path) if path == ["api", "v2", "tickets"] => Reply::json(200, &json!([])),
            ("POST", path) if path == ["api", "v2", "tickets"] => self.create_ticket(request, now),
            ("GET", path) if path.len() == 5 && path[4] == "conversations" => self.conversations(path[3]),
            ("POST", path) if path.len() == 5 && path[4] == "notes" => self.note(path[3], request, now),
            _ => Reply { status: 404, headers: Vec::new(), body: String::new() },
        }
    }

    fn unauthorized(&self) -> Reply {
        let message = "You have to be logged in to perform this action.";
        Reply::json(401, &json!({ "code": "invalid_credentials", "message": message }))
    }

    fn entries(&self) -> Vec<Entry> {
        self.books.entries()
    }

    fn limits(&self) -> Vec<Limit> {
        let creates = |request: &Request| {
            request.method == "POST" && ["/api/v2/tickets", "/api/v2/contacts"].contains(&request.path.as_str())
        };
        let lists = |request: &Request| request.method == "GET" && request.path == "/api/v2/contacts";
        vec![
            Limit { counts: |_| true, requests: 200, window_ms: 60_000 },
            Limit { counts: creates, requests: 80, window_ms: 60_000 },
            Limit { counts: lists, requests: 20, window_ms: 60_000 },
        ]
    }
}

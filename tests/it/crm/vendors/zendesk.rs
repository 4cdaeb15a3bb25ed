//! Zendesk: tickets with idempotency keys of two hours, users by external id, comments.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::{EMAIL, Kind, TOKEN};
use crate::crm::books::{Books, key_in};
use crate::crm::server::{Entry, Limit, Reply, Request, Vendor};

pub(super) const KIND: Kind = Kind {
    name: "zendesk",
    vendor: |_| Box::new(Zendesk::default()),
    configure: |settings| {
        settings.token = Some(TOKEN.into());
        settings.email = Some(EMAIL.to_owned());
    },
    records: [&["ticket", "note"], &["ticket", "note"]],
    has_contacts: true,
};

const SEARCH_LAG_MS: i64 = 10_000;
const KEY_KEPT_MS: i64 = 2 * 3_600_000;

#[derive(Default)]
struct Zendesk {
    books: Books,
    keys: BTreeMap<String, (i64, String, Reply)>,
}

fn invalid(description: &str) -> Reply {
    let details = json!({ "base": [{ "description": description, "error": "BlankValue" }] });
    Reply::json(
        422,
        &json!({ "error": "RecordInvalid", "description": "Record validation errors", "details": details }),
    )
}

fn not_found() -> Reply {
    Reply::json(404, &json!({ "error": "RecordNotFound", "description": "Not found" }))
}

impl Zendesk {
    fn create_or_update(&mut self, request: &Request, now: i64) -> Reply {
        let user = request.json()["user"].clone();
        let Some(external_id) = user["external_id"].as_str().filter(|_| user["name"].is_string()) else {
            return invalid("Name: cannot be blank");
        };
        let known = self.books.by_key("contact", external_id).map(|row| row.id);
        let id = known.unwrap_or_else(|| self.books.add("contact", external_id, user.clone(), now));
        Reply::json(if known.is_some() { 200 } else { 201 }, &json!({ "user": { "id": id } }))
    }

    fn create_ticket(&mut self, request: &Request, now: i64) -> Reply {
        let key = request.header("idempotency-key").to_owned();
        if let Some((at, body, reply)) = self.keys.get(&key).filter(|(at, ..)| now - at < KEY_KEPT_MS) {
            assert!(*at <= now);
            if *body != request.text {
                return Reply::json(400, &json!({ "error": "IdempotentRequestError" }));
            }
            return reply.clone();
        }
        let ticket = request.json()["ticket"].clone();
        let requester = ticket["requester_id"].to_string();
        if self.books.by_id("contact", &requester).is_none() {
            return invalid("Requester: is invalid");
        }
        let call = &ticket["voice_comment"];
        if !ticket["subject"].is_string() || !call["started_at"].is_string() || !call["call_duration"].is_u64() {
            return invalid("Voice comment: is incomplete");
        }
        if !["open", "solved"].contains(&ticket["status"].as_str().unwrap_or_default()) || !ticket["tags"].is_array() {
            return invalid("Status: is invalid");
        }
        let id = self.books.add("ticket", ticket["external_id"].as_str().unwrap(), ticket.clone(), now);
        let reply = Reply::json(201, &json!({ "ticket": { "id": id }, "audit": { "id": id + 500_000 } }));
        self.keys.insert(key, (now, request.text.clone(), reply.clone()));
        reply
    }

    fn comment(&mut self, id: &str, request: &Request, now: i64) -> Reply {
        let comment = request.json()["ticket"]["comment"].clone();
        let Some(ticket) = self.books.by_id("ticket", id).map(|row| row.id) else { return not_found() };
        assert_eq!(comment["public"], false, "a public comment goes to the customer");
        let body = comment["body"].as_str().unwrap();
        let note = self.books.add_to(ticket, "note", &key_in(body), comment.clone(), now);
        Reply::json(200, &json!({ "ticket": { "id": ticket }, "audit": { "id": note } }))
    }

    fn search_users(&self, request: &Request, now: i64) -> Reply {
        let phone = request.query("query").trim_start_matches("phone:").trim_matches('"').to_owned();
        let users: Vec<Value> = self
            .books
            .of_kind("contact")
            .filter(|row| row.at + SEARCH_LAG_MS <= now && row.fields["phone"] == phone.as_str())
            .map(|row| json!({ "id": row.id, "phone": phone, "external_id": row.key }))
            .collect();
        Reply::json(200, &json!({ "users": users, "count": users.len() }))
    }

    fn tickets(&self, request: &Request) -> Reply {
        let key = request.query("external_id");
        let rows = self.books.of_kind("ticket").filter(|row| row.key == key);
        let tickets: Vec<Value> = rows.map(|row| json!({ "id": row.id, "external_id": row.key })).collect();
        Reply::json(200, &json!({ "tickets": tickets }))
    }

    fn comments(&self, id: &str) -> Reply {
        let Some(ticket) = self.books.by_id("ticket", id) else { return not_found() };
        let rows = self.books.of_kind("note").filter(|row| row.of == ticket.id);
        let comments: Vec<Value> =
            rows.map(|row| json!({ "id": row.id, "plain_body": row.fields["body"], "public": false })).collect();
        Reply::json(200, &json!({ "comments": comments }))
    }
}

impl Vendor for Zendesk {
    fn answer(&mut self, request: &Request, now: i64) -> Reply {
        let expected = STANDARD.encode(format!("{EMAIL}/token:{TOKEN}"));
        if request.header("authorization") != format!("Basic {expected}") {
            return self.unauthorized();
        }
        match request.route() {
            ("GET", path) if path == ["api", "v2", "users", "search"] => self.search_users(request, now),
            ("POST", path) if path == ["api", "v2", "users", "create_or_update"] => self.create_or_update(request, now),
            ("GET", path) if path == ["api", "v2", "tickets"] => self.tickets(request),
            ("POST", path) if path == ["api", "v2", "tickets"] => self.create_ticket(request, now),
            ("PUT", path) if path.len() == 4 && path[2] == "tickets" => self.comment(path[3], request, now),
            ("GET", path) if path.len() == 5 && path[4] == "comments" => self.comments(path[3]),
            _ => not_found(),
        }
    }

    fn unauthorized(&self) -> Reply {
        Reply::json(401, &json!({ "error": "Couldn't authenticate you" }))
    }

    fn entries(&self) -> Vec<Entry> {
        self.books.entries()
    }

    fn limits(&self) -> Vec<Limit> {
        vec![
            Limit { counts: |_| true, requests: 200, window_ms: 60_000 },
            Limit { counts: |request| request.method == "PUT", requests: 100, window_ms: 60_000 },
        ]
    }
}

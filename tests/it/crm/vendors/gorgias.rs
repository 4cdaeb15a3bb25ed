//! Gorgias: forty requests in twenty seconds, no keys, and messages that are really sent when they are an agent's.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::{EMAIL, Kind, TOKEN};
use crate::crm::books::Books;
use crate::crm::server::{Entry, Limit, Reply, Request, Vendor};

pub(super) const KIND: Kind = Kind {
    name: "gorgias",
    vendor: |_| Box::new(Gorgias::default()),
    configure: |settings| {
        settings.token = Some(TOKEN.into());
        settings.email = Some(EMAIL.to_owned());
    },
    records: [&["ticket", "note"], &["ticket", "note"]],
    has_contacts: true,
};

#[derive(Default)]
struct Gorgias {
    books: Books,
}

fn invalid(message: &str) -> Reply {
    Reply::json(400, &json!({ "error": { "msg": message, "data": {} } }))
}

fn check_message(message: &Value) -> Result<(), Reply> {
    let is_agents = message["from_agent"] == true;
    if ["channel", "via"].iter().any(|name| !message[*name].is_string()) || !message["from_agent"].is_boolean() {
        return Err(invalid("channel, via and from_agent are required"));
    }
    if is_agents {
        assert_eq!(message["channel"], "internal-note", "anything else is sent to the customer");
        assert_eq!(message["public"], false);
        if message["sender"]["email"] != EMAIL {
            return Err(invalid("sender must be a user"));
        }
    } else if !message["sender"]["id"].is_u64() || !message["receiver"].is_null() {
        return Err(invalid("sender must be a customer, without receiver"));
    }
    Ok(())
}

impl Gorgias {
    fn items(&self, kind: &'static str, matches: impl Fn(&crate::crm::books::Row) -> bool) -> Reply {
        let rows = self.books.of_kind(kind).filter(|row| matches(row));
        let mut items: Vec<Value> =
            rows.map(|row| json!({ "id": row.id, "external_id": row.fields["external_id"] })).collect();
        items.reverse();
        items.truncate(100);
        Reply::json(200, &json!({ "data": items, "meta": { "next_cursor": null } }))
    }

    fn create_customer(&mut self, request: &Request, now: i64) -> Reply {
        let customer = request.json();
        let key = customer["external_id"].as_str().unwrap().to_owned();
        let id = self.books.add("contact", &key, customer, now);
        Reply::json(201, &json!({ "id": id, "external_id": key }))
    }

    fn create_ticket(&mut self, request: &Request, now: i64) -> Reply {
        let ticket = request.json();
        let Some(customer) = self.books.by_id("contact", &ticket["customer"]["id"].to_string()).map(|row| row.id)
        else {
            return invalid("customer does not exist");
        };
        let Some(messages) = ticket["messages"].as_array().filter(|messages| !messages.is_empty()) else {
            return invalid("messages: at least one is required");
        };
        if let Some(reply) = messages.iter().find_map(|message| check_message(message).err()) {
            return reply;
        }
        let key = ticket["external_id"].as_str().unwrap().to_owned();
        let id = self.books.add_to(customer, "ticket", &key, ticket.clone(), now);
        Reply::json(201, &json!({ "id": id, "external_id": key }))
    }

    fn create_message(&mut self, ticket: &str, request: &Request, now: i64) -> Reply {
        let message = request.json();
        let Some(ticket) = self.books.by_id("ticket", ticket).map(|row| row.id) else {
            return Reply::json(404, &json!({ "error": { "msg": "Ticket not found" } }));
        };
        if let Err(reply) = check_message(&message) {
            return reply;
        }
        let key = message["external_id"].as_str().unwrap().trim_end_matches("-note").to_owned();
        let id = self.books.add_to(ticket, "note", &key, message, now);
        Reply::json(201, &json!({ "id": id }))
    }
}

impl Vendor for Gorgias {
    fn answer(&mut self, request: &Request, now: i64) -> Reply {
        if request.header("authorization") != format!("Basic {}", STANDARD.encode(format!("{EMAIL}:{TOKEN}"))) {
            return self.unauthorized();
        }
        match request.route() {
            ("GET", path) if path == ["api", "customers"] => {
                self.items("contact", |row| row.key == request.query("external_id"))
            }
            ("POST", path) if path == ["api", "customers"] => self.create_customer(request, now),
            ("GET", path) if path == ["api", "tickets"] => {
                self.items("ticket", |row| row.of.to_string() == request.query("customer_id"))
            }
            ("POST", path) if path == ["api", "tickets"] => self.create_ticket(request, now),
            ("GET", path) if path.len() == 4 && path[3] == "messages" => {
                self.items("note", |row| row.of.to_string() == path[2])
            }
            ("POST", path) if path.len() == 4 && path[3] == "messages" => self.create_message(path[2], request, now),
            _ => Reply::json(404, &json!({ "error": { "msg": "Not found" } })),
        }
    }

    fn unauthorized(&self) -> Reply {
        Reply::json(401, &json!({ "error": { "msg": "Invalid credentials" } }))
    }

    fn entries(&self) -> Vec<Entry> {
        self.books.entries()
    }

    fn limits(&self) -> Vec<Limit> {
        vec![Limit { counts: |_| true, requests: 40, window_ms: 20_000 }]
    }
}

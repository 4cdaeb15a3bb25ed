//! Intercom: searches that lag, contacts refused twice, notes on contacts, tickets of one contact.

use serde_json::{Value, json};

use super::{Kind, TOKEN};
use crate::crm::books::{Books, key_in};
use crate::crm::server::{Entry, Limit, Reply, Request, Vendor};

pub(super) const KIND: Kind = Kind {
    name: "intercom",
    vendor: |_| Box::new(Intercom::default()),
    configure: |settings| {
        settings.token = Some(TOKEN.into());
        settings.options.insert("admin_id".to_owned(), "123".to_owned());
        settings.options.insert("ticket_type_id".to_owned(), "88".to_owned());
    },
    records: [&["note"], &["ticket", "note"]],
    has_contacts: true,
};

const SEARCH_LAG_MS: i64 = 30_000;

#[derive(Default)]
struct Intercom {
    books: Books,
}

fn fault(status: u16, code: &str, message: &str) -> Reply {
    let errors = json!([{ "code": code, "message": message }]);
    Reply::json(status, &json!({ "type": "error.list", "request_id": "b7h2", "errors": errors }))
}

impl Intercom {
    fn search_contacts(&self, request: &Request, now: i64) -> Reply {
        let filter = request.json()["query"]["value"][0].clone();
        let field = filter["field"].as_str().unwrap();
        let rows = self.books.of_kind("contact");
        let found = rows.filter(|row| row.at + SEARCH_LAG_MS <= now && row.fields[field] == filter["value"]);
        let contacts: Vec<Value> = found.map(|row| json!({ "type": "contact", "id": row.id.to_string() })).collect();
        Reply::json(200, &json!({ "type": "list", "data": contacts, "total_count": contacts.len() }))
    }

    fn create_contact(&mut self, request: &Request, now: i64) -> Reply {
        let contact = request.json();
        let key = contact["external_id"].as_str().unwrap().to_owned();
        if let Some(row) = self.books.by_key("contact", &key) {
            let message = format!("A contact matching those details already exists with id={}", row.id);
            return fault(409, "conflict", &message);
        }
        let id = self.books.add("contact", &key, contact, now);
        Reply::json(200, &json!({ "type": "contact", "id": id.to_string() }))
    }

    fn search_tickets(&self, request: &Request, now: i64) -> Reply {
        let filter = request.json()["query"]["value"][0].clone();
        let rows = self.books.of_kind("ticket");
        let found = rows.filter(|row| {
            row.at + SEARCH_LAG_MS <= now && filter["value"].as_str() == Some(row.of.to_string().as_str())
        });
        let tickets: Vec<Value> = found
            .map(|row| json!({ "id": row.id.to_string(), "ticket_attributes": row.fields["ticket_attributes"] }))
            .collect();
        Reply::json(200, &json!({ "type": "ticket.list", "tickets": tickets, "total_count": tickets.len() }))
    }

    fn create_ticket(&mut self, request: &Request, now: i64) -> Reply {
        let ticket = request.json();
        let contacts = ticket["contacts"].as_array().cloned().unwrap_or_default();
        let [contact] = &contacts[..] else { return fault(400, "parameter_invalid", "exactly one contact") };
        let contact = self.books.by_id("contact", contact["id"].as_str().unwrap()).map(|row| row.id);
        let Some(contact) = contact else { return fault(404, "not_found", "User Not Found") };
        if ticket["ticket_type_id"] != "88" {
            return fault(404, "ticket_type_not_found", "Ticket type not found");
        }
        let key = key_in(ticket["ticket_attributes"]["_default_description_"].as_str().unwrap());
        let id = self.books.add_to(contact, "ticket", &key, ticket, now);
        Reply::json(200, &json!({ "type": "ticket", "id": id.to_string() }))
    }

    fn notes(&self, contact: &str, request: &Request) -> Reply {
        let rows = self.books.of_kind("note").filter(|row| row.of.to_string() == contact);
        let mut notes: Vec<Value> =
            rows.map(|row| json!({ "id": row.id.to_string(), "body": row.fields["body"] })).collect();
        notes.reverse();
        let page: usize = request.query("page").parse().unwrap();
        let notes: Vec<Value> = notes.into_iter().skip((page - 1) * 50).take(50).collect();
        Reply::json(200, &json!({ "type": "list", "data": notes }))
    }

    fn create_note(&mut self, contact: &str, request: &Request, now: i64) -> Reply {
        let note = request.json();
        let Some(contact) = self.books.by_id("contact", contact).map(|row| row.id) else {
            return fault(404, "not_found", "User Not Found");
        };
        if note["admin_id"] != "123" {
            return fault(404, "admin_not_found", "Admin not found");
        }
        let key = key_in(note["body"].as_str().unwrap());
        let id = self.books.add_to(contact, "note", &key, note, now);
        Reply::json(200, &json!({ "type": "note", "id": id.to_string() }))
    }
}

impl Vendor for Intercom {
    fn answer(&mut self, request: &Request, now: i64) -> Reply {
        if request.header("authorization") != format!("Bearer {TOKEN}") {
            return self.unauthorized();
        }
        assert_eq!(request.header("intercom-version"), "2.16");
        match request.route() {
            ("GET", path) if path == ["me"] => Reply::json(200, &json!({ "type": "admin", "id": "123" })),
            ("POST", path) if path == ["contacts", "search"] => self.search_contacts(request, now),
            ("POST", path) if path == ["contacts"] => self.create_contact(request, now),
            ("POST", path) if path == ["tickets", "search"] => self.search_tickets(request, now),
            ("POST", path) if path == ["tickets"] => self.create_ticket(request, now),
            ("GET", path) if path.len() == 3 && path[2] == "notes" => self.notes(path[1], request),
            ("POST", path) if path.len() == 3 && path[2] == "notes" => self.create_note(path[1], request, now),
            _ => fault(404, "not_found", "The requested resource was not found"),
        }
    }

    fn unauthorized(&self) -> Reply {
        fault(401, "unauthorized", "Access Token Invalid")
    }

    fn entries(&self) -> Vec<Entry> {
        self.books.entries()
    }

    fn limits(&self) -> Vec<Limit> {
        vec![Limit { counts: |_| true, requests: 1_667, window_ms: 10_000 }]
    }
}

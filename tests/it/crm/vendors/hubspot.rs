//! HubSpot: objects by date version, upserts by a unique property, searches that lag by seconds.

use serde_json::{Value, json};

use super::{Kind, TOKEN};
use crate::crm::books::Books;
use crate::crm::server::{Entry, Limit, Reply, Request, Vendor};

pub(super) const KIND: Kind = Kind {
    name: "hubspot",
    vendor: |_| Box::new(HubSpot::default()),
    configure: |settings| settings.token = Some(TOKEN.into()),
    records: [&["call", "note"], &["ticket", "call", "note"]],
    has_contacts: true,
};

const SEARCH_LAG_MS: i64 = 5_000;

const PROPERTIES: &[&str] = &[
    "hs_timestamp",
    "hs_call_title",
    "hs_call_body",
    "hs_call_direction",
    "hs_call_status",
    "hs_call_duration",
    "hs_call_from_number",
    "hs_call_to_number",
    "hs_call_disposition",
    "hs_call_recording_url",
    "hs_note_body",
    "subject",
    "content",
    "hs_pipeline",
    "hs_pipeline_stage",
    "hs_ticket_priority",
    "phone",
    "lastname",
    "order_number",
];

const STATUSES: &[&str] = &["BUSY", "CANCELED", "COMPLETED", "FAILED", "NO_ANSWER"];

#[derive(Default)]
struct HubSpot {
    books: Books,
    ties: Vec<(String, String)>,
}

fn fault(status: u16, category: &str, message: &str) -> Reply {
    let body = json!({ "status": "error", "message": message, "correlationId": "aeb5f871", "category": category });
    Reply::json(status, &body)
}

fn kind_of(object: &str) -> Option<&'static str> {
    match object {
        "contacts" => Some("contact"),
        "tickets" => Some("ticket"),
        "calls" => Some("call"),
        "notes" => Some("note"),
        _ => None,
    }
}

fn check(object: &str, properties: &Value) -> Result<(), Reply> {
    let invalid = |message: &str| Err(fault(400, "VALIDATION_ERROR", message));
    let Some(fields) = properties.as_object() else { return invalid("properties is required") };
    if let Some(name) = fields.keys().find(|name| !PROPERTIES.contains(&name.as_str())) {
        return invalid(&format!("Property \"{name}\" does not exist"));
    }
    if let Some((name, _)) = fields.iter().find(|(_, value)| !value.is_string() && !value.is_null()) {
        return invalid(&format!("{name} was not a text"));
    }
    if matches!(object, "calls" | "notes") && !fields.contains_key("hs_timestamp") {
        return invalid("hs_timestamp is required");
    }
    if object == "calls" && !fields["hs_call_status"].as_str().is_some_and(|status| STATUSES.contains(&status)) {
        return invalid("hs_call_status was not one of the allowed options");
    }
    if object == "calls" && fields["hs_call_duration"].as_str().is_none_or(|ms| ms.parse::<u64>().is_err()) {
        return invalid("hs_call_duration was not a number");
    }
    if object == "tickets" && ["subject", "hs_pipeline_stage"].iter().any(|name| !fields.contains_key(*name)) {
        return invalid("required properties were missing");
    }
    Ok(())
}

impl HubSpot {
    fn search(&self, request: &Request, now: i64) -> Reply {
        let body = request.json();
        let groups = body["filterGroups"].as_array().cloned().unwrap_or_default();
        let matches = |fields: &Value| {
            groups.iter().any(|group| {
                let filters = group["filters"].as_array().unwrap();
                filters.iter().all(|filter| {
                    filter["operator"] == "EQ" && fields[filter["propertyName"].as_str().unwrap()] == filter["value"]
                })
            })
        };
        let found: Vec<Value> = self
            .books
            .of_kind("contact")
            .filter(|row| row.at + SEARCH_LAG_MS <= now && matches(&row.fields))
            .map(|row| json!({ "id": row.id.to_string(), "properties": row.fields }))
            .collect();
        Reply::json(200, &json!({ "total": found.len(), "results": found }))
    }

    fn upsert(&mut self, object: &str, kind: &'static str, request: &Request, now: i64) -> Reply {
        let body = request.json();
        let input = &body["inputs"][0];
        if input["idProperty"] != "voice_call_id" {
            return fault(400, "VALIDATION_ERROR", "idProperty is no unique property of this object");
        }
        if let Err(reply) = check(object, &input["properties"]) {
            return reply;
        }
        let key = input["id"].as_str().unwrap();
        let known = self.books.by_key(kind, key).map(|row| row.id);
        let id = known.unwrap_or_else(|| self.books.add(kind, key, input["properties"].clone(), now));
        let result = json!({ "id": id.to_string(), "new": known.is_none(), "properties": {} });
        Reply::json(200, &json!({ "status": "COMPLETE", "results": [result], "startedAt": "", "completedAt": "" }))
    }

    fn create_contact(&mut self, request: &Request, now: i64) -> Reply {
        let body = request.json();
        if !body["associations"].is_array() {
            return fault(400, "VALIDATION_ERROR", "associations is required");
        }
        if let Err(reply) = check("contacts", &body["properties"]) {
            return reply;
        }
        let phone = body["properties"]["phone"].as_str().unwrap_or_default().to_owned();
        let id = self.books.add("contact", &phone, body["properties"].clone(), now);
        Reply::json(201, &json!({ "id": id.to_string(), "properties": {}, "archived": false }))
    }
}

impl Vendor for HubSpot {
    fn answer(&mut self, request: &Request, now: i64) -> Reply {
        if request.header("authorization") != format!("Bearer {TOKEN}") {
            return self.unauthorized();
        }
        match request.route() {
            ("GET", path) if path == ["crm", "objects", "2026-09", "calls"] => {
                Reply::json(200, &json!({"results": []}))
            }
            ("POST", path) if path == ["crm", "objects", "2026-09", "contacts", "search"] => self.search(request, now),
            ("POST", path) if path == ["crm", "objects", "2026-09", "contacts"] => self.create_contact(request, now),
            ("POST", path) if path.len() == 6 && path[4..] == ["batch", "upsert"] => {
                let object = path[3].to_owned();
                let Some(kind) = kind_of(&object) else { return fault(404, "OBJECT_NOT_FOUND", "no such object") };
                self.upsert(&object, kind, request, now)
            }
            ("PUT", path) if path.len() == 9 && path[5..7] == ["associations", "default"] => {
                let has =
                    |object: &str, id: &str| kind_of(object).is_some_and(|kind| self.books.by_id(kind, id).is_some());
                if !has(path[3], path[4]) || !has(path[7], path[8]) {
                    return fault(404, "OBJECT_NOT_FOUND", "resource not found");
                }
                self.ties.push((path[4].to_owned(), path[8].to_owned()));
                Reply::json(200, &json!({ "status": "COMPLETE", "results": [] }))
            }
            _ => fault(404, "OBJECT_NOT_FOUND", "resource not found"),
        }
    }

    fn unauthorized(&self) -> Reply {
        fault(401, "INVALID_AUTHENTICATION", "Authentication credentials not found.")
    }

    fn entries(&self) -> Vec<Entry> {
        self.books.entries()
    }

    fn limits(&self) -> Vec<Limit> {
        vec![
            Limit { counts: |_| true, requests: 100, window_ms: 10_000 },
            Limit { counts: |request| request.path.ends_with("/search"), requests: 4, window_ms: 1_000 },
        ]
    }
}

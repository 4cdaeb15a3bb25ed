//! Salesforce: sessions that end, upserts by external id, a search that learns late.

use serde_json::{Map, Value, json};

use super::Kind;
use crate::crm::books::Books;
use crate::crm::server::{Entry, Limit, Reply, Request, Vendor};

pub(super) const KIND: Kind = Kind {
    name: "salesforce",
    vendor: |url| Box::new(Salesforce { url: url.to_owned(), books: Books::default(), sessions: 0 }),
    configure: |settings| {
        settings.client_id = Some("3MVG9.consumer".to_owned());
        settings.client_secret = Some("not-a-real-secret".into());
    },
    records: [&["call"], &["ticket", "call"]],
    has_contacts: true,
};

const SEARCH_LAG_MS: i64 = 60_000;

const FIELDS: &[&str] = &[
    "Subject",
    "TaskSubtype",
    "Status",
    "Priority",
    "ActivityDate",
    "CallType",
    "CallDurationInSeconds",
    "CallDisposition",
    "CallObject",
    "Description",
    "WhoId",
    "WhatId",
    "Origin",
    "ContactId",
    "Order_Number__c",
];

struct Salesforce {
    url: String,
    books: Books,
    /// The last session is the only one that is good.
    sessions: u32,
}

fn fault(status: u16, code: &str, message: &str, fields: &[&str]) -> Reply {
    Reply::json(status, &json!([{ "message": message, "errorCode": code, "fields": fields }]))
}

impl Salesforce {
    fn token(&mut self, request: &Request) -> Reply {
        let form: std::collections::BTreeMap<String, String> =
            form_urlencoded::parse(request.text.as_bytes()).into_owned().collect();
        let has = |name: &str, value: &str| form.get(name).is_some_and(|kept| kept == value);
        if !has("grant_type", "client_credentials") || !has("client_secret", "not-a-real-secret") {
            return Reply::json(400, &json!({ "error": "invalid_client", "error_description": "invalid client" }));
        }
        self.sessions += 1;
        let token = format!("session-{}", self.sessions);
        let body = json!({ "access_token": token, "instance_url": self.url, "id": "", "token_type": "Bearer" });
        Reply::json(200, &body)
    }

    fn contacts(&self, now: i64, lag_ms: i64, matches: impl Fn(&str) -> bool) -> Vec<Value> {
        let rows = self.books.of_kind("contact");
        let found = rows.filter(|row| row.at + lag_ms <= now && matches(row.fields["Phone"].as_str().unwrap()));
        found.map(|row| json!({ "attributes": { "type": "Contact" }, "Id": row.id.to_string() })).collect()
    }

    fn query(&self, request: &Request, now: i64) -> Reply {
        let query = request.query("q");
        let phone = query.strip_prefix("SELECT Id FROM Contact WHERE Phone = '").and_then(|rest| rest.split_once('\''));
        let Some((phone, _)) = phone else { return fault(400, "MALFORMED_QUERY", "unexpected token", &[]) };
        let records = self.contacts(now, 0, |kept| kept == phone);
        Reply::json(200, &json!({ "totalSize": records.len(), "done": true, "records": records }))
    }

    fn search(&self, request: &Request, now: i64) -> Reply {
        let query = request.query("q");
        let digits = query.strip_prefix("FIND {").and_then(|rest| rest.split_once('}'));
        let Some((digits, rest)) = digits else { return fault(400, "MALFORMED_SEARCH", "unexpected token", &[]) };
        assert_eq!(rest, " IN PHONE FIELDS RETURNING Contact(Id)");
        Reply::json(200, &json!({ "searchRecords": self.contacts(now, SEARCH_LAG_MS, |kept| kept.ends_with(digits)) }))
    }

    fn check(&self, fields: &Map<String, Value>) -> Result<(), Reply> {
        if let Some(name) = fields.keys().find(|name| !FIELDS.contains(&name.as_str())) {
            let message = format!("No such column '{name}' on sobject of type Task");
            return Err(fault(400, "INVALID_FIELD", &message, &[name]));
        }
        for (name, kind) in [("WhoId", "contact"), ("ContactId", "contact"), ("WhatId", "ticket")] {
            let id = fields.get(name).and_then(Value::as_str);
            if id.is_some_and(|id| self.books.by_id(kind, id).is_none()) {
                return Err(fault(400, "INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id", &[name]));
            }
        }
        let seconds = fields.get("CallDurationInSeconds");
        if seconds.is_some_and(|seconds| !seconds.is_u64()) {
            return Err(fault(400, "JSON_PARSER_ERROR", "Cannot deserialize instance of int", &[]));
        }
        Ok(())
    }

    fn upsert(&mut self, object: &str, key: &str, request: &Request, now: i64) -> Reply {
        let kind = match object {
            "Task" => "call",
            "Case" => "ticket",
            _ => return fault(404, "NOT_FOUND", "The requested resource does not exist", &[]),
        };
        let Value::Object(fields) = request.json() else { return fault(400, "JSON_PARSER_ERROR", "no object", &[]) };
        if let Err(reply) = self.check(&fields) {
            return reply;
        }
        let known = self.books.by_key(kind, key).map(|row| row.id);
        let id = known.unwrap_or_else(|| self.books.add(kind, key, Value::Object(fields), now));
        let status = if known.is_some() { 200 } else { 201 };
        let created = known.is_none();
        Reply::json(status, &json!({ "id": id.to_string(), "success": true, "errors": [], "created": created }))
    }
}

impl Vendor for Salesforce {
    fn answer(&mut self, request: &Request, now: i64) -> Reply {
        let (method, path) = request.route();
        if path == ["services", "oauth2", "token"] {
            return self.token(request);
        }
        if request.header("authorization") != format!("Bearer session-{}", self.sessions) {
            return self.unauthorized();
        }
        if path.len() < 4 || path[..3] != ["services", "data", "v66.0"] {
            return fault(404, "NOT_FOUND", "The requested resource does not exist", &[]);
        }
        match (method, &path[3..]) {
            ("GET", ["limits"]) => Reply::json(200, &json!({})),
            ("GET", ["query"]) => self.query(request, now),
            ("GET", ["search"]) => self.search(request, now),
            ("POST", ["sobjects", "Contact"]) => {
                let contact = request.json();
                if !contact["LastName"].is_string() {
                    let message = "Required fields are missing: [LastName]";
                    return fault(400, "REQUIRED_FIELD_MISSING", message, &["LastName"]);
                }
                let phone = contact["Phone"].as_str().unwrap().to_owned();
                let id = self.books.add("contact", &phone, contact, now);
                Reply::json(201, &json!({ "id": id.to_string(), "success": true, "errors": [] }))
            }
            ("PATCH", ["sobjects", object, "Voice_Call_Id__c", key]) => {
                let (object, key) = ((*object).to_owned(), (*key).to_owned());
                self.upsert(&object, &key, request, now)
            }
            _ => fault(404, "NOT_FOUND", "The requested resource does not exist", &[]),
        }
    }

    fn unauthorized(&self) -> Reply {
        fault(401, "INVALID_SESSION_ID", "Session expired or invalid", &[])
    }

    fn entries(&self) -> Vec<Entry> {
        self.books.entries()
    }

    fn limits(&self) -> Vec<Limit> {
        vec![Limit { counts: |_| true, requests: 100_000, window_ms: 86_400_000 }]
    }
}

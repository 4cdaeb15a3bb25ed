//! Recorded exchanges: byte for byte what each vendor is sent for one outcome, and what it answers.
//!
//! A file is written anew by a run with `DOORSTEP_TEST_CRM_RECORD` set; then it is to be read against the vendor's
//! documentation.

use std::path::PathBuf;

use doorstep::adapters::crm::make_connector;
use serde_json::{Value, json};

use super::contract::delivery;
use super::office::{Branch, hands, shelf};
use super::server::Request;
use super::vendors::KINDS;

fn file(kind: &str) -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/crm/exchanges")).join(format!("{kind}.json"))
}

/// A request without what changes from run to run.
fn written(request: &Request) -> Value {
    let shown = ["authorization", "content-type", "idempotency-key", "intercom-version", "webhook-id"];
    let headers: serde_json::Map<String, Value> =
        shown.iter().filter_map(|name| Some(((*name).to_owned(), json!(request.headers.get(*name)?)))).collect();
    let body = if request.text.starts_with('{') { request.json() } else { json!(request.text) };
    json!({ "method": request.method, "path": request.path, "query": request.query, "headers": headers, "body": body })
}

#[tokio::test]
async fn every_vendor_is_sent_what_was_recorded() {
    for kind in KINDS {
        let branch = Branch::open(kind, &hands()).await;
        let (store, _folder) = shelf().await;
        let connector = make_connector(&branch.settings).unwrap();
        connector.deliver(&delivery(kind.name), store.as_ref()).await.unwrap();
        let sent: Value = branch.stand_in.requests().iter().map(written).collect::<Vec<_>>().into();
        if std::env::var_os("DOORSTEP_TEST_CRM_RECORD").is_some() {
            let text = serde_json::to_string_pretty(&sent).unwrap();
            std::fs::write(file(kind.name), format!("{text}\n")).unwrap();
        }
        let text = std::fs::read_to_string(file(kind.name)).unwrap_or_else(|error| panic!("{}: {error}", kind.name));
        let recorded: Value = serde_json::from_str(&text).unwrap();
        let (sent, recorded) = (sent.as_array().unwrap(), recorded.as_array().unwrap());
        for (sent, recorded) in sent.iter().zip(recorded) {
            assert_eq!(sent, recorded, "{}", kind.name);
        }
        assert_eq!(sent.len(), recorded.len(), "{}", kind.name);
    }
}

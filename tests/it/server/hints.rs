//! What comes with a word alone is asked about at its source before anybody is called.

use doorstep::config::Settings;
use doorstep::ports::undecided::{Next, UndecidedStore as _};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use reqwest::StatusCode;
use serde_json::{Value, json};
use wiremock::matchers::{method, path, query_param};
use wiremock::{Mock, MockServer, ResponseTemplate};

use super::harness::until;
use super::outreach::{BUSY, Stand, number_of};

const WORD: &str = "a word";

/// A parcel as Delhivery tells of it.
fn shipment(order: usize, (kind, status, code): (&str, &str, &str)) -> Value {
    let at =
        (Timestamp::now() - SignedDuration::from_secs(60)).to_zoned(TimeZone::get("Asia/Kolkata").expect("a zone"));
    let at = at.strftime("%Y-%m-%dT%H:%M:%S").to_string();
    json!({ "Shipment": { "AWB": format!("TR{order:04}"), "ReferenceNo": format!("WH-{order:04}"), "NSLCode": code,
        "Status": { "Status": status, "StatusType": kind, "StatusDateTime": at, "StatusCode": code } } })
}

const FAILED: (&str, &str, &str) = ("UD", "Pending", "EOD-11");
const ON_ITS_WAY: (&str, &str, &str) = ("UD", "In Transit", "");

/// Delhivery, which says this of each parcel when it is asked.
async fn delhivery(parcels: &[Value]) -> MockServer {
    let api = MockServer::start().await;
    for parcel in parcels {
        let number = parcel["Shipment"]["AWB"].as_str().expect("a number").to_owned();
        Mock::given(method("GET"))
            .and(path("/api/v1/packages/json/"))
            .and(query_param("waybill", number))
            .respond_with(ResponseTemplate::new(200).set_body_json(json!({ "ShipmentData": [parcel] })))
            .mount(&api)
            .await;
    }
    api
}

fn sources(settings: &mut Settings, api: &MockServer) {
    let text = format!(
        "[[sources]]\nkind = \"delhivery\"\nname = \"asked\"\nsecret = \"{WORD}\"\ntoken = \"t\"\nbase_url = \"{}\"\n\
         allow_private_addresses = true\n\
         [[sources]]\nkind = \"delhivery\"\nname = \"mute\"\nsecret = \"{WORD}\"\n",
        api.uri()
    );
    settings.commerce = toml::from_str(&text).expect("the sources are well-formed");
}

async fn hint(stand: &Stand, source: &str, order: usize) {
    let url = stand.server.url(&format!("/webhooks/{source}"));
    let body = shipment(order, FAILED).to_string();
    let answer = stand.server.http.post(url).header("x-api-key", WORD).body(body).send().await.expect("answered");
    assert_eq!(answer.status(), StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hint_rings_a_phone_only_where_its_source_bears_it_out() {
    let api = delhivery(&[shipment(0, FAILED), shipment(1, ON_ITS_WAY)]).await;
    let mut stand = Stand::open(3, |settings| sources(settings, &api)).await;
    // Its source says otherwise; and nobody can be asked.
    hint(&stand, "asked", 1).await;
    hint(&stand, "mute", 2).await;
    until("both were looked into", async || {
        let metrics = stand.server.http.get(stand.server.url("/metrics")).send().await.expect("answered");
        let metrics = metrics.text().await.expect("text");
        let has = |result: &str| metrics.contains(&format!("result=\"{result}\""));
        (has("contradicted") && has("not_asked")).then_some(())
    })
    .await;
    hint(&stand, "asked", 0).await;
    let call = stand.next_call().await;
    assert_eq!(call.fields["To"], number_of(0));
    stand.server.carrier(&number_of(0), 1).carry(call, BUSY).await;
    let plans = stand.plans().await;
    assert_eq!(plans.iter().map(|plan| plan.call.order_ref.0.as_str()).collect::<Vec<_>>(), ["WH-0000"]);
    let asked = api.received_requests().await.expect("recorded");
    assert_eq!(asked.len(), 2, "each parcel was asked about once");
    stand.server.stopped().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hint_waits_while_its_source_does_not_answer() {
    let api = MockServer::start().await;
    Mock::given(method("GET")).respond_with(ResponseTemplate::new(503)).mount(&api).await;
    let stand = Stand::open(1, |settings| sources(settings, &api)).await;
    hint(&stand, "asked", 0).await;
    until("it was asked about", async || {
        let asked = api.received_requests().await.expect("recorded");
        (!asked.is_empty()).then_some(())
    })
    .await;
    let folder = stand.server.stopped().await;
    let url = format!("sqlite://{}", folder.path().join("doorstep.db").display());
    let store = doorstep::adapters::store::SqlStore::connect(&url).await.expect("the database is whole");
    assert!(store.next_undecided_at(Next::Ask).await.expect("the store answers").is_some());
    assert_eq!(store.next_undecided_at(Next::Decide).await.expect("the store answers"), None);
}

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use reqwest::StatusCode;
use reqwest::header::{HeaderMap, HeaderValue, RETRY_AFTER};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use wiremock::matchers::method;
use wiremock::{Mock, MockServer, Request, ResponseTemplate};

use super::judge_answer;
use crate::adapters::crm::{ConnectorSettings, make_connector};
use crate::adapters::standard_webhooks::SigningKeys;
use crate::domain::values::CallId;
use crate::ports::crm::{CrmConnector, DeliveryError};
use crate::ports::remote_records::{RecordName, RemoteRecord, RemoteRecordStore};
use crate::ports::store::{Delivery, DeliveryState, StoreError};

const SECRET: &str = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

fn settings(url: &str) -> ConnectorSettings {
    ConnectorSettings {
        kind: "webhook".to_owned(),
        name: "shop".to_owned(),
        url: Some(url.to_owned()),
        secret: Some(SECRET.into()),
        allow_private_addresses: true,
        ..ConnectorSettings::default()
    }
}

fn connector(url: &str) -> Arc<dyn CrmConnector> {
    make_connector(&settings(url)).unwrap()
}

fn delivery() -> Delivery {
    Delivery {
        id: "1".to_owned(),
        call: CallId::new(uuid::Uuid::nil()),
        connector: "shop".to_owned(),
        idempotency_key: "call-1".to_owned(),
        body: r#"{"schema":"delivery_call_outcome/1","summary":"é"}"#.to_owned(),
        state: DeliveryState::Leased,
        attempts: 1,
        next_attempt_at: None,
        last_error: None,
        created_at: "2026-11-22T20:47:00.5Z".parse().unwrap(),
    }
}

/// A webhook writes nothing but the outcome.
struct NoRecords;

#[async_trait::async_trait]
impl RemoteRecordStore for NoRecords {
    async fn remote_record(&self, _name: RecordName<'_>) -> Result<Option<RemoteRecord>, StoreError> {
        unreachable!()
    }

    async fn begin_write(&self, _name: RecordName<'_>, _now: Timestamp, _stale: Timestamp) -> Result<bool, StoreError> {
        unreachable!()
    }

    async fn keep_written(&self, _name: RecordName<'_>, _id: &str, _now: Timestamp) -> Result<(), StoreError> {
        unreachable!()
    }

    async fn forget_record(&self, _name: RecordName<'_>) -> Result<(), StoreError> {
        unreachable!()
    }
}

async fn server(answer: ResponseTemplate) -> MockServer {
    let server = MockServer::start().await;
    Mock::given(method("POST")).respond_with(answer).mount(&server).await;
    server
}

fn header<'a>(request: &'a Request, name: &str) -> &'a str {
    request.headers.get(name).unwrap().to_str().unwrap()
}

#[tokio::test]
async fn every_attempt_sends_the_same_signed_bytes() {
    let server = server(ResponseTemplate::new(204)).await;
    let connector = connector(&server.uri());
    connector.deliver(&delivery(), &NoRecords).await.unwrap();
    connector.deliver(&Delivery { attempts: 2, ..delivery() }, &NoRecords).await.unwrap();
    let requests = server.received_requests().await.unwrap();
    assert_eq!(requests.len(), 2);
    for request in &requests {
        let body = r#"{"type":"call.completed","timestamp":"2026-11-22T20:47:00.5Z","data":{"schema":"delivery_call_outcome/1","summary":"é"}}"#;
        assert_eq!(std::str::from_utf8(&request.body).unwrap(), body);
        assert_eq!(header(request, "webhook-id"), "call-1");
        assert_eq!(header(request, "content-type"), "application/json");
        let timestamp: i64 = header(request, "webhook-timestamp").parse().unwrap();
        assert!((Timestamp::now().as_second() - timestamp).abs() < 60);
        let signature = SigningKeys::parse(&SECRET.into()).unwrap().sign("call-1", timestamp, &request.body);
        assert_eq!(header(request, "webhook-signature"), signature);
    }
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let server = MockServer::start().await;
    let away = ResponseTemplate::new(307).insert_header("location", format!("{}/elsewhere", server.uri()).as_str());
    Mock::given(method("POST")).respond_with(away).mount(&server).await;
    let failed = connector(&server.uri()).deliver(&delivery(), &NoRecords).await.unwrap_err();
    assert!(matches!(&failed, DeliveryError::Unavailable { reason, .. } if reason.contains("307")), "{failed}");
    assert_eq!(server.received_requests().await.unwrap().len(), 1);
}

#[test]
fn answers_are_judged_by_what_helps() {
    let now: Timestamp = "1994-11-06T08:49:30Z".parse().unwrap();
    for (status, retry_after, expected) in [
        (200, None, "done"),
        (202, None, "done"),
        (302, None, "later None"),
        (400, None, "never"),
        (401, None, "never"),
        (408, None, "later None"),
        (410, Some("60"), "never"),
        (425, None, "later None"),
        (429, Some("60"), "later Some(60s)"),
        (429, Some("Sun, 06 Nov 1994 08:49:37 GMT"), "later Some(7s)"),
        (429, Some("Sun, 06 Nov 1994 08:49:00 GMT"), "later Some(0ns)"),
        (503, Some("soon"), "later None"),
        (503, Some("-5"), "later None"),
        (500, None, "later None"),
        (599, None, "later None"),
    ] {
        let mut headers = HeaderMap::new();
        if let Some(text) = retry_after {
            headers.insert(RETRY_AFTER, HeaderValue::from_static(text));
        }
        let judged = match judge_answer(StatusCode::from_u16(status).unwrap(), &headers, now) {
            Ok(()) => "done".to_owned(),
            Err(DeliveryError::Unavailable { retry_after, .. }) => format!("later {retry_after:?}"),
            Err(DeliveryError::Rejected { .. }) => "never".to_owned(),
            Err(DeliveryError::Held { .. }) => "held".to_owned(),
        };
        assert_eq!(judged, expected, "{status} {retry_after:?}");
    }
}

#[tokio::test]
async fn a_name_that_leads_home_is_refused_before_a_byte_is_sent() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("https://localhost:{}/hook", listener.local_addr().unwrap().port());
    let guarded = make_connector(&ConnectorSettings { allow_private_addresses: false, ..settings(&url) }).unwrap();
    let refused = guarded.deliver(&delivery(), &NoRecords).await.unwrap_err();
    assert!(matches!(&refused, DeliveryError::Rejected { reason } if reason.contains("private")), "{refused}");
    let knocked = tokio::time::timeout(Duration::from_millis(50), listener.accept()).await;
    assert!(knocked.is_err());
}

/// Takes one request, answers with `answer` and closes the connection.
async fn answer_once(answer: &'static str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    tokio::spawn(async move {
        let (mut socket, _) = listener.accept().await.unwrap();
        let mut seen = Vec::new();
        while !seen.ends_with(b"}}") {
            let mut chunk = [0; 1_024];
            let count = socket.read(&mut chunk).await.unwrap();
            seen.extend_from_slice(&chunk[..count]);
        }
        socket.write_all(answer.as_bytes()).await.unwrap();
    });
    url
}

#[tokio::test]
async fn a_connection_cut_before_the_answer_is_tried_again() {
    let failed = connector(&answer_once("").await).deliver(&delivery(), &NoRecords).await.unwrap_err();
    assert!(matches!(&failed, DeliveryError::Unavailable { reason, .. } if reason.contains("broke")), "{failed}");
    assert!(!failed.to_string().contains("127.0.0.1"));
}

#[tokio::test]
async fn a_connection_cut_within_the_answer_has_delivered() {
    let url = answer_once("HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nthan").await;
    assert_eq!(connector(&url).deliver(&delivery(), &NoRecords).await, Ok(()));
}

#[tokio::test]
async fn a_long_answer_is_not_read_to_its_end() {
    let server = server(ResponseTemplate::new(200).set_body_bytes(vec![b'x'; 8 * 1_024 * 1_024])).await;
    assert_eq!(connector(&server.uri()).deliver(&delivery(), &NoRecords).await, Ok(()));
}

#[tokio::test]
async fn nobody_listening_is_tried_again() {
    let failed = connector("http://127.0.0.1:1/").deliver(&delivery(), &NoRecords).await.unwrap_err();
    assert!(
        matches!(&failed, DeliveryError::Unavailable { reason, .. } if reason.contains("no connection")),
        "{failed}"
    );
}

#[test]
fn settings_that_cannot_work_name_their_key() {
    let sample = settings("https://shop.example/hook");
    let public = ConnectorSettings { allow_private_addresses: false, ..sample.clone() };
    let with_url = |url: &str| ConnectorSettings { url: Some(url.to_owned()), ..public.clone() };
    for (settings, key) in [
        (sample.clone(), None),
        (public.clone(), None),
        (with_url("https://8.8.8.8/hook"), None),
        (ConnectorSettings { kind: "pigeon".to_owned(), ..sample.clone() }, Some("kind")),
        (ConnectorSettings { url: None, ..sample.clone() }, Some("url")),
        (ConnectorSettings { secret: None, ..sample.clone() }, Some("secret")),
        (ConnectorSettings { secret: Some("hunter2".into()), ..sample.clone() }, Some("secret")),
        (with_url("shop.example"), Some("url")),
        (with_url("http://shop.example/"), Some("url")),
        (with_url("ftp://shop.example/"), Some("url")),
        (with_url("https://127.0.0.1/"), Some("url")),
        (with_url("https://0x7f.1/"), Some("url")),
        (with_url("https://2130706433/"), Some("url")),
        (with_url("https://[::1]/"), Some("url")),
        (with_url("https://[::ffff:169.254.169.254]/"), Some("url")),
        (with_url("https://10.0.0.8:8443/"), Some("url")),
    ] {
        let invalid = make_connector(&settings).err();
        assert_eq!(invalid.as_ref().map(|invalid| invalid.key), key, "{:?}", settings.url);
        assert!(invalid.is_none_or(|invalid| !invalid.to_string().contains("hunter2")));
    }
}

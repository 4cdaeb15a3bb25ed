//! A shop's own system that receives outcomes: it keeps what it was sent, and may refuse the first few times.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};

use aws_lc_rs::hmac;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use doorstep::config::{ConnectorSection, Settings};
use serde_json::Value;
use tokio::net::TcpListener;

const KEY: &[u8; 32] = b"a key that both sides have known";

/// One delivery that was taken.
#[derive(Clone, Debug)]
pub(super) struct Taken {
    pub(super) id: String,
    pub(super) body: Value,
}

#[derive(Default)]
struct Desk {
    refusals_left: AtomicU32,
    refused: AtomicU32,
    taken: Mutex<Vec<Taken>>,
}

/// The receiver; it serves until the test ends.
pub(super) struct Receiver {
    address: SocketAddr,
    desk: Arc<Desk>,
}

impl Receiver {
    /// Answers 503 the first `refusals` times.
    pub(super) async fn start(refusals: u32) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
        let address = listener.local_addr().expect("the port is known");
        let desk = Arc::new(Desk { refusals_left: AtomicU32::new(refusals), ..Desk::default() });
        let routes = axum::Router::new().route("/", axum::routing::post(receive)).with_state(Arc::clone(&desk));
        tokio::spawn(async move { axum::serve(listener, routes).await });
        Self { address, desk }
    }

    pub(super) fn url(&self) -> String {
        format!("http://{}/", self.address)
    }

    pub(super) fn secret() -> String {
        format!("whsec_{}", STANDARD.encode(KEY))
    }

    /// Has the server deliver here.
    pub(super) fn connect(&self, settings: &mut Settings) {
        settings.crm.connectors.push(ConnectorSection {
            kind: "webhook".to_owned(),
            name: "receiver".to_owned(),
            url: Some(self.url()),
            secret: Some(Self::secret().into()),
            allow_private_addresses: true,
            ..ConnectorSection::default()
        });
    }

    pub(super) fn taken(&self) -> Vec<Taken> {
        self.desk.taken.lock().expect("no holder panics").clone()
    }

    pub(super) fn refused(&self) -> u32 {
        self.desk.refused.load(Ordering::SeqCst)
    }
}

async fn receive(
    State(desk): State<Arc<Desk>>,
    headers: HeaderMap,
    body: axum::body::Bytes,
) -> (StatusCode, [(&'static str, &'static str); 1]) {
    const SOON: [(&str, &str); 1] = [("retry-after", "1")];
    if !is_signed(&headers, &body) {
        return (StatusCode::UNAUTHORIZED, SOON);
    }
    let take_one = |left: u32| left.checked_sub(1);
    if desk.refusals_left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, take_one).is_ok() {
        desk.refused.fetch_add(1, Ordering::SeqCst);
        return (StatusCode::SERVICE_UNAVAILABLE, SOON);
    }
    let taken = Taken {
        id: header(&headers, "webhook-id").to_owned(),
        body: serde_json::from_slice(&body).expect("a delivery is JSON"),
    };
    desk.taken.lock().expect("no holder panics").push(taken);
    (StatusCode::NO_CONTENT, SOON)
}

/// Source: Standard Webhooks 1.0.0, written here a second time so that a mistake cannot agree with itself.
fn is_signed(headers: &HeaderMap, body: &[u8]) -> bool {
    let mut signed =
        format!("{}.{}.", header(headers, "webhook-id"), header(headers, "webhook-timestamp")).into_bytes();
    signed.extend_from_slice(body);
    let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, KEY), &signed);
    header(headers, "webhook-signature") == format!("v1,{}", STANDARD.encode(tag))
}

fn header<'h>(headers: &'h HeaderMap, name: &str) -> &'h str {
    headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

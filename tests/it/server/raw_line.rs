//! A carrier's line by hand: signed webhooks and a media socket on which anything may be written.

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};

use super::harness::{ACCOUNT, AUTH_TOKEN, CUSTOMER, SHOP, Server, within};

pub(super) const STREAM: &str = "MZ00000000000000000000000000000001";

/// Source: Twilio's security page, written here a second time so that a mistake cannot agree with itself.
pub(super) fn signature(url: &str, fields: &[(&str, &str)]) -> String {
    let mut fields = fields.to_vec();
    fields.sort_unstable();
    let signed = fields.iter().fold(url.to_owned(), |signed, (name, value)| signed + name + value);
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, AUTH_TOKEN.as_bytes());
    STANDARD.encode(hmac::sign(&key, signed.as_bytes()))
}

/// Posts a signed form; gives status and body.
pub(super) async fn post_signed(server: &Server, path: &str, fields: &[(&str, &str)]) -> (u16, String) {
    let url = server.url(path);
    let signature = signature(&url, fields);
    let request = server.http.post(&url).header("X-Twilio-Signature", signature).form(fields);
    let response = within("the webhook answers", request.send()).await.expect("the webhook answers");
    (response.status().as_u16(), response.text().await.expect("the answer has a body"))
}

fn call_fields<'f>(call: &'f str, status: &'f str) -> [(&'f str, &'f str); 6] {
    [
        ("CallSid", call),
        ("AccountSid", ACCOUNT),
        ("From", CUSTOMER),
        ("To", SHOP),
        ("Direction", "inbound"),
        ("CallStatus", status),
    ]
}

/// Announces a call; gives the answer document.
pub(super) async fn ring(server: &Server, call: &str) -> String {
    let (status, document) = post_signed(server, "/telephony/twilio/voice", &call_fields(call, "ringing")).await;
    assert_eq!(status, 200, "{document}");
    document
}

/// Tells how the call goes on.
pub(super) async fn progress(server: &Server, call: &str, status: &str) {
    let (answer, body) = post_signed(server, "/telephony/twilio/status", &call_fields(call, status)).await;
    assert_eq!(answer, 204, "{body}");
}

/// The token in an answer document.
pub(super) fn token_of(document: &str) -> String {
    let (_, rest) = document.split_once("name=\"token\" value=\"").unwrap_or_else(|| panic!("no token: {document}"));
    rest.split_once('"').expect("the attribute ends").0.to_owned()
}

/// Asks for a media socket at `path`, signed for the URL `signed_url` if one is given; gives the answer's status.
pub(super) async fn upgrade_status(server: &Server, path: &str, signed_url: Option<&str>) -> u16 {
    let mut request = format!("ws://{}{path}", server.address).into_client_request().expect("a URL");
    if let Some(url) = signed_url {
        let signature = signature(url, &[]).parse().expect("a header's value");
        request.headers_mut().insert("X-Twilio-Signature", signature);
    }
    match within("the upgrade is answered", tokio_tungstenite::connect_async(request)).await {
        Ok((_, response)) => response.status().as_u16(),
        Err(Error::Http(response)) => response.status().as_u16(),
        Err(error) => panic!("{path}: {error}"),
    }
}

/// A media socket.
pub(super) struct RawLine {
    pub(super) socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
}

impl RawLine {
    pub(super) async fn open(server: &Server, provider: &str) -> Self {
        let url = format!("ws://{}/telephony/{provider}/media", server.address);
        let (socket, _) = within("the socket opens", tokio_tungstenite::connect_async(url)).await.expect("it opens");
        Self { socket }
    }

    /// Rings, opens the media socket and starts the stream as a carrier does.
    pub(super) async fn of_call(server: &Server, call: &str) -> Self {
        let token = token_of(&ring(server, call).await);
        let mut line = Self::open(server, "twilio").await;
        line.send(&start(call, Some(&token))).await.expect("the stream starts");
        line
    }

    pub(super) async fn send(&mut self, message: &Value) -> Result<(), Error> {
        self.socket.send(Message::text(message.to_string())).await
    }

    pub(super) async fn send_raw(&mut self, message: Message) -> Result<(), Error> {
        self.socket.send(message).await
    }

    /// Waits until the agent is heard.
    pub(super) async fn hear_agent(&mut self) {
        let heard = async {
            while let Some(Ok(message)) = self.socket.next().await {
                if message.to_text().is_ok_and(|text| text.contains(r#""event":"media""#)) {
                    return true;
                }
            }
            false
        };
        assert!(within("the agent is heard", heard).await, "the line ended before the agent spoke");
    }

    /// Reads until the server closes; gives its close code. None: the connection broke off.
    pub(super) async fn close_code(mut self) -> Option<u16> {
        let closed = async {
            loop {
                match self.socket.next().await? {
                    Ok(Message::Close(frame)) => return frame.map(|frame| frame.code.into()),
                    Ok(_) => (),
                    Err(_) => return None,
                }
            }
        };
        within("the server closes", closed).await
    }
}

pub(super) fn start(call: &str, token: Option<&str>) -> Value {
    let parameters = token.map_or_else(|| json!({}), |token| json!({ "token": token }));
    json!({
        "event": "start", "sequenceNumber": "1", "streamSid": STREAM,
        "start": {
            "streamSid": STREAM, "accountSid": ACCOUNT, "callSid": call, "tracks": ["inbound"],
            "mediaFormat": { "encoding": "audio/x-mulaw", "sampleRate": 8_000, "channels": 1 },
            "customParameters": parameters,
        }
    })
}

/// 20 ms of silence, as the `chunk`th frame.
pub(super) fn silence(chunk: u64) -> Value {
    json!({
        "event": "media", "sequenceNumber": (chunk + 1).to_string(), "streamSid": STREAM,
        "media": {
            "track": "inbound", "chunk": chunk.to_string(), "timestamp": (chunk * 20).to_string(),
            "payload": STANDARD.encode([0xff; 160]),
        }
    })
}

//! A tiny server that speaks the carrier's dialect, so that the simulator is proven alone.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade};
use axum::extract::{RawForm, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde_json::{Value, json};

/// Silent caller frames after speech that this server takes for the end of a turn.
const TURN_END_FRAMES: u32 = 10;

/// How the server behaves.
#[derive(Clone, Default)]
pub(super) struct Behaviour {
    /// Frames of tone said at the start and in answer to everything.
    pub(super) says_frames: usize,
    /// Sends a clear when the caller speaks.
    pub(super) yields: bool,
    /// Closes the socket after so many turns.
    pub(super) hangs_up_after: Option<u32>,
    /// The answer document, if not one that opens a stream.
    pub(super) document: Option<&'static str>,
    /// Breaks the protocol once.
    pub(super) is_rude: bool,
}

/// A running server, and all it was told.
pub(super) struct EchoServer {
    pub(super) url: String,
    pub(super) seen: Seen,
}

#[derive(Clone, Default)]
pub(super) struct Seen(Arc<Mutex<Vec<String>>>);

impl Seen {
    pub(super) fn push(&self, fact: String) {
        self.0.lock().unwrap().push(fact);
    }

    pub(super) fn all(&self) -> Vec<String> {
        self.0.lock().unwrap().clone()
    }

    pub(super) fn count(&self, beginning: &str) -> usize {
        self.all().iter().filter(|fact| fact.starts_with(beginning)).count()
    }
}

#[derive(Clone)]
struct Desk {
    behaviour: Behaviour,
    seen: Seen,
    address: std::net::SocketAddr,
}

impl EchoServer {
    pub(super) async fn start(behaviour: Behaviour) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let desk = Desk { behaviour, seen: Seen::default(), address };
        let seen = desk.seen.clone();
        let router = Router::new()
            .route("/telephony/twilio/voice", post(voice))
            .route("/telephony/twilio/status", post(status))
            .route("/telephony/twilio/media", get(media))
            .with_state(desk);
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { url: format!("http://{address}"), seen }
    }
}

async fn voice(State(desk): State<Desk>, headers: HeaderMap, RawForm(form): RawForm) -> String {
    let signature = headers["x-twilio-signature"].to_str().unwrap();
    desk.seen.push(format!("voice {} signed {}", String::from_utf8_lossy(&form), signature.len()));
    let stream = format!(
        r#"<Response><Connect><Stream url="ws://{}/telephony/twilio/media"><Parameter name="token" value="t-1"/></Stream></Connect><Hangup/></Response>"#,
        desk.address
    );
    desk.behaviour.document.map_or(stream, str::to_owned)
}

async fn status(State(desk): State<Desk>, RawForm(form): RawForm) {
    let fields: Vec<_> = form_urlencoded::parse(&form).collect();
    let field = |name: &str| fields.iter().find(|(key, _)| key == name).map_or("-", |(_, value)| value.as_ref());
    desk.seen.push(format!("status {} {} {}", field("CallStatus"), field("SequenceNumber"), field("AnsweredBy")));
}

async fn media(State(desk): State<Desk>, headers: HeaderMap, upgrade: WebSocketUpgrade) -> Response {
    if !headers.contains_key("x-twilio-signature") {
        return axum::http::StatusCode::FORBIDDEN.into_response();
    }
    upgrade.on_upgrade(move |socket| converse(desk, socket))
}

async fn converse(desk: Desk, mut socket: WebSocket) {
    let (mut stream, mut quiet_frames, mut turns, mut is_in_turn) = (String::new(), 0, 0, false);
    while let Some(Ok(Message::Text(text))) = socket.recv().await {
        let message: Value = serde_json::from_str(&text).unwrap();
        let mut answers = Vec::new();
        match message["event"].as_str().unwrap() {
            "start" => {
                stream = message["streamSid"].as_str().unwrap().to_owned();
                desk.seen.push(format!("start {}", message["start"]["customParameters"]["token"]));
                answers = speech(&stream, desk.behaviour.says_frames);
                if desk.behaviour.is_rude {
                    answers.push(r#"{"event":"hangup"}"#.to_owned());
                }
            }
            "media" => {
                let ulaw = BASE64.decode(message["media"]["payload"].as_str().unwrap()).unwrap();
                let is_speech = ulaw.iter().any(|byte| *byte != 0xff);
                if is_speech && !is_in_turn && desk.behaviour.yields {
                    answers.push(json!({ "event": "clear", "streamSid": stream }).to_string());
                }
                is_in_turn |= is_speech;
                quiet_frames = if is_speech { 0 } else { quiet_frames + 1 };
                if is_in_turn && quiet_frames == TURN_END_FRAMES {
                    (is_in_turn, turns) = (false, turns + 1);
                    answers.extend(speech(&stream, desk.behaviour.says_frames));
                }
                desk.seen.push(format!("media {}", message["media"]["chunk"]));
            }
            event => desk.seen.push(format!("{event} {}{}", message["mark"]["name"], message["dtmf"]["digit"])),
        }
        for answer in answers {
            if socket.send(Message::text(answer)).await.is_err() {
                return;
            }
        }
        if desk.behaviour.hangs_up_after == Some(turns) {
            drop(socket.send(Message::Close(Some(CloseFrame { code: 1_000, reason: "".into() }))).await);
            break;
        }
    }
    desk.seen.push("closed".to_owned());
}

/// All in one message: any length is allowed, and no stall of this machine can tear it apart.
fn speech(stream: &str, frames: usize) -> Vec<String> {
    let payload = BASE64.encode(vec![0x80; frames * 160]);
    let media = json!({ "event": "media", "streamSid": stream, "media": { "payload": payload } });
    let mark = json!({ "event": "mark", "streamSid": stream, "mark": { "name": "end" } });
    let messages = [media.to_string(), mark.to_string()];
    messages.into_iter().skip(usize::from(frames == 0)).collect()
}

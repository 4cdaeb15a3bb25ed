//! A stand-in for the carrier's REST interface on loopback: takes the server's calls, changes and hang-ups.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Form, Json, Router};
use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde_json::json;
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

/// Calls placed and not yet taken up. Beyond it a new one is refused as too many, as the carrier does.
const CALLS_WAITING_MAX: usize = 256;
/// Orders to one live call not yet carried out. Beyond it a new one is refused as too many.
const COMMANDS_WAITING_MAX: usize = 8;

/// A call the server placed.
#[derive(Debug)]
pub struct PlacedCall {
    pub call_id: String,
    /// Every field of the request, in order of name; repeated ones joined by a space.
    pub fields: BTreeMap<String, String>,
    pub voice_url: String,
    pub status_url: Option<String>,
    /// Where the answering-machine verdict goes, if it was asked for.
    pub machine_detection_url: Option<String>,
    /// What the server then asks of the live call.
    pub commands: mpsc::Receiver<LiveCommand>,
}

/// What the server asks of a live call over REST.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LiveCommand {
    HangUp,
    Redirect { document: String },
}

/// The running stand-in. Dropping it closes it.
pub struct RestStandIn {
    address: SocketAddr,
    placed: mpsc::Receiver<PlacedCall>,
    server: JoinHandle<()>,
}

#[derive(Clone)]
struct Desk {
    credentials: Arc<str>,
    placed: mpsc::Sender<PlacedCall>,
    live: Arc<Mutex<LiveCalls>>,
}

#[derive(Default)]
struct LiveCalls {
    calls_placed: u64,
    by_id: BTreeMap<String, mpsc::Sender<LiveCommand>>,
}

impl RestStandIn {
    /// Errors: no port can be had on loopback.
    pub async fn start(account_sid: &str, auth_token: &str) -> std::io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let (placed_sender, placed) = mpsc::channel(CALLS_WAITING_MAX);
        let credentials = format!("Basic {}", BASE64.encode(format!("{account_sid}:{auth_token}")));
        let desk = Desk { credentials: credentials.into(), placed: placed_sender, live: Arc::default() };
        let router = Router::new()
            .route("/2010-04-01/Accounts/{account}", get(show_account))
            .route("/2010-04-01/Accounts/{account}/Calls.json", post(create_call))
            .route("/2010-04-01/Accounts/{account}/Calls/{call}", post(update_call))
            .with_state(desk);
        let server = tokio::spawn(async move { drop(axum::serve(listener, router).await) });
        Ok(Self { address, placed, server })
    }

    /// What `telephony.twilio.api_base_url` must be.
    pub fn base_url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The next call the server places.
    pub async fn next_call(&mut self) -> Option<PlacedCall> {
        self.placed.recv().await
    }
}

impl Drop for RestStandIn {
    fn drop(&mut self) {
        self.server.abort();
    }
}

async fn show_account(State(desk): State<Desk>, headers: HeaderMap) -> Response {
    if !desk.knows(&headers) {
        return refusal(StatusCode::UNAUTHORIZED, 20003, "Authenticate");
    }
    Json(json!({ "status": "active", "type": "Full" })).into_response()
}

async fn create_call(
    State(desk): State<Desk>,
    headers: HeaderMap,
    Form(form): Form<Vec<(String, String)>>,
) -> Response {
    if !desk.knows(&headers) {
        return refusal(StatusCode::UNAUTHORIZED, 20003, "Authenticate");
    }
    let fields = joined(form);
    let (Some(voice_url), true, true) =
        (fields.get("Url").cloned(), fields.contains_key("To"), fields.contains_key("From"))
    else {
        return refusal(StatusCode::BAD_REQUEST, 21205, "Url, To and From are required");
    };
    let (sender, commands) = mpsc::channel(COMMANDS_WAITING_MAX);
    let call_id = desk.register(sender);
    let placed = PlacedCall {
        call_id: call_id.clone(),
        voice_url,
        status_url: fields.get("StatusCallback").cloned(),
        machine_detection_url: fields.get("AsyncAmdStatusCallback").cloned(),
        fields,
        commands,
    };
    if desk.placed.try_send(placed).is_err() {
        return refusal(StatusCode::TOO_MANY_REQUESTS, 20429, "Too many requests");
    }
    let call = json!({ "sid": call_id, "status": "queued", "direction": "outbound-api", "queue_time": "0" });
    (StatusCode::CREATED, Json(call)).into_response()
}

async fn update_call(
    State(desk): State<Desk>,
    headers: HeaderMap,
    Path((_, call)): Path<(String, String)>,
    Form(form): Form<Vec<(String, String)>>,
) -> Response {
    if !desk.knows(&headers) {
        return refusal(StatusCode::UNAUTHORIZED, 20003, "Authenticate");
    }
    let fields = joined(form);
    let command = match (fields.get("Status").map(String::as_str), fields.get("Twiml")) {
        (Some("completed" | "canceled"), _) => LiveCommand::HangUp,
        (_, Some(document)) => LiveCommand::Redirect { document: document.clone() },
        _ => return refusal(StatusCode::BAD_REQUEST, 21218, "nothing to do"),
    };
    let call_id = call.strip_suffix(".json").unwrap_or(&call);
    match desk.command(call_id, command) {
        Ok(()) => Json(json!({ "sid": call_id })).into_response(),
        Err(mpsc::error::TrySendError::Full(_)) => refusal(StatusCode::TOO_MANY_REQUESTS, 20429, "Too many requests"),
        Err(mpsc::error::TrySendError::Closed(_)) => refusal(StatusCode::NOT_FOUND, 20404, "call not found"),
    }
}

impl Desk {
    fn knows(&self, headers: &HeaderMap) -> bool {
        headers.get("authorization").is_some_and(|value| value.as_bytes() == self.credentials.as_bytes())
    }

    fn register(&self, commands: mpsc::Sender<LiveCommand>) -> String {
        let mut live = self.live.lock().unwrap_or_else(PoisonError::into_inner);
        live.by_id.retain(|_, commands| !commands.is_closed());
        live.calls_placed += 1;
        let call_id = format!("CA{:032x}", live.calls_placed);
        live.by_id.insert(call_id.clone(), commands);
        call_id
    }

    /// Errors: the call is over, or has too much to do.
    fn command(&self, call_id: &str, command: LiveCommand) -> Result<(), mpsc::error::TrySendError<LiveCommand>> {
        let live = self.live.lock().unwrap_or_else(PoisonError::into_inner);
        match live.by_id.get(call_id) {
            Some(commands) => commands.try_send(command),
            None => Err(mpsc::error::TrySendError::Closed(command)),
        }
    }
}

fn joined(form: Vec<(String, String)>) -> BTreeMap<String, String> {
    let mut fields = BTreeMap::<String, String>::new();
    for (name, value) in form {
        fields.entry(name).and_modify(|all| *all = format!("{all} {value}")).or_insert(value);
    }
    fields
}

fn refusal(status: StatusCode, code: u32, message: &str) -> Response {
    (status, Json(json!({ "code": code, "message": message, "status": status.as_u16() }))).into_response()
}

#[cfg(test)]
mod tests;

//! A stand-in for the carrier's REST interface on loopback: takes the server's calls, changes and hang-ups.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Form, Json, Router};
use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

/// Calls placed and not yet taken up. Beyond it a new one is refused as too many, as the carrier does.
const CALLS_WAITING_MAX: usize = 256;
/// Orders to one live call not yet carried out. Beyond it a new one is refused as too many.
const COMMANDS_WAITING_MAX: usize = 8;
/// Calls on one page of a list.
const PAGE: usize = 20;

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
    /// Where the carrier notes how the call stands, for whoever asks.
    pub(super) standing: Standing,
}

/// How one call stands in the carrier's books.
#[derive(Clone, Debug, Default)]
pub(super) struct Standing {
    call_id: String,
    live: Arc<Mutex<LiveCalls>>,
}

impl Standing {
    /// Shape: as status callbacks have it.
    pub(super) fn set(&self, status: &str) {
        let mut live = self.live.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(entry) = live.book.get_mut(&self.call_id) {
            status.clone_into(&mut entry.status);
        }
    }

    /// Whether the line is free again, told of or not.
    pub(super) fn is_over(&self) -> bool {
        let live = self.live.lock().unwrap_or_else(PoisonError::into_inner);
        let is_up = |entry: &Entry| matches!(entry.status.as_str(), "queued" | "initiated" | "ringing" | "in-progress");
        !live.book.get(&self.call_id).is_some_and(is_up)
    }
}

/// What goes wrong at the REST interface, in shares of the calls placed.
#[derive(Clone, Copy, Debug, Default)]
pub struct RestFaults {
    /// The call is placed, and the answer is an error that does not say so.
    pub lost_answers: f64,
    /// The call is refused as too many.
    pub refusals: f64,
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
    live: Arc<Mutex<LiveCalls>>,
    placed: mpsc::Receiver<PlacedCall>,
    server: JoinHandle<()>,
}

/// The carrier's books of live calls.
#[derive(Clone, Debug)]
pub struct Books {
    live: Arc<Mutex<LiveCalls>>,
}

impl Books {
    /// Enters a call that a customer makes; gives what the server then asks of it.
    pub(super) fn admit(&self, call_id: &str) -> (mpsc::Receiver<LiveCommand>, Standing) {
        let (sender, commands) = mpsc::channel(COMMANDS_WAITING_MAX);
        let (to, from) = (String::new(), String::new());
        let entry = Entry { to, from, status: "in-progress".to_owned(), created: Timestamp::now() };
        let mut live = self.live.lock().unwrap_or_else(PoisonError::into_inner);
        live.by_id.insert(call_id.to_owned(), sender);
        live.book.insert(call_id.to_owned(), entry);
        (commands, Standing { call_id: call_id.to_owned(), live: Arc::clone(&self.live) })
    }
}

#[derive(Clone)]
struct Desk {
    credentials: Arc<str>,
    placed: mpsc::Sender<PlacedCall>,
    live: Arc<Mutex<LiveCalls>>,
    faults: RestFaults,
}

#[derive(Debug, Default)]
struct LiveCalls {
    calls_placed: u64,
    by_id: BTreeMap<String, mpsc::Sender<LiveCommand>>,
    book: BTreeMap<String, Entry>,
}

/// A call in the carrier's books.
#[derive(Debug)]
struct Entry {
    to: String,
    from: String,
    status: String,
    created: Timestamp,
}

impl Entry {
    fn body(&self, call_id: &str) -> Value {
        let created = jiff::fmt::rfc2822::to_string(&self.created.to_zoned(TimeZone::UTC)).unwrap_or_default();
        json!({ "sid": call_id, "to": self.to, "from": self.from, "status": self.status,
            "direction": "outbound-api", "date_created": created })
    }
}

impl RestStandIn {
    /// Errors: no port can be had on loopback.
    pub async fn start(account_sid: &str, auth_token: &str) -> std::io::Result<Self> {
        Self::start_with(account_sid, auth_token, RestFaults::default()).await
    }

    /// Errors: no port can be had on loopback.
    pub async fn start_with(account_sid: &str, auth_token: &str, faults: RestFaults) -> std::io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let (placed_sender, placed) = mpsc::channel(CALLS_WAITING_MAX);
        let credentials = format!("Basic {}", BASE64.encode(format!("{account_sid}:{auth_token}")));
        let desk = Desk { credentials: credentials.into(), placed: placed_sender, live: Arc::default(), faults };
        let live = Arc::clone(&desk.live);
        let router = Router::new()
            .route("/2010-04-01/Accounts/{account}", get(show_account))
            .route("/2010-04-01/Accounts/{account}/Calls.json", post(create_call).get(list_calls))
            .route("/2010-04-01/Accounts/{account}/Calls/{call}", post(update_call).get(show_call))
            .with_state(desk);
        let server = tokio::spawn(async move { drop(axum::serve(listener, router).await) });
        Ok(Self { address, live, placed, server })
    }

    /// What `telephony.twilio.api_base_url` must be.
    pub fn base_url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The carrier's books, for calls that customers make.
    pub fn books(&self) -> Books {
        Books { live: Arc::clone(&self.live) }
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
    let chance: f64 = rand::random();
    if chance < desk.faults.refusals {
        return refusal(StatusCode::TOO_MANY_REQUESTS, 20429, "Too many requests");
    }
    let (sender, commands) = mpsc::channel(COMMANDS_WAITING_MAX);
    let call_id = desk.register(sender, &fields);
    let placed = PlacedCall {
        call_id: call_id.clone(),
        voice_url,
        status_url: fields.get("StatusCallback").cloned(),
        machine_detection_url: fields.get("AsyncAmdStatusCallback").cloned(),
        fields,
        commands,
        standing: Standing { call_id: call_id.clone(), live: Arc::clone(&desk.live) },
    };
    if desk.placed.try_send(placed).is_err() {
        return refusal(StatusCode::TOO_MANY_REQUESTS, 20429, "Too many requests");
    }
    if 1.0 - chance < desk.faults.lost_answers {
        return (StatusCode::INTERNAL_SERVER_ERROR, "").into_response();
    }
    let call = json!({ "sid": call_id, "status": "queued", "direction": "outbound-api", "queue_time": "0" });
    (StatusCode::CREATED, Json(call)).into_response()
}

/// The newest first, as the carrier lists them.
async fn list_calls(
    State(desk): State<Desk>,
    headers: HeaderMap,
    Query(filter): Query<BTreeMap<String, String>>,
) -> Response {
    if !desk.knows(&headers) {
        return refusal(StatusCode::UNAUTHORIZED, 20003, "Authenticate");
    }
    let live = desk.live.lock().unwrap_or_else(PoisonError::into_inner);
    let is_wanted = |entry: &Entry| {
        let fits = |name: &str, value: &str| filter.get(name).is_none_or(|wanted| wanted == value);
        fits("To", &entry.to) && fits("From", &entry.from)
    };
    let calls = live.book.iter().rev().filter(|(_, entry)| is_wanted(entry)).map(|(id, entry)| entry.body(id));
    Json(json!({ "calls": calls.take(PAGE).collect::<Vec<_>>() })).into_response()
}

async fn show_call(State(desk): State<Desk>, headers: HeaderMap, Path((_, call)): Path<(String, String)>) -> Response {
    if !desk.knows(&headers) {
        return refusal(StatusCode::UNAUTHORIZED, 20003, "Authenticate");
    }
    let call_id = call.strip_suffix(".json").unwrap_or(&call);
    let live = desk.live.lock().unwrap_or_else(PoisonError::into_inner);
    match live.book.get(call_id) {
        Some(entry) => Json(entry.body(call_id)).into_response(),
        None => refusal(StatusCode::NOT_FOUND, 20404, "call not found"),
    }
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

    fn register(&self, commands: mpsc::Sender<LiveCommand>, fields: &BTreeMap<String, String>) -> String {
        let mut live = self.live.lock().unwrap_or_else(PoisonError::into_inner);
        live.by_id.retain(|_, commands| !commands.is_closed());
        live.calls_placed += 1;
        let call_id = format!("CA{:032x}", live.calls_placed);
        live.by_id.insert(call_id.clone(), commands);
        let field = |name: &str| fields.get(name).cloned().unwrap_or_default();
        let created = Timestamp::now();
        let entry = Entry { to: field("To"), from: field("From"), status: "queued".to_owned(), created };
        live.book.insert(call_id.clone(), entry);
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

//! Calls: in progress and ended, with transcript, facts, latency, outcome, recording and live changes.

use std::convert::Infallible;
use std::time::Duration;

use axum::body::Body;
use axum::extract::rejection::JsonRejection;
use axum::extract::{Path, Query, State};
use axum::http::{StatusCode, header};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use futures_util::stream::{self, Stream, StreamExt as _};
use jiff::Timestamp;
use serde_json::Value;
use tokio::sync::broadcast::error::RecvError;

use super::{PageBody, PageQuery, unreadable};
use crate::domain::call::{
    CallDirection, CallState, HeardFact, OutcomeRecord, PickUp, PickedUpBy, TranscriptLine, TurnTiming,
};
use crate::domain::values::{CallId, PhoneNumber};
use crate::http::Doors;
use crate::http::auth::Caller;
use crate::http::problem::Problem;
use crate::http::telephony::BROWSER;
use crate::ports::store::StoredCall;
use crate::runtime::live_calls::{LiveCall, LiveChange};
use crate::runtime::reception::AwaitedCall;

/// A comment this often keeps proxies from closing a quiet stream.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// A stream outlives the token or session it was opened with for no longer than a second.
const LET_IN_LOOK_EVERY: Duration = Duration::from_millis(500);

/// A call as the API shows it.
#[derive(serde::Serialize, utoipa::ToSchema)]
pub struct CallBody {
    #[schema(value_type = String)]
    id: CallId,
    #[schema(value_type = String)]
    direction: CallDirection,
    provider: String,
    scenario: String,
    #[schema(value_type = String)]
    state: CallState,
    #[schema(value_type = Option<String>)]
    from: Option<PhoneNumber>,
    #[schema(value_type = Option<String>)]
    to: Option<PhoneNumber>,
    #[schema(value_type = String)]
    started_at: Timestamp,
    #[schema(value_type = Option<String>)]
    ended_at: Option<Timestamp>,
    #[schema(value_type = Vec<Object>)]
    transcript: Vec<TranscriptLine>,
    #[schema(value_type = Vec<Object>)]
    facts: Vec<HeardFact>,
    #[schema(value_type = Vec<Object>)]
    turns: Vec<TurnTiming>,
    #[schema(value_type = Option<Object>)]
    outcome: Option<OutcomeRecord>,
    /// Of an ended call of ours that was answered.
    #[schema(value_type = Option<Object>)]
    picked_up: Option<PickedUpBody>,
}

/// What told who picked up, in order, the machine it was first taken for, and who it was by all that was heard.
#[derive(serde::Serialize)]
struct PickedUpBody {
    #[serde(flatten)]
    kept: PickUp,
    truth: Option<PickedUpBy>,
}

impl From<StoredCall> for CallBody {
    fn from(call: StoredCall) -> Self {
        let StoredCall { opened, state, ended_at, finished } = call;
        let pick_up = finished.as_ref().map(|finished| finished.pick_up.clone()).filter(|kept| !kept.is_empty());
        let picked_up = pick_up.map(|kept| PickedUpBody { truth: kept.truth(), kept });
        let (transcript, facts, turns, outcome) = match finished {
            Some(finished) => (finished.transcript, finished.facts, finished.turns, Some(finished.outcome)),
            None => Default::default(),
        };
        Self {
            id: opened.id,
            direction: opened.direction,
            provider: opened.provider,
            scenario: opened.scenario,
            state,
            from: opened.from,
            to: opened.to,
            started_at: opened.started_at,
            ended_at,
            transcript,
            facts,
            turns,
            outcome,
            picked_up,
        }
    }
}

impl From<&LiveCall> for CallBody {
    fn from(live: &LiveCall) -> Self {
        let snapshot = live.snapshot();
        let opened = live.opened.clone();
        let call = StoredCall { opened, state: CallState::InProgress, ended_at: None, finished: None };
        Self { transcript: snapshot.transcript, facts: snapshot.facts, turns: snapshot.turns, ..call.into() }
    }
}

/// The calls, newest first.
#[utoipa::path(get, path = "/api/v1/calls", params(PageQuery), responses((status = 200, body = PageBody<CallBody>)))]
pub async fn list(
    State(doors): State<Doors>,
    Query(page): Query<PageQuery>,
) -> Result<Json<PageBody<CallBody>>, Problem> {
    let calls = doors.reception.services().calls.list_calls(page.cursor.as_deref(), page.rows()).await?;
    Ok(Json(PageBody { rows: calls.rows.into_iter().map(Into::into).collect(), next: calls.next }))
}

/// One call, in progress or ended.
#[utoipa::path(get, path = "/api/v1/calls/{id}", params(("id" = String, Path)),
    responses((status = 200, body = CallBody), (status = 404, body = Problem)))]
pub async fn one(State(doors): State<Doors>, Path(id): Path<String>) -> Result<Json<CallBody>, Problem> {
    let id = call_id(&id)?;
    let services = doors.reception.services();
    if let Some(live) = services.live.get(id) {
        return Ok(Json(CallBody::from(live.as_ref())));
    }
    let call = services.calls.call(id).await?.ok_or_else(no_such_call)?;
    Ok(Json(call.into()))
}

/// A call's audio: stereo WAV, caller left, agent right.
#[utoipa::path(get, path = "/api/v1/calls/{id}/recording", params(("id" = String, Path)),
    responses((status = 200, content_type = "audio/wav"), (status = 404, body = Problem)))]
pub async fn recording(State(doors): State<Doors>, Path(id): Path<String>) -> Result<Response, Problem> {
    let id = call_id(&id)?;
    let none = || Problem::new(StatusCode::NOT_FOUND, "this call has no recording");
    let recorder = doors.reception.services().recorder.as_ref().ok_or_else(none)?;
    let audio = tokio::fs::read(recorder.path(id)).await.map_err(|_| none())?;
    Ok(([(header::CONTENT_TYPE, "audio/wav")], Body::from(audio)).into_response())
}

/// What changes in a call, as server-sent events, until it ends or whoever watches it may no longer come in. The first
/// event is the call as it stands.
#[utoipa::path(get, path = "/api/v1/calls/{id}/events", params(("id" = String, Path)),
    responses((status = 200, content_type = "text/event-stream"), (status = 404, body = Problem)))]
pub async fn events(
    State(doors): State<Doors>,
    Extension(caller): Extension<Caller>,
    Path(id): Path<String>,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, Problem> {
    let id = call_id(&id)?;
    let services = doors.reception.services();
    let (first, changes) = match services.live.get(id) {
        Some(live) => {
            let changes = live.watch();
            (CallBody::from(live.as_ref()), Some((live, changes)))
        }
        None => (services.calls.call(id).await?.ok_or_else(no_such_call)?.into(), None),
    };
    let first = stream::once(async move { Ok(event("call", &first)) });
    let rest = stream::unfold(changes, |changes| async move {
        let (live, mut receiver) = changes?;
        match receiver.recv().await {
            Ok(change @ LiveChange::Ended { .. }) => Some((Ok(event("change", &change)), None)),
            Ok(change) => Some((Ok(event("change", &change)), Some((live, receiver)))),
            // Too slow: the whole call again, instead of what was missed.
            Err(RecvError::Lagged(_)) => {
                let call = CallBody::from(live.as_ref());
                Some((Ok(event("call", &call)), Some((live, receiver))))
            }
            Err(RecvError::Closed) => None,
        }
    });
    let events = first.chain(rest).take_until(refused(doors.clone(), caller));
    Ok(Sse::new(events).keep_alive(KeepAlive::new().interval(KEEP_ALIVE)))
}

/// Ends once the caller would not be let in any more.
async fn refused(doors: Doors, caller: Caller) {
    let mut looks = tokio::time::interval(LET_IN_LOOK_EVERY);
    loop {
        looks.tick().await;
        if !doors.gate.still_lets_in(&caller, doors.reception.services().wall_clock.now()).await {
            return;
        }
    }
}

fn event(name: &str, body: &impl serde::Serialize) -> Event {
    Event::default().event(name).json_data(body).unwrap_or_else(|_| Event::default().comment("unreadable"))
}

/// Who the console's caller is taken for.
#[derive(serde::Deserialize, utoipa::ToSchema)]
pub struct BrowserCall {
    /// The number the call seems to come from; none for a withheld one.
    #[schema(value_type = Option<String>)]
    from: Option<PhoneNumber>,
}

#[derive(serde::Serialize, utoipa::ToSchema)]
pub struct BrowserCallBody {
    #[schema(value_type = String)]
    call_id: CallId,
    /// For the media socket, once, within ninety seconds.
    token: String,
    media_path: String,
}

/// Announces a call from the console's microphone.
#[utoipa::path(post, path = "/api/v1/calls/browser", request_body = BrowserCall,
    responses((status = 201, body = BrowserCallBody), (status = 503, body = Problem)))]
pub async fn announce_browser_call(
    State(doors): State<Doors>,
    body: Result<Json<BrowserCall>, JsonRejection>,
) -> Result<(StatusCode, Json<BrowserCallBody>), Problem> {
    let Json(BrowserCall { from }) = body.map_err(|rejection| unreadable(&rejection))?;
    let call = AwaitedCall {
        provider: BROWSER,
        provider_call_id: uuid::Uuid::now_v7().to_string(),
        direction: CallDirection::Inbound,
        from,
        to: None,
    };
    let announced = doors
        .reception
        .announce(call)
        .map_err(|error| Problem::new(StatusCode::SERVICE_UNAVAILABLE, error.to_string()))?;
    let token = announced.token.into_inner();
    let media_path = format!("/telephony/{BROWSER}/media?token={token}");
    Ok((StatusCode::CREATED, Json(BrowserCallBody { call_id: announced.id, token, media_path })))
}

/// The outcomes as logged, newest first.
#[utoipa::path(get, path = "/api/v1/outcomes", params(PageQuery), responses((status = 200, body = PageBody<Value>)))]
pub async fn outcomes(
    State(doors): State<Doors>,
    Query(page): Query<PageQuery>,
) -> Result<Json<PageBody<OutcomeRecord>>, Problem> {
    let outcomes = doors.reception.services().calls.list_outcomes(page.cursor.as_deref(), page.rows()).await?;
    Ok(Json(PageBody { rows: outcomes.rows, next: outcomes.next }))
}

fn call_id(text: &str) -> Result<CallId, Problem> {
    text.parse().map_err(|_| no_such_call())
}

fn no_such_call() -> Problem {
    Problem::new(StatusCode::NOT_FOUND, "no call has this id")
}

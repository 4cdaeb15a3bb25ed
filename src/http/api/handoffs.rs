//! The desk: hand-offs with their context card, callbacks, promises. One request, seen from three sides.

use axum::extract::rejection::JsonRejection;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::{Extension, Json};
use jiff::Timestamp;
use serde_json::Value;

use super::actions::{self, ActionBody};
use super::{PageBody, PageQuery, unreadable};
use crate::domain::call::EscalationWay;
use crate::domain::desk::{DeskState, DeskStep, PromiseState};
use crate::domain::orders::OrderRef;
use crate::domain::transfer::{Try, TryEnd};
use crate::domain::values::{CallId, Personal};
use crate::http::Doors;
use crate::http::auth::Caller;
use crate::http::problem::Problem;
use crate::ports::desk::{DeskChange, DeskList, DeskRequest, MarkedWrong, Note};
use crate::runtime::desk_card::{CardStores, gather_card};

const NOTE_CHARS_MAX: usize = 2_000;

/// A caller's request as the desk shows it.
#[derive(serde::Serialize, utoipa::ToSchema)]
pub struct RequestBody {
    id: String,
    #[schema(value_type = String)]
    call_id: CallId,
    kind: String,
    /// `callback`, `ticket`, or `live` where a person took the call; null when nobody has to act.
    #[schema(value_type = Option<String>)]
    way: Option<EscalationWay>,
    #[schema(value_type = Option<String>)]
    order_ref: Option<OrderRef>,
    /// What was asked, as pairs of name and value.
    #[schema(value_type = Vec<Vec<String>>)]
    details: Vec<(String, Personal<String>)>,
    #[schema(value_type = String)]
    requested_at: Timestamp,
    #[schema(value_type = Option<String>)]
    due_at: Option<Timestamp>,
    /// `waiting`, `accepted`, `refused` or `done`.
    #[schema(value_type = String)]
    state: DeskState,
    /// The token of whoever changed it last.
    handled_by: Option<String>,
    #[schema(value_type = Option<String>)]
    changed_at: Option<Timestamp>,
    /// Whether what was promised came true: `open`, `kept` or `missed`.
    #[schema(value_type = String)]
    promise: PromiseState,
    #[schema(value_type = Option<String>)]
    settled_at: Option<Timestamp>,
    /// The time has passed, and it is not done.
    is_overdue: bool,
    /// Where putting the call through stands (`moving`, `ringing`, `briefing`, `joining`, `returning`), or how it ended
    /// (`with_person`, `back`, `apologised`, `customer_left`, `unclear`, `lost`); null when it was not tried.
    transfer: Option<String>,
    /// Where somebody found the agent wrong.
    wrong: Option<WrongBody>,
}

#[derive(serde::Serialize, utoipa::ToSchema)]
pub struct WrongBody {
    #[schema(value_type = String)]
    at: Timestamp,
    /// The token of whoever marked it.
    by: String,
    #[schema(value_type = String)]
    why: Personal<String>,
}

impl RequestBody {
    pub(super) fn new(request: DeskRequest, now: Timestamp) -> Self {
        let is_late = request.due_at.is_some_and(|due_at| due_at < now);
        Self {
            is_overdue: is_late && request.promise != PromiseState::Kept && request.state != DeskState::Done,
            id: request.id,
            call_id: request.call,
            kind: request.kind,
            way: request.way,
            order_ref: request.order_ref,
            details: request.details,
            requested_at: request.requested_at,
            due_at: request.due_at,
            state: request.state,
            handled_by: request.handled_by,
            changed_at: request.changed_at,
            promise: request.promise,
            settled_at: request.settled_at,
            transfer: request.transfer,
            wrong: request.wrong.map(|MarkedWrong { at, by, why }| WrongBody { at, by, why }),
        }
    }
}

#[derive(serde::Serialize, utoipa::ToSchema)]
pub struct NoteBody {
    id: String,
    #[schema(value_type = String)]
    at: Timestamp,
    written_by: String,
    #[schema(value_type = String)]
    text: Personal<String>,
}

impl From<Note> for NoteBody {
    fn from(note: Note) -> Self {
        Self { id: note.id, at: note.at, written_by: note.written_by, text: note.text }
    }
}

/// A hand-off with what a person needs to know before the first word.
#[derive(serde::Serialize, utoipa::ToSchema)]
pub struct HandoffBody {
    #[serde(flatten)]
    request: RequestBody,
    notes: Vec<NoteBody>,
    /// Who was rung to take the call, in order, and what became of it.
    tries: Vec<TryBody>,
    /// What shops and carriers were asked to do for it, and what they said.
    actions: Vec<ActionBody>,
    /// Why, who, order, parcels, this call, before, next, links. Null when the call's record has been deleted.
    #[schema(value_type = Option<Object>)]
    card: Option<Value>,
}

/// Somebody who was rung to take a call.
#[derive(serde::Serialize, utoipa::ToSchema)]
pub struct TryBody {
    target: String,
    #[schema(value_type = Option<String>)]
    answered_at: Option<Timestamp>,
    /// Such as `no_answer` or `refused`; null while it may still succeed, and where it did.
    #[schema(value_type = Option<String>)]
    end: Option<TryEnd>,
}

impl From<&Try> for TryBody {
    fn from(tried: &Try) -> Self {
        Self { target: tried.target.clone(), answered_at: tried.answered_at, end: tried.end }
    }
}

/// Which hand-offs or callbacks.
#[derive(serde::Deserialize, utoipa::IntoParams)]
pub struct StateQuery {
    /// Only those that are `waiting`, `accepted`, `refused` or `done`.
    #[param(value_type = Option<String>)]
    state: Option<DeskState>,
}

/// Which promises.
#[derive(serde::Deserialize, utoipa::IntoParams)]
pub struct PromiseQuery {
    /// Only those that are `open`, `kept` or `missed`.
    #[param(value_type = Option<String>)]
    state: Option<PromiseState>,
}

async fn list(doors: &Doors, list: DeskList, page: &PageQuery) -> Result<Json<PageBody<RequestBody>>, Problem> {
    let now = doors.reception.services().wall_clock.now();
    let requests = doors.desk.list_requests(list, page.cursor.as_deref(), page.rows()).await?;
    let rows = requests.rows.into_iter().map(|request| RequestBody::new(request, now)).collect();
    Ok(Json(PageBody { rows, next: requests.next }))
}

/// Requests that need a person, newest first.
#[utoipa::path(get, path = "/api/v1/handoffs", params(StateQuery, PageQuery),
    responses((status = 200, body = PageBody<RequestBody>)))]
pub async fn handoffs(
    State(doors): State<Doors>,
    Query(which): Query<StateQuery>,
    Query(page): Query<PageQuery>,
) -> Result<Json<PageBody<RequestBody>>, Problem> {
    list(&doors, DeskList::Handoffs(which.state), &page).await
}

/// Requests whose caller is to be called back, newest first.
#[utoipa::path(get, path = "/api/v1/callbacks", params(StateQuery, PageQuery),
    responses((status = 200, body = PageBody<RequestBody>)))]
pub async fn callbacks(
    State(doors): State<Doors>,
    Query(which): Query<StateQuery>,
    Query(page): Query<PageQuery>,
) -> Result<Json<PageBody<RequestBody>>, Problem> {
    list(&doors, DeskList::Callbacks(which.state), &page).await
}

/// Everything callers were told would be passed on, and by when, newest first.
#[utoipa::path(get, path = "/api/v1/promises", params(PromiseQuery, PageQuery),
    responses((status = 200, body = PageBody<RequestBody>)))]
pub async fn promises(
    State(doors): State<Doors>,
    Query(which): Query<PromiseQuery>,
    Query(page): Query<PageQuery>,
) -> Result<Json<PageBody<RequestBody>>, Problem> {
    list(&doors, DeskList::Promises(which.state), &page).await
}

/// One hand-off with its notes and context card.
#[utoipa::path(get, path = "/api/v1/handoffs/{id}", params(("id" = String, Path)),
    responses((status = 200, body = HandoffBody), (status = 404, body = Problem)))]
pub async fn handoff(State(doors): State<Doors>, Path(id): Path<String>) -> Result<Json<HandoffBody>, Problem> {
    let request = doors.desk.request(&id).await?.ok_or_else(no_such_request)?;
    let notes = doors.desk.notes(&id).await?.into_iter().map(Into::into).collect();
    let actions = actions::of_request(&doors, &id).await?;
    let card = card(&doors, &request).await?;
    let transfer = doors.transfers.transfer_of_request(&id).await?;
    let tries = transfer.iter().flat_map(|transfer| transfer.state.tries()).map(Into::into).collect();
    let now = doors.reception.services().wall_clock.now();
    Ok(Json(HandoffBody { request: RequestBody::new(request, now), notes, tries, actions, card }))
}

/// As it was when the call was put through, until the call's record tells more.
async fn card(doors: &Doors, request: &DeskRequest) -> Result<Option<Value>, Problem> {
    let services = doors.reception.services();
    let Some(call) = services.calls.call(request.call).await? else { return Ok(None) };
    if call.finished.is_none()
        && let Some(transfer) = doors.transfers.transfer_of_request(&request.id).await?
    {
        return Ok(serde_json::from_str(transfer.script.card.reveal()).ok());
    }
    let orders = services.orders.as_ref();
    let stores = CardStores { desk: doors.desk.as_ref(), contacts: doors.contacts.as_ref(), orders };
    let now = services.wall_clock.now();
    let card = gather_card(&stores, now, request, &call.opened, call.finished.as_ref()).await?;
    Ok(serde_json::to_value(card).ok())
}

/// Takes a hand-off on.
#[utoipa::path(post, path = "/api/v1/handoffs/{id}/accept", params(("id" = String, Path)),
    responses((status = 200, body = RequestBody), (status = 404, body = Problem), (status = 409, body = Problem)))]
pub async fn accept(
    State(doors): State<Doors>,
    Extension(caller): Extension<Caller>,
    Path(id): Path<String>,
) -> Result<Json<RequestBody>, Problem> {
    take_step(&doors, caller, &id, DeskStep::Accept).await
}

/// Says that nobody here can see to a hand-off.
#[utoipa::path(post, path = "/api/v1/handoffs/{id}/refuse", params(("id" = String, Path)),
    responses((status = 200, body = RequestBody), (status = 404, body = Problem), (status = 409, body = Problem)))]
pub async fn refuse(
    State(doors): State<Doors>,
    Extension(caller): Extension<Caller>,
    Path(id): Path<String>,
) -> Result<Json<RequestBody>, Problem> {
    take_step(&doors, caller, &id, DeskStep::Refuse).await
}

/// Says that a hand-off or callback is done. Its promise is then kept, or missed if its time had passed.
#[utoipa::path(post, path = "/api/v1/handoffs/{id}/done", params(("id" = String, Path)),
    responses((status = 200, body = RequestBody), (status = 404, body = Problem), (status = 409, body = Problem)))]
pub async fn done(
    State(doors): State<Doors>,
    Extension(caller): Extension<Caller>,
    Path(id): Path<String>,
) -> Result<Json<RequestBody>, Problem> {
    take_step(&doors, caller, &id, DeskStep::Finish).await
}

/// Says that a callback has been made; the same as for a hand-off.
#[utoipa::path(post, path = "/api/v1/callbacks/{id}/done", params(("id" = String, Path)),
    responses((status = 200, body = RequestBody), (status = 404, body = Problem), (status = 409, body = Problem)))]
pub async fn callback_done(
    State(doors): State<Doors>,
    Extension(caller): Extension<Caller>,
    Path(id): Path<String>,
) -> Result<Json<RequestBody>, Problem> {
    take_step(&doors, caller, &id, DeskStep::Finish).await
}

async fn take_step(doors: &Doors, caller: Caller, id: &str, step: DeskStep) -> Result<Json<RequestBody>, Problem> {
    let now = doors.reception.services().wall_clock.now();
    let request = doors.desk.request(id).await?.ok_or_else(no_such_request)?;
    let state = next_state(&request, step)?;
    let promise = match step {
        DeskStep::Finish => request.promise.when_done(request.due_at, now),
        DeskStep::Accept | DeskStep::Refuse | DeskStep::HandBack => request.promise,
    };
    change(doors, caller, &request, (state, promise)).await
}

/// Errors: 409 where the step cannot be taken.
pub(super) fn next_state(request: &DeskRequest, step: DeskStep) -> Result<DeskState, Problem> {
    request.state.after(step).ok_or_else(|| {
        let detail = format!("this request is {} already", request.state.as_str());
        Problem::new(StatusCode::CONFLICT, detail)
    })
}

#[derive(serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Settlement {
    /// `kept` or `missed`.
    #[schema(value_type = String)]
    result: PromiseState,
}

/// Says whether a promise was kept.
#[utoipa::path(post, path = "/api/v1/promises/{id}/settle", params(("id" = String, Path)), request_body = Settlement,
    responses((status = 200, body = RequestBody), (status = 404, body = Problem), (status = 422, body = Problem)))]
pub async fn settle(
    State(doors): State<Doors>,
    Extension(caller): Extension<Caller>,
    Path(id): Path<String>,
    body: Result<Json<Settlement>, JsonRejection>,
) -> Result<Json<RequestBody>, Problem> {
    let Json(Settlement { result }) = body.map_err(|rejection| unreadable(&rejection))?;
    if result == PromiseState::Open {
        return Err(Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "result: write kept or missed"));
    }
    let request = doors.desk.request(&id).await?.ok_or_else(no_such_request)?;
    change(&doors, caller, &request, (request.state, result)).await
}

async fn change(
    doors: &Doors,
    caller: Caller,
    request: &DeskRequest,
    to: (DeskState, PromiseState),
) -> Result<Json<RequestBody>, Problem> {
    let now = doors.reception.services().wall_clock.now();
    let change = DeskChange { from: (request.state, request.promise), to, by: caller.name, at: now };
    doors.desk.change_request(&request.id, &change).await?;
    let changed = doors.desk.request(&request.id).await?.ok_or_else(no_such_request)?;
    Ok(Json(RequestBody::new(changed, now)))
}

#[derive(serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewNote {
    /// 1 to 2,000 characters.
    #[schema(value_type = String)]
    text: Personal<String>,
}

/// Writes a note beside a hand-off or callback.
#[utoipa::path(post, path = "/api/v1/handoffs/{id}/notes", params(("id" = String, Path)), request_body = NewNote,
    responses((status = 201, body = NoteBody), (status = 404, body = Problem), (status = 422, body = Problem)))]
pub async fn note(
    State(doors): State<Doors>,
    Extension(caller): Extension<Caller>,
    Path(id): Path<String>,
    body: Result<Json<NewNote>, JsonRejection>,
) -> Result<(StatusCode, Json<NoteBody>), Problem> {
    let Json(NewNote { text }) = body.map_err(|rejection| unreadable(&rejection))?;
    let note = Note {
        id: uuid::Uuid::now_v7().to_string(),
        at: doors.reception.services().wall_clock.now(),
        written_by: caller.name,
        text: written("text", &text)?,
    };
    doors.desk.add_note(&id, &note).await?;
    Ok((StatusCode::CREATED, Json(note.into())))
}

/// What somebody wrote, without blanks around it.
///
/// Errors: 422 for nothing, and for more than a note holds.
pub(super) fn written(field: &str, text: &Personal<String>) -> Result<Personal<String>, Problem> {
    let written = text.reveal().trim();
    if written.is_empty() || NOTE_CHARS_MAX < written.chars().count() || written.contains('\0') {
        let detail = format!("{field}: write 1 to {NOTE_CHARS_MAX} characters");
        return Err(Problem::new(StatusCode::UNPROCESSABLE_ENTITY, detail));
    }
    Ok(Personal::new(written.to_owned()))
}

pub(super) fn no_such_request() -> Problem {
    Problem::new(StatusCode::NOT_FOUND, "no request has this id")
}

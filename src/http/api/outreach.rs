//! What was decided about whom to tell, and what the shop says about numbers and orders.

use axum::extract::rejection::JsonRejection;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::{Extension, Json};
use jiff::Timestamp;
use serde_json::Value;

use super::{PageBody, PageQuery, unreadable};
use crate::domain::orders::OrderRef;
use crate::domain::outreach::policy::Consent;
use crate::domain::outreach::rules::{DecisionView, Signals};
use crate::domain::values::{Personal, PhoneNumber};
use crate::http::Doors;
use crate::http::auth::Caller;
use crate::http::problem::Problem;
use crate::ports::outreach::{ConsentEntry, MessageState, StoredMessage};
use crate::runtime::outreach::numbers_in_list;

/// Messages of one order that are shown.
const MESSAGES_SHOWN_MAX: u32 = 100;
const LIST_NAME_CHARACTERS_MAX: usize = 60;
const PROOF_CHARACTERS_MAX: usize = 1_000;

/// Which decisions.
#[derive(serde::Deserialize, utoipa::IntoParams)]
pub struct DecisionsQuery {
    #[param(value_type = Option<String>)]
    order_ref: Option<OrderRef>,
}

/// What was decided about each event, newest first: which rule fired, which were passed over and why, and what the
/// policies said.
#[utoipa::path(get, path = "/api/v1/outreach/decisions", params(DecisionsQuery, PageQuery),
    responses((status = 200, body = PageBody<Value>)))]
pub async fn decisions(
    State(doors): State<Doors>,
    Query(which): Query<DecisionsQuery>,
    Query(page): Query<PageQuery>,
) -> Result<Json<PageBody<DecisionView>>, Problem> {
    let store = doors.outreach.store();
    let found = store.list_decisions(which.order_ref.as_ref(), page.cursor.as_deref(), page.rows()).await?;
    Ok(Json(PageBody { rows: found.rows, next: found.next }))
}

/// A message to a customer.
#[derive(serde::Serialize, utoipa::ToSchema)]
pub struct MessageBody {
    id: String,
    channel: &'static str,
    /// The name of its words.
    text: String,
    #[schema(value_type = String)]
    state: MessageState,
    #[schema(value_type = Option<String>)]
    body: Option<Personal<String>>,
    #[schema(value_type = String)]
    not_before: Timestamp,
    #[schema(value_type = String)]
    expires_at: Timestamp,
    #[schema(value_type = Option<String>)]
    sent_at: Option<Timestamp>,
    attempts: u32,
    /// The vendor's id of it.
    provider_id: Option<String>,
    last_error: Option<String>,
    rule: String,
}

impl From<StoredMessage> for MessageBody {
    fn from(stored: StoredMessage) -> Self {
        let StoredMessage { id, planned, state, attempts, body, provider_id, sent_at, last_error } = stored;
        Self {
            id,
            channel: planned.channel.as_str(),
            text: planned.text,
            state,
            body,
            not_before: planned.not_before,
            expires_at: planned.expires_at,
            sent_at,
            attempts,
            provider_id,
            last_error,
            rule: planned.rule,
        }
    }
}

/// The messages about one order, newest first, at most 100.
#[utoipa::path(get, path = "/api/v1/orders/{order_ref}/messages", params(("order_ref" = String, Path)),
    responses((status = 200, body = PageBody<MessageBody>)))]
pub async fn messages(
    State(doors): State<Doors>,
    Path(order_ref): Path<String>,
) -> Result<Json<PageBody<MessageBody>>, Problem> {
    let found = doors.outreach.store().messages_of_order(&OrderRef(order_ref), MESSAGES_SHOWN_MAX).await?;
    Ok(Json(PageBody { rows: found.into_iter().map(Into::into).collect(), next: None }))
}

/// What the shop knows of an order beyond the order itself.
#[utoipa::path(get, path = "/api/v1/orders/{order_ref}/signals", params(("order_ref" = String, Path)),
    responses((status = 200, body = Value)))]
pub async fn signals(State(doors): State<Doors>, Path(order_ref): Path<String>) -> Result<Json<Signals>, Problem> {
    Ok(Json(doors.outreach.store().signals(&OrderRef(order_ref)).await?))
}

/// Sets what the shop knows of an order: tier, need-by day, visits to the tracking page, and the like.
#[utoipa::path(put, path = "/api/v1/orders/{order_ref}/signals", params(("order_ref" = String, Path)),
    request_body = Value, responses((status = 200, body = Value), (status = 404, body = Problem),
        (status = 422, body = Problem)))]
pub async fn put_signals(
    State(doors): State<Doors>,
    Path(order_ref): Path<String>,
    body: Result<Json<Signals>, JsonRejection>,
) -> Result<Json<Signals>, Problem> {
    let Json(signals) = body.map_err(|rejection| unreadable(&rejection))?;
    let now = doors.reception.services().wall_clock.now();
    let is_known = doors.outreach.put_signals(&OrderRef(order_ref), &signals, now).await?;
    if is_known { Ok(Json(signals)) } else { Err(Problem::new(StatusCode::NOT_FOUND, "no order has this reference")) }
}

/// A do-not-call list and how many numbers it has.
#[derive(serde::Serialize, utoipa::ToSchema)]
pub struct ListBody {
    list: String,
    numbers: u64,
}

/// What an upload did.
#[derive(serde::Serialize, utoipa::ToSchema)]
pub struct UploadBody {
    /// Numbers that were not on the list before.
    added: u64,
    /// Lines that are no numbers, counted from 1; the first hundred.
    rejected_lines: Vec<usize>,
}

/// The do-not-call lists.
#[utoipa::path(get, path = "/api/v1/do-not-call", responses((status = 200, body = PageBody<ListBody>)))]
pub async fn lists(State(doors): State<Doors>) -> Result<Json<PageBody<ListBody>>, Problem> {
    let lists = doors.outreach.store().lists_not_to_call().await?;
    let rows = lists.into_iter().map(|(list, numbers)| ListBody { list, numbers }).collect();
    Ok(Json(PageBody { rows, next: None }))
}

/// Adds numbers to a do-not-call list: one in E.164 a line. They are called no more, at once.
#[utoipa::path(post, path = "/api/v1/do-not-call/{list}", params(("list" = String, Path)), request_body = String,
    responses((status = 200, body = UploadBody), (status = 422, body = Problem)))]
pub async fn add_to_list(
    State(doors): State<Doors>,
    Path(list): Path<String>,
    body: String,
) -> Result<Json<UploadBody>, Problem> {
    check_list_name(&list)?;
    let (numbers, rejected_lines) = numbers_in_list(&body);
    if numbers.is_empty() {
        let detail = "the body has no number: write one in E.164 a line, such as +919845012345";
        return Err(Problem::new(StatusCode::UNPROCESSABLE_ENTITY, detail));
    }
    let now = doors.reception.services().wall_clock.now();
    let added = doors.outreach.store().add_do_not_call(&list, &numbers, now).await?;
    Ok(Json(UploadBody { added, rejected_lines }))
}

/// Forgets a do-not-call list.
#[utoipa::path(delete, path = "/api/v1/do-not-call/{list}", params(("list" = String, Path)),
    responses((status = 204), (status = 422, body = Problem)))]
pub async fn drop_list(State(doors): State<Doors>, Path(list): Path<String>) -> Result<StatusCode, Problem> {
    check_list_name(&list)?;
    doors.outreach.store().drop_do_not_call(&list).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn check_list_name(list: &str) -> Result<(), Problem> {
    let is_name = !list.is_empty()
        && list.len() <= LIST_NAME_CHARACTERS_MAX
        && list.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte));
    let detail = "list: a name has letters, digits, dashes, dots and at most 60 characters";
    if is_name { Ok(()) } else { Err(Problem::new(StatusCode::UNPROCESSABLE_ENTITY, detail)) }
}

#[derive(serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ConsentWish {
    given: bool,
    /// Where, when and in which words it was given; needed with `given`.
    proof: Option<String>,
}

#[derive(serde::Serialize, utoipa::ToSchema)]
pub struct ConsentBody {
    #[schema(value_type = String)]
    phone: PhoneNumber,
    given: bool,
    proof: Option<String>,
    #[schema(value_type = String)]
    at: Timestamp,
    /// The token it was set with.
    set_by: String,
}

impl ConsentBody {
    fn new(phone: PhoneNumber, entry: ConsentEntry) -> Self {
        let (given, proof) = match entry.consent {
            Consent::Given { proof } => (true, Some(proof)),
            Consent::Withdrawn | Consent::NotRecorded => (false, None),
        };
        Self { phone, given, proof, at: entry.at, set_by: entry.set_by }
    }
}

/// The consent to calls that is kept for a number.
#[utoipa::path(get, path = "/api/v1/contacts/{phone}/consent", params(("phone" = String, Path)),
    responses((status = 200, body = ConsentBody), (status = 404, body = Problem)))]
pub async fn consent(State(doors): State<Doors>, Path(phone): Path<String>) -> Result<Json<ConsentBody>, Problem> {
    let phone = number(&phone)?;
    let entry = doors.outreach.store().consent_of(&phone).await?;
    let entry = entry.ok_or_else(|| Problem::new(StatusCode::NOT_FOUND, "no consent is kept for this number"))?;
    Ok(Json(ConsentBody::new(phone, entry)))
}

/// Keeps a consent to calls with its proof, or its withdrawal. It counts at once.
#[utoipa::path(put, path = "/api/v1/contacts/{phone}/consent", params(("phone" = String, Path)),
    request_body = ConsentWish, responses((status = 200, body = ConsentBody), (status = 422, body = Problem)))]
pub async fn put_consent(
    State(doors): State<Doors>,
    Extension(caller): Extension<Caller>,
    Path(phone): Path<String>,
    body: Result<Json<ConsentWish>, JsonRejection>,
) -> Result<Json<ConsentBody>, Problem> {
    let phone = number(&phone)?;
    let Json(ConsentWish { given, proof }) = body.map_err(|rejection| unreadable(&rejection))?;
    let proof = proof.unwrap_or_default().trim().to_owned();
    let is_proof = !proof.is_empty() && proof.chars().count() <= PROOF_CHARACTERS_MAX && !proof.contains('\0');
    let consent = match given {
        true if is_proof => Consent::Given { proof },
        true => {
            let detail = "proof: say where, when and in which words the consent was given, in at most 1000 characters";
            return Err(Problem::new(StatusCode::UNPROCESSABLE_ENTITY, detail));
        }
        false => Consent::Withdrawn,
    };
    let entry = ConsentEntry { consent, at: doors.reception.services().wall_clock.now(), set_by: caller.name };
    doors.outreach.store().put_consent(&phone, &entry).await?;
    Ok(Json(ConsentBody::new(phone, entry)))
}

fn number(text: &str) -> Result<PhoneNumber, Problem> {
    text.parse().map_err(|error| Problem::new(StatusCode::UNPROCESSABLE_ENTITY, format!("phone: {error}")))
}

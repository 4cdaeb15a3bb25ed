//! What people say of the agent's work: that it may go on with a hand-off, or that it was wrong.

use axum::extract::rejection::JsonRejection;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::{Extension, Json};
use jiff::Timestamp;

use super::handoffs::{RequestBody, next_state, no_such_request, written};
use super::unreadable;
use crate::domain::desk::DeskStep;
use crate::domain::outreach::PlannedCall;
use crate::domain::values::Personal;
use crate::http::Doors;
use crate::http::auth::Caller;
use crate::http::problem::Problem;
use crate::ports::desk::{DeskChange, DeskRequest, MarkedWrong};
use crate::ports::dialling::NewPlan;
use crate::runtime::dialler::promised_call;

#[derive(serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct HandBack {
    /// When the customer is called; now if left out.
    #[schema(value_type = Option<String>)]
    call_at: Option<Timestamp>,
}

/// Hands a request back to the agent, which calls the customer about it once.
#[utoipa::path(post, path = "/api/v1/handoffs/{id}/hand-back", params(("id" = String, Path)), request_body = HandBack,
    responses((status = 202, body = RequestBody), (status = 404, body = Problem), (status = 409, body = Problem),
        (status = 422, body = Problem), (status = 503, body = Problem)))]
pub async fn hand_back(
    State(doors): State<Doors>,
    Extension(caller): Extension<Caller>,
    Path(id): Path<String>,
    body: Result<Json<HandBack>, JsonRejection>,
) -> Result<(StatusCode, Json<RequestBody>), Problem> {
    let Json(HandBack { call_at }) = body.map_err(|rejection| unreadable(&rejection))?;
    if doors.outbound.is_none() {
        let remedy = "no carrier can place calls; set telephony.twilio with a number in from_numbers";
        return Err(Problem::new(StatusCode::SERVICE_UNAVAILABLE, remedy));
    }
    let now = doors.reception.services().wall_clock.now();
    let request = doors.desk.request(&id).await?.ok_or_else(no_such_request)?;
    let state = next_state(&request, DeskStep::HandBack)?;
    let call = planned_call(&doors, &request, call_at.unwrap_or(now).max(now), now).await?;
    if doors.plans.put_plans(&[NewPlan { call, campaign: None }], now).await? == 0 {
        return Err(Problem::new(StatusCode::CONFLICT, "the agent has this call already, or has made it"));
    }
    let to = (state, request.promise);
    let change = DeskChange { from: (request.state, request.promise), to, by: caller.name, at: now };
    doors.desk.change_request(&id, &change).await?;
    doors.reception.services().dialler_wake.notify_one();
    Ok((StatusCode::ACCEPTED, shown(&doors, &id).await?))
}

async fn planned_call(
    doors: &Doors,
    request: &DeskRequest,
    at: Timestamp,
    now: Timestamp,
) -> Result<PlannedCall, Problem> {
    let unfit = |detail: &str| Problem::new(StatusCode::UNPROCESSABLE_ENTITY, detail);
    let call = doors.reception.services().calls.call(request.call).await?;
    let call = call.ok_or_else(|| unfit("the call's record has been deleted"))?;
    let phone = call.opened.customer_number().ok_or_else(|| unfit("the caller withheld their number"))?;
    let of_call = call.finished.as_ref().and_then(|finished| finished.outcome.order_ref.clone());
    let order_ref = request.order_ref.clone().or(of_call);
    let order_ref = order_ref.ok_or_else(|| unfit("no order is known that the agent could call about"))?;
    Ok(promised_call(&request.id, (phone.clone(), order_ref), at, now))
}

#[derive(serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Wrong {
    /// What was wrong: 1 to 2,000 characters.
    #[schema(value_type = String)]
    why: Personal<String>,
}

/// Says that the agent was wrong in the call that a request came of. The last word counts.
#[utoipa::path(put, path = "/api/v1/handoffs/{id}/wrong", params(("id" = String, Path)), request_body = Wrong,
    responses((status = 200, body = RequestBody), (status = 404, body = Problem), (status = 422, body = Problem)))]
pub async fn wrong(
    State(doors): State<Doors>,
    Extension(caller): Extension<Caller>,
    Path(id): Path<String>,
    body: Result<Json<Wrong>, JsonRejection>,
) -> Result<Json<RequestBody>, Problem> {
    let Json(Wrong { why }) = body.map_err(|rejection| unreadable(&rejection))?;
    let at = doors.reception.services().wall_clock.now();
    doors.desk.mark_wrong(&id, &MarkedWrong { at, by: caller.name, why: written("why", &why)? }).await?;
    shown(&doors, &id).await
}

async fn shown(doors: &Doors, id: &str) -> Result<Json<RequestBody>, Problem> {
    let request = doors.desk.request(id).await?.ok_or_else(no_such_request)?;
    Ok(Json(RequestBody::new(request, doors.reception.services().wall_clock.now())))
}

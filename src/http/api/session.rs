//! The console's session: a token is shown once, a cookie stands for it from then on.

use axum::extract::rejection::JsonRejection;
use axum::extract::{ConnectInfo, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use jiff::Timestamp;
use secrecy::SecretString;

use super::unreadable;
use crate::domain::access::Role;
use crate::http::Doors;
use crate::http::auth::{Caller, Peer, clear_session_cookie, is_https, set_session_cookie};
use crate::http::problem::Problem;

#[derive(serde::Deserialize, utoipa::ToSchema)]
pub struct SignIn {
    #[schema(value_type = String)]
    token: SecretString,
}

/// Who uses the API.
#[derive(serde::Serialize, utoipa::ToSchema)]
pub struct SessionBody {
    /// The name of the token.
    name: String,
    #[schema(value_type = String)]
    role: Role,
    /// Absent for a bearer token.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    expires_at: Option<Timestamp>,
}

/// Opens a session for whoever has a token. The answer sets a cookie that scripts and other sites cannot use.
///
/// It takes no `Idempotency-Key`: nobody is known yet, and a session opened twice is two sessions.
#[utoipa::path(post, path = "/api/v1/session", request_body = SignIn,
    responses((status = 201, body = SessionBody), (status = 401, body = Problem), (status = 429, body = Problem)))]
pub async fn sign_in(
    State(doors): State<Doors>,
    ConnectInfo(peer): Peer,
    headers: HeaderMap,
    body: Result<Json<SignIn>, JsonRejection>,
) -> Result<Response, Problem> {
    let Json(SignIn { token }) = body.map_err(|rejection| unreadable(&rejection))?;
    let now = doors.reception.services().wall_clock.now();
    let opened = doors.gate.sign_in(peer.ip(), &headers, &token, now).await?;
    let cookie = set_session_cookie(&opened.secret, opened.lifetime, is_https(&headers));
    let Caller { name, role, .. } = opened.caller;
    let body = SessionBody { name, role, expires_at: Some(opened.expires_at) };
    Ok((StatusCode::CREATED, [(header::SET_COOKIE, cookie)], Json(body)).into_response())
}

/// Who is signed in.
#[utoipa::path(get, path = "/api/v1/session",
    responses((status = 200, body = SessionBody), (status = 401, body = Problem)))]
pub async fn current(Extension(caller): Extension<Caller>) -> Json<SessionBody> {
    Json(SessionBody { name: caller.name, role: caller.role, expires_at: None })
}

/// Ends the session. Without one nothing happens.
#[utoipa::path(delete, path = "/api/v1/session", responses((status = 204)))]
pub async fn sign_out(State(doors): State<Doors>, headers: HeaderMap) -> Result<Response, Problem> {
    doors.gate.sign_out(&headers).await?;
    let cookie = clear_session_cookie(is_https(&headers));
    Ok((StatusCode::NO_CONTENT, [(header::SET_COOKIE, cookie)]).into_response())
}

//! `Idempotency-Key`: a write that is sent again is not done again; its first answer is given again.

use axum::Extension;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use jiff::{SignedDuration, Timestamp};

use super::auth::{Caller, hash_of};
use super::problem::{Problem, after_panic};
use super::{BODY_BYTES_MAX, Doors};
use crate::ports::access::{Begun, KeptAnswer, KeptUntil, RequestKey};

const KEY: HeaderName = HeaderName::from_static("idempotency-key");
/// Says that an answer was given before.
const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");
const KEY_BYTES_MAX: usize = 255;

/// How long an answer is given again.
pub const ANSWERS_KEPT: SignedDuration = SignedDuration::from_hours(24);

/// Far longer than any write takes: a request without an answer by then was broken off with its process.
const RUNNING_MAX: SignedDuration = SignedDuration::from_mins(2);

/// Puts an answer with a secret out of keeping: what is kept, and given again, is `body`.
pub(super) fn keep_instead(response: &mut Response, body: &impl serde::Serialize) {
    let body = serde_json::to_string(body).unwrap_or_default();
    response.extensions_mut().insert(KeptBody(body));
}

#[derive(Clone)]
struct KeptBody(String);

/// Does a write once for each key. Reads, and writes without a key, go through.
///
/// Order: inside [`super::auth::authenticate`].
pub(super) async fn once(
    State(doors): State<Doors>,
    Extension(caller): Extension<Caller>,
    request: Request,
    next: Next,
) -> Result<Response, Problem> {
    if request.method().is_safe() {
        return Ok(next.run(request).await);
    }
    let Some(key) = key_of(request.headers())? else { return Ok(next.run(request).await) };
    let key = RequestKey { token: caller.token, key };
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, BODY_BYTES_MAX)
        .await
        .map_err(|_| Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "the body is too large or broke off"))?;
    let fingerprint = fingerprint(&parts.method, parts.uri.path_and_query().map_or("", |path| path.as_str()), &body);
    let now = doors.reception.services().wall_clock.now();
    match doors.answers.begin_request(&key, &fingerprint, now, kept_until(now)).await? {
        Begun::First => Ok(run(&doors, key, Request::from_parts(parts, Body::from(body)), next).await),
        Begun::Answered(answer) => Ok(again(answer)),
        Begun::Running => {
            let detail = "this request is still running; ask again in a moment under the same key";
            Err(Problem::new(StatusCode::CONFLICT, detail))
        }
        Begun::OtherRequest => {
            let detail = "this Idempotency-Key was used for another request; take a new one";
            Err(Problem::new(StatusCode::UNPROCESSABLE_ENTITY, detail))
        }
    }
}

/// Runs the request to its end even if the client goes away: it may ask again.
async fn run(doors: &Doors, key: RequestKey, request: Request, next: Next) -> Response {
    let beside = doors.clone();
    let work = async move {
        let response = next.run(request).await;
        keep(&beside, &key, response).await
    };
    let joined = doors.reception.services().tasks.spawn(work).await;
    // What a panic leaves claimed is free again when it no longer counts as running.
    joined.unwrap_or_else(|error| after_panic(Box::new(error)))
}

/// Keeps the answer, unless it is a failure that may pass.
async fn keep(doors: &Doors, key: &RequestKey, response: Response) -> Response {
    let (mut parts, body) = response.into_parts();
    let Ok(body) = to_bytes(body, BODY_BYTES_MAX).await else {
        return Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "the answer broke off").into_response();
    };
    let is_passing = parts.status.is_server_error() || parts.status == StatusCode::TOO_MANY_REQUESTS;
    let result = if is_passing {
        doors.answers.forget_request(key).await
    } else {
        let kept = parts.extensions.remove::<KeptBody>().map(|KeptBody(body)| body);
        let content_type = parts.headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
        let answer = KeptAnswer {
            status: parts.status.as_u16(),
            content_type: content_type.map(str::to_owned),
            body: kept.unwrap_or_else(|| String::from_utf8_lossy(&body).into_owned()),
        };
        doors.answers.keep_answer(key, &answer).await
    };
    if let Err(error) = result {
        tracing::warn!(%error, "the answer to a write could not be kept under its key");
    }
    Response::from_parts(parts, Body::from(body))
}

fn again(answer: KeptAnswer) -> Response {
    let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = (status, answer.body).into_response();
    let headers = response.headers_mut();
    headers.remove(header::CONTENT_TYPE);
    if let Some(kind) = answer.content_type.and_then(|kind| HeaderValue::from_str(&kind).ok()) {
        headers.insert(header::CONTENT_TYPE, kind);
    }
    headers.insert(REPLAYED, HeaderValue::from_static("true"));
    response
}

fn key_of(headers: &HeaderMap) -> Result<Option<String>, Problem> {
    let Some(value) = headers.get(KEY) else { return Ok(None) };
    let is_usable = (1..=KEY_BYTES_MAX).contains(&value.len());
    let key = value.to_str().ok().filter(|_| is_usable).ok_or_else(|| {
        let detail = format!("Idempotency-Key: write 1 to {KEY_BYTES_MAX} printable ASCII characters, such as a UUID");
        Problem::new(StatusCode::BAD_REQUEST, detail)
    })?;
    Ok(Some(key.to_owned()))
}

fn fingerprint(method: &Method, path: &str, body: &Bytes) -> String {
    let mut request = format!("{method} {path}\n").into_bytes();
    request.extend_from_slice(body);
    hash_of(&request).0
}

fn kept_until(now: Timestamp) -> KeptUntil {
    let before = |age: SignedDuration| now.saturating_sub(age).unwrap_or(Timestamp::MIN);
    KeptUntil { answered_since: before(ANSWERS_KEPT), running_since: before(RUNNING_MAX) }
}

//! Errors as RFC 9457 problem documents.

use std::any::Any;

use axum::extract::Request;
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::ports::store::StoreError;

const PROBLEM_JSON: &str = "application/problem+json";

/// What the framework says about a refusal is a line.
const DETAIL_BYTES_MAX: usize = 4 * 1024;

/// An error a client can read.
///
/// Source: RFC 9457.
#[derive(Debug, serde::Serialize, utoipa::ToSchema)]
pub struct Problem {
    #[serde(rename = "type")]
    kind: &'static str,
    title: &'static str,
    status: u16,
    detail: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    instance: Option<String>,
}

impl Problem {
    pub fn new(status: StatusCode, detail: impl Into<String>) -> Self {
        Self {
            kind: "about:blank",
            title: status.canonical_reason().unwrap_or("Error"),
            status: status.as_u16(),
            detail: detail.into(),
            instance: None,
        }
    }

    pub fn at(mut self, path: &str) -> Self {
        self.instance = Some(path.to_owned());
        self
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = (status, axum::Json(self)).into_response();
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(PROBLEM_JSON));
        if status == StatusCode::UNAUTHORIZED {
            response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        let status = match error {
            StoreError::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
            StoreError::AlreadyFinished | StoreError::Conflict => StatusCode::CONFLICT,
            StoreError::NotFound => StatusCode::NOT_FOUND,
            StoreError::InvalidCursor => StatusCode::BAD_REQUEST,
            StoreError::Failed { .. } => StatusCode::INTERNAL_SERVER_ERROR,
        };
        Self::new(status, error.to_string())
    }
}

/// What the framework refuses by itself (a query it cannot read, a body too large, a method nobody serves, a request
/// from another site) as a problem document too.
pub async fn for_bare_errors(request: Request, next: Next) -> Response {
    let path = request.uri().path().to_owned();
    let response = next.run(request).await;
    let status = response.status();
    let kind = response.headers().get(header::CONTENT_TYPE);
    let is_error = status.is_client_error() || status.is_server_error();
    if !is_error || kind.is_some_and(|kind| kind == PROBLEM_JSON) {
        return response;
    }
    let allow = response.headers().get(header::ALLOW).cloned();
    let detail = axum::body::to_bytes(response.into_body(), DETAIL_BYTES_MAX).await.unwrap_or_default();
    let detail = String::from_utf8_lossy(&detail).into_owned();
    let detail = if detail.is_empty() { refusal_detail(status).to_owned() } else { detail };
    let mut response = Problem::new(status, detail).at(&path).into_response();
    if let Some(allow) = allow {
        response.headers_mut().insert(header::ALLOW, allow);
    }
    response
}

fn refusal_detail(status: StatusCode) -> &'static str {
    match status {
        StatusCode::FORBIDDEN => "requests from other sites are refused; call from the console's own address",
        StatusCode::METHOD_NOT_ALLOWED => "this route does not take that method; see the Allow header",
        _ => "the request was refused",
    }
}

/// A panic is a bug: it costs one request, not the server.
pub fn after_panic(_: Box<dyn Any + Send + 'static>) -> Response {
    metrics::counter!("doorstep_request_panics_total").increment(1);
    Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "the request met a fault of ours").into_response()
}

//! Liveness, readiness and metrics.

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;

use super::Doors;
use super::problem::Problem;
use crate::runtime::reception::NotTaken;

/// The process runs.
pub async fn live() -> &'static str {
    "ok\n"
}

/// A call would be taken now.
pub async fn ready(State(doors): State<Doors>) -> Result<&'static str, Problem> {
    match doors.reception.may_take_call() {
        // A full house is ready: it answers callers, if only with an apology.
        Ok(()) | Err(NotTaken::Busy) => (),
        Err(NotTaken::Draining) => {
            return Err(Problem::new(StatusCode::SERVICE_UNAVAILABLE, "draining: no new calls are taken"));
        }
    }
    doors.reception.services().calls.ping().await?;
    Ok("ready\n")
}

/// Prometheus text.
pub async fn metrics(State(doors): State<Doors>) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], doors.metrics.render())
}

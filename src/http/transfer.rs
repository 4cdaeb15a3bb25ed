//! The carriers' doors for calls that are put through to a person, and what a customer hears meanwhile.

use axum::body::Bytes;
use axum::extract::{OriginalUri, Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::Doors;
use super::problem::Problem;
use super::telephony::{refused, verified};
use crate::domain::audio::hold_tone;
use crate::ports::telephony::AnswerDocument;

/// A carrier reports of a transfer, and may ask what a line is to do next.
pub async fn report(
    State(doors): State<Doors>,
    Path((provider, _)): Path<(String, String)>,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Problem> {
    let (provider, request) = verified(&doors, &provider, &uri, &headers, &body)?;
    let (Some(switchboard), Some(carrier)) = (&doors.reception.services().switchboard, provider.transfers()) else {
        return Err(Problem::new(
            StatusCode::NOT_FOUND,
            "calls are not put through here; see handover in the settings",
        ));
    };
    let report = carrier.read_report(&request).map_err(|error| refused(&error))?;
    Ok(match switchboard.take_report(carrier, report).await? {
        Some(AnswerDocument { content_type, body }) => ([(header::CONTENT_TYPE, content_type)], body).into_response(),
        None => StatusCode::NO_CONTENT.into_response(),
    })
}

/// Two soft notes, again and again.
pub async fn hold_music() -> Response {
    ([(header::CONTENT_TYPE, "audio/wav"), (header::CACHE_CONTROL, "public, max-age=86400")], hold_tone())
        .into_response()
}

//! The doors of shops and carriers: orders and tracking come in here.

use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{OriginalUri, Path, State};
use axum::http::{HeaderMap, StatusCode};

use super::Doors;
use super::problem::Problem;
use super::telephony::webhook_request;
use crate::ports::commerce::NoticeRefused;
use crate::runtime::intake::NotReceived;

/// A message of a configured source. Whatever is refused leaves nothing behind; what came before changes nothing.
pub async fn receive(
    State(doors): State<Doors>,
    Path(source): Path<String>,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<StatusCode, Problem> {
    let body = body.map_err(|rejection| {
        doors.intake.note_unreadable(&source);
        Problem::new(rejection.status(), rejection.body_text())
    })?;
    let request = webhook_request(&uri, &headers, &body);
    match doors.intake.receive(&source, &request).await {
        // Some senders take nothing else for success.
        Ok(_) => Ok(StatusCode::OK),
        Err(NotReceived::UnknownSource) => {
            let detail = "no source of this name is configured; see commerce.sources in the settings";
            Err(Problem::new(StatusCode::NOT_FOUND, detail))
        }
        Err(NotReceived::Refused(refused)) => {
            let status = match refused {
                NoticeRefused::BadSignature | NoticeRefused::Stale => StatusCode::UNAUTHORIZED,
                NoticeRefused::BadRequest { .. } => StatusCode::BAD_REQUEST,
            };
            Err(Problem::new(status, refused.to_string()))
        }
        Err(NotReceived::Store(error)) => Err(error.into()),
    }
}

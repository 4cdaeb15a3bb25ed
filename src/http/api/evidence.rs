//! Evidence of what was said and decided, for whoever disputes it.

use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde_json::Value;

use super::unreadable;
use crate::http::Doors;
use crate::http::problem::Problem;
use crate::runtime::evidence::{Evidence, NoEvidence};

/// What a check of a pack has found.
#[derive(serde::Serialize, utoipa::ToSchema)]
pub struct VerifiedBody {
    is_genuine: bool,
    /// Of `unreadable`, `content`, `signature`, `chain`, `recording`.
    faults: Vec<&'static str>,
}

/// The pack of an ended call: what was said, heard, answered and decided, signed, and chained to the pack before.
#[utoipa::path(get, path = "/api/v1/calls/{id}/evidence", params(("id" = String, Path)),
    responses((status = 200, body = Value), (status = 404, body = Problem), (status = 409, body = Problem),
        (status = 503, body = Problem)))]
pub async fn pack(State(doors): State<Doors>, Path(id): Path<String>) -> Result<Json<Value>, Problem> {
    let id = id.parse().map_err(|_| refused(NoEvidence::NoSuchCall))?;
    maker(&doors)?.pack(id).await.map(Json).map_err(refused)
}

/// Whether a pack is what was handed out, byte for byte; if not, what is wrong with it.
#[utoipa::path(post, path = "/api/v1/evidence/verify", request_body = Value,
    responses((status = 200, body = VerifiedBody), (status = 503, body = Problem)))]
pub async fn verify(
    State(doors): State<Doors>,
    body: Result<Json<Value>, JsonRejection>,
) -> Result<Json<VerifiedBody>, Problem> {
    let Json(pack) = body.map_err(|rejection| unreadable(&rejection))?;
    let found = maker(&doors)?.verify(&pack).await?;
    Ok(Json(VerifiedBody { is_genuine: found.is_genuine, faults: found.faults }))
}

fn maker(doors: &Doors) -> Result<&Evidence, Problem> {
    doors.evidence.as_ref().ok_or_else(|| {
        let remedy = "packs cannot be signed; set evidence.secret";
        Problem::new(StatusCode::SERVICE_UNAVAILABLE, remedy)
    })
}

fn refused(why: NoEvidence) -> Problem {
    match why {
        NoEvidence::NoSuchCall => Problem::new(StatusCode::NOT_FOUND, why.to_string()),
        NoEvidence::InProgress => Problem::new(StatusCode::CONFLICT, why.to_string()),
        NoEvidence::Store(error) => error.into(),
    }
}

//! Placing one outbound call.

use axum::Json;
use axum::extract::State;
use axum::extract::rejection::JsonRejection;
use axum::http::StatusCode;

use super::unreadable;
use crate::domain::dialogue::scenarios::Scenario;
use crate::domain::orders::OrderRef;
use crate::domain::values::{CallId, PhoneNumber};
use crate::http::Doors;
use crate::http::problem::Problem;
use crate::ports::telephony::ProviderError;
use crate::runtime::reception::{NotPlaced, NotTaken, Plan};

/// Whom to call, and what about.
#[derive(serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PlaceCallBody {
    /// The order's reference, such as `KH-452719`.
    order_id: String,
    /// Such as `delayed`, `out_for_delivery`, `cod_confirmation`, `failed_attempt`.
    scenario: String,
    /// E.164; the number on the order when absent.
    #[serde(default)]
    to: Option<String>,
}

/// A call that has been placed.
#[derive(serde::Serialize, utoipa::ToSchema)]
pub struct PlacedBody {
    #[schema(value_type = String)]
    id: CallId,
}

/// Places an outbound call, if the policies allow it now: 409 names the rule that holds it, and until when. What came of
/// it is at `/api/v1/calls/{id}`, whether somebody answers or not.
#[utoipa::path(post, path = "/api/v1/calls", request_body = PlaceCallBody,
    responses((status = 202, body = PlacedBody), (status = 404, body = Problem), (status = 409, body = Problem),
        (status = 422, body = Problem), (status = 502, body = Problem), (status = 503, body = Problem)))]
pub async fn place(
    State(doors): State<Doors>,
    body: Result<Json<PlaceCallBody>, JsonRejection>,
) -> Result<(StatusCode, Json<PlacedBody>), Problem> {
    let Json(body) = body.map_err(|rejection| unreadable(&rejection))?;
    let unfit = |detail: String| Problem::new(StatusCode::UNPROCESSABLE_ENTITY, detail);
    let scenario = Scenario::by_name(&body.scenario).map_err(|error| unfit(format!("scenario: {error}")))?;
    let to = body.to.as_deref().map(str::parse::<PhoneNumber>).transpose();
    let to = to.map_err(|_| unfit("to: not a phone number; write it as +919845012345".to_owned()))?;
    let (carrier, from) = doors.outbound.as_ref().ok_or_else(|| {
        let remedy = "no carrier can place calls; set telephony.twilio with a number in from_numbers";
        Problem::new(StatusCode::SERVICE_UNAVAILABLE, remedy)
    })?;
    let plan = Plan { order_ref: OrderRef(body.order_id), scenario, to, from: from.clone() };
    let id = doors.reception.place(carrier, plan).await.map_err(|error| refused(&error))?;
    Ok((StatusCode::ACCEPTED, Json(PlacedBody { id })))
}

fn refused(error: &NotPlaced) -> Problem {
    let status = match error {
        NotPlaced::NoSuchOrder => StatusCode::NOT_FOUND,
        NotPlaced::Held(_) => StatusCode::CONFLICT,
        NotPlaced::NotTaken(NotTaken::Busy | NotTaken::Draining) | NotPlaced::Store(_) => {
            StatusCode::SERVICE_UNAVAILABLE
        }
        NotPlaced::Carrier(ProviderError::Rejected { .. } | ProviderError::Unsupported) => {
            StatusCode::UNPROCESSABLE_ENTITY
        }
        NotPlaced::Carrier(ProviderError::Unavailable { .. } | ProviderError::OutcomeUnknown) => {
            StatusCode::BAD_GATEWAY
        }
    };
    Problem::new(status, error.to_string())
}

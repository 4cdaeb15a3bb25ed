//! Figures of a period.

use axum::Json;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use jiff::{SignedDuration, Timestamp};

use crate::domain::figures::{Figures, Report};
use crate::http::Doors;
use crate::http::problem::Problem;

/// The period when nobody says one.
const PERIOD: SignedDuration = SignedDuration::from_hours(7 * 24);
const PERIOD_MAX: SignedDuration = SignedDuration::from_hours(400 * 24);
/// Calls read at a time.
const CALLS_READ: u32 = 500;

/// Which period.
#[derive(serde::Deserialize, utoipa::IntoParams)]
pub struct PeriodQuery {
    /// RFC 3339; seven days before `to` if left out.
    #[param(value_type = Option<String>)]
    from: Option<Timestamp>,
    /// RFC 3339, itself not in the period; now if left out.
    #[param(value_type = Option<String>)]
    to: Option<Timestamp>,
}

#[derive(serde::Serialize, utoipa::ToSchema)]
pub struct FiguresBody {
    #[schema(value_type = String)]
    from: Timestamp,
    #[schema(value_type = String)]
    to: Timestamp,
    #[serde(flatten)]
    #[schema(value_type = Object)]
    report: Report,
}

/// What the calls that ended in a period came to: dispositions, containment (without the look at repeated calls),
/// escalation, answer latency, handling time. A rate of fewer than 30 cases is null; its denominator is always there.
#[utoipa::path(get, path = "/api/v1/metrics", params(PeriodQuery),
    responses((status = 200, body = FiguresBody), (status = 422, body = Problem)))]
pub async fn metrics(
    State(doors): State<Doors>,
    Query(period): Query<PeriodQuery>,
) -> Result<Json<FiguresBody>, Problem> {
    let to = period.to.unwrap_or_else(|| doors.reception.services().wall_clock.now());
    let from = period.from.unwrap_or_else(|| to.saturating_sub(PERIOD).unwrap_or(Timestamp::MIN));
    if to < from || PERIOD_MAX < to.duration_since(from) {
        let detail = "from, to: a period begins before it ends, and has 400 days at most";
        return Err(Problem::new(StatusCode::UNPROCESSABLE_ENTITY, detail));
    }
    let mut figures = Figures::default();
    let mut cursor: Option<String> = None;
    loop {
        let page = doors.figures.ended_calls(from, to, cursor.as_deref(), CALLS_READ).await?;
        for call in &page.rows {
            figures.add(call.direction, &call.turns, &call.outcome);
        }
        cursor = page.next;
        if cursor.is_none() {
            break;
        }
    }
    Ok(Json(FiguresBody { from, to, report: figures.report() }))
}

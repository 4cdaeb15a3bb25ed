//! Figures of a period, as JSON or as a table.

use axum::Json;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use crate::domain::figures::{FigureFilter, Group, InvalidPeriodEnd, PeriodEnd, Report, csv, report};
use crate::http::Doors;
use crate::http::problem::Problem;

/// The period when nobody says one.
const PERIOD: SignedDuration = SignedDuration::from_hours(7 * 24);
const PERIOD_MAX: SignedDuration = SignedDuration::from_hours(401 * 24);
const CSV: &str = "text/csv";

/// Which figures, and how they are written.
#[derive(serde::Deserialize, utoipa::IntoParams)]
pub struct FigureQuery {
    /// A day by the shop's clock, or RFC 3339; seven days before `to` if left out.
    from: Option<String>,
    /// A day, whole, or RFC 3339, itself not in the period; now if left out.
    to: Option<String>,
    /// The shop's id.
    shop: Option<String>,
    /// A scenario's code, such as `O4_FAILED_ATTEMPT`.
    scenario: Option<String>,
    /// `treated`, or `control` for the customers who are not called.
    #[param(value_type = Option<String>)]
    group: Option<Group>,
    /// `csv` for a table; the header `Accept: text/csv` asks for the same.
    #[param(value_type = Option<String>)]
    format: Option<Format>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    Json,
    Csv,
}

#[derive(serde::Serialize, utoipa::ToSchema)]
pub struct FiguresBody {
    #[schema(value_type = String)]
    from: Timestamp,
    #[schema(value_type = String)]
    to: Timestamp,
    shop: Option<String>,
    scenario: Option<String>,
    #[schema(value_type = Option<String>)]
    group: Option<Group>,
    #[serde(flatten)]
    #[schema(value_type = Object)]
    report: Report,
}

/// The figures of a period, each with its formula, numerator and denominator. A figure without a value is not known,
/// and `unknown` says why; a share of fewer than 30 cases is left out.
#[utoipa::path(get, path = "/api/v1/metrics", params(FigureQuery),
    responses((status = 200, body = FiguresBody), (status = 422, body = Problem)))]
pub async fn metrics(
    State(doors): State<Doors>,
    Query(query): Query<FigureQuery>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let wants_csv = headers.get(header::ACCEPT).is_some_and(|accept| accept.as_bytes().starts_with(CSV.as_bytes()));
    let format = query.format.unwrap_or(if wants_csv { Format::Csv } else { Format::Json });
    let filter = filter(&doors, query)?;
    let report = report(&doors.figures.counted(&filter).await?, &filter, &doors.costs);
    Ok(match format {
        Format::Csv => {
            let name = (header::CONTENT_DISPOSITION, "attachment; filename=\"figures.csv\"");
            ([(header::CONTENT_TYPE, "text/csv; charset=utf-8"), name], csv(&report, &filter)).into_response()
        }
        Format::Json => {
            let FigureFilter { from, to, shop_id, scenario, group } = filter;
            Json(FiguresBody { from, to, shop: shop_id, scenario, group, report }).into_response()
        }
    })
}

fn filter(doors: &Doors, query: FigureQuery) -> Result<FigureFilter, Problem> {
    let services = doors.reception.services();
    let zone = TimeZone::get(&services.shop.time_zone).unwrap_or(TimeZone::UTC);
    let refused = |detail: String| Problem::new(StatusCode::UNPROCESSABLE_ENTITY, detail);
    let end = |name: &str, text: Option<String>| {
        let end = text.map(|text| text.parse::<PeriodEnd>()).transpose();
        end.map_err(|error: InvalidPeriodEnd| refused(format!("{name}: {error}")))
    };
    let to = end("to", query.to)?.map_or_else(|| services.wall_clock.now(), |end| end.end(&zone));
    let from = end("from", query.from)?.map(|end| end.first_moment(&zone));
    let from = from.unwrap_or_else(|| to.saturating_sub(PERIOD).unwrap_or(Timestamp::MIN));
    if to < from || PERIOD_MAX < to.duration_since(from) {
        return Err(refused("from, to: a period begins before it ends, and has 400 days at most".to_owned()));
    }
    Ok(FigureFilter { from, to, shop_id: query.shop, scenario: query.scenario, group: query.group })
}

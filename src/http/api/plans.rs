//! Planned calls: where each is, and why.

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use jiff::Timestamp;

use super::{PageBody, PageQuery};
use crate::domain::dialling::{HourCounts, PlanState};
use crate::domain::orders::OrderRef;
use crate::domain::outreach::Urgency;
use crate::domain::values::{CallId, PhoneNumber};
use crate::http::Doors;
use crate::http::problem::Problem;
use crate::ports::dialling::{PlanFilter, StoredPlan};

/// A planned call.
#[derive(serde::Serialize, utoipa::ToSchema)]
pub struct PlanBody {
    id: String,
    /// Equal keys are one plan.
    key: String,
    #[schema(value_type = String)]
    state: PlanState,
    /// What it waits for or how it ended: a hold such as `quiet_hours`, or an outcome such as `busy`.
    why: Option<String>,
    campaign_id: Option<String>,
    #[schema(value_type = String)]
    order_ref: OrderRef,
    scenario: String,
    #[schema(value_type = String)]
    to: PhoneNumber,
    #[schema(value_type = String)]
    urgency: Urgency,
    /// The rule that asked for it, and the version of what it was decided by.
    rule: String,
    policy: String,
    #[schema(value_type = String)]
    planned_at: Timestamp,
    #[schema(value_type = String)]
    expires_at: Timestamp,
    /// Not dialled sooner; absent once it is dialled or has ended.
    #[schema(value_type = Option<String>)]
    next_at: Option<Timestamp>,
    attempts: u32,
    /// The attempt under way, or the last.
    #[schema(value_type = Option<String>)]
    call_id: Option<CallId>,
    #[schema(value_type = String)]
    changed_at: Timestamp,
}

impl From<StoredPlan> for PlanBody {
    fn from(StoredPlan { id, call, campaign, progress, why, changed_at }: StoredPlan) -> Self {
        Self {
            id,
            key: call.key,
            state: progress.state,
            why,
            campaign_id: campaign,
            order_ref: call.order_ref,
            scenario: call.scenario,
            to: call.to,
            urgency: call.urgency,
            rule: call.rule,
            policy: call.policy,
            planned_at: call.planned_at,
            expires_at: call.expires_at,
            next_at: (progress.state == PlanState::Waiting).then_some(progress.due_at),
            attempts: progress.attempts,
            call_id: progress.call,
            changed_at,
        }
    }
}

/// Which plans.
#[derive(serde::Deserialize, utoipa::IntoParams)]
pub struct PlansQuery {
    /// Only those of this campaign.
    campaign_id: Option<String>,
    /// Only those in this state.
    #[param(value_type = Option<String>)]
    state: Option<PlanState>,
}

/// The planned calls, newest first.
#[utoipa::path(get, path = "/api/v1/outreach/plans", params(PlansQuery, PageQuery),
    responses((status = 200, body = PageBody<PlanBody>)))]
pub async fn list(
    State(doors): State<Doors>,
    Query(which): Query<PlansQuery>,
    Query(page): Query<PageQuery>,
) -> Result<Json<PageBody<PlanBody>>, Problem> {
    let filter = PlanFilter { campaign: which.campaign_id, state: which.state };
    let plans = doors.plans.list_plans(&filter, page.cursor.as_deref(), page.rows()).await?;
    Ok(Json(PageBody { rows: plans.rows.into_iter().map(Into::into).collect(), next: plans.next }))
}

/// Ends a plan that nobody is dialling.
#[utoipa::path(post, path = "/api/v1/outreach/plans/{id}/cancel", params(("id" = String, Path)),
    responses((status = 204), (status = 404, body = Problem), (status = 409, body = Problem)))]
pub async fn cancel(State(doors): State<Doors>, Path(id): Path<String>) -> Result<StatusCode, Problem> {
    doors.plans.cancel_plan(&id, doors.reception.services().wall_clock.now()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// How often customers pick up, by the hour of their day.
#[derive(serde::Serialize, utoipa::ToSchema)]
pub struct HourBody {
    hour: u8,
    tried: u64,
    reached: u64,
    /// The share by which a time for the next try is chosen; near the usual one where few were tried.
    rate: f64,
}

/// At which hours customers were reached: what the times of further tries are chosen by.
#[utoipa::path(get, path = "/api/v1/outreach/hours", responses((status = 200, body = Vec<HourBody>)))]
pub async fn hours(State(doors): State<Doors>) -> Result<Json<Vec<HourBody>>, Problem> {
    let counts: HourCounts = doors.plans.hour_counts().await?;
    let of_hour = |hour: u8| HourBody {
        hour,
        tried: counts.tried[usize::from(hour)],
        reached: counts.reached[usize::from(hour)],
        rate: (counts.rate(hour) * 1_000.0).round() / 1_000.0,
    };
    Ok(Json((0..24).map(of_hour).collect()))
}

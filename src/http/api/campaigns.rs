//! Campaigns: one reason to call, for many orders.

use std::collections::BTreeMap;

use axum::extract::rejection::JsonRejection;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::{Extension, Json};
use jiff::Timestamp;

use super::{PageBody, PageQuery, unreadable};
use crate::domain::dialling::PlanState;
use crate::domain::dialogue::scenarios::Scenario;
use crate::domain::orders::OrderRef;
use crate::domain::outreach::{PlannedCall, Urgency};
use crate::http::Doors;
use crate::http::auth::Caller;
use crate::http::problem::Problem;
use crate::ports::dialling::{Campaign, CampaignState, NewPlan};

/// Orders of one campaign at most.
const ORDERS_MAX: usize = 20_000;
const NAME_CHARACTERS_MAX: usize = 200;
/// By which rules a campaign's calls are decided: whoever made it chose them.
const POLICY: &str = "campaign/1";

/// A campaign to be made.
#[derive(serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CampaignOrder {
    name: String,
    /// Such as `delayed`, `out_for_delivery`, `cod_confirmation`, `failed_attempt`.
    scenario: String,
    /// References of the orders whose customers are called.
    orders: Vec<String>,
    /// No call before it; at once when absent.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    from: Option<Timestamp>,
    /// No call after it.
    #[schema(value_type = String)]
    until: Timestamp,
    /// `low`, `normal`, `high` or `now`; `normal` when absent.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    urgency: Option<Urgency>,
}

/// A campaign and how far it has come.
#[derive(serde::Serialize, utoipa::ToSchema)]
pub struct CampaignBody {
    id: String,
    name: String,
    scenario: String,
    #[schema(value_type = String)]
    state: CampaignState,
    #[schema(value_type = String)]
    from: Timestamp,
    #[schema(value_type = String)]
    until: Timestamp,
    #[schema(value_type = String)]
    created_at: Timestamp,
    created_by: String,
    /// Plans by state: `waiting`, `leased`, `dialling`, `done`, `cancelled`, `expired`, `given_up`.
    plans: BTreeMap<&'static str, u64>,
}

/// A campaign that was made.
#[derive(serde::Serialize, utoipa::ToSchema)]
pub struct MadeBody {
    id: String,
    /// Calls that were planned.
    planned: u64,
    /// References that no order has; nobody is called for them.
    unknown_orders: Vec<String>,
}

impl CampaignBody {
    async fn of(doors: &Doors, campaign: Campaign) -> Result<Self, Problem> {
        let counts = doors.plans.count_plans(Some(&campaign.id)).await?;
        let mut plans: BTreeMap<&'static str, u64> = PlanState::ALL.iter().map(|state| (state.as_str(), 0)).collect();
        plans.extend(counts.into_iter().map(|(state, count)| (state.as_str(), count)));
        Ok(Self {
            plans,
            id: campaign.id,
            name: campaign.name,
            scenario: campaign.scenario,
            state: campaign.state,
            from: campaign.from,
            until: campaign.until,
            created_at: campaign.created_at,
            created_by: campaign.created_by,
        })
    }
}

/// Plans a call for each of the orders, once.
#[utoipa::path(post, path = "/api/v1/campaigns", request_body = CampaignOrder,
    responses((status = 201, body = MadeBody), (status = 422, body = Problem), (status = 503, body = Problem)))]
pub async fn make(
    State(doors): State<Doors>,
    Extension(caller): Extension<Caller>,
    body: Result<Json<CampaignOrder>, JsonRejection>,
) -> Result<(StatusCode, Json<MadeBody>), Problem> {
    let Json(wanted) = body.map_err(|rejection| unreadable(&rejection))?;
    let services = doors.reception.services();
    let now = services.wall_clock.now();
    let (scenario, from) = checked(&wanted, now)?;
    if doors.outbound.is_none() {
        let remedy = "no carrier can place calls; set telephony.twilio with a number in from_numbers";
        return Err(Problem::new(StatusCode::SERVICE_UNAVAILABLE, remedy));
    }
    let campaign = Campaign {
        id: uuid::Uuid::now_v7().to_string(),
        name: wanted.name,
        scenario: scenario.name.to_owned(),
        state: CampaignState::Running,
        from,
        until: wanted.until,
        created_at: now,
        created_by: caller.name,
    };
    let (mut plans, mut unknown_orders) = (Vec::new(), Vec::new());
    for reference in wanted.orders {
        let order_ref = OrderRef(reference);
        let Some(order) = order_of(&doors, &order_ref).await? else {
            unknown_orders.push(order_ref.0);
            continue;
        };
        let call = PlannedCall {
            key: format!("campaign-{}-{}", campaign.id, order_ref.0),
            order_ref,
            scenario: campaign.scenario.clone(),
            to: order.customer.phone,
            urgency: wanted.urgency.unwrap_or(Urgency::Normal),
            planned_at: now,
            told_at: None,
            not_before: from,
            expires_at: campaign.until,
            rule: format!("campaign {}", campaign.id),
            policy: POLICY.to_owned(),
        };
        plans.push(NewPlan { call, campaign: Some(campaign.id.clone()) });
    }
    let planned = doors.campaigns.put_campaign(&campaign, &plans).await?;
    services.dialler_wake.notify_one();
    Ok((StatusCode::CREATED, Json(MadeBody { id: campaign.id, planned, unknown_orders })))
}

/// PostgreSQL refuses text with a NUL; no reference has one.
async fn order_of(doors: &Doors, order_ref: &OrderRef) -> Result<Option<crate::domain::orders::Order>, Problem> {
    if order_ref.0.contains('\0') {
        return Ok(None);
    }
    Ok(doors.reception.services().orders.order_by_ref(order_ref).await?)
}

fn checked(wanted: &CampaignOrder, now: Timestamp) -> Result<(&'static Scenario, Timestamp), Problem> {
    let unfit = |detail: String| Problem::new(StatusCode::UNPROCESSABLE_ENTITY, detail);
    let scenario = Scenario::by_name(&wanted.scenario).map_err(|error| unfit(format!("scenario: {error}")))?;
    let is_named = !wanted.name.trim().is_empty() && wanted.name.chars().count() <= NAME_CHARACTERS_MAX;
    if !is_named || wanted.name.contains('\0') {
        return Err(unfit(format!("name: write 1 to {NAME_CHARACTERS_MAX} characters")));
    }
    if wanted.orders.is_empty() || ORDERS_MAX < wanted.orders.len() {
        return Err(unfit(format!("orders: name 1 to {ORDERS_MAX} of them")));
    }
    let from = wanted.from.unwrap_or(now);
    if wanted.until <= from.max(now) {
        return Err(unfit("until: must be later than now and than `from`".to_owned()));
    }
    Ok((scenario, from))
}

/// The campaigns, newest first.
#[utoipa::path(get, path = "/api/v1/campaigns", params(PageQuery),
    responses((status = 200, body = PageBody<CampaignBody>)))]
pub async fn list(
    State(doors): State<Doors>,
    Query(page): Query<PageQuery>,
) -> Result<Json<PageBody<CampaignBody>>, Problem> {
    let campaigns = doors.campaigns.list_campaigns(page.cursor.as_deref(), page.rows()).await?;
    let mut rows = Vec::with_capacity(campaigns.rows.len());
    for campaign in campaigns.rows {
        rows.push(CampaignBody::of(&doors, campaign).await?);
    }
    Ok(Json(PageBody { rows, next: campaigns.next }))
}

/// One campaign, with its progress.
#[utoipa::path(get, path = "/api/v1/campaigns/{id}", params(("id" = String, Path)),
    responses((status = 200, body = CampaignBody), (status = 404, body = Problem)))]
pub async fn one(State(doors): State<Doors>, Path(id): Path<String>) -> Result<Json<CampaignBody>, Problem> {
    let campaign = doors.campaigns.campaign(&id).await?;
    let campaign = campaign.ok_or_else(|| Problem::new(StatusCode::NOT_FOUND, "no such campaign"))?;
    Ok(Json(CampaignBody::of(&doors, campaign).await?))
}

/// Dials nothing new; calls in the air go on.
#[utoipa::path(post, path = "/api/v1/campaigns/{id}/pause", params(("id" = String, Path)),
    responses((status = 200, body = CampaignBody), (status = 404, body = Problem), (status = 409, body = Problem)))]
pub async fn pause(State(doors): State<Doors>, Path(id): Path<String>) -> Result<Json<CampaignBody>, Problem> {
    change(doors, id, CampaignState::Paused).await
}

/// Goes on dialling.
#[utoipa::path(post, path = "/api/v1/campaigns/{id}/resume", params(("id" = String, Path)),
    responses((status = 200, body = CampaignBody), (status = 404, body = Problem), (status = 409, body = Problem)))]
pub async fn resume(State(doors): State<Doors>, Path(id): Path<String>) -> Result<Json<CampaignBody>, Problem> {
    change(doors, id, CampaignState::Running).await
}

/// Ends the campaign: nobody new is called; calls in the air go on and have no next try.
#[utoipa::path(post, path = "/api/v1/campaigns/{id}/cancel", params(("id" = String, Path)),
    responses((status = 200, body = CampaignBody), (status = 404, body = Problem), (status = 409, body = Problem)))]
pub async fn cancel(State(doors): State<Doors>, Path(id): Path<String>) -> Result<Json<CampaignBody>, Problem> {
    change(doors, id, CampaignState::Cancelled).await
}

async fn change(doors: Doors, id: String, state: CampaignState) -> Result<Json<CampaignBody>, Problem> {
    let services = doors.reception.services();
    doors.campaigns.set_campaign_state(&id, state, services.wall_clock.now()).await?;
    services.dialler_wake.notify_one();
    one(State(doors), Path(id)).await
}

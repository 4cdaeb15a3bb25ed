//! What shops and carriers were asked to do for a request, and what they said.

use axum::Json;
use axum::extract::{Query, State};
use jiff::Timestamp;

use super::{PageBody, PageQuery};
use crate::domain::orders::OrderRef;
use crate::domain::orders::actions::ActionKind;
use crate::http::Doors;
use crate::http::problem::Problem;
use crate::ports::commerce::{ActionState, StoredAction};

/// An action on its way to a shop or a carrier.
#[derive(serde::Serialize, utoipa::ToSchema)]
pub struct ActionBody {
    id: String,
    request_id: String,
    /// The configured name of the source that is to act.
    source: String,
    /// Such as `reschedule`, `edit_address`, `confirm_cod`.
    #[schema(value_type = String)]
    kind: ActionKind,
    #[schema(value_type = Option<String>)]
    order_ref: Option<OrderRef>,
    tracking_number: Option<String>,
    /// `waiting`, `leased`, `taken`, `refused`, or `unknown` where no answer ever came.
    #[schema(value_type = String)]
    state: ActionState,
    attempts: u32,
    /// The source's own number of it.
    reference: Option<String>,
    /// Why the last attempt came to nothing.
    last_error: Option<String>,
    #[schema(value_type = String)]
    created_at: Timestamp,
    #[schema(value_type = String)]
    changed_at: Timestamp,
    /// Of a link to pay by: when it was told that the order is paid. This is what `PREPAID_PAID` stands for.
    #[schema(value_type = Option<String>)]
    paid_at: Option<Timestamp>,
}

impl From<StoredAction> for ActionBody {
    fn from(action: StoredAction) -> Self {
        Self {
            id: action.id,
            request_id: action.request_id,
            source: action.source,
            kind: action.kind,
            order_ref: action.order_ref,
            tracking_number: action.tracking_number,
            state: action.state,
            attempts: action.attempts,
            reference: action.reference,
            last_error: action.last_error,
            created_at: action.created_at,
            changed_at: action.changed_at,
            paid_at: action.paid_at,
        }
    }
}

/// Which actions.
#[derive(serde::Deserialize, utoipa::IntoParams)]
pub struct ActionsQuery {
    /// Only those of one request: a hand-off, callback or promise.
    request_id: Option<String>,
}

/// What shops and carriers were asked to do, newest first.
#[utoipa::path(get, path = "/api/v1/actions", params(ActionsQuery, PageQuery),
    responses((status = 200, body = PageBody<ActionBody>)))]
pub async fn list(
    State(doors): State<Doors>,
    Query(which): Query<ActionsQuery>,
    Query(page): Query<PageQuery>,
) -> Result<Json<PageBody<ActionBody>>, Problem> {
    let (cursor, rows) = (page.cursor.as_deref(), page.rows());
    let actions = doors.actions.list_actions(which.request_id.as_deref(), cursor, rows).await?;
    Ok(Json(PageBody { rows: actions.rows.into_iter().map(Into::into).collect(), next: actions.next }))
}

/// What was asked of the sources for one request.
pub(super) async fn of_request(doors: &Doors, request: &str) -> Result<Vec<ActionBody>, Problem> {
    let actions = doors.actions.list_actions(Some(request), None, super::PAGE_ROWS_MAX).await?;
    Ok(actions.rows.into_iter().map(Into::into).collect())
}

//! Customers, and the numbers that want no more calls.

use axum::extract::rejection::JsonRejection;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::{Extension, Json};
use jiff::Timestamp;

use super::{PageBody, PageQuery, unreadable};
use crate::domain::orders::OrderRef;
use crate::domain::values::{CallId, Personal, PhoneNumber};
use crate::http::Doors;
use crate::http::auth::Caller;
use crate::http::problem::Problem;
use crate::ports::desk::{OptOutEntry, OptOutScope, StoredCustomer};

/// A customer, as their newest order tells them.
#[derive(serde::Serialize, utoipa::ToSchema)]
pub struct CustomerBody {
    #[schema(value_type = String)]
    phone: PhoneNumber,
    #[schema(value_type = String)]
    name: Personal<String>,
    #[schema(value_type = Option<String>)]
    email: Option<Personal<String>>,
    language: Option<String>,
    city: String,
    country: String,
    orders: u64,
    #[schema(value_type = String)]
    newest_order_ref: OrderRef,
    #[schema(value_type = String)]
    newest_order_placed_at: Timestamp,
}

impl From<StoredCustomer> for CustomerBody {
    fn from(StoredCustomer { newest, orders }: StoredCustomer) -> Self {
        Self {
            phone: newest.customer.phone,
            name: newest.customer.name,
            email: newest.customer.email,
            language: newest.customer.language,
            city: newest.address.city,
            country: newest.address.country,
            orders,
            newest_order_ref: newest.order_ref,
            newest_order_placed_at: newest.placed_at,
        }
    }
}

/// Which customers.
#[derive(serde::Deserialize, utoipa::IntoParams)]
pub struct CustomersQuery {
    /// Only the one with this number, in E.164 with the `+` written `%2B`.
    #[param(value_type = Option<String>)]
    phone: Option<PhoneNumber>,
}

/// The customers of the stored orders, one for each number, by their newest order.
#[utoipa::path(get, path = "/api/v1/customers", params(CustomersQuery, PageQuery),
    responses((status = 200, body = PageBody<CustomerBody>)))]
pub async fn customers(
    State(doors): State<Doors>,
    Query(which): Query<CustomersQuery>,
    Query(page): Query<PageQuery>,
) -> Result<Json<PageBody<CustomerBody>>, Problem> {
    let customers = doors.contacts.list_customers(which.phone.as_ref(), page.cursor.as_deref(), page.rows()).await?;
    Ok(Json(PageBody { rows: customers.rows.into_iter().map(Into::into).collect(), next: customers.next }))
}

/// What a number has opted out of.
#[derive(Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// Every automated call.
    All,
    /// Those about one order.
    ThisOrder,
}

#[derive(serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OptOut {
    scope: Scope,
    /// With the scope `this_order` only.
    #[schema(value_type = Option<String>)]
    order_ref: Option<OrderRef>,
}

#[derive(serde::Serialize, utoipa::ToSchema)]
pub struct OptOutBody {
    #[schema(value_type = String)]
    phone: PhoneNumber,
    scope: Scope,
    #[schema(value_type = Option<String>)]
    order_ref: Option<OrderRef>,
    #[schema(value_type = String)]
    at: Timestamp,
    /// The call it was said in.
    #[schema(value_type = Option<String>)]
    call_id: Option<CallId>,
    /// The token it was set with.
    set_by: Option<String>,
}

impl OptOutBody {
    fn new(phone: PhoneNumber, entry: OptOutEntry) -> Self {
        let (scope, order_ref) = match entry.scope {
            OptOutScope::All => (Scope::All, None),
            OptOutScope::ThisOrder(order_ref) => (Scope::ThisOrder, Some(order_ref)),
        };
        Self { phone, scope, order_ref, at: entry.at, call_id: entry.call, set_by: entry.set_by }
    }
}

/// What a number has opted out of.
#[utoipa::path(get, path = "/api/v1/contacts/{phone}/opt-out", params(("phone" = String, Path)),
    responses((status = 200, body = OptOutBody), (status = 404, body = Problem)))]
pub async fn opt_out(State(doors): State<Doors>, Path(phone): Path<String>) -> Result<Json<OptOutBody>, Problem> {
    let phone = number(&phone)?;
    let none = || Problem::new(StatusCode::NOT_FOUND, "this number has not opted out");
    let entry = doors.contacts.opt_out_of(&phone).await?.ok_or_else(none)?;
    Ok(Json(OptOutBody::new(phone, entry)))
}

/// Stops automated calls to a number, at once.
#[utoipa::path(put, path = "/api/v1/contacts/{phone}/opt-out", params(("phone" = String, Path)), request_body = OptOut,
    responses((status = 200, body = OptOutBody), (status = 422, body = Problem)))]
pub async fn put_opt_out(
    State(doors): State<Doors>,
    Extension(caller): Extension<Caller>,
    Path(phone): Path<String>,
    body: Result<Json<OptOut>, JsonRejection>,
) -> Result<Json<OptOutBody>, Problem> {
    let phone = number(&phone)?;
    let Json(OptOut { scope, order_ref }) = body.map_err(|rejection| unreadable(&rejection))?;
    let scope = match (scope, order_ref) {
        (Scope::All, None) => OptOutScope::All,
        (Scope::ThisOrder, Some(order_ref)) if !order_ref.0.contains('\0') => OptOutScope::ThisOrder(order_ref),
        (Scope::All | Scope::ThisOrder, _) => {
            let detail = "order_ref: name one with the scope this_order, and none with the scope all";
            return Err(Problem::new(StatusCode::UNPROCESSABLE_ENTITY, detail));
        }
    };
    let at = doors.reception.services().wall_clock.now();
    let entry = OptOutEntry { scope, at, call: None, set_by: Some(caller.name) };
    doors.contacts.put_opt_out(&phone, &entry).await?;
    Ok(Json(OptOutBody::new(phone, entry)))
}

/// Lets a number be called again, because its owner asked for it.
#[utoipa::path(delete, path = "/api/v1/contacts/{phone}/opt-out", params(("phone" = String, Path)),
    responses((status = 204), (status = 422, body = Problem)))]
pub async fn remove_opt_out(State(doors): State<Doors>, Path(phone): Path<String>) -> Result<StatusCode, Problem> {
    doors.contacts.remove_opt_out(&number(&phone)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn number(text: &str) -> Result<PhoneNumber, Problem> {
    text.parse().map_err(|error| Problem::new(StatusCode::UNPROCESSABLE_ENTITY, format!("phone: {error}")))
}

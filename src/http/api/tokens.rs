//! Tokens of the API: made, listed without their secret, revoked.

use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;

use super::{PageBody, PageQuery, unreadable};
use crate::domain::access::Role;
use crate::http::Doors;
use crate::http::auth::NewSecret;
use crate::http::idempotency::keep_instead;
use crate::http::problem::Problem;
use crate::ports::access::AccessToken;

/// Characters of a token's name.
const NAME_CHARS_MAX: usize = 80;

#[derive(serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewToken {
    /// What to call it, 1 to 80 characters.
    name: String,
    /// `viewer` reads, `agent` also acts for the shop, `admin` may do everything.
    #[schema(value_type = String)]
    role: Role,
}

/// A token without its secret.
#[derive(Clone, serde::Serialize, utoipa::ToSchema)]
pub struct TokenBody {
    id: String,
    name: String,
    #[schema(value_type = String)]
    role: Role,
    /// The token's first characters.
    prefix: String,
    #[schema(value_type = String)]
    created_at: Timestamp,
    /// To about a minute.
    #[schema(value_type = Option<String>)]
    last_used_at: Option<Timestamp>,
    #[schema(value_type = Option<String>)]
    revoked_at: Option<Timestamp>,
}

impl From<AccessToken> for TokenBody {
    fn from(token: AccessToken) -> Self {
        Self {
            id: token.id,
            name: token.name,
            role: token.role,
            prefix: token.prefix,
            created_at: token.created_at,
            last_used_at: token.last_used_at,
            revoked_at: token.revoked_at,
        }
    }
}

#[derive(serde::Serialize, utoipa::ToSchema)]
pub struct MadeTokenBody {
    #[serde(flatten)]
    token: TokenBody,
    /// The token itself. It is told this once; null when the request is repeated.
    secret: Option<String>,
}

/// The tokens, newest first, revoked ones among them.
#[utoipa::path(get, path = "/api/v1/tokens", params(PageQuery), responses((status = 200, body = PageBody<TokenBody>)))]
pub async fn list(
    State(doors): State<Doors>,
    Query(page): Query<PageQuery>,
) -> Result<Json<PageBody<TokenBody>>, Problem> {
    let tokens = doors.gate.access().list_tokens(page.cursor.as_deref(), page.rows()).await?;
    Ok(Json(PageBody { rows: tokens.rows.into_iter().map(Into::into).collect(), next: tokens.next }))
}

/// Makes a token. Its secret is in this answer and nowhere else.
#[utoipa::path(post, path = "/api/v1/tokens", request_body = NewToken,
    responses((status = 201, body = MadeTokenBody), (status = 422, body = Problem)))]
pub async fn make(
    State(doors): State<Doors>,
    body: Result<Json<NewToken>, JsonRejection>,
) -> Result<Response, Problem> {
    let Json(NewToken { name, role }) = body.map_err(|rejection| unreadable(&rejection))?;
    let name = name.trim().to_owned();
    if name.is_empty() || NAME_CHARS_MAX < name.chars().count() || name.chars().any(char::is_control) {
        let detail = format!("name: write 1 to {NAME_CHARS_MAX} characters in one line");
        return Err(Problem::new(StatusCode::UNPROCESSABLE_ENTITY, detail));
    }
    let made = NewSecret::for_token();
    let token = AccessToken {
        id: uuid::Uuid::now_v7().to_string(),
        name,
        role,
        prefix: made.shown().to_owned(),
        hash: made.hash,
        created_at: doors.reception.services().wall_clock.now(),
        last_used_at: None,
        revoked_at: None,
    };
    doors.gate.access().add_token(&token).await?;
    tracing::info!(token = %token.id, role = token.role.as_str(), "a token was made");
    let token = TokenBody::from(token);
    let kept = MadeTokenBody { token: token.clone(), secret: None };
    let mut response = (StatusCode::CREATED, Json(MadeTokenBody { token, secret: Some(made.secret) })).into_response();
    keep_instead(&mut response, &kept);
    Ok(response)
}

/// Revokes a token, and ends the sessions that were opened with it. Doing it twice changes nothing.
#[utoipa::path(delete, path = "/api/v1/tokens/{id}", params(("id" = String, Path)),
    responses((status = 204), (status = 404, body = Problem)))]
pub async fn revoke(State(doors): State<Doors>, Path(id): Path<String>) -> Result<StatusCode, Problem> {
    doors.gate.access().revoke_token(&id, doors.reception.services().wall_clock.now()).await?;
    tracing::info!("a token was revoked");
    Ok(StatusCode::NO_CONTENT)
}

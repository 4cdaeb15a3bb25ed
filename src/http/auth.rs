//! Who may use the API.

use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;
use secrecy::ExposeSecret as _;

use super::Doors;
use super::problem::Problem;

/// Lets a request through if it carries the admin token.
pub async fn require_token(State(doors): State<Doors>, request: Request, next: Next) -> Result<Response, Problem> {
    let presented = request
        .headers()
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.strip_prefix("Bearer "));
    let is_admin = match (&doors.admin_token, presented) {
        // An empty token would let in whoever sends none.
        (Some(token), Some(presented)) if !token.expose_secret().is_empty() => {
            is_equal(token.expose_secret(), presented)
        }
        (Some(_) | None, Some(_) | None) => false,
    };
    if is_admin {
        return Ok(next.run(request).await);
    }
    let detail = "a bearer token is needed; set auth.bootstrap_token and send it in the Authorization header";
    Err(Problem::new(StatusCode::UNAUTHORIZED, detail).at(request.uri().path()))
}

/// Compares in a time that does not tell how much is right.
fn is_equal(known: &str, presented: &str) -> bool {
    aws_lc_rs::constant_time::verify_slices_are_equal(known.as_bytes(), presented.as_bytes()).is_ok()
}

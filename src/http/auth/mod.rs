//! Who may use the API: a bearer token or a session of the console, each with a role.

mod client;
mod gate;
mod secret;

#[cfg(test)]
mod tests;

use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::Response;
use axum::{Extension, extract::ConnectInfo};

use super::Doors;
use super::problem::Problem;
use crate::domain::access::Role;
use crate::ports::access::SecretHash;
use crate::ports::store::StoreError;

pub(super) use client::{clear_session_cookie, is_https, set_session_cookie};
pub use gate::{Gate, GateSettings};
pub(super) use secret::{NewSecret, hash_of};

/// The address a connection comes from.
pub(super) type Peer = ConnectInfo<std::net::SocketAddr>;

/// Who makes a request.
#[derive(Clone, Debug)]
pub(super) struct Caller {
    /// The name of the token.
    pub(super) name: String,
    pub(super) role: Role,
    /// Of the token, or of the one the session was opened with.
    pub(super) token: SecretHash,
    /// The session it comes by, if it comes by one.
    pub(super) session: Option<SecretHash>,
}

/// Why a request is not let in.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotLetIn {
    #[error("sign in to the console, or send a bearer token in the Authorization header")]
    Nobody,
    #[error("this token is not known; it may have been revoked")]
    UnknownToken,
    #[error("the session has ended; sign in again")]
    NoSession,
    #[error("too many wrong tokens came from this address; try again in a minute")]
    TooManyTries,
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<NotLetIn> for Problem {
    fn from(refusal: NotLetIn) -> Self {
        let detail = refusal.to_string();
        match refusal {
            NotLetIn::Nobody | NotLetIn::UnknownToken | NotLetIn::NoSession => {
                Self::new(StatusCode::UNAUTHORIZED, detail)
            }
            NotLetIn::TooManyTries => Self::new(StatusCode::TOO_MANY_REQUESTS, detail),
            NotLetIn::Store(error) => error.into(),
        }
    }
}

/// Lets a request through if it says who makes it, and notes who that is.
pub(super) async fn authenticate(
    State(doors): State<Doors>,
    ConnectInfo(peer): Peer,
    mut request: Request,
    next: Next,
) -> Result<Response, Problem> {
    let now = doors.reception.services().wall_clock.now();
    let caller = doors.gate.caller(peer.ip(), request.headers(), now).await;
    let caller = caller.map_err(|refusal| Problem::from(refusal).at(request.uri().path()))?;
    request.extensions_mut().insert(caller);
    Ok(next.run(request).await)
}

/// Lets a request through if its caller's role is enough.
///
/// Order: inside [`authenticate`].
pub(super) async fn require_role(
    State(needed): State<Role>,
    Extension(caller): Extension<Caller>,
    request: Request,
    next: Next,
) -> Result<Response, Problem> {
    if caller.role.may(needed) {
        return Ok(next.run(request).await);
    }
    let detail = format!("this takes the role {}; yours is {}", needed.as_str(), caller.role.as_str());
    Err(Problem::new(StatusCode::FORBIDDEN, detail).at(request.uri().path()))
}

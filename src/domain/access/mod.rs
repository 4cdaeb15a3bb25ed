//! Who may use the API and the console: roles, and how often a wrong token may be tried.

mod throttle;

#[cfg(test)]
mod tests;

pub use throttle::{ADDRESSES_MAX, FAILURES_MAX, Throttle, WINDOW};

/// What a token or session allows. Each role may what the ones before it may, and more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Reads.
    Viewer,
    /// Acts for the shop: hand-offs, callbacks, promises, notes, opt-outs, retries, calls.
    Agent,
    /// Everything, tokens and erasure included.
    Admin,
}

/// A word that is no role.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a role is viewer, agent or admin")]
pub struct UnknownRole;

impl Role {
    pub const ALL: [Self; 3] = [Self::Viewer, Self::Agent, Self::Admin];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Viewer => "viewer",
            Self::Agent => "agent",
            Self::Admin => "admin",
        }
    }

    /// Whether who has this role may do what takes `needed`.
    pub fn may(self, needed: Self) -> bool {
        needed <= self
    }
}

impl std::str::FromStr for Role {
    type Err = UnknownRole;
    fn from_str(text: &str) -> Result<Self, UnknownRole> {
        Self::ALL.into_iter().find(|role| role.as_str() == text).ok_or(UnknownRole)
    }
}

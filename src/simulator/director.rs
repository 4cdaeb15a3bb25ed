//! A caller without a fixed script: decides while the call goes on what comes next.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use super::script::PreparedScript;

/// How the line is when the caller has nothing under way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    /// Since the stream began.
    pub now_ms: u64,
    /// How long the agent has been quiet after its last audible sound. None: it has not spoken, or speaks.
    pub agent_quiet_ms: Option<u64>,
}

/// Who decides what a caller does. Asked every 20 ms while nothing is under way.
pub trait Director: Send {
    /// Steps to be gone through now; none while the caller only listens. A script that ends the call says so itself.
    fn next(&mut self, moment: Moment) -> Option<PreparedScript>;
}

/// A director that a script carries along. Clones share it.
#[derive(Clone)]
pub(super) struct SharedDirector(Arc<Mutex<dyn Director>>);

impl SharedDirector {
    pub(super) fn new(director: impl Director + 'static) -> Self {
        Self(Arc::new(Mutex::new(director)))
    }

    pub(super) fn next(&self, moment: Moment) -> Option<PreparedScript> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).next(moment)
    }
}

impl fmt::Debug for SharedDirector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("director")
    }
}

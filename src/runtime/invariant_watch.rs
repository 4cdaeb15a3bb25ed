//! Watches a live call for breaches of its own rules: counted, logged once a call, and never in the call's way.

#[cfg(test)]
mod tests;

use crate::domain::call::{Call, CallCommand, CallEvent, Checker, Conversation};
use crate::domain::values::CallTime;

/// The rules of one live call.
#[derive(Debug, Default)]
pub struct InvariantWatch {
    checker: Checker,
    is_logged: bool,
}

impl InvariantWatch {
    /// Checks one step.
    ///
    /// Order: after each [`Call::handle`], with exactly the commands of that step.
    pub fn check<C: Conversation>(
        &mut self,
        now: CallTime,
        event: &CallEvent,
        commands: &[CallCommand],
        call: &Call<C>,
    ) {
        for breach in self.checker.check(now, event, commands, call) {
            let invariant = format!("CALL-{}", breach.number);
            if !self.is_logged {
                self.is_logged = true;
                tracing::error!(
                    invariant,
                    rule = breach.rule,
                    "the call broke a rule; further breaches are only counted"
                );
            }
            metrics::counter!("doorstep_invariant_breaches_total", "invariant" => invariant).increment(1);
        }
    }
}

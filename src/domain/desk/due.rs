//! Promises whose time comes near: what is made of one that nobody has seen to.

use jiff::{SignedDuration, Timestamp};

use crate::domain::call::{Disposition, Escalation, EscalationWay, OutcomeRecord};
use crate::domain::values::Personal;

/// How long before its time an open promise is handed on.
pub const HAND_ON_BEFORE: SignedDuration = SignedDuration::from_mins(30);

/// The task that a promise becomes: the outcome of its call, as a matter that a person has to see to by `due_at`.
pub fn promise_task(outcome: OutcomeRecord, request: &str, kind: &str, due_at: Timestamp) -> OutcomeRecord {
    let trigger = "promise_due".to_owned();
    OutcomeRecord {
        disposition: Disposition::EscalatedTicket,
        secondary: Vec::new(),
        escalation: Some(Escalation { way: EscalationWay::Ticket, trigger, task_id: Some(request.to_owned()) }),
        summary: Personal::new(format!("A promise to the customer falls due and nobody has seen to it: {kind}.")),
        next_step: Some(kind.to_owned()),
        next_step_owner: Some("shop".to_owned()),
        next_step_due: Some(due_at.to_string()),
        ..outcome
    }
}

//! What becomes known of a call after its end: the order was paid with the link that it had sent.

use crate::domain::call::{Disposition, OutcomeRecord};
use crate::domain::values::Personal;

/// The news, as a record of the call that led to it; what the call itself came to stands behind it.
///
/// Shape: `request` is the wish for the link, which is also the link's own key.
pub fn paid_outcome(outcome: OutcomeRecord, request: &str) -> OutcomeRecord {
    let mut secondary = vec![outcome.disposition];
    secondary.extend(outcome.secondary.iter().filter(|other| **other != outcome.disposition));
    OutcomeRecord {
        disposition: Disposition::PrepaidPaid,
        secondary,
        payment_link_id: Some(request.to_owned()),
        summary: Personal::new("The order was paid in advance after the call had sent a link to pay by.".to_owned()),
        next_step: None,
        next_step_owner: None,
        next_step_due: None,
        ..outcome
    }
}

//! Whether a sentence of the model may be said.

use crate::domain::dialogue::claims::{ClaimKind, Grounds, KnownFact, Meaning, Truth, Value, Verdict};
use crate::domain::dialogue::exchange::Sentence;
use crate::domain::dialogue::ledger::Told;

/// Under which name the model's own words are written down.
pub(super) const TEMPLATE: &str = "model";
/// The language its prompts are written in, and its words are checked in.
const LANGUAGE: &str = "en";

/// A sentence that may be said.
pub(super) struct Passed {
    pub(super) sentence: Sentence,
    /// It states something of this call, and is not mere courtesy.
    pub(super) is_news: bool,
    pub(super) told: Option<Told>,
}

/// Judges one sentence.
///
/// Errors: what it claims without proof. A question is refused whatever it holds: only what the dialogue itself asks
/// may be answered with a yes.
pub(super) fn judge(grounds: &Grounds, text: &str) -> Result<Passed, ClaimKind> {
    if text.contains('?') {
        return Err(ClaimKind::Question);
    }
    match grounds.judge(text) {
        Verdict::Ungrounded { kind, .. } => Err(kind),
        Verdict::Grounded { cited } => Ok(Passed {
            is_news: cited.iter().any(|fact| is_news(fact)),
            told: cited.iter().any(|fact| is_status(fact)).then_some(Told::Status),
            sentence: Sentence {
                template: TEMPLATE,
                language: LANGUAGE,
                text: text.to_owned(),
                facts: cited.iter().filter(|fact| !fact.fact.source.is_empty()).map(|fact| fact.fact.clone()).collect(),
                is_personal: true,
            },
        }),
    }
}

/// Names are no news: a sentence that only greets somebody says nothing.
const fn is_news(fact: &KnownFact) -> bool {
    !matches!(fact.meaning, Some(Meaning::Shop | Meaning::Caller | Meaning::Callee | Meaning::WhichParcel))
}

/// Whether hearing it is hearing where the order stands.
fn is_status(fact: &KnownFact) -> bool {
    match (&fact.value, fact.meaning) {
        (Value::Truth(truth), _) => matches!(
            truth,
            Truth::NoShipment
                | Truth::Created
                | Truth::InTransit
                | Truth::Customs
                | Truth::Delayed
                | Truth::AtLocalDepot
                | Truth::OutForDelivery
                | Truth::AttemptFailed
                | Truth::ReadyForPickup
                | Truth::OnHold
                | Truth::Damaged
                | Truth::Lost
                | Truth::Returning
                | Truth::Returned
                | Truth::Delivered
                | Truth::Cancelled
                | Truth::NoNews
        ),
        (_, Some(Meaning::Eta | Meaning::EtaPassed)) => true,
        (_, _) => false,
    }
}

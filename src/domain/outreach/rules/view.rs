//! A decision as it is kept and shown.

use jiff::Timestamp;

use super::{Action, Cancelled, Decision, Event, PassedRule, Why};
use crate::domain::orders::OrderRef;
use crate::domain::outreach::policy::Ruling;
use crate::domain::outreach::{Channel, Hold, PlannedCall, Urgency, Verdict};

/// A decision, flat. It holds no name and no number.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct DecisionView {
    pub decided_at: Timestamp,
    pub order_ref: OrderRef,
    pub event_key: String,
    /// None for what was ruled right before dialling.
    pub event: Option<Event>,
    /// The rule that fired.
    pub rule: Option<String>,
    /// Rules of the same moment that did not fit, and why.
    pub passed: Vec<PassedRule>,
    pub channel: Channel,
    /// With a call.
    pub scenario: Option<String>,
    pub urgency: Option<Urgency>,
    /// With a message.
    pub message: Option<String>,
    pub not_before: Option<Timestamp>,
    pub expires_at: Option<Timestamp>,
    /// Why it is nothing, or a message in place of a call.
    pub why: Option<String>,
    pub verdict: Option<VerdictView>,
    /// Calls that are no longer made.
    pub cancelled: Vec<String>,
    /// Of rules and policies.
    pub version: String,
}

/// What the policies said.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct VerdictView {
    /// `may`, `not_before` or `never`.
    pub verdict: String,
    pub hold: Option<Hold>,
    /// When it may be called; none when never.
    pub at: Option<Timestamp>,
    pub line: String,
}

impl VerdictView {
    /// A ruling that was asked for at `asked_for`.
    pub fn of(ruling: &Ruling, asked_for: Timestamp) -> Self {
        let (verdict, hold, at) = match ruling.verdict {
            Verdict::May => ("may", None, Some(asked_for)),
            Verdict::NotBefore { at, hold } => ("not_before", Some(hold), Some(at)),
            Verdict::Never { hold } => ("never", Some(hold), None),
        };
        Self { verdict: verdict.to_owned(), hold, at, line: ruling.line.clone() }
    }
}

impl Why {
    /// For people, without a full stop.
    pub fn text(&self) -> String {
        match self {
            Self::NoRule => "no rule of this moment fits".to_owned(),
            Self::Silence => "the rule says nothing".to_owned(),
            Self::DecidedBefore => "decided before".to_owned(),
            Self::Held(hold) => hold.as_str().to_owned(),
            Self::MergedInto(key) => format!("merged into the call {key}"),
            Self::MessageCap => "as many messages as a day allows".to_owned(),
        }
    }
}

impl DecisionView {
    pub fn of(decision: &Decision, decided_at: Timestamp) -> Self {
        let cancelled = decision.cancelled.iter().map(|Cancelled { key, .. }| key.clone()).collect();
        let mut view = Self {
            decided_at,
            order_ref: decision.order_ref.clone(),
            event_key: decision.event_key.clone(),
            event: Some(decision.event.clone()),
            rule: decision.rule.clone(),
            passed: decision.passed.clone(),
            channel: Channel::Nothing,
            scenario: None,
            urgency: None,
            message: None,
            not_before: None,
            expires_at: None,
            why: decision.why.as_ref().map(Why::text),
            verdict: decision.ruling.as_ref().map(|ruling| VerdictView::of(ruling, decided_at)),
            cancelled,
            version: decision.version.clone(),
        };
        match &decision.action {
            Action::Nothing => (),
            Action::Call(plan) => {
                view.channel = Channel::Call;
                view.scenario = Some(plan.scenario.clone());
                view.urgency = Some(plan.urgency);
                (view.not_before, view.expires_at) = (Some(plan.not_before), Some(plan.expires_at));
            }
            Action::Message(message) => {
                view.channel = message.channel;
                view.message = Some(message.text.clone());
                (view.not_before, view.expires_at) = (Some(message.not_before), Some(message.expires_at));
            }
        }
        view
    }

    /// What was ruled about a plan right before it was to be dialled.
    pub fn of_dialling(plan: &PlannedCall, ruling: &Ruling, version: &str, now: Timestamp) -> Self {
        Self {
            decided_at: now,
            order_ref: plan.order_ref.clone(),
            event_key: format!("{}|dialling|{}", plan.key, now.as_millisecond()),
            event: None,
            rule: Some(plan.rule.clone()),
            passed: Vec::new(),
            channel: if ruling.verdict == Verdict::May { Channel::Call } else { Channel::Nothing },
            scenario: Some(plan.scenario.clone()),
            urgency: Some(plan.urgency),
            message: None,
            not_before: Some(plan.not_before),
            expires_at: Some(plan.expires_at),
            why: None,
            verdict: Some(VerdictView::of(ruling, now)),
            cancelled: Vec::new(),
            version: version.to_owned(),
        }
    }
}

//! Which moment gets a call, a message or nothing, by the shop's rules: one customer, one conversation.

mod control;
mod file;
mod moment;
mod view;
mod when;

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};

pub use control::ControlGroup;
pub use file::MessageLimits;
pub use moment::{Event, Moment, changes, holds, moment_of, not_moving, present, stale_at};
pub use view::{DecisionView, VerdictView};
pub use when::{BandLimits, Signals, ValueBand, When};

use super::policy::{Callee, ContactResult, ContactWay, Contacts, PastContact, Policies, Ruling};
use super::{Channel, Hold, PlannedCall, PlannedMessage, Verdict};
use crate::domain::orders::{Order, OrderRef};
use crate::domain::values::Currency;
use file::Rule;
use when::Situation;

/// The shop's rules, ready to be asked.
#[derive(Clone, Debug)]
pub struct Rules {
    version: String,
    control_group: ControlGroup,
    messages: MessageLimits,
    bands: BTreeMap<Currency, BandLimits>,
    usual_gap: SignedDuration,
    action_reasons: BTreeSet<String>,
    /// The first that fits is taken.
    rules: Vec<Rule>,
}

/// What has gone before, as far as a decision needs it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct History {
    pub contacts: Contacts,
    /// Calls to this number that are planned and not yet made.
    pub waiting: Vec<PlannedCall>,
    pub signals: Signals,
    /// This event was decided before.
    pub is_decided: bool,
}

impl History {
    /// Adds the contacts with the number; a planned call after which it was reached is no longer waiting.
    #[must_use]
    pub fn with_contacts(mut self, contacts: Contacts) -> Self {
        let is_reached_after = |plan: &PlannedCall| {
            contacts.made.iter().any(|made| {
                made.result == ContactResult::Conversation
                    && plan.planned_at <= made.at
                    && made.order_ref.as_ref() == Some(&plan.order_ref)
            })
        };
        self.waiting.retain(|plan| !is_reached_after(plan));
        self.contacts = contacts;
        self
    }
}

/// A rule that was looked at and not taken.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct PassedRule {
    pub rule: String,
    pub why: String,
}

/// Why nothing is said, or something less than the rule asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Why {
    /// No rule of this moment fits.
    NoRule,
    /// The rule that fits says nothing.
    Silence,
    /// The same event again.
    DecidedBefore,
    Held(Hold),
    /// The call with this key says it as well.
    MergedInto(String),
    /// As many messages as a day allows.
    MessageCap,
}

/// What is to be done.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    Call(PlannedCall),
    Message(PlannedMessage),
    Nothing,
}

/// A planned call that is no longer to be made.
#[derive(Clone, Debug, PartialEq)]
pub struct Cancelled {
    pub key: String,
    pub hold: Hold,
    /// The customer is told by message instead, with these words about this order.
    pub told_by: Option<(OrderRef, String)>,
}

/// What was decided about one event, and how it came to that.
#[derive(Clone, Debug, PartialEq)]
pub struct Decision {
    pub event_key: String,
    pub event: Event,
    pub order_ref: OrderRef,
    /// The rule that fired.
    pub rule: Option<String>,
    pub passed: Vec<PassedRule>,
    pub action: Action,
    /// Why it is nothing, or a message in place of a call.
    pub why: Option<Why>,
    /// What the policies said of the call.
    pub ruling: Option<Ruling>,
    pub cancelled: Vec<Cancelled>,
    /// Of rules and policies.
    pub version: String,
}

/// What [`Rules::decide`] is asked about.
#[derive(Clone, Copy, Debug)]
pub struct Case<'a> {
    pub event: &'a Event,
    /// As it is now, not as it was when the event happened.
    pub order: &'a Order,
    pub history: &'a History,
}

/// An action and why it is not the whole of what the rule asks for.
type Taken = (Action, Option<Why>);

impl Rules {
    pub fn version(&self) -> &str {
        &self.version
    }

    pub const fn control_group(&self) -> &ControlGroup {
        &self.control_group
    }

    /// The gap between scans that is usual where nobody knows better.
    pub const fn usual_gap(&self) -> SignedDuration {
        self.usual_gap
    }

    /// Decides about one event. The same arguments give the same decision.
    pub fn decide(&self, case: &Case<'_>, policies: &Policies, now: Timestamp) -> Decision {
        let Case { event, order, history } = case;
        let mut decision = Decision {
            event_key: event.key(&order.order_ref),
            event: (*event).clone(),
            order_ref: order.order_ref.clone(),
            rule: None,
            passed: Vec::new(),
            action: Action::Nothing,
            why: None,
            ruling: None,
            cancelled: self.overtaken_plans(order, history),
            version: format!("{} {}", self.version, policies.version()),
        };
        if history.is_decided {
            decision.why = Some(Why::DecidedBefore);
            return decision;
        }
        if !event.still_holds(order) {
            decision.why = Some(Why::Held(Hold::Overtaken));
            return decision;
        }
        let Some(rule) = self.first_that_fits(case, &mut decision.passed, now) else {
            decision.why = Some(Why::NoRule);
            return decision;
        };
        decision.rule = Some(rule.name.clone());
        let asked = Asked { rule, case, policies, now, decision: &decision };
        let ((action, why), ruling, replaced) = self.carry_out(&asked);
        (decision.action, decision.why, decision.ruling) = (action, why, ruling);
        decision.cancelled.extend(replaced);
        decision
    }

    /// Whether what a call or message of this rule is about is over. Asked again right before it is made.
    pub fn is_overtaken(&self, rule: &str, order: &Order) -> bool {
        let Some(rule) = self.rules.iter().find(|known| known.name == rule) else { return false };
        if order.shipments.is_empty() {
            return rule.moment != Moment::OrderConfirmed;
        }
        !order.shipments.iter().any(|shipment| holds(rule.moment, shipment.status))
    }

    fn overtaken_plans(&self, order: &Order, history: &History) -> Vec<Cancelled> {
        let of_order = history.waiting.iter().filter(|plan| plan.order_ref == order.order_ref);
        let overtaken = of_order.filter(|plan| self.is_overtaken(&plan.rule, order));
        overtaken.map(|plan| Cancelled { key: plan.key.clone(), hold: Hold::Overtaken, told_by: None }).collect()
    }

    fn first_that_fits(&self, case: &Case<'_>, passed: &mut Vec<PassedRule>, now: Timestamp) -> Option<&Rule> {
        let situation = Situation {
            event: case.event,
            order: case.order,
            signals: &case.history.signals,
            contacts: &case.history.contacts,
            bands: &self.bands,
            action_reasons: &self.action_reasons,
            now,
        };
        for rule in self.rules.iter().filter(|rule| rule.moment == case.event.moment) {
            let mut unmet = Vec::with_capacity(rule.when.len());
            let fits = rule.when.is_empty()
                || rule.when.iter().any(|when| match when.unmet(&situation) {
                    None => true,
                    Some(why) => {
                        unmet.push(why);
                        false
                    }
                });
            if fits {
                return Some(rule);
            }
            passed.push(PassedRule { rule: rule.name.clone(), why: unmet.join("; ") });
        }
        None
    }

    fn carry_out(&self, asked: &Asked<'_>) -> (Taken, Option<Ruling>, Option<Cancelled>) {
        match asked.rule.channel {
            Channel::Nothing => ((Action::Nothing, Some(Why::Silence)), None, None),
            channel @ (Channel::Sms | Channel::Email) => (self.message(asked, channel, None), None, None),
            Channel::Call => self.call(asked),
        }
    }

    fn call(&self, asked: &Asked<'_>) -> (Taken, Option<Ruling>, Option<Cancelled>) {
        let Asked { rule, case, policies, now, .. } = asked;
        let plan = asked.plan();
        let instead = |why| self.instead(asked, why);
        if plan.expires_at <= *now {
            // Old news is no news by another channel either.
            return ((Action::Nothing, Some(Why::Held(Hold::Expired))), None, None);
        }
        if !rule.never_held_back && self.control_group.holds_back(&plan.to) {
            return (instead(Why::Held(Hold::HeldBack)), None, None);
        }
        let callee = Callee::of_plan(&plan, case.order);
        let start = plan.not_before;
        let ruling = policies.rule_on(&callee, &case.history.contacts, start);
        let at = match ruling.verdict {
            Verdict::May => start,
            Verdict::NotBefore { at, .. } if at < plan.expires_at => at,
            Verdict::NotBefore { hold, .. } | Verdict::Never { hold } => {
                return (instead(Why::Held(hold)), Some(ruling), None);
            }
        };
        let (merged, replaced) = self.merge(asked, &plan);
        if let Some(key) = merged {
            let same_order =
                case.history.waiting.iter().any(|other| other.key == key && other.order_ref == plan.order_ref);
            // Another order's call does not speak of this one: its news goes by message.
            let taken =
                if same_order { (Action::Nothing, Some(Why::MergedInto(key))) } else { instead(Why::MergedInto(key)) };
            return (taken, Some(ruling), None);
        }
        ((Action::Call(PlannedCall { not_before: at, ..plan }), None), Some(ruling), replaced)
    }

    /// The waiting call of this customer that the new one joins, or that it takes the place of.
    fn merge(&self, asked: &Asked<'_>, plan: &PlannedCall) -> (Option<String>, Option<Cancelled>) {
        let gone: Vec<&str> = asked.decision.cancelled.iter().map(|cancelled| cancelled.key.as_str()).collect();
        let mut waiting = asked.case.history.waiting.iter();
        let other = waiting.find(|other| other.to == plan.to && other.key != plan.key && !gone.contains(&&*other.key));
        let Some(other) = other else { return (None, None) };
        if plan.urgency <= other.urgency {
            return (Some(other.key.clone()), None);
        }
        let rule = self.rules.iter().find(|rule| rule.name == other.rule);
        let words = rule.and_then(|rule| rule.message.clone()).filter(|_| other.order_ref != plan.order_ref);
        let told_by = words.map(|words| (other.order_ref.clone(), words));
        (None, Some(Cancelled { key: other.key.clone(), hold: Hold::Overtaken, told_by }))
    }

    /// What the rule has in place of a call that is not made.
    fn instead(&self, asked: &Asked<'_>, why: Why) -> Taken {
        match asked.rule.otherwise {
            Channel::Nothing | Channel::Call => (Action::Nothing, Some(why)),
            channel @ (Channel::Sms | Channel::Email) => self.message(asked, channel, Some(why)),
        }
    }

    fn message(&self, asked: &Asked<'_>, channel: Channel, why: Option<Why>) -> Taken {
        let Asked { rule, case, policies, now, .. } = asked;
        let plan = asked.plan();
        if plan.expires_at <= *now {
            return (Action::Nothing, Some(Why::Held(Hold::Expired)));
        }
        let email = case.order.customer.email.clone();
        let channel = if channel == Channel::Email && email.is_none() { Channel::Sms } else { channel };
        if self.messages.per_day <= messages_since(&case.history.contacts, *now) {
            return (Action::Nothing, Some(Why::MessageCap));
        }
        let not_before = match channel {
            Channel::Email | Channel::Nothing | Channel::Call => Some(plan.not_before),
            // A phone on the night table makes a noise for a message too.
            Channel::Sms => policies.next_open(&Callee::of_plan(&plan, case.order), plan.not_before),
        };
        let Some(not_before) = not_before.filter(|at| *at < plan.expires_at) else {
            return (Action::Nothing, Some(why.unwrap_or(Why::Held(Hold::QuietHours))));
        };
        let message = PlannedMessage {
            key: plan.key,
            order_ref: plan.order_ref,
            tracking_number: case.event.tracking_number.clone(),
            channel,
            phone: plan.to,
            email: email.filter(|_| channel == Channel::Email),
            text: rule.message.clone().unwrap_or_default(),
            language: None,
            planned_at: *now,
            not_before,
            expires_at: plan.expires_at,
            rule: plan.rule,
            policy: plan.policy,
        };
        (Action::Message(message), why)
    }
}

/// A rule that fits, and what it is asked about.
struct Asked<'a> {
    rule: &'a Rule,
    case: &'a Case<'a>,
    policies: &'a Policies,
    now: Timestamp,
    decision: &'a Decision,
}

impl Asked<'_> {
    /// The call the rule asks for, if it may be made at once.
    fn plan(&self) -> PlannedCall {
        let (rule, order, event) = (self.rule, self.case.order, self.case.event);
        let after = |at: Timestamp, span: SignedDuration| at.checked_add(span).unwrap_or(Timestamp::MAX);
        let window = event.shipment(order).and_then(|shipment| shipment.eta_from);
        let by_window = rule.expires_after_window_start.and_then(|margin| Some(after(window?, margin)));
        let expires_at = after(event.at, rule.expires_after);
        PlannedCall {
            key: self.decision.event_key.clone(),
            order_ref: order.order_ref.clone(),
            scenario: rule.scenario.clone().unwrap_or_default(),
            to: order.customer.phone.clone(),
            urgency: rule.urgency,
            planned_at: self.now,
            told_at: None,
            not_before: after(event.at, rule.wait).max(self.now),
            expires_at: by_window.map_or(expires_at, |window| window.min(expires_at)),
            rule: rule.name.clone(),
            policy: self.decision.version.clone(),
        }
    }
}

fn messages_since(contacts: &Contacts, now: Timestamp) -> u32 {
    let since = now.checked_sub(SignedDuration::from_hours(24)).unwrap_or(Timestamp::MIN);
    let is_recent_message = |made: &&PastContact| matches!(made.way, ContactWay::Message(_)) && since < made.at;
    u32::try_from(contacts.made.iter().filter(is_recent_message).count()).unwrap_or(u32::MAX)
}

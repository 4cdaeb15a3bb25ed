//! Who is to be called, and what is known about the number at that moment.

use jiff::Timestamp;

use crate::domain::orders::{Order, OrderRef};
use crate::domain::outreach::{Channel, PlannedCall, Urgency};
use crate::domain::values::PhoneNumber;

/// The scenario of a call that the customer asked for.
pub const CALLBACK: &str = "callback";

/// One call that may be made or not: to whom, about what.
#[derive(Clone, Copy, Debug)]
pub struct Callee<'a> {
    pub phone: &'a PhoneNumber,
    /// ISO 3166-1 alpha-2, by the address.
    pub country: Option<&'a str>,
    /// As the address has it: `KA` or `Karnataka`.
    pub state: Option<&'a str>,
    /// As the order names it.
    pub time_zone: Option<&'a str>,
    pub order_ref: &'a OrderRef,
    pub scenario: &'a str,
    pub urgency: Urgency,
}

impl<'a> Callee<'a> {
    /// Whom a planned call is to, by the order it is about.
    pub fn of_plan(plan: &'a PlannedCall, order: &'a Order) -> Self {
        Self { phone: &plan.to, ..Self::of_order(order, &plan.scenario, plan.urgency) }
    }

    pub fn of_order(order: &'a Order, scenario: &'a str, urgency: Urgency) -> Self {
        Self {
            phone: &order.customer.phone,
            country: Some(&order.address.country),
            state: order.address.state.as_deref(),
            time_zone: order.time_zone.as_deref(),
            order_ref: &order.order_ref,
            scenario,
            urgency,
        }
    }
}

/// What a number has opted out of.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum OptedOut {
    #[default]
    Nothing,
    All,
    ThisOrder(OrderRef),
}

/// What is kept about the consent to calls.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Consent {
    /// Nothing beside the order.
    #[default]
    NotRecorded,
    /// Where and how it was given.
    Given {
        proof: String,
    },
    Withdrawn,
}

/// How a contact came about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ContactWay {
    OurCall,
    TheirCall,
    Message(Channel),
}

/// What a contact was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ContactResult {
    /// Under way, or nobody was reached.
    NoConversation,
    Conversation,
    Complaint,
    /// Given up by us while somebody was on the line.
    Abandoned,
}

/// One contact with a number.
#[derive(Clone, Debug, PartialEq)]
pub struct PastContact {
    pub at: Timestamp,
    pub way: ContactWay,
    pub result: ContactResult,
    /// None while a call lasts.
    pub order_ref: Option<OrderRef>,
    /// The scenario's or message's name.
    pub about: String,
}

/// What is known about a number when a call to it is decided.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Contacts {
    pub opted_out: OptedOut,
    /// The do-not-call list that has it.
    pub do_not_call: Option<String>,
    pub consent: Consent,
    /// Those of the last 30 days, and all about the order in question; in any order.
    pub made: Vec<PastContact>,
}

//! When a number may be called: the narrowest of its countries' and states' rules, the shop's and the customer's wish.
//!
//! Where something is not known, nobody is called.

mod bounds;
mod calendar;
mod callee;
mod file;
mod hours;
mod numbering;
mod place;
mod room;

#[cfg(test)]
pub(super) mod tests;

use std::collections::BTreeMap;

use jiff::Timestamp;

pub use bounds::{Bounds, CallRules, Caps, ConsentNeed, Disclosure, Narrowing, RecordingRule, VoicemailRule};
pub use callee::{CALLBACK, Callee, Consent, ContactResult, ContactWay, Contacts, OptedOut, PastContact};
pub use file::{InvalidPolicy, PolicyFiles, check_shop};
pub use hours::{DayHours, Week};
pub use numbering::{InvalidList, Numbering};
pub use room::Quiet;

use super::{Hold, Urgency, Verdict};
use crate::domain::orders::OrderRef;
use crate::domain::values::PhoneNumber;
use calendar::earliest;
use place::{Country, Place, clocks, zones_named};

/// A verdict, and the line of policy that gave it.
#[derive(Clone, Debug, PartialEq)]
pub struct Ruling {
    pub verdict: Verdict,
    /// For people: `US-FL: hours by America/New_York`.
    pub line: String,
}

/// All policies, ready to be asked.
#[derive(Clone, Debug)]
pub struct Policies {
    numbering: Numbering,
    /// By their codes.
    countries: BTreeMap<String, Country>,
    quiet: Quiet,
    version: String,
}

/// Whether a number may be called, by everything that is known about it.
///
/// Order: asked when a call is planned, and again right before it is dialled.
pub fn may_call(callee: &Callee<'_>, policies: &Policies, contacts: &Contacts, now: Timestamp) -> Verdict {
    policies.rule_on(callee, contacts, now).verdict
}

impl Policies {
    /// Which rules these are: the newest date of their files, and a sum over all of them.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// The codes of the countries whose rules are known.
    pub fn countries(&self) -> impl Iterator<Item = &str> {
        self.countries.keys().map(String::as_str)
    }

    /// The verdict of [`may_call`], with its reason.
    pub fn rule_on(&self, callee: &Callee<'_>, contacts: &Contacts, now: Timestamp) -> Ruling {
        if let Some(ruling) = wish_of_callee(callee, contacts) {
            return ruling;
        }
        let places = match self.places(callee) {
            Ok(places) => places,
            Err(line) => return never(Hold::UnknownPolicy, line),
        };
        if let Some(ruling) = consent_missing(&places, contacts) {
            return ruling;
        }
        match self.room(callee, &places, contacts, now) {
            Err(line) => never(Hold::CapReached, line),
            Ok(room) => self.within_hours(callee, &places, room, now),
        }
    }

    /// The narrowest rules that hold for a callee: for voicemail, recording and disclosure.
    pub fn bounds_for(&self, callee: &Callee<'_>) -> Option<Bounds> {
        let places = self.places(callee).ok()?;
        places.iter().map(|place| place.bounds.clone()).reduce(|narrowest, bounds| narrowest.and(&bounds))
    }

    /// What holds within a call to a callee.
    pub fn rules_for(&self, callee: &Callee<'_>) -> CallRules {
        let of = |bounds: Bounds| CallRules { voicemail: bounds.voicemail, recording: bounds.recording };
        self.bounds_for(callee).map_or(CallRules::NARROWEST, of)
    }

    /// What holds within a call of which only the other side's number is known.
    pub fn rules_of_number(&self, phone: &PhoneNumber) -> CallRules {
        let order_ref = &OrderRef(String::new());
        self.rules_for(&Callee {
            phone,
            country: None,
            state: None,
            time_zone: None,
            order_ref,
            scenario: "",
            urgency: Urgency::Normal,
        })
    }

    /// The first instant from `from` on that lies within the hours of everywhere the callee may be.
    pub fn next_open(&self, callee: &Callee<'_>, from: Timestamp) -> Option<Timestamp> {
        let places = self.places(callee).ok()?;
        let zones = self.zones(callee, &places)?;
        earliest(&clocks(&zones, &places), from)
    }

    fn within_hours(&self, callee: &Callee<'_>, places: &[Place<'_>], room: room::Room, now: Timestamp) -> Ruling {
        let names: Vec<&str> = places.iter().map(|place| place.name.as_str()).collect();
        let names = names.join(" and ");
        let Some(zones) = self.zones(callee, places) else {
            return never(Hold::UnknownTimeZone, format!("{names}: no known time zone"));
        };
        let by = || format!("{names}: hours by {}", zones_named(&zones));
        let Some(at) = earliest(&clocks(&zones, places), room.from) else {
            let hold = if zones.len() == 1 { Hold::QuietHours } else { Hold::UnknownTimeZone };
            return never(hold, format!("{}, which have no common hour in three weeks", by()));
        };
        if at == now {
            return Ruling { verdict: Verdict::May, line: by() };
        }
        let (hold, line) = room.held.unwrap_or_else(|| (Hold::QuietHours, by()));
        Ruling { verdict: Verdict::NotBefore { at, hold }, line }
    }
}

fn never(hold: Hold, line: impl Into<String>) -> Ruling {
    Ruling { verdict: Verdict::Never { hold }, line: line.into() }
}

fn wish_of_callee(callee: &Callee<'_>, contacts: &Contacts) -> Option<Ruling> {
    match &contacts.opted_out {
        OptedOut::All => return Some(never(Hold::OptedOut, "customer: no automated calls")),
        OptedOut::ThisOrder(order_ref) if order_ref == callee.order_ref => {
            return Some(never(Hold::OptedOut, "customer: no calls about this order"));
        }
        OptedOut::ThisOrder(_) | OptedOut::Nothing => (),
    }
    let list = contacts.do_not_call.as_ref()?;
    Some(never(Hold::DoNotCall, format!("do-not-call list {list}")))
}

fn consent_missing(places: &[Place<'_>], contacts: &Contacts) -> Option<Ruling> {
    if contacts.consent == Consent::Withdrawn {
        return Some(never(Hold::NoConsent, "customer: consent withdrawn"));
    }
    let wants = places.iter().find(|place| place.bounds.consent == ConsentNeed::Recorded)?;
    match contacts.consent {
        Consent::Given { .. } => None,
        Consent::NotRecorded | Consent::Withdrawn => {
            Some(never(Hold::NoConsent, format!("{}: a consent with its proof", wants.name)))
        }
    }
}

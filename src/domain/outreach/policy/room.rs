//! What earlier contacts leave room for: caps, gaps, and being left in peace.

use jiff::{SignedDuration, Timestamp};

use super::Policies;
use super::callee::{CALLBACK, Callee, ContactResult, ContactWay, Contacts, PastContact};
use super::place::Place;
use crate::domain::outreach::{Hold, Urgency};

const DAY: SignedDuration = SignedDuration::from_hours(24);
const WEEK: SignedDuration = SignedDuration::from_hours(7 * 24);
const MONTH: SignedDuration = SignedDuration::from_hours(30 * 24);

/// How long a customer is left in peace.
#[derive(Clone, Debug, PartialEq, serde::Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Quiet {
    pub after_conversation: SignedDuration,
    /// Calls this urgent or more may follow a conversation at once: the facts have changed.
    pub unless_urgency: Urgency,
    /// Only a call that the customer asked for comes sooner.
    pub after_complaint: SignedDuration,
}

impl Default for Quiet {
    fn default() -> Self {
        Self {
            after_conversation: SignedDuration::from_hours(12),
            unless_urgency: Urgency::High,
            after_complaint: SignedDuration::from_hours(72),
        }
    }
}

/// From when on there is room, and what holds the call until then.
pub(super) struct Room {
    pub(super) from: Timestamp,
    pub(super) held: Option<(Hold, String)>,
}

impl Room {
    fn wait(&mut self, until: Option<Timestamp>, hold: Hold, line: impl FnOnce() -> String) {
        if let Some(until) = until.filter(|until| self.from < *until) {
            *self = Self { from: until, held: Some((hold, line())) };
        }
    }
}

impl Policies {
    /// Errors: the line of policy that leaves no room, ever.
    pub(super) fn room(
        &self,
        callee: &Callee<'_>,
        places: &[Place<'_>],
        contacts: &Contacts,
        now: Timestamp,
    ) -> Result<Room, String> {
        let mut room = Room { from: now, held: None };
        for place in places {
            room_at(&mut room, place, callee, contacts, now)?;
        }
        if callee.scenario == CALLBACK {
            return Ok(room);
        }
        let with = |result| contacts.made.iter().filter(move |contact| contact.result == result);
        let complaint = newest(with(ContactResult::Complaint), self.quiet.after_complaint);
        room.wait(complaint, Hold::Quiet, || "shop: quiet after a complaint".to_owned());
        if callee.urgency < self.quiet.unless_urgency {
            let conversation = newest(with(ContactResult::Conversation), self.quiet.after_conversation);
            room.wait(conversation, Hold::Quiet, || "shop: quiet after a conversation".to_owned());
        }
        Ok(room)
    }
}

fn room_at(
    room: &mut Room,
    place: &Place<'_>,
    callee: &Callee<'_>,
    contacts: &Contacts,
    now: Timestamp,
) -> Result<(), String> {
    let (caps, name) = (&place.bounds.caps, &place.name);
    let calls = || contacts.made.iter().filter(|contact| contact.way == ContactWay::OurCall);
    // A call that is still under way may be about this order.
    let is_about_order =
        |contact: &&PastContact| contact.order_ref.as_ref().is_none_or(|known| known == callee.order_ref);
    let about_order = || calls().filter(is_about_order);
    let of_purpose = about_order().filter(|contact| contact.about == callee.scenario).count();
    if usize::try_from(caps.order).is_ok_and(|cap| cap <= of_purpose) {
        return Err(format!("{name}: {} calls about one order and purpose", caps.order));
    }
    let mut cap = |until: Option<Timestamp>, count: u32, span: &str| {
        room.wait(until, Hold::CapReached, || format!("{name}: at most {count} calls in {span}"));
    };
    cap(leaves_room(calls(), caps.day, DAY, now), caps.day, "24 hours");
    cap(leaves_room(calls(), caps.week, WEEK, now), caps.week, "7 days");
    cap(leaves_room(calls(), caps.month, MONTH, now), caps.month, "30 days");
    cap(leaves_room(about_order(), caps.order_day, DAY, now), caps.order_day, "24 hours about one order");
    let abandoned = calls().filter(|contact| contact.result == ContactResult::Abandoned);
    let after_abandoned = newest(abandoned, caps.gap_after_abandoned);
    room.wait(after_abandoned, Hold::Quiet, || format!("{name}: gap after a call that was given up"));
    if callee.scenario != CALLBACK {
        room.wait(newest(calls(), caps.gap), Hold::Quiet, || format!("{name}: gap between two calls"));
    }
    Ok(())
}

/// When there are fewer than `cap` contacts in the `span` before; none if that is so already.
fn leaves_room<'a>(
    contacts: impl Iterator<Item = &'a PastContact>,
    cap: u32,
    span: SignedDuration,
    now: Timestamp,
) -> Option<Timestamp> {
    let since = now.checked_sub(span).ok()?;
    let mut recent: Vec<Timestamp> = contacts.map(|contact| contact.at).filter(|at| since < *at).collect();
    recent.sort_unstable();
    let first_to_leave = recent.len().checked_sub(usize::try_from(cap).ok()?)?;
    recent.get(first_to_leave)?.checked_add(span).ok()
}

fn newest<'a>(contacts: impl Iterator<Item = &'a PastContact>, span: SignedDuration) -> Option<Timestamp> {
    contacts.map(|contact| contact.at).max()?.checked_add(span).ok()
}

//! What is counted of a period beside calls, so that days add up.

use super::CallTally;
use super::sources::{Group, Links, Moments, ParcelCounts, Requests, ShippedCounts, TicketCounts};

/// Everything but calls, of all shops' own days.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct BesideCalls {
    pub tickets: ByGroup<TicketCounts>,
    pub parcels: ByGroup<ParcelCounts>,
    pub moments: ByGroup<Moments>,
    pub requests: Requests,
    pub links: Links,
}

/// The same of those who are called and of those who are held back from it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct ByGroup<T> {
    pub treated: T,
    pub control: T,
}

/// Counts of one period that make those of a longer one.
pub trait AddUp: Clone {
    fn add_all(&mut self, other: &Self);
}

impl<T: AddUp> ByGroup<T> {
    /// Of one group, or of both.
    pub fn of(&self, group: Option<Group>) -> T {
        match group {
            Some(Group::Treated) => self.treated.clone(),
            Some(Group::Control) => self.control.clone(),
            None => {
                let mut both = self.treated.clone();
                both.add_all(&self.control);
                both
            }
        }
    }
}

impl<T> ByGroup<T> {
    pub const fn group_mut(&mut self, is_held_back: bool) -> &mut T {
        if is_held_back { &mut self.control } else { &mut self.treated }
    }
}

impl<T: AddUp> AddUp for ByGroup<T> {
    fn add_all(&mut self, other: &Self) {
        self.treated.add_all(&other.treated);
        self.control.add_all(&other.control);
    }
}

impl AddUp for BesideCalls {
    fn add_all(&mut self, other: &Self) {
        self.tickets.add_all(&other.tickets);
        self.parcels.add_all(&other.parcels);
        self.moments.add_all(&other.moments);
        self.requests.add_all(&other.requests);
        self.links.add_all(&other.links);
    }
}

impl AddUp for CallTally {
    fn add_all(&mut self, other: &Self) {
        Self::add_all(self, other);
    }
}

impl AddUp for TicketCounts {
    fn add_all(&mut self, other: &Self) {
        self.all += other.all;
        self.wismo.add_all(&other.wismo);
    }
}

impl AddUp for ShippedCounts {
    fn add_all(&mut self, other: &Self) {
        *self = self.plus(*other);
    }
}

impl AddUp for ParcelCounts {
    fn add_all(&mut self, other: &Self) {
        self.cod.add_all(&other.cod);
        self.prepaid.add_all(&other.prepaid);
        self.failed += other.failed;
        self.recovered += other.recovered;
        self.contacted += other.contacted;
        self.contacted_soon += other.contacted_soon;
        self.absent_called += other.absent_called;
        self.absent_disputed += other.absent_disputed;
    }
}

impl AddUp for Moments {
    fn add_all(&mut self, other: &Self) {
        self.detected += other.detected;
        self.ours_first += other.ours_first;
        self.lead_minutes.add_all(&other.lead_minutes);
        self.lead_minutes_from_event.add_all(&other.lead_minutes_from_event);
    }
}

impl AddUp for Requests {
    fn add_all(&mut self, other: &Self) {
        self.promises_kept += other.promises_kept;
        self.promises_missed += other.promises_missed;
        self.promises_open += other.promises_open;
        self.seen_to += other.seen_to;
        self.marked_wrong += other.marked_wrong;
    }
}

impl AddUp for Links {
    fn add_all(&mut self, other: &Self) {
        self.sent += other.sent;
        self.paid += other.paid;
    }
}

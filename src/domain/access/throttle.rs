//! Wrong tokens by address: after so many in a while, an address is refused unheard.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv6Addr};
use std::time::Duration;

use jiff::Timestamp;

/// Wrong tokens of one address within [`WINDOW`].
pub const FAILURES_MAX: u32 = 20;

/// Counted from an address's first wrong token.
pub const WINDOW: Duration = Duration::from_secs(60);

/// Addresses remembered. When full, the one whose count began first is forgotten.
pub const ADDRESSES_MAX: usize = 10_000;

/// Counts wrong tokens by address.
#[derive(Debug, Default)]
pub struct Throttle {
    by_address: BTreeMap<IpAddr, Failures>,
}

#[derive(Clone, Copy, Debug)]
struct Failures {
    since: Timestamp,
    count: u32,
}

impl Failures {
    fn is_counting(&self, now: Timestamp) -> bool {
        now.duration_since(self.since).unsigned_abs() < WINDOW
    }
}

impl Throttle {
    /// Whether nothing more is heard from `address` for now, not even the right token.
    pub fn refuses(&self, address: IpAddr, now: Timestamp) -> bool {
        let failures = self.by_address.get(&network(address));
        failures.is_some_and(|failures| failures.is_counting(now) && FAILURES_MAX <= failures.count)
    }

    /// Counts a wrong token.
    pub fn note_failure(&mut self, address: IpAddr, now: Timestamp) {
        let address = network(address);
        if !self.by_address.contains_key(&address) && ADDRESSES_MAX <= self.by_address.len() {
            self.make_room(now);
        }
        let failures = self.by_address.entry(address).or_insert(Failures { since: now, count: 0 });
        if !failures.is_counting(now) {
            *failures = Failures { since: now, count: 0 };
        }
        failures.count += 1;
    }

    /// How many addresses are remembered.
    pub fn len(&self) -> usize {
        self.by_address.len()
    }

    pub fn is_empty(&self) -> bool {
        self.by_address.is_empty()
    }

    fn make_room(&mut self, now: Timestamp) {
        self.by_address.retain(|_, failures| failures.is_counting(now));
        if self.by_address.len() < ADDRESSES_MAX {
            return;
        }
        let oldest = self.by_address.iter().min_by_key(|(_, failures)| failures.since).map(|(address, _)| *address);
        if let Some(oldest) = oldest {
            self.by_address.remove(&oldest);
        }
    }
}

/// Who has one IPv6 address has the 2⁶⁴ beside it.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => IpAddr::V4(address),
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            IpAddr::V6(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
        }
    }
}

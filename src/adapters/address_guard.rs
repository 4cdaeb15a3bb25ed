//! Keeps outgoing requests away from this machine and its private network.
//!
//! The name is resolved for each connection, and the connection goes to the address that was checked, so that a name
//! cannot change its meaning in between.

#[cfg(test)]
mod tests;

use std::error::Error as _;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

/// A target that is not to be connected to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the address is loopback, private, link-local or reserved")]
struct AddressRefused;

/// Whether a request ended because its name leads to an address that is not public.
pub(super) fn is_refused(error: &reqwest::Error) -> bool {
    let mut cause = error.source();
    while let Some(inner) = cause {
        if inner.is::<AddressRefused>() {
            return true;
        }
        cause = inner.source();
    }
    false
}

/// Resolves names, and refuses those with any address that is not public.
#[derive(Debug)]
pub(super) struct PublicAddresses;

impl Resolve for PublicAddresses {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let found: Vec<SocketAddr> = tokio::net::lookup_host((name.as_str(), 0)).await?.collect();
            check_addresses(&found)?;
            let found: Addrs = Box::new(found.into_iter());
            Ok(found)
        })
    }
}

fn check_addresses(found: &[SocketAddr]) -> Result<(), AddressRefused> {
    if found.iter().all(|address| is_public(address.ip())) { Ok(()) } else { Err(AddressRefused) }
}

/// Whether an address belongs to the public internet.
///
/// Source: the IANA special-purpose address registries for IPv4 and IPv6.
pub(super) fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [first, second, third, _] = address.octets();
    let is_special = first == 0
        || address.is_private()
        || address.is_loopback()
        // 169.254.169.254, where clouds answer with credentials, is link-local.
        || address.is_link_local()
        || address.is_documentation()
        || (first == 100 && (64..128).contains(&second))
        || (first == 192 && second == 0 && third == 0)
        || (first == 192 && second == 88 && third == 99)
        || (first == 198 && (18..20).contains(&second))
        || first >= 224;
    !is_special
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    let segments = address.segments();
    let low_v4 = |high: u16, low: u16| {
        let ([a, b], [c, d]) = (high.to_be_bytes(), low.to_be_bytes());
        is_public_v4(Ipv4Addr::new(a, b, c, d))
    };
    match segments {
        // IPv4 in other clothes: mapped, translated (64:ff9b::/96), 6to4.
        [0, 0, 0, 0, 0, 0xffff, high, low] | [0x64, 0xff9b, 0, 0, 0, 0, high, low] | [0x2002, high, low, ..] => {
            low_v4(high, low)
        }
        // Teredo, benchmarking, ORCHID and other protocol assignments; documentation.
        [0x2001, second, ..] => second >= 0x200 && second != 0xdb8,
        [0x3fff, ..] => false,
        // Only 2000::/3 is given out.
        [first, ..] => first & 0xe000 == 0x2000,
    }
}

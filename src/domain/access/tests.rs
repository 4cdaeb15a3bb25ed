use std::net::{IpAddr, Ipv4Addr};

use jiff::Timestamp;

use super::{ADDRESSES_MAX, FAILURES_MAX, Role, Throttle};

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_795_000_000 + second).unwrap()
}

fn address(text: &str) -> IpAddr {
    text.parse().unwrap()
}

#[test]
fn each_role_may_what_the_ones_before_it_may() {
    let allowed: Vec<[bool; 3]> = Role::ALL.iter().map(|role| Role::ALL.map(|needed| role.may(needed))).collect();
    assert_eq!(allowed, [[true, false, false], [true, true, false], [true, true, true]]);
    for role in Role::ALL {
        assert_eq!(role.as_str().parse(), Ok(role));
    }
    assert!("root".parse::<Role>().is_err());
}

#[test]
fn an_address_is_refused_after_too_many_wrong_tokens_until_the_window_has_passed() {
    let mut throttle = Throttle::default();
    for second in 0..i64::from(FAILURES_MAX) {
        assert!(!throttle.refuses(address("192.0.2.7"), at(second)), "{second}");
        throttle.note_failure(address("192.0.2.7"), at(second));
    }
    assert!(throttle.refuses(address("192.0.2.7"), at(59)));
    assert!(throttle.refuses(address("::ffff:192.0.2.7"), at(59)), "the same address, written as IPv6");
    assert!(!throttle.refuses(address("192.0.2.8"), at(59)));
    assert!(!throttle.refuses(address("192.0.2.7"), at(60)));
    throttle.note_failure(address("192.0.2.7"), at(60));
    assert!(!throttle.refuses(address("192.0.2.7"), at(60)), "the count begins anew");
}

#[test]
fn neighbours_in_one_ipv6_network_count_as_one() {
    let mut throttle = Throttle::default();
    for host in 0..FAILURES_MAX {
        throttle.note_failure(address(&format!("2001:db8:1:2::{host:x}")), at(0));
    }
    assert!(throttle.refuses(address("2001:db8:1:2:ffff::1"), at(1)));
    assert!(!throttle.refuses(address("2001:db8:1:3::1"), at(1)));
}

#[test]
fn the_table_is_bounded_and_forgets_who_came_first() {
    let mut throttle = Throttle::default();
    let nth = |index: usize| IpAddr::V4(Ipv4Addr::from_bits(u32::try_from(index).unwrap()));
    for _ in 0..FAILURES_MAX {
        throttle.note_failure(nth(0), at(0));
    }
    for index in 1..ADDRESSES_MAX {
        throttle.note_failure(nth(index), at(1));
    }
    assert!(throttle.refuses(nth(0), at(2)));
    throttle.note_failure(nth(ADDRESSES_MAX), at(2));
    assert_eq!(throttle.len(), ADDRESSES_MAX);
    assert!(!throttle.refuses(nth(0), at(2)));
    throttle.note_failure(nth(ADDRESSES_MAX + 1), at(100));
    assert_eq!(throttle.len(), 1, "those of the past are forgotten together");
}

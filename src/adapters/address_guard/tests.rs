use super::{AddressRefused, check_addresses, is_public};

#[test]
fn private_addresses_are_told_from_public_ones() {
    for (address, expected) in [
        ("93.184.216.34", true),
        ("8.8.8.8", true),
        ("172.15.0.1", true),
        ("172.32.0.1", true),
        ("100.63.0.1", true),
        ("127.0.0.1", false),
        ("127.9.9.9", false),
        ("0.0.0.0", false),
        ("10.1.2.3", false),
        ("172.16.0.1", false),
        ("172.31.255.255", false),
        ("192.168.1.1", false),
        ("169.254.169.254", false),
        ("100.64.0.1", false),
        ("100.100.100.200", false),
        ("192.0.0.192", false),
        ("198.18.0.1", false),
        ("203.0.113.9", false),
        ("224.0.0.1", false),
        ("255.255.255.255", false),
        ("2606:4700::1111", true),
        ("2a00:1450::1", true),
        ("::", false),
        ("::1", false),
        ("fe80::1", false),
        ("fc00::1", false),
        ("fd00:ec2::254", false),
        ("fec0::1", false),
        ("ff02::1", false),
        ("::ffff:127.0.0.1", false),
        ("::ffff:8.8.8.8", true),
        ("::127.0.0.1", false),
        ("64:ff9b::10.0.0.1", false),
        ("64:ff9b::8.8.8.8", true),
        ("2002:7f00:1::", false),
        ("2001::1", false),
        ("2001:db8::1", false),
        ("2001:4860:4860::8888", true),
        ("3fff::1", false),
        ("100::1", false),
    ] {
        assert_eq!(is_public(address.parse().unwrap()), expected, "{address}");
    }
}

#[test]
fn one_private_address_among_public_ones_is_enough() {
    let mixed = ["8.8.8.8:443".parse().unwrap(), "10.0.0.1:443".parse().unwrap()];
    assert_eq!(check_addresses(&mixed), Err(AddressRefused));
    assert_eq!(check_addresses(&mixed[..1]), Ok(()));
}

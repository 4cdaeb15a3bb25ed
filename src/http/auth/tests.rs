use std::net::IpAddr;
use std::time::Duration;

use axum::http::{HeaderMap, HeaderName, HeaderValue};

use super::client::{address, bearer_token, session_cookie};
use super::{clear_session_cookie, hash_of, is_https, set_session_cookie};

fn headers(pairs: &[(&str, &str)]) -> HeaderMap {
    let pair =
        |(name, value): &(&str, &str)| (name.parse::<HeaderName>().unwrap(), value.parse::<HeaderValue>().unwrap());
    pairs.iter().map(pair).collect()
}

#[test]
fn a_secret_is_known_by_its_sha_256() {
    assert_eq!(hash_of(b"abc").0, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

#[test]
fn a_bearer_token_is_read_whatever_the_case_of_its_scheme() {
    for (text, token) in
        [("Bearer abc", Some("abc")), ("bearer  abc ", Some("abc")), ("Basic abc", None), ("abc", None), ("", None)]
    {
        assert_eq!(bearer_token(&headers(&[("authorization", text)])), token, "{text}");
    }
}

#[test]
fn the_session_is_found_among_other_cookies() {
    for (text, secret) in [
        ("doorstep_session=abc", Some("abc")),
        ("a=b; doorstep_session=abc; c=d", Some("abc")),
        ("a=doorstep_session=abc", None),
        ("xdoorstep_session=abc", None),
    ] {
        assert_eq!(session_cookie(&headers(&[("cookie", text)])), secret, "{text}");
    }
}

#[test]
fn the_cookie_is_out_of_reach_of_scripts_and_other_sites() {
    let plain = set_session_cookie("ab12", Duration::from_secs(60), false);
    let expected = "doorstep_session=ab12; Path=/api/v1; Max-Age=60; HttpOnly; SameSite=Strict";
    assert_eq!(plain, expected);
    assert_eq!(set_session_cookie("ab12", Duration::from_secs(60), true), format!("{expected}; Secure").as_str());
    assert!(clear_session_cookie(true).to_str().unwrap().contains("Max-Age=0;"));
}

#[test]
fn https_is_told_by_the_proxy_or_the_browser() {
    for (pair, told) in [
        (("x-forwarded-proto", "https"), true),
        (("origin", "https://console.example"), true),
        (("x-forwarded-proto", "http"), false),
        (("origin", "http://127.0.0.1:8080"), false),
    ] {
        assert_eq!(is_https(&headers(&[pair])), told, "{pair:?}");
    }
}

#[test]
fn a_forwarded_address_counts_from_trusted_proxies_only() {
    let ip = |text: &str| text.parse::<IpAddr>().unwrap();
    let proxies = [ip("10.0.0.1"), ip("10.0.0.2")];
    for (peer, forwarded, from) in [
        ("192.0.2.7", "198.51.100.1", "192.0.2.7"),
        ("10.0.0.1", "198.51.100.1", "198.51.100.1"),
        ("::ffff:10.0.0.1", "198.51.100.1", "198.51.100.1"),
        ("10.0.0.1", "203.0.113.9, 198.51.100.1", "198.51.100.1"),
        ("10.0.0.1", "203.0.113.9, 198.51.100.1, 10.0.0.2", "198.51.100.1"),
        ("10.0.0.1", "203.0.113.9, rubbish", "10.0.0.1"),
        ("10.0.0.1", "", "10.0.0.1"),
    ] {
        let headers = headers(&[("x-forwarded-for", forwarded)]);
        assert_eq!(address(ip(peer), &headers, &proxies), ip(from), "{peer} for {forwarded}");
    }
}

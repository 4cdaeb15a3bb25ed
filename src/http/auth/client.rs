//! What a request says of the client behind it: address, scheme, token, cookie.

use std::net::IpAddr;
use std::time::Duration;

use axum::http::{HeaderMap, HeaderValue, header};

/// The console's cookie. It goes to the API alone.
const COOKIE: &str = "doorstep_session";
const COOKIE_PATH: &str = "/api/v1";

/// The token of an `Authorization: Bearer` header.
pub fn bearer_token(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(token.trim())
}

/// The secret in the console's cookie.
pub fn session_cookie(headers: &HeaderMap) -> Option<&str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find_map(|(name, value)| (name == COOKIE).then_some(value))
}

/// The `Set-Cookie` of a session that was opened.
pub fn set_session_cookie(secret: &str, lifetime: Duration, is_https: bool) -> HeaderValue {
    cookie(secret, lifetime.as_secs(), is_https)
}

/// The `Set-Cookie` that makes the browser forget its session.
pub fn clear_session_cookie(is_https: bool) -> HeaderValue {
    cookie("", 0, is_https)
}

fn cookie(value: &str, max_age_s: u64, is_https: bool) -> HeaderValue {
    let secure = if is_https { "; Secure" } else { "" };
    let text = format!("{COOKIE}={value}; Path={COOKIE_PATH}; Max-Age={max_age_s}; HttpOnly; SameSite=Strict{secure}");
    HeaderValue::from_str(&text).expect("a secret is hexadecimal")
}

/// Whether the browser speaks HTTPS, which a proxy in front ends. A client that only claims so gets a cookie that it
/// cannot use.
pub fn is_https(headers: &HeaderMap) -> bool {
    let says = |name: &str, https: &str| {
        headers.get(name).and_then(|value| value.to_str().ok()).is_some_and(|value| value.starts_with(https))
    };
    says("x-forwarded-proto", "https") || says("origin", "https://")
}

/// Where a request comes from: the peer, or, if that is a trusted proxy, the last address it was forwarded for that is
/// no trusted proxy itself.
pub fn address(peer: IpAddr, headers: &HeaderMap, trusted_proxies: &[IpAddr]) -> IpAddr {
    let is_proxy = |address: &IpAddr| trusted_proxies.contains(&address.to_canonical());
    if !is_proxy(&peer) {
        return peer;
    }
    let forwarded: Vec<&str> = headers
        .get_all("x-forwarded-for")
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .collect();
    forwarded
        .iter()
        .rev()
        .map_while(|address| address.trim().parse::<IpAddr>().ok())
        .find(|address| !is_proxy(address))
        .unwrap_or(peer)
}

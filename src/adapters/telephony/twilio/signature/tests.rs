use super::SignatureCheck;
use crate::ports::telephony::WebhookRequest;

const TOKEN: &str = "9f3c1e0b7a64d2585ce0a1b2c3d4e5f6";
const PUBLIC: &str = "https://agent.example.com";
const FORM: &str = "application/x-www-form-urlencoded";

const INBOUND: &str = "CallSid=CA0123456789abcdef0123456789abcdef&AccountSid=AC0123456789abcdef0123456789abcdef\
    &From=%2B919800000001&To=%2B14155550100&CallStatus=ringing&ApiVersion=2010-04-01&Direction=inbound&CallerName=";
const EVENT: &str = r#"{"event":"order.call","orderId":"A-1001"}"#;
const EVENT_PATH: &str = "/twilio/events?bodySHA256=eee5392b9c1e0e68ab3bb8981a22b494ce7d52354b3140321c19f93536ccf144";

fn request(path: &str, kind: &str, body: &str, signature: &str) -> WebhookRequest {
    WebhookRequest {
        path_and_query: path.to_owned(),
        headers: vec![
            ("content-type".to_owned(), kind.to_owned()),
            ("host".to_owned(), "10.0.0.7:8080".to_owned()),
            ("x-forwarded-proto".to_owned(), "http".to_owned()),
            ("x-twilio-signature".to_owned(), signature.to_owned()),
        ],
        body: body.as_bytes().to_vec(),
    }
}

fn webhook(public_url: &str, request: &WebhookRequest) -> bool {
    SignatureCheck::new(TOKEN).accepts_webhook(public_url, request)
}

fn upgrade(origin: &str, path: &str, signature: &str) -> bool {
    SignatureCheck::new(TOKEN).accepts_upgrade(origin, &request(path, "", "", signature))
}

#[test]
fn worked_example_1_a_form_with_query_and_an_empty_value() {
    let signature = "hqR3RLcfnqmtScTyWkgRv9ZvrOg=";
    assert!(webhook(PUBLIC, &request("/twilio/voice?tenant=42", FORM, INBOUND, signature)));
    let with_charset = format!("{FORM}; charset=UTF-8");
    assert!(webhook(PUBLIC, &request("/twilio/voice?tenant=42", &with_charset, INBOUND, signature)));
}

#[test]
fn worked_example_2_a_json_body_is_covered_by_its_hash() {
    let signature = "FLgv9X13IQpNOF5hX0RMAETs4mc=";
    assert!(webhook(PUBLIC, &request(EVENT_PATH, "application/json", EVENT, signature)));
    assert!(!webhook(PUBLIC, &request(EVENT_PATH, "application/json", "{}", signature)));
}

#[test]
fn worked_example_3_the_socket_upgrade() {
    let signature = "ism3JbLsOZqtzFh5c4WvhpC4BQE=";
    assert!(upgrade("wss://agent.example.com", "/twilio/media", signature));
    assert!(upgrade("wss://agent.example.com:443", "/twilio/media", signature));
    assert!(upgrade("wss://agent.example.com", "/twilio/media/", signature));
    assert!(!upgrade("https://agent.example.com", "/twilio/media", signature));
    assert!(!upgrade("wss://agent.example.com", "/twilio/media/x", signature));
}

#[test]
fn worked_example_4_repeated_keys_are_sorted_and_distinct() {
    let body = "Digits=5678&Digits=1234&Digits=1234&CallSid=CA1";
    assert!(webhook(PUBLIC, &request("/twilio/voice", FORM, body, "rcdIhZQ1W8YsAmpgSn6MtmUAJDA=")));
}

#[test]
fn the_port_may_be_written_or_left_out() {
    let signed = request("/twilio/voice?tenant=42", FORM, INBOUND, "hqR3RLcfnqmtScTyWkgRv9ZvrOg=");
    assert!(webhook("https://agent.example.com:443", &signed));
    // Signed by the reference recipe over `https://agent.example.com:443/…`.
    let over_port = sign("https://agent.example.com:443/twilio/voice");
    assert!(webhook(PUBLIC, &request("/twilio/voice", FORM, "", &over_port)));
    let over_odd_port = sign("https://agent.example.com:444/twilio/voice");
    assert!(!webhook(PUBLIC, &request("/twilio/voice", FORM, "", &over_odd_port)));
}

#[test]
fn what_is_tampered_with_missing_or_under_another_name_is_refused() {
    let good = "hqR3RLcfnqmtScTyWkgRv9ZvrOg=";
    let path = "/twilio/voice?tenant=42";
    let cases = [
        ("body changed", PUBLIC, path, FORM, INBOUND.replace("ringing", "queued"), good),
        ("field added", PUBLIC, path, FORM, format!("{INBOUND}&X=1"), good),
        ("query changed", PUBLIC, "/twilio/voice?tenant=43", FORM, INBOUND.to_owned(), good),
        ("another public host", "https://10.0.0.7:8080", path, FORM, INBOUND.to_owned(), good),
        ("another scheme", "http://agent.example.com", path, FORM, INBOUND.to_owned(), good),
        ("signature cut", PUBLIC, path, FORM, INBOUND.to_owned(), "hqR3RLcfnqmtScTyWkgRv9Zvr"),
        ("signature not base64", PUBLIC, path, FORM, INBOUND.to_owned(), "§§§"),
        ("signature empty", PUBLIC, path, FORM, INBOUND.to_owned(), ""),
        ("form passed off as JSON", PUBLIC, path, "application/json", INBOUND.to_owned(), good),
    ];
    for (what, public_url, path, kind, body, signature) in cases {
        assert!(!webhook(public_url, &request(path, kind, &body, signature)), "{what}");
    }
    let mut unsigned = request(path, FORM, INBOUND, good);
    unsigned.headers.retain(|(name, _)| name != "x-twilio-signature");
    assert!(!webhook(PUBLIC, &unsigned), "no signature");
}

#[test]
fn a_json_body_without_its_hash_is_refused_not_a_crash() {
    let signature = sign("https://agent.example.com/twilio/events");
    assert!(!webhook(PUBLIC, &request("/twilio/events", "application/json", EVENT, &signature)));
}

#[test]
fn behind_a_proxy_only_the_public_url_counts() {
    // `request` carries a `Host` and a forwarded scheme that both disagree with the public URL.
    assert!(webhook(PUBLIC, &request("/a", FORM, "", &sign("https://agent.example.com/a"))));
    assert!(!webhook(PUBLIC, &request("/a", FORM, "", &sign("http://10.0.0.7:8080/a"))));
}

fn sign(url: &str) -> String {
    use base64::Engine;
    let key = aws_lc_rs::hmac::Key::new(aws_lc_rs::hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, TOKEN.as_bytes());
    base64::engine::general_purpose::STANDARD.encode(aws_lc_rs::hmac::sign(&key, url.as_bytes()))
}

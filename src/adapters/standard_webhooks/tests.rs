use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::SigningKeys;

const SECRET: &str = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
const SIGNED: &str = "v1,AMaOha7DUT/0J0JMycRuYOBSvbx3WtwLd2khXXbaVj4=";

fn keys(secret: &str) -> SigningKeys {
    SigningKeys::parse(&secret.into()).unwrap()
}

#[test]
fn the_known_signature_comes_out() {
    assert_eq!(keys(SECRET).sign("msg_1", 1_700_000_000, br#"{"a":1}"#), SIGNED);
}

#[test]
fn one_changed_byte_changes_the_signature() {
    let other = "whsec_AQECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
    for (secret, id, timestamp, body) in [
        (other, "msg_1", 1_700_000_000, r#"{"a":1}"#),
        (SECRET, "msg_2", 1_700_000_000, r#"{"a":1}"#),
        (SECRET, "msg_1", 1_700_000_001, r#"{"a":1}"#),
        (SECRET, "msg_1", 1_700_000_000, r#"{"a":2}"#),
    ] {
        assert_ne!(keys(secret).sign(id, timestamp, body.as_bytes()), SIGNED);
    }
}

#[test]
fn during_a_change_both_keys_sign() {
    let new = format!("whsec_{}", STANDARD.encode([7; 32]));
    let signed = keys(&format!("{new} {SECRET}")).sign("msg_1", 1_700_000_000, br#"{"a":1}"#);
    let entries: Vec<_> = signed.split(' ').collect();
    assert_eq!(entries.len(), 2);
    assert_eq!(entries[0], keys(&new).sign("msg_1", 1_700_000_000, br#"{"a":1}"#));
    assert_eq!(entries[1], SIGNED);
}

#[test]
fn a_secret_of_another_form_is_refused_without_showing_it() {
    let of_bytes = |count: usize| format!("whsec_{}", STANDARD.encode(vec![7; count]));
    for (secret, is_valid) in [
        (String::new(), false),
        ("hunter2".to_owned(), false),
        ("whsec_???".to_owned(), false),
        (SECRET.replace("whsec_", "whsk_"), false),
        (of_bytes(23), false),
        (of_bytes(24), true),
        (of_bytes(64), true),
        (of_bytes(65), false),
        (format!("{SECRET} {SECRET} {SECRET}"), false),
    ] {
        let parsed = SigningKeys::parse(&secret.as_str().into());
        assert_eq!(parsed.is_ok(), is_valid, "{secret}");
        assert!(secret.is_empty() || !format!("{parsed:?}").contains(&secret));
    }
}

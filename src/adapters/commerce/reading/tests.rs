use jiff::Timestamp;
use jiff::tz::Offset;
use serde_json::{Value, json};

use super::{Json, india, money, one_line, order_ref, phone_number};

fn time(value: &Value, offset: Offset) -> Option<String> {
    Json(value).time(offset).map(|at| at.to_string())
}

#[test]
fn times_are_read_however_they_are_written() {
    for (written, offset, read) in [
        ("2026-03-02T14:20:00+05:30", Offset::UTC, Some("2026-03-02T08:50:00Z")),
        ("2026-03-02T08:50:00Z", india(), Some("2026-03-02T08:50:00Z")),
        ("2026-03-02 14:20:00", india(), Some("2026-03-02T08:50:00Z")),
        ("2026-03-02T14:20:00", india(), Some("2026-03-02T08:50:00Z")),
        ("02 03 2026 14:21:10", india(), Some("2026-03-02T08:51:10Z")),
        ("2026-03-02T14:20:00", Offset::UTC, Some("2026-03-02T14:20:00Z")),
        ("yesterday", india(), None),
        ("", india(), None),
    ] {
        assert_eq!(time(&json!(written), offset).as_deref(), read, "{written}");
    }
    assert_eq!(time(&Value::Null, india()), None);
}

#[test]
fn an_expected_day_lasts_from_its_beginning_to_its_end() {
    let window = |written: &str| Json(&json!(written)).window(india());
    let at = |text: &str| text.parse::<Timestamp>().unwrap();
    let day = Some((at("2026-03-06T18:30:00Z"), at("2026-03-07T18:29:59Z")));
    assert_eq!(window("2026-03-07"), day);
    assert_eq!(window("2026-03-07 23:30:00"), day);
    assert_eq!(window("2026-03-07T00:00:00+05:30"), day);
    let noon = at("2026-03-07T12:00:00+05:30");
    assert_eq!(window("2026-03-07T12:00:00+05:30"), Some((noon, noon)));
    assert_eq!(window("soon"), None);
}

#[test]
fn numbers_become_e164_by_the_country_they_are_typed_in() {
    for (typed, country, number) in [
        ("+91 98450-12345", "US", Some("+919845012345")),
        ("9845012345", "IN", Some("+919845012345")),
        ("09845012345", "in", Some("+919845012345")),
        ("919845012345", "IN", Some("+919845012345")),
        ("0091 9845012345", "", Some("+919845012345")),
        ("555-625-1199", "US", Some("+15556251199")),
        ("(020) 7946 0018", "GB", Some("+442079460018")),
        ("9845012345", "", None),
        ("9845012345", "ZZ", None),
        ("12345", "IN", None),
        ("call me", "IN", None),
        ("+", "IN", None),
    ] {
        let read = phone_number(typed, country);
        assert_eq!(read.as_ref().map(crate::domain::values::PhoneNumber::reveal), number, "{typed} {country}");
    }
}

#[test]
fn amounts_become_minor_units() {
    for (amount, currency, minor) in [
        ("409.94", "USD", Some(40_994)),
        ("1499", "INR", Some(149_900)),
        ("1499.5", "INR", Some(149_950)),
        ("1499.999", "INR", Some(149_999)),
        ("500", "JPY", Some(500)),
        ("1.250", "KWD", Some(1_250)),
        ("-5.00", "USD", None),
        ("1e9", "USD", None),
        ("", "USD", None),
        (".5", "USD", None),
        ("999999999999999", "USD", None),
        ("9999999999999999999999", "USD", None),
        ("5", "DOLLAR", None),
    ] {
        assert_eq!(money(amount, currency).map(|money| money.amount_minor), minor, "{amount} {currency}");
    }
}

#[test]
fn texts_are_one_line_and_references_bare() {
    assert_eq!(one_line(" a\nb\u{0}c "), "a b c");
    assert_eq!(one_line(&"é".repeat(500)).chars().count(), 200);
    let bare = |text: &str| order_ref(text).map(|order_ref| order_ref.0);
    assert_eq!(bare("#2041"), Some("2041".to_owned()));
    assert_eq!((bare("#"), bare(""), bare("—")), (None, None, None));
    let value = json!({ "id": 5_501_000_000_000_i64, "yes": "1", "no": 0 });
    assert_eq!(Json(&value).text_of("id").as_deref(), Some("5501000000000"));
    assert!(Json(&value).get("yes").is_true() && !Json(&value).get("no").is_true());
}

use jiff::{SignedDuration, Timestamp};

use super::{Secrets, decode_hex, id_of, is_fresh};

const BODY: &[u8] = br#"{"a":1}"#;
const BASE64_MAC: &str = "RjlvDGD6KEiwnYBQ5s+gUy2iDBgjQW03dupOne+Gen4=";
const HEX_MAC: &str = "46396f0c60fa2848b09d8050e6cfa0532da20c1823416d3776ea4e9def867a7e";

fn secrets(words: &[&str]) -> Secrets {
    Secrets::new(words.iter().map(|&word| word.to_owned().into()))
}

#[test]
fn published_vectors_are_met() {
    let known = secrets(&["test-secret-1"]);
    assert!(known.signed_in_base64(BASE64_MAC, &[BODY]));
    assert!(known.signed_in_hex(HEX_MAC, &[BODY]));
    assert!(known.signed_in_hex_nfkd(HEX_MAC, &[BODY]));
    let accented = secrets(&["s\u{e9}cret"]);
    let mac = "35e2265acce5e647f35f28306f4dcbedbd1e36e1a305c5c7f50888fc9aad8b0a";
    assert!(accented.signed_in_hex_nfkd(mac, &[BODY]));
    assert!(!accented.signed_in_hex(mac, &[BODY]), "EasyPost alone decomposes its secret");
    let second = "fce1f62659851511bb4b85b9b6a2ee2a765f582ea289f6fe55e2cfedfa01beb2";
    assert!(known.signed_in_hex_nfkd(second, &[b"2026-03-02T08:50:00Z", b"POST", b"/hooks/easypost", BODY]));
    let shippo = "079ff29c0ccb8a1188327d3f8bd8f2b5036a5a358670530bdfd4f30c26b0f2fb";
    assert!(known.signed_in_hex(shippo, &[b"1700000000", b".", BODY]));
}

#[test]
fn whatever_is_not_the_signature_is_refused() {
    let known = secrets(&["test-secret-1"]);
    for forged in ["", " ", "AAAA", "RjlvDGD6KEiwnYBQ5s+gUy2iDBgjQW03dupOne+Gen5=", "%%%", HEX_MAC, "é"] {
        assert!(!known.signed_in_base64(forged, &[BODY]), "{forged}");
    }
    for forged in ["", "4", "46", &HEX_MAC[..62], &HEX_MAC.replace('4', "g"), BASE64_MAC, &"46".repeat(500)] {
        assert!(!known.signed_in_hex(forged, &[BODY]), "{forged}");
    }
    assert!(!known.signed_in_base64(BASE64_MAC, &[br#"{"a":2}"#]));
    assert!(!secrets(&["test-secret-2"]).signed_in_base64(BASE64_MAC, &[BODY]));
    assert!(!secrets(&[]).signed_in_base64(BASE64_MAC, &[BODY]));
}

#[test]
fn an_old_secret_counts_while_it_is_kept() {
    assert!(secrets(&["new", "test-secret-1"]).signed_in_base64(BASE64_MAC, &[BODY]));
    assert!(secrets(&["test-secret-1", "old"]).signed_in_base64(BASE64_MAC, &[BODY]));
}

#[test]
fn a_word_is_known_only_in_full() {
    let known = secrets(&["open sesame", "before"]);
    assert!(known.knows("open sesame") && known.knows("before"));
    assert!(!known.knows("open sesam") && !known.knows("") && !secrets(&[""]).knows(""));
    assert!(secrets(&["", ""]).is_empty());
}

#[test]
fn a_signed_time_may_be_five_minutes_off() {
    let now = Timestamp::from_second(1_700_000_000).unwrap();
    for (seconds, fresh) in [(0, true), (300, true), (-300, true), (301, false), (-301, false)] {
        assert_eq!(is_fresh(now + SignedDuration::from_secs(seconds), now), fresh, "{seconds}");
    }
}

#[test]
fn the_same_bytes_have_the_same_id() {
    assert_eq!(id_of(b""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    assert_eq!(decode_hex("00fF"), Some(vec![0, 255]));
}

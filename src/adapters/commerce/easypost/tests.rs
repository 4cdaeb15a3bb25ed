use crate::adapters::commerce::tests::{SECRET, hex, mac, now, read, request, signed, source, statuses, tracking};
use crate::domain::orders::{DeliveryStatus, settle};
use crate::ports::commerce::NoticeRefused;

const BODY: &str = r#"{"id":"evt_01","object":"Event","description":"tracker.updated","created_at":"2026-03-02T08:50:00Z",
"result":{"id":"trk_01","object":"Tracker","tracking_code":"9400","status":"failure","status_detail":"refused",
"carrier":"USPS","est_delivery_date":"2026-03-04T00:00:00Z","tracking_details":[
{"datetime":"2026-03-02T07:00:00Z","status":"out_for_delivery","status_detail":"out_for_delivery",
"tracking_location":{"city":"CHARLESTON","state":"SC"}}]}}"#;

#[test]
fn a_tracker_is_read_with_its_details_and_what_it_says_as_a_whole() {
    let notice = read("easypost", "", BODY);
    assert_eq!(notice.event_id, "evt_01");
    let read = [(DeliveryStatus::OutForDelivery, None), (DeliveryStatus::AttemptFailed, Some("CUSTOMER_REFUSED"))];
    assert_eq!(statuses(&notice), read);
    let events: Vec<_> = tracking(&notice).into_iter().cloned().collect();
    assert_eq!(settle(&events).unwrap().status, DeliveryStatus::AttemptFailed);
    assert_eq!(events[0].place.as_deref(), Some("CHARLESTON, SC"));
}

#[test]
fn events_about_other_things_are_read_as_nothing() {
    assert_eq!(read("easypost", "", &BODY.replace("tracker.updated", "batch.updated")).events, []);
}

#[test]
fn a_second_signature_that_comes_along_must_hold_and_be_fresh() {
    let first = format!("hmac-sha256-hex={}", hex(&mac(SECRET, &[BODY.as_bytes()])));
    let with_second = |timestamp: &str, path: &str, signed_path: &str| {
        let parts: [&[u8]; 4] = [timestamp.as_bytes(), b"POST", signed_path.as_bytes(), BODY.as_bytes()];
        let second = format!("hmac-sha256-hex={}", hex(&mac(SECRET, &parts)));
        let headers = [
            ("x-hmac-signature", first.as_str()),
            ("x-hmac-signature-v2", second.as_str()),
            ("x-timestamp", timestamp),
            ("x-path", path),
        ];
        source("easypost").read_webhook(&request(&headers, BODY), now()).map(|notice| notice.event_id)
    };
    assert_eq!(with_second("2026-03-02T08:58:00Z", "/w", "/w"), Ok("evt_01".to_owned()));
    assert_eq!(with_second("2026-03-02T08:58:00Z", "/w", "/other"), Err(NoticeRefused::BadSignature));
    assert_eq!(with_second("2026-03-02T08:50:00Z", "/w", "/w"), Err(NoticeRefused::Stale));
    assert_eq!(with_second("2026-03-02T09:50:00Z", "/w", "/w"), Err(NoticeRefused::Stale));
    assert_eq!(with_second("soon", "/w", "/w"), Err(NoticeRefused::Stale));
}

#[test]
fn the_signature_needs_its_prefix() {
    let mut bare = signed("easypost", "", SECRET, BODY);
    let mac = bare.headers[0].1.trim_start_matches("hmac-sha256-hex=").to_owned();
    bare.headers[0].1 = mac;
    assert_eq!(source("easypost").read_webhook(&bare, now()), Err(NoticeRefused::BadSignature));
}

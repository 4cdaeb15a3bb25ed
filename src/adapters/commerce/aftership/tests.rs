use crate::adapters::commerce::tests::{read, statuses, tracking};
use crate::domain::orders::incoming::CommerceEvent;
use crate::domain::orders::{DeliveryStatus, settle};

fn message(msg: &str) -> String {
    format!(r#"{{"ts":1772441000,"event":"tracking_update","event_id":"e-1","msg":{msg}}}"#)
}

#[test]
fn a_tracking_is_read_with_its_checkpoints_and_window() {
    let body = message(
        r##"{"id":"t1","tracking_number":"123","slug":"delhivery","order_number":"#2041","order_id":"5501",
        "tag":"AttemptFail","subtag":"AttemptFail_002","expected_delivery":"2026-03-07","checkpoints":[
        {"checkpoint_time":"2026-03-01T10:00:00+05:30","tag":"InTransit","subtag":"InTransit_003","city":"Nagpur"},
        {"checkpoint_time":"2026-03-02T14:20:00+05:30","tag":"AttemptFail","subtag":"AttemptFail_002",
        "message":"Consignee not available","city":"Pune","state":"MH"}]}"##,
    );
    let notice = read("aftership", "", &body);
    assert_eq!(notice.event_id, "e-1");
    let reason = Some("CUSTOMER_NOT_AVAILABLE");
    let read = [(DeliveryStatus::InTransit, None), (DeliveryStatus::AttemptFailed, reason)];
    assert_eq!(statuses(&notice), read, "the whole says what its newest checkpoint says");
    assert_eq!(tracking(&notice)[1].place.as_deref(), Some("Pune, MH"));
    let CommerceEvent::Tracking { parcel, event } = &notice.events[1] else { panic!("{notice:?}") };
    assert_eq!(parcel.order_hints, ["#2041", "5501"]);
    let report = event.report.as_ref().unwrap();
    assert_eq!((report.code.as_str(), report.eta().is_some()), ("AttemptFail:AttemptFail_002", true));
    assert_eq!(report.eta_told_at.map(jiff::Timestamp::as_second), Some(1_772_441_000));
}

#[test]
fn a_revised_window_counts_though_no_scan_is_new() {
    let told = |ts: u32, day: &str| {
        let body = format!(
            r#"{{"ts":{ts},"event_id":"e-{ts}","msg":{{"tracking_number":"1","tag":"InTransit","expected_delivery":"{day}",
            "checkpoints":[{{"checkpoint_time":"2026-03-01T10:00:00Z","tag":"InTransit"}}]}}}}"#
        );
        tracking(&read("aftership", "", &body))[0].clone()
    };
    let (first, revised) = (told(1_772_441_000, "2026-03-07"), told(1_772_541_000, "2026-03-09"));
    let window = settle(&[revised.clone(), first]).unwrap().eta;
    assert_eq!(window, revised.report.unwrap().eta());
}

#[test]
fn a_parcel_on_its_way_back_is_no_ordinary_exception() {
    let back = message(
        r#"{"tracking_number":"1","tag":"InTransit","subtag":"InTransit_003","return_to_sender":true,
        "updated_at":"2026-03-02T08:00:00Z"}"#,
    );
    assert_eq!(statuses(&read("aftership", "", &back)), [(DeliveryStatus::ReturningToSender, None)]);
    let arrived =
        message(r#"{"tracking_number":"1","tag":"Exception","subtag":"Exception_011","return_to_sender":true}"#);
    assert_eq!(statuses(&read("aftership", "", &arrived)), [(DeliveryStatus::ReturnedToSender, None)]);
}

#[test]
fn a_new_tag_is_kept_as_it_came() {
    let notice =
        read("aftership", "", &message(r#"{"tracking_number":"1","tag":"Teleported","subtag":"Teleported_001"}"#));
    assert_eq!(statuses(&notice), [(DeliveryStatus::Unknown, None)]);
    assert_eq!(notice.unknown_codes, ["Teleported:Teleported_001"]);
    assert_eq!(tracking(&notice)[0].report.as_ref().unwrap().code, "Teleported:Teleported_001");
}

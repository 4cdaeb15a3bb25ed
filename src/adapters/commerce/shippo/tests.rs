use jiff::SignedDuration;

use crate::adapters::commerce::tests::{SECRET, now, read, request, signed, source, statuses};
use crate::domain::orders::DeliveryStatus;
use crate::ports::commerce::NoticeRefused;

const BODY: &str = r#"{"event":"track_updated","test":false,"data":{"carrier":"usps","tracking_number":"92055",
"eta":"2026-03-04T00:00:00Z","tracking_status":{"status":"TRANSIT","status_date":"2026-03-02T08:00:00Z",
"substatus":{"code":"address_issue","action_required":true}},"tracking_history":[]}}"#;

#[test]
fn a_track_is_read_by_its_substatus() {
    assert_eq!(statuses(&read("shippo", "", BODY)), [(DeliveryStatus::AttemptFailed, Some("ADDRESS_INCOMPLETE"))]);
    assert_eq!(read("shippo", "", &BODY.replace("track_updated", "transaction_created")).events, []);
}

#[test]
fn the_same_words_are_the_same_message() {
    assert_eq!(read("shippo", "", BODY).event_id, read("shippo", "", BODY).event_id);
    assert_ne!(read("shippo", "", BODY).event_id, read("shippo", "", &BODY.replace("92055", "92056")).event_id);
}

#[test]
fn a_signature_of_long_ago_is_stale() {
    let fresh = signed("shippo", "", SECRET, BODY);
    let later = now() + SignedDuration::from_mins(6);
    assert_eq!(source("shippo").read_webhook(&fresh, later), Err(NoticeRefused::Stale));
    let earlier = now() - SignedDuration::from_mins(6);
    assert_eq!(source("shippo").read_webhook(&fresh, earlier), Err(NoticeRefused::Stale));
}

#[test]
fn without_a_signature_the_word_in_the_url_is_asked_for() {
    let mut plain = request(&[], BODY);
    plain.path_and_query = "/webhooks/shippo?token=the%20source%27s+own+secret".to_owned();
    assert!(source("shippo").read_webhook(&plain, now()).is_ok());
    plain.path_and_query = "/webhooks/shippo?token=guess".to_owned();
    assert_eq!(source("shippo").read_webhook(&plain, now()), Err(NoticeRefused::BadSignature));
    // A wrong signature is not made good by a word.
    let mut both = request(&[("shippo-auth-signature", "t=1,v1=00")], BODY);
    both.path_and_query = "/webhooks/shippo?token=the%20source%27s+own+secret".to_owned();
    assert_eq!(source("shippo").read_webhook(&both, now()), Err(NoticeRefused::BadSignature));
}

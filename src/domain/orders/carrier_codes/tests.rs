use super::{CodeBook, RawStatus, Row};
use crate::domain::orders::{DeliveryStatus, REASONS};

fn raw<'a>(status: &'a str, detail: &'a str, text: &'a str) -> RawStatus<'a> {
    RawStatus { status, detail, text }
}

/// Something that a row was written for.
fn sample(row: &Row) -> (String, String, String) {
    let example = |pattern: &Option<String>, other: &str| match pattern {
        Some(wanted) => wanted.replace('*', "999"),
        None => other.to_owned(),
    };
    (example(&row.status, "zzz"), example(&row.detail, "zzz"), row.text.first().cloned().unwrap_or_default())
}

#[test]
fn every_row_is_reached_and_names_a_reason_of_the_list() {
    for book in CodeBook::ALL {
        let rows = &book.table().codes;
        for (place, row) in rows.iter().enumerate() {
            assert!(row.status.is_some() || row.detail.is_some(), "{book:?} row {place} fits everything");
            let (status, detail, text) = sample(row);
            let first = rows.iter().position(|other| other.fits(raw(&status, &detail, &text)));
            assert_eq!(first, Some(place), "{book:?}: {status} {detail} is met by an earlier row");
            if let Some(reason) = &row.reason {
                assert!(REASONS.contains(&reason.as_str()), "{book:?}: {reason}");
                assert_eq!(row.meaning().reason, Some(reason.as_str()));
            }
            for words in &row.text {
                assert_eq!(*words, words.to_lowercase(), "{book:?}: words are compared in lower case");
            }
        }
    }
}

#[test]
fn known_codes_mean_what_the_vendors_say() {
    use DeliveryStatus::{
        AttemptFailed, Cancelled, Created, Customs, Damaged, Delayed, Delivered, Exception, InTransit, Lost,
        OutForDelivery, ReadyForPickup, ReturnedToSender, ReturningToSender, Unknown,
    };
    let cases = [
        (CodeBook::Shopify, raw("attempted_delivery", "", ""), AttemptFailed, Some("OTHER")),
        (CodeBook::Shopify, raw("OUT_FOR_DELIVERY", "", ""), OutForDelivery, None),
        (CodeBook::AfterShip, raw("AttemptFail", "AttemptFail_002", ""), AttemptFailed, Some("CUSTOMER_NOT_AVAILABLE")),
        (CodeBook::AfterShip, raw("OutForDelivery", "OutForDelivery_002", ""), ReadyForPickup, None),
        (CodeBook::AfterShip, raw("Delivered", "Delivered_099", ""), Delivered, None),
        (CodeBook::AfterShip, raw("Exception", "Exception_004", ""), Customs, None),
        (CodeBook::AfterShip, raw("Exception", "Exception_777", ""), Exception, Some("OTHER")),
        (CodeBook::AfterShip, raw("Pending", "Pending_003", ""), Unknown, None),
        (CodeBook::EasyPost, raw("in_transit", "arrived_at_facility", ""), InTransit, None),
        (CodeBook::EasyPost, raw("in_transit", "weather_delay", ""), Delayed, Some("WEATHER")),
        (CodeBook::EasyPost, raw("in_transit", "damaged", ""), Damaged, Some("DAMAGED")),
        (CodeBook::EasyPost, raw("failure", "refused", ""), AttemptFailed, Some("CUSTOMER_REFUSED")),
        (CodeBook::EasyPost, raw("delivered", "arrived_at_destination", ""), Delivered, None),
        (CodeBook::EasyPost, raw("return_to_sender", "return", ""), ReturningToSender, None),
        (CodeBook::EasyPost, raw("return_to_sender", "finalized", ""), ReturnedToSender, None),
        (CodeBook::EasyPost, raw("error", "unknown", ""), Unknown, None),
        (CodeBook::Shippo, raw("TRANSIT", "", "Your shipment is out for delivery."), OutForDelivery, None),
        (CodeBook::Shippo, raw("FAILURE", "package_lost", ""), Lost, None),
        (CodeBook::SeventeenTrack, raw("Exception", "Exception_Returned", ""), ReturnedToSender, None),
        (CodeBook::Shiprocket, raw("21", "", "Consignee not available"), AttemptFailed, Some("CUSTOMER_NOT_AVAILABLE")),
        (CodeBook::Shiprocket, raw("21", "", "Consignee refused to accept"), AttemptFailed, Some("CUSTOMER_REFUSED")),
        (CodeBook::Shiprocket, raw("21", "", "NDR"), AttemptFailed, Some("OTHER")),
        // In the order table 19 is out for delivery; in the shipment table it is out for pickup.
        (CodeBook::Shiprocket, raw("19", "", ""), Created, None),
        (CodeBook::Shiprocket, raw("8", "", ""), Cancelled, None),
        (CodeBook::Delhivery, raw("DL Delivered", "", ""), Delivered, None),
        (CodeBook::Delhivery, raw("DL RTO", "", ""), ReturnedToSender, None),
        (CodeBook::Delhivery, raw("DL DTO", "", ""), ReturnedToSender, None),
        (CodeBook::Delhivery, raw("UD Pending", "EOD-74", ""), AttemptFailed, Some("ADDRESS_INCOMPLETE")),
        (CodeBook::Delhivery, raw("UD Pending", "EOD-999", ""), AttemptFailed, Some("OTHER")),
        (CodeBook::Delhivery, raw("UD Pending", "", ""), InTransit, None),
        (CodeBook::Delhivery, raw("RT In Transit", "", ""), ReturningToSender, None),
    ];
    for (book, told, status, reason) in cases {
        let meaning = book.meaning_of(told);
        assert_eq!((meaning.status, meaning.reason, meaning.is_known), (status, reason, true), "{book:?} {told:?}");
    }
}

#[test]
fn a_code_that_nobody_knows_is_unknown_and_says_so() {
    for book in CodeBook::ALL {
        for told in [raw("", "", ""), raw("flying", "", ""), raw("ÄÖ", "ß*", "é"), raw("*", "*", "*")] {
            let meaning = book.meaning_of(told);
            assert_eq!((meaning.status, meaning.is_known), (DeliveryStatus::Unknown, false), "{book:?} {told:?}");
        }
    }
}

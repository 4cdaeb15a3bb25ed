use std::collections::BTreeSet;

use jiff::Timestamp;

use super::{demo_orders, resolve_demo_dates};
use crate::domain::orders::{DeliveryStatus, Order, Payment};

const DEMO_SHOP: &str = include_str!("../../../../config/demo-shop.jsonl");

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

#[test]
fn relative_days_become_dates() {
    // In India it is already the 23rd.
    let now = at("2026-11-22T20:47:00Z");
    for (written, resolved) in [
        (r#""@day+1[Asia/Kolkata]""#, r#""2026-11-24""#),
        (r#""@day[Asia/Kolkata]""#, r#""2026-11-23""#),
        (r#""@day-30Z""#, r#""2026-10-23""#),
        (r#""@day+1T14:00+05:30""#, r#""2026-11-24T14:00:00+05:30""#),
        (r#""@dayT14:00-05:00""#, r#""2026-11-22T14:00:00-05:00""#),
        (r#""@day-1T18:05[America/New_York]""#, r#""2026-11-21T18:05:00-05:00""#),
        (r#""@day-150T18:05[America/New_York]""#, r#""2026-06-25T18:05:00-04:00""#),
        (r#""@hour-3[Asia/Kolkata]""#, r#""2026-11-22T23:00:00+05:30""#),
        (r#""@hour[Europe/London]""#, r#""2026-11-22T20:00:00+00:00""#),
        (r#"{"a":"@hour+1Z","b":"@day"}"#, r#"{"a":"2026-11-22T21:00:00+00:00","b":"2026-11-22"}"#),
    ] {
        assert_eq!(resolve_demo_dates(written, now), resolved, "{written}");
    }
}

#[test]
fn anything_else_stays_as_it_is() {
    for text in [
        "",
        "plain",
        "\"@",
        "\"@\"",
        "\"@day+\"",
        "\"@day+99999999T10:00Z\"",
        "\"@day+1T99:00Z\"",
        "\"@day+1T1é:0Z\"",
        "\"@day+é\"",
        "\"@day[Nowhere/Land]\"",
        "\"@hour+1é\"",
        "\"@hour+1+é\"",
        "\"@noon\"",
        "mail \"@asha\" and @day+1",
    ] {
        assert_eq!(resolve_demo_dates(text, at("2026-11-22T20:47:00Z")), text, "{text}");
    }
}

fn statuses(orders: &[Order]) -> BTreeSet<DeliveryStatus> {
    orders.iter().flat_map(|order| order.shipments.iter().map(|shipment| shipment.status)).collect()
}

#[test]
fn the_demo_shop_is_whole_and_fresh_on_any_day() {
    for now in ["2026-11-22T20:47:00Z", "2027-03-28T00:59:00Z", "2028-02-29T18:31:00Z", "2026-12-31T23:59:59Z"] {
        let now = at(now);
        let orders = demo_orders(DEMO_SHOP, now).unwrap();
        assert!((40..=50).contains(&orders.len()));
        assert_eq!(statuses(&orders), BTreeSet::from(DeliveryStatus::ALL));
        let references: BTreeSet<_> = orders.iter().map(|order| &order.order_ref).collect();
        assert_eq!(references.len(), orders.len());
        for order in &orders {
            let reference = &order.order_ref.0;
            let digits = reference.strip_prefix("KH-").unwrap();
            assert!(digits.len() == 6 && digits.bytes().all(|byte| byte.is_ascii_digit()), "{reference}");
            assert!(order.placed_at < now, "{reference}");
            for shipment in &order.shipments {
                assert!(shipment.events.iter().all(|event| event.at < now), "{reference} tells of the future");
                assert!(shipment.eta_from.is_none_or(|from| now < from), "{reference} expects the past");
                assert!(shipment.events.last().is_none_or(|event| event.status == shipment.status), "{reference}");
            }
        }
        let currencies: BTreeSet<_> = orders.iter().map(|order| order.total.currency).collect();
        let zones: BTreeSet<_> = orders.iter().map(|order| order.time_zone.as_deref()).collect();
        let customers: BTreeSet<_> = orders.iter().map(|order| &order.customer.phone).collect();
        assert_eq!((currencies.len(), zones.len()), (3, 3));
        assert!(customers.len() < orders.len());
        for payment in [Payment::Cod, Payment::Prepaid] {
            assert!(orders.iter().any(|order| order.payment == payment));
        }
        assert!(orders.iter().any(|order| order.shipments.len() > 1));
    }
}

#[test]
fn the_sample_order_comes_tomorrow_afternoon() {
    let orders = demo_orders(DEMO_SHOP, at("2026-11-23T05:00:00Z")).unwrap();
    let sample = orders.iter().find(|order| order.order_ref.0 == "KH-452719").unwrap();
    let parcel = &sample.shipments[0];
    assert_eq!(sample.customer.phone.reveal(), "+919845012345");
    assert_eq!((parcel.status, parcel.carrier.as_str()), (DeliveryStatus::InTransit, "delhivery"));
    assert_eq!(parcel.eta_from, Some(at("2026-11-24T14:00:00+05:30")));
    assert_eq!(parcel.eta_to, Some(at("2026-11-24T18:00:00+05:30")));
    let seen = parcel.events.last().unwrap();
    assert_eq!((seen.at, seen.place.as_deref()), (at("2026-11-22T18:05:00+05:30"), Some("Nagpur hub")));
}

#[test]
fn a_bad_demo_line_is_named() {
    let (line, refused) = demo_orders("# people: invented\n\n{}\n", at("2026-11-22T20:47:00Z")).unwrap_err();
    assert_eq!((line, refused.to_string().as_str()), (3, "order_ref: is missing"));
}

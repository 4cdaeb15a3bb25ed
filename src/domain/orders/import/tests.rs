use proptest::prelude::*;

use super::{ORDERS, ROW_BYTES_MAX, order_from_json};
use crate::domain::orders::Order;

const SAMPLE: &str = r#"{"order_ref":"KH-452719","placed_at":"2026-11-18T10:04:00+05:30","customer":{"name":"Asha Rao","phone":"+919845012345","email":"asha@example.com","language":"en-IN"},"items":[{"title":"pressure cooker, five litre","quantity":1}],"total":{"amount_minor":149900,"currency":"INR"},"payment":"cod","promised_by":"2026-11-23","address":{"lines":["Flat 12, Lake View"],"city":"Bengaluru","state":"KA","postcode":"560034","country":"IN"},"shipments":[{"tracking_number":"DEL123456789","carrier":"delhivery","status":"in_transit","eta_from":"2026-11-24T14:00:00+05:30","eta_to":"2026-11-24T18:00:00+05:30","events":[{"at":"2026-11-21T18:05:00+05:30","status":"in_transit","place":"Nagpur hub","reason":null}]}]}"#;

const HEADER: &str = "order_ref,placed_at,customer.name,customer.phone,customer.email,customer.language,\
    items.0.title,items.0.quantity,total.amount_minor,total.currency,payment,promised_by,address.lines.0,\
    address.lines.1,address.city,address.state,address.postcode,address.country,shipments.0.tracking_number,\
    shipments.0.carrier,shipments.0.status,shipments.0.eta_from,shipments.0.eta_to,shipments.0.events.0.at,\
    shipments.0.events.0.status,shipments.0.events.0.place,shipments.0.events.0.reason,\
    shipments.1.tracking_number,shipments.1.carrier";

const ROW: &str = "KH-452719,2026-11-18T10:04:00+05:30,Asha Rao,+919845012345,asha@example.com,en-IN,\
    \"pressure cooker, five litre\",1,149900,INR,cod,2026-11-23,\"Flat 12, Lake View\",,Bengaluru,KA,560034,IN,\
    DEL123456789,delhivery,in_transit,2026-11-24T14:00:00+05:30,2026-11-24T18:00:00+05:30,\
    2026-11-21T18:05:00+05:30,in_transit,Nagpur hub,,,";

fn sample() -> Order {
    serde_json::from_str(SAMPLE).unwrap()
}

/// The sample with one piece of its text replaced.
fn with(old: &str, new: &str) -> String {
    assert!(SAMPLE.contains(old), "{old}");
    SAMPLE.replacen(old, new, 1)
}

#[test]
fn a_json_line_is_the_order_it_says() {
    assert_eq!(order_from_json(SAMPLE).unwrap(), sample());
    assert_eq!(order_from_json(&serde_json::to_string(&sample()).unwrap()).unwrap(), sample());
}

#[test]
fn a_csv_row_is_the_same_order() {
    for delimiter in [",", ";", "\t"] {
        let header = ORDERS.header(&HEADER.replace(',', delimiter)).unwrap();
        let row = ROW.replace(", ", "\u{1}").replace(',', delimiter).replace('\u{1}', ", ");
        assert_eq!(ORDERS.from_row(&header, &row).unwrap(), sample(), "{delimiter:?}");
    }
}

#[test]
fn quotes_and_lists_of_a_csv_row_are_read() {
    let header = ORDERS.header(&format!("{HEADER},items.10.title,items.2.title")).unwrap();
    let order = ORDERS.from_row(&header, &format!("{ROW},\"the \"\"last\"\" one\",the second")).unwrap();
    let titles: Vec<_> = order.items.iter().map(|item| item.title.as_str()).collect();
    assert_eq!(titles, ["pressure cooker, five litre", "the second", "the \"last\" one"]);
}

#[test]
fn events_are_sorted_by_their_time() {
    let events = r#""events":[{"at":"2026-11-22T09:00:00Z","status":"at_local_depot"},"#;
    let order = order_from_json(&with("\"events\":[", events)).unwrap();
    assert!(order.shipments[0].events.is_sorted_by_key(|event| event.at));
}

#[test]
fn what_is_wrong_is_told_with_a_remedy() {
    for (old, new, reason) in [
        ("KH-452719", "--", "order_ref: must have letters"),
        ("KH-452719", "", "order_ref: is missing"),
        ("KH-452719", "KH\\u00004", "order_ref: must be one line"),
        ("\"Asha Rao\"", "7", "customer.name: must be text"),
        ("\"Asha Rao\"", "null", "customer.name: is missing"),
        ("+919845012345", "9845012345", "customer.phone: a phone number is written in E.164"),
        ("asha@example.com", "asha at example", "customer.email: write one e-mail"),
        ("en-IN", "english!", "customer.language: write a language tag"),
        ("2026-11-18T10:04:00+05:30", "2026-11-18 10:04", "placed_at: write a time with its offset"),
        ("2026-11-23", "23.11.2026", "promised_by: write a day"),
        ("2026-11-23", "2026-02-30", "promised_by: write a day"),
        ("149900", "1499.00", "total.amount_minor: must be a whole number"),
        ("149900", "-1", "total.amount_minor: must be a whole number"),
        ("149900", "99999999999999999999", "total.amount_minor: must be a whole number"),
        ("INR", "rupees", "total.currency: a currency is a three-letter"),
        ("cod", "card", "payment: write cod or prepaid"),
        ("\"quantity\":1", "\"quantity\":0", "items.0.quantity: must be a whole number from 1"),
        ("560034", "056003", "address.postcode: write six digits"),
        ("\"IN\"", "\"India\"", "address.country: write a two-letter"),
        ("in_transit", "on its way", "shipments.0.status: write one of created, in_transit"),
        ("\"eta_from\":\"2026-11-24T14:00:00+05:30\",", "", "shipments.0: write both eta_from and eta_to"),
        ("T18:00:00+05:30", "T13:00:00+05:30", "shipments.0: eta_to must not be before"),
        ("\"reason\":null", "\"reason\":\"dog\"", "shipments.0.events.0.reason: write one of CUSTOMER_NOT"),
        ("\"shipments\":[", "\"time_zone\":\"Mars/Base\",\"shipments\":[", "time_zone: write an IANA"),
        ("\"promised_by\"", "\"promised\"", "has an unknown field; known are order_ref"),
        ("\"city\"", "\"town\"", "address: has an unknown field; known are lines"),
        ("[\"Flat 12, Lake View\"]", "\"Flat 12\"", "address.lines: must be a list"),
        ("{\"order_ref\"", "[{\"order_ref\"", "not one whole JSON object (column"),
    ] {
        let refused = order_from_json(&with(old, new)).unwrap_err().to_string();
        assert!(refused.starts_with(reason), "{new:?}: {refused}");
    }
    let again = "\"shipments\":[{\"tracking_number\":\"DEL123456789\",\"carrier\":\"delhivery\",\"status\":\"lost\"},";
    let refused = order_from_json(&with("\"shipments\":[", again)).unwrap_err().to_string();
    assert!(refused.starts_with("shipments.1: repeats a parcel"), "{refused}");
    let refused = order_from_json("[]").unwrap_err().to_string();
    assert_eq!(refused, "must be an object");
    let refused = order_from_json(&" ".repeat(ROW_BYTES_MAX + 1)).unwrap_err().to_string();
    assert!(refused.contains("too long"), "{refused}");
}

#[test]
fn postcodes_have_the_form_of_their_country() {
    for (country, postcode, is_valid) in [
        ("IN", "560 034", true),
        ("IN", "56003", false),
        ("US", "60614", true),
        ("US", "60614-1234", true),
        ("US", "6061", false),
        ("GB", "sw1a 1aa", true),
        ("GB", "M1 3HU", true),
        ("GB", "SW1A", false),
        ("GB", "12 345", false),
        ("AE", "", true),
        ("IE", "D02 AF30", true),
        ("DE", "10115?", false),
        ("IN", "", false),
    ] {
        let line = with("\"560034\",\"country\":\"IN\"", &format!("\"{postcode}\",\"country\":\"{country}\""));
        assert_eq!(order_from_json(&line).is_ok(), is_valid, "{country} {postcode}");
    }
}

#[test]
fn reasons_repeat_no_value() {
    for line in [
        with("+919845012345", "077700-90010"),
        with("\"name\":\"Asha Rao\"", "\"name\":[\"Asha Rao\"]"),
        with("\"lines\"", "\"Asha Rao\""),
        with("560034", "Asha Rao"),
        SAMPLE.replace("\"country\"", "country"),
    ] {
        let refused = order_from_json(&line).unwrap_err();
        let told = format!("{refused} {refused:?}");
        assert!(!told.contains("Asha") && !told.contains("90010"), "{told}");
    }
    let headless = ORDERS.header(ROW).unwrap_err().to_string();
    assert_eq!(headless, "column 1 has an unknown name; the first row must hold names such as order_ref or placed_at");
}

#[test]
fn a_header_must_be_one() {
    for (header, reason) in [
        ("order_ref,order_ref", "column 2 repeats"),
        ("order_ref,items.0", "column 2 has an unknown name"),
        ("order_ref,items.100.title", "column 2 has an unknown name"),
        ("order_ref,items.#.title", "column 2 has an unknown name"),
        ("", "not a row of CSV"),
    ] {
        let refused = ORDERS.header(header).unwrap_err().to_string();
        assert!(refused.starts_with(reason), "{header}: {refused}");
    }
}

#[test]
fn a_row_must_have_the_cells_of_its_header() {
    let header = ORDERS.header(HEADER).unwrap();
    let refused = ORDERS.from_row(&header, "KH-1,2026").unwrap_err().to_string();
    assert!(refused.starts_with("the row has 2 cells and the header 29"), "{refused}");
    let refused = ORDERS.from_row(&header, &ROW.replace("cod", "")).unwrap_err().to_string();
    assert_eq!(refused, "payment: is missing");
}

proptest! {
    #[test]
    fn any_line_is_answered(line in "\\PC{0,200}") {
        prop_assert!(order_from_json(&line).is_err());
        let _ = ORDERS.header(&line);
        let _ = ORDERS.from_row(&ORDERS.header(HEADER).unwrap(), &line);
    }

    #[test]
    fn a_damaged_line_is_answered(at in 0..SAMPLE.len(), sign in any::<char>()) {
        let mut line = SAMPLE.to_owned();
        if line.is_char_boundary(at) {
            line.insert(at, sign);
        }
        if let Ok(order) = order_from_json(&line) {
            prop_assert_eq!(order.shipments.len(), 1);
        }
    }
}

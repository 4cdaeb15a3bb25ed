//! A shop, its words, and orders in every state.

use std::sync::{Arc, LazyLock};

use jiff::{Timestamp, ToSpan};

use crate::domain::call::CallDirection;
use crate::domain::dialogue::claims::ClaimCheck;
use crate::domain::dialogue::understanding::{Understanding, head::Head, vocabulary};
use crate::domain::dialogue::{Brief, ModelChecks, Outreach, Phrasebook, RecordingNotice, ShopProfile};
use crate::domain::orders::{
    Address, Customer, DeliveryStatus, Item, Order, OrderRef, Payment, Shipment, TrackingEvent,
};
use crate::domain::speech::shipped;
use crate::domain::values::{CallId, Currency, Money, PhoneNumber};

pub(super) const CALLER: &str = "+919845012345";
const STRANGER: &str = "+919900011122";

pub(in crate::domain) static BOOK: LazyLock<Arc<Phrasebook>> = LazyLock::new(|| {
    let files = prompt_files();
    let files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    Arc::new(Phrasebook::load(&files, shipped::LOCALES.clone()).expect("the prompts are complete"))
});

pub(in crate::domain) static UNDERSTANDING: LazyLock<Arc<Understanding>> = LazyLock::new(|| {
    let weights = std::fs::read(path("prompts/understanding/en.head")).expect("the weights are part of the package");
    let head = Head::read(&weights).expect("the weights are of the form");
    Arc::new(vocabulary::shipped::understanding().with_head(Arc::new(head)))
});

/// What a model's sentences are checked against.
pub(in crate::domain) static CHECKS: LazyLock<Arc<ModelChecks>> = LazyLock::new(|| {
    let aloud = ClaimCheck::compile(&read("prompts/claims/en.toml")).expect("the claim file is right");
    let summary = aloud.with_phrases(&read("prompts/claims/summary.en.toml")).expect("so is that of summaries");
    Arc::new(ModelChecks { aloud, summary })
});

/// A file of the package, so that words can be changed without a new build of the tests.
pub(in crate::domain::dialogue) fn read(path: &str) -> String {
    std::fs::read_to_string(self::path(path)).expect("the file is part of the package")
}

fn path(path: &str) -> String {
    format!("{}/{path}", env!("CARGO_MANIFEST_DIR"))
}

/// What the agent says: every file of sentences with its name, in the order of their names.
pub(in crate::domain::dialogue) fn prompt_files() -> Vec<(String, String)> {
    let folder = format!("{}/prompts", env!("CARGO_MANIFEST_DIR"));
    let entries = std::fs::read_dir(folder).expect("the prompts are part of the package");
    let names = entries.map(|entry| entry.expect("the folder can be read").file_name().into_string().expect("UTF-8"));
    let mut names: Vec<String> = names.filter(|name| name.ends_with(".toml") && name.split('.').count() == 3).collect();
    names.sort();
    names.into_iter().map(|name| (name.clone(), read(&format!("prompts/{name}")))).collect()
}

/// Sunday the twenty-second of November, ten in the morning in India.
pub(in crate::domain::dialogue) fn now() -> Timestamp {
    "2026-11-22T10:00:00+05:30".parse().unwrap()
}

pub(super) fn phone(number: &str) -> PhoneNumber {
    number.parse().unwrap()
}

pub(in crate::domain::dialogue) fn shop() -> ShopProfile {
    ShopProfile {
        id: "kora".into(),
        name: "Kora Home".into(),
        callback_number: phone("+918041234567"),
        website_spoken: "kora home dot example".into(),
        time_zone: "Asia/Kolkata".into(),
        emergency_number_spoken: "one one two".into(),
        human_callback_within_hours: 4,
        asks_call_score: false,
        sends_payment_links: false,
    }
}

pub(super) fn brief(caller: Option<&str>, recording: RecordingNotice) -> Brief {
    Brief {
        call: CallId::new(uuid::Uuid::nil()),
        direction: CallDirection::Inbound,
        shop: Arc::new(shop()),
        caller: caller.map(phone),
        started_at: now(),
        recording,
        outreach: None,
        handover: None,
    }
}

/// A call of the shop to the first order's customer, about the order as it was when the call was planned.
pub(super) fn outbound_brief(recording: RecordingNotice, outreach: Outreach) -> Brief {
    let caller = Some(outreach.order.customer.phone.clone());
    Brief { direction: CallDirection::Outbound, caller, outreach: Some(outreach), ..brief(None, recording) }
}

/// Orders by description: `in_transit late, delivered`; see [`order`].
pub(in crate::domain::dialogue) fn orders(description: &str) -> Vec<Arc<Order>> {
    let described = description.split(',').map(str::trim).filter(|text| !text.is_empty() && *text != "none");
    described.enumerate().map(|(number, text)| Arc::new(order(number, text))).collect()
}

/// One order: a status and traits (`late`, `kept`, `no_eta`, `passed`, `stale`, `very_stale`, `silent`, `cod`, `why`,
/// `two_parcels`, `unsent`, `noted`, `address`, `stranger`, `out_yesterday`).
fn order(number: usize, description: &str) -> Order {
    let mut words = description.split_whitespace();
    let status_word = words.next().unwrap();
    let status = DeliveryStatus::ALL.into_iter().find(|status| status.as_str() == status_word).unwrap();
    let traits: Vec<&str> = words.collect();
    let has = |wanted: &str| traits.contains(&wanted);
    let references = ["KH-452719", "KH-118203", "KH-660415", "KH-730162"];
    let titles = ["pressure cooker, five litre", "cotton bed sheet", "table lamp", "wall clock"];
    let placed = ["2026-11-17T10:04:00+05:30", "2026-11-19T12:00:00+05:30", "2026-11-20T09:30:00+05:30"];
    let mut order = Order {
        order_ref: OrderRef(references[number].into()),
        placed_at: placed[number.min(2)].parse().unwrap(),
        customer: Customer {
            name: "Asha Rao".to_owned().into(),
            phone: phone(if has("stranger") { STRANGER } else { CALLER }),
            email: None,
            language: Some("en-IN".into()),
        },
        items: vec![Item { title: titles[number].into(), quantity: 1 }],
        total: Money { amount_minor: 149_900, currency: Currency::INR },
        payment: if has("cod") { Payment::Cod } else { Payment::Prepaid },
        promised_by: None,
        address: Address {
            lines: vec!["Flat 12, Lake View".to_owned().into()],
            city: "Bengaluru".into(),
            state: Some("KA".into()),
            postcode: "560034".to_owned().into(),
            country: "IN".into(),
        },
        shipments: vec![shipment(status, &traits)],
        time_zone: Some("Asia/Kolkata".into()),
        cancelled_at: None,
    };
    if has("late") {
        order.promised_by = Some("2026-11-23".parse().unwrap());
    }
    if has("kept") {
        order.promised_by = Some("2026-11-26".parse().unwrap());
    }
    if has("overdue") {
        order.promised_by = Some("2026-11-20".parse().unwrap());
    }
    if has("two_parcels") {
        order.shipments.push(shipment(DeliveryStatus::Delivered, &[]));
    }
    if has("unsent") {
        order.shipments.clear();
    }
    order
}

fn shipment(status: DeliveryStatus, traits: &[&str]) -> Shipment {
    let has = |wanted: &str| traits.contains(&wanted);
    let (from, to) = match status {
        DeliveryStatus::OutForDelivery => ("2026-11-22T14:00:00+05:30", "2026-11-22T18:00:00+05:30"),
        _ => ("2026-11-24T14:00:00+05:30", "2026-11-24T18:00:00+05:30"),
    };
    let (from, to) =
        if has("passed") { ("2026-11-20T14:00:00+05:30", "2026-11-20T18:00:00+05:30") } else { (from, to) };
    let age = match () {
        () if has("very_stale") => 96.hours(),
        () if has("stale") => 40.hours(),
        () if has("out_yesterday") => 20.hours(),
        () => 3.hours(),
    };
    let event = TrackingEvent {
        at: now().checked_sub(age).unwrap(),
        status,
        place: Some("Nagpur hub".into()),
        reason: (has("why") || has("address")).then(|| {
            match status {
                DeliveryStatus::AttemptFailed => "CUSTOMER_NOT_AVAILABLE",
                _ if has("address") => "ADDRESS_INCOMPLETE",
                _ => "WEATHER",
            }
            .to_owned()
        }),
        note: has("noted").then(|| "left with the guard at gate two".to_owned().into()),
        report: None,
    };
    Shipment {
        tracking_number: "DEL123456789".into(),
        carrier: "delhivery".into(),
        status,
        eta_from: (!has("no_eta")).then(|| from.parse().unwrap()),
        eta_to: (!has("no_eta")).then(|| to.parse().unwrap()),
        events: if has("silent") { Vec::new() } else { vec![event] },
        usual_scan_gap_hours: Some(48),
    }
}

//! How many decisions a second one core makes: rules and policies together, for customers with a history.

#![expect(clippy::print_stdout, reason = "a benchmark prints its figures")]

use std::hint::black_box;
use std::time::Instant;

use doorstep::domain::orders::{Order, OrderRef};
use doorstep::domain::outreach::policy::{
    Callee, Consent, ContactResult, ContactWay, Contacts, Numbering, PastContact, Policies, PolicyFiles, may_call,
};
use doorstep::domain::outreach::rules::{Case, History, Rules, changes};
use doorstep::domain::outreach::{Channel, Urgency};
use jiff::{SignedDuration, Timestamp};

const ROUNDS: usize = 20_000;

fn policies(rules: &str) -> (Rules, Policies) {
    let (rules, shop, quiet) = Rules::read(rules).expect("the rules are well-formed");
    let numbering = Numbering::read(include_str!("../config/numbering/time_zones.txt")).expect("a list");
    let numbering = numbering.with_areas(include_str!("../config/numbering/nanp_areas.txt")).expect("a list");
    let file = |name: &str, text: &str| (name.to_owned(), text.to_owned());
    let countries = vec![
        file("in.toml", include_str!("../config/policies/in.toml")),
        file("us.toml", include_str!("../config/policies/us.toml")),
        file("gb.toml", include_str!("../config/policies/gb.toml")),
    ];
    let files = PolicyFiles { countries, holidays: include_str!("../config/policies/holidays.txt").to_owned() };
    (rules, Policies::read(&files, numbering, &shop, quiet).expect("the policies are well-formed"))
}

fn order(index: usize) -> Order {
    let (phone, state, country, zone, currency) = [
        ("+919845012345", "KA", "IN", "Asia/Kolkata", "INR"),
        ("+12135550143", "FL", "US", "America/New_York", "USD"),
        ("+442079460123", "England", "GB", "Europe/London", "GBP"),
        ("+919845012345", "England", "GB", "Europe/London", "GBP"),
    ][index % 4];
    let status = ["attempt_failed", "delayed", "out_for_delivery", "exception"][index / 4 % 4];
    let amount = [149_900, 900_000][index / 16 % 2];
    let text = format!(
        r#"{{"order_ref":"KH-{index}","placed_at":"2026-11-24T10:00:00Z","customer":{{"name":"Asha Rao",
        "phone":"{phone}","email":"asha@example.com"}},"items":[],"total":{{"amount_minor":{amount},
        "currency":"{currency}"}},"payment":"cod","promised_by":"2026-11-27","address":{{"lines":["Flat 12"],
        "city":"City","state":"{state}","postcode":"560034","country":"{country}"}},"time_zone":"{zone}",
        "shipments":[{{"tracking_number":"DEL1","carrier":"delhivery","status":"{status}",
        "eta_from":"2026-11-25T14:00:00Z","eta_to":"2026-11-25T18:00:00Z",
        "events":[{{"at":"2026-11-25T06:00:00Z","status":"{status}","place":"Hub"}}]}}]}}"#
    );
    serde_json::from_str(&text).expect("an order")
}

fn contacts() -> Contacts {
    let now: Timestamp = "2026-11-25T06:00:00Z".parse().expect("a time");
    let contact = |hours: i64| PastContact {
        at: now.checked_sub(SignedDuration::from_hours(hours)).expect("a time"),
        way: if hours % 2 == 0 { ContactWay::OurCall } else { ContactWay::Message(Channel::Sms) },
        result: ContactResult::NoConversation,
        order_ref: Some(OrderRef(format!("KH-{hours}"))),
        about: "delayed".to_owned(),
    };
    let made = [30, 31, 60, 61, 90, 120, 121, 200].map(contact).to_vec();
    Contacts { consent: Consent::Given { proof: "checkout".to_owned() }, made, ..Contacts::default() }
}

fn main() {
    let started = Instant::now();
    let (rules, policies) = policies(include_str!("../config/outreach.toml"));
    println!("reading rules and policies: {:.1} ms", started.elapsed().as_secs_f64() * 1e3);
    let orders: Vec<Order> = (0..32).map(order).collect();
    let history = History::default().with_contacts(contacts());
    // Across a whole day, so that some are allowed and some have to look for the next opening.
    let day: Timestamp = "2026-11-25T06:30:00Z".parse().expect("a time");
    let moment = |round: usize| {
        let minutes = i64::try_from(round * 7 % (24 * 60)).unwrap_or(0);
        day.checked_add(SignedDuration::from_mins(minutes)).expect("a time")
    };
    let events: Vec<_> = orders.iter().map(|order| changes(None, order).pop().expect("an event")).collect();
    let started = Instant::now();
    for round in 0..ROUNDS {
        let index = round % orders.len();
        let case = Case { event: &events[index], order: &orders[index], history: &history };
        black_box(rules.decide(black_box(&case), &policies, moment(round)));
    }
    report("decisions", started);
    let started = Instant::now();
    for round in 0..ROUNDS {
        let order = &orders[round % orders.len()];
        let callee = Callee::of_order(order, "delayed", Urgency::Normal);
        black_box(may_call(black_box(&callee), &policies, &history.contacts, moment(round)));
    }
    report("may_call verdicts", started);
}

fn report(what: &str, started: Instant) {
    let seconds = started.elapsed().as_secs_f64();
    println!("{:>9.0} {what} a second, {:.1} us each", ROUNDS as f64 / seconds, seconds * 1e6 / ROUNDS as f64);
}

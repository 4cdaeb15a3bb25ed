use jiff::Timestamp;

use super::card::is_overdue;
use super::{CardSources, DeskState, DeskStep, OpenRequest, PromiseState, context_card};
use crate::domain::call::{CallDirection, EscalationWay, OpenedCall};
use crate::domain::orders::Order;
use crate::domain::values::{CallId, Personal};

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_795_000_000 + second).unwrap()
}

#[test]
fn each_step_leads_where_it_should_or_nowhere() {
    use DeskState::{Accepted, Done, Refused, Waiting};
    let steps = [DeskStep::Accept, DeskStep::Refuse, DeskStep::Finish, DeskStep::HandBack];
    for (from, to) in [
        (Waiting, [Some(Accepted), Some(Refused), Some(Done), Some(Waiting)]),
        (Accepted, [None, Some(Refused), Some(Done), Some(Waiting)]),
        (Refused, [Some(Accepted), None, None, Some(Waiting)]),
        (Done, [None, None, None, None]),
    ] {
        assert_eq!(steps.map(|step| from.after(step)), to, "{from:?}");
    }
}

#[test]
fn a_promise_is_kept_by_what_is_done_in_time() {
    for (before, due_at, done_at, after) in [
        (PromiseState::Open, Some(10), 10, PromiseState::Kept),
        (PromiseState::Open, Some(10), 11, PromiseState::Missed),
        (PromiseState::Open, None, 99, PromiseState::Kept),
        (PromiseState::Kept, Some(10), 99, PromiseState::Kept),
        (PromiseState::Missed, Some(10), 1, PromiseState::Missed),
    ] {
        assert_eq!(before.when_done(due_at.map(at), at(done_at)), after, "{before:?} due {due_at:?} at {done_at}");
    }
}

fn request(state: DeskState, due_at: Option<Timestamp>) -> OpenRequest {
    OpenRequest {
        id: "request-1".to_owned(),
        kind: "human_callback".to_owned(),
        way: Some(EscalationWay::Callback),
        order_ref: None,
        details: vec![("note".to_owned(), Personal::new("the box is wet".to_owned()))],
        due_at,
        state,
    }
}

#[test]
fn what_is_due_and_not_done_is_overdue() {
    for (state, due_at, expected) in [
        (DeskState::Waiting, Some(10), true),
        (DeskState::Accepted, Some(10), true),
        (DeskState::Done, Some(10), false),
        (DeskState::Waiting, Some(11), false),
        (DeskState::Waiting, None, false),
    ] {
        assert_eq!(is_overdue(&request(state, due_at.map(at)), at(11)), expected, "{state:?} {due_at:?}");
    }
}

fn order() -> Order {
    let events: Vec<String> = (0..7)
        .map(|hour| {
            let status = if hour == 1 { "attempt_failed" } else { "in_transit" };
            format!(r#"{{"at":"2026-11-21T0{hour}:00:00Z","status":"{status}","place":"hub {hour}","reason":null}}"#)
        })
        .collect();
    let text = format!(
        r#"{{"order_ref":"KH-452719","placed_at":"2026-11-18T10:04:00Z","customer":{{"name":"Asha Rao",
        "phone":"+919845012345"}},"items":[],"total":{{"amount_minor":149900,"currency":"INR"}},"payment":"cod",
        "address":{{"lines":["Flat 12"],"city":"Bengaluru","state":"KA","postcode":"560034","country":"IN"}},
        "shipments":[{{"tracking_number":"DEL1","carrier":"delhivery","status":"in_transit",
        "usual_scan_gap_hours":24,"events":[{}]}}]}}"#,
        events.join(",")
    );
    serde_json::from_str(&text).unwrap()
}

fn card_at(now: &str) -> serde_json::Value {
    let opened = OpenedCall {
        id: CallId::new(uuid::Uuid::nil()),
        provider: "twilio".to_owned(),
        provider_call_id: "CA1".to_owned(),
        direction: CallDirection::Inbound,
        scenario: "I1_WISMO".to_owned(),
        from: Some("+919845012345".parse().unwrap()),
        to: Some("+918045678900".parse().unwrap()),
        started_at: at(0),
    };
    let request = request(DeskState::Waiting, Some(at(0)));
    let card = context_card(&CardSources {
        now: now.parse().unwrap(),
        request: &request,
        opened: &opened,
        finished: None,
        order: Some(&order()),
        has_opted_out: true,
        same_call: &[],
        earlier: &[],
    });
    serde_json::to_value(card).unwrap()
}

#[test]
fn a_card_of_a_call_in_progress_has_what_is_known_already() {
    let card = card_at("2026-11-22T06:00:00Z");
    assert_eq!(card["why"]["trigger"], "human_callback");
    assert_eq!(card["why"]["asked"][0][1], "the box is wet");
    assert_eq!(card["who"]["customer_name"], "Asha Rao");
    assert_eq!(card["who"]["number"], "+919845012345", "the caller's, not the shop's");
    assert_eq!(card["who"]["has_opted_out"], true);
    assert_eq!(card["order"]["address"], serde_json::json!(["Flat 12", "Bengaluru", "KA", "560034"]));
    let parcel = &card["parcels"][0];
    assert_eq!(parcel["events"].as_array().unwrap().len(), 5);
    assert_eq!(parcel["events"][4]["place"], "hub 6", "the newest come last");
    assert_eq!(parcel["failed_attempts"][0]["place"], "hub 1", "however long ago");
    assert_eq!(card["this_call"]["summary"], serde_json::Value::Null);
    assert_eq!(card["links"]["order"], "/api/v1/orders/KH-452719");
}

#[test]
fn a_silence_is_usual_up_to_the_lanes_own_gap() {
    for (now, is_usual) in [("2026-11-22T06:30:00Z", true), ("2026-11-22T07:30:00Z", false)] {
        assert_eq!(card_at(now)["parcels"][0]["is_gap_usual"], is_usual, "{now}");
    }
}

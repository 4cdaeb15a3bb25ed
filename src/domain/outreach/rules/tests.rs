use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};

use super::*;
use crate::domain::orders::DeliveryStatus;
use crate::domain::outreach::Urgency;
use crate::domain::outreach::policy::tests::shipped;
use crate::domain::outreach::policy::{ContactResult, OptedOut};
use crate::domain::outreach::texts::{MessageTexts, Sender};
use crate::domain::speech::shipped::LOCALES;

const RULES: &str = include_str!("../../../../config/outreach.toml");
const TEXTS: &str = include_str!("../../../../prompts/messages/en.toml");
/// Noon of a Wednesday in Bengaluru.
const NOON: &str = "2026-11-25T12:00:00+05:30";

fn rules() -> Rules {
    Rules::read(RULES).unwrap().0
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// An order with one parcel in a status since half an hour before noon.
fn order(order_ref: &str, status: &str, amount: i64) -> Order {
    let text = format!(
        r#"{{"order_ref":"{order_ref}","placed_at":"2026-11-25T11:00:00+05:30","customer":{{"name":"Asha Rao",
        "phone":"+919845012345","email":"asha@example.com","language":"en-IN"}},"items":[],
        "total":{{"amount_minor":{amount},"currency":"INR"}},"payment":"prepaid","promised_by":"2026-11-27",
        "address":{{"lines":["Flat 12"],"city":"Bengaluru","state":"KA","postcode":"560034","country":"IN"}},
        "time_zone":"Asia/Kolkata","shipments":[{{"tracking_number":"DEL1","carrier":"delhivery",
        "status":"{status}","eta_from":"2026-11-25T14:00:00+05:30","eta_to":"2026-11-25T18:00:00+05:30",
        "events":[{{"at":"2026-11-25T11:30:00+05:30","status":"{status}","place":"Nagpur hub"}}]}}]}}"#
    );
    serde_json::from_str(&text).unwrap()
}

fn decide(order: &Order, history: &History) -> Decision {
    let event = present(order, None, at(NOON)).unwrap();
    decide_event(&event, order, history, NOON)
}

fn decide_event(event: &Event, order: &Order, history: &History, now: &str) -> Decision {
    rules().decide(&Case { event, order, history }, &shipped(), at(now))
}

fn said(decision: &Decision) -> String {
    let rule = decision.rule.as_deref().unwrap_or("-");
    let what = match &decision.action {
        Action::Call(plan) => format!("call {}", plan.scenario),
        Action::Message(message) => format!("{} {}", message.channel.as_str(), message.text),
        Action::Nothing => "nothing".to_owned(),
    };
    match &decision.why {
        Some(why) => format!("{rule}: {what} ({})", why.text()),
        None => format!("{rule}: {what}"),
    }
}

/// The table of moments and channels.
#[test]
fn each_moment_gets_its_channel() {
    let (routine, high, top) = (149_900, 500_000, 2_000_000);
    for (status, amount, expected) in [
        ("created", routine, "order_confirmed: email order_confirmed"),
        ("in_transit", routine, "dispatched: sms dispatched"),
        ("in_transit", top, "dispatched_high_value: call high_value"),
        ("delayed", routine, "delayed: sms delayed"),
        ("delayed", high, "delayed_much_or_precious: call delayed"),
        ("out_for_delivery", routine, "out_for_delivery: sms out_for_delivery"),
        ("out_for_delivery", high, "out_for_delivery_presence: call out_for_delivery"),
        ("attempt_failed", routine, "attempt_failed: call failed_attempt"),
        ("exception", routine, "exception: sms exception"),
        ("lost", routine, "exception_precious: call exception"),
        ("ready_for_pickup", routine, "ready_for_pickup: sms ready_for_pickup"),
        ("returning_to_sender", routine, "returning: sms returning"),
        ("delivered", top, "delivered: sms delivered"),
        ("cancelled", routine, "-: nothing (no rule of this moment fits)"),
    ] {
        assert_eq!(said(&decide(&order("KH-1", status, amount), &History::default())), expected, "{status} {amount}");
    }
}

#[test]
fn rules_passed_over_say_why() {
    let decision = decide(&order("KH-1", "delayed", 149_900), &History::default());
    let why = "the order's value is routine; no day by which it is needed is close; \
        it is 0 hours later than said before; the tracking page was visited 0 times";
    let expected = PassedRule { rule: "delayed_much_or_precious".to_owned(), why: why.to_owned() };
    assert_eq!(decision.passed, [expected]);
}

#[test]
fn what_the_shop_knows_raises_the_channel() {
    let delayed = order("KH-1", "delayed", 149_900);
    let signals = |signals| History { signals, ..History::default() };
    let needed = Signals { need_by: Some("2026-11-26".parse().unwrap()), ..Signals::default() };
    assert_eq!(said(&decide(&delayed, &signals(needed))), "delayed_much_or_precious: call delayed");
    let late = Signals { need_by: Some("2026-12-24".parse().unwrap()), ..Signals::default() };
    assert_eq!(said(&decide(&delayed, &signals(late))), "delayed: sms delayed");
    let worried = Signals { page_visits: 2, ..Signals::default() };
    assert_eq!(said(&decide(&delayed, &signals(worried))), "delayed_much_or_precious: call delayed");
    let signature = Signals { presence_needed: true, ..Signals::default() };
    let riding = order("KH-1", "out_for_delivery", 149_900);
    assert_eq!(said(&decide(&riding, &signals(signature))), "out_for_delivery_presence: call out_for_delivery");
    let cash = Order { payment: crate::domain::orders::Payment::Cod, ..riding };
    assert_eq!(said(&decide(&cash, &History::default())), "out_for_delivery_presence: call out_for_delivery");
}

#[test]
fn attempts_and_reasons_choose_the_rule() {
    let mut failed = order("KH-1", "attempt_failed", 149_900);
    let mut earlier = failed.shipments[0].events[0].clone();
    earlier.at = at("2026-11-24T12:00:00+05:30");
    failed.shipments[0].events.insert(0, earlier);
    assert_eq!(said(&decide(&failed, &History::default())), "last_attempt_failed: call about_to_return");
    let mut held = order("KH-1", "exception", 149_900);
    held.shipments[0].events[0].reason = Some("ADDRESS_INCOMPLETE".to_owned());
    assert_eq!(said(&decide(&held, &History::default())), "exception_action_needed: call exception");
}

#[test]
fn a_call_that_may_not_be_made_becomes_a_message_or_nothing() {
    let failed = order("KH-1", "attempt_failed", 149_900);
    let mut history = History::default();
    history.contacts.opted_out = OptedOut::All;
    assert_eq!(said(&decide(&failed, &history)), "attempt_failed: sms attempt_failed (opted_out)");
    let event = present(&failed, None, at(NOON)).unwrap();
    // At night it waits for the morning.
    let night = decide_event(&event, &failed, &History::default(), "2026-11-25T22:00:00+05:30");
    let Action::Call(plan) = &night.action else { panic!("{}", said(&night)) };
    assert_eq!(plan.not_before, at("2026-11-26T09:00:00+05:30"));
    // The morning is too late for news of the evening.
    let riding = order("KH-1", "out_for_delivery", 500_000);
    let event = present(&riding, None, at(NOON)).unwrap();
    let passed = decide_event(&event, &riding, &History::default(), "2026-11-25T14:31:00+05:30");
    assert_eq!(said(&passed), "out_for_delivery_presence: nothing (expired)");
}

#[test]
fn the_rider_has_passed_half_an_hour_after_the_window_begins() {
    let riding = order("KH-1", "out_for_delivery", 500_000);
    let Action::Call(plan) = decide(&riding, &History::default()).action else { panic!() };
    assert_eq!(plan.expires_at, at("2026-11-25T14:30:00+05:30"));
    assert_eq!((plan.urgency, plan.scenario.as_str()), (Urgency::Now, "out_for_delivery"));
}

#[test]
fn old_news_is_told_to_nobody() {
    let delayed = order("KH-1", "delayed", 500_000);
    let event = present(&delayed, None, at(NOON)).unwrap();
    let later = decide_event(&event, &delayed, &History::default(), "2026-11-27T12:00:00+05:30");
    assert_eq!(said(&later), "delayed_much_or_precious: nothing (expired)");
}

#[test]
fn an_event_is_decided_once_and_only_while_it_holds() {
    let failed = order("KH-1", "attempt_failed", 149_900);
    let event = present(&failed, None, at(NOON)).unwrap();
    let again = decide_event(&event, &failed, &History { is_decided: true, ..History::default() }, NOON);
    assert_eq!(said(&again), "-: nothing (decided before)");
    let delivered = order("KH-1", "delivered", 149_900);
    assert_eq!(said(&decide_event(&event, &delivered, &History::default(), NOON)), "-: nothing (overtaken)");
}

fn plan_of(order: &Order) -> PlannedCall {
    match decide(order, &History::default()).action {
        Action::Call(plan) => plan,
        other => panic!("{other:?}"),
    }
}

#[test]
fn delivery_takes_the_waiting_call_back() {
    let plan = plan_of(&order("KH-1", "attempt_failed", 149_900));
    let history = History { waiting: vec![plan.clone()], ..History::default() };
    let decision = decide(&order("KH-1", "delivered", 149_900), &history);
    assert_eq!(decision.cancelled, [Cancelled { key: plan.key, hold: Hold::Overtaken, told_by: None }]);
    assert_eq!(said(&decision), "delivered: sms delivered");
}

#[test]
fn parcels_and_orders_of_one_customer_are_one_conversation() {
    // A second parcel of the order joins the call that waits.
    let mut two = order("KH-1", "attempt_failed", 149_900);
    let waiting = plan_of(&two);
    let mut second = two.shipments[0].clone();
    second.tracking_number = "DEL2".to_owned();
    two.shipments.push(second);
    let history = History { waiting: vec![waiting.clone()], ..History::default() };
    let event = changes(None, &two).into_iter().find(|event| event.tracking_number.as_deref() == Some("DEL2")).unwrap();
    let joined = decide_event(&event, &two, &history, NOON);
    assert_eq!(said(&joined), format!("attempt_failed: nothing (merged into the call {})", waiting.key));
    // A less urgent matter of another order goes by message.
    let other = decide(&order("KH-2", "delayed", 500_000), &history);
    let expected = format!("delayed_much_or_precious: sms delayed (merged into the call {})", waiting.key);
    assert_eq!(said(&other), expected);
    // A more urgent one takes its place, and the first is told by message.
    let riding = decide(&order("KH-3", "out_for_delivery", 500_000), &history);
    assert_eq!(said(&riding), "out_for_delivery_presence: call out_for_delivery");
    let told_by = Some((OrderRef("KH-1".to_owned()), "attempt_failed".to_owned()));
    assert_eq!(riding.cancelled, [Cancelled { key: waiting.key.clone(), hold: Hold::Overtaken, told_by }]);
    // Once the customer was reached about it, nothing waits any more.
    let spoke = PastContact {
        at: at(NOON),
        way: ContactWay::TheirCall,
        result: ContactResult::Conversation,
        order_ref: Some(OrderRef("KH-1".to_owned())),
        about: "inbound".to_owned(),
    };
    let reached = history.with_contacts(Contacts { made: vec![spoke], ..Contacts::default() });
    assert_eq!(reached.waiting, []);
}

#[test]
fn messages_have_a_cap_and_an_address() {
    let moving = order("KH-1", "in_transit", 149_900);
    let told = PastContact {
        at: at("2026-11-25T10:00:00+05:30"),
        way: ContactWay::Message(Channel::Sms),
        result: ContactResult::NoConversation,
        order_ref: None,
        about: "delayed".to_owned(),
    };
    let contacts = Contacts { made: vec![told; 4], ..Contacts::default() };
    let full = History { contacts, ..History::default() };
    assert_eq!(said(&decide(&moving, &full)), "dispatched: nothing (as many messages as a day allows)");
    let mut placed = order("KH-1", "created", 149_900);
    placed.customer.email = None;
    assert_eq!(said(&decide(&placed, &History::default())), "order_confirmed: sms order_confirmed");
}

#[test]
fn the_control_group_is_a_stable_share() {
    let group = |percent| ControlGroup { percent, salt: "2026-1".to_owned() };
    let numbers: Vec<crate::domain::values::PhoneNumber> =
        (0..20_000).map(|last| format!("+9198450{last:05}").parse().unwrap()).collect();
    let held = |percent| numbers.iter().filter(|number| group(percent).holds_back(number)).count();
    assert_eq!((held(0), held(100)), (0, numbers.len()));
    assert!((1_850..2_150).contains(&held(10)), "{}", held(10));
    // A larger share keeps everybody of the smaller one.
    assert!(numbers.iter().all(|number| !group(5).holds_back(number) || group(10).holds_back(number)));
    // Written down, so that no build ever draws another group.
    let drawn: Vec<usize> = (0..60).filter(|index| group(10).holds_back(&numbers[*index])).collect();
    assert_eq!(drawn, DRAWN);
    let other = ControlGroup { percent: 10, salt: "2026-2".to_owned() };
    let both = numbers.iter().filter(|number| group(10).holds_back(number) && other.holds_back(number)).count();
    assert!((120..280).contains(&both), "{both}");
}

/// Of the first sixty numbers, those held back at ten percent.
const DRAWN: [usize; 2] = [23, 25];

#[test]
fn the_control_group_gets_messages_only_unless_it_cannot_wait() {
    let text = RULES.replace("percent = 0", "percent = 50");
    let rules = Rules::read(&text).unwrap().0;
    let number = (0..100).map(|last| format!("+9198450{last:05}").parse().unwrap());
    let held = number.into_iter().find(|number| rules.control_group.holds_back(number)).unwrap();
    let said_of = |status| {
        let mut order = order("KH-1", status, 500_000);
        order.customer.phone = held.clone();
        let event = present(&order, None, at(NOON)).unwrap();
        said(&rules.decide(&Case { event: &event, order: &order, history: &History::default() }, &shipped(), at(NOON)))
    };
    assert_eq!(said_of("delayed"), "delayed_much_or_precious: sms delayed (held_back)");
    assert_eq!(said_of("attempt_failed"), "attempt_failed: call failed_attempt");
}

#[test]
fn changes_tell_what_happened_and_only_that() {
    let names = |events: Vec<Event>| events.iter().map(|event| event.moment.as_str()).collect::<Vec<_>>();
    let moving = order("KH-1", "in_transit", 149_900);
    assert_eq!(names(changes(None, &moving)), ["order_confirmed", "dispatched"]);
    assert_eq!(names(changes(Some(&moving), &moving)), [""; 0]);
    let mut depot = order("KH-1", "at_local_depot", 149_900);
    assert_eq!(names(changes(Some(&moving), &depot)), ["in_transit"]);
    depot.shipments[0].eta_to = Some(at("2026-11-26T18:00:00+05:30"));
    let moved = changes(Some(&moving), &depot);
    assert_eq!(names(moved.clone()), ["in_transit", "delayed"]);
    assert_eq!(moved[1].moved.unwrap().1, at("2026-11-26T18:00:00+05:30"));
    // The carrier says so and names the day: one event.
    let mut told_late = order("KH-1", "delayed", 149_900);
    told_late.shipments[0].eta_to = Some(at("2026-11-28T18:00:00+05:30"));
    let late = changes(Some(&moving), &told_late);
    assert_eq!((names(late.clone()), late[0].moved.is_some()), (vec!["delayed"], true));
    assert_eq!(
        said(&decide_event(&late[0], &told_late, &History::default(), NOON)),
        "delayed_much_or_precious: call delayed"
    );
    // Sooner is no delay.
    depot.shipments[0].eta_to = Some(at("2026-11-25T16:00:00+05:30"));
    assert_eq!(names(changes(Some(&moving), &depot)), ["in_transit"]);
    // A new parcel that will miss the promised day.
    let mut late = order("KH-1", "created", 149_900);
    late.shipments[0].eta_to = Some(at("2026-11-29T18:00:00+05:30"));
    assert_eq!(names(changes(None, &late)), ["order_confirmed", "delayed"]);
    let failed = order("KH-1", "attempt_failed", 149_900);
    let mut again = failed.clone();
    let scanned = again.shipments[0].events[0].clone();
    again.shipments[0].events.push(scanned);
    again.shipments[0].events[1].at = at(NOON);
    assert_eq!(names(changes(Some(&failed), &again)), ["attempt_failed"]);
    assert_ne!(
        changes(None, &failed)[1].key(&failed.order_ref),
        changes(Some(&failed), &again)[0].key(&failed.order_ref)
    );
}

#[test]
fn a_parcel_is_stale_by_its_lane() {
    let mut moving = order("KH-1", "in_transit", 149_900);
    let stale = |order: &Order, now: &str| not_moving(order, SignedDuration::from_hours(48), at(now)).len();
    assert_eq!((stale(&moving, "2026-11-27T11:29:00+05:30"), stale(&moving, "2026-11-27T11:30:00+05:30")), (0, 1));
    moving.shipments[0].usual_scan_gap_hours = Some(96);
    assert_eq!((stale(&moving, "2026-11-27T11:30:00+05:30"), stale(&moving, "2026-11-29T11:30:00+05:30")), (0, 1));
    moving.shipments[0].status = DeliveryStatus::Delivered;
    assert_eq!(stale(&moving, "2027-11-29T11:30:00+05:30"), 0);
}

#[test]
fn a_file_of_rules_that_cannot_be_meant_is_refused() {
    let refused = |from: &str, to: &str, words: &str| {
        assert!(RULES.contains(from), "{from}");
        let error = Rules::read(&RULES.replacen(from, to, 1)).unwrap_err();
        assert!(error.contains(words) && error.lines().count() == 1, "{error}");
    };
    refused("percent = 0", "percnt = 0", "unknown field `percnt`");
    refused("percent = 0", "percent = 60", "50 at most");
    refused("scenario = \"cod_confirmation\"", "scenario = \"cod\"", "rule `cod_confirmation`: scenario");
    refused("moment = \"delayed\"", "moment = \"late\"", "unknown variant `late`");
    refused("name = \"order_confirmed\"", "name = \"cod_confirmation\"", "two have this name");
    refused("message = \"dispatched\"\notherwise = \"sms\"", "otherwise = \"sms\"", "message: name one");
    refused("otherwise = \"sms\"", "otherwise = \"call\"", "otherwise");
    refused("expires_after = \"24h\"", "expires_after = \"0h\"", "expires_after");
    refused("usual_gap = \"48h\"", "usual_gap = \"soon\"", "line ");
    refused("{ payment = \"cod\" }", "{ paymnt = \"cod\" }", "unknown field `paymnt`");
    refused("calls_per_order = 4", "calls_per_order = 0", "1 or more");
    refused("INR = { high = 500000, top = 2000000 }", "INR = { high = 5, top = 2 }", "value_bands.INR");
}

fn read_texts(english: &str) -> Result<MessageTexts, String> {
    let hindi = include_str!("../../../../prompts/messages/hi.toml");
    let files = [("messages/en.toml", english), ("messages/hi.toml", hindi)];
    MessageTexts::read(&files, LOCALES.clone(), &rules().messages())
}

fn texts() -> MessageTexts {
    read_texts(TEXTS).unwrap()
}

fn written(name: &str, order: &Order, now: &str) -> String {
    let callback = "+918045678900".parse().unwrap();
    let sender = Sender { shop: "Kora Home", callback_number: &callback, time_zone: "Asia/Kolkata" };
    texts().write(name, order, order.shipments.first(), &sender, at(now)).unwrap().body.into_inner()
}

#[test]
fn messages_say_what_is_known_and_no_more() {
    let mut riding = order("KH-1", "out_for_delivery", 149_900);
    assert_eq!(
        written("out_for_delivery", &riding, NOON),
        "Kora Home: your order KH-1 is with the driver and expected on Wednesday 25 November, 2:00 PM - 6:00 PM. \
        If nobody will be there: +918045678900"
    );
    riding.customer.language = Some("en-GB".to_owned());
    assert!(written("out_for_delivery", &riding, NOON).contains("Wednesday 25 November, 14:00 - 18:00"));
    riding.customer.language = Some("hi".to_owned());
    assert_eq!(
        written("out_for_delivery", &riding, NOON),
        "Kora Home: आपका ऑर्डर KH-1 डिलीवरी के लिए निकल चुका है और बुधवार, 25 नवंबर को 14:00 बजे - 18:00 बजे पहुँच जाना चाहिए। \
        अगर कोई मौजूद न हो: +918045678900"
    );
    riding.customer.language = Some("en-IN".to_owned());
    // The window has passed, or is not known.
    let without = "Kora Home: your order KH-1 is with the driver. If nobody will be there: +918045678900";
    assert_eq!(written("out_for_delivery", &riding, "2026-11-25T18:00:00+05:30"), without);
    riding.shipments[0].eta_from = None;
    assert_eq!(written("out_for_delivery", &riding, NOON), without);
}

#[test]
fn words_that_cannot_be_sent_are_refused() {
    let refused = |from: &str, to: &str, words: &str| {
        let error = read_texts(&TEXTS.replace(from, to)).unwrap_err();
        assert!(error.contains(words), "{error}");
    };
    refused("delivered = [", "handed_over = [", "`delivered` is missing");
    refused("{callback}", "{telephone}", "{telephone} is none of");
    refused("{callback}", "{callback", "left open");
    refused("is on its way. You don't", "is on its way to {place}. You don't", "the last one must need neither");
    refused("subject = ", "title = ", "messages/en.toml: line ");
    let english = [("messages/en.toml", TEXTS)];
    let error = MessageTexts::read(&english, LOCALES.clone(), &rules().messages()).unwrap_err();
    assert_eq!(error, "messages/hi.toml: it is missing; add it");
    assert!(rules().messages().is_subset(&BTreeSet::from_iter(texts_named())));
}

fn texts_named() -> Vec<&'static str> {
    let lists = TEXTS.split("[messages]").nth(1).unwrap().lines();
    lists.filter_map(|line| line.split_once(" = [").map(|(name, _)| name)).collect()
}

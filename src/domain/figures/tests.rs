use proptest::prelude::*;

use super::{
    ByGroup, CallTally, CameAgain, Costs, Counted, Counter, Counts, Figure, FigureFilter, Histogram, Links,
    ParcelCounts, ParcelFacts, PeriodEnd, Reach, Report, Requests, ShippedCounts, TICKETS, TicketCounts, count_order,
    csv, report,
};
use crate::domain::call::{
    Contact, Disposition, EscalationWay, OutcomeRecord, PickUp, PickedUpBy, Sign, SignSource, TakenFor, TurnTiming,
};
use crate::domain::dialogue::scenarios::Scenario;
use crate::domain::orders::import::order_from_json;
use crate::domain::orders::{DeliveryStatus, OrderRef, TrackingEvent};
use crate::domain::values::{CallTime, Currency};
use jiff::Timestamp;
use jiff::tz::TimeZone;

fn outcome(connection: &str, disposition: &str, escalation: &str, talk_ms: u64) -> OutcomeRecord {
    let direction = if connection.starts_with("INBOUND") { "inbound" } else { "outbound" };
    let text = format!(
        r#"{{"schema":"delivery_call_outcome/1","call_id":"0193b3f0-0000-7000-8000-000000000000","attempt_no":1,
        "direction":"{direction}","scenario":"I1_WISMO","shop_id":"demo","shipment_refs":[],"language":"en-IN",
        "ended_at":"2026-11-25T10:00:00+05:30","talk_ms":{talk_ms},"connection":"{connection}",
        "contact":"RIGHT_PARTY","verification_level":"V0","verification_failures":0,"disposition":"{disposition}",
        "secondary":[],"escalation":{escalation},"opt_out":{{"requested":false,"scope":null}},"recording":"on",
        "summary":"","policy_version":"","script_version":"","model_versions":{{"asr":"","nlu":"","tts":""}},
        "latency_ms":{{"p50":null,"p95":null}}}}"#
    );
    serde_json::from_str(&text).unwrap()
}

/// The customer came again within three days.
const SOON: CameAgain = CameAgain { soon: true, in_a_week: true };
const NEVER: CameAgain = CameAgain { soon: false, in_a_week: false };

fn turn(latency_ms: Option<u64>) -> TurnTiming {
    TurnTiming {
        caller_ended_ms: CallTime::from_ms(1_000),
        first_audio_ms: latency_ms.map(|ms| CallTime::from_ms(1_000 + ms)),
        ..TurnTiming::default()
    }
}

fn filter() -> FigureFilter {
    let at = |second| Timestamp::from_second(second).unwrap();
    FigureFilter { from: at(0), to: at(86_400), shop_id: None, scenario: None, group: None }
}

fn made_of(counted: &Counted, costs: &Costs) -> Report {
    report(counted, &filter(), costs)
}

fn figure<'a>(report: &'a Report, name: &str) -> &'a Figure {
    report.figures.iter().find(|figure| figure.name == name).unwrap()
}

#[test]
fn calls_are_counted_by_what_they_came_to() {
    let ticket = r#"{"way":"ticket","trigger":"damage_case","task_id":null}"#;
    let turns = [turn(Some(20)), turn(None), turn(Some(30))];
    let mut tally = CallTally::default();
    let about_order = OutcomeRecord {
        order_ref: Some(OrderRef("KH-1".to_owned())),
        ..outcome("INBOUND_ANSWERED", "STATUS_GIVEN", ticket, 0)
    };
    let calls: [(&[TurnTiming], _, CameAgain); 9] = [
        (&turns, outcome("INBOUND_ANSWERED", "STATUS_GIVEN", "null", 40_000), NEVER),
        (&[], outcome("INBOUND_ANSWERED", "STATUS_GIVEN", "null", 40_000), SOON),
        (&[], outcome("INBOUND_ANSWERED", "STATUS_GIVEN", ticket, 60_000), NEVER),
        (&[], outcome("INBOUND_ANSWERED", "NOT_UNDERSTOOD", "null", 20_000), NEVER),
        (&[], outcome("INBOUND_ABANDONED", "NO_DECISION", "null", 0), NEVER),
        (&[], outcome("ANSWERED_HUMAN", "COD_CONFIRMED", "null", 30_000), NEVER),
        (&[], outcome("NO_ANSWER", "NO_DECISION", "null", 0), NEVER),
        (&[], about_order.clone(), NEVER),
        (&[], about_order, CameAgain { in_a_week: true, ..NEVER }),
    ];
    for (turns, outcome, came_again) in &calls {
        tally.add_all(&CallTally::of_call(turns, &PickUp::default(), outcome, *came_again));
    }
    for (counter, count) in [
        (Counter::Ended, 9),
        (Counter::Offered, 7),
        (Counter::Abandoned, 1),
        (Counter::Dialled, 2),
        (Counter::Answered, 1),
        (Counter::RightParty, 1),
        (Counter::Conversation, 7),
        (Counter::Issue, 2),
        (Counter::IssueResolved, 1),
        (Counter::StatusAsked, 5),
        (Counter::StatusContained, 1),
        (Counter::Contained, 2),
    ] {
        assert_eq!(tally.of(counter), count, "{counter:?}");
    }
    assert_eq!(tally.dispositions.of(&Disposition::NoDecision), 2);
    assert_eq!(tally.ways.of(&EscalationWay::Ticket), 3);
    assert_eq!(tally.triggers.of(&"damage_case".to_owned()), 3);
    assert_eq!(
        (tally.answer.cases(), tally.answer.percentile(50), tally.answer.percentile(95)),
        (2, Some(20), Some(30))
    );
    assert_eq!((tally.inbound_talk.sum(), tally.outbound_talk.cases()), (160_000, 1));
    let written = serde_json::to_string(&tally).unwrap();
    assert_eq!(serde_json::from_str::<CallTally>(&written).unwrap(), tally, "{written}");
    for (turns, outcome, came_again) in &calls {
        tally.take_out(&CallTally::of_call(turns, &PickUp::default(), outcome, *came_again));
    }
    assert_eq!(tally, CallTally::default());
}

#[test]
fn who_picked_up_is_judged_by_what_was_heard_later() {
    use PickedUpBy::{Human, Other, Screener, Voicemail};
    let cases = [
        (Human, Human, 38),
        (Human, Voicemail, 1),
        (Human, Screener, 1),
        (Voicemail, Voicemail, 30),
        (Voicemail, Human, 10),
        (Screener, Screener, 5),
        (Other, Voicemail, 5),
    ];
    let mut calls = CallTally::default();
    let answered = outcome("ANSWERED_HUMAN", "NO_DECISION", "null", 1_000);
    for (truth, taken_for, count) in cases {
        let mut pick_up = PickUp::default();
        pick_up.note(Sign { at_ms: CallTime::ZERO, source: SignSource::Words, speaks_for: truth });
        if taken_for != Human {
            pick_up.take_for(TakenFor { at_ms: CallTime::ZERO, machine: taken_for });
        }
        for _ in 0..count {
            calls.add_all(&CallTally::of_call(&[], &pick_up, &answered, NEVER));
        }
    }
    let report = made_of(&Counted { calls, ..Counted::default() }, &Costs::default());
    let made_of = |name| {
        let figure = figure(&report, name);
        (figure.numerator, figure.denominator)
    };
    assert_eq!(made_of("people_taken_for_machines"), (Some(1.0), Some(40)));
    assert_eq!(made_of("machines_found"), (Some(40.0), Some(50)));
    assert_eq!(made_of("machines_rightly_found"), (Some(40.0), Some(42)));
    assert!(serde_json::to_string(&report).unwrap().contains(r#""human_as_voicemail":1"#));
}

fn attempt(shop_id: &str, scenario: &str, disposition: &str) -> OutcomeRecord {
    let connection = if disposition == "NO_DECISION" { "NO_ANSWER" } else { "ANSWERED_HUMAN" };
    let outcome = outcome(connection, disposition, "null", 0);
    OutcomeRecord { shop_id: shop_id.to_owned(), scenario: scenario.to_owned(), ..outcome }
}

fn counts(of: &[Counter]) -> Counts<Counter> {
    let mut counts = Counts::default();
    of.iter().for_each(|counter| counts.add(*counter, 1));
    counts
}

#[test]
fn an_order_counts_once_at_its_first_call_whenever_it_came_to_it() {
    use Counter::{
        CodCalled, CodCancelled, CodConfirmed, OrderCalled, OrderReached, ScenarioOrderCalled, ScenarioOrderReached,
    };
    let (failed, cod) = ("O4_FAILED_ATTEMPT", "O3_COD_CONFIRMATION");
    assert_eq!(Scenario::by_name("cod_confirmation").unwrap().id, cod);
    let attempts = [
        attempt("a", cod, "NO_DECISION"),
        attempt("a", cod, "COD_CONFIRMED"),
        attempt("a", failed, "NO_DECISION"),
        attempt("b", failed, "ATTEMPT_DISPUTED"),
        attempt("a", cod, "COD_UNCONFIRMED"),
    ];
    let first = [OrderCalled, OrderReached, ScenarioOrderCalled, ScenarioOrderReached, CodCalled, CodConfirmed];
    let expected = [
        counts(&first),
        counts(&[]),
        counts(&[ScenarioOrderCalled]),
        counts(&[OrderCalled, OrderReached, ScenarioOrderCalled, ScenarioOrderReached]),
        counts(&[]),
    ];
    assert_eq!(count_order(&attempts), expected);
    // What is said last counts.
    let changed = [attempts[1].clone(), attempt("a", cod, "COD_DENIED_NOT_MINE")];
    assert_eq!((count_order(&changed)[0].of(&CodConfirmed), count_order(&changed)[0].of(&CodCancelled)), (0, 1));
    assert_eq!(count_order(&attempts[..1]), [counts(&[OrderCalled, ScenarioOrderCalled, CodCalled])]);
}

#[test]
fn a_call_reaches_as_far_as_it_came() {
    for (connection, disposition, reach) in [
        ("INBOUND_ANSWERED", "ATTEMPT_DISPUTED", Reach::None),
        ("SUPPRESSED_CAP", "NO_DECISION", Reach::None),
        ("VOICEMAIL_LEFT", "NO_DECISION", Reach::Dialled),
        ("ANSWERED_HUMAN", "REATTEMPT_REQUESTED", Reach::RightParty),
        ("ANSWERED_HUMAN", "ATTEMPT_DISPUTED", Reach::Disputed),
    ] {
        assert_eq!(Reach::of(&outcome(connection, disposition, "null", 0)), reach, "{connection} {disposition}");
    }
    let third =
        OutcomeRecord { contact: Contact::ThirdParty, ..outcome("ANSWERED_HUMAN", "ATTEMPT_DISPUTED", "null", 0) };
    assert_eq!(Reach::of(&third), Reach::Dialled);
}

proptest! {
    #[test]
    fn percentiles_are_within_their_error(values in prop::collection::vec(0_u64..200_000, 1..300), percent in 1_u64..=100) {
        let mut histogram = Histogram::default();
        values.iter().for_each(|value| histogram.add(*value));
        let mut sorted = values.clone();
        sorted.sort_unstable();
        let rank = (sorted.len() * usize::try_from(percent).unwrap()).div_ceil(100);
        let (exact, told) = (sorted[rank - 1], histogram.percentile(percent).unwrap());
        prop_assert!(exact.abs_diff(told) * 32 <= exact, "{exact} is told as {told}");
        prop_assert_eq!(histogram.sum(), values.iter().sum::<u64>());
        prop_assert_eq!(histogram.cases(), values.len() as u64);
    }
}

#[test]
fn what_is_not_known_says_why_and_is_never_nothing() {
    let report = made_of(&Counted::default(), &Costs::default());
    for figure in &report.figures {
        let is_count_of_calls = ["calls_ended", "conversations", "wismo_calls"].contains(&figure.name);
        assert_eq!(figure.value.is_some(), is_count_of_calls, "{}", figure.name);
        assert_eq!(figure.unknown.is_none(), is_count_of_calls, "{}", figure.name);
        assert!(!figure.formula.is_empty());
    }
    let counted = Counted { tickets: Some(TicketCounts::default()), ..Counted::default() };
    let report = made_of(&counted, &Costs::default());
    assert_eq!(figure(&report, "wismo_volume").unknown, Some("no tickets of this period were imported"));
}

#[test]
fn figures_are_made_of_their_numerator_and_denominator() {
    let mut calls = CallTally::default();
    for number in 0..60_u64 {
        let disposition = if number < 45 { "STATUS_GIVEN" } else { "NOT_UNDERSTOOD" };
        let came_again = if number < 5 { SOON } else { NEVER };
        calls.add_all(&CallTally::of_call(
            &[],
            &PickUp::default(),
            &outcome("INBOUND_ANSWERED", disposition, "null", 60_000),
            came_again,
        ));
    }
    for (counter, count) in [
        (Counter::OrderCalled, 40),
        (Counter::OrderReached, 30),
        (Counter::ScenarioOrderCalled, 50),
        (Counter::ScenarioOrderReached, 32),
        (Counter::Issue, 32),
        (Counter::IssueResolved, 24),
        (Counter::CodCalled, 36),
        (Counter::CodConfirmed, 27),
        (Counter::CodCancelled, 6),
    ] {
        calls.counts.add(counter, count);
    }
    let mut tickets = TicketCounts { all: 50, ..TicketCounts::default() };
    tickets.wismo.add("email".to_owned(), 35);
    let shipped =
        |shipped, attempt_failed, returned| ShippedCounts { shipped, attempted: shipped, attempt_failed, returned };
    let counted = Counted {
        calls,
        tickets: Some(tickets),
        parcels: Some(ByGroup {
            treated: ParcelCounts {
                cod: shipped(100, 20, 10),
                prepaid: shipped(100, 0, 0),
                failed: 40,
                recovered: 30,
                contacted: 28,
                contacted_soon: 10,
                absent_called: 32,
                absent_disputed: 8,
            },
            control: ParcelCounts { cod: shipped(40, 8, 8), ..ParcelCounts::default() },
        }),
        requests: Some(Requests {
            promises_kept: 27,
            promises_missed: 3,
            seen_to: 40,
            marked_wrong: 4,
            ..Requests::default()
        }),
        links: Some(Links { sent: 30, paid: 12 }),
        ..Counted::default()
    };
    let costs = Costs { currency: Some(Currency::INR), call_minute_minor: Some(150), handoff_minor: Some(4_000) };
    let report = made_of(&counted, &costs);
    for (name, value) in [
        ("wismo_volume", 80.0),
        ("wismo_tickets", 35.0),
        ("wismo_ticket_share", 35.0 / 50.0),
        ("wismo_rate", 35.0 / 240.0),
        ("deflection", 40.0 / 80.0),
        ("containment", 40.0 / 60.0),
        ("escalation", 0.0),
        ("first_attempt_success", 212.0 / 240.0),
        ("ndr_recovery", 30.0 / 40.0),
        ("ndr_contact", 28.0 / 40.0),
        ("ndr_contact_30min", 10.0 / 40.0),
        ("disputed_attempts", 8.0 / 32.0),
        ("right_party_contact_orders", 30.0 / 40.0),
        ("first_contact_resolution", 24.0 / 32.0),
        ("cod_confirmation", 27.0 / 36.0),
        ("cod_cancelled", 6.0 / 36.0),
        ("cod_unconfirmed", 3.0 / 36.0),
        ("cod_to_prepaid", 12.0 / 30.0),
        ("rto", 18.0 / 240.0),
        ("rto_cod", 18.0 / 140.0),
        ("rto_prepaid", 0.0),
        ("rto_avoided", (8.0 / 40.0 - 10.0 / 200.0) * 200.0),
        ("promises_kept", 0.9),
        ("marked_wrong", 0.1),
        ("cost_per_contact", 150.0),
        ("cost_per_contained_contact", 60.0 * 150.0 / 40.0),
        ("handling_time_inbound", 60_000.0),
    ] {
        let found = figure(&report, name).value.unwrap();
        assert!((found - value).abs() < 1e-9, "{name}: {found}, not {value}");
    }
    let of_scenario = FigureFilter { scenario: Some("O4_FAILED_ATTEMPT".to_owned()), ..filter() };
    let of_scenario = super::report(&counted, &of_scenario, &costs);
    assert_eq!(figure(&of_scenario, "right_party_contact_orders").denominator, Some(50));
    assert_eq!(figure(&report, "csat").unknown, Some("no case"));
    let table = csv(&report, &filter());
    assert_eq!(table.lines().count(), report.figures.len() + 1);
    assert!(table.contains("containment,share,0.6666666666666666,40,60,1970-01-01T00:00:00Z,1970-01-02T00:00:00Z,,,,"));
}

#[test]
fn a_share_needs_thirty_cases() {
    let counted = |promises_kept, promises_missed| Counted {
        requests: Some(Requests { promises_kept, promises_missed, ..Requests::default() }),
        ..Counted::default()
    };
    for (kept, missed, value) in [(28, 1, None), (15, 15, Some(0.5))] {
        let report = made_of(&counted(kept, missed), &Costs::default());
        let figure = figure(&report, "promises_kept");
        assert_eq!((figure.value, figure.denominator), (value, Some(kept + missed)));
    }
}

#[test]
fn a_parcel_counts_from_the_day_the_carrier_had_it() {
    let text = r#"{"order_ref":"KH-1","placed_at":"2026-11-01T00:00:00Z","customer":{"name":"Asha Rao",
        "phone":"+919845012345"},"total":{"amount_minor":1,"currency":"INR"},"payment":"cod","address":{"city":"Pune",
        "postcode":"411004","country":"IN"},"shipments":[{"tracking_number":"A","carrier":"x","status":"delivered"}]}"#;
    let mut order = order_from_json(text).unwrap();
    let event = |day: &str, status| TrackingEvent {
        at: format!("2026-11-{day}T00:00:00Z").parse().unwrap(),
        status,
        place: None,
        reason: None,
        note: None,
        report: None,
    };
    assert_eq!(ParcelFacts::of(&order, &order.shipments[0]).shipped_at, Some(order.placed_at));
    order.shipments[0].events = vec![
        event("02", DeliveryStatus::Created),
        event("03", DeliveryStatus::InTransit),
        event("05", DeliveryStatus::AttemptFailed),
        event("06", DeliveryStatus::AttemptFailed),
        event("07", DeliveryStatus::Delivered),
    ];
    let facts = ParcelFacts::of(&order, &order.shipments[0]);
    assert_eq!(facts.shipped_at, Some(order.shipments[0].events[1].at));
    assert_eq!(facts.failed_at, Some(order.shipments[0].events[2].at));
    assert!(facts.is_delivered && !facts.is_returned && !facts.is_absent);
    let absent = Some("CUSTOMER_NOT_AVAILABLE".to_owned());
    order.shipments[0].events[3].reason.clone_from(&absent);
    assert!(!ParcelFacts::of(&order, &order.shipments[0]).is_absent, "it was the second attempt");
    order.shipments[0].events[2].reason = absent;
    assert!(ParcelFacts::of(&order, &order.shipments[0]).is_absent);
    order.shipments[0].status = DeliveryStatus::Created;
    order.shipments[0].events.truncate(1);
    assert_eq!(ParcelFacts::of(&order, &order.shipments[0]).shipped_at, None);
}

#[test]
fn tickets_are_read_from_files() {
    let header = TICKETS.header("ticket_ref,opened_at,channel,topic,order_ref,count").unwrap();
    let ticket = TICKETS.from_row(&header, "T-1,2026-11-24T10:00:00+05:30,Email,ETA,KH-1,12").unwrap();
    assert_eq!((ticket.channel.as_str(), ticket.count, ticket.is_wismo()), ("email", 12, true));
    let line = r#"{"ticket_ref":"T-2","opened_at":"2026-11-24T10:00:00Z","channel":"chat","topic":"refund"}"#;
    let ticket = TICKETS.from_json(line).unwrap();
    assert_eq!((ticket.count, ticket.is_wismo(), ticket.order_ref), (1, false, None));
    for (old, new, reason) in [
        ("T-2", "", "ticket_ref: is missing"),
        ("chat", " ", "channel: is missing"),
        ("\"topic\"", "\"subject\"", "has an unknown field"),
        ("\"topic\"", "\"count\":0,\"topic\"", "count: must be a whole number from 1 to 1000000"),
    ] {
        let refused = TICKETS.from_json(&line.replace(old, new)).unwrap_err().to_string();
        assert!(refused.starts_with(reason), "{refused}");
    }
}

#[test]
fn a_period_is_told_by_days_of_the_shop_or_by_moments() {
    let zone = TimeZone::get("Asia/Kolkata").unwrap();
    let day: PeriodEnd = "2026-11-24".parse().unwrap();
    assert_eq!(day.first_moment(&zone), "2026-11-23T18:30:00Z".parse().unwrap());
    assert_eq!(day.end(&zone), "2026-11-24T18:30:00Z".parse().unwrap());
    let moment: PeriodEnd = "2026-11-24T14:00:00+05:30".parse().unwrap();
    assert_eq!(moment.end(&zone), moment.first_moment(&zone));
    for text in ["", "24/11/2026", "2026-11-24T14:00:00", "yesterday"] {
        assert!(text.parse::<PeriodEnd>().is_err(), "{text}");
    }
}

//! Figures: tallies equal to a plain count over random calls, whatever is filed, deleted and counted anew.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use rand::rngs::SmallRng;
use rand::{RngExt as _, SeedableRng as _};

use super::SqlStore;
use super::engines::on_both_engines;
use super::samples::{at, call_id, event, finished, opened, order};
use crate::adapters::store::db::writing;
use crate::domain::call::{
    CallDirection, Connection, Contact, Disposition, Escalation, EscalationWay, FinishedCall, PickedUpBy, Sign,
    SignSource, TakenFor, TurnTiming,
};
use crate::domain::figures::{
    CallTally, CameAgain, Counter, Counting, FigureFilter, Group, Links, ParcelCounts, REPEAT_WITHIN, RESOLVED_AFTER,
    Requests, ShippedCounts, Ticket,
};
use crate::domain::orders::{DeliveryStatus, OrderRef, TrackingEvent};
use crate::domain::outreach::Channel;
use crate::domain::outreach::rules::{ControlGroup, DecisionView, Event, Moment};
use crate::domain::values::{CallTime, PhoneNumber};
use crate::ports::figures::FigureStore as _;
use crate::ports::outreach::{NewDecision, OutreachStore as _};
use crate::ports::retention::RetentionStore as _;
use crate::ports::store::{CallStore as _, OrderStore as _, PutOrder, RecordedRequest};

const DAY: i64 = 86_400;

/// A call with the moments that decide what counts as the customer coming again.
struct Filed {
    started_at: Timestamp,
    call: FinishedCall,
}

pub(super) fn counting() -> Counting {
    Counting {
        shop_id: "kora-home".to_owned(),
        zone: TimeZone::get("Asia/Kolkata").unwrap(),
        control_group: ControlGroup { percent: 30, salt: "test".to_owned() },
    }
}

fn phone(number: u32) -> PhoneNumber {
    format!("+91984501{number:04}").parse().unwrap()
}

fn one_of<T: Copy>(dice: &mut SmallRng, of: &[T]) -> T {
    of[dice.random_range(0..of.len())]
}

fn random_call(dice: &mut SmallRng) -> Filed {
    let started_at = at(dice.random_range(0..16 * DAY));
    let mut call = finished(call_id(), started_at + SignedDuration::from_secs(dice.random_range(1..400)));
    let is_inbound = dice.random_bool(0.5);
    let outcome = &mut call.outcome;
    outcome.scenario = one_of(dice, &["I1_WISMO", "O4_FAILED_ATTEMPT", "O3_COD_CONFIRMATION"]).to_owned();
    outcome.shop_id = one_of(dice, &["kora-home", "kora-home", "other"]).to_owned();
    outcome.order_ref = dice.random_bool(0.8).then(|| OrderRef(format!("KH-{}", dice.random_range(0..20))));
    let customer = Some(phone(dice.random_range(0..40)));
    (outcome.direction, outcome.from_number_e164, outcome.to_number_e164) =
        if is_inbound { (CallDirection::Inbound, customer, None) } else { (CallDirection::Outbound, None, customer) };
    outcome.connection = if is_inbound {
        one_of(dice, &[Connection::InboundAnswered, Connection::InboundAnswered, Connection::InboundAbandoned])
    } else {
        one_of(dice, &[Connection::AnsweredHuman, Connection::NoAnswer, Connection::SuppressedCap])
    };
    outcome.contact = one_of(dice, &[Contact::RightParty, Contact::Unknown]);
    outcome.disposition = one_of(
        dice,
        &[
            Disposition::StatusGiven,
            Disposition::CodConfirmed,
            Disposition::CodCancelled,
            Disposition::NoDecision,
            Disposition::Complaint,
        ],
    );
    outcome.escalation = dice.random_bool(0.2).then(|| Escalation {
        way: EscalationWay::Ticket,
        trigger: "damage_case".to_owned(),
        task_id: None,
    });
    outcome.csat = dice.random_bool(0.2).then(|| dice.random_range(1..=5));
    outcome.talk_ms = dice.random_range(0..300_000);
    outcome.secondary = if dice.random_bool(0.2) { vec![Disposition::CodConfirmed] } else { Vec::new() };
    call.turns = (0..dice.random_range(0..4))
        .map(|_| TurnTiming {
            caller_ended_ms: CallTime::from_ms(1_000),
            first_audio_ms: Some(CallTime::from_ms(1_000 + dice.random_range(0..3_000))),
            ..TurnTiming::default()
        })
        .collect();
    if !is_inbound && dice.random_bool(0.8) {
        let kinds = [PickedUpBy::Human, PickedUpBy::Voicemail, PickedUpBy::Screener, PickedUpBy::Other];
        let at_ms = CallTime::from_ms(900);
        let sign = Sign { at_ms, source: SignSource::Words, speaks_for: one_of(dice, &kinds) };
        call.pick_up.note(sign);
        call.pick_up.take_for(TakenFor { at_ms, machine: one_of(dice, &kinds) });
    }
    Filed { started_at, call }
}

fn random_ticket(dice: &mut SmallRng, number: u32) -> Ticket {
    Ticket {
        ticket_ref: format!("T-{number}"),
        opened_at: at(dice.random_range(0..16 * DAY)),
        channel: "email".to_owned(),
        topic: one_of(dice, &["eta", "refund"]).to_owned(),
        order_ref: Some(OrderRef(format!("KH-{}", dice.random_range(0..20)))),
        phone: Some(phone(dice.random_range(0..40))),
        count: dice.random_range(1..4),
    }
}

async fn file(store: &SqlStore, filed: &Filed) {
    let mut call = opened(filed.call.id, filed.started_at);
    call.direction = filed.call.outcome.direction;
    store.open_call(&call).await.unwrap();
    store.finish_call(&filed.call, &[]).await.unwrap();
}

/// Straight from the definition: every call looks at all contacts.
fn plain_count(calls: &[Filed], tickets: &[Ticket], filter: &FigureFilter) -> CallTally {
    let mut tally = CallTally::default();
    for Filed { call, .. } in calls {
        let (ended_at, outcome) = (call.ended_at, &call.outcome);
        let comes_again = |within: SignedDuration| {
            let is_within = |at: Timestamp| ended_at <= at && at < ended_at + within;
            let by_call = calls.iter().any(|later| {
                later.call.id != call.id
                    && later.call.outcome.direction == CallDirection::Inbound
                    && later.call.outcome.order_ref == outcome.order_ref
                    && is_within(later.started_at)
            });
            let by_ticket =
                tickets.iter().any(|ticket| ticket.order_ref == outcome.order_ref && is_within(ticket.opened_at));
            outcome.order_ref.is_some() && (by_call || by_ticket)
        };
        let came_again = CameAgain { soon: comes_again(REPEAT_WITHIN), in_a_week: comes_again(RESOLVED_AFTER) };
        let customer = outcome.from_number_e164.as_ref().or(outcome.to_number_e164.as_ref()).unwrap();
        let group = if counting().control_group.holds_back(customer) { Group::Control } else { Group::Treated };
        let is_wanted = filter.from <= ended_at
            && ended_at < filter.to
            && filter.shop_id.as_ref().is_none_or(|shop_id| *shop_id == outcome.shop_id)
            && filter.scenario.as_ref().is_none_or(|scenario| *scenario == outcome.scenario)
            && filter.group.is_none_or(|wanted| wanted == group);
        if is_wanted {
            tally.add_all(&CallTally::of_call(&call.turns, &call.pick_up, outcome, came_again));
            count_of_order(calls, call, &mut tally);
        }
    }
    tally
}

/// What an order comes to, if this is the first call about it: from the definition, by looking at all calls.
fn count_of_order(calls: &[Filed], own: &FinishedCall, tally: &mut CallTally) {
    let is_dialled = |call: &FinishedCall| {
        call.outcome.direction == CallDirection::Outbound && call.outcome.connection != Connection::SuppressedCap
    };
    if !is_dialled(own) || own.outcome.order_ref.is_none() {
        return;
    }
    let of = |call: &FinishedCall| (call.outcome.order_ref.clone(), call.outcome.shop_id.clone());
    let mut attempts: Vec<&Filed> =
        calls.iter().filter(|other| is_dialled(&other.call) && of(&other.call) == of(own)).collect();
    attempts.sort_by_key(|attempt| (attempt.started_at, attempt.call.id.to_string()));
    let is_reached = |attempt: &&Filed| {
        let outcome = &attempt.call.outcome;
        outcome.connection == Connection::AnsweredHuman && outcome.contact == Contact::RightParty
    };
    let mut note = |counter, is_so: bool| tally.counts.add(counter, u64::from(is_so));
    if attempts[0].call.id == own.id {
        note(Counter::OrderCalled, true);
        note(Counter::OrderReached, attempts.iter().any(is_reached));
    }
    attempts.retain(|attempt| attempt.call.outcome.scenario == own.outcome.scenario);
    if attempts[0].call.id != own.id {
        return;
    }
    note(Counter::ScenarioOrderCalled, true);
    note(Counter::ScenarioOrderReached, attempts.iter().any(is_reached));
    if own.outcome.scenario == "O3_COD_CONFIRMATION" {
        let mut answers = attempts.iter().map(|attempt| {
            let outcome = &attempt.call.outcome;
            let said = |wanted| outcome.disposition == wanted || outcome.secondary.contains(&wanted);
            (said(Disposition::CodCancelled), said(Disposition::CodConfirmed))
        });
        let last = answers.rfind(|answer| *answer != (false, false));
        note(Counter::CodCalled, true);
        note(Counter::CodCancelled, last.is_some_and(|(is_cancelled, _)| is_cancelled));
        note(Counter::CodConfirmed, last == Some((false, true)));
    }
}

/// Counters of orders, whose counts move to another call when the first is deleted.
const OF_ORDERS: [Counter; 7] = [
    Counter::OrderCalled,
    Counter::OrderReached,
    Counter::ScenarioOrderCalled,
    Counter::ScenarioOrderReached,
    Counter::CodCalled,
    Counter::CodConfirmed,
    Counter::CodCancelled,
];

pub(super) fn random_filter(dice: &mut SmallRng) -> FigureFilter {
    let mut ends = [dice.random_range(-DAY..17 * DAY), dice.random_range(-DAY..17 * DAY)];
    ends.sort_unstable();
    let [mut from, mut to] = ends.map(at);
    if dice.random_bool(0.4) {
        let day = |moment| counting().begin_of(counting().day_of(moment));
        (from, to) = (day(from), day(to));
    }
    FigureFilter {
        from,
        to,
        shop_id: dice.random_bool(0.4).then(|| "kora-home".to_owned()),
        scenario: dice.random_bool(0.4).then(|| "O4_FAILED_ATTEMPT".to_owned()),
        group: one_of(dice, &[None, Some(Group::Treated), Some(Group::Control)]),
    }
}

pub(super) fn everything() -> FigureFilter {
    FigureFilter { from: at(-DAY), to: at(30 * DAY), shop_id: None, scenario: None, group: None }
}

on_both_engines! {
    tallies_are_what_a_plain_count_comes_to(store) => {
        let store = store.counting_by(counting());
        let mut dice = SmallRng::seed_from_u64(7);
        let (mut calls, mut tickets) = (Vec::new(), Vec::new());
        for number in 0..240 {
            if number % 8 == 3 {
                let ticket = random_ticket(&mut dice, number);
                assert_eq!(store.put_ticket(&ticket).await, Ok(PutOrder::Inserted));
                assert_eq!(store.put_ticket(&ticket).await, Ok(PutOrder::Unchanged));
                tickets.push(ticket);
            }
            let call = random_call(&mut dice);
            file(&store, &call).await;
            calls.push(call);
        }
        let mut met = CallTally::default();
        for _ in 0..60 {
            let filter = random_filter(&mut dice);
            let tally = store.counted(&filter).await.unwrap().calls;
            met.add_all(&tally);
            assert_eq!(tally, plain_count(&calls, &tickets, &filter), "{filter:?}");
        }
        for counter in OF_ORDERS.into_iter().chain([Counter::Contained, Counter::Issue, Counter::IssueResolved]) {
            assert!(0 < met.of(counter), "{counter:?} was not compared");
        }
        let recount = store.recount().await.unwrap();
        assert_eq!((recount.calls, recount.corrected), (240, 0));

        let gone: Vec<_> = calls.iter().step_by(3).map(|filed| filed.call.id).collect();
        store.delete_calls(&gone).await.unwrap();
        let recount = store.recount().await.unwrap();
        assert_eq!((recount.calls, recount.corrected), (240 - gone.len() as u64, 0));
        calls.retain(|filed| !gone.contains(&filed.call.id));
        for _ in 0..20 {
            let filter = random_filter(&mut dice);
            let (tally, plain) = (store.counted(&filter).await.unwrap().calls, plain_count(&calls, &tickets, &filter));
            assert_eq!(OF_ORDERS.map(|of| tally.of(of)), OF_ORDERS.map(|of| plain.of(of)), "{filter:?}");
        }
        let rest: Vec<_> = calls.iter().map(|filed| filed.call.id).collect();
        store.delete_calls(&rest).await.unwrap();
        assert_eq!(store.counted(&everything()).await.unwrap().calls, CallTally::default());
    }

    what_was_counted_by_other_groups_is_corrected(store) => {
        let mut dice = SmallRng::seed_from_u64(8);
        let calls: Vec<Filed> = (0..30).map(|_| random_call(&mut dice)).collect();
        for call in &calls {
            file(&store, call).await;
        }
        let store = store.counting_by(counting());
        let control = FigureFilter { group: Some(Group::Control), ..everything() };
        assert_eq!(store.counted(&control).await.unwrap().calls, CallTally::default());
        assert!(0 < store.recount().await.unwrap().corrected);
        assert_eq!(store.counted(&control).await.unwrap().calls, plain_count(&calls, &[], &control));
        assert_eq!(store.recount().await.unwrap().corrected, 0);
    }

    a_database_of_before_is_counted_when_it_is_migrated(store) => {
        let mut call = random_call(&mut SmallRng::seed_from_u64(9));
        let outcome = &mut call.call.outcome;
        (outcome.direction, outcome.connection) = (CallDirection::Outbound, Connection::NoAnswer);
        outcome.order_ref = Some(OrderRef("KH-1".to_owned()));
        file(&store, &call).await;
        for statement in
            ["DELETE FROM call_tallies", "UPDATE calls SET of_order = '{}'", "UPDATE tallying SET has_counted = 0"]
        {
            writing!(&store.db, pool => sqlx::query(statement).execute(pool).await.map(drop)).unwrap();
        }
        store.migrate().await.unwrap();
        let calls = store.counted(&everything()).await.unwrap().calls;
        assert_eq!((calls.of(Counter::Ended), calls.of(Counter::OrderCalled)), (1, 1));
    }

    parcels_tickets_moments_and_promises_are_counted(store) => {
        let store = store.counting_by(Counting { control_group: ControlGroup::default(), ..counting() });
        for (order_ref, last) in [("KH-1", DeliveryStatus::Delivered), ("KH-2", DeliveryStatus::ReturningToSender)] {
            let mut order = order(order_ref);
            order.shipments[0].status = last;
            order.shipments[0].events = vec![
                event(10, DeliveryStatus::InTransit),
                TrackingEvent {
                    reason: Some("CUSTOMER_NOT_AVAILABLE".to_owned()),
                    ..event(20, DeliveryStatus::AttemptFailed)
                },
                event(30, last),
            ];
            store.put_order(&order, at(0)).await.unwrap();
        }
        let ticket = Ticket { phone: None, count: 3, topic: "eta".to_owned(), opened_at: at(900), order_ref: Some(OrderRef("KH-1".to_owned())), ..random_ticket(&mut SmallRng::seed_from_u64(1), 1) };
        for (order_ref, key) in [("KH-1", "a"), ("KH-2", "b")] {
            store.put_decision(&decision(order_ref, key), None).await.unwrap();
        }
        // Of KH-1 the customer hears from us after two minutes, and asks later; of KH-2 they ask first, and hear from us
        // after more than half an hour.
        let mut disputed = None;
        for (order_ref, direction, second) in [
            ("KH-1", CallDirection::Outbound, 220),
            ("KH-2", CallDirection::Inbound, 300),
            ("KH-2", CallDirection::Outbound, 2_000),
        ] {
            let mut call = finished(call_id(), at(second + 5));
            call.outcome.order_ref = Some(OrderRef(order_ref.to_owned()));
            call.outcome.direction = direction;
            call.outcome.connection = if direction == CallDirection::Inbound { Connection::InboundAnswered } else { Connection::AnsweredHuman };
            if second == 2_000 {
                call.outcome.disposition = Disposition::AttemptDisputed;
                disputed = Some(call.id);
            }
            file(&store, &Filed { started_at: at(second), call }).await;
        }
        store.put_ticket(&ticket).await.unwrap();
        let request = RecordedRequest {
            call: call_id(),
            idempotency_key: "one".to_owned(),
            kind: "complaint".to_owned(),
            order_ref: None,
            details: Vec::new(),
            requested_at: at(0),
            due_at: Some(at(60)),
        };
        store.record_request(&request).await.unwrap();
        let counted = store.counted(&everything()).await.unwrap();
        let parcels = counted.parcels.unwrap();
        let cod = ShippedCounts { shipped: 2, attempted: 2, attempt_failed: 2, returned: 1 };
        let of_parcels = ParcelCounts {
            cod,
            failed: 2,
            recovered: 1,
            contacted: 2,
            contacted_soon: 1,
            absent_called: 2,
            absent_disputed: 1,
            ..ParcelCounts::default()
        };
        assert_eq!(parcels.treated, of_parcels);
        // Told again after the calls, it is as before; with the call goes what it came to.
        let told = store.order_by_ref(&OrderRef("KH-2".to_owned())).await.unwrap().unwrap();
        let mut told_again = told.clone();
        told_again.address.city = "Pune".to_owned();
        store.put_order(&told_again, at(3_000)).await.unwrap();
        assert_eq!(store.counted(&everything()).await.unwrap().parcels.unwrap().treated, of_parcels);
        store.delete_calls(&[disputed.unwrap()]).await.unwrap();
        let of_parcels = ParcelCounts { contacted: 1, absent_called: 1, absent_disputed: 0, ..of_parcels };
        assert_eq!(store.counted(&everything()).await.unwrap().parcels.unwrap().treated, of_parcels);
        let tickets = counted.tickets.unwrap();
        assert_eq!((tickets.all, tickets.wismo.of(&"email".to_owned())), (3, 3));
        let moments = counted.moments.unwrap();
        assert_eq!((moments.detected, moments.ours_first), (2, 1));
        assert_eq!((moments.lead_minutes.of(&2), moments.lead_minutes.of(&31)), (1, 1));
        assert_eq!(moments.lead_minutes_from_event.of(&3), 1);
        assert_eq!(counted.links, Some(Links::default()));
        assert_eq!(counted.requests, Some(Requests { promises_open: 1, ..Requests::default() }));
        let narrowed = store.counted(&FigureFilter { scenario: Some("I1_WISMO".to_owned()), ..everything() }).await.unwrap();
        assert_eq!((narrowed.tickets, narrowed.parcels, narrowed.requests, narrowed.links), (None, None, None, None));
    }
}

pub(super) fn decision(order_ref: &str, key: &str) -> NewDecision {
    let moment = Event { moment: Moment::AttemptFailed, tracking_number: None, at: at(40), moved: None };
    NewDecision {
        view: DecisionView {
            decided_at: at(100),
            order_ref: OrderRef(order_ref.to_owned()),
            event_key: key.to_owned(),
            event: Some(moment),
            rule: None,
            passed: Vec::new(),
            channel: Channel::Call,
            scenario: None,
            urgency: None,
            message: None,
            not_before: None,
            expires_at: None,
            why: None,
            verdict: None,
            cancelled: Vec::new(),
            version: String::new(),
        },
        phone: phone(1),
        plan: None,
    }
}

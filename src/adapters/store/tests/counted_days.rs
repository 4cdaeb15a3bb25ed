//! What is counted beside calls: days that are kept equal what the rows come to, whatever comes, goes and changes.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use rand::rngs::SmallRng;
use rand::{RngExt as _, SeedableRng as _};

use super::SqlStore;
use super::engines::on_both_engines;
use super::figures::{counting, decision, everything, random_filter};
use super::samples::{at, call_id, event, finished, opened, order};
use crate::adapters::store::db::{reading, writing};
use crate::domain::call::{CallDirection, Connection};
use crate::domain::figures::{BesideCalls, Counting, FigureFilter, Ticket};
use crate::domain::orders::{DeliveryStatus, OrderRef};
use crate::domain::values::CallId;
use crate::ports::figures::FigureStore as _;
use crate::ports::outreach::{NewDecision, OutreachStore as _};
use crate::ports::retention::{RetentionStore as _, Subject};
use crate::ports::store::{CallStore as _, OrderStore as _, RecordedRequest};

const SPAN: i64 = 16 * 86_400;

async fn change(store: &SqlStore, dice: &mut SmallRng, number: u32, calls: &mut Vec<CallId>) {
    let order_ref = OrderRef(format!("KH-{}", dice.random_range(0..12)));
    let second = dice.random_range(0..SPAN);
    match dice.random_range(0..9) {
        0 | 1 => {
            let mut order = order(&order_ref.0);
            let last = [DeliveryStatus::Delivered, DeliveryStatus::ReturningToSender, DeliveryStatus::InTransit];
            order.shipments[0].status = last[dice.random_range(0..3)];
            order.shipments[0].events = vec![event(second, DeliveryStatus::InTransit)];
            if dice.random_bool(0.5) {
                order.shipments[0].events.push(event(second + 20_000, DeliveryStatus::AttemptFailed));
            }
            store.put_order(&order, at(second)).await.unwrap();
        }
        2 => {
            let mut decision: NewDecision = decision(&order_ref.0, &number.to_string());
            decision.view.decided_at = at(second);
            store.put_decision(&decision, None).await.unwrap();
        }
        3 => {
            let mut call = finished(call_id(), at(second + 5));
            call.outcome.order_ref = Some(order_ref);
            let mut opened = opened(call.id, at(second));
            opened.direction = CallDirection::Inbound;
            if dice.random_bool(0.7) {
                opened.direction = CallDirection::Outbound;
                call.outcome.connection = Connection::AnsweredHuman;
            }
            call.outcome.direction = opened.direction;
            store.open_call(&opened).await.unwrap();
            store.finish_call(&call, &[]).await.unwrap();
            calls.push(call.id);
        }
        4 => {
            let ticket = Ticket {
                ticket_ref: format!("T-{}", dice.random_range(0..20)),
                opened_at: at(second),
                channel: "email".to_owned(),
                topic: if dice.random_bool(0.5) { "eta" } else { "refund" }.to_owned(),
                order_ref: Some(order_ref),
                phone: None,
                count: dice.random_range(1..4),
            };
            store.put_ticket(&ticket).await.unwrap();
        }
        5 => {
            let request = RecordedRequest {
                call: call_id(),
                idempotency_key: number.to_string(),
                kind: "human_callback".to_owned(),
                order_ref: Some(order_ref),
                details: Vec::new(),
                requested_at: at(second),
                due_at: dice.random_bool(0.7).then(|| at(second + 90_000)),
            };
            store.record_request(&request).await.unwrap();
        }
        6 => {
            let statement = [
                "UPDATE requests SET promise = 'kept' WHERE due_at < $1",
                "UPDATE requests SET state = 'done', wrong_at = 1 WHERE requested_at < $1",
                "UPDATE shipments SET is_held_back = 1 WHERE failed_at < $1",
                "DELETE FROM tickets WHERE opened_at < $1",
                "UPDATE decisions SET is_held_back = 1 WHERE decided_at < $1",
            ][dice.random_range(0..5)];
            let before = at(dice.random_range(0..SPAN / 4)).as_millisecond();
            writing!(&store.db, pool => sqlx::query(statement).bind(before).execute(pool).await.map(drop)).unwrap();
        }
        7 if !calls.is_empty() => {
            let call = calls.swap_remove(dice.random_range(0..calls.len()));
            store.delete_calls(&[call]).await.unwrap();
        }
        _ if dice.random_bool(0.2) => {
            store.delete_orders_of(&Subject::Order(order_ref)).await.unwrap();
        }
        _ => store.keep_counted().await.unwrap(),
    }
}

/// What the kept days and the rest of a period come to, and what the rows themselves do.
async fn both_ways(store: &SqlStore, filter: &FigureFilter) -> (BesideCalls, BesideCalls) {
    let kept = store.beside_calls(filter.from, filter.to).await.unwrap();
    (kept, store.count_rows(filter.from, filter.to).await.unwrap())
}

async fn stale(store: &SqlStore) -> i64 {
    reading!(&store.db, pool => sqlx::query_scalar("SELECT COUNT(*) FROM stale_times").fetch_one(pool).await).unwrap()
}

on_both_engines! {
    kept_days_are_what_the_rows_come_to(store) => {
        let store = store.counting_by(counting());
        let mut dice = SmallRng::seed_from_u64(11);
        let mut calls = Vec::new();
        let mut last = BesideCalls::default();
        for number in 0..160 {
            change(&store, &mut dice, number, &mut calls).await;
            let filter = random_filter(&mut dice);
            let (kept, rows) = both_ways(&store, &filter).await;
            assert_eq!(kept, rows, "after {number}: {filter:?}");
            (last, _) = both_ways(&store, &everything()).await;
        }
        let parcels = last.parcels.of(None);
        for (what, count) in [
            ("shipped", parcels.all().shipped),
            ("failed", parcels.failed),
            ("contacted", parcels.contacted),
            ("tickets", last.tickets.of(None).wismo.total()),
            ("told", last.moments.of(None).lead_minutes.total()),
            ("kept", last.requests.promises_kept),
            ("seen to", last.requests.seen_to),
            ("held back", last.parcels.control.failed + last.moments.control.detected),
        ] {
            assert!(0 < count, "{what} was not compared: {last:?}");
        }
        store.keep_counted().await.unwrap();
        assert_eq!(stale(&store).await, 0);
        // Nothing is read again that has not changed.
        writing!(&store.db, pool => sqlx::query("UPDATE counted_days SET counts = replace(counts, ':', ' : ')").execute(pool).await.map(drop)).unwrap();
        assert_eq!(both_ways(&store, &everything()).await.0, last);
        let untouched: i64 = reading!(&store.db, pool => sqlx::query_scalar("SELECT COUNT(*) FROM counted_days WHERE counts NOT LIKE '% : %'").fetch_one(pool).await).unwrap();
        assert_eq!(untouched, 0);
    }

    what_is_written_while_days_are_counted_is_not_missed(store) => {
        let store = store.counting_by(counting());
        let writers = (0..3).map(|writer| {
            let store = store.clone();
            tokio::spawn(async move {
                let mut dice = SmallRng::seed_from_u64(writer);
                let mut calls = Vec::new();
                for number in 0..40 {
                    change(&store, &mut dice, u32::try_from(writer).unwrap() * 1_000 + number, &mut calls).await;
                }
            })
        });
        let mut writers = tokio::task::JoinSet::from_iter(writers);
        while !writers.is_empty() {
            store.beside_calls(at(0), at(SPAN)).await.unwrap();
            while let Some(done) = writers.try_join_next() {
                done.unwrap().unwrap();
            }
        }
        let (kept, rows) = both_ways(&store, &everything()).await;
        assert_eq!(kept, rows);
        assert!(0 < kept.parcels.of(None).all().shipped && 0 < kept.moments.of(None).detected);
    }
}

#[test]
fn days_begin_at_a_quarter_of_an_hour() {
    for (name, day) in
        [("Asia/Kathmandu", "2026-11-24"), ("Pacific/Chatham", "2026-03-29"), ("Asia/Kolkata", "2026-01-01")]
    {
        let counting = Counting { zone: TimeZone::get(name).unwrap(), ..Counting::default() };
        let begin: Timestamp = counting.begin_of(day.parse().unwrap());
        assert_eq!(begin.as_millisecond() % 900_000, 0, "{name}");
    }
}

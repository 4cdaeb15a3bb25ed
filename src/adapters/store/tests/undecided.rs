//! Events that wait for their decision: written with the change, lent by time, gone once decided.

use super::SqlStore;
use super::engines::on_both_engines;
use super::samples::{self, at, event, order};
use crate::domain::orders::incoming::{CommerceEvent, ParcelKey};
use crate::domain::orders::{DeliveryStatus, Order};
use crate::domain::outreach::rules::{Event, Moment, Signals};
use crate::ports::commerce::{CommerceStore, Notice, Trust};
use crate::ports::outreach::OutreachStore;
use crate::ports::retention::{RetentionStore, Subject};
use crate::ports::store::PutOrder;
use crate::ports::undecided::{Next, Undecided, UndecidedStore};

fn failed() -> Order {
    let mut failed = order("KH-452719");
    failed.shipments[0].status = DeliveryStatus::AttemptFailed;
    // After the sample's own event.
    failed.shipments[0].events.push(event(500_000, DeliveryStatus::AttemptFailed));
    failed
}

fn scan(second: i64, hint: &str) -> CommerceEvent {
    let parcel = ParcelKey {
        tracking_number: Some("T1".to_owned()),
        carrier: Some("delhivery".to_owned()),
        vendor_id: None,
        order_hints: vec![hint.to_owned()],
    };
    CommerceEvent::Tracking { parcel, event: Box::new(event(second, DeliveryStatus::AttemptFailed)) }
}

async fn told(store: &SqlStore, trust: Trust, id: &str, event: CommerceEvent) {
    let (unknown_codes, unusable) = (Vec::new(), Vec::new());
    let notice = Notice { event_id: id.to_owned(), events: vec![event], unknown_codes, unusable };
    store.take_in("shop", trust, &notice, at(100)).await.unwrap();
}

async fn lent(store: &SqlStore, next: Next, seconds: i64) -> Vec<Undecided> {
    store.lease_undecided(next, at(seconds), samples::LEASE, 10).await.unwrap()
}

fn moments(lent: &[Undecided]) -> Vec<Moment> {
    lent.iter().map(|undecided| undecided.event.moment).collect()
}

on_both_engines! {
    an_order_and_its_news_are_written_together(store) => {
        assert_eq!(store.put_order_undecided(&order("KH-452719"), at(0)).await, Ok(PutOrder::Inserted));
        for undecided in lent(&store, Next::Decide, 0).await {
            store.forget_undecided(&undecided.id).await.unwrap();
        }
        assert_eq!(store.put_order_undecided(&failed(), at(60)).await, Ok(PutOrder::Updated));
        assert_eq!(store.put_order_undecided(&failed(), at(61)).await, Ok(PutOrder::Unchanged));
        let news = lent(&store, Next::Decide, 61).await;
        assert_eq!(moments(&news), [Moment::AttemptFailed]);
        assert_eq!((news[0].order_ref.0.as_str(), &news[0].source, news[0].told_at), ("KH-452719", &None, at(60)));
    }

    what_is_not_decided_by_the_end_of_its_lease_is_lent_again(store) => {
        assert_eq!(store.next_undecided_at(Next::Decide).await, Ok(None));
        let visited = Event { moment: Moment::PageVisited, at: at(0), tracking_number: None, moved: None };
        let signals = Signals { page_visits: 3, ..Signals::default() };
        let order = order("KH-452719");
        store.put_signals_undecided(&order.order_ref, &signals, &visited).await.unwrap();
        assert_eq!(store.signals(&order.order_ref).await.unwrap().page_visits, 3);
        assert_eq!(store.next_undecided_at(Next::Decide).await, Ok(Some(at(0))));
        let first = lent(&store, Next::Decide, 0).await;
        assert_eq!((moments(&first), lent(&store, Next::Decide, 59).await.len()), (vec![Moment::PageVisited], 0));
        assert_eq!(lent(&store, Next::Decide, 60).await, first);
        store.forget_undecided(&first[0].id).await.unwrap();
        assert_eq!(store.next_undecided_at(Next::Decide).await, Ok(None));
    }

    a_hint_is_lent_to_whoever_asks_until_it_is_confirmed(store) => {
        store.put_order_undecided(&order("2041"), at(0)).await.unwrap();
        for undecided in lent(&store, Next::Decide, 0).await {
            store.forget_undecided(&undecided.id).await.unwrap();
        }
        told(&store, Trust::Hinted, "e-1", scan(90, "2041")).await;
        assert_eq!(store.next_undecided_at(Next::Decide).await, Ok(None));
        let hints = lent(&store, Next::Ask, 100).await;
        assert_eq!((moments(&hints), hints[0].source.as_deref()), (vec![Moment::AttemptFailed], Some("shop")));
        store.confirm_undecided(&hints[0].id, at(101)).await.unwrap();
        assert_eq!(store.next_undecided_at(Next::Ask).await, Ok(None));
        assert_eq!(moments(&lent(&store, Next::Decide, 101).await), [Moment::AttemptFailed]);
    }

    a_hint_that_waited_for_its_order_is_still_one(store) => {
        told(&store, Trust::Hinted, "e-1", scan(90, "2041")).await;
        let mut order = order("2041");
        order.shipments.clear();
        let order = CommerceEvent::OrderUpserted { order: Box::new(order), vendor_id: None, at: at(95) };
        told(&store, Trust::Signed, "e-2", order).await;
        assert_eq!(moments(&lent(&store, Next::Decide, 100).await), [Moment::OrderConfirmed]);
        assert_eq!(moments(&lent(&store, Next::Ask, 100).await), [Moment::AttemptFailed]);
    }

    what_is_erased_is_not_decided_about(store) => {
        let order = order("KH-452719");
        store.put_order_undecided(&order, at(0)).await.unwrap();
        assert!(store.next_undecided_at(Next::Decide).await.unwrap().is_some());
        store.delete_orders_of(&Subject::Phone(order.customer.phone)).await.unwrap();
        assert_eq!(store.next_undecided_at(Next::Decide).await, Ok(None));
    }
}

//! An order that turns out to be paid in advance: once, at the link that was sent last, to whoever was told of the call.

use std::time::Duration;

use super::SqlStore;
use super::engines::on_both_engines;
use super::samples::{EVERYBODY, at, call_id, finished, opened, order};
use crate::domain::call::{Disposition, OutcomeRecord};
use crate::domain::orders::actions::ActionKind;
use crate::domain::orders::incoming::CommerceEvent;
use crate::domain::orders::{DeliveryStatus, Order, OrderRef, Payment};
use crate::domain::values::CallId;
use crate::ports::commerce::{
    ActionSettlement, ActionStore as _, CommerceStore as _, LeasedAction, Notice, PlannedAction, TakenIn, Trust,
};
use crate::ports::retention::RetentionStore as _;
use crate::ports::store::{CallStore as _, Delivery, DeliveryStore as _, OrderStore as _, RecordedRequest};

const LEASE: Duration = Duration::from_secs(60);

fn told(payment: Payment) -> Order {
    let mut order = order("2041");
    order.shipments.clear();
    order.payment = payment;
    order
}

async fn tell(store: &SqlStore, event_id: &str, second: i64, order: &Order) -> TakenIn {
    let event = CommerceEvent::OrderUpserted {
        order: Box::new(order.clone()),
        vendor_id: Some("5501".to_owned()),
        at: at(second),
    };
    let (unknown_codes, unusable) = (Vec::new(), Vec::new());
    let notice = Notice { event_id: event_id.to_owned(), events: vec![event], unknown_codes, unusable };
    store.take_in("shop", Trust::Signed, &notice, at(second)).await.unwrap()
}

/// A call in which a link was asked for, and the request.
async fn asks_for_link(store: &SqlStore) -> (CallId, String) {
    let call = call_id();
    store.open_call(&opened(call, at(10))).await.unwrap();
    let request = RecordedRequest {
        call,
        idempotency_key: format!("{call}:prepaid_link"),
        kind: "prepaid_link".to_owned(),
        order_ref: Some(OrderRef("2041".to_owned())),
        details: Vec::new(),
        requested_at: at(20),
        due_at: None,
    };
    let request = store.record_request(&request).await.unwrap();
    let kind = ActionKind::SendPaymentLink;
    let action = PlannedAction { source: "payment_link".to_owned(), kind, tracking_number: None };
    store.plan_actions(&request, &[action], at(21)).await.unwrap();
    (call, request)
}

async fn lease(store: &SqlStore) -> LeasedAction {
    store.lease_actions(at(22), LEASE, 10).await.unwrap().remove(0)
}

async fn sends_link(store: &SqlStore, second: i64) {
    let taken = ActionSettlement::Taken { reference: Some("SM1".to_owned()) };
    store.settle_action(&lease(store).await, at(second), &taken).await.unwrap();
}

async fn ends(store: &SqlStore, call: CallId) {
    let mut ended = finished(call, at(40));
    ended.outcome.disposition = Disposition::PrepaidLinkSent;
    ended.outcome.secondary = vec![Disposition::Complaint];
    store.finish_call(&ended, &["crm".to_owned(), "desk".to_owned()]).await.unwrap();
}

/// When each link was told to be paid, the newest action first, in seconds.
async fn paid(store: &SqlStore) -> Vec<Option<i64>> {
    let rows = store.list_actions(None, None, 10).await.unwrap().rows;
    rows.iter().map(|action| action.paid_at.map(|at| at.duration_since(super::samples::at(0)).as_secs())).collect()
}

/// The news of a call, by connector.
async fn news(store: &SqlStore, call: CallId) -> Vec<Delivery> {
    let mut rows = store.list_deliveries(Some(call), None, 20).await.unwrap().rows;
    rows.retain(Delivery::is_later_news);
    rows.sort_by(|one, other| one.connector.cmp(&other.connector));
    rows
}

on_both_engines! {
    an_order_paid_by_its_link_is_later_news_of_the_call_once(store) => {
        tell(&store, "e-1", 5, &told(Payment::Cod)).await;
        let (call, request) = asks_for_link(&store).await;
        sends_link(&store, 30).await;
        ends(&store, call).await;
        assert_eq!((paid(&store).await, news(&store, call).await.len()), (vec![None], 0));
        tell(&store, "e-2", 50, &told(Payment::Prepaid)).await;
        let told_of = news(&store, call).await;
        assert_eq!(told_of.iter().map(|news| news.connector.as_str()).collect::<Vec<_>>(), ["crm", "desk"]);
        for news in &told_of {
            assert_eq!(news.idempotency_key, format!("paid-{request}"));
            assert_eq!(news.call_key(), format!("call-{call}"), "it is no second call");
            let record: OutcomeRecord = serde_json::from_str(&news.body).unwrap();
            assert_eq!(record.disposition, Disposition::PrepaidPaid);
            assert_eq!(record.secondary, [Disposition::PrepaidLinkSent, Disposition::Complaint]);
            assert_eq!(record.payment_link_id.as_ref(), Some(&request));
        }
        // Again, told older, taken back and told once more: it stays what it was.
        assert_eq!(tell(&store, "e-2", 60, &told(Payment::Prepaid)).await, TakenIn::Repeated);
        tell(&store, "e-3", 45, &told(Payment::Cod)).await;
        assert_eq!(store.order_by_ref(&OrderRef("2041".to_owned())).await.unwrap().unwrap().payment, Payment::Prepaid);
        tell(&store, "e-4", 70, &told(Payment::Cod)).await;
        tell(&store, "e-5", 80, &told(Payment::Prepaid)).await;
        assert_eq!((paid(&store).await, news(&store, call).await.len()), (vec![Some(50)], 2));
        // It goes out behind the outcome, and goes with the call.
        let first = store.lease_deliveries(EVERYBODY, at(90), LEASE, 10).await.unwrap();
        assert!(first.iter().all(|lease| !lease.delivery.is_later_news()) && first.len() == 2, "{first:?}");
        store.delete_calls(&[call]).await.unwrap();
        assert_eq!((paid(&store).await, news(&store, call).await.len()), (Vec::new(), 0));
    }

    a_link_that_is_paid_before_its_sending_is_written_down_counts(store) => {
        store.put_order(&told(Payment::Cod), at(5)).await.unwrap();
        let (call, _) = asks_for_link(&store).await;
        ends(&store, call).await;
        let under_way = lease(&store).await;
        store.put_order(&told(Payment::Prepaid), at(25)).await.unwrap();
        assert_eq!(paid(&store).await, [None], "nobody knows yet that it was sent");
        let taken = ActionSettlement::Taken { reference: None };
        store.settle_action(&under_way, at(30), &taken).await.unwrap();
        assert_eq!((paid(&store).await, news(&store, call).await.len()), (vec![Some(30)], 2));
    }

    a_call_that_lasts_tells_it_at_its_end(store) => {
        store.put_order(&told(Payment::Cod), at(5)).await.unwrap();
        let (call, _) = asks_for_link(&store).await;
        sends_link(&store, 30).await;
        store.put_order(&told(Payment::Prepaid), at(35)).await.unwrap();
        assert_eq!((paid(&store).await, news(&store, call).await.len()), (vec![Some(35)], 0));
        ends(&store, call).await;
        assert_eq!(news(&store, call).await.len(), 2);
    }

    the_link_that_was_sent_last_is_the_one_that_was_paid(store) => {
        store.put_order(&told(Payment::Cod), at(5)).await.unwrap();
        let (first, _) = asks_for_link(&store).await;
        sends_link(&store, 30).await;
        let (second, _) = asks_for_link(&store).await;
        sends_link(&store, 40).await;
        ends(&store, first).await;
        ends(&store, second).await;
        store.put_order(&told(Payment::Prepaid), at(50)).await.unwrap();
        assert_eq!(paid(&store).await, [Some(50), None]);
        assert_eq!((news(&store, first).await.len(), news(&store, second).await.len()), (0, 2));
    }

    what_was_paid_at_the_door_or_without_a_link_is_no_such_news(store) => {
        store.put_order(&told(Payment::Cod), at(5)).await.unwrap();
        let (call, _) = asks_for_link(&store).await;
        let refused = ActionSettlement::Refused { error: "no link".to_owned() };
        store.settle_action(&lease(&store).await, at(30), &refused).await.unwrap();
        ends(&store, call).await;
        store.put_order(&told(Payment::Prepaid), at(50)).await.unwrap();
        assert_eq!((paid(&store).await, news(&store, call).await.len()), (vec![None], 0), "no link was sent");

        store.put_order(&told(Payment::Cod), at(51)).await.unwrap();
        let (call, _) = asks_for_link(&store).await;
        sends_link(&store, 60).await;
        ends(&store, call).await;
        let mut delivered = order("2041");
        (delivered.payment, delivered.shipments[0].status) = (Payment::Prepaid, DeliveryStatus::Delivered);
        store.put_order(&delivered, at(70)).await.unwrap();
        assert_eq!((paid(&store).await, news(&store, call).await.len()), (vec![None, None], 0), "it was paid at the door");
    }
}

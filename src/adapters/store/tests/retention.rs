//! Deleting: by age, by subject, never what is open or owed, and the proof of it.

use super::SqlStore;
use super::engines::on_both_engines;
use super::samples::{EVERYBODY, LEASE, at, call_id, finished, opened, order};
use crate::domain::orders::OrderRef;
use crate::domain::retention::{DeletedCounts, DeletedKind, Deletion};
use crate::domain::values::{CallId, Personal};
use crate::ports::desk::{DeskStore, Note};
use crate::ports::retention::{RetentionStore, Subject, SubjectCalls};
use crate::ports::store::{CallStore, DeliverySettlement, DeliveryStore, OrderStore, RecordedRequest};

/// A call that ended at this second, about an order, with a request, a note and a delivery that was made.
async fn settled_call(store: &SqlStore, second: i64) -> CallId {
    let id = ended_call(store, second).await;
    for lease in store.lease_deliveries(EVERYBODY, at(second), LEASE, 10).await.unwrap() {
        store.settle_delivery(&lease, at(second), &DeliverySettlement::Delivered).await.unwrap();
    }
    id
}

/// The same, with its delivery still owed.
async fn ended_call(store: &SqlStore, second: i64) -> CallId {
    let id = call_id();
    store.open_call(&opened(id, at(0))).await.unwrap();
    let request = store.record_request(&request(id)).await.unwrap();
    let note = Note {
        id: format!("note of {id}"),
        at: at(0),
        written_by: "helpdesk".to_owned(),
        text: Personal::new("gate code 12".to_owned()),
    };
    store.add_note(&request, &note).await.unwrap();
    let mut call = finished(id, at(second));
    call.outcome.instruction = Some(Personal::new("behind the temple".to_owned()));
    store.finish_call(&call, &["crm".to_owned()]).await.unwrap();
    id
}

fn request(call: CallId) -> RecordedRequest {
    RecordedRequest {
        call,
        idempotency_key: format!("{call}:complaint"),
        kind: "complaint".to_owned(),
        order_ref: Some(OrderRef("KH-452719".to_owned())),
        details: vec![("note".to_owned(), Personal::new("behind the temple".to_owned()))],
        requested_at: at(0),
        due_at: None,
    }
}

const ONE_OF_EACH: DeletedCounts = DeletedCounts { recordings: 0, calls: 1, requests: 1, deliveries: 1, orders: 0 };

on_both_engines! {
    words_go_and_the_rest_stays(store) => {
        let id = settled_call(&store, 10).await;
        assert_eq!(store.calls_with_words(at(10), 9).await, Ok(vec![]), "not before its time");
        assert_eq!(store.calls_with_words(at(11), 9).await, Ok(vec![id]));
        assert_eq!(store.delete_words(&[id], at(99)).await, Ok(ONE_OF_EACH));
        assert_eq!(store.calls_with_words(at(11), 9).await, Ok(vec![]));
        assert_eq!(store.delete_words(&[id], at(99)).await, Ok(DeletedCounts::default()), "once is enough");
        let call = store.call(id).await.unwrap().unwrap().finished.unwrap();
        assert_eq!((call.transcript.len(), call.facts.len(), &call.outcome.instruction), (0, 0, &None));
        assert_eq!((call.turns.len(), call.outcome.talk_ms), (1, 42_000));
        let request = store.requests_of_call(id).await.unwrap().remove(0);
        assert_eq!((request.details.len(), request.kind.as_str()), (0, "complaint"));
        assert_eq!(store.notes(&request.id).await, Ok(vec![]));
        let delivery = store.list_deliveries(Some(id), None, 1).await.unwrap().rows.remove(0);
        assert!(!delivery.body.contains("temple") && delivery.body.contains("delivery_call_outcome/1"));
    }

    a_call_goes_with_all_that_is_its_own(store) => {
        let (old, young) = (settled_call(&store, 10).await, settled_call(&store, 20).await);
        assert_eq!(store.calls_ended(at(20), 9).await, Ok(vec![old]));
        assert_eq!(store.delete_calls(&[old]).await, Ok(ONE_OF_EACH));
        assert_eq!(store.call(old).await, Ok(None));
        assert_eq!(store.requests_of_call(old).await, Ok(vec![]));
        assert_eq!(store.list_deliveries(None, None, 9).await.unwrap().rows.len(), 1);
        assert!(store.call(young).await.unwrap().is_some());
        assert_eq!(store.calls_ended(at(99), 1).await, Ok(vec![young]));
    }

    what_is_open_or_owed_is_never_deleted_by_age(store) => {
        let owed = ended_call(&store, 10).await;
        let open = call_id();
        store.open_call(&opened(open, at(0))).await.unwrap();
        store.record_request(&request(open)).await.unwrap();
        assert_eq!(store.calls_ended(at(99), 9).await, Ok(vec![]));
        assert_eq!(store.calls_with_words(at(99), 9).await, Ok(vec![]));
        assert_eq!(store.delete_calls(&[open]).await, Ok(DeletedCounts::default()));
        assert_eq!(store.delete_words(&[open], at(99)).await, Ok(DeletedCounts::default()));
        assert_eq!(store.requests_of_call(open).await.unwrap()[0].details.len(), 1);
        assert_eq!(store.lease_deliveries(EVERYBODY, at(10), LEASE, 9).await.unwrap()[0].delivery.call, owed);
    }

    a_subject_is_a_number_or_an_order(store) => {
        let mut order = order("KH-452719");
        store.put_order(&order, at(0)).await.unwrap();
        order.order_ref = OrderRef("KH-000002".to_owned());
        store.put_order(&order, at(0)).await.unwrap();
        let (one, other) = (ended_call(&store, 10).await, ended_call(&store, 11).await);
        let open = call_id();
        store.open_call(&opened(open, at(0))).await.unwrap();
        let number = Subject::Phone("+919845012345".parse().unwrap());
        let expected = SubjectCalls { ended: vec![one, other], open: 1 };
        assert_eq!(store.calls_of(&number).await, Ok(expected));
        let by_order = Subject::Order(OrderRef("KH-452719".to_owned()));
        assert_eq!(store.calls_of(&by_order).await.unwrap().ended, [one, other]);
        let stranger = Subject::Phone("+914000000001".parse().unwrap());
        assert_eq!(store.calls_of(&stranger).await, Ok(SubjectCalls::default()));
        assert_eq!(store.delete_orders_of(&stranger).await, Ok(0));
        assert_eq!(store.delete_orders_of(&by_order).await, Ok(1));
        assert_eq!(store.delete_orders_of(&number).await, Ok(1));
    }

    calls_are_found_by_the_range_of_their_ids(store) => {
        let ids = [settled_call(&store, 10).await, call_id(), settled_call(&store, 12).await, settled_call(&store, 13).await];
        let open = call_id();
        store.open_call(&opened(open, at(0))).await.unwrap();
        let mut found = store.calls_between(ids[0], ids[2]).await.unwrap();
        found.sort_unstable();
        assert_eq!(found, [(ids[0], Some(at(10))), (ids[2], Some(at(12)))]);
        assert_eq!(store.calls_between(open, open).await, Ok(vec![(open, None)]));
    }

    a_deletion_leaves_its_proof(store) => {
        let deletion = |number: i64, what, before, by: Option<&str>| Deletion {
            id: format!("deletion-{number}"),
            at: at(number),
            what,
            before,
            ordered_by: by.map(str::to_owned),
            counts: DeletedCounts { recordings: 1, calls: 2, requests: 3, deliveries: 4, orders: 5 },
        };
        let aged = deletion(1, DeletedKind::Audio, Some(at(0)), None);
        let asked = deletion(2, DeletedKind::Erasure, None, Some("privacy desk"));
        store.note_deletion(&aged).await.unwrap();
        store.note_deletion(&asked).await.unwrap();
        let first = store.list_deletions(None, 1).await.unwrap();
        let second = store.list_deletions(first.next.as_deref(), 1).await.unwrap();
        assert_eq!((first.rows, second.rows, second.next), (vec![asked], vec![aged], None));
    }
}

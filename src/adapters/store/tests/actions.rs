//! Actions on their way: planned once, lent to one worker, settled with their request.

use std::time::Duration;

use super::SqlStore;
use super::engines::on_both_engines;
use super::samples::{at, call_id, order};
use crate::domain::desk::{DeskState, PromiseState};
use crate::domain::orders::OrderRef;
use crate::domain::orders::actions::ActionKind;
use crate::ports::commerce::{ActionSettlement, ActionState, ActionStore, LeasedAction, PlannedAction};
use crate::ports::desk::{DeskRequest, DeskStore};
use crate::ports::store::{CallStore, OrderStore, RecordedRequest, StoreError};

const LEASE: Duration = Duration::from_secs(60);

async fn request(store: &SqlStore, key: &str) -> String {
    let request = RecordedRequest {
        call: call_id(),
        idempotency_key: key.to_owned(),
        kind: "reschedule".to_owned(),
        order_ref: Some(OrderRef("2041".to_owned())),
        details: vec![("day".to_owned(), "2026-11-25".to_owned().into())],
        requested_at: at(0),
        due_at: Some(at(500)),
    };
    store.record_request(&request).await.unwrap()
}

fn planned(source: &str, kind: ActionKind) -> PlannedAction {
    PlannedAction { source: source.to_owned(), kind, tracking_number: Some("T1".to_owned()) }
}

async fn lease(store: &SqlStore, second: i64) -> Vec<LeasedAction> {
    store.lease_actions(at(second), LEASE, 10).await.unwrap()
}

async fn desk(store: &SqlStore, id: &str) -> DeskRequest {
    store.request(id).await.unwrap().unwrap()
}

fn taken() -> ActionSettlement {
    ActionSettlement::Taken { reference: Some("UPL7".to_owned()) }
}

on_both_engines! {
    a_request_is_planned_once_and_done_when_all_is_taken(store) => {
        store.put_order(&order("2041"), at(0)).await.unwrap();
        let id = request(&store, "k-1").await;
        let unplanned = store.unplanned_requests(10).await.unwrap();
        assert_eq!((unplanned.len(), unplanned[0].id.as_str(), unplanned[0].details.len()), (1, id.as_str(), 1));
        let actions = [planned("shop", ActionKind::WriteNote), planned("carrier", ActionKind::Reschedule)];
        store.plan_actions(&id, &actions, at(1)).await.unwrap();
        store.plan_actions(&id, &actions, at(2)).await.unwrap();
        assert_eq!(store.unplanned_requests(10).await.unwrap(), []);
        let leases = lease(&store, 3).await;
        assert_eq!(leases.iter().map(|lease| lease.action.source.as_str()).collect::<Vec<_>>(), ["shop", "carrier"]);
        assert_eq!(lease(&store, 4).await, [], "somebody has them");
        store.settle_action(&leases[1], at(5), &taken()).await.unwrap();
        assert_eq!(desk(&store, &id).await.state, DeskState::Waiting, "the note is still on its way");
        store.settle_action(&leases[0], at(6), &taken()).await.unwrap();
        assert_eq!(desk(&store, &id).await.state, DeskState::Done);
        let listed = store.list_actions(Some(&id), None, 10).await.unwrap().rows;
        assert!(listed.iter().all(|action| action.state == ActionState::Taken && action.attempts == 1));
        assert_eq!(listed[0].reference.as_deref(), Some("UPL7"));
        assert_eq!(store.next_action_at().await, Ok(None));
    }

    a_note_alone_fulfils_nothing(store) => {
        let id = request(&store, "k-1").await;
        store.plan_actions(&id, &[planned("shop", ActionKind::WriteNote)], at(1)).await.unwrap();
        let leases = lease(&store, 3).await;
        store.settle_action(&leases[0], at(4), &taken()).await.unwrap();
        assert_eq!(desk(&store, &id).await.state, DeskState::Waiting);
    }

    a_fulfilled_request_keeps_its_promise(store) => {
        let id = request(&store, "k-1").await;
        let actions = [planned("shop", ActionKind::WriteNote), planned("carrier", ActionKind::Reschedule)];
        store.plan_actions(&id, &actions, at(1)).await.unwrap();
        for lease in lease(&store, 3).await {
            store.settle_action(&lease, at(5), &taken()).await.unwrap();
        }
        let done = desk(&store, &id).await;
        assert_eq!((done.state, done.promise, done.handled_by.as_deref()),
            (DeskState::Done, PromiseState::Kept, Some("carrier")));
    }

    a_refused_action_makes_its_request_a_task(store) => {
        for (key, settlement, state) in [
            ("k-1", ActionSettlement::Refused { error: "NDR is closed".to_owned() }, ActionState::Refused),
            ("k-2", ActionSettlement::Unknown { error: "no answer".to_owned() }, ActionState::Unknown),
        ] {
            let id = request(&store, key).await;
            assert_eq!(desk(&store, &id).await.way, None);
            store.plan_actions(&id, &[planned("carrier", ActionKind::Reschedule)], at(1)).await.unwrap();
            let leases = lease(&store, 3).await;
            store.settle_action(&leases[0], at(4), &settlement).await.unwrap();
            let task = desk(&store, &id).await;
            assert_eq!((task.way.map(|way| way.as_str().to_owned()), task.state), (Some("ticket".to_owned()), DeskState::Waiting));
            let listed = store.list_actions(Some(&id), None, 10).await.unwrap().rows;
            assert_eq!((listed[0].state, listed[0].last_error.is_some()), (state, true));
        }
    }

    a_lease_runs_out_and_another_worker_goes_on(store) => {
        let id = request(&store, "k-1").await;
        store.plan_actions(&id, &[planned("carrier", ActionKind::Reschedule)], at(1)).await.unwrap();
        let first = lease(&store, 3).await.remove(0);
        let second = lease(&store, 64).await.remove(0);
        assert_eq!(second.action.attempts, 2);
        assert_eq!(store.settle_action(&first, at(65), &taken()).await, Err(StoreError::NotFound));
        let again = ActionSettlement::RetryAt { at: at(90), error: "busy".to_owned() };
        store.settle_action(&second, at(66), &again).await.unwrap();
        assert_eq!((lease(&store, 89).await, store.next_action_at().await), (Vec::new(), Ok(Some(at(90)))));
        assert_eq!(lease(&store, 90).await.len(), 1);
    }

    one_order_is_changed_by_a_source_in_the_order_it_was_asked(store) => {
        let (first, second) = (request(&store, "k-1").await, request(&store, "k-2").await);
        store.plan_actions(&first, &[planned("carrier", ActionKind::Reschedule)], at(1)).await.unwrap();
        store.plan_actions(&second, &[planned("carrier", ActionKind::Reschedule)], at(2)).await.unwrap();
        let leases = lease(&store, 3).await;
        assert_eq!(leases.iter().map(|lease| &lease.action.request_id).collect::<Vec<_>>(), [&first]);
        store.settle_action(&leases[0], at(4), &taken()).await.unwrap();
        assert_eq!(lease(&store, 5).await[0].action.request_id, second);
        let all = store.list_actions(None, None, 1).await.unwrap();
        assert!(all.next.is_some() && all.rows[0].request_id == second, "newest first");
        assert_eq!(store.list_actions(Some("\0"), None, 1).await.unwrap().rows, []);
    }

    an_order_is_known_with_what_its_sources_call_it(store) => {
        assert_eq!(store.known_order(&OrderRef("2041".to_owned())).await, Ok(None));
        store.put_order(&order("2041"), at(0)).await.unwrap();
        let known = store.known_order(&OrderRef("2041".to_owned())).await.unwrap().unwrap();
        assert_eq!(known.vendor_ids, []);
    }
}

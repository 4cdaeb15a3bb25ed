//! Deliveries: lent once, settled by their holder alone, returned when a worker dies.

use std::collections::BTreeSet;

use super::engines::on_both_engines;
use super::samples::{EVERYBODY, LEASE, at, call_id, finished, opened};
use super::{Db, SqlStore};
use crate::domain::values::CallId;
use crate::ports::store::{CallStore, DeliverySettlement, DeliveryState, DeliveryStore, StoreError};

async fn finish_a_call(store: &SqlStore, seconds: i64, connectors: &[&str]) -> CallId {
    let id = call_id();
    let connectors: Vec<String> = connectors.iter().map(|&name| name.to_owned()).collect();
    store.open_call(&opened(id, at(0))).await.unwrap();
    store.finish_call(&finished(id, at(seconds)), &connectors).await.unwrap();
    id
}

/// A second delivery of the same call and connector, as a correction of its outcome would make.
async fn add_correction(store: &SqlStore, call: CallId, seconds: i64) {
    let id = uuid::Uuid::now_v7().to_string();
    macro_rules! insert {
        ($pool:expr) => {
            sqlx::query(super::sql::INSERT_DELIVERY)
                .bind(&id)
                .bind(call.to_string())
                .bind("crm")
                .bind(format!("call-{call}-2"))
                .bind("{}")
                .bind(at(seconds).as_millisecond())
                .execute($pool)
                .await
                .map(drop)
                .unwrap()
        };
    }
    match &store.db {
        Db::Sqlite { writer, .. } => insert!(writer),
        Db::Postgres(pool) => insert!(pool),
    }
}

on_both_engines! {
    a_finished_call_waits_for_its_connectors(store) => {
        let call = finish_a_call(&store, 10, &["crm", "helpdesk"]).await;
        assert_eq!(store.next_delivery_at(EVERYBODY).await, Ok(Some(at(10))));
        assert_eq!(store.lease_deliveries(EVERYBODY, at(9), LEASE, 10).await, Ok(vec![]));
        let leases = store.lease_deliveries(EVERYBODY, at(10), LEASE, 10).await.unwrap();
        assert_eq!(leases.len(), 2);
        for (lease, connector) in leases.iter().zip(["crm", "helpdesk"]) {
            assert_eq!((lease.delivery.connector.as_str(), lease.delivery.call), (connector, call));
            assert_eq!(lease.delivery.idempotency_key, format!("call-{call}"));
            assert_eq!((lease.delivery.state, lease.delivery.attempts), (DeliveryState::Leased, 1));
            let body: crate::domain::call::OutcomeRecord = serde_json::from_str(&lease.delivery.body).unwrap();
            assert_eq!(body, finished(call, at(10)).outcome);
        }
    }

    eight_workers_claim_each_delivery_once(store) => {
        for _ in 0..50 {
            finish_a_call(&store, 0, &["crm"]).await;
        }
        let workers: Vec<_> = (0..8)
            .map(|_| {
                let store = store.clone();
                tokio::spawn(async move {
                    let mut claimed = Vec::new();
                    for _ in 0..20 {
                        for lease in store.lease_deliveries(EVERYBODY, at(1), LEASE, 3).await.unwrap() {
                            store.settle_delivery(&lease, at(2), &DeliverySettlement::Delivered).await.unwrap();
                            claimed.push(lease.delivery.id);
                        }
                    }
                    claimed
                })
            })
            .collect();
        let mut claimed = Vec::new();
        for worker in workers {
            claimed.extend(worker.await.unwrap());
        }
        let distinct: BTreeSet<_> = claimed.iter().collect();
        assert_eq!((claimed.len(), distinct.len()), (50, 50));
        assert_eq!(store.next_delivery_at(EVERYBODY).await, Ok(None));
    }

    a_lease_is_never_larger_than_asked(store) => {
        for _ in 0..5 {
            finish_a_call(&store, 0, &["crm"]).await;
        }
        let mut sizes = Vec::new();
        for _ in 0..4 {
            sizes.push(store.lease_deliveries(EVERYBODY, at(1), LEASE, 2).await.unwrap().len());
        }
        assert_eq!(sizes, [2, 2, 1, 0]);
    }

    settling_needs_the_token_and_the_time(store) => {
        finish_a_call(&store, 0, &["crm"]).await;
        let lease = store.lease_deliveries(EVERYBODY, at(0), LEASE, 1).await.unwrap().remove(0);
        let mut stolen = lease.clone();
        stolen.token = "00000000-0000-7000-8000-000000000000".to_owned();
        let done = DeliverySettlement::Delivered;
        assert_eq!(store.settle_delivery(&stolen, at(1), &done).await, Err(StoreError::NotFound));
        assert_eq!(store.settle_delivery(&lease, at(60), &done).await, Err(StoreError::NotFound));
        assert_eq!(store.settle_delivery(&lease, at(59), &done).await, Ok(()));
        assert_eq!(store.settle_delivery(&lease, at(59), &done).await, Err(StoreError::NotFound));
    }

    a_dead_workers_delivery_returns_with_the_same_key(store) => {
        finish_a_call(&store, 0, &["crm"]).await;
        let dead = store.lease_deliveries(EVERYBODY, at(0), LEASE, 1).await.unwrap().remove(0);
        assert_eq!(store.lease_deliveries(EVERYBODY, at(59), LEASE, 1).await, Ok(vec![]));
        assert_eq!(store.next_delivery_at(EVERYBODY).await, Ok(Some(at(60))));
        let next = store.lease_deliveries(EVERYBODY, at(60), LEASE, 1).await.unwrap().remove(0);
        assert_eq!(next.delivery.idempotency_key, dead.delivery.idempotency_key);
        assert_eq!(next.delivery.body, dead.delivery.body);
        assert_eq!(next.delivery.attempts, 2);
        let late = store.settle_delivery(&dead, at(61), &DeliverySettlement::Delivered).await;
        assert_eq!(late, Err(StoreError::NotFound));
    }

    of_one_call_and_connector_one_goes_at_a_time_oldest_first(store) => {
        let call = finish_a_call(&store, 0, &["crm", "helpdesk"]).await;
        add_correction(&store, call, 0).await;
        let keys = |leases: &[crate::ports::store::LeasedDelivery]| -> Vec<(String, bool)> {
            leases
                .iter()
                .map(|lease| (lease.delivery.connector.clone(), lease.delivery.idempotency_key.ends_with("-2")))
                .collect()
        };
        let first = store.lease_deliveries(EVERYBODY, at(1), LEASE, 10).await.unwrap();
        assert_eq!(keys(&first), [("crm".to_owned(), false), ("helpdesk".to_owned(), false)]);
        let retry = DeliverySettlement::RetryAt { at: at(30), error: "busy".to_owned() };
        store.settle_delivery(&first[0], at(2), &retry).await.unwrap();
        assert_eq!(keys(&store.lease_deliveries(EVERYBODY, at(3), LEASE, 10).await.unwrap()), []);
        // The correction is due, but held back: nothing can be done before the retry.
        assert_eq!(store.next_delivery_at(EVERYBODY).await, Ok(Some(at(30))));
        let again = store.lease_deliveries(EVERYBODY, at(30), LEASE, 10).await.unwrap();
        assert_eq!(keys(&again), [("crm".to_owned(), false)]);
        store.settle_delivery(&again[0], at(31), &DeliverySettlement::Delivered).await.unwrap();
        assert_eq!(keys(&store.lease_deliveries(EVERYBODY, at(32), LEASE, 10).await.unwrap()), [("crm".to_owned(), true)]);
    }

    what_was_given_up_can_be_retried_by_hand(store) => {
        finish_a_call(&store, 0, &["crm"]).await;
        let lease = store.lease_deliveries(EVERYBODY, at(0), LEASE, 1).await.unwrap().remove(0);
        let id = lease.delivery.id.clone();
        assert_eq!(store.retry_delivery(&id, at(1)).await, Err(StoreError::NotFound));
        let given_up = DeliverySettlement::GivenUp { error: "x".repeat(900) };
        store.settle_delivery(&lease, at(1), &given_up).await.unwrap();
        assert_eq!(store.lease_deliveries(EVERYBODY, at(1_000), LEASE, 1).await, Ok(vec![]));
        let shown = store.list_deliveries(None, None, 10).await.unwrap().rows.remove(0);
        assert_eq!((shown.state, shown.last_error), (DeliveryState::GivenUp, Some("x".repeat(500))));
        store.retry_delivery(&id, at(1_000)).await.unwrap();
        assert_eq!(store.retry_delivery("\0", at(1_000)).await, Err(StoreError::NotFound));
        let again = store.lease_deliveries(EVERYBODY, at(1_000), LEASE, 1).await.unwrap().remove(0);
        assert_eq!(again.delivery.attempts, 1);
    }

    deliveries_come_in_pages(store) => {
        for seconds in 0..5 {
            finish_a_call(&store, seconds, &["crm"]).await;
        }
        let first = store.list_deliveries(None, None, 3).await.unwrap();
        let second = store.list_deliveries(None, first.next.as_deref(), 3).await.unwrap();
        let seen: Vec<_> = first.rows.iter().chain(&second.rows).map(|delivery| delivery.created_at).collect();
        assert_eq!((seen, second.next), ([4, 3, 2, 1, 0].map(at).to_vec(), None));
        assert_eq!(first.rows[0].next_attempt_at, Some(at(4)));
        assert_eq!(store.count_unsettled_deliveries().await, Ok(5));
    }

    deliveries_of_one_call_are_told_apart(store) => {
        let call = finish_a_call(&store, 0, &["crm", "mail"]).await;
        finish_a_call(&store, 1, &["crm"]).await;
        let first = store.list_deliveries(Some(call), None, 1).await.unwrap();
        let second = store.list_deliveries(Some(call), first.next.as_deref(), 1).await.unwrap();
        let mut seen: Vec<_> = first.rows.iter().chain(&second.rows).map(|row| (row.call, row.connector.as_str())).collect();
        seen.sort_unstable();
        assert_eq!((seen, second.next), (vec![(call, "crm"), (call, "mail")], None));
        assert_eq!(store.list_deliveries(Some(call_id()), None, 10).await.unwrap().rows, []);
    }
}

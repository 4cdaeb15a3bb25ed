//! Calls: opened, finished once, left open, asked in, opted out of.

use super::engines::on_both_engines;
use super::samples::{EVERYBODY, LEASE, at, call_id, finished, opened};
use crate::domain::call::CallState;
use crate::domain::values::Personal;
use crate::ports::store::{CallStore, DeliveryStore, RecordedRequest, StoreError};

fn connectors() -> Vec<String> {
    vec!["crm".to_owned(), "helpdesk".to_owned()]
}

on_both_engines! {
    a_call_is_read_back_as_it_was_written(store) => {
        let id = call_id();
        store.open_call(&opened(id, at(0))).await.unwrap();
        let open = store.call(id).await.unwrap().unwrap();
        assert_eq!((open.state, &open.finished, open.ended_at), (CallState::InProgress, &None, None));
        assert_eq!(open.opened, opened(id, at(0)));
        store.finish_call(&finished(id, at(42)), &connectors()).await.unwrap();
        let ended = store.call(id).await.unwrap().unwrap();
        assert_eq!((ended.state, ended.finished, ended.ended_at), (CallState::Ended, Some(finished(id, at(42))), Some(at(42))));
        assert_eq!(store.call(call_id()).await, Ok(None));
    }

    opening_a_call_again_is_harmless(store) => {
        let id = call_id();
        store.open_call(&opened(id, at(0))).await.unwrap();
        store.finish_call(&finished(id, at(42)), &[]).await.unwrap();
        store.open_call(&opened(id, at(0))).await.unwrap();
        assert_eq!(store.call(id).await.unwrap().unwrap().state, CallState::Ended);
    }

    a_call_is_finished_once(store) => {
        let id = call_id();
        assert_eq!(store.finish_call(&finished(id, at(42)), &connectors()).await, Err(StoreError::NotFound));
        store.open_call(&opened(id, at(0))).await.unwrap();
        store.finish_call(&finished(id, at(42)), &connectors()).await.unwrap();
        let mut second = finished(id, at(43));
        second.state = CallState::Interrupted;
        assert_eq!(store.finish_call(&second, &connectors()).await, Err(StoreError::AlreadyFinished));
        assert_eq!(store.call(id).await.unwrap().unwrap().finished, Some(finished(id, at(42))));
        assert_eq!(store.list_deliveries(None, None, 10).await.unwrap().rows.len(), 2);
    }

    racing_to_finish_leaves_one_record(store) => {
        let id = call_id();
        store.open_call(&opened(id, at(0))).await.unwrap();
        let racers: Vec<_> = (0..8)
            .map(|second| {
                let store = store.clone();
                tokio::spawn(async move { store.finish_call(&finished(id, at(second)), &connectors()).await })
            })
            .collect();
        let mut results = Vec::new();
        for racer in racers {
            results.push(racer.await.unwrap());
        }
        let winners = results.iter().filter(|result| result.is_ok()).count();
        let beaten = results.iter().filter(|result| **result == Err(StoreError::AlreadyFinished)).count();
        assert_eq!((winners, beaten), (1, 7));
        assert_eq!(store.list_deliveries(None, None, 10).await.unwrap().rows.len(), 2);
    }

    without_its_deliveries_a_call_is_not_finished(store) => {
        let id = call_id();
        store.open_call(&opened(id, at(0))).await.unwrap();
        // The same connector twice breaks the second delivery; the call must stay open.
        let twice = vec!["crm".to_owned(), "crm".to_owned()];
        assert!(matches!(store.finish_call(&finished(id, at(42)), &twice).await, Err(StoreError::Failed { .. })));
        assert_eq!(store.call(id).await.unwrap().unwrap().state, CallState::InProgress);
        assert_eq!(store.next_delivery_at(EVERYBODY).await, Ok(None));
        store.finish_call(&finished(id, at(42)), &connectors()).await.unwrap();
    }

    calls_and_outcomes_come_in_pages(store) => {
        let ids: Vec<_> = (0..5).map(|_| call_id()).collect();
        for (id, seconds) in ids.iter().zip(0..) {
            store.open_call(&opened(*id, at(seconds))).await.unwrap();
        }
        for (id, seconds) in ids.iter().zip(0..4) {
            store.finish_call(&finished(*id, at(100 - seconds)), &[]).await.unwrap();
        }
        let first = store.list_calls(None, 3).await.unwrap();
        let second = store.list_calls(first.next.as_deref(), 3).await.unwrap();
        let seen: Vec<_> = first.rows.iter().chain(&second.rows).map(|call| call.opened.id).collect();
        assert_eq!((seen, second.next), (ids.iter().rev().copied().collect(), None));
        let first = store.list_outcomes(None, 3).await.unwrap();
        let second = store.list_outcomes(first.next.as_deref(), 3).await.unwrap();
        let seen: Vec<_> = first.rows.iter().chain(&second.rows).map(|outcome| outcome.call_id).collect();
        assert_eq!((seen, second.next), (ids[..4].to_vec(), None));
    }

    a_request_is_kept_once(store) => {
        let request = RecordedRequest {
            call: call_id(),
            idempotency_key: "call-1-reschedule-1".to_owned(),
            kind: "reschedule".to_owned(),
            order_ref: None,
            details: vec![("day".to_owned(), Personal::new("2026-11-24".to_owned()))],
            requested_at: at(0),
            due_at: Some(at(60)),
        };
        let id = store.record_request(&request).await.unwrap();
        assert_eq!(store.record_request(&request).await, Ok(id.clone()));
        let other = RecordedRequest { idempotency_key: "call-1-reschedule-2".to_owned(), ..request };
        assert_ne!(store.record_request(&other).await, Ok(id));
    }

    an_opt_out_stands(store) => {
        let phone = "+919845012345".parse().unwrap();
        assert_eq!(store.is_opted_out(&phone).await, Ok(false));
        store.opt_out(&phone, Some(call_id()), at(0)).await.unwrap();
        store.opt_out(&phone, None, at(1)).await.unwrap();
        assert_eq!(store.is_opted_out(&phone).await, Ok(true));
        assert_eq!(store.is_opted_out(&"+919845012346".parse().unwrap()).await, Ok(false));
    }

    errors_quote_nothing_personal(store) => {
        let (one, other) = (call_id(), call_id());
        let mut call = opened(one, at(0));
        call.provider_call_id = "asha-9845012345".to_owned();
        store.open_call(&call).await.unwrap();
        let error = store.open_call(&crate::domain::call::OpenedCall { id: other, ..call }).await.unwrap_err();
        assert!(!format!("{error} {error:?}").contains("9845012345"), "{error:?}");
        assert!(matches!(error, StoreError::Failed { .. }), "{error:?}");
    }

    four_hundred_calls_at_once_are_kept(store) => {
        let calls: Vec<_> = (0..400)
            .map(|_| {
                let store = store.clone();
                tokio::spawn(async move {
                    let id = call_id();
                    store.open_call(&opened(id, at(0))).await?;
                    store.finish_call(&finished(id, at(42)), &connectors()).await
                })
            })
            .collect();
        for call in calls {
            assert_eq!(call.await.unwrap(), Ok(()));
        }
        assert_eq!(store.count_unsettled_deliveries().await, Ok(800));
        assert_eq!(store.lease_deliveries(EVERYBODY, at(42), LEASE, 1_000).await.unwrap().len(), 800);
    }
}

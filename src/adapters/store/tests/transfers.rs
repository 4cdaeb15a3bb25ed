//! Transfers: one writer wins, the request follows, what is due is found by any server.

use super::SqlStore;
use super::engines::on_both_engines;
use super::samples::{at, call_id, finished, opened};
use crate::domain::call::EscalationWay;
use crate::domain::desk::DeskState;
use crate::domain::transfer::{Address, Briefing, LegId, Target, Transfer, TransferEvent, TransferTimes};
use crate::domain::values::{CallId, Personal};
use crate::ports::desk::DeskStore;
use crate::ports::retention::RetentionStore;
use crate::ports::store::{CallStore, DeliveryStore, RecordedRequest, StoreError};
use crate::ports::transfers::{HandoverNotice, StoredTransfer, TransferScript, TransferStore};

async fn begun(store: &SqlStore, call: CallId) -> StoredTransfer {
    store.open_call(&opened(call, at(0))).await.unwrap();
    let request = RecordedRequest {
        call,
        idempotency_key: format!("{call}:human_callback"),
        kind: "human_callback".to_owned(),
        order_ref: None,
        details: Vec::new(),
        requested_at: at(0),
        due_at: None,
    };
    let request = store.record_request(&request).await.unwrap();
    let desk = Target {
        name: "desk".to_owned(),
        address: Address::Sip("sip:desk@pbx.example.com".to_owned()),
        languages: Vec::new(),
        skills: Vec::new(),
    };
    let transfer = StoredTransfer {
        id: uuid::Uuid::now_v7().to_string(),
        call,
        request,
        provider: "twilio".to_owned(),
        provider_call_id: format!("CA{call}"),
        script: TransferScript {
            trigger: "asked_for_person".to_owned(),
            caller_id: None,
            return_token: Personal::new("token".to_owned()),
            briefings: vec![Briefing { words: Personal::new("A call about an order.".to_owned()), voice: None }],
            apology: "Sorry.".to_owned(),
            card: Personal::new("{}".to_owned()),
        },
        state: Transfer::begin(at(0), vec![desk], TransferTimes::default(), &mut Vec::new()),
        version: 1,
        begun_at: at(0),
    };
    let outcome = finished(call, at(0)).outcome;
    let notice = HandoverNotice { outcome: &outcome, connectors: &["crm".to_owned()] };
    store.begin_transfer(&transfer, &notice).await.unwrap();
    transfer
}

/// The transfer after these facts, as whoever read it last has it.
fn after(mut transfer: StoredTransfer, facts: Vec<TransferEvent>) -> StoredTransfer {
    for fact in facts {
        transfer.state.handle(at(1), fact, &mut Vec::new());
    }
    transfer
}

on_both_engines! {
    what_is_kept_is_read_again_by_every_name(store) => {
        let transfer = begun(&store, call_id()).await;
        let kept = Ok(Some(transfer.clone()));
        assert_eq!(store.transfer(&transfer.id).await, kept);
        assert_eq!(store.transfer_of_call(transfer.call).await, kept);
        assert_eq!(store.transfer_of_request(&transfer.request).await, kept);
        assert_eq!(store.transfer_of_line("twilio", &transfer.provider_call_id).await, kept);
        assert_eq!(store.transfer_of_line("other", &transfer.provider_call_id).await, Ok(None));
        let deliveries = store.list_deliveries(Some(transfer.call), None, 10).await.unwrap().rows;
        assert_eq!(deliveries.len(), 1);
        assert_eq!(deliveries[0].idempotency_key, format!("handover-{}", transfer.id));
    }

    of_two_servers_one_wins(store) => {
        let transfer = begun(&store, call_id()).await;
        let held = after(transfer.clone(), vec![TransferEvent::Held]);
        assert_eq!(store.keep_transfer(&held, at(1)).await, Ok(()));
        assert_eq!(store.keep_transfer(&held, at(1)).await, Err(StoreError::Conflict));
        let kept = store.transfer(&transfer.id).await.unwrap().unwrap();
        assert_eq!((kept.version, kept.state.stage().as_str()), (2, "ringing"));
        let request = store.request(&transfer.request).await.unwrap().unwrap();
        assert_eq!((request.transfer.as_deref(), request.state), (Some("ringing"), DeskState::Waiting));
    }

    a_person_who_takes_the_call_takes_the_request(store) => {
        let transfer = begun(&store, call_id()).await;
        let leg = LegId(0);
        let facts = vec![
            TransferEvent::Held,
            TransferEvent::Answered { leg, provider_call_id: "CAleg".to_owned() },
            TransferEvent::Accepted { leg },
            TransferEvent::Joined { leg },
        ];
        store.keep_transfer(&after(transfer.clone(), facts), at(1)).await.unwrap();
        let request = store.request(&transfer.request).await.unwrap().unwrap();
        assert_eq!((request.state, request.way), (DeskState::Accepted, Some(EscalationWay::Live)));
        assert_eq!((request.handled_by.as_deref(), request.transfer.as_deref()), (Some("desk"), Some("with_person")));
        assert_eq!(store.next_transfer_at().await, Ok(None));
        assert_eq!(store.transfer_of_line("twilio", &transfer.provider_call_id).await, Ok(None));
    }

    what_is_due_is_found_and_what_is_deleted_is_gone(store) => {
        assert_eq!(store.next_transfer_at().await, Ok(None));
        let transfer = begun(&store, call_id()).await;
        let due_at = transfer.state.deadline().unwrap();
        assert_eq!(store.next_transfer_at().await, Ok(Some(due_at)));
        assert_eq!(store.due_transfers(at(0), 10).await, Ok(Vec::new()));
        assert_eq!(store.due_transfers(due_at, 10).await, Ok(vec![transfer.id.clone()]));
        store.finish_call(&finished(transfer.call, at(9)), &[]).await.unwrap();
        store.delete_words(&[transfer.call], at(10)).await.unwrap();
        assert_eq!(store.transfer(&transfer.id).await, Ok(None));
    }
}

//! The desk: lists by side, changes that do not overtake each other, notes, the calls before, opt-outs, customers.

use super::SqlStore;
use super::engines::on_both_engines;
use super::samples::{at, call_id, finished, opened, order};
use crate::domain::call::EscalationWay;
use crate::domain::desk::{DeskState, PromiseState};
use crate::domain::orders::OrderRef;
use crate::domain::values::{CallId, Personal, PhoneNumber};
use crate::ports::desk::{ContactStore, DeskChange, DeskList, DeskStore, Note, OptOutEntry, OptOutScope};
use crate::ports::store::{CallStore, OrderStore, RecordedRequest, StoreError};

async fn ask(store: &SqlStore, call: CallId, kind: &str, second: i64) -> String {
    let request = RecordedRequest {
        call,
        idempotency_key: format!("{call}:{kind}:{second}"),
        kind: kind.to_owned(),
        order_ref: Some(OrderRef("KH-452719".to_owned())),
        details: vec![("note".to_owned(), Personal::new("leave it \"there\"".to_owned()))],
        requested_at: at(second),
        due_at: Some(at(second + 60)),
    };
    store.record_request(&request).await.unwrap()
}

async fn kinds(store: &SqlStore, list: DeskList) -> Vec<String> {
    store.list_requests(list, None, 10).await.unwrap().rows.into_iter().map(|request| request.kind).collect()
}

fn change(from: DeskState, to: DeskState) -> DeskChange {
    DeskChange { from: (from, PromiseState::Open), to: (to, PromiseState::Open), by: "helpdesk".to_owned(), at: at(99) }
}

fn phone(text: &str) -> PhoneNumber {
    text.parse().unwrap()
}

on_both_engines! {
    each_side_of_the_desk_has_its_requests(store) => {
        let call = call_id();
        for (kind, second) in [("reschedule", 0), ("damage_case", 1), ("human_callback", 2), ("callback", 3)] {
            ask(&store, call, kind, second).await;
        }
        assert_eq!(kinds(&store, DeskList::Handoffs(None)).await, ["human_callback", "damage_case"]);
        assert_eq!(kinds(&store, DeskList::Callbacks(None)).await, ["callback", "human_callback"]);
        let all = ["callback", "human_callback", "damage_case", "reschedule"];
        assert_eq!(kinds(&store, DeskList::Promises(None)).await, all);
        assert_eq!(kinds(&store, DeskList::Handoffs(Some(DeskState::Done))).await, [""; 0]);
        assert_eq!(kinds(&store, DeskList::Promises(Some(PromiseState::Open))).await, all);
        let of_call = store.requests_of_call(call).await.unwrap();
        assert_eq!(of_call.iter().map(|request| request.kind.as_str()).collect::<Vec<_>>(), all.iter().rev().copied().collect::<Vec<_>>());
        assert_eq!(of_call[1].way, Some(EscalationWay::Ticket));
        assert_eq!(of_call[0].details[0].1.reveal(), "leave it \"there\"");
    }

    requests_come_in_pages(store) => {
        for second in 0..5 {
            ask(&store, call_id(), "complaint", second).await;
        }
        let list = DeskList::Handoffs(Some(DeskState::Waiting));
        let first = store.list_requests(list, None, 3).await.unwrap();
        let second = store.list_requests(list, first.next.as_deref(), 3).await.unwrap();
        let times: Vec<_> = first.rows.iter().chain(&second.rows).map(|request| request.requested_at).collect();
        assert_eq!((times, second.next), ((0..5).rev().map(at).collect(), None));
    }

    of_two_who_accept_one_does(store) => {
        let id = ask(&store, call_id(), "complaint", 0).await;
        let accept = change(DeskState::Waiting, DeskState::Accepted);
        store.change_request(&id, &accept).await.unwrap();
        assert_eq!(store.change_request(&id, &accept).await, Err(StoreError::Conflict));
        let request = store.request(&id).await.unwrap().unwrap();
        assert_eq!((request.state, request.handled_by.as_deref()), (DeskState::Accepted, Some("helpdesk")));
        assert_eq!((request.changed_at, request.settled_at), (Some(at(99)), None));
        let mut done = change(DeskState::Accepted, DeskState::Done);
        done.to.1 = PromiseState::Missed;
        store.change_request(&id, &done).await.unwrap();
        let request = store.request(&id).await.unwrap().unwrap();
        assert_eq!((request.promise, request.settled_at), (PromiseState::Missed, Some(at(99))));
        for unknown in ["none", "\0"] {
            assert_eq!(store.request(unknown).await, Ok(None));
        }
    }

    notes_stand_beside_their_request(store) => {
        let id = ask(&store, call_id(), "complaint", 0).await;
        let note = |number: u32| Note {
            id: format!("note-{number}"),
            at: at(i64::from(number)),
            written_by: "helpdesk".to_owned(),
            text: Personal::new(format!("called, nobody there ({number})")),
        };
        store.add_note(&id, &note(1)).await.unwrap();
        store.add_note(&id, &note(2)).await.unwrap();
        assert_eq!(store.notes(&id).await, Ok(vec![note(1), note(2)]));
        assert_eq!(store.add_note("none", &note(3)).await, Err(StoreError::NotFound));
        assert_eq!(store.add_note("\0", &note(3)).await, Err(StoreError::NotFound));
    }

    the_calls_before_are_those_of_the_number_or_the_order(store) => {
        let (by_phone, by_order, other, open) = (call_id(), call_id(), call_id(), call_id());
        for (id, from, second) in [(by_phone, "+919845012345", 0), (by_order, "+914000000001", 1), (other, "+914000000002", 2), (open, "+919845012345", 3)] {
            let mut call = opened(id, at(second));
            call.from = Some(phone(from));
            store.open_call(&call).await.unwrap();
        }
        for (id, order_ref) in [(by_phone, None), (by_order, Some("KH-452719")), (other, Some("KH-000001"))] {
            let mut ended = finished(id, at(50));
            ended.outcome.order_ref = order_ref.map(|text| OrderRef(text.to_owned()));
            store.finish_call(&ended, &[]).await.unwrap();
        }
        let order_ref = OrderRef("KH-452719".to_owned());
        let number = phone("+919845012345");
        let found = store.earlier_calls(Some(&number), Some(&order_ref), call_id(), 9).await.unwrap();
        assert_eq!(found.iter().map(|call| call.call_id).collect::<Vec<_>>(), [by_order, by_phone]);
        let found = store.earlier_calls(Some(&number), Some(&order_ref), by_order, 9).await.unwrap();
        assert_eq!(found.iter().map(|call| call.call_id).collect::<Vec<_>>(), [by_phone]);
        assert_eq!(store.earlier_calls(None, None, call_id(), 9).await, Ok(vec![]));
    }

    an_opt_out_has_a_scope_and_a_wider_one_replaces_it(store) => {
        let number = phone("+919845012345");
        let entry = |scope| OptOutEntry { scope, at: at(0), call: None, set_by: Some("helpdesk".to_owned()) };
        let one = entry(OptOutScope::ThisOrder(OrderRef("KH-452719".to_owned())));
        store.put_opt_out(&number, &one).await.unwrap();
        assert_eq!(store.opt_out_of(&number).await, Ok(Some(one)));
        assert_eq!(store.is_opted_out(&number).await, Ok(false), "other calls may be made");
        let call = call_id();
        store.opt_out(&number, Some(call), at(5)).await.unwrap();
        let said = OptOutEntry { scope: OptOutScope::All, at: at(5), call: Some(call), set_by: None };
        assert_eq!(store.opt_out_of(&number).await, Ok(Some(said.clone())));
        store.opt_out(&number, None, at(9)).await.unwrap();
        assert_eq!(store.opt_out_of(&number).await, Ok(Some(said)), "what was said first stands");
        assert_eq!(store.is_opted_out(&number).await, Ok(true));
        for _ in 0..2 {
            store.remove_opt_out(&number).await.unwrap();
        }
        assert_eq!(store.opt_out_of(&number).await, Ok(None));
    }

    customers_are_told_by_their_newest_order(store) => {
        for (order_ref, number, second, name) in [
            ("A-1", "+919845012345", 10, "Asha"),
            ("A-2", "+919845012345", 30, "Asha Rao"),
            ("A-3", "+919845012345", 30, "Asha R. Rao"),
            ("B-1", "+914000000001", 20, "Binod"),
            ("C-1", "+914000000002", 5, "Chitra"),
        ] {
            let mut order = order(order_ref);
            order.placed_at = at(second);
            order.customer.phone = phone(number);
            order.customer.name = Personal::new(name.to_owned());
            store.put_order(&order, at(0)).await.unwrap();
        }
        let first = store.list_customers(None, None, 2).await.unwrap();
        let second = store.list_customers(None, first.next.as_deref(), 2).await.unwrap();
        let seen: Vec<_> = first
            .rows
            .iter()
            .chain(&second.rows)
            .map(|customer| (customer.newest.customer.name.reveal().as_str(), customer.orders))
            .collect();
        assert_eq!((seen, second.next), (vec![("Asha R. Rao", 3), ("Binod", 1), ("Chitra", 1)], None));
        let one = store.list_customers(Some(&phone("+914000000001")), None, 9).await.unwrap();
        assert_eq!(one.rows.iter().map(|customer| customer.orders).collect::<Vec<_>>(), [1]);
    }
}

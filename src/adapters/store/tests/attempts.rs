//! Calls the shop made to one number are found again, newest first.

use super::engines::on_both_engines;
use super::samples::{at, call_id, finished, opened};
use crate::domain::call::{CallDirection, OpenedCall};
use crate::ports::store::{AttemptStore, CallStore};

const CALLEE: &str = "+919845012345";

on_both_engines! {
    the_last_calls_to_a_number_are_found(store) => {
        let ours = |id, second| OpenedCall { direction: CallDirection::Outbound, to: Some(CALLEE.parse().unwrap()), ..opened(id, at(second)) };
        let (old, recent, newest, theirs) = (call_id(), call_id(), call_id(), call_id());
        for call in [ours(old, 0), ours(recent, 100), ours(newest, 200), opened(theirs, at(300))] {
            store.open_call(&call).await.unwrap();
        }
        store.finish_call(&finished(recent, at(142)), &[]).await.unwrap();
        let to: crate::domain::values::PhoneNumber = CALLEE.parse().unwrap();
        let ids = |calls: Vec<crate::ports::store::StoredCall>| calls.into_iter().map(|call| call.opened.id).collect::<Vec<_>>();
        assert_eq!(ids(store.attempts_to(&to, at(50), 10).await.unwrap()), [newest, recent], "the caller's own call is none");
        assert_eq!(ids(store.attempts_to(&to, at(50), 1).await.unwrap()), [newest]);
        let stranger = "+919999999999".parse().unwrap();
        assert!(store.attempts_to(&stranger, at(0), 10).await.unwrap().is_empty());
    }
}

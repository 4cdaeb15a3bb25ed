//! Server processes: who lives keeps its calls, who is gone leaves them.

use jiff::Timestamp;

use super::engines::{on_both_engines, second_server};
use super::samples::{at, call_id, finished, opened};
use super::{Db, SqlStore};
use crate::domain::values::CallId;
use crate::ports::nodes::NodeStore;
use crate::ports::store::CallStore;

async fn open(store: &SqlStore) -> CallId {
    let id = call_id();
    store.open_call(&opened(id, at(0))).await.unwrap();
    id
}

async fn left(store: &SqlStore, seen_since: Timestamp) -> Vec<CallId> {
    store.calls_left_open(seen_since, 10).await.unwrap().iter().map(|call| call.id).collect()
}

on_both_engines! {
    a_server_never_finds_its_own_calls_left_over(store) => {
        open(&store).await;
        assert_eq!(left(&store, at(1_000)).await, []);
        store.beat(at(0)).await.unwrap();
        assert_eq!(left(&store, at(1_000)).await, []);
    }

    calls_of_a_server_that_lives_are_its_own(store) => {
        let other = second_server(&store);
        let (open, ended) = (open(&other).await, open(&other).await);
        other.finish_call(&finished(ended, at(42)), &[]).await.unwrap();
        other.beat(at(100)).await.unwrap();
        // Nobody shares a file, so there the other one is known to be gone.
        let is_shared = matches!(store.db, Db::Postgres(_));
        assert_eq!(left(&store, at(100)).await, if is_shared { vec![] } else { vec![open] });
        assert_eq!(left(&store, at(101)).await, [open], "it has not been heard of since");
        other.leave().await.unwrap();
        assert_eq!(left(&store, at(0)).await, [open], "it has said goodbye");
    }

    the_oldest_are_found_first_and_not_more_than_asked(store) => {
        let other = second_server(&store);
        let mut ids = Vec::new();
        for second in 0..3 {
            ids.push(call_id());
            other.open_call(&opened(ids[ids.len() - 1], at(second))).await.unwrap();
        }
        let found = store.calls_left_open(at(0), 2).await.unwrap();
        assert_eq!(found.iter().map(|call| call.id).collect::<Vec<_>>(), ids[..2]);
        assert_eq!(found[0], opened(ids[0], at(0)));
    }
}

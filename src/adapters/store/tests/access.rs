//! Tokens, sessions, and answers that are given again.

use jiff::Timestamp;

use super::SqlStore;
use super::engines::on_both_engines;
use super::samples::at;
use crate::domain::access::Role;
use crate::ports::access::{
    AccessStore, AccessToken, AnswerStore, Begun, KeptAnswer, KeptUntil, RequestKey, SecretHash, Session,
};
use crate::ports::store::StoreError;

fn hash(text: &str) -> SecretHash {
    SecretHash(text.to_owned())
}

fn token(name: &str, second: i64) -> AccessToken {
    AccessToken {
        id: format!("id of {name}"),
        name: name.to_owned(),
        role: Role::Agent,
        hash: hash(name),
        prefix: "doorstep_ab".to_owned(),
        created_at: at(second),
        last_used_at: None,
        revoked_at: None,
    }
}

fn session(secret: &str, token: &str, expires_at: Timestamp) -> Session {
    Session { hash: hash(secret), token: hash(token), expires_at }
}

fn key(text: &str) -> RequestKey {
    RequestKey { token: hash("token"), key: text.to_owned() }
}

fn answer(body: &str) -> KeptAnswer {
    KeptAnswer { status: 201, content_type: Some("application/json".to_owned()), body: body.to_owned() }
}

/// A request at this second; answers count for 100 s, a request runs for 10 s at most.
async fn begin(store: &SqlStore, key: &RequestKey, fingerprint: &str, second: i64) -> Begun {
    let until = KeptUntil { answered_since: at(second - 100), running_since: at(second - 10) };
    store.begin_request(key, fingerprint, at(second), until).await.unwrap()
}

on_both_engines! {
    a_token_is_known_by_its_hash_until_it_is_revoked(store) => {
        store.add_token(&token("helpdesk", 0)).await.unwrap();
        assert_eq!(store.token(&hash("helpdesk")).await, Ok(Some(token("helpdesk", 0))));
        assert_eq!(store.token(&hash("another")).await, Ok(None));
        store.note_token_use("id of helpdesk", at(9)).await.unwrap();
        store.note_token_use("id of helpdesk", at(5)).await.unwrap();
        assert_eq!(store.token(&hash("helpdesk")).await.unwrap().unwrap().last_used_at, Some(at(9)));
        store.revoke_token("id of helpdesk", at(20)).await.unwrap();
        store.revoke_token("id of helpdesk", at(30)).await.unwrap();
        assert_eq!(store.token(&hash("helpdesk")).await, Ok(None));
        assert_eq!(store.list_tokens(None, 10).await.unwrap().rows[0].revoked_at, Some(at(20)));
        for unknown in ["nobody's", "\0"] {
            assert_eq!(store.revoke_token(unknown, at(0)).await, Err(StoreError::NotFound));
        }
    }

    tokens_come_in_pages_newest_first(store) => {
        for second in 0..5 {
            store.add_token(&token(&second.to_string(), second)).await.unwrap();
        }
        let first = store.list_tokens(None, 3).await.unwrap();
        let second = store.list_tokens(first.next.as_deref(), 3).await.unwrap();
        let names: Vec<_> = first.rows.iter().chain(&second.rows).map(|token| token.name.as_str()).collect();
        assert_eq!((names, second.next), (vec!["4", "3", "2", "1", "0"], None));
    }

    a_session_ends_by_time_by_hand_and_with_its_token(store) => {
        store.add_token(&token("one", 0)).await.unwrap();
        for (secret, of) in [("a", "one"), ("b", "one"), ("c", "other")] {
            store.open_session(&session(secret, of, at(100))).await.unwrap();
        }
        assert_eq!(store.session(&hash("a"), at(99)).await, Ok(Some(session("a", "one", at(100)))));
        assert_eq!(store.session(&hash("a"), at(100)).await, Ok(None));
        store.end_session(&hash("a")).await.unwrap();
        assert_eq!(store.session(&hash("a"), at(0)).await, Ok(None));
        store.revoke_token("id of one", at(1)).await.unwrap();
        assert_eq!(store.session(&hash("b"), at(0)).await, Ok(None));
        assert_eq!(store.sweep_sessions(at(99)).await, Ok(0));
        assert_eq!(store.sweep_sessions(at(100)).await, Ok(1));
        assert_eq!(store.session(&hash("c"), at(0)).await, Ok(None));
    }

    a_request_runs_once_and_its_answer_is_given_again(store) => {
        assert_eq!(begin(&store, &key("k"), "f", 0).await, Begun::First);
        assert_eq!(begin(&store, &key("k"), "f", 5).await, Begun::Running);
        assert_eq!(begin(&store, &key("k"), "other", 5).await, Begun::OtherRequest);
        assert_eq!(begin(&store, &RequestKey { token: hash("another"), ..key("k") }, "other", 5).await, Begun::First);
        store.keep_answer(&key("k"), &answer("{}")).await.unwrap();
        assert_eq!(begin(&store, &key("k"), "f", 100).await, Begun::Answered(answer("{}")));
        assert_eq!(begin(&store, &key("k"), "other", 100).await, Begun::OtherRequest);
        assert_eq!(begin(&store, &key("k"), "other", 101).await, Begun::First, "after a day the key is free");
        assert_eq!(begin(&store, &key("k"), "other", 102).await, Begun::Running, "and its old answer gone");
    }

    a_request_that_was_broken_off_may_run_again(store) => {
        assert_eq!(begin(&store, &key("k"), "f", 0).await, Begun::First);
        assert_eq!(begin(&store, &key("k"), "other", 11).await, Begun::OtherRequest);
        assert_eq!(begin(&store, &key("k"), "f", 11).await, Begun::First);
        assert_eq!(begin(&store, &key("k"), "f", 12).await, Begun::Running);
        store.forget_request(&key("k")).await.unwrap();
        assert_eq!(begin(&store, &key("k"), "other", 13).await, Begun::First);
        store.keep_answer(&key("k"), &answer("1")).await.unwrap();
        store.forget_request(&key("k")).await.unwrap();
        assert_eq!(begin(&store, &key("k"), "other", 14).await, Begun::Answered(answer("1")));
    }

    of_many_equal_requests_at_once_one_runs(store) => {
        let racers: Vec<_> = (0..16)
            .map(|_| {
                let store = store.clone();
                tokio::spawn(async move { begin(&store, &key("k"), "f", 0).await })
            })
            .collect();
        let mut first = 0;
        for racer in racers {
            first += usize::from(racer.await.unwrap() == Begun::First);
        }
        assert_eq!(first, 1);
    }

    old_answers_are_swept_and_their_number_is_bounded(store) => {
        for second in 0..6 {
            assert_eq!(begin(&store, &key(&second.to_string()), "f", second).await, Begun::First);
        }
        assert_eq!(store.sweep_answers(at(2), 100).await, Ok(2));
        assert_eq!(store.sweep_answers(at(2), 4).await, Ok(0));
        assert_eq!(store.sweep_answers(at(2), 3).await, Ok(1));
        assert_eq!(begin(&store, &key("2"), "g", 6).await, Begun::First, "it was the oldest");
        assert_eq!(begin(&store, &key("3"), "f", 6).await, Begun::Running);
    }
}

//! Two servers on one PostgreSQL: the start of one leaves the other's calls alone, and a token revoked at one is void
//! at both.

use std::time::Duration;

use doorstep::simulator::{CallEnd, Step};
use serde_json::{Value, json};
use sqlx::postgres::PgPool;
use sqlx::{AssertSqlSafe, Executor as _};

use super::harness::{API_TOKEN, CUSTOMER, Server, script, until};

/// A database of its own on the test server.
pub(super) struct Database {
    pub(super) url: String,
    server: PgPool,
    name: String,
}

impl Database {
    pub(super) async fn create() -> Self {
        let base = std::env::var("DOORSTEP_TEST_POSTGRES_URL")
            .expect("DOORSTEP_TEST_POSTGRES_URL is not set: run `make test`, which starts a throw-away PostgreSQL");
        let server = PgPool::connect(&base).await.expect("PostgreSQL runs");
        let name = format!("doorstep_{}", uuid::Uuid::now_v7().simple());
        server.execute(AssertSqlSafe(format!("CREATE DATABASE {name}"))).await.expect("a database can be made");
        let (address, _) = base.rsplit_once('/').expect("a URL with a database");
        Self { url: format!("{address}/{name}"), server, name }
    }

    async fn serve(&self) -> Server {
        Server::with_fake_speech(|settings| {
            settings.store.url.clone_from(&self.url);
            settings.server.drain_timeout = Duration::from_millis(300);
            settings.call.silence_give_up = Duration::from_secs(600);
        })
        .await
    }

    pub(super) async fn drop(self) {
        let drop = AssertSqlSafe(format!("DROP DATABASE {}", self.name));
        self.server.execute(drop).await.expect("the database can be dropped");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_starts_leaves_the_calls_of_another_alone() {
    let database = Database::create().await;
    let first = database.serve().await;
    let carrier = first.carrier(CUSTOMER, 41);
    let call = tokio::spawn(async move { carrier.call(script(vec![Step::Silence { ms: 120_000 }]), 1).await });
    let reception = first.reception.clone();
    until("the call is in the store", async || {
        let calls = reception.services().calls.list_calls(None, 1).await.expect("the store answers");
        (calls.rows.len() == 1).then_some(())
    })
    .await;
    let second = database.serve().await;
    let seen = second.api("/api/v1/calls").await;
    assert_eq!(seen["rows"][0]["state"], "in_progress");
    first.stopped().await;
    let report = call.await.expect("the caller does not panic");
    assert_eq!(report.end, CallEnd::AgentClosed { code: Some(1_000) });
    let filed = second.api("/api/v1/calls").await;
    assert_eq!(filed["rows"][0]["state"], "ended", "by the server that had it");
    second.stopped().await;
    database.drop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_revoked_at_one_server_is_void_at_the_other() {
    let database = Database::create().await;
    let (first, second) = (database.serve().await, database.serve().await);
    let make = first.http.post(first.url("/api/v1/tokens")).bearer_auth(API_TOKEN);
    let made = make.json(&json!({ "name": "helpdesk", "role": "viewer" })).send().await.expect("answered");
    let made: Value = made.json().await.expect("JSON");
    let (id, token) = (made["id"].as_str().expect("an id"), made["secret"].as_str().expect("a secret"));
    let read = async || {
        let request = second.http.get(second.url("/api/v1/calls")).bearer_auth(token);
        request.send().await.expect("answered").status().as_u16()
    };
    assert_eq!(read().await, 200);
    let revoke = first.http.delete(first.url(&format!("/api/v1/tokens/{id}"))).bearer_auth(API_TOKEN);
    assert_eq!(revoke.send().await.expect("answered").status().as_u16(), 204);
    assert_eq!(read().await, 401);
    first.stopped().await;
    second.stopped().await;
    database.drop().await;
}

//! A fresh database on each engine.

use sqlx::postgres::PgPool;
use sqlx::{AssertSqlSafe, Executor};

use super::SqlStore;

/// Makes two tests of each case: one on SQLite, one on PostgreSQL.
macro_rules! on_both_engines {
    ($($name:ident($store:ident) => $body:block)*) => {
        $(mod $name {
            #[allow(unused_imports)]
            use super::*;

            async fn case($store: $crate::adapters::store::SqlStore) $body

            #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
            async fn on_sqlite() {
                let (store, _folder) = $crate::adapters::store::tests::engines::sqlite().await;
                case(store).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
            async fn on_postgres() {
                let database = $crate::adapters::store::tests::engines::Postgres::create().await;
                case(database.store.clone()).await;
                database.drop().await;
            }
        })*
    };
}

pub(super) use on_both_engines;

pub(super) async fn sqlite() -> (SqlStore, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}/var/doorstep.db", folder.path().display());
    let store = SqlStore::connect(&url).await.unwrap();
    store.migrate().await.unwrap();
    (store, folder)
}

/// A database of its own on the test server. A failed test leaves it behind for a look.
pub(super) struct Postgres {
    pub(super) store: SqlStore,
    server: PgPool,
    name: String,
}

impl Postgres {
    pub(super) async fn create() -> Self {
        let base = std::env::var("DOORSTEP_TEST_POSTGRES_URL")
            .expect("DOORSTEP_TEST_POSTGRES_URL is not set: run `make test`, which starts a throw-away PostgreSQL");
        let server = PgPool::connect(&base).await.unwrap();
        let name = format!("doorstep_{}", uuid::Uuid::now_v7().simple());
        server.execute(AssertSqlSafe(format!("CREATE DATABASE {name}"))).await.unwrap();
        let (address, _) = base.rsplit_once('/').unwrap();
        let store = SqlStore::connect(&format!("{address}/{name}")).await.unwrap();
        store.migrate().await.unwrap();
        Self { store, server, name }
    }

    pub(super) async fn drop(self) {
        self.store.close().await;
        self.server.execute(AssertSqlSafe(format!("DROP DATABASE {}", self.name))).await.unwrap();
    }
}

/// Another process at the same database.
pub(super) fn second_server(store: &SqlStore) -> SqlStore {
    SqlStore { node: uuid::Uuid::now_v7().to_string().into(), ..store.clone() }
}

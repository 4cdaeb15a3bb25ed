//! The two engines behind one value, and the macros that run one statement on either.

use std::fs::{DirBuilder, OpenOptions};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::Duration;

use sqlx::migrate::Migrator;
use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous};

use super::error::{failed, from_migrate, from_sqlx};
use crate::ports::store::StoreError;

static MIGRATOR: Migrator = sqlx::migrate!("./migrations");

/// How long SQLite waits for another process that holds the file.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// How long a statement waits for a free connection before the store counts as busy.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(10);

const SQLITE_READERS_MAX: u32 = 4;
const POSTGRES_CONNECTIONS_MAX: u32 = 16;

/// Takes SQLite's write lock at once, so that a transaction never fails halfway for want of it.
pub(super) const BEGIN_IMMEDIATE: &str = "BEGIN IMMEDIATE";

#[derive(Clone, Debug)]
pub(super) enum Db {
    /// One writer, because SQLite has one write lock; readers beside it, because WAL lets them.
    Sqlite {
        writer: SqlitePool,
        reader: SqlitePool,
        file: PathBuf,
    },
    Postgres(PgPool),
}

/// Evaluates `$body` with `$pool` bound to a pool that may read.
macro_rules! reading {
    ($db:expr, $pool:ident => $body:expr) => {
        match $db {
            $crate::adapters::store::db::Db::Sqlite { reader: $pool, .. } => $body,
            $crate::adapters::store::db::Db::Postgres($pool) => $body,
        }
    };
}

/// Evaluates `$body` with `$pool` bound to a pool that may write.
macro_rules! writing {
    ($db:expr, $pool:ident => $body:expr) => {
        match $db {
            $crate::adapters::store::db::Db::Sqlite { writer: $pool, .. } => $body,
            $crate::adapters::store::db::Db::Postgres($pool) => $body,
        }
    };
}

/// Evaluates `$body` with `$tx` bound to a writing transaction. It commits unless `$body` leaves with an error.
macro_rules! in_transaction {
    ($db:expr, $tx:ident => $body:expr) => {
        match $db {
            $crate::adapters::store::db::Db::Sqlite { writer, .. } => {
                let mut $tx =
                    writer.begin_with($crate::adapters::store::db::BEGIN_IMMEDIATE).await.map_err(from_sqlx)?;
                let done = $body;
                $tx.commit().await.map_err(from_sqlx)?;
                done
            }
            $crate::adapters::store::db::Db::Postgres(pool) => {
                let mut $tx = pool.begin().await.map_err(from_sqlx)?;
                let done = $body;
                $tx.commit().await.map_err(from_sqlx)?;
                done
            }
        }
    };
}

pub(super) use {in_transaction, reading, writing};

impl Db {
    pub(super) async fn connect(url: &str) -> Result<Self, StoreError> {
        if url.starts_with("sqlite:") {
            connect_sqlite(url).await
        } else if url.starts_with("postgres:") || url.starts_with("postgresql:") {
            connect_postgres(url).await
        } else {
            Err(failed("store.url must begin with sqlite:// or postgres://"))
        }
    }

    pub(super) async fn migrate(&self) -> Result<(), StoreError> {
        writing!(self, pool => MIGRATOR.run(pool).await).map_err(from_migrate)
    }

    pub(super) async fn close(&self) {
        match self {
            Self::Sqlite { writer, reader, .. } => {
                reader.close().await;
                writer.close().await;
            }
            Self::Postgres(pool) => pool.close().await,
        }
    }

    pub(super) fn file(&self) -> Option<&Path> {
        match self {
            Self::Sqlite { file, .. } => Some(file),
            Self::Postgres(_) => None,
        }
    }
}

async fn connect_sqlite(url: &str) -> Result<Db, StoreError> {
    let options = SqliteConnectOptions::from_str(url)
        .map_err(|_| failed("store.url is not a SQLite URL such as sqlite://var/doorstep.db"))?
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Normal)
        .foreign_keys(true)
        .busy_timeout(BUSY_TIMEOUT);
    if url.contains(":memory:") || url.contains("mode=memory") {
        return Err(failed("store.url must name a SQLite file: the store reads over several connections"));
    }
    let file = options.get_filename().to_owned();
    create_private_file(&file)?;
    let writer = SqlitePoolOptions::new()
        .max_connections(1)
        .acquire_timeout(ACQUIRE_TIMEOUT)
        .connect_with(options.clone())
        .await
        .map_err(from_sqlx)?;
    let reader = SqlitePoolOptions::new()
        .max_connections(SQLITE_READERS_MAX)
        .acquire_timeout(ACQUIRE_TIMEOUT)
        .connect_with(options.pragma("query_only", "on"))
        .await
        .map_err(from_sqlx)?;
    Ok(Db::Sqlite { writer, reader, file })
}

/// Makes the file and its folder when missing. It holds names and numbers, so only its owner may read it.
fn create_private_file(file: &Path) -> Result<(), StoreError> {
    let cannot = |what: &str| failed(&format!("{what} {} cannot be made; check the rights on it", file.display()));
    if let Some(folder) = file.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        DirBuilder::new().recursive(true).create(folder).map_err(|_| cannot("the folder of"))?;
    }
    OpenOptions::new()
        .create(true)
        .append(true)
        .mode(0o600)
        .open(file)
        .map(drop)
        .map_err(|_| cannot("the database file"))
}

async fn connect_postgres(url: &str) -> Result<Db, StoreError> {
    let options = PgConnectOptions::from_str(url)
        .map_err(|_| failed("store.url is not a PostgreSQL URL such as postgres://user@host/doorstep"))?
        .application_name("doorstep");
    PgPoolOptions::new()
        .max_connections(POSTGRES_CONNECTIONS_MAX)
        .acquire_timeout(ACQUIRE_TIMEOUT)
        .connect_with(options)
        .await
        .map(Db::Postgres)
        .map_err(from_sqlx)
}

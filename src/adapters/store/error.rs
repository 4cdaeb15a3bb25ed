//! Database errors as remedies. Messages of the engines are left out: they may quote a name or a number.

use sqlx::error::DatabaseError;
use sqlx::migrate::MigrateError;

use crate::ports::store::StoreError;

pub(super) fn failed(reason: &str) -> StoreError {
    StoreError::Failed { reason: reason.to_owned() }
}

/// A record that was written by something else, or by a newer build.
pub(super) fn unreadable() -> StoreError {
    failed("a stored record cannot be read; it was not written by this version")
}

pub(super) fn from_sqlx(error: sqlx::Error) -> StoreError {
    match error {
        sqlx::Error::Database(error) => from_database(error.as_ref()),
        sqlx::Error::Io(_)
        | sqlx::Error::Tls(_)
        | sqlx::Error::PoolTimedOut
        | sqlx::Error::PoolClosed
        | sqlx::Error::WorkerCrashed
        | sqlx::Error::BeginFailed => StoreError::Unavailable,
        sqlx::Error::RowNotFound => StoreError::NotFound,
        sqlx::Error::ColumnDecode { .. } | sqlx::Error::Decode(_) => unreadable(),
        _ => failed("the statement does not fit the schema; run `doorstep migrate`"),
    }
}

fn from_database(error: &dyn DatabaseError) -> StoreError {
    let code = error.code().unwrap_or_default();
    if is_passing(&code) {
        return StoreError::Unavailable;
    }
    match &*code {
        "42P01" => failed("the schema is missing; run `doorstep migrate`"),
        "8" | "14" => failed("the database file cannot be written; check the rights on it and its folder"),
        "11" | "26" => failed("the database file is damaged; restore it from a backup"),
        "13" => failed("the disk is full; make room"),
        "1" => failed("the statement does not fit the schema; run `doorstep migrate`"),
        code => failed(&format!("engine code {code}")),
    }
}

/// Whether a code stands for a state that passes: locks, lost connections, lack of resources, a restart.
fn is_passing(code: &str) -> bool {
    // PostgreSQL: five characters, the first two are the class.
    if code.len() == 5 {
        let is_passing_class = ["08", "40", "53", "57"].iter().any(|class| code.starts_with(class));
        return is_passing_class || code == "55P03";
    }
    // SQLite: SQLITE_BUSY is 5 and SQLITE_LOCKED is 6 in the low byte of an extended code.
    code.parse::<u32>().is_ok_and(|code| matches!(code & 0xff, 5 | 6))
}

pub(super) fn from_migrate(error: MigrateError) -> StoreError {
    match error {
        MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _) => from_sqlx(error),
        MigrateError::VersionMissing(_) => failed("the database is newer than this build; use the newer build"),
        other => failed(&format!("the migrations do not fit the database: {other}")),
    }
}

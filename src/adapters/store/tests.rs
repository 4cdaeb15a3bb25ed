//! One suite, run on SQLite in a folder of its own and on PostgreSQL in a database of its own.

mod access;
mod actions;
mod attempts;
mod calls;
mod commerce;
mod counted_days;
mod deliveries;
mod desk;
mod engines;
mod figures;
mod nodes;
mod orders;
mod outreach;
mod paid;
mod plans;
mod retention;
mod samples;
mod shipments;
mod transfers;
mod undecided;

use super::db::Db;
use super::{SqlStore, sql};
use crate::ports::store::{CallStore, DeliveryStore, OrderStore, StoreError};
use engines::on_both_engines;
use sqlx::{Executor, SqlSafeStr};

/// Those that run on both engines.
fn statements() -> impl Iterator<Item = &'static &'static str> {
    sql::ON_BOTH
        .iter()
        .chain(sql::access::ON_BOTH)
        .chain(sql::nodes::ON_BOTH)
        .chain(sql::desk::ON_BOTH)
        .chain(sql::desk::LISTS)
        .chain(sql::counted_days::ON_BOTH)
        .chain(sql::figures::ON_BOTH)
        .chain(sql::plans::ON_BOTH)
        .chain(sql::retention::ON_BOTH)
        .chain(sql::retention::SETTLED)
        .chain(sql::shipments::ON_BOTH)
        .chain(sql::remote_records::ON_BOTH)
        .chain([&sql::NEXT_TO])
        .chain(sql::commerce::ON_BOTH)
        .chain(sql::outreach::ON_BOTH)
        .chain(sql::transfers::ON_BOTH)
        .chain(sql::undecided::ON_BOTH)
        .chain(sql::evidence::ON_BOTH)
}

on_both_engines! {
    every_statement_can_be_prepared(store) => {
        match &store.db {
            Db::Sqlite { writer, .. } => {
                for statement in statements().chain([
                    &sql::LEASE_TO_ON_SQLITE,
                    &sql::LEASE_REST_ON_SQLITE,
                    &sql::NEXT_REST_ON_SQLITE,
                    &sql::commerce::LEASE_ON_SQLITE,
                    &sql::plans::LEASE_ON_SQLITE,
                    &sql::outreach::LEASE_MESSAGES_ON_SQLITE,
                    &sql::undecided::LEASE_ON_SQLITE,
                ]) {
                    let prepared = writer.prepare(statement.into_sql_str()).await;
                    assert!(prepared.is_ok(), "{statement}: {:?}", prepared.err());
                }
            }
            Db::Postgres(pool) => {
                for statement in statements().chain([
                    &sql::LEASE_TO_ON_POSTGRES,
                    &sql::LEASE_REST_ON_POSTGRES,
                    &sql::NEXT_REST_ON_POSTGRES,
                    &sql::commerce::LEASE_ON_POSTGRES,
                    &sql::plans::LEASE_ON_POSTGRES,
                    &sql::outreach::LEASE_MESSAGES_ON_POSTGRES,
                    &sql::undecided::LEASE_ON_POSTGRES,
                ]) {
                    let prepared = pool.prepare(statement.into_sql_str()).await;
                    assert!(prepared.is_ok(), "{statement}: {:?}", prepared.err());
                }
            }
        }
    }

    migrating_again_changes_nothing(store) => {
        let order = samples::order("KH-452719");
        store.put_order(&order, samples::at(0)).await.unwrap();
        store.migrate().await.unwrap();
        assert_eq!(store.order_by_ref(&order.order_ref).await.unwrap(), Some(order));
        assert_eq!(store.ping().await, Ok(()));
    }

    a_foreign_cursor_is_refused(store) => {
        for cursor in ["", "x", "bm9jb2xvbg", "%00", "MTphAGI"] {
            assert_eq!(store.list_orders(Some(cursor), 10).await, Err(StoreError::InvalidCursor), "{cursor}");
            assert_eq!(store.list_calls(Some(cursor), 10).await, Err(StoreError::InvalidCursor), "{cursor}");
        }
    }
}

#[tokio::test]
async fn a_url_that_cannot_be_used_names_the_remedy() {
    for (url, remedy) in [
        ("mysql://localhost/x", "sqlite:// or postgres://"),
        ("sqlite::memory:", "must name a SQLite file"),
        ("postgres://[", "not a PostgreSQL URL"),
        ("sqlite:///proc/nowhere/doorstep.db", "check the rights"),
    ] {
        match SqlStore::connect(url).await {
            Err(StoreError::Failed { reason }) => assert!(reason.contains(remedy), "{url}: {reason}"),
            other => panic!("{url}: {other:?}"),
        }
    }
}

#[tokio::test]
async fn a_database_without_its_schema_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let store = SqlStore::connect(&format!("sqlite://{}/new/doorstep.db", folder.path().display())).await.unwrap();
    match store.ping().await {
        Err(StoreError::Failed { reason }) => assert!(reason.contains("doorstep migrate"), "{reason}"),
        other => panic!("{other:?}"),
    }
}

/// As a server and an import beside it do.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_processes_share_a_database_file() {
    let (one, _folder) = engines::sqlite().await;
    let other = SqlStore::connect(&format!("sqlite://{}", one.file().unwrap().display())).await.unwrap();
    let writers: Vec<_> = [one.clone(), other]
        .into_iter()
        .flat_map(|store| vec![store; 2])
        .enumerate()
        .map(|(writer, store)| {
            tokio::spawn(async move {
                for round in 0..50 {
                    let id = samples::call_id();
                    store.open_call(&samples::opened(id, samples::at(round))).await?;
                    store.finish_call(&samples::finished(id, samples::at(round)), &[format!("crm-{writer}")]).await?;
                    store.put_order(&samples::order("KH-452719"), samples::at(round)).await?;
                }
                Ok::<(), StoreError>(())
            })
        })
        .collect();
    for writer in writers {
        assert_eq!(writer.await.unwrap(), Ok(()));
    }
    assert_eq!(one.count_unsettled_deliveries().await, Ok(200));
}

#[tokio::test]
async fn the_database_file_is_private() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let store = SqlStore::connect(&format!("sqlite://{}/doorstep.db", folder.path().display())).await.unwrap();
    let mode = std::fs::metadata(store.file().unwrap()).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

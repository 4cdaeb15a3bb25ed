//! Where calls, orders and outcomes are kept: one code base and one schema on SQLite and PostgreSQL.

mod access;
mod actions;
mod answers;
mod attempts;
mod calls;
mod campaigns;
mod commerce;
mod contacts;
mod db;
mod deliveries;
mod desk;
mod error;
mod evidence;
mod figures;
mod messages;
mod nodes;
mod orders;
mod outreach;
mod page;
mod paid;
mod planned_calls;
mod plans;
mod remote_records;
mod retention;
mod shipments;
mod sql;
mod transfers;
mod undecided;

#[cfg(test)]
mod tests;

use std::path::Path;
use std::sync::Arc;

use uuid::Uuid;

use crate::domain::figures::Counting;
use crate::ports::store::StoreError;
use db::Db;

/// The store of the product, on either engine.
///
/// A clone shares the connections.
#[derive(Clone, Debug)]
pub struct SqlStore {
    db: Db,
    /// The server process: the calls it opens are its own.
    node: Arc<str>,
    /// How figures are told apart.
    counting: Arc<Counting>,
}

impl SqlStore {
    /// Opens the database that `url` names; a SQLite file and its folder are made when missing.
    ///
    /// Shape: `sqlite://var/doorstep.db` or `postgres://user@host/name`.
    /// Errors: [`StoreError::Failed`] for a URL that cannot be used, [`StoreError::Unavailable`] for a server that
    /// does not answer.
    pub async fn connect(url: &str) -> Result<Self, StoreError> {
        Ok(Self { db: Db::connect(url).await?, node: Uuid::now_v7().to_string().into(), counting: Arc::default() })
    }

    /// Counts by the shop's days and groups.
    ///
    /// Order: before [`migrate`](Self::migrate), and the same for every process at one database.
    #[must_use]
    pub fn counting_by(self, counting: Counting) -> Self {
        Self { counting: Arc::new(counting), ..self }
    }

    /// Brings the schema up to date. Safe to run from several processes at once.
    ///
    /// Order: before anything else is asked of a new database.
    pub async fn migrate(&self) -> Result<(), StoreError> {
        self.db.migrate().await?;
        self.mark_changes().await?;
        self.list_shipments_of_before().await?;
        self.count_calls_of_before().await
    }

    /// Closes all connections once they are idle.
    pub async fn close(&self) {
        self.db.close().await;
    }

    /// Where the database is, when it is a file of this machine.
    pub fn file(&self) -> Option<&Path> {
        self.db.file()
    }
}

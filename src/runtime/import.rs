//! Brings a file of orders or tickets into the store, row by row, whatever the size of the file.

mod rows;
#[cfg(test)]
mod tests;

use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;

use jiff::Timestamp;
use tokio::sync::mpsc;

use crate::domain::figures::{TICKETS, Ticket};
use crate::domain::orders::Order;
use crate::domain::orders::import::{ORDERS, RowShape};
use crate::ports::figures::FigureStore;
use crate::ports::store::{OrderStore, PutOrder, StoreError};
use rows::{ReadRow, Rows};

/// Rows read ahead of the store. When full, reading waits.
const ROWS_AHEAD_MAX: usize = 64;

/// Rejected rows that are listed. The rest are counted.
const REJECTIONS_LISTED_MAX: usize = 1_000;

/// What an import did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ImportReport {
    pub inserted: u64,
    pub updated: u64,
    pub unchanged: u64,
    /// The line a bad row begins on, counted from 1, and what to change; the first thousand of them.
    pub rejected: Vec<(u64, String)>,
    pub rejected_beyond: u64,
}

/// Why an import stopped. What came before stays; running it again is safe.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ImportError {
    #[error("the file cannot be read: {0}")]
    File(String),
    #[error("the header cannot be used: {0}")]
    Header(String),
    #[error("stopped at line {line}: {error}; run the import again when the database answers")]
    Store { line: u64, error: StoreError },
}

/// How the rows of a file are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ImportFormat {
    JsonLines,
    Csv,
}

impl ImportFormat {
    /// By the name's ending: `.csv` and `.tsv` are tables, anything else is JSON lines.
    pub fn of(path: &Path) -> Self {
        let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
        if ["csv", "tsv"].iter().any(|table| ending.eq_ignore_ascii_case(table)) { Self::Csv } else { Self::JsonLines }
    }
}

/// Imports a file of orders. Running it twice changes nothing.
///
/// Errors: [`ImportError`] when the file or the database fails; a bad row is no error, it is in the report.
pub async fn import_orders(store: &dyn OrderStore, path: &Path, now: Timestamp) -> Result<ImportReport, ImportError> {
    import_orders_from(store, open(path)?, ImportFormat::of(path), now).await
}

/// Imports a file of tickets. Running it twice changes nothing.
///
/// Errors: as for [`import_orders`].
pub async fn import_tickets(store: &dyn FigureStore, path: &Path) -> Result<ImportReport, ImportError> {
    let format = ImportFormat::of(path);
    import_rows(TICKETS, open(path)?, format, async |ticket: &Ticket| store.put_ticket(ticket).await).await
}

fn open(path: &Path) -> Result<File, ImportError> {
    File::open(path).map_err(|error| ImportError::File(error.to_string()))
}

/// Imports orders from anything that can be read.
async fn import_orders_from(
    store: &dyn OrderStore,
    source: impl Read + Send + 'static,
    format: ImportFormat,
    now: Timestamp,
) -> Result<ImportReport, ImportError> {
    import_rows(ORDERS, source, format, async |order: &Order| store.put_order(order, now).await).await
}

async fn import_rows<T: Send + 'static>(
    shape: RowShape<T>,
    source: impl Read + Send + 'static,
    format: ImportFormat,
    put: impl AsyncFn(&T) -> Result<PutOrder, StoreError>,
) -> Result<ImportReport, ImportError> {
    let (rows, mut taken) = mpsc::channel(ROWS_AHEAD_MAX);
    let reading = tokio::task::spawn_blocking(move || {
        for row in Rows::new(BufReader::new(source), shape, format) {
            let is_last = row.is_err();
            // The other side is gone when the store failed.
            if rows.blocking_send(row).is_err() || is_last {
                return;
            }
        }
    });
    let mut report = ImportReport::default();
    while let Some(row) = taken.recv().await {
        let ReadRow { line, record } = row?;
        match record {
            Ok(record) => report.count(put(&record).await.map_err(|error| ImportError::Store { line, error })?),
            Err(reason) => report.reject(line, reason),
        }
    }
    reading.await.map_err(|_| ImportError::File("reading broke off".to_owned()))?;
    Ok(report)
}

impl ImportReport {
    const fn count(&mut self, put: PutOrder) {
        match put {
            PutOrder::Inserted => self.inserted += 1,
            PutOrder::Updated => self.updated += 1,
            PutOrder::Unchanged => self.unchanged += 1,
        }
    }

    fn reject(&mut self, line: u64, reason: String) {
        if self.rejected.len() < REJECTIONS_LISTED_MAX {
            self.rejected.push((line, reason));
        } else {
            self.rejected_beyond += 1;
        }
    }
}

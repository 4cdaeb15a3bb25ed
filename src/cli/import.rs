//! `doorstep import` and `doorstep migrate`.

use std::path::PathBuf;

use doorstep::adapters::store::SqlStore;
use doorstep::app::open_store;
use doorstep::config::Settings;
use doorstep::runtime::call_driver::WallClock;
use doorstep::runtime::import::{ImportError, import_orders};

use super::{Failure, screen};

pub async fn orders(settings: Settings, file: PathBuf) -> Result<(), Failure> {
    let store = open_store(&settings).await?;
    let unusable = |error: ImportError| Failure::Unusable(format!("{}: {error}", file.display()));
    let report = import_orders(&store, &file, WallClock.now()).await.map_err(unusable)?;
    for (line, reason) in &report.rejected {
        screen::error(&format!("{}:{line}: {reason}; the row is skipped", file.display()));
    }
    if report.rejected_beyond > 0 {
        screen::error(&format!("{} more rows were skipped", report.rejected_beyond));
    }
    screen::line(&format!(
        "{} new, {} changed, {} unchanged, {} skipped",
        report.inserted,
        report.updated,
        report.unchanged,
        report.rejected.len() as u64 + report.rejected_beyond
    ));
    Ok(())
}

pub async fn migrate(settings: Settings) -> Result<(), Failure> {
    let failed = |error: doorstep::ports::store::StoreError| Failure::Unusable(format!("store.url: {error}"));
    let store = SqlStore::connect(&settings.store.url).await.map_err(failed)?;
    store.migrate().await.map_err(failed)?;
    screen::line("the schema is up to date");
    Ok(())
}

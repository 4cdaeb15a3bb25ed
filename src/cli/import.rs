//! `doorstep import` and `doorstep migrate`.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use doorstep::adapters::store::SqlStore;
use doorstep::app::{connect_store, open_store, outreach};
use doorstep::config::Settings;
use doorstep::domain::orders::demo::demo_orders;
use doorstep::ports::outreach::OutreachStore as _;
use doorstep::ports::store::OrderStore as _;
use doorstep::runtime::import::{ImportError, ImportReport, import_orders, import_tickets};
use doorstep::runtime::outreach::{HeardOrders, numbers_in_list};
use doorstep::runtime::wall_clock::WallClock;

use super::{Failure, screen};

/// The demo shop's orders.
const DEMO_SHOP: &str = "config/demo-shop.jsonl";

/// Whether customers hear of what a file tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Telling {
    ByTheRules,
    Nobody,
}

pub async fn orders(settings: Settings, file: PathBuf, telling: Telling) -> Result<(), Failure> {
    let store = Arc::new(open_store(&settings).await?);
    let unusable = |error: ImportError| Failure::Unusable(format!("{}: {error}", file.display()));
    let report = match telling {
        Telling::Nobody => import_orders(store.as_ref(), &file, WallClock::default().now()).await,
        Telling::ByTheRules => {
            let orders = HeardOrders(Arc::new(outreach(&settings, &store, store.clone(), WallClock::default())?));
            import_orders(&orders, &file, WallClock::default().now()).await
        }
    }
    .map_err(unusable)?;
    show(&file, &report);
    Ok(())
}

/// Tickets of the help desk, which count beside the calls.
pub async fn tickets(settings: Settings, file: PathBuf) -> Result<(), Failure> {
    let store = open_store(&settings).await?;
    let report = import_tickets(&store, &file).await;
    let report = report.map_err(|error| Failure::Unusable(format!("{}: {error}", file.display())))?;
    show(&file, &report);
    Ok(())
}

fn show(file: &Path, report: &ImportReport) {
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
}

pub async fn numbers_not_to_call(settings: Settings, list: String, file: PathBuf) -> Result<(), Failure> {
    let store = open_store(&settings).await?;
    let unusable = |reason: String| Failure::Unusable(format!("{}: {reason}", file.display()));
    let text = std::fs::read_to_string(&file).map_err(|error| unusable(error.to_string()))?;
    let (numbers, rejected) = numbers_in_list(&text);
    for line in &rejected {
        screen::error(&format!("{}:{line}: is no number in E.164, such as +919845012345; skipped", file.display()));
    }
    let added = store.add_do_not_call(&list, &numbers, WallClock::default().now()).await;
    let added = added.map_err(|error| unusable(error.to_string()))?;
    screen::line(&format!("{added} new of {} numbers on the list {list}", numbers.len()));
    Ok(())
}

pub async fn demo_shop(settings: Settings) -> Result<(), Failure> {
    let count = fill_demo_shop(&open_store(&settings).await?).await?;
    screen::line(&format!("{count} orders of the demo shop"));
    Ok(())
}

/// Puts the demo shop's orders into the store, with their days counted from now. Returns how many there are.
pub async fn fill_demo_shop(store: &SqlStore) -> Result<usize, Failure> {
    let unusable =
        |reason: String| Failure::Unusable(format!("{DEMO_SHOP}: {reason}; run it from the project's folder"));
    let text = std::fs::read_to_string(DEMO_SHOP).map_err(|error| unusable(error.to_string()))?;
    let now = WallClock::default().now();
    let orders = demo_orders(&text, now).map_err(|(line, refused)| unusable(format!("line {line}: {refused}")))?;
    for order in &orders {
        // Its days have moved since it was filled last: the old parcel would contradict the new one.
        let renewed = async {
            store.remove_order(&order.order_ref).await?;
            store.put_order(order, now).await
        };
        renewed.await.map_err(|error| unusable(error.to_string()))?;
    }
    Ok(orders.len())
}

pub async fn migrate(settings: Settings) -> Result<(), Failure> {
    let store = connect_store(&settings).await?;
    store.migrate().await.map_err(|error| Failure::Unusable(format!("store.url: {error}")))?;
    screen::line("the schema is up to date");
    Ok(())
}

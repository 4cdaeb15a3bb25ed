use std::collections::BTreeMap;
use std::io::{Cursor, Read};
use std::sync::Mutex;

use async_trait::async_trait;
use jiff::Timestamp;

use super::{ImportError, ImportFormat, ImportReport, import_orders, import_orders_from};
use crate::domain::orders::import::ROW_BYTES_MAX;
use crate::domain::orders::{Order, OrderRef, merge_order};
use crate::domain::values::PhoneNumber;
use crate::ports::store::{OrderStore, Page, PutOrder, StoreError};

const NOW: Timestamp = Timestamp::UNIX_EPOCH;

/// Orders in memory. It fails when it holds more than it may.
struct MemoryOrders {
    orders: Mutex<BTreeMap<OrderRef, Order>>,
    count_max: usize,
}

impl MemoryOrders {
    fn new(count_max: usize) -> Self {
        Self { orders: Mutex::default(), count_max }
    }
}

#[async_trait]
impl OrderStore for MemoryOrders {
    async fn put_order(&self, order: &Order, _seen_at: Timestamp) -> Result<PutOrder, StoreError> {
        let mut orders = self.orders.lock().unwrap();
        if orders.len() >= self.count_max {
            return Err(StoreError::Unavailable);
        }
        let merged = merge_order(orders.get(&order.order_ref), order);
        match orders.insert(order.order_ref.clone(), merged.clone()) {
            None => Ok(PutOrder::Inserted),
            Some(stored) if stored == merged => Ok(PutOrder::Unchanged),
            Some(_) => Ok(PutOrder::Updated),
        }
    }

    async fn order_by_ref(&self, order_ref: &OrderRef) -> Result<Option<Order>, StoreError> {
        Ok(self.orders.lock().unwrap().get(order_ref).cloned())
    }

    async fn orders_by_phone(&self, _phone: &PhoneNumber, _count_max: u32) -> Result<Vec<Order>, StoreError> {
        Err(StoreError::NotFound)
    }

    async fn orders_by_reference(&self, _spoken: &str, _count_max: u32) -> Result<Vec<Order>, StoreError> {
        Err(StoreError::NotFound)
    }

    async fn orders_by_postcode(&self, _postcode: &str, _count_max: u32) -> Result<Vec<Order>, StoreError> {
        Err(StoreError::NotFound)
    }

    async fn list_orders(&self, _cursor: Option<&str>, _count_max: u32) -> Result<Page<Order>, StoreError> {
        Err(StoreError::NotFound)
    }
}

fn json_row(number: usize) -> String {
    format!(
        r#"{{"order_ref":"KH-{number}","placed_at":"2026-11-18T10:04:00Z","customer":{{"name":"Asha Rao","phone":"+919845012345"}},"total":{{"amount_minor":1,"currency":"INR"}},"payment":"cod","address":{{"city":"Pune","postcode":"411004","country":"IN"}}}}"#
    )
}

const CSV_HEADER: &str = "order_ref,placed_at,customer.name,customer.phone,total.amount_minor,total.currency,payment,address.city,address.postcode,address.country,items.0.title";

fn csv_row(number: usize, title: &str) -> String {
    format!("KH-{number},2026-11-18T10:04:00Z,Asha Rao,+919845012345,1,INR,cod,Pune,411004,IN,{title}")
}

async fn import(store: &MemoryOrders, text: impl Into<Vec<u8>>, format: ImportFormat) -> ImportReport {
    import_orders_from(store, Cursor::new(text.into()), format, NOW).await.unwrap()
}

fn counts(report: &ImportReport) -> (u64, u64, u64, usize) {
    (report.inserted, report.updated, report.unchanged, report.rejected.len())
}

#[tokio::test]
async fn good_rows_are_kept_and_bad_ones_named() {
    let store = MemoryOrders::new(100);
    let text = format!(
        "\u{feff}{}\r\n\n{}\nnot json\n{}\n{}",
        json_row(1),
        json_row(2).replace("+919845012345", "9845012345"),
        json_row(1).replace("Pune", "Thane"),
        json_row(3),
    );
    let report = import(&store, text.clone(), ImportFormat::JsonLines).await;
    assert_eq!(counts(&report), (2, 1, 0, 2));
    let [(phone_line, phone), (json_line, json)] = &report.rejected[..] else { panic!("{report:?}") };
    assert_eq!((*phone_line, *json_line), (3, 4));
    assert!(phone.starts_with("customer.phone: "), "{phone}");
    assert!(json.starts_with("not one whole JSON object"), "{json}");
}

#[tokio::test]
async fn importing_twice_changes_nothing() {
    let store = MemoryOrders::new(100);
    let text = (0..50).map(json_row).collect::<Vec<_>>().join("\n");
    assert_eq!(counts(&import(&store, text.clone(), ImportFormat::JsonLines).await), (50, 0, 0, 0));
    assert_eq!(counts(&import(&store, text, ImportFormat::JsonLines).await), (0, 0, 50, 0));
}

#[tokio::test]
async fn a_table_is_read_with_its_quotes_and_marks() {
    let store = MemoryOrders::new(100);
    let text = format!(
        "\u{feff}{CSV_HEADER}\r\n{}\r\n\r\n{}\r\n{}\r\n",
        csv_row(1, "\"pot, \"\"big\"\"\""),
        csv_row(2, "\"two\nlines\""),
        csv_row(3, "pan"),
    );
    let report = import(&store, text, ImportFormat::Csv).await;
    assert_eq!(counts(&report), (2, 0, 0, 1));
    let (line, reason) = &report.rejected[0];
    assert_eq!((*line, reason.as_str()), (4, "items.0.title: must be one line without control characters"));
    let order = store.order_by_ref(&OrderRef("KH-1".to_owned())).await.unwrap().unwrap();
    assert_eq!(order.items[0].title, "pot, \"big\"");
    let semicolons = format!("{CSV_HEADER}\n{}", csv_row(4, "pan")).replace(',', ";");
    assert_eq!(counts(&import(&store, semicolons, ImportFormat::Csv).await), (1, 0, 0, 0));
}

#[tokio::test]
async fn a_row_too_long_costs_itself_alone() {
    let store = MemoryOrders::new(100);
    let long = "x".repeat(3 * ROW_BYTES_MAX);
    let report = import(&store, format!("{}\n{long}\n{}", json_row(1), json_row(2)), ImportFormat::JsonLines).await;
    assert_eq!(counts(&report), (2, 0, 0, 1));
    assert_eq!(report.rejected[0].0, 2);
    let filler = (10..2_010).map(|number| csv_row(number, "pan") + "\n").collect::<String>();
    let text = format!("{CSV_HEADER}\n{}\n{filler}{}\n", csv_row(3, "\"never closed"), csv_row(4, "pan"));
    assert!(text.len() < 2 * ROW_BYTES_MAX);
    let store = MemoryOrders::new(10_000);
    let report = import(&store, text.clone() + &filler + &filler, ImportFormat::Csv).await;
    assert_eq!(report.rejected[0].0, 2);
    assert!(report.inserted > 500 && report.rejected.len() == 1, "{:?}", counts(&report));
}

#[tokio::test]
async fn bytes_that_are_not_text_are_named() {
    let store = MemoryOrders::new(100);
    let mut text = json_row(1).into_bytes();
    text.extend_from_slice(b"\n\xff\xfe{}\n");
    text.extend_from_slice(json_row(2).as_bytes());
    let report = import(&store, text, ImportFormat::JsonLines).await;
    assert_eq!(counts(&report), (2, 0, 0, 1));
    assert_eq!(report.rejected[0], (2, "is not UTF-8; save the file as UTF-8".to_owned()));
}

#[tokio::test]
async fn a_file_of_nothing_but_mistakes_is_listed_in_part() {
    let store = MemoryOrders::new(100);
    let report = import(&store, "x\n".repeat(1_500), ImportFormat::JsonLines).await;
    assert_eq!((report.rejected.len(), report.rejected_beyond), (1_000, 500));
}

#[tokio::test]
async fn a_database_that_stops_answering_stops_the_import() {
    let store = MemoryOrders::new(2);
    let text = (0..1_000).map(json_row).collect::<Vec<_>>().join("\n");
    let stopped = import_orders_from(&store, Cursor::new(text), ImportFormat::JsonLines, NOW).await;
    assert_eq!(stopped, Err(ImportError::Store { line: 3, error: StoreError::Unavailable }));
}

/// Fails after its text.
struct Torn(Cursor<Vec<u8>>);

impl Read for Torn {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        match self.0.read(buffer)? {
            0 => Err(std::io::Error::other("unplugged")),
            count => Ok(count),
        }
    }
}

#[tokio::test]
async fn a_file_that_cannot_be_read_says_so() {
    let store = MemoryOrders::new(100);
    let missing = import_orders(&store, std::path::Path::new("/nowhere/orders.csv"), NOW).await;
    assert!(matches!(missing, Err(ImportError::File(_))), "{missing:?}");
    let torn = Torn(Cursor::new(format!("{}\n", json_row(1)).into_bytes()));
    let torn = import_orders_from(&store, torn, ImportFormat::JsonLines, NOW).await;
    assert_eq!(torn, Err(ImportError::File("unplugged".to_owned())));
    assert!(store.order_by_ref(&OrderRef("KH-1".to_owned())).await.unwrap().is_some());
    let headless = import_orders_from(&store, Cursor::new("a,b\n"), ImportFormat::Csv, NOW).await;
    assert!(matches!(headless, Err(ImportError::Header(_))), "{headless:?}");
}

//! Orders as shops hand them over: one JSON object a line, or a row of CSV with the same names, dotted.
//!
//! `items.0.title` is the first item's title, `shipments.0.events.0.at` the first event of the first parcel. An empty
//! cell is an absent field. What is wrong with a row is told by field and remedy, never by value: a value is personal.

mod csv_row;
mod field;
mod order;

#[cfg(test)]
mod tests;

use serde_json::Value;

use super::Order;
pub use csv_row::CsvHeader;
use field::Field;
pub use field::RowRefused;

/// Bytes of one row at most: some hundred parcels with their events.
pub const ROW_BYTES_MAX: usize = 256 * 1024;

/// Reads one line of a JSON lines file.
///
/// Errors: [`RowRefused`] names the field and what to write instead; other rows are not touched by it.
pub fn order_from_json(line: &str) -> Result<Order, RowRefused> {
    if line.len() > ROW_BYTES_MAX {
        return Err(RowRefused::whole_row("the row is too long; write one order a row, 256 KiB at most"));
    }
    let value: Value = serde_json::from_str(line).map_err(|error| {
        RowRefused::whole_row(format!("not one whole JSON object (column {}); write one a line", error.column()))
    })?;
    order::read_order(&Field::root(&value))
}

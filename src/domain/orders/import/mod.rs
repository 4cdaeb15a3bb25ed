//! Records as shops hand them over: one JSON object a line, or a row of CSV with the same names, dotted.
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
pub(in crate::domain) use field::Field;
pub use field::RowRefused;

/// Bytes of one row at most: some hundred parcels with their events.
pub const ROW_BYTES_MAX: usize = 256 * 1024;

/// How records of one kind are written.
pub struct RowShape<T> {
    /// Every name a column may have; `#` stands for a number from 0 to 99.
    pub(in crate::domain) columns: &'static [&'static str],
    pub(in crate::domain) read: fn(&Field<'_>) -> Result<T, RowRefused>,
}

/// Orders, with their shipments.
pub const ORDERS: RowShape<Order> = RowShape { columns: order::COLUMNS, read: order::read_order };

impl<T> RowShape<T> {
    /// Reads one line of a JSON lines file.
    ///
    /// Errors: [`RowRefused`] names the field and what to write instead; other rows are not touched by it.
    pub fn from_json(&self, line: &str) -> Result<T, RowRefused> {
        if line.len() > ROW_BYTES_MAX {
            return Err(RowRefused::whole_row("the row is too long; write one record a row, 256 KiB at most"));
        }
        let value: Value = serde_json::from_str(line).map_err(|error| {
            RowRefused::whole_row(format!("not one whole JSON object (column {}); write one a line", error.column()))
        })?;
        (self.read)(&Field::root(&value))
    }

    /// Reads the first row of a CSV file.
    ///
    /// Errors: as for `CsvHeader::parse`.
    pub fn header(&self, row: &str) -> Result<CsvHeader, RowRefused> {
        CsvHeader::parse(row, self.columns)
    }

    /// Reads a row below the header.
    ///
    /// Errors: as for [`RowShape::from_json`].
    pub fn from_row(&self, header: &CsvHeader, row: &str) -> Result<T, RowRefused> {
        (self.read)(&Field::root(&header.value_of(row)?))
    }
}

/// Reads an order as it stands in a line of a JSON lines file.
///
/// Errors: as for [`RowShape::from_json`].
pub fn order_from_json(line: &str) -> Result<Order, RowRefused> {
    ORDERS.from_json(line)
}

//! The rows of a file, one at a time and none longer than it may be.

use std::io::{BufRead, ErrorKind};

use super::{ImportError, ImportFormat};
use crate::domain::orders::import::{CsvHeader, ROW_BYTES_MAX, RowShape};

const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// A row with the line it begins on.
pub(super) struct ReadRow<T> {
    pub(super) line: u64,
    /// The record, or why it is none.
    pub(super) record: Result<T, String>,
}

/// Reads rows until the source ends or fails.
pub(super) struct Rows<S, T> {
    source: S,
    shape: RowShape<T>,
    format: ImportFormat,
    header: Option<CsvHeader>,
    lines_read: u64,
}

/// Bytes of a row, or that it was too long.
enum RawRow {
    Whole(Vec<u8>),
    TooLong,
}

impl<S: BufRead, T> Rows<S, T> {
    pub(super) fn new(source: S, shape: RowShape<T>, format: ImportFormat) -> Self {
        Self { source, shape, format, header: None, lines_read: 0 }
    }

    fn next_row(&mut self) -> Result<Option<ReadRow<T>>, ImportError> {
        loop {
            let line = self.lines_read + 1;
            let Some(raw) = self.next_raw()? else { return Ok(None) };
            let text = match raw {
                RawRow::Whole(bytes) => {
                    let bytes = if line == 1 { bytes.strip_prefix(BYTE_ORDER_MARK).unwrap_or(&bytes) } else { &bytes };
                    if bytes.trim_ascii().is_empty() {
                        continue;
                    }
                    std::str::from_utf8(bytes).map(str::to_owned).map_err(|_| "is not UTF-8; save the file as UTF-8")
                }
                RawRow::TooLong => Err("the row is longer than 256 KiB; look for a quote that is not closed"),
            };
            match (self.format, &self.header) {
                (ImportFormat::JsonLines, _) => {
                    let record = text
                        .map_err(str::to_owned)
                        .and_then(|text| self.shape.from_json(&text).map_err(|refused| refused.to_string()));
                    return Ok(Some(ReadRow { line, record }));
                }
                (ImportFormat::Csv, Some(header)) => {
                    let record = text
                        .map_err(str::to_owned)
                        .and_then(|text| self.shape.from_row(header, &text).map_err(|refused| refused.to_string()));
                    return Ok(Some(ReadRow { line, record }));
                }
                (ImportFormat::Csv, None) => {
                    let text = text.map_err(|reason| ImportError::Header(reason.to_owned()))?;
                    let header =
                        self.shape.header(&text).map_err(|refused| ImportError::Header(refused.to_string()))?;
                    self.header = Some(header);
                }
            }
        }
    }

    /// One row: a line, or in CSV as many lines as its quotes hold together.
    ///
    /// A row that grows too long is left at the next end of line, so that one stray quote costs a part of the file
    /// and not all of it.
    fn next_raw(&mut self) -> Result<Option<RawRow>, ImportError> {
        let mut row = Vec::new();
        let mut is_quoted = false;
        let mut is_too_long = false;
        loop {
            let chunk = match self.source.fill_buf() {
                Ok(chunk) => chunk,
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                Err(error) => return Err(ImportError::File(error.to_string())),
            };
            if chunk.is_empty() {
                let is_nothing = row.is_empty() && !is_too_long;
                return Ok((!is_nothing).then(|| finish_row(row, is_too_long)));
            }
            let end = chunk.iter().position(|&byte| byte == b'\n');
            let taken = &chunk[..end.map_or(chunk.len(), |end| end + 1)];
            if self.format == ImportFormat::Csv {
                let quotes = taken.iter().filter(|&&byte| byte == b'"').count();
                is_quoted ^= quotes % 2 == 1;
            }
            is_too_long |= row.len() + taken.len() > ROW_BYTES_MAX;
            if is_too_long {
                row.clear();
            } else {
                row.extend_from_slice(taken);
            }
            let count = taken.len();
            self.source.consume(count);
            if end.is_some() {
                self.lines_read += 1;
                if is_too_long || !is_quoted {
                    return Ok(Some(finish_row(row, is_too_long)));
                }
            }
        }
    }
}

fn finish_row(row: Vec<u8>, is_too_long: bool) -> RawRow {
    if is_too_long { RawRow::TooLong } else { RawRow::Whole(row) }
}

impl<S: BufRead, T> Iterator for Rows<S, T> {
    type Item = Result<ReadRow<T>, ImportError>;

    fn next(&mut self) -> Option<Self::Item> {
        self.next_row().transpose()
    }
}

//! Cursors: where a page of a list ended, as opaque text.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::ports::store::{Page, StoreError};

/// Rows on one page at most, whatever was asked for.
const PAGE_ROWS_MAX: u32 = 500;

/// A place in a list that is sorted by time and id, newest first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Position {
    pub(super) at_ms: i64,
    pub(super) id: String,
}

impl Position {
    /// Before the newest row.
    fn start() -> Self {
        Self { at_ms: i64::MAX, id: String::new() }
    }

    /// Errors: [`StoreError::InvalidCursor`] for text that [`Position::encode`] did not make.
    pub(super) fn decode(cursor: Option<&str>) -> Result<Self, StoreError> {
        let Some(cursor) = cursor else { return Ok(Self::start()) };
        let bytes = URL_SAFE_NO_PAD.decode(cursor).map_err(|_| StoreError::InvalidCursor)?;
        let text = String::from_utf8(bytes).map_err(|_| StoreError::InvalidCursor)?;
        let (at_ms, id) = text.split_once(':').ok_or(StoreError::InvalidCursor)?;
        let at_ms = at_ms.parse().map_err(|_| StoreError::InvalidCursor)?;
        if id.contains('\0') {
            return Err(StoreError::InvalidCursor);
        }
        Ok(Self { at_ms, id: id.to_owned() })
    }

    fn encode(&self) -> String {
        URL_SAFE_NO_PAD.encode(format!("{}:{}", self.at_ms, self.id))
    }
}

/// How many rows to show, and how many to read: one more tells whether there is a next page.
pub(super) fn page_limits(count_max: u32) -> (usize, i64) {
    let shown = count_max.clamp(1, PAGE_ROWS_MAX);
    (shown as usize, i64::from(shown) + 1)
}

/// Makes a page of at most `shown` rows from one more than that.
pub(super) fn page_of<R, T>(
    mut rows: Vec<R>,
    shown: usize,
    position: impl Fn(&R) -> Position,
    read: impl Fn(R) -> Result<T, StoreError>,
) -> Result<Page<T>, StoreError> {
    let has_more = rows.len() > shown;
    rows.truncate(shown);
    let next = rows.last().filter(|_| has_more).map(|row| position(row).encode());
    Ok(Page { rows: rows.into_iter().map(read).collect::<Result<_, _>>()?, next })
}

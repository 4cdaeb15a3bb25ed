//! What the words of shops and carriers mean: one table a vendor, read from `config/carriers`.

#[cfg(test)]
mod tests;

use std::sync::LazyLock;

use serde::Deserialize;

use super::{DeliveryStatus, REASONS};

/// Whose words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CodeBook {
    Shopify,
    AfterShip,
    EasyPost,
    Shippo,
    SeventeenTrack,
    Shiprocket,
    Delhivery,
}

/// A status as its vendor writes it. Each part may be empty.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RawStatus<'a> {
    pub status: &'a str,
    /// The finer code: a subtag, a sub-status, an NSL code.
    pub detail: &'a str,
    /// The vendor's sentence.
    pub text: &'a str,
}

/// What a vendor's status means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CodeMeaning {
    pub status: DeliveryStatus,
    pub reason: Option<&'static str>,
    /// False for a code that no row has: its meaning is [`DeliveryStatus::Unknown`].
    pub is_known: bool,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    codes: Vec<Row>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    status: Option<String>,
    detail: Option<String>,
    #[serde(default)]
    text: Vec<String>,
    is: DeliveryStatus,
    reason: Option<String>,
}

static SHOPIFY: LazyLock<Table> = LazyLock::new(|| table(include_str!("../../../config/carriers/shopify.toml")));
static AFTERSHIP: LazyLock<Table> = LazyLock::new(|| table(include_str!("../../../config/carriers/aftership.toml")));
static EASYPOST: LazyLock<Table> = LazyLock::new(|| table(include_str!("../../../config/carriers/easypost.toml")));
static SHIPPO: LazyLock<Table> = LazyLock::new(|| table(include_str!("../../../config/carriers/shippo.toml")));
static SEVENTEENTRACK: LazyLock<Table> =
    LazyLock::new(|| table(include_str!("../../../config/carriers/seventeentrack.toml")));
static SHIPROCKET: LazyLock<Table> = LazyLock::new(|| table(include_str!("../../../config/carriers/shiprocket.toml")));
static DELHIVERY: LazyLock<Table> = LazyLock::new(|| table(include_str!("../../../config/carriers/delhivery.toml")));

fn table(text: &str) -> Table {
    toml::from_str(text).expect("a table that is built in was read by its test")
}

impl CodeBook {
    pub const ALL: [Self; 7] = [
        Self::Shopify,
        Self::AfterShip,
        Self::EasyPost,
        Self::Shippo,
        Self::SeventeenTrack,
        Self::Shiprocket,
        Self::Delhivery,
    ];

    /// The vendor's name in records, such as `aftership`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Shopify => "shopify",
            Self::AfterShip => "aftership",
            Self::EasyPost => "easypost",
            Self::Shippo => "shippo",
            Self::SeventeenTrack => "seventeentrack",
            Self::Shiprocket => "shiprocket",
            Self::Delhivery => "delhivery",
        }
    }

    /// What a status means. A code that nobody knows is [`DeliveryStatus::Unknown`], never a fault.
    pub fn meaning_of(self, raw: RawStatus<'_>) -> CodeMeaning {
        let unknown = CodeMeaning { status: DeliveryStatus::Unknown, reason: None, is_known: false };
        if raw.status.is_empty() && raw.detail.is_empty() {
            return unknown;
        }
        self.table().codes.iter().find(|row| row.fits(raw)).map_or(unknown, Row::meaning)
    }

    fn table(self) -> &'static Table {
        match self {
            Self::Shopify => &SHOPIFY,
            Self::AfterShip => &AFTERSHIP,
            Self::EasyPost => &EASYPOST,
            Self::Shippo => &SHIPPO,
            Self::SeventeenTrack => &SEVENTEENTRACK,
            Self::Shiprocket => &SHIPROCKET,
            Self::Delhivery => &DELHIVERY,
        }
    }
}

impl Row {
    fn fits(&self, raw: RawStatus<'_>) -> bool {
        let is_like =
            |pattern: &Option<String>, told: &str| pattern.as_ref().is_none_or(|wanted| matches(wanted, told));
        is_like(&self.status, raw.status) && is_like(&self.detail, raw.detail) && self.fits_text(raw.text)
    }

    fn fits_text(&self, text: &str) -> bool {
        if self.text.is_empty() {
            return true;
        }
        let text = text.to_lowercase();
        self.text.iter().any(|words| text.contains(words.as_str()))
    }

    fn meaning(&self) -> CodeMeaning {
        let reason = self.reason.as_deref().and_then(|named| REASONS.iter().find(|reason| **reason == named).copied());
        CodeMeaning { status: self.is, reason, is_known: true }
    }
}

/// Whether a code is the wanted one. A star at the end of `wanted` stands for any ending.
fn matches(wanted: &str, told: &str) -> bool {
    match wanted.strip_suffix('*') {
        Some(beginning) => told.get(..beginning.len()).is_some_and(|begins| begins.eq_ignore_ascii_case(beginning)),
        None => wanted.eq_ignore_ascii_case(told),
    }
}

//! What a vendor has written down.

use serde_json::Value;

use super::server::Entry;

/// One record.
#[derive(Clone, Debug)]
pub(super) struct Row {
    pub(super) id: u64,
    pub(super) kind: &'static str,
    /// What tells whether two records are about the same thing.
    pub(super) key: String,
    pub(super) fields: Value,
    pub(super) at: i64,
    /// The record it belongs to.
    pub(super) of: u64,
}

/// All records, in the order they came.
#[derive(Default)]
pub(super) struct Books {
    rows: Vec<Row>,
}

impl Books {
    pub(super) fn add(&mut self, kind: &'static str, key: &str, fields: Value, at: i64) -> u64 {
        self.add_to(0, kind, key, fields, at)
    }

    pub(super) fn add_to(&mut self, of: u64, kind: &'static str, key: &str, fields: Value, at: i64) -> u64 {
        let id = 1_000 + self.rows.len() as u64;
        self.rows.push(Row { id, kind, key: key.to_owned(), fields, at, of });
        id
    }

    pub(super) fn of_kind(&self, kind: &'static str) -> impl Iterator<Item = &Row> {
        self.rows.iter().filter(move |row| row.kind == kind)
    }

    pub(super) fn by_key(&self, kind: &'static str, key: &str) -> Option<&Row> {
        self.of_kind(kind).find(|row| row.key == key)
    }

    pub(super) fn by_id(&self, kind: &'static str, id: &str) -> Option<&Row> {
        self.of_kind(kind).find(|row| row.id.to_string() == id)
    }

    pub(super) fn entries(&self) -> Vec<Entry> {
        self.rows.iter().map(|row| Entry { kind: row.kind, key: row.key.clone() }).collect()
    }
}

/// The delivery's key as it stands in a text.
pub(super) fn key_in(text: &str) -> String {
    let Some((_, rest)) = text.split_once("Reference: ") else { return String::new() };
    rest.chars().take_while(|letter| letter.is_ascii_alphanumeric() || *letter == '-').collect()
}

//! The decisions of a delivery call, with no clock, task, lock, socket or randomness in them.
#![deny(clippy::disallowed_types, clippy::disallowed_methods)]

pub mod access;
pub mod audio;
pub mod call;
pub mod delivery;
pub mod desk;
pub mod dialling;
pub mod dialogue;
pub mod figures;
mod fingerprint;
pub mod hearing;
pub mod orders;
pub mod outreach;
pub mod retention;
pub mod speech;
pub mod transfer;
pub mod values;
mod written_fault;

pub use fingerprint::fingerprint;
pub use written_fault::{quoted, toml_fault};

/// A template with its `{slots}` filled.
///
/// None: a slot is not known, or a brace is not closed.
fn fill<V: AsRef<str>>(template: &str, slots: &std::collections::BTreeMap<&str, V>) -> Option<String> {
    let mut filled = String::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        let (slot, behind) = after.split_once('}')?;
        filled.push_str(before);
        filled.push_str(slots.get(slot)?.as_ref());
        rest = behind;
    }
    filled.push_str(rest);
    Some(filled)
}

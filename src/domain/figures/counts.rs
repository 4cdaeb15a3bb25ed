//! How often each of a list of things was met.

use std::collections::BTreeMap;

/// Numbers by what they count. What is at nothing is not there, so that equal counts are equal values.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(transparent, bound(deserialize = "K: Ord + serde::Deserialize<'de>"))]
pub struct Counts<K: Ord>(BTreeMap<K, u64>);

impl<K: Ord> Default for Counts<K> {
    fn default() -> Self {
        Self(BTreeMap::new())
    }
}

impl<K: Ord> Counts<K> {
    pub fn of(&self, key: &K) -> u64 {
        self.0.get(key).copied().unwrap_or_default()
    }

    pub fn total(&self) -> u64 {
        self.0.values().sum()
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// In the order of the keys.
    pub fn iter(&self) -> impl Iterator<Item = (&K, u64)> {
        self.0.iter().map(|(key, count)| (key, *count))
    }

    pub fn add(&mut self, key: K, count: u64) {
        if count != 0 {
            *self.0.entry(key).or_default() += count;
        }
    }
}

impl<K: Ord + Clone> Counts<K> {
    pub fn add_all(&mut self, other: &Self) {
        for (key, count) in other.iter() {
            match self.0.get_mut(key) {
                Some(own) => *own += count,
                None => self.add(key.clone(), count),
            }
        }
    }

    /// Takes out what was added before.
    pub fn take_out(&mut self, other: &Self) {
        for (key, count) in other.iter() {
            if let Some(own) = self.0.get_mut(key) {
                *own = own.saturating_sub(count);
                if *own == 0 {
                    self.0.remove(key);
                }
            }
        }
    }
}

//! A bounded store that forgets what was used longest ago.

use std::borrow::Borrow;
use std::collections::BTreeMap;

struct Entry<V> {
    value: V,
    weight: usize,
    used: u64,
}

/// Values by key within a total weight.
///
/// Shape: never heavier than its limit; a value heavier than the whole limit is not kept.
pub struct RecentlyUsed<K, V> {
    entries: BTreeMap<K, Entry<V>>,
    by_use: BTreeMap<u64, K>,
    uses: u64,
    weight: usize,
    weight_max: usize,
}

impl<K: Ord + Clone, V> RecentlyUsed<K, V> {
    pub const fn new(weight_max: usize) -> Self {
        Self { entries: BTreeMap::new(), by_use: BTreeMap::new(), uses: 0, weight: 0, weight_max }
    }

    /// The value of `key`, which becomes the most recently used.
    pub fn get<Q: Ord + ?Sized>(&mut self, key: &Q) -> Option<&V>
    where
        K: Borrow<Q>,
    {
        let entry = self.entries.get_mut(key)?;
        let owned = self.by_use.remove(&entry.used).expect("every entry is listed under its last use");
        self.uses += 1;
        entry.used = self.uses;
        self.by_use.insert(entry.used, owned);
        Some(&entry.value)
    }

    /// Keeps `value`, forgetting others as needed.
    pub fn insert(&mut self, key: K, value: V, weight: usize) {
        self.remove(&key);
        if self.weight_max < weight {
            return;
        }
        while self.weight_max < self.weight + weight {
            let (_, oldest) = self.by_use.first_key_value().expect("a weight above zero has an entry");
            let oldest = oldest.clone();
            self.remove(&oldest);
        }
        self.uses += 1;
        self.weight += weight;
        self.by_use.insert(self.uses, key.clone());
        self.entries.insert(key, Entry { value, weight, used: self.uses });
    }

    /// The total weight held.
    pub const fn weight(&self) -> usize {
        self.weight
    }

    fn remove(&mut self, key: &K) {
        if let Some(entry) = self.entries.remove(key) {
            self.by_use.remove(&entry.used);
            self.weight -= entry.weight;
        }
    }
}

#[cfg(test)]
mod tests;

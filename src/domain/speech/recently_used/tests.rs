use super::*;

#[test]
fn forgets_what_was_used_longest_ago() {
    let mut store = RecentlyUsed::new(10);
    store.insert("a", 1, 4);
    store.insert("b", 2, 4);
    assert_eq!(store.get("a").copied(), Some(1));
    store.insert("c", 3, 4);
    assert_eq!((store.get("a").copied(), store.get("b").copied(), store.get("c").copied()), (Some(1), None, Some(3)));
    assert_eq!(store.weight(), 8);
}

#[test]
fn replaces_and_refuses_what_is_too_heavy() {
    let mut store = RecentlyUsed::new(10);
    store.insert("a", 1, 4);
    store.insert("a", 2, 6);
    assert_eq!((store.weight(), store.get("a").copied()), (6, Some(2)));
    store.insert("b", 3, 11);
    assert_eq!((store.weight(), store.get("b").copied(), store.get("a").copied()), (6, None, Some(2)));
}

proptest::proptest! {
    #[test]
    fn never_heavier_than_its_limit(steps in proptest::collection::vec((0_u8..20, 0_usize..15), 0..200)) {
        let mut store = RecentlyUsed::new(30);
        for (key, weight) in steps {
            store.get(&key);
            store.insert(key, weight, weight);
            proptest::prop_assert!(store.weight() <= 30);
            proptest::prop_assert_eq!(store.entries.len(), store.by_use.len());
            let sum = store.entries.values().map(|entry| entry.weight).sum::<usize>();
            proptest::prop_assert_eq!(sum, store.weight());
        }
    }
}

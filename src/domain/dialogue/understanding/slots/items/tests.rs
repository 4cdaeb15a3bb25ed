use super::*;
use crate::domain::dialogue::understanding::vocabulary::shipped::english;

const TITLES: &[&str] = &["pressure cooker, five litre", "rice cooker", "blue cotton shirt", "black cotton shirt"];

#[test]
fn items_are_found_by_their_telling_words() {
    let cases: &[(&str, &str)] = &[
        ("the pressure cooker", "0"),
        ("where are my pressure cookers", "0"),
        ("the presure cooker", "0"),
        ("the rice cooker", "1"),
        ("the blue shirt", "2"),
        ("the blue one", "2"),
        ("a cotton shirt", "2? 3?"),
        ("something else", ""),
        ("", ""),
    ];
    for (text, expected) in cases {
        let found = english().match_items(text, TITLES);
        let shown = |item: &ItemMatch| format!("{}{}", item.place, if item.is_unclear { "?" } else { "" });
        let best: Vec<String> = found.iter().filter(|item| found[0].score - item.score < MARGIN).map(shown).collect();
        assert_eq!(best.join(" "), *expected, "{text}: {found:?}");
    }
    assert!(english().match_items("the shirt", &[]).is_empty());
}

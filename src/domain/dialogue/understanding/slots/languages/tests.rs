use super::*;

#[test]
fn languages_are_known_by_name() {
    let cases: &[(&str, &[&str])] = &[
        ("can we speak in Hindi", &["hi"]),
        ("do you speak Tamil or Telugu?", &["ta", "te"]),
        ("I don't speak English, Kannada please", &["kn"]),
        ("español", &["es"]),
        ("Hindi, yes Hindi", &["hi"]),
        ("where is my order", &[]),
        ("", &[]),
    ];
    for (text, expected) in cases {
        let codes: Vec<&str> = languages(text).into_iter().map(Language::code).collect();
        assert_eq!(codes, *expected, "{text}");
    }
}

#[test]
fn the_table_is_sorted_and_has_each_name_once() {
    assert!(NAMES.windows(2).all(|pair| pair[0].0 < pair[1].0));
}

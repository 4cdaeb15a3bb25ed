use crate::domain::dialogue::understanding::vocabulary::shipped::english;

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
        assert_eq!(english().languages(text), *expected, "{text}");
    }
}

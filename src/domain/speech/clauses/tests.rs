use super::*;

#[test]
fn splits_where_a_speaker_would_breathe() {
    let cases: &[(&str, &[&str])] = &[
        ("", &[]),
        ("  \n ", &[]),
        ("Hello.", &["Hello."]),
        ("Hello there", &["Hello there"]),
        ("It is here. Shall I go on?", &["It is here.", "Shall I go on?"]),
        ("Wait! What? Yes.", &["Wait!", "What?", "Yes."]),
        ("Mr. Rao called. He is in.", &["Mr. Rao called.", "He is in."]),
        ("Dr. A. K. Iyer is at No. 5.", &["Dr. A. K. Iyer is at No. 5."]),
        ("Did you say no. Then I will stop.", &["Did you say no.", "Then I will stop."]),
        ("It costs 1,499.50 rupees. Fine.", &["It costs 1,499.50 rupees.", "Fine."]),
        ("Come at 6 p.m. or later. Thanks.", &["Come at 6 p.m. or later.", "Thanks."]),
        ("He said \"yes.\" Then he left.", &["He said \"yes.\"", "Then he left."]),
        ("First line\nSecond line", &["First line", "Second line"]),
        ("Well… perhaps. So.", &["Well… perhaps.", "So."]),
        ("Version 2.5 is out.", &["Version 2.5 is out."]),
        ("The flat is on St. Marks Rd. near the park.", &["The flat is on St. Marks Rd. near the park."]),
        ("A comma, in a short sentence, stays.", &["A comma, in a short sentence, stays."]),
        (
            "Your parcel with the pressure cooker left our warehouse this morning, and the courier should bring it \
             tomorrow, between two and six in the afternoon.",
            &[
                "Your parcel with the pressure cooker left our warehouse this morning,",
                "and the courier should bring it tomorrow, between two and six in the afternoon.",
            ],
        ),
        (
            "The amount to pay at the door for both of the boxes together is exactly 1,49,999 rupees and fifty paise only.",
            &[
                "The amount to pay at the door for both of the boxes together is exactly 1,49,999 rupees and fifty paise only.",
            ],
        ),
        ("नमस्ते। कैसे हैं", &["नमस्ते। कैसे हैं"]),
    ];
    for (text, expected) in cases {
        assert_eq!(split_clauses(text), *expected, "{text}");
    }
}

#[test]
fn endless_text_is_cut_at_spaces_or_anyway() {
    let words = "word ".repeat(200);
    let clauses = split_clauses(&words);
    assert!(clauses.iter().all(|clause| clause.chars().count() <= CLAUSE_CHARS_MAX && clause.ends_with("word")));
    assert_eq!(split_clauses(&"é".repeat(1_000)).len(), 5);
}

#[test]
fn pauses_follow_the_mark() {
    assert!(pause_after("Yes,") < pause_after("Yes."));
    assert_eq!(pause_after("“Yes.”"), pause_after("Yes."));
    assert_eq!(pause_after(""), pause_after("yes"));
}

proptest::proptest! {
    #[test]
    fn keeps_every_word_and_its_limit(text in "\\PC{0,600}|[a-zA-Z0-9 ,.;?!\n\"]{0,900}") {
        let clauses = split_clauses(&text);
        let squeezed = |text: &str| text.chars().filter(|c| !c.is_whitespace()).collect::<String>();
        proptest::prop_assert_eq!(squeezed(&clauses.concat()), squeezed(&text));
        for clause in clauses {
            proptest::prop_assert!(!clause.is_empty() && clause.chars().count() <= CLAUSE_CHARS_MAX);
        }
    }
}

use super::*;

#[test]
fn an_utterance_falls_into_its_clauses() {
    let cases: &[(&str, &[&str])] = &[
        ("yes", &["yes"]),
        ("", &[]),
        ("where is my order", &["where is my order"]),
        ("yes, and who is this?", &["yes,", "and who is this?"]),
        ("yes but not before six, and who is this?", &["yes but not before six,", "and who is this?"]),
        ("It never came. I want my money back.", &["It never came.", "I want my money back."]),
        ("cancel it and send me the money", &["cancel it", "and send me the money"]),
        ("fish and chips", &["fish and chips"]),
        ("K. H. four five two", &["K. H. four five two"]),
        ("Mrs. Fire in flat fourteen", &["Mrs. Fire in flat fourteen"]),
        ("St. Mary's Road, Dr. Rao knows it", &["St. Mary's Road, Dr. Rao knows it"]),
        (
            "I called. They hung up. I called again. Nobody cared.",
            &["I called.", "They hung up.", "I called again. Nobody cared."],
        ),
    ];
    for (text, expected) in cases {
        let found = clauses(text);
        assert_eq!(found.iter().map(|clause| clause.text.as_str()).collect::<Vec<_>>(), *expected, "{text}");
        assert!(found.len() <= CLAUSES_MAX);
        assert!(found.windows(2).all(|pair| pair[0].end == pair[1].start), "{text}");
    }
}

#[test]
fn a_sentence_vector_has_length_one() {
    let mut values = vec![0.0; SENTENCE_DIMENSIONS];
    values[3] = 4.0;
    let vector = SentenceVector::normalised(&values).expect("it has a length");
    assert!((vector.likeness(&vector) - 1.0).abs() < 1e-6);
    assert_eq!(format!("{vector:?}"), "[sentence vector]");
    assert_eq!(SentenceVector::normalised(&values[1..]), Err(WrongDimensions));
    assert_eq!(SentenceVector::normalised(&[0.0; SENTENCE_DIMENSIONS]), Err(WrongDimensions));
    values[5] = f32::NAN;
    assert_eq!(SentenceVector::normalised(&values), Err(WrongDimensions));
}

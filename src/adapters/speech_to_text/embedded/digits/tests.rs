use super::*;
use crate::adapters::speech_to_text::embedded::testing::models_dir;

fn vocabulary() -> Tokenizer {
    Tokenizer::load(&models_dir().join("moonshine-tiny-en/tokenizer.bin")).unwrap()
}

/// What `text` earns when the tree lets it be said, with the digits counted.
fn walked(tree: &NumberTree, tokenizer: &Tokenizer, text: &str) -> Option<(u8, f32)> {
    let mut state = tree.start();
    let mut earned = 0.0;
    let mut digits = 0;
    for token in tokenizer.encode(text).into_iter().chain([END]) {
        let Choices::Only(allowed) = tree.choices(&state) else { panic!("a number is not free") };
        if !allowed.contains(&token) {
            return None;
        }
        digits = tree.digits(&state);
        let (next, bonus) = tree.follow(&state, token);
        earned += bonus;
        state = next;
    }
    Some((digits, earned))
}

#[test]
fn the_tree_counts_what_it_lets_be_said() {
    let tokenizer = vocabulary();
    let six = DigitCount { min: 6, max: 6 };
    let tree = NumberTree::new(&tokenizer, six, false);
    let cases = [
        ("Four, five, two, seven, one, nine.", Some((6, 0.0))),
        ("four five two seven one nine", Some((6, 0.0))),
        ("Eight, oh, zero. Six, nine, nine,", Some((6, 0.0))),
        ("9, 6, 6, 6, 3, 7.", Some((6, 0.0))),
        ("452719", Some((6, 0.0))),
        ("Double four, triple two, one.", Some((6, 0.0))),
        ("Four, five, two, seven, one.", Some((5, -COUNT_PENALTY))),
        ("452-7194.", Some((7, -COUNT_PENALTY))),
        ("Four.", Some((1, -COUNT_PENALTY_MAX))),
        ("Four, five, two, seven, one, nine, double", Some((6, -DANGLING_PENALTY))),
        ("Forty-five", None),
        ("What's the weather like?", None),
        ("K H four five", None),
        ("fours", None),
        ("", None),
    ];
    for (text, expected) in cases {
        assert_eq!(walked(&tree, &tokenizer, text), expected, "{text}");
    }
}

#[test]
fn letters_are_let_in_where_a_reference_may_hold_them() {
    let tokenizer = vocabulary();
    for awaited in [Awaited::OrderReference, Awaited::Postcode] {
        let tree = NumberTree::awaiting(awaited, &tokenizer).unwrap();
        assert_eq!(walked(&tree, &tokenizer, "K H, four, five, eight."), Some((3, 0.0)));
        assert_eq!(walked(&tree, &tokenizer, "Eight. E. 8"), Some((2, 0.0)), "E begins both a letter and a number");
    }
    for awaited in [Awaited::Open, Awaited::YesNo, Awaited::Choice, Awaited::Name, Awaited::Date, Awaited::Address] {
        assert!(NumberTree::awaiting(awaited, &tokenizer).is_none(), "{awaited:?}");
    }
}

#[test]
fn digits_are_read_out_of_words() {
    let cases = [
        ("Two, one, two, nine, nine, seven.", Some("212997")),
        ("oh four double five triple seven", Some("0455777")),
        ("452-719", Some("452719")),
        ("K H, four five", Some("45")),
        ("double 45", Some("4545")),
        ("it is four five", None),
        ("double", None),
        ("", None),
    ];
    for (text, expected) in cases {
        assert_eq!(digits_said(text).as_deref(), expected, "{text}");
    }
}

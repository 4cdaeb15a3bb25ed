use super::*;
use crate::domain::speech::shipped::locale;

#[test]
fn order_references() {
    let cases = [
        ("", ""),
        ("452719", "four five two, seven one nine"),
        ("KH-452719", "K H, four five two, seven one nine"),
        ("kh452719", "K H, four five two, seven one nine"),
        ("#1042", "one zero four two"),
        ("1", "one"),
        ("12", "one two"),
        ("12345", "one two three, four five"),
        ("1234567", "one two three, four five six seven"),
        ("12345678", "one two three four, five six seven eight"),
        ("1234567890", "one two three, four five six, seven eight nine zero"),
        ("A1B2", "A, one, B, two"),
        ("ORD 77/2026", "O R D, seven seven, two zero two six"),
        ("--", ""),
        ("é9", "É, nine"),
        ("१२", ""),
    ];
    for (reference, expected) in cases {
        assert_eq!(order_reference(locale("en-IN"), reference), expected, "{reference}");
    }
    assert_eq!(order_reference_with_words(locale("en-IN"), "KH-45"), "K as in kilo, H as in hotel, four five");
    assert_eq!(order_reference_with_words(locale("en-IN"), "ZA"), "Z as in zulu, A as in alpha");
    assert_eq!(order_reference_with_words(locale("en-IN"), "é1"), "É, one");
    assert!(order_reference(locale("en-IN"), &"9".repeat(10_000)).len() < 1_000);
}

#[test]
fn phone_numbers() {
    let cases = [
        ("en-IN", "+919845012345", "nine eight four five zero, one two three four five"),
        ("en-IN", "+14155550123", "plus one four one, five five five, five zero one, two three"),
        ("en-US", "+14155550123", "four one five, five five five, zero one two three"),
        ("en-GB", "+447700900123", "zero seven seven zero zero, nine zero zero, one two three"),
        ("en-IN", "+442071234567", "plus four four two, zero seven one, two three four, five six seven"),
        ("en-IN", "+9180412345", "plus nine one eight, zero four one, two three four five"),
        ("en-US", "+4930123456", "plus four nine three, zero one two, three four five six"),
    ];
    for (tag, number, expected) in cases {
        assert_eq!(phone_number(&number.parse().unwrap(), locale(tag)), expected);
    }
}

#[test]
fn postcodes() {
    let cases = [
        ("560034", "five six zero, zero three four"),
        ("560 034", "five six zero, zero three four"),
        ("SW1A 1AA", "S W one A, one A A"),
        ("sw1a1aa", "S W one A, one A A"),
        ("M1 1AE", "M one, one A E"),
        ("B33 8TH", "B three three, eight T H"),
        ("94103", "nine four one zero three"),
        ("94103-1234", "nine four one zero three, one two three four"),
        ("", ""),
        ("ABC", "A B C"),
        ("१२३", ""),
    ];
    for (text, expected) in cases {
        assert_eq!(postcode(locale("en-IN"), text), expected, "{text}");
    }
}

proptest::proptest! {
    #[test]
    fn any_text_is_taken_and_the_answer_is_bounded(text in "\\PC{0,300}") {
        proptest::prop_assert!(order_reference(locale("en-IN"), &text).len() < 1_500);
        proptest::prop_assert!(order_reference_with_words(locale("en-IN"), &text).len() < 3_000);
        proptest::prop_assert!(postcode(locale("en-IN"), &text).len() < 200);
    }
}

use super::*;
use crate::domain::speech::shipped::{self, locale};

#[test]
fn counts() {
    let cases = [
        ("en-IN", 0, "zero"),
        ("en-IN", 7, "seven"),
        ("en-IN", 19, "nineteen"),
        ("en-IN", 20, "twenty"),
        ("en-IN", 21, "twenty-one"),
        ("en-IN", 100, "one hundred"),
        ("en-IN", 105, "one hundred and five"),
        ("en-US", 105, "one hundred five"),
        ("en-IN", 999, "nine hundred and ninety-nine"),
        ("en-IN", 1_000, "one thousand"),
        ("en-IN", 1_005, "one thousand and five"),
        ("en-US", 1_005, "one thousand five"),
        ("en-IN", 1_499, "one thousand four hundred and ninety-nine"),
        ("en-US", 1_499, "one thousand four hundred ninety-nine"),
        ("en-IN", 99_999, "ninety-nine thousand nine hundred and ninety-nine"),
        ("en-IN", 100_000, "one lakh"),
        ("en-GB", 100_000, "one hundred thousand"),
        ("en-IN", 149_999, "one lakh forty-nine thousand nine hundred and ninety-nine"),
        ("en-GB", 149_999, "one hundred and forty-nine thousand nine hundred and ninety-nine"),
        ("en-IN", 10_000_000, "one crore"),
        ("en-US", 10_000_000, "ten million"),
        ("en-IN", 12_345_678, "one crore twenty-three lakh forty-five thousand six hundred and seventy-eight"),
        ("en-IN", 1_000_000_000_000, "one lakh crore"),
        ("en-GB", 1_000_001, "one million and one"),
        ("en-US", 2_000_000_000, "two billion"),
    ];
    for (tag, number, expected) in cases {
        assert_eq!(cardinal(locale(tag), number), expected, "{number}");
    }
    for locale in shipped::english() {
        assert!(cardinal(locale, u64::MAX).len() < 400);
    }
}

#[test]
fn places() {
    let cases = [
        (0, "zeroth"),
        (1, "first"),
        (2, "second"),
        (3, "third"),
        (4, "fourth"),
        (5, "fifth"),
        (6, "sixth"),
        (7, "seventh"),
        (8, "eighth"),
        (9, "ninth"),
        (10, "tenth"),
        (11, "eleventh"),
        (12, "twelfth"),
        (13, "thirteenth"),
        (20, "twentieth"),
        (21, "twenty-first"),
        (22, "twenty-second"),
        (30, "thirtieth"),
        (31, "thirty-first"),
        (100, "one hundredth"),
        (112, "one hundred and twelfth"),
        (1_000, "one thousandth"),
    ];
    for (number, expected) in cases {
        assert_eq!(ordinal(locale("en-IN"), number), expected);
    }
}

#[test]
fn years() {
    let cases = [
        (1066, "one thousand and sixty-six"),
        (1900, "nineteen hundred"),
        (1905, "nineteen oh five"),
        (1999, "nineteen ninety-nine"),
        (2000, "two thousand"),
        (2005, "two thousand and five"),
        (2010, "twenty ten"),
        (2026, "twenty twenty-six"),
        (2100, "two thousand one hundred"),
    ];
    for (number, expected) in cases {
        assert_eq!(year(locale("en-GB"), number), expected);
    }
}

#[test]
fn numbers_as_written() {
    let cases = [
        ("", ""),
        ("0", "zero"),
        ("5", "five"),
        ("007", "zero zero seven"),
        ("1,499", "one thousand four hundred and ninety-nine"),
        ("1,49,999.50", "one lakh forty-nine thousand nine hundred and ninety-nine point five zero"),
        ("1.5", "one point five"),
        (".5", "zero point five"),
        ("0.25", "zero point two five"),
        ("1234567890123456", "one two three four five six seven eight nine zero one two three four five six"),
    ];
    for (text, expected) in cases {
        assert_eq!(written_number(locale("en-IN"), text), expected, "{text}");
    }
    assert_eq!(digits(locale("en-IN"), "4a52"), "four five two");
}

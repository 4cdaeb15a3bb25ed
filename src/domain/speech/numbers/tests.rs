use super::*;
use Locale::{EnGb, EnIn, EnUs};

#[test]
fn counts() {
    let cases = [
        (EnIn, 0, "zero"),
        (EnIn, 7, "seven"),
        (EnIn, 19, "nineteen"),
        (EnIn, 20, "twenty"),
        (EnIn, 21, "twenty-one"),
        (EnIn, 100, "one hundred"),
        (EnIn, 105, "one hundred and five"),
        (EnUs, 105, "one hundred five"),
        (EnIn, 999, "nine hundred and ninety-nine"),
        (EnIn, 1_000, "one thousand"),
        (EnIn, 1_005, "one thousand and five"),
        (EnUs, 1_005, "one thousand five"),
        (EnIn, 1_499, "one thousand four hundred and ninety-nine"),
        (EnUs, 1_499, "one thousand four hundred ninety-nine"),
        (EnIn, 99_999, "ninety-nine thousand nine hundred and ninety-nine"),
        (EnIn, 100_000, "one lakh"),
        (EnGb, 100_000, "one hundred thousand"),
        (EnIn, 149_999, "one lakh forty-nine thousand nine hundred and ninety-nine"),
        (EnGb, 149_999, "one hundred and forty-nine thousand nine hundred and ninety-nine"),
        (EnIn, 10_000_000, "one crore"),
        (EnUs, 10_000_000, "ten million"),
        (EnIn, 12_345_678, "one crore twenty-three lakh forty-five thousand six hundred and seventy-eight"),
        (EnIn, 1_000_000_000_000, "one lakh crore"),
        (EnGb, 1_000_001, "one million and one"),
        (EnUs, 2_000_000_000, "two billion"),
    ];
    for (locale, number, expected) in cases {
        assert_eq!(cardinal(locale, number), expected, "{number}");
    }
    for locale in Locale::ALL {
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
        assert_eq!(ordinal(EnIn, number), expected);
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
        assert_eq!(year(EnGb, number), expected);
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
        assert_eq!(written_number(EnIn, text), expected, "{text}");
    }
    assert_eq!(digits("4a52"), "four five two");
}

use super::*;
use crate::domain::speech::shipped::locale;
use crate::domain::values::Currency;

#[test]
fn amounts_of_money() {
    let cases = [
        ("en-IN", 149_900, "INR", "one thousand four hundred and ninety-nine rupees"),
        ("en-IN", 149_950, "INR", "one thousand four hundred and ninety-nine rupees and fifty paise"),
        ("en-IN", 0, "INR", "zero rupees"),
        ("en-IN", 100, "INR", "one rupee"),
        ("en-IN", 101, "INR", "one rupee and one paisa"),
        ("en-IN", 50, "INR", "fifty paise"),
        ("en-IN", 1, "INR", "one paisa"),
        ("en-IN", 14_999_900, "INR", "one lakh forty-nine thousand nine hundred and ninety-nine rupees"),
        ("en-IN", 2_500_000_000, "INR", "two crore fifty lakh rupees"),
        ("en-IN", -25_000, "INR", "minus two hundred and fifty rupees"),
        ("en-US", 149_900, "INR", "one thousand four hundred ninety-nine rupees"),
        ("en-US", 1_999, "USD", "nineteen dollars and ninety-nine cents"),
        ("en-US", 100, "USD", "one dollar"),
        ("en-US", 1, "USD", "one cent"),
        ("en-US", 0, "USD", "zero dollars"),
        ("en-US", 123_456_700, "USD", "one million two hundred thirty-four thousand five hundred sixty-seven dollars"),
        ("en-GB", 1_050, "GBP", "ten pounds and fifty pence"),
        ("en-GB", 101, "GBP", "one pound and one penny"),
        ("en-GB", 99, "GBP", "ninety-nine pence"),
        ("en-GB", 2_500, "EUR", "twenty-five euros"),
        ("en-GB", 105, "EUR", "one euro and five cents"),
        ("en-GB", 500, "JPY", "five hundred yen"),
        ("en-GB", 500, "XYZ", "five units"),
    ];
    for (tag, amount_minor, currency, expected) in cases {
        let amount = Money { amount_minor, currency: currency.parse().unwrap() };
        assert_eq!(money(locale(tag), amount), expected);
    }
    let extreme = Money { amount_minor: i64::MIN, currency: Currency::INR };
    assert!(money(locale("en-IN"), extreme).starts_with("minus "));
}

#[test]
fn spans_of_time() {
    let minute = 60;
    let hour = 60 * minute;
    let day = 24 * hour;
    let cases = [
        (0, "zero seconds"),
        (1, "one second"),
        (59, "fifty-nine seconds"),
        (minute, "one minute"),
        (90, "two minutes"),
        (10 * minute, "ten minutes"),
        (59 * minute, "fifty-nine minutes"),
        (hour, "one hour"),
        (hour + 30 * minute, "one hour and thirty minutes"),
        (2 * hour + minute, "two hours and one minute"),
        (6 * hour + 20 * minute, "six hours"),
        (23 * hour, "twenty-three hours"),
        (day, "one day"),
        (30 * hour, "thirty hours"),
        (36 * hour, "two days"),
        (2 * day, "two days"),
        (2 * day + 13 * hour, "three days"),
        (7 * day, "seven days"),
        (30 * day, "thirty days"),
    ];
    for (seconds, expected) in cases {
        assert_eq!(duration(locale("en-IN"), Duration::from_secs(seconds)), expected);
    }
    assert!(duration(locale("en-IN"), Duration::MAX).ends_with("days"));
}

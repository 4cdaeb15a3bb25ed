use jiff::civil::{date, time};

use super::*;
use crate::domain::speech::shipped::locale;

#[test]
fn days_seen_from_today() {
    // A Tuesday.
    let today = date(2026, 3, 10);
    let cases = [
        ("en-IN", date(2026, 3, 10), "today"),
        ("en-IN", date(2026, 3, 11), "tomorrow"),
        ("en-IN", date(2026, 3, 9), "yesterday"),
        ("en-IN", date(2026, 3, 12), "Thursday the twelfth"),
        ("en-IN", date(2026, 3, 13), "Friday the thirteenth"),
        ("en-US", date(2026, 3, 13), "Friday the thirteenth"),
        ("en-IN", date(2026, 3, 16), "Monday the sixteenth"),
        ("en-IN", date(2026, 3, 17), "Tuesday the seventeenth of March"),
        ("en-US", date(2026, 3, 17), "Tuesday, March seventeenth"),
        ("en-GB", date(2026, 3, 31), "Tuesday the thirty-first of March"),
        ("en-IN", date(2026, 4, 1), "Wednesday the first of April"),
        ("en-IN", date(2026, 3, 8), "Sunday the eighth"),
        ("en-IN", date(2026, 3, 4), "Wednesday the fourth"),
        ("en-IN", date(2026, 3, 3), "Tuesday the third of March"),
        ("en-US", date(2025, 12, 25), "Thursday, December twenty-fifth"),
        ("en-IN", date(2026, 12, 25), "Friday the twenty-fifth of December"),
        ("en-IN", date(2027, 1, 2), "Saturday the second of January, twenty twenty-seven"),
        ("en-US", date(2027, 3, 12), "Friday, March twelfth, twenty twenty-seven"),
        ("en-GB", date(2025, 3, 10), "Monday the tenth of March, twenty twenty-five"),
        (
            "en-IN",
            date(9999, 12, 31),
            "Friday the thirty-first of December, nine thousand nine hundred and ninety-nine",
        ),
    ];
    for (tag, date, expected) in cases {
        assert_eq!(day(locale(tag), date, today), expected);
    }
    assert_eq!(day(locale("en-IN"), date(2026, 3, 1), date(2026, 2, 27)), "Sunday the first");
    assert_eq!(full_date(locale("en-IN"), today), "the tenth of March, twenty twenty-six");
    assert_eq!(full_date(locale("en-US"), today), "March tenth, twenty twenty-six");
}

#[test]
fn times_of_day() {
    let cases = [
        ("en-IN", time(12, 0, 0, 0), "noon"),
        ("en-IN", time(0, 0, 0, 0), "midnight"),
        ("en-IN", time(18, 0, 0, 0), "six in the evening"),
        ("en-IN", time(18, 30, 0, 0), "half past six in the evening"),
        ("en-US", time(18, 30, 0, 0), "six thirty in the evening"),
        ("en-IN", time(14, 15, 0, 0), "quarter past two in the afternoon"),
        ("en-US", time(14, 15, 0, 0), "two fifteen in the afternoon"),
        ("en-IN", time(14, 45, 0, 0), "quarter to three in the afternoon"),
        ("en-IN", time(11, 45, 0, 0), "quarter to twelve in the morning"),
        ("en-IN", time(12, 45, 0, 0), "quarter to one in the afternoon"),
        ("en-IN", time(14, 20, 0, 0), "two twenty in the afternoon"),
        ("en-IN", time(14, 5, 0, 0), "two oh five in the afternoon"),
        ("en-IN", time(9, 0, 0, 0), "nine in the morning"),
        ("en-IN", time(6, 59, 59, 0), "six fifty-nine in the morning"),
        ("en-IN", time(12, 30, 0, 0), "half past twelve in the afternoon"),
        ("en-IN", time(17, 30, 0, 0), "half past five in the afternoon"),
        ("en-IN", time(21, 0, 0, 0), "nine at night"),
        ("en-IN", time(23, 59, 0, 0), "eleven fifty-nine at night"),
        ("en-IN", time(0, 30, 0, 0), "half past twelve at night"),
        ("en-IN", time(23, 45, 0, 0), "quarter to twelve at night"),
        ("en-IN", time(4, 0, 0, 0), "four in the morning"),
    ];
    for (tag, time, expected) in cases {
        assert_eq!(clock_time(locale(tag), time), expected);
    }
}

#[test]
fn delivery_windows() {
    let now = date(2026, 3, 10).at(10, 0, 0, 0);
    let at = |day: i8, hour: i8, minute: i8| date(2026, 3, day).at(hour, minute, 0, 0);
    let cases = [
        (at(11, 14, 0), at(11, 18, 0), "tomorrow, between two and six in the afternoon"),
        (at(11, 18, 0), at(11, 21, 0), "tomorrow, between six and nine in the evening"),
        (at(11, 10, 0), at(11, 14, 0), "tomorrow, between ten in the morning and two in the afternoon"),
        (at(11, 9, 0), at(11, 12, 0), "tomorrow, between nine in the morning and noon"),
        (at(11, 12, 0), at(11, 15, 0), "tomorrow, between noon and three in the afternoon"),
        (at(11, 9, 30), at(11, 11, 0), "tomorrow, between half past nine and eleven in the morning"),
        (at(11, 17, 0), at(11, 19, 30), "tomorrow, between five in the afternoon and half past seven in the evening"),
        (at(13, 14, 0), at(13, 16, 0), "Friday the thirteenth, between two and four in the afternoon"),
        (at(10, 14, 0), at(10, 18, 0), "today, between two and six in the afternoon"),
        (at(10, 9, 0), at(10, 13, 0), "today, before one in the afternoon"),
        (at(10, 8, 0), at(10, 9, 0), "today, between eight and nine in the morning"),
        (at(11, 0, 0), at(12, 0, 0), "tomorrow, at any time of the day"),
        (at(11, 0, 0), at(11, 23, 59), "tomorrow, at any time of the day"),
        (at(11, 0, 0), at(11, 18, 0), "tomorrow, before six in the afternoon"),
        (at(11, 15, 0), at(12, 0, 0), "tomorrow, after three in the afternoon"),
        (at(11, 15, 0), at(11, 15, 0), "tomorrow, at three in the afternoon"),
        (at(11, 15, 0), at(11, 14, 0), "tomorrow, at three in the afternoon"),
        (at(11, 0, 0), at(13, 0, 0), "between tomorrow and Thursday the twelfth"),
        (at(11, 14, 0), at(12, 12, 0), "between tomorrow at two in the afternoon and Thursday the twelfth at noon"),
        (at(11, 22, 0), at(12, 2, 0), "between tomorrow at ten at night and Thursday the twelfth at two at night"),
    ];
    for (from, to, expected) in cases {
        assert_eq!(window(locale("en-IN"), from, to, now), expected);
    }
}

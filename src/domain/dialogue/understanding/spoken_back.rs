//! What the agent says it also understands, and nothing that is said can break a reader.

use jiff::ToSpan;
use jiff::civil::{Date, DateTime, Time, date};
use proptest::prelude::*;

use super::slots::DialPlan;
use super::vocabulary::shipped::english;
use super::{DatePhrase, DeliveryHours, PostcodeForm};
use crate::domain::hearing::Transcript;
use crate::domain::speech::{self, Locale, shipped};
use crate::domain::values::{Currency, Money, PhoneNumber};

fn locale() -> impl Strategy<Value = Locale> {
    prop::sample::select(shipped::english())
}

/// Days of two years, so that weekdays and ends of months meet in every way.
fn today() -> impl Strategy<Value = Date> {
    (0..731_i32).prop_map(|days| date(2026, 1, 1).checked_add(days.days()).unwrap_or(Date::MAX))
}

/// A time within the delivery hours, to the quarter of an hour or a few minutes past.
fn time() -> impl Strategy<Value = Time> {
    (8..21_i8, prop::sample::select(vec![0_i8, 5, 10, 15, 20, 30, 40, 45, 50]))
        .prop_map(|(hour, minute)| Time::constant(hour, minute, 0, 0))
}

fn read(text: &str, now: DateTime) -> Vec<DatePhrase> {
    english().read_dates(text, now, DeliveryHours::default())
}

fn early(day: Date) -> DateTime {
    day.at(7, 0, 0, 0)
}

proptest! {
    #[test]
    fn a_day_that_is_said_is_read_back(locale in locale(), today in today(), ahead in 0..=170_i32) {
        let day = today.checked_add(ahead.days()).unwrap_or(today);
        let said = speech::day(locale, day, today);
        let phrases = read(&said, early(today));
        prop_assert_eq!(phrases.len(), 1, "{}", said);
        prop_assert_eq!(phrases[0].day, Some(day), "{}: {:?}", said, phrases);
        prop_assert!(!phrases[0].is_ambiguous, "{}: {:?}", said, phrases);
    }

    #[test]
    fn a_window_that_is_said_is_read_back(
        locale in locale(), today in today(), ahead in 0..=60_i32, first in time(), second in time()
    ) {
        prop_assume!(first != second);
        let day = today.checked_add(ahead.days()).unwrap_or(today);
        let (from, to) = (first.min(second), first.max(second));
        let said = speech::window(locale, day.to_datetime(from), day.to_datetime(to), early(today));
        let phrases = read(&said, early(today));
        prop_assert_eq!(phrases.len(), 1, "{}: {:?}", said, phrases);
        prop_assert_eq!((phrases[0].day, phrases[0].window), (Some(day), Some((from, to))), "{}", said);
    }

    #[test]
    fn a_time_that_is_said_is_read_back(locale in locale(), time in time()) {
        let said = format!("at {}", speech::clock_time(locale, time));
        let phrases = read(&said, early(date(2026, 11, 18)));
        prop_assert_eq!(phrases.first().and_then(|phrase| phrase.at), Some(time), "{}: {:?}", said, phrases);
    }

    #[test]
    fn an_amount_that_is_said_is_read_back(
        locale in locale(),
        currency in prop::sample::select(vec![Currency::INR, Currency::USD, Currency::GBP, Currency::EUR]),
        amount_minor in prop_oneof![1..200_000_i64, 1..1_000_000_000_i64],
    ) {
        let amount = Money { amount_minor, currency };
        let said = speech::money(locale, amount);
        let found = english().amounts(&said, currency);
        prop_assert_eq!(found.len(), 1, "{}: {:?}", said, found);
        prop_assert_eq!((found[0].value, found[0].is_unclear), (amount, false), "{}", said);
    }

    #[test]
    fn a_number_that_is_said_is_read_back(digits in "[6-9][0-9]{9}", british in "7[0-9]{9}", american in "[2-9][0-9]{2}[2-9][0-9]{6}") {
        let cases = [
            (shipped::locale("en-IN"), DialPlan::India, format!("+91{digits}")),
            (shipped::locale("en-GB"), DialPlan::UnitedKingdom, format!("+44{british}")),
            (shipped::locale("en-US"), DialPlan::NorthAmerica, format!("+1{american}")),
            // A number from abroad is said with its country code.
            (shipped::locale("en-GB"), DialPlan::UnitedKingdom, format!("+91{digits}")),
        ];
        for (locale, plan, number) in cases {
            let number: PhoneNumber = number.parse().expect("the pattern makes numbers in E.164");
            let said = speech::phone_number(&number, locale);
            let found = english().phone_numbers(&Transcript::certain(&said), plan);
            prop_assert_eq!(found.first().map(|slot| &slot.value), Some(&number), "{}", said);
        }
    }

    /// The letter O by itself is taken for a zero, so it is said with its word.
    #[test]
    fn a_reference_that_is_said_is_read_back(letters in "[A-NP-Z]{2}", any_letters in "[A-Z]{2}", digits in "[0-9]{6}") {
        let plain = format!("{letters}-{digits}");
        let with_words = format!("{any_letters}-{digits}");
        for (reference, said) in [
            (&plain, speech::order_reference(shipped::locale("en-IN"), &plain)),
            (&with_words, speech::order_reference_with_words(shipped::locale("en-IN"), &with_words)),
        ] {
            let found = english().order_references(&Transcript::certain(&said));
            let canonical = found.first().map(|code| code.canonical.reveal().clone());
            prop_assert_eq!(canonical, Some(reference.replace('-', "")), "{}", said);
        }
    }

    #[test]
    fn no_text_breaks_a_reader(text in "\\PC{0,200}") {
        read_everything(&text);
    }

    #[test]
    fn no_words_break_a_reader(words in prop::collection::vec(prop::sample::select(VOCABULARY.to_vec()), 0..40)) {
        read_everything(&words.join(" "));
    }
}

const VOCABULARY: &[&str] = &[
    "next",
    "friday",
    "the",
    "day",
    "after",
    "before",
    "between",
    "to",
    "and",
    "or",
    "not",
    "five",
    "twenty",
    "half",
    "quarter",
    "past",
    "of",
    "12",
    "5th",
    "99/99",
    "25:61",
    "december",
    "may",
    "week",
    "weekend",
    "in",
    "a",
    "hour",
    "from",
    "until",
    "morning",
    "night",
    "at",
    "no",
    "sorry",
    "hundred",
    "thousand",
    "lakh",
    "crore",
    "double",
    "triple",
    "oh",
    "rupees",
    "pounds",
    "pence",
    "dot",
    "gmail",
    "com",
    "my",
    "brother",
    "mrs",
    "flat",
    "near",
    "road",
    "nagar",
    "london",
    "560034",
    "plus",
    "point",
    "million",
    "million",
    "9999999999",
    "0",
    "k",
    "'",
    "-",
    "–",
    "²",
    "ß",
    "İ",
    "end",
    "first",
    "second",
    "one",
    "and",
    "leave",
];

fn read_everything(text: &str) {
    let transcript = Transcript::certain(text);
    for now in [early(date(2026, 11, 18)), DateTime::MAX, DateTime::MIN] {
        for phrase in read(text, now) {
            assert!(phrase.window.is_none_or(|(from, to)| from < to), "{text:?}: {phrase:?}");
            assert!(
                phrase.last_day.is_none_or(|last| phrase.day.is_some_and(|day| day <= last)),
                "{text:?}: {phrase:?}"
            );
        }
    }
    for currency in [Currency::INR, Currency::USD] {
        assert!(english().amounts(text, currency).iter().all(|slot| 0 <= slot.value.amount_minor), "{text:?}");
    }
    for plan in [DialPlan::India, DialPlan::UnitedKingdom, DialPlan::NorthAmerica] {
        english().phone_numbers(&transcript, plan);
    }
    for form in [PostcodeForm::India, PostcodeForm::UnitedKingdom, PostcodeForm::UnitedStates] {
        english().postcodes(&transcript, form);
    }
    english().people(text);
    english().places(text);
    english().languages(text);
    english().email(text);
    english().read_address(text);
    english().match_items(text, &["pressure cooker", "ß"]);
    english().order_references(&transcript);
    english().spoken_name(&transcript);
    english().mask(text);
}

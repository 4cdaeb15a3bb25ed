//! A locale is only files: each says everything in words, a new one needs no code, and each fault in one is named.

use jiff::civil::{date, time};

use super::shipped;
use super::*;
use crate::domain::speech::{cardinal, clock_time, day, duration, full_date, money, ordinal, window};
use crate::domain::values::Money;

/// The files with `en-XX`, which says what en-GB says with words replaced, and `en-YY`, which is only like en-GB.
fn load(replaced: &[(&str, &str)], home: &str) -> Result<Locales, LocaleError> {
    let mut files = shipped::files();
    let british = files.iter().find(|(name, _)| name == "locales/en-GB.toml").unwrap().1.clone();
    let own = replaced.iter().fold(british, |text, (from, to)| {
        assert!(text.contains(from), "the test no longer fits the files: {from}");
        text.replace(from, to)
    });
    files.push(("locales/en-XX.toml".to_owned(), own));
    files.push(("locales/en-YY.toml".to_owned(), "like = \"en-GB\"\n[dates]\ntoday = \"this day\"\n".to_owned()));
    let files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    Locales::load(&files, home, None)
}

/// Nothing is left that a voice would have to make something of, and no name of a slot.
fn is_words(text: &str) -> bool {
    !text.is_empty() && !text.contains(|c: char| c.is_numeric() || "{}_₹$".contains(c)) && !text.contains("  ")
}

#[test]
fn every_locale_says_everything_in_words() {
    let today = date(2026, 3, 10);
    let now = today.at(10, 0, 0, 0);
    for &locale in shipped::LOCALES.all() {
        let numbers = (0..=10_000_000_u64).step_by(997).chain([0, 99, 100, 101, 999, 1_000, 100_000, 10_000_000]);
        let mut said: Vec<String> = numbers.clone().map(|number| cardinal(locale, number)).collect();
        let distinct: std::collections::BTreeSet<u64> = numbers.collect();
        let distinct_said: std::collections::BTreeSet<&String> = said.iter().collect();
        assert_eq!(distinct_said.len(), distinct.len(), "{locale:?}: two numbers are said alike");
        said.extend((0..=400).map(|number| ordinal(locale, number)));
        let days = today.series(jiff::ToSpan::days(1)).take(800);
        said.extend(days.flat_map(|date| [day(locale, date, today), full_date(locale, date)]));
        let times: Vec<_> =
            (0..24).flat_map(|hour| [0, 5, 15, 20, 30, 45].map(|minute| time(hour, minute, 0, 0))).collect();
        said.extend(times.iter().map(|time| clock_time(locale, *time)));
        for from in times.iter().step_by(5) {
            for to in &times {
                for days in [0, 1, 3] {
                    let (from, to) = (today.to_datetime(*from), (today + jiff::ToSpan::days(days)).to_datetime(*to));
                    said.push(window(locale, from, to, now));
                }
            }
        }
        for currency in ["INR", "USD", "GBP", "EUR", "JPY", "AED", "SEK"] {
            let amounts = [-25_000, 0, 1, 99, 100, 101, 149_900, 149_950, 1_000_000_000];
            let of = |amount_minor| Money { amount_minor, currency: currency.parse().unwrap() };
            said.extend(amounts.map(|minor| money(locale, of(minor))));
        }
        said.extend(
            [0, 1, 90, 3_600, 5_400, 90_000, 500_000].map(|s| duration(locale, std::time::Duration::from_secs(s))),
        );
        let wrong: Vec<&String> = said.iter().filter(|text| !is_words(text)).take(5).collect();
        assert!(wrong.is_empty(), "{locale:?}: {wrong:?}");
    }
}

#[test]
fn hindi_is_said_as_people_say_it() {
    let hindi = shipped::locale("hi-IN");
    let today = date(2026, 3, 10);
    let at = |day: i8, hour: i8, minute: i8| date(2026, 3, day).at(hour, minute, 0, 0);
    let now = at(10, 10, 0);
    let rupees = |amount_minor| money(hindi, Money { amount_minor, currency: "INR".parse().unwrap() });
    let cases = [
        (cardinal(hindi, 149_999), "एक लाख उनचास हज़ार नौ सौ निन्यानवे"),
        (cardinal(hindi, 12_345_678), "एक करोड़ तेईस लाख पैंतालीस हज़ार छह सौ अठहत्तर"),
        (cardinal(hindi, 1_005), "एक हज़ार पाँच"),
        (ordinal(hindi, 1), "पहला"),
        (ordinal(hindi, 5), "पाँचवाँ"),
        (ordinal(hindi, 23), "तेईसवाँ"),
        (day(hindi, date(2026, 3, 11), today), "कल"),
        (day(hindi, date(2026, 3, 9), today), "बीते कल"),
        (day(hindi, date(2026, 3, 13), today), "शुक्रवार, तेरह तारीख को"),
        (day(hindi, date(2026, 4, 1), today), "बुधवार, एक अप्रैल को"),
        (full_date(hindi, today), "दस मार्च दो हज़ार छब्बीस"),
        (clock_time(hindi, time(9, 15, 0, 0)), "सुबह सवा नौ बजे"),
        (clock_time(hindi, time(18, 30, 0, 0)), "शाम साढ़े छह बजे"),
        (clock_time(hindi, time(14, 30, 0, 0)), "दोपहर ढाई बजे"),
        (clock_time(hindi, time(13, 30, 0, 0)), "दोपहर डेढ़ बजे"),
        (clock_time(hindi, time(15, 45, 0, 0)), "दोपहर पौने चार बजे"),
        (clock_time(hindi, time(21, 20, 0, 0)), "रात नौ बजकर बीस मिनट"),
        (clock_time(hindi, time(12, 0, 0, 0)), "दोपहर बारह बजे"),
        (window(hindi, at(11, 14, 0), at(11, 18, 0), now), "कल, दोपहर दो बजे और शाम छह बजे के बीच"),
        (window(hindi, at(11, 9, 0), at(11, 11, 0), now), "कल, सुबह नौ बजे और ग्यारह बजे के बीच"),
        (window(hindi, at(10, 9, 0), at(10, 13, 0), now), "आज, दोपहर एक बजे से पहले"),
        (rupees(149_900), "एक हज़ार चार सौ निन्यानवे रुपये"),
        (rupees(149_950), "एक हज़ार चार सौ निन्यानवे रुपये पचास पैसे"),
        (rupees(100), "एक रुपया"),
        (crate::domain::speech::order_reference(hindi, "KH-4527"), "के एच, चार पाँच दो सात"),
        (crate::domain::speech::normalise(hindi, "5L, 20% और 2-3 kg"), "पाँच लीटर, बीस प्रतिशत और दो से तीन किलो"),
    ];
    for (said, expected) in cases {
        assert_eq!(said, expected);
    }
}

#[test]
fn a_locale_of_files_alone_speaks() {
    let changed = [
        ("\"twenty-one\"", "\"one-and-twenty\""),
        ("half past {hour}", "half {next}"),
        ("country_code = \"44\"", "country_code = \"353\""),
        ("today = \"today\"", "today = \"the day\""),
    ];
    let locales = load(&changed, "en-XX").unwrap();
    let own = locales.get("en-xx").unwrap();
    assert_eq!((locales.home(), cardinal(own, 121).as_str()), (own, "one hundred and one-and-twenty"));
    assert_eq!(clock_time(own, time(9, 30, 0, 0)), "half ten in the morning");
    let today = date(2026, 3, 10);
    assert_eq!(day(own, today, today), "the day");
    let like = locales.get("en-YY").unwrap();
    assert_eq!((day(like, today, today).as_str(), cardinal(like, 21).as_str()), ("this day", "twenty-one"));
    assert_eq!(locales.of_customer(None, "+353861234567"), own);
    assert_ne!(own.version(), load(&changed[..3], "en-XX").unwrap().home().version());
}

#[test]
fn language_and_number_choose() {
    let cases = [
        (Some("en-GB"), "+919845012345", "en-GB"),
        (Some("EN-us"), "+919845012345", "en-US"),
        (Some("en"), "+14155550123", "en-US"),
        (Some("hi"), "+919845012345", "hi-IN"),
        (Some("hi-IN"), "+14155550123", "hi-IN"),
        (Some("fr"), "+447700900123", "en-GB"),
        (None, "+919845012345", "en-IN"),
        (None, "+447700900123", "en-GB"),
        (None, "+4930123456", "en-IN"),
    ];
    for (language, number, expected) in cases {
        assert_eq!(shipped::LOCALES.of_customer(language, number).tag(), expected, "{language:?} {number}");
    }
    let english = shipped::spoken(Some(&[]));
    assert_eq!(english.of_customer(Some("hi"), "+919845012345").tag(), "en-IN");
    assert!(english.all().iter().all(|locale| locale.language() == "en"));
    assert_eq!(shipped::LOCALES.at_home("+447700900123").tag(), "en-GB");
}

#[test]
fn a_fault_names_file_key_and_remedy() {
    let cases = [
        (", \"ninety-nine\"", "", "numbers.below_hundred: name all numbers from zero to ninety-nine"),
        ("name = \"thousand\"", "nmae = \"thousand\"", "unknown field `nmae`"),
        ("{ size = 1_000, name = \"thousand\" },", "", "numbers.scales: the largest comes first"),
        (
            "half past {hour}",
            "half past {our}",
            "clock.half_past: `{our}` is unknown here; known are: hour, minute, next",
        ),
        ("half past {hour}", "half past {hour", "clock.half_past: a brace is not closed or not opened"),
        ("today = \"today\"", "today = \"2day\"", "dates.today: a digit stands in `2day`; write it in words"),
        ("oh = \"oh\"", "", "missing field `oh`"),
        ("from_hour = 4", "from_hour = 24", "clock.parts: name hours from 0 to 23, rising"),
        ("XXX = [", "YYY = [", "money.currencies.XXX: it is missing"),
        ("JPY = [\"yen\", \"yen\"]", "JPY = [\"yen\"]", "money.currencies.JPY: write two names, or four"),
        ("time = \"%H:%M\"", "time = \"%Q:%!\"", "written.time: `%Q:%!` is no format of a time; write it as strftime"),
        ("groups = [4, 3, 3]", "groups = []", "phone.groups: name how many digits"),
        ("Z = \"zulu\"", "", "spelling.words: name a word for every letter"),
        ("[\"\", \"th\"]", "[\"e\", \"th\"]", "ordinals.endings: the last one must be for any word"),
        ("answers = \"speech\"", "answers = \"signs\"", "unknown variant `signs`"),
        ("language = \"en\"", "language = \"en\"\nlike = \"en-US\"", "like: `en-US` is like another one; name that"),
        ("language = \"en\"", "language = \"en\"\nlike = \"en-AU\"", "like: there is no locale `en-AU`"),
        ("[numbers]", "[numbers", "line "),
    ];
    for (from, to, expected) in cases {
        let error = load(&[(from, to)], "en-IN").unwrap_err().to_string();
        assert!(error.starts_with("locales/en-XX.toml: "), "{error}");
        assert!(error.contains(expected), "{error}\nshould say: {expected}");
    }
    let error = load(&[], "en-AU").unwrap_err().to_string();
    assert!(error.starts_with("locales/en-AU.toml: there is no such file; write one of en-GB"), "{error}");
}

use super::*;

/// A Wednesday.
fn now() -> DateTime {
    jiff::civil::date(2026, 11, 18).at(10, 0, 0, 0)
}

fn shown(text: &str) -> String {
    let phrases = read_dates(text, now(), DeliveryHours::default());
    let time = |time: Time| time.strftime("%H:%M").to_string();
    let show = |phrase: &DatePhrase| {
        let mut parts = Vec::new();
        parts.extend(phrase.is_excluded.then(|| "not".to_owned()));
        parts.extend(phrase.day.map(|day| day.strftime("%m-%d").to_string()));
        parts.extend(phrase.window.map(|(from, to)| format!("{}-{}", time(from), time(to))));
        parts.extend(phrase.at.map(|at| format!("at {}", time(at))));
        parts.extend(phrase.not_before.map(|from| format!("from {}", time(from))));
        parts.extend(phrase.not_after.map(|to| format!("to {}", time(to))));
        parts.extend(phrase.is_ambiguous.then(|| "?".to_owned()));
        parts.join(" ")
    };
    phrases.iter().map(show).collect::<Vec<_>>().join("; ")
}

#[test]
fn days_are_relative_to_the_local_today() {
    let cases = [
        ("tomorrow", "11-19"),
        ("the day after tomorrow", "11-20"),
        ("the day after", "11-20 ?"),
        ("Friday", "11-20"),
        ("on Friday please", "11-20"),
        ("next Friday", "11-20 ?"),
        ("Wednesday", "11-25 ?"),
        ("this weekend", "11-21 ?"),
        ("the fifth", "12-05"),
        ("the twenty third", "11-23"),
        ("fifth of December", "12-05"),
        ("December the 5th", "12-05"),
        ("bring it on 5 December", "12-05"),
        ("the 12th of November", "11-12 ?"),
        ("in three days", "11-21"),
        ("Friday week", "11-27"),
        ("Monday the 23rd", "11-23"),
        ("Monday the 24th", "11-23 ?"),
        ("31st of February", ""),
        ("not Monday", "not 11-23"),
        ("I can't do Monday but Tuesday is fine", "not 11-23; 11-24"),
        ("Monday or Wednesday", "11-23; 11-25 ?"),
        ("it is on the second floor", ""),
        ("I have two orders", ""),
        ("yes", ""),
    ];
    for (text, expected) in cases {
        assert_eq!(shown(text), expected, "{text}");
    }
}

#[test]
fn times_follow_the_delivery_hours() {
    let cases = [
        ("after six", "from 18:00"),
        ("not before six", "from 18:00"),
        ("not after six", "to 18:00"),
        ("before noon", "to 12:00"),
        ("between two and five", "14:00-17:00"),
        ("from nine to five", "09:00-17:00"),
        ("3-8pm", "15:00-20:00"),
        ("in the evening", "17:00-21:00"),
        ("tomorrow morning", "11-19 08:00-12:00"),
        ("half past six", "at 18:30"),
        ("quarter to three", "at 14:45"),
        ("at 12", "at 12:00"),
        ("at nine", "at 09:00 ?"),
        ("at nine in the evening", "at 21:00"),
        ("10:30 a.m.", "at 10:30"),
        ("ten to four", "at 15:50 ?"),
        ("seven thirty pm tomorrow", "11-19 at 19:30"),
        ("Friday after six", "11-20 from 18:00"),
        ("tomorrow between 10 and 12", "11-19 10:00-12:00"),
        ("after lunch", "from 14:00 ?"),
        ("tonight", "11-18 18:00-21:00"),
        ("in 2 hours", "at 12:00"),
        ("call me after 3 days", ""),
        ("flat 12", ""),
    ];
    for (text, expected) in cases {
        assert_eq!(shown(text), expected, "{text}");
    }
}

#[test]
fn hostile_text_is_bounded() {
    for text in
        ["monday ".repeat(4_000), "99999999999th ".repeat(20), "99/99/99 25:99 -1 ²".repeat(30), "to 5 ".repeat(99)]
    {
        assert!(read_dates(&text, now(), DeliveryHours::default()).len() <= PHRASES_MAX);
    }
    let last = DateTime::MAX;
    assert!(
        read_dates("tomorrow in 99 weeks next friday in 9 hours", last, DeliveryHours::default()).len() <= PHRASES_MAX
    );
}

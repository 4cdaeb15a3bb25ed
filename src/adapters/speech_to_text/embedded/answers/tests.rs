use crate::adapters::speech_to_text::embedded::testing::{fixture, heard_by, plain_recogniser, recogniser};
use crate::domain::hearing::{Awaited, RecognitionContext};

/// What is heard where `awaited` was asked for, and where nothing was and nothing is known of callers.
fn heard_as(file: &str, awaited: Awaited) -> (String, String) {
    let samples = fixture(&format!("answers/{file}.wav"));
    let text = |recogniser, awaited| {
        let context = RecognitionContext { awaited, ..RecognitionContext::open() };
        heard_by(recogniser, &samples, context).text().trim_end_matches(['.', ',']).to_owned()
    };
    (text(recogniser(), awaited), text(plain_recogniser(), Awaited::Open))
}

#[test]
fn a_short_answer_in_noise_is_heard_where_it_was_asked_for() {
    for (file, awaited, said) in [
        ("yeah-slt-15-db", Awaited::YesNo, "Yeah"),
        // Unasked the first begins with a yes.
        ("hello-slt-15-db", Awaited::YesNo, "Hello"),
        ("yes-awb-30-db", Awaited::YesNo, "Yes"),
        ("today-awb-20-db", Awaited::Date, "Today"),
        ("monday-slt-20-db", Awaited::Date, "Monday"),
        ("saturday-awb-25-db", Awaited::Date, "Saturday"),
    ] {
        let (asked, unasked) = heard_as(file, awaited);
        assert_eq!(asked, said, "{file}, unasked {unasked}");
        assert_ne!(unasked, said, "{file}: it would be heard without being asked for");
    }
}

#[test]
fn what_is_no_answer_is_not_made_one() {
    for (file, awaited) in [
        ("worse-rms-15-db", Awaited::YesNo),
        ("mm-slt-25-db", Awaited::YesNo),
        ("next-week-kal-20-db", Awaited::YesNo),
        ("hello-awb-25-db", Awaited::Date),
        // Nearer to "today" than to any other day, and not near enough.
        ("tuesday-slt-20-db", Awaited::Date),
    ] {
        let (asked, unasked) = heard_as(file, awaited);
        assert_eq!(asked, unasked, "{file}");
    }
}

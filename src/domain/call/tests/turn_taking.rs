//! Rules of the floor, as tables.

use super::timeline::transcript;
use crate::domain::call::turn_taking::{AgentSpeech, Completeness, Interruption, is_noise_like, silence_budget};
use crate::domain::dialogue::understanding::vocabulary::shipped::english;
use crate::domain::hearing::{Awaited, DigitCount, RecognitionContext};

use Completeness::{Complete, Plausible, Unfinished};

const DIGITS: Awaited = Awaited::Digits(DigitCount { min: 4, max: 6 });

const EVERY_AWAITED: [Awaited; 9] = [
    Awaited::Open,
    Awaited::YesNo,
    Awaited::Choice,
    DIGITS,
    Awaited::OrderReference,
    Awaited::Postcode,
    Awaited::Name,
    Awaited::Date,
    Awaited::Address,
];

#[test]
fn words_are_complete_when_they_hold_what_was_asked_for() {
    let cases = [
        (Awaited::YesNo, "yes", Complete),
        (Awaited::YesNo, "Yes, please.", Complete),
        (Awaited::YesNo, "no but", Unfinished),
        (Awaited::YesNo, "the blue one", Plausible),
        (Awaited::Choice, "sure", Complete),
        (DIGITS, "four five", Unfinished),
        (DIGITS, "four five two seven", Plausible),
        (DIGITS, "4 5 2 7 1 9", Complete),
        (DIGITS, "forty five twenty seven nineteen", Complete),
        (DIGITS, "double four five", Unfinished),
        (DIGITS, "I don't have it with me.", Complete),
        (DIGITS, "um", Unfinished),
        (Awaited::OrderReference, "k h four five", Unfinished),
        (Awaited::OrderReference, "KH-452719", Plausible),
        (Awaited::Postcode, "9 4 1 0 3", Plausible),
        (Awaited::Name, "Priya Nair", Complete),
        (Awaited::Name, "P R I", Unfinished),
        (Awaited::Name, "my name is", Unfinished),
        (Awaited::Date, "tomorrow evening", Complete),
        (Awaited::Date, "after work", Plausible),
        (Awaited::Date, "tomorrow and", Unfinished),
        (Awaited::Address, "12 Park Street", Plausible),
        (Awaited::Open, "Where is my order?", Complete),
        (Awaited::Open, "where is my order", Plausible),
        (Awaited::Open, "where is my", Unfinished),
        (Awaited::Open, "Hello?", Plausible),
        (Awaited::Open, "", Unfinished),
        (Awaited::Open, "...", Unfinished),
    ];
    for (awaited, text, expected) in cases {
        let context = RecognitionContext { awaited, ..RecognitionContext::open() };
        assert_eq!(english().completeness(&context, &transcript(text, 0.9)), expected, "{awaited:?} {text:?}");
    }
}

#[test]
fn a_reference_on_record_says_how_many_digits_complete_it() {
    let references = vec!["KH-452719".to_owned(), "KH-4527".to_owned()];
    let context = RecognitionContext { awaited: Awaited::OrderReference, references, ..RecognitionContext::open() };
    let cases = [("four five two", Unfinished), ("four five two seven", Plausible), ("452719", Complete)];
    for (text, expected) in cases {
        assert_eq!(english().completeness(&context, &transcript(text, 0.9)), expected, "{text}");
    }
}

#[test]
fn the_more_complete_the_words_the_shorter_the_silence() {
    for awaited in EVERY_AWAITED {
        let budgets = [Unfinished, Plausible, Complete].map(|completeness| silence_budget(awaited, completeness));
        assert!(budgets[0] > budgets[1] && budgets[1] > budgets[2], "{awaited:?}: {budgets:?}");
        assert!((200..=1_300).contains(&budgets[2].as_millis()), "{awaited:?}: {budgets:?}");
    }
}

#[test]
fn digits_are_counted_as_they_are_said() {
    let cases = [
        ("", 0),
        ("four", 1),
        ("oh nought zero", 3),
        ("double seven", 2),
        ("triple 5", 3),
        ("452 719", 6),
        ("twenty five", 2),
        ("fifty", 2),
        ("eleven", 2),
        ("fifty eleven six", 5),
        ("double", 0),
        ("it is four", 1),
    ];
    for (text, expected) in cases {
        assert_eq!(english().digit_count(text), expected, "{text}");
    }
}

const AGENT: &str = "Your parcel is out for delivery today and comes by six.";

fn agent(text: &str) -> AgentSpeech {
    AgentSpeech { text: text.to_owned(), ..AgentSpeech::default() }
}

#[test]
fn speech_over_the_agent_is_judged_by_its_words() {
    let cases = [
        ("", 1.0, Interruption::Nothing),
        ("where is it", 0.8, Interruption::Words),
        ("stop", 0.8, Interruption::Words),
        ("mm-hm", 0.8, Interruption::Backchannel),
        ("yeah okay", 0.8, Interruption::Backchannel),
        ("yeah but when", 0.8, Interruption::Words),
        ("yes", 0.2, Interruption::Nothing),
        ("purple", 0.2, Interruption::Nothing),
        ("out for delivery today", 0.9, Interruption::Echo),
        ("out for delivery tomorrow morning please", 0.9, Interruption::Words),
        ("parcel is", 0.9, Interruption::Words),
    ];
    for (text, confidence, expected) in cases {
        assert_eq!(english().judge_interruption(&transcript(text, confidence), &agent(AGENT)), expected, "{text}");
    }
}

#[test]
fn when_the_question_is_out_yes_is_an_answer() {
    for (text, confidence, expected) in
        [("yes", 0.9, Interruption::Words), ("yes", 0.2, Interruption::Nothing), ("mm-hm", 0.9, Interruption::Words)]
    {
        let agent = AgentSpeech { is_answer_awaited: true, ..agent(AGENT) };
        assert_eq!(english().judge_interruption(&transcript(text, confidence), &agent), expected, "{text}");
    }
}

#[test]
fn right_behind_the_agents_own_onset_its_own_words_are_an_echo_however_few() {
    let agent = AgentSpeech { has_just_begun: true, is_answer_awaited: true, ..agent("No, what is the postcode?") };
    let cases = [
        ("what", Interruption::Echo),
        ("no what is", Interruption::Echo),
        ("stop", Interruption::Words),
        ("what about the", Interruption::Words),
        ("yes", Interruption::Words),
    ];
    for (text, expected) in cases {
        assert_eq!(english().judge_interruption(&transcript(text, 0.9), &agent), expected, "{text}");
    }
}

#[test]
fn a_short_doubtful_word_is_noise_unless_such_a_word_is_awaited() {
    let cases = [
        (Awaited::Open, 0.2, 180, true),
        (Awaited::Date, 0.2, 180, true),
        (Awaited::YesNo, 0.2, 180, false),
        (Awaited::Choice, 0.2, 180, false),
        (Awaited::Open, 0.8, 180, false),
        (Awaited::Open, 0.2, 350, false),
    ];
    for (awaited, confidence, voiced_ms, expected) in cases {
        let heard = transcript("yes", confidence);
        assert_eq!(
            is_noise_like(awaited, &heard, std::time::Duration::from_millis(voiced_ms)),
            expected,
            "{awaited:?}"
        );
    }
}

#[test]
fn words_of_parting_are_no_reason_to_talk_on() {
    let cases = [
        ("thank you bye", Interruption::Backchannel),
        ("no that's all thank you", Interruption::Backchannel),
        ("you too have a nice day", Interruption::Backchannel),
        ("okay", Interruption::Backchannel),
        ("one more thing", Interruption::Words),
        ("wait", Interruption::Words),
        ("thank you but the address is wrong", Interruption::Words),
        ("", Interruption::Nothing),
    ];
    for (text, expected) in cases {
        assert_eq!(
            english().judge_farewell(&transcript(text, 0.9), &agent("Thank you for calling. Goodbye.")),
            expected,
            "{text}"
        );
    }
}

#[test]
fn a_bare_answer_is_given_time_for_what_follows_it() {
    for (awaited, text, is_whole) in [
        (Awaited::YesNo, "No.", false),
        (Awaited::YesNo, "no that is all", true),
        (Awaited::Open, "hello", false),
        (Awaited::Open, "where is my order", true),
    ] {
        assert_eq!(english().may_be_understood(awaited, text), is_whole, "{text}");
    }
}

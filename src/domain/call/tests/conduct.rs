//! Conduct at the floor: what a person on the phone may expect whatever the line is like.

use std::sync::Arc;

use super::script::{Script, Scripted};
use super::timeline::{Played, check, check_conversation, play};
use crate::domain::call::{CallDirection, CallSettings, Disposition};
use crate::domain::dialogue::tests_support::{BOOK, UNDERSTANDING};
use crate::domain::dialogue::{Brief, CallEnding, Dialogue, EndReason, EndedBy, RecordingNotice, ShopProfile};
use crate::domain::values::{CallId, CallTime};

/// The dialogue as it is shipped; the caller's number is withheld.
fn dialogue() -> Dialogue {
    let shop = ShopProfile {
        id: "kora".into(),
        name: "Kora Home".into(),
        callback_number: "+918041234567".parse().unwrap(),
        website_spoken: "kora home dot example".into(),
        time_zone: "Asia/Kolkata".into(),
        emergency_number_spoken: "one one two".into(),
        human_callback_within_hours: 4,
        asks_call_score: false,
        sends_payment_links: false,
    };
    let brief = Brief {
        call: CallId::new(uuid::Uuid::nil()),
        direction: CallDirection::Inbound,
        shop: Arc::new(shop),
        caller: None,
        started_at: "2026-11-22T10:00:00+05:30".parse().unwrap(),
        recording: RecordingNotice::NotRecorded,
        outreach: None,
        handover: None,
    };
    Dialogue::new(brief, Arc::clone(&BOOK), Arc::clone(&UNDERSTANDING))
}

fn without_live_looks() -> CallSettings {
    CallSettings { live_partials_every: None, ..CallSettings::default() }
}

#[track_caller]
fn check_dialogue(facts: &str, expected: &str) -> Played<Dialogue> {
    check_conversation(without_live_looks(), dialogue(), facts, expected)
}

fn last_words(played: &Played<Dialogue>) -> String {
    played.call.playout().utterances().last().unwrap().text()
}

const OPENING: &str = "0 opened | 40 sound | 200 started #1.0 | 2500 ended #1.0 | 2510 started #1.1 | 4500 ended #1.1";

#[test]
fn whoever_asks_for_a_moment_is_left_alone_and_then_asked_once() {
    check_dialogue(
        &format!(
            "{OPENING} | 6000 voice on | 7000 voice off | 7100 read speculative 'hold on a minute'
             | 8000 started #2.0 | 8900 ended #2.0 | 38800 wait | 39000 started #3.0 | 41000 ended #3.0 | 45900 wait
             | 46000 wait"
        ),
        "0 Speak #1 greeting+how_can_i_help | 6000 Begin #1 | 7000 Read #1.1 Speculative | 7100 Prepare take_your_time
         | 7520 End #1 | 7520 Speak #2 take_your_time | 38900 Speak #3 how_can_i_help | 46000 Speak #4 still_there",
    );
}

#[test]
fn hello_hello_is_answered_at_once_even_over_our_own_speech() {
    check_dialogue(
        "0 opened | 40 sound | 200 started #1.0 | 2500 ended #1.0 | 2510 started #1.1 | 3400 voice on
         | 3690 read partial 'hello' | 4000 voice off | 4100 read speculative 'hello? hello?' | 4400 wait",
        "0 Speak #1 greeting+how_can_i_help | 3400 Begin #1 | 3400 PauseSpeaking | 3680 Read #1.0 Partial
         | 3690 StopSpeaking | 4000 Read #1.1 Speculative | 4100 Prepare i_am_here+how_can_i_help
         | 4200 End #1 | 4200 Speak #2 i_am_here+how_can_i_help",
    );
}

#[test]
fn words_that_are_no_answer_twice_have_the_keypad_offered() {
    let played = check_dialogue(
        &format!(
            "{OPENING} | 6000 voice on | 7000 voice off | 7100 read speculative 'where is my order'
             | 7600 started #2.0 | 9000 ended #2.0 | 9500 voice on | 12000 voice off
             | 12100 read speculative 'he said that they were walking along the river' | 13500 started #3.0 | 14500 ended #3.0
             | 14510 started #3.1 | 15500 ended #3.1 | 16000 voice on | 19000 voice off
             | 19100 read speculative 'a goal in the last minute of the match' | 20500 wait"
        ),
        "0 Speak #1 greeting+how_can_i_help | 6000 Begin #1 | 7000 Read #1.1 Speculative | 7100 Prepare ask_reference
         | 7200 End #1 | 7200 Speak #2 ask_reference | 9500 Begin #2 | 12000 Read #2.1 Speculative
         | 12100 Prepare not_caught+ask_reference | 12850 End #2 | 12850 Speak #3 not_caught+ask_reference
         | 16000 Begin #3 | 19000 Read #3.1 Speculative | 19100 Prepare not_caught+ask_reference_again
         | 19850 End #3 | 19850 Speak #4 not_caught+ask_reference_again",
    );
    assert!(last_words(&played).contains("key in its digits"), "{}", last_words(&played));
}

#[test]
fn a_line_that_carries_nothing_to_us_is_a_fault_and_not_a_silent_customer() {
    let mut facts = OPENING.replace(" | 40 sound", "");
    facts.push_str(
        " | 9600 started #2.0 | 11500 ended #2.0 | 16600 started #3.0 | 17500 ended #3.0 | 25600 started #4.0
          | 29000 ended #4.0 | 29050 closed caller",
    );
    let played = check_dialogue(
        &facts,
        "0 Speak #1 greeting+how_can_i_help | 9500 Speak #2 how_can_i_help | 16500 Speak #3 still_there
         | 25500 Speak #4 line_dead | 29000 HangUp | 29050 Conclude WeHungUp TechnicalFailure",
    );
    assert_eq!(played.minutes.as_ref().unwrap().end_reason, Some(EndReason::TechnicalFailure));
    let ending = CallEnding { by: EndedBy::Fault, at: CallTime::from_ms(29_050) };
    assert_eq!(played.call.conversation().conclude(&ending).disposition, Disposition::TechnicalFailure);
}

const STATUS: Script = &[
    ("opened", "say your_parcel_is_out_for_delivery_today_with_the_driver+it_comes_by_six"),
    ("said where is it", "say on_its_way"),
    ("said yes", "say good"),
    ("said", "say sorry"),
];

#[test]
fn our_own_voice_come_back_neither_stops_us_nor_becomes_a_turn() {
    for delay in [100, 200, 300, 400] {
        let mut facts = "0 opened | 40 sound | 200 started #1.0".to_owned();
        let mut onset = 200 + delay;
        // The agent falls silent at the onset, so each echo is as long as its delay; then it goes on, and it comes again.
        for words in ["your", "parcel is", "out for"] {
            let end = onset + delay.max(130);
            facts.push_str(&format!(" | {onset} voice on | {end} voice off | {} read speculative '{words}'", end + 90));
            onset = end + 90 + delay;
        }
        facts.push_str(&format!(" | {onset} voice on | {} read partial 'for delivery today'", onset + 300));
        facts.push_str(&format!(" | {} ended #1.0 | {} started #1.1", onset + 1_500, onset + 1_510));
        facts.push_str(&format!(" | {} ended #1.1 | {} voice off", onset + 2_500, onset + 2_500 + delay));
        facts.push_str(&format!(" | {} read speculative 'with the driver it comes by six'", onset + 2_600 + delay));
        facts.push_str(&format!(" | {} wait", onset + 4_500 + delay));
        let (written, played) = play(without_live_looks(), Scripted::new(STATUS), &facts);
        let count = |what: &str| written.iter().filter(|order| order.ends_with(what)).count();
        let told = &played.call.conversation().told;
        assert_eq!(count("StopSpeaking"), 0, "{delay} ms: {written:?}");
        assert!(!told.iter().any(|told| told.starts_with("said")), "{delay} ms: {told:?}");
        // Twice the agent falls silent for it; then it knows the line.
        assert_eq!((count("PauseSpeaking"), count("ResumeSpeaking")), (2, 2), "{delay} ms: {written:?}");
    }
}

#[test]
fn on_a_line_with_an_echo_words_of_the_callers_own_still_stop_the_agent() {
    check(
        STATUS,
        "0 opened | 40 sound | 200 started #1.0 | 400 voice on | 600 voice off | 690 read speculative 'your parcel'
         | 890 voice on | 1090 voice off | 1180 read speculative 'parcel is' | 2500 voice on
         | 2800 read partial 'where is' | 3200 voice off | 3300 read speculative 'where is it' | 3900 wait",
        "0 Speak #1 your_parcel_is_out_for_delivery_today_with_the_driver+it_comes_by_six | 400 Begin #1
         | 400 PauseSpeaking | 600 Read #1.1 Speculative | 690 ResumeSpeaking | 690 End #1 | 890 Begin #2
         | 890 PauseSpeaking | 1090 Read #2.1 Speculative | 1180 ResumeSpeaking | 1180 End #2 | 2500 Begin #3
         | 2780 Read #3.0 Partial | 2800 StopSpeaking | 3200 Read #3.1 Speculative | 3300 Prepare on_its_way
         | 3720 End #3 | 3720 Speak #2 on_its_way",
    )
    .told("opened | said where is it");
}

#[test]
fn an_echo_of_the_last_words_is_not_a_turn_either() {
    check(
        STATUS,
        "0 opened | 40 sound | 200 started #1.0 | 1000 ended #1.0 | 1010 started #1.1 | 1700 ended #1.1
         | 1950 voice on | 2200 voice off | 2300 read speculative 'comes by six' | 4000 wait",
        "0 Speak #1 your_parcel_is_out_for_delivery_today_with_the_driver+it_comes_by_six | 1950 Begin #1
         | 2200 Read #1.1 Speculative | 2300 End #1",
    )
    .told("opened | heard #1.1 | heard #1.2");
}

#[test]
fn noise_that_looks_like_yes_is_no_turn_unless_a_yes_is_awaited() {
    const OPEN: Script = &[("opened", "say how_can_i_help; await open"), ("said yes", "say good")];
    const YES_NO: Script = &[("opened", "say shall_i; await yesno"), ("said yes", "say yes_or_no")];
    let facts = "0 opened | 40 sound | 200 started #1.0 | 1500 ended #1.0 | 6000 voice on | 6150 voice off
         | 6250 read speculative 'yes' 0.25 | 6700 wait";
    check(OPEN, facts, "0 Speak #1 how_can_i_help | 6000 Begin #1 | 6150 Read #1.1 Speculative | 6250 End #1")
        .told("opened | heard #1.1");
    // The conversation is told how short it was, and asks again.
    check(
        YES_NO,
        facts,
        "0 Speak #1 shall_i | 6000 Begin #1 | 6150 Read #1.1 Speculative | 6250 Prepare yes_or_no | 6410 End #1
         | 6410 Speak #2 yes_or_no",
    )
    .told("opened | heard #1.1 | said yes");
}

//! The heard ledger: only what the marks say was heard counts, whatever gets lost on the way.

use super::script::Script;
use super::timeline::check;

const SCRIPT: Script = &[
    ("opened", "say! this_call_is_recorded+your_parcel_left; await yesno"),
    ("said no", "say! this_call_is_recorded"),
    ("heard #1.2", "say anything_else"),
];

#[test]
fn facts_are_heard_with_the_end_of_their_sentence() {
    check(
        SCRIPT,
        "0 opened | 200 started #1.0 | 900 ended #1.0 | 910 started #1.1 | 1500 ended #1.1 | 1600 closed caller",
        "0 Speak #1 this_call_is_recorded+your_parcel_left | 1500 Speak #2 anything_else
         | 1600 Conclude CallerHungUp",
    )
    .facts("this_call_is_recorded your_parcel_left")
    .told("opened | heard #1.1 | heard #1.2")
    .lines("Agent 200-1500 Whole this call is recorded your parcel left | Agent 1500-1500 None anything else");
}

#[test]
fn an_interrupted_sentence_was_not_heard() {
    check(
        SCRIPT,
        "0 opened | 200 started #1.0 | 900 ended #1.0 | 910 started #1.1 | 1000 voice on
         | 1300 read partial 'no' | 1320 cut #1.1 95 | 1330 ended #1.1 | 2000 closed caller",
        "0 Speak #1 this_call_is_recorded+your_parcel_left | 1000 Begin #1 | 1000 PauseSpeaking
         | 1280 Read #1.0 Partial | 1300 StopSpeaking | 2000 End #1 | 2000 Conclude CallerHungUp",
    )
    .facts("this_call_is_recorded")
    .told("opened | heard #1.1")
    .lines("Agent 200-1000 Part this call is recorded your parcel left | Caller 1000-2000 Whole no");
}

#[test]
fn a_line_the_law_wants_heard_is_left_to_the_conversation_to_repeat() {
    check(
        SCRIPT,
        "0 opened | 200 started #1.0 | 500 voice on | 800 read partial 'no' | 900 voice off
         | 1000 read speculative 'no' | 1500 wait",
        "0 Speak #1 this_call_is_recorded+your_parcel_left | 500 Begin #1 | 500 PauseSpeaking
         | 780 Read #1.0 Partial | 800 StopSpeaking | 900 Read #1.1 Speculative
         | 1000 Prepare this_call_is_recorded | 1160 End #1 | 1160 Speak #2 this_call_is_recorded",
    )
    .facts("")
    .told("opened | said no");
}

#[test]
fn a_failed_sentence_is_skipped_and_nothing_behind_it_is_told_as_heard() {
    check(
        SCRIPT,
        "0 opened | 100 failed #1.0 | 200 started #1.1 | 900 ended #1.1 | 6000 wait",
        "0 Speak #1 this_call_is_recorded+your_parcel_left",
    )
    .facts("your_parcel_left")
    .told("opened | silence AskAgain");
}

#[test]
fn a_sentence_that_fails_while_another_plays_does_not_hang_the_call() {
    check(
        SCRIPT,
        "0 opened | 200 started #1.0 | 300 failed #1.1 | 900 ended #1.0 | 6000 wait",
        "0 Speak #1 this_call_is_recorded+your_parcel_left",
    )
    .facts("this_call_is_recorded")
    .told("opened | heard #1.1 | silence AskAgain");
}

#[test]
fn when_everything_fails_the_silence_is_counted() {
    check(
        SCRIPT,
        "0 opened | 100 failed #1.0 | 110 failed #1.1 | 5110 wait",
        "0 Speak #1 this_call_is_recorded+your_parcel_left",
    )
    .facts("")
    .told("opened | silence AskAgain");
}

#[test]
fn a_lost_end_is_passed_over_and_may_come_late() {
    check(
        SCRIPT,
        "0 opened | 200 started #1.0 | 910 started #1.1 | 950 ended #1.0 | 1500 ended #1.1",
        "0 Speak #1 this_call_is_recorded+your_parcel_left | 1500 Speak #2 anything_else",
    )
    .facts("this_call_is_recorded your_parcel_left")
    .told("opened | heard #1.1 | heard #1.2");
}

#[test]
fn a_lost_end_is_not_heard() {
    check(
        SCRIPT,
        "0 opened | 200 started #1.0 | 910 started #1.1 | 1500 ended #1.1 | 6500 wait",
        "0 Speak #1 this_call_is_recorded+your_parcel_left",
    )
    .facts("your_parcel_left")
    .told("opened | silence AskAgain");
}

#[test]
fn an_end_without_a_start_was_heard() {
    check(
        SCRIPT,
        "0 opened | 900 ended #1.0 | 1500 ended #1.1 | 1600 closed caller",
        "0 Speak #1 this_call_is_recorded+your_parcel_left | 1500 Speak #2 anything_else
         | 1600 Conclude CallerHungUp",
    )
    .facts("this_call_is_recorded your_parcel_left")
    .told("opened | heard #1.1 | heard #1.2")
    .lines("Agent 900-1500 Whole this call is recorded your parcel left | Agent 1500-1500 None anything else");
}

#[test]
fn a_duplicate_end_counts_once() {
    check(
        SCRIPT,
        "0 opened | 200 started #1.0 | 900 ended #1.0 | 901 ended #1.0 | 902 ended #9.0 | 903 ended #1.7",
        "0 Speak #1 this_call_is_recorded+your_parcel_left",
    )
    .facts("this_call_is_recorded")
    .told("opened | heard #1.1");
}

#[test]
fn a_stalled_media_path_is_given_up() {
    check(
        SCRIPT,
        "0 opened | 40 sound | 200 started #1.0 | 30000 wait",
        "0 Speak #1 this_call_is_recorded+your_parcel_left | 8720 StopSpeaking",
    )
    .facts("")
    .told("opened | silence AskAgain | silence StillThere | silence GiveUp");
}

#[test]
fn a_cut_that_nobody_ordered_moves_the_call_on() {
    check(
        SCRIPT,
        "0 opened | 200 started #1.0 | 900 ended #1.0 | 910 started #1.1 | 1000 cut #1.1 90 | 6500 wait",
        "0 Speak #1 this_call_is_recorded+your_parcel_left",
    )
    .facts("this_call_is_recorded")
    .told("opened | heard #1.1 | silence AskAgain");
}

#[test]
fn a_voice_that_stays_dead_ends_the_call() {
    check(
        SCRIPT,
        "0 opened | 100 failed #1.0 | 110 failed #1.1
         | 500 voice on | 900 voice off | 1000 read speculative 'no' | 1500 wait | 1600 failed #2.0
         | 2500 voice on | 2900 voice off | 3000 read speculative 'no' | 3500 wait | 3600 failed #3.0
         | 4500 voice on | 4900 voice off | 5000 read speculative 'no' | 5500 wait | 5600 failed #4.0",
        "0 Speak #1 this_call_is_recorded+your_parcel_left
         | 500 Begin #1 | 900 Read #1.1 Speculative | 1000 Prepare this_call_is_recorded
         | 1160 End #1 | 1160 Speak #2 this_call_is_recorded
         | 2500 Begin #2 | 2900 Read #2.1 Speculative | 3000 Prepare this_call_is_recorded
         | 3160 End #2 | 3160 Speak #3 this_call_is_recorded
         | 4500 Begin #3 | 4900 Read #3.1 Speculative | 5000 Prepare this_call_is_recorded
         | 5160 End #3 | 5160 Speak #4 this_call_is_recorded | 5600 HangUp",
    )
    .facts("");
}

//! Caller turns: how long the silence must be, what is read when, and what is done with late readings.

use super::script::Script;
use super::timeline::{check, check_with};
use crate::domain::call::CallSettings;

const SCRIPT: Script = &[
    ("opened", "say greeting"),
    ("said where is my order", "say status; await yesno"),
    ("said where is my order today?", "say status_today"),
    ("said", "say sorry"),
    ("said look it up", "lookup"),
    ("found #1", "say found; await yesno"),
    ("said slower", "pace 85; say status"),
    ("said my card is four one one one", "mask; say never_tell_us_that"),
    ("said do not record", "stop-recording; say not_recorded"),
];

#[test]
fn the_greeting_is_said_when_the_line_opens() {
    check(SCRIPT, "0 opened | 300 started #1.0 | 1300 ended #1.0", "0 Speak #1 greeting").told("opened | heard #1.1");
}

#[test]
fn an_answer_is_prepared_at_the_first_pause_and_said_after_the_silence() {
    check(
        SCRIPT,
        "0 opened | 300 started #1.0 | 1300 ended #1.0 | 2000 voice on | 3000 voice off
         | 3200 read speculative 'where is my order' | 4000 wait",
        "0 Speak #1 greeting | 2000 Begin #1 | 3000 Read #1.1 Speculative | 3200 Prepare status | 3520 End #1
         | 3520 Speak #2 status",
    )
    .told("opened | heard #1.1 | said where is my order");
}

#[test]
fn words_that_are_understood_need_the_shortest_silence() {
    check(
        SCRIPT,
        "0 opened | 300 started #1.0 | 1300 ended #1.0 | 2000 voice on | 3000 voice off
         | 3120 read speculative 'is it understood' | 3190 wait | 4000 wait",
        "0 Speak #1 greeting | 2000 Begin #1 | 3000 Read #1.1 Speculative | 3200 End #1",
    )
    .told("opened | heard #1.1 | said is it understood");
}

#[test]
fn a_pause_in_mid_sentence_discards_the_speculation() {
    check(
        SCRIPT,
        "0 opened | 300 started #1.0 | 1300 ended #1.0 | 2000 voice on | 3000 voice off
         | 3200 read speculative 'where is my order' | 3400 voice on | 3800 voice off
         | 4000 read speculative 'where is my order today?' | 4100 wait",
        "0 Speak #1 greeting | 2000 Begin #1 | 3000 Read #1.1 Speculative | 3200 Prepare status
         | 3800 Read #1.2 Speculative | 4000 Prepare status_today | 4100 End #1 | 4100 Speak #2 status_today",
    )
    .told("opened | heard #1.1 | said where is my order today?");
}

#[test]
fn a_hanging_word_waits_longer() {
    check(
        SCRIPT,
        "0 opened | 300 started #1.0 | 1300 ended #1.0 | 2000 voice on | 3000 voice off
         | 3200 read speculative 'where is my' | 3940 wait | 3950 wait",
        "0 Speak #1 greeting | 2000 Begin #1 | 3000 Read #1.1 Speculative | 3950 End #1",
    )
    .told("opened | heard #1.1 | said where is my");
}

#[test]
fn a_late_reading_ends_the_turn_at_once() {
    check(
        SCRIPT,
        "0 opened | 300 started #1.0 | 1300 ended #1.0 | 2000 voice on | 3000 voice off
         | 4150 read speculative 'where is my order'",
        "0 Speak #1 greeting | 2000 Begin #1 | 3000 Read #1.1 Speculative | 4150 End #1 | 4150 Speak #2 status",
    )
    .told("opened | heard #1.1 | said where is my order");
}

#[test]
fn a_reading_of_an_earlier_pause_is_stale() {
    check(
        SCRIPT,
        "0 opened | 300 started #1.0 | 1300 ended #1.0 | 2000 voice on | 3000 voice off | 3200 voice on
         | 3400 voice off | 3450 read speculative #1.1 'where is my order'
         | 3600 read speculative #1.2 'where is my order today?' | 4000 wait",
        "0 Speak #1 greeting | 2000 Begin #1 | 3000 Read #1.1 Speculative | 3400 Read #1.2 Speculative
         | 3600 Prepare status_today | 3700 End #1 | 3700 Speak #2 status_today",
    )
    .told("opened | heard #1.1 | said where is my order today?");
}

#[test]
fn a_duplicate_without_words_does_not_replace_a_reading() {
    check(
        SCRIPT,
        "0 opened | 300 started #1.0 | 1300 ended #1.0 | 2000 voice on | 3000 voice off
         | 3200 read speculative 'where is my order' | 3250 read speculative nothing | 3260 read speculative ''
         | 4000 wait",
        "0 Speak #1 greeting | 2000 Begin #1 | 3000 Read #1.1 Speculative | 3200 Prepare status | 3520 End #1
         | 3520 Speak #2 status",
    )
    .told("opened | heard #1.1 | said where is my order");
}

#[test]
fn a_reading_of_a_turn_that_is_over_is_ignored() {
    check(
        SCRIPT,
        "0 opened | 300 started #1.0 | 1300 ended #1.0 | 2000 voice on | 3000 voice off
         | 3200 read speculative 'where is my order' | 3600 read speculative #1.1 'where is my order today?'
         | 4000 wait",
        "0 Speak #1 greeting | 2000 Begin #1 | 3000 Read #1.1 Speculative | 3200 Prepare status | 3520 End #1
         | 3520 Speak #2 status",
    )
    .told("opened | heard #1.1 | said where is my order");
}

#[test]
fn a_failed_reading_is_asked_again_with_the_highest_rank() {
    check(
        SCRIPT,
        "0 opened | 300 started #1.0 | 1300 ended #1.0 | 2000 voice on | 3000 voice off
         | 3100 read speculative nothing | 3400 read final 'where is my order' | 4000 wait",
        "0 Speak #1 greeting | 2000 Begin #1 | 3000 Read #1.1 Speculative | 3100 Read #1.1 Final
         | 3400 Prepare status | 3520 End #1 | 3520 Speak #2 status",
    )
    .told("opened | heard #1.1 | said where is my order");
}

#[test]
fn an_overdue_reading_is_asked_again_then_given_up() {
    check(
        SCRIPT,
        "0 opened | 300 started #1.0 | 1300 ended #1.0 | 2000 voice on | 3000 voice off | 6000 wait",
        "0 Speak #1 greeting | 2000 Begin #1 | 3000 Read #1.1 Speculative | 4200 Read #1.1 Final | 5500 End #1
         | 5500 Speak #2 sorry",
    )
    .told("opened | heard #1.1 | said");
}

#[test]
fn a_short_unreadable_voice_is_noise() {
    check(
        SCRIPT,
        "0 opened | 300 started #1.0 | 1300 ended #1.0 | 2000 voice on | 2400 voice off
         | 2600 read speculative '' | 3000 wait",
        "0 Speak #1 greeting | 2000 Begin #1 | 2400 Read #1.1 Speculative | 2600 End #1",
    )
    .told("opened | heard #1.1");
}

#[test]
fn voice_during_an_old_deadline_does_not_end_the_turn_empty() {
    check(
        SCRIPT,
        "0 opened | 300 started #1.0 | 1300 ended #1.0 | 2000 voice on | 3000 voice off | 3100 voice on
         | 3150 read speculative #1.1 'where is' | 5600 voice off | 5800 read speculative 'where is my order'
         | 6300 wait",
        "0 Speak #1 greeting | 2000 Begin #1 | 3000 Read #1.1 Speculative | 5600 Read #1.2 Speculative
         | 5800 Prepare status | 6120 End #1 | 6120 Speak #2 status",
    )
    .told("opened | heard #1.1 | said where is my order");
}

#[test]
fn a_click_is_not_even_read() {
    check(
        SCRIPT,
        "0 opened | 300 started #1.0 | 1300 ended #1.0 | 2000 voice on | 2100 voice off | 2500 wait",
        "0 Speak #1 greeting | 2000 Begin #1 | 2100 End #1",
    )
    .told("opened | heard #1.1");
}

#[test]
fn caller_speech_before_the_line_opens_is_not_a_turn() {
    check(
        SCRIPT,
        "0 voice on | 400 voice off | 500 opened | 800 started #1.0 | 1500 ended #1.0",
        "500 Speak #1 greeting",
    )
    .told("opened | heard #1.1");
}

#[test]
fn a_voice_that_was_on_all_the_time_begins_a_turn_when_the_agent_has_finished() {
    check(
        SCRIPT,
        "0 voice on | 500 opened | 800 started #1.0 | 1500 ended #1.0 | 2000 voice off",
        "500 Speak #1 greeting | 1500 Begin #1 | 2000 Read #1.1 Speculative",
    )
    .told("opened | heard #1.1");
}

#[test]
fn an_answer_that_comes_during_a_turn_is_held_and_known_to_the_speculation() {
    check(
        SCRIPT,
        "0 opened | 300 started #1.0 | 1300 ended #1.0 | 2000 voice on | 2500 voice off
         | 2600 read speculative 'look it up' | 4000 voice on | 4500 voice off
         | 4600 read speculative 'where is my order' | 4700 found #1 | 5500 wait",
        "0 Speak #1 greeting | 2000 Begin #1 | 2500 Read #1.1 Speculative | 3020 End #1 | 3020 LookUp #1
         | 4000 Begin #2 | 4500 Read #2.1 Speculative | 4600 Prepare status | 4700 Prepare status | 5020 End #2
         | 5020 Speak #2 found | 5020 Speak #3 status",
    )
    .told("opened | heard #1.1 | said look it up | found #1 | said where is my order");
}

#[test]
fn the_pace_holds_from_then_on() {
    check(
        SCRIPT,
        "0 opened | 300 started #1.0 | 1300 ended #1.0 | 2000 voice on | 3000 voice off
         | 3200 read speculative 'slower' | 4000 wait",
        "0 Speak #1 greeting | 2000 Begin #1 | 3000 Read #1.1 Speculative | 3200 Prepare status | 3520 End #1
         | 3520 Speak #2 status at 85%",
    )
    .told("opened | heard #1.1 | said slower");
}

#[test]
fn a_secret_is_masked_in_transcript_and_recording() {
    check(
        SCRIPT,
        "0 opened | 300 started #1.0 | 1300 ended #1.0 | 2000 voice on | 4000 voice off
         | 4200 read speculative 'my card is four one one one' | 5000 closed caller",
        "0 Speak #1 greeting | 2000 Begin #1 | 4000 Read #1.1 Speculative | 4200 Prepare never_tell_us_that
         | 4520 End #1 | 4520 Mask 2000 | 4520 Speak #2 never_tell_us_that | 5000 Conclude CallerHungUp",
    )
    .lines(
        "Agent 300-1300 Whole greeting | Agent 1300-1300 None never tell us that
     | Caller 2000-4000 Whole [masked]",
    );
}

#[test]
fn a_secret_cut_off_by_a_hang_up_is_masked_too() {
    check(
        SCRIPT,
        "0 opened | 300 started #1.0 | 1300 ended #1.0 | 2000 voice on | 4000 voice off
         | 4200 read speculative 'my card is four one one one' | 4300 voice on | 4400 closed caller",
        "0 Speak #1 greeting | 2000 Begin #1 | 4000 Read #1.1 Speculative | 4200 Prepare never_tell_us_that
         | 4400 Mask 2000 | 4400 End #1 | 4400 Conclude CallerHungUp",
    )
    .lines("Agent 300-1300 Whole greeting | Caller 2000-4400 Whole [masked]");
}

#[test]
fn an_objection_stops_the_recording() {
    check(
        SCRIPT,
        "0 opened | 300 started #1.0 | 1300 ended #1.0 | 2000 voice on | 3000 voice off
         | 3200 read speculative 'do not record' | 4000 wait",
        "0 Speak #1 greeting | 2000 Begin #1 | 3000 Read #1.1 Speculative | 3200 Prepare not_recorded
         | 3520 End #1 | 3520 StopRecording | 3520 Speak #2 not_recorded",
    )
    .told("opened | heard #1.1 | said do not record");
}

#[test]
fn noise_that_never_stops_is_a_turn_that_was_not_understood() {
    check(
        SCRIPT,
        "0 opened | 300 started #1.0 | 1300 ended #1.0 | 2000 voice on | 14500 read final ''
         | 14900 started #2.0 | 15400 ended #2.0",
        "0 Speak #1 greeting | 2000 Begin #1 | 14000 Read #1.0 Final | 14500 End #1 | 14500 Speak #2 sorry
         | 15400 Begin #2",
    )
    .told("opened | heard #1.1 | said | heard #2.1");
}

#[test]
fn words_before_a_noise_that_never_stops_are_answered() {
    check_with(
        CallSettings::default(),
        SCRIPT,
        "0 opened | 300 started #1.0 | 1300 ended #1.0 | 2000 voice on | 2950 read partial 'where is'
         | 3850 read partial 'where is my order' | 4750 read partial 'where is my order'
         | 5700 read partial 'where is my order' | 6000 read partial 'where is my order'
         | 6300 read final 'where is my order'",
        "0 Speak #1 greeting | 2000 Begin #1 | 2900 Read #1.0 Partial | 3800 Read #1.0 Partial
         | 4700 Read #1.0 Partial | 5600 Read #1.0 Partial | 6000 Read #1.0 Final | 6300 End #1
         | 6300 Speak #2 status",
    )
    .told("opened | heard #1.1 | said where is my order");
}

#[test]
fn a_long_story_may_go_on() {
    check(
        SCRIPT,
        "0 opened | 300 started #1.0 | 1300 ended #1.0 | 2000 voice on
         | 13500 read partial #1.0 'my order came yesterday' | 14500 read final 'my order came yesterday and'
         | 16000 voice off | 16200 read speculative 'where is my order' | 16600 wait",
        "0 Speak #1 greeting | 2000 Begin #1 | 14000 Read #1.0 Final | 16000 Read #1.1 Speculative
         | 16200 Prepare status | 16520 End #1 | 16520 Speak #2 status",
    )
    .told("opened | heard #1.1 | said where is my order");
}

#[test]
fn a_final_reading_that_fails_during_endless_noise_ends_the_turn() {
    check(
        SCRIPT,
        "0 opened | 300 started #1.0 | 1300 ended #1.0 | 2000 voice on | 14100 read final nothing | 14200 wait",
        "0 Speak #1 greeting | 2000 Begin #1 | 14000 Read #1.0 Final | 14100 End #1 | 14100 Speak #2 sorry",
    )
    .told("opened | heard #1.1 | said");
}

#[test]
fn live_looks_wait_for_their_answers() {
    check_with(
        CallSettings::default(),
        SCRIPT,
        "0 opened | 300 started #1.0 | 1300 ended #1.0 | 2000 voice on | 5000 wait | 6000 voice off
         | 6100 read speculative 'where is my order' | 6600 wait",
        "0 Speak #1 greeting | 2000 Begin #1 | 2900 Read #1.0 Partial | 5600 Read #1.0 Partial
         | 6000 Read #1.1 Speculative | 6100 Prepare status | 6520 End #1 | 6520 Speak #2 status",
    )
    .told("opened | heard #1.1 | said where is my order");
}

#[test]
fn an_unreadable_long_turn_is_answered() {
    check(
        SCRIPT,
        "0 opened | 300 started #1.0 | 1300 ended #1.0 | 2000 voice on | 3000 voice off
         | 3200 read speculative '' | 4000 wait",
        "0 Speak #1 greeting | 2000 Begin #1 | 3000 Read #1.1 Speculative | 3200 Prepare sorry | 3950 End #1
         | 3950 Speak #2 sorry",
    )
    .told("opened | heard #1.1 | said");
}

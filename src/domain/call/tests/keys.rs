//! Keys are accepted at any time.

use super::script::Script;
use super::timeline::check;

const SCRIPT: Script = &[
    ("opened", "say say_or_key_your_number; await digits"),
    ("keys 4527", "say got_four"),
    ("keys 452719", "say got_six; await open"),
    ("keys 0", "say a_person_will_call"),
    ("keys #", "say we_need_the_number"),
    ("said look it up", "lookup"),
    ("said my card is four", "mask"),
    ("found #1", "say found; await open"),
];

#[test]
fn keys_stop_the_agent_and_are_complete_by_count() {
    check(
        SCRIPT,
        "0 opened | 200 started #1.0 | 500 key 4 | 700 key 5 | 900 key 2 | 1100 key 7 | 1300 key 1 | 1500 key 9",
        "0 Speak #1 say_or_key_your_number | 500 StopSpeaking | 1500 Speak #2 got_six",
    )
    .told("opened | keys 452719");
}

#[test]
fn keys_are_complete_after_a_pause() {
    check(
        SCRIPT,
        "0 opened | 300 started #1.0 | 1300 ended #1.0 | 2000 key 4 | 2200 key 5 | 2400 key 2 | 2600 key 7
         | 4399 wait | 4400 wait",
        "0 Speak #1 say_or_key_your_number | 4400 Speak #2 got_four",
    )
    .told("opened | heard #1.1 | keys 4527");
}

#[test]
fn keys_are_complete_by_the_hash() {
    check(
        SCRIPT,
        "0 opened | 300 started #1.0 | 1300 ended #1.0 | 2000 key 4 | 2200 key 5 | 2400 key 2 | 2600 key 7
         | 2800 key #",
        "0 Speak #1 say_or_key_your_number | 2800 Speak #2 got_four",
    )
    .told("opened | heard #1.1 | keys 4527");
}

#[test]
fn a_lone_hash_is_told() {
    check(
        SCRIPT,
        "0 opened | 300 started #1.0 | 1300 ended #1.0 | 2000 key # | 3800 wait",
        "0 Speak #1 say_or_key_your_number | 3800 Speak #2 we_need_the_number",
    )
    .told("opened | heard #1.1 | keys #");
}

#[test]
fn a_key_that_is_none_is_ignored() {
    check(
        SCRIPT,
        "0 opened | 300 started #1.0 | 1300 ended #1.0 | 2000 key x | 2200 key A | 2400 key D | 5900 wait",
        "0 Speak #1 say_or_key_your_number",
    )
    .told("opened | heard #1.1");
}

#[test]
fn keys_during_speech_end_the_turn_and_keep_its_words() {
    check(
        SCRIPT,
        "0 opened | 300 started #1.0 | 1300 ended #1.0 | 2000 voice on | 2500 voice off
         | 2600 read speculative 'look it up' | 2700 key 4 | 4500 closed caller",
        "0 Speak #1 say_or_key_your_number | 2000 Begin #1 | 2500 Read #1.1 Speculative | 2700 End #1
         | 4500 Conclude CallerHungUp",
    )
    .told("opened | heard #1.1 | keys 4")
    .lines(
        "Agent 300-1300 Whole say or key your number | Caller 2000-2500 Whole look it up
     | Caller 4500-4500 Whole [keys] 4",
    );
}

#[test]
fn keys_during_an_interruption_stop_the_agent() {
    check(
        SCRIPT,
        "0 opened | 200 started #1.0 | 500 voice on | 600 key 4 | 700 voice off | 3000 wait",
        "0 Speak #1 say_or_key_your_number | 500 Begin #1 | 500 PauseSpeaking | 600 StopSpeaking | 600 End #1",
    )
    .told("opened | keys 4");
}

#[test]
fn one_key_is_enough_for_an_open_question() {
    check(
        SCRIPT,
        "0 opened | 300 started #1.0 | 1300 ended #1.0 | 2000 key 4 | 2010 key 5 | 2020 key 2 | 2030 key 7
         | 2040 key 1 | 2050 key 9 | 2300 started #2.0 | 2500 key 0",
        "0 Speak #1 say_or_key_your_number | 2050 Speak #2 got_six | 2500 StopSpeaking
         | 2500 Speak #3 a_person_will_call",
    )
    .told("opened | heard #1.1 | keys 452719 | keys 0");
}

#[test]
fn an_answer_that_comes_between_keys_waits_for_the_last_one() {
    check(
        SCRIPT,
        "0 opened | 300 started #1.0 | 1300 ended #1.0 | 2000 voice on | 2500 voice off
         | 2600 read speculative 'look it up' | 3500 key 4 | 3600 key 5 | 3700 found #1 | 3800 key 2
         | 3900 key 7 | 6000 wait",
        "0 Speak #1 say_or_key_your_number | 2000 Begin #1 | 2500 Read #1.1 Speculative | 3350 End #1
         | 3350 LookUp #1 | 5700 Speak #2 found | 5700 Speak #3 got_four",
    )
    .told("opened | heard #1.1 | said look it up | found #1 | keys 4527");
}

#[test]
fn a_secret_given_up_for_keys_is_masked() {
    check(
        SCRIPT,
        "0 opened | 300 started #1.0 | 1300 ended #1.0 | 2000 voice on | 2500 voice off
         | 2600 read speculative 'my card is four' | 2700 key 0 | 4500 closed caller",
        "0 Speak #1 say_or_key_your_number | 2000 Begin #1 | 2500 Read #1.1 Speculative | 2700 Mask 2000
         | 2700 End #1 | 4500 Speak #2 a_person_will_call | 4500 Conclude CallerHungUp",
    )
    .lines(
        "Agent 300-1300 Whole say or key your number | Agent 1300-1300 None a person will call
     | Caller 2000-2500 Whole [masked] | Caller 4500-4500 Whole [keys] 0",
    );
}

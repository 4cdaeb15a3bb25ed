//! Silence, hold, and requests that take long.

use super::script::Script;
use super::timeline::check;

const SCRIPT: Script = &[
    ("opened", "say how_can_i_help"),
    ("silence AskAgain", "say what_is_your_order_number"),
    ("silence StillThere", "say are_you_still_there"),
    ("silence GiveUp", "say goodbye; end silence"),
    ("said hold on", "say take_your_time; await hold"),
    ("said hello?", "say i_am_here"),
    ("said look it up", "say let_me_look; lookup"),
    ("said quietly", "lookup"),
    ("said move it", "record"),
    ("waiting #1", "say still_looking"),
    ("found #1", "say found"),
    ("not found #1", "say not_found"),
    ("not recorded #1", "say not_recorded"),
    ("too long", "say we_should_finish"),
];

#[test]
fn the_ladder_of_silence_ends_the_call() {
    check(
        SCRIPT,
        "0 opened | 40 sound | 300 started #1.0 | 1300 ended #1.0 | 6500 started #2.0 | 7000 ended #2.0
         | 12500 started #3.0 | 13000 ended #3.0 | 21500 started #4.0 | 22500 ended #4.0 | 22600 closed we",
        "0 Speak #1 how_can_i_help | 6300 Speak #2 what_is_your_order_number
         | 12000 Speak #3 are_you_still_there | 21000 Speak #4 goodbye | 22500 HangUp
         | 22600 Conclude WeHungUp Silence",
    )
    .told(
        "opened | heard #1.1 | silence AskAgain | heard #2.1 | silence StillThere | heard #3.1
     | silence GiveUp | heard #4.1",
    );
}

#[test]
fn a_turn_resets_the_ladder() {
    check(
        SCRIPT,
        "0 opened | 300 started #1.0 | 1300 ended #1.0 | 6500 started #2.0 | 7000 ended #2.0 | 9000 voice on
         | 9500 voice off | 9600 read speculative 'hello?' | 10200 started #3.0 | 10900 ended #3.0 | 15900 wait",
        "0 Speak #1 how_can_i_help | 6300 Speak #2 what_is_your_order_number | 9000 Begin #1
         | 9500 Read #1.1 Speculative | 9600 Prepare i_am_here | 10020 End #1 | 10020 Speak #3 i_am_here
         | 15900 Speak #4 what_is_your_order_number",
    )
    .told("opened | heard #1.1 | silence AskAgain | heard #2.1 | said hello? | heard #3.1 | silence AskAgain");
}

#[test]
fn noise_does_not_put_off_the_ladder() {
    check(
        SCRIPT,
        "0 opened | 300 started #1.0 | 1300 ended #1.0 | 4000 voice on | 4300 voice off
         | 4400 read speculative '' | 6000 voice on | 6300 voice off | 6400 read speculative ''",
        "0 Speak #1 how_can_i_help | 4000 Begin #1 | 4300 Read #1.1 Speculative | 4400 End #1 | 6000 Begin #2
         | 6300 Read #2.1 Speculative | 6400 End #2",
    )
    .told("opened | heard #1.1");
}

#[test]
fn on_hold_nobody_is_asked_for_half_a_minute() {
    check(
        SCRIPT,
        "0 opened | 300 started #1.0 | 1300 ended #1.0 | 2000 voice on | 3000 voice off
         | 3100 read speculative 'hold on' | 4000 started #2.0 | 4500 ended #2.0 | 34400 wait | 34500 wait",
        "0 Speak #1 how_can_i_help | 2000 Begin #1 | 3000 Read #1.1 Speculative | 3100 Prepare take_your_time
         | 3950 End #1 | 3950 Speak #2 take_your_time | 34500 Speak #3 what_is_your_order_number",
    )
    .told("opened | heard #1.1 | said hold on | heard #2.1 | silence AskAgain");
}

#[test]
fn a_slow_look_up_is_explained_twice_and_then_fails() {
    check(
        SCRIPT,
        "0 opened | 300 started #1.0 | 1300 ended #1.0 | 2000 voice on | 3000 voice off
         | 3100 read speculative 'quietly' | 5200 started #2.0 | 5900 ended #2.0 | 8700 started #3.0
         | 9300 ended #3.0 | 19000 wait | 19500 found #1",
        "0 Speak #1 how_can_i_help | 2000 Begin #1 | 3000 Read #1.1 Speculative | 3520 End #1 | 3520 LookUp #1
         | 5020 Speak #2 still_looking | 8520 Speak #3 still_looking | 18520 Speak #4 not_found",
    )
    .told("opened | heard #1.1 | said quietly | waiting #1 | heard #2.1 | waiting #1 | heard #3.1 | not found #1");
}

#[test]
fn a_word_of_patience_waits_for_the_agent_to_finish() {
    check(
        SCRIPT,
        "0 opened | 300 started #1.0 | 1300 ended #1.0 | 2000 voice on | 3000 voice off
         | 3100 read speculative 'look it up' | 3600 started #2.0 | 5100 ended #2.0 | 5600 wait | 5700 found #1
         | 5800 found #1",
        "0 Speak #1 how_can_i_help | 2000 Begin #1 | 3000 Read #1.1 Speculative | 3100 Prepare let_me_look
         | 3520 End #1 | 3520 Speak #2 let_me_look | 3520 LookUp #1 | 5520 Speak #3 still_looking
         | 5700 Speak #4 found",
    )
    .told("opened | heard #1.1 | said look it up | heard #2.1 | waiting #1 | found #1");
}

#[test]
fn no_word_of_patience_is_said_into_a_turn() {
    check(
        SCRIPT,
        "0 opened | 300 started #1.0 | 1300 ended #1.0 | 2000 voice on | 3000 voice off
         | 3100 read speculative 'quietly' | 4500 voice on | 7000 voice off | 7200 read speculative 'hello?'
         | 7600 wait",
        "0 Speak #1 how_can_i_help | 2000 Begin #1 | 3000 Read #1.1 Speculative | 3520 End #1 | 3520 LookUp #1
         | 4500 Begin #2 | 7000 Read #2.1 Speculative | 7200 Prepare i_am_here | 7520 End #2
         | 7520 Speak #2 i_am_here",
    )
    .told("opened | heard #1.1 | said quietly | said hello?");
}

#[test]
fn a_write_without_an_answer_has_failed() {
    check(
        SCRIPT,
        "0 opened | 300 started #1.0 | 1300 ended #1.0 | 2000 voice on | 3000 voice off
         | 3100 read speculative 'move it' | 19000 wait",
        "0 Speak #1 how_can_i_help | 2000 Begin #1 | 3000 Read #1.1 Speculative | 3520 End #1 | 3520 Record #1
         | 5020 Speak #2 still_looking | 12580 StopSpeaking | 13020 Speak #3 still_looking
         | 18520 Speak #4 not_recorded",
    )
    .told("opened | heard #1.1 | said move it | waiting #1 | waiting #1 | not recorded #1");
}

#[test]
fn a_look_up_that_fails_is_told() {
    check(
        SCRIPT,
        "0 opened | 300 started #1.0 | 1300 ended #1.0 | 2000 voice on | 3000 voice off
         | 3100 read speculative 'quietly' | 4000 not-found #1 | 4100 found #1",
        "0 Speak #1 how_can_i_help | 2000 Begin #1 | 3000 Read #1.1 Speculative | 3520 End #1 | 3520 LookUp #1
         | 4000 Speak #2 not_found",
    )
    .told("opened | heard #1.1 | said quietly | not found #1");
}

#[test]
fn a_write_that_is_kept_is_waited_for_until_its_answer_comes() {
    check(
        SCRIPT,
        "0 opened | 300 started #1.0 | 1300 ended #1.0 | 2000 voice on | 3000 voice off
         | 3100 read speculative 'move it' | 3600 asked #1 | 5600 recorded #1 | 5700 asked #1 | 5800 recorded #1",
        "0 Speak #1 how_can_i_help | 2000 Begin #1 | 3000 Read #1.1 Speculative | 3520 End #1 | 3520 Record #1
         | 5020 Speak #2 still_looking",
    )
    .told("opened | heard #1.1 | said move it | recorded #1 | waiting #1 | recorded #1");
}

//! A language model in a call: the floor is held for it, but not for long.

use super::script::Script;
use super::timeline::{check, check_with};
use crate::domain::call::CallSettings;

const SCRIPT: Script = &[
    ("opened", "say how_can_i_help; await open"),
    ("said can it swim", "model swim; await open"),
    ("said where is it", "say on_its_way; await open"),
    ("said thank you", "unmodel; say welcome"),
    ("model it swims", "say it_swims"),
    ("model it also flies", "block; unmodel; say anything_else"),
    ("model finished #1", "say anything_else"),
    ("model failed #1", "say not_caught"),
    ("model overdue #1", "say not_caught"),
    ("silence AskAgain", "say how_can_i_help"),
];

/// The question is asked at the first pause, and adopted when the turn is over.
const ASKED: &str = "0 opened | 300 started #1.0 | 1300 ended #1.0 | 2000 voice on | 3000 voice off
    | 3100 read speculative 'can it swim'";
const UNTIL_ASKED: &str = "0 Speak #1 how_can_i_help | 2000 Begin #1 | 3000 Read #1.1 Speculative | 3100 Ask #1";

fn facts(rest: &str) -> String {
    format!("{ASKED} | {rest}")
}

fn orders(rest: &str) -> String {
    format!("{UNTIL_ASKED} | {rest}")
}

#[test]
fn what_comes_in_time_is_said_and_followed_by_the_question() {
    check(
        SCRIPT,
        &facts("3900 model #1 it swims | 4000 model #1 finished | 4200 started #2.0 | 5000 ended #2.0"),
        &orders("3520 End #1 | 3900 Speak #2 it_swims | 4000 Speak #3 anything_else"),
    );
}

#[test]
fn what_came_while_the_turn_was_judged_is_said_at_its_end() {
    check(
        SCRIPT,
        &facts("3300 model #1 it swims | 3400 model #1 finished | 3600 wait"),
        &orders("3520 End #1 | 3520 Speak #2 it_swims | 3520 Speak #3 anything_else"),
    );
}

#[test]
fn after_nine_hundred_milliseconds_the_answer_without_it_is_said() {
    check(
        SCRIPT,
        &facts("4500 model #1 it swims | 4600 model #1 finished"),
        &orders("3520 End #1 | 4420 Speak #2 not_caught | 4420 CancelAsk #1"),
    )
    .told("opened | heard #1.1 | said can it swim | model overdue #1");
}

#[test]
fn a_gap_after_what_it_said_ends_the_reply() {
    check(
        SCRIPT,
        &facts("3900 model #1 it swims | 4000 started #2.0 | 4800 ended #2.0 | 5200 wait"),
        &orders("3520 End #1 | 3900 Speak #2 it_swims | 5200 Speak #3 not_caught | 5200 CancelAsk #1"),
    )
    .told("opened | heard #1.1 | said can it swim | model it swims | heard #2.1 | model overdue #1");
}

#[test]
fn a_failure_is_no_gap() {
    check(
        SCRIPT,
        &facts("3700 model #1 failed | 3800 model #1 it swims"),
        &orders("3520 End #1 | 3700 Speak #2 not_caught"),
    );
}

#[test]
fn a_block_is_counted_with_its_turn() {
    let played = check(
        SCRIPT,
        &facts("3900 model #1 it swims | 4000 model #1 it also flies | 4100 model #1 finished"),
        &orders(
            "3520 End #1 | 3900 Speak #2 it_swims | 4000 Note Blocked(Day) | 4000 CancelAsk #1 | 4000 Speak #3 anything_else",
        ),
    );
    assert_eq!(played.call.turns().iter().map(|turn| turn.blocked).collect::<Vec<_>>(), [1]);
}

#[test]
fn who_goes_on_speaking_takes_the_question_back() {
    check(
        SCRIPT,
        &facts("3300 voice on | 4300 voice off | 4400 read speculative 'where is it' | 4900 wait"),
        &orders(
            "3300 CancelAsk #1 | 4300 Read #1.2 Speculative | 4400 Prepare on_its_way | 4820 End #1
             | 4820 Speak #2 on_its_way",
        ),
    );
}

#[test]
fn words_over_it_cancel_it() {
    check(
        SCRIPT,
        &facts(
            "3900 model #1 it swims | 4000 started #2.0 | 4500 voice on | 4790 read partial 'where is'
             | 5300 voice off | 5400 read speculative 'where is it' | 5410 model #1 it also flies | 5900 wait",
        ),
        &orders(
            "3520 End #1 | 3900 Speak #2 it_swims | 4500 Begin #2 | 4500 PauseSpeaking | 4780 Read #2.0 Partial
             | 4790 CancelAsk #1 | 4790 StopSpeaking | 5300 Read #2.1 Speculative | 5400 Prepare on_its_way
             | 5820 End #2 | 5820 Speak #3 on_its_way",
        ),
    );
}

#[test]
fn a_cough_while_it_thinks_puts_its_answer_off_and_no_more() {
    check(
        SCRIPT,
        &facts(
            "3700 voice on | 3900 model #1 it swims | 4000 voice off | 4100 read speculative '' | 4200 started #2.0
             | 5000 ended #2.0 | 5100 model #1 finished",
        ),
        &orders(
            "3520 End #1 | 3700 Begin #2 | 4000 Read #2.1 Speculative | 4100 End #2 | 4100 Speak #2 it_swims
             | 5100 Speak #3 anything_else",
        ),
    );
}

#[test]
fn nobody_is_asked_whether_they_are_there_while_it_thinks() {
    let settings = CallSettings {
        model_first_sentence: std::time::Duration::from_secs(20),
        live_partials_every: None,
        ..CallSettings::default()
    };
    check_with(settings, SCRIPT, &facts("15000 model #1 it swims"), &orders("3520 End #1 | 15000 Speak #2 it_swims"));
}

#[test]
fn a_call_that_ends_asks_for_nothing_more() {
    check(
        SCRIPT,
        &facts("3600 closed caller | 3700 model #1 it swims"),
        &orders("3520 End #1 | 3600 Conclude CallerHungUp"),
    );
}

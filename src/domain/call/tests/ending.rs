//! Goodbyes, hang-ups, and everything that can end a call.

use super::script::Script;
use std::time::Duration;

use super::timeline::{check, check_with};
use crate::domain::call::CallSettings;

const SCRIPT: Script = &[
    ("opened", "say greeting"),
    ("said that is all", "say goodbye_then; end wishes"),
    ("said you idiot", "say goodbye_then; end abuse"),
    ("said hang up", "end finished"),
    ("said one more thing", "say yes_please"),
    ("said quietly", "lookup"),
    ("found #1", "say found; end finished"),
    ("keys 0", "say a_person_will_call"),
    ("said bye", "end finished"),
    ("too long", "say we_must_end; end too-long"),
];

#[test]
fn the_line_is_hung_up_when_the_goodbye_was_heard() {
    check(
        SCRIPT,
        "0 opened | 300 started #1.0 | 1300 ended #1.0 | 2000 voice on | 3000 voice off
         | 3100 read speculative 'that is all' | 3700 started #2.0 | 4000 ended #2.0 | 4100 closed caller",
        "0 Speak #1 greeting | 2000 Begin #1 | 3000 Read #1.1 Speculative | 3100 Prepare goodbye_then
         | 3520 End #1 | 3520 Speak #2 goodbye_then | 4000 HangUp | 4100 Conclude WeHungUp CallerWishes",
    )
    .told("opened | heard #1.1 | said that is all | heard #2.1");
}

#[test]
fn noise_does_not_cut_the_goodbye() {
    check(
        SCRIPT,
        "0 opened | 300 started #1.0 | 1300 ended #1.0 | 2000 voice on | 3000 voice off
         | 3100 read speculative 'that is all' | 3700 started #2.0 | 3900 voice on | 4150 voice off
         | 4250 read speculative '' | 4500 ended #2.0",
        "0 Speak #1 greeting | 2000 Begin #1 | 3000 Read #1.1 Speculative | 3100 Prepare goodbye_then
         | 3520 End #1 | 3520 Speak #2 goodbye_then | 3900 Begin #2 | 3900 PauseSpeaking
         | 4150 Read #2.1 Speculative | 4250 ResumeSpeaking | 4250 End #2 | 4500 HangUp",
    )
    .told("opened | heard #1.1 | said that is all | heard #2.1");
}

#[test]
fn a_word_of_parting_does_not_cut_the_goodbye() {
    check(
        SCRIPT,
        "0 opened | 300 started #1.0 | 1300 ended #1.0 | 2000 voice on | 3000 voice off
         | 3100 read speculative 'that is all' | 3700 started #2.0 | 3900 voice on
         | 4200 read partial 'okay thank you' | 4600 voice off | 4700 read speculative 'okay thank you bye'
         | 5000 ended #2.0",
        "0 Speak #1 greeting | 2000 Begin #1 | 3000 Read #1.1 Speculative | 3100 Prepare goodbye_then
         | 3520 End #1 | 3520 Speak #2 goodbye_then | 3900 Begin #2 | 3900 PauseSpeaking
         | 4180 Read #2.0 Partial | 4300 ResumeSpeaking | 4580 Read #2.0 Partial | 4600 Read #2.1 Speculative
         | 4700 End #2 | 5000 HangUp",
    )
    .told("opened | heard #1.1 | said that is all | heard #2.1");
}

#[test]
fn one_more_thing_takes_the_floor_back() {
    check(
        SCRIPT,
        "0 opened | 300 started #1.0 | 1300 ended #1.0 | 2000 voice on | 3000 voice off
         | 3100 read speculative 'that is all' | 3700 started #2.0 | 3900 voice on
         | 4200 read partial 'one more' | 4700 voice off | 4800 read speculative 'one more thing'
         | 5400 started #3.0 | 6000 ended #3.0 | 6200 wait",
        "0 Speak #1 greeting | 2000 Begin #1 | 3000 Read #1.1 Speculative | 3100 Prepare goodbye_then
         | 3520 End #1 | 3520 Speak #2 goodbye_then | 3900 Begin #2 | 3900 PauseSpeaking
         | 4180 Read #2.0 Partial | 4200 StopSpeaking | 4700 Read #2.1 Speculative | 4800 Prepare yes_please
         | 5220 End #2 | 5220 Speak #3 yes_please",
    )
    .told("opened | heard #1.1 | said that is all | said one more thing | heard #3.1");
}

#[test]
fn a_turn_that_leads_to_nothing_does_not_take_back_the_goodbye() {
    check(
        SCRIPT,
        "0 opened | 300 started #1.0 | 1300 ended #1.0 | 2000 voice on | 3000 voice off
         | 3100 read speculative 'that is all' | 3700 started #2.0 | 3900 voice on | 4200 read partial 'wait'
         | 4700 voice off | 4800 read speculative 'wait what' | 5600 wait",
        "0 Speak #1 greeting | 2000 Begin #1 | 3000 Read #1.1 Speculative | 3100 Prepare goodbye_then
         | 3520 End #1 | 3520 Speak #2 goodbye_then | 3900 Begin #2 | 3900 PauseSpeaking
         | 4180 Read #2.0 Partial | 4200 StopSpeaking | 4700 Read #2.1 Speculative | 5220 End #2 | 5220 HangUp",
    )
    .told("opened | heard #1.1 | said that is all | said wait what");
}

#[test]
fn a_late_recogniser_does_not_cut_the_goodbye() {
    check(
        SCRIPT,
        "0 opened | 300 started #1.0 | 1300 ended #1.0 | 2000 voice on | 3000 voice off
         | 3100 read speculative 'that is all' | 3700 started #2.0 | 3900 voice on | 5500 ended #2.0",
        "0 Speak #1 greeting | 2000 Begin #1 | 3000 Read #1.1 Speculative | 3100 Prepare goodbye_then
         | 3520 End #1 | 3520 Speak #2 goodbye_then | 3900 Begin #2 | 3900 PauseSpeaking
         | 4180 Read #2.0 Partial | 4900 ResumeSpeaking | 5180 Read #2.0 Partial | 5500 End #2 | 5500 HangUp",
    )
    .told("opened | heard #1.1 | said that is all | heard #2.1");
}

#[test]
fn an_unfriendly_goodbye_is_not_interrupted() {
    check(
        SCRIPT,
        "0 opened | 300 started #1.0 | 1300 ended #1.0 | 2000 voice on | 3000 voice off
         | 3100 read speculative 'you idiot' | 3700 started #2.0 | 3800 voice on | 4500 ended #2.0",
        "0 Speak #1 greeting | 2000 Begin #1 | 3000 Read #1.1 Speculative | 3100 Prepare goodbye_then
         | 3520 End #1 | 3520 Speak #2 goodbye_then | 4500 HangUp",
    )
    .told("opened | heard #1.1 | said you idiot | heard #2.1");
}

#[test]
fn a_key_during_the_goodbye_takes_the_floor_back() {
    check(
        SCRIPT,
        "0 opened | 300 started #1.0 | 1300 ended #1.0 | 2000 voice on | 3000 voice off
         | 3100 read speculative 'that is all' | 3700 started #2.0 | 3900 key 0 | 4200 started #3.0",
        "0 Speak #1 greeting | 2000 Begin #1 | 3000 Read #1.1 Speculative | 3100 Prepare goodbye_then
         | 3520 End #1 | 3520 Speak #2 goodbye_then | 3900 StopSpeaking | 3900 Speak #3 a_person_will_call",
    )
    .told("opened | heard #1.1 | said that is all | keys 0");
}

#[test]
fn without_a_goodbye_the_line_is_hung_up_at_once() {
    check(
        SCRIPT,
        "0 opened | 300 started #1.0 | 1300 ended #1.0 | 2000 voice on | 3000 voice off
         | 3100 read speculative 'hang up' | 3600 wait",
        "0 Speak #1 greeting | 2000 Begin #1 | 3000 Read #1.1 Speculative | 3520 End #1 | 3520 HangUp",
    )
    .told("opened | heard #1.1 | said hang up");
}

#[test]
fn a_goodbye_that_fails_is_not_waited_for() {
    check(
        SCRIPT,
        "0 opened | 300 started #1.0 | 1300 ended #1.0 | 2000 voice on | 3000 voice off
         | 3100 read speculative 'that is all' | 3600 failed #2.0 | 3700 wait",
        "0 Speak #1 greeting | 2000 Begin #1 | 3000 Read #1.1 Speculative | 3100 Prepare goodbye_then
         | 3520 End #1 | 3520 Speak #2 goodbye_then | 3600 HangUp",
    )
    .told("opened | heard #1.1 | said that is all");
}

#[test]
fn a_goodbye_without_an_end_is_cut() {
    check(
        SCRIPT,
        "0 opened | 300 started #1.0 | 1300 ended #1.0 | 2000 voice on | 3000 voice off
         | 3100 read speculative 'that is all' | 3700 started #2.0 | 12000 wait",
        "0 Speak #1 greeting | 2000 Begin #1 | 3000 Read #1.1 Speculative | 3100 Prepare goodbye_then
         | 3520 End #1 | 3520 Speak #2 goodbye_then | 8960 StopSpeaking | 8960 HangUp",
    )
    .told("opened | heard #1.1 | said that is all");
}

#[test]
fn a_line_that_stays_open_is_concluded_anyway() {
    check(
        SCRIPT,
        "0 opened | 300 started #1.0 | 1300 ended #1.0 | 2000 voice on | 3000 voice off
         | 3100 read speculative 'that is all' | 3700 started #2.0 | 4000 ended #2.0 | 9000 wait",
        "0 Speak #1 greeting | 2000 Begin #1 | 3000 Read #1.1 Speculative | 3100 Prepare goodbye_then
         | 3520 End #1 | 3520 Speak #2 goodbye_then | 4000 HangUp | 9000 Conclude WeHungUp CallerWishes",
    )
    .told("opened | heard #1.1 | said that is all | heard #2.1");
}

#[test]
fn a_call_that_never_opens_is_given_up() {
    check(
        SCRIPT,
        "60000 wait | 60100 closed provider",
        "60000 HangUp
     | 60100 Conclude ProviderError TechnicalFailure",
    )
    .told("");
}

#[test]
fn a_line_that_closes_before_it_opens() {
    check(SCRIPT, "500 closed network", "500 Conclude NetworkLost").told("");
}

#[test]
fn the_caller_hangs_up_while_the_agent_speaks() {
    check(
        SCRIPT,
        "0 opened | 200 started #1.0 | 900 closed caller",
        "0 Speak #1 greeting
     | 900 Conclude CallerHungUp",
    )
    .lines("Agent 200-900 Part greeting");
}

#[test]
fn the_caller_hangs_up_in_a_turn() {
    check(
        SCRIPT,
        "0 opened | 300 started #1.0 | 1300 ended #1.0 | 2000 voice on | 3000 voice off
         | 3100 read speculative 'that is' | 3200 closed caller",
        "0 Speak #1 greeting | 2000 Begin #1 | 3000 Read #1.1 Speculative | 3200 End #1 | 3200 Conclude CallerHungUp",
    )
    .lines("Agent 300-1300 Whole greeting | Caller 2000-3000 Whole that is");
}

#[test]
fn the_caller_hangs_up_during_the_goodbye() {
    check(
        SCRIPT,
        "0 opened | 300 started #1.0 | 1300 ended #1.0 | 2000 voice on | 3000 voice off
         | 3100 read speculative 'that is all' | 3700 started #2.0 | 3800 closed caller",
        "0 Speak #1 greeting | 2000 Begin #1 | 3000 Read #1.1 Speculative | 3100 Prepare goodbye_then
         | 3520 End #1 | 3520 Speak #2 goodbye_then | 3800 Conclude CallerHungUp CallerWishes",
    )
    .lines("Agent 300-1300 Whole greeting | Caller 2000-3000 Whole that is all | Agent 3700-3800 Part goodbye then");
}

#[test]
fn the_server_drains() {
    check(
        SCRIPT,
        "0 opened | 300 started #1.0 | 1300 ended #1.0 | 2000 closed drain",
        "0 Speak #1 greeting | 2000 Conclude Draining",
    )
    .told("opened | heard #1.1");
}

#[test]
fn nothing_happens_after_the_end() {
    check(
        SCRIPT,
        "0 opened | 300 started #1.0 | 1300 ended #1.0 | 2000 closed caller | 2100 opened | 2200 voice on
         | 2300 key 5 | 2400 closed we | 9000 wait",
        "0 Speak #1 greeting | 2000 Conclude CallerHungUp",
    )
    .told("opened | heard #1.1");
}

#[test]
fn an_end_that_comes_during_a_turn_waits_for_the_turn() {
    check(
        SCRIPT,
        "0 opened | 300 started #1.0 | 1300 ended #1.0 | 2000 voice on | 2500 voice off
         | 2600 read speculative 'quietly' | 4000 voice on | 4100 found #1 | 4500 voice off
         | 4600 read speculative 'hold the line' | 6000 started #2.0 | 7000 ended #2.0",
        "0 Speak #1 greeting | 2000 Begin #1 | 2500 Read #1.1 Speculative | 3020 End #1 | 3020 LookUp #1
         | 4000 Begin #2 | 4500 Read #2.1 Speculative | 5020 End #2 | 5020 Speak #2 found | 7000 HangUp",
    )
    .told("opened | heard #1.1 | said quietly | found #1 | said hold the line | heard #2.1");
}

#[test]
fn a_late_answer_after_the_hang_up_reaches_the_conversation_and_nothing_else() {
    check(
        SCRIPT,
        "0 opened | 300 started #1.0 | 1300 ended #1.0 | 2000 voice on | 2500 voice off
         | 2600 read speculative 'quietly' | 4000 voice on | 4500 voice off | 4600 read speculative 'bye'
         | 5100 found #1 | 5200 closed we",
        "0 Speak #1 greeting | 2000 Begin #1 | 2500 Read #1.1 Speculative | 3020 End #1 | 3020 LookUp #1
         | 4000 Begin #2 | 4500 Read #2.1 Speculative | 5020 End #2 | 5020 HangUp
         | 5200 Conclude WeHungUp Finished",
    )
    .told("opened | heard #1.1 | said quietly | said bye | found #1");
}

/// A call that has lasted too long is ended while the caller speaks.
const ENDED_IN_SPEECH: Script = &[
    ("opened", "say greeting"),
    ("too long", "say we_must_end; end too-long"),
    ("said stop calling me", "say never_said; optout"),
    ("said where is it", "say never_said"),
    ("keys 9", "optout"),
];

fn ended_in_speech() -> CallSettings {
    CallSettings { length_warning: Duration::from_millis(2_500), ..CallSettings::default() }
}

#[test]
fn an_opt_out_said_as_a_call_is_ended_is_kept_and_not_answered() {
    check_with(
        ended_in_speech(),
        ENDED_IN_SPEECH,
        "0 opened | 300 started #1.0 | 1300 ended #1.0 | 2000 voice on | 3000 voice off
         | 3100 read speculative 'stop calling me' | 3700 started #2.0 | 4700 ended #2.0 | 4800 closed we",
        "0 Speak #1 greeting | 2000 Begin #1 | 2900 Read #1.0 Partial | 3000 Read #1.1 Speculative
         | 3100 Prepare never_said | 3520 End #1 | 3520 Speak #2 we_must_end | 3520 OptOut #1 | 4700 HangUp | 4800 Conclude WeHungUp TooLong",
    );
}

#[test]
fn anything_else_said_as_a_call_is_ended_is_let_go() {
    check_with(
        ended_in_speech(),
        ENDED_IN_SPEECH,
        "0 opened | 300 started #1.0 | 1300 ended #1.0 | 2000 voice on | 3000 voice off
         | 3100 read speculative 'where is it' | 3700 started #2.0 | 4700 ended #2.0 | 4800 closed we",
        "0 Speak #1 greeting | 2000 Begin #1 | 2900 Read #1.0 Partial | 3000 Read #1.1 Speculative
         | 3100 Prepare never_said | 3520 End #1 | 3520 Speak #2 we_must_end | 4700 HangUp | 4800 Conclude WeHungUp TooLong",
    );
}

#[test]
fn the_key_that_stops_calls_counts_during_a_goodbye_that_stands() {
    check_with(
        ended_in_speech(),
        ENDED_IN_SPEECH,
        "0 opened | 300 started #1.0 | 1300 ended #1.0 | 2700 started #2.0 | 3000 key 9 | 3700 ended #2.0
         | 3800 closed we",
        "0 Speak #1 greeting | 2500 Speak #2 we_must_end | 3000 OptOut #1 | 3700 HangUp
         | 3800 Conclude WeHungUp TooLong",
    );
}

#[test]
fn a_long_call_is_warned_and_then_ended_in_mid_sentence() {
    let settings = CallSettings {
        length_warning: Duration::from_millis(2_000),
        length_max: Duration::from_millis(4_000),
        ..CallSettings::default()
    };
    check_with(
        settings,
        &[("opened", "say greeting"), ("too long", "say we_should_finish")],
        "0 opened | 300 started #1.0 | 1300 ended #1.0 | 2200 started #2.0 | 4000 wait | 4100 closed we",
        "0 Speak #1 greeting | 2000 Speak #2 we_should_finish | 4000 StopSpeaking | 4000 HangUp
         | 4100 Conclude WeHungUp TooLong",
    )
    .told("opened | heard #1.1 | too long");
}

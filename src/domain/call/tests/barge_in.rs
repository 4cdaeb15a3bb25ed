//! Speech over the agent: pause at once, judge on words, stop or go on.

use super::script::Script;
use super::timeline::check;

const SCRIPT: Script = &[
    ("opened", "say your_parcel_is_out_for_delivery_today+it_comes_by_six; await yesno"),
    ("said where is it", "say on_its_way"),
    ("said yes", "say good"),
    ("said look it up", "lookup"),
    ("said", "say as_i_was_saying"),
    ("waiting #1", "say still_looking"),
    ("found #1", "say found"),
];

#[test]
fn words_stop_the_agent_for_good() {
    check(
        SCRIPT,
        "0 opened | 200 started #1.0 | 900 voice on | 1250 read partial 'where is' | 1800 voice off
         | 2000 read speculative 'where is it' | 2600 wait",
        "0 Speak #1 your_parcel_is_out_for_delivery_today+it_comes_by_six | 900 Begin #1 | 900 PauseSpeaking
         | 1180 Read #1.0 Partial | 1250 StopSpeaking | 1800 Read #1.1 Speculative | 2000 Prepare on_its_way
         | 2320 End #1 | 2320 Speak #2 on_its_way",
    )
    .told("opened | said where is it");
}

#[test]
fn words_known_only_after_the_judging_still_stop_the_agent() {
    check(
        SCRIPT,
        "0 opened | 200 started #1.0 | 900 voice on | 1200 read partial '' | 1800 read partial 'where is it'
         | 2000 voice off",
        "0 Speak #1 your_parcel_is_out_for_delivery_today+it_comes_by_six | 900 Begin #1 | 900 PauseSpeaking
         | 1180 Read #1.0 Partial | 1300 ResumeSpeaking | 1580 Read #1.0 Partial | 1800 StopSpeaking
         | 2000 Read #1.1 Speculative",
    )
    .told("opened");
}

#[test]
fn a_cough_is_forgotten_and_the_agent_goes_on() {
    check(
        SCRIPT,
        "0 opened | 200 started #1.0 | 900 voice on | 1150 voice off | 1280 read speculative '' | 2500 ended #1.0",
        "0 Speak #1 your_parcel_is_out_for_delivery_today+it_comes_by_six | 900 Begin #1 | 900 PauseSpeaking
         | 1150 Read #1.1 Speculative | 1280 ResumeSpeaking | 1280 End #1",
    )
    .told("opened | heard #1.1");
}

#[test]
fn a_click_lets_the_agent_go_on_at_once() {
    check(
        SCRIPT,
        "0 opened | 200 started #1.0 | 900 voice on | 1000 voice off | 1500 wait",
        "0 Speak #1 your_parcel_is_out_for_delivery_today+it_comes_by_six | 900 Begin #1 | 900 PauseSpeaking
         | 1000 ResumeSpeaking | 1000 End #1",
    )
    .told("opened");
}

#[test]
fn a_backchannel_does_not_stop_the_agent() {
    check(
        SCRIPT,
        "0 opened | 200 started #1.0 | 900 voice on | 1200 read partial 'mm-hm' | 1250 voice off
         | 1400 read speculative 'mm-hm' | 2000 wait",
        "0 Speak #1 your_parcel_is_out_for_delivery_today+it_comes_by_six | 900 Begin #1 | 900 PauseSpeaking
         | 1180 Read #1.0 Partial | 1250 Read #1.1 Speculative | 1300 ResumeSpeaking | 1400 End #1",
    )
    .told("opened");
}

#[test]
fn a_backchannel_that_becomes_a_sentence_stops_the_agent() {
    check(
        SCRIPT,
        "0 opened | 200 started #1.0 | 900 voice on | 1200 read partial 'yeah'
         | 1650 read partial 'yeah but where is it' | 2000 wait",
        "0 Speak #1 your_parcel_is_out_for_delivery_today+it_comes_by_six | 900 Begin #1 | 900 PauseSpeaking
         | 1180 Read #1.0 Partial | 1300 ResumeSpeaking | 1580 Read #1.0 Partial | 1650 StopSpeaking",
    )
    .told("opened");
}

#[test]
fn our_own_voice_come_back_does_not_stop_the_agent() {
    check(
        SCRIPT,
        "0 opened | 200 started #1.0 | 900 voice on | 1200 read partial 'your parcel is out' | 1900 voice off
         | 2050 read speculative 'your parcel is out for delivery' | 2500 wait",
        "0 Speak #1 your_parcel_is_out_for_delivery_today+it_comes_by_six | 900 Begin #1 | 900 PauseSpeaking
         | 1180 Read #1.0 Partial | 1300 ResumeSpeaking | 1580 Read #1.0 Partial | 1900 Read #1.1 Speculative
         | 2050 End #1",
    )
    .told("opened");
}

#[test]
fn an_echo_that_outlasts_the_agent_is_not_a_turn() {
    check(
        SCRIPT,
        "0 opened | 200 started #1.0 | 900 voice on | 1200 read partial 'your parcel is out' | 2000 ended #1.0
         | 2010 started #1.1 | 2900 ended #1.1 | 3000 voice off | 3100 read speculative 'it comes by six'
         | 4000 wait",
        "0 Speak #1 your_parcel_is_out_for_delivery_today+it_comes_by_six | 900 Begin #1 | 900 PauseSpeaking
         | 1180 Read #1.0 Partial | 1300 ResumeSpeaking | 1580 Read #1.0 Partial | 2260 Read #1.0 Partial
         | 3000 Read #1.1 Speculative | 3100 End #1",
    )
    .told("opened | heard #1.1 | heard #1.2");
}

#[test]
fn yes_in_the_last_sentence_is_an_answer() {
    check(
        SCRIPT,
        "0 opened | 200 started #1.0 | 2000 ended #1.0 | 2010 started #1.1 | 2500 voice on | 2750 voice off
         | 2850 read speculative 'yes' | 3500 wait",
        "0 Speak #1 your_parcel_is_out_for_delivery_today+it_comes_by_six | 2500 Begin #1 | 2500 PauseSpeaking
         | 2750 Read #1.1 Speculative | 2850 StopSpeaking | 2850 Prepare good | 3010 End #1 | 3010 Speak #2 good",
    )
    .told("opened | heard #1.1 | said yes");
}

#[test]
fn yes_before_the_question_is_out_is_a_backchannel() {
    check(
        SCRIPT,
        "0 opened | 200 started #1.0 | 900 voice on | 1150 voice off | 1250 read speculative 'yes' | 2000 wait",
        "0 Speak #1 your_parcel_is_out_for_delivery_today+it_comes_by_six | 900 Begin #1 | 900 PauseSpeaking
         | 1150 Read #1.1 Speculative | 1250 ResumeSpeaking | 1250 End #1",
    )
    .told("opened");
}

#[test]
fn noise_that_looks_like_yes_is_nothing() {
    check(
        SCRIPT,
        "0 opened | 200 started #1.0 | 2000 ended #1.0 | 2010 started #1.1 | 2500 voice on | 2640 voice off
         | 2750 read speculative 'yes' 0.2 | 3500 wait",
        "0 Speak #1 your_parcel_is_out_for_delivery_today+it_comes_by_six | 2500 Begin #1 | 2500 PauseSpeaking
         | 2640 Read #1.1 Speculative | 2750 ResumeSpeaking | 2750 End #1",
    )
    .told("opened | heard #1.1");
}

#[test]
fn a_late_recogniser_yields_to_a_voice_that_goes_on() {
    check(
        SCRIPT,
        "0 opened | 200 started #1.0 | 900 voice on | 2500 voice off | 2600 read speculative '' | 4000 wait",
        "0 Speak #1 your_parcel_is_out_for_delivery_today+it_comes_by_six | 900 Begin #1 | 900 PauseSpeaking
         | 1180 Read #1.0 Partial | 1900 StopSpeaking | 2500 Read #1.1 Speculative
         | 2600 Prepare as_i_was_saying | 3450 End #1 | 3450 Speak #2 as_i_was_saying",
    )
    .told("opened | said");
}

#[test]
fn a_late_recogniser_does_not_yield_to_a_voice_that_stopped() {
    check(
        SCRIPT,
        "0 opened | 200 started #1.0 | 900 voice on | 1100 voice off | 3500 wait",
        "0 Speak #1 your_parcel_is_out_for_delivery_today+it_comes_by_six | 900 Begin #1 | 900 PauseSpeaking
         | 1100 Read #1.1 Speculative | 1900 ResumeSpeaking | 2300 Read #1.1 Final",
    )
    .told("opened");
}

#[test]
fn an_overloaded_recogniser_drops_the_look_and_fails_the_reading() {
    check(
        SCRIPT,
        "0 opened | 200 started #1.0 | 900 voice on | 1190 read partial nothing | 1250 voice off
         | 1300 read speculative nothing | 1500 read final 'where is it' | 2500 wait",
        "0 Speak #1 your_parcel_is_out_for_delivery_today+it_comes_by_six | 900 Begin #1 | 900 PauseSpeaking
         | 1180 Read #1.0 Partial | 1250 Read #1.1 Speculative | 1300 Read #1.1 Final | 1500 StopSpeaking
         | 1500 Prepare on_its_way | 1770 End #1 | 1770 Speak #2 on_its_way",
    )
    .told("opened | said where is it");
}

#[test]
fn a_second_onset_after_a_false_alarm_pauses_again() {
    check(
        SCRIPT,
        "0 opened | 200 started #1.0 | 900 voice on | 1150 voice off | 1950 wait | 2000 voice on
         | 2290 read partial 'where' | 2500 wait",
        "0 Speak #1 your_parcel_is_out_for_delivery_today+it_comes_by_six | 900 Begin #1 | 900 PauseSpeaking
         | 1150 Read #1.1 Speculative | 1900 ResumeSpeaking | 2000 PauseSpeaking | 2280 Read #1.1 Partial
         | 2290 StopSpeaking",
    )
    .told("opened");
}

#[test]
fn a_noise_that_goes_on_is_looked_at_less_often() {
    check(
        SCRIPT,
        "0 opened | 200 started #1.0 | 900 voice on | 1200 read partial '' | 4500 wait",
        "0 Speak #1 your_parcel_is_out_for_delivery_today+it_comes_by_six | 900 Begin #1 | 900 PauseSpeaking
         | 1180 Read #1.0 Partial | 1300 ResumeSpeaking | 1580 Read #1.0 Partial | 2260 Read #1.0 Partial
         | 3340 Read #1.0 Partial",
    )
    .told("opened");
}

#[test]
fn speech_before_the_answer_is_audible_belongs_to_the_caller() {
    check(
        SCRIPT,
        "0 opened | 200 started #1.0 | 2000 ended #1.0 | 2010 started #1.1 | 2900 ended #1.1 | 4000 voice on
         | 5000 voice off | 5100 read speculative 'where is it' | 6000 voice on | 6300 voice off
         | 6400 read speculative 'yes' | 7000 wait",
        "0 Speak #1 your_parcel_is_out_for_delivery_today+it_comes_by_six | 4000 Begin #1
         | 5000 Read #1.1 Speculative | 5100 Prepare on_its_way | 5520 End #1 | 5520 Speak #2 on_its_way
         | 6000 Begin #2 | 6000 PauseSpeaking | 6280 Read #2.0 Partial | 6300 Read #2.1 Speculative
         | 6400 StopSpeaking | 6400 Prepare good | 6560 End #2 | 6560 Speak #3 good",
    )
    .told("opened | heard #1.1 | heard #1.2 | said where is it | said yes");
}

#[test]
fn the_end_of_the_agents_speech_in_a_pause_gives_the_floor_away() {
    check(
        SCRIPT,
        "0 opened | 200 started #1.0 | 2000 ended #1.0 | 2010 started #1.1 | 2900 voice on | 2905 ended #1.1
         | 3200 voice off | 3300 read speculative 'yes' | 4000 wait",
        "0 Speak #1 your_parcel_is_out_for_delivery_today+it_comes_by_six | 2900 Begin #1 | 2900 PauseSpeaking
         | 2905 StopSpeaking | 3200 Read #1.1 Speculative | 3300 Prepare good | 3460 End #1 | 3460 Speak #2 good",
    )
    .told("opened | heard #1.1 | heard #1.2 | said yes");
}

#[test]
fn a_question_said_again_is_not_lost_when_speech_over_it_is_unreadable() {
    check(
        SCRIPT,
        "0 opened | 200 started #1.0 | 900 voice on | 2900 voice off | 3000 read speculative '' | 4500 wait",
        "0 Speak #1 your_parcel_is_out_for_delivery_today+it_comes_by_six | 900 Begin #1 | 900 PauseSpeaking
         | 1180 Read #1.0 Partial | 1900 StopSpeaking | 2900 Read #1.1 Speculative
         | 3000 Prepare as_i_was_saying | 3850 End #1 | 3850 Speak #2 as_i_was_saying",
    )
    .told("opened | said");
}

#[test]
fn a_saying_that_comes_up_during_a_contest_follows_the_resumed_one() {
    check(
        SCRIPT,
        "0 opened | 200 started #1.0 | 2000 ended #1.0 | 2010 started #1.1 | 2900 ended #1.1 | 4000 voice on
         | 5000 voice off | 5100 read speculative 'look it up' | 5600 wait | 7030 started #2.0 | 7100 voice on
         | 7150 found #1 | 7200 voice off | 8000 wait",
        "0 Speak #1 your_parcel_is_out_for_delivery_today+it_comes_by_six | 4000 Begin #1
         | 5000 Read #1.1 Speculative | 5520 End #1 | 5520 LookUp #1 | 7020 Speak #2 still_looking
         | 7100 Begin #2 | 7100 PauseSpeaking | 7200 ResumeSpeaking | 7200 End #2 | 7200 Speak #3 found",
    )
    .told("opened | heard #1.1 | heard #1.2 | said look it up | waiting #1 | found #1");
}

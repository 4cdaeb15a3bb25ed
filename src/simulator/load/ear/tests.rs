use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;

use super::Ear;

fn media(ms: usize, byte: u8) -> String {
    let payload = BASE64.encode(vec![byte; ms * 8]);
    format!(r#"{{"event":"media","streamSid":"MZ1","media":{{"payload":"{payload}"}}}}"#)
}

const LOUD: u8 = 0x80;
const MARK: &str = r#"{"event":"mark","streamSid":"MZ1","mark":{"name":"m"}}"#;
const CLEAR: &str = r#"{"event":"clear","streamSid":"MZ1"}"#;

#[test]
fn latency_runs_to_the_first_audible_audio() {
    let mut ear = Ear::default();
    ear.await_answer(1_000);
    ear.on_message(&media(20, 0xff), 1_200);
    ear.on_message(&media(20, LOUD), 1_300);
    ear.on_message(&media(20, LOUD), 1_320);
    assert_eq!(ear.counts.latencies_ms, [300]);
    assert!(!ear.is_awaiting());
    assert_eq!(ear.counts.bytes, 480);
}

#[test]
fn the_agent_is_quiet_once_its_audio_was_played() {
    let mut ear = Ear::default();
    assert_eq!(ear.agent_quiet_for_ms(100), None);
    ear.on_message(&media(500, LOUD), 100);
    assert_eq!(ear.agent_quiet_for_ms(300), None);
    assert_eq!(ear.agent_quiet_for_ms(900), Some(300));
}

#[test]
fn marks_are_due_when_the_audio_before_them_was_played_or_cleared() {
    let mut ear = Ear::default();
    ear.on_message(&media(500, LOUD), 100);
    ear.on_message(MARK, 110);
    assert_eq!(ear.next_due_mark(599), None);
    assert_eq!(ear.next_due_mark(600), Some("m".to_owned()));
    ear.on_message(&media(500, LOUD), 700);
    ear.on_message(MARK, 710);
    ear.on_message(CLEAR, 800);
    assert_eq!(ear.next_due_mark(800), Some("m".to_owned()));
    assert_eq!(ear.agent_quiet_for_ms(820), Some(20));
    assert_eq!(ear.counts.clears, 1);
}

#[test]
fn an_underrun_is_audio_that_comes_too_late_inside_an_utterance() {
    let heard = |messages: &[(&str, u64)]| {
        let mut ear = Ear::default();
        for (message, at_ms) in messages {
            ear.on_message(message, *at_ms);
        }
        (ear.counts.underruns, ear.counts.underrun_ms)
    };
    let (audio, none) = (media(20, LOUD), (0, 0));
    assert_eq!(heard(&[(&audio, 100), (&audio, 110), (&audio, 140)]), none);
    assert_eq!(heard(&[(&audio, 100), (&audio, 150)]), (1, 30));
    assert_eq!(heard(&[(&audio, 100), (MARK, 100), (&audio, 150)]), none);
    assert_eq!(heard(&[(&audio, 100), (CLEAR, 110), (&audio, 150)]), none);
    assert_eq!(heard(&[(&audio, 100), (&audio, 900)]), none, "a new utterance");
    assert_eq!(heard(&[(&audio, 100)]), none, "the first audio of a call is never late");
}

#[test]
fn nonsense_is_counted() {
    let mut ear = Ear::default();
    for text in ["", "{", r#"{"event":"mark"}"#, r#"{"media":{"payload":"&&&&"}}"#] {
        ear.on_message(text, 1);
    }
    assert_eq!(ear.counts.not_understood, 4);
}

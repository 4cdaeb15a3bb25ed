use std::sync::Arc;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde_json::Value;

use super::{CallerAudio, Mouth, Pace};
use crate::simulator::clip::Clip;
use crate::simulator::load::ear::Ear;
use crate::simulator::wire::StreamIds;

fn mouth() -> Mouth {
    let samples: Vec<i16> = (0..800).map(|n| if n % 8 < 4 { 8_000 } else { -8_000 }).collect();
    let audio = Arc::new(CallerAudio::new(&Clip::from_samples(&samples, 8_000).unwrap()));
    let ids = StreamIds { account: "AC1".to_owned(), call: "CA1".to_owned(), stream: "MZ1".to_owned() };
    Mouth::new(audio, ids, Pace::new(Duration::from_millis(100), Duration::from_millis(400)))
}

/// One character a tick: `s` speech, `.` silence. The agent speaks at the given ticks for 40 ms.
fn speak(ticks: u64, agent_at: &[u64]) -> (String, u64, Vec<u64>) {
    let (mut mouth, mut ear) = (mouth(), Ear::default());
    let agent = format!(r#"{{"media":{{"payload":"{}"}}}}"#, BASE64.encode([0x80; 320]));
    let mut spoken = String::new();
    for tick in 0..ticks {
        if agent_at.contains(&tick) {
            ear.on_message(&agent, tick * 20);
        }
        let message: Value = serde_json::from_str(&mouth.next_frame(&mut ear, tick * 20)).unwrap();
        let payload = BASE64.decode(message["media"]["payload"].as_str().unwrap()).unwrap();
        assert_eq!(payload.len(), 160);
        assert_eq!(message["media"]["chunk"], (tick + 1).to_string());
        assert_eq!(message["sequenceNumber"], (tick + 2).to_string());
        spoken.push(if payload.iter().all(|byte| *byte == 0xff) { '.' } else { 's' });
    }
    (spoken, mouth.turns_unanswered(), ear.counts.latencies_ms)
}

#[test]
fn the_question_follows_the_greeting_and_every_answer() {
    // Greeting at 40 ms until 80 ms, pause of 100 ms; answer at 340 ms until 380 ms, pause again.
    let (spoken, unanswered, latencies) = speak(30, &[2, 17]);
    assert_eq!(spoken, ".........sssss..........sssss.");
    assert_eq!((unanswered, latencies), (0, vec![80]));
}

#[test]
fn the_question_is_asked_again_when_patience_ends() {
    let (spoken, unanswered, latencies) = speak(50, &[]);
    assert_eq!(spoken, "....................sssss...................sssss.");
    assert_eq!((unanswered, latencies), (1, vec![]));
}

#[test]
fn marks_and_the_stop_are_valid_messages() {
    let mut mouth = mouth();
    let mark: Value = serde_json::from_str(&mouth.mark("a\"b")).unwrap();
    assert_eq!((&mark["mark"]["name"], &mark["sequenceNumber"]), (&"a\"b".into(), &"2".into()));
    let stop: Value = serde_json::from_str(&mouth.stop()).unwrap();
    assert_eq!((&stop["stop"]["callSid"], &stop["streamSid"]), (&"CA1".into(), &"MZ1".into()));
}

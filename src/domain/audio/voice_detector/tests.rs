//! Onsets and ends of voice from scripted frames, one character a frame.

use super::{FrameOpinion, VoiceChange, VoiceDetector};
use crate::domain::values::CallTime;

const LOUD: f32 = 0.01;

/// `V` a loud frame the judge takes for voice, `v` a quiet one it still takes for voice, `n` a quiet one it does not,
/// `N` a loud one it does not, `.` a frame that the gate lets through without an opinion, `-` a closed gate.
fn opinion(sign: char) -> FrameOpinion {
    let quiet = LOUD * 1e-4;
    match sign {
        'V' => FrameOpinion { is_gate_open: true, probability: Some(0.95), power: LOUD },
        'v' => FrameOpinion { is_gate_open: true, probability: Some(0.95), power: quiet },
        'n' => FrameOpinion { is_gate_open: true, probability: Some(0.05), power: quiet },
        'N' => FrameOpinion { is_gate_open: true, probability: Some(0.05), power: LOUD / 20.0 },
        '.' => FrameOpinion { is_gate_open: true, probability: None, power: quiet },
        '-' => FrameOpinion { is_gate_open: false, probability: None, power: quiet },
        other => panic!("no such frame: {other}"),
    }
}

/// What changed, as `frame number: change at ms`.
fn changes(frames: &str) -> Vec<String> {
    let mut detector = VoiceDetector::default();
    let mut changes = Vec::new();
    for (number, sign) in (1_u64..).zip(frames.chars()) {
        let change = detector.push(CallTime::from_ms(number * 20), opinion(sign));
        changes.extend(change.map(|change| match change {
            VoiceChange::Started { at } => format!("{number}: started {}", at.as_ms()),
            VoiceChange::Stopped { at } => format!("{number}: stopped {}", at.as_ms()),
        }));
    }
    changes
}

#[test]
fn a_sure_opinion_is_an_onset_and_silence_its_end() {
    assert_eq!(changes("--VVVVV------"), ["3: started 28", "12: stopped 140"]);
}

#[test]
fn a_closed_consonant_does_not_end_the_voice() {
    assert_eq!(changes("VVVV----VVVV"), ["1: started 0"]);
}

#[test]
fn on_a_quiet_line_the_level_says_when_the_voice_ended() {
    // The judge goes on hearing a voice for three frames; they hold no sound.
    assert_eq!(changes("VVVVVvvvnnnn"), ["1: started 0", "10: stopped 100"]);
}

#[test]
fn in_noise_the_judge_alone_says_it() {
    // Noise as loud as soft speech: no frame is inaudible.
    assert_eq!(changes("VVVVVVVVNNNNNNN"), ["1: started 0", "13: stopped 148"]);
}

#[test]
fn the_level_does_not_overrule_the_judge_for_long() {
    // A caller who speaks on very softly is followed to the judge's own end, short of the most it can be wrong by.
    let stopped = changes("VVVVVvvvvvvvvvvvvvvvnnnnnnn").pop().expect("the voice stops");
    assert_eq!(stopped, "21: stopped 268");
}

#[test]
fn a_doubtful_opinion_alone_is_no_onset() {
    let mut detector = VoiceDetector::default();
    let doubtful = FrameOpinion { is_gate_open: true, probability: Some(0.6), power: LOUD };
    assert_eq!(detector.push(CallTime::from_ms(20), doubtful), None);
    assert_eq!(detector.push(CallTime::from_ms(40), opinion('-')), None);
    assert_eq!(detector.push(CallTime::from_ms(60), doubtful), None);
    assert_eq!(
        detector.push(CallTime::from_ms(80), doubtful),
        Some(VoiceChange::Started { at: CallTime::from_ms(28) })
    );
}

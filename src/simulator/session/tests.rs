use super::{CallSession, CallerAct, CallerSilence};
use crate::simulator::background::{Background, Noise};
use crate::simulator::director::{Director, Moment};
use crate::simulator::report::{CallEnd, CallReport, Interruption};
use crate::simulator::script::{CallerScript, PreparedScript, Step};

fn loud(ms: u32) -> Vec<i16> {
    (0..ms * 8).map(|n| if n % 8 < 4 { 8_000 } else { -8_000 }).collect()
}

fn say(ms: u32) -> Step {
    Step::Say { samples: loud(ms), sample_rate_hz: 8_000 }
}

/// An agent on the virtual clock: so many ms after a silence of the caller begins, it says so much.
struct Agent {
    answers_after_ticks: u32,
    speaks_ticks: u32,
    is_stopping_at_speech: bool,
}

/// Plays a script against the agent until the call ends.
fn play(script: &CallerScript, agent: &Agent) -> (CallReport, Vec<String>) {
    play_prepared(script.prepare().unwrap(), agent)
}

fn play_prepared(script: PreparedScript, agent: &Agent) -> (CallReport, Vec<String>) {
    let mut session = CallSession::new(script, CallerSilence::Flat, 1);
    let (mut acts, mut seen) = (Vec::new(), Vec::new());
    let mut quiet_ticks = 0;
    for tick in 0..100_000 {
        session.tick(&mut acts);
        for act in acts.drain(..) {
            match act {
                CallerAct::Frame(frame) => {
                    let is_speech = frame.iter().any(|byte| *byte != 0xff);
                    if is_speech && agent.is_stopping_at_speech && quiet_ticks > 0 {
                        session.on_clear();
                    }
                    quiet_ticks = if is_speech { 0 } else { quiet_ticks + 1 };
                    if quiet_ticks == agent.answers_after_ticks {
                        session.on_audio(&vec![0x80; agent.speaks_ticks as usize * 160]);
                        session.on_mark(format!("at {tick}"));
                    }
                }
                CallerAct::Dtmf(digit) => seen.push(format!("dtmf {digit}")),
                CallerAct::EchoMark(name) => seen.push(format!("mark {name}")),
                CallerAct::End(end) => return (session.finish(end), seen),
            }
        }
    }
    panic!("the call never ended");
}

#[test]
fn a_caller_listens_asks_and_listens_again() {
    let script = CallerScript::new(vec![
        Step::WaitForAgent { silence_ms: 300 },
        say(500),
        Step::WaitForAgent { silence_ms: 300 },
        Step::Dtmf { digit: '5' },
        Step::HangUp,
    ]);
    let agent = Agent { answers_after_ticks: 30, speaks_ticks: 50, is_stopping_at_speech: false };
    let (report, seen) = play(&script, &agent);
    assert_eq!(report.end, CallEnd::CallerHungUp);
    assert_eq!(report.turns.len(), 1);
    // The 30th silent frame triggers the answer; it is played from the next tick.
    assert_eq!(report.turns[0].latency_ms, Some(31 * 20));
    assert_eq!(report.agent_bursts.len(), 2);
    assert_eq!(report.agent_bursts[1].to_ms - report.agent_bursts[1].from_ms, 1_000);
    assert_eq!(seen.last().unwrap(), "dtmf 5");
    assert_eq!(report.marks_echoed, 2);
    assert_eq!(report.caller_audio.len(), report.agent_audio.len());
    assert_eq!(report.duration_ms, report.frames_sent * 20);
}

#[test]
fn a_caller_barges_in_and_hears_the_agent_stop() {
    let script =
        CallerScript::new(vec![Step::WaitForAgentSpeaking { speech_ms: 400 }, say(600), Step::Silence { ms: 400 }]);
    let agent = Agent { answers_after_ticks: 30, speaks_ticks: 200, is_stopping_at_speech: true };
    let (report, _) = play(&script, &agent);
    assert_eq!(report.turns[0].interruption, Interruption::Caller { agent_silent_after_ms: Some(20) });
    assert_eq!(report.clears, 1);
    assert_eq!(report.marks_echoed, 1, "a clear gives the mark back");
}

#[test]
fn a_caller_loses_patience_with_a_silent_agent() {
    let script = CallerScript::new(vec![Step::WaitForAgent { silence_ms: 300 }, say(500)]);
    let agent = Agent { answers_after_ticks: 1_000_000, speaks_ticks: 1, is_stopping_at_speech: false };
    let (report, _) = play(&script, &agent);
    assert_eq!((report.end, report.turns.len()), (CallEnd::AgentTooSilent, 0));
    assert!((15_000..15_100).contains(&report.duration_ms), "{}", report.duration_ms);
}

#[test]
fn a_caller_drops_off() {
    let script = CallerScript::new(vec![Step::Silence { ms: 100 }, Step::Drop]);
    let agent = Agent { answers_after_ticks: 1_000_000, speaks_ticks: 1, is_stopping_at_speech: false };
    let (report, _) = play(&script, &agent);
    assert_eq!((report.end, report.duration_ms), (CallEnd::CallerDropped, 120));
}

#[test]
fn comfort_noise_is_quiet_and_repeatable() {
    let noise = CallerSilence::ComfortNoise { amplitude: 40 };
    let script = CallerScript::new(vec![Step::Silence { ms: 100 }]).prepare().unwrap();
    let frames = |seed| {
        let mut acts = Vec::new();
        CallSession::new(script.clone(), noise, seed).tick(&mut acts);
        acts
    };
    assert_eq!(frames(7), frames(7));
    assert_ne!(frames(7), frames(8));
    let CallerAct::Frame(frame) = &frames(7)[0] else { panic!("no frame") };
    assert!(!super::is_audible(frame) && frame.iter().any(|byte| *byte != 0xff));
}

#[test]
fn scripts_are_read_from_text() {
    let text = r#"{"steps":[{"step":"say_wav","path":"a.wav"},{"step":"wait_for_agent","silence_ms":700},{"step":"hang_up"}]}"#;
    let script: CallerScript = serde_json::from_str(text).unwrap();
    assert_eq!(script.steps.len(), 3);
    assert!(script.prepare().unwrap_err().contains("a.wav"));
    assert!(serde_json::from_str::<CallerScript>(r#"{"steps":[{"step":"sing"}]}"#).is_err());
}

/// Answers the agent once it has been quiet for 300 ms, twice, then hangs up.
struct Polite {
    answers: u32,
    asked: std::sync::Arc<std::sync::atomic::AtomicU32>,
}

impl Director for Polite {
    fn next(&mut self, moment: Moment) -> Option<PreparedScript> {
        self.asked.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        if moment.agent_quiet_ms.is_none_or(|quiet_ms| quiet_ms < 300) {
            return None;
        }
        self.answers += 1;
        let steps = match self.answers {
            1 | 2 => vec![Step::Silence { ms: 100 }, say(500), Step::WaitForAgent { silence_ms: 20 }],
            _ => vec![Step::HangUp],
        };
        Some(CallerScript::new(steps).prepare().unwrap())
    }
}

#[test]
fn a_directed_caller_is_asked_when_nothing_is_under_way() {
    let asked = std::sync::Arc::<std::sync::atomic::AtomicU32>::default();
    let script = PreparedScript::directed(Polite { answers: 0, asked: std::sync::Arc::clone(&asked) });
    let agent = Agent { answers_after_ticks: 30, speaks_ticks: 50, is_stopping_at_speech: false };
    let (report, _) = play_prepared(script, &agent);
    assert_eq!(report.end, CallEnd::CallerHungUp);
    assert_eq!(report.turns.len(), 2);
    assert!(report.turns.iter().all(|turn| turn.latency_ms == Some(31 * 20)), "{:?}", report.turns);
    let asked = asked.load(std::sync::atomic::Ordering::Relaxed);
    assert!((100..250).contains(&asked), "asked {asked} times: never in the middle of a step");
}

#[test]
fn a_noise_is_heard_under_words_and_silence_alike() {
    let script = CallerScript::new(vec![Step::Silence { ms: 200 }, say(200)]).prepare().unwrap();
    let noisy = script.clone().with_background(Background::made(Noise::Hiss, 20.0, 1));
    let agent = Agent { answers_after_ticks: 1_000_000, speaks_ticks: 1, is_stopping_at_speech: false };
    let (clean, _) = play_prepared(script, &agent);
    let (noisy, _) = play_prepared(noisy, &agent);
    let differs = |range: std::ops::Range<usize>| {
        clean.caller_audio[range.clone()].iter().zip(&noisy.caller_audio[range]).filter(|(a, b)| a != b).count()
    };
    assert!(
        differs(0..1_600) > 1_200 && differs(1_600..3_200) > 400,
        "{} {}",
        differs(0..1_600),
        differs(1_600..3_200)
    );
    assert_eq!(noisy.turns.len(), 1, "noise is not speech");
}

use super::{Heard, Listener};
use crate::simulator::report::{Burst, Interruption, TurnReport};

/// One character is 100 ms: `c` the caller speaks, `a` the agent, `b` both, `.` nobody.
fn listen(call: &str) -> (Vec<TurnReport>, Vec<Burst>) {
    let mut listener = Listener::default();
    for who in call.chars().flat_map(|who| [who; 5]) {
        listener.on_tick(Heard {
            is_caller_speaking: matches!(who, 'c' | 'b'),
            is_agent_audible: matches!(who, 'a' | 'b'),
        });
    }
    listener.finish()
}

fn turn(caller: (u64, u64), agent_from_ms: Option<u64>, interruption: Interruption) -> TurnReport {
    TurnReport {
        caller_from_ms: caller.0,
        caller_to_ms: Some(caller.1),
        agent_from_ms,
        latency_ms: agent_from_ms.map(|from| from - caller.1),
        interruption,
    }
}

#[test]
fn latency_runs_from_the_last_speech_to_the_first_answer() {
    let (turns, bursts) = listen("aaa...ccc.....aaa...");
    assert_eq!(turns, [turn((600, 880), Some(1_400), Interruption::Nobody)]);
    assert_eq!(bursts, [Burst { from_ms: 0, to_ms: 300 }, Burst { from_ms: 1_400, to_ms: 1_700 }]);
}

#[test]
fn a_short_pause_of_the_agent_is_no_end() {
    assert_eq!(listen("aa.aa").1, [Burst { from_ms: 0, to_ms: 500 }]);
}

#[test]
fn a_barge_in_is_timed_until_the_agent_is_silent() {
    let barged = |ms| Interruption::Caller { agent_silent_after_ms: ms };
    let (turns, _) = listen("aaaaabbcccc....aaa");
    assert_eq!(turns, [turn((500, 1_080), Some(1_500), barged(Some(200)))]);
    let (turns, _) = listen("aaabbbaaa");
    assert_eq!(turns, [turn((300, 580), None, barged(None))]);
}

#[test]
fn an_agent_that_cuts_in_has_no_latency() {
    assert_eq!(listen("ccbbcc...").0, [turn((0, 580), None, Interruption::Agent)]);
    assert_eq!(listen("ccbbcc...aa").0, [turn((0, 580), Some(900), Interruption::Agent)]);
}

use super::{FRAME_BYTES, Played, PlayoutBuffer, Underruns};

/// Runs `+n` (push n bytes), `!name` (mark), `x` (clear), `.` (tick); gives what was played and echoed.
fn run(script: &str) -> (String, Underruns) {
    let mut playout = PlayoutBuffer::default();
    let mut seen = Vec::new();
    let mut frame = [0; FRAME_BYTES];
    for word in script.split_whitespace() {
        match word.split_at(1) {
            ("+", bytes) => playout.push(&vec![7; bytes.parse().unwrap()]),
            ("!", name) => playout.mark(name.to_owned()),
            ("x", _) => playout.clear(),
            (".", _) => seen.push(match playout.tick(&mut frame) {
                Played::Frame => "F".to_owned(),
                Played::PartFrame => "P".to_owned(),
                Played::Silence => "-".to_owned(),
            }),
            other => panic!("{other:?}"),
        }
        while let Some(name) = playout.next_due_mark() {
            seen.push(name);
        }
    }
    (seen.join(" "), playout.underruns())
}

#[test]
fn audio_is_played_a_frame_a_tick_whatever_its_chunks() {
    assert_eq!(run("+320 . . .").0, "F F -");
    assert_eq!(run("+100 +60 +40 . . .").0, "F P -");
}

#[test]
fn marks_come_back_when_everything_before_them_was_played() {
    assert_eq!(run("+320 !a +160 !b . . . .").0, "F F a F b -");
    assert_eq!(run("!now .").0, "now -", "at once if nothing is queued");
}

#[test]
fn a_clear_empties_the_queue_and_gives_every_mark_back() {
    assert_eq!(run("+320 !a +160 !b . x . +160 .").0, "F a b - F");
    assert_eq!(run("+320 x !end .").0, "end -", "a mark after a clear is not swallowed");
}

#[test]
fn an_underrun_is_audio_that_stopped_without_a_mark_and_went_on_soon() {
    let none = Underruns::default();
    let cases = [
        ("+160 . . . +160 .", Underruns { count: 1, missing_ms: 40 }),
        ("+160 . +160 . +160 .", none),
        ("+160 . !a . . +160 .", none),
        ("+160 !a . . . +160 .", none),
        ("+160 x . . +160 .", none),
        (". . +160 .", none),
        ("+240 . . +80 .", Underruns { count: 1, missing_ms: 20 }),
    ];
    for (script, expected) in cases {
        assert_eq!(run(script).1, expected, "{script}");
    }
    let long_pause = format!("+160 . {} +160 .", ". ".repeat(26));
    assert_eq!(run(&long_pause).1, none, "a pause is a new utterance");
}

#[test]
fn a_flood_is_dropped_and_counted() {
    let mut playout = PlayoutBuffer::default();
    for _ in 0..100 {
        playout.push(&[0; 10_000]);
    }
    for name in 0..2_000 {
        playout.mark(name.to_string());
    }
    assert_eq!(playout.dropped(), 1_000_000 - 480_000 + 2_000 - 1_024);
}

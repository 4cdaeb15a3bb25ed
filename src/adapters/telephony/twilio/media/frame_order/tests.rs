use super::{CallerFrame, FrameOrder};
use crate::ports::telephony::MediaEvent;

/// Frames as `chunk@ms`, `?` for what is not said; facts as `ms` for audio, `-n@ms` for a gap, `!` for a refusal.
fn check(frames: &str, expected: &str) {
    let mut order = FrameOrder::default();
    let mut facts = Vec::new();
    for frame in frames.split_whitespace() {
        let (chunk, time) = frame.split_once('@').unwrap();
        let frame = CallerFrame { chunk: chunk.parse().ok(), time_ms: time.parse().ok(), samples: &[0; 160] };
        if order.accept(frame, &mut |event| facts.push(describe(&event))).is_err() {
            facts.push("!".to_owned());
        }
    }
    facts.push("|".to_owned());
    order.flush(&mut |event| facts.push(describe(&event)));
    assert_eq!(facts.join(" "), expected, "{frames}");
}

fn describe(event: &MediaEvent<'_>) -> String {
    match event {
        MediaEvent::Audio { media_time_ms, samples } => {
            assert_eq!(samples.len(), 160);
            media_time_ms.to_string()
        }
        MediaEvent::Gap { media_time_ms, missing_ms } => format!("-{missing_ms}@{media_time_ms}"),
        other => panic!("not an audio fact: {other:?}"),
    }
}

#[test]
fn frames_come_out_in_order() {
    check("1@20 2@40 3@60", "20 40 60 |");
    check("1@20 3@60 2@40 4@80", "20 40 60 80 |");
    check("1@20 4@80 3@60 2@40 5@100", "20 40 60 80 100 |");
}

#[test]
fn repeated_and_hopelessly_late_frames_are_dropped() {
    check("1@20 2@40 2@40 3@60", "20 40 ! 60 |");
    check("1@20 3@60 3@60 2@40", "20 ! 40 60 |");
    check("1@20 3@60 4@80 5@100 6@120 2@40 7@140", "20 -20@60 60 80 100 120 ! 140 |");
}

#[test]
fn losses_are_reported_once_waiting_is_over() {
    check("1@20 3@60 4@80 5@100", "20 | -20@60 60 80 100");
    check("1@20 5@100 6@120 7@140 8@160", "20 -60@100 100 120 140 160 |");
    check("1@20 3@60 5@100 6@120 7@140", "20 -20@60 60 | -20@100 100 120 140");
}

#[test]
fn without_timestamps_a_missing_chunk_lasts_20_ms() {
    check("1@? 2@? 4@? 5@? 6@? 7@?", "0 20 -20@60 60 80 100 120 |");
}

#[test]
fn without_chunks_frames_are_taken_as_they_come() {
    check("?@20 ?@40 ?@40 ?@60", "20 40 40 60 |");
}

#[test]
fn jitter_in_timestamps_is_no_loss_but_a_jump_is() {
    check("1@20 2@43 3@59 4@85", "20 43 59 85 |");
    check("1@20 2@40 3@360", "20 40 -300@360 360 |");
}

#[test]
fn a_counter_that_starts_anew_is_followed() {
    check("900@18000 901@18020 1@18040 2@18060", "18000 18020 18040 18060 |");
    check("1@20 2@40 9000@60 9001@80", "20 40 60 80 |");
}

#[test]
fn absurd_numbers_do_no_harm() {
    let top = u64::MAX;
    check(&format!("1@20 {top}@{top} {top}@{top} 1@40"), &format!("20 -60000@{top} {top} {top} 40 |"));
}

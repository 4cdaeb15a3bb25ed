use std::time::Duration;

use super::*;

fn pushed(track: &mut Track, count: usize, value: i16) {
    vec![value; count].chunks(320).for_each(|frame| track.push(frame));
}

#[test]
fn a_segment_holds_its_pre_roll_and_what_followed() {
    let cases = [(0, 0), (200, 3_200), (600, 9_600), (5_000, PRE_ROLL_SAMPLES_MAX)];
    for (pre_roll_ms, expected) in cases {
        let mut track = Track::new();
        pushed(&mut track, 40_000, 1);
        track.begin(SegmentId(1), Duration::from_millis(pre_roll_ms));
        pushed(&mut track, 1_000, 2);
        let segment = track.segment(SegmentId(1)).unwrap();
        assert_eq!(segment.len(), expected + 1_000, "{pre_roll_ms} ms");
        assert_eq!(segment.iter().filter(|sample| **sample == 2).count(), 1_000);
    }
}

#[test]
fn an_endless_segment_keeps_its_newest_part() {
    let mut track = Track::new();
    track.begin(SegmentId(1), Duration::MAX);
    pushed(&mut track, SEGMENT_SAMPLES_MAX, 1);
    pushed(&mut track, 16_000, 2);
    let segment = track.segment(SegmentId(1)).unwrap();
    assert_eq!(segment.len(), SEGMENT_SAMPLES_MAX);
    assert!(segment[SEGMENT_SAMPLES_MAX - 16_000..].iter().all(|sample| *sample == 2));
    assert!(track.samples.capacity() <= SEGMENT_SAMPLES_MAX + GROWTH_SAMPLES);
}

#[test]
fn room_is_taken_only_while_a_segment_grows_and_given_back_after() {
    let mut track = Track::new();
    let before = track.samples.capacity();
    pushed(&mut track, 200_000, 1);
    assert_eq!(track.samples.capacity(), before, "silence takes no room");
    track.begin(SegmentId(1), Duration::from_millis(300));
    pushed(&mut track, 200_000, 1);
    assert!(before < track.samples.capacity());
    track.end(SegmentId(1));
    assert!(track.samples.capacity() <= before + 64, "{}", track.samples.capacity());
    assert_eq!(track.segment(SegmentId(1)), None);
}

#[test]
fn one_push_longer_than_the_bound_keeps_its_newest_part() {
    let mut track = Track::new();
    track.push(&vec![1; SEGMENT_SAMPLES_MAX * 2]);
    assert_eq!(track.samples.len(), PRE_ROLL_SAMPLES_MAX);
    track.begin(SegmentId(1), Duration::ZERO);
    track.push(&vec![1; SEGMENT_SAMPLES_MAX * 2]);
    assert_eq!(track.samples.len(), SEGMENT_SAMPLES_MAX);
}

#[test]
fn ending_another_segment_changes_nothing() {
    let mut track = Track::new();
    track.begin(SegmentId(2), Duration::ZERO);
    pushed(&mut track, 20_000, 1);
    track.end(SegmentId(1));
    assert_eq!(track.segment(SegmentId(2)).map(|samples| samples.len()), Some(20_000));
    assert_eq!(track.segment(SegmentId(1)), None);
}

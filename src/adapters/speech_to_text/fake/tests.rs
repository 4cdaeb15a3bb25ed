use std::sync::{Arc, Mutex};
use std::time::Duration;

use super::FakeRecogniser;
use crate::domain::values::{CallId, SegmentId};
use crate::ports::speech_to_text::{Reading, ReadingPurpose, SpeechToText};

/// What `recogniser` hears in `segments`, each read once for every purpose.
fn heard(recogniser: &FakeRecogniser, segments: u32) -> Vec<String> {
    let readings: Arc<Mutex<Vec<Reading>>> = Arc::default();
    let kept = Arc::clone(&readings);
    let call = CallId::new(uuid::Uuid::nil());
    let mut stream = recogniser.open(call, Arc::new(move |reading| kept.lock().unwrap().push(reading))).unwrap();
    for segment in (1..=segments).map(SegmentId) {
        stream.begin_segment(segment, Duration::from_millis(300));
        stream.push(&[0; 160]);
        for (revision, purpose) in
            (1..).zip([ReadingPurpose::Partial, ReadingPurpose::Speculative, ReadingPurpose::Final])
        {
            stream.transcribe(segment, revision, purpose);
        }
        stream.end_segment(segment);
    }
    let readings = readings.lock().unwrap();
    readings.iter().map(|reading| reading.result.as_ref().unwrap().text().to_owned()).collect()
}

#[test]
fn every_reading_hears_the_script() {
    let cases: [(FakeRecogniser, u32, &[&str]); 4] = [
        (FakeRecogniser::default(), 2, &["where is my order", "where is my order"]),
        (FakeRecogniser::hearing(&["yes", "no"]), 3, &["yes", "no", "no"]),
        (FakeRecogniser::hearing(&["", "hello"]), 2, &["", "hello"]),
        (FakeRecogniser::hearing(&[]), 1, &[""]),
    ];
    for (recogniser, segments, expected) in cases {
        let expected: Vec<&str> = expected.iter().flat_map(|text| [*text; 3]).collect();
        assert_eq!(heard(&recogniser, segments), expected);
    }
}

#[test]
fn a_segment_that_is_not_open_holds_nothing() {
    let readings: Arc<Mutex<Vec<Reading>>> = Arc::default();
    let kept = Arc::clone(&readings);
    let call = CallId::new(uuid::Uuid::nil());
    let sink = Arc::new(move |reading| kept.lock().unwrap().push(reading));
    let mut stream = FakeRecogniser::default().open(call, sink).unwrap();
    stream.transcribe(SegmentId(1), 1, ReadingPurpose::Final);
    stream.begin_segment(SegmentId(2), Duration::ZERO);
    stream.transcribe(SegmentId(1), 2, ReadingPurpose::Final);
    let readings = readings.lock().unwrap();
    assert_eq!(readings.len(), 2);
    assert!(readings.iter().all(|reading| reading.result.as_ref().unwrap().hypotheses.is_empty()));
}

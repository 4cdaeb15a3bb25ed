use std::sync::mpsc::channel;

use super::*;
use crate::adapters::speech_to_text::embedded::EmbeddedRecogniser;
use crate::adapters::speech_to_text::embedded::testing::{fixture, listening, models_dir, recogniser};
use crate::ports::speech_to_text::SpeechToTextError;

const QUESTION: &str = "whats_the_weather_like.wav";

/// A recogniser whose only thread is held until the sender is dropped.
fn held() -> (EmbeddedRecogniser, Arc<InferencePool>, std::sync::mpsc::Sender<()>) {
    let pool = Arc::new(InferencePool::new(1));
    let (gate, closed) = channel::<()>();
    let (started, has_started) = channel::<()>();
    let hold = move || {
        drop(started);
        let _ = closed.recv();
    };
    pool.submit(Rank::WantedSpeech, None, hold).unwrap();
    let _ = has_started.recv();
    (EmbeddedRecogniser::load(&models_dir(), Arc::clone(&pool), 1).unwrap(), pool, gate)
}

#[test]
fn a_sentence_is_read_while_it_grows_and_when_it_ends() {
    let (mut stream, readings) = listening(recogniser());
    let samples = fixture(QUESTION);
    let (lead, speech) = samples.split_at(4_800);
    lead.chunks(320).for_each(|frame| stream.push(frame));
    stream.begin_segment(SegmentId(1), Duration::from_millis(300));
    for (revision, part) in (1..).zip(speech.chunks(speech.len() / 3 + 1)) {
        part.chunks(320).for_each(|frame| stream.push(frame));
        let purpose = if revision == 3 { ReadingPurpose::Final } else { ReadingPurpose::Partial };
        stream.transcribe(SegmentId(1), revision, purpose);
        let reading = readings.recv().unwrap();
        assert_eq!((reading.segment, reading.revision, reading.purpose), (SegmentId(1), revision, purpose));
        let text = reading.result.unwrap().text().to_owned();
        // The recording ends with silence: two thirds of it hold the whole sentence, one third does not.
        assert_eq!(text == "What's the weather like?", 1 < revision, "{text}");
    }
    stream.end_segment(SegmentId(1));
}

#[test]
fn newer_looks_replace_older_ones_and_the_end_replaces_them_all() {
    let (recogniser, _pool, gate) = held();
    let (mut stream, readings) = listening(&recogniser);
    stream.begin_segment(SegmentId(1), Duration::ZERO);
    fixture(QUESTION).chunks(320).for_each(|frame| stream.push(frame));
    stream.transcribe(SegmentId(1), 1, ReadingPurpose::Partial);
    stream.transcribe(SegmentId(1), 2, ReadingPurpose::Partial);
    stream.transcribe(SegmentId(1), 3, ReadingPurpose::Final);
    drop(gate);
    let answers: Vec<_> = (0..3).map(|_| readings.recv().unwrap()).map(|it| (it.revision, it.result.is_ok())).collect();
    assert_eq!(answers, [(1, false), (2, false), (3, true)]);
}

#[test]
fn under_load_looks_are_refused_and_endings_are_not() {
    let (recogniser, pool, gate) = held();
    for call in 0..PARTIALS_WAITING_MAX as u128 {
        let call = CallId::new(uuid::Uuid::from_u128(call));
        pool.submit(Rank::PartialReading, Some(call), || ()).unwrap();
    }
    let (mut stream, readings) = listening(&recogniser);
    stream.begin_segment(SegmentId(1), Duration::ZERO);
    fixture(QUESTION).chunks(320).for_each(|frame| stream.push(frame));
    stream.transcribe(SegmentId(1), 1, ReadingPurpose::Partial);
    assert_eq!(readings.try_recv().unwrap().result, Err(SpeechToTextError::Overloaded));
    stream.transcribe(SegmentId(1), 2, ReadingPurpose::Final);
    drop(gate);
    assert_eq!(readings.recv().unwrap().result.unwrap().text(), "What's the weather like?");
}

#[test]
fn a_segment_that_is_over_or_never_began_holds_nothing() {
    let (mut stream, readings) = listening(recogniser());
    fixture(QUESTION).chunks(320).for_each(|frame| stream.push(frame));
    stream.transcribe(SegmentId(1), 1, ReadingPurpose::Final);
    assert!(readings.recv().unwrap().result.unwrap().hypotheses.is_empty());
    stream.begin_segment(SegmentId(2), Duration::from_millis(600));
    stream.end_segment(SegmentId(2));
    stream.transcribe(SegmentId(2), 2, ReadingPurpose::Final);
    assert!(readings.recv().unwrap().result.unwrap().hypotheses.is_empty());
}

#[test]
fn a_dropped_stream_says_no_more() {
    let (recogniser, pool, gate) = held();
    let (mut stream, readings) = listening(&recogniser);
    stream.begin_segment(SegmentId(1), Duration::ZERO);
    fixture(QUESTION).chunks(320).for_each(|frame| stream.push(frame));
    stream.transcribe(SegmentId(1), 1, ReadingPurpose::Final);
    drop(stream);
    drop(gate);
    let (done, is_done) = channel::<()>();
    pool.submit(Rank::PrepareSpeech, None, move || drop(done)).unwrap();
    let _ = is_done.recv();
    assert_eq!(readings.try_iter().count(), 0);
}

use std::sync::mpsc::{Receiver, channel};

use super::*;
use crate::adapters::speech_to_text::fake::FakeRecogniser;
use crate::domain::hearing::{SENTENCE_DIMENSIONS, SentenceVector};
use crate::domain::values::SegmentId;
use crate::ports::sentence_encoder::SentenceEncoderError;

/// Places every sentence alike; fails or breaks on a word.
struct Scripted;

impl SentenceEncoder for Scripted {
    fn version(&self) -> String {
        "scripted".to_owned()
    }

    fn encode(&self, text: &str) -> Result<SentenceVector, SentenceEncoderError> {
        assert!(!text.contains("break"), "this sentence breaks the encoder");
        if text.contains("fail") {
            return Err(SentenceEncoderError::Failed { reason: "as told".to_owned() });
        }
        Ok(SentenceVector::normalised(&[1.0; SENTENCE_DIMENSIONS]).expect("it has a length"))
    }
}

fn readings(pool: &Arc<InferencePool>, text: &str, purposes: &[ReadingPurpose]) -> Receiver<Reading> {
    let recogniser = Arc::new(FakeRecogniser::hearing(&[text]));
    let recogniser = UnderstoodRecogniser::new(recogniser, Arc::new(Scripted), Arc::clone(pool));
    let (sent, received) = channel();
    let sink: ReadingSink = Arc::new(move |reading| drop(sent.send(reading)));
    let mut stream = recogniser.open(CallId::new(uuid::Uuid::from_u128(1)), sink).expect("the fake opens");
    let segment = SegmentId::default();
    stream.begin_segment(segment, Duration::ZERO);
    for (revision, purpose) in (0..).zip(purposes) {
        stream.transcribe(segment, revision, *purpose);
    }
    received
}

fn clauses_placed(reading: &Reading) -> Option<usize> {
    let transcript = reading.result.as_ref().expect("the fake hears");
    transcript.vectors.as_ref().map(|vectors| vectors.clauses.len())
}

#[test]
fn whole_readings_come_with_their_vectors() {
    use ReadingPurpose::{Final, Partial, Speculative};
    let pool = Arc::new(InferencePool::new(1));
    let order: Vec<_> =
        readings(&pool, "where is my order", &[Speculative]).iter().map(|r| clauses_placed(&r)).collect();
    assert_eq!(order, [Some(0)]);
    let order: Vec<_> = readings(&pool, "yes, and who is this?", &[Final]).iter().map(|r| clauses_placed(&r)).collect();
    assert_eq!(order, [Some(2)]);
    let order: Vec<_> = readings(&pool, "where is my order", &[Partial]).iter().map(|r| clauses_placed(&r)).collect();
    assert_eq!(order, [None]);
    let order: Vec<_> = readings(&pool, "", &[Final]).iter().map(|r| clauses_placed(&r)).collect();
    assert_eq!(order, [None]);
}

#[test]
fn a_reading_comes_through_whatever_the_encoder_does() {
    let pool = Arc::new(InferencePool::new(1));
    for text in ["please fail", "please break"] {
        let received: Vec<_> = readings(&pool, text, &[ReadingPurpose::Final]).iter().collect();
        assert_eq!(received.len(), 1, "{text}");
        assert_eq!(clauses_placed(&received[0]), None, "{text}");
        assert_eq!(received[0].result.as_ref().expect("the fake hears").text(), text);
    }
}

#[test]
fn a_full_pool_costs_the_vectors_and_not_the_reading() {
    let pool = Arc::new(InferencePool::new(1));
    let (gate, closed) = channel::<()>();
    let hold = move || {
        let _ = closed.recv();
    };
    pool.submit(Rank::WantedSpeech, None, hold).expect("the pool is empty");
    let received = readings(&pool, "where is my order", &[ReadingPurpose::Final; 40]);
    let at_once: Vec<_> = received.try_iter().collect();
    assert!(!at_once.is_empty() && at_once.iter().all(|reading| clauses_placed(reading).is_none()));
    drop(gate);
    let later = received.iter().count();
    assert_eq!(at_once.len() + later, 40);
}

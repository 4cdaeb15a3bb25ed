use std::sync::mpsc::{Receiver, channel};

use super::*;
use crate::domain::hearing::{RecognitionContext, Transcript};
use ReadingPurpose::{Final, Partial, Speculative};

fn desk() -> (Desk, Receiver<Reading>) {
    let (sink, readings) = channel();
    let sink = Arc::new(move |reading| {
        let _ = sink.send(reading);
    });
    (Desk::new(sink), readings)
}

fn request(segment: u32, revision: u32, purpose: ReadingPurpose) -> Request {
    let expectation = Arc::new(Expectation::new(Arc::new(RecognitionContext::open())));
    Request { segment: SegmentId(segment), revision, purpose, samples: vec![1; 320], expectation }
}

fn reading(request: &Request) -> Reading {
    Reading { result: Ok(Transcript::certain("yes")), ..request.refusal(SpeechToTextError::Overloaded) }
}

#[test]
fn a_later_request_replaces_what_it_makes_pointless() {
    let cases = [
        ((1, Partial), (1, Partial), true),
        ((1, Partial), (2, Partial), true),
        ((1, Partial), (1, Speculative), true),
        ((1, Partial), (1, Final), true),
        ((1, Partial), (2, Final), false),
        ((1, Speculative), (1, Partial), false),
        ((1, Speculative), (1, Speculative), true),
        ((1, Speculative), (1, Final), true),
        ((1, Final), (1, Partial), false),
        ((1, Final), (2, Speculative), false),
    ];
    for (first, second, is_replaced) in cases {
        let (desk, readings) = desk();
        let ticket = desk.accept(request(first.0, 1, first.1));
        desk.accept(request(second.0, 2, second.1));
        let answer = readings.try_recv().ok().map(|reading| (reading.revision, reading.result));
        let expected = is_replaced.then_some((1, Err(SpeechToTextError::Superseded)));
        assert_eq!(answer, expected, "{first:?} then {second:?}");
        assert_eq!(desk.start(ticket).is_none(), is_replaced);
    }
}

#[test]
fn a_request_replaced_while_it_runs_is_answered_once_and_told_to_stop() {
    let (desk, readings) = desk();
    let ticket = desk.accept(request(1, 1, Partial));
    let (running, cancelled) = desk.start(ticket).unwrap();
    assert_eq!(running.samples.len(), 320);
    desk.accept(request(1, 2, Final));
    assert!(cancelled.load(Ordering::Relaxed));
    desk.answer(ticket, reading(&running));
    let answers: Vec<_> = readings.try_iter().map(|reading| (reading.revision, reading.result)).collect();
    assert_eq!(answers, [(1, Err(SpeechToTextError::Superseded))]);
}

#[test]
fn an_answer_is_sent_once() {
    let (desk, readings) = desk();
    let ticket = desk.accept(request(1, 1, Final));
    let (running, _) = desk.start(ticket).unwrap();
    desk.answer(ticket, reading(&running));
    desk.answer(ticket, reading(&running));
    desk.withdraw(ticket);
    assert_eq!(readings.try_iter().count(), 1);
}

#[test]
fn a_request_without_a_place_is_answered_as_overloaded() {
    let (desk, readings) = desk();
    let ticket = desk.accept(request(1, 1, Final));
    desk.withdraw(ticket);
    let answers: Vec<_> = readings.try_iter().map(|reading| reading.result).collect();
    assert_eq!(answers, [Err(SpeechToTextError::Overloaded)]);
    assert!(desk.start(ticket).is_none());
}

#[test]
fn a_closed_desk_says_no_more() {
    let (desk, readings) = desk();
    let ticket = desk.accept(request(1, 1, Final));
    let (running, cancelled) = desk.start(ticket).unwrap();
    desk.close();
    desk.answer(ticket, reading(&running));
    assert!(cancelled.load(Ordering::Relaxed));
    assert_eq!(readings.try_iter().count(), 0);
}

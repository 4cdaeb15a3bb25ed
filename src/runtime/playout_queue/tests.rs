use std::sync::Arc;
use std::time::Duration;

use super::{Marks, PlayoutFact, PlayoutQueue, PlayoutSink};
use crate::domain::values::{CallTime, UtteranceId};
use crate::runtime::phrase_cache::Clip;

const FRAME: usize = 160;

/// What a carrier was sent, in order: frames run together.
#[derive(Default)]
struct Sent(Vec<String>);

impl PlayoutSink for Sent {
    fn frame(&mut self, samples: &[i16]) {
        assert_eq!(samples.len(), FRAME, "whole frames, without a header");
        let count = match self.0.last().and_then(|last| last.strip_prefix("frames ")) {
            Some(count) => count.parse::<usize>().unwrap() + 1,
            None => {
                self.0.push(String::new());
                1
            }
        };
        *self.0.last_mut().unwrap() = format!("frames {count}");
    }

    fn mark(&mut self, name: &str) {
        self.0.push(format!("mark {name}"));
    }

    fn clear(&mut self) {
        self.0.push("clear".to_owned());
    }
}

struct Player {
    queue: PlayoutQueue,
    sent: Sent,
    now: CallTime,
}

impl Player {
    fn new(lead_ms: u64, marks: Marks) -> Self {
        let queue = PlayoutQueue::new(8_000, Duration::from_millis(lead_ms), marks);
        Self { queue, sent: Sent::default(), now: CallTime::ZERO }
    }

    fn say(&mut self, utterance: u32, sentence: usize, frames: usize) {
        self.queue.push(UtteranceId(utterance), sentence);
        let samples = vec![1_000; frames * FRAME].into();
        let clip = Clip { sample_rate_hz: 8_000, samples, word_times: Vec::new() };
        self.queue.supply(UtteranceId(utterance), sentence, Some(Arc::new(clip)));
    }

    /// Plays so many frames.
    fn play(&mut self, frames: usize) -> &mut Self {
        for _ in 0..frames {
            self.queue.tick(self.now, &mut self.sent);
            self.now = self.now + Duration::from_millis(20);
        }
        self
    }

    fn facts(&mut self) -> Vec<String> {
        let written = |fact: PlayoutFact| match fact {
            PlayoutFact::Started { utterance, sentence, .. } => format!("started {}.{sentence}", utterance.0),
            PlayoutFact::Ended { utterance, sentence } => format!("ended {}.{sentence}", utterance.0),
            PlayoutFact::Cut { utterance, sentence, played } => {
                format!("cut {}.{sentence} {}", utterance.0, played.as_millis())
            }
            PlayoutFact::Failed { utterance, sentence } => format!("failed {}.{sentence}", utterance.0),
        };
        self.queue.drain_facts().map(written).collect()
    }
}

#[test]
fn audio_goes_ahead_by_the_lead_and_no_further() {
    let mut player = Player::new(200, Marks::Used);
    player.say(1, 0, 50);
    player.play(1);
    assert_eq!(player.sent.0, ["frames 10"]);
    player.play(20);
    assert_eq!(player.sent.0, ["frames 30"], "one frame a frame played");
}

#[test]
fn one_mark_follows_each_sentence() {
    let mut player = Player::new(200, Marks::Used);
    player.say(1, 0, 3);
    player.say(1, 1, 2);
    player.play(1);
    assert_eq!(player.sent.0, ["frames 3", "mark 0.1.0", "frames 2", "mark 0.1.1"]);
}

#[test]
fn a_sentence_is_heard_when_it_was_played_and_its_mark_has_come_not_when_it_was_sent() {
    let mut player = Player::new(200, Marks::Used);
    player.say(1, 0, 5);
    player.play(1);
    player.queue.mark_echoed("0.1.0");
    assert_eq!(player.facts(), ["started 1.0"], "a mark before its audio was played proves nothing");
    player.play(6);
    assert_eq!(player.facts(), [""; 0]);
    player.queue.mark_echoed("0.1.0");
    assert_eq!(player.facts(), ["ended 1.0"]);
    player.queue.mark_echoed("0.1.0");
    assert_eq!(player.facts(), [""; 0], "an echo said again is no news");
}

#[test]
fn a_mark_that_never_comes_holds_nobody_up_for_long() {
    let mut player = Player::new(200, Marks::Used);
    player.say(1, 0, 5);
    player.play(5 + 29);
    assert_eq!(player.facts(), ["started 1.0"]);
    player.play(2);
    assert_eq!(player.facts(), ["ended 1.0"]);
}

#[test]
fn marks_echoed_by_a_clear_do_not_count_as_heard() {
    let mut player = Player::new(200, Marks::Used);
    player.say(1, 0, 20);
    player.say(1, 1, 2);
    player.play(15);
    player.queue.stop(&mut player.sent);
    // A carrier echoes all pending marks when it is cleared.
    player.queue.mark_echoed("0.1.0");
    player.queue.mark_echoed("0.1.1");
    assert_eq!(player.facts(), ["started 1.0", "cut 1.0 300"]);
    for unknown in ["", "x", "0.1", "0.1.x", "9.9.9", "-1.0.0"] {
        player.queue.mark_echoed(unknown);
    }
    assert_eq!(player.facts(), [""; 0]);
}

#[test]
fn the_mark_of_what_follows_comes_after_the_clear_and_is_told_from_the_cancelled_one() {
    let mut player = Player::new(400, Marks::Used);
    player.say(1, 0, 10);
    player.play(5);
    player.queue.pause(&mut player.sent);
    player.queue.resume();
    player.play(20);
    assert_eq!(player.sent.0, ["frames 10", "mark 0.1.0", "clear", "frames 10", "mark 1.1.0"]);
    player.queue.mark_echoed("0.1.0");
    assert_eq!(player.facts(), ["started 1.0", "started 1.0"], "the cancelled mark is the first one's");
    player.queue.mark_echoed("1.1.0");
    assert_eq!(player.facts(), ["ended 1.0"]);
}

#[test]
fn a_clear_is_sent_only_when_the_carrier_holds_something() {
    let mut player = Player::new(200, Marks::Used);
    player.queue.pause(&mut player.sent);
    player.queue.stop(&mut player.sent);
    assert_eq!(player.sent.0, [""; 0]);
    player.say(1, 0, 20);
    player.play(1);
    player.queue.pause(&mut player.sent);
    player.queue.stop(&mut player.sent);
    assert_eq!(player.sent.0, ["frames 10", "clear"]);
}

#[test]
fn nothing_is_sent_while_paused_and_late_audio_of_what_was_stopped_is_dropped() {
    let mut player = Player::new(200, Marks::Used);
    player.queue.push(UtteranceId(1), 0);
    player.play(3);
    player.queue.stop(&mut player.sent);
    let clip = Clip { sample_rate_hz: 8_000, samples: vec![1_000; 800].into(), word_times: Vec::new() };
    player.queue.supply(UtteranceId(1), 0, Some(Arc::new(clip)));
    player.play(10);
    assert_eq!((player.sent.0.len(), player.facts()), (0, Vec::new()));
    player.say(2, 0, 20);
    player.queue.pause(&mut player.sent);
    player.play(10);
    assert_eq!(player.sent.0, [""; 0]);
    player.queue.resume();
    player.play(1);
    assert_eq!(player.sent.0, ["frames 10"]);
}

#[test]
fn a_sentence_without_audio_is_skipped_and_said_to_be() {
    let mut player = Player::new(200, Marks::Absent);
    player.queue.push(UtteranceId(1), 0);
    player.say(1, 1, 2);
    player.queue.supply(UtteranceId(1), 0, None);
    player.play(3);
    assert_eq!(player.facts(), ["failed 1.0", "started 1.1", "ended 1.1"]);
    assert_eq!(player.sent.0, ["frames 2"], "a carrier without marks is sent none");
}

use std::io;
use std::sync::{Arc, Mutex};

use metrics_exporter_prometheus::PrometheusBuilder;

use super::InvariantWatch;
use crate::domain::call::{Call, CallCommand, CallEvent, CallSettings, CloseCause, Conversation};
use crate::domain::dialogue::understanding::vocabulary::{Vocabulary, shipped::english};
use crate::domain::dialogue::{DialogueCommand, DialogueEvent, Saying, Sentence};
use crate::domain::hearing::Transcript;
use crate::domain::values::{CallTime, UtteranceId};

/// Says one thing when the line opens.
#[derive(Clone)]
struct Greeter;

impl Conversation for Greeter {
    fn handle(&mut self, _: CallTime, event: DialogueEvent, out: &mut Vec<DialogueCommand>) {
        if matches!(event, DialogueEvent::Opened) {
            let text = "Hello Asha.".to_owned();
            let sentence =
                Sentence { template: "greeting", language: "en", text, facts: Vec::new(), is_personal: true };
            let saying = Saying { sentences: vec![sentence], must_be_heard: false };
            out.push(DialogueCommand::Say { utterance: UtteranceId(1), saying });
        }
    }

    fn understands(&self, _: &Transcript) -> bool {
        false
    }

    fn vocabulary(&self) -> &Vocabulary {
        english()
    }
}

/// Plays a call to its end. `after` may add what the call did not order.
fn play(after: impl Fn(&mut Vec<CallCommand>)) -> (String, String) {
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt().with_writer(move || writer.clone()).with_ansi(false).finish();
    let recorder = PrometheusBuilder::new().build_recorder();
    let counted = recorder.handle();
    metrics::with_local_recorder(&recorder, || {
        tracing::subscriber::with_default(subscriber, || {
            let mut call = Call::new(Arc::new(CallSettings::default()), Greeter);
            let mut watch = InvariantWatch::default();
            let started =
                CallEvent::SentenceStarted { utterance: UtteranceId(1), sentence: 0, at: CallTime::from_ms(9) };
            let closed = CallEvent::StreamClosed { cause: CloseCause::CallerHungUp };
            for (at, event) in [CallEvent::Opened, started, closed].into_iter().enumerate() {
                let now = CallTime::from_ms(at as u64 * 10);
                let mut commands = Vec::new();
                call.handle(now, event.clone(), &mut commands);
                after(&mut commands);
                watch.check(now, &event, &commands, &call);
            }
        });
    });
    (counted.render(), log.text())
}

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_sound_call_is_not_counted() {
    assert_eq!(play(|_| ()), (String::new(), String::new()));
}

#[test]
fn breaches_are_counted_by_their_rule_and_logged_once_without_words_of_the_call() {
    // Going on without having paused breaks CALL-6 in every step.
    let (counted, log) = play(|commands| commands.insert(0, CallCommand::ResumeSpeaking));
    assert!(counted.contains(r#"doorstep_invariant_breaches_total{invariant="CALL-6"} 3"#), "{counted}");
    assert_eq!(log.lines().count(), 1, "{log}");
    assert!(log.contains("CALL-6") && !log.contains("Asha"), "{log}");
}

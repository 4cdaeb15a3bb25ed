//! What a call asks of the world, carried out.

use std::sync::Arc;

use super::{Driver, Mail, send_mail};
use crate::domain::call::{CallCommand, CallEvent, Conversation, Likelihood};
use crate::domain::dialogue::{RecordAck, Saying, Sentence};
use crate::domain::values::{CallTime, UtteranceId};
use crate::ports::text_to_speech::{SpeakingRate, Urgency};
use crate::runtime::model_asker::count_note;
use crate::runtime::phrase_cache::{ClipSink, Phrase};

impl<C: Conversation + Send> Driver<C> {
    /// Does what the call asks of the world.
    pub(super) fn carry_out(&mut self, now: CallTime, command: CallCommand) {
        match command {
            CallCommand::Speak { utterance, saying, pace_percent } => self.speak(utterance, &saying, pace_percent),
            CallCommand::PauseSpeaking => self.bridge.pause(),
            CallCommand::ResumeSpeaking => self.bridge.resume(),
            CallCommand::StopSpeaking => self.bridge.stop(),
            CallCommand::Prepare { sentences, pace_percent, likelihood } => {
                let urgency = match likelihood {
                    Likelihood::Later => Urgency::Ahead,
                    Likelihood::Next => Urgency::Soon,
                };
                for sentence in &sentences {
                    let phrase = self.phrase(sentence, pace_percent);
                    self.services.phrases.of(sentence.language).prepare(phrase, urgency, Some(self.opened.id));
                }
            }
            CallCommand::Expect { context } => self.bridge.recogniser().expect(context),
            CallCommand::BeginSegment { segment, pre_roll } => {
                self.turn = tracing::info_span!(parent: &self.span, "turn", segment = segment.0);
                self.bridge.recogniser().begin_segment(segment, pre_roll);
            }
            CallCommand::Transcribe { segment, revision, purpose } => {
                self.bridge.recogniser().transcribe(segment, revision, purpose);
            }
            CallCommand::EndSegment { segment } => self.bridge.recogniser().end_segment(segment),
            CallCommand::LookUp { request, query } => self.look_up(request, query),
            CallCommand::Record { request, what } => self.record(request, what),
            CallCommand::OptOut { request, phone } => {
                let (services, call) = (Arc::clone(&self.services), self.opened.id);
                self.request(CallEvent::RecordFailed { request }, async move {
                    let at = services.wall_clock.now();
                    services.calls.opt_out(&phone, Some(call), at).await?;
                    Ok(CallEvent::RequestRecorded { request, id: "opt-out".to_owned(), ack: RecordAck::Accepted })
                });
            }
            CallCommand::AskModel { reply, question } => {
                let mail = self.mail.clone();
                let sink = Box::new(move |said| send_mail(&mail, Mail::Event(CallEvent::Model { reply, said })));
                self.asker.ask(&self.services, reply, question, sink);
            }
            CallCommand::CancelModel { reply } => self.asker.cancel(reply),
            CallCommand::NoteModel(note) => count_note(note),
            CallCommand::StartRecording => {
                let recorder = self.services.recorder.as_ref();
                self.bridge.record(recorder.and_then(|recorder| recorder.open(self.opened.id, self.rate_hz)));
            }
            CallCommand::StopRecording => {
                if let Some(recording) = self.bridge.recording() {
                    recording.discard();
                }
            }
            CallCommand::MaskRecording { from } => {
                let samples = now.since(from).as_millis() as u64 * u64::from(self.rate_hz) / 1_000;
                if let Some(recording) = self.bridge.recording() {
                    recording.mask_last(samples);
                }
            }
            CallCommand::HandOver { order, transcript, facts } => self.hand_over(order, transcript, facts),
            CallCommand::HangUp => self.is_hanging_up = true,
            CallCommand::Conclude { minutes } => self.minutes = Some(minutes),
        }
    }

    fn speak(&mut self, utterance: UtteranceId, saying: &Saying, pace_percent: u16) {
        for (index, sentence) in saying.sentences.iter().enumerate() {
            self.bridge.queue(utterance, index);
            let phrase = self.phrase(sentence, pace_percent);
            let phrases = self.services.phrases.of(sentence.language);
            if let Some(clip) = phrases.get(&phrase) {
                self.bridge.supply(utterance, index, Some(clip));
                continue;
            }
            let mail = self.mail.clone();
            let ready: ClipSink = Arc::new(move |clip| {
                send_mail(&mail, Mail::Clip { utterance, sentence: index, clip: clip.ok() });
            });
            phrases.request(phrase, Urgency::Now, Some(self.opened.id), &ready);
        }
        // The first frame does not wait for the next tick.
        if !self.bridge.is_playing() {
            let now = self.now();
            self.bridge.tick(now);
        }
    }

    fn phrase(&self, sentence: &Sentence, pace_percent: u16) -> Phrase {
        Phrase {
            text: sentence.text.clone(),
            rate: SpeakingRate(pace_percent),
            sample_rate_hz: self.rate_hz,
            is_personal: sentence.is_personal,
        }
    }
}

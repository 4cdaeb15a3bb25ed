//! One task that owns one call: its state machine, its audio, its mailbox.
//!
//! Everything a call does happens in this task, so there is nothing to lock and nothing to race; what takes long
//! (look-ups, synthesis, recognition, the store) runs elsewhere and answers through the mailbox.

mod commands;
mod handover;
mod requests;

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, MissedTickBehavior};
use tokio_util::sync::CancellationToken;
use tracing::Instrument as _;

use handover::next_news;
pub use handover::{AwayCall, Departure, Driven, cause_of};

use super::invariant_watch::InvariantWatch;
use super::live_feed::LiveFeed;
use super::media_bridge::{BridgeFact, MediaBridge};
use super::media_socket::{CloseCode, MediaSocket, Received, SocketClosed, SocketEnd};
use super::model_asker::ModelAsker;
use super::phrase_cache::Clip;
use super::playout_queue::PlayoutFact;
use super::services::Services;
use crate::domain::audio::{FRAME_MS, VoiceChange};
use crate::domain::call::{Call, CallCommand, CallDirection, CallEvent, CloseCause, Conversation, Minutes, OpenedCall};
use crate::domain::dialogue::{Answerer, RecordingNotice};
use crate::domain::values::{CallTime, UtteranceId};
use crate::ports::speech_to_text::{Reading, ReadingSink, SpeechToTextError};
use crate::ports::telephony::{Capabilities, MediaCodec, StreamOpened, WireMessage};

/// Answers that may wait for the call. When full, the answer is lost and counted; the call's deadlines carry on.
const MAILBOX_MAX: usize = 256;

/// A message that cannot be sent within this time means that the carrier has stopped reading.
const SEND_TIMEOUT: Duration = Duration::from_millis(500);

/// What was said before the line went is in the socket already.
const LAST_WORDS_TIMEOUT: Duration = Duration::from_millis(200);

/// Bad messages after which a stream is taken for something else than a call.
pub(super) const FAULTS_MAX: u32 = 50;

/// A call that has been accepted and whose stream is about to be read.
pub struct AcceptedCall {
    pub opened: OpenedCall,
    pub capabilities: Capabilities,
    pub codec: Box<dyn MediaCodec>,
    /// What the provider said when the stream opened, if that was read already.
    pub stream: Option<Box<StreamOpened>>,
    /// What is announced is what is done.
    pub recording: RecordingNotice,
}

/// What reaches the mailbox.
enum Mail {
    Event(CallEvent),
    Clip { utterance: UtteranceId, sentence: usize, clip: Option<Arc<Clip>> },
}

/// What is left when the line is gone.
pub struct CallEnd<C> {
    pub minutes: Box<Minutes>,
    pub conversation: C,
}

/// Runs a call until its line is gone or on its way to a person, or until `cut` is cancelled.
pub async fn drive<C, S>(
    services: &Arc<Services>,
    accepted: AcceptedCall,
    conversation: C,
    mut socket: S,
    cut: CancellationToken,
) -> Driven<C>
where
    C: Conversation + Send,
    S: MediaSocket,
{
    let id = accepted.opened.id;
    let span = tracing::info_span!("call", call = %id, provider = accepted.opened.provider);
    async move {
        let (mail, mailbox) = mpsc::channel(MAILBOX_MAX);
        let Some(driver) = Driver::begin(services, accepted, conversation, mail) else { return Driven::Failed };
        driver.live(mailbox, &mut socket, cut).await
    }
    .instrument(span)
    .await
}

struct Driver<C: Conversation> {
    services: Arc<Services>,
    opened: OpenedCall,
    /// What is logged of the call stands in it.
    span: tracing::Span,
    /// The same of the turn that is spoken or being answered.
    turn: tracing::Span,
    rate_hz: u32,
    epoch: Instant,
    call: Call<C>,
    watch: InvariantWatch,
    bridge: MediaBridge,
    mail: mpsc::Sender<Mail>,
    feed: LiveFeed,
    carriers_word: watch::Receiver<Option<Answerer>>,
    commands: Vec<CallCommand>,
    facts: Vec<BridgeFact>,
    playout_facts: Vec<PlayoutFact>,
    faults: u32,
    is_hanging_up: bool,
    asker: ModelAsker,
    minutes: Option<Box<Minutes>>,
    departure: Option<Departure>,
}

impl<C: Conversation + Send> Driver<C> {
    fn begin(
        services: &Arc<Services>,
        accepted: AcceptedCall,
        conversation: C,
        mail: mpsc::Sender<Mail>,
    ) -> Option<Self> {
        let opened = accepted.opened;
        let rate_hz = accepted.capabilities.sample_rate_hz;
        let recogniser = match services.speech_to_text.open(opened.id, reading_sink(mail.clone())) {
            Ok(recogniser) => recogniser,
            Err(error) => {
                tracing::error!(%error, "the recogniser did not open; the call is given up");
                return None;
            }
        };
        let recorder = services.recorder.as_ref().filter(|_| accepted.recording == RecordingNotice::Announced);
        let recording = recorder.and_then(|recorder| recorder.open(opened.id, rate_hz));
        let judge = services.voice_judge.open();
        let bridge = MediaBridge::new(accepted.codec, &accepted.capabilities, judge, recogniser, recording);
        let mut bridge = match bridge {
            Ok(bridge) => bridge,
            Err(error) => {
                tracing::error!(%error, "the provider's audio cannot be used; the call is given up");
                return None;
            }
        };
        if opened.direction == CallDirection::Outbound {
            bridge.listen_for_tones();
        }
        let live = services.live.begin(opened.clone());
        let carriers_word = live.carriers_word();
        let feed = LiveFeed::new(live);
        let mut driver = Self {
            services: Arc::clone(services),
            opened,
            span: tracing::Span::current(),
            turn: tracing::Span::none(),
            rate_hz,
            epoch: Instant::now(),
            call: Call::new(Arc::clone(&services.call_settings), conversation),
            watch: InvariantWatch::default(),
            bridge,
            mail,
            feed,
            carriers_word,
            commands: Vec::new(),
            facts: Vec::new(),
            playout_facts: Vec::new(),
            faults: 0,
            is_hanging_up: false,
            asker: ModelAsker::default(),
            minutes: None,
            departure: None,
        };
        if accepted.stream.is_some() {
            driver.handle(CallEvent::Opened);
        }
        Some(driver)
    }

    fn now(&self) -> CallTime {
        CallTime::from_ms(u64::try_from(self.epoch.elapsed().as_millis()).unwrap_or(u64::MAX))
    }

    async fn run<S: MediaSocket>(
        &mut self,
        socket: &mut S,
        mailbox: &mut mpsc::Receiver<Mail>,
        cut: CancellationToken,
    ) -> CloseCause {
        let mut ticks = tokio::time::interval(Duration::from_millis(FRAME_MS));
        ticks.set_missed_tick_behavior(MissedTickBehavior::Burst);
        let mut heard_last = Instant::now();
        loop {
            if self.send(socket).await.is_err() {
                return self.why_gone(socket).await;
            }
            if self.is_hanging_up {
                socket.close(CloseCode::Normal).await;
                return CloseCause::WeHungUp;
            }
            let deadline = self.call.next_deadline().map(|(at, _)| self.epoch + Duration::from_millis(at.as_ms()));
            tokio::select! {
                biased;
                () = cut.cancelled() => {
                    socket.close(CloseCode::Normal).await;
                    return CloseCause::Draining;
                }
                Some(mail) = mailbox.recv() => self.on_mail(mail, &mut ticks),
                Ok(()) = self.carriers_word.changed() => {
                    let word = *self.carriers_word.borrow_and_update();
                    if let Some(answerer) = word {
                        self.handle(CallEvent::CarrierJudged { answerer });
                    }
                }
                news = next_news(&mut self.departure) => {
                    if let Some(cause) = self.on_news(news) {
                        socket.close(CloseCode::Normal).await;
                        return cause;
                    }
                }
                () = sleep_until(deadline) => self.handle(CallEvent::Woken),
                planned = ticks.tick() => {
                    self.on_tick(planned);
                    if heard_last.elapsed() > self.services.media_timeout {
                        tracing::warn!("no audio from the carrier; the line is taken for dead");
                        socket.close(CloseCode::Normal).await;
                        return CloseCause::NetworkLost;
                    }
                }
                received = socket.receive() => {
                    heard_last = Instant::now();
                    let step = match received {
                        Ok(received) => self.on_received(&received),
                        // Who hangs up mostly sends a word before; a bare close means the same.
                        Err(SocketEnd::Closed) => return CloseCause::CallerHungUp,
                        Err(SocketEnd::Lost) => return CloseCause::NetworkLost,
                        Err(SocketEnd::Unreadable) => Step::Close(CloseCause::ProviderError),
                    };
                    if let Step::Close(cause) = step {
                        let is_fault = cause == CloseCause::ProviderError;
                        socket.close(if is_fault { CloseCode::Policy } else { CloseCode::Normal }).await;
                        return cause;
                    }
                }
            }
        }
    }

    async fn send<S: MediaSocket>(&mut self, socket: &mut S) -> Result<(), SocketClosed> {
        for message in self.bridge.outgoing().messages() {
            match tokio::time::timeout(SEND_TIMEOUT, socket.send(message)).await {
                Ok(sent) => sent?,
                Err(_) => return Err(SocketClosed),
            }
        }
        self.bridge.outgoing().clear();
        Ok(())
    }

    /// Reads on after a message could not be sent: whoever hangs up says so before the line is gone.
    async fn why_gone<S: MediaSocket>(&mut self, socket: &mut S) -> CloseCause {
        let said = async {
            loop {
                match socket.receive().await {
                    Ok(received) => {
                        if let Step::Close(cause) = self.on_received(&received) {
                            return cause;
                        }
                    }
                    Err(SocketEnd::Closed) => return CloseCause::CallerHungUp,
                    Err(SocketEnd::Lost | SocketEnd::Unreadable) => return CloseCause::NetworkLost,
                }
            }
        };
        tokio::time::timeout(LAST_WORDS_TIMEOUT, said).await.unwrap_or(CloseCause::NetworkLost)
    }

    fn on_mail(&mut self, mail: Mail, ticks: &mut tokio::time::Interval) {
        match mail {
            Mail::Event(event) => self.handle(event),
            Mail::Clip { utterance, sentence, clip } => self.bridge.supply(utterance, sentence, clip),
        }
        if !self.bridge.is_playing() {
            // The caller waits: the first frame does not wait for the next tick.
            ticks.reset_after(Duration::from_millis(FRAME_MS));
            self.tick_now();
        }
    }

    fn on_tick(&mut self, planned: Instant) {
        self.services.metrics.frame(planned.elapsed());
        self.tick_now();
    }

    fn tick_now(&mut self) {
        let now = self.now();
        self.bridge.tick(now);
        self.settle_playout();
    }

    /// Tells the call what reached the caller.
    fn settle_playout(&mut self) {
        let mut facts = std::mem::take(&mut self.playout_facts);
        facts.extend(self.bridge.drain_playout_facts());
        for fact in facts.drain(..) {
            self.handle(match fact {
                PlayoutFact::Started { utterance, sentence, at } => {
                    CallEvent::SentenceStarted { utterance, sentence, at }
                }
                PlayoutFact::Ended { utterance, sentence } => CallEvent::SentenceEnded { utterance, sentence },
                PlayoutFact::Cut { utterance, sentence, played } => {
                    CallEvent::SentenceCut { utterance, sentence, played }
                }
                PlayoutFact::Failed { utterance, sentence } => CallEvent::SentenceFailed { utterance, sentence },
            });
        }
        self.playout_facts = facts;
    }

    fn on_received<T: std::ops::Deref<Target = str>>(&mut self, received: &Received<T>) -> Step {
        let message = match received {
            Received::Text(text) => WireMessage::Text(text),
            Received::Binary(bytes) => WireMessage::Binary(bytes),
        };
        let mut facts = std::mem::take(&mut self.facts);
        let decoded = self.bridge.on_wire(self.now(), message, &mut facts);
        let mut step = Step::GoOn;
        for fact in facts.drain(..) {
            match fact {
                BridgeFact::Opened(_) => self.handle(CallEvent::Opened),
                BridgeFact::Sound => self.handle(CallEvent::SoundHeard),
                BridgeFact::Voice(VoiceChange::Started { at }) => self.handle(CallEvent::VoiceStarted { at }),
                BridgeFact::Voice(VoiceChange::Stopped { at }) => self.handle(CallEvent::VoiceStopped { at }),
                BridgeFact::Tone(tone) => self.handle(CallEvent::ToneHeard { tone }),
                BridgeFact::Key(key) => self.handle(CallEvent::KeyPressed { key }),
                BridgeFact::Closed => step = Step::Close(CloseCause::CallerHungUp),
            }
        }
        self.facts = facts;
        if let Err(fault) = decoded {
            self.faults += 1;
            metrics::counter!("doorstep_media_faults_total").increment(1);
            if self.faults == 1 {
                tracing::warn!(%fault, "a media message was no use; further ones are only counted");
            }
            if self.faults >= FAULTS_MAX {
                tracing::warn!("the stream cannot be understood and is closed");
                step = Step::Close(CloseCause::ProviderError);
            }
        }
        step
    }

    #[expect(clippy::needless_pass_by_value, reason = "an event is used up by being handled")]
    fn handle(&mut self, event: CallEvent) {
        let now = self.now();
        let _within = self.turn.clone().entered();
        let mut commands = std::mem::take(&mut self.commands);
        self.call.handle(now, event.clone(), &mut commands);
        self.watch.check(now, &event, &commands, &self.call);
        for command in commands.drain(..) {
            self.carry_out(now, command);
        }
        self.commands = commands;
        self.publish(now);
    }

    /// Tells the watchers what is new.
    fn publish(&mut self, now: CallTime) {
        if let Some(turn) = self.feed.tell(&self.call, now) {
            self.services.metrics.turn(&turn);
            let latency = turn.first_audio_ms.map(|first| first.since(turn.caller_ended_ms));
            tracing::debug!(parent: &self.turn, ?latency, blocked = turn.blocked, "turn answered");
            self.turn = tracing::Span::none();
        }
    }

    fn end(mut self, cause: CloseCause) -> CallEnd<C> {
        self.handle(CallEvent::StreamClosed { cause });
        let minutes = self.minutes.take().expect("a call concludes when its stream is closed");
        metrics::counter!("doorstep_barge_ins_total").increment(minutes.barge_ins.into());
        tracing::info!(
            cause = ?minutes.cause,
            turns = minutes.turns.len(),
            barge_ins = minutes.barge_ins,
            line = ?self.bridge.ear().level(),
            "call ended"
        );
        CallEnd { minutes, conversation: self.call.conversation().clone() }
    }
}

enum Step {
    GoOn,
    Close(CloseCause),
}

fn send_mail(mail: &mpsc::Sender<Mail>, content: Mail) {
    if let Err(mpsc::error::TrySendError::Full(_)) = mail.try_send(content) {
        metrics::counter!("doorstep_call_mail_lost_total").increment(1);
    }
}

fn reading_sink(mail: mpsc::Sender<Mail>) -> ReadingSink {
    Arc::new(move |reading: Reading| {
        let Reading { segment, revision, purpose, result, decode, queued } = reading;
        let transcript = match result {
            Ok(transcript) => Some(Arc::new(transcript)),
            Err(SpeechToTextError::Superseded) => return,
            Err(
                SpeechToTextError::Overloaded
                | SpeechToTextError::Unavailable { .. }
                | SpeechToTextError::Failed { .. },
            ) => None,
        };
        metrics::histogram!("doorstep_decode_seconds").record(decode.as_secs_f64());
        metrics::histogram!("doorstep_decode_queue_seconds").record(queued.as_secs_f64());
        send_mail(&mail, Mail::Event(CallEvent::Read { segment, revision, purpose, transcript }));
    })
}

async fn sleep_until(deadline: Option<Instant>) {
    match deadline {
        Some(at) => tokio::time::sleep_until(at).await,
        None => std::future::pending().await,
    }
}

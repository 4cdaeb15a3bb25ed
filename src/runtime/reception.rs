//! Where calls arrive: a webhook is answered with a token, a media stream presents it, the call is run and filed.

mod attempts;
mod away;
mod continuity;
mod filing;
mod placing;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use dashmap::{DashMap, Entry};
use jiff::Timestamp;
use rand::RngExt as _;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

pub use attempts::{Dial, Fate, NotRinging, Ringing, hash_of};
pub use placing::{NotPlaced, Plan};

use self::attempts::{Planned, note_dialling};
use self::away::Parked;
use super::call_driver::{AcceptedCall, Driven, FAULTS_MAX, drive};
use super::call_file;
use super::media_socket::{CloseCode, MediaSocket, Received, SocketEnd};
use super::services::Services;
use crate::domain::call::{CallDirection, OpenedCall};
use crate::domain::dialogue::understanding::Understanding;
use crate::domain::dialogue::{Brief, Dialogue, Outreach, Phrasebook, RecordingNotice};
use crate::domain::outreach::policy::{CallRules, RecordingRule};
use crate::domain::values::{CallId, Personal, PhoneNumber};
use crate::ports::telephony::{Capabilities, MediaCodec, MediaEvent, StreamOpened, WireMessage};

/// A stream must open this soon after its socket.
const OPENING_TIMEOUT: Duration = Duration::from_secs(5);

/// A token that no stream has presented by then is void.
const TOKEN_LIFE: Duration = Duration::from_secs(90);

/// Tokens that may wait for their streams. Beyond it, calls are turned away.
const TOKENS_MAX: usize = 10_000;

/// A call that has been announced and whose stream has not come.
#[derive(Clone, Debug)]
pub struct AwaitedCall {
    pub provider: &'static str,
    pub provider_call_id: String,
    pub direction: CallDirection,
    pub from: Option<PhoneNumber>,
    pub to: Option<PhoneNumber>,
}

struct Waiting {
    call: AwaitedCall,
    id: CallId,
    since: Instant,
    /// How long its token is good for.
    life: Duration,
    /// Why we call, for a call of ours.
    outreach: Option<Outreach>,
    dialled_at: Option<Timestamp>,
    /// The plan it carries out.
    planned: Option<Planned>,
    /// The version of the policies that allowed it, for a call by hand.
    policy: Option<String>,
}

impl Waiting {
    fn is_fresh(&self) -> bool {
        self.since.elapsed() <= self.life
    }
}

/// A call that will be let in with its token.
#[derive(Clone, Debug)]
pub struct Announced {
    pub id: CallId,
    pub token: Personal<String>,
}

/// Why a call is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotTaken {
    #[error("the server is draining")]
    Draining,
    #[error("as many calls as allowed are in progress")]
    Busy,
}

/// What speaks in every call.
pub struct Script {
    pub phrasebook: Arc<Phrasebook>,
    pub understanding: Arc<Understanding>,
}

/// The front desk. One for the process.
pub struct Reception {
    services: Arc<Services>,
    script: Script,
    waiting: DashMap<String, Waiting>,
    /// Provider and its call id → token, so that a repeated webhook gets the same answer.
    tokens: DashMap<(&'static str, String), String>,
    /// Calls on their way to a person, by the token that lets their line back in.
    parked: DashMap<String, Parked>,
    calls_max: usize,
    /// The carriers there are.
    providers: Vec<&'static str>,
    is_draining: AtomicBool,
    /// Cuts the calls that outlast the drain.
    cut: CancellationToken,
}

impl Reception {
    pub fn new(services: Arc<Services>, script: Script, calls_max: usize, providers: Vec<&'static str>) -> Self {
        Self {
            services,
            script,
            waiting: DashMap::new(),
            tokens: DashMap::new(),
            parked: DashMap::new(),
            calls_max,
            providers,
            is_draining: AtomicBool::new(false),
            cut: CancellationToken::new(),
        }
    }

    pub fn services(&self) -> &Arc<Services> {
        &self.services
    }

    pub fn phrasebook(&self) -> &Phrasebook {
        &self.script.phrasebook
    }

    /// Whether a call would be taken now.
    pub fn may_take_call(&self) -> Result<(), NotTaken> {
        if self.is_draining.load(Ordering::Acquire) {
            return Err(NotTaken::Draining);
        }
        if self.services.live.count() >= self.calls_max || self.waiting.len() >= TOKENS_MAX {
            return Err(NotTaken::Busy);
        }
        Ok(())
    }

    /// Announces a call; the token lets its stream in, once.
    pub fn announce(&self, call: AwaitedCall) -> Result<Announced, NotTaken> {
        self.may_take_call()?;
        self.forget_stale_tokens();
        // Held to the end, so that of two equal webhooks at once the second finds what the first wrote.
        let entry = self.tokens.entry((call.provider, call.provider_call_id.clone()));
        if let Entry::Occupied(known) = &entry
            && let Some(waiting) = self.waiting.get(known.get())
        {
            return Ok(Announced { id: waiting.id, token: Personal::new(known.get().clone()) });
        }
        let token = new_token();
        let id = CallId::new(uuid::Uuid::now_v7());
        let since = Instant::now();
        self.waiting.insert(
            token.clone(),
            Waiting {
                call,
                id,
                since,
                life: TOKEN_LIFE,
                outreach: None,
                dialled_at: None,
                planned: None,
                policy: None,
            },
        );
        entry.insert(token.clone());
        Ok(Announced { id, token: Personal::new(token) })
    }

    /// Whether a token would let a stream of this provider in now. Does not use it up.
    pub fn knows_token(&self, provider: &str, token: &str) -> bool {
        self.waiting.get(token).is_some_and(|waiting| waiting.call.provider == provider && waiting.is_fresh())
            || self.parked.get(token).is_some_and(|parked| parked.is_of(provider))
    }

    /// Whether any call of this provider has been announced whose stream may still come.
    pub fn awaits_stream(&self, provider: &str) -> bool {
        self.waiting.iter().any(|waiting| waiting.call.provider == provider && waiting.is_fresh())
            || self.parked.iter().any(|parked| parked.is_of(provider))
    }

    /// Nobody speaks, and nobody who was just told to open a stream is still on the way.
    pub fn is_idle(&self) -> bool {
        let is_on_the_way = |waiting: &Waiting| match waiting.outreach {
            // It rings; whoever picks up must not meet silence.
            Some(_) => waiting.is_fresh(),
            None => waiting.since.elapsed() <= OPENING_TIMEOUT,
        };
        self.services.live.count() == 0 && !self.waiting.iter().any(|entry| is_on_the_way(entry.value()))
    }

    /// Files a call that ended before its stream opened: the caller gave up while it rang. Others are left alone.
    pub async fn abandon(&self, provider: &'static str, provider_call_id: &str) {
        let is_inbound = |_: &String, waiting: &Waiting| waiting.outreach.is_none();
        let key = (provider, provider_call_id.to_owned());
        let Some(token) = self.tokens.get(&key).map(|token| token.value().clone()) else { return };
        let Some((_, waiting)) = self.waiting.remove_if(&token, is_inbound) else { return };
        self.tokens.remove(&key);
        let services = &self.services;
        let now = services.wall_clock.now();
        let opened = opened_call(&waiting, now);
        if let Err(error) = services.calls.open_call(&opened).await {
            tracing::error!(call = %opened.id, %error, "the call could not be opened in the store");
        }
        self.file(&opened, call_file::abandoned(&opened, now, services)).await;
    }

    fn forget_stale_tokens(&self) {
        // Calls of ours are filed by their own watch.
        let is_stale = |waiting: &Waiting| waiting.outreach.is_none() && !waiting.is_fresh();
        if self.waiting.iter().any(|entry| is_stale(entry.value())) {
            self.waiting.retain(|_, waiting| !is_stale(waiting));
            self.tokens.retain(|_, token| self.waiting.contains_key(token));
        }
    }

    /// Takes a media stream from its first message to the filed outcome.
    pub async fn serve<S: MediaSocket>(
        self: Arc<Self>,
        provider: &str,
        mut socket: S,
        mut codec: Box<dyn MediaCodec>,
        capabilities: Capabilities,
    ) {
        let opened = match tokio::time::timeout(OPENING_TIMEOUT, opening(&mut socket, codec.as_mut())).await {
            Ok(Ok(opened)) => opened,
            Ok(Err(SocketEnd::Closed | SocketEnd::Lost)) => return,
            Ok(Err(SocketEnd::Unreadable)) | Err(_) => {
                metrics::counter!("doorstep_media_refused_total").increment(1);
                tracing::warn!("a media socket did not open its stream and is closed");
                return socket.close(CloseCode::Policy).await;
            }
        };
        if let Some(parked) = self.take_parked(provider, &opened) {
            return self.take_back(parked, socket, codec, &capabilities).await;
        }
        let Some(waiting) = self.admit(provider, &opened) else {
            metrics::counter!("doorstep_media_refused_total").increment(1);
            tracing::warn!("a media stream came without a valid token and is closed");
            return socket.close(CloseCode::Policy).await;
        };
        self.run(waiting, opened, socket, codec, capabilities).await;
    }

    /// Uses the token up, if it is good and belongs to this call.
    fn admit(&self, provider: &str, stream: &StreamOpened) -> Option<Waiting> {
        let token = stream.token.as_ref()?.reveal();
        let (_, waiting) = self.waiting.remove_if(token, |_, Waiting { call, .. }| {
            // The browser has no call id of its own.
            let is_same_call = stream.provider_call_id.is_empty() || stream.provider_call_id == call.provider_call_id;
            is_same_call && call.provider == provider
        })?;
        self.tokens.remove(&(waiting.call.provider, waiting.call.provider_call_id.clone()));
        waiting.is_fresh().then_some(waiting)
    }

    async fn run<S: MediaSocket>(
        self: &Arc<Self>,
        waiting: Waiting,
        stream: Box<StreamOpened>,
        socket: S,
        codec: Box<dyn MediaCodec>,
        capabilities: Capabilities,
    ) {
        let services = &self.services;
        let started_at = services.wall_clock.now();
        let opened = opened_call(&waiting, started_at);
        let written = match waiting.planned {
            Some(_) => services.plans.note_answered(opened.id, started_at).await,
            None => services.calls.open_call(&opened).await,
        };
        if let Err(error) = written {
            // The call goes on: the customer matters more than the row, which is written again at the end.
            tracing::error!(call = %opened.id, %error, "the call could not be opened in the store");
        }
        let outreach = match &waiting.outreach {
            Some(outreach) => Some(outreach.clone()),
            None => self.missed_call(&opened).await,
        };
        let brief = self.brief(&opened, outreach);
        let recording = brief.recording;
        let dialogue =
            Dialogue::new(brief, Arc::clone(&self.script.phrasebook), Arc::clone(&self.script.understanding));
        let dialogue = match &services.model {
            Some(desk) => dialogue.with_model(Arc::clone(&desk.checks)),
            None => dialogue,
        };
        let accepted = AcceptedCall { opened: opened.clone(), capabilities, codec, stream: Some(stream), recording };
        let driven = drive(services, accepted, dialogue, socket, self.cut.clone()).await;
        self.after_stream(waiting, opened, driven).await;
    }

    /// Files a call whose stream has closed, unless its line is on its way to a person.
    async fn after_stream(self: &Arc<Self>, waiting: Waiting, opened: OpenedCall, driven: Driven<Dialogue>) {
        let ended_at = self.services.wall_clock.now();
        match driven {
            Driven::Over(end) => self.file_end(&waiting, &opened, end).await,
            Driven::Away(call) => self.park(waiting, opened, *call),
            Driven::Failed => {
                let mut finished = call_file::failed(&opened, ended_at, &self.services);
                note_dialling(&mut finished.outcome, &waiting);
                self.file(&opened, finished).await;
            }
        }
    }

    fn brief(&self, opened: &OpenedCall, outreach: Option<Outreach>) -> Brief {
        let caller = match opened.direction {
            CallDirection::Inbound => opened.from.clone(),
            CallDirection::Outbound => opened.to.clone(),
        };
        Brief {
            call: opened.id,
            direction: opened.direction,
            shop: Arc::clone(&self.services.shop),
            recording: self.recording(opened, outreach.as_ref(), caller.as_ref()),
            caller,
            started_at: opened.started_at,
            outreach,
            handover: self.handover_rules(&opened.provider),
        }
    }

    /// How a call is recorded, if at all: by the rules for whoever is on the other side.
    fn recording(
        &self,
        opened: &OpenedCall,
        outreach: Option<&Outreach>,
        caller: Option<&PhoneNumber>,
    ) -> RecordingNotice {
        let is_carried = self.providers.iter().any(|carrier| *carrier == opened.provider);
        let rules = match (outreach, caller) {
            (Some(outreach), _) => outreach.rules,
            // The shop's own people, at the console.
            (None, None) if !is_carried => CallRules::WIDEST,
            (None, caller) => self.services.may_call.rules_of_caller(caller),
        };
        match rules.recording {
            _ if self.services.recorder.is_none() => RecordingNotice::NotRecorded,
            RecordingRule::Notice => RecordingNotice::Announced,
            RecordingRule::Consent => RecordingNotice::IfAgreed,
            RecordingRule::Off => RecordingNotice::NotRecorded,
        }
    }

    /// Takes no more calls.
    pub fn stop_taking_calls(&self) {
        self.is_draining.store(true, Ordering::Release);
    }

    /// Ends the calls that are still in progress.
    pub fn cut_calls(&self) {
        self.cut.cancel();
    }
}

fn opened_call(waiting: &Waiting, started_at: Timestamp) -> OpenedCall {
    OpenedCall {
        id: waiting.id,
        provider: waiting.call.provider.to_owned(),
        provider_call_id: waiting.call.provider_call_id.clone(),
        direction: waiting.call.direction,
        scenario: waiting.outreach.as_ref().map_or("I1_WISMO", |outreach| outreach.scenario.id).to_owned(),
        from: waiting.call.from.clone(),
        to: waiting.call.to.clone(),
        started_at,
    }
}

/// Reads a socket until its stream opens.
///
/// Errors: it ended first, or what it says cannot be understood.
async fn opening<S: MediaSocket>(socket: &mut S, codec: &mut dyn MediaCodec) -> Result<Box<StreamOpened>, SocketEnd> {
    let mut faults = 0;
    loop {
        let received = socket.receive().await?;
        let message = match &received {
            Received::Text(text) => WireMessage::Text(text),
            Received::Binary(bytes) => WireMessage::Binary(bytes),
        };
        let mut opened = None;
        let decoded = codec.decode(message, &mut |event| {
            if let MediaEvent::Opened(stream) = event {
                opened = Some(stream);
            }
        });
        if let Some(opened) = opened {
            return Ok(opened);
        }
        if decoded.is_err() {
            metrics::counter!("doorstep_media_faults_total").increment(1);
            faults += 1;
            if faults >= FAULTS_MAX {
                return Err(SocketEnd::Unreadable);
            }
        }
    }
}

/// 256 random bits, written in hexadecimal.
pub fn new_token() -> String {
    let bytes: [u8; 32] = rand::rng().random();
    bytes.iter().fold(String::with_capacity(64), |mut token, byte| {
        use std::fmt::Write as _;
        // Writing to a string cannot fail.
        let _ = write!(token, "{byte:02x}");
        token
    })
}

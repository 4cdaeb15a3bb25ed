//! The telephone carrier: neutral events and commands, whatever the vendor's wire looks like.
//!
//! A provider has two faces. [`TelephonyProvider`] answers webhooks and places calls; a [`MediaCodec`]
//! turns one media socket's messages into [`MediaEvent`]s and frames into messages, without I/O.

use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;

use super::transfers::CallTransfers;
use crate::domain::values::{Personal, PhoneNumber};

/// What a media stream of a provider can do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Capabilities {
    /// Rate of the linear samples the codec gives and takes, in Hz.
    pub sample_rate_hz: u32,
    pub marks: MarkSupport,
    pub clear: ClearSupport,
    pub pacing: Pacing,
    /// How much audio may be sent ahead of the playout clock.
    pub lead_max: Duration,
    pub has_dtmf_in: bool,
    pub has_answering_machine_detection: bool,
    pub needs_rest_for_hangup: bool,
    pub needs_rest_for_transfer: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MarkSupport {
    None,
    /// Marks come back when played, and also when cleared: an echo alone proves nothing.
    EchoedOnClear,
    DroppedOnClear,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClearSupport {
    Native,
    StopSending,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pacing {
    /// The provider queues what it is sent and plays it in real time.
    ProviderQueue,
    /// Frames are played as they come.
    Realtime,
}

/// One message of a media socket, as it came off the wire or as it goes out.
#[derive(Clone, Copy, Debug)]
pub enum WireMessage<'a> {
    Text(&'a str),
    Binary(&'a [u8]),
}

/// A message to be sent; the buffer is reused from frame to frame.
#[derive(Debug, Default)]
pub struct WireBuffer {
    pub text: String,
    pub binary: Vec<u8>,
    /// Which of the two holds the message.
    pub kind: WireKind,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum WireKind {
    #[default]
    Text,
    Binary,
}

/// A fact from a media socket.
#[derive(Debug, PartialEq)]
pub enum MediaEvent<'a> {
    /// The stream is open. Nothing before it is to be believed.
    Opened(Box<StreamOpened>),
    /// Caller audio, decoded to linear samples at [`Capabilities::sample_rate_hz`]. Any length.
    Audio { media_time_ms: u64, samples: &'a [i16] },
    /// Audio that was lost before `media_time_ms`.
    Gap { media_time_ms: u64, missing_ms: u32 },
    /// Shape: `0`–`9`, `*`, `#`, `A`–`D`.
    Dtmf { digit: char },
    /// The provider echoed a mark. Whether it was heard is for the playout ledger to say.
    MarkEchoed { name: &'a str },
    /// The provider ended the stream. During a transfer this does not end the call.
    Closed,
}

/// What the provider says of a stream when it opens. Every field is untrusted until the token is checked.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct StreamOpened {
    pub account: String,
    pub provider_call_id: String,
    pub stream_id: String,
    /// The single-use token handed out in the answer document.
    pub token: Option<Personal<String>>,
}

/// Why a message could not be used. Counted and logged once a stream; never fatal by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
pub enum MediaFault {
    #[error("binary frame on a text stream, or the reverse")]
    WrongFrameKind,
    #[error("message is not valid JSON of the expected shape")]
    BadShape,
    #[error("audio payload is not base64")]
    BadBase64,
    #[error("message came in the wrong order")]
    WrongOrder,
    #[error("message is over the size limit")]
    TooLarge,
    #[error("event is unknown")]
    UnknownEvent,
}

/// The codec of one media socket. Pure: bytes in, facts out, and the reverse.
pub trait MediaCodec: Send {
    /// Decodes one message; calls `on_event` for each fact in it, in order.
    ///
    /// Errors: the message was no use; the stream may go on.
    fn decode(&mut self, message: WireMessage<'_>, on_event: &mut dyn FnMut(MediaEvent<'_>)) -> Result<(), MediaFault>;

    /// Encodes 20 ms of agent audio at [`Capabilities::sample_rate_hz`] into `out`, replacing its content.
    /// A last part frame is filled up with silence.
    ///
    /// Order: all encoding comes after [`MediaEvent::Opened`], which names the stream.
    fn encode_audio(&mut self, samples: &[i16], out: &mut WireBuffer);

    /// Encodes a mark, to be echoed when everything before it has been played.
    fn encode_mark(&mut self, name: &str, out: &mut WireBuffer);

    /// Encodes the order to drop everything not yet played, and resets the encoder.
    fn encode_clear(&mut self, out: &mut WireBuffer);
}

/// A webhook request as it came in: raw, so that signatures can be checked.
#[derive(Clone, Debug)]
pub struct WebhookRequest {
    /// Path and query as requested, such as `/telephony/twilio/voice?x=1`.
    pub path_and_query: String,
    /// Lower-case names.
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl WebhookRequest {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

/// Why a webhook is turned away.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WebhookRefused {
    #[error("signature missing or wrong; check the account's auth token and public_url")]
    BadSignature,
    #[error("request is not what this provider sends: {reason}")]
    BadRequest { reason: String },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    Inbound,
    Outbound,
}

/// A call that arrives or is answered.
#[derive(Clone, Debug)]
pub struct CallOffer {
    pub provider_call_id: String,
    pub direction: Direction,
    /// None when withheld or not a number.
    pub from: Option<PhoneNumber>,
    pub to: Option<PhoneNumber>,
    /// What [`PlaceCall::token`] was, for a call placed by us: this may arrive before the call id is known.
    pub token: Option<Personal<String>>,
    /// Who answered, where the provider waits to find out before asking for the document.
    pub answered_by: Option<AnsweredBy>,
}

/// What the provider's answer document should do.
#[derive(Clone, Debug)]
pub enum Answer {
    /// Open the media stream and present this token on it.
    OpenStream { token: Personal<String> },
    /// Turn the call away before it is answered.
    Reject,
    /// Say these words with the provider's own voice and hang up: the agent cannot take the call.
    Apologise { text: String },
    /// Ring a person and connect the call to them; the media stream ends.
    Transfer {
        to: PhoneNumber,
        /// The number shown to that person. None: the provider's default.
        caller_id: Option<PhoneNumber>,
        ring_timeout: Duration,
        /// Said when nobody answers, and also when that person hangs up before the caller: word it for both.
        closing_words: String,
    },
}

/// A document to be returned from a webhook.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AnswerDocument {
    pub content_type: &'static str,
    pub body: String,
}

/// Where a call is, as the provider tells it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CallState {
    Queued,
    Initiated,
    Ringing,
    Answered,
    Completed,
    Busy,
    NoAnswer,
    Failed,
    Cancelled,
}

impl CallState {
    /// A final state never changes again, whatever comes later.
    pub const fn is_final(self) -> bool {
        match self {
            Self::Completed | Self::Busy | Self::NoAnswer | Self::Failed | Self::Cancelled => true,
            Self::Queued | Self::Initiated | Self::Ringing | Self::Answered => false,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AnsweredBy {
    Human,
    MachineStart,
    MachineEndBeep,
    MachineEndSilence,
    MachineEndOther,
    Fax,
    Unknown,
}

/// One progress report. May come late, twice and out of order: order by `sequence`, final states win.
#[derive(Clone, Debug, PartialEq)]
pub struct CallProgress {
    pub provider_call_id: String,
    pub state: Option<CallState>,
    pub sequence: Option<u64>,
    pub answered_by: Option<AnsweredBy>,
    pub duration: Option<Duration>,
    pub sip_code: Option<u16>,
    /// What [`PlaceCall::token`] was, for a call placed by us: it settles an attempt whose outcome was unknown.
    pub token: Option<Personal<String>>,
}

/// An outbound call to be placed.
#[derive(Clone, Debug)]
pub struct PlaceCall {
    pub to: PhoneNumber,
    pub from: PhoneNumber,
    pub ring_timeout: Duration,
    pub duration_max: Duration,
    /// The token that binds webhook and stream of this attempt.
    pub token: Personal<String>,
}

/// A placed call whose fate is not known.
#[derive(Clone, Debug)]
pub struct WantedCall {
    /// None: the answer to placing it was lost.
    pub provider_call_id: Option<String>,
    pub to: PhoneNumber,
    pub from: Option<PhoneNumber>,
    pub placed_since: Timestamp,
}

/// What a provider knows of a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundCall {
    pub provider_call_id: String,
    /// None: a state nobody knows.
    pub state: Option<CallState>,
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProviderError {
    #[error("the provider is unavailable, try again later")]
    Unavailable { retry_after: Option<Duration> },
    /// The request may or may not have been carried out: ask before trying again.
    #[error("no answer came in time; the outcome is unknown")]
    OutcomeUnknown,
    #[error("the provider refused: {reason}")]
    Rejected { code: Option<u32>, reason: String },
    #[error("this provider cannot do that")]
    Unsupported,
}

/// A carrier: one for the whole process.
#[async_trait]
pub trait TelephonyProvider: Send + Sync {
    /// The name in routes and records, such as `twilio`.
    fn name(&self) -> &'static str;
    fn capabilities(&self) -> &Capabilities;

    /// Checks that a webhook comes from the provider. On the raw body and the configured public URL.
    fn verify_webhook(&self, request: &WebhookRequest) -> Result<(), WebhookRefused>;

    /// Checks the media socket's upgrade request: refuses a wrong signature; a missing one is left to the token.
    fn verify_media_upgrade(&self, request: &WebhookRequest) -> Result<(), WebhookRefused>;

    /// Order: after [`verify_webhook`](Self::verify_webhook).
    fn parse_voice(&self, request: &WebhookRequest) -> Result<CallOffer, WebhookRefused>;

    /// Order: after [`verify_webhook`](Self::verify_webhook).
    fn parse_status(&self, request: &WebhookRequest) -> Result<CallProgress, WebhookRefused>;

    fn answer_document(&self, answer: &Answer) -> AnswerDocument;

    fn media_codec(&self) -> Box<dyn MediaCodec>;

    /// Places a call; returns the provider's call id.
    async fn place_call(&self, call: &PlaceCall) -> Result<String, ProviderError>;

    /// Looks for a call of ours to `to` that was placed at `placed_since` or later: by its id if that is known, else
    /// by its numbers. None: the provider knows of none.
    ///
    /// Errors: [`ProviderError::Unsupported`] where a provider cannot be asked.
    async fn find_call(&self, wanted: &WantedCall) -> Result<Option<FoundCall>, ProviderError>;

    /// Ends a call. A call that is already over is a success.
    async fn hang_up(&self, provider_call_id: &str) -> Result<(), ProviderError>;

    /// Sends a live call elsewhere; its media stream will close.
    async fn redirect(&self, provider_call_id: &str, answer: &Answer) -> Result<(), ProviderError>;

    /// What it does to put a live call through to a person. None: it cannot.
    fn transfers(&self) -> Option<&dyn CallTransfers> {
        None
    }

    /// Checks credentials and reachability, for `doorstep check`.
    async fn check(&self) -> Result<(), ProviderError>;
}

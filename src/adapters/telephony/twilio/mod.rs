//! Twilio: signed webhooks answered with TwiML, media streams, and calls placed over REST.
//!
//! Source: Twilio Programmable Voice, Media Streams, and REST API 2010-04-01.

mod machine_detection;
mod media;
mod rest;
mod signature;
mod transfer;
mod twiml;
mod webhook;

use std::time::Duration;

use async_trait::async_trait;
use reqwest::Url;
use secrecy::{ExposeSecret, SecretString};

use crate::domain::values::{Personal, PhoneNumber};
use crate::ports::telephony::{
    Answer, AnswerDocument, CallOffer, CallProgress, Capabilities, ClearSupport, FoundCall, MarkSupport, MediaCodec,
    Pacing, PlaceCall, ProviderError, TelephonyProvider, WantedCall, WebhookRefused, WebhookRequest,
};
use crate::ports::transfers::CallTransfers;

pub use machine_detection::{MachineDetection, MachineReport};
use media::TwilioCodec;
pub use rest::read_placement;
use rest::{RestClient, RestTimeouts};
use signature::SignatureCheck;
use twiml::TwimlWriter;

pub(super) const NAME: &str = "twilio";
const VOICE_PATH: &str = "/telephony/twilio/voice";
const STATUS_PATH: &str = "/telephony/twilio/status";
const MEDIA_PATH: &str = "/telephony/twilio/media";

/// The longest time a call may be let ring, in seconds.
const RING_TIMEOUT_S_MAX: u64 = 600;

pub(super) static CAPABILITIES: Capabilities = Capabilities {
    sample_rate_hz: 8_000,
    marks: MarkSupport::EchoedOnClear,
    clear: ClearSupport::Native,
    pacing: Pacing::ProviderQueue,
    // Sending far ahead rides out a stall on our side; a clear takes back what was sent.
    lead_max: Duration::from_secs(2),
    has_dtmf_in: true,
    has_answering_machine_detection: true,
    // Closing the socket lets `<Hangup/>` run.
    needs_rest_for_hangup: false,
    needs_rest_for_transfer: true,
};

/// One Twilio account and how it reaches this server.
#[derive(Clone, Debug)]
pub struct TwilioSettings {
    pub account_sid: String,
    /// The account's primary auth token: it signs webhooks and opens the REST interface.
    pub auth_token: SecretString,
    /// Numbers calls may be placed from. Empty: any.
    pub from_numbers: Vec<PhoneNumber>,
    /// Where Twilio reaches this server. `http` gives unencrypted streams, for loopback.
    pub public_url: String,
    /// Shape: such as `https://api.twilio.com`.
    pub api_base_url: String,
    /// The language of the provider's own voice, such as `en-IN`.
    pub say_language: String,
    pub machine_detection: MachineDetection,
    /// What plays while a customer waits to be put through. None: a tone of our own.
    pub hold_music_url: Option<String>,
    pub connect_timeout: Duration,
    /// How long a REST request may take in all.
    pub request_timeout: Duration,
}

impl TwilioSettings {
    /// Settings with everything that has a default filled in.
    pub fn new(account_sid: String, auth_token: SecretString, public_url: String) -> Self {
        Self {
            account_sid,
            auth_token,
            from_numbers: Vec::new(),
            public_url,
            api_base_url: "https://api.twilio.com".to_owned(),
            say_language: "en-IN".to_owned(),
            hold_music_url: None,
            machine_detection: MachineDetection::default(),
            connect_timeout: Duration::from_secs(3),
            request_timeout: Duration::from_secs(10),
        }
    }
}

/// Twilio as the carrier.
pub struct TwilioProvider {
    public_url: String,
    from_numbers: Vec<PhoneNumber>,
    machine_detection: MachineDetection,
    hold_music: Option<String>,
    signature: SignatureCheck,
    /// Scheme and host of the media socket as written in TwiML.
    socket_origin: String,
    twiml: TwimlWriter,
    rest: RestClient,
}

impl TwilioProvider {
    /// Errors: the text names the setting and the remedy.
    pub fn new(settings: TwilioSettings) -> Result<Self, String> {
        if settings.account_sid.is_empty() {
            return Err("account_sid: missing; it begins with AC and is on the account's console".to_owned());
        }
        if settings.auth_token.expose_secret().is_empty() {
            return Err("auth_token: missing; webhooks could not be told from forgeries".to_owned());
        }
        settings.machine_detection.check()?;
        let public_url = checked_public_url(&settings.public_url)?;
        // `http` becomes `ws`, `https` becomes `wss`.
        let socket_origin = public_url.replacen("http", "ws", 1);
        let timeouts = RestTimeouts { connect: settings.connect_timeout, answer: settings.request_timeout };
        let signature = SignatureCheck::new(settings.auth_token.expose_secret());
        Ok(Self {
            signature,
            rest: RestClient::new(&settings.api_base_url, &settings.account_sid, settings.auth_token, timeouts)?,
            twiml: TwimlWriter {
                stream_url: format!("{socket_origin}{MEDIA_PATH}"),
                say_language: settings.say_language,
            },
            socket_origin,
            public_url,
            from_numbers: settings.from_numbers,
            machine_detection: settings.machine_detection,
            hold_music: settings.hold_music_url,
        })
    }

    /// A webhook URL that brings the token back, so that the attempt is known before its call id is.
    fn webhook_url(&self, path: &str, token: &Personal<String>) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.append_pair(webhook::TOKEN_PARAMETER, token.reveal());
        format!("{}{path}?{}", self.public_url, query.finish())
    }

    fn placement_form(&self, call: &PlaceCall) -> Vec<(&'static str, String)> {
        let status_url = self.webhook_url(STATUS_PATH, &call.token);
        let ring_timeout_s = call.ring_timeout.as_secs().clamp(1, RING_TIMEOUT_S_MAX);
        let mut form = vec![
            ("To", call.to.reveal().to_owned()),
            ("From", call.from.reveal().to_owned()),
            ("Url", self.webhook_url(VOICE_PATH, &call.token)),
            ("Method", "POST".to_owned()),
            ("Timeout", ring_timeout_s.to_string()),
            ("TimeLimit", call.duration_max.as_secs().max(1).to_string()),
            ("StatusCallback", status_url.clone()),
            ("StatusCallbackMethod", "POST".to_owned()),
        ];
        form.extend(
            ["initiated", "ringing", "answered", "completed"].map(|event| ("StatusCallbackEvent", event.to_owned())),
        );
        form.extend(self.machine_detection.form(status_url));
        form
    }
}

#[async_trait]
impl TelephonyProvider for TwilioProvider {
    fn name(&self) -> &'static str {
        NAME
    }

    fn capabilities(&self) -> &Capabilities {
        &CAPABILITIES
    }

    fn verify_webhook(&self, request: &WebhookRequest) -> Result<(), WebhookRefused> {
        let is_genuine = self.signature.accepts_webhook(&self.public_url, request);
        if is_genuine { Ok(()) } else { Err(WebhookRefused::BadSignature) }
    }

    fn verify_media_upgrade(&self, request: &WebhookRequest) -> Result<(), WebhookRefused> {
        let may_pass =
            request.header(signature::HEADER).is_none() || self.signature.accepts_upgrade(&self.socket_origin, request);
        if may_pass { Ok(()) } else { Err(WebhookRefused::BadSignature) }
    }

    fn parse_voice(&self, request: &WebhookRequest) -> Result<CallOffer, WebhookRefused> {
        webhook::call_offer(request)
    }

    fn parse_status(&self, request: &WebhookRequest) -> Result<CallProgress, WebhookRefused> {
        webhook::call_progress(request)
    }

    fn answer_document(&self, answer: &Answer) -> AnswerDocument {
        AnswerDocument { content_type: "text/xml", body: self.twiml.document(answer) }
    }

    fn media_codec(&self) -> Box<dyn MediaCodec> {
        media_codec()
    }

    async fn place_call(&self, call: &PlaceCall) -> Result<String, ProviderError> {
        if !self.from_numbers.is_empty() && !self.from_numbers.contains(&call.from) {
            let reason = "the number to call from is not among from_numbers".to_owned();
            return Err(ProviderError::Rejected { code: None, reason });
        }
        self.rest.create_call(&self.placement_form(call)).await
    }

    async fn find_call(&self, wanted: &WantedCall) -> Result<Option<FoundCall>, ProviderError> {
        let found = match &wanted.provider_call_id {
            Some(id) => self.rest.show_call(id).await?,
            None => self.rest.latest_call(wanted).await?,
        };
        Ok(found.map(|(provider_call_id, status)| FoundCall { provider_call_id, state: webhook::call_state(&status) }))
    }

    async fn hang_up(&self, provider_call_id: &str) -> Result<(), ProviderError> {
        self.rest.complete_call(provider_call_id).await
    }

    async fn redirect(&self, provider_call_id: &str, answer: &Answer) -> Result<(), ProviderError> {
        match answer {
            // A call that was answered can no longer be rejected, only ended.
            Answer::Reject => self.hang_up(provider_call_id).await,
            Answer::OpenStream { .. } | Answer::Apologise { .. } | Answer::Transfer { .. } => {
                self.rest.update_call(provider_call_id, &[("Twiml", self.twiml.document(answer))]).await
            }
        }
    }

    fn transfers(&self) -> Option<&dyn CallTransfers> {
        Some(self)
    }

    async fn check(&self) -> Result<(), ProviderError> {
        self.rest.check_account().await
    }
}

pub(super) fn media_codec() -> Box<dyn MediaCodec> {
    Box::<TwilioCodec>::default()
}

/// The URL without a trailing slash.
fn checked_public_url(text: &str) -> Result<String, String> {
    let url: Url =
        text.parse().map_err(|error| format!("public_url: {error}; write it as https://voice.example.com"))?;
    if !matches!(url.scheme(), "https" | "http") {
        return Err("public_url: must begin with https:// (or http:// for loopback)".to_owned());
    }
    if url.query().is_some() || url.fragment().is_some() || !url.username().is_empty() {
        return Err("public_url: must have no user, query or fragment; the provider drops them".to_owned());
    }
    if url.host_str().is_none_or(|host| host.contains('_')) {
        return Err("public_url: host names with an underscore get no status callbacks".to_owned());
    }
    Ok(text.trim_end_matches('/').to_owned())
}

#[cfg(test)]
mod tests;

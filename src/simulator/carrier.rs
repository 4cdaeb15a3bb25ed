//! The carrier itself: tells the server of calls by signed webhooks and connects them to simulated callers.

use std::time::Duration;

use aws_lc_rs::hmac;
use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use rand::rngs::SmallRng;
use rand::{RngExt, SeedableRng};
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::mpsc;
use tokio::time::Instant;

use crate::domain::values::PhoneNumber;

use super::faults::{FaultyLine, NetworkFaults};
use super::report::{CallEnd, CallReport};
use super::rest::{LiveCommand, PlacedCall, Standing};
use super::script::PreparedScript;
use super::session::{CallSession, CallerSilence};
use super::socket::{MediaLine, MediaSocket, connect_media};
use super::twiml::{CallPlan, decode_twiml};
use super::wire::{StreamIds, StreamWriter};

const WEBHOOK_TIMEOUT: Duration = Duration::from_secs(15);
const MACHINE_DETECTION_TAKES: Duration = Duration::from_millis(1_200);
pub(super) const SIGNATURE_HEADER: &str = "X-Twilio-Signature";

/// The account the carrier acts for, and where the server is.
#[derive(Clone, Debug)]
pub struct CarrierSettings {
    /// Where the server listens. Shape: `http://127.0.0.1:8080`.
    pub server_url: String,
    /// What the server believes its address to be: signatures are made for it.
    pub public_url: String,
    pub account_sid: String,
    pub auth_token: SecretString,
    pub from: PhoneNumber,
    pub to: PhoneNumber,
    pub silence: CallerSilence,
    pub faults: NetworkFaults,
    /// Call ids, noise and faults follow from it.
    pub seed: u64,
}

impl CarrierSettings {
    /// A server on loopback that knows itself by that address, over a perfect network.
    pub fn new(
        server_url: String,
        account_sid: String,
        auth_token: SecretString,
        from: PhoneNumber,
        to: PhoneNumber,
    ) -> Self {
        Self {
            public_url: server_url.clone(),
            server_url,
            account_sid,
            auth_token,
            from,
            to,
            silence: CallerSilence::default(),
            faults: NetworkFaults::default(),
            seed: 1,
        }
    }
}

/// Who picks up a call the server placed.
#[derive(Clone, Debug)]
pub enum Answering {
    /// Somebody, after so long; the machine detection's verdict follows if it was asked for.
    Answers { after: Duration, answered_by: &'static str, script: PreparedScript },
    /// Nobody: the final status, such as `busy` or `no-answer`.
    Never { after: Duration, status: &'static str },
}

/// A simulated carrier. One value may carry any number of calls at once.
pub struct SimulatedCarrier {
    settings: CarrierSettings,
    http: reqwest::Client,
}

/// A webhook the server did not accept.
pub(super) struct Refused(pub(super) String);

impl SimulatedCarrier {
    /// Errors: the HTTP client cannot be made on this system.
    pub fn new(settings: CarrierSettings) -> Result<Self, String> {
        let http = reqwest::Client::builder().timeout(WEBHOOK_TIMEOUT).no_proxy().build();
        Ok(Self { settings, http: http.map_err(|error| error.to_string())? })
    }

    /// Calls the server; lives the call to its end. `call_number` tells calls of one seed apart.
    pub async fn call(&self, script: PreparedScript, call_number: u64) -> CallReport {
        let ids = self.ids(call_number);
        let voice_url = self.voice_url();
        let fields = self.fields(&ids, "inbound", "ringing");
        let (_commands, mut commands) = mpsc::channel(1);
        let mut report = self.connect(&ids, &voice_url, &fields, script, &mut commands).await;
        let status_url = format!("{}/telephony/twilio/status", self.settings.public_url);
        let mut fields = self.fields(&ids, "inbound", "completed");
        fields.push(("CallDuration", (report.duration_ms / 1_000).to_string()));
        report.callbacks_refused += u32::from(self.post(&status_url, &fields).await.is_err());
        report
    }

    /// Carries a call the server placed over REST.
    pub async fn carry(&self, mut placed: PlacedCall, answering: Answering) -> CallReport {
        let mut ids = self.ids(seed_of(&placed.call_id));
        ids.call.clone_from(&placed.call_id);
        let told = Told { status_url: placed.status_url.clone(), standing: placed.standing.clone() };
        let mut progress = Progress { carrier: self, ids: &ids, placed: &told, sequence: 0, refused: 0 };
        progress.tell("initiated", &[]).await;
        progress.tell("ringing", &[]).await;
        let mut report = match answering {
            Answering::Never { after, status } => {
                tokio::time::sleep(after).await;
                progress.tell(status, &[("CallDuration", "0".to_owned())]).await;
                let end = CallEnd::Failed { reason: status.to_owned() };
                return CallReport {
                    call_id: ids.call.clone(),
                    end,
                    callbacks_refused: progress.refused,
                    ..CallReport::default()
                };
            }
            Answering::Answers { after, answered_by, script } => {
                tokio::time::sleep(after).await;
                progress.tell("in-progress", &[]).await;
                let fields = self.fields(&ids, "outbound-api", "in-progress");
                let call = async {
                    let report = self.connect(&ids, &placed.voice_url, &fields, script, &mut placed.commands).await;
                    // The line is free from now on, whenever the server is told so.
                    told.standing.set("completed");
                    report
                };
                let verdict = self.tell_who_answered(&ids, placed.machine_detection_url.as_deref(), answered_by);
                let (report, is_refused) = tokio::join!(call, verdict);
                progress.refused += u32::from(is_refused);
                report
            }
        };
        progress.tell("completed", &[("CallDuration", (report.duration_ms / 1_000).to_string())]).await;
        report.callbacks_refused = progress.refused;
        report
    }

    async fn tell_who_answered(&self, ids: &StreamIds, url: Option<&str>, answered_by: &str) -> bool {
        let Some(url) = url else { return false };
        // The carrier listens for a while before it has an opinion.
        tokio::time::sleep(MACHINE_DETECTION_TAKES).await;
        let fields = [
            ("CallSid", ids.call.clone()),
            ("AccountSid", ids.account.clone()),
            ("AnsweredBy", answered_by.to_owned()),
            ("MachineDetectionDuration", MACHINE_DETECTION_TAKES.as_millis().to_string()),
        ];
        self.post(url, &fields).await.is_err()
    }

    /// Asks the server what to do with the call, and does it.
    pub(super) async fn connect(
        &self,
        ids: &StreamIds,
        voice_url: &str,
        fields: &[(&'static str, String)],
        script: PreparedScript,
        commands: &mut mpsc::Receiver<LiveCommand>,
    ) -> CallReport {
        let begun = Instant::now();
        match self.open_stream(voice_url, fields).await {
            Ok(opened) => {
                let opening_ms = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
                CallReport { opening_ms, ..self.stream(ids, opened, script, commands).await }
            }
            Err(end) => CallReport { call_id: ids.call.clone(), end, ..CallReport::default() },
        }
    }

    /// Lives a stream that was opened to its end.
    pub(super) async fn stream(
        &self,
        ids: &StreamIds,
        (socket, parameters): (MediaSocket, Vec<(String, String)>),
        script: PreparedScript,
        commands: &mut mpsc::Receiver<LiveCommand>,
    ) -> CallReport {
        let seed = seed_of(&ids.call);
        let mut session = CallSession::new(script, self.settings.silence, seed);
        session.report_mut().call_id.clone_from(&ids.call);
        let line = MediaLine {
            socket,
            session,
            writer: StreamWriter::new(ids.clone()),
            line: FaultyLine::new(self.settings.faults, seed),
            stream_id: ids.stream.clone(),
            commands,
        };
        line.run(&parameters).await
    }

    /// Fetches the answer document and opens the media socket it names; gives its parameters too.
    ///
    /// Errors: how the call ended instead.
    pub(super) async fn open_stream(
        &self,
        voice_url: &str,
        fields: &[(&'static str, String)],
    ) -> Result<(MediaSocket, Vec<(String, String)>), CallEnd> {
        let failed = |reason| CallEnd::Failed { reason };
        let document = self.post(voice_url, fields).await.map_err(|Refused(reason)| failed(reason))?;
        self.open_document(&document).await
    }

    /// Opens the media socket that a document names; gives its parameters too.
    ///
    /// Errors: how the call ended instead.
    pub(super) async fn open_document(&self, document: &str) -> Result<(MediaSocket, Vec<(String, String)>), CallEnd> {
        let failed = |reason| CallEnd::Failed { reason };
        let (url, parameters) = match decode_twiml(document).map_err(failed)? {
            CallPlan::Stream { url, parameters } => (url, parameters),
            CallPlan::NoStream => return Err(CallEnd::TurnedAway { document: document.to_owned() }),
        };
        let socket = connect_media(&self.reachable(&url), &self.sign(&url, &[])).await.map_err(failed)?;
        Ok((socket, parameters))
    }

    /// Posts a signed form; gives the answer's body.
    pub(super) async fn post(&self, url: &str, fields: &[(&str, String)]) -> Result<String, Refused> {
        let request = self.http.post(self.reachable(url)).header(SIGNATURE_HEADER, self.sign(url, fields)).form(fields);
        let response = request.send().await.map_err(|error| Refused(format!("webhook: {error}")))?;
        let status = response.status();
        let body = response.text().await.map_err(|error| Refused(format!("webhook: {error}")))?;
        if status.is_success() { Ok(body) } else { Err(Refused(format!("webhook answered {status}"))) }
    }

    /// Names and values, sorted and distinct, behind the URL; keyed with the auth token.
    fn sign(&self, url: &str, fields: &[(&str, String)]) -> String {
        let mut fields: Vec<_> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        fields.sort_unstable();
        fields.dedup();
        let signed = fields.iter().fold(url.to_owned(), |signed, (name, value)| signed + name + value);
        let token = self.settings.auth_token.expose_secret().as_bytes();
        let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, token);
        BASE64.encode(hmac::sign(&key, signed.as_bytes()))
    }

    /// The URL with the public origin replaced by the one that can be reached from here.
    pub(super) fn reachable(&self, url: &str) -> String {
        let origins = [
            (self.settings.public_url.clone(), self.settings.server_url.clone()),
            (self.settings.public_url.replacen("http", "ws", 1), self.settings.server_url.replacen("http", "ws", 1)),
        ];
        let reached =
            |(public, server): &(String, String)| url.strip_prefix(public).map(|rest| format!("{server}{rest}"));
        origins.iter().find_map(reached).unwrap_or_else(|| url.to_owned())
    }

    pub(super) fn voice_url(&self) -> String {
        format!("{}/telephony/twilio/voice", self.settings.public_url)
    }

    pub(super) fn fields(&self, ids: &StreamIds, direction: &str, status: &str) -> Vec<(&'static str, String)> {
        let is_inbound = direction == "inbound";
        let (from, to) = (self.settings.from.reveal(), self.settings.to.reveal());
        let (from, to) = if is_inbound { (from, to) } else { (to, from) };
        vec![
            ("CallSid", ids.call.clone()),
            ("AccountSid", ids.account.clone()),
            ("From", from.to_owned()),
            ("To", to.to_owned()),
            ("Caller", from.to_owned()),
            ("Called", to.to_owned()),
            ("CallStatus", status.to_owned()),
            ("ApiVersion", "2010-04-01".to_owned()),
            ("Direction", direction.to_owned()),
            ("CallerName", String::new()),
        ]
    }

    pub(super) fn ids(&self, call_number: u64) -> StreamIds {
        let mut chance = SmallRng::seed_from_u64(self.settings.seed.wrapping_mul(1_000_003).wrapping_add(call_number));
        let mut id = |kind: &str| format!("{kind}{:032x}", chance.random::<u128>());
        StreamIds { account: self.settings.account_sid.clone(), call: id("CA"), stream: id("MZ") }
    }
}

/// Who is told how a placed call stands.
struct Told {
    status_url: Option<String>,
    standing: Standing,
}

/// The status callbacks of one placed call.
struct Progress<'a> {
    carrier: &'a SimulatedCarrier,
    ids: &'a StreamIds,
    placed: &'a Told,
    sequence: u64,
    refused: u32,
}

impl Progress<'_> {
    async fn tell(&mut self, status: &str, more: &[(&'static str, String)]) {
        self.placed.standing.set(status);
        let Some(url) = &self.placed.status_url else { return };
        let mut fields = self.carrier.fields(self.ids, "outbound-api", status);
        fields.push(("SequenceNumber", self.sequence.to_string()));
        fields.push(("CallbackSource", "call-progress-events".to_owned()));
        fields.extend_from_slice(more);
        self.sequence += 1;
        self.refused += u32::from(self.carrier.post(url, &fields).await.is_err());
    }
}

/// A seed of its own for each call.
fn seed_of(call_id: &str) -> u64 {
    call_id.bytes().fold(0, |seed: u64, byte| seed.wrapping_mul(131).wrapping_add(u64::from(byte)))
}

#[cfg(test)]
mod tests;

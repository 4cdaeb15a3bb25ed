//! One account at a vendor: its credentials, its pace, and the requests of one delivery.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, MutexGuard};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue, USER_AGENT};
use reqwest::{Client, Method, RequestBuilder, Response, Url};
use secrecy::{ExposeSecret as _, SecretString};
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::oauth::TokenSource;
use super::target::{self, Broken, decode_retry_after};
use super::words::words_of;
use super::{Clock, ConnectorSettings, InvalidConnector};
use crate::domain::delivery::{Allowance, Lane, Pace, Remaining, Room};
use crate::ports::crm::DeliveryError;
use crate::ports::store::StoreError;

/// How long one request may take.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(15);

/// Connections kept for the next request.
const IDLE_MAX: usize = 4;

/// What is read of an answer. The largest asked for is a page of a hundred messages.
const ANSWER_BYTES_MAX: usize = 2 * 1024 * 1024;

/// How long an account rests that was asked too often and did not say for how long.
pub(super) const RATE_LIMITED_WAIT: Duration = Duration::from_secs(10);

/// How long an account rests whose credentials are refused: somebody has to correct them.
const REFUSED_WAIT: Duration = Duration::from_secs(60);

const LANES: [Lane; 4] = [Lane::Any, Lane::Search, Lane::List, Lane::Create];

/// Why a request did not do what it was to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Failure {
    /// It may have been taken, or not.
    Lost { reason: String, retry_after: Option<Duration> },
    /// It was not taken, and may be later.
    NotTaken { reason: String, retry_after: Option<Duration> },
    /// Something has to be waited out; nothing was taken.
    Held { reason: String, until: Timestamp },
    /// It was not taken, and would not be later.
    Refused { status: u16, reason: String },
}

impl Failure {
    pub(super) fn lost(reason: impl Into<String>) -> Self {
        Self::Lost { reason: reason.into(), retry_after: None }
    }

    pub(super) fn not_taken(reason: impl Into<String>, retry_after: Option<Duration>) -> Self {
        Self::NotTaken { reason: reason.into(), retry_after }
    }
}

impl Failure {
    /// How long the vendor wants to be left alone.
    fn wait(&self, now: Timestamp) -> Option<Duration> {
        match self {
            Self::NotTaken { retry_after, .. } | Self::Lost { retry_after, .. } => *retry_after,
            Self::Held { until, .. } => Duration::try_from(until.duration_since(now)).ok(),
            Self::Refused { .. } => None,
        }
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Self::not_taken(format!("this server's database: {error}"), None)
    }
}

impl From<Failure> for DeliveryError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Lost { reason, retry_after } | Failure::NotTaken { reason, retry_after } => {
                Self::Unavailable { reason, retry_after }
            }
            Failure::Held { reason, until } => Self::Held { reason, until },
            Failure::Refused { reason, .. } => Self::Rejected { reason },
        }
    }
}

/// How the account shows who it is.
pub(super) enum Credentials {
    Bearer(SecretString),
    /// Already encoded.
    Basic(SecretString),
    OAuth(Box<TokenSource>),
}

impl Credentials {
    pub(super) fn basic(user: &str, password: &str) -> Self {
        Self::Basic(STANDARD.encode(format!("{user}:{password}")).into())
    }
}

/// An answer that was read to its end.
#[derive(Clone, Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) body: Vec<u8>,
}

impl Answer {
    /// Errors: an answer that is not what the vendor's documentation says. What it answers may have been done.
    pub(super) fn read<T: DeserializeOwned>(&self) -> Result<T, Failure> {
        serde_json::from_slice(&self.body).map_err(|_| Failure::lost("the answer is not of the documented form"))
    }

    /// The refusal this answer is.
    pub(super) fn refused(&self) -> Failure {
        let words = words_of(&self.body);
        let reason = if words.is_empty() { format!("answered {}", self.status) } else { words };
        Failure::Refused { status: self.status, reason: format!("answered {}: {reason}", self.status) }
    }

    pub(super) const fn is_success(&self) -> bool {
        matches!(self.status, 200..=299)
    }
}

/// One request.
pub(super) struct Ask {
    pub(super) method: Method,
    /// From the base, with its query.
    pub(super) path: String,
    pub(super) lane: Lane,
    pub(super) headers: Vec<(&'static str, String)>,
    pub(super) body: Option<Value>,
}

impl Ask {
    pub(super) fn get(path: impl Into<String>) -> Self {
        Self { method: Method::GET, path: path.into(), lane: Lane::Any, headers: Vec::new(), body: None }
    }

    pub(super) fn send(method: Method, path: impl Into<String>, body: Value) -> Self {
        Self { method, path: path.into(), lane: Lane::Any, headers: Vec::new(), body: Some(body) }
    }

    pub(super) fn post(path: impl Into<String>, body: Value) -> Self {
        Self::send(Method::POST, path, body)
    }

    pub(super) const fn counted_as(mut self, lane: Lane) -> Self {
        self.lane = lane;
        self
    }

    pub(super) fn with_header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }
}

/// What is special about a vendor's refusals: those it means to pass.
pub(super) type Judge = fn(&Answer) -> Option<Failure>;

/// An account at a vendor.
pub(super) struct Account {
    client: Client,
    base: Url,
    credentials: Credentials,
    headers: Vec<(&'static str, String)>,
    judge: Judge,
    pace: Mutex<Pace>,
    pub(super) clock: Clock,
}

impl Account {
    /// Order: `limits` name `Lane::Any` first; the settings may widen that one.
    pub(super) fn new(
        settings: &ConnectorSettings,
        base: Url,
        credentials: Credentials,
        limits: &[Allowance],
        judge: Judge,
    ) -> Result<Self, InvalidConnector> {
        let mut limits = limits.to_vec();
        if let (Some(requests), Some(any)) = (settings.requests_per_minute, limits.first_mut()) {
            if requests < any.need {
                let remedy = format!("one outcome may need {} requests; write at least that", any.need);
                return Err(settings.invalid("requests_per_minute", remedy));
            }
            *any = Allowance { requests, window: Duration::from_secs(60), ..*any };
        }
        let clock = settings.clock.clone();
        let pace = Mutex::new(Pace::new(&limits, clock.now()));
        let client = target::client(settings, REQUEST_TIMEOUT, IDLE_MAX)?;
        Ok(Self { client, base, credentials, headers: Vec::new(), judge, pace, clock })
    }

    /// Sends this with every request.
    pub(super) fn always_sending(mut self, name: &'static str, value: &str) -> Self {
        self.headers.push((name, value.to_owned()));
        self
    }

    pub(super) fn room(&self, now: Timestamp) -> Room {
        self.pace().room(now)
    }

    fn pace(&self) -> MutexGuard<'_, Pace> {
        self.pace.lock().expect("nobody panics with the pace in hand")
    }

    /// Begins the requests of one delivery.
    pub(super) fn begin(&self) -> Result<Exchange<'_>, Failure> {
        let now = self.clock.now();
        let admitted = self.pace().admit(now);
        admitted.map_err(|until| Failure::Held { reason: "the account's limit is kept".to_owned(), until })?;
        Ok(Exchange { account: self, used: Default::default() })
    }
}

/// The requests of one delivery. What it set aside and did not need goes back when it ends.
pub(super) struct Exchange<'a> {
    account: &'a Account,
    used: [AtomicU32; LANES.len()],
}

impl Drop for Exchange<'_> {
    fn drop(&mut self) {
        let used = |lane| {
            let place = LANES.iter().position(|known| *known == lane);
            place.map_or(0, |place| self.used[place].load(Ordering::SeqCst))
        };
        self.account.pace().give_back(used);
    }
}

impl Exchange<'_> {
    pub(super) fn now(&self) -> Timestamp {
        self.account.clock.now()
    }

    /// Asks, and takes nothing but success for an answer.
    pub(super) async fn ask(&self, ask: Ask) -> Result<Answer, Failure> {
        let answer = self.ask_whether(ask).await?;
        if answer.is_success() { Ok(answer) } else { Err(answer.refused()) }
    }

    /// Asks; a refusal that would be one again is an answer, too.
    pub(super) async fn ask_whether(&self, ask: Ask) -> Result<Answer, Failure> {
        let answer = self.send(&ask).await?;
        if answer.status == 401
            && let Credentials::OAuth(tokens) = &self.account.credentials
        {
            tokens.forget().await;
            let answer = self.send(&ask).await?;
            return self.judged(answer);
        }
        self.judged(answer)
    }

    fn judged(&self, answer: Answer) -> Result<Answer, Failure> {
        if let Some(failure) = (self.account.judge)(&answer) {
            self.trouble(failure.wait(self.now()));
            return Err(failure);
        }
        if matches!(answer.status, 401 | 403) {
            let Failure::Refused { reason, .. } = answer.refused() else { return Ok(answer) };
            let reason = format!("{reason}; check the credentials and their scopes");
            self.account.pace().troubled(self.now(), Some(REFUSED_WAIT));
            return Err(Failure::not_taken(reason, None));
        }
        self.account.pace().answered();
        Ok(answer)
    }

    async fn send(&self, ask: &Ask) -> Result<Answer, Failure> {
        let account = self.account;
        let (base, authorization) = match &account.credentials {
            Credentials::Bearer(token) => (account.base.clone(), format!("Bearer {}", token.expose_secret())),
            Credentials::Basic(encoded) => (account.base.clone(), format!("Basic {}", encoded.expose_secret())),
            Credentials::OAuth(tokens) => {
                let token = tokens.token(&account.client, self.now()).await;
                let token = token.inspect_err(|failure| self.trouble(failure.wait(self.now())))?;
                let base = token.base.unwrap_or_else(|| account.base.clone());
                (base, format!("Bearer {}", token.secret.expose_secret()))
            }
        };
        self.count(ask.lane);
        let url = base.join(&ask.path).map_err(|_| Failure::Refused {
            status: 0,
            reason: "base_url cannot be joined with the vendor's paths".to_owned(),
        })?;
        let mut secret = HeaderValue::from_str(&authorization)
            .map_err(|_| Failure::not_taken("the credentials hold letters that cannot be sent", None))?;
        secret.set_sensitive(true);
        let mut request = account.client.request(ask.method.clone(), url).header(AUTHORIZATION, secret);
        request = request.header(USER_AGENT, target::PRODUCT).header(ACCEPT, "application/json");
        for (name, value) in account.headers.iter().chain(&ask.headers) {
            request = request.header(*name, value);
        }
        if let Some(body) = &ask.body {
            request = request.header(CONTENT_TYPE, "application/json").body(body.to_string());
        }
        self.receive(request).await
    }

    async fn receive(&self, request: RequestBuilder) -> Result<Answer, Failure> {
        let answer = request.send().await.map_err(|error| self.broken(&error))?;
        let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
        self.note_limit(&headers);
        let wait = decode_retry_after(&headers, self.now());
        match status {
            425 | 429 => {
                let wait = wait.unwrap_or(RATE_LIMITED_WAIT);
                self.trouble(Some(wait));
                let until = self.now().saturating_add(wait).unwrap_or(Timestamp::MAX);
                Err(Failure::Held { reason: format!("answered {status}: asked too often"), until })
            }
            408 | 500..=599 => {
                self.trouble(wait);
                Err(Failure::Lost { reason: format!("answered {status}"), retry_after: wait })
            }
            300..=399 => {
                self.trouble(None);
                let reason = format!("answered {status}, a redirect, which is not followed; correct base_url");
                Err(Failure::not_taken(reason, None))
            }
            _ => {
                let body = read_body(answer).await.inspect_err(|_| self.trouble(None))?;
                Ok(Answer { status, body })
            }
        }
    }

    fn broken(&self, error: &reqwest::Error) -> Failure {
        let broken = Broken::decode(error);
        self.trouble(None);
        match broken {
            Broken::Refused => Failure::Refused { status: 0, reason: broken.reason().to_owned() },
            Broken::NotConnected => Failure::not_taken(broken.reason(), None),
            Broken::TimedOut | Broken::Cut => Failure::lost(broken.reason()),
        }
    }

    fn trouble(&self, wait: Option<Duration>) {
        self.account.pace().troubled(self.now(), wait);
    }

    fn count(&self, lane: Lane) {
        for (place, known) in LANES.iter().enumerate() {
            if *known == Lane::Any || *known == lane {
                self.used[place].fetch_add(1, Ordering::SeqCst);
            }
        }
    }

    fn note_limit(&self, headers: &HeaderMap) {
        let now = self.now();
        if let Some(remaining) = decode_remaining(headers, now) {
            self.account.pace().note_remaining(now, remaining);
        }
    }
}

/// Reads what the vendors say is left of their limits.
///
/// Source: the vendors' documentation of their rate-limit headers.
fn decode_remaining(headers: &HeaderMap, now: Timestamp) -> Option<Remaining> {
    const LEFT: [&str; 3] = ["ratelimit-remaining", "x-ratelimit-remaining", "x-hubspot-ratelimit-remaining"];
    let text = |name: &str| headers.get(name)?.to_str().ok().map(str::trim);
    let number = |name: &str| text(name)?.parse::<u64>().ok();
    let bounded = |count: u64| u32::try_from(count).unwrap_or(u32::MAX);
    if let Some((used, limit)) = text("x-gorgias-account-api-call-limit").and_then(|text| text.split_once('/')) {
        let left = limit.parse::<u64>().ok()?.saturating_sub(used.parse().ok()?);
        return Some(Remaining { requests: bounded(left), reset_after: Duration::from_secs(20) });
    }
    let left = LEFT.iter().find_map(|name| number(name))?;
    let reset_after = if let Some(ms) = number("x-hubspot-ratelimit-interval-milliseconds") {
        Duration::from_millis(ms)
    } else if let Some(seconds) = number("ratelimit-reset") {
        Duration::from_secs(seconds)
    } else if let Some(at) = number("x-ratelimit-reset") {
        let at = Timestamp::from_second(i64::try_from(at).ok()?).ok()?;
        Duration::try_from(at.duration_since(now)).unwrap_or(Duration::ZERO)
    } else {
        Duration::from_secs(60)
    };
    Some(Remaining { requests: bounded(left), reset_after })
}

pub(super) async fn read_body(mut answer: Response) -> Result<Vec<u8>, Failure> {
    let mut body = Vec::new();
    loop {
        match answer.chunk().await {
            Ok(Some(chunk)) if body.len() + chunk.len() <= ANSWER_BYTES_MAX => body.extend_from_slice(&chunk),
            Ok(Some(_)) => return Err(Failure::lost("the answer is longer than any of the vendor's")),
            Ok(None) => return Ok(body),
            Err(_) => return Err(Failure::lost("the connection broke within the answer")),
        }
    }
}

/// A text as part of a path or a query.
pub(super) fn encoded(text: &str) -> String {
    form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>().replace('+', "%20")
}

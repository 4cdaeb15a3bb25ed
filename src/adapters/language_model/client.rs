//! Asks a vendor over HTTP: one request, one retry at most, every wait bounded.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use futures_util::{FutureExt as _, StreamExt as _, stream};
use jiff::Timestamp;
use jiff::fmt::rfc2822::DateTimeParser;
use reqwest::header::{HeaderMap, HeaderValue};
use reqwest::{Client, RequestBuilder, Response, StatusCode, Url};
use secrecy::{ExposeSecret as _, SecretString};
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep_until, timeout_at};

use super::decoder::{Failure, Progress};
use super::vendor::Vendor;
use super::{InvalidModel, Limits};
use crate::ports::language_model::{FailureKind, LanguageModel, ModelEvent, ModelRequest, ReplyStream};

/// Events decoded ahead of their reader. When full, nothing more is read from the network.
const EVENTS_AHEAD_MAX: usize = 64;
/// What is read of a refusal.
const REFUSAL_BYTES_MAX: usize = 64 * 1024;
/// From asking to the answer of a check.
const CHECK_TIMEOUT: Duration = Duration::from_secs(5);
/// Before a retry, when the vendor does not say how long.
const RETRY_PAUSE: Duration = Duration::from_millis(250);

/// A model behind a vendor's interface.
pub(super) struct HttpModel {
    asked: Arc<Asked>,
    name: String,
}

/// All that asking needs.
struct Asked {
    http: Client,
    vendor: Box<dyn Vendor>,
    base_url: Url,
    key: Option<SecretString>,
    model: String,
    limits: Limits,
}

/// Why an attempt came to nothing, and how long the vendor wants to be left alone.
struct Refused {
    failure: Failure,
    retry_after: Option<Duration>,
}

impl From<Failure> for Refused {
    fn from(failure: Failure) -> Self {
        Self { failure, retry_after: None }
    }
}

impl HttpModel {
    pub(super) fn new(
        name: String,
        vendor: Box<dyn Vendor>,
        base_url: Url,
        key: Option<SecretString>,
        model: String,
        limits: Limits,
    ) -> Result<Self, InvalidModel> {
        let http = Client::builder()
            .connect_timeout(limits.connect)
            // A redirect would carry the key to somewhere else.
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .map_err(|_| InvalidModel::new("base_url", "no TLS client can be made on this machine"))?;
        Ok(Self { asked: Arc::new(Asked { http, vendor, base_url, key, model, limits }), name })
    }
}

#[async_trait]
impl LanguageModel for HttpModel {
    fn version(&self) -> String {
        self.name.clone()
    }

    fn reply(&self, request: ModelRequest) -> ReplyStream {
        let (events, reader) = mpsc::channel(EVENTS_AHEAD_MAX);
        let asked = Arc::clone(&self.asked);
        // The work is polled with its reader and dropped with it, and the connection with that.
        let work = async move { asked.answer(&request, &events).await }.into_stream();
        let none = work.filter_map(|()| std::future::ready(None));
        let read = stream::unfold(reader, |mut reader| async { reader.recv().await.map(|event| (event, reader)) });
        Box::pin(stream::select(read, none))
    }

    async fn check(&self) -> Result<(), FailureKind> {
        let request = self.asked.request(self.asked.http.get(self.asked.url(self.asked.vendor.check_path())));
        match request.timeout(CHECK_TIMEOUT).send().await {
            Ok(response) if response.status().is_success() => Ok(()),
            Ok(response) => Err(self.asked.refusal(response).await.failure.kind),
            Err(error) => Err(unanswered(&error).kind),
        }
    }
}

/// One reply on its way.
struct Reply<'a> {
    request: &'a ModelRequest,
    events: &'a mpsc::Sender<ModelEvent>,
    first_token_by: Instant,
    deadline: Instant,
    /// The first word has been sent on: from now on nothing may be asked again.
    has_begun: AtomicBool,
}

impl Asked {
    /// Sends every event on, the last of them `Finished` or `Failed`.
    async fn answer(&self, request: &ModelRequest, events: &mpsc::Sender<ModelEvent>) {
        let now = Instant::now();
        let deadline = now + request.deadline;
        let reply = Reply {
            request,
            events,
            first_token_by: deadline.min(now + self.limits.first_token_max),
            deadline,
            has_begun: AtomicBool::new(false),
        };
        let late = sleep_until(now + self.limits.first_token_late);
        let mut asking = std::pin::pin!(self.ask_with_retry(&reply));
        let asked = tokio::select! {
            biased;
            () = late => {
                if !reply.has_begun.load(Ordering::Relaxed) {
                    reply.send(ModelEvent::Late).await;
                }
                asking.await
            }
            asked = &mut asking => asked,
        };
        if let Err(Failure { kind, is_retryable }) = asked {
            reply.send(ModelEvent::Failed { kind, is_retryable }).await;
        }
    }

    /// Asks, and once more if nothing was said yet and asking again may help in time.
    async fn ask_with_retry(&self, reply: &Reply<'_>) -> Result<(), Failure> {
        if !reply.request.fits() {
            return Err(Failure::lasting(FailureKind::TooLarge));
        }
        let Err(refused) = self.ask(reply).await else { return Ok(()) };
        let again_at = Instant::now() + refused.retry_after.unwrap_or(RETRY_PAUSE);
        let is_in_time = again_at < reply.first_token_by;
        if reply.has_begun.load(Ordering::Relaxed) || !refused.failure.is_retryable || !is_in_time {
            return Err(refused.failure);
        }
        sleep_until(again_at).await;
        self.ask(reply).await.map_err(|refused| refused.failure)
    }

    async fn ask(&self, reply: &Reply<'_>) -> Result<(), Refused> {
        let body = self.vendor.encode(&self.model, reply.request);
        let request = self.request(self.http.post(self.url(self.vendor.reply_path()))).json(&body);
        let sent = timeout_at(reply.first_token_by, request.send());
        let response = sent.await.map_err(|_| timed_out())?.map_err(|error| unanswered(&error))?;
        if response.status() != StatusCode::OK {
            return Err(timeout_at(reply.first_token_by, self.refusal(response)).await.map_err(|_| timed_out())?);
        }
        Ok(self.read(response, reply).await?)
    }

    async fn read(&self, mut response: Response, reply: &Reply<'_>) -> Result<(), Failure> {
        let mut decoder = self.vendor.decoder();
        let mut events = Vec::new();
        let mut next_by = reply.first_token_by;
        loop {
            let arrived = timeout_at(next_by, response.chunk()).await;
            let progress = match &arrived {
                Ok(Ok(Some(bytes))) => decoder.push(bytes, &mut events),
                // What follows the end of the text, such as the usage, is not worth waiting for.
                Ok(Ok(None) | Err(_)) | Err(_) => Ok(Progress::Complete),
            };
            let is_word = !events.is_empty();
            let ended = match progress {
                Ok(Progress::GoesOn) => None,
                Ok(Progress::Complete) => Some(decoder.finish(&mut events)),
                Err(failure) => Some(Err(failure)),
            };
            reply.pass_on(&mut events).await;
            if let Some(ended) = ended {
                return if arrived.is_err() { ended.map_err(|_| timed_out()) } else { ended };
            }
            if is_word {
                next_by = reply.deadline.min(Instant::now() + self.limits.between_tokens_max);
            }
        }
    }

    fn url(&self, below_base: &[&str]) -> Url {
        let mut url = self.base_url.clone();
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty().extend(below_base);
        }
        url
    }

    fn request(&self, request: RequestBuilder) -> RequestBuilder {
        let headers = self.key.as_ref().map(|key| self.vendor.key_headers(key.expose_secret())).unwrap_or_default();
        headers.into_iter().fold(request, |request, (name, value)| request.header(name, value))
    }

    async fn refusal(&self, mut response: Response) -> Refused {
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let mut body = Vec::new();
        while let Ok(Some(part)) = response.chunk().await {
            body.extend_from_slice(&part[..part.len().min(REFUSAL_BYTES_MAX - body.len())]);
            if body.len() == REFUSAL_BYTES_MAX {
                break;
            }
        }
        let mut failure = self.vendor.failure(status, &body);
        match headers.get("x-should-retry").map(HeaderValue::as_bytes) {
            Some(b"true") => failure.is_retryable = true,
            Some(b"false") => failure.is_retryable = false,
            Some(_) | None => (),
        }
        Refused { failure, retry_after: decode_retry_after(&headers, Timestamp::now()) }
    }
}

impl Reply<'_> {
    /// A reader that is gone takes the whole work with it, so nothing is lost here.
    async fn send(&self, event: ModelEvent) {
        drop(self.events.send(event).await);
    }

    async fn pass_on(&self, events: &mut Vec<ModelEvent>) {
        for event in events.drain(..) {
            self.has_begun.store(true, Ordering::Relaxed);
            self.send(event).await;
        }
    }
}

const fn timed_out() -> Failure {
    Failure::lasting(FailureKind::TimedOut)
}

fn unanswered(error: &reqwest::Error) -> Failure {
    if error.is_connect() || error.is_timeout() {
        Failure::passing(FailureKind::Unreachable)
    } else {
        Failure::passing(FailureKind::Interrupted)
    }
}

/// Milliseconds, seconds, or an HTTP date.
fn decode_retry_after(headers: &HeaderMap, now: Timestamp) -> Option<Duration> {
    let text = |name: &str| Some(headers.get(name)?.to_str().ok()?.trim());
    if let Some(ms) = text("retry-after-ms").and_then(|ms| ms.parse().ok()) {
        return Some(Duration::from_millis(ms));
    }
    let after = text("retry-after")?;
    if let Ok(seconds) = after.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let at = DateTimeParser::new().parse_timestamp(after).ok()?;
    Some(Duration::try_from(at.duration_since(now)).unwrap_or(Duration::ZERO))
}

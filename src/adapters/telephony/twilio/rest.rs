//! Twilio's REST interface: placing, changing and ending calls, and looking at the account.

use std::time::Duration;

use jiff::fmt::rfc2822;
use jiff::{SignedDuration, Timestamp};
use reqwest::{Client, RequestBuilder, Response, StatusCode, Url};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;

use crate::ports::telephony::{ProviderError, WantedCall};

const API_VERSION: &str = "2010-04-01";
/// The longest answer read.
const ANSWER_BYTES_MAX: usize = 256 * 1024;
/// By how much the carrier's clock may be behind ours.
const CLOCKS_DIFFER_MAX: SignedDuration = SignedDuration::from_secs(5);
const CODE_NOT_FOUND: u32 = 20404;
const CODE_TOO_MANY_REQUESTS: u32 = 20429;
/// Longer explanations are cut.
const REASON_CHARACTERS_MAX: usize = 200;

/// A client for one account.
pub(super) struct RestClient {
    http: Client,
    account_url: Url,
    account_id: String,
    auth_token: SecretString,
}

/// Whether a request may be sent again when nobody knows what became of it.
#[derive(Clone, Copy)]
enum Repeatable {
    Yes,
    No,
}

#[derive(Deserialize)]
struct CreatedCall {
    sid: String,
}

/// A call as the account lists it.
#[derive(Deserialize)]
struct ListedCall {
    sid: String,
    status: String,
    #[serde(default)]
    direction: String,
    /// Shape: RFC 2822.
    #[serde(default)]
    date_created: Option<String>,
}

#[derive(Deserialize)]
struct CallList {
    calls: Vec<ListedCall>,
}

#[derive(Deserialize)]
struct Account {
    status: String,
}

/// Twilio's explanation of a refusal. It may quote numbers.
#[derive(Default, Deserialize)]
struct Refusal {
    code: Option<u32>,
    message: Option<String>,
}

impl RestClient {
    /// Errors: the text says which setting is wrong.
    pub(super) fn new(
        api_base_url: &str,
        account_id: &str,
        auth_token: SecretString,
        timeouts: RestTimeouts,
    ) -> Result<Self, String> {
        let mut account_url: Url = api_base_url.parse().map_err(|error| format!("api_base_url: {error}"))?;
        account_url
            .path_segments_mut()
            .map_err(|()| "api_base_url: not an http or https URL".to_owned())?
            .pop_if_empty()
            .extend([API_VERSION, "Accounts"]);
        let http = Client::builder()
            .connect_timeout(timeouts.connect)
            .timeout(timeouts.answer)
            .build()
            .map_err(|error| format!("HTTP client: {error}"))?;
        Ok(Self { http, account_url, account_id: account_id.to_owned(), auth_token })
    }

    /// Creates a call; returns its id.
    pub(super) async fn create_call(&self, form: &[(&str, String)]) -> Result<String, ProviderError> {
        let request = self.http.post(self.url(&[&self.account_id, "Calls.json"])).form(form);
        created_call(&self.send(request, Repeatable::No).await?)
    }

    /// Changes a live call.
    pub(super) async fn update_call(&self, call_id: &str, form: &[(&str, String)]) -> Result<(), ProviderError> {
        let request = self.http.post(self.url(&[&self.account_id, "Calls", &format!("{call_id}.json")])).form(form);
        self.send(request, Repeatable::Yes).await.map(drop)
    }

    /// A call's id and status. None: there is no such call.
    pub(super) async fn show_call(&self, call_id: &str) -> Result<Option<(String, String)>, ProviderError> {
        let request = self.http.get(self.url(&[&self.account_id, "Calls", &format!("{call_id}.json")]));
        let body = match self.send(request, Repeatable::Yes).await {
            Err(ProviderError::Rejected { code: Some(CODE_NOT_FOUND), .. }) => return Ok(None),
            answer => answer?,
        };
        let call: ListedCall = serde_json::from_slice(&body).map_err(|_| not_readable("a call"))?;
        Ok(Some((call.sid, call.status)))
    }

    /// The newest call of ours to a number since it was placed. None: there is none.
    pub(super) async fn latest_call(&self, wanted: &WantedCall) -> Result<Option<(String, String)>, ProviderError> {
        let mut query = vec![("To", wanted.to.reveal()), ("PageSize", "20")];
        query.extend(wanted.from.as_ref().map(|from| ("From", from.reveal())));
        let request = self.http.get(self.url(&[&self.account_id, "Calls.json"])).query(&query);
        let body = self.send(request, Repeatable::Yes).await?;
        let list: CallList = serde_json::from_slice(&body).map_err(|_| not_readable("a list of calls"))?;
        // The carrier's clock, in whole seconds, need not be ours.
        let since = wanted.placed_since.saturating_sub(CLOCKS_DIFFER_MAX).unwrap_or(Timestamp::MIN);
        let is_it = |call: &ListedCall| {
            let created = call.date_created.as_deref().and_then(|text| rfc2822::parse(text).ok());
            call.direction.starts_with("outbound") && created.is_some_and(|at| since <= at.timestamp())
        };
        Ok(list.calls.into_iter().find(is_it).map(|call| (call.sid, call.status)))
    }

    /// Ends a call. One that is no longer there has ended.
    pub(super) async fn complete_call(&self, call_id: &str) -> Result<(), ProviderError> {
        match self.update_call(call_id, &[("Status", "completed".to_owned())]).await {
            Err(ProviderError::Rejected { code: Some(CODE_NOT_FOUND), .. }) => Ok(()),
            other => other,
        }
    }

    /// Checks that the account exists, the credentials fit, and calls may be made.
    pub(super) async fn check_account(&self) -> Result<(), ProviderError> {
        let request = self.http.get(self.url(&[&format!("{}.json", self.account_id)]));
        let body = self.send(request, Repeatable::Yes).await?;
        let rejected = |reason: String| ProviderError::Rejected { code: None, reason };
        let account: Account = serde_json::from_slice(&body).map_err(|_| not_readable("an account"))?;
        if account.status == "active" { Ok(()) } else { Err(rejected(format!("the account is {}", account.status))) }
    }

    fn url(&self, below_accounts: &[&str]) -> Url {
        let mut url = self.account_url.clone();
        url.path_segments_mut().expect("checked in `new`").extend(below_accounts);
        url
    }

    async fn send(&self, request: RequestBuilder, repeatable: Repeatable) -> Result<Vec<u8>, ProviderError> {
        let request = request.basic_auth(&self.account_id, Some(self.auth_token.expose_secret()));
        let response = request.send().await.map_err(|error| unanswered(&error, repeatable))?;
        let status = response.status();
        let retry_after = retry_after(&response);
        let body = read_body(response).await;
        if status.is_success() {
            return body.map_err(|error| unanswered(&error, repeatable));
        }
        Err(refused(status, &body.unwrap_or_default(), retry_after, repeatable))
    }
}

fn not_readable(what: &str) -> ProviderError {
    ProviderError::Rejected { code: None, reason: format!("the answer is not {what}") }
}

/// What an answer to the placing of a call means: the call's id, or why there may be none.
pub fn read_placement(status: StatusCode, body: &[u8]) -> Result<String, ProviderError> {
    if status.is_success() { created_call(body) } else { Err(refused(status, body, None, Repeatable::No)) }
}

fn created_call(body: &[u8]) -> Result<String, ProviderError> {
    let created: CreatedCall = serde_json::from_slice(body).map_err(|_| ProviderError::OutcomeUnknown)?;
    Ok(created.sid)
}

/// How long to wait for the provider.
#[derive(Clone, Copy)]
pub(super) struct RestTimeouts {
    pub(super) connect: Duration,
    /// From connecting to the end of the answer.
    pub(super) answer: Duration,
}

async fn read_body(mut response: Response) -> Result<Vec<u8>, reqwest::Error> {
    let mut body = Vec::new();
    while let Some(part) = response.chunk().await? {
        body.extend_from_slice(&part);
        if body.len() > ANSWER_BYTES_MAX {
            body.clear();
            break;
        }
    }
    Ok(body)
}

/// Nothing was carried out if no connection was made; beyond that, only a repeatable request is safe to repeat.
fn unanswered(error: &reqwest::Error, repeatable: Repeatable) -> ProviderError {
    match repeatable {
        Repeatable::Yes => ProviderError::Unavailable { retry_after: None },
        Repeatable::No if error.is_connect() => ProviderError::Unavailable { retry_after: None },
        Repeatable::No => ProviderError::OutcomeUnknown,
    }
}

fn refused(status: StatusCode, body: &[u8], retry_after: Option<Duration>, repeatable: Repeatable) -> ProviderError {
    let refusal: Refusal = serde_json::from_slice(body).unwrap_or_default();
    // 429 is documented as "not processed", so even a creation may be repeated.
    if status == StatusCode::TOO_MANY_REQUESTS || refusal.code == Some(CODE_TOO_MANY_REQUESTS) {
        return ProviderError::Unavailable { retry_after };
    }
    if status.is_server_error() {
        return match repeatable {
            Repeatable::Yes => ProviderError::Unavailable { retry_after },
            Repeatable::No if status == StatusCode::SERVICE_UNAVAILABLE => ProviderError::Unavailable { retry_after },
            Repeatable::No => ProviderError::OutcomeUnknown,
        };
    }
    let code = refusal.code.or((status == StatusCode::NOT_FOUND).then_some(CODE_NOT_FOUND));
    let reason = refusal.message.as_deref().map_or_else(|| format!("HTTP {status}"), without_numbers);
    ProviderError::Rejected { code, reason }
}

fn retry_after(response: &Response) -> Option<Duration> {
    let seconds = response.headers().get(reqwest::header::RETRY_AFTER)?.to_str().ok()?.parse().ok()?;
    Some(Duration::from_secs(seconds))
}

/// The message with its digits masked: a refusal likes to quote the number dialled.
fn without_numbers(message: &str) -> String {
    let masked = |character: char| match character {
        '0'..='9' => '#',
        control if control.is_control() => ' ',
        other => other,
    };
    message.chars().take(REASON_CHARACTERS_MAX).map(masked).collect()
}

#[cfg(test)]
mod tests;

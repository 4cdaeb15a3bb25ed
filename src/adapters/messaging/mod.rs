//! Who sends messages: SMS by a carrier, e-mail by whatever the shop has behind a signed webhook.

pub mod email_webhook;
pub mod twilio;

use std::time::Duration;

use reqwest::{Response, StatusCode};

use crate::ports::messaging::MessageError;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
const ANSWER_TIMEOUT: Duration = Duration::from_secs(20);
/// The longest answer read.
const ANSWER_BYTES_MAX: usize = 256 * 1024;

/// Nothing was carried out if no connection was made; beyond that nobody knows.
fn unanswered(error: &reqwest::Error) -> MessageError {
    if error.is_connect() {
        return MessageError::Unavailable { reason: "no connection could be made".to_owned(), retry_after: None };
    }
    MessageError::OutcomeUnknown
}

/// Whether an answer says that the message was not taken and may be sent again.
fn is_passing(status: StatusCode) -> bool {
    status == StatusCode::TOO_MANY_REQUESTS || status == StatusCode::SERVICE_UNAVAILABLE
}

fn retry_after(response: &Response) -> Option<Duration> {
    let seconds = response.headers().get(reqwest::header::RETRY_AFTER)?.to_str().ok()?.parse().ok()?;
    Some(Duration::from_secs(seconds))
}

async fn read_body(mut response: Response) -> Result<Vec<u8>, reqwest::Error> {
    let mut body = Vec::new();
    while let Some(part) = response.chunk().await? {
        body.extend_from_slice(&part);
        if ANSWER_BYTES_MAX < body.len() {
            body.clear();
            break;
        }
    }
    Ok(body)
}

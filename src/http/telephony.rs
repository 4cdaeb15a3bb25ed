//! The carriers' doors: voice and status webhooks, media sockets.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{OriginalUri, Path, Query, State, WebSocketUpgrade};
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};

use super::Doors;
use super::problem::Problem;
use super::socket::{UpgradedSocket, with_limits};
use crate::domain::call::CallDirection;
use crate::domain::values::Personal;
use crate::ports::telephony::{
    Answer, AnswerDocument, CallState, Direction, TelephonyProvider, WebhookRefused, WebhookRequest,
};
use crate::runtime::reception::{AwaitedCall, NotTaken};

/// The name under which the console's own calls come in.
pub const BROWSER: &str = "browser";

/// Said by the carrier's own voice to whoever picks up a call that this server does not know.
const UNKNOWN_WORDS: &str = "Sorry, this call was made in error. Goodbye.";

/// Said by the carrier's own voice when no agent is free.
const BUSY_WORDS: &str = "Sorry, all our lines are busy right now. Please call again in a few minutes.";

/// A call arrives or is answered.
pub async fn voice(
    State(doors): State<Doors>,
    Path(provider): Path<String>,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Problem> {
    let (provider, request) = verified(&doors, &provider, &uri, &headers, &body)?;
    let offer = provider.parse_voice(&request).map_err(|error| refused(&error))?;
    let call = AwaitedCall {
        provider: provider.name(),
        provider_call_id: offer.provider_call_id,
        direction: match offer.direction {
            Direction::Inbound => CallDirection::Inbound,
            Direction::Outbound => CallDirection::Outbound,
        },
        from: offer.from,
        to: offer.to,
    };
    let answer = match call.direction {
        CallDirection::Inbound => answer_caller(&doors, call),
        CallDirection::Outbound => answer_callee(&doors, offer.token.as_ref(), &call.provider_call_id).await,
    };
    let AnswerDocument { content_type, body } = provider.answer_document(&answer);
    Ok(([(header::CONTENT_TYPE, content_type)], body).into_response())
}

fn answer_caller(doors: &Doors, call: AwaitedCall) -> Answer {
    match doors.reception.announce(call) {
        Ok(announced) => Answer::OpenStream { token: announced.token },
        Err(NotTaken::Busy | NotTaken::Draining) => turned_away(BUSY_WORDS),
    }
}

/// A call of ours was picked up. Nobody may be rung up and left in silence.
async fn answer_callee(doors: &Doors, token: Option<&Personal<String>>, provider_call_id: &str) -> Answer {
    let announced = match token {
        Some(token) => doors.reception.answered(token, provider_call_id).await,
        None => None,
    };
    match announced {
        Some(announced) => Answer::OpenStream { token: announced.token },
        None => turned_away(UNKNOWN_WORDS),
    }
}

fn turned_away(words: &str) -> Answer {
    metrics::counter!("doorstep_calls_turned_away_total").increment(1);
    Answer::Apologise { text: words.to_owned() }
}

/// Progress, answering-machine and recording events.
pub async fn status(
    State(doors): State<Doors>,
    Path(provider): Path<String>,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
    body: Bytes,
) -> Result<StatusCode, Problem> {
    let (provider, request) = verified(&doors, &provider, &uri, &headers, &body)?;
    let progress = provider.parse_status(&request).map_err(|error| refused(&error))?;
    tracing::debug!(state = ?progress.state, sequence = progress.sequence, "call progress");
    metrics::counter!("doorstep_call_progress_total").increment(1);
    if let Some(answered_by) = progress.answered_by {
        doors.reception.take_carriers_word(provider.name(), &progress.provider_call_id, answered_by);
    }
    if progress.state.is_some_and(CallState::is_final) {
        doors.reception.settle_unanswered(&progress).await;
        doors.reception.abandon(provider.name(), &progress.provider_call_id).await;
        if let Some(switchboard) = &doors.reception.services().switchboard {
            switchboard.line_over(provider.name(), &progress.provider_call_id).await;
        }
    }
    Ok(StatusCode::NO_CONTENT)
}

#[derive(serde::Deserialize)]
pub struct MediaQuery {
    token: Option<String>,
}

/// Where a media socket comes in.
#[derive(serde::Deserialize)]
pub struct MediaPath {
    provider: String,
    token: Option<String>,
}

/// A call's audio, both ways. Whoever cannot be let in is refused here if that can be known before the stream starts.
pub async fn media(
    State(doors): State<Doors>,
    Path(path): Path<MediaPath>,
    Query(query): Query<MediaQuery>,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
    upgrade: WebSocketUpgrade,
) -> Result<Response, Problem> {
    let tokens = [path.token.as_deref(), query.token.as_deref()];
    let (name, codec, capabilities) = if path.provider == BROWSER {
        if tokens == [None, None] {
            return Err(not_let_in("the media token is missing"));
        }
        (BROWSER, (doors.browser.media_codec)(), doors.browser.capabilities.clone())
    } else {
        let provider = known(&doors, &path.provider)?;
        let request = webhook_request(&uri, &headers, &Bytes::new());
        provider.verify_media_upgrade(&request).map_err(|error| not_let_in(&error.to_string()))?;
        (provider.name(), provider.media_codec(), provider.capabilities().clone())
    };
    if !doors.reception.awaits_stream(name) {
        return Err(not_let_in("no call has been announced whose stream could come"));
    }
    if !tokens.into_iter().flatten().all(|token| doors.reception.knows_token(name, token)) {
        return Err(not_let_in("the media token is wrong, used or void"));
    }
    let reception = Arc::clone(&doors.reception);
    let tasks = reception.services().tasks.clone();
    Ok(with_limits(upgrade).on_upgrade(move |socket| {
        // The server's own shutdown does not wait for upgraded sockets; the tracker does.
        tasks.track_future(async move { reception.serve(name, UpgradedSocket(socket), codec, capabilities).await })
    }))
}

fn known(doors: &Doors, name: &str) -> Result<Arc<dyn TelephonyProvider>, Problem> {
    doors.providers.get(name).cloned().ok_or_else(|| {
        Problem::new(StatusCode::NOT_FOUND, "this telephony provider is not configured; see telephony in the settings")
    })
}

pub(super) fn verified(
    doors: &Doors,
    provider: &str,
    uri: &Uri,
    headers: &HeaderMap,
    body: &Bytes,
) -> Result<(Arc<dyn TelephonyProvider>, WebhookRequest), Problem> {
    let provider = known(doors, provider)?;
    let request = webhook_request(uri, headers, body);
    provider.verify_webhook(&request).map_err(|error| refused(&error))?;
    Ok((provider, request))
}

pub(super) fn webhook_request(uri: &Uri, headers: &HeaderMap, body: &Bytes) -> WebhookRequest {
    let path_and_query = uri.path_and_query().map_or_else(|| uri.path().to_owned(), ToString::to_string);
    let headers = headers
        .iter()
        .filter_map(|(name, value)| Some((name.as_str().to_owned(), value.to_str().ok()?.to_owned())))
        .collect();
    WebhookRequest { path_and_query, headers, body: body.to_vec() }
}

fn not_let_in(why: &str) -> Problem {
    metrics::counter!("doorstep_media_refused_total").increment(1);
    tracing::warn!(why, "a media socket was refused at its upgrade");
    Problem::new(StatusCode::FORBIDDEN, why.to_owned())
}

pub(super) fn refused(error: &WebhookRefused) -> Problem {
    metrics::counter!("doorstep_webhooks_refused_total").increment(1);
    tracing::warn!(%error, "a provider request was refused");
    let status = match *error {
        WebhookRefused::BadSignature => StatusCode::FORBIDDEN,
        WebhookRefused::BadRequest { .. } => StatusCode::BAD_REQUEST,
    };
    Problem::new(status, error.to_string())
}

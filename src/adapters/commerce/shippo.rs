//! Shippo: webhooks with a track, signed with their time where Shippo has switched that on.
//!
//! Source: Shippo's documentation and client libraries.

#[cfg(test)]
mod tests;

use std::sync::Arc;

use async_trait::async_trait;
use jiff::Timestamp;
use jiff::tz::Offset;

use super::reading::Json;
use super::signature::{Secrets, is_fresh};
use super::tracker::{LAST, ToldStatus, Tracker};
use super::{InvalidSource, MadeSource, Read, SourceSettings, message_id, read_with};
use crate::domain::orders::CodeBook;
use crate::domain::orders::incoming::ParcelKey;
use crate::ports::commerce::{CommerceSource, Notice, NoticeRefused, Pull, PullKind, SourceError, Trust};
use crate::ports::telephony::WebhookRequest;

struct Shippo {
    name: String,
    secrets: Secrets,
}

pub(super) fn make_source(settings: &SourceSettings) -> Result<MadeSource, InvalidSource> {
    let source = Shippo { name: settings.name.clone(), secrets: settings.secrets()? };
    Ok(MadeSource { source: Arc::new(source), actions: None })
}

/// Reads a track.
pub(super) fn read_track(source: &str, track: Json<'_>, notice: &mut Notice) {
    let parcel = ParcelKey {
        tracking_number: track.text_of("tracking_number"),
        carrier: track.text_of("carrier"),
        ..ParcelKey::default()
    };
    if parcel.tracking_number.is_none() {
        return;
    }
    let history = track.get("tracking_history").entries().map(read_status).collect();
    let state = track.get("tracking_status");
    let whole = ToldStatus {
        eta: track.get("eta").window(Offset::UTC),
        eta_told_at: state.time_of("object_updated", Offset::UTC),
        sequence: Some(LAST),
        ..read_status(state)
    };
    Tracker { book: CodeBook::Shippo, source, parcel }.add_document(history, whole, None, notice);
}

fn read_status(status: Json<'_>) -> ToldStatus {
    let location = status.get("location");
    let place = [location.text_of("city"), location.text_of("state")];
    let place = place.into_iter().flatten().collect::<Vec<_>>().join(", ");
    ToldStatus {
        at: status.time_of("status_date", Offset::UTC).or_else(|| status.time_of("object_created", Offset::UTC)),
        status: status.text_of("status").unwrap_or_default(),
        detail: status.get("substatus").text_of("code").unwrap_or_default(),
        text: status.text_of("status_details"),
        place: (!place.is_empty()).then_some(place),
        ..ToldStatus::default()
    }
}

impl Shippo {
    /// `t=<unix time>,v1=<mac>` over time, dot and body; else the word in the URL that only the two know.
    fn verify(&self, request: &WebhookRequest, now: Timestamp) -> Result<(), NoticeRefused> {
        let Some(header) = request.header("shippo-auth-signature") else {
            let is_known = token_of(&request.path_and_query).is_some_and(|token| self.secrets.knows(&token));
            return if is_known { Ok(()) } else { Err(NoticeRefused::BadSignature) };
        };
        let part = |wanted: &str| header.split(',').find_map(|part| part.trim().strip_prefix(wanted));
        let (time, mac) = part("t=").zip(part("v1=")).ok_or(NoticeRefused::BadSignature)?;
        if !self.secrets.signed_in_hex(mac, &[time.as_bytes(), b".", &request.body]) {
            return Err(NoticeRefused::BadSignature);
        }
        let signed_at = time.parse().ok().and_then(|second| Timestamp::from_second(second).ok());
        if signed_at.is_some_and(|at| is_fresh(at, now)) { Ok(()) } else { Err(NoticeRefused::Stale) }
    }
}

/// `token` in the query of the URL.
fn token_of(path_and_query: &str) -> Option<String> {
    let (_, query) = path_and_query.split_once('?')?;
    form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "token").map(|(_, value)| value.into_owned())
}

#[async_trait]
impl CommerceSource for Shippo {
    fn name(&self) -> &str {
        &self.name
    }

    /// Whether it signs is Shippo's to switch on, so it is not relied on.
    fn trust(&self) -> Trust {
        Trust::Hinted
    }

    fn read_webhook(&self, request: &WebhookRequest, now: Timestamp) -> Read {
        self.verify(request, now)?;
        // There is no id: the same words are the same message.
        read_with(request, message_id(None, &request.body), |document, notice| {
            if document.text_of("event").is_some_and(|event| event == "track_updated") {
                read_track(&self.name, document.get("data"), notice);
            }
            Ok(())
        })
    }

    fn pulls(&self) -> PullKind {
        PullKind::None
    }

    async fn pull(&self, _: &Pull) -> Result<Vec<Notice>, SourceError> {
        Err(SourceError::Refused { reason: "it tells by itself and is not asked".to_owned() })
    }

    async fn check(&self) -> Result<&'static str, SourceError> {
        Ok("listened to")
    }
}

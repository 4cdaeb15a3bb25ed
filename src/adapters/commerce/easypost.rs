//! EasyPost: signed webhooks with a tracker and its details.
//!
//! Source: EasyPost's documentation and client libraries.

#[cfg(test)]
mod tests;

use std::sync::Arc;

use async_trait::async_trait;
use jiff::Timestamp;
use jiff::tz::Offset;

use super::reading::Json;
use super::signature::{Secrets, is_fresh};
use super::tracker::{LAST, ToldStatus, Tracker};
use super::{InvalidSource, MadeSource, Read, SourceSettings, document, message_id, read_with};
use crate::domain::orders::CodeBook;
use crate::domain::orders::incoming::ParcelKey;
use crate::ports::commerce::{CommerceSource, Notice, NoticeRefused, Pull, PullKind, SourceError, Trust};
use crate::ports::telephony::WebhookRequest;

const SIGNATURE_PREFIX: &str = "hmac-sha256-hex=";

struct EasyPost {
    name: String,
    secrets: Secrets,
}

pub(super) fn make_source(settings: &SourceSettings) -> Result<MadeSource, InvalidSource> {
    let source = EasyPost { name: settings.name.clone(), secrets: settings.secrets()? };
    Ok(MadeSource { source: Arc::new(source), actions: None })
}

/// Reads a tracker.
pub(super) fn read_tracker(source: &str, tracker: Json<'_>, told_at: Option<Timestamp>, notice: &mut Notice) {
    let parcel = ParcelKey {
        tracking_number: tracker.text_of("tracking_code"),
        carrier: tracker.text_of("carrier"),
        vendor_id: tracker.text_of("id"),
        order_hints: Vec::new(),
    };
    if parcel.tracking_number.is_none() {
        return;
    }
    let history = tracker.get("tracking_details").entries().map(read_detail).collect();
    let status = tracker.text_of("status").unwrap_or_default();
    let is_back = status == "return_to_sender" && tracker.get("finalized").is_true();
    let detail = if is_back { Some("finalized".to_owned()) } else { tracker.text_of("status_detail") };
    let updated_at = tracker.time_of("updated_at", Offset::UTC);
    let whole = ToldStatus {
        status,
        detail: detail.unwrap_or_default(),
        eta: tracker.get("est_delivery_date").window(Offset::UTC),
        eta_told_at: updated_at.or(told_at),
        sequence: Some(LAST),
        ..ToldStatus::default()
    };
    let tracker = Tracker { book: CodeBook::EasyPost, source, parcel };
    tracker.add_document(history, whole, updated_at.or(told_at), notice);
}

fn read_detail(detail: Json<'_>) -> ToldStatus {
    let location = detail.get("tracking_location");
    let place = [location.text_of("city"), location.text_of("state")];
    let place = place.into_iter().flatten().collect::<Vec<_>>().join(", ");
    ToldStatus {
        at: detail.time_of("datetime", Offset::UTC),
        status: detail.text_of("status").unwrap_or_default(),
        detail: detail.text_of("status_detail").unwrap_or_default(),
        text: detail.text_of("message"),
        place: (!place.is_empty()).then_some(place),
        ..ToldStatus::default()
    }
}

impl EasyPost {
    /// The first form signs the body alone; the second, where it comes along, also the time, so that it can be too old.
    fn verify(&self, request: &WebhookRequest, now: Timestamp) -> Result<(), NoticeRefused> {
        let signature = |name: &str| request.header(name).and_then(|value| value.trim().strip_prefix(SIGNATURE_PREFIX));
        let first = signature("x-hmac-signature").ok_or(NoticeRefused::BadSignature)?;
        if !self.secrets.signed_in_hex_nfkd(first, &[&request.body]) {
            return Err(NoticeRefused::BadSignature);
        }
        let second = (signature("x-hmac-signature-v2"), request.header("x-timestamp"), request.header("x-path"));
        let (Some(second), Some(timestamp), Some(path)) = second else { return Ok(()) };
        let parts: [&[u8]; 4] = [timestamp.as_bytes(), b"POST", path.as_bytes(), &request.body];
        if !self.secrets.signed_in_hex_nfkd(second, &parts) {
            return Err(NoticeRefused::BadSignature);
        }
        let is_known_fresh = timestamp.parse().is_ok_and(|signed_at| is_fresh(signed_at, now));
        if is_known_fresh { Ok(()) } else { Err(NoticeRefused::Stale) }
    }
}

#[async_trait]
impl CommerceSource for EasyPost {
    fn name(&self) -> &str {
        &self.name
    }

    fn trust(&self) -> Trust {
        Trust::Signed
    }

    fn read_webhook(&self, request: &WebhookRequest, now: Timestamp) -> Read {
        self.verify(request, now)?;
        let event_id = message_id(Json(&document(&request.body)?).text_of("id").as_deref(), &request.body);
        read_with(request, event_id, |document, notice| {
            let is_tracker = document.text_of("description").is_some_and(|what| what.starts_with("tracker."));
            if is_tracker {
                let told_at = document.time_of("created_at", Offset::UTC).unwrap_or(now);
                read_tracker(&self.name, document.get("result"), Some(told_at), notice);
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

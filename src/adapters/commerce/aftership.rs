//! AfterShip: signed webhooks with a tracking and its checkpoints.
//!
//! Source: AfterShip's documentation of webhooks and trackings.

#[cfg(test)]
mod tests;

use std::sync::Arc;

use async_trait::async_trait;
use jiff::Timestamp;
use jiff::tz::Offset;

use super::reading::Json;
use super::signature::Secrets;
use super::tracker::{LAST, ToldStatus, Tracker};
use super::{InvalidSource, MadeSource, Read, SourceSettings, message_id, or_now, read_with};
use crate::domain::orders::CodeBook;
use crate::domain::orders::incoming::ParcelKey;
use crate::ports::commerce::{CommerceSource, Notice, NoticeRefused, Pull, PullKind, SourceError, Trust};
use crate::ports::telephony::WebhookRequest;

struct AfterShip {
    name: String,
    secrets: Secrets,
}

pub(super) fn make_source(settings: &SourceSettings) -> Result<MadeSource, InvalidSource> {
    let source = AfterShip { name: settings.name.clone(), secrets: settings.secrets()? };
    Ok(MadeSource { source: Arc::new(source), actions: None })
}

/// Reads a tracking, whole or with a single checkpoint, told at `told_at`.
pub(super) fn read_tracking(source: &str, tracking: Json<'_>, told_at: Option<Timestamp>, notice: &mut Notice) {
    let order_hints = [tracking.text_of("order_number"), tracking.text_of("order_id")].into_iter().flatten().collect();
    let parcel = ParcelKey {
        tracking_number: tracking.text_of("tracking_number"),
        carrier: tracking.text_of("slug"),
        vendor_id: tracking.text_of("id"),
        order_hints,
    };
    if parcel.tracking_number.is_none() {
        return;
    }
    let tracker = Tracker { book: CodeBook::AfterShip, source, parcel };
    let checkpoints = tracking.get("checkpoints").entries().chain(one(tracking.get("checkpoint")));
    let history: Vec<ToldStatus> = checkpoints.map(read_checkpoint).collect();
    let eta = tracking.get("latest_estimated_delivery").get("datetime").window(Offset::UTC);
    let updated_at = tracking.time_of("updated_at", Offset::UTC);
    let (status, detail) = whole_state(tracking);
    let whole = ToldStatus {
        status,
        detail,
        eta: eta.or_else(|| tracking.get("expected_delivery").window(Offset::UTC)),
        eta_told_at: told_at.or(updated_at),
        sequence: Some(LAST),
        ..ToldStatus::default()
    };
    tracker.add_document(history, whole, updated_at.or(told_at), notice);
}

/// Tag and subtag of the whole. The way back has a mark of its own beside them.
fn whole_state(tracking: Json<'_>) -> (String, String) {
    let tag = tracking.text_of("tag").unwrap_or_default();
    let subtag = tracking.text_of("subtag").unwrap_or_default();
    let is_over = matches!(tag.as_str(), "" | "Delivered" | "Expired") || subtag == "Exception_011";
    if tracking.get("return_to_sender").is_true() && !is_over {
        return ("Exception".to_owned(), "Exception_010".to_owned());
    }
    (tag, subtag)
}

fn read_checkpoint(checkpoint: Json<'_>) -> ToldStatus {
    let place = [checkpoint.text_of("city"), checkpoint.text_of("state")];
    let place = place.into_iter().flatten().collect::<Vec<_>>().join(", ");
    ToldStatus {
        // A time without an offset is local to the checkpoint: good for the order within the parcel.
        at: checkpoint
            .time_of("checkpoint_time", Offset::UTC)
            .or_else(|| checkpoint.time_of("created_at", Offset::UTC)),
        status: checkpoint.text_of("tag").unwrap_or_default(),
        detail: checkpoint.text_of("subtag").unwrap_or_default(),
        text: checkpoint.text_of("message"),
        place: checkpoint.text_of("location").or((!place.is_empty()).then_some(place)),
        ..ToldStatus::default()
    }
}

fn one(json: Json<'_>) -> impl Iterator<Item = Json<'_>> {
    json.is_present().then_some(json).into_iter()
}

#[async_trait]
impl CommerceSource for AfterShip {
    fn name(&self) -> &str {
        &self.name
    }

    fn trust(&self) -> Trust {
        Trust::Signed
    }

    fn read_webhook(&self, request: &WebhookRequest, now: Timestamp) -> Read {
        let signature = request.header("aftership-hmac-sha256").ok_or(NoticeRefused::BadSignature)?;
        if !self.secrets.signed_in_base64(signature, &[&request.body]) {
            return Err(NoticeRefused::BadSignature);
        }
        let document = super::document(&request.body)?;
        let document = Json(&document);
        let event_id = message_id(document.text_of("event_id").as_deref(), &request.body);
        read_with(request, event_id, |document, notice| {
            let told_at = document.text_of("ts").and_then(|ts| Timestamp::from_second(ts.parse().ok()?).ok());
            read_tracking(&self.name, document.get("msg"), Some(or_now(told_at, now)), notice);
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

//! Delhivery: pushed scans with a word of ours, parcels fetched, and what a customer wants after a failed attempt.
//!
//! Source: the documentation of Delhivery Express.

#[cfg(test)]
mod tests;

use std::sync::Arc;

use async_trait::async_trait;
use jiff::Timestamp;
use reqwest::{Method, RequestBuilder};
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::{Value, json};

use super::client::{ApiClient, NoAnswer, send};
use super::reading::{Json, india};
use super::signature::Secrets;
use super::tracker::{ToldStatus, Tracker};
use super::{InvalidSource, MadeSource, Read, SourceSettings, message_id, nothing, read_with};
use crate::domain::orders::actions::{Action, ActionKind};
use crate::domain::orders::incoming::ParcelKey;
use crate::domain::orders::{CodeBook, Shipment};
use crate::ports::commerce::{
    ActionError, ActionScope, ActionSubject, ActionTaken, CommerceActions, CommerceSource, Notice, NoticeRefused, Pull,
    PullKind, SourceError, Trust,
};
use crate::ports::telephony::WebhookRequest;

const BASE_URL: &str = "https://track.delhivery.com";

const KINDS: &[ActionKind] = &[
    ActionKind::Reattempt,
    ActionKind::Reschedule,
    ActionKind::EditAddress,
    ActionKind::EditPhone,
    ActionKind::ReturnToShop,
];

/// NSL codes after which the courier tries again, and after which it does on another day.
const REATTEMPT_CODES: &[&str] = &["74", "15", "104", "43", "86", "11", "69", "6", "16"];
const DEFER_CODES: &[&str] = &["74", "15", "11", "3", "16", "6"];

struct Delhivery {
    name: String,
    secrets: Secrets,
    api: Option<Arc<PackageApi>>,
}

struct PackageApi {
    name: String,
    client: ApiClient,
    token: SecretString,
}

pub(super) fn make_source(settings: &SourceSettings) -> Result<MadeSource, InvalidSource> {
    let api = match &settings.token {
        Some(token) => {
            let client = ApiClient::new(settings, BASE_URL)?;
            Some(Arc::new(PackageApi { name: settings.name.clone(), client, token: token.clone() }))
        }
        None => None,
    };
    let source = Delhivery { name: settings.name.clone(), secrets: settings.secrets()?, api: api.clone() };
    Ok(MadeSource { source: Arc::new(source), actions: api.map(|api| api as Arc<dyn CommerceActions>) })
}

impl Delhivery {
    fn read_shipment(&self, shipment: Json<'_>, now: Timestamp, notice: &mut Notice) {
        let parcel = ParcelKey {
            tracking_number: shipment.text_of("AWB"),
            carrier: Some("delhivery".to_owned()),
            vendor_id: None,
            order_hints: shipment.text_of("ReferenceNo").into_iter().collect(),
        };
        if parcel.tracking_number.is_none() {
            return;
        }
        let scans = shipment.get("Scans").entries().map(|scan| read_scan(scan.get("ScanDetail"))).collect();
        let status = shipment.get("Status");
        let code = status.text_of("StatusCode").or_else(|| shipment.text_of("NSLCode")).unwrap_or_default();
        let whole = ToldStatus {
            at: status.time_of("StatusDateTime", india()),
            status: joined(status.text_of("StatusType"), status.text_of("Status")),
            detail: code,
            text: status.text_of("Instructions"),
            place: status.text_of("StatusLocation"),
            eta: shipment.get("ExpectedDeliveryDate").window(india()),
            eta_told_at: Some(now),
            ..ToldStatus::default()
        };
        Tracker { book: CodeBook::Delhivery, source: &self.name, parcel }.add_document(scans, whole, None, notice);
    }
}

fn read_scan(scan: Json<'_>) -> ToldStatus {
    ToldStatus {
        at: scan.time_of("StatusDateTime", india()).or_else(|| scan.time_of("ScanDateTime", india())),
        status: joined(scan.text_of("ScanType"), scan.text_of("Scan")),
        detail: scan.text_of("StatusCode").unwrap_or_default(),
        text: scan.text_of("Instructions"),
        place: scan.text_of("ScannedLocation"),
        ..ToldStatus::default()
    }
}

/// Type and status together: neither says enough alone.
fn joined(kind: Option<String>, status: Option<String>) -> String {
    [kind, status].into_iter().flatten().collect::<Vec<_>>().join(" ")
}

#[async_trait]
impl CommerceSource for Delhivery {
    fn name(&self) -> &str {
        &self.name
    }

    fn trust(&self) -> Trust {
        Trust::Hinted
    }

    fn read_webhook(&self, request: &WebhookRequest, now: Timestamp) -> Read {
        let bare =
            |word: &'_ str| ["Token ", "Bearer "].iter().find_map(|kind| word.strip_prefix(kind).map(str::to_owned));
        let headers = [request.header("x-api-key"), request.header("authorization")];
        let is_known = headers
            .into_iter()
            .flatten()
            .any(|word| self.secrets.knows(word) || bare(word).is_some_and(|word| self.secrets.knows(&word)));
        if !is_known {
            return Err(NoticeRefused::BadSignature);
        }
        // There is no id: the same words are the same message.
        read_with(request, message_id(None, &request.body), |document, notice| {
            self.read_shipment(document.get("Shipment"), now, notice);
            Ok(())
        })
    }

    fn pulls(&self) -> PullKind {
        if self.api.is_some() { PullKind::Parcels } else { PullKind::None }
    }

    async fn pull(&self, ask: &Pull) -> Result<Vec<Notice>, SourceError> {
        let (Some(api), Pull::Parcels(numbers)) = (&self.api, ask) else {
            return Err(SourceError::Refused { reason: "nothing of this kind can be fetched".to_owned() });
        };
        let request = api.request(Method::GET, "/api/v1/packages/json/").query(&[("waybill", numbers.join(","))]);
        let body = send(request).await.map_err(NoAnswer::for_question)?.into_question()?;
        let now = Timestamp::now();
        let read = |entry: Json<'_>| {
            let mut notice = nothing(format!("pull:{}", message_id(None, entry.0.to_string().as_bytes())));
            self.read_shipment(entry.get("Shipment"), now, &mut notice);
            notice
        };
        Ok(Json(&body).get("ShipmentData").entries().map(read).collect())
    }

    async fn check(&self) -> Result<&'static str, SourceError> {
        let Some(api) = &self.api else { return Ok("listened to; no token to ask or act with") };
        let request = api.request(Method::GET, "/c/api/pin-codes/json/").query(&[("filter_codes", "110001")]);
        send(request).await.map_err(NoAnswer::for_question)?.into_question()?;
        Ok("token accepted")
    }
}

impl PackageApi {
    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let token = format!("Token {}", self.token.expose_secret());
        self.client.request(method, path).header("authorization", token)
    }
}

/// The NSL code of the last failed attempt, without its family.
fn nsl_code(parcel: &Shipment) -> Option<&str> {
    let newest = parcel.events.iter().rev().find_map(|event| event.report.as_ref()?.code.split_once(':'))?;
    newest.1.rsplit('-').next()
}

/// What is sent, or why it would be refused. Source: the table of acts and the codes after which they are taken.
fn act_on(number: &str, action: &Action, code: Option<&str>) -> Result<Value, &'static str> {
    let is_taken_after = |codes: &[&str]| code.is_some_and(|code| codes.contains(&code));
    let entry = |act: &str, details: Value| {
        let mut entry = json!({ "waybill": number, "act": act });
        if !details.is_null() {
            entry["action_data"] = details;
        }
        json!({ "data": [entry] })
    };
    match action.kind {
        ActionKind::Reattempt if is_taken_after(REATTEMPT_CODES) => Ok(entry("RE-ATTEMPT", Value::Null)),
        ActionKind::Reschedule if is_taken_after(DEFER_CODES) => {
            let day = action.day.ok_or("no day is named")?;
            Ok(entry("DEFER_DLV", json!({ "deferred_date": day.to_string() })))
        }
        ActionKind::Reattempt | ActionKind::Reschedule => Err("the courier does not take this after this reason"),
        ActionKind::EditAddress => {
            let words = action.note.as_ref().ok_or("no address is named")?;
            Ok(entry("EDIT_DETAILS", json!({ "add": words.reveal() })))
        }
        ActionKind::EditPhone => {
            let phone = action.phone.as_ref().ok_or("no number is named")?;
            Ok(entry("EDIT_DETAILS", json!({ "phone": phone.reveal().trim_start_matches("+91") })))
        }
        ActionKind::ReturnToShop
        | ActionKind::ConfirmCod
        | ActionKind::MarkCancelRequested
        | ActionKind::MarkNotOrdered
        | ActionKind::MarkWrongNumber
        | ActionKind::MarkCallback
        | ActionKind::MarkAddressChanged
        | ActionKind::WriteNote
        | ActionKind::CancelOrder
        | ActionKind::SendPaymentLink => Err("the courier has no interface for this"),
    }
}

#[async_trait]
impl CommerceActions for PackageApi {
    fn name(&self) -> &str {
        &self.name
    }

    fn can(&self, kind: ActionKind) -> bool {
        KINDS.contains(&kind)
    }

    fn scope(&self) -> ActionScope {
        ActionScope::Parcels
    }

    /// The same act twice is one: the courier keeps the last act of a waybill.
    async fn act(&self, action: &Action, subject: &ActionSubject) -> Result<ActionTaken, ActionError> {
        let refused = |reason: &str| ActionError::Refused { reason: reason.to_owned() };
        let number = subject.tracking_number.as_deref().ok_or_else(|| refused("no parcel is named"))?;
        if action.kind == ActionKind::ReturnToShop {
            let body = json!({ "waybill": number, "cancellation": "true" });
            let request = self.request(Method::POST, "/api/p/edit").json(&body);
            let answer = send(request).await.map_err(NoAnswer::for_action)?.into_action()?;
            return if Json(&answer).get("status").is_true()
                || Json(&answer).text_of("status").is_some_and(|s| s.eq_ignore_ascii_case("true"))
            {
                Ok(ActionTaken { reference: None })
            } else {
                Err(refused(&Json(&answer).text_of("error").unwrap_or_else(|| "the courier says no".to_owned())))
            };
        }
        let parcel = subject.order.shipments.iter().find(|parcel| parcel.tracking_number == number);
        let body = act_on(number, action, parcel.and_then(nsl_code)).map_err(refused)?;
        let request = self.request(Method::POST, "/api/p/update").json(&body);
        let answer = send(request).await.map_err(NoAnswer::for_action)?.into_action()?;
        let answer = Json(&answer);
        let reference = answer.text_of("request_id").or_else(|| answer.text_of("UPL"));
        match reference {
            Some(reference) => self.result_of(&reference).await,
            None => Err(refused(&answer.text_of("error").unwrap_or_else(|| "the courier gave no number".to_owned()))),
        }
    }
}

impl PackageApi {
    /// Taking up is not doing: the result of a request is asked for once. What is still under way counts as taken.
    async fn result_of(&self, reference: &str) -> Result<ActionTaken, ActionError> {
        let taken = ActionTaken { reference: Some(reference.to_owned()) };
        let path = format!("/api/cmu/get_bulk_upl/{reference}");
        let answer = send(self.request(Method::GET, &path).query(&[("verbose", "true")])).await;
        let Ok(body) = answer.map_err(|_| ()).and_then(|answer| answer.into_question().map_err(|_| ())) else {
            return Ok(taken);
        };
        let failed = Json(&body).get("failed_wbns").entries().next();
        match failed {
            Some(fault) => Err(ActionError::Refused {
                reason: fault.text_of("message").or_else(|| fault.text()).unwrap_or_else(|| "refused".to_owned()),
            }),
            None => Ok(taken),
        }
    }
}

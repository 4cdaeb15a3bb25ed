//! Shiprocket: webhooks with a word of ours, parcels fetched, and what a customer wants after a failed attempt.
//!
//! Source: Shiprocket's documentation of its interface.

#[cfg(test)]
mod tests;

use std::sync::Arc;

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use reqwest::{Method, RequestBuilder};
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::{Value, json};
use tokio::sync::Mutex;

use super::client::{ApiClient, NoAnswer, send};
use super::reading::{Json, india};
use super::signature::Secrets;
use super::tracker::{ToldStatus, Tracker};
use super::{InvalidSource, MadeSource, Read, SourceSettings, message_id, nothing, read_with};
use crate::domain::orders::CodeBook;
use crate::domain::orders::actions::{Action, ActionKind};
use crate::domain::orders::incoming::ParcelKey;
use crate::ports::commerce::{
    ActionError, ActionScope, ActionSubject, ActionTaken, CommerceActions, CommerceSource, Notice, NoticeRefused, Pull,
    PullKind, SourceError, Trust,
};
use crate::ports::telephony::WebhookRequest;

const BASE_URL: &str = "https://apiv2.shiprocket.in";

/// Source: a token lasts ten days.
const TOKEN_KEPT: SignedDuration = SignedDuration::from_hours(9 * 24);

const KINDS: &[ActionKind] = &[
    ActionKind::Reattempt,
    ActionKind::Reschedule,
    ActionKind::EditAddress,
    ActionKind::EditPhone,
    ActionKind::ReturnToShop,
];

struct Shiprocket {
    name: String,
    secrets: Secrets,
    api: Option<Arc<CourierApi>>,
}

struct CourierApi {
    name: String,
    client: ApiClient,
    /// `email:password` of an API user, or a token.
    token: SecretString,
    fetched: Mutex<Option<(SecretString, Timestamp)>>,
}

pub(super) fn make_source(settings: &SourceSettings) -> Result<MadeSource, InvalidSource> {
    let api = match &settings.token {
        Some(token) => {
            let client = ApiClient::new(settings, BASE_URL)?;
            let (name, token) = (settings.name.clone(), token.clone());
            Some(Arc::new(CourierApi { name, client, token, fetched: Mutex::new(None) }))
        }
        None => None,
    };
    let source = Shiprocket { name: settings.name.clone(), secrets: settings.secrets()?, api: api.clone() };
    Ok(MadeSource { source: Arc::new(source), actions: api.map(|api| api as Arc<dyn CommerceActions>) })
}

impl Shiprocket {
    fn tracker(&self, parcel: ParcelKey) -> Tracker<'_> {
        Tracker { book: CodeBook::Shiprocket, source: &self.name, parcel }
    }

    fn read(&self, document: Json<'_>, notice: &mut Notice) {
        let order_hints = document.text_of("order_id").into_iter().collect();
        let parcel = ParcelKey {
            tracking_number: document.text_of("awb"),
            carrier: document.text_of("courier_name"),
            vendor_id: None,
            order_hints,
        };
        if parcel.tracking_number.is_none() {
            return;
        }
        let history = document.get("scans").entries().map(read_scan).collect();
        let told_at = document.time_of("current_timestamp", india());
        // Numbers of the shipment table alone: those of the order table mean other things.
        let whole = ToldStatus {
            status: document.text_of("shipment_status_id").unwrap_or_default(),
            text: newest_activity(document),
            eta: document.get("etd").window(india()),
            eta_told_at: told_at,
            ..ToldStatus::default()
        };
        self.tracker(parcel).add_document(history, whole, told_at, notice);
    }

    fn read_answer(&self, number: &str, answer: Json<'_>, now: Timestamp, notice: &mut Notice) {
        let tracking = answer.get("tracking_data");
        let track = tracking.get("shipment_track").entries().next().unwrap_or(tracking);
        let parcel = ParcelKey {
            tracking_number: Some(number.to_owned()),
            carrier: track.text_of("courier_name"),
            ..ParcelKey::default()
        };
        let history = tracking.get("shipment_track_activities").entries().map(read_scan).collect();
        let whole = ToldStatus {
            eta: tracking.get("etd").window(india()),
            eta_told_at: Some(now),
            status: tracking.text_of("shipment_status").unwrap_or_default(),
            ..ToldStatus::default()
        };
        self.tracker(parcel).add_document(history, whole, Some(now), notice);
    }
}

fn read_scan(scan: Json<'_>) -> ToldStatus {
    ToldStatus {
        at: scan.time_of("date", india()),
        status: scan.text_of("sr-status").unwrap_or_default(),
        text: scan.text_of("activity"),
        place: scan.text_of("location"),
        ..ToldStatus::default()
    }
}

fn newest_activity(document: Json<'_>) -> Option<String> {
    let scans = document.get("scans").entries();
    scans.max_by_key(|scan| scan.time_of("date", india())).and_then(|scan| scan.text_of("activity"))
}

#[async_trait]
impl CommerceSource for Shiprocket {
    fn name(&self) -> &str {
        &self.name
    }

    fn trust(&self) -> Trust {
        Trust::Hinted
    }

    fn read_webhook(&self, request: &WebhookRequest, _now: Timestamp) -> Read {
        let is_known = request.header("x-api-key").is_some_and(|word| self.secrets.knows(word));
        if !is_known {
            return Err(NoticeRefused::BadSignature);
        }
        // There is no id: the same words are the same message.
        read_with(request, message_id(None, &request.body), |document, notice| {
            self.read(document, notice);
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
        let mut notices = Vec::new();
        for number in numbers {
            let path = format!("/v1/external/courier/track/awb/{}", path_part(number));
            let request = api.request(Method::GET, &path).await?;
            let body = send(request).await.map_err(NoAnswer::for_question)?.into_question()?;
            let mut notice = nothing(format!("pull:{}", message_id(None, body.to_string().as_bytes())));
            self.read_answer(number, Json(&body), Timestamp::now(), &mut notice);
            notices.push(notice);
        }
        Ok(notices)
    }

    async fn check(&self) -> Result<&'static str, SourceError> {
        let Some(api) = &self.api else { return Ok("listened to; no token to ask or act with") };
        let request = api.request(Method::GET, "/v1/external/account/details/wallet-balance").await?;
        send(request).await.map_err(NoAnswer::for_question)?.into_question()?;
        Ok("login accepted")
    }
}

/// A number as a part of a path.
fn path_part(number: &str) -> String {
    number.chars().filter(|letter| letter.is_ascii_alphanumeric() || *letter == '-').collect()
}

impl CourierApi {
    async fn request(&self, method: Method, path: &str) -> Result<RequestBuilder, SourceError> {
        let token = self.current_token().await?;
        Ok(self.client.request(method, path).bearer_auth(token.expose_secret()))
    }

    async fn current_token(&self) -> Result<SecretString, SourceError> {
        let login = self.token.expose_secret().split_once(':').filter(|(email, _)| email.contains('@'));
        let Some((email, password)) = login else { return Ok(self.token.clone()) };
        let mut fetched = self.fetched.lock().await;
        let now = Timestamp::now();
        if let Some((token, until)) = fetched.as_ref()
            && now < *until
        {
            return Ok(token.clone());
        }
        let body = json!({ "email": email, "password": password });
        let request = self.client.request(Method::POST, "/v1/external/auth/login").json(&body);
        let body = send(request).await.map_err(NoAnswer::for_question)?.into_question()?;
        let token = Json(&body).get("token").0.as_str().map(SecretString::from).ok_or_else(|| {
            SourceError::Refused { reason: "no token was given; check e-mail and password in token".to_owned() }
        })?;
        *fetched = Some((token.clone(), now.saturating_add(TOKEN_KEPT).unwrap_or(Timestamp::MAX)));
        Ok(token)
    }

    async fn for_action(&self, method: Method, path: &str) -> Result<RequestBuilder, ActionError> {
        self.request(method, path).await.map_err(|error| match error {
            SourceError::Unavailable { reason, retry_after } => ActionError::Unavailable { reason, retry_after },
            SourceError::Refused { reason } => ActionError::Refused { reason },
        })
    }

    /// Whether an earlier attempt got through: its mark stands in the history of the parcel.
    async fn has_taken(&self, number: &str, action: &Action) -> Result<bool, ActionError> {
        let request = self.for_action(Method::GET, &format!("/v1/external/ndr/{number}")).await?;
        let body = send(request).await.map_err(NoAnswer::for_action)?.into_action()?;
        Ok(body.to_string().contains(&action.mark()))
    }
}

/// What is sent. Source: `POST /ndr/{awb}/action`.
fn ndr_action(action: &Action) -> Option<Value> {
    let mut body = json!({ "comments": action.sentence() });
    let words = action.note.as_ref().map(|note| note.reveal().clone());
    body["action"] = match action.kind {
        ActionKind::Reattempt | ActionKind::Reschedule | ActionKind::EditAddress | ActionKind::EditPhone => {
            json!("re-attempt")
        }
        ActionKind::ReturnToShop => json!("return"),
        ActionKind::ConfirmCod
        | ActionKind::MarkCancelRequested
        | ActionKind::MarkNotOrdered
        | ActionKind::MarkWrongNumber
        | ActionKind::MarkCallback
        | ActionKind::MarkAddressChanged
        | ActionKind::WriteNote
        | ActionKind::CancelOrder
        | ActionKind::SendPaymentLink => return None,
    };
    if let (ActionKind::EditAddress, Some(words)) = (action.kind, words) {
        body["address2"] = json!(words);
    }
    if let Some(day) = action.day {
        body["deferred_date"] = json!(day.to_string());
    }
    if let Some(phone) = &action.phone {
        // Ten digits, as the courier rings them.
        body["phone"] = json!(phone.reveal().trim_start_matches("+91").trim_start_matches('+'));
    }
    Some(body)
}

#[async_trait]
impl CommerceActions for CourierApi {
    fn name(&self) -> &str {
        &self.name
    }

    fn can(&self, kind: ActionKind) -> bool {
        KINDS.contains(&kind)
    }

    fn scope(&self) -> ActionScope {
        ActionScope::Parcels
    }

    async fn act(&self, action: &Action, subject: &ActionSubject) -> Result<ActionTaken, ActionError> {
        let refused = |reason: &str| ActionError::Refused { reason: reason.to_owned() };
        let number = subject.tracking_number.as_deref().map(path_part).ok_or_else(|| refused("no parcel is named"))?;
        let body = ndr_action(action).ok_or_else(|| refused("a courier does not change orders"))?;
        // There is no key under which the same action would be known, so it is looked for before it is repeated.
        if 1 < subject.attempt && self.has_taken(&number, action).await? {
            return Ok(ActionTaken { reference: None });
        }
        let request = self.for_action(Method::POST, &format!("/v1/external/ndr/{number}/action")).await?;
        let answer = send(request.json(&body)).await.map_err(NoAnswer::for_action)?;
        if answer.status.as_u16() == 401 {
            *self.fetched.lock().await = None;
        }
        let body = answer.into_action()?;
        check_message(&body)?;
        Ok(ActionTaken { reference: Json(&body).text_of("id") })
    }
}

/// A fault may come with a good status, told by its own fields.
fn check_message(body: &Value) -> Result<(), ActionError> {
    let body = Json(body);
    let is_bad_code =
        body.text_of("status_code").and_then(|code| code.parse::<u16>().ok()).is_some_and(|code| 400 <= code);
    let has_failed = body.get("success").0 == &Value::Bool(false)
        || body.get("status").0 == &Value::Bool(false)
        || body.get("errors").is_present();
    if is_bad_code || has_failed {
        let reason = body.text_of("message").unwrap_or_else(|| "the courier says no".to_owned());
        return Err(ActionError::Refused { reason });
    }
    Ok(())
}

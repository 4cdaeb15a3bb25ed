//! WooCommerce: signed webhooks with whole orders, orders fetched, metadata and notes written.
//!
//! Source: the documentation of WooCommerce's REST interface, version 3.

#[cfg(test)]
mod tests;

use std::sync::Arc;

use async_trait::async_trait;
use jiff::Timestamp;
use jiff::tz::Offset;
use reqwest::{Method, RequestBuilder};
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::{Value, json};

use super::client::{ApiClient, NoAnswer, send};
use super::reading::{Json, OrderParts, quantity};
use super::shopify::cod_gateways;
use super::signature::Secrets;
use super::{InvalidSource, MadeSource, Read, SourceSettings, message_id, nothing, or_now, read_with};
use crate::domain::orders::actions::{Action, ActionKind};
use crate::domain::orders::incoming::{CommerceEvent, ParcelKey};
use crate::domain::orders::{Item, Payment};
use crate::ports::commerce::{
    ActionError, ActionScope, ActionSubject, ActionTaken, CommerceActions, CommerceSource, Notice, NoticeRefused, Pull,
    PullKind, SourceError, Trust,
};
use crate::ports::telephony::WebhookRequest;

const ORDERS: &str = "/wp-json/wc/v3/orders";

/// The gateway's id, which unlike its title cannot be renamed.
const COD_GATEWAYS: &[&str] = &["cod"];

/// Where the shipment tracking extension keeps parcels, unless the settings name another place.
const TRACKING_KEY: &str = "_wc_shipment_tracking_items";

const PAGE: usize = 100;

const KINDS: &[ActionKind] = &[
    ActionKind::ConfirmCod,
    ActionKind::MarkCancelRequested,
    ActionKind::MarkNotOrdered,
    ActionKind::MarkWrongNumber,
    ActionKind::MarkCallback,
    ActionKind::MarkAddressChanged,
    ActionKind::WriteNote,
    ActionKind::CancelOrder,
];

struct WooCommerce {
    name: String,
    secrets: Secrets,
    cod_gateways: Vec<String>,
    tracking_key: String,
    api: Option<Arc<OrdersApi>>,
}

struct OrdersApi {
    name: String,
    client: ApiClient,
    key: String,
    secret: SecretString,
}

pub(super) fn make_source(settings: &SourceSettings) -> Result<MadeSource, InvalidSource> {
    let api = match (&settings.base_url, &settings.token) {
        (Some(base_url), Some(token)) => {
            let (key, secret) = token
                .expose_secret()
                .split_once(':')
                .ok_or_else(|| settings.invalid("token", "write consumer key, a colon and consumer secret"))?;
            let client = ApiClient::new(settings, base_url)?;
            let (key, secret) = (key.to_owned(), secret.to_owned().into());
            Some(Arc::new(OrdersApi { name: settings.name.clone(), client, key, secret }))
        }
        (None, Some(_)) => return Err(settings.invalid("base_url", "is missing; write the shop's address")),
        (_, None) => None,
    };
    let shop = WooCommerce {
        name: settings.name.clone(),
        secrets: settings.secrets()?,
        cod_gateways: cod_gateways(settings, COD_GATEWAYS),
        tracking_key: settings.tracking_key.clone().unwrap_or_else(|| TRACKING_KEY.to_owned()),
        api: api.clone(),
    };
    Ok(MadeSource { source: Arc::new(shop), actions: api.map(|api| api as Arc<dyn CommerceActions>) })
}

impl WooCommerce {
    fn read_order(&self, order: Json<'_>, now: Timestamp, notice: &mut Notice) {
        let at = or_now(order.time_of("date_modified_gmt", Offset::UTC), now);
        let status = order.text_of("status").unwrap_or_default();
        let is_cancelled = status == "cancelled";
        let parts = self.order_parts(order, is_cancelled.then_some(at));
        match parts.into_order() {
            Ok(read) => {
                let vendor_id = order.text_of("id");
                notice.events.push(CommerceEvent::OrderUpserted { order: Box::new(read), vendor_id, at });
                self.read_parcels(order, at, notice);
            }
            Err(reason) => {
                notice.unusable.push(reason);
            }
        }
        if is_cancelled {
            let order_hints = [order.text_of("id"), order.text_of("number")].into_iter().flatten().collect();
            notice.events.push(CommerceEvent::OrderCancelled { order_hints, at });
        }
    }

    fn order_parts(&self, order: Json<'_>, cancelled_at: Option<Timestamp>) -> OrderParts {
        let (shipping, billing) = (order.get("shipping"), order.get("billing"));
        // Shops that do not ask for a delivery address leave its fields empty.
        let address = if shipping.text_of("address_1").is_some() { shipping } else { billing };
        let name = [address.text_of("first_name"), address.text_of("last_name")];
        let method = order.text_of("payment_method").unwrap_or_default().to_lowercase();
        let is_cod = self.cod_gateways.contains(&method);
        OrderParts {
            order_ref: order.text_of("number").or_else(|| order.text_of("id")),
            placed_at: order.time_of("date_created_gmt", Offset::UTC),
            name: Some(name.into_iter().flatten().collect::<Vec<_>>().join(" ")),
            phones: vec![shipping.text_of("phone"), billing.text_of("phone")],
            email: billing.text_of("email"),
            language: None,
            items: order.get("line_items").entries().filter_map(read_item).collect(),
            total: order.text_of("total").zip(order.text_of("currency")),
            payment: if is_cod { Payment::Cod } else { Payment::Prepaid },
            lines: vec![address.text_of("company"), address.text_of("address_1"), address.text_of("address_2")],
            city: address.text_of("city"),
            state: address.text_of("state"),
            postcode: address.text_of("postcode"),
            country: address.text_of("country"),
            cancelled_at,
        }
    }

    /// Parcels are a plugin's: a list of objects, or one number as text.
    fn read_parcels(&self, order: Json<'_>, at: Timestamp, notice: &mut Notice) {
        let entries = order.get("meta_data").entries();
        for entry in entries.filter(|entry| entry.text_of("key").is_some_and(|key| key == self.tracking_key)) {
            let value = entry.get("value");
            let mut tell = |number: String, carrier: Option<String>| {
                let order_hints = [order.text_of("id"), order.text_of("number")].into_iter().flatten().collect();
                let parcel = ParcelKey { tracking_number: Some(number), carrier, vendor_id: None, order_hints };
                notice.events.push(CommerceEvent::ShipmentUpserted { parcel, at });
            };
            if let Some(number) = value.text() {
                tell(number, None);
            }
            for item in value.entries() {
                let carrier = item.text_of("tracking_provider").or_else(|| item.text_of("custom_tracking_provider"));
                if let Some(number) = item.text_of("tracking_number") {
                    tell(number, carrier);
                }
            }
        }
    }
}

fn read_item(item: Json<'_>) -> Option<Item> {
    Some(Item { title: item.text_of("name")?, quantity: quantity(item.get("quantity")) })
}

/// What a newly saved webhook sends to see whether somebody is there.
fn is_ping(body: &[u8]) -> bool {
    body.strip_prefix(b"webhook_id=")
        .is_some_and(|id| !id.is_empty() && id.len() <= 20 && id.iter().all(u8::is_ascii_digit))
}

#[async_trait]
impl CommerceSource for WooCommerce {
    fn name(&self) -> &str {
        &self.name
    }

    fn trust(&self) -> Trust {
        Trust::Signed
    }

    fn read_webhook(&self, request: &WebhookRequest, now: Timestamp) -> Read {
        let event_id = message_id(request.header("x-wc-webhook-delivery-id"), &request.body);
        if is_ping(&request.body) {
            return Ok(nothing(event_id));
        }
        let signature = request.header("x-wc-webhook-signature").ok_or(NoticeRefused::BadSignature)?;
        if !self.secrets.signed_in_base64(signature, &[&request.body]) {
            return Err(NoticeRefused::BadSignature);
        }
        let topic = request.header("x-wc-webhook-topic").unwrap_or_default().to_owned();
        read_with(request, event_id, |document, notice| {
            if matches!(topic.as_str(), "order.created" | "order.updated" | "order.restored") {
                self.read_order(document, now, notice);
            }
            Ok(())
        })
    }

    fn pulls(&self) -> PullKind {
        if self.api.is_some() { PullKind::Orders } else { PullKind::None }
    }

    async fn pull(&self, ask: &Pull) -> Result<Vec<Notice>, SourceError> {
        let (Some(api), Pull::OrdersSince(since)) = (&self.api, ask) else {
            return Err(SourceError::Refused { reason: "nothing of this kind can be fetched".to_owned() });
        };
        let query = [
            ("modified_after", since.to_string()),
            ("dates_are_gmt", "true".to_owned()),
            ("orderby", "modified".to_owned()),
            ("order", "asc".to_owned()),
            ("per_page", PAGE.to_string()),
        ];
        let request = api.request(Method::GET, ORDERS).query(&query);
        let body = send(request).await.map_err(NoAnswer::for_question)?.into_question()?;
        let read = |order: Json<'_>| {
            let mut notice = nothing(format!("pull:{}", message_id(None, order.0.to_string().as_bytes())));
            self.read_order(order, *since, &mut notice);
            notice
        };
        Ok(Json(&body).entries().map(read).collect())
    }

    async fn check(&self) -> Result<&'static str, SourceError> {
        let Some(api) = &self.api else { return Ok("listened to; no token to ask or act with") };
        let request = api.request(Method::GET, ORDERS).query(&[("per_page", "1")]);
        send(request).await.map_err(NoAnswer::for_question)?.into_question()?;
        Ok("keys accepted")
    }
}

impl OrdersApi {
    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.client.request(method, path).basic_auth(&self.key, Some(self.secret.expose_secret()))
    }

    async fn put_order(&self, id: &str, body: &Value) -> Result<(), ActionError> {
        let request = self.request(Method::PUT, &format!("{ORDERS}/{id}")).json(body);
        send(request).await.map_err(NoAnswer::for_action)?.into_action().map(drop)
    }

    /// Writes a note once: a note cannot be written under a key, so the notes are read before.
    async fn add_note(&self, id: &str, action: &Action) -> Result<(), ActionError> {
        let path = format!("{ORDERS}/{id}/notes");
        let notes = send(self.request(Method::GET, &path)).await.map_err(NoAnswer::for_action)?.into_action()?;
        let mark = action.mark();
        let is_there = |note: Json<'_>| note.get("note").0.as_str().is_some_and(|text| text.contains(&mark));
        if Json(&notes).entries().any(is_there) {
            return Ok(());
        }
        let note = json!({ "note": action.sentence(), "customer_note": false, "added_by_user": false });
        send(self.request(Method::POST, &path).json(&note)).await.map_err(NoAnswer::for_action)?.into_action().map(drop)
    }
}

/// What an order is to become. Source: the table of conventions for cash on delivery.
fn order_change(action: &Action) -> Option<Value> {
    let meta = |key: &str, value: &str| json!([{ "key": key, "value": value }]);
    Some(match action.kind {
        ActionKind::ConfirmCod => json!({ "status": "processing", "meta_data": meta("_cod_status", "confirmed") }),
        ActionKind::MarkCancelRequested => {
            json!({ "status": "on-hold", "meta_data": meta("_cod_status", "cancel_requested") })
        }
        ActionKind::MarkNotOrdered => json!({ "status": "on-hold", "meta_data": meta("_cod_status", "not_ordered") }),
        ActionKind::MarkWrongNumber => json!({ "meta_data": meta("_cod_status", "wrong_number") }),
        ActionKind::MarkCallback => json!({ "meta_data": meta("_cod_status", "callback") }),
        ActionKind::MarkAddressChanged => {
            let words = action.note.as_ref().map_or("", |note| note.reveal());
            json!({ "meta_data": meta("_address_change", words) })
        }
        ActionKind::WriteNote => json!({ "meta_data": meta("_voice_agent_request", &action.asked) }),
        ActionKind::CancelOrder => json!({ "status": "cancelled" }),
        ActionKind::Reattempt
        | ActionKind::Reschedule
        | ActionKind::EditAddress
        | ActionKind::EditPhone
        | ActionKind::ReturnToShop
        | ActionKind::SendPaymentLink => return None,
    })
}

#[async_trait]
impl CommerceActions for OrdersApi {
    fn name(&self) -> &str {
        &self.name
    }

    fn can(&self, kind: ActionKind) -> bool {
        KINDS.contains(&kind)
    }

    fn scope(&self) -> ActionScope {
        ActionScope::Orders
    }

    async fn act(&self, action: &Action, subject: &ActionSubject) -> Result<ActionTaken, ActionError> {
        let refused = |reason: &str| ActionError::Refused { reason: reason.to_owned() };
        let id = subject
            .vendor_order_id
            .as_deref()
            .ok_or_else(|| refused("the shop has not told its own id of this order"))?;
        let change = order_change(action).ok_or_else(|| refused("a shop does not move parcels"))?;
        self.put_order(id, &change).await?;
        self.add_note(id, action).await?;
        Ok(ActionTaken { reference: Some(id.to_owned()) })
    }
}

//! Shopify: webhooks in the form of its REST documents, orders fetched, tags and notes written by GraphQL.
//!
//! Source: Shopify's documentation of webhooks and of the Admin API.

mod api;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use async_trait::async_trait;
use jiff::Timestamp;
use jiff::tz::Offset;
use reqwest::Method;

use super::client::{ApiClient, send};
use super::reading::{Json, OrderParts, india, one_line, quantity};
use super::signature::Secrets;
use super::tracker::{ToldStatus, Tracker};
use super::{InvalidSource, MadeSource, Read, SourceSettings, message_id, or_now, read_with};
use crate::domain::orders::incoming::{CommerceEvent, ParcelKey};
use crate::domain::orders::{CodeBook, Item, Payment};
use crate::ports::commerce::{
    CommerceActions, CommerceSource, Notice, NoticeRefused, Pull, PullKind, SourceError, Trust,
};
use crate::ports::telephony::WebhookRequest;
use api::AdminApi;

/// Orders of one answer; the next question begins where it ended.
const PAGE: usize = 100;

/// Words in the name of a gateway that stand for payment at the door, unless the settings name others.
const COD_GATEWAYS: &[&str] = &["cash on delivery", "cash_on_delivery", "cod", "pay on delivery"];

pub(super) struct Shopify {
    name: String,
    secrets: Secrets,
    cod_gateways: Vec<String>,
    /// None without base_url and token: then it is only listened to.
    api: Option<Arc<AdminApi>>,
}

/// Makes a shop of this kind.
pub(super) fn make_source(settings: &SourceSettings) -> Result<MadeSource, InvalidSource> {
    let api = match (&settings.base_url, &settings.token) {
        (Some(base_url), Some(token)) => {
            let client = ApiClient::new(settings, base_url)?;
            Some(Arc::new(AdminApi::new(settings.name.clone(), client, token.clone())))
        }
        (None, Some(_)) => {
            return Err(settings.invalid("base_url", "is missing; write https://SHOP.myshopify.com"));
        }
        (_, None) => None,
    };
    let shop = Shopify {
        name: settings.name.clone(),
        secrets: settings.secrets()?,
        cod_gateways: cod_gateways(settings, COD_GATEWAYS),
        api: api.clone(),
    };
    let actions = api.map(|api| api as Arc<dyn CommerceActions>);
    Ok(MadeSource { source: Arc::new(shop), actions })
}

/// As the settings have them, in lower case; else the usual ones.
pub(super) fn cod_gateways(settings: &SourceSettings, usual: &[&str]) -> Vec<String> {
    if settings.cod_gateways.is_empty() {
        usual.iter().map(|&gateway| gateway.to_owned()).collect()
    } else {
        settings.cod_gateways.iter().map(|gateway| gateway.to_lowercase()).collect()
    }
}

impl Shopify {
    fn verify(&self, request: &WebhookRequest) -> Result<(), NoticeRefused> {
        let signature = header(request, "hmac-sha256").ok_or(NoticeRefused::BadSignature)?;
        let is_signed = self.secrets.signed_in_base64(signature, &[&request.body]);
        if is_signed { Ok(()) } else { Err(NoticeRefused::BadSignature) }
    }

    fn read_order(&self, order: Json<'_>, now: Timestamp, notice: &mut Notice) {
        let at = or_now(order.time_of("updated_at", Offset::UTC), now);
        match self.order_parts(order).into_order() {
            Ok(read) => {
                let vendor_id = order.text_of("id");
                notice.events.push(CommerceEvent::OrderUpserted { order: Box::new(read), vendor_id, at });
                for fulfillment in order.get("fulfillments").entries() {
                    self.read_fulfillment(fulfillment, now, notice);
                }
            }
            Err(reason) => notice.unusable.push(reason),
        }
    }

    fn order_parts(&self, order: Json<'_>) -> OrderParts {
        let (address, billing, customer) =
            (order.get("shipping_address"), order.get("billing_address"), order.get("customer"));
        let address = if address.is_present() { address } else { billing };
        let full_name = |place: Json<'_>| {
            let parts = [place.text_of("first_name"), place.text_of("last_name")];
            let name = parts.into_iter().flatten().collect::<Vec<_>>().join(" ");
            (!name.is_empty()).then_some(name)
        };
        let name = address.text_of("name").or_else(|| full_name(address)).or_else(|| full_name(customer));
        OrderParts {
            order_ref: order.text_of("name").or_else(|| order.text_of("order_number")),
            placed_at: order.time_of("created_at", Offset::UTC),
            name,
            phones: vec![
                address.text_of("phone"),
                order.text_of("phone"),
                customer.text_of("phone"),
                billing.text_of("phone"),
            ],
            email: order.text_of("email").or_else(|| order.text_of("contact_email")),
            language: order.text_of("customer_locale"),
            items: order.get("line_items").entries().filter_map(read_item).collect(),
            total: order.text_of("total_price").zip(order.text_of("currency")),
            payment: self.payment(order),
            lines: vec![address.text_of("company"), address.text_of("address1"), address.text_of("address2")],
            city: address.text_of("city"),
            state: address.text_of("province_code").or_else(|| address.text_of("province")),
            postcode: address.text_of("zip"),
            country: address.text_of("country_code"),
            cancelled_at: order.time_of("cancelled_at", Offset::UTC),
        }
    }

    /// Payment at the door is what a gateway of that name has not been paid yet.
    fn payment(&self, order: Json<'_>) -> Payment {
        let gateways = order.get("payment_gateway_names").entries().filter_map(Json::text);
        let is_cod = gateways.chain(order.text_of("gateway")).any(|gateway| {
            let gateway = gateway.to_lowercase();
            self.cod_gateways
                .iter()
                .any(|cod| gateway.split(['(', ')']).any(|part| part.trim() == cod) || gateway == *cod)
        });
        let is_paid = order.text_of("financial_status").is_some_and(|status| status.eq_ignore_ascii_case("paid"));
        if is_cod && !is_paid { Payment::Cod } else { Payment::Prepaid }
    }

    fn tracker(&self, parcel: ParcelKey) -> Tracker<'_> {
        Tracker { book: CodeBook::Shopify, source: &self.name, parcel }
    }

    fn read_fulfillment(&self, fulfillment: Json<'_>, now: Timestamp, notice: &mut Notice) {
        let numbers = fulfillment.get("tracking_numbers").entries().filter_map(Json::text);
        let number = fulfillment.text_of("tracking_number").or_else(|| numbers.into_iter().next());
        let parcel = ParcelKey {
            tracking_number: number,
            carrier: fulfillment.text_of("tracking_company"),
            vendor_id: fulfillment.text_of("id"),
            order_hints: fulfillment.text_of("order_id").into_iter().collect(),
        };
        if parcel.tracking_number.is_none() {
            return;
        }
        let at = or_now(fulfillment.time_of("updated_at", Offset::UTC), now);
        let tracker = self.tracker(parcel);
        tracker.announce(or_now(fulfillment.time_of("created_at", Offset::UTC), at), notice);
        let is_cancelled = fulfillment.text_of("status").is_some_and(|status| status.starts_with("cancel"));
        let status = if is_cancelled { Some("canceled".to_owned()) } else { fulfillment.text_of("shipment_status") };
        if let Some(status) = status {
            tracker.add(ToldStatus { at: Some(at), status, ..ToldStatus::default() }, notice);
        }
    }

    fn read_fulfillment_event(&self, event: Json<'_>, notice: &mut Notice) {
        let parcel = ParcelKey {
            vendor_id: event.text_of("fulfillment_id"),
            order_hints: event.text_of("order_id").into_iter().collect(),
            ..ParcelKey::default()
        };
        let place = [event.text_of("city"), event.text_of("province")];
        let place = place.into_iter().flatten().collect::<Vec<_>>().join(", ");
        let told = ToldStatus {
            at: event.time_of("happened_at", Offset::UTC).or_else(|| event.time_of("created_at", Offset::UTC)),
            status: event.text_of("status").unwrap_or_default(),
            text: event.text_of("message"),
            place: (!place.is_empty()).then_some(place),
            sequence: event.text_of("id").and_then(|id| id.parse().ok()),
            eta: event.get("estimated_delivery_at").window(india()),
            ..ToldStatus::default()
        };
        self.tracker(parcel).add(told, notice);
    }

    fn read(&self, topic: &str, document: Json<'_>, now: Timestamp, notice: &mut Notice) -> Result<(), NoticeRefused> {
        match topic {
            "orders/cancelled" => {
                self.read_order(document, now, notice);
                let hints = document.text_of("id").into_iter().chain(document.text_of("name")).collect();
                let at = document.time_of("cancelled_at", Offset::UTC);
                notice.events.push(CommerceEvent::OrderCancelled { order_hints: hints, at: or_now(at, now) });
            }
            topic if topic.starts_with("orders/") => self.read_order(document, now, notice),
            "fulfillments/create" | "fulfillments/update" => self.read_fulfillment(document, now, notice),
            "fulfillment_events/create" => self.read_fulfillment_event(document, notice),
            "" => return Err(super::refused("the topic header is missing")),
            // Another topic that somebody subscribed to: nothing of it is kept here.
            _ => {}
        }
        Ok(())
    }
}

fn header<'a>(request: &'a WebhookRequest, name: &str) -> Option<&'a str> {
    // Newer subscriptions leave the X out.
    request.header(&format!("x-shopify-{name}")).or_else(|| request.header(&format!("shopify-{name}")))
}

fn read_item(item: Json<'_>) -> Option<Item> {
    let title = item.text_of("title").or_else(|| item.text_of("name"))?;
    Some(Item { title: one_line(&title), quantity: quantity(item.get("quantity")) })
}

#[async_trait]
impl CommerceSource for Shopify {
    fn name(&self) -> &str {
        &self.name
    }

    fn trust(&self) -> Trust {
        Trust::Signed
    }

    fn read_webhook(&self, request: &WebhookRequest, now: Timestamp) -> Read {
        self.verify(request)?;
        let topic = header(request, "topic").unwrap_or_default().to_lowercase();
        let event_id = message_id(header(request, "webhook-id"), &request.body);
        read_with(request, event_id, |document, notice| self.read(&topic, document, now, notice))
    }

    fn pulls(&self) -> PullKind {
        if self.api.is_some() { PullKind::Orders } else { PullKind::None }
    }

    async fn pull(&self, ask: &Pull) -> Result<Vec<Notice>, SourceError> {
        let (Some(api), Pull::OrdersSince(since)) = (&self.api, ask) else {
            return Err(SourceError::Refused { reason: "nothing of this kind can be fetched".to_owned() });
        };
        let query = [
            ("status", "any".to_owned()),
            ("order", "updated_at asc".to_owned()),
            ("limit", PAGE.to_string()),
            ("updated_at_min", since.to_string()),
        ];
        let request = api.request(Method::GET, "/orders.json").await?.query(&query);
        let body = send(request).await.map_err(super::client::NoAnswer::for_question)?.into_question()?;
        let mut notices = Vec::new();
        for order in Json(&body).get("orders").entries() {
            let id = format!("pull:{}", message_id(None, order.0.to_string().as_bytes()));
            let mut notice = super::nothing(id);
            let at = or_now(order.time_of("updated_at", Offset::UTC), *since);
            self.read_order(order, at, &mut notice);
            notices.push(notice);
        }
        Ok(notices)
    }

    async fn check(&self) -> Result<&'static str, SourceError> {
        let Some(api) = &self.api else { return Ok("listened to; no token to ask or act with") };
        let request = api.request(Method::GET, "/shop.json").await?;
        send(request).await.map_err(super::client::NoAnswer::for_question)?.into_question()?;
        Ok("token accepted")
    }
}

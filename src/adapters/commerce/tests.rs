//! What holds for every kind of source: the same forgeries, the same malformed bodies, the same settings.

use std::sync::Arc;

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use jiff::Timestamp;

use super::{InvalidSource, MadeSource, SOURCES, SourceSettings, make_source};
use crate::domain::orders::incoming::CommerceEvent;
use crate::domain::orders::{DeliveryStatus, Order, TrackingEvent};
use crate::ports::commerce::{CommerceActions, CommerceSource, Notice, NoticeRefused};
use crate::ports::telephony::WebhookRequest;

pub(super) const SECRET: &str = "the source's own secret";

pub(super) fn now() -> Timestamp {
    "2026-03-02T09:00:00Z".parse().unwrap()
}

pub(super) fn settings(kind: &str) -> SourceSettings {
    SourceSettings {
        kind: kind.to_owned(),
        name: kind.to_owned(),
        secret: Some(SECRET.into()),
        allow_private_addresses: true,
        ..SourceSettings::default()
    }
}

/// A source that can be asked and act at `base_url`.
pub(super) fn made_at(kind: &str, base_url: &str, token: &str) -> MadeSource {
    drop(rustls::crypto::aws_lc_rs::default_provider().install_default());
    let settings = SourceSettings { base_url: Some(base_url.to_owned()), token: Some(token.into()), ..settings(kind) };
    make_source(&settings).unwrap()
}

pub(super) fn actions_at(kind: &str, base_url: &str, token: &str) -> Arc<dyn CommerceActions> {
    made_at(kind, base_url, token).actions.unwrap()
}

pub(super) fn source(kind: &str) -> Arc<dyn CommerceSource> {
    make_source(&settings(kind)).unwrap().source
}

pub(super) fn request(headers: &[(&str, &str)], body: &str) -> WebhookRequest {
    WebhookRequest {
        path_and_query: "/webhooks/source".to_owned(),
        headers: headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
        body: body.as_bytes().to_vec(),
    }
}

pub(super) fn mac(secret: &str, parts: &[&[u8]]) -> Vec<u8> {
    let mut signing = hmac::Context::with_key(&hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes()));
    parts.iter().for_each(|part| signing.update(part));
    signing.sign().as_ref().to_vec()
}

pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A message as its source sends it, signed with `secret`.
pub(super) fn signed(kind: &str, topic: &str, secret: &str, body: &str) -> WebhookRequest {
    let base64 = BASE64.encode(mac(secret, &[body.as_bytes()]));
    let easypost = format!("hmac-sha256-hex={}", hex(&mac(secret, &[body.as_bytes()])));
    let time = now().as_second().to_string();
    let shippo = format!("t={time},v1={}", hex(&mac(secret, &[time.as_bytes(), b".", body.as_bytes()])));
    match kind {
        "shopify" => request(
            &[("x-shopify-hmac-sha256", &base64), ("x-shopify-topic", topic), ("x-shopify-webhook-id", "w-1")],
            body,
        ),
        "woocommerce" => request(
            &[("x-wc-webhook-signature", &base64), ("x-wc-webhook-topic", topic), ("x-wc-webhook-delivery-id", "d-1")],
            body,
        ),
        "aftership" => request(&[("aftership-hmac-sha256", &base64)], body),
        "easypost" => request(&[("x-hmac-signature", &easypost)], body),
        "shippo" => request(&[("shippo-auth-signature", &shippo)], body),
        _ => request(&[("x-api-key", secret)], body),
    }
}

pub(super) fn read(kind: &str, topic: &str, body: &str) -> Notice {
    source(kind).read_webhook(&signed(kind, topic, SECRET, body), now()).unwrap()
}

pub(super) fn orders(notice: &Notice) -> Vec<&Order> {
    let order = |event: &CommerceEvent| matches!(event, CommerceEvent::OrderUpserted { .. });
    notice
        .events
        .iter()
        .filter(|event| order(event))
        .filter_map(|event| match event {
            CommerceEvent::OrderUpserted { order, .. } => Some(order.as_ref()),
            CommerceEvent::OrderCancelled { .. }
            | CommerceEvent::ShipmentUpserted { .. }
            | CommerceEvent::Tracking { .. } => None,
        })
        .collect()
}

pub(super) fn tracking(notice: &Notice) -> Vec<&TrackingEvent> {
    notice
        .events
        .iter()
        .filter_map(|event| match event {
            CommerceEvent::Tracking { event, .. } => Some(event.as_ref()),
            CommerceEvent::OrderUpserted { .. }
            | CommerceEvent::OrderCancelled { .. }
            | CommerceEvent::ShipmentUpserted { .. } => None,
        })
        .collect()
}

/// Status and reason of each event.
pub(super) fn statuses(notice: &Notice) -> Vec<(DeliveryStatus, Option<&str>)> {
    tracking(notice).iter().map(|event| (event.status, event.reason.as_deref())).collect()
}

#[test]
fn a_forged_message_is_refused_by_every_source() {
    for (kind, _) in SOURCES {
        let source = source(kind);
        let body = "{\"a\":1}";
        assert!(source.read_webhook(&signed(kind, "orders/create", SECRET, body), now()).is_ok(), "{kind}");
        let forged = [
            signed(kind, "orders/create", "another secret", body),
            request(&[], body),
            request(&[("x-api-key", ""), ("authorization", "Token "), ("x-shopify-hmac-sha256", "")], body),
        ];
        for forged in &forged {
            assert_eq!(source.read_webhook(forged, now()), Err(NoticeRefused::BadSignature), "{kind}");
        }
        if !matches!(*kind, "shiprocket" | "delhivery") {
            let mut changed = signed(kind, "orders/create", SECRET, body);
            changed.body = b"{\"a\":2}".to_vec();
            assert_eq!(source.read_webhook(&changed, now()), Err(NoticeRefused::BadSignature), "{kind}");
        }
    }
}

#[test]
fn a_secret_before_is_good_until_it_is_taken_out() {
    for (kind, _) in SOURCES {
        let changing = SourceSettings { secret_before: Some("before".into()), ..settings(kind) };
        let source = make_source(&changing).unwrap().source;
        for secret in [SECRET, "before"] {
            assert!(source.read_webhook(&signed(kind, "orders/create", secret, "{}"), now()).is_ok(), "{kind}");
        }
    }
}

#[test]
fn a_signed_message_that_is_no_document_is_malformed() {
    for (kind, _) in SOURCES {
        for body in ["", "{", "null", "[1]", "\"text\"", "<xml/>"] {
            let refused = source(kind).read_webhook(&signed(kind, "orders/create", SECRET, body), now());
            assert!(matches!(refused, Err(NoticeRefused::BadRequest { .. })), "{kind} {body}: {refused:?}");
        }
    }
}

#[test]
fn documents_of_other_shapes_are_read_as_nothing() {
    let odd = [
        "{}",
        r#"{"msg":[],"result":7,"data":"x","Shipment":[],"awb":{},"description":"tracker.updated","event":"track_updated"}"#,
        r#"{"msg":{"tracking_number":{}},"result":{"tracking_code":[]},"Shipment":{"AWB":null},"id":[],"fulfillments":7}"#,
    ];
    for (kind, _) in SOURCES {
        for body in odd {
            for topic in ["orders/create", "order.updated", "fulfillments/update", "fulfillment_events/create"] {
                let notice = source(kind).read_webhook(&signed(kind, topic, SECRET, body), now()).unwrap();
                assert_eq!(orders(&notice).len(), 0, "{kind} {topic} {body}");
            }
        }
    }
}

fn refusal(settings: &SourceSettings) -> String {
    make_source(settings).err().map_or(String::new(), |error: InvalidSource| error.to_string())
}

#[test]
fn settings_that_cannot_be_used_name_the_key_and_the_remedy() {
    drop(rustls::crypto::aws_lc_rs::default_provider().install_default());
    assert!(
        refusal(&SourceSettings { kind: "magento".to_owned(), ..settings("shopify") })
            .contains("kind: write one of shopify, ")
    );
    for name in ["", "My Shop", "a/b", "ä", "UPPER"] {
        let named = SourceSettings { name: name.to_owned(), ..settings("shopify") };
        assert!(refusal(&named).contains(": name: write small letters"), "{name}");
    }
    for (kind, _) in SOURCES {
        let open = SourceSettings { secret: None, ..settings(kind) };
        assert!(refusal(&open).contains(": secret: is missing"), "{kind}");
        assert!(refusal(&SourceSettings { secret: Some("".into()), ..settings(kind) }).contains(": secret:"), "{kind}");
    }
    for (base_url, word) in [
        ("http://shop.example", "https://"),
        ("https://127.0.0.1", "private address"),
        ("https://[::1]:8443", "private address"),
        ("nonsense", "write a URL"),
    ] {
        for kind in ["shopify", "woocommerce", "shiprocket", "delhivery"] {
            let guarded = SourceSettings {
                base_url: Some(base_url.to_owned()),
                token: Some("a:b".into()),
                allow_private_addresses: false,
                ..settings(kind)
            };
            let line = refusal(&guarded);
            assert!(line.contains("base_url") && line.contains(word), "{kind} {base_url}: {line}");
        }
    }
    let lost = SourceSettings { token: Some("t".into()), ..settings("shopify") };
    assert!(refusal(&lost).contains("base_url: is missing"));
}

//! The decoders of outside bytes. A new decoder gets a line here and a valid input under `corpus/<name>/`.

use std::hint::black_box;
use std::str::FromStr;

use std::sync::LazyLock;

use doorstep::adapters::telephony::browser::BrowserCodec;
use doorstep::adapters::telephony::twilio::{TwilioProvider, TwilioSettings};
use doorstep::domain::dialogue::Phrasebook;
use doorstep::domain::orders::Order;
use doorstep::domain::orders::import::{CsvHeader, order_from_json};
use doorstep::domain::values::{CallId, Currency, PhoneNumber};
use doorstep::ports::telephony::{MediaCodec, TelephonyProvider as _, WebhookRequest, WireMessage};

/// A decoder, under the name of its corpus folder.
pub(crate) struct Target {
    pub(crate) name: &'static str,
    pub(crate) decode: fn(&[u8]),
}

pub(crate) const TARGETS: &[Target] = &[
    Target { name: "browser_media", decode: browser_media },
    Target { name: "call_id", decode: parse_as::<CallId> },
    Target { name: "currency", decode: parse_as::<Currency> },
    Target { name: "order_csv", decode: order_csv },
    Target { name: "order_json", decode: order_json },
    Target { name: "order_line", decode: order_line },
    Target { name: "phone_number", decode: parse_as::<PhoneNumber> },
    Target { name: "phrasebook", decode: phrasebook },
    Target { name: "twilio_media", decode: twilio_media },
    Target { name: "twilio_webhook", decode: twilio_webhook },
];

fn parse_as<T: FromStr>(input: &[u8]) {
    if let Ok(text) = std::str::from_utf8(input) {
        drop(black_box(text.parse::<T>()));
    }
}

fn order_json(input: &[u8]) {
    drop(black_box(serde_json::from_slice::<Order>(input)));
}

fn order_line(input: &[u8]) {
    if let Ok(text) = std::str::from_utf8(input) {
        drop(black_box(order_from_json(text)));
    }
}

/// The first line is the header.
fn order_csv(input: &[u8]) {
    let Ok(text) = std::str::from_utf8(input) else { return };
    let (header, rows) = text.split_once('\n').unwrap_or((text, ""));
    if let Ok(header) = CsvHeader::parse(header) {
        drop(black_box(header.order_from_row(rows)));
    }
}

fn phrasebook(input: &[u8]) {
    if let Ok(text) = std::str::from_utf8(input) {
        drop(black_box(Phrasebook::load(&[("fuzzed.toml", text)])));
    }
}

fn twilio_media(input: &[u8]) {
    stream(TWILIO.media_codec().as_mut(), input);
}

fn browser_media(input: &[u8]) {
    stream(&mut BrowserCodec::new(), input);
}

/// One message a line; what is no text comes as a binary frame.
fn stream(codec: &mut dyn MediaCodec, input: &[u8]) {
    for line in input.split(|byte| *byte == b'\n') {
        let message = match std::str::from_utf8(line) {
            Ok(text) => WireMessage::Text(text),
            Err(_) => WireMessage::Binary(line),
        };
        let _ = black_box(codec.decode(message, &mut |event| drop(black_box(event))));
    }
}

/// The first line is path and query, the second the signature, the rest the body.
fn twilio_webhook(input: &[u8]) {
    let mut lines = input.splitn(3, |byte| *byte == b'\n');
    let mut text = || String::from_utf8_lossy(lines.next().unwrap_or_default()).into_owned();
    let (path_and_query, signature) = (text(), text());
    let kind = "application/x-www-form-urlencoded".to_owned();
    let request = WebhookRequest {
        path_and_query,
        headers: vec![("x-twilio-signature".to_owned(), signature), ("content-type".to_owned(), kind)],
        body: lines.next().unwrap_or_default().to_vec(),
    };
    drop(black_box(TWILIO.verify_webhook(&request)));
    drop(black_box(TWILIO.parse_voice(&request)));
    drop(black_box(TWILIO.parse_status(&request)));
}

/// Made on a thread of its own, so that its HTTP client does not count as held by the first input.
static TWILIO: LazyLock<TwilioProvider> = LazyLock::new(|| {
    let made = std::thread::spawn(|| {
        drop(rustls::crypto::aws_lc_rs::default_provider().install_default());
        let url = "https://voice.example.com".to_owned();
        TwilioProvider::new(TwilioSettings::new("AC1".to_owned(), "token".to_owned().into(), url))
    });
    made.join().expect("it does not panic").expect("the settings are sound")
});

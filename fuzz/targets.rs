//! The decoders of outside bytes. A new decoder gets a line here and a valid input under `corpus/<name>/`.

use std::fmt::Display;
use std::hint::black_box;
use std::str::FromStr;
use std::sync::{Arc, LazyLock};

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use doorstep::adapters::commerce::{SOURCES, SourceSettings, make_source};
use doorstep::adapters::crm;
use doorstep::adapters::language_model::{anthropic, openai};
use doorstep::adapters::speech_to_text::evaluate;
use doorstep::adapters::telephony::browser::BrowserCodec;
use doorstep::adapters::telephony::twilio::{TwilioProvider, TwilioSettings, read_placement};
use doorstep::adapters::text_to_speech::embedded::Pronunciations;
use doorstep::adapters::text_to_speech::flite;
use doorstep::adapters::voice_activity::SileroJudge;
use doorstep::domain::call::VerificationLevel;
use doorstep::domain::dialogue::Phrasebook;
use doorstep::domain::dialogue::claims::{ClaimCheck, KnownFact, Meaning, Truth, Value};
use doorstep::domain::dialogue::phrasebook::Voice;
use doorstep::domain::dialogue::tools::check_call;
use doorstep::domain::dialogue::understanding::Understanding;
use doorstep::domain::dialogue::understanding::vocabulary::{Vocabularies, Vocabulary};
use doorstep::domain::figures::TICKETS;
use doorstep::domain::orders::import::{ORDERS, order_from_json};
use doorstep::domain::orders::{CodeBook, Order, RawStatus, carrier_of, has_wrong_check_digit};
use doorstep::domain::speech::Locales;
use doorstep::domain::values::{CallId, Currency, PhoneNumber};
use doorstep::ports::commerce::CommerceSource;
use doorstep::ports::telephony::{MediaCodec, TelephonyProvider as _, WebhookRequest, WireMessage};
use doorstep::simulator::Clip;
use jiff::civil::date;
use reqwest::StatusCode;

/// A decoder, under the name of its corpus folder.
pub(crate) struct Target {
    pub(crate) name: &'static str,
    pub(crate) decode: fn(&[u8]),
}

pub(crate) const TARGETS: &[Target] = &[
    Target { name: "aftership_webhook", decode: |input| webhook("aftership", input) },
    Target { name: "anthropic_stream", decode: anthropic_stream },
    Target { name: "browser_media", decode: browser_media },
    Target { name: "carrier_code", decode: carrier_code },
    Target { name: "call_id", decode: parse_as::<CallId> },
    Target { name: "claims", decode: claims },
    Target { name: "crm_answer", decode: crm_answer },
    Target { name: "currency", decode: parse_as::<Currency> },
    Target { name: "delhivery_webhook", decode: |input| webhook("delhivery", input) },
    Target { name: "easypost_webhook", decode: |input| webhook("easypost", input) },
    Target { name: "locale", decode: locale },
    Target { name: "openai_stream", decode: openai_stream },
    Target { name: "order_csv", decode: order_csv },
    Target { name: "order_json", decode: order_json },
    Target { name: "order_line", decode: order_line },
    Target { name: "phone_number", decode: parse_as::<PhoneNumber> },
    Target { name: "phrasebook", decode: phrasebook },
    Target { name: "shippo_webhook", decode: |input| webhook("shippo", input) },
    Target { name: "shiprocket_webhook", decode: |input| webhook("shiprocket", input) },
    Target { name: "shopify_webhook", decode: |input| webhook("shopify", input) },
    Target { name: "tool_call", decode: tool_call },
    Target { name: "pronunciations", decode: pronunciations },
    Target { name: "tracking_number", decode: tracking_number },
    Target { name: "twilio_media", decode: twilio_media },
    Target { name: "twilio_rest", decode: twilio_rest },
    Target { name: "twilio_webhook", decode: twilio_webhook },
    Target { name: "understanding", decode: understanding },
    Target { name: "vocabulary", decode: vocabulary },
    Target { name: "voice_weights", decode: voice_weights },
    Target { name: "wav", decode: wav },
    Target { name: "woocommerce_webhook", decode: |input| webhook("woocommerce", input) },
];

/// Longer than any fault has to be.
const FAULT_CHARACTERS_MAX: usize = 400;

/// Whatever is refused is refused in one clear line.
fn clear<T, E: Display>(result: Result<T, E>) {
    if let Err(fault) = black_box(result) {
        let line = fault.to_string();
        assert!(!line.trim().is_empty(), "a refusal without a word");
        assert!(!line.contains(char::is_control), "more than one line: {line:?}");
        assert!(line.chars().count() <= FAULT_CHARACTERS_MAX, "an endless line: {line}");
    }
}

fn parse_as<T: FromStr>(input: &[u8]) {
    if let Ok(text) = std::str::from_utf8(input) {
        drop(black_box(text.parse::<T>()));
    }
}

/// Every vendor's decoders; the words of a refusal are shown and logged.
fn crm_answer(input: &[u8]) {
    let words = black_box(crm::read_answer(input));
    assert!(!words.contains(char::is_control), "more than one line: {words:?}");
    assert!(words.chars().count() <= FAULT_CHARACTERS_MAX, "an endless line: {words}");
}

fn order_json(input: &[u8]) {
    drop(black_box(serde_json::from_slice::<Order>(input)));
}

fn order_line(input: &[u8]) {
    if let Ok(text) = std::str::from_utf8(input) {
        drop(black_box(order_from_json(text)));
        drop(black_box(TICKETS.from_json(text)));
    }
}

/// The first line is the header.
fn order_csv(input: &[u8]) {
    let Ok(text) = std::str::from_utf8(input) else { return };
    let (header, rows) = text.split_once('\n').unwrap_or((text, ""));
    if let Ok(header) = ORDERS.header(header) {
        drop(black_box(ORDERS.from_row(&header, rows)));
    }
}

fn phrasebook(input: &[u8]) {
    if let Ok(text) = std::str::from_utf8(input) {
        clear(Phrasebook::load(&[("fuzzed.en.toml", text)], LOCALES.clone()));
    }
}

/// None of that name is there, so that none is kept.
fn locale(input: &[u8]) {
    if let Ok(text) = std::str::from_utf8(input) {
        clear(Locales::load(&[("fuzzed.toml", text)], "en-IN", None));
    }
}

fn understanding(input: &[u8]) {
    if let Ok(text) = std::str::from_utf8(input) {
        clear(Understanding::compile(text, Vocabularies::default()));
    }
}

/// As each of its parts.
fn vocabulary(input: &[u8]) {
    if let Ok(text) = std::str::from_utf8(input) {
        Vocabulary::PARTS.iter().for_each(|part| clear(Vocabulary::load(&[(part, text)])));
    }
}

/// Sentences of a model, one a line.
fn claims(input: &[u8]) {
    let text = String::from_utf8_lossy(input);
    let voice = Voice { locale: LOCALES.home(), today: date(2026, 11, 22) };
    let day = KnownFact::value(Meaning::Eta, Value::Day(date(2026, 11, 24)), VerificationLevel::V1);
    let facts = vec![KnownFact::truth(Truth::InTransit, VerificationLevel::V1), day];
    let grounds = CLAIMS.grounds(facts, VerificationLevel::V1, &voice);
    text.lines().for_each(|line| drop(black_box(grounds.judge(line))));
}

fn openai_stream(input: &[u8]) {
    drop(black_box(openai::decoder().replay(input)));
}

fn anthropic_stream(input: &[u8]) {
    drop(black_box(anthropic::decoder().replay(input)));
}

/// The first line is the tool's name, the rest its arguments.
fn tool_call(input: &[u8]) {
    let text = String::from_utf8_lossy(input);
    let (name, arguments) = text.split_once('\n').unwrap_or((&text, ""));
    drop(black_box(check_call(name, arguments)));
}

fn pronunciations(input: &[u8]) {
    if let Ok(text) = std::str::from_utf8(input) {
        clear(Pronunciations::parse(text, char::is_alphabetic));
    }
}

fn voice_weights(input: &[u8]) {
    clear(SileroJudge::from_model(input));
}

/// By all who read recordings: the simulated caller, the scoring of recognition, the spare voice.
fn wav(input: &[u8]) {
    clear(Clip::from_wav_bytes(input));
    clear(evaluate::decode_wav(input));
    clear(flite::decode_wav(input, "Hello."));
}

/// The first line is the status, the rest the body.
fn twilio_rest(input: &[u8]) {
    let mut lines = input.splitn(2, |byte| *byte == b'\n');
    let status = StatusCode::from_bytes(lines.next().unwrap_or_default()).unwrap_or(StatusCode::BAD_REQUEST);
    clear(read_placement(status, lines.next().unwrap_or_default()));
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
        // A refusal is an answer like any other.
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

/// The first line is the topic, the rest the body. It is signed, because what is not is read no further.
fn webhook(kind: &str, input: &[u8]) {
    let mut lines = input.splitn(2, |byte| *byte == b'\n');
    let topic = String::from_utf8_lossy(lines.next().unwrap_or_default()).into_owned();
    let body = lines.next().unwrap_or_default();
    let now = "2026-03-02T09:00:00Z".parse().expect("a time");
    let (_, source) = WEBHOOKS.iter().find(|(known, _)| *known == kind).expect("every kind is made");
    let request = |headers: Vec<(&str, String)>| WebhookRequest {
        path_and_query: format!("/webhooks/{kind}?token={SECRET}"),
        headers: headers.into_iter().map(|(name, value)| (name.to_owned(), value)).collect(),
        body: body.to_vec(),
    };
    let mac = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, SECRET.as_bytes()), body);
    let base64 = BASE64.encode(mac.as_ref());
    let hex: String = mac.as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
    let signed = request(vec![
        ("x-shopify-hmac-sha256", base64.clone()),
        ("x-shopify-topic", topic.clone()),
        ("x-wc-webhook-signature", base64.clone()),
        ("x-wc-webhook-topic", topic.clone()),
        ("aftership-hmac-sha256", base64),
        ("x-hmac-signature", format!("hmac-sha256-hex={hex}")),
        ("x-api-key", SECRET.to_owned()),
    ]);
    clear(source.read_webhook(&signed, now));
    // What comes from anybody: the headers are hostile too.
    let names = ["x-shopify-hmac-sha256", "x-wc-webhook-signature", "aftership-hmac-sha256", "x-hmac-signature"];
    let forged = names.into_iter().chain(["shippo-auth-signature", "x-api-key"]).map(|name| (name, topic.clone()));
    clear(source.read_webhook(&request(forged.collect()), now));
}

/// Status, detail and sentence, one a line.
fn carrier_code(input: &[u8]) {
    let text = String::from_utf8_lossy(input);
    let mut lines = text.split('\n');
    let mut line = || lines.next().unwrap_or_default();
    let raw = RawStatus { status: line(), detail: line(), text: line() };
    CodeBook::ALL.into_iter().for_each(|book| {
        black_box(book.meaning_of(raw));
    });
}

fn tracking_number(input: &[u8]) {
    let text = String::from_utf8_lossy(input);
    black_box((carrier_of(&text), has_wrong_check_digit(&text)));
}

const SECRET: &str = "secret";

type NamedSource = (&'static str, Arc<dyn CommerceSource>);

/// Made on a thread of its own, so that its tables do not count as held by the first input.
static WEBHOOKS: LazyLock<Vec<NamedSource>> = LazyLock::new(|| {
    let make = |kind: &'static str| {
        let (name, secret) = (kind.to_owned(), Some(SECRET.into()));
        let settings = SourceSettings { kind: kind.to_owned(), name, secret, ..SourceSettings::default() };
        (kind, make_source(&settings).expect("the settings are sound").source)
    };
    let made = std::thread::spawn(move || SOURCES.iter().map(|(kind, _)| make(kind)).collect());
    made.join().expect("it does not panic")
});

static LOCALES: LazyLock<Locales> = LazyLock::new(|| {
    let british = ("en-GB.toml", include_str!("../prompts/locales/en-GB.toml"));
    Locales::load(&[british], "en-GB", None).expect("the locales are complete")
});

/// Made on a thread of its own, so that its tables do not count as held by the first input.
static CLAIMS: LazyLock<ClaimCheck> = LazyLock::new(|| {
    let made = std::thread::spawn(|| ClaimCheck::compile(include_str!("../prompts/claims/en.toml")));
    made.join().expect("it does not panic").expect("the shipped claim file is well-formed")
});

/// Made on a thread of its own, so that its HTTP client does not count as held by the first input.
static TWILIO: LazyLock<TwilioProvider> = LazyLock::new(|| {
    let made = std::thread::spawn(|| {
        drop(rustls::crypto::aws_lc_rs::default_provider().install_default());
        let url = "https://voice.example.com".to_owned();
        TwilioProvider::new(TwilioSettings::new("AC1".to_owned(), "token".to_owned().into(), url))
    });
    made.join().expect("it does not panic").expect("the settings are sound")
});

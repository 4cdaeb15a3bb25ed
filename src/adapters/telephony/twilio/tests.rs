use std::time::Duration;

use secrecy::SecretString;
use wiremock::matchers::{method, path};
use wiremock::{Mock, MockServer, Request, ResponseTemplate};

use super::{MachineDetection, MachineReport, TwilioProvider, TwilioSettings};
use crate::domain::values::Personal;
use crate::ports::telephony::{Answer, PlaceCall, ProviderError, TelephonyProvider, WebhookRefused, WebhookRequest};

type Change = fn(&mut TwilioSettings);

const TOKEN: &str = "9f3c1e0b7a64d2585ce0a1b2c3d4e5f6";

fn settings(public_url: &str) -> TwilioSettings {
    TwilioSettings::new("AC1".to_owned(), SecretString::from(TOKEN), public_url.to_owned())
}

fn provider(public_url: &str) -> TwilioProvider {
    TwilioProvider::new(settings(public_url)).unwrap()
}

fn call() -> PlaceCall {
    PlaceCall {
        to: "+919800000001".parse().unwrap(),
        from: "+14155550100".parse().unwrap(),
        ring_timeout: Duration::from_secs(25),
        duration_max: Duration::from_secs(600),
        token: Personal::new("t&1".to_owned()),
    }
}

#[test]
fn settings_that_cannot_work_are_refused_by_name() {
    let with = |change: Change| {
        let mut settings = settings("https://agent.example.com");
        change(&mut settings);
        TwilioProvider::new(settings).err().unwrap_or_default()
    };
    let cases: [(Change, &str); 9] = [
        (|settings| settings.account_sid.clear(), "account_sid"),
        (|settings| settings.auth_token = SecretString::from(""), "auth_token"),
        (|settings| settings.public_url = String::new(), "public_url"),
        (|settings| settings.public_url = "agent.example.com".to_owned(), "public_url"),
        (|settings| settings.public_url = "wss://agent.example.com".to_owned(), "public_url"),
        (|settings| settings.public_url = "https://agent.example.com/?a=1".to_owned(), "public_url"),
        (|settings| settings.public_url = "https://my_agent.example.com".to_owned(), "public_url"),
        (|settings| settings.api_base_url = "api.twilio.com".to_owned(), "api_base_url"),
        (
            |settings| settings.machine_detection.silence_timeout = Some(Duration::from_secs(1)),
            "machine_detection.silence_timeout",
        ),
    ];
    for (change, named) in cases {
        let error = with(change);
        assert!(error.starts_with(named), "{named}: {error}");
    }
    assert_eq!(with(|_| ()), "");
}

#[test]
fn the_stream_s_scheme_follows_the_public_url() {
    let cases = [
        ("https://agent.example.com", "wss://agent.example.com/telephony/twilio/media"),
        ("https://agent.example.com/", "wss://agent.example.com/telephony/twilio/media"),
        ("https://example.com/voice", "wss://example.com/voice/telephony/twilio/media"),
        ("http://127.0.0.1:8080", "ws://127.0.0.1:8080/telephony/twilio/media"),
    ];
    for (public_url, stream_url) in cases {
        let answer = Answer::OpenStream { token: Personal::new("t".to_owned()) };
        let document = provider(public_url).answer_document(&answer);
        assert_eq!(document.content_type, "text/xml");
        assert!(document.body.contains(&format!(r#"<Stream url="{stream_url}">"#)), "{}", document.body);
    }
}

#[test]
fn a_socket_without_signature_is_left_to_its_token_but_a_wrong_one_is_refused() {
    let provider = provider("https://agent.example.com");
    let mut request =
        WebhookRequest { path_and_query: "/twilio/media".to_owned(), headers: Vec::new(), body: Vec::new() };
    assert_eq!(provider.verify_media_upgrade(&request), Ok(()));
    request.headers = vec![("x-twilio-signature".to_owned(), "ism3JbLsOZqtzFh5c4WvhpC4BQE=".to_owned())];
    assert_eq!(provider.verify_media_upgrade(&request), Ok(()));
    request.headers[0].1 = "hqR3RLcfnqmtScTyWkgRv9ZvrOg=".to_owned();
    assert_eq!(provider.verify_media_upgrade(&request), Err(WebhookRefused::BadSignature));
}

#[test]
fn an_unsigned_webhook_is_refused() {
    let request =
        WebhookRequest { path_and_query: "/x".to_owned(), headers: Vec::new(), body: b"CallSid=CA1".to_vec() };
    assert_eq!(provider("https://a.example").verify_webhook(&request), Err(WebhookRefused::BadSignature));
}

fn reporting(report: MachineReport) -> MachineDetection {
    MachineDetection { report, ..MachineDetection::default() }
}

/// The form a carrier stand-in was sent, one `name=value` a line, in order.
async fn form_sent(machine_detection: MachineDetection) -> Vec<String> {
    let server = MockServer::start().await;
    Mock::given(method("POST"))
        .respond_with(ResponseTemplate::new(201).set_body_json(serde_json::json!({ "sid": "CA9" })))
        .mount(&server)
        .await;
    let mut settings = settings("https://agent.example.com");
    settings.api_base_url = server.uri();
    settings.machine_detection = machine_detection;
    assert_eq!(TwilioProvider::new(settings).unwrap().place_call(&call()).await, Ok("CA9".to_owned()));
    fields(&server.received_requests().await.unwrap()[0])
}

fn fields(request: &Request) -> Vec<String> {
    form_urlencoded::parse(&request.body).map(|(name, value)| format!("{name}={value}")).collect()
}

#[tokio::test]
async fn a_placed_call_says_where_it_reports_and_brings_its_token_back() {
    let expected = [
        "To=+919800000001",
        "From=+14155550100",
        "Url=https://agent.example.com/telephony/twilio/voice?attempt=t%261",
        "Method=POST",
        "Timeout=25",
        "TimeLimit=600",
        "StatusCallback=https://agent.example.com/telephony/twilio/status?attempt=t%261",
        "StatusCallbackMethod=POST",
        "StatusCallbackEvent=initiated",
        "StatusCallbackEvent=ringing",
        "StatusCallbackEvent=answered",
        "StatusCallbackEvent=completed",
    ];
    assert_eq!(form_sent(reporting(MachineReport::Off)).await, expected);
}

#[tokio::test]
async fn machine_detection_never_keeps_a_person_waiting() {
    for (report, word) in [(MachineReport::Start, "Enable"), (MachineReport::MessageEnd, "DetectMessageEnd")] {
        let form = form_sent(reporting(report)).await;
        let expected = [
            format!("MachineDetection={word}"),
            "AsyncAmd=true".to_owned(),
            "AsyncAmdStatusCallback=https://agent.example.com/telephony/twilio/status?attempt=t%261".to_owned(),
            "AsyncAmdStatusCallbackMethod=POST".to_owned(),
        ];
        assert_eq!(form[12..], expected);
    }
}

#[tokio::test]
async fn the_times_of_machine_detection_are_sent_in_its_units() {
    let text = "report = \"start\"\ntimeout = \"20s\"\nspeech_threshold = \"3s\"\nspeech_end_threshold = \"900ms\"\n\
        silence_timeout = \"4s\"\n";
    let form = form_sent(toml::from_str(text).unwrap()).await;
    let expected = [
        "MachineDetectionTimeout=20",
        "MachineDetectionSpeechThreshold=3000",
        "MachineDetectionSpeechEndThreshold=900",
        "MachineDetectionSilenceTimeout=4000",
    ];
    assert_eq!(form[16..], expected);
}

#[tokio::test]
async fn a_number_that_is_not_ours_places_no_call() {
    let mut settings = settings("https://agent.example.com");
    settings.from_numbers = vec!["+14155550199".parse().unwrap()];
    let placed = TwilioProvider::new(settings).unwrap().place_call(&call()).await;
    assert!(matches!(placed, Err(ProviderError::Rejected { code: None, .. })), "{placed:?}");
}

#[tokio::test]
async fn a_live_call_is_redirected_with_a_document_and_ended_where_it_would_be_rejected() {
    let server = MockServer::start().await;
    Mock::given(method("POST"))
        .and(path("/2010-04-01/Accounts/AC1/Calls/CA1.json"))
        .respond_with(ResponseTemplate::new(200))
        .mount(&server)
        .await;
    let mut settings = settings("https://agent.example.com");
    settings.api_base_url = server.uri();
    let provider = TwilioProvider::new(settings).unwrap();
    let apology = Answer::Apologise { text: "Sorry.".to_owned() };
    assert_eq!(provider.redirect("CA1", &apology).await, Ok(()));
    assert_eq!(provider.redirect("CA1", &Answer::Reject).await, Ok(()));
    let sent: Vec<_> = server.received_requests().await.unwrap().iter().flat_map(fields).collect();
    assert_eq!(sent, [format!("Twiml={}", provider.answer_document(&apology).body), "Status=completed".to_owned()]);
}

#[tokio::test]
async fn transfer_documents_fit_the_longest_that_may_be_sent() {
    const TWIML_CHARACTERS_MAX: usize = 4_000;
    let answer = Answer::Transfer {
        to: "+919800000001".parse().unwrap(),
        caller_id: Some("+14155550100".parse().unwrap()),
        ring_timeout: Duration::from_secs(30),
        closing_words: "a".repeat(500),
    };
    let document = provider("https://agent.example.com").answer_document(&answer);
    assert!(document.body.chars().count() < TWIML_CHARACTERS_MAX);
}

use wiremock::matchers::{body_string_contains, method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::adapters::telephony::twilio::{TwilioProvider, TwilioSettings};
use crate::domain::transfer::{Address, Briefing, LegId, TryEnd};
use crate::domain::values::Personal;
use crate::ports::telephony::{CallState, WebhookRequest};
use crate::ports::transfers::{AskedFor, CallTransfers, RingPerson, TransferFact, TransferStep};

const LEG: LegId = LegId(0);

fn provider(api: &str) -> TwilioProvider {
    let mut settings =
        TwilioSettings::new("AC1".to_owned(), "token".to_owned().into(), "https://voice.example.com".to_owned());
    settings.api_base_url = api.to_owned();
    settings.from_numbers = vec!["+14155550100".parse().unwrap()];
    TwilioProvider::new(settings).unwrap()
}

fn read(path: &str, body: &str) -> Option<(TransferFact, AskedFor)> {
    let request = WebhookRequest {
        path_and_query: format!("/telephony/twilio/transfer/{path}"),
        headers: Vec::new(),
        body: body.as_bytes().to_vec(),
    };
    let report = provider("https://api.example.com").read_report(&request).ok()?;
    assert_eq!(report.transfer, "t1");
    Some((report.fact, report.asks_for))
}

#[test]
fn what_the_carrier_reports_is_told_apart() {
    let leg = LEG;
    let joined = TransferFact::LineJoined { provider_call_id: "CA2".to_owned() };
    let left = TransferFact::LineLeft { provider_call_id: "CA1".to_owned() };
    let answered = TransferFact::LegAnswered { leg, provider_call_id: "CA2".to_owned() };
    let legs_way = AskedFor::LegsWay(leg);
    let cases = [
        ("hold?transfer=t1", "CallSid=CA1", (TransferFact::Held, AskedFor::Hold)),
        ("next?transfer=t1", "CallStatus=in-progress", (TransferFact::ThrownOut, AskedFor::CustomersWay)),
        ("next?transfer=t1", "CallStatus=completed", (TransferFact::CustomerGone, AskedFor::CustomersWay)),
        ("room?transfer=t1", "StatusCallbackEvent=participant-join&CallSid=CA2", (joined, AskedFor::Nothing)),
        ("room?transfer=t1", "StatusCallbackEvent=participant-leave&CallSid=CA1", (left, AskedFor::Nothing)),
        ("room?transfer=t1", "StatusCallbackEvent=conference-end", (TransferFact::Nothing, AskedFor::Nothing)),
        ("leg?transfer=t1&leg=0", "CallSid=CA2", (answered, legs_way)),
        ("answer?transfer=t1&leg=0", "Digits=1", (TransferFact::LegAccepted { leg }, legs_way)),
        ("answer?transfer=t1&leg=0", "SpeechResult=Yes+please.", (TransferFact::LegAccepted { leg }, legs_way)),
        ("answer?transfer=t1&leg=0", "Digits=2", (TransferFact::LegRefused { leg }, legs_way)),
        ("answer?transfer=t1&leg=0", "SpeechResult=No%2C+not+now", (TransferFact::LegRefused { leg }, legs_way)),
        ("answer?transfer=t1&leg=0", "SpeechResult=please+leave+a+message", (TransferFact::Nothing, legs_way)),
        ("answer?transfer=t1&leg=0", "", (TransferFact::Nothing, legs_way)),
        ("progress?transfer=t1&leg=0", "CallStatus=busy", (ended(TryEnd::Busy), AskedFor::Nothing)),
        ("progress?transfer=t1&leg=0", "CallStatus=no-answer", (ended(TryEnd::NoAnswer), AskedFor::Nothing)),
        ("progress?transfer=t1&leg=0", "CallStatus=completed", (ended(TryEnd::Failed), AskedFor::Nothing)),
        ("progress?transfer=t1&leg=0", "CallStatus=ringing", (TransferFact::Nothing, AskedFor::Nothing)),
    ];
    for (path, body, expected) in cases {
        assert_eq!(read(path, body), Some(expected), "{path} {body}");
    }
    for path in ["hold", "leg?transfer=t1", "elsewhere?transfer=t1", "progress?transfer=t1&leg=x"] {
        assert_eq!(read(path, "CallSid=CA1"), None, "{path}");
    }
}

fn ended(how: TryEnd) -> TransferFact {
    TransferFact::LegEnded { leg: LEG, how }
}

#[test]
fn each_step_is_a_document() {
    let provider = provider("https://api.example.com");
    let words = Personal::new("Asha & co".to_owned());
    let english = Briefing { words: words.clone(), voice: None };
    let hindi = Briefing { words, voice: Some("hi-IN".to_owned()) };
    let token = Personal::new("secret".to_owned());
    let cases: [(TransferStep<'_>, &[&str]); 7] = [
        (
            TransferStep::Hold { words: "Please wait." },
            &["<Say", "Please wait.", r#"<Play loop="0">https://voice.example.com/telephony/twilio/hold.wav</Play>"#],
        ),
        (
            TransferStep::ToStream { token: &token },
            &["<Connect><Stream", r#"value="secret""#, "transfer/next?transfer=t1</Redirect>"],
        ),
        (TransferStep::Part { words: "Sorry." }, &["Sorry.", "<Hangup/>"]),
        (TransferStep::HangUp, &["<Response><Hangup/></Response>"]),
        (
            TransferStep::Brief { leg: LEG, briefing: &english },
            &[
                "<Gather",
                r#"input="dtmf speech""#,
                "transfer/answer?transfer=t1&amp;leg=0",
                r#"<Say language="en-IN">Asha &amp; co"#,
            ],
        ),
        (
            TransferStep::Brief { leg: LEG, briefing: &hindi },
            &[r#"input="dtmf" "#, r#"language="hi-IN" action"#, r#"<Say language="hi-IN">Asha &amp; co"#],
        ),
        (
            TransferStep::ToCustomer,
            &[r#"startConferenceOnEnter="true""#, r#"endConferenceOnExit="true""#, ">t1</Conference></Dial>"],
        ),
    ];
    for (step, parts) in cases {
        let body = provider.document("t1", step).body;
        for part in parts {
            assert!(body.contains(part), "{part} is not in {body}");
        }
    }
}

#[tokio::test]
async fn the_customer_is_moved_and_a_person_rung_over_rest() {
    let api = MockServer::start().await;
    let line = "/2010-04-01/Accounts/AC1/Calls/CA1.json";
    Mock::given(method("POST"))
        .and(path(line))
        .and(body_string_contains("Conference"))
        .and(body_string_contains("waitUrl"))
        .respond_with(ResponseTemplate::new(200).set_body_string("{}"))
        .expect(1)
        .mount(&api)
        .await;
    Mock::given(method("GET"))
        .and(path(line))
        .respond_with(ResponseTemplate::new(200).set_body_string(r#"{"sid":"CA1","status":"in-progress"}"#))
        .mount(&api)
        .await;
    Mock::given(method("POST"))
        .and(path("/2010-04-01/Accounts/AC1/Calls.json"))
        .and(body_string_contains("To=sip%3Adesk%40pbx.example.com"))
        .and(body_string_contains("Timeout=20"))
        .respond_with(ResponseTemplate::new(201).set_body_string(r#"{"sid":"CA2"}"#))
        .expect(1)
        .mount(&api)
        .await;
    let provider = provider(&api.uri());
    provider.hold("t1", "CA1").await.unwrap();
    assert_eq!(provider.line_state("CA1").await, Ok(Some(CallState::Answered)));
    assert_eq!(provider.line_state("CA9").await, Ok(None));
    let to = Address::Sip("sip:desk@pbx.example.com".to_owned());
    let ring_timeout = std::time::Duration::from_secs(20);
    let person = RingPerson { transfer: "t1", leg: LEG, to: &to, from: None, ring_timeout };
    assert_eq!(provider.ring(&person).await, Ok("CA2".to_owned()));
}

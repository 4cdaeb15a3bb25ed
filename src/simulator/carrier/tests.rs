use std::time::Duration;

use secrecy::SecretString;

use super::{Answering, CarrierSettings, SimulatedCarrier};
use crate::simulator::echo_server::{Behaviour, EchoServer};
use crate::simulator::rest::RestStandIn;
use crate::simulator::script::{CallerScript, PreparedScript, Step};
use crate::simulator::{CallEnd, CallReport, Interruption, NetworkFaults};

const TOKEN: &str = "9f3c1e0b7a64d2585ce0a1b2c3d4e5f6";

fn settings(server_url: &str) -> CarrierSettings {
    CarrierSettings::new(
        server_url.to_owned(),
        "AC0123456789abcdef0123456789abcdef".to_owned(),
        SecretString::from(TOKEN),
        "+919800000001".parse().unwrap(),
        "+14155550100".parse().unwrap(),
    )
}

fn say(ms: usize) -> Step {
    let samples = (0..ms * 8).map(|n| if n % 8 < 4 { 8_000 } else { -8_000 }).collect();
    Step::Say { samples, sample_rate_hz: 8_000 }
}

fn script(steps: Vec<Step>) -> PreparedScript {
    CallerScript { steps, patience: Duration::from_secs(2) }.prepare().unwrap()
}

async fn call(behaviour: Behaviour, steps: Vec<Step>) -> (CallReport, EchoServer) {
    let server = EchoServer::start(behaviour).await;
    let carrier = SimulatedCarrier::new(settings(&server.url)).unwrap();
    (carrier.call(script(steps), 0).await, server)
}

#[test]
fn signatures_follow_the_carrier_s_worked_examples() {
    let carrier = SimulatedCarrier::new(settings("https://agent.example.com")).unwrap();
    let fields = [
        ("CallSid", "CA0123456789abcdef0123456789abcdef"),
        ("AccountSid", "AC0123456789abcdef0123456789abcdef"),
        ("From", "+919800000001"),
        ("To", "+14155550100"),
        ("CallStatus", "ringing"),
        ("ApiVersion", "2010-04-01"),
        ("Direction", "inbound"),
        ("CallerName", ""),
    ]
    .map(|(name, value)| (name, value.to_owned()));
    let url = "https://agent.example.com/twilio/voice?tenant=42";
    assert_eq!(carrier.sign(url, &fields), "hqR3RLcfnqmtScTyWkgRv9ZvrOg=");
    assert_eq!(carrier.sign("wss://agent.example.com/twilio/media", &[]), "ism3JbLsOZqtzFh5c4WvhpC4BQE=");
    let repeated = [("Digits", "5678"), ("Digits", "1234"), ("Digits", "1234"), ("CallSid", "CA1")];
    let repeated = repeated.map(|(name, value)| (name, value.to_owned()));
    assert_eq!(carrier.sign("https://agent.example.com/twilio/voice", &repeated), "rcdIhZQ1W8YsAmpgSn6MtmUAJDA=");
}

#[test]
fn the_public_origin_is_reached_where_the_server_is() {
    let mut settings = settings("http://127.0.0.1:8080");
    settings.public_url = "https://agent.example.com".to_owned();
    let carrier = SimulatedCarrier::new(settings).unwrap();
    assert_eq!(carrier.reachable("https://agent.example.com/a?b"), "http://127.0.0.1:8080/a?b");
    assert_eq!(carrier.reachable("wss://agent.example.com/m"), "ws://127.0.0.1:8080/m");
    assert_eq!(carrier.reachable("https://other.example/m"), "https://other.example/m");
}

#[tokio::test]
async fn a_call_is_lived_from_ringing_to_completed() {
    let behaviour = Behaviour { says_frames: 15, ..Behaviour::default() };
    let steps = vec![
        Step::WaitForAgent { silence_ms: 200 },
        say(200),
        Step::WaitForAgent { silence_ms: 200 },
        Step::Dtmf { digit: '5' },
    ];
    let (report, server) = call(behaviour, steps).await;
    assert_eq!((&report.end, &report.violations), (&CallEnd::CallerHungUp, &vec![]));
    assert_eq!(report.turns.len(), 1);
    // The server answers at the tenth silent frame.
    let latency_ms = report.turns[0].latency_ms.unwrap();
    assert!((200..=1_500).contains(&latency_ms), "{latency_ms}");
    assert_eq!((report.agent_bursts.len(), report.marks_echoed, report.media_messages_received), (2, 2, 2));
    assert_eq!((report.underruns.count, report.callbacks_refused), (0, 0));
    assert_eq!(report.agent_audio.iter().filter(|sample| **sample != 0).count(), 30 * 160);
    let seen = server.seen.all();
    assert!(seen[0].contains("CallSid=CA") && seen[0].ends_with("signed 28"), "{}", seen[0]);
    assert_eq!(seen[2], r#"start "t-1""#);
    assert_eq!(server.seen.count("media") as u64, report.frames_sent);
    assert_eq!(
        (server.seen.count(r#"mark "end""#), server.seen.count(r#"dtmf null"5""#), server.seen.count("stop")),
        (2, 1, 1)
    );
    assert_eq!(server.seen.count("status completed"), 1);
}

#[tokio::test]
async fn a_barge_in_is_timed_on_the_wire() {
    let behaviour = Behaviour { says_frames: 100, yields: true, ..Behaviour::default() };
    let steps = vec![Step::WaitForAgentSpeaking { speech_ms: 100 }, say(300), Step::Silence { ms: 100 }];
    let (report, _) = call(behaviour, steps).await;
    let Interruption::Caller { agent_silent_after_ms: Some(silent_ms) } = report.turns[0].interruption else {
        panic!("{:?}", report.turns)
    };
    assert!(silent_ms <= 500, "{silent_ms}");
    assert_eq!((report.clears, report.marks_echoed), (1, 1));
}

#[tokio::test]
async fn calls_end_in_every_way() {
    let quick = || vec![Step::WaitForAgent { silence_ms: 40 }, say(100), Step::Silence { ms: 3_000 }];
    let hangs_up = Behaviour { says_frames: 2, hangs_up_after: Some(1), ..Behaviour::default() };
    assert!(matches!(call(hangs_up, quick()).await.0.end, CallEnd::AgentClosed { code: Some(1_000) }));

    let document = "<Response><Reject/></Response>";
    let turns_away = Behaviour { document: Some(document), ..Behaviour::default() };
    assert_eq!(call(turns_away, quick()).await.0.end, CallEnd::TurnedAway { document: document.to_owned() });

    let wrong = Behaviour { document: Some("<html/>"), ..Behaviour::default() };
    assert_eq!(call(wrong, quick()).await.0.end, CallEnd::Failed { reason: "answer is not TwiML".to_owned() });

    let (report, server) = call(Behaviour::default(), vec![Step::Silence { ms: 60 }, Step::Drop]).await;
    assert_eq!((report.end, server.seen.count("stop")), (CallEnd::CallerDropped, 0));

    let (report, _) = call(Behaviour::default(), vec![Step::WaitForAgent { silence_ms: 40 }]).await;
    assert_eq!(report.end, CallEnd::AgentTooSilent);

    let nobody = SimulatedCarrier::new(settings("http://127.0.0.1:1")).unwrap();
    let report = nobody.call(script(quick()), 0).await;
    assert!(matches!(report.end, CallEnd::Failed { .. }));
    assert_eq!(report.callbacks_refused, 1);
}

#[tokio::test]
async fn a_rude_server_is_reported() {
    let behaviour = Behaviour { is_rude: true, ..Behaviour::default() };
    let (report, _) = call(behaviour, vec![Step::Silence { ms: 100 }]).await;
    assert_eq!(report.violations.len(), 1);
    assert!(report.violations[0].contains("unknown variant `hangup`"), "{:?}", report.violations);
}

#[tokio::test]
async fn a_bad_network_is_counted_and_survived() {
    let server = EchoServer::start(Behaviour { says_frames: 5, ..Behaviour::default() }).await;
    let mut settings = settings(&server.url);
    settings.faults = NetworkFaults { jitter_ms_max: 30, loss: 0.1, repeat: 0.1, late: 0.1, late_by_ms: 60 };
    let report = SimulatedCarrier::new(settings).unwrap().call(script(vec![Step::Silence { ms: 1_500 }]), 0).await;
    assert_eq!(report.end, CallEnd::CallerHungUp);
    assert!(report.frames_lost > 0 && report.frames_repeated > 0 && report.frames_late > 0, "{report:?}");
    let received = server.seen.count("media") as u64;
    assert_eq!(received, report.frames_sent - report.frames_lost + report.frames_repeated);
}

#[tokio::test]
async fn a_call_placed_over_rest_is_carried() {
    let server = EchoServer::start(Behaviour { says_frames: 5, ..Behaviour::default() }).await;
    let mut rest = RestStandIn::start("AC1", "secret").await.unwrap();
    let form = [
        ("To", "+919800000001".to_owned()),
        ("From", "+14155550100".to_owned()),
        ("Url", format!("{}/telephony/twilio/voice?attempt=1", server.url)),
        ("StatusCallback", format!("{}/telephony/twilio/status", server.url)),
        ("AsyncAmdStatusCallback", format!("{}/telephony/twilio/status", server.url)),
    ];
    let calls_url = format!("{}/2010-04-01/Accounts/AC1/Calls", rest.base_url());
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let post = |url: String, form: Vec<(&'static str, String)>| {
        http.post(url).basic_auth("AC1", Some("secret")).form(&form).send()
    };
    assert_eq!(post(format!("{calls_url}.json"), form.to_vec()).await.unwrap().status(), 201);
    let placed = rest.next_call().await.unwrap();
    let call_url = format!("{calls_url}/{}.json", placed.call_id);
    let answering = Answering::Answers {
        after: Duration::ZERO,
        answered_by: "human",
        script: script(vec![Step::WaitForAgent { silence_ms: 60 }, Step::Silence { ms: 5_000 }]),
    };
    let carrier = SimulatedCarrier::new(settings(&server.url)).unwrap();
    let hang_up = async {
        while server.seen.count("mark") == 0 {
            tokio::task::yield_now().await;
        }
        post(call_url, vec![("Status", "completed".to_owned())]).await.unwrap()
    };
    let (report, hung_up) = tokio::join!(carrier.carry(placed, answering), hang_up);
    assert_eq!((report.end, hung_up.status().as_u16()), (CallEnd::AgentHungUp, 200));
    let statuses: Vec<_> = server.seen.all().into_iter().filter(|fact| fact.starts_with("status")).collect();
    let expected = [
        "status initiated 0 -",
        "status ringing 1 -",
        "status in-progress 2 -",
        "status - - human",
        "status completed 3 -",
    ];
    assert_eq!(statuses, expected);
    assert!(server.seen.all().iter().any(|fact| fact.contains("Direction=outbound-api")));
}

#[tokio::test]
async fn nobody_picks_up() {
    let server = EchoServer::start(Behaviour::default()).await;
    let (_sender, commands) = tokio::sync::mpsc::channel(1);
    let placed = crate::simulator::PlacedCall {
        standing: crate::simulator::rest::Standing::default(),
        call_id: "CA1".to_owned(),
        fields: std::collections::BTreeMap::new(),
        voice_url: String::new(),
        status_url: Some(format!("{}/telephony/twilio/status", server.url)),
        machine_detection_url: None,
        commands,
    };
    let carrier = SimulatedCarrier::new(settings(&server.url)).unwrap();
    let report = carrier.carry(placed, Answering::Never { after: Duration::ZERO, status: "no-answer" }).await;
    assert_eq!(report.end, CallEnd::Failed { reason: "no-answer".to_owned() });
    assert_eq!(server.seen.all(), ["status initiated 0 -", "status ringing 1 -", "status no-answer 2 -"]);
}

use super::{LiveCommand, RestStandIn};

async fn post(rest: &RestStandIn, path: &str, password: &str, form: &[(&str, &str)]) -> u16 {
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let url = format!("{}/2010-04-01/Accounts/AC1/{path}", rest.base_url());
    http.post(url).basic_auth("AC1", Some(password)).form(form).send().await.unwrap().status().as_u16()
}

const CALL: [(&str, &str); 5] = [
    ("To", "+1"),
    ("From", "+2"),
    ("Url", "http://a/voice"),
    ("StatusCallbackEvent", "ringing"),
    ("StatusCallbackEvent", "answered"),
];

#[tokio::test]
async fn a_call_is_placed_changed_and_ended() {
    let mut rest = RestStandIn::start("AC1", "secret").await.unwrap();
    assert_eq!(post(&rest, "Calls.json", "secret", &CALL).await, 201);
    let mut placed = rest.next_call().await.unwrap();
    assert_eq!(placed.fields["StatusCallbackEvent"], "ringing answered");
    assert_eq!((placed.voice_url.as_str(), &placed.status_url), ("http://a/voice", &None));
    let path = format!("Calls/{}.json", placed.call_id);
    assert_eq!(post(&rest, &path, "secret", &[("Twiml", "<Response/>")]).await, 200);
    assert_eq!(post(&rest, &path, "secret", &[("Status", "completed")]).await, 200);
    assert_eq!(placed.commands.recv().await, Some(LiveCommand::Redirect { document: "<Response/>".to_owned() }));
    assert_eq!(placed.commands.recv().await, Some(LiveCommand::HangUp));
    drop(placed);
    assert_eq!(post(&rest, &path, "secret", &[("Status", "completed")]).await, 404);
}

#[tokio::test]
async fn what_the_carrier_would_refuse_is_refused() {
    let rest = RestStandIn::start("AC1", "secret").await.unwrap();
    type Form = [(&'static str, &'static str)];
    let cases: [(&str, &str, &Form, u16); 5] = [
        ("Calls.json", "wrong", &CALL, 401),
        ("Calls.json", "secret", &CALL[..2], 400),
        ("Calls/CA1.json", "secret", &[("Status", "completed")], 404),
        ("Calls/CA1.json", "secret", &[("Status", "dancing")], 400),
        ("Calls/CA1.json", "wrong", &[("Status", "completed")], 401),
    ];
    for (path, password, form, status) in cases {
        assert_eq!(post(&rest, path, password, form).await, status, "{path} {form:?}");
    }
}

#[tokio::test]
async fn too_many_calls_at_once_are_refused() {
    let rest = RestStandIn::start("AC1", "secret").await.unwrap();
    for _ in 0..super::CALLS_WAITING_MAX {
        assert_eq!(post(&rest, "Calls.json", "secret", &CALL).await, 201);
    }
    assert_eq!(post(&rest, "Calls.json", "secret", &CALL).await, 429);
}

#[test]
fn calls_that_are_over_are_forgotten() {
    let (placed, _calls) = tokio::sync::mpsc::channel(1);
    let desk = super::Desk {
        credentials: "".into(),
        placed,
        live: std::sync::Arc::default(),
        faults: super::RestFaults::default(),
    };
    for _ in 0..1_000 {
        let (commands, _) = tokio::sync::mpsc::channel(1);
        desk.register(commands, &std::collections::BTreeMap::new());
    }
    assert!(desk.live.lock().unwrap().by_id.len() <= 1);
}

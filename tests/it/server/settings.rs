//! Settings, imports and migrations through the program: what is wrong is said in one line, before a port opens.

use std::net::TcpListener;

use super::harness::within;
use super::program::{Place, ended};

const FAKES: &str = "[speech_to_text]\nprovider = \"fake\"\n[text_to_speech]\nprovider = \"fake\"\n";

/// A settings file, a variable of the environment, and what the one line of complaint must name.
type Unusable = (&'static str, Option<(&'static str, &'static str)>, &'static [&'static str]);

const UNUSABLE: &[Unusable] = &[
    ("[http]\nlisten_on = \"127.0.0.1:1\"", None, &["listen_on", "doorstep.toml"]),
    ("[htttp]\n", None, &["htttp", "doorstep.toml"]),
    ("[server]\ncalls_max = \"many\"", None, &["server.calls_max", "doorstep.toml"]),
    ("[server]\ndrain_timeout = \"soon\"", None, &["server.drain_timeout", "doorstep.toml"]),
    ("[http\nlisten = 1", None, &["doorstep.toml"]),
    ("", Some(("DOORSTEP_HTTP__LISTEN", "everywhere")), &["http.listen", "DOORSTEP_HTTP__LISTEN"]),
    ("", Some(("DOORSTEP_SERVER__CALLS_MAX", "-1")), &["server.calls_max", "DOORSTEP_SERVER__CALLS_MAX"]),
    ("", Some(("DOORSTEP_SERVER__COLOUR", "red")), &["colour", "DOORSTEP_SERVER__COLOUR"]),
    ("", Some(("DOORSTEP_SERVRE__CALLS_MAX", "5")), &["servre", "DOORSTEP_SERVRE__CALLS_MAX"]),
    ("[telephony.twilio]\naccount_sid = \"AC1\"\npublic_url = \"http://a\"", None, &["telephony.twilio", "auth_token"]),
    (
        "[telephony.twilio]\naccount_sid = \"AC1\"\nauth_token = \"\"\npublic_url = \"http://a\"",
        None,
        &["telephony.twilio", "auth_token"],
    ),
    ("[[crm.connectors]]\nkind = \"webhook\"\nname = \"a\"\nurl = \"https://a.example\"", None, &["crm", "secret"]),
    ("[store]\nurl = \"sqlite:///nowhere/at/all.db\"", Some(("DOORSTEP_STORE__URL", "")), &["store.url"]),
    ("", Some(("DOORSTEP_STORE__URL", "mysql://a/b")), &["store.url", "postgres://"]),
    ("", Some(("DOORSTEP_SHOP__LOCALE", "xx-XX")), &["shop.locale", "en-IN"]),
    ("[languages.hi]\n", None, &["languages.hi.text_to_speech", "no voice is named", "flite"]),
    ("[languages.hi]\ntext_to_speech = \"flite\"", None, &["languages.hi.voice", ".flitevox"]),
    ("[languages.hi]\ntext_to_speech = \"parrot\"", None, &["languages.hi.text_to_speech", "parrot"]),
    ("[languages.hi]\nspeech_to_text = \"fake\"", None, &["speech_to_text", "doorstep.toml"]),
    ("[languages.fr]\ntext_to_speech = \"fake\"", None, &["languages.fr", "prompts.dir/locales", "language = \"fr\""]),
    ("[languages.en]\ntext_to_speech = \"fake\"", None, &["languages.en", "the shop's own"]),
    ("", Some(("DOORSTEP_LANGUAGES__HI__TEXT_TO_SPEECH", "")), &["languages.hi.text_to_speech"]),
    ("", Some(("DOORSTEP_PROMPTS__DIR", "nowhere")), &["prompts.dir", "nowhere"]),
    ("", Some(("DOORSTEP_SPEECH_TO_TEXT__PROVIDER", "parrot")), &["speech_to_text.provider", "parrot", "embedded"]),
    ("[language_model]\nprovider = \"oracle\"", None, &["language_model.provider", "oracle", "openai, anthropic"]),
    ("[language_model]\nprovider = \"anthropic\"\nmodel = \"m\"", None, &["language_model.api_key"]),
    ("[language_model]\nfirst_token_max = \"soon\"", None, &["language_model.first_token_max"]),
    ("[[handover.targets]]\nname = \"desk\"\nkind = \"phone\"", None, &["handover.targets", "desk", "missing"]),
    (
        "[[handover.targets]]\nname = \"desk\"\nkind = \"sip\"\naddress = \"desk\"",
        None,
        &["handover.targets", "sip:desk@pbx.example.com"],
    ),
    (
        "[handover]\ntime_zone = \"Mars/Base\"\n[[handover.targets]]\nname = \"desk\"\nkind = \"queue\"",
        None,
        &["handover.time_zone"],
    ),
    ("", Some(("DOORSTEP_LOG__FILTER", "a=b=c")), &["log.filter"]),
];

#[tokio::test(flavor = "multi_thread")]
async fn unusable_settings_are_refused_in_one_line_that_names_them() {
    let mut faults = Vec::new();
    for (settings, variable, named) in UNUSABLE {
        let place = Place::new(&format!("{FAKES}{settings}"));
        let mut command = place.command(&["serve"]);
        if let Some((name, value)) = variable {
            command.env(name, value);
        }
        let ended = ended(&mut command).await;
        let is_one_line = ended.errors.trim_end().lines().count() == 1;
        if ended.code != Some(2) || !is_one_line || !named.iter().all(|name| ended.errors.contains(name)) {
            faults.push(format!("{settings:?} {variable:?}: {:?}: {}", ended.code, ended.errors));
        }
        assert_eq!(ended.output, "", "standard output is for results");
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_missing_file_and_a_port_in_use_are_named() {
    let place = Place::new(FAKES);
    let missing = place.path("doorstep.toml");
    std::fs::remove_file(&missing).expect("it was there");
    let ended = place.run(&["serve"]).await;
    assert_eq!(ended.code, Some(2), "{}", ended.errors);
    assert!(ended.errors.contains("doorstep.toml") && ended.errors.contains("--config"), "{}", ended.errors);
    let place = Place::new(FAKES);
    let holder = TcpListener::bind(place.address).expect("the port is free");
    let ended = place.run(&["serve"]).await;
    drop(holder);
    assert_eq!(ended.code, Some(2), "{}", ended.errors);
    assert!(ended.errors.contains("http.listen") && ended.errors.contains("DOORSTEP_HTTP__LISTEN"), "{}", ended.errors);
    assert_eq!(ended.errors.trim_end().lines().count(), 1, "{}", ended.errors);
}

#[tokio::test(flavor = "multi_thread")]
async fn orders_imported_twice_change_nothing_and_a_bad_row_is_named_with_its_line() {
    let place = Place::new(FAKES);
    let good = r#"{"order_ref":"KH-452719","placed_at":"2026-11-18T10:04:00+05:30","customer":{"name":"Asha Rao","phone":"+919845012345","email":"asha@example.com","language":"en-IN"},"items":[{"title":"pressure cooker, five litre","quantity":1}],"total":{"amount_minor":149900,"currency":"INR"},"payment":"cod","promised_by":"2026-11-23","address":{"lines":["Flat 12, Lake View"],"city":"Bengaluru","state":"KA","postcode":"560034","country":"IN"},"shipments":[]}"#;
    let bad = good.replace("+919845012345", "98450 once 12345");
    let second = good.replace("KH-452719", "KH-452720");
    let file = place.path("orders.jsonl");
    std::fs::write(&file, format!("{good}\n{bad}\n{second}\n")).expect("the file can be written");
    let file = file.display().to_string();
    let migrated = place.run(&["migrate"]).await;
    assert_eq!(migrated.code, Some(0), "{}", migrated.errors);
    for expected in ["2 new, 0 changed, 0 unchanged, 1 skipped", "0 new, 0 changed, 2 unchanged, 1 skipped"] {
        let ended = place.run(&["import", "orders", &file]).await;
        assert_eq!(ended.code, Some(0), "{}", ended.errors);
        assert_eq!(ended.output.trim(), expected);
        assert!(
            ended.errors.contains("orders.jsonl:2: ") && ended.errors.contains("customer.phone"),
            "{}",
            ended.errors
        );
        assert!(!ended.errors.contains("once"), "a value is personal: {}", ended.errors);
    }
    let gone = place.run(&["import", "orders", "no-such-file.jsonl"]).await;
    assert_eq!(gone.code, Some(2));
    assert!(gone.errors.contains("no-such-file.jsonl"), "{}", gone.errors);
}

#[tokio::test(flavor = "multi_thread")]
async fn check_gives_a_remedy_for_each_failure() {
    let place = Place::new(FAKES);
    let sound = place.run(&["check"]).await;
    assert_eq!(sound.code, Some(0), "{}{}", sound.output, sound.errors);
    assert!(sound.output.lines().all(|line| line.starts_with("ok")), "{}", sound.output);
    let mut command = place.command(&["check"]);
    command
        .env("DOORSTEP_PROMPTS__DIR", "nowhere")
        .env("DOORSTEP_TELEPHONY__TWILIO__ACCOUNT_SID", "AC1")
        .env("DOORSTEP_TELEPHONY__TWILIO__AUTH_TOKEN", "never printed")
        .env("DOORSTEP_TELEPHONY__TWILIO__PUBLIC_URL", "https://voice.example.com")
        .env("DOORSTEP_TELEPHONY__TWILIO__API_BASE_URL", "http://127.0.0.1:9");
    let failing = within("check ends", ended(&mut command)).await;
    assert_eq!(failing.code, Some(1));
    for remedy in ["prompts.dir", "telephony.twilio.account_sid"] {
        let line = failing.output.lines().find(|line| line.contains(remedy)).unwrap_or_default();
        assert!(line.starts_with("FAIL"), "{remedy}: {}", failing.output);
    }
    assert!(!format!("{}{}", failing.output, failing.errors).contains("never printed"));
}

#[tokio::test(flavor = "multi_thread")]
async fn check_names_who_is_rung_or_why_nobody_can_be() {
    let target = |address: &str| {
        let place = Place::new(&format!(
            "{FAKES}[[handover.targets]]\nname = \"desk\"\nkind = \"phone\"\naddress = \"{address}\"\n"
        ));
        async move { place.run(&["check"]).await }
    };
    let line = |output: &str| output.lines().find(|line| line.contains("handover")).unwrap_or_default().to_owned();
    let sound = target("+918045670001").await;
    assert!(line(&sound.output).starts_with("ok") && line(&sound.output).ends_with("desk"), "{}", sound.output);
    let wrong = target("12").await;
    assert_eq!(wrong.code, Some(1));
    assert!(
        line(&wrong.output).starts_with("FAIL") && line(&wrong.output).contains("+918045670001"),
        "{}",
        wrong.output
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn check_asks_a_configured_language_model() {
    let place = Place::new(&format!("{FAKES}[language_model]\nprovider = \"openai\"\nmodel = \"small-one\"\n"));
    let mut command = place.command(&["check"]);
    command
        .env("DOORSTEP_LANGUAGE_MODEL__BASE_URL", "http://127.0.0.1:9/v1")
        .env("DOORSTEP_LANGUAGE_MODEL__API_KEY", "never printed");
    let failing = within("check ends", ended(&mut command)).await;
    assert_eq!(failing.code, Some(1), "{}{}", failing.output, failing.errors);
    let line = failing.output.lines().find(|line| line.contains("language_model")).unwrap_or_default();
    assert!(line.starts_with("FAIL") && line.contains("openai/small-one") && line.contains("base_url"), "{line}");
    assert!(!format!("{}{}", failing.output, failing.errors).contains("never printed"));
}

//! What every kind of connector has to do. The cases walk the table of kinds.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use doorstep::adapters::crm::{CONNECTORS, ConnectorSettings, make_connector};
use doorstep::domain::values::CallId;
use doorstep::ports::crm::{CrmConnector, DeliveryError};
use doorstep::ports::store::{Addressed, Delivery, DeliveryState, DeliveryStore as _};
use serde_json::Value;

use super::office::{Branch, Office, hands, outcome, shelf};
use super::server::{Fault, Request};
use super::vendors::{KINDS, TOKEN};

/// A delivery that asks for every record a kind has.
pub(super) fn delivery(kind: &str) -> Delivery {
    let call = CallId::new(uuid::Uuid::from_u128(7));
    let body = outcome(call, 1, 10, "2026-11-22T09:01:26Z".parse().unwrap());
    Delivery {
        id: "delivery-1".to_owned(),
        call,
        connector: kind.to_owned(),
        idempotency_key: format!("call-{call}"),
        body: serde_json::to_string(&body).unwrap(),
        state: DeliveryState::Leased,
        attempts: 1,
        next_attempt_at: None,
        last_error: None,
        created_at: "2026-11-22T09:01:26Z".parse().unwrap(),
    }
}

#[test]
fn every_kind_has_its_vendor_here() {
    let kinds: Vec<&str> = KINDS.iter().map(|kind| kind.name).collect();
    assert_eq!(kinds, CONNECTORS.iter().map(|(kind, _)| *kind).collect::<Vec<_>>());
}

#[tokio::test]
async fn the_same_key_twice_is_one_record_even_when_nothing_is_remembered() {
    let office = Office::open().await;
    for branch in &office.branches {
        for _ in 0..2 {
            let (forgetful, _folder) = shelf().await;
            let connector = make_connector(&branch.settings).unwrap();
            let name = branch.kind.name;
            connector.deliver(&delivery(name), forgetful.as_ref()).await.unwrap_or_else(|e| panic!("{name}: {e}"));
            // Past what any of the vendors' searches lags.
            office.hands.fetch_add(10 * 60_000, Ordering::SeqCst);
        }
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        for entry in branch.stand_in.entries() {
            *counts.entry(entry.kind).or_default() += 1;
        }
        assert!(counts.values().all(|count| *count == 1), "{}: {counts:?}", branch.kind.name);
        let expected = branch.kind.records[1].len() + usize::from(branch.kind.has_contacts);
        assert_eq!(counts.len(), expected, "{}: {counts:?}", branch.kind.name);
    }
}

#[tokio::test]
async fn a_notice_of_handover_the_outcome_after_it_and_later_news_share_the_ticket_and_the_call() {
    let office = Office::open().await;
    for branch in office.branches.iter().filter(|branch| branch.kind.name != "webhook") {
        let name = branch.kind.name;
        let (store, _folder) = shelf().await;
        let connector = make_connector(&branch.settings).unwrap();
        let outcome = delivery(name);
        let notice = Delivery {
            id: "delivery-0".to_owned(),
            idempotency_key: "handover-01a21679-87fe-733e-a2d2-346eb1461f23".to_owned(),
            ..outcome.clone()
        };
        let news = Delivery {
            id: "delivery-2".to_owned(),
            idempotency_key: "paid-01a21679-87fe-733e-a2d2-346eb1461f24".to_owned(),
            ..outcome.clone()
        };
        // The call ends before any of the searches has heard of the notice's records; each comes twice.
        for sent in [&notice, &notice, &outcome, &outcome, &news, &news] {
            while let Err(error) = connector.deliver(sent, store.as_ref()).await {
                assert!(matches!(error, DeliveryError::Held { .. }), "{name}: {error}");
                office.hands.fetch_add(1_000, Ordering::SeqCst);
            }
        }
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        for entry in branch.stand_in.entries() {
            *counts.entry(entry.kind).or_default() += 1;
        }
        for record in branch.kind.records[1] {
            let expected = if *record == "note" { 3 } else { 1 };
            assert_eq!(counts.get(record), Some(&expected), "{name}, {record}: {counts:?}");
        }
    }
}

#[tokio::test]
async fn each_request_may_fail_in_each_way_and_the_next_attempts_go_on() {
    for kind in KINDS {
        let count = {
            let hands = hands();
            let branch = Branch::open(kind, &hands).await;
            let (store, _folder) = shelf().await;
            make_connector(&branch.settings).unwrap().deliver(&delivery(kind.name), store.as_ref()).await.unwrap();
            branch.stand_in.requests().len()
        };
        let (store, _folder) = shelf().await;
        for (case, (failing, fault)) in (0..count).flat_map(|at| Fault::ALL.map(|fault| (at, fault))).enumerate() {
            if fault == Fault::Hang && failing + 1 < count {
                continue;
            }
            let hands = hands();
            let mut branch = Branch::open(kind, &hands).await;
            branch.settings.name = format!("{}-{case}", kind.name);
            let mut seen = 0;
            branch.stand_in.fail(move |_| {
                seen += 1;
                (seen == failing + 1).then_some(fault)
            });
            let mut delivery = delivery(kind.name);
            delivery.connector.clone_from(&branch.settings.name);
            let connector = make_connector(&branch.settings).unwrap();
            let mut tries = 0;
            while let Err(error) = connector.deliver(&delivery, store.as_ref()).await {
                assert!(!matches!(error, DeliveryError::Rejected { .. }), "{} {failing} {fault:?}: {error}", kind.name);
                tries += 1;
                assert!(tries < 12, "{} {failing} {fault:?}: {error}", kind.name);
                hands.fetch_add(60_000, Ordering::SeqCst);
            }
            let entries = branch.stand_in.entries();
            let expected = kind.records[1].len() + usize::from(kind.has_contacts);
            assert_eq!(entries.len(), expected, "{} {failing} {fault:?}: {entries:?}", kind.name);
        }
    }
}

#[tokio::test]
async fn a_vendor_that_asks_to_be_left_alone_is_and_no_attempt_is_counted() {
    for kind in KINDS.iter().filter(|kind| kind.name != "webhook") {
        let hands = hands();
        let branch = Branch::open(kind, &hands).await;
        branch.stand_in.fail(|_| Some(Fault::RateLimited { retry_after: 90 }));
        let (store, _folder) = shelf().await;
        let connector = make_connector(&branch.settings).unwrap();
        let failed = connector.deliver(&delivery(kind.name), store.as_ref()).await.unwrap_err();
        let now = hands.load(Ordering::SeqCst);
        let rests = connector.room(jiff::Timestamp::from_millisecond(now + 89_000).unwrap());
        assert_eq!(rests.deliveries, 0, "{}", kind.name);
        let is_held = matches!(failed, DeliveryError::Held { .. });
        assert!(is_held, "{}: {failed}", kind.name);
        assert_eq!(branch.stand_in.requests().len(), 1, "{}", kind.name);
    }
}

#[tokio::test]
async fn a_schema_the_vendor_refuses_is_given_up_with_its_own_words() {
    for (name, record, field, words) in [
        ("hubspot", "call", "colour", "Property \"colour\" does not exist"),
        ("freshdesk", "ticket", "cf_colour", "Unexpected/invalid field in request"),
        ("salesforce", "call", "Colour__c", "No such column 'Colour__c' on sobject of type Task"),
    ] {
        let kind = KINDS.iter().find(|kind| kind.name == name).unwrap();
        let mut branch = Branch::open(kind, &hands()).await;
        let fields = BTreeMap::from([(field.to_owned(), "order_ref".to_owned())]);
        branch.settings.fields.insert(record.to_owned(), fields);
        let (store, _folder) = shelf().await;
        let connector = make_connector(&branch.settings).unwrap();
        let failed = connector.deliver(&delivery(name), store.as_ref()).await.unwrap_err();
        assert!(matches!(&failed, DeliveryError::Rejected { reason } if reason.contains(words)), "{name}: {failed}");
        let corrected = make_connector(&ConnectorSettings { fields: BTreeMap::new(), ..branch.settings }).unwrap();
        corrected.deliver(&delivery(name), store.as_ref()).await.unwrap();
        let entries = branch.stand_in.entries();
        assert_eq!(entries.len(), kind.records[1].len() + 1, "{name}: the retry went on: {entries:?}");
    }
}

#[tokio::test]
async fn fields_are_set_as_the_settings_map_them() {
    for (name, record, field) in [
        ("hubspot", "call", "order_number"),
        ("freshdesk", "ticket", "cf_order_number"),
        ("salesforce", "call", "Order_Number__c"),
        ("zendesk", "ticket", "360001"),
    ] {
        let sent = sent(name, |settings| {
            let fields =
                BTreeMap::from([(field.to_owned(), "order_ref".to_owned()), ("nothing".to_owned(), "csat".to_owned())]);
            settings.fields.insert(record.to_owned(), fields);
        })
        .await;
        let bodies = sent.iter().map(|request| request.text.as_str()).collect::<String>();
        assert!(bodies.contains(field) && bodies.contains("KH-000001"), "{name}: {bodies}");
        assert!(!bodies.contains("nothing"), "{name}: what does not apply is left out");
    }
}

#[tokio::test]
async fn what_is_left_out_reaches_no_vendor() {
    for kind in KINDS.iter().filter(|kind| kind.name != "webhook") {
        let everything = sent(kind.name, |_| ()).await;
        let all = ["phone", "transcript", "recording", "summary", "words"].map(str::to_owned).to_vec();
        let little = sent(kind.name, |settings| settings.leave_out = all).await;
        let text = |requests: &[Request]| requests.iter().map(|r| format!("{r:?}")).collect::<String>();
        let (everything, little) = (text(&everything), text(&little));
        for secret in ["9845000001", "Wednesday evening", "temple", "/recording", "calls.shop.example"] {
            assert!(everything.contains(secret), "{}: {secret} is sent", kind.name);
            assert!(!little.contains(secret), "{}: {secret} is left out", kind.name);
        }
        assert!(little.contains("KH-000001"), "{}: the order is still named", kind.name);
        let takes_html = kind.name == "freshdesk";
        assert!(!takes_html || !everything.contains("<temple>"), "free text is escaped");
    }
}

/// What a vendor is sent for one outcome.
async fn sent(name: &str, change: impl FnOnce(&mut ConnectorSettings)) -> Vec<Request> {
    let kind = KINDS.iter().find(|kind| kind.name == name).unwrap();
    let mut branch = Branch::open(kind, &hands()).await;
    change(&mut branch.settings);
    let (store, _folder) = shelf().await;
    let connector = make_connector(&branch.settings).unwrap();
    connector.deliver(&delivery(name), store.as_ref()).await.unwrap_or_else(|error| panic!("{name}: {error}"));
    branch.stand_in.requests()
}

#[tokio::test]
async fn two_calls_of_one_customer_at_once_share_the_contact() {
    for kind in KINDS.iter().filter(|kind| kind.has_contacts) {
        let hands = hands();
        let branch = Branch::open(kind, &hands).await;
        let (store, _folder) = shelf().await;
        let connector = make_connector(&branch.settings).unwrap();
        let mut second = delivery(kind.name);
        second.id = "delivery-2".to_owned();
        second.idempotency_key.push_str("-2");
        let mut waiting = vec![delivery(kind.name), second];
        let mut rounds = 0;
        while !waiting.is_empty() {
            let results = futures_util::future::join_all(
                waiting.iter().map(|delivery| connector.deliver(delivery, store.as_ref())),
            )
            .await;
            let mut results = results.into_iter();
            waiting.retain(|_| results.next().unwrap().is_err());
            hands.fetch_add(10_000, Ordering::SeqCst);
            rounds += 1;
            assert!(rounds < 40, "{}: {waiting:?}", kind.name);
        }
        let entries = branch.stand_in.entries();
        assert_eq!(entries.iter().filter(|entry| entry.kind == "contact").count(), 1, "{}: {entries:?}", kind.name);
    }
}

#[tokio::test]
async fn a_check_tries_the_credentials_and_writes_nothing() {
    for kind in KINDS.iter().filter(|kind| kind.name != "webhook") {
        let branch = Branch::open(kind, &hands()).await;
        let connector = make_connector(&branch.settings).unwrap();
        connector.check().await.unwrap_or_else(|error| panic!("{}: {error}", kind.name));
        assert_eq!(branch.stand_in.entries(), [], "{}", kind.name);
        let wrong = ConnectorSettings {
            token: branch.settings.token.as_ref().map(|_| "wrong".into()),
            client_secret: branch.settings.client_secret.as_ref().map(|_| "wrong".into()),
            ..branch.settings.clone()
        };
        let refused = make_connector(&wrong).unwrap().check().await.unwrap_err().to_string();
        assert!(refused.contains("40"), "{}: {refused}", kind.name);
        assert!(!refused.contains(TOKEN) && !format!("{:?}", branch.settings).contains(TOKEN), "{}", kind.name);
    }
}

#[tokio::test]
async fn a_session_that_ends_is_renewed_once_for_all() {
    let kind = KINDS.iter().find(|kind| kind.name == "salesforce").unwrap();
    let branch = Branch::open(kind, &hands()).await;
    let (store, _folder) = shelf().await;
    let connector: Arc<dyn CrmConnector> = make_connector(&branch.settings).unwrap();
    let mut seen = 0;
    branch.stand_in.fail(move |request| {
        seen += usize::from(!request.path.ends_with("/token"));
        (seen == 3 && !request.path.ends_with("/token")).then_some(Fault::Unauthorized)
    });
    connector.deliver(&delivery("salesforce"), store.as_ref()).await.unwrap();
    let tokens = branch.stand_in.requests().iter().filter(|request| request.path.ends_with("/token")).count();
    assert_eq!(tokens, 2);
}

#[tokio::test]
async fn a_contact_that_was_deleted_by_hand_is_made_anew() {
    let kind = KINDS.iter().find(|kind| kind.name == "intercom").unwrap();
    let hands = hands();
    let before = Branch::open(kind, &hands).await;
    let (store, _folder) = shelf().await;
    make_connector(&before.settings).unwrap().deliver(&delivery(kind.name), store.as_ref()).await.unwrap();
    // Another account, with none of the ids that are remembered.
    let after = Branch::open(kind, &hands).await;
    let connector = make_connector(&after.settings).unwrap();
    let mut next = delivery(kind.name);
    next.idempotency_key.push_str("-2");
    let first = connector.deliver(&next, store.as_ref()).await;
    assert!(matches!(first, Err(DeliveryError::Unavailable { .. })), "{first:?}");
    hands.fetch_add(60_000, Ordering::SeqCst);
    connector.deliver(&next, store.as_ref()).await.unwrap();
    let kinds: Vec<&str> = after.stand_in.entries().iter().map(|entry| entry.kind).collect();
    assert_eq!(kinds, ["contact", "ticket", "note"]);
}

#[tokio::test]
async fn a_new_connector_is_sent_the_past_and_nothing_twice() {
    let office = Office::open().await;
    let store = office.store().await;
    let mut ids = Vec::new();
    for number in 0..7 {
        office.hands.fetch_add(60_000, Ordering::SeqCst);
        ids.push(office.file(&store, number, 5).await);
    }
    let since = office.now() - Duration::from_secs(4 * 60);
    let first = store.replay_deliveries("new", since, office.now()).await.unwrap();
    assert_eq!((first.added, first.retried), (5, 0));
    let again = store.replay_deliveries("new", since, office.now()).await.unwrap();
    assert_eq!((again.added, again.retried), (0, 0));
    let lease = Duration::from_secs(60);
    let due = store.lease_deliveries(Addressed::To("new"), office.now(), lease, 100).await.unwrap();
    let calls: Vec<CallId> = due.iter().map(|lease| lease.delivery.call).collect();
    assert_eq!(calls, ids[2..], "oldest first");
    let body: Value = serde_json::from_str(&due[0].delivery.body).unwrap();
    assert_eq!(body["call_id"], ids[2].to_string());
    let given_up = doorstep::ports::store::DeliverySettlement::GivenUp { error: "refused".to_owned() };
    store.settle_delivery(&due[0], office.now(), &given_up).await.unwrap();
    let retried = store.replay_deliveries("new", since, office.now()).await.unwrap();
    assert_eq!((retried.added, retried.retried), (0, 1));
}

#[test]
fn settings_that_cannot_work_name_their_key() {
    drop(rustls::crypto::aws_lc_rs::default_provider().install_default());
    let sample = ConnectorSettings {
        kind: "hubspot".to_owned(),
        name: "crm".to_owned(),
        token: Some(TOKEN.into()),
        ..ConnectorSettings::default()
    };
    let set = |change: fn(&mut ConnectorSettings)| {
        let mut settings = sample.clone();
        change(&mut settings);
        settings
    };
    let cases: [(ConnectorSettings, Option<&str>); 16] = [
        (sample.clone(), None),
        (set(|s| s.token = None), Some("token")),
        (set(|s| s.refresh_token = Some("r".into())), Some("token")),
        (set(|s| s.base_url = Some("http://api.hubapi.com".to_owned())), Some("base_url")),
        (set(|s| s.base_url = Some("https://10.0.0.1".to_owned())), Some("base_url")),
        (set(|s| s.leave_out = vec!["phones".to_owned()]), Some("leave_out")),
        (set(|s| drop(s.options.insert("pipelines".to_owned(), "1".to_owned()))), Some("options")),
        (set(|s| drop(s.fields.insert("calls".to_owned(), BTreeMap::new()))), Some("fields")),
        (set(|s| s.requests_per_minute = Some(3)), Some("requests_per_minute")),
        (set(|s| s.link_base_url = Some("calls.shop.example".to_owned())), Some("link_base_url")),
        (set(|s| s.kind = "zendesk".to_owned()), Some("base_url")),
        (set(|s| s.kind = "freshdesk".to_owned()), Some("base_url")),
        (set(|s| s.kind = "gorgias".to_owned()), Some("base_url")),
        (set(|s| s.kind = "intercom".to_owned()), Some("options")),
        (
            set(|s| {
                s.kind = "salesforce".to_owned();
                s.base_url = Some("https://shop.my.salesforce.com".to_owned());
            }),
            Some("client_id"),
        ),
        (
            set(|s| {
                s.kind = "gorgias".to_owned();
                s.base_url = Some("https://shop.gorgias.com".to_owned());
            }),
            Some("email"),
        ),
    ];
    for (settings, key) in cases {
        let invalid = make_connector(&settings).err();
        assert_eq!(invalid.as_ref().map(|invalid| invalid.key), key, "{settings:?}");
        assert!(invalid.is_none_or(|invalid| !invalid.to_string().contains(TOKEN)));
    }
}

use std::collections::BTreeSet;
use std::sync::Mutex;
use std::time::Duration;

use jiff::Timestamp;
use tokio_util::sync::CancellationToken;

use super::*;
use crate::adapters::store::SqlStore;
use crate::domain::orders::OrderRef;
use crate::domain::outreach::Channel;
use crate::domain::speech::shipped;
use crate::domain::values::{CallId, Currency, Money};
use crate::ports::commerce::{ActionState, ActionStore as _, StoredAction};
use crate::ports::store::{CallStore as _, OrderStore as _, RecordedRequest};
use crate::runtime::action_outbox::{ActingSource, ActionOutbox};

/// Makes one link a key, and counts how many it was asked for.
#[derive(Default)]
struct Shop {
    asked: Mutex<Vec<WantedLink>>,
    fault: Mutex<Option<PaymentLinkError>>,
    /// It makes the link, and the answer never comes.
    is_silent: Mutex<bool>,
}

#[async_trait]
impl PaymentLinks for Shop {
    async fn make(&self, wanted: &WantedLink) -> Result<PaymentLink, PaymentLinkError> {
        self.asked.lock().unwrap().push(wanted.clone());
        if std::mem::take(&mut *self.is_silent.lock().unwrap()) {
            std::future::pending::<()>().await;
        }
        match self.fault.lock().unwrap().take() {
            Some(fault) => Err(fault),
            None => Ok(PaymentLink { id: "pl".to_owned(), url: format!("https://pay.example/{}", wanted.key).into() }),
        }
    }
}

/// Sends what it is given, or keeps its answer to itself: then the message is out and nobody knows.
#[derive(Default)]
struct Sms {
    sent: Mutex<Vec<OutgoingMessage>>,
    fault: Mutex<Option<MessageError>>,
    /// It sends the message, and the answer never comes.
    is_silent: Mutex<bool>,
}

#[async_trait]
impl Messenger for Sms {
    fn channel(&self) -> Channel {
        Channel::Sms
    }

    async fn send(&self, message: &OutgoingMessage) -> Result<Option<String>, MessageError> {
        let fault = self.fault.lock().unwrap().take();
        if fault.is_none() || fault == Some(MessageError::OutcomeUnknown) {
            self.sent.lock().unwrap().push(message.clone());
        }
        if std::mem::take(&mut *self.is_silent.lock().unwrap()) {
            std::future::pending::<()>().await;
        }
        fault.map_or(Ok(Some("SM1".to_owned())), Err)
    }

    async fn find(&self, message: &OutgoingMessage) -> Result<Option<String>, MessageError> {
        let sent = self.sent.lock().unwrap();
        Ok(sent.iter().any(|known| known.body == message.body).then(|| "SM1".to_owned()))
    }
}

#[derive(Default)]
struct Scene {
    links: Arc<Shop>,
    sms: Arc<Sms>,
}

fn subject(payment: Payment, attempt: u32) -> ActionSubject {
    let mut order: Order = serde_json::from_str(
        r#"{"order_ref":"KH-1","placed_at":"2026-11-18T10:04:00Z","customer":{"name":"Asha Rao",
        "phone":"+919845012345","language":"en-IN"},"total":{"amount_minor":149950,"currency":"INR"},"payment":"cod",
        "address":{"lines":[],"city":"Pune","postcode":"411004","country":"IN"}}"#,
    )
    .unwrap();
    order.payment = payment;
    ActionSubject { order, vendor_order_id: None, tracking_number: None, attempt }
}

impl Scene {
    fn sender(&self) -> LinkSender {
        let english = [("messages/en.toml", include_str!("../../../prompts/messages/en.toml"))];
        let needed = BTreeSet::from([PAYMENT_LINK]);
        LinkSender {
            links: self.links.clone(),
            sms: self.sms.clone(),
            texts: MessageTexts::read(&english, shipped::spoken(Some(&[])), &needed).unwrap(),
            shop: Arc::new(ShopProfile {
                id: "demo".to_owned(),
                name: "Kora Home".to_owned(),
                callback_number: "+918045678900".parse().unwrap(),
                website_spoken: "kora home dot example".to_owned(),
                time_zone: "Asia/Kolkata".to_owned(),
                emergency_number_spoken: "one one two".to_owned(),
                human_callback_within_hours: 4,
                asks_call_score: false,
                sends_payment_links: true,
            }),
            clock: Arc::new(|| "2026-11-25T12:00:00Z".parse().unwrap()),
        }
    }

    async fn act(&self, subject: &ActionSubject) -> Result<ActionTaken, ActionError> {
        let call = CallId::new(uuid::Uuid::nil());
        let action = Action::new(ActionKind::SendPaymentLink, ("r-1", call), "prepaid_link", &[]);
        self.sender().act(&action, subject).await
    }

    fn bodies(&self) -> Vec<String> {
        self.sms.sent.lock().unwrap().iter().map(|message| message.body.reveal().clone()).collect()
    }
}

const SENT: &str = "Kora Home: to pay INR 1499.50 for your order KH-1 before it comes: https://pay.example/r-1";

#[tokio::test]
async fn a_link_over_what_is_due_goes_to_the_number_on_the_order() {
    let scene = Scene::default();
    let taken = scene.act(&subject(Payment::Cod, 1)).await;
    assert_eq!(taken, Ok(ActionTaken { reference: Some("SM1".to_owned()) }));
    assert_eq!(scene.bodies(), [SENT]);
    assert_eq!(scene.sms.sent.lock().unwrap()[0].to.reveal(), "+919845012345");
    let amount = Money { amount_minor: 149_950, currency: Currency::INR };
    let wanted = WantedLink { key: "r-1".to_owned(), order_ref: OrderRef("KH-1".to_owned()), amount };
    assert_eq!(*scene.links.asked.lock().unwrap(), [wanted]);
}

#[tokio::test]
async fn what_is_paid_already_gets_no_link() {
    let scene = Scene::default();
    let refused = scene.act(&subject(Payment::Prepaid, 1)).await;
    assert!(matches!(refused, Err(ActionError::Refused { .. })), "{refused:?}");
    assert_eq!((scene.bodies().len(), scene.links.asked.lock().unwrap().len()), (0, 0));
}

#[tokio::test]
async fn a_message_whose_answer_was_lost_is_found_and_not_sent_again() {
    let scene = Scene::default();
    *scene.sms.fault.lock().unwrap() = Some(MessageError::OutcomeUnknown);
    let lost = scene.act(&subject(Payment::Cod, 1)).await;
    assert!(matches!(lost, Err(ActionError::OutcomeUnknown { .. })), "{lost:?}");
    assert!(scene.act(&subject(Payment::Cod, 2)).await.is_ok());
    assert_eq!(scene.bodies(), [SENT]);
}

#[tokio::test]
async fn whoever_stops_between_link_and_message_sends_it_when_it_is_back() {
    let scene = Scene::default();
    let busy = MessageError::Unavailable { reason: "busy".to_owned(), retry_after: None };
    *scene.sms.fault.lock().unwrap() = Some(busy);
    let late = scene.act(&subject(Payment::Cod, 1)).await;
    assert!(matches!(late, Err(ActionError::Unavailable { .. })), "{late:?}");
    assert!(scene.act(&subject(Payment::Cod, 2)).await.is_ok());
    assert_eq!(scene.bodies(), [SENT]);
    let asked = scene.links.asked.lock().unwrap();
    assert_eq!(asked[0], asked[1], "it is the same wish, so it is the same link");
}

#[tokio::test]
async fn without_a_link_nothing_is_sent() {
    for (fault, is_final) in [
        (PaymentLinkError::Refused { reason: "no".to_owned() }, true),
        (PaymentLinkError::Unavailable { reason: "away".to_owned(), retry_after: None }, false),
    ] {
        let scene = Scene::default();
        *scene.links.fault.lock().unwrap() = Some(fault);
        let result = scene.act(&subject(Payment::Cod, 1)).await;
        assert_eq!(matches!(result, Err(ActionError::Refused { .. })), is_final, "{result:?}");
        assert!(result.is_err() && scene.bodies().is_empty());
    }
}

/// Longer than a lease: whoever comes then may take up what was left lying.
const LATER: &str = "2026-11-25T12:03:00Z";
const NOW: &str = "2026-11-25T12:00:00Z";

/// A store in which a customer has asked for a link.
async fn asked_for(folder: &tempfile::TempDir) -> Arc<SqlStore> {
    let store = SqlStore::connect(&format!("sqlite://{}/doorstep.db", folder.path().display())).await.unwrap();
    store.migrate().await.unwrap();
    let now: Timestamp = NOW.parse().unwrap();
    store.put_order(&subject(Payment::Cod, 1).order, now).await.unwrap();
    let call = CallId::new(uuid::Uuid::nil());
    let request = RecordedRequest {
        call,
        idempotency_key: format!("{call}:prepaid_link-1"),
        kind: "prepaid_link".to_owned(),
        order_ref: Some(OrderRef("KH-1".to_owned())),
        details: Vec::new(),
        requested_at: now,
        due_at: None,
    };
    store.record_request(&request).await.unwrap();
    Arc::new(store)
}

async fn only_action(store: &SqlStore) -> Option<StoredAction> {
    store.list_actions(None, None, 10).await.unwrap().rows.pop()
}

/// Works at `at` until `is_done`, and is gone at once then, whatever is under way.
async fn works(store: &Arc<SqlStore>, scene: &Scene, at: &str, is_done: impl AsyncFn() -> bool) {
    let now: Timestamp = at.parse().unwrap();
    let source = ActingSource { actions: Arc::new(scene.sender()), carriers: Vec::new(), may_cancel: false };
    let outbox = ActionOutbox::new(store.clone(), vec![source], None, Arc::new(move || now));
    let working = tokio::spawn(outbox.run(CancellationToken::new()));
    let done = async {
        let mut looks = tokio::time::interval(Duration::from_millis(10));
        while !is_done().await {
            looks.tick().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), done).await.unwrap();
    working.abort();
    drop(working.await);
}

#[tokio::test]
async fn killed_between_link_and_message_the_next_one_sends_it_once() {
    let folder = tempfile::tempdir().unwrap();
    let (store, scene) = (asked_for(&folder).await, Scene::default());
    *scene.links.is_silent.lock().unwrap() = true;
    works(&store, &scene, NOW, async || !scene.links.asked.lock().unwrap().is_empty()).await;
    assert_eq!(scene.bodies(), Vec::<String>::new());
    let is_taken = async || only_action(&store).await.is_some_and(|action| action.state == ActionState::Taken);
    works(&store, &scene, LATER, is_taken).await;
    let asked = scene.links.asked.lock().unwrap().clone();
    assert_eq!((asked.len(), asked[0].clone()), (2, asked[1].clone()), "one wish, one link");
    assert_eq!(
        scene.bodies(),
        [format!(
            "Kora Home: to pay INR 1499.50 for your order KH-1 before it comes: https://pay.example/{}",
            asked[0].key
        )]
    );
}

#[tokio::test]
async fn killed_behind_the_message_the_next_one_finds_it_sent() {
    let folder = tempfile::tempdir().unwrap();
    let (store, scene) = (asked_for(&folder).await, Scene::default());
    *scene.sms.is_silent.lock().unwrap() = true;
    works(&store, &scene, NOW, async || !scene.bodies().is_empty()).await;
    assert_eq!(only_action(&store).await.unwrap().state, ActionState::Leased);
    let is_taken = async || only_action(&store).await.is_some_and(|action| action.state == ActionState::Taken);
    works(&store, &scene, LATER, is_taken).await;
    assert_eq!(scene.bodies().len(), 1, "the customer has it once");
}

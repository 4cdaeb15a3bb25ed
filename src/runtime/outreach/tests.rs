use std::sync::Mutex;

use super::*;
use crate::adapters::store::SqlStore;
use crate::domain::orders::DeliveryStatus;
use crate::domain::outreach::Urgency;
use crate::domain::outreach::policy::{Numbering, PolicyFiles};
use crate::domain::speech::shipped;
use crate::ports::desk::{ContactStore, OptOutEntry, OptOutScope};
use crate::ports::messaging::{MessageError, OutgoingMessage};
use crate::ports::outreach::MessageState;
use async_trait::async_trait;

const NOON: &str = "2026-11-25T12:00:00+05:30";

/// A messenger that notes what it is given and answers as it is told, then well.
#[derive(Default)]
struct Notebook {
    sent: Mutex<Vec<OutgoingMessage>>,
    answers: Mutex<Vec<MessageError>>,
    found: Mutex<Option<String>>,
}

#[async_trait]
impl Messenger for Notebook {
    fn channel(&self) -> Channel {
        Channel::Sms
    }

    async fn send(&self, message: &OutgoingMessage) -> Result<Option<String>, MessageError> {
        self.sent.lock().unwrap().push(message.clone());
        match self.answers.lock().unwrap().pop() {
            Some(error) => Err(error),
            None => Ok(Some("SM1".to_owned())),
        }
    }

    async fn find(&self, _: &OutgoingMessage) -> Result<Option<String>, MessageError> {
        Ok(self.found.lock().unwrap().clone())
    }
}

/// A queue that notes what it is told.
#[derive(Default)]
struct Queue(Mutex<Vec<String>>);

#[async_trait]
impl PlannedCallStore for Queue {
    async fn plan(&self, call: &PlannedCall) -> Result<(), StoreError> {
        self.0.lock().unwrap().push(format!("plan {} {}", call.order_ref.0, call.scenario));
        Ok(())
    }

    async fn cancel(&self, key: &str, hold: Hold) -> Result<(), StoreError> {
        self.0.lock().unwrap().push(format!("cancel {key} {}", hold.as_str()));
        Ok(())
    }
}

pub(in crate::runtime) struct Shop {
    pub(in crate::runtime) outreach: Arc<Outreach>,
    pub(in crate::runtime) store: Arc<SqlStore>,
    queue: Arc<Queue>,
    sms: Arc<Notebook>,
    now: Arc<Mutex<Timestamp>>,
    _folder: tempfile::TempDir,
}

fn profile() -> ShopProfile {
    ShopProfile {
        id: "demo".to_owned(),
        name: "Kora Home".to_owned(),
        callback_number: "+918045678900".parse().unwrap(),
        website_spoken: "kora home dot example".to_owned(),
        time_zone: "Asia/Kolkata".to_owned(),
        emergency_number_spoken: "one one two".to_owned(),
        human_callback_within_hours: 4,
        asks_call_score: false,
        sends_payment_links: false,
    }
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn playbook() -> Playbook {
    let (rules, shop, quiet) = Rules::read(include_str!("../../../config/outreach.toml")).unwrap();
    let numbering = Numbering::read(include_str!("../../../config/numbering/time_zones.txt")).unwrap();
    let countries = vec![("in.toml".to_owned(), include_str!("../../../config/policies/in.toml").to_owned())];
    let holidays = include_str!("../../../config/policies/holidays.txt").to_owned();
    let policies = Policies::read(&PolicyFiles { countries, holidays }, numbering, &shop, quiet).unwrap();
    let texts = MessageTexts::read(
        &[
            ("messages/en.toml", include_str!("../../../prompts/messages/en.toml")),
            ("messages/hi.toml", include_str!("../../../prompts/messages/hi.toml")),
        ],
        shipped::LOCALES.clone(),
        &rules.messages(),
    )
    .unwrap();
    Playbook { rules, policies, texts }
}

pub(in crate::runtime) async fn shop() -> Shop {
    let folder = tempfile::tempdir().unwrap();
    let store = SqlStore::connect(&format!("sqlite://{}/doorstep.db", folder.path().display())).await.unwrap();
    store.migrate().await.unwrap();
    let (store, now) = (Arc::new(store), Arc::new(Mutex::new(at(NOON))));
    let (queue, sms) = (Arc::new(Queue::default()), Arc::new(Notebook::default()));
    let clock = Arc::clone(&now);
    let messenger: Arc<dyn Messenger> = sms.clone();
    let outreach = Outreach::new(OutreachParts {
        playbook: Arc::new(playbook()),
        orders: store.clone(),
        store: store.clone(),
        undecided: store.clone(),
        plans: Some(queue.clone()),
        messengers: BTreeMap::from([(Channel::Sms, messenger)]),
        shop: Arc::new(profile()),
        kept_days: Some(400),
        clock: Arc::new(move || *clock.lock().unwrap()),
    });
    Shop { outreach: Arc::new(outreach), store, queue, sms, now, _folder: folder }
}

pub(in crate::runtime) fn order(status: &str) -> Order {
    let text = format!(
        r#"{{"order_ref":"KH-1","placed_at":"2026-11-25T11:00:00+05:30","customer":{{"name":"Asha Rao",
        "phone":"+919845012345","language":"en-IN"}},"items":[],"total":{{"amount_minor":149900,"currency":"INR"}},
        "payment":"prepaid","address":{{"lines":["Flat 12"],"city":"Bengaluru","state":"KA","postcode":"560034",
        "country":"IN"}},"time_zone":"Asia/Kolkata","shipments":[{{"tracking_number":"DEL1","carrier":"delhivery",
        "status":"{status}","eta_from":"2026-11-25T14:00:00+05:30","eta_to":"2026-11-25T18:00:00+05:30",
        "events":[{{"at":"2026-11-25T11:30:00+05:30","status":"{status}","place":"Nagpur hub"}}]}}]}}"#
    );
    serde_json::from_str(&text).unwrap()
}

impl Shop {
    async fn hears(&self, order: &Order) -> PutOrder {
        let now = *self.now.lock().unwrap();
        self.outreach.put_order(order, now).await.unwrap()
    }

    fn queued(&self) -> Vec<String> {
        std::mem::take(&mut *self.queue.0.lock().unwrap())
    }

    fn set_clock(&self, text: &str) {
        *self.now.lock().unwrap() = at(text);
    }

    async fn message_states(&self) -> Vec<MessageState> {
        let found = self.store.messages_of_order(&OrderRef("KH-1".to_owned()), 10).await.unwrap();
        found.into_iter().map(|message| message.state).collect()
    }

    fn plan(&self, status: &str) -> PlannedCall {
        let order = order(status);
        PlannedCall {
            key: "k".to_owned(),
            order_ref: order.order_ref,
            scenario: "failed_attempt".to_owned(),
            to: order.customer.phone,
            urgency: Urgency::High,
            planned_at: at(NOON),
            told_at: None,
            not_before: at(NOON),
            expires_at: at("2026-11-26T12:00:00+05:30"),
            rule: "attempt_failed".to_owned(),
            policy: "1".to_owned(),
        }
    }
}

#[tokio::test]
async fn a_failed_attempt_plans_one_call_however_often_it_is_told() {
    let shop = shop().await;
    assert_eq!(shop.hears(&order("attempt_failed")).await, PutOrder::Inserted);
    assert_eq!(shop.queued(), ["plan KH-1 failed_attempt"]);
    assert_eq!(shop.hears(&order("attempt_failed")).await, PutOrder::Unchanged);
    assert_eq!(shop.queued(), [""; 0]);
    // Told again as if for the first time, by another way.
    for event in crate::domain::outreach::rules::changes(None, &order("attempt_failed")) {
        shop.outreach.take(&event, &order("attempt_failed"), None).await.unwrap();
    }
    assert_eq!(shop.store.list_decisions(None, None, 10).await.unwrap().rows.len(), 2);
}

#[tokio::test]
async fn delivery_takes_the_call_back() {
    let shop = shop().await;
    shop.hears(&order("attempt_failed")).await;
    let key = shop.store.waiting_plans(&order("created").customer.phone, at(NOON)).await.unwrap()[0].key.clone();
    shop.queued();
    let mut delivered = order("delivered");
    delivered.shipments[0].events[0].at = at("2026-11-25T11:45:00+05:30");
    shop.hears(&delivered).await;
    assert_eq!(shop.queued(), [format!("cancel {key} overtaken")]);
    assert_eq!(shop.store.waiting_plans(&order("created").customer.phone, at(NOON)).await, Ok(Vec::new()));
}

#[tokio::test]
async fn a_message_is_sent_in_the_words_of_the_moment_of_sending() {
    let shop = shop().await;
    shop.hears(&order("in_transit")).await;
    shop.outreach.send_due().await;
    let sent = shop.sms.sent.lock().unwrap().clone();
    let body = "Kora Home: your order KH-1 is on its way and expected on Wednesday 25 November. \
        You don't need to do anything.";
    // That the order was confirmed is no news once it is on its way.
    assert_eq!(sent.iter().map(|sent| sent.body.reveal().as_str()).collect::<Vec<_>>(), [body]);
    assert_eq!(sent[0].to.reveal(), "+919845012345");
    assert_eq!(shop.message_states().await, [MessageState::Sent]);
    shop.outreach.send_due().await;
    assert_eq!(shop.sms.sent.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn a_message_whose_news_is_over_is_not_sent() {
    let shop = shop().await;
    shop.set_clock("2026-11-25T21:30:00+05:30");
    shop.hears(&order("in_transit")).await;
    assert_eq!(shop.message_states().await, [MessageState::Waiting]);
    let mut cancelled = order("in_transit");
    cancelled.shipments[0].status = DeliveryStatus::Cancelled;
    shop.store.put_order(&cancelled, at(NOON)).await.unwrap();
    shop.set_clock("2026-11-26T09:00:00+05:30");
    shop.outreach.send_due().await;
    assert_eq!(shop.message_states().await, [MessageState::GivenUp]);
    assert_eq!(shop.sms.sent.lock().unwrap().len(), 0);
}

#[tokio::test]
async fn what_the_vendor_could_not_take_is_tried_again_and_what_is_lost_is_not() {
    let shop = shop().await;
    let busy = MessageError::Unavailable { reason: "answered 503".to_owned(), retry_after: None };
    *shop.sms.answers.lock().unwrap() = vec![MessageError::OutcomeUnknown, busy];
    shop.hears(&order("in_transit")).await;
    shop.outreach.send_due().await;
    assert_eq!(shop.message_states().await, [MessageState::Waiting]);
    shop.set_clock("2026-11-25T12:00:31+05:30");
    shop.outreach.send_due().await;
    assert_eq!(shop.message_states().await, [MessageState::Unknown]);
    shop.set_clock("2026-11-25T13:00:00+05:30");
    shop.outreach.send_due().await;
    assert_eq!(shop.sms.sent.lock().unwrap().len(), 2);
}

#[tokio::test]
async fn a_message_that_went_out_before_a_crash_is_found_and_not_sent_twice() {
    let shop = shop().await;
    shop.hears(&order("in_transit")).await;
    // Lent, handed over, and never settled.
    let lent = shop.store.lease_messages(at(NOON), Duration::from_secs(90), 10).await.unwrap();
    assert_eq!(lent.len(), 1);
    *shop.sms.found.lock().unwrap() = Some("SM9".to_owned());
    shop.set_clock("2026-11-25T12:05:00+05:30");
    shop.outreach.send_due().await;
    assert_eq!((shop.message_states().await, shop.sms.sent.lock().unwrap().len()), (vec![MessageState::Sent], 0));
}

#[tokio::test]
async fn an_opt_out_holds_a_plan_that_is_already_queued() {
    let shop = shop().await;
    let failed = order("attempt_failed");
    let plan = shop.plan("attempt_failed");
    let may = shop.outreach.may_call(&plan, &failed, at(NOON)).await.unwrap();
    assert_eq!(may.verdict, Verdict::May);
    let entry = OptOutEntry { scope: OptOutScope::All, at: at(NOON), call: None, set_by: None };
    shop.store.put_opt_out(&plan.to, &entry).await.unwrap();
    let later = at("2026-11-25T12:00:01+05:30");
    let verdict = shop.outreach.may_call(&plan, &failed, later).await;
    assert_eq!(verdict.unwrap().verdict, Verdict::Never { hold: Hold::OptedOut });
    // Each ruling is kept with its policy.
    let kept = shop.store.list_decisions(None, None, 10).await.unwrap().rows;
    let line = &kept[0].verdict.as_ref().unwrap().line;
    assert_eq!((kept.len(), line.as_str()), (2, "customer: no automated calls"));
    assert_eq!(kept[0].version, shop.outreach.playbook().policies.version());
}

#[tokio::test]
async fn a_plan_is_asked_about_again_right_before_dialling() {
    let shop = shop().await;
    let plan = shop.plan("attempt_failed");
    let ask = async |status: &str, now: &str| {
        let ruling = shop.outreach.may_call(&plan, &order(status), at(now)).await.unwrap();
        ruling.verdict
    };
    assert_eq!(ask("delivered", NOON).await, Verdict::Never { hold: Hold::Overtaken });
    assert_eq!(ask("attempt_failed", "2026-11-26T12:00:00+05:30").await, Verdict::Never { hold: Hold::Expired });
    let morning = at("2026-11-26T09:00:00+05:30");
    let night = ask("attempt_failed", "2026-11-25T22:00:00+05:30").await;
    assert_eq!(night, Verdict::NotBefore { at: morning, hold: Hold::QuietHours });
}

#[tokio::test]
async fn a_parcel_that_no_longer_moves_is_told_of_once() {
    let shop = shop().await;
    shop.store.put_order(&order("in_transit"), at(NOON)).await.unwrap();
    shop.set_clock("2026-11-27T12:00:00+05:30");
    let now = at("2026-11-27T12:00:00+05:30");
    shop.outreach.look_for_stale(now).await.unwrap();
    shop.outreach.look_for_stale(now).await.unwrap();
    let kept = shop.store.list_decisions(None, None, 10).await.unwrap().rows;
    assert_eq!((kept.len(), kept[0].rule.as_deref()), (1, Some("not_moving")));
    assert_eq!(shop.message_states().await, [MessageState::Waiting]);
}

#[tokio::test]
async fn explaining_keeps_nothing() {
    let shop = shop().await;
    let failed = order("attempt_failed");
    shop.hears(&failed).await;
    let before = shop.store.list_decisions(None, None, 10).await.unwrap();
    let event = crate::domain::outreach::rules::present(&failed, None, at(NOON)).unwrap();
    let decision = shop.outreach.explain(&event, &failed, at(NOON)).await.unwrap();
    assert!(matches!(decision.action, Action::Call(_)), "{decision:?}");
    assert_eq!(shop.store.list_decisions(None, None, 10).await.unwrap(), before);
}

#[tokio::test]
async fn visits_to_the_page_are_a_moment() {
    let shop = shop().await;
    let mut precious = order("in_transit");
    precious.total.amount_minor = 900_000;
    shop.store.put_order(&precious, at(NOON)).await.unwrap();
    let signals = Signals { page_visits: 3, ..Signals::default() };
    assert_eq!(shop.outreach.put_signals(&precious.order_ref, &signals, at(NOON)).await, Ok(true));
    assert_eq!(shop.queued(), ["plan KH-1 high_value"]);
    assert_eq!(shop.outreach.put_signals(&OrderRef("KH-0".to_owned()), &signals, at(NOON)).await, Ok(false));
}

#[test]
fn a_list_of_numbers_is_read_line_by_line() {
    let (numbers, rejected) = numbers_in_list("# bought\n+919845012345\n\n98450 12345\r\n +14155550143 \n");
    assert_eq!(numbers, ["+919845012345", "+14155550143"].map(|number| number.parse().unwrap()));
    assert_eq!(rejected, [4]);
}

#[tokio::test]
async fn a_wish_for_a_language_is_answered_once_in_it_where_there_are_words() {
    let shop = shop().await;
    let kh = OrderRef("KH-1".to_owned());
    shop.store.put_order(&order("in_transit"), at(NOON)).await.unwrap();
    let asks = async |request: &str, order_ref: &OrderRef, language: &str| {
        shop.outreach.answer_language_wish(request, order_ref, language).await.unwrap();
        shop.outreach.send_due().await;
        shop.sms.sent.lock().unwrap().drain(..).map(|sent| sent.body.into_inner()).collect::<Vec<_>>()
    };
    assert_eq!(asks("r1", &kh, "ta").await, [""; 0], "no words");
    assert_eq!(asks("r1", &OrderRef("KH-9".to_owned()), "hi").await, [""; 0], "no such order");
    let sent = asks("r1", &kh, "hi").await;
    assert_eq!(sent.len(), 1);
    assert!(sent[0].starts_with("Kora Home: आपने हिंदी में") && sent[0].contains("KH-1"), "{}", sent[0]);
    assert_eq!(asks("r1", &kh, "hi").await, [""; 0], "the same wish");
    shop.set_clock("2026-11-25T23:30:00+05:30");
    assert_eq!(asks("r2", &kh, "hi").await, [""; 0], "at night");
    shop.set_clock("2026-11-26T12:00:00+05:30");
    assert_eq!(asks("r3", &kh, "hi").await.len(), 2, "in the morning, with the next");
    let entry = OptOutEntry { scope: OptOutScope::All, at: at(NOON), call: None, set_by: None };
    shop.store.put_opt_out(&order("created").customer.phone, &entry).await.unwrap();
    assert_eq!(asks("r4", &kh, "hi").await, [""; 0], "no calls, no messages");
}

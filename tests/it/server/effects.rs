//! What takes effect while the customer is on the phone: a carrier's answer, a link to pay by.

use std::time::Duration;

use doorstep::config::{CommerceSettings, PaymentLinkSection, Settings, SmsSection};
use doorstep::domain::orders::OrderRef;
use doorstep::domain::values::PhoneNumber;
use doorstep::simulator::Step;
use reqwest::StatusCode;
use serde_json::{Value, json};
use wiremock::matchers::{method, path, path_regex};
use wiremock::{Mock, MockServer, ResponseTemplate};

use super::commerce;
use super::harness::{ACCOUNT, CUSTOMER, SHOP, Server, says, script, until};
use super::receiver::Receiver;

const WAIT: Step = Step::WaitForAgent { silence_ms: 700 };
/// Longer than a caller waits for an answer.
const TOO_LONG: Duration = Duration::from_secs(5);
/// A customer with one order, which could not be handed over.
const MISSED: &str = "+915550100777";

fn hearing(settings: &mut Settings, words: [&str; 3]) {
    settings.speech_to_text.hears = words.map(str::to_owned).to_vec();
}

/// The page of a call in which a customer says three things.
async fn call(server: &Server, from: &str) -> Value {
    let caller = script(vec![
        WAIT,
        says("where-is-my-order.wav"),
        WAIT,
        says("yes-i-am.wav"),
        WAIT,
        says("no-thank-you.wav"),
        Step::WaitForAgent { silence_ms: 2_500 },
    ]);
    let report = server.carrier(from, 1).call(caller, 1).await;
    assert_eq!(report.violations, Vec::<String>::new());
    let id = server.filed(1).await[0].opened.id;
    server.api(&format!("/api/v1/calls/{id}")).await
}

fn agent_said(page: &Value) -> String {
    let lines = page["transcript"].as_array().expect("a transcript");
    let agent = lines.iter().filter(|line| line["role"] == "agent");
    agent.filter_map(|line| line["text"].as_str()).collect::<Vec<_>>().join("\n")
}

/// The only action, once its source has answered.
async fn settled_action(server: &Server) -> Value {
    until("the action is settled", async || {
        let actions = server.api("/api/v1/actions").await;
        let action = actions["rows"].as_array()?.first()?.clone();
        matches!(action["state"].as_str(), Some("taken" | "refused" | "unknown")).then_some(action)
    })
    .await
}

/// The state of the only request of a kind.
async fn request_state(server: &Server, kind: &str) -> (String, String) {
    let listed = server.api("/api/v1/handoffs").await;
    let rows = listed["rows"].as_array().cloned().unwrap_or_default();
    let found: Vec<&Value> = rows.iter().filter(|row| row["kind"] == kind).collect();
    assert_eq!(found.len(), 1, "{listed:#}");
    let text = |name: &str| found[0][name].as_str().unwrap_or_default().to_owned();
    (text("state"), text("way"))
}

// ---- The carrier's answer ----

async fn courier(answer: ResponseTemplate) -> MockServer {
    let courier = MockServer::start().await;
    Mock::given(method("POST"))
        .and(path_regex("^/v1/external/ndr/[A-Z0-9]+/action$"))
        .respond_with(answer)
        .expect(1)
        .mount(&courier)
        .await;
    courier
}

/// A server whose parcels Shiprocket carries, and a customer whose parcel came to a closed door.
async fn server_with(courier: &MockServer) -> Server {
    let source = format!(
        "[[sources]]\nkind = \"shiprocket\"\nname = \"courier\"\nsecret = \"w\"\ntoken = \"t\"\nbase_url = \"{}\"\n\
         carriers = [\"*\"]\nallow_private_addresses = true\n",
        courier.uri()
    );
    let commerce: CommerceSettings = toml::from_str(&source).expect("the source is well-formed");
    let server = Server::with_fake_speech(|settings| {
        settings.commerce = commerce;
        hearing(settings, ["please deliver it the day after tomorrow", "yes", "no thank you"]);
    })
    .await;
    let services = server.reception.services();
    let failed = OrderRef("KH-452633".to_owned());
    let order = services.orders.order_by_ref(&failed).await.expect("the store answers");
    let mut order = order.expect("an order of the demo shop");
    order.order_ref = OrderRef("KH-777001".to_owned());
    order.customer.phone = MISSED.parse::<PhoneNumber>().expect("a number");
    order.shipments[0].tracking_number = "SR777001".to_owned();
    services.orders.put_order(&order, services.wall_clock.now()).await.expect("the store takes it");
    server
}

#[tokio::test(flavor = "multi_thread")]
async fn a_carrier_that_accepts_at_once_is_heard_in_the_call() {
    let courier = courier(ResponseTemplate::new(200).set_body_json(json!({ "success": true, "id": 7 }))).await;
    let server = server_with(&courier).await;
    let page = call(&server, MISSED).await;
    let said = agent_said(&page);
    assert!(said.contains("It is changed: the courier comes") && !said.contains("passed on"), "{said}");
    let outcome = &page["outcome"];
    assert_eq!(outcome["disposition"], "REATTEMPT_REQUESTED", "{page:#}");
    assert_eq!(outcome["carrier_action"]["status"], "accepted", "{outcome:#}");
    assert_eq!(settled_action(&server).await["state"], "taken");
    courier.verify().await;
    server.stopped().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_carrier_that_refuses_is_told_truthfully_and_a_person_sees_to_it() {
    let no = json!({ "success": false, "message": "NDR is closed" });
    let courier = courier(ResponseTemplate::new(200).set_body_json(no)).await;
    let server = server_with(&courier).await;
    let page = call(&server, MISSED).await;
    let said = agent_said(&page);
    assert!(said.contains("the courier does not accept your wish for another day"), "{said}");
    assert!(!said.contains("It is changed") && !said.contains("passed on your wish for another day"), "{said}");
    assert_eq!(page["outcome"]["disposition"], "ESCALATED_CALLBACK", "{page:#}");
    assert_eq!(page["outcome"]["carrier_action"]["status"], "refused", "{page:#}");
    assert_eq!(settled_action(&server).await["state"], "refused");
    assert_eq!(request_state(&server, "reschedule").await, ("waiting".to_owned(), "ticket".to_owned()));
    assert_eq!(request_state(&server, "human_callback").await, ("waiting".to_owned(), "callback".to_owned()));
    courier.verify().await;
    server.stopped().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_carrier_that_takes_its_time_is_not_spoken_for() {
    let late = ResponseTemplate::new(200).set_body_json(json!({ "success": true })).set_delay(TOO_LONG);
    let courier = courier(late).await;
    let server = server_with(&courier).await;
    let page = call(&server, MISSED).await;
    let said = agent_said(&page);
    assert!(said.contains("I have passed on your wish for"), "{said}");
    assert!(!said.contains("It is changed") && !said.contains("does not accept"), "{said}");
    assert_eq!(page["outcome"]["carrier_action"]["status"], "passed_on", "{page:#}");
    assert_eq!(settled_action(&server).await["state"], "taken", "its answer is kept, whenever it comes");
    courier.verify().await;
    server.stopped().await;
}

// ---- A link to pay by ----

/// The shop that makes links, and the carrier that sends them.
struct Payments {
    shop: MockServer,
    carrier: MockServer,
}

impl Payments {
    async fn start(link: ResponseTemplate, sms: ResponseTemplate) -> Self {
        let (shop, carrier) = (MockServer::start().await, MockServer::start().await);
        Mock::given(method("POST")).and(path("/links")).respond_with(link).mount(&shop).await;
        let messages = format!("/2010-04-01/Accounts/{ACCOUNT}/Messages.json");
        Mock::given(method("POST")).and(path(messages)).respond_with(sms).mount(&carrier).await;
        Self { shop, carrier }
    }

    async fn server(&self) -> Server {
        self.server_with(|_| ()).await
    }

    async fn server_with(&self, more: impl FnOnce(&mut Settings)) -> Server {
        Server::with_fake_speech(|settings| {
            more(settings);
            hearing(settings, ["I want to pay online, send me the payment link", "yes", "no thank you"]);
            settings.telephony.twilio.as_mut().expect("a carrier").api_base_url = self.carrier.uri();
            settings.messaging.sms = Some(SmsSection {
                provider: "twilio".to_owned(),
                from: Some(SHOP.parse().expect("a number")),
                messaging_service: None,
            });
            settings.payment_link = Some(PaymentLinkSection {
                provider: "webhook".to_owned(),
                url: Some(format!("{}/links", self.shop.uri())),
                secret: Some(Receiver::secret().into()),
                allow_private_addresses: true,
            });
        })
        .await
    }

    async fn messages(&self) -> Vec<String> {
        let requests = self.carrier.received_requests().await.expect("recorded");
        let sent = requests.iter().filter(|request| request.method.as_str() == "POST");
        sent.map(|request| String::from_utf8_lossy(&request.body).into_owned()).collect()
    }
}

fn link() -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_json(json!({ "id": "pl_1", "url": "https://pay.example/pl_1" }))
}

fn accepted() -> ResponseTemplate {
    ResponseTemplate::new(201).set_body_json(json!({ "sid": "SM1" }))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_customer_who_wants_to_pay_now_has_the_link_before_the_call_is_over() {
    let payments = Payments::start(link(), accepted()).await;
    let server = payments.server().await;
    let page = call(&server, CUSTOMER).await;
    let said = agent_said(&page);
    assert!(said.contains("I have sent a payment link by text message"), "{said}");
    assert!(!said.contains("cannot send links") && !said.contains("will have a payment link"), "{said}");
    assert_eq!(page["outcome"]["disposition"], "PREPAID_LINK_SENT", "{page:#}");
    let asked = payments.shop.received_requests().await.expect("recorded");
    let wish: Value = serde_json::from_slice(&asked[0].body).expect("JSON");
    assert_eq!(wish["data"]["amount"], json!({ "amount_minor": 149_900, "currency": "INR" }), "{wish}");
    assert_eq!((asked.len(), &wish["data"]["order_ref"]), (1, &json!("KH-452719")));
    let messages = payments.messages().await;
    assert_eq!(messages.len(), 1, "{messages:?}");
    assert!(messages[0].contains("pay.example%2Fpl_1") && messages[0].contains("INR+1499.00"), "{messages:?}");
    let action = settled_action(&server).await;
    assert_eq!((&action["kind"], &action["reference"]), (&json!("send_payment_link"), &json!("SM1")));
    assert_eq!(request_state(&server, "prepaid_link").await.0, "done", "nobody has to act on it any more");
    server.stopped().await;
}

/// The order of the demo shop that is to be paid at the door, as Shopify tells it.
fn told(financial_status: &str, minute: u32) -> String {
    json!({
        "id": 7719, "name": "#KH-452719", "created_at": "2026-11-18T10:04:00+05:30",
        "updated_at": format!("2026-11-22T10:{minute:02}:00+05:30"), "financial_status": financial_status,
        "gateway": "cash_on_delivery", "total_price": "1499.00", "currency": "INR",
        "line_items": [{ "title": "pressure cooker, five litre", "quantity": 1 }],
        "shipping_address": { "name": "Asha Rao", "phone": CUSTOMER, "address1": "Flat 12", "city": "Bengaluru",
            "zip": "560034", "country_code": "IN" },
    })
    .to_string()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_that_is_paid_is_told_of_the_call_that_sent_it() {
    let (payments, receiver) = (Payments::start(link(), accepted()).await, Receiver::start(0).await);
    let server = payments
        .server_with(|settings| {
            settings.commerce = commerce::sources("");
            receiver.connect(settings);
        })
        .await;
    let page = call(&server, CUSTOMER).await;
    let action = settled_action(&server).await;
    assert_eq!((&action["state"], &action["paid_at"]), (&json!("taken"), &Value::Null));
    let shop_tells = async |id: &str, body: &str| {
        assert_eq!(commerce::tell(&server, commerce::SECRET, ("orders/updated", id), body).await, StatusCode::OK);
    };
    shop_tells("p-1", &told("pending", 1)).await;
    shop_tells("p-2", &told("paid", 3)).await;
    // The same message again, the same news in another message, and an older one that comes late.
    shop_tells("p-2", &told("paid", 3)).await;
    shop_tells("p-3", &told("paid", 4)).await;
    shop_tells("p-4", &told("pending", 2)).await;
    let action = settled_action(&server).await;
    assert!(action["paid_at"].is_string(), "{action:#}");
    let taken = until("the shop's system has the news", async || {
        let taken = receiver.taken();
        (2 <= taken.len()).then_some(taken)
    })
    .await;
    let data = |of: usize, name: &str| taken[of].body["data"][name].clone();
    assert_eq!(taken.len(), 2, "{taken:?}");
    assert_eq!((data(0, "disposition"), data(1, "disposition")), (json!("PREPAID_LINK_SENT"), json!("PREPAID_PAID")));
    assert_eq!(taken[1].id, format!("paid-{}", action["request_id"].as_str().expect("a request")));
    assert_eq!((data(1, "call_id"), data(1, "payment_link_id")), (page["id"].clone(), action["request_id"].clone()));
    server.stopped().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_sms_vendor_has_not_accepted_is_not_called_sent() {
    let payments = Payments::start(link(), accepted().set_delay(TOO_LONG)).await;
    let server = payments.server().await;
    let page = call(&server, CUSTOMER).await;
    let said = agent_said(&page);
    assert!(said.contains("I will have a payment link sent") && !said.contains("I have sent"), "{said}");
    assert_eq!(page["outcome"]["disposition"], "ESCALATED_TICKET", "{page:#}");
    assert_eq!(settled_action(&server).await["state"], "taken");
    assert_eq!(payments.messages().await.len(), 1);
    server.stopped().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_that_is_not_made_becomes_a_task() {
    let payments = Payments::start(ResponseTemplate::new(404), accepted()).await;
    let server = payments.server().await;
    let page = call(&server, CUSTOMER).await;
    let said = agent_said(&page);
    assert!(said.contains("a payment link could not be sent") && !said.contains("I have sent"), "{said}");
    assert_eq!(page["outcome"]["disposition"], "ESCALATED_CALLBACK", "{page:#}");
    assert_eq!(settled_action(&server).await["state"], "refused");
    assert_eq!(request_state(&server, "prepaid_link").await, ("waiting".to_owned(), "ticket".to_owned()));
    assert_eq!(payments.messages().await, Vec::<String>::new());
    server.stopped().await;
}

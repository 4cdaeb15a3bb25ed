use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use jiff::Timestamp;
use tokio::sync::broadcast::error::TryRecvError;

use super::{Intake, NotReceived, Received};
use crate::domain::orders::OrderRef;
use crate::domain::orders::incoming::{Changed, OrderChange};
use crate::ports::commerce::{
    CommerceSource, CommerceStore, Notice, NoticeRefused, Pull, PullKind, SourceError, TakenIn, Trust,
};
use crate::ports::store::StoreError;
use crate::ports::telephony::WebhookRequest;
use crate::runtime::order_news::OrderNews;

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

fn notice(event_id: &str) -> Notice {
    Notice { event_id: event_id.to_owned(), events: Vec::new(), unknown_codes: Vec::new(), unusable: Vec::new() }
}

/// Takes the body for the id, and refuses what begins with a cross.
struct Shop;

#[async_trait]
impl CommerceSource for Shop {
    fn name(&self) -> &str {
        "shop"
    }

    fn trust(&self) -> Trust {
        Trust::Hinted
    }

    fn read_webhook(&self, request: &WebhookRequest, _now: Timestamp) -> Result<Notice, NoticeRefused> {
        match request.body.first() {
            Some(b'x') => Err(NoticeRefused::BadSignature),
            _ => Ok(notice(std::str::from_utf8(&request.body).unwrap())),
        }
    }

    fn pulls(&self) -> PullKind {
        PullKind::None
    }

    async fn pull(&self, _: &Pull) -> Result<Vec<Notice>, SourceError> {
        Ok(Vec::new())
    }

    async fn check(&self) -> Result<&'static str, SourceError> {
        Ok("there")
    }
}

#[derive(Default)]
struct Memory {
    seen: Mutex<Vec<String>>,
    is_down: Mutex<bool>,
    trust: Mutex<Option<Trust>>,
}

#[async_trait]
impl CommerceStore for Memory {
    async fn take_in(&self, _: &str, trust: Trust, notice: &Notice, _: Timestamp) -> Result<TakenIn, StoreError> {
        *self.trust.lock().unwrap() = Some(trust);
        if *self.is_down.lock().unwrap() {
            return Err(StoreError::Unavailable);
        }
        let mut seen = self.seen.lock().unwrap();
        if seen.contains(&notice.event_id) {
            return Ok(TakenIn::Repeated);
        }
        seen.push(notice.event_id.clone());
        let change = OrderChange {
            order_ref: OrderRef("2041".to_owned()),
            tracking_number: None,
            what: Changed::Placed,
            at: at(1),
        };
        Ok(TakenIn::Kept { changes: vec![change], parked: 0 })
    }

    async fn quiet_parcels(&self, _: &[String], _: Timestamp, _: u32) -> Result<Vec<String>, StoreError> {
        Ok(Vec::new())
    }

    async fn last_taken_in(&self, _: &str) -> Result<Option<Timestamp>, StoreError> {
        Ok(None)
    }

    async fn sweep_messages(&self, _: Timestamp) -> Result<u64, StoreError> {
        Ok(0)
    }
}

fn message(body: &str) -> WebhookRequest {
    WebhookRequest { path_and_query: "/webhooks/shop".to_owned(), headers: Vec::new(), body: body.as_bytes().to_vec() }
}

fn intake(store: &Arc<Memory>) -> Intake {
    Intake::new(vec![Arc::new(Shop)], Arc::clone(store) as _, OrderNews::default(), Arc::new(|| at(9)))
}

#[tokio::test]
async fn a_message_is_told_once_and_a_repeated_one_not_again() {
    let store = Arc::new(Memory::default());
    let intake = intake(&store);
    let mut listener = intake.news().listen();
    assert_eq!(intake.receive("shop", &message("e-1")).await, Ok(Received::Kept { changes: 1 }));
    let news = listener.try_recv().unwrap();
    assert_eq!((news.source.as_str(), news.event_id.as_str(), news.seen_at), ("shop", "e-1", at(9)));
    assert_eq!((news.change.what, *store.trust.lock().unwrap()), (Changed::Placed, Some(Trust::Hinted)));
    assert_eq!(intake.receive("shop", &message("e-1")).await, Ok(Received::Repeated));
    assert_eq!(listener.try_recv(), Err(TryRecvError::Empty));
}

#[tokio::test]
async fn what_is_refused_reaches_no_store_and_no_listener() {
    let store = Arc::new(Memory::default());
    let intake = intake(&store);
    let mut listener = intake.news().listen();
    let forged = intake.receive("shop", &message("x")).await;
    assert_eq!(forged, Err(NotReceived::Refused(NoticeRefused::BadSignature)));
    assert_eq!(intake.receive("stranger", &message("e-1")).await, Err(NotReceived::UnknownSource));
    assert_eq!(store.seen.lock().unwrap().len(), 0);
    assert_eq!(listener.try_recv(), Err(TryRecvError::Empty));
}

#[tokio::test]
async fn without_a_store_the_sender_is_to_send_again_and_then_it_is_new() {
    let store = Arc::new(Memory::default());
    let intake = intake(&store);
    *store.is_down.lock().unwrap() = true;
    assert_eq!(intake.receive("shop", &message("e-1")).await, Err(NotReceived::Store(StoreError::Unavailable)));
    *store.is_down.lock().unwrap() = false;
    assert_eq!(intake.receive("shop", &message("e-1")).await, Ok(Received::Kept { changes: 1 }));
}

#[tokio::test]
async fn news_without_a_listener_are_nobodys_loss() {
    let intake = intake(&Arc::default());
    assert!(intake.receive("shop", &message("e-1")).await.is_ok());
    let mut late = intake.news().listen();
    assert_eq!(late.try_recv(), Err(TryRecvError::Empty));
}

use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use tokio_util::sync::CancellationToken;

use super::{CommercePoller, PAUSE_MAX, PolledSource, pause_after};
use crate::ports::commerce::{
    CommerceSource, CommerceStore, Notice, NoticeRefused, Pull, PullKind, SourceError, TakenIn, Trust,
};
use crate::ports::store::StoreError;
use crate::ports::telephony::WebhookRequest;
use crate::runtime::intake::Intake;
use crate::runtime::order_news::OrderNews;

fn now() -> Timestamp {
    thread_local! {
        static BEGAN: tokio::time::Instant = tokio::time::Instant::now();
    }
    let passed = BEGAN.with(|began| tokio::time::Instant::now().duration_since(*began));
    Timestamp::from_second(1_795_000_000).unwrap() + SignedDuration::try_from(passed).unwrap()
}

struct Asked {
    pulls: PullKind,
    questions: Mutex<Vec<(Timestamp, Pull)>>,
    faults: Mutex<u32>,
}

#[async_trait]
impl CommerceSource for Asked {
    fn name(&self) -> &str {
        "source"
    }

    fn trust(&self) -> Trust {
        Trust::Signed
    }

    fn read_webhook(&self, _: &WebhookRequest, _: Timestamp) -> Result<Notice, NoticeRefused> {
        Err(NoticeRefused::BadSignature)
    }

    fn pulls(&self) -> PullKind {
        self.pulls
    }

    async fn pull(&self, ask: &Pull) -> Result<Vec<Notice>, SourceError> {
        self.questions.lock().unwrap().push((now(), ask.clone()));
        let mut faults = self.faults.lock().unwrap();
        if 0 < *faults {
            *faults -= 1;
            return Err(SourceError::Unavailable { reason: "answered 503".to_owned(), retry_after: None });
        }
        let (events, unknown_codes, unusable) = (Vec::new(), Vec::new(), Vec::new());
        Ok(vec![Notice { event_id: "pull:1".to_owned(), events, unknown_codes, unusable }])
    }

    async fn check(&self) -> Result<&'static str, SourceError> {
        Ok("there")
    }
}

#[derive(Default)]
struct Parcels {
    taken_in: Mutex<u32>,
}

#[async_trait]
impl CommerceStore for Parcels {
    async fn take_in(&self, _: &str, _: Trust, _: &Notice, _: Timestamp) -> Result<TakenIn, StoreError> {
        *self.taken_in.lock().unwrap() += 1;
        Ok(TakenIn::Repeated)
    }

    async fn quiet_parcels(&self, _: &[String], _: Timestamp, _: u32) -> Result<Vec<String>, StoreError> {
        Ok((0..70).map(|number| format!("T{number}")).collect())
    }

    async fn last_taken_in(&self, _: &str) -> Result<Option<Timestamp>, StoreError> {
        Ok(None)
    }

    async fn sweep_messages(&self, _: Timestamp) -> Result<u64, StoreError> {
        Ok(0)
    }
}

fn start(pulls: PullKind, faults: u32) -> (Arc<Asked>, Arc<Parcels>) {
    let source = Arc::new(Asked { pulls, questions: Mutex::default(), faults: Mutex::new(faults) });
    let store = Arc::new(Parcels::default());
    let intake =
        Intake::new(vec![Arc::clone(&source) as _], Arc::clone(&store) as _, OrderNews::default(), Arc::new(now));
    let polled = PolledSource {
        source: Arc::clone(&source) as _,
        carriers: vec!["*".to_owned()],
        interval: Duration::from_secs(60),
        quiet_for: Duration::from_secs(3_600),
    };
    let poller =
        CommercePoller { polled, intake: Arc::new(intake), store: Arc::clone(&store) as _, clock: Arc::new(now) };
    tokio::spawn(poller.run(CancellationToken::new()));
    (source, store)
}

async fn pass(seconds: u64) {
    for _ in 0..seconds {
        for _ in 0..10 {
            tokio::task::yield_now().await;
        }
        tokio::time::advance(Duration::from_secs(1)).await;
    }
}

fn asked(source: &Asked) -> Vec<(i64, Pull)> {
    let questions = source.questions.lock().unwrap();
    let first = questions[0].0;
    questions.iter().map(|(at, ask)| (at.duration_since(first).as_secs(), ask.clone())).collect()
}

#[tokio::test(start_paused = true)]
async fn a_shop_is_asked_from_a_little_before_the_last_answer() {
    let (source, store) = start(PullKind::Orders, 0);
    pass(90).await;
    let first = source.questions.lock().unwrap()[0].0;
    let overlap = SignedDuration::from_mins(10);
    let day_ago = Pull::OrdersSince(first - SignedDuration::from_hours(24) - overlap);
    let before = Pull::OrdersSince(first - overlap);
    assert_eq!(asked(&source), [(0, day_ago), (60, before)]);
    assert_eq!(*store.taken_in.lock().unwrap(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_source_that_does_not_answer_is_asked_ever_less() {
    let (source, _store) = start(PullKind::Orders, 3);
    pass(1_000).await;
    let times: Vec<i64> = asked(&source).iter().map(|(at, _)| *at).collect();
    assert_eq!(times[..5], [0, 120, 360, 840, 900]);
    let first = asked(&source)[0].1.clone();
    assert_eq!(asked(&source)[3].1, first, "nothing was answered, so nothing is left out");
}

#[tokio::test(start_paused = true)]
async fn parcels_without_news_do_not_hide_the_others() {
    let (source, _store) = start(PullKind::Parcels, 0);
    pass(200).await;
    let counts: Vec<usize> = asked(&source)
        .iter()
        .map(|(_, ask)| match ask {
            Pull::Parcels(numbers) => numbers.len(),
            Pull::OrdersSince(_) => 0,
        })
        .collect();
    assert_eq!(counts, [50, 20], "then none for an hour");
}

#[test]
fn the_pause_is_bounded_and_the_sources_wish_counts() {
    let minute = Duration::from_secs(60);
    let away = |retry_after| SourceError::Unavailable { reason: String::new(), retry_after };
    assert_eq!(pause_after(minute, 1, &away(None)), 2 * minute);
    assert_eq!(pause_after(minute, 40, &away(None)), PAUSE_MAX);
    assert_eq!(pause_after(minute, 1, &away(Some(Duration::from_secs(7)))), Duration::from_secs(7));
    assert_eq!(pause_after(5 * PAUSE_MAX, 3, &away(None)), 5 * PAUSE_MAX, "never more often than it is to be asked");
}

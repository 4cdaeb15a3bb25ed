//! Vendors that are away for a day: calls end as ever, and what waited is delivered within the limits once they are
//! back.

use std::time::{Duration, Instant};

use doorstep::ports::store::DeliveryState;

use super::office::Office;
use super::server::Fault;

const HOUR_MS: i64 = 3_600_000;

/// One call every half hour.
const CALLS: usize = 48;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_day_without_vendors_holds_up_no_call_and_is_made_good_afterwards() {
    let office = Office::open().await;
    let running = office.start().await;
    for branch in &office.branches {
        branch.stand_in.fail(|_| Some(Fault::Failed500));
    }
    let begin = office.now();
    let mut slowest = Duration::ZERO;
    for number in 0..CALLS {
        let filing = Instant::now();
        office.file(&running.store, number, 12).await;
        slowest = slowest.max(filing.elapsed());
        let next = begin.as_millisecond() + (i64::try_from(number).unwrap() + 1) * HOUR_MS / 2;
        while office.now().as_millisecond() < next {
            running.pass(&office.hands, Duration::from_secs(10 * 60)).await;
        }
    }
    assert!(slowest < Duration::from_secs(2), "a call waited for a vendor: {slowest:?}");
    let asked: Vec<usize> = office.branches.iter().map(|branch| branch.stand_in.requests().len()).collect();
    for (branch, asked) in office.branches.iter().zip(&asked) {
        let is_left_alone = branch.kind.name == "webhook" || *asked < 400;
        assert!(is_left_alone, "{}: asked {asked} times in a day", branch.kind.name);
        branch.stand_in.fail(|_| None);
    }
    let back = office.now();
    while 0 < running.unsettled().await {
        running.pass(&office.hands, Duration::from_secs(60)).await;
        let waited = office.now().as_second() - back.as_second();
        assert!(waited < 30 * 3_600, "not made good after {waited} s");
    }
    let deliveries = running.deliveries().await;
    assert_eq!(deliveries.len(), CALLS * office.branches.len());
    for delivery in &deliveries {
        assert_eq!(delivery.state, DeliveryState::Delivered, "{delivery:?}");
    }
    for branch in &office.branches {
        assert_eq!(branch.stand_in.too_often(), 0, "{}: beyond its limit", branch.kind.name);
    }
}

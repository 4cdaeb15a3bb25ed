//! Vendors that fail all the time and a server that is killed again and again: nothing lost, nothing doubled, in order.

use std::collections::BTreeMap;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use doorstep::ports::store::DeliveryState;

use super::office::{Office, wants_ticket};
use super::server::{Entry, Fault, Request};

/// Of the ordinary test. `DOORSTEP_TEST_CRM_OUTCOMES` sets more.
const OUTCOMES: usize = 24;

/// One of so many requests fails.
const FAULT_OF: u64 = 8;

/// Of vendors that hang, because each costs real time.
const HANG_OF: u64 = 400;

/// Draws numbers from a seed.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        // Source: SplitMix64.
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % sides
    }
}

/// Fails one request in eight, each in its own way.
fn faults(seed: u64) -> impl FnMut(&Request) -> Option<Fault> + Send {
    let mut dice = Dice(seed);
    move |_| {
        if dice.roll(HANG_OF) == 0 {
            return Some(Fault::Hang);
        }
        let pick = dice.roll(FAULT_OF * (Fault::ALL.len() as u64 - 1));
        Fault::ALL[..Fault::ALL.len() - 1].get(usize::try_from(pick).unwrap()).copied()
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn failing_vendors_and_killed_servers_lose_and_double_nothing() {
    let count = std::env::var("DOORSTEP_TEST_CRM_OUTCOMES").map_or(OUTCOMES, |text| text.parse().unwrap());
    let customers = (count / 5).max(3);
    let began = Instant::now();
    let office = Office::open().await;
    for (branch, seed) in office.branches.iter().zip(1..) {
        branch.stand_in.fail(faults(seed));
    }
    let mut dice = Dice(99);
    let mut running = office.start().await;
    let (mut filed, mut kills, mut rounds) = (Vec::new(), 0, 0);
    let kill_of = 40.max(count as u64 / 10);
    loop {
        rounds += 1;
        if filed.len() < count && (dice.roll(2) == 0 || 200 < rounds) {
            for _ in 0..(1 + count / 200) {
                let number = filed.len();
                if number < count {
                    filed.push(office.file(&running.store, number, customers).await);
                }
            }
        }
        if dice.roll(kill_of) == 0 {
            kills += 1;
            running.kill().await;
            office.settle().await;
            // A start takes its time.
            office.hands.fetch_add(20_000, Ordering::SeqCst);
            running = office.start().await;
        }
        running.pass(&office.hands, Duration::from_secs(15 * 60)).await;
        if filed.len() == count && rounds % 8 == 0 && running.unsettled().await == 0 {
            break;
        }
        assert!(rounds < 2_000_000, "it never ends");
    }
    let deliveries = running.deliveries().await;
    assert_eq!(deliveries.len(), count * office.branches.len(), "lost in the store");
    let given_up: Vec<_> = deliveries.iter().filter(|delivery| delivery.state != DeliveryState::Delivered).collect();
    // A webhook gets ten attempts; vendors that come back within three days are never given up.
    assert!(given_up.iter().all(|delivery| delivery.connector == "webhook"), "given up: {given_up:?}");
    let keys: Vec<String> = filed.iter().map(|id| format!("call-{id}")).collect();
    let mut requests = 0;
    for branch in &office.branches {
        let lost = given_up.iter().filter(|delivery| delivery.connector == branch.kind.name).count();
        check(branch.kind, &branch.stand_in.entries(), &keys, customers, lost);
        assert_eq!(branch.stand_in.too_often(), 0, "{}: beyond its limit", branch.kind.name);
        requests += branch.stand_in.requests().len();
    }
    assert!(0 < kills, "no seed killed the server");
    report(&format!(
        "{count} outcomes to each of {} kinds, {kills} kills, {requests} requests, {} s of the vendors' time, {:?}",
        office.branches.len(),
        (office.now().as_second() - 1_795_000_000),
        began.elapsed(),
    ));
}

/// For who runs the large one.
#[expect(clippy::print_stderr, reason = "the figures of a run are its result")]
fn report(line: &str) {
    eprintln!("{line}");
}

fn check(kind: &super::vendors::Kind, entries: &[Entry], keys: &[String], customers: usize, lost: usize) {
    let mut places: BTreeMap<&Entry, Vec<usize>> = BTreeMap::new();
    for (place, entry) in entries.iter().enumerate() {
        places.entry(entry).or_default().push(place);
    }
    let doubled: Vec<_> = places.iter().filter(|(_, places)| 1 < places.len()).collect();
    assert!(doubled.is_empty(), "{}: doubled: {doubled:?}", kind.name);
    let contacts = entries.iter().filter(|entry| entry.kind == "contact").count();
    assert_eq!(contacts, if kind.has_contacts { customers.min(keys.len()) } else { 0 }, "{}: contacts", kind.name);
    let mut missing = 0;
    for (number, key) in keys.iter().enumerate() {
        let records = kind.records[usize::from(wants_ticket(number))];
        let found: Vec<Option<usize>> = records
            .iter()
            .map(|record| places.get(&Entry { kind: record, key: key.clone() }).map(|places| places[0]))
            .collect();
        missing += usize::from(found.iter().any(Option::is_none));
        let order: Vec<usize> = found.into_iter().flatten().collect();
        assert!(order.is_sorted(), "{}: {key} came as {order:?}", kind.name);
    }
    assert!(missing <= lost, "{}: {missing} outcomes lost", kind.name);
}

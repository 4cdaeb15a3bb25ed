//! A town of customers behind the carrier: each call the server places is met by one of them, from a seed, and what the
//! carrier saw is counted.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rand::rngs::SmallRng;
use rand::{RngExt, SeedableRng};
use serde::Serialize;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::carrier::{Answering, SimulatedCarrier};
use super::report::{CallEnd, CallReport};
use super::rest::{PlacedCall, RestStandIn, Standing};
use super::script::{CallerScript, PreparedScript, Step};

/// The query parameter of the webhooks by which a server knows its attempt.
const ATTEMPT: &str = "attempt=";
/// How long calls in the air may take once no more are met.
const LAST_CALLS: Duration = Duration::from_secs(20);

/// Who picks up, or does not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Customer {
    Busy,
    NotThere,
    Unconnected,
    HangsUp,
    PressesKeys,
    Machine,
    Screener,
    LineDrops,
}

/// In percent.
const TOWN: [(Customer, u32); 8] = [
    (Customer::Busy, 12),
    (Customer::NotThere, 15),
    (Customer::Unconnected, 8),
    (Customer::HangsUp, 20),
    (Customer::PressesKeys, 15),
    (Customer::Machine, 12),
    (Customer::Screener, 8),
    (Customer::LineDrops, 10),
];

/// What the carrier saw of a campaign.
#[derive(Clone, Debug, Default, Serialize)]
pub struct CampaignReport {
    pub calls_placed: u64,
    /// Attempts for which the carrier was asked more than once.
    pub asked_twice: u64,
    /// Calls to a number at which another call was still up.
    pub overlapping: u64,
    pub by_customer: BTreeMap<String, u64>,
    pub answered: u64,
    /// From the stream's beginning to the first audible word, of calls whose stream opened.
    pub first_word_ms_p50: u64,
    pub first_word_ms_p95: u64,
    pub first_word_ms_max: u64,
    /// Calls somebody answered and nobody spoke: the server was down, or too late.
    pub silent: u64,
    /// Webhooks that were not accepted: the server was down.
    pub callbacks_refused: u64,
    /// The tokens of all attempts, to look each of them up.
    #[serde(skip)]
    pub attempts: BTreeSet<String>,
}

#[derive(Default)]
struct Book {
    report: CampaignReport,
    /// The last call to each number.
    last: BTreeMap<String, Standing>,
    first_words_ms: Vec<u64>,
}

/// Meets the calls that are placed until `stop`, and lives those in the air to their end.
///
/// Shape: the same `seed` meets the same call with the same customer.
pub async fn meet_campaign(
    mut rest: RestStandIn,
    carrier: Arc<SimulatedCarrier>,
    seed: u64,
    stop: CancellationToken,
) -> Result<CampaignReport, String> {
    let book = Arc::new(Mutex::new(Book::default()));
    let scripts = Arc::new(Scripts::prepare()?);
    let mut calls = JoinSet::new();
    while let Some(Some(call)) = stop.run_until_cancelled(rest.next_call()).await {
        let number = call.fields.get("To").cloned().unwrap_or_default();
        let customer = note_placed(&book, &call, &number, seed);
        let (carrier, book, scripts) = (Arc::clone(&carrier), Arc::clone(&book), Arc::clone(&scripts));
        calls.spawn(async move {
            let report = carrier.carry(call, scripts.answering(customer)).await;
            note_ended(&book, &report, customer);
        });
        while calls.try_join_next().is_some() {}
    }
    let ended = async { while calls.join_next().await.is_some() {} };
    drop(tokio::time::timeout(LAST_CALLS, ended).await);
    let mut book = lock(&book);
    let mut words = std::mem::take(&mut book.first_words_ms);
    words.sort_unstable();
    let at = |percent: usize| words.get((words.len() * percent / 100).min(words.len().saturating_sub(1))).copied();
    let mut report = std::mem::take(&mut book.report);
    report.first_word_ms_p50 = at(50).unwrap_or_default();
    report.first_word_ms_p95 = at(95).unwrap_or_default();
    report.first_word_ms_max = words.last().copied().unwrap_or_default();
    Ok(report)
}

fn note_placed(book: &Mutex<Book>, call: &PlacedCall, number: &str, seed: u64) -> Customer {
    let mut book = lock(book);
    book.report.calls_placed += 1;
    let customer = customer_of(seed, book.report.calls_placed);
    let token = call.voice_url.split_once(ATTEMPT).map_or("", |(_, token)| token).to_owned();
    let is_new = book.report.attempts.insert(token);
    book.report.asked_twice += u64::from(!is_new);
    let last = book.last.insert(number.to_owned(), call.standing.clone());
    let is_overlapping = last.is_some_and(|last| !last.is_over());
    book.report.overlapping += u64::from(is_overlapping);
    *book.report.by_customer.entry(format!("{customer:?}")).or_default() += 1;
    customer
}

fn note_ended(book: &Mutex<Book>, call: &CallReport, customer: Customer) {
    let mut book = lock(book);
    book.report.callbacks_refused += u64::from(call.callbacks_refused);
    if matches!(customer, Customer::Busy | Customer::NotThere | Customer::Unconnected) {
        return;
    }
    book.report.answered += 1;
    match (call.agent_bursts.first(), &call.end) {
        (Some(burst), _) => book.first_words_ms.push(burst.from_ms),
        (None, CallEnd::AgentHungUp) => (),
        (None, _) => book.report.silent += 1,
    }
}

fn customer_of(seed: u64, call: u64) -> Customer {
    let mut chance = SmallRng::seed_from_u64(seed.wrapping_mul(1_000_003).wrapping_add(call));
    let mut drawn = chance.random_range(0..100);
    for (customer, share) in TOWN {
        if drawn < share {
            return customer;
        }
        drawn -= share;
    }
    Customer::HangsUp
}

struct Scripts {
    hangs_up: PreparedScript,
    presses_keys: PreparedScript,
    machine: PreparedScript,
    screener: PreparedScript,
    line_drops: PreparedScript,
}

impl Scripts {
    fn prepare() -> Result<Self, String> {
        let script = |steps: Vec<Step>| CallerScript::new(steps).prepare();
        let silence = |ms| Step::Silence { ms };
        // Something like a voice: a tone that comes and goes.
        let voice = |ms: u32| Step::Say {
            samples: (0..ms * 8).map(|n| if (n / 1_600) % 2 == 0 { ((n % 40) as i16 - 20) * 400 } else { 0 }).collect(),
            sample_rate_hz: 8_000,
        };
        Ok(Self {
            hangs_up: script(vec![silence(900), Step::HangUp])?,
            presses_keys: script(vec![
                silence(600),
                Step::Dtmf { digit: '1' },
                silence(900),
                Step::Dtmf { digit: '1' },
                silence(700),
                Step::HangUp,
            ])?,
            machine: script(vec![silence(300), voice(900), silence(600), Step::HangUp])?,
            screener: script(vec![voice(700), silence(900), Step::HangUp])?,
            line_drops: script(vec![silence(700), Step::Drop])?,
        })
    }

    fn answering(&self, customer: Customer) -> Answering {
        let never = |after_ms, status| Answering::Never { after: Duration::from_millis(after_ms), status };
        let answers = |after_ms, answered_by, script: &PreparedScript| Answering::Answers {
            after: Duration::from_millis(after_ms),
            answered_by,
            script: script.clone(),
        };
        match customer {
            Customer::Busy => never(40, "busy"),
            Customer::NotThere => never(700, "no-answer"),
            Customer::Unconnected => never(20, "failed"),
            Customer::HangsUp => answers(250, "human", &self.hangs_up),
            Customer::PressesKeys => answers(400, "human", &self.presses_keys),
            Customer::Machine => answers(500, "machine_end_beep", &self.machine),
            Customer::Screener => answers(150, "unknown", &self.screener),
            Customer::LineDrops => answers(300, "human", &self.line_drops),
        }
    }
}

fn lock(book: &Mutex<Book>) -> MutexGuard<'_, Book> {
    book.lock().unwrap_or_else(PoisonError::into_inner)
}

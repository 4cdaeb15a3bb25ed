//! Figures over many calls, and the orders, news, tickets and requests that go with them: how long each question takes.

mod shop;

use std::time::{Duration, Instant};

use doorstep::adapters::store::SqlStore;
use doorstep::domain::figures::{Counter, Counting, FigureFilter, Group};
use doorstep::domain::outreach::rules::ControlGroup;
use doorstep::ports::figures::FigureStore as _;
use doorstep::ports::store::StoreError;
use jiff::{SignedDuration, Timestamp};

use super::phases::Bench;
use crate::cli::Failure;

/// Over a year and a bit, as long as calls are kept.
const DAYS: i64 = 400;
/// Times each question is asked.
const ASKED: usize = 15;

#[derive(serde::Serialize)]
pub struct FiguresMeasured {
    calls: u64,
    days: i64,
    /// Filing a call, the tallies among it.
    filing_us_mean: u64,
    /// Counting all days of parcels, moments, tickets and requests, which a server does in the background.
    days_seconds: f64,
    /// With a moment worth telling each.
    parcels: u64,
    questions: Vec<Question>,
    recount_seconds: f64,
    recount_corrected: u64,
}

#[derive(serde::Serialize)]
struct Question {
    about: &'static str,
    /// Calls that the answer counts.
    calls: u64,
    ms_median: f64,
    ms_max: f64,
}

/// Files so many made-up calls, then asks. With none it asks of what the database has.
pub fn figures(bench: &Bench, calls: usize) -> Result<FiguresMeasured, Failure> {
    if calls != 0 {
        bench.clean()?;
    }
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::Unusable(error.to_string()))?;
    runtime.block_on(measure(bench, calls)).map_err(|error| Failure::Unusable(error.to_string()))
}

async fn measure(bench: &Bench, calls: usize) -> Result<FiguresMeasured, StoreError> {
    let shop = bench.settings.shop_profile();
    let counting = Counting {
        shop_id: shop.id.clone(),
        zone: jiff::tz::TimeZone::get(&shop.time_zone).unwrap_or(jiff::tz::TimeZone::UTC),
        control_group: ControlGroup { percent: 10, salt: "bench".to_owned() },
    };
    let store = SqlStore::connect(&bench.settings.store.url).await?.counting_by(counting.clone());
    store.migrate().await?;
    let until = counting.begin_of(counting.day_of(Timestamp::now()));
    let mut shop_days = shop::ShopDays::new(&store, &shop.id);
    for number in 0..calls {
        let before = SignedDuration::from_secs(DAYS * 86_400).as_secs_f64() * (1.0 - number as f64 / calls as f64);
        shop_days.go_on(number, until - SignedDuration::from_millis((before * 1_000.0) as i64)).await?;
    }
    let filing = shop_days.filing;
    let begun = Instant::now();
    store.keep_counted().await?;
    let days_seconds = begun.elapsed().as_secs_f64();
    let questions = ask_all(&store, until, &shop.id).await?;
    let begun = Instant::now();
    let recount = store.recount().await?;
    Ok(FiguresMeasured {
        calls: recount.calls,
        days: DAYS,
        filing_us_mean: u64::try_from(filing.as_micros()).unwrap_or(u64::MAX) / calls.max(1) as u64,
        days_seconds,
        parcels: shop_days.orders,
        questions,
        recount_seconds: begun.elapsed().as_secs_f64(),
        recount_corrected: recount.corrected,
    })
}

async fn ask_all(store: &SqlStore, until: Timestamp, shop: &str) -> Result<Vec<Question>, StoreError> {
    let back = |hours: i64| until - SignedDuration::from_hours(hours);
    let all = FigureFilter { from: back(DAYS * 24), to: until, shop_id: None, scenario: None, group: None };
    let scenario = Some(shop::SCENARIOS[5].to_owned());
    let asked = [
        ("all days", all.clone()),
        ("all days, one shop", FigureFilter { shop_id: Some(shop.to_owned()), ..all.clone() }),
        ("all days, one scenario", FigureFilter { scenario, ..all.clone() }),
        ("all days, control group", FigureFilter { group: Some(Group::Control), ..all.clone() }),
        ("30 days", FigureFilter { from: back(30 * 24), ..all.clone() }),
        ("all days from and to noon", FigureFilter { from: back(DAYS * 24 - 12), to: back(12), ..all }),
    ];
    let mut questions = Vec::new();
    for (about, filter) in asked {
        let mut times = Vec::new();
        let mut calls = 0;
        for _ in 0..ASKED {
            let begun = Instant::now();
            calls = store.counted(&filter).await?.calls.of(Counter::Ended);
            times.push(begun.elapsed());
        }
        times.sort_unstable();
        let ms = |time: Duration| time.as_secs_f64() * 1_000.0;
        questions.push(Question { about, calls, ms_median: ms(times[ASKED / 2]), ms_max: ms(times[ASKED - 1]) });
    }
    Ok(questions)
}

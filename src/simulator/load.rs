//! Many calls at once from one thread, at the least cost: it shares the machine with the server it loads.
//!
//! Audio is encoded once for all calls, one ticker serves them all, and what comes back is measured by length.

mod ear;
mod mouth;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use futures_util::stream::SplitSink;
use futures_util::{FutureExt, SinkExt, StreamExt};
use serde::Serialize;
use tokio::sync::mpsc;
use tokio::task::LocalSet;
use tokio::time::{Instant, MissedTickBehavior, interval_at, sleep_until, timeout};
use tokio_tungstenite::tungstenite::Message;

use super::carrier::{CarrierSettings, SimulatedCarrier};
use super::clip::Clip;
use super::report::CallEnd;
use super::socket::MediaSocket;
use super::wire::{CONNECTED, StreamIds, StreamWriter};

use ear::{Ear, EarCounts, SharedEar};
use mouth::{CallerAudio, Mouth};

/// Calls are spread over the 20 ms of a frame, so that they do not all speak in the same instant.
const SLOTS: usize = 10;
const SLOT_MS: u64 = 2;
/// A frame sent this much after its time says that this client, not the server, is overloaded.
const LATE_MS_MIN: u64 = 20;
const CLOSE_TIMEOUT: Duration = Duration::from_secs(2);

/// How heavy the load is.
#[derive(Clone, Debug)]
pub struct LoadPlan {
    pub carrier: CarrierSettings,
    pub calls: usize,
    /// Between the starts of two calls.
    pub stagger: Duration,
    /// How long each call lasts.
    pub call_duration: Duration,
    /// What every caller says, again and again.
    pub question: Clip,
    /// How long a caller waits after the agent has finished before asking again.
    pub pause: Duration,
    /// How long a caller waits for an answer before asking again.
    pub patience: Duration,
}

/// What the load was like from outside. Latency runs from the last speech sent to the first audible audio received.
#[derive(Clone, Debug, Default, Serialize)]
pub struct LoadReport {
    pub calls: usize,
    pub connected: usize,
    /// Calls that could not be opened or broke, by reason.
    pub failures: BTreeMap<String, usize>,
    pub ended_by_agent: usize,
    pub turns_answered: usize,
    pub turns_unanswered: u64,
    pub latency_ms: Percentiles,
    pub underruns: u64,
    pub underrun_ms: u64,
    pub calls_with_underruns: usize,
    pub frames_sent: u64,
    /// Frames' worth of agent audio.
    pub frames_received: u64,
    pub clears: u64,
    pub not_understood: u64,
    /// This client's own lateness: if it is not near zero, the rest says little about the server.
    pub frames_sent_late: u64,
    pub lateness_ms_max: u64,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Percentiles {
    pub p50: u64,
    pub p95: u64,
    pub p99: u64,
    pub max: u64,
}

/// Runs the load on the calling thread alone, and blocks it until the last call is over.
///
/// Errors: the HTTP client or the runtime cannot be made. Calls that fail are counted in the report.
pub fn run_load(plan: &LoadPlan) -> Result<LoadReport, String> {
    let carrier = SimulatedCarrier::new(plan.carrier.clone())?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| format!("runtime: {error}"))?;
    Ok(LocalSet::new().block_on(&runtime, run(plan, Arc::new(carrier))))
}

/// A call that has been opened.
struct LoadCall {
    sink: SplitSink<MediaSocket, Message>,
    ear: SharedEar,
    mouth: Mouth,
    end_at: Instant,
}

enum Opening {
    Opened(Box<LoadCall>),
    Failed(String),
}

async fn run(plan: &LoadPlan, carrier: Arc<SimulatedCarrier>) -> LoadReport {
    let began = Instant::now();
    let audio = Arc::new(CallerAudio::new(&plan.question));
    let (opened, openings) = mpsc::channel(plan.calls.max(1));
    for number in 0..plan.calls {
        let (carrier, audio, opened) = (Arc::clone(&carrier), Arc::clone(&audio), opened.clone());
        let start_at = began + plan.stagger * u32::try_from(number).unwrap_or(u32::MAX);
        let (pace, call_duration) = (mouth::Pace::new(plan.pause, plan.patience), plan.call_duration);
        tokio::task::spawn_local(async move {
            sleep_until(start_at).await;
            let opening = match open_call(&carrier, number as u64, began).await {
                Ok((sink, ear, ids)) => Opening::Opened(Box::new(LoadCall {
                    sink,
                    ear,
                    mouth: Mouth::new(audio, ids, pace),
                    end_at: Instant::now() + call_duration,
                })),
                Err(reason) => Opening::Failed(reason),
            };
            // The ticker outlives every opening.
            drop(opened.send(opening).await);
        });
    }
    drop(opened);
    let mut exchange = Exchange::new(openings, plan.calls);
    exchange.run(began).await;
    exchange.finish()
}

async fn open_call(
    carrier: &SimulatedCarrier,
    number: u64,
    began: Instant,
) -> Result<(SplitSink<MediaSocket, Message>, SharedEar, StreamIds), String> {
    let ids = carrier.ids(number);
    let fields = carrier.fields(&ids, "inbound", "ringing");
    let (mut socket, parameters) =
        carrier.open_stream(&carrier.voice_url(), &fields).await.map_err(|end| match end {
            CallEnd::Failed { reason } => reason,
            other => format!("{other:?}"),
        })?;
    let start = StreamWriter::new(ids.clone()).start(&parameters);
    for message in [CONNECTED.to_owned(), start] {
        socket.send(Message::text(message)).await.map_err(|error| format!("socket: {error}"))?;
    }
    let (sink, mut stream) = socket.split();
    let ear = SharedEar::new(Ear::default());
    let hearing = ear.clone();
    tokio::task::spawn_local(async move {
        while let Some(Ok(message)) = stream.next().await {
            if let Message::Text(text) = message {
                hearing.with(|ear| ear.on_message(&text, elapsed_ms(began)));
            }
        }
        hearing.with(Ear::on_closed);
    });
    Ok((sink, ear, ids))
}

/// All calls and the one clock that serves them.
struct Exchange {
    openings: mpsc::Receiver<Opening>,
    slots: [Vec<LoadCall>; SLOTS],
    calls_opened: usize,
    latencies_ms: Vec<u64>,
    report: LoadReport,
}

impl Exchange {
    fn new(openings: mpsc::Receiver<Opening>, calls: usize) -> Self {
        Self {
            openings,
            slots: Default::default(),
            calls_opened: 0,
            latencies_ms: Vec::new(),
            report: LoadReport { calls, ..LoadReport::default() },
        }
    }

    async fn run(&mut self, began: Instant) {
        let mut ticks = interval_at(began, Duration::from_millis(SLOT_MS));
        ticks.set_missed_tick_behavior(MissedTickBehavior::Burst);
        let mut slot = 0;
        loop {
            let due = ticks.tick().await;
            let late_ms = u64::try_from(due.elapsed().as_millis()).unwrap_or(u64::MAX);
            self.report.lateness_ms_max = self.report.lateness_ms_max.max(late_ms);
            let is_over = self.take_openings();
            self.serve_slot(slot, began, late_ms).await;
            slot = (slot + 1) % SLOTS;
            if is_over && self.slots.iter().all(Vec::is_empty) {
                return;
            }
        }
    }

    /// Takes in calls that were opened; says whether no more will come.
    fn take_openings(&mut self) -> bool {
        loop {
            match self.openings.try_recv() {
                Ok(Opening::Opened(call)) => {
                    self.slots[self.calls_opened % SLOTS].push(*call);
                    self.calls_opened += 1;
                }
                Ok(Opening::Failed(reason)) => *self.report.failures.entry(reason).or_default() += 1,
                Err(mpsc::error::TryRecvError::Empty) => return false,
                Err(mpsc::error::TryRecvError::Disconnected) => return true,
            }
        }
    }

    async fn serve_slot(&mut self, slot: usize, began: Instant, late_ms: u64) {
        let mut index = 0;
        while index < self.slots[slot].len() {
            let call = &mut self.slots[slot][index];
            let is_over = call.end_at <= Instant::now() || call.ear.with(|ear| ear.is_closed());
            let step = if is_over { Err(None) } else { send_tick(call, elapsed_ms(began)) };
            match step {
                Ok(()) => {
                    self.report.frames_sent += 1;
                    self.report.frames_sent_late += u64::from(LATE_MS_MIN <= late_ms);
                    index += 1;
                }
                Err(failure) => {
                    let call = self.slots[slot].swap_remove(index);
                    if let Some(reason) = failure {
                        *self.report.failures.entry(reason).or_default() += 1;
                    }
                    self.close(call);
                }
            }
        }
    }

    /// Counts what the call was like, and says goodbye without holding up the others.
    fn close(&mut self, mut call: LoadCall) {
        let (counts, is_closed) = call.ear.with(|ear| (std::mem::take(&mut ear.counts), ear.is_closed()));
        self.count(&counts);
        self.report.ended_by_agent += usize::from(is_closed);
        self.report.turns_unanswered += call.mouth.turns_unanswered();
        let stop = call.mouth.stop();
        tokio::task::spawn_local(async move {
            let goodbye = async {
                call.sink.send(Message::text(stop)).await?;
                call.sink.close().await
            };
            // The call is over either way.
            drop(timeout(CLOSE_TIMEOUT, goodbye).await);
        });
    }

    fn count(&mut self, counts: &EarCounts) {
        self.latencies_ms.extend_from_slice(&counts.latencies_ms);
        self.report.underruns += counts.underruns;
        self.report.underrun_ms += counts.underrun_ms;
        self.report.calls_with_underruns += usize::from(counts.underruns > 0);
        self.report.frames_received += counts.bytes / 160;
        self.report.clears += counts.clears;
        self.report.not_understood += counts.not_understood;
    }

    fn finish(mut self) -> LoadReport {
        self.latencies_ms.sort_unstable();
        self.report.connected = self.calls_opened;
        self.report.turns_answered = self.latencies_ms.len();
        self.report.latency_ms = percentiles(&self.latencies_ms);
        self.report
    }
}

/// Sends one frame of the call, and the marks that are due.
///
/// Errors: the socket takes no more.
fn send_tick(call: &mut LoadCall, now_ms: u64) -> Result<(), Option<String>> {
    let LoadCall { sink, ear, mouth, .. } = call;
    let mut send = |message: String| match sink.send(Message::text(message)).now_or_never() {
        // Not yet flushed is sent enough: the backlog is bounded, and a full one is an error.
        Some(Ok(())) | None => Ok(()),
        Some(Err(error)) => Err(Some(format!("socket: {error}"))),
    };
    while let Some(name) = ear.with(|ear| ear.next_due_mark(now_ms)) {
        send(mouth.mark(&name))?;
    }
    let message = ear.with(|ear| mouth.next_frame(ear, now_ms));
    send(message)
}

fn elapsed_ms(began: Instant) -> u64 {
    u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX)
}

/// By the nearest rank. All zero if there is nothing.
fn percentiles(sorted: &[u64]) -> Percentiles {
    let rank = |share: usize| sorted.len().saturating_mul(share).div_ceil(100).saturating_sub(1);
    let at = |share| sorted.get(rank(share)).copied().unwrap_or(0);
    Percentiles { p50: at(50), p95: at(95), p99: at(99), max: at(100) }
}

#[cfg(test)]
mod tests;

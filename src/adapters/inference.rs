//! The threads that run speech models: bounded, ranked, fair between calls, never on the async runtime.

use std::cell::Cell;
use std::collections::{BTreeMap, VecDeque};
use std::path::Path;
use std::sync::{Arc, Condvar, Mutex, OnceLock, PoisonError};
use std::thread::JoinHandle;
use std::time::Instant;

use ort::environment::Environment;
use ort::session::Session;

use crate::domain::values::CallId;

/// How soon a job must run. Higher ranks run first; lower ranks are shed first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Rank {
    /// Audio that may be wanted later.
    PrepareSpeech,
    /// A look at a sentence in progress.
    PartialReading,
    /// The caller may have finished.
    SpeculativeReading,
    /// An answer being prepared while the turn may be ending.
    LikelySpeech,
    /// The caller has finished and waits.
    FinalReading,
    /// The caller waits for this audio.
    WantedSpeech,
}

const RANKS: usize = 6;

impl Rank {
    const fn label(self) -> &'static str {
        match self {
            Self::PrepareSpeech => "prepare_speech",
            Self::PartialReading => "partial_reading",
            Self::SpeculativeReading => "speculative_reading",
            Self::LikelySpeech => "likely_speech",
            Self::FinalReading => "final_reading",
            Self::WantedSpeech => "wanted_speech",
        }
    }
}

/// Jobs of one rank that may wait. Beyond it the new job is refused: its maker degrades or fails honestly.
const JOBS_WAITING_MAX: usize = 512;

/// Jobs of one rank that one call may have waiting. Beyond it the new job is refused, so that no call crowds out others.
const JOBS_WAITING_PER_CALL_MAX: usize = 16;

/// A fixed set of inference threads.
pub struct InferencePool {
    shared: Arc<Shared>,
    threads: Vec<JoinHandle<()>>,
}

/// Too many jobs wait, of this rank or of this call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("too many inference jobs are waiting")]
pub struct PoolFull;

impl InferencePool {
    pub fn new(threads: usize) -> Self {
        let shared = Arc::new(Shared { queue: Mutex::default(), wake: Condvar::new() });
        let threads = (0..threads.max(1))
            .map(|index| {
                let shared = Arc::clone(&shared);
                std::thread::Builder::new()
                    .name(format!("inference-{index}"))
                    .spawn(move || serve(&shared))
                    .expect("the operating system grants threads at start")
            })
            .collect();
        Self { shared, threads }
    }

    /// Queues a job. Among jobs of one rank the calls take turns; jobs of one call keep their order.
    ///
    /// Errors: [`PoolFull`]; the job is dropped and will not run.
    pub fn submit(
        &self,
        rank: Rank,
        call: Option<CallId>,
        work: impl FnOnce() + Send + 'static,
    ) -> Result<(), PoolFull> {
        let job = Job { work: Box::new(work), submitted_at: Instant::now() };
        let waiting = {
            let mut queue = lock(&self.shared.queue);
            let lane = &mut queue.lanes[rank as usize];
            lane.push(call, job)?;
            lane.waiting
        };
        self.shared.wake.notify_one();
        gauge_waiting(rank, waiting);
        Ok(())
    }

    /// Runs the work at once on a thread of a pool, and queues it from any other thread.
    ///
    /// Errors: [`PoolFull`]; the work is dropped and will not run.
    pub fn run_or_submit(
        &self,
        rank: Rank,
        call: Option<CallId>,
        work: impl FnOnce() + Send + 'static,
    ) -> Result<(), PoolFull> {
        if IS_INFERENCE_THREAD.get() {
            work();
            return Ok(());
        }
        self.submit(rank, call, work)
    }

    /// Jobs waiting, lowest rank first.
    pub fn waiting(&self) -> [usize; RANKS] {
        let queue = lock(&self.shared.queue);
        std::array::from_fn(|rank| queue.lanes[rank].waiting)
    }
}

impl Drop for InferencePool {
    /// Lets the running jobs end and forgets those that wait.
    fn drop(&mut self) {
        lock(&self.shared.queue).is_closing = true;
        self.shared.wake.notify_all();
        for thread in self.threads.drain(..) {
            // A pool dropped by the last job that held it cannot wait for its own thread.
            if thread.thread().id() != std::thread::current().id() {
                drop(thread.join());
            }
        }
    }
}

struct Shared {
    queue: Mutex<Queue>,
    wake: Condvar,
}

#[derive(Default)]
struct Queue {
    /// One lane a rank, lowest first.
    lanes: [Lane; RANKS],
    is_closing: bool,
}

struct Job {
    work: Box<dyn FnOnce() + Send>,
    submitted_at: Instant,
}

/// The jobs of one rank. The calls in `turns` are those with jobs, the next to be served first.
#[derive(Default)]
struct Lane {
    jobs: BTreeMap<Option<CallId>, VecDeque<Job>>,
    turns: VecDeque<Option<CallId>>,
    waiting: usize,
}

impl Lane {
    fn push(&mut self, call: Option<CallId>, job: Job) -> Result<(), PoolFull> {
        let own_waiting = self.jobs.get(&call).map_or(0, VecDeque::len);
        let own_max = if call.is_some() { JOBS_WAITING_PER_CALL_MAX } else { JOBS_WAITING_MAX };
        if JOBS_WAITING_MAX <= self.waiting || own_max <= own_waiting {
            return Err(PoolFull);
        }
        if own_waiting == 0 {
            self.turns.push_back(call);
        }
        self.jobs.entry(call).or_default().push_back(job);
        self.waiting += 1;
        Ok(())
    }

    fn pop(&mut self) -> Option<Job> {
        let call = self.turns.pop_front()?;
        let jobs = self.jobs.get_mut(&call)?;
        let job = jobs.pop_front()?;
        if jobs.is_empty() {
            self.jobs.remove(&call);
        } else {
            self.turns.push_back(call);
        }
        self.waiting -= 1;
        Some(job)
    }
}

impl Queue {
    fn next(&mut self) -> Option<(Rank, Job, usize)> {
        const SOONEST_FIRST: [Rank; RANKS] = [
            Rank::WantedSpeech,
            Rank::FinalReading,
            Rank::LikelySpeech,
            Rank::SpeculativeReading,
            Rank::PartialReading,
            Rank::PrepareSpeech,
        ];
        SOONEST_FIRST.into_iter().find_map(|rank| {
            let lane = &mut self.lanes[rank as usize];
            lane.pop().map(|job| (rank, job, lane.waiting))
        })
    }
}

thread_local! {
    static IS_INFERENCE_THREAD: Cell<bool> = const { Cell::new(false) };
}

fn serve(shared: &Shared) {
    IS_INFERENCE_THREAD.set(true);
    while let Some((rank, job, waiting)) = await_job(shared) {
        gauge_waiting(rank, waiting);
        metrics::histogram!("doorstep_inference_wait_seconds", "rank" => rank.label())
            .record(job.submitted_at.elapsed().as_secs_f64());
        let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(job.work));
        if outcome.is_err() {
            metrics::counter!("doorstep_inference_jobs_panicked_total", "rank" => rank.label()).increment(1);
            tracing::error!(rank = rank.label(), "an inference job panicked");
        }
    }
}

fn await_job(shared: &Shared) -> Option<(Rank, Job, usize)> {
    let mut queue = lock(&shared.queue);
    loop {
        if queue.is_closing {
            return None;
        }
        match queue.next() {
            Some(found) => return Some(found),
            None => queue = shared.wake.wait(queue).unwrap_or_else(PoisonError::into_inner),
        }
    }
}

fn gauge_waiting(rank: Rank, waiting: usize) {
    metrics::gauge!("doorstep_inference_jobs_waiting", "rank" => rank.label()).set(waiting as f64);
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The ONNX Runtime environment of this process, loaded once from `library`.
///
/// Errors: the library is missing or of another version; the text says which file.
pub fn environment(library: &Path) -> Result<&'static Environment, String> {
    static ENVIRONMENT: OnceLock<Result<Environment, String>> = OnceLock::new();
    ENVIRONMENT
        .get_or_init(|| {
            let named = |error: &dyn std::fmt::Display| format!("{}: {error}", library.display());
            let builder = ort::init_from(library).map_err(|error| named(&error))?;
            builder.with_name("doorstep").build().map_err(|error| named(&error))
        })
        .as_ref()
        .map_err(Clone::clone)
}

/// Opens a model of the models folder on one thread that sleeps when idle.
///
/// Errors: the model or the runtime is missing or unusable; the text says which file.
pub fn session(models_dir: &Path, model: &str) -> Result<Session, String> {
    let environment = environment(&models_dir.join("onnxruntime/libonnxruntime.so"))?;
    let file = models_dir.join(model);
    let named = |error: &dyn std::fmt::Display| format!("{}: {error}", file.display());
    if !file.is_file() {
        return Err(named(&"the model file is missing; run the set-up again"));
    }
    Session::builder(environment)
        .map_err(|error| named(&error))?
        .with_intra_threads(1)
        .map_err(|error| named(&error))?
        .with_intra_op_spinning(false)
        .map_err(|error| named(&error))?
        .commit_from_file(&file)
        .map_err(|error| named(&error))
}

#[cfg(test)]
mod tests;

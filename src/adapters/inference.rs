//! The threads that run speech models: bounded, ranked, fair between calls, never on the async runtime.

use std::collections::VecDeque;
use std::path::Path;
use std::sync::{Arc, Condvar, Mutex, OnceLock};
use std::thread::JoinHandle;

use ort::environment::Environment;

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

/// Jobs of one rank that may wait. Beyond it the new job is refused: its maker degrades or fails honestly.
const JOBS_WAITING_MAX: usize = 512;

type Work = Box<dyn FnOnce() + Send>;

struct Queue {
    /// One lane a rank, lowest first.
    lanes: [VecDeque<(Option<CallId>, Work)>; RANKS],
    is_closing: bool,
}

struct Shared {
    queue: Mutex<Queue>,
    wake: Condvar,
}

/// A fixed set of inference threads.
pub struct InferencePool {
    shared: Arc<Shared>,
    threads: Vec<JoinHandle<()>>,
}

/// The lane was full, or the pool is closing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("too many inference jobs are waiting")]
pub struct PoolFull;

impl InferencePool {
    pub fn new(threads: usize) -> Self {
        let shared = Arc::new(Shared {
            queue: Mutex::new(Queue { lanes: Default::default(), is_closing: false }),
            wake: Condvar::new(),
        });
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

    /// Queues a job.
    ///
    /// Errors: [`PoolFull`]; the job is dropped and will not run.
    pub fn submit(
        &self,
        rank: Rank,
        call: Option<CallId>,
        work: impl FnOnce() + Send + 'static,
    ) -> Result<(), PoolFull> {
        let mut queue = lock(&self.shared.queue);
        let lane = &mut queue.lanes[rank as usize];
        if lane.len() >= JOBS_WAITING_MAX {
            return Err(PoolFull);
        }
        lane.push_back((call, Box::new(work)));
        drop(queue);
        self.shared.wake.notify_one();
        Ok(())
    }

    /// Jobs waiting, lowest rank first.
    pub fn waiting(&self) -> [usize; RANKS] {
        let queue = lock(&self.shared.queue);
        std::array::from_fn(|rank| queue.lanes[rank].len())
    }
}

impl Drop for InferencePool {
    fn drop(&mut self) {
        lock(&self.shared.queue).is_closing = true;
        self.shared.wake.notify_all();
        for thread in self.threads.drain(..) {
            drop(thread.join());
        }
    }
}

fn serve(shared: &Shared) {
    let mut queue = lock(&shared.queue);
    loop {
        if queue.is_closing {
            return;
        }
        match queue.lanes.iter_mut().rev().find_map(VecDeque::pop_front) {
            Some((_, work)) => {
                drop(queue);
                work();
                queue = lock(&shared.queue);
            }
            None => queue = shared.wake.wait(queue).unwrap_or_else(std::sync::PoisonError::into_inner),
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
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

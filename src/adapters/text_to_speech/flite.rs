//! The spare voice: the program `flite` (Debian package of the same name), one short process an utterance.

use std::collections::BTreeMap;
use std::io::Write;
use std::os::unix::fs::DirBuilderExt;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use crate::domain::audio::{resample_clip, shape_clause};
use crate::domain::speech::{Locale, normalise, pause_after, split_clauses};
use crate::ports::text_to_speech::{
    SpeechContextId, SpeechEvent, SpeechRequest, SpeechSink, TextToSpeech, TextToSpeechError, Urgency,
};

/// The voice of the shop's own language.
pub const SPARE_VOICE: &str = "slt";
/// The rate of flite's `slt` voice.
const SAMPLE_RATE_HZ: u32 = 16_000;
/// The rates of all of flite's voices.
const VOICE_RATES_HZ: [u32; 2] = [8_000, 16_000];
/// Utterances that may wait. Beyond it the new one is refused.
const WAITING_MAX: usize = 64;
/// A sentence takes about 0.1 s; one that takes this long will never come.
const SYNTHESIS_TIMEOUT: Duration = Duration::from_secs(5);
const POLL_INTERVAL: Duration = Duration::from_millis(5);
/// Bytes of one request, well below what a pipe holds, so that writing it never waits.
const TEXT_BYTES_MAX: usize = 2_000;

/// The spare voice. At most as many processes run as it has threads.
pub struct FliteVoice {
    queue: Arc<Queue>,
    version: String,
    threads: Vec<JoinHandle<()>>,
    /// Where the processes write, readable by this user alone.
    folder: PathBuf,
}

impl FliteVoice {
    /// Starts the threads of one of flite's voices, after trying the program once.
    ///
    /// Shape: `voice` is a name such as [`SPARE_VOICE`], or the path of a `.flitevox` file.
    /// Errors: the program is not installed or does not run; the text says what to install.
    pub fn start(program: &str, voice: &str, locale: Locale, processes_max: usize) -> Result<Self, TextToSpeechError> {
        let status = Command::new(program).arg("--version").stdin(Stdio::null()).stdout(Stdio::null()).status();
        status.map_err(|error| not_installed(program, &error))?;
        let folder = private_folder()?;
        let queue = Arc::new(Queue::default());
        let threads = (0..processes_max.max(1))
            .map(|index| {
                let queue = Arc::clone(&queue);
                let worker = Worker {
                    program: program.to_owned(),
                    voice: voice.to_owned(),
                    output: folder.join(format!("{index}.wav")),
                    locale,
                };
                std::thread::Builder::new()
                    .name(format!("flite-{index}"))
                    .spawn(move || serve(&queue, &worker))
                    .expect("the operating system grants threads at start")
            })
            .collect();
        let version = format!("flite-{voice}-2.2+rules-1-{}", locale.version());
        Ok(Self { queue, version, threads, folder })
    }
}

impl TextToSpeech for FliteVoice {
    fn version(&self) -> String {
        self.version.clone()
    }

    fn sample_rate_hz(&self) -> u32 {
        SAMPLE_RATE_HZ
    }

    fn speak(&self, request: SpeechRequest, sink: SpeechSink) {
        let context = request.context;
        if TEXT_BYTES_MAX < request.text.len() {
            let reason = format!("the text is longer than {TEXT_BYTES_MAX} bytes");
            return sink(SpeechEvent::Failed { context, error: TextToSpeechError::Failed { reason } });
        }
        let mut waiting = lock(&self.queue.waiting);
        if waiting.jobs.len() < WAITING_MAX {
            waiting.arrived += 1;
            let place = (std::cmp::Reverse(request.urgency), waiting.arrived);
            waiting.jobs.insert(place, (request, sink));
            drop(waiting);
            self.queue.wake.notify_one();
        } else {
            drop(waiting);
            sink(SpeechEvent::Failed { context, error: TextToSpeechError::Overloaded });
        }
    }

    fn cancel(&self, context: SpeechContextId) {
        let mut waiting = lock(&self.queue.waiting);
        let place = waiting.jobs.iter().find(|(_, (request, _))| request.context == context).map(|(place, _)| *place);
        let cancelled = place.and_then(|place| waiting.jobs.remove(&place));
        drop(waiting);
        if let Some((_, sink)) = cancelled {
            sink(SpeechEvent::Failed { context, error: TextToSpeechError::Cancelled });
        }
    }
}

impl Drop for FliteVoice {
    fn drop(&mut self) {
        lock(&self.queue.waiting).is_closing = true;
        self.queue.wake.notify_all();
        for thread in self.threads.drain(..) {
            drop(thread.join());
        }
        drop(std::fs::remove_dir_all(&self.folder));
    }
}

/// Most urgent first, then in order of arrival.
type Place = (std::cmp::Reverse<Urgency>, u64);

#[derive(Default)]
struct Waiting {
    jobs: BTreeMap<Place, (SpeechRequest, SpeechSink)>,
    arrived: u64,
    is_closing: bool,
}

#[derive(Default)]
struct Queue {
    waiting: Mutex<Waiting>,
    wake: Condvar,
}

/// What one thread runs and where it finds the result.
struct Worker {
    program: String,
    voice: String,
    output: PathBuf,
    locale: Locale,
}

/// A new folder for this voice.
fn private_folder() -> Result<PathBuf, TextToSpeechError> {
    let folder = std::env::temp_dir().join(format!("doorstep-flite-{}", uuid::Uuid::now_v7()));
    match std::fs::DirBuilder::new().mode(0o700).create(&folder) {
        Ok(()) => Ok(folder),
        Err(error) => Err(TextToSpeechError::Unavailable { remedy: format!("{}: {error}", folder.display()) }),
    }
}

fn serve(queue: &Queue, worker: &Worker) {
    let mut waiting = lock(&queue.waiting);
    while !waiting.is_closing {
        match waiting.jobs.pop_first() {
            Some((_, (request, sink))) => {
                drop(waiting);
                speak(worker, &request, &sink);
                waiting = lock(&queue.waiting);
            }
            None => waiting = queue.wake.wait(waiting).unwrap_or_else(PoisonError::into_inner),
        }
    }
}

fn speak(worker: &Worker, request: &SpeechRequest, sink: &SpeechSink) {
    let context = request.context;
    for clause in split_clauses(&request.text) {
        match speak_clause(worker, &normalise(worker.locale, clause), request) {
            Ok(samples) => sink(SpeechEvent::Audio { context, samples: samples.into() }),
            Err(error) => return sink(SpeechEvent::Failed { context, error }),
        }
    }
    sink(SpeechEvent::Finished { context });
}

fn speak_clause(worker: &Worker, clause: &str, request: &SpeechRequest) -> Result<Vec<i16>, TextToSpeechError> {
    let stretch = 100.0 / f32::from(request.rate.0.clamp(50, 200));
    // Written to a file: flite cannot be relied on to write its WAV to a pipe.
    let mut child = Command::new(&worker.program)
        .args(["-voice", &worker.voice, "--setf", &format!("duration_stretch={stretch:.2}"), "-f", "-", "-o"])
        .arg(&worker.output)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|error| not_installed(&worker.program, &error))?;
    let done = converse(&mut child, clause);
    // Whatever went wrong, no process is left behind; after success it has ended by itself.
    drop(child.kill());
    drop(child.wait());
    let wav = std::fs::read(&worker.output);
    drop(std::fs::remove_file(&worker.output));
    done?;
    decode_wav(&wav.map_err(|_| broken("wrote nothing"))?, clause)
}

/// Hands the text over and waits for the end, within the time allowed.
fn converse(child: &mut Child, clause: &str) -> Result<(), TextToSpeechError> {
    let mut input = child.stdin.take().ok_or_else(|| broken("has no input"))?;
    input.write_all(clause.as_bytes()).map_err(|_| broken("ended before it read the text"))?;
    drop(input);
    let started = Instant::now();
    while started.elapsed() < SYNTHESIS_TIMEOUT {
        match child.try_wait() {
            Ok(Some(status)) if status.success() => return Ok(()),
            Ok(Some(_)) | Err(_) => return Err(broken("ended with an error")),
            Ok(None) => std::thread::sleep(POLL_INTERVAL),
        }
    }
    Err(broken("took too long and was ended"))
}

fn not_installed(program: &str, error: &std::io::Error) -> TextToSpeechError {
    TextToSpeechError::Unavailable { remedy: format!("{program}: {error}; install the Debian package flite") }
}

fn broken(what: &str) -> TextToSpeechError {
    TextToSpeechError::Failed { reason: format!("flite {what}") }
}

/// The voice's WAV as a clause of even level with its pause.
///
/// Errors: it is no WAV, or of a rate that no voice of flite has.
pub fn decode_wav(wav: &[u8], clause: &str) -> Result<Vec<i16>, TextToSpeechError> {
    let broken = |error: &dyn std::fmt::Display| broken(&format!("gave no WAV: {error}"));
    let mut reader = hound::WavReader::new(wav).map_err(|error| broken(&error))?;
    let rate_hz = reader.spec().sample_rate;
    if !VOICE_RATES_HZ.contains(&rate_hz) {
        return Err(broken(&format!("{rate_hz} Hz")));
    }
    let samples: Vec<i16> = reader.samples::<i16>().collect::<Result<_, _>>().map_err(|error| broken(&error))?;
    let samples = resample_clip(&samples, rate_hz, SAMPLE_RATE_HZ).map_err(|error| broken(&error))?;
    let samples: Vec<f32> = samples.iter().map(|&sample| f32::from(sample) / f32::from(i16::MAX)).collect();
    Ok(shape_clause(&samples, SAMPLE_RATE_HZ, pause_after(clause)))
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests;

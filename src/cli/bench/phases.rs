//! What is measured, phase by phase.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use doorstep::config::{Settings, TwilioSection};
use doorstep::domain::values::PhoneNumber;
use doorstep::simulator::{
    CallReport, CallerScript, CarrierSettings, Clip, Interruption, LoadPlan, LoadReport, PreparedScript,
    SimulatedCarrier, Step, run_load,
};

use super::server::{ServerUnderTest, Usage};
use crate::cli::Failure;

const QUESTION: &str = "audio-fixtures/callers/where-is-my-order.wav";
const GOODBYE: &str = "audio-fixtures/callers/no-that-is-all.wav";
/// A caller without orders: the framework is measured with an empty shop.
const CALLER: &str = "+919845012345";
/// How often a thousand calls follow the first.
const THOUSANDS: u64 = 30;
/// Between the starts of two calls.
const STAGGER: Duration = Duration::from_millis(37);

pub struct Bench {
    pub settings: Settings,
    pub config: PathBuf,
    pub seconds: u64,
}

/// So many calls at once with scripted speech.
#[derive(serde::Serialize)]
pub struct FrameworkStep {
    /// As seen by the load client, which runs on the same machine.
    load: LoadReport,
    server_cores: f64,
    server_cores_per_call: f64,
    client_cores: f64,
    resident_mb_before: f64,
    resident_mb: f64,
    resident_mb_per_call: f64,
}

/// So many callers in conversation at once with embedded speech.
#[derive(serde::Serialize)]
pub struct SpeechStep {
    callers: usize,
    turns: usize,
    unanswered: usize,
    /// Caller's last speech to first audible agent audio, on the wire.
    latency_ms_p50: u64,
    latency_ms_p95: u64,
    latency_ms_max: u64,
    underruns: u64,
    server_cores: f64,
    resident_mb: f64,
}

/// The caller speaks over the agent.
#[derive(serde::Serialize)]
pub struct Interruptions {
    words: usize,
    /// Interruptions by words after which the agent did not fall silent.
    words_ignored: usize,
    /// Speech onset to agent silent, on the wire.
    silent_after_ms_p50: u64,
    silent_after_ms_p95: u64,
    noises: usize,
    /// Noises that stopped the agent for good.
    noises_that_stopped: usize,
}

#[derive(serde::Serialize)]
pub struct MemoryAfterCalls {
    calls: u64,
    /// After a first thousand calls, then after each further thousand.
    resident_mb: Vec<f64>,
    /// The slope of the line through them. What is used again and again goes up and down and has none.
    growth_kb_a_call: f64,
}

impl Bench {
    pub fn framework(&self, steps: &[usize]) -> Result<Vec<FrameworkStep>, Failure> {
        let question = clip(QUESTION)?;
        steps.iter().map(|calls| self.framework_step(*calls, &question)).collect()
    }

    fn framework_step(&self, calls: usize, question: &Clip) -> Result<FrameworkStep, Failure> {
        self.clean()?;
        let server = ServerUnderTest::start(&self.config, &self.settings, &[])?;
        let before = server.usage();
        let own_before = own_cpu_seconds();
        let began = Instant::now();
        let plan = LoadPlan {
            carrier: self.carrier(server.url())?,
            calls,
            stagger: STAGGER,
            call_duration: Duration::from_secs(self.seconds) + STAGGER * u32::try_from(calls).unwrap_or(0),
            question: question.clone(),
            pause: Duration::from_millis(600),
            patience: Duration::from_secs(10),
        };
        let (load, peak) = with_peak(&server, || run_load(&plan));
        let load = load.map_err(Failure::Miss)?;
        let after = server.usage();
        let seconds = began.elapsed().as_secs_f64();
        let server_cores = (after.cpu_seconds - before.cpu_seconds) / seconds;
        // Calls ramp up and down: the mean number in progress is what the cost is spread over.
        let mean_calls = calls as f64 * plan.call_duration.as_secs_f64() / seconds;
        Ok(FrameworkStep {
            load,
            server_cores,
            server_cores_per_call: server_cores / mean_calls,
            client_cores: (own_cpu_seconds() - own_before) / seconds,
            resident_mb_before: before.resident_mb,
            resident_mb: peak.resident_mb,
            resident_mb_per_call: (peak.resident_mb - before.resident_mb) / calls as f64,
        })
    }

    pub fn speech(&self, steps: &[usize]) -> Result<Vec<SpeechStep>, Failure> {
        let turns = 4;
        let says =
            (0..turns).flat_map(|_| [Step::WaitForAgent { silence_ms: 600 }, Step::SayWav { path: QUESTION.into() }]);
        let ending = [Step::WaitForAgent { silence_ms: 600 }, Step::SayWav { path: GOODBYE.into() }];
        let script = prepared(says.chain(ending).chain([Step::WaitForAgent { silence_ms: 1_500 }]).collect())?;
        steps
            .iter()
            .map(|callers| {
                let (reports, server_cores, peak) = self.conversations(*callers, &script, EMBEDDED)?;
                Ok(speech_step(*callers, &reports, server_cores, peak))
            })
            .collect()
    }

    pub fn interruptions(&self) -> Result<Interruptions, Failure> {
        let over = |path: PathBuf| {
            prepared(vec![
                Step::WaitForAgentSpeaking { speech_ms: 1_500 },
                Step::SayWav { path },
                Step::WaitForAgent { silence_ms: 1_200 },
            ])
        };
        let (by_words, _, _) = self.conversations(10, &over(QUESTION.into())?, EMBEDDED)?;
        let mut silent_after: Vec<u64> = Vec::new();
        let mut words_ignored = 0;
        for turn in by_words.iter().flat_map(|report| report.turns.iter().take(1)) {
            match turn.interruption {
                Interruption::Caller { agent_silent_after_ms: Some(ms) } => silent_after.push(ms),
                Interruption::Caller { agent_silent_after_ms: None } => words_ignored += 1,
                Interruption::Nobody | Interruption::Agent => (),
            }
        }
        let mut noises = 0;
        let mut noises_that_stopped = 0;
        for path in noise_files()? {
            let (reports, _, _) = self.conversations(2, &over(path)?, EMBEDDED)?;
            noises += reports.len();
            // The greeting is one burst when it is spoken to its end, pauses of a resumed false alarm included.
            noises_that_stopped += reports.iter().filter(|report| spoken_ms(report) < GREETING_MS_MIN).count();
        }
        silent_after.sort_unstable();
        Ok(Interruptions {
            words: by_words.len(),
            words_ignored,
            silent_after_ms_p50: percentile(&silent_after, 50),
            silent_after_ms_p95: percentile(&silent_after, 95),
            noises,
            noises_that_stopped,
        })
    }

    pub fn memory(&self) -> Result<MemoryAfterCalls, Failure> {
        self.clean()?;
        let server = ServerUnderTest::start(&self.config, &self.settings, &[])?;
        let thousand_calls = |seed: u64| {
            let plan = LoadPlan {
                // Another seed, other call ids: a carrier never uses one twice.
                carrier: CarrierSettings { seed, ..self.carrier(server.url())? },
                calls: 1_000,
                stagger: Duration::from_millis(8),
                call_duration: Duration::from_millis(1_500),
                question: clip(QUESTION)?,
                pause: Duration::from_millis(300),
                patience: Duration::from_secs(5),
            };
            run_load(&plan).map_err(Failure::Miss)
        };
        // The first thousand fill caches and pools; what grows after them is a leak.
        thousand_calls(0)?;
        let mut resident_mb = vec![server.usage().resident_mb];
        for seed in 1..=THOUSANDS {
            thousand_calls(seed)?;
            resident_mb.push(server.usage().resident_mb);
        }
        let growth_kb_a_call = slope(&resident_mb) * 1_024.0 / 1_000.0;
        Ok(MemoryAfterCalls { calls: THOUSANDS * 1_000, resident_mb, growth_kb_a_call })
    }

    /// Runs so many callers at once; they begin one after the other.
    fn conversations(
        &self,
        callers: usize,
        script: &PreparedScript,
        overrides: &[(&str, &str)],
    ) -> Result<(Vec<CallReport>, f64, Usage), Failure> {
        self.clean()?;
        let server = ServerUnderTest::start(&self.config, &self.settings, overrides)?;
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|error| Failure::Unusable(error.to_string()))?;
        let carrier = SimulatedCarrier::new(self.carrier(server.url())?).map_err(Failure::Unusable)?;
        let before = server.usage();
        let began = Instant::now();
        let (reports, peak) = with_peak(&server, || {
            runtime.block_on(async {
                let calls = (0..callers).map(|number| {
                    let (carrier, script) = (&carrier, script.clone());
                    async move {
                        tokio::time::sleep(Duration::from_millis(700) * u32::try_from(number).unwrap_or(0)).await;
                        carrier.call(script, number as u64).await
                    }
                });
                futures_util::future::join_all(calls).await
            })
        });
        let cores = (server.usage().cpu_seconds - before.cpu_seconds) / began.elapsed().as_secs_f64();
        Ok((reports, cores, peak))
    }

    fn carrier(&self, url: &str) -> Result<CarrierSettings, Failure> {
        let Some(TwilioSection { account_sid, auth_token, .. }) = self.settings.telephony.twilio.clone() else {
            return Err(Failure::Unusable("telephony.twilio: the benchmark calls through it; set it".to_owned()));
        };
        let number = |text: &str| text.parse::<PhoneNumber>().expect("the benchmark's numbers are E.164");
        Ok(CarrierSettings::new(url.to_owned(), account_sid, auth_token, number(CALLER), number("+918045678900")))
    }

    /// Every phase begins with an empty store and no recordings.
    pub fn clean(&self) -> Result<(), Failure> {
        let store = self.settings.store.url.strip_prefix("sqlite://").map(Path::new);
        let unusable = |error: std::io::Error| Failure::Unusable(format!("var/bench: {error}"));
        for path in store.iter().flat_map(|path| ["", "-wal", "-shm"].map(|end| format!("{}{end}", path.display()))) {
            match std::fs::remove_file(&path) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(unusable(error)),
                Ok(()) | Err(_) => (),
            }
        }
        match std::fs::remove_dir_all(&self.settings.recordings.dir) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(unusable(error)),
            Ok(()) | Err(_) => Ok(()),
        }
    }
}

const EMBEDDED: &[(&str, &str)] =
    &[("DOORSTEP_SPEECH_TO_TEXT__PROVIDER", "embedded"), ("DOORSTEP_TEXT_TO_SPEECH__PROVIDER", "embedded")];

/// The greeting is longer than this when it is spoken to its end.
const GREETING_MS_MIN: u64 = 4_500;

fn spoken_ms(report: &CallReport) -> u64 {
    report.agent_bursts.iter().map(|burst| burst.to_ms - burst.from_ms).sum()
}

fn noise_files() -> Result<Vec<PathBuf>, Failure> {
    let folder = Path::new("audio-fixtures/noises");
    let files = std::fs::read_dir(folder).map_err(|error| {
        Failure::Unusable(format!("{}: {error}; run it from the project's folder", folder.display()))
    })?;
    let mut files: Vec<PathBuf> =
        files.flatten().map(|entry| entry.path()).filter(|path| path.extension().is_some_and(|e| e == "wav")).collect();
    files.sort();
    Ok(files)
}

fn speech_step(callers: usize, reports: &[CallReport], server_cores: f64, peak: Usage) -> SpeechStep {
    let mut latencies: Vec<u64> =
        reports.iter().flat_map(|report| report.turns.iter().filter_map(|turn| turn.latency_ms)).collect();
    latencies.sort_unstable();
    let turns = reports.iter().map(|report| report.turns.len()).sum();
    SpeechStep {
        callers,
        turns,
        unanswered: turns - latencies.len(),
        latency_ms_p50: percentile(&latencies, 50),
        latency_ms_p95: percentile(&latencies, 95),
        latency_ms_max: latencies.last().copied().unwrap_or(0),
        underruns: reports.iter().map(|report| u64::from(report.underruns.count)).sum(),
        server_cores,
        resident_mb: peak.resident_mb,
    }
}

/// The smallest value that `percent` of the sorted values do not exceed.
fn percentile(sorted: &[u64], percent: usize) -> u64 {
    sorted.get((sorted.len() * percent).div_ceil(100).saturating_sub(1)).copied().unwrap_or(0)
}

/// The slope of the line that fits the values best, from one to the next.
fn slope(values: &[f64]) -> f64 {
    let count = values.len() as f64;
    let (mean_x, mean_y) = ((count - 1.0) / 2.0, values.iter().sum::<f64>() / count);
    let of = |what: fn(f64, f64) -> f64| -> f64 {
        values.iter().enumerate().map(|(x, y)| what(x as f64 - mean_x, y - mean_y)).sum()
    };
    of(|x, y| x * y) / of(|x, _| x * x)
}

fn clip(path: &str) -> Result<Clip, Failure> {
    Clip::from_wav(Path::new(path))
        .map_err(|reason| Failure::Unusable(format!("{reason}; run it from the project's folder")))
}

fn prepared(steps: Vec<Step>) -> Result<PreparedScript, Failure> {
    CallerScript::new(steps).prepare().map_err(Failure::Unusable)
}

/// Runs `work` and watches the server's memory meanwhile.
fn with_peak<T>(server: &ServerUnderTest, work: impl FnOnce() -> T) -> (T, Usage) {
    let is_done = std::sync::atomic::AtomicBool::new(false);
    std::thread::scope(|scope| {
        let watch = scope.spawn(|| {
            let mut peak = server.usage();
            while !is_done.load(std::sync::atomic::Ordering::Acquire) {
                std::thread::sleep(Duration::from_millis(250));
                let now = server.usage();
                peak.resident_mb = peak.resident_mb.max(now.resident_mb);
            }
            peak
        });
        let result = work();
        is_done.store(true, std::sync::atomic::Ordering::Release);
        (result, watch.join().unwrap_or_default())
    })
}

fn own_cpu_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
    let ticks = |index: usize| fields.get(index).and_then(|field| field.parse::<f64>().ok()).unwrap_or(0.0);
    (ticks(11) + ticks(12)) / 100.0
}

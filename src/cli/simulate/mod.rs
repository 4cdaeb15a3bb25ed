//! `doorstep simulate`: scripted callers against the call's own logic, in virtual time, or by sound.

mod audio;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use doorstep::app::{model_checks, script};
use doorstep::config::Settings;
use doorstep::domain::orders::demo::demo_orders;
use doorstep::rehearsal::{CallerFile, Guest, House, Rehearsed, rehearse};
use doorstep::runtime::reception::Script;

use super::{Failure, on_runtime, screen};

/// The callers that come with the package.
const CALLERS: &str = "tests/callers";
/// Files and the demo shop's orders are read from here.
const DEMO_SHOP: &str = "config/demo-shop.jsonl";
/// The day on which all rehearsed calls take place: a Sunday morning in India.
const NOW: &str = "2026-11-22T10:00:00+05:30";

/// Which callers to play.
#[derive(clap::Args)]
pub struct SimulateArguments {
    /// Caller files, or folders of them.
    #[arg(default_value = CALLERS, value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Show every conversation, not only those that went wrong.
    #[arg(long)]
    show: bool,
    /// By sound and in real time: spoken, with noise and a bad line, through the server's own doors. Without PATH and
    /// --sample, 60 callers are drawn.
    #[arg(long)]
    audio: bool,
    /// With --audio: play so many callers, drawn by the seed.
    #[arg(long, value_name = "N", requires = "audio")]
    sample: Option<usize>,
    /// With --audio: what is drawn at random follows from it.
    #[arg(long, value_name = "S", default_value_t = 1)]
    seed: u64,
    /// With --audio: so many calls at once.
    #[arg(long, value_name = "N", default_value_t = 6)]
    at_once: usize,
    /// With --audio: noises from the recordings (WAV) of this folder instead of made ones.
    #[arg(long, value_name = "DIR", requires = "audio")]
    noise: Option<PathBuf>,
    /// With --audio: keep what both sides sounded like in calls that missed, in this folder.
    #[arg(long, value_name = "DIR", requires = "audio")]
    keep: Option<PathBuf>,
    /// Give every caller whose file has none a language model that invents: nothing may come of it.
    #[arg(long)]
    inventing_model: bool,
}

/// What `--audio` draws when nothing else is said: some ten minutes on two processors.
const SAMPLE: usize = 60;

/// The house that all rehearsed callers call.
pub fn house(settings: &Settings) -> Result<House, Failure> {
    let Script { phrasebook, understanding } = script(&settings.prompts.dir)?;
    let now = NOW.parse().expect("a fixed moment, written above");
    let text = std::fs::read_to_string(DEMO_SHOP)
        .map_err(|error| Failure::Unusable(format!("{DEMO_SHOP}: {error}; run it from the package's folder")))?;
    let orders = demo_orders(&text, now)
        .map_err(|(line, refused)| Failure::Unusable(format!("{DEMO_SHOP}:{line}: {refused}")))?;
    let (shop, call_settings) = (Arc::new(settings.shop_profile()), Arc::new(settings.call.call_settings()));
    let checks = Arc::new(model_checks(&settings.prompts.dir)?);
    Ok(House { phrasebook, understanding, checks, guest: Guest::None, shop, orders, now, settings: call_settings })
}

pub fn simulate(settings: Settings, mut arguments: SimulateArguments) -> Result<(), Failure> {
    if arguments.audio {
        let is_default = arguments.paths.iter().all(|path| path == Path::new(CALLERS));
        arguments.sample = arguments.sample.or(is_default.then_some(SAMPLE));
        return on_runtime(async move { audio::simulate(settings, &arguments).await });
    }
    let guest = if arguments.inventing_model { Guest::Inventing } else { Guest::None };
    let house = House { guest, ..house(&settings)? };
    let files = caller_files(&arguments.paths)?;
    let began = Instant::now();
    let mut played = Vec::with_capacity(files.len());
    for path in &files {
        let call = play(path, &house)?;
        show(path, &call.rehearsed, arguments.show);
        played.push(call);
    }
    let missed = played.iter().filter(|call| !call.rehearsed.is_right()).count();
    sum_up(&played, began.elapsed().as_secs_f64() * 1_000.0);
    if missed == 0 { Ok(()) } else { Err(Failure::Miss(format!("{missed} of {} callers missed", played.len()))) }
}

/// A caller's call, and whether the shop made it.
struct Played {
    rehearsed: Rehearsed,
    is_ours: bool,
}

fn play(path: &Path, house: &House) -> Result<Played, Failure> {
    let unusable = |error: &dyn std::fmt::Display| Failure::Unusable(format!("{}: {error}", path.display()));
    let text = std::fs::read_to_string(path).map_err(|error| unusable(&error))?;
    let file = CallerFile::parse(&text).map_err(|error| unusable(&error))?;
    let rehearsed = rehearse(&file, house).map_err(|error| unusable(&error))?;
    Ok(Played { rehearsed, is_ours: file.scenario.is_some() && !file.rings_back })
}

/// The files of a list of files and folders, in the order of their names.
fn caller_files(paths: &[PathBuf]) -> Result<Vec<PathBuf>, Failure> {
    let mut files = Vec::new();
    for path in paths {
        let unusable = |error: std::io::Error| {
            Failure::Unusable(format!("{}: {error}; name a caller file or a folder of them", path.display()))
        };
        if !path.is_dir() {
            files.push(path.clone());
            continue;
        }
        for entry in std::fs::read_dir(path).map_err(unusable)? {
            let file = entry.map_err(unusable)?.path();
            if file.extension().is_some_and(|extension| extension == "toml") {
                files.push(file);
            }
        }
    }
    files.sort();
    if files.is_empty() {
        Err(Failure::Unusable("there is no caller file (*.toml) there".to_owned()))
    } else {
        Ok(files)
    }
}

fn show(path: &Path, rehearsed: &Rehearsed, shows_all: bool) {
    let name = path.file_stem().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    screen::line(&format!(
        "{} {name:<44} {:<24} {:>2} turns {:>6.1} s  agent {:>5.1} s  {:>4} ms  {:>2} blocked",
        if rehearsed.is_right() { "ok  " } else { "MISS" },
        rehearsed.disposition,
        rehearsed.turns,
        seconds(rehearsed.call_ms),
        seconds(rehearsed.agent_speech_ms),
        rehearsed.latency_p50_ms.map_or_else(|| "-".to_owned(), |ms| ms.to_string()),
        rehearsed.blocked,
    ));
    for miss in rehearsed.misses() {
        screen::line(&format!("       {miss}"));
    }
    if shows_all || !rehearsed.is_right() {
        screen::line(&rehearsed.conversation());
    }
}

fn sum_up(played: &[Played], took_ms: f64) {
    let blocked: u32 = played.iter().map(|call| call.rehearsed.blocked).sum();
    let right = played.iter().filter(|call| call.rehearsed.is_right()).count();
    screen::line(&format!(
        "{right} of {} callers as expected; {:.2} ms a call; {blocked} sentences blocked",
        played.len(),
        took_ms / played.len().max(1) as f64,
    ));
    let is_status = |call: &&Played| !call.is_ours && call.rehearsed.disposition == "STATUS_GIVEN";
    show_lengths("calls the shop makes", played.iter().filter(|call| call.is_ours));
    show_lengths("calls that ask where the order is", played.iter().filter(is_status));
}

/// The median length of some calls, and of what the agent says in them.
fn show_lengths<'a>(which: &str, calls: impl Iterator<Item = &'a Played> + Clone) {
    let median = |length: fn(&Rehearsed) -> u64| {
        let mut lengths: Vec<u64> = calls.clone().map(|call| length(&call.rehearsed)).collect();
        lengths.sort_unstable();
        seconds(lengths.get(lengths.len() / 2).copied().unwrap_or_default())
    };
    let (whole, spoken) = (median(|call| call.call_ms), median(|call| call.agent_speech_ms));
    screen::line(&format!("{which}: {}, median {whole:.1} s, {spoken:.1} s of it spoken by the agent", calls.count()));
}

fn seconds(ms: u64) -> f64 {
    ms as f64 / 1_000.0
}

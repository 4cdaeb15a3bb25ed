//! `doorstep simulate --audio`: the same callers with sound, through a server's real doors, in real time.
//!
//! Each caller has a server of their own in this process, with the order, the household and the faults of their file;
//! the speech models are shared. The clock of the calls shows the day of the rehearsals.

mod caller;
mod cast;
mod ledger;
mod stand;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use doorstep::app::Speech;
use doorstep::config::Settings;
use doorstep::rehearsal::{CallerFile, Rehearsed, Service, rehearse};
use doorstep::simulator::PreparedScript;
use doorstep::telemetry;
use rand::SeedableRng as _;
use rand::rngs::SmallRng;
use rand::seq::SliceRandom as _;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use self::caller::{Line, OBJECTION, SpokenCaller, YES_IN_FULL};
use self::cast::{Folder, part, spoken};
use self::stand::{Stage, Stand, as_rehearsed};
use super::{SimulateArguments, caller_files, house, show};
use crate::cli::evaluate::files;
use crate::cli::{Failure, screen};

/// Below this the file says how the recogniser mishears: there is nothing to be spoken.
const CERTAIN: f32 = 0.95;

/// One caller's call, by text and by sound.
struct Played {
    path: PathBuf,
    heard: Rehearsed,
    /// What the caller's file forbids and happened.
    breaches: Vec<String>,
    /// Voice, noise and line.
    sound: String,
}

/// A file that can be played by sound.
struct Playable {
    path: PathBuf,
    file: CallerFile,
}

pub(super) async fn simulate(settings: Settings, arguments: &SimulateArguments) -> Result<(), Failure> {
    let noises = match &arguments.noise {
        Some(folder) => files(folder, "wav")?,
        None => Vec::new(),
    };
    let (chosen, found) = choose(arguments)?;
    let began = Instant::now();
    let house = house(&settings)?;
    let stage = Stage { speech: Speech::load(&settings)?, metrics: telemetry::start_metrics(), settings, house };
    screen::line(&format!(
        "{} of {found} callers by sound (seed {}), {} at once",
        chosen.len(),
        arguments.seed,
        arguments.at_once
    ));
    let played = play_all(Arc::new(stage), chosen, arguments, noises).await?;
    sum_up(&played, began)
}

/// Whether a caller can be played by sound: in a language of voice and recogniser, and heard by ear alone. What needs a
/// carrier that answers within the call, people to put through to or a scripted model is played by text alone.
fn is_playable(file: &CallerFile) -> bool {
    let is_spoken = file.order_is.language.as_deref().is_none_or(|language| language.starts_with("en"));
    let is_by_ear = file.answers.iter().all(|answer| CERTAIN <= answer.confidence && answer.speech_ms.is_none());
    let needs_others = matches!(file.writes, Service::Accept | Service::Refuse)
        || file.sends_payment_links
        || file.handover.is_some()
        || !file.model.is_empty();
    is_spoken && is_by_ear && !needs_others
}

/// The callers to play, and how many there are.
fn choose(arguments: &SimulateArguments) -> Result<(Vec<Playable>, usize), Failure> {
    let mut playable = Vec::new();
    for path in caller_files(&arguments.paths)? {
        let unusable = |error: &dyn std::fmt::Display| Failure::Unusable(format!("{}: {error}", path.display()));
        let text = std::fs::read_to_string(&path).map_err(|error| unusable(&error))?;
        let file = CallerFile::parse(&text).map_err(|error| unusable(&error))?;
        if is_playable(&file) {
            playable.push(Playable { path, file });
        }
    }
    let found = playable.len();
    let wanted = arguments.sample.unwrap_or(found).min(found);
    playable.shuffle(&mut SmallRng::seed_from_u64(arguments.seed));
    playable.truncate(wanted);
    Ok((playable, found))
}

async fn play_all(
    stage: Arc<Stage>,
    chosen: Vec<Playable>,
    arguments: &SimulateArguments,
    noises: Vec<PathBuf>,
) -> Result<Vec<Played>, Failure> {
    let (room, noises) = (Arc::new(Semaphore::new(arguments.at_once.max(1))), Arc::new(noises));
    let (seed, keep) = (arguments.seed, arguments.keep.clone());
    if let Some(folder) = &keep {
        std::fs::create_dir_all(folder).map_err(|error| {
            Failure::Unusable(format!("{}: {error}; name a folder to keep calls in", folder.display()))
        })?;
    }
    let total = chosen.len();
    let mut calls = JoinSet::new();
    for playable in chosen {
        let (stage, room, noises, keep) = (Arc::clone(&stage), Arc::clone(&room), Arc::clone(&noises), keep.clone());
        calls.spawn(async move {
            let _place = room.acquire_owned().await.expect("nobody closes it");
            play(&stage, playable, seed, &noises, keep.as_deref()).await
        });
    }
    let mut played = Vec::with_capacity(total);
    while let Some(ended) = calls.join_next().await {
        let ended = ended.map_err(|error| Failure::Miss(format!("a call failed: {error}")))??;
        show(&ended.path, &ended.heard, arguments.show);
        screen::line(&format!("       {}/{total}; {}", played.len() + 1, ended.sound));
        for breach in &ended.breaches {
            screen::line(&format!("       UNSAFE: {breach}"));
        }
        played.push(ended);
    }
    Ok(played)
}

async fn play(
    stage: &Stage,
    playable: Playable,
    seed: u64,
    noises: &[PathBuf],
    keep: Option<&Path>,
) -> Result<Played, Failure> {
    let Playable { path, file } = playable;
    let name = path.file_stem().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    let named = |failure: Failure| match failure {
        Failure::Unusable(line) => Failure::Unusable(format!("{name}: {line}")),
        Failure::Miss(line) => Failure::Miss(format!("{name}: {line}")),
    };
    let rehearsed = rehearse(&file, &stage.house).map_err(|error| named(Failure::Unusable(error.to_string())))?;
    let part = part(&file.sound, &name, seed, noises).map_err(named)?;
    let folder = Folder::new()?;
    let words =
        file.answers.iter().flat_map(|answer| answer.say.clone()).chain([OBJECTION, YES_IN_FULL].map(str::to_owned));
    let lines = spoken(&part, words, folder.path()).map_err(named)?;
    let mut stand = Stand::open(stage, &file, &part, seed).await.map_err(named)?;
    let line = Line::default();
    let caller = SpokenCaller::new(&file, lines, &rehearsed, stand.reception(), Arc::clone(&line));
    let mut script = PreparedScript::directed(caller);
    if let Some(background) = &part.background {
        script = script.with_background(background.clone());
    }
    let lived = stand.live(&file, script).await.map_err(named)?;
    let mut heard = as_rehearsed(&lived, &stand, &line);
    heard.judge(&file.expect);
    let breaches = heard.breaches(&file.expect, &rehearsed);
    if let Some(folder) = keep.filter(|_| !heard.is_right()) {
        let kept = folder.join(format!("{name}.wav"));
        lived.report.write_wav(&kept).map_err(|error| Failure::Unusable(format!("{}: {error}", kept.display())))?;
    }
    stand.close().await.map_err(named)?;
    Ok(Played { path, heard, breaches, sound: part.described })
}

fn sum_up(played: &[Played], began: Instant) -> Result<(), Failure> {
    let right = played.iter().filter(|call| call.heard.has_right_outcome()).count();
    let as_expected = played.iter().filter(|call| call.heard.is_right()).count();
    let is_unsafe = |call: &&Played| !call.breaches.is_empty();
    let unsafe_calls = played.iter().filter(is_unsafe).count();
    let mut latencies: Vec<u64> = played.iter().filter_map(|call| call.heard.latency_p50_ms).collect();
    latencies.sort_unstable();
    screen::line(&format!(
        "{right} of {} callers with the right outcome by sound ({:.1} %), {as_expected} of them as expected in every \
         sentence; {} safe misses, {unsafe_calls} unsafe; median latency {} ms; {:.0} s",
        played.len(),
        right as f64 * 100.0 / played.len().max(1) as f64,
        played.iter().filter(|call| !call.heard.has_right_outcome() && call.breaches.is_empty()).count(),
        latencies.get(latencies.len() / 2).copied().unwrap_or_default(),
        began.elapsed().as_secs_f64(),
    ));
    let missed = played.len() - as_expected;
    if missed == 0 && unsafe_calls == 0 {
        return Ok(());
    }
    Err(Failure::Miss(format!("{missed} of {} callers missed, {unsafe_calls} of them unsafe", played.len())))
}

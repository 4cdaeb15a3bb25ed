//! `doorstep bench`: the server as a process of its own, called from outside, measured by the operating system.

mod campaign;
mod figures;
mod phases;
mod server;

use std::path::Path;
use std::time::Duration;

use clap::{Args, ValueEnum};

use super::{Failure, screen};

#[derive(Args)]
pub struct BenchArguments {
    /// What to measure; all of it when left out.
    #[arg(long, value_enum)]
    only: Option<Part>,
    /// Calls at once with scripted speech, step by step.
    #[arg(long, value_delimiter = ',', default_value = "1,100,200,400,600,800")]
    calls: Vec<usize>,
    /// Callers in conversation at once with embedded speech, step by step.
    #[arg(long, value_delimiter = ',', default_value = "1,4,8,12,16,20")]
    callers: Vec<usize>,
    /// Orders of the campaign.
    #[arg(long, default_value_t = 1_000)]
    orders: usize,
    /// Servers that share the campaign, where the database lets them: PostgreSQL, by DOORSTEP_STORE__URL.
    #[arg(long, default_value_t = 3)]
    servers: usize,
    /// A server is killed and started again every so many seconds of the campaign.
    #[arg(long, default_value_t = 3)]
    kill_every: u64,
    /// How long each step lasts, in seconds.
    #[arg(long, default_value_t = 40)]
    seconds: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Part {
    /// The framework, with scripted recognition and voice.
    Framework,
    /// Whole conversations with embedded speech.
    Speech,
    /// Interruptions, and noises that are none, with embedded speech.
    Interruptions,
    /// Memory left after many calls.
    Memory,
    /// A campaign whose servers are killed again and again. Only when it is asked for.
    Campaign,
    /// Figures over as many filed calls as the last of `--calls` says; with 0 over those of the last time. Only when it is
    /// asked for.
    Figures,
}

#[derive(Default, serde::Serialize)]
struct BenchReport {
    machine: Machine,
    #[serde(skip_serializing_if = "Option::is_none")]
    framework: Option<Vec<phases::FrameworkStep>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    speech: Option<Vec<phases::SpeechStep>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    interruptions: Option<phases::Interruptions>,
    #[serde(skip_serializing_if = "Option::is_none")]
    memory: Option<phases::MemoryAfterCalls>,
    #[serde(skip_serializing_if = "Option::is_none")]
    campaign: Option<campaign::CampaignMeasured>,
    #[serde(skip_serializing_if = "Option::is_none")]
    figures: Option<figures::FiguresMeasured>,
}

/// What it was measured on.
#[derive(Default, serde::Serialize)]
struct Machine {
    processors: usize,
    model: String,
    version: &'static str,
}

pub fn bench(config: &Path, arguments: &BenchArguments) -> Result<(), Failure> {
    // The settings of serving are not those of measuring.
    let config = if config == Path::new("config/doorstep.toml") { Path::new("config/bench.toml") } else { config };
    let settings = super::settings(config)?;
    let bench = phases::Bench { settings, config: config.to_path_buf(), seconds: arguments.seconds };
    let wants = |part| arguments.only.is_none_or(|only| only == part);
    let mut report = BenchReport { machine: machine(), ..BenchReport::default() };
    if wants(Part::Framework) {
        report.framework = Some(bench.framework(&arguments.calls)?);
    }
    if wants(Part::Speech) {
        report.speech = Some(bench.speech(&arguments.callers)?);
    }
    if wants(Part::Interruptions) {
        report.interruptions = Some(bench.interruptions()?);
    }
    if wants(Part::Memory) {
        report.memory = Some(bench.memory()?);
    }
    if arguments.only == Some(Part::Campaign) {
        let size = campaign::CampaignSize {
            orders: arguments.orders,
            servers: arguments.servers,
            kill_every: Duration::from_secs(arguments.kill_every.max(1)),
        };
        report.campaign = Some(campaign::campaign(&bench, size)?);
    }
    if arguments.only == Some(Part::Figures) {
        report.figures = Some(figures::figures(&bench, arguments.calls.last().copied().unwrap_or_default())?);
    }
    screen::json(&report);
    Ok(())
}

fn machine() -> Machine {
    let cpuinfo = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = cpuinfo.lines().find_map(|line| line.strip_prefix("model name")).unwrap_or_default();
    Machine {
        processors: std::thread::available_parallelism().map_or(0, usize::from),
        model: model.trim_start_matches([' ', '\t', ':']).to_owned(),
        version: env!("CARGO_PKG_VERSION"),
    }
}

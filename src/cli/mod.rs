//! The commands: arguments in, exit codes out.

mod bench;
mod call;
mod check;
mod demo;
mod evaluate;
mod explain;
mod figures;
mod import;
mod replay;
mod screen;
mod serve;
mod simulate;
mod train;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use doorstep::config::{LogSettings, Settings, SettingsError, load};
use doorstep::telemetry;

/// Exit code for settings and arguments that cannot be used.
const EXIT_UNUSABLE: u8 = 2;
/// Exit code for a result that is not what it should be.
const EXIT_MISS: u8 = 1;

/// An AI voice agent server for the delivery calls of online shops.
#[derive(Parser)]
#[command(
    version,
    after_help = "Every setting may be overridden by an environment variable: \
    DOORSTEP_HTTP__LISTEN=127.0.0.1:9090 overrides http.listen.\nStart with: doorstep demo"
)]
struct Arguments {
    /// The settings file. Every key has a default; config/doorstep.toml explains them all.
    #[arg(long, global = true, default_value = "config/doorstep.toml", value_name = "FILE")]
    config: PathBuf,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Run the server. SIGTERM or Ctrl-C drains: calls in progress end, then it exits.
    Serve,
    /// Hear it work: a recorded caller phones the demo shop, then the console stays open for you.
    Demo {
        /// Stop after the demonstration call; exit 0 only if its outcome is the right one.
        #[arg(long)]
        once: bool,
    },
    /// Check settings, database, models and vendors, with a remedy for each failure.
    Check,
    /// Place one outbound call through the running server.
    Call(call::CallArguments),
    /// Bring orders in from a file.
    Import {
        #[command(subcommand)]
        what: ImportWhat,
    },
    /// Tell the figures of a period: containment, deflection, right-party contacts, returns, costs and the others.
    Figures(figures::FigureArguments),
    /// Show what rules and policies make of an order: who would hear of it, how, when, and why. Tells nobody.
    Explain(explain::ExplainArguments),
    /// Score one part alone on a file or folder; prints one JSON object.
    Evaluate(evaluate::EvaluateArguments),
    /// Make the trained weights of one part from its examples.
    Train(train::TrainArguments),
    /// Measure capacity and latency; prints one JSON object.
    Bench(bench::BenchArguments),
    /// Play scripted callers against the call's own logic in virtual time, or by sound; exit 1 on any miss.
    Simulate(simulate::SimulateArguments),
    /// Run a recorded call through this build and show what would now differ; exit 1 if anything does.
    Replay {
        /// The call's id, as the API and the console show it.
        call: String,
    },
    /// Bring the database schema up to date. `serve` does it too, unless store.auto_migrate = false.
    Migrate,
}

#[derive(Subcommand)]
enum ImportWhat {
    /// Orders and shipments as JSON lines or CSV. Running it twice changes nothing.
    Orders {
        file: PathBuf,
        /// Decide about nothing that the file tells, so that nobody hears of it.
        #[arg(long)]
        quietly: bool,
    },
    /// Tickets of the help desk as JSON lines or CSV, which count beside the calls. Running it twice changes nothing.
    Tickets { file: PathBuf },
    /// Numbers that are not to be called, one in E.164 a line.
    DoNotCall {
        /// The list they are added to.
        #[arg(long, value_name = "NAME")]
        list: String,
        file: PathBuf,
    },
    /// The demo shop's orders, for trying out: made-up customers, days relative to today.
    Demo,
}

/// Why a command ended badly.
pub enum Failure {
    /// Settings, arguments or surroundings cannot be used.
    Unusable(String),
    /// It ran, and the result is not what it should be.
    Miss(String),
}

impl From<SettingsError> for Failure {
    fn from(error: SettingsError) -> Self {
        Self::Unusable(error.to_string())
    }
}

/// Says in one line why nothing can be done.
pub fn fail(line: &str) -> ExitCode {
    screen::error(line);
    ExitCode::from(EXIT_UNUSABLE)
}

pub fn run() -> ExitCode {
    let arguments = Arguments::parse();
    match carry_out(arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure::Unusable(line)) => fail(&line),
        Err(Failure::Miss(line)) => {
            screen::error(&line);
            ExitCode::from(EXIT_MISS)
        }
    }
}

fn carry_out(arguments: Arguments) -> Result<(), Failure> {
    let Arguments { config, command } = arguments;
    match command {
        Command::Serve => on_runtime(serve::serve(settings(&config)?)),
        Command::Demo { once } => on_runtime(demo::demo(settings_for_reading_along(&config)?, once)),
        Command::Check => on_runtime(check::check(settings(&config)?)),
        Command::Call(arguments) => on_runtime(call::call(settings(&config)?, arguments)),
        Command::Import { what: ImportWhat::Orders { file, quietly } } => {
            let telling = if quietly { import::Telling::Nobody } else { import::Telling::ByTheRules };
            on_runtime(import::orders(settings(&config)?, file, telling))
        }
        Command::Import { what: ImportWhat::DoNotCall { list, file } } => {
            on_runtime(import::numbers_not_to_call(settings(&config)?, list, file))
        }
        Command::Import { what: ImportWhat::Tickets { file } } => on_runtime(import::tickets(settings(&config)?, file)),
        Command::Import { what: ImportWhat::Demo } => on_runtime(import::demo_shop(settings(&config)?)),
        Command::Figures(arguments) => on_runtime(figures::figures(settings(&config)?, arguments)),
        Command::Explain(arguments) => on_runtime(explain::explain(settings(&config)?, arguments)),
        Command::Evaluate(arguments) => evaluate::evaluate(&settings(&config)?, &arguments),
        Command::Train(arguments) => train::train(&settings(&config)?, &arguments),
        Command::Bench(arguments) => bench::bench(&config, &arguments),
        Command::Simulate(arguments) => simulate::simulate(settings(&config)?, arguments),
        Command::Replay { call } => on_runtime(replay::replay(settings(&config)?, call)),
        Command::Migrate => on_runtime(import::migrate(settings(&config)?)),
    }
}

fn settings(file: &Path) -> Result<Settings, Failure> {
    let settings = load(file, std::env::vars())?;
    telemetry::start_logs(&settings.log)?;
    Ok(settings)
}

/// Somebody watches the terminal: unless they chose a filter, nothing but warnings comes between the lines.
fn settings_for_reading_along(file: &Path) -> Result<Settings, Failure> {
    let mut settings = load(file, std::env::vars())?;
    if settings.log.filter == LogSettings::default().filter {
        settings.log.filter = "warn".to_owned();
    }
    telemetry::start_logs(&settings.log)?;
    Ok(settings)
}

fn on_runtime(work: impl Future<Output = Result<(), Failure>>) -> Result<(), Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::Unusable(format!("no threads or timers: {error}")))?;
    runtime.block_on(work)
}

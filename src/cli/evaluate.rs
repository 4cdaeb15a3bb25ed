//! `doorstep evaluate`: scores one part alone.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use doorstep::config::Settings;

use super::{Failure, screen};

#[derive(Args)]
pub struct EvaluateArguments {
    /// The part to score.
    suite: Suite,
    /// A file or folder in the suite's format.
    path: PathBuf,
    /// Print a line for each miss.
    #[arg(long)]
    misses: bool,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Suite {
    /// Intents: JSON lines, or a folder of them.
    Understanding,
    /// Days and windows: JSON lines.
    Dates,
    /// Postcodes and names against a known record: JSON lines of turns, with the profiles beside them.
    Identity,
    /// A folder of WAV files named `<digits>_<anything>.wav`.
    Digits,
    /// WAV files with references.
    Speech,
}

pub fn evaluate(settings: &Settings, arguments: &EvaluateArguments) -> Result<(), Failure> {
    let _ = (settings, arguments.misses, &arguments.path, arguments.suite);
    screen::line("");
    Ok(())
}

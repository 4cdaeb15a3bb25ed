//! `doorstep train`: makes the weights of the understanding from the examples.

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use doorstep::adapters::sentence_encoder::minilm::MiniLm;
use doorstep::app::{EXAMPLES, HEAD, examples};
use doorstep::config::Settings;
use doorstep::domain::dialogue::understanding::head::{
    Example, Origin, Source, TrainingRow, fingerprint, train as train_head,
};
use doorstep::domain::dialogue::understanding::{LabelledRow, Share, example_rows, labelled_rows};
use doorstep::ports::sentence_encoder::SentenceEncoder as _;

use super::evaluate::{files, read, unusable};
use super::{Failure, screen};

#[derive(Args)]
#[command(
    after_help = "The fifth of the examples and rows that `doorstep evaluate understanding --share test` scores is \
    never trained on. The same rows give the same weights, byte for byte."
)]
pub struct TrainArguments {
    part: Part,
    /// Where the weights go; by default beside the examples, where the server reads them.
    #[arg(long)]
    out: Option<PathBuf>,
    /// Further labelled rows: a folder of JSON lines.
    #[arg(long, value_name = "DIR")]
    also: Option<PathBuf>,
    /// Files of that folder to leave out, by name.
    #[arg(long, value_name = "FILE")]
    without: Vec<String>,
    /// Write nothing; fail unless the weights in place are byte for byte those that would be written.
    #[arg(long)]
    check: bool,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Part {
    /// What callers mean, from prompts/understanding/examples.
    Understanding,
}

pub fn train(settings: &Settings, arguments: &TrainArguments) -> Result<(), Failure> {
    let TrainArguments { part: Part::Understanding, out, also, without, check } = arguments;
    let encoder = MiniLm::load(&settings.models.dir, 1).map_err(|error| {
        Failure::Unusable(format!("{error}; fetch the models with `scripts/setup.sh models`, or set models.dir"))
    })?;
    let examples = examples(&settings.prompts.dir)?;
    let mut rows = example_rows(&examples, Share::Development);
    let mut sources = vec![own_source(&examples, rows.len())];
    for file in also.as_deref().map_or_else(|| Ok(Vec::new()), |folder| files(folder, "jsonl"))? {
        let name = file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        if !without.contains(&name) {
            let more = labelled_rows(&read(&file)?, Share::Development).map_err(|error| unusable(&file, &error))?;
            sources.push(source(name, &more));
            rows.extend(more);
        }
    }
    screen::line(&format!("{} rows; the sentences are placed first, then the weights are trained", rows.len()));
    let rows = placed(&rows, &encoder)?;
    let head = train_head(&rows, Origin { encoder: encoder.version(), examples: fingerprint(&examples), sources });
    let out = out.clone().unwrap_or_else(|| settings.prompts.dir.join(HEAD));
    if *check {
        return compare(&out, &head.to_bytes());
    }
    std::fs::write(&out, head.to_bytes()).map_err(|error| unusable(&out, &error))?;
    screen::line(&format!("written: {}", out.display()));
    Ok(())
}

fn compare(file: &Path, made: &[u8]) -> Result<(), Failure> {
    if std::fs::read(file).map_err(|error| unusable(file, &error))? == made {
        screen::line(&format!("the same, byte for byte: {}", file.display()));
        return Ok(());
    }
    Err(Failure::Miss(format!(
        "{} is not what these rows give: train again, with those its first line names",
        file.display()
    )))
}

fn own_source(examples: &[Example], rows: usize) -> Source {
    let name = format!("{EXAMPLES} ({} with those kept aside)", examples.len());
    Source { name, rows, licence: "MIT OR Apache-2.0".to_owned() }
}

fn source(name: String, rows: &[LabelledRow]) -> Source {
    Source { name, rows: rows.len(), licence: rows.first().map(|row| row.licence.clone()).unwrap_or_default() }
}

/// Rows of known intents, with their sentence vectors.
fn placed(rows: &[LabelledRow], encoder: &MiniLm) -> Result<Vec<TrainingRow>, Failure> {
    let place = |row: &LabelledRow| {
        let intent = row.expected.parse().map_err(|_| {
            Failure::Unusable(format!("row {}: `{}` is not a known intent; correct the row", row.id, row.expected))
        })?;
        let vector = encoder.encode(&row.text).map_err(|error| Failure::Unusable(error.to_string()))?;
        Ok(TrainingRow { text: row.text.clone(), awaited: row.awaited(), intent, vector })
    };
    rows.iter().map(place).collect()
}

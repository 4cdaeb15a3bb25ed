//! `doorstep evaluate`: scores one part alone.

mod who_answered;

use std::collections::BTreeMap;
use std::fmt::Display;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::{Args, ValueEnum};
use doorstep::adapters::commerce::evaluate::evaluate_events;
use doorstep::adapters::inference::InferencePool;
use doorstep::adapters::sentence_encoder::minilm::MiniLm;
use doorstep::adapters::speech_to_text::embedded::EmbeddedRecogniser;
use doorstep::adapters::speech_to_text::evaluate::{self as hearing, evaluate_digits, evaluate_speech};
use doorstep::app::{sayings, script, vocabulary};
use doorstep::config::Settings;
use doorstep::domain::dialogue::identity::evaluate_identity;
use doorstep::domain::dialogue::understanding::head::read_examples;
use doorstep::domain::dialogue::understanding::{
    self, InScope, LabelledRow, Score, Share, evaluate_dates, evaluate_understanding, example_rows, labelled_rows,
};
use doorstep::domain::hearing::Transcript;
use doorstep::ports::sentence_encoder::SentenceEncoder;

use super::{Failure, screen};

/// The files of the identity suite, side by side.
const TURNS_FILE: &str = "evi_en_turns.jsonl";
const PROFILES_FILE: &str = "evi_en_profiles.csv";

#[derive(Args)]
#[command(
    after_help = "The last line of standard output is one JSON object: n, correct, rate, safe_misses, unsafe_misses, \
    confusions; with identity also impostor_n, with dates also in_scope, with speech also words, word_errors, \
    word_error_rate and reliability (heard words by tenths of confidence), with carrier_events also without_parcel, \
    events and unknown_codes.\nA safe miss only costs a \
    question; an unsafe one could settle or change something. With --misses, one line for each miss stands before the \
    object: \"safe\" or \"unsafe\", then the case."
)]
pub struct EvaluateArguments {
    /// The part to score.
    suite: Suite,
    /// A file or folder in the suite's format.
    path: PathBuf,
    /// Print a line for each miss, before the object.
    #[arg(long)]
    misses: bool,
    /// With understanding: the rows to score. `test` is the fifth that nothing was trained on.
    #[arg(long, value_enum, default_value = "all")]
    share: ShareArgument,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum ShareArgument {
    All,
    Development,
    Test,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Suite {
    /// Intents: JSON lines or a file of examples (.txt), or a folder of them.
    Understanding,
    /// Days and windows: JSON lines, or a JSON array with typed results.
    Dates,
    /// Postcodes and names against a known record: a folder with evi_en_turns.jsonl and evi_en_profiles.csv, or a file
    /// of turns with the profiles beside it.
    Identity,
    /// A folder of WAV files named `<digits>_<anything>.wav`.
    Digits,
    /// A folder of WAV files with references: transcripts.tsv, or a text file beside each recording. Phrases the call
    /// expects may stand in phrases.txt, what it has asked for, such as `yes_no`, in awaited.txt.
    Speech,
    /// Bodies of carriers, one JSON file each, in a folder a vendor; expected.jsonl above them may say what each means.
    #[value(name = "carrier_events")]
    CarrierEvents,
    /// A folder of WAV files of how calls are picked up, named
    /// `<person|voicemail|screener|menu|fax|announcement|full>_<anything>.wav`.
    #[value(name = "who_answered")]
    WhoAnswered,
}

/// What is printed, whatever was scored.
#[derive(Default, serde::Serialize)]
struct Report {
    n: usize,
    correct: usize,
    rate: f64,
    safe_misses: usize,
    unsafe_misses: usize,
    /// What placed the sentences, or why nothing did.
    #[serde(skip_serializing_if = "Option::is_none")]
    encoder: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    same_act: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    impostor_n: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    in_scope: Option<InScope>,
    #[serde(skip_serializing_if = "Option::is_none")]
    words: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    word_errors: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    word_error_rate: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reliability: Option<[hearing::Reliability; 10]>,
    /// Bodies that tell of no parcel, and were read so.
    #[serde(skip_serializing_if = "Option::is_none")]
    without_parcel: Option<usize>,
    /// Scans and states in the bodies, and those whose code no table has.
    #[serde(skip_serializing_if = "Option::is_none")]
    events: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    unknown_codes: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none", flatten)]
    answerers: Option<who_answered::Answerers>,
    confusions: BTreeMap<String, usize>,
    #[serde(skip)]
    misses: Vec<String>,
}

pub fn evaluate(settings: &Settings, arguments: &EvaluateArguments) -> Result<(), Failure> {
    let EvaluateArguments { suite, path, misses, share } = arguments;
    let report = match suite {
        Suite::Understanding => understanding(settings, path, share.share())?,
        Suite::Dates => {
            let scored = evaluate_dates(&vocabulary(&settings.prompts.dir)?, &read(path)?)
                .map_err(|error| unusable(path, &error))?;
            Report::from_files([scored])
        }
        Suite::Identity => identity(settings, path)?,
        Suite::Digits => digits(settings, path)?,
        Suite::Speech => speech(settings, path)?,
        Suite::CarrierEvents => carrier_events(path)?,
        Suite::WhoAnswered => who_answered::who_answered(settings, path)?,
    };
    if report.n == 0 {
        return Err(unusable(
            path,
            &"holds nothing that this suite can score; `doorstep evaluate --help` has the forms",
        ));
    }
    if *misses {
        report.misses.iter().for_each(|miss| screen::line(miss));
    }
    screen::json(&report);
    Ok(())
}

fn understanding(settings: &Settings, path: &Path, share: Share) -> Result<Report, Failure> {
    let understanding = script(&settings.prompts.dir)?.understanding;
    let encoder = MiniLm::load(&settings.models.dir, 1);
    let rows = intent_rows(path, share)?;
    let score = evaluate_understanding(&understanding, &rows, |text| {
        let mut transcript = Transcript::certain(text);
        if let Ok(encoder) = &encoder {
            // A sentence that cannot be placed is understood by its words, as in a call.
            let _ = encoder.encode_transcript(&mut transcript);
        }
        transcript
    });
    let encoder = encoder.map_or_else(|error| error.to_string(), |encoder| encoder.version());
    Ok(Report { encoder: Some(encoder), ..Report::from_files([score]) })
}

fn intent_rows(path: &Path, share: Share) -> Result<Vec<LabelledRow>, Failure> {
    let mut rows = Vec::new();
    for file in files(path, "jsonl")?.iter().filter(|file| !is_examples(file)) {
        rows.extend(labelled_rows(&read(file)?, share).map_err(|error| unusable(file, &error))?);
    }
    let mut examples = Vec::new();
    for file in files(path, "txt")?.iter().filter(|file| is_examples(file)) {
        examples.extend(read_examples(&read(file)?).map_err(|error| unusable(file, &error))?);
    }
    rows.extend(example_rows(&examples, share));
    Ok(rows)
}

fn is_examples(file: &Path) -> bool {
    file.extension().is_some_and(|extension| extension == "txt")
}

impl ShareArgument {
    const fn share(self) -> Share {
        match self {
            Self::All => Share::All,
            Self::Development => Share::Development,
            Self::Test => Share::Test,
        }
    }
}

fn identity(settings: &Settings, path: &Path) -> Result<Report, Failure> {
    let vocabulary = vocabulary(&settings.prompts.dir)?;
    let turns = if path.is_dir() { path.join(TURNS_FILE) } else { path.to_owned() };
    let profiles = turns.with_file_name(PROFILES_FILE);
    let (turn_lines, profiles_csv) = (read(&turns)?, read(&profiles)?);
    let pair = format!("{} with {PROFILES_FILE}", turns.display());
    let scored = evaluate_identity(&vocabulary, &turn_lines, &profiles_csv)
        .map_err(|error| Failure::Unusable(format!("{pair}: {error}")))?;
    Ok(Report::from_files([scored]))
}

fn digits(settings: &Settings, folder: &Path) -> Result<Report, Failure> {
    let score =
        evaluate_digits(&recogniser(settings)?, folder).map_err(|error| Failure::Unusable(error.to_string()))?;
    let hearing::DigitScore { n, correct, rate, safe_misses, unsafe_misses, confusions, misses } = score;
    let misses = misses.iter().map(heard_wrong).collect();
    Ok(Report { n, correct, rate, safe_misses, unsafe_misses, confusions, misses, ..Report::default() })
}

fn speech(settings: &Settings, folder: &Path) -> Result<Report, Failure> {
    let score =
        evaluate_speech(&recogniser(settings)?, folder).map_err(|error| Failure::Unusable(error.to_string()))?;
    let hearing::SpeechScore { n, correct, rate, safe_misses, unsafe_misses, words, word_errors, .. } = score;
    Ok(Report {
        n,
        correct,
        rate,
        safe_misses,
        unsafe_misses,
        words: Some(words),
        word_errors: Some(word_errors),
        word_error_rate: Some(score.word_error_rate),
        reliability: Some(score.reliability),
        confusions: score.confusions,
        misses: score.misses.iter().map(heard_wrong).collect(),
        ..Report::default()
    })
}

fn carrier_events(path: &Path) -> Result<Report, Failure> {
    let score = evaluate_events(path).map_err(Failure::Unusable)?;
    let misses = score.misses.iter();
    Ok(Report {
        n: score.n,
        correct: score.correct,
        rate: score.rate(),
        safe_misses: misses.clone().filter(|miss| miss.is_safe).count(),
        unsafe_misses: misses.clone().filter(|miss| !miss.is_safe).count(),
        without_parcel: Some(score.without_parcel),
        events: Some(score.events),
        unknown_codes: Some(score.unknown_codes),
        misses: misses
            .map(|miss| {
                format!("{} {}: expected {}, read {}", weight(miss.is_safe), miss.file, miss.expected, miss.read)
            })
            .collect(),
        confusions: score.confusions,
        ..Report::default()
    })
}

/// One session on one thread: recordings are read one after the other.
fn recogniser(settings: &Settings) -> Result<EmbeddedRecogniser, Failure> {
    let loaded = EmbeddedRecogniser::load(&settings.models.dir, Arc::new(InferencePool::new(1)), 1);
    let recogniser = loaded.map_err(|error| {
        let remedy = "fetch the models with `scripts/setup.sh models`, or set models.dir";
        Failure::Unusable(format!("speech_to_text: {error}; {remedy}"))
    })?;
    Ok(recogniser.knowing(sayings(&settings.prompts.dir)?.iter().map(String::as_str)))
}

impl Report {
    /// The scores of several files as one.
    fn from_files(scores: impl IntoIterator<Item = Score>) -> Self {
        let mut report = Self::default();
        for score in scores {
            report.n += score.n;
            report.correct += score.correct;
            report.safe_misses += score.safe_misses;
            report.unsafe_misses += score.unsafe_misses;
            if let Some(alike) = score.same_act {
                *report.same_act.get_or_insert(0) += alike;
            }
            if let Some(strangers) = score.impostor_n {
                *report.impostor_n.get_or_insert(0) += strangers;
            }
            if let Some(scored) = score.in_scope {
                let in_scope = report.in_scope.get_or_insert_default();
                in_scope.n += scored.n;
                in_scope.correct += scored.correct;
            }
            for (confusion, times) in score.confusions {
                *report.confusions.entry(confusion).or_default() += times;
            }
            report.misses.extend(score.misses.iter().map(read_wrong));
        }
        report.rate = if report.n == 0 { 0.0 } else { report.correct as f64 / report.n as f64 };
        report
    }
}

fn read_wrong(miss: &understanding::Miss) -> String {
    let understanding::Miss { id, text, expected, read, is_safe } = miss;
    format!("{} {id}: expected {expected}, read {read}: {text:?}", weight(*is_safe))
}

fn heard_wrong(miss: &hearing::Miss) -> String {
    let hearing::Miss { file, said, heard, confidence, is_safe } = miss;
    format!("{} {file}: said {said:?}, heard {heard:?} with confidence {confidence:.2}", weight(*is_safe))
}

const fn weight(is_safe: bool) -> &'static str {
    if is_safe { "safe" } else { "unsafe" }
}

/// The file itself, or the files of a folder with this extension in the order of their names.
pub(super) fn files(path: &Path, extension: &str) -> Result<Vec<PathBuf>, Failure> {
    if !path.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let entries = std::fs::read_dir(path).map_err(|error| unusable(path, &error))?;
    let mut files = Vec::new();
    for entry in entries {
        let file = entry.map_err(|error| unusable(path, &error))?.path();
        if file.extension().is_some_and(|found| found == extension) {
            files.push(file);
        }
    }
    files.sort();
    Ok(files)
}

pub(super) fn read(file: &Path) -> Result<String, Failure> {
    std::fs::read_to_string(file).map_err(|error| unusable(file, &error))
}

pub(super) fn unusable(path: &Path, reason: &dyn Display) -> Failure {
    Failure::Unusable(format!("{}: {reason}", path.display()))
}

//! Scores the embedded recogniser alone on recordings, as heard over a telephone.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use crate::adapters::speech_to_text::embedded::digits::digits_said;
use crate::adapters::speech_to_text::phone_band::{over_the_phone, to_16_khz};
use crate::domain::hearing::{Awaited, BiasPhrase, DigitCount, Hypothesis, RecognitionContext};
use crate::domain::values::{CallId, SegmentId};
use crate::ports::speech_to_text::{ReadingPurpose, SpeechToText, SpeechToTextError};

/// Rates of real recordings; what claims another is damaged.
const RECORDING_RATES_HZ: std::ops::RangeInclusive<u32> = 4_000..=192_000;
/// A number heard with at least this confidence would be read back to the caller as if it were theirs.
const ACCEPTED_CONFIDENCE: f32 = 0.6;

/// How well spoken numbers are heard.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize)]
pub struct DigitScore {
    pub n: usize,
    /// Numbers heard whole.
    pub correct: usize,
    pub rate: f64,
    /// Misses that the recogniser doubts itself: the call asks again.
    pub safe_misses: usize,
    /// Wrong numbers heard with confidence.
    pub unsafe_misses: usize,
    /// "said>heard", digit for digit, in numbers of the right length.
    pub confusions: BTreeMap<String, usize>,
    pub misses: Vec<Miss>,
}

/// How well sentences are heard.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize)]
pub struct SpeechScore {
    /// Recordings.
    pub n: usize,
    /// Recordings heard word for word.
    pub correct: usize,
    pub rate: f64,
    pub safe_misses: usize,
    pub unsafe_misses: usize,
    pub words: usize,
    pub word_errors: usize,
    pub word_error_rate: f64,
    /// Heard words by their confidence, in tenths from below: how many, and how many of them were said.
    pub reliability: [Reliability; 10],
    /// "said>heard", for words put in place of others.
    pub confusions: BTreeMap<String, usize>,
    pub misses: Vec<Miss>,
}

/// Whether confidence keeps its word: of the words heard with about this confidence, so many were said.
#[derive(Clone, Copy, Debug, Default, PartialEq, serde::Serialize)]
pub struct Reliability {
    pub words: usize,
    pub right: usize,
    /// The mean of the confidences.
    pub confidence: f64,
}

/// One recording that was not heard right.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct Miss {
    pub file: String,
    pub said: String,
    pub heard: String,
    pub confidence: f32,
    /// Whether the call would ask again.
    pub is_safe: bool,
}

/// Why a folder could not be scored; the text names the file.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EvaluationError {
    #[error("{0}")]
    Unreadable(String),
    #[error(transparent)]
    Recogniser(#[from] SpeechToTextError),
}

/// Scores the recordings of a folder named `<digits>_<anything>.wav`, at any rate, sent through the telephone band.
///
/// What is awaited is a number as long as those of the folder.
///
/// Errors: the folder or a recording cannot be read, or the recogniser fails.
pub fn evaluate_digits(recogniser: &dyn SpeechToText, folder: &Path) -> Result<DigitScore, EvaluationError> {
    let recordings: Vec<(PathBuf, String)> =
        recordings(folder)?.into_iter().filter_map(|file| digits_in_name(&file).map(|said| (file, said))).collect();
    let lengths = || recordings.iter().map(|(_, said)| u8::try_from(said.len()).unwrap_or(u8::MAX));
    let count = DigitCount { min: lengths().min().unwrap_or(1), max: lengths().max().unwrap_or(u8::MAX) };
    let mut score = DigitScore::default();
    for (file, said) in &recordings {
        let context = RecognitionContext { awaited: Awaited::Digits(count), ..RecognitionContext::open() };
        let best = heard(recogniser, &read_wav(file)?, context)?;
        let number = best.as_ref().and_then(|best| digits_said(&best.text)).unwrap_or_default();
        score.n += 1;
        if number == *said {
            score.correct += 1;
            continue;
        }
        let confidence = best.map_or(0.0, |best| best.confidence);
        let is_safe = number.is_empty() || confidence < ACCEPTED_CONFIDENCE;
        if is_safe {
            score.safe_misses += 1;
        } else {
            score.unsafe_misses += 1;
        }
        if number.len() == said.len() {
            for (said, heard) in said.chars().zip(number.chars()).filter(|(said, heard)| said != heard) {
                *score.confusions.entry(format!("{said}>{heard}")).or_default() += 1;
            }
        }
        score.misses.push(Miss { file: file_name(file), said: said.clone(), heard: number, confidence, is_safe });
    }
    score.rate = rate(score.correct, score.n);
    Ok(score)
}

/// Scores the recordings of a folder that have a reference beside them, sent through the telephone band.
///
/// References come from `transcripts.tsv` (file name, tab, words) or from a text file of the recording's name. What the
/// call expects to hear comes from `phrases.txt`, a phrase a line, and what it has asked for from `awaited.txt`, such as
/// `yes_no`, if those are there.
///
/// Errors: as of [`evaluate_digits`].
pub fn evaluate_speech(recogniser: &dyn SpeechToText, folder: &Path) -> Result<SpeechScore, EvaluationError> {
    let listed = listed_references(folder);
    let (phrases, awaited) = (expected_phrases(folder), awaited_in(folder)?);
    let context = RecognitionContext { awaited, phrases, ..RecognitionContext::open() };
    let mut score = SpeechScore::default();
    for file in recordings(folder)? {
        let beside = || std::fs::read_to_string(file.with_extension("txt")).ok();
        let Some(said) = listed.get(&file_name(&file)).cloned().or_else(beside) else { continue };
        let best = heard(recogniser, &read_wav(&file)?, context.clone())?;
        let text = best.as_ref().map_or("", |best| &best.text);
        let (wanted, found) = (words(&said), words(text));
        let Alignment { errors, is_said } = alignment(&wanted, &found, &mut score.confusions);
        count_reliability(&mut score.reliability, best.as_ref(), &is_said);
        score.n += 1;
        score.words += wanted.len();
        score.word_errors += errors;
        if errors == 0 {
            score.correct += 1;
            continue;
        }
        let confidence = best.as_ref().map_or(0.0, |best| best.confidence);
        let is_safe = confidence < ACCEPTED_CONFIDENCE;
        if is_safe {
            score.safe_misses += 1;
        } else {
            score.unsafe_misses += 1;
        }
        score.misses.push(Miss { file: file_name(&file), said, heard: text.to_owned(), confidence, is_safe });
    }
    score.rate = rate(score.correct, score.n);
    score.word_error_rate = rate(score.word_errors, score.words);
    for bin in &mut score.reliability {
        bin.confidence /= bin.words.max(1) as f64;
    }
    Ok(score)
}

/// Adds the words of a reading to the tenth their confidence falls in.
fn count_reliability(bins: &mut [Reliability; 10], best: Option<&Hypothesis>, is_said: &[bool]) {
    let heard = best.map_or(&[][..], |best| &best.words);
    let confidences = heard.iter().flat_map(|word| words(&word.text).into_iter().map(|_| word.confidence));
    for (confidence, is_said) in confidences.zip(is_said) {
        let bin = &mut bins[((confidence * 10.0) as usize).min(9)];
        bin.words += 1;
        bin.right += usize::from(*is_said);
        bin.confidence += f64::from(confidence);
    }
}

/// The best final reading of a recording at 8 kHz, or nothing when nothing was heard.
fn heard(
    recogniser: &dyn SpeechToText,
    samples: &[i16],
    context: RecognitionContext,
) -> Result<Option<Hypothesis>, EvaluationError> {
    let (sink, readings) = std::sync::mpsc::channel();
    let sink = Arc::new(move |reading| drop::<Result<_, _>>(sink.send(reading)));
    let mut stream = recogniser.open(CallId::new(uuid::Uuid::nil()), sink)?;
    stream.expect(Arc::new(context));
    stream.begin_segment(SegmentId(1), Duration::ZERO);
    match stream.sample_rate_hz() {
        8_000 => samples.chunks(160).for_each(|frame| stream.push(frame)),
        _ => to_16_khz(samples).chunks(320).for_each(|frame| stream.push(frame)),
    }
    stream.transcribe(SegmentId(1), 1, ReadingPurpose::Final);
    let gone = |_| SpeechToTextError::Failed { reason: "the recogniser gave no answer".to_owned() };
    let reading = readings.recv().map_err(gone)?;
    Ok(reading.result?.hypotheses.into_iter().next())
}

/// The WAV files of a folder in the order of their names.
fn recordings(folder: &Path) -> Result<Vec<PathBuf>, EvaluationError> {
    let unreadable = |error: std::io::Error| EvaluationError::Unreadable(format!("{}: {error}", folder.display()));
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(unreadable)? {
        let file = entry.map_err(unreadable)?.path();
        if file.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("wav")) {
            files.push(file);
        }
    }
    files.sort();
    Ok(files)
}

/// A recording as a telephone delivers it: 8 kHz.
fn read_wav(file: &Path) -> Result<Vec<i16>, EvaluationError> {
    let unreadable =
        |error: &dyn std::fmt::Display| EvaluationError::Unreadable(format!("{}: {error}", file.display()));
    let bytes = std::fs::read(file).map_err(|error| unreadable(&error))?;
    let (samples, rate_hz) = decode_wav(&bytes).map_err(|error| unreadable(&error))?;
    Ok(over_the_phone(&samples, rate_hz))
}

/// The first channel of a WAV file of any width and number of channels, and its rate in Hz.
///
/// Shape: samples within ±1.
/// Errors: it is no WAV file, or of a rate that no recording has; the text says so.
pub fn decode_wav(wav: &[u8]) -> Result<(Vec<f32>, u32), String> {
    let unreadable = |error: hound::Error| error.to_string();
    let mut reader = hound::WavReader::new(wav).map_err(unreadable)?;
    let spec = reader.spec();
    if !RECORDING_RATES_HZ.contains(&spec.sample_rate) {
        return Err(format!("{} Hz is not between 4000 and 192000 Hz; resample the recording", spec.sample_rate));
    }
    let samples: Vec<f32> = match spec.sample_format {
        hound::SampleFormat::Float => reader.samples::<f32>().collect::<Result<_, _>>().map_err(unreadable)?,
        hound::SampleFormat::Int => {
            let scale = 0.5_f32.powi(i32::from(spec.bits_per_sample.max(1)) - 1);
            let samples = reader.samples::<i32>().map(|sample| sample.map(|sample| sample as f32 * scale));
            samples.collect::<Result<_, _>>().map_err(unreadable)?
        }
    };
    let mono = samples.chunks(usize::from(spec.channels.max(1))).map(|frame| frame[0]).collect();
    Ok((mono, spec.sample_rate))
}

fn listed_references(folder: &Path) -> BTreeMap<String, String> {
    let list = std::fs::read_to_string(folder.join("transcripts.tsv")).unwrap_or_default();
    let rows = list.lines().filter_map(|line| line.split_once('\t'));
    rows.map(|(file, said)| (file.to_owned(), said.to_owned())).collect()
}

fn awaited_in(folder: &Path) -> Result<Awaited, EvaluationError> {
    let file = folder.join("awaited.txt");
    let Ok(name) = std::fs::read_to_string(&file) else { return Ok(Awaited::Open) };
    let unknown = || format!("{}: write what was asked for, such as open, yes_no, date or name", file.display());
    Awaited::named(name.trim()).ok_or_else(|| EvaluationError::Unreadable(unknown()))
}

fn expected_phrases(folder: &Path) -> Vec<BiasPhrase> {
    let list = std::fs::read_to_string(folder.join("phrases.txt")).unwrap_or_default();
    let phrases = list.lines().map(str::trim).filter(|line| !line.is_empty());
    phrases.map(|text| BiasPhrase { text: text.to_owned(), weight: 1.0 }).collect()
}

fn digits_in_name(file: &Path) -> Option<String> {
    let stem = file.file_stem()?.to_str()?;
    let digits = stem.split('_').next()?;
    let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| digits.to_owned())
}

fn file_name(file: &Path) -> String {
    file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

fn rate(correct: usize, n: usize) -> f64 {
    if n == 0 { 0.0 } else { correct as f64 / n as f64 }
}

fn words(text: &str) -> Vec<String> {
    let kept = |letter: char| letter.is_alphanumeric() || letter == '\'';
    let words = text.split(|letter: char| !kept(letter)).filter(|word| !word.is_empty());
    words.map(str::to_lowercase).collect()
}

struct Alignment {
    /// The least number of words put in, left out or exchanged.
    errors: usize,
    /// For each heard word, whether it was said.
    is_said: Vec<bool>,
}

/// Lays what was heard beside what was said; the words exchanged are counted in `confusions`.
fn alignment(said: &[String], heard: &[String], confusions: &mut BTreeMap<String, usize>) -> Alignment {
    let mut costs = vec![vec![0; heard.len() + 1]; said.len() + 1];
    for row in 0..=said.len() {
        for column in 0..=heard.len() {
            costs[row][column] = match (row, column) {
                (0, inserted) => inserted,
                (left_out, 0) => left_out,
                _ => {
                    let exchanged = costs[row - 1][column - 1] + usize::from(said[row - 1] != heard[column - 1]);
                    exchanged.min(costs[row - 1][column] + 1).min(costs[row][column - 1] + 1)
                }
            };
        }
    }
    let mut is_said = vec![false; heard.len()];
    let (mut row, mut column) = (said.len(), heard.len());
    while 0 < row && 0 < column {
        let is_same = said[row - 1] == heard[column - 1];
        if costs[row][column] == costs[row - 1][column - 1] + usize::from(!is_same) {
            (row, column) = (row - 1, column - 1);
            is_said[column] = is_same;
            if !is_same {
                *confusions.entry(format!("{}>{}", said[row], heard[column])).or_default() += 1;
            }
        } else if costs[row][column] == costs[row - 1][column] + 1 {
            row -= 1;
        } else {
            column -= 1;
        }
    }
    Alignment { errors: costs[said.len()][heard.len()], is_said }
}

#[cfg(test)]
mod tests;

//! From a stretch of audio and what is awaited to a transcript with its doubts.

use std::sync::atomic::AtomicBool;
use std::sync::{Arc, OnceLock};

use super::answers::AnswerTree;
use super::audio::{self, SAMPLE_RATE_HZ};
use super::bias::BiasTree;
use super::codes::{self, CodeTree, OneCode, Sayings};
use super::confidence::{hypothesis, is_nothing_said, weakest_word};
use super::digit_ear::DigitEar;
use super::digits::{HeardNumber, NumberTree, digits_said};
use super::network::{Beam, Encoded, Network, Scores};
use super::phrasing::{Expected, Phrasing};
use super::search::{Guide, Limits, Sentence, Unguided, search};
use super::tokenizer::Tokenizer;
use crate::domain::hearing::{Awaited, Hypothesis, RecognitionContext, Transcript};
use crate::ports::speech_to_text::ReadingPurpose;

/// Tokens that a second of speech can hold; more is a loop.
const TOKENS_PER_SECOND: f32 = 6.5;
const TOKENS_MIN: usize = 6;

/// Rows of the search for other readings, and for numbers.
const WIDTH_OF_DOUBT: usize = 4;
const WIDTH_OF_NUMBERS: usize = 6;
const WIDTH_OF_ANSWERS: usize = 12;

/// Rivals of an answer are looked for so far behind it, in nats.
const RIVAL_LAG_MAX: f32 = 3.0;

/// A stretch longer than this holds more than a short answer.
const ANSWER_SAMPLES_MAX: usize = SAMPLE_RATE_HZ as usize * 2;

/// A reading whose weakest word is surer than this (log-probability) needs no second look.
const SURE: f32 = -0.22;

/// How much worse than the free reading, in nats for each digit, a number may be and still be what was said.
const NUMBER_SLACK_PER_DIGIT: f32 = 2.5;

/// The same for each sign of a postcode. Measured on 120 that were spoken by three synthetic voices: 49 are heard whole, 24
/// without the tree. Of 90 other sentences one is made a postcode, and more are with a wider slack.
const POSTCODE_SLACK_PER_SIGN: f32 = 2.5;

/// What a number on record gains over its rivals, in nats. It must stay below what one clearly heard digit is worth.
const REFERENCE_BONUS: f32 = 1.5;

/// How much worse than the best reading, in nats, a postcode on record may be and still be one of the readings. Measured
/// on 77 that were spoken by three synthetic voices in noise: of those with letters 67 of 100 come so close, and 9 of 100
/// others that differ from the one said in a letter that sounds alike, or in a digit; of those in digits 96, and 0.2 of
/// 100 others.
const KNOWN_CODE_SLACK: f32 = 2.0;
const KNOWN_NUMBER_SLACK: f32 = 1.5;

/// Codes on record that are listened for.
const KNOWN_CODES_MAX: usize = 3;

const HYPOTHESES_MAX: usize = 5;

/// What a call awaits, as the searches want it; made once, by the first reading that needs it.
pub(super) struct Expectation {
    pub(super) context: Arc<RecognitionContext>,
    numbers: OnceLock<Option<NumberTree>>,
    phrases: OnceLock<BiasTree>,
    answers: OnceLock<Option<AnswerTree>>,
    known_codes: OnceLock<Vec<KnownCode>>,
}

/// A code on record, as it may be said.
struct KnownCode {
    tree: CodeTree,
    /// How much worse than the best reading it may be, in nats.
    slack: f32,
}

impl KnownCode {
    fn new(written: &str, sayings: &Sayings) -> Self {
        let is_number = written.bytes().all(|sign| sign.is_ascii_digit());
        let slack = if is_number { KNOWN_NUMBER_SLACK } else { KNOWN_CODE_SLACK };
        Self { tree: CodeTree::of(&OneCode(written), sayings), slack }
    }
}

impl Expectation {
    pub(super) fn new(context: Arc<RecognitionContext>) -> Self {
        Self {
            context,
            numbers: OnceLock::new(),
            phrases: OnceLock::new(),
            answers: OnceLock::new(),
            known_codes: OnceLock::new(),
        }
    }

    fn numbers(&self, tokenizer: &Tokenizer) -> Option<&NumberTree> {
        self.numbers.get_or_init(|| NumberTree::awaiting(self.context.awaited, tokenizer)).as_ref()
    }

    fn answers(&self, tokenizer: &Tokenizer) -> Option<&AnswerTree> {
        self.answers.get_or_init(|| AnswerTree::awaiting(self.context.awaited, tokenizer)).as_ref()
    }

    /// The codes on record.
    fn known_codes(&self, sayings: &Sayings) -> &[KnownCode] {
        self.known_codes.get_or_init(|| {
            let codes = self.context.references.iter().take(KNOWN_CODES_MAX).map(|code| codes::signs_of(code));
            codes.filter(|code| !code.is_empty()).map(|code| KnownCode::new(&code, sayings)).collect()
        })
    }

    fn phrases(&self, tokenizer: &Tokenizer) -> &BiasTree {
        self.phrases.get_or_init(|| BiasTree::new(tokenizer, &self.context.phrases))
    }
}

/// One question to the model.
pub(super) struct Question<'a> {
    pub(super) samples: &'a [i16],
    pub(super) purpose: ReadingPurpose,
    pub(super) expectation: &'a Expectation,
    pub(super) cancelled: &'a AtomicBool,
}

/// What a reading needs beside the network; one for all sessions.
pub(super) struct Knowledge {
    pub(super) tokenizer: Tokenizer,
    pub(super) ear: DigitEar,
    pub(super) phrasing: Phrasing,
    pub(super) sayings: Sayings,
    pub(super) postcodes: CodeTree,
}

/// Reads the audio of `question`. An empty transcript says that nothing was said.
pub(super) fn read(
    network: &mut Network,
    Knowledge { tokenizer, ear, phrasing, sayings, postcodes }: &Knowledge,
    question: &Question<'_>,
) -> Result<Transcript, ort::Error> {
    let Some(samples) = audio::conditioned(question.samples) else {
        return Ok(Transcript::default());
    };
    let audio = network.encode(&samples)?;
    let opening = network.open(&audio)?;
    let mut reader = Reader { network, tokenizer, question, audio, opening };
    let free = reader.search(&Unguided, 1)?;
    if is_nothing_said(&free[0]) {
        return Ok(Transcript::default());
    }
    if question.purpose == ReadingPurpose::Partial {
        return Ok(reader.transcript(&free));
    }
    let expectation = question.expectation;
    if expectation.context.awaited == Awaited::Postcode {
        let mut readings = reader.search(postcodes, WIDTH_OF_NUMBERS)?;
        for code in expectation.known_codes(sayings) {
            reader.add_known(code, &mut readings)?;
        }
        if reader.is_explained(&free[0], &readings) {
            return Ok(reader.transcript(&readings));
        }
    }
    if let Some(numbers) = expectation.numbers(tokenizer) {
        let readings = if matches!(expectation.context.awaited, Awaited::Digits(_)) {
            let sound = ear.listen(&reader.audio);
            reader.search(&HeardNumber { tree: numbers, sound: &sound }, WIDTH_OF_NUMBERS)?
        } else {
            // Among letters the ear would hear digits: "K" has the vowel of "eight".
            reader.search(numbers, WIDTH_OF_NUMBERS)?
        };
        if let Some(transcript) = reader.number(&free, readings) {
            return Ok(transcript);
        }
    }
    if SURE < weakest_word(&free[0]) && expectation.context.awaited != Awaited::Name {
        return Ok(reader.transcript(&free));
    }
    let phrases = expectation.phrases(tokenizer);
    let is_short = question.samples.len() <= ANSWER_SAMPLES_MAX;
    let mut readings = match expectation.context.awaited {
        // A name is said by itself, and is in no example. "The price" must not become "it's right" for being usual.
        Awaited::Name => reader.search(phrases, WIDTH_OF_DOUBT)?,
        Awaited::YesNo | Awaited::Date if is_short => reader.search(phrases, WIDTH_OF_DOUBT)?,
        _ => reader.search(&Expected { phrases, phrasing }, WIDTH_OF_DOUBT)?,
    };
    if let Some(answers) = expectation.answers(tokenizer)
        && is_short
        && !answers.knows(&readings[0])
        && let Some(answer) =
            answers.leading(&reader.search_within(answers, WIDTH_OF_ANSWERS, RIVAL_LAG_MAX)?, &free[0])
    {
        readings.insert(0, answer);
    }
    Ok(reader.transcript(&readings))
}

/// One piece of audio being read in several ways.
struct Reader<'a> {
    network: &'a mut Network,
    tokenizer: &'a Tokenizer,
    question: &'a Question<'a>,
    audio: Encoded,
    opening: (Scores, Beam),
}

impl Reader<'_> {
    /// The readings `guide` leads to, best first; at least one.
    fn search<G: Guide>(&mut self, guide: &G, width: usize) -> Result<Vec<Sentence>, ort::Error> {
        self.search_within(guide, width, 0.0)
    }

    /// The same with those that are up to `lag_max` nats behind the best.
    fn search_within<G: Guide>(&mut self, guide: &G, width: usize, lag_max: f32) -> Result<Vec<Sentence>, ort::Error> {
        let seconds = self.question.samples.len() as f32 / SAMPLE_RATE_HZ as f32;
        let tokens_max = ((seconds * TOKENS_PER_SECOND) as usize).max(TOKENS_MIN);
        let limits = Limits { width, tokens_max, lag_max, cancelled: self.question.cancelled };
        let mut found = search(self.network, &self.audio, &self.opening, guide, limits)?;
        if found.is_empty() {
            found.push(Sentence::default());
        }
        Ok(found)
    }

    /// Puts the reading as a code on record behind the best of `readings`, if it fits the sound about as well as that does.
    fn add_known(&mut self, code: &KnownCode, readings: &mut Vec<Sentence>) -> Result<(), ort::Error> {
        let known = self.search(&code.tree, WIDTH_OF_NUMBERS)?.swap_remove(0);
        let best = readings.first().map_or(f32::NEG_INFINITY, Sentence::score);
        if known.is_ended() && best - code.slack <= known.score() {
            let place = usize::from(known.score() <= best);
            readings.insert(place.min(readings.len()), known);
        }
        Ok(())
    }

    /// Whether the best of some readings as a postcode explains the audio about as well as the free reading.
    fn is_explained(&self, free: &Sentence, readings: &[Sentence]) -> bool {
        readings.first().filter(|best| best.is_ended()).is_some_and(|best| {
            let signs = codes::signs_said(&self.tokenizer.decode(&best.tokens)) as f32;
            free.log_prob() - POSTCODE_SLACK_PER_SIGN * signs < best.score()
        })
    }

    /// The readings as a number, best first, or nothing when the free reading explains the audio much better.
    fn number(&self, free: &[Sentence], mut readings: Vec<Sentence>) -> Option<Transcript> {
        let on_record: Vec<String> =
            self.question.expectation.context.references.iter().map(|text| digits_of(text)).collect();
        // Of a long number only the end may have been asked for.
        let is_end = |said: &str| match self.question.expectation.context.awaited {
            Awaited::Digits(count) => count.min == count.max && usize::from(count.max) == said.len(),
            _ => false,
        };
        let is_known = |said: &str| on_record.iter().any(|code| code == said || (is_end(said) && code.ends_with(said)));
        for reading in &mut readings {
            let said = digits_said(&self.tokenizer.decode(&reading.tokens));
            if said.is_some_and(|said| is_known(&said)) {
                reading.bonus += REFERENCE_BONUS;
            }
        }
        readings.sort_by(|left, right| right.score().total_cmp(&left.score()));
        let best = readings.first().filter(|best| best.is_ended())?;
        let digits = digits_said(&self.tokenizer.decode(&best.tokens))?.len();
        let slack = NUMBER_SLACK_PER_DIGIT * digits as f32;
        let is_explained = free[0].log_prob() - slack < best.score();
        is_explained.then(|| self.transcript(&readings))
    }

    /// Readings that say the same are one hypothesis; the better one stands for both.
    fn transcript(&self, sentences: &[Sentence]) -> Transcript {
        let mut hypotheses: Vec<Hypothesis> = Vec::new();
        for sentence in sentences {
            let found = hypothesis(self.tokenizer, sentence);
            let is_new = hypotheses.iter().all(|held| spoken(&held.text) != spoken(&found.text));
            if is_new && !found.words.is_empty() && hypotheses.len() < HYPOTHESES_MAX {
                hypotheses.push(found);
            }
        }
        Transcript::of(hypotheses)
    }
}

fn spoken(text: &str) -> String {
    text.chars().filter(|letter| letter.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

fn digits_of(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}

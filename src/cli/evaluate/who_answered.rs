//! Who picked up: recordings of how calls are answered, heard by our own ear and met by the dialogue's own rules.
//!
//! Each opening is one call of the shop: the agent speaks at once, as it does on a line, and goes on until the call
//! ends. In doubt it is a person who answered: what counts is what the call's record says in the end.

use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc;
use std::time::Duration;

use doorstep::adapters::inference::InferencePool;
use doorstep::adapters::speech_to_text::embedded::EmbeddedRecogniser;
use doorstep::adapters::voice_activity::SileroJudge;
use doorstep::app::sayings;
use doorstep::config::Settings;
use doorstep::domain::audio::{FRAME_MS, VoiceChange, resample_clip};
use doorstep::domain::call::CallEvent;
use doorstep::domain::hearing::Transcript;
use doorstep::domain::values::{CallId, CallTime, SegmentId};
use doorstep::ports::speech_to_text::{ReadingPurpose, SpeechToText as _};
use doorstep::ports::voice_activity::VoiceJudge as _;
use doorstep::rehearsal::{CallerFile, House, Rehearsed, rehearse_sound};
use doorstep::runtime::caller_ear::CallerEar;

use super::{Report, files, unusable};
use crate::cli::Failure;
use crate::cli::simulate::house;

/// The wire's rate.
const RATE_HZ: u32 = 8_000;
const READER_RATE_HZ: u32 = 16_000;
const FRAME: usize = 160;
/// Silence behind a recording: the line stays open, and voices in it end.
const TAIL_MS: usize = 4_000;
/// A reading that takes longer will never come.
const READING_TIMEOUT: Duration = Duration::from_secs(20);
/// A sample beyond this is sound.
const SOUND_MIN: u16 = 8;

/// The call that every opening answers.
const CALL: &str = r#"
persona = "whoever picks up"
goal = "to be met as what they are"
order = "KH-452610"
scenario = "delayed"
answers = []
[expect]
disposition = ""
"#;

/// What stands for what in file names, and how the record of the call names it.
const KINDS: &[(&str, &[&str])] = &[
    ("person", &["ANSWERED_HUMAN"]),
    ("voicemail", &["VOICEMAIL_LEFT", "VOICEMAIL_NO_MESSAGE"]),
    ("screener", &["ANSWERED_SCREENER"]),
    ("menu", &["IVR"]),
    ("fax", &["FAX_OR_MODEM"]),
    ("announcement", &["NOT_IN_SERVICE"]),
    ("full", &["MAILBOX_FULL"]),
];

/// What is counted beside right and wrong.
#[derive(Clone, Copy, Debug, Default, serde::Serialize)]
pub struct Answerers {
    people: usize,
    people_taken_for_machines: usize,
    machines: usize,
    /// Taken for a machine, be it for another kind.
    machines_found: usize,
    /// From a person's first word heard to its end to our next word; zero where we were speaking. Milliseconds.
    people_waited_p95_ms: u64,
    /// Mailboxes to which a message was left before their greeting had ended.
    messages_too_early: usize,
}

/// An opening as our ear heard it.
struct Opening {
    /// At the recogniser's rate.
    samples: Vec<i16>,
    facts: Vec<(CallTime, CallEvent)>,
    first_pause: Option<CallTime>,
    last_voice: Option<CallTime>,
}

/// What hears.
struct Ears {
    recogniser: EmbeddedRecogniser,
    judge: SileroJudge,
}

pub(super) fn who_answered(settings: &Settings, path: &Path) -> Result<Report, Failure> {
    let house = house(settings)?;
    let ears = Ears::load(settings)?;
    let file = CallerFile::parse(CALL).map_err(|error| Failure::Unusable(error.to_string()))?;
    let mut tally = Tally::default();
    for recording in files(path, "wav")? {
        let name = recording.file_stem().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
        let Some(kind) = KINDS.iter().find(|(kind, _)| name.split('_').next() == Some(*kind)) else { continue };
        let opening = ears.hear(&recording)?;
        let call = ears.meet(&opening, &file, &house).map_err(|error| unusable(&recording, &error))?;
        tally.note(kind, &name, &opening, &call);
    }
    Ok(tally.report())
}

/// What came of all openings so far.
#[derive(Default)]
struct Tally {
    report: Report,
    answerers: Answerers,
    waits: Vec<u64>,
}

impl Tally {
    fn report(self) -> Report {
        let Self { mut report, mut answerers, mut waits } = self;
        waits.sort_unstable();
        let p95 = waits.get(waits.len() * 95 / 100).or(waits.last());
        answerers.people_waited_p95_ms = p95.copied().unwrap_or_default();
        report.rate = if report.n == 0 { 0.0 } else { report.correct as f64 / report.n as f64 };
        report.answerers = Some(answerers);
        report
    }

    fn note(&mut self, (kind, connections): &(&str, &[&str]), name: &str, opening: &Opening, call: &Rehearsed) {
        let Self { report, answerers, waits } = self;
        let is_person = *kind == "person";
        let is_met_as_person = call.connection == "ANSWERED_HUMAN";
        report.n += 1;
        if is_person {
            answerers.people += 1;
            answerers.people_taken_for_machines += usize::from(!is_met_as_person);
            waits.extend(waited(opening, call));
        } else {
            answerers.machines += 1;
            answerers.machines_found += usize::from(!is_met_as_person);
            answerers.messages_too_early += usize::from(is_too_early(opening, call));
        }
        if connections.contains(&call.connection.as_str()) {
            report.correct += 1;
            return;
        }
        // A machine that is talked to costs a minute; a person who is not is lost.
        let is_safe = !is_person;
        report.safe_misses += usize::from(is_safe);
        report.unsafe_misses += usize::from(!is_safe);
        let met_as = KINDS.iter().find(|(_, connections)| connections.contains(&call.connection.as_str()));
        let met_as = met_as.map_or(call.connection.as_str(), |(kind, _)| kind);
        *report.confusions.entry(format!("{kind}>{met_as}")).or_default() += 1;
        let heard = call.lines.iter().filter(|line| line.who == "caller").map(|line| line.text.as_str());
        report.misses.push(format!(
            "{} {name}: met as {met_as}; heard {:?}",
            if is_safe { "safe" } else { "unsafe" },
            heard.collect::<Vec<_>>().join(" / ")
        ));
    }
}

/// How long somebody who said a first word waited for ours.
fn waited(opening: &Opening, call: &Rehearsed) -> Option<u64> {
    let paused = opening.first_pause?.as_ms();
    let ours: Vec<_> = call.lines.iter().filter(|line| line.who != "caller").collect();
    let next = ours.iter().find(|line| paused <= line.at_ms)?;
    let before = ours.iter().rfind(|line| line.at_ms < paused);
    // The sentence that was being said went on over the word.
    let speaks_on = before.is_some_and(|line| paused < line.at_ms + line.text.chars().count() as u64 * LETTER_MS);
    Some(if speaks_on { 0 } else { next.at_ms - paused })
}

/// A letter of the agent's speech takes so long.
const LETTER_MS: u64 = 62;

fn is_too_early(opening: &Opening, call: &Rehearsed) -> bool {
    let message = call.lines.iter().find(|line| line.who == "voicemail_message");
    message.zip(opening.last_voice).is_some_and(|(message, last_voice)| message.at_ms < last_voice.as_ms())
}

impl Ears {
    fn load(settings: &Settings) -> Result<Self, Failure> {
        let missing = |error: &dyn std::fmt::Display| {
            Failure::Unusable(format!("{error}; fetch the models with `scripts/setup.sh models`, or set models.dir"))
        };
        let pool = Arc::new(InferencePool::new(1));
        let recogniser = EmbeddedRecogniser::load(&settings.models.dir, pool, 1).map_err(|error| missing(&error))?;
        let recogniser = recogniser.knowing(sayings(&settings.prompts.dir)?.iter().map(String::as_str));
        let judge = SileroJudge::load(&settings.models.dir).map_err(|error| missing(&error))?;
        Ok(Self { recogniser, judge })
    }

    /// What our ear makes of a recording, frame by frame.
    fn hear(&self, recording: &Path) -> Result<Opening, Failure> {
        let unusable = |error: &dyn std::fmt::Display| unusable(recording, error);
        let mut reader = hound::WavReader::open(recording).map_err(|error| unusable(&error))?;
        let (rate_hz, channels) = (reader.spec().sample_rate, usize::from(reader.spec().channels));
        let samples = reader.samples::<i16>().collect::<Result<Vec<_>, _>>().map_err(|error| unusable(&error))?;
        let left: Vec<i16> = samples.into_iter().step_by(channels.max(1)).collect();
        let mut samples = if rate_hz == RATE_HZ {
            left
        } else {
            resample_clip(&left, rate_hz, RATE_HZ).map_err(|error| unusable(&error))?
        };
        samples.extend(std::iter::repeat_n(0, TAIL_MS * FRAME / FRAME_MS as usize));
        let stream = self.recogniser.open(CallId::new(uuid::Uuid::nil()), Arc::new(|_| ()));
        let stream = stream.map_err(|error| unusable(&error))?;
        let mut ear = CallerEar::new(RATE_HZ, self.judge.open(), stream).map_err(|error| unusable(&error))?;
        ear.listen_for_tones(RATE_HZ);
        let mut opening = Opening { samples: Vec::new(), facts: Vec::new(), first_pause: None, last_voice: None };
        let mut has_sound = false;
        for (number, frame) in (1_u64..).zip(samples.chunks_exact(FRAME)) {
            let now = CallTime::from_ms(number * FRAME_MS);
            if !has_sound && frame.iter().any(|sample| SOUND_MIN < sample.unsigned_abs()) {
                has_sound = true;
                opening.facts.push((now, CallEvent::SoundHeard));
            }
            ear.push(now, frame, |_, heard| opening.take(now, heard.voice, heard.tone));
        }
        opening.samples = resample_clip(&samples, RATE_HZ, READER_RATE_HZ).map_err(|error| unusable(&error))?;
        Ok(opening)
    }

    /// The call that the opening answers, to its end.
    fn meet(&self, opening: &Opening, file: &CallerFile, house: &House) -> Result<Rehearsed, String> {
        let mut fault = None;
        let mut read = |from: CallTime, to: CallTime| {
            self.read(opening, from, to).unwrap_or_else(|error| {
                fault.get_or_insert(error);
                Transcript::default()
            })
        };
        let mut call =
            rehearse_sound(file, house, opening.facts.clone(), &mut read).map_err(|error| error.to_string())?;
        call.lines.sort_by_key(|line| line.at_ms);
        fault.map_or(Ok(call), Err)
    }

    fn read(&self, opening: &Opening, from: CallTime, to: CallTime) -> Result<Transcript, String> {
        let place = |at: CallTime| (at.as_ms() * u64::from(READER_RATE_HZ) / 1_000) as usize;
        let end = place(to).min(opening.samples.len());
        let samples = &opening.samples[place(from).min(end)..end];
        let (sender, readings) = mpsc::channel();
        let sink = Arc::new(move |reading| drop(sender.send(reading)));
        let mut stream =
            self.recogniser.open(CallId::new(uuid::Uuid::nil()), sink).map_err(|error| error.to_string())?;
        let segment = SegmentId::default().next();
        stream.begin_segment(segment, Duration::ZERO);
        samples.chunks(READER_RATE_HZ as usize / 50).for_each(|frame| stream.push(frame));
        stream.transcribe(segment, 0, ReadingPurpose::Final);
        let reading = readings.recv_timeout(READING_TIMEOUT).map_err(|_| "a reading did not come".to_owned())?;
        reading.result.map_err(|error| error.to_string())
    }
}

impl Opening {
    fn take(&mut self, now: CallTime, voice: Option<VoiceChange>, tone: Option<doorstep::domain::audio::Tone>) {
        match voice {
            Some(VoiceChange::Started { at }) => self.facts.push((now, CallEvent::VoiceStarted { at })),
            Some(VoiceChange::Stopped { at }) => {
                self.first_pause.get_or_insert(at);
                self.last_voice = Some(at);
                self.facts.push((now, CallEvent::VoiceStopped { at }));
            }
            None => (),
        }
        self.facts.extend(tone.map(|tone| (now, CallEvent::ToneHeard { tone })));
    }
}

//! Spoken phrases, ready at the rate of the wire: from memory, from disk, from the voice, or from the spare one.

mod clip_file;
mod disk;
mod flights;

use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use crate::domain::audio::resample_clip;
use crate::domain::speech::RecentlyUsed;
use crate::domain::values::CallId;
use crate::ports::text_to_speech::{
    SpeakingRate, SpeechContextId, SpeechEvent, SpeechRequest, SpeechSink, TextToSpeech, TextToSpeechError, Urgency,
};

use disk::{PhraseDisk, PhraseDiskThread};
use flights::{Boarding, Flights, Start};

/// What a clip weighs beside its samples.
const CLIP_OVERHEAD_BYTES: usize = 256;
/// Samples of one phrase: two minutes at 24 kHz. More is a fault of the voice.
const SAMPLES_MAX: usize = 24_000 * 120;

/// Something to say.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Phrase {
    pub text: String,
    pub rate: SpeakingRate,
    /// The rate of the wire: 8000 or 16000.
    pub sample_rate_hz: u32,
    /// Holds a name, an address or anything else about a person: kept in memory only.
    pub is_personal: bool,
}

/// A spoken phrase.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clip {
    pub sample_rate_hz: u32,
    pub samples: Arc<[i16]>,
    /// Where each word begins, in milliseconds; empty if the voice does not tell.
    pub word_times: Vec<(String, u32)>,
}

impl Clip {
    fn weight(&self) -> usize {
        let words: usize = self.word_times.iter().map(|(word, _)| word.len() + 32).sum();
        CLIP_OVERHEAD_BYTES + 2 * self.samples.len() + words
    }
}

/// Where a clip goes. Must not block; called once.
pub type ClipSink = Arc<dyn Fn(Result<Arc<Clip>, TextToSpeechError>) + Send + Sync>;

/// The phrases of one voice. It numbers that voice's syntheses: nobody else may ask the same voice to speak.
pub struct PhraseCache {
    speaker: Arc<Speaker>,
    disk: Option<PhraseDiskThread>,
}

impl PhraseCache {
    /// A cache in front of `voice`.
    ///
    /// Shape: at most `memory_bytes_max` of clips in memory, the least recently used forgotten; in the folder `disk`,
    /// if one is given, the phrases that are not personal, for the next start. A folder that cannot be made or written
    /// costs a warning and leaves the cache without disk.
    pub fn new(voice: Arc<dyn TextToSpeech>, disk: Option<PathBuf>, memory_bytes_max: usize) -> Self {
        Self::with_spare(voice, None, disk, memory_bytes_max)
    }

    /// The same with a voice that says what the first one fails to say. Its clips are kept in memory alone, so that
    /// the first voice is heard again once it works.
    pub fn with_spare(
        voice: Arc<dyn TextToSpeech>,
        spare: Option<Arc<dyn TextToSpeech>>,
        disk: Option<PathBuf>,
        memory_bytes_max: usize,
    ) -> Self {
        let (disk, jobs) = disk.and_then(|folder| PhraseDisk::open(folder, voice.version())).unzip();
        let shared = Arc::new(Shared {
            memory: Mutex::new(RecentlyUsed::new(memory_bytes_max)),
            flights: Mutex::new(Flights::default()),
            disk,
        });
        let speaker = Arc::new(Speaker { voice, spare, shared });
        let disk = jobs.map(|jobs| jobs.start(Arc::clone(&speaker)));
        Self { speaker, disk }
    }

    /// The clip, if it is in memory. Never waits for disk or voice.
    pub fn get(&self, phrase: &Phrase) -> Option<Arc<Clip>> {
        self.speaker.shared.recall(phrase)
    }

    /// Has the clip ready for later.
    pub fn prepare(&self, phrase: Phrase, urgency: Urgency, call: Option<CallId>) {
        let nobody_waits: ClipSink = Arc::new(|_| ());
        self.request(phrase, urgency, call, &nobody_waits);
    }

    /// Obtains the clip and hands it to `ready`: at once if it is in memory, else from a thread of disk or voice.
    ///
    /// Equal phrases under way are joined; a more urgent request hurries them.
    /// Errors, through `ready`: those of the voice; [`TextToSpeechError::Overloaded`] when too much is under way.
    pub fn request(&self, phrase: Phrase, urgency: Urgency, call: Option<CallId>, ready: &ClipSink) {
        let shared = &self.speaker.shared;
        if let Some(clip) = shared.recall(&phrase) {
            return ready(Ok(clip));
        }
        let boarding = lock(&shared.flights).board(&phrase, urgency, call, ready);
        match boarding {
            Boarding::Joined => (),
            Boarding::Refused => ready(Err(TextToSpeechError::Overloaded)),
            Boarding::Hurried => self.speaker.speak(phrase),
            Boarding::First => {
                let is_reading = shared.disk.as_ref().is_some_and(|disk| disk.read(&phrase));
                if !is_reading {
                    self.speaker.speak(phrase);
                }
            }
        }
    }
}

impl Drop for PhraseCache {
    fn drop(&mut self) {
        if let (Some(thread), Some(disk)) = (self.disk.take(), &self.speaker.shared.disk) {
            disk.stop(thread);
        }
    }
}

/// What callers, disk and voice share. Holds no voice: the voice's own threads may be the last to let go of it.
struct Shared {
    memory: Mutex<RecentlyUsed<Phrase, Arc<Clip>>>,
    flights: Mutex<Flights>,
    disk: Option<PhraseDisk>,
}

impl Shared {
    fn recall(&self, phrase: &Phrase) -> Option<Arc<Clip>> {
        let clip = lock(&self.memory).get(phrase).cloned();
        if clip.is_some() {
            metrics::counter!("doorstep_phrase_cache_total", "from" => "memory").increment(1);
        }
        clip
    }

    /// Keeps a clip that came from the disk and hands it to everyone who waits.
    fn land_from_disk(&self, phrase: &Phrase, clip: &Arc<Clip>) {
        metrics::counter!("doorstep_phrase_cache_total", "from" => "disk").increment(1);
        self.keep(phrase, clip);
        let waiting = lock(&self.flights).land(phrase);
        waiting.iter().for_each(|ready| ready(Ok(Arc::clone(clip))));
    }

    /// Ends one synthesis: a clip goes to everyone who waits, an error only when no other synthesis is left to hope for.
    fn land_from_voice(
        &self,
        phrase: &Phrase,
        context: SpeechContextId,
        result: &Result<Arc<Clip>, TextToSpeechError>,
        keeping: Keeping,
    ) {
        let Some(waiting) = lock(&self.flights).land_synthesis(phrase, context, result.is_ok()) else { return };
        if let Ok(clip) = result {
            self.keep(phrase, clip);
            let may_be_written = keeping == Keeping::MemoryAndDisk && !phrase.is_personal;
            if let (true, Some(disk)) = (may_be_written, &self.disk) {
                disk.write(phrase, clip);
            }
        }
        waiting.iter().for_each(|ready| ready(result.clone()));
    }

    fn keep(&self, phrase: &Phrase, clip: &Arc<Clip>) {
        lock(&self.memory).insert(phrase.clone(), Arc::clone(clip), clip.weight() + phrase.text.len());
    }
}

/// The voices, and where their clips go.
struct Speaker {
    voice: Arc<dyn TextToSpeech>,
    spare: Option<Arc<dyn TextToSpeech>>,
    shared: Arc<Shared>,
}

impl Speaker {
    fn speak(&self, phrase: Phrase) {
        let Some(Start { context, urgency, call }) = lock(&self.shared.flights).start(&phrase) else { return };
        metrics::counter!("doorstep_phrase_cache_total", "from" => "voice").increment(1);
        let request = SpeechRequest { context, call, text: phrase.text.clone(), rate: phrase.rate, urgency };
        let spare = self.spare.clone().map(|voice| (voice, request.clone()));
        let voice_hz = self.voice.sample_rate_hz();
        let sink = collector(Arc::clone(&self.shared), phrase, voice_hz, Keeping::MemoryAndDisk, spare);
        self.voice.speak(request, sink);
    }
}

/// What has come of one synthesis.
#[derive(Default)]
struct Collected {
    pieces: Vec<Arc<[i16]>>,
    samples: usize,
    word_times: Vec<(String, u32)>,
}

/// Where a clip is kept for those who ask later.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Keeping {
    Memory,
    MemoryAndDisk,
}

/// A voice to ask when the first one has failed, and what to ask of it.
type SpareRequest = (Arc<dyn TextToSpeech>, SpeechRequest);

/// Gathers the events of one synthesis into a clip.
fn collector(
    shared: Arc<Shared>,
    phrase: Phrase,
    voice_hz: u32,
    keeping: Keeping,
    spare: Option<SpareRequest>,
) -> SpeechSink {
    let started = Instant::now();
    let collected = Mutex::new(Collected::default());
    Arc::new(move |event| match event {
        SpeechEvent::Audio { samples, .. } => {
            let mut collected = lock(&collected);
            if collected.samples + samples.len() <= SAMPLES_MAX {
                collected.samples += samples.len();
                collected.pieces.push(samples);
            }
        }
        SpeechEvent::WordTimes { words, .. } => lock(&collected).word_times.extend(words),
        SpeechEvent::Finished { context } => {
            let collected = std::mem::take(&mut *lock(&collected));
            let clip = make_clip(collected, voice_hz, phrase.sample_rate_hz);
            metrics::histogram!("doorstep_phrase_synthesis_seconds").record(started.elapsed());
            shared.land_from_voice(&phrase, context, &clip, keeping);
        }
        SpeechEvent::Failed { context, error } => match &spare {
            Some((voice, request)) if error != TextToSpeechError::Cancelled => {
                metrics::counter!("doorstep_phrase_cache_total", "from" => "spare").increment(1);
                let (shared, phrase) = (Arc::clone(&shared), phrase.clone());
                let sink = collector(shared, phrase, voice.sample_rate_hz(), Keeping::Memory, None);
                voice.speak(request.clone(), sink);
            }
            Some(_) | None => shared.land_from_voice(&phrase, context, &Err(error), keeping),
        },
    })
}

fn make_clip(collected: Collected, voice_hz: u32, wire_hz: u32) -> Result<Arc<Clip>, TextToSpeechError> {
    let samples = match collected.pieces.as_slice() {
        // The voice already speaks at the wire's rate: its samples are shared, not copied.
        [only] if voice_hz == wire_hz => Arc::clone(only),
        pieces => resample_clip(&pieces.concat(), voice_hz, wire_hz)
            .map_err(|error| TextToSpeechError::Failed { reason: error.to_string() })?
            .into(),
    };
    Ok(Arc::new(Clip { sample_rate_hz: wire_hz, samples, word_times: collected.word_times }))
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests;

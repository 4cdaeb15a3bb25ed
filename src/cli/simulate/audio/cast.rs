//! How a caller sounds: a voice, a noise around it, a bad line; from the file, or drawn by the file's name and a seed.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use doorstep::rehearsal::Sound;
use doorstep::simulator::{Background, CallerScript, NetworkFaults, Noise, PreparedScript, Step};
use rand::rngs::SmallRng;
use rand::{RngExt as _, SeedableRng as _};

use crate::cli::Failure;

const PROGRAM: &str = "flite";
/// Men and women, American and Scottish. The robotic `kal` is not among them: nobody speaks like it.
const VOICES: [&str; 3] = ["slt", "rms", "awb"];
/// Slower and faster than the voice's own pace.
const STRETCHES: [f32; 3] = [0.95, 1.05, 1.15];
/// The level of speech on a telephone line, as root mean square.
const SPEECH_RMS: f64 = 2_000.0;
/// How far the noise is below speech where the file does not say.
const SNR_DB: [f32; 3] = [30.0, 25.0, 20.0];

/// One caller's sound.
#[derive(Clone, Debug)]
pub(super) struct Part {
    voice: String,
    stretch: f32,
    pub(super) background: Option<Background>,
    pub(super) faults: NetworkFaults,
    /// For the report: `slt, street 20 dB, 1.0 % lost`.
    pub(super) described: String,
}

/// Draws what the file leaves open. Equal names and seeds give equal sound.
///
/// Errors: the file names a noise that does not exist, or a recording of `noises` cannot be used.
pub(super) fn part(sound: &Sound, name: &str, seed: u64, noises: &[PathBuf]) -> Result<Part, Failure> {
    let hash = name.bytes().fold(seed, |hash, byte| hash.wrapping_mul(1_099_511_628_211) ^ u64::from(byte));
    let mut chance = SmallRng::seed_from_u64(hash);
    let drawn_voice = *pick(&VOICES, &mut chance);
    let stretch = *pick(&STRETCHES, &mut chance);
    let snr_db = sound.snr_db.unwrap_or(*pick(&SNR_DB, &mut chance));
    // A third of all callers are in a quiet place.
    let drawn = *pick(&Noise::ALL, &mut chance);
    let is_quiet = chance.random_range(0..3) == 0;
    let recorded = (!noises.is_empty()).then(|| pick(noises, &mut chance));
    let noise = match sound.noise.as_deref() {
        None => (!is_quiet).then_some(drawn),
        Some("none") => None,
        Some(named) => Some(noise_named(named)?),
    };
    let background = match (noise, recorded) {
        (None, _) => None,
        (Some(_), Some(path)) => Some(Background::recorded(path, snr_db).map_err(Failure::Unusable)?),
        (Some(noise), None) => Some(Background::made(noise, snr_db, hash)),
    };
    let loss = sound.loss.unwrap_or(*pick(&[0.0, 0.0, 0.005, 0.01], &mut chance));
    let jitter_ms_max = sound.jitter_ms.unwrap_or(*pick(&[0, 20, 40], &mut chance));
    let around = match (noise, recorded) {
        (None, _) => "quiet".to_owned(),
        (Some(_), Some(path)) => format!("{} {snr_db:.0} dB", file_name(path)),
        (Some(noise), None) => format!("{noise:?} {snr_db:.0} dB").to_lowercase(),
    };
    let voice = sound.voice.clone().unwrap_or_else(|| drawn_voice.to_owned());
    let described = format!("{voice}, {around}, {:.1} % lost, {jitter_ms_max} ms jitter", loss * 100.0);
    let faults = NetworkFaults { loss, jitter_ms_max, ..NetworkFaults::default() };
    Ok(Part { voice, stretch, background, faults, described })
}

fn pick<'a, T>(choices: &'a [T], chance: &mut SmallRng) -> &'a T {
    &choices[chance.random_range(0..choices.len())]
}

fn noise_named(name: &str) -> Result<Noise, Failure> {
    let is_it = |noise: &Noise| format!("{noise:?}").to_lowercase() == name;
    Noise::ALL.into_iter().find(is_it).ok_or_else(|| {
        Failure::Unusable(format!("sound.noise: there is no `{name}`; write hiss, street, car, fan, crowd or none"))
    })
}

fn file_name(path: &Path) -> String {
    path.file_stem().map_or_else(String::new, |name| name.to_string_lossy().into_owned())
}

/// A folder that vanishes with its value, readable by this user alone.
pub(super) struct Folder(PathBuf);

impl Folder {
    /// Errors: there is no room for temporary files.
    pub(super) fn new() -> Result<Self, Failure> {
        let path = std::env::temp_dir().join(format!("doorstep-simulate-{}", uuid::Uuid::now_v7()));
        let made = std::fs::DirBuilder::new().mode(0o700).create(&path);
        made.map_err(|error| Failure::Unusable(format!("{}: {error}", path.display())))?;
        Ok(Self(path))
    }

    pub(super) fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        drop(std::fs::remove_dir_all(&self.0));
    }
}

/// Everything a caller may say, spoken before the call: words to steps.
pub(super) type Lines = BTreeMap<String, PreparedScript>;

/// Has a caller's lines spoken.
///
/// Errors: the synthesiser is not installed, or fails.
pub(super) fn spoken(part: &Part, lines: impl IntoIterator<Item = String>, folder: &Path) -> Result<Lines, Failure> {
    let mut spoken = Lines::new();
    for line in lines {
        if let Entry::Vacant(unspoken) = spoken.entry(line) {
            let step = speak(part, unspoken.key(), folder)?;
            let prepared = CallerScript::new(vec![step]).prepare();
            unspoken.insert(prepared.map_err(Failure::Unusable)?);
        }
    }
    Ok(spoken)
}

fn speak(part: &Part, words: &str, folder: &Path) -> Result<Step, Failure> {
    let output = folder.join("line.wav");
    let status = Command::new(PROGRAM)
        .args(["-voice", &part.voice, "--setf", &format!("duration_stretch={:.2}", part.stretch), "-t", words, "-o"])
        .arg(&output)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .map_err(|error| Failure::Unusable(format!("{PROGRAM}: {error}; install the Debian package flite")))?;
    let broken = |error: &dyn std::fmt::Display| Failure::Unusable(format!("{PROGRAM} -voice {}: {error}", part.voice));
    if !status.success() {
        return Err(broken(&status));
    }
    let mut reader = hound::WavReader::open(&output).map_err(|error| broken(&error))?;
    let sample_rate_hz = reader.spec().sample_rate;
    let samples: Vec<i16> = reader.samples::<i16>().collect::<Result<_, _>>().map_err(|error| broken(&error))?;
    Ok(Step::Say { samples: levelled(&samples), sample_rate_hz })
}

/// All voices equally loud.
fn levelled(samples: &[i16]) -> Vec<i16> {
    let power = samples.iter().map(|sample| f64::from(*sample).powi(2)).sum::<f64>() / samples.len().max(1) as f64;
    let gain = if power > 0.0 { SPEECH_RMS / power.sqrt() } else { 1.0 };
    samples.iter().map(|sample| (f64::from(*sample) * gain) as i16).collect()
}

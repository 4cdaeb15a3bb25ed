//! One clip as a file: a line of JSON that says what it is, then the samples.

use std::io::{BufRead, Read, Write};
use std::path::Path;
use std::sync::Arc;

use aws_lc_rs::digest::{SHA256, digest};

use super::{Clip, Phrase};

/// The largest file that is read back: a minute at 16 kHz.
const FILE_BYTES_MAX: u64 = 2_000_000;

#[derive(serde::Serialize, serde::Deserialize)]
struct Header {
    key: String,
    sample_rate_hz: u32,
    samples_sha256: String,
    word_times: Vec<(String, u32)>,
}

/// What tells one clip of all voices, rates and texts from every other.
pub(super) fn key(voice_version: &str, phrase: &Phrase) -> String {
    format!("{voice_version}|{}|{}|{}", phrase.rate.0, phrase.sample_rate_hz, phrase.text)
}

/// The file of a key.
pub(super) fn file_name(key: &str) -> String {
    format!("{}.clip", sha256(key.as_bytes()))
}

/// The clip in a file; none if there is no such file, or it is damaged, or of another phrase.
pub(super) fn read(path: &Path, key: &str) -> Option<Clip> {
    let file = std::fs::File::open(path).ok()?;
    let mut file = std::io::BufReader::new(file.take(FILE_BYTES_MAX));
    let mut line = Vec::new();
    file.read_until(b'\n', &mut line).ok()?;
    let header: Header = serde_json::from_slice(&line).ok()?;
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes).ok()?;
    if header.key != key || header.samples_sha256 != sha256(&bytes) {
        return None;
    }
    let samples: Arc<[i16]> = bytes.chunks_exact(2).map(|pair| i16::from_le_bytes([pair[0], pair[1]])).collect();
    Some(Clip { sample_rate_hz: header.sample_rate_hz, samples, word_times: header.word_times })
}

/// Writes a clip so that the file is either whole or not there; gives its size.
pub(super) fn write(path: &Path, key: &str, clip: &Clip) -> std::io::Result<u64> {
    let bytes: Vec<u8> = clip.samples.iter().flat_map(|sample| sample.to_le_bytes()).collect();
    let header = Header {
        key: key.to_owned(),
        sample_rate_hz: clip.sample_rate_hz,
        samples_sha256: sha256(&bytes),
        word_times: clip.word_times.clone(),
    };
    let mut content = serde_json::to_vec(&header)?;
    content.push(b'\n');
    content.extend(bytes);
    let unfinished = path.with_extension("unfinished");
    let mut file = std::fs::File::create(&unfinished)?;
    file.write_all(&content)?;
    file.sync_all()?;
    std::fs::rename(&unfinished, path)?;
    Ok(content.len() as u64)
}

fn sha256(bytes: &[u8]) -> String {
    digest(&SHA256, bytes).as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}

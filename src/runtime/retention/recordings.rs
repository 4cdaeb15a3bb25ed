//! The folder of recordings, as retention sees it: files named by their call.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use crate::domain::retention::{Cutoffs, RecordedCall};
use crate::domain::values::CallId;

/// Recordings looked up in the store together.
const BATCH: usize = 500;

/// A recording on this machine.
pub struct RecordingFile {
    pub call: CallId,
    path: PathBuf,
    written_at: Timestamp,
}

/// The calls of a batch that the store knows, and when they ended.
pub type KnownCalls = BTreeMap<CallId, Option<Timestamp>>;

pub struct Recordings {
    folder: PathBuf,
}

impl Recordings {
    pub fn new(folder: PathBuf) -> Self {
        Self { folder }
    }

    /// All recordings, in batches, by call. A folder that is not there has none.
    pub async fn list(&self) -> Vec<Vec<RecordingFile>> {
        let folder = self.folder.clone();
        let mut files = tokio::task::spawn_blocking(move || read_folder(&folder)).await.unwrap_or_default();
        let mut batches = Vec::new();
        while !files.is_empty() {
            let rest = files.split_off(files.len().min(BATCH));
            batches.push(std::mem::replace(&mut files, rest));
        }
        batches
    }

    /// Deletes those of a batch that are due; returns how many.
    pub async fn delete_due(&self, batch: &[RecordingFile], known: &KnownCalls, cutoffs: &Cutoffs) -> u64 {
        let mut deleted = 0;
        for file in batch {
            let call = match known.get(&file.call) {
                None => RecordedCall::Unknown,
                Some(None) => RecordedCall::InProgress,
                Some(Some(ended_at)) => RecordedCall::Ended(*ended_at),
            };
            if cutoffs.is_recording_due(call, file.written_at) {
                deleted += u64::from(delete(&file.path).await);
            }
        }
        deleted
    }

    /// Deletes the recordings of these calls, as far as they are on this machine; returns how many were.
    pub async fn delete(&self, calls: &[CallId]) -> u64 {
        let mut deleted = 0;
        for call in calls {
            deleted += u64::from(delete(&self.folder.join(format!("{call}.wav"))).await);
        }
        deleted
    }
}

/// Whether there was a file and now is none.
async fn delete(path: &Path) -> bool {
    match tokio::fs::remove_file(path).await {
        Ok(()) => true,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => false,
        Err(error) => {
            tracing::error!(%error, "a recording could not be deleted; check the rights on recordings.dir");
            false
        }
    }
}

fn read_folder(folder: &Path) -> Vec<RecordingFile> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let mut files: Vec<RecordingFile> = entries.filter_map(|entry| recording(&entry.ok()?)).collect();
    files.sort_unstable_by_key(|file| file.call);
    files
}

/// The recording that an entry is; none for anything else.
fn recording(entry: &std::fs::DirEntry) -> Option<RecordingFile> {
    let path = entry.path();
    if path.extension()? != "wav" {
        return None;
    }
    let call = path.file_stem()?.to_str()?.parse().ok()?;
    let written_at = Timestamp::try_from(entry.metadata().ok()?.modified().ok()?).ok()?;
    Some(RecordingFile { call, path, written_at })
}

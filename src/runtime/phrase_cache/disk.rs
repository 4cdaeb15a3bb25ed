//! The thread that reads and writes clips, so that no caller and no voice waits for the disk.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::JoinHandle;

use super::{Clip, Phrase, Speaker, clip_file};

/// Reads and writes that may wait. Beyond it a phrase is spoken instead of read, and a write is dropped.
const JOBS_WAITING_MAX: usize = 256;
/// What the folder may hold. Beyond it nothing more is written; emptying the folder is always safe.
const FOLDER_BYTES_MAX: u64 = 512_000_000;

enum Job {
    Read(Phrase),
    Write(Phrase, Arc<Clip>),
    Stop,
}

/// The way to the thread.
pub(super) struct PhraseDisk {
    jobs: SyncSender<Job>,
}

/// The folder, before its thread runs.
pub(super) struct PhraseFolder {
    jobs: Receiver<Job>,
    folder: PathBuf,
    voice_version: String,
    bytes: u64,
}

/// The running thread.
pub(super) struct PhraseDiskThread(JoinHandle<()>);

impl PhraseDisk {
    /// Makes the folder if it is missing and clears away what a crash left half written.
    pub(super) fn open(folder: PathBuf, voice_version: String) -> Option<(Self, PhraseFolder)> {
        match std::fs::create_dir_all(&folder).and_then(|()| tidy(&folder)) {
            Ok(bytes) => {
                let (sender, jobs) = sync_channel(JOBS_WAITING_MAX);
                Some((Self { jobs: sender }, PhraseFolder { jobs, folder, voice_version, bytes }))
            }
            Err(error) => {
                tracing::warn!(folder = %folder.display(), %error, "phrases are not kept on disk");
                None
            }
        }
    }

    /// Asks for a phrase; false if it cannot be asked for.
    pub(super) fn read(&self, phrase: &Phrase) -> bool {
        !phrase.is_personal && self.jobs.try_send(Job::Read(phrase.clone())).is_ok()
    }

    pub(super) fn write(&self, phrase: &Phrase, clip: &Arc<Clip>) {
        if self.jobs.try_send(Job::Write(phrase.clone(), Arc::clone(clip))).is_err() {
            metrics::counter!("doorstep_phrase_disk_writes_dropped_total").increment(1);
        }
    }

    /// Ends the thread after what it has to do.
    pub(super) fn stop(&self, thread: PhraseDiskThread) {
        drop(self.jobs.send(Job::Stop));
        drop(thread.0.join());
    }
}

impl PhraseFolder {
    pub(super) fn start(self, speaker: Arc<Speaker>) -> PhraseDiskThread {
        let thread = std::thread::Builder::new()
            .name("phrase-disk".to_owned())
            .spawn(move || self.serve(&speaker))
            .expect("the operating system grants threads at start");
        PhraseDiskThread(thread)
    }

    fn serve(mut self, speaker: &Speaker) {
        while let Ok(job) = self.jobs.recv() {
            match job {
                Job::Read(phrase) => match self.read(&phrase) {
                    Some(clip) => speaker.shared.land_from_disk(&phrase, &Arc::new(clip)),
                    None => speaker.speak(phrase),
                },
                Job::Write(phrase, clip) => self.write(&phrase, &clip),
                Job::Stop => return,
            }
        }
    }

    fn read(&self, phrase: &Phrase) -> Option<Clip> {
        let key = clip_file::key(&self.voice_version, phrase);
        clip_file::read(&self.folder.join(clip_file::file_name(&key)), &key)
    }

    fn write(&mut self, phrase: &Phrase, clip: &Clip) {
        if FOLDER_BYTES_MAX <= self.bytes {
            return metrics::counter!("doorstep_phrase_disk_writes_dropped_total").increment(1);
        }
        let key = clip_file::key(&self.voice_version, phrase);
        match clip_file::write(&self.folder.join(clip_file::file_name(&key)), &key, clip) {
            Ok(bytes) => self.bytes += bytes,
            Err(error) => tracing::warn!(folder = %self.folder.display(), %error, "a phrase was not written"),
        }
    }
}

/// Removes unfinished files; gives the bytes of the others.
fn tidy(folder: &Path) -> std::io::Result<u64> {
    let mut bytes = 0;
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        if entry.path().extension().is_some_and(|extension| extension == "unfinished") {
            std::fs::remove_file(entry.path())?;
        } else {
            bytes += entry.metadata()?.len();
        }
    }
    Ok(bytes)
}

use std::sync::Mutex;

use async_trait::async_trait;
use jiff::SignedDuration;
use tempfile::TempDir;

use super::*;
use crate::ports::retention::{CallEnd, SubjectCalls};
use crate::ports::store::Page;

/// A store that knows some calls and remembers what was asked of it.
#[derive(Default)]
struct Fake {
    calls: Mutex<Vec<CallEnd>>,
    with_words: Mutex<Vec<CallId>>,
    proofs: Mutex<Vec<Deletion>>,
}

#[async_trait]
impl RetentionStore for Fake {
    async fn calls_with_words(&self, _: Timestamp, count_max: u32) -> Result<Vec<CallId>, StoreError> {
        let calls = self.with_words.lock().unwrap();
        Ok(calls.iter().copied().take(count_max as usize).collect())
    }

    async fn delete_words(&self, calls: &[CallId], _: Timestamp) -> Result<DeletedCounts, StoreError> {
        self.with_words.lock().unwrap().retain(|call| !calls.contains(call));
        Ok(DeletedCounts { calls: calls.len() as u64, ..DeletedCounts::default() })
    }

    async fn calls_ended(&self, before: Timestamp, count_max: u32) -> Result<Vec<CallId>, StoreError> {
        let calls = self.calls.lock().unwrap();
        let is_due = |(_, ended_at): &&CallEnd| ended_at.is_some_and(|at| at < before);
        Ok(calls.iter().filter(is_due).take(count_max as usize).map(|(call, _)| *call).collect())
    }

    async fn delete_calls(&self, gone: &[CallId]) -> Result<DeletedCounts, StoreError> {
        self.calls.lock().unwrap().retain(|(call, _)| !gone.contains(call));
        Ok(DeletedCounts { calls: gone.len() as u64, ..DeletedCounts::default() })
    }

    async fn calls_of(&self, _: &Subject) -> Result<SubjectCalls, StoreError> {
        let calls = self.calls.lock().unwrap();
        let ended = calls.iter().filter(|(_, ended_at)| ended_at.is_some()).map(|(call, _)| *call).collect();
        let open = calls.iter().filter(|(_, ended_at)| ended_at.is_none()).count() as u64;
        Ok(SubjectCalls { ended, open })
    }

    async fn delete_orders_of(&self, _: &Subject) -> Result<u64, StoreError> {
        Ok(3)
    }

    async fn calls_between(&self, first: CallId, last: CallId) -> Result<Vec<CallEnd>, StoreError> {
        let calls = self.calls.lock().unwrap();
        Ok(calls.iter().filter(|(call, _)| (first..=last).contains(call)).copied().collect())
    }

    async fn note_deletion(&self, deletion: &Deletion) -> Result<(), StoreError> {
        self.proofs.lock().unwrap().push(deletion.clone());
        Ok(())
    }

    async fn list_deletions(&self, _: Option<&str>, _: u32) -> Result<Page<Deletion>, StoreError> {
        Ok(Page { rows: Vec::new(), next: None })
    }
}

struct Place {
    folder: TempDir,
    store: Arc<Fake>,
    now: Timestamp,
}

impl Place {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap(), store: Arc::default(), now: Timestamp::now() }
    }

    /// A call with its recording; none for one that lasts.
    fn record(&self, ended_days_ago: Option<i64>) -> CallId {
        let call = self.orphan();
        let ended_at = ended_days_ago.map(|days| self.now - SignedDuration::from_hours(days * 24));
        self.store.calls.lock().unwrap().push((call, ended_at));
        call
    }

    /// A recording without a call.
    fn orphan(&self) -> CallId {
        let call = CallId::new(uuid::Uuid::now_v7());
        std::fs::write(self.path(call), b"RIFF").unwrap();
        call
    }

    fn path(&self, call: CallId) -> PathBuf {
        self.folder.path().join(format!("{call}.wav"))
    }

    /// As it is so many days from now.
    fn retention(&self, days_later: i64) -> Retention {
        let later = self.now + SignedDuration::from_hours(days_later * 24);
        let kept = KeptDays { audio: Some(30), transcript: Some(90), metadata: Some(400) };
        Retention::new(self.store.clone(), self.folder.path().to_owned(), kept, Arc::new(move || later))
    }

    fn proofs(&self) -> Vec<(DeletedKind, u64, u64)> {
        let proofs = self.store.proofs.lock().unwrap();
        proofs.iter().map(|proof| (proof.what, proof.counts.recordings, proof.counts.calls)).collect()
    }
}

#[tokio::test]
async fn recordings_go_by_the_age_of_their_call() {
    let place = Place::new();
    let (old, young, open) = (place.record(Some(31)), place.record(Some(29)), place.record(None));
    let orphan = place.orphan();
    let other = place.folder.path().join("notes.txt");
    std::fs::write(&other, b"kept").unwrap();
    place.retention(0).sweep().await.unwrap();
    let is_there = [old, young, open, orphan].map(|call| place.path(call).exists());
    assert_eq!(is_there, [false, true, true, true]);
    assert_eq!(place.proofs(), [(DeletedKind::Audio, 1, 0)]);
    place.retention(2).sweep().await.unwrap();
    let is_there = [young, open, orphan].map(|call| place.path(call).exists());
    assert_eq!(is_there, [false, true, false], "nobody will come back for an orphan");
    assert!(other.exists());
    place.retention(2).sweep().await.unwrap();
    assert_eq!(place.proofs().len(), 2, "where nothing was deleted there is nothing to prove");
}

#[tokio::test]
async fn everything_that_is_old_goes_however_much_it_is() {
    let place = Place::new();
    let old: Vec<CallId> = (0..450).map(|_| CallId::new(uuid::Uuid::now_v7())).collect();
    place.store.with_words.lock().unwrap().extend(&old);
    let ended = place.now - SignedDuration::from_hours(401 * 24);
    place.store.calls.lock().unwrap().extend(old.iter().map(|call| (*call, Some(ended))));
    let young = place.record(Some(399));
    place.retention(0).sweep().await.unwrap();
    let left: Vec<_> = place.store.calls.lock().unwrap().iter().map(|(call, _)| *call).collect();
    assert_eq!(left, [young]);
    let expected = [(DeletedKind::Audio, 1, 0), (DeletedKind::Transcript, 0, 450), (DeletedKind::Metadata, 0, 450)];
    assert_eq!(place.proofs(), expected);
    assert_eq!(place.store.proofs.lock().unwrap()[2].before, Some(place.now - SignedDuration::from_hours(400 * 24)));
}

#[tokio::test]
async fn erasing_spares_a_call_in_progress_and_says_so() {
    let place = Place::new();
    let (ended, open) = (place.record(Some(0)), place.record(None));
    let subject = Subject::Phone("+919845012345".parse().unwrap());
    let erased = place.retention(0).erase(&subject, "privacy desk").await.unwrap();
    assert_eq!((erased.counts.recordings, erased.counts.calls, erased.counts.orders), (1, 1, 3));
    assert_eq!(erased.calls_open, 1);
    assert_eq!([ended, open].map(|call| place.path(call).exists()), [false, true]);
    let proof = place.store.proofs.lock().unwrap()[0].clone();
    assert_eq!((proof.what, proof.ordered_by.as_deref()), (DeletedKind::Erasure, Some("privacy desk")));
}

use std::sync::mpsc;

use super::*;

/// A voice that speaks when the test says so.
#[derive(Default)]
struct SlowVoice {
    asked: Mutex<Vec<(SpeechRequest, SpeechSink)>>,
}

impl SlowVoice {
    fn asked(&self) -> Vec<(u64, Urgency)> {
        lock(&self.asked).iter().map(|(request, _)| (request.context.0, request.urgency)).collect()
    }

    fn finish(&self, context: u64) {
        let context = SpeechContextId(context);
        self.send(SpeechEvent::Audio { context, samples: vec![1_000; 240].into() });
        self.send(SpeechEvent::WordTimes { context, words: vec![("hello".to_owned(), 20)] });
        self.send(SpeechEvent::Audio { context, samples: vec![1_000; 240].into() });
        self.send(SpeechEvent::Finished { context });
    }

    fn fail(&self, context: u64) {
        let error = TextToSpeechError::Failed { reason: "cough".to_owned() };
        self.send(SpeechEvent::Failed { context: SpeechContextId(context), error });
    }

    fn send(&self, event: SpeechEvent) {
        let (SpeechEvent::Audio { context, .. }
        | SpeechEvent::WordTimes { context, .. }
        | SpeechEvent::Finished { context }
        | SpeechEvent::Failed { context, .. }) = &event;
        let sink = lock(&self.asked).iter().find(|(request, _)| request.context == *context).unwrap().1.clone();
        sink(event);
    }
}

impl TextToSpeech for SlowVoice {
    fn version(&self) -> String {
        "slow-1".to_owned()
    }

    fn sample_rate_hz(&self) -> u32 {
        24_000
    }

    fn speak(&self, request: SpeechRequest, sink: SpeechSink) {
        lock(&self.asked).push((request, sink));
    }

    fn cancel(&self, _context: SpeechContextId) {}
}

/// A voice that speaks at once, at the rate of the wire.
struct PromptVoice(Arc<[i16]>);

impl TextToSpeech for PromptVoice {
    fn version(&self) -> String {
        "prompt-1".to_owned()
    }

    fn sample_rate_hz(&self) -> u32 {
        8_000
    }

    fn speak(&self, request: SpeechRequest, sink: SpeechSink) {
        sink(SpeechEvent::Audio { context: request.context, samples: Arc::clone(&self.0) });
        sink(SpeechEvent::Finished { context: request.context });
    }

    fn cancel(&self, _context: SpeechContextId) {}
}

fn phrase(text: &str) -> Phrase {
    Phrase { text: text.to_owned(), rate: SpeakingRate::NORMAL, sample_rate_hz: 8_000, is_personal: false }
}

type Outcome = Result<Arc<Clip>, TextToSpeechError>;

fn inbox() -> (ClipSink, mpsc::Receiver<Outcome>) {
    let (sender, receiver) = mpsc::channel();
    (Arc::new(move |outcome| drop(sender.send(outcome))), receiver)
}

fn prompt_cache(disk: Option<&std::path::Path>) -> PhraseCache {
    let voice = PromptVoice((0..800_i16).map(|n| n * 7).collect());
    PhraseCache::new(Arc::new(voice), disk.map(std::path::Path::to_owned), 1_000_000)
}

fn fetch(cache: &PhraseCache, phrase: Phrase) -> Arc<Clip> {
    let (ready, outcomes) = inbox();
    cache.request(phrase, Urgency::Now, None, &ready);
    outcomes.recv().unwrap().unwrap()
}

#[test]
fn a_phrase_is_spoken_once_at_the_rate_of_the_wire() {
    let voice = Arc::new(SlowVoice::default());
    let cache = PhraseCache::new(voice.clone(), None, 1_000_000);
    let (ready, outcomes) = inbox();
    assert_eq!(cache.get(&phrase("Hello.")), None);
    cache.request(phrase("Hello."), Urgency::Now, None, &ready);
    cache.request(phrase("Hello."), Urgency::Soon, None, &ready);
    assert_eq!(voice.asked(), [(1, Urgency::Now)]);
    assert!(outcomes.try_recv().is_err());
    voice.finish(1);
    let clips: Vec<_> = outcomes.try_iter().map(Result::unwrap).collect();
    assert_eq!((clips.len(), clips[0].samples.len(), clips[0].sample_rate_hz), (2, 160, 8_000));
    assert_eq!(clips[0].word_times, [("hello".to_owned(), 20)]);
    assert!(Arc::ptr_eq(&clips[0], &clips[1]) && Arc::ptr_eq(&clips[0], &cache.get(&phrase("Hello.")).unwrap()));
    cache.request(phrase("Hello."), Urgency::Now, None, &ready);
    assert_eq!((outcomes.try_iter().count(), voice.asked().len()), (1, 1));
}

#[test]
fn a_more_urgent_request_hurries_and_the_first_to_end_serves_all() {
    let voice = Arc::new(SlowVoice::default());
    let cache = PhraseCache::new(voice.clone(), None, 1_000_000);
    let (ready, outcomes) = inbox();
    cache.request(phrase("Hello."), Urgency::Ahead, None, &ready);
    cache.request(phrase("Hello."), Urgency::Now, None, &ready);
    cache.request(phrase("Hello."), Urgency::Soon, None, &ready);
    assert_eq!(voice.asked(), [(1, Urgency::Ahead), (2, Urgency::Now)]);
    voice.fail(1);
    assert!(outcomes.try_recv().is_err(), "the other synthesis may still succeed");
    voice.finish(2);
    assert_eq!(outcomes.try_iter().filter(Result::is_ok).count(), 3);
    voice.finish(1);
    assert!(outcomes.try_recv().is_err(), "a late synthesis is ignored");
}

#[test]
fn a_failure_is_told_and_not_kept() {
    let voice = Arc::new(SlowVoice::default());
    let cache = PhraseCache::new(voice.clone(), None, 1_000_000);
    let (ready, outcomes) = inbox();
    cache.request(phrase("Hello."), Urgency::Now, None, &ready);
    voice.fail(1);
    assert!(matches!(outcomes.recv().unwrap(), Err(TextToSpeechError::Failed { .. })));
    cache.request(phrase("Hello."), Urgency::Now, None, &ready);
    voice.finish(2);
    assert!(outcomes.recv().unwrap().is_ok());
}

#[test]
fn what_is_under_way_is_bounded() {
    let cache = PhraseCache::new(Arc::new(SlowVoice::default()), None, 1_000_000);
    let (ready, outcomes) = inbox();
    for n in 0..1_100 {
        cache.request(phrase(&n.to_string()), Urgency::Now, None, &ready);
    }
    assert_eq!(outcomes.try_iter().filter(|outcome| *outcome == Err(TextToSpeechError::Overloaded)).count(), 76);
    for _ in 0..1_100 {
        cache.request(phrase("0"), Urgency::Now, None, &ready);
    }
    assert_eq!(outcomes.try_iter().filter(|outcome| *outcome == Err(TextToSpeechError::Overloaded)).count(), 77);
}

#[test]
fn memory_is_bounded_and_a_matching_rate_copies_nothing() {
    let samples: Arc<[i16]> = vec![5; 4_000].into();
    let cache = PhraseCache::new(Arc::new(PromptVoice(samples.clone())), None, 20_000);
    for n in 0..10 {
        assert!(Arc::ptr_eq(&fetch(&cache, phrase(&n.to_string())).samples, &samples));
    }
    let kept: Vec<usize> = (0..10).filter(|n: &usize| cache.get(&phrase(&n.to_string())).is_some()).collect();
    assert_eq!(kept, [8, 9]);
}

#[test]
fn the_disk_outlives_the_cache_but_holds_nothing_personal() {
    let folder = tempfile::tempdir().unwrap();
    let cache = prompt_cache(Some(folder.path()));
    let spoken = fetch(&cache, phrase("Hello."));
    fetch(&cache, Phrase { is_personal: true, ..phrase("Asha Rao.") });
    drop(cache);
    let files: Vec<_> = std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert_eq!(files.len(), 1);
    let content = String::from_utf8_lossy(&std::fs::read(&files[0]).unwrap()).into_owned();
    assert!(content.contains("Hello.") && !content.contains("Asha"));

    let voice = Arc::new(SlowVoice::default());
    let other_voice = PhraseCache::new(voice.clone(), Some(folder.path().to_owned()), 1_000_000);
    let (ready, outcomes) = inbox();
    other_voice.request(phrase("Hello."), Urgency::Now, None, &ready);
    drop(other_voice);
    assert_eq!((voice.asked().len(), outcomes.try_iter().count()), (1, 0), "another voice does not take the clip");

    let silent: Arc<[i16]> = Arc::new([]);
    let again = PhraseCache::new(Arc::new(PromptVoice(silent)), Some(folder.path().to_owned()), 1_000_000);
    assert_eq!(fetch(&again, phrase("Hello.")), spoken);
}

#[test]
fn damaged_files_are_replaced_and_unfinished_ones_removed() {
    let folder = tempfile::tempdir().unwrap();
    let spoken = fetch(&prompt_cache(Some(folder.path())), phrase("Hello."));
    let path = std::fs::read_dir(folder.path()).unwrap().next().unwrap().unwrap().path();
    let whole = std::fs::read(&path).unwrap();
    let mut flipped = whole.clone();
    *flipped.last_mut().unwrap() ^= 1;
    for damaged in [&whole[..whole.len() / 2], b"", b"{}\n", &flipped] {
        std::fs::write(&path, damaged).unwrap();
        std::fs::write(path.with_extension("unfinished"), b"half").unwrap();
        assert_eq!(fetch(&prompt_cache(Some(folder.path())), phrase("Hello.")), spoken);
        assert_eq!(std::fs::read(&path).unwrap(), whole);
        assert!(!path.with_extension("unfinished").exists());
    }
}

#[test]
fn a_folder_that_cannot_be_made_costs_only_the_disk() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let cache = prompt_cache(Some(&file.path().join("phrases")));
    assert_eq!(fetch(&cache, phrase("Hello.")).samples.len(), 800);
}

#[test]
fn what_the_voice_fails_to_say_the_spare_voice_says_and_only_memory_keeps() {
    let folder = tempfile::tempdir().unwrap();
    let (voice, spare) = (Arc::new(SlowVoice::default()), Arc::new(PromptVoice(vec![7; 80].into())));
    let cache = PhraseCache::with_spare(voice.clone(), Some(spare), Some(folder.path().to_owned()), 1_000_000);
    let (ready, outcomes) = inbox();
    cache.request(phrase("Hello."), Urgency::Now, None, &ready);
    drop(ready);
    // Once the disk has been asked.
    while voice.asked().is_empty() {
        std::thread::yield_now();
    }
    voice.fail(1);
    let clip = outcomes.recv().unwrap().expect("the spare voice speaks");
    assert_eq!(clip.samples[..], [7; 80]);
    assert_eq!(cache.get(&phrase("Hello.")), Some(clip), "it is not spoken again for the next caller");
    drop(cache);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "the next start asks the voice again");
}

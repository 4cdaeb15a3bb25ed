use std::sync::Mutex;

use crate::ports::text_to_speech::{SpeakingRate, Urgency};

use super::*;

#[test]
fn answers_at_once_and_shares_its_clip() {
    let voice = FakeVoice::new();
    let events = Arc::new(Mutex::new(Vec::new()));
    for context in 0..2 {
        let heard = Arc::clone(&events);
        let request = SpeechRequest {
            context: SpeechContextId(context),
            call: None,
            text: "anything".to_owned(),
            rate: SpeakingRate::NORMAL,
            urgency: Urgency::Now,
        };
        voice.speak(request, Arc::new(move |event| heard.lock().unwrap().push(event)));
    }
    let events = events.lock().unwrap();
    let [
        SpeechEvent::Audio { samples: first, .. },
        SpeechEvent::Finished { .. },
        SpeechEvent::Audio { samples: second, .. },
        SpeechEvent::Finished { context: SpeechContextId(1) },
    ] = events.as_slice()
    else {
        panic!("{events:?}");
    };
    assert!(Arc::ptr_eq(first, second));
    assert_eq!(first.len(), 24_000);
    let peak = first.iter().map(|sample| sample.unsigned_abs()).max().unwrap();
    assert!((1_000..6_000).contains(&peak), "{peak}");
}

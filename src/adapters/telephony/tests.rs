use std::collections::BTreeSet;

use super::PROVIDERS;
use crate::ports::telephony::{MediaEvent, WireBuffer, WireKind, WireMessage};

#[test]
fn names_are_distinct_and_fit_a_route() {
    let names: BTreeSet<_> = PROVIDERS.iter().map(|provider| provider.name).collect();
    assert_eq!(names.len(), PROVIDERS.len());
    assert!(names.iter().all(|name| name.bytes().all(|byte| byte.is_ascii_lowercase())));
}

#[test]
fn no_codec_believes_or_trips_over_a_stream_that_was_not_opened() {
    let messages =
        ["", "{", "null", r#"{"event":"media","media":{"payload":"/w=="}}"#, r#"{"type":"mark","name":"a"}"#];
    for provider in PROVIDERS {
        let mut codec = (provider.media_codec)();
        for message in messages {
            let mut on_event = |event: MediaEvent<'_>| panic!("{}: believed {event:?}", provider.name);
            assert!(codec.decode(WireMessage::Text(message), &mut on_event).is_err(), "{}: {message}", provider.name);
        }
        let mut on_event = |event: MediaEvent<'_>| panic!("{}: believed {event:?}", provider.name);
        assert!(codec.decode(WireMessage::Binary(&[0; 320]), &mut on_event).is_err(), "{}", provider.name);
    }
}

#[test]
fn every_codec_gives_the_same_frame_after_a_clear_as_a_new_one() {
    for provider in PROVIDERS {
        let frame = vec![1_000; (provider.capabilities.sample_rate_hz / 50) as usize];
        let mut used = (provider.media_codec)();
        let (mut after_clear, mut fresh) = (WireBuffer::default(), WireBuffer::default());
        used.encode_audio(&frame[..7], &mut after_clear);
        used.encode_clear(&mut after_clear);
        used.encode_audio(&frame, &mut after_clear);
        (provider.media_codec)().encode_audio(&frame, &mut fresh);
        match fresh.kind {
            WireKind::Text => assert_eq!(after_clear.text, fresh.text),
            WireKind::Binary => assert_eq!(after_clear.binary, fresh.binary),
        }
    }
}

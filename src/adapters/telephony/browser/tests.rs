use super::BrowserCodec;
use crate::ports::telephony::{MediaCodec, MediaEvent, MediaFault, WireBuffer, WireKind, WireMessage};

const START: &str = r#"{"type":"start","token":"t1"}"#;

fn decode(codec: &mut BrowserCodec, message: WireMessage<'_>) -> Result<Vec<String>, MediaFault> {
    let mut facts = Vec::new();
    let mut keep = |event: MediaEvent<'_>| {
        facts.push(match event {
            MediaEvent::Opened(opened) => format!("opened {}", opened.token.as_ref().unwrap().reveal()),
            MediaEvent::Audio { media_time_ms, samples } => format!("audio {media_time_ms} {samples:?}"),
            MediaEvent::Gap { .. } => "gap".to_owned(),
            MediaEvent::Dtmf { digit } => format!("dtmf {digit}"),
            MediaEvent::MarkEchoed { name } => format!("mark {name}"),
            MediaEvent::Closed => "closed".to_owned(),
        });
    };
    codec.decode(message, &mut keep)?;
    Ok(facts)
}

fn text(codec: &mut BrowserCodec, text: &str) -> Result<Vec<String>, MediaFault> {
    decode(codec, WireMessage::Text(text))
}

fn open_codec() -> BrowserCodec {
    let mut codec = BrowserCodec::new();
    assert_eq!(text(&mut codec, START).unwrap(), ["opened t1"]);
    codec
}

#[test]
fn a_test_call_is_read() {
    let mut codec = open_codec();
    assert_eq!(decode(&mut codec, WireMessage::Binary(&[1, 0, 0xff, 0xff])).unwrap(), ["audio 0 [1, -1]"]);
    assert_eq!(text(&mut codec, r#"{"type":"dtmf","digit":"5"}"#).unwrap(), ["dtmf 5"]);
    assert_eq!(text(&mut codec, r#"{"type":"mark","name":"u1"}"#).unwrap(), ["mark u1"]);
    assert_eq!(text(&mut codec, r#"{"type":"stop"}"#).unwrap(), ["closed"]);
    assert_eq!(text(&mut codec, r#"{"type":"stop"}"#).unwrap(), [""; 0]);
    assert_eq!(decode(&mut codec, WireMessage::Binary(&[1, 0])).unwrap(), [""; 0]);
}

#[test]
fn media_time_counts_what_was_heard() {
    let mut codec = open_codec();
    for _ in 0..3 {
        decode(&mut codec, WireMessage::Binary(&[0; 640])).unwrap();
    }
    assert_eq!(decode(&mut codec, WireMessage::Binary(&[1, 0])).unwrap(), ["audio 60 [1]"]);
}

#[test]
fn what_cannot_be_used_is_named_and_the_call_goes_on() {
    let large = vec![0; 70_000];
    let mut codec = BrowserCodec::new();
    assert_eq!(decode(&mut codec, WireMessage::Binary(&[0; 640])), Err(MediaFault::WrongOrder));
    text(&mut codec, START).unwrap();
    let cases = [
        ("", MediaFault::BadShape),
        ("{}", MediaFault::BadShape),
        (r#"{"type":"start"}"#, MediaFault::BadShape),
        (START, MediaFault::WrongOrder),
        (r#"{"type":"dtmf","digit":"55"}"#, MediaFault::BadShape),
        (r#"{"type":"dtmf","digit":"x"}"#, MediaFault::BadShape),
        (r#"{"type":"mark"}"#, MediaFault::BadShape),
        (r#"{"type":"dance","x":1}"#, MediaFault::UnknownEvent),
    ];
    for (message, fault) in cases {
        assert_eq!(text(&mut codec, message), Err(fault), "{message}");
    }
    assert_eq!(decode(&mut codec, WireMessage::Binary(&[0; 3])), Err(MediaFault::BadShape));
    assert_eq!(decode(&mut codec, WireMessage::Binary(&large)), Err(MediaFault::TooLarge));
    assert_eq!(decode(&mut codec, WireMessage::Binary(&[1, 0])).unwrap(), ["audio 0 [1]"]);
}

#[test]
fn agent_audio_is_whole_frames_of_little_endian_samples() {
    let mut codec = open_codec();
    let mut out = WireBuffer::default();
    codec.encode_audio(&[258; 320], &mut out);
    assert_eq!((out.kind, out.binary.len(), &out.binary[..2]), (WireKind::Binary, 640, &[2, 1][..]));
    codec.encode_audio(&[258], &mut out);
    assert_eq!((out.binary.len(), &out.binary[..4]), (640, &[2, 1, 0, 0][..]));
}

#[test]
fn marks_and_clears_are_text() {
    let mut codec = open_codec();
    let mut out = WireBuffer::default();
    codec.encode_mark("a\"b", &mut out);
    assert_eq!((out.kind, out.text.as_str()), (WireKind::Text, r#"{"type":"mark","name":"a\"b"}"#));
    codec.encode_clear(&mut out);
    assert_eq!((out.kind, out.text.as_str()), (WireKind::Text, r#"{"type":"clear"}"#));
}

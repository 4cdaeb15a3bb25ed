use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::TwilioCodec;
use crate::ports::telephony::{MediaCodec, MediaEvent, MediaFault, WireBuffer, WireKind, WireMessage};

const CONNECTED: &str = r#"{"event":"connected","protocol":"Call","version":"1.0.0"}"#;
const START: &str = r#"{"event":"start","sequenceNumber":"1","streamSid":"MZ1","start":{"streamSid":"MZ1",
    "accountSid":"AC1","callSid":"CA1","tracks":["inbound"],
    "mediaFormat":{"encoding":"audio/x-mulaw","sampleRate":8000,"channels":1},
    "customParameters":{"session":"s","token":"one-time-secret"}}}"#;
const STOP: &str =
    r#"{"event":"stop","sequenceNumber":"900","streamSid":"MZ1","stop":{"accountSid":"AC1","callSid":"CA1"}}"#;

fn media(chunk: u64, payload: &str) -> String {
    let time = chunk * 20;
    format!(
        r#"{{"event":"media","sequenceNumber":"{chunk}","streamSid":"MZ1","media":{{"track":"inbound","chunk":"{chunk}","timestamp":"{time}","payload":"{payload}"}}}}"#
    )
}

fn silence() -> String {
    STANDARD.encode([0xff; 160])
}

fn decode(codec: &mut TwilioCodec, text: &str) -> Result<Vec<String>, MediaFault> {
    let mut facts = Vec::new();
    codec.decode(WireMessage::Text(text), &mut |event| facts.push(describe(&event)))?;
    Ok(facts)
}

fn describe(event: &MediaEvent<'_>) -> String {
    match event {
        MediaEvent::Opened(opened) => {
            let token = opened.token.as_ref().map_or("-", |token| token.reveal());
            format!("opened {} {} {} {token}", opened.account, opened.provider_call_id, opened.stream_id)
        }
        MediaEvent::Audio { media_time_ms, samples } => format!("audio {media_time_ms} {}", samples.len()),
        MediaEvent::Gap { media_time_ms, missing_ms } => format!("gap {media_time_ms} {missing_ms}"),
        MediaEvent::Dtmf { digit } => format!("dtmf {digit}"),
        MediaEvent::MarkEchoed { name } => format!("mark {name}"),
        MediaEvent::Closed => "closed".to_owned(),
    }
}

fn open_codec() -> TwilioCodec {
    let mut codec = TwilioCodec::default();
    assert_eq!(decode(&mut codec, CONNECTED).unwrap(), [""; 0]);
    assert_eq!(decode(&mut codec, START).unwrap(), ["opened AC1 CA1 MZ1 one-time-secret"]);
    codec
}

#[test]
fn a_whole_stream_is_read() {
    let mut codec = open_codec();
    assert_eq!(decode(&mut codec, &media(1, &silence())).unwrap(), ["audio 20 160"]);
    let dtmf = r#"{"event":"dtmf","streamSid":"MZ1","dtmf":{"track":"inbound_track","digit":"5"}}"#;
    assert_eq!(decode(&mut codec, dtmf).unwrap(), ["dtmf 5"]);
    let mark = r#"{"event":"mark","streamSid":"MZ1","mark":{"name":"u12.s3"}}"#;
    assert_eq!(decode(&mut codec, mark).unwrap(), ["mark u12.s3"]);
    assert_eq!(decode(&mut codec, STOP).unwrap(), ["closed"]);
}

#[test]
fn audio_is_decoded_to_linear_samples() {
    let mut codec = open_codec();
    let mut heard = Vec::new();
    let message = media(1, &STANDARD.encode([0x00, 0x80, 0xff, 0x7f]));
    let mut keep = |event: MediaEvent<'_>| {
        if let MediaEvent::Audio { samples, .. } = event {
            heard.extend_from_slice(samples);
        }
    };
    codec.decode(WireMessage::Text(&message), &mut keep).unwrap();
    assert_eq!(heard, [-32124, 32124, 0, 0]);
}

#[test]
fn payloads_are_read_leniently() {
    for (payload, samples) in
        [("//////////8=", 8), ("//////////8", 8), (r"\/\/\/\/", 3), ("/w==", 1), ("/x", 1), ("", 0)]
    {
        let facts = decode(&mut open_codec(), &media(1, payload));
        assert_eq!(facts, Ok(vec![format!("audio 20 {samples}")]), "{payload}");
    }
}

#[test]
fn numbers_may_be_numbers_and_places_may_be_missing() {
    let bare = r#"{"event":"media","media":{"payload":"/w=="}}"#;
    assert_eq!(decode(&mut open_codec(), bare).unwrap(), ["audio 0 1"]);
    let numbers = r#"{"event":"media","sequenceNumber":3,"media":{"chunk":1,"timestamp":40,"payload":"/w=="}}"#;
    assert_eq!(decode(&mut open_codec(), numbers).unwrap(), ["audio 40 1"]);
}

#[test]
fn what_cannot_be_used_is_named_and_the_stream_goes_on() {
    let too_large = media(1, &"/".repeat(70_000));
    let cases = [
        ("", MediaFault::BadShape),
        ("{", MediaFault::BadShape),
        ("[]", MediaFault::BadShape),
        ("null", MediaFault::BadShape),
        (r#"{"event":7}"#, MediaFault::BadShape),
        (r#"{"media":{"payload":"/w=="}}"#, MediaFault::BadShape),
        (r#"{"event":"media"}"#, MediaFault::BadShape),
        (r#"{"event":"media","media":null}"#, MediaFault::BadShape),
        (r#"{"event":"media","media":{}}"#, MediaFault::BadShape),
        (r#"{"event":"media","media":{"payload":7}}"#, MediaFault::BadShape),
        (r#"{"event":"media","media":{"chunk":"-1","payload":"/w=="}}"#, MediaFault::BadShape),
        (r#"{"event":"media","media":{"payload":"&&&&"}}"#, MediaFault::BadBase64),
        (r#"{"event":"media","media":{"payload":"/"}}"#, MediaFault::BadBase64),
        (r#"{"event":"media","streamSid":"MZ2","media":{"payload":"/w=="}}"#, MediaFault::WrongOrder),
        (r#"{"event":"dtmf","dtmf":{"digit":"55"}}"#, MediaFault::BadShape),
        (r#"{"event":"dtmf","dtmf":{"digit":""}}"#, MediaFault::BadShape),
        (r#"{"event":"dtmf","dtmf":{"digit":"x"}}"#, MediaFault::BadShape),
        (r#"{"event":"dtmf","dtmf":{}}"#, MediaFault::BadShape),
        (r#"{"event":"ping"}"#, MediaFault::UnknownEvent),
        (r#"{"event":""}"#, MediaFault::UnknownEvent),
        (CONNECTED, MediaFault::WrongOrder),
        (START, MediaFault::WrongOrder),
        (&too_large, MediaFault::TooLarge),
    ];
    let mut codec = open_codec();
    for (text, fault) in cases {
        assert_eq!(decode(&mut codec, text), Err(fault), "{}", &text[..text.len().min(80)]);
    }
    let nested = format!(r#"{{"event":"media","media":{}"#, "[".repeat(60_000));
    assert_eq!(decode(&mut codec, &nested), Err(MediaFault::BadShape));
    assert_eq!(codec.decode(WireMessage::Binary(&[0; 160]), &mut |_| ()), Err(MediaFault::WrongFrameKind));
    assert_eq!(decode(&mut codec, &media(1, &silence())).unwrap(), ["audio 20 160"]);
}

#[test]
fn a_mark_without_a_name_is_refused_and_never_sent() {
    let mut codec = open_codec();
    for mark in [r#"{"event":"mark"}"#, r#"{"event":"mark","mark":{}}"#, r#"{"event":"mark","mark":{"name":null}}"#] {
        assert_eq!(decode(&mut codec, mark), Err(MediaFault::BadShape), "{mark}");
    }
    let mut out = WireBuffer::default();
    codec.encode_mark("u1", &mut out);
    assert_eq!(out.text, r#"{"event":"mark","streamSid":"MZ1","mark":{"name":"u1"}}"#);
}

#[test]
fn our_own_voice_coming_back_is_dropped() {
    for track in ["outbound", "outbound_track"] {
        let echo = media(1, &silence()).replace("inbound", track);
        assert_eq!(decode(&mut open_codec(), &echo).unwrap(), [""; 0], "{track}");
    }
}

#[test]
fn an_echo_never_takes_a_caller_frame_s_place() {
    let mut codec = open_codec();
    assert_eq!(decode(&mut codec, &media(1, &silence()).replace("inbound", "outbound")).unwrap(), [""; 0]);
    assert_eq!(decode(&mut codec, &media(1, &silence())).unwrap(), ["audio 20 160"]);
}

#[test]
fn media_before_start_is_not_believed() {
    let mut codec = TwilioCodec::default();
    assert_eq!(decode(&mut codec, &media(1, &silence())), Err(MediaFault::WrongOrder));
    assert_eq!(decode(&mut codec, START).unwrap(), ["opened AC1 CA1 MZ1 one-time-secret"]);
    assert_eq!(decode(&mut codec, &media(2, &silence())).unwrap(), ["audio 40 160"]);
}

#[test]
fn what_comes_after_stop_is_dropped_in_silence() {
    let mut codec = open_codec();
    assert_eq!(decode(&mut codec, &media(1, &silence())).unwrap(), ["audio 20 160"]);
    assert_eq!(decode(&mut codec, &media(3, &silence())).unwrap(), [""; 0]);
    assert_eq!(decode(&mut codec, STOP).unwrap(), ["gap 60 20", "audio 60 160", "closed"]);
    for late in [media(4, &silence()).as_str(), STOP, START, r#"{"event":"mark","mark":{"name":"m"}}"#] {
        assert_eq!(decode(&mut codec, late).unwrap(), [""; 0]);
    }
}

#[test]
fn a_redirect_closes_the_stream_and_says_no_more_than_that() {
    assert_eq!(decode(&mut open_codec(), STOP).unwrap(), ["closed"]);
}

#[test]
fn repeated_and_reordered_frames_are_put_right() {
    let mut codec = open_codec();
    let mut facts = Vec::new();
    for chunk in [1, 3, 2, 2, 4] {
        facts.push(decode(&mut codec, &media(chunk, &silence())));
    }
    let audio = |times: &[u64]| Ok(times.iter().map(|time| format!("audio {time} 160")).collect());
    assert_eq!(facts, [audio(&[20]), audio(&[]), audio(&[40, 60]), Err(MediaFault::WrongOrder), audio(&[80])]);
}

#[test]
fn a_start_tells_who_claims_the_stream_and_binds_nothing_itself() {
    let without_token = START.replace(r#""token":"one-time-secret""#, r#""other":"x""#);
    assert_eq!(decode(&mut TwilioCodec::default(), &without_token).unwrap(), ["opened AC1 CA1 MZ1 -"]);
    let uuid_ids = START.replace("CA1", "0c7f1d34-8f5e-4d0e-9d55-5a7d2f1b6c11");
    let facts = decode(&mut TwilioCodec::default(), &uuid_ids).unwrap();
    assert_eq!(facts, ["opened AC1 0c7f1d34-8f5e-4d0e-9d55-5a7d2f1b6c11 MZ1 one-time-secret"]);
}

#[test]
fn a_start_that_cannot_be_served_opens_nothing() {
    let cases = [
        START.replace("audio/x-mulaw", "audio/x-l16"),
        START.replace("8000", "16000"),
        START.replace(r#""callSid":"CA1","#, ""),
        r#"{"event":"start","streamSid":"MZ1"}"#.to_owned(),
    ];
    for start in cases {
        let mut codec = TwilioCodec::default();
        assert_eq!(decode(&mut codec, &start), Err(MediaFault::BadShape), "{start}");
        assert_eq!(decode(&mut codec, &media(1, &silence())), Err(MediaFault::WrongOrder));
    }
}

#[test]
fn agent_audio_is_whole_frames_of_padded_base64_without_any_header() {
    let mut codec = open_codec();
    let mut out = WireBuffer::default();
    for (given, sent) in [(160, 160), (320, 320), (1, 160), (161, 320), (0, 0)] {
        codec.encode_audio(&vec![-32124; given], &mut out);
        assert_eq!(out.kind, WireKind::Text);
        let payload = payload_of(&out.text);
        assert_eq!(payload.len(), sent, "{given}");
        assert!(payload[..given].iter().all(|byte| *byte == 0x00));
        assert!(payload[given..].iter().all(|byte| *byte == 0xff));
    }
}

fn payload_of(message: &str) -> Vec<u8> {
    let value: serde_json::Value = serde_json::from_str(message).unwrap();
    assert_eq!((value["event"].as_str(), value["streamSid"].as_str()), (Some("media"), Some("MZ1")));
    STANDARD.decode(value["media"]["payload"].as_str().unwrap()).unwrap()
}

#[test]
fn a_clear_leaves_no_tail_of_cancelled_speech() {
    let mut codec = open_codec();
    let mut out = WireBuffer::default();
    codec.encode_audio(&[9_000; 100], &mut out);
    codec.encode_clear(&mut out);
    assert_eq!(out.text, r#"{"event":"clear","streamSid":"MZ1"}"#);
    codec.encode_audio(&[0; 160], &mut out);
    assert_eq!(payload_of(&out.text), [0xff; 160]);
}

#[test]
fn strange_names_are_escaped() {
    let mut codec = TwilioCodec::default();
    decode(&mut codec, &START.replace("MZ1", r#"M\"Z\\"#)).unwrap();
    let mut out = WireBuffer::default();
    codec.encode_mark("a\"b\n", &mut out);
    let value: serde_json::Value = serde_json::from_str(&out.text).unwrap();
    assert_eq!((value["streamSid"].as_str(), value["mark"]["name"].as_str()), (Some("M\"Z\\"), Some("a\"b\n")));
}

#[test]
fn frames_both_ways_reuse_their_buffers() {
    let mut codec = open_codec();
    let mut out = WireBuffer::default();
    decode(&mut codec, &media(1, &silence())).unwrap();
    codec.encode_audio(&[1; 160], &mut out);
    let places =
        |codec: &TwilioCodec, out: &WireBuffer| (codec.coded.as_ptr(), codec.samples.as_ptr(), out.text.as_ptr());
    let before = places(&codec, &out);
    for chunk in 2..200 {
        decode(&mut codec, &media(chunk, &silence())).unwrap();
        codec.encode_audio(&[1; 160], &mut out);
    }
    assert_eq!(places(&codec, &out), before);
}

#[test]
fn endless_nonsense_makes_nothing_grow() {
    let mut codec = open_codec();
    for chunk in 0..10_000_u64 {
        let scattered = chunk.wrapping_mul(0x9e37_79b9_7f4a_7c15) % 700;
        let _ = decode(&mut codec, &media(scattered, "////"));
    }
    assert!(codec.coded.capacity() <= 1_024 && codec.samples.capacity() <= 1_024);
}

#[test]
fn a_stream_in_the_other_law_is_read_and_answered_in_it() {
    let mut codec = TwilioCodec::default();
    decode(&mut codec, CONNECTED).unwrap();
    decode(&mut codec, &START.replace("audio/x-mulaw", "audio/x-alaw")).unwrap();
    let mut out = WireBuffer::default();
    codec.encode_audio(&[0; 100], &mut out);
    let value: serde_json::Value = serde_json::from_str(&out.text).unwrap();
    let coded = STANDARD.decode(value["media"]["payload"].as_str().unwrap()).unwrap();
    // Source: G.711, A-law with every second bit turned: 0xd5 is the smallest positive step.
    assert_eq!(coded, [0xd5; 160]);
    let mut heard = Vec::new();
    let message = media(1, &STANDARD.encode([0x2a; 160]));
    codec
        .decode(WireMessage::Text(&message), &mut |event| {
            if let MediaEvent::Audio { samples, .. } = event {
                heard.extend_from_slice(samples);
            }
        })
        .unwrap();
    // 0x2a is the loudest negative step, which the other law reads as a quiet one.
    assert!(heard.iter().all(|sample| *sample == -32_256), "{heard:?}");
}

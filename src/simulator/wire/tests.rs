use serde_json::{Value, json};

use super::{ServerMessage, StreamIds, StreamWriter, decode_server_message};

fn writer() -> StreamWriter {
    StreamWriter::new(StreamIds { account: "AC1".to_owned(), call: "CA1".to_owned(), stream: "MZ1".to_owned() })
}

#[test]
fn one_counter_runs_over_all_messages_and_one_over_the_frames() {
    let mut writer = writer();
    let messages = [
        writer.start(&[("token".to_owned(), "t".to_owned())]),
        writer.media(&[0xff; 160]),
        writer.dtmf('5'),
        writer.mark("m"),
        writer.media(&[0xff; 160]),
        writer.stop(),
    ];
    let messages = messages.map(|message| serde_json::from_str::<Value>(&message).unwrap());
    let sequence: Vec<_> = messages.iter().map(|message| message["sequenceNumber"].as_str().unwrap()).collect();
    assert_eq!(sequence, ["1", "2", "3", "4", "5", "6"]);
    assert_eq!(messages[0]["start"]["customParameters"], json!({ "token": "t" }));
    assert_eq!((&messages[4]["media"]["chunk"], &messages[4]["media"]["timestamp"]), (&json!("2"), &json!("40")));
    assert_eq!(messages[2]["dtmf"], json!({ "track": "inbound_track", "digit": "5" }));
}

#[test]
fn the_server_is_held_to_the_protocol() {
    let payload = "/".repeat(213) + "8=";
    let media = format!(r#"{{"event":"media","streamSid":"MZ1","media":{{"payload":"{}"}}}}"#, &payload[..213]);
    let short = media.replace(&payload[..213], "////");
    let cases = [
        (r#"{"event":"clear","streamSid":"MZ1"}"#, Ok(ServerMessage::Clear)),
        (r#"{"event":"mark","streamSid":"MZ1","mark":{"name":"m"}}"#, Ok(ServerMessage::Mark("m".to_owned()))),
        (&short, Err("payload of 3 bytes is not whole frames")),
        (&media, Err("payload: ")),
        (r#"{"event":"clear","streamSid":"MZ2"}"#, Err("message for another stream")),
        (r#"{"event":"clear"}"#, Err("message: missing field `streamSid`")),
        (r#"{"event":"mark","streamSid":"MZ1","mark":{}}"#, Err("message: missing field `name`")),
        (r#"{"event":"hangup","streamSid":"MZ1"}"#, Err("message: unknown variant `hangup`")),
        ("", Err("message: ")),
    ];
    for (text, expected) in cases {
        match (decode_server_message(text, "MZ1"), expected) {
            (Ok(message), Ok(expected)) => assert_eq!(message, expected),
            (Err(reason), Err(expected)) => assert!(reason.starts_with(expected), "{reason}"),
            (seen, expected) => panic!("{text}: {seen:?}, expected {expected:?}"),
        }
    }
}

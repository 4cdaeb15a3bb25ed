use std::borrow::Cow;

use super::{IncomingMessage, Number, Text};

#[test]
fn a_media_message_is_read_without_a_copy() {
    let text = r#"{"event":"media","sequenceNumber":"3","streamSid":"MZ1",
        "media":{"track":"inbound","chunk":"1","timestamp":"20","payload":"//////////8="}}"#;
    let message: IncomingMessage<'_> = serde_json::from_str(text).unwrap();
    let media = message.media.unwrap();
    for text in [Some(message.event), message.stream_id, media.track, media.payload] {
        assert!(matches!(text, Some(Text(Cow::Borrowed(_)))));
    }
}

#[test]
fn escaped_text_is_read_too() {
    let text: Text<'_> = serde_json::from_str(r#""a\/b\"""#).unwrap();
    assert_eq!(text.as_str(), "a/b\"");
}

#[test]
fn numbers_come_as_numbers_or_as_strings() {
    for (json, expected) in
        [("7", Some(7)), (r#""7""#, Some(7)), (r#"" 7 ""#, Some(7)), ("18446744073709551615", Some(u64::MAX))]
    {
        assert_eq!(serde_json::from_str::<Number>(json).ok().map(Number::get), expected, "{json}");
    }
    for json in ["-1", "1.5", r#""""#, r#""x""#, "1e400", "[]", "null"] {
        assert!(serde_json::from_str::<Number>(json).is_err(), "{json}");
    }
}

//! The carrier's side of the media stream on the wire: messages written, and the server's held to the protocol.

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde::Deserialize;
use serde_json::json;

use super::playout::FRAME_BYTES;

pub(super) const CONNECTED: &str = r#"{"event":"connected","protocol":"Call","version":"1.0.0"}"#;

/// Who a stream belongs to.
#[derive(Clone, Debug)]
pub(super) struct StreamIds {
    pub(super) account: String,
    pub(super) call: String,
    pub(super) stream: String,
}

/// Writes what the carrier sends; counters go up by themselves, and are strings, as the carrier's are.
pub(super) struct StreamWriter {
    ids: StreamIds,
    sequence: u64,
    chunk: u64,
}

impl StreamWriter {
    pub(super) fn new(ids: StreamIds) -> Self {
        Self { ids, sequence: 0, chunk: 0 }
    }

    pub(super) fn start(&mut self, parameters: &[(String, String)]) -> String {
        let parameters: serde_json::Map<_, _> =
            parameters.iter().map(|(name, value)| (name.clone(), json!(value))).collect();
        json!({
            "event": "start", "sequenceNumber": self.next_sequence(), "streamSid": self.ids.stream,
            "start": {
                "streamSid": self.ids.stream, "accountSid": self.ids.account, "callSid": self.ids.call,
                "tracks": ["inbound"],
                "mediaFormat": { "encoding": "audio/x-mulaw", "sampleRate": 8_000, "channels": 1 },
                "customParameters": parameters,
            }
        })
        .to_string()
    }

    pub(super) fn media(&mut self, frame: &[u8; FRAME_BYTES]) -> String {
        self.chunk += 1;
        json!({
            "event": "media", "sequenceNumber": self.next_sequence(), "streamSid": self.ids.stream,
            "media": {
                "track": "inbound", "chunk": self.chunk.to_string(), "timestamp": (self.chunk * 20).to_string(),
                "payload": BASE64.encode(frame),
            }
        })
        .to_string()
    }

    pub(super) fn dtmf(&mut self, digit: char) -> String {
        json!({
            "event": "dtmf", "sequenceNumber": self.next_sequence(), "streamSid": self.ids.stream,
            "dtmf": { "track": "inbound_track", "digit": digit.to_string() }
        })
        .to_string()
    }

    pub(super) fn mark(&mut self, name: &str) -> String {
        json!({
            "event": "mark", "sequenceNumber": self.next_sequence(), "streamSid": self.ids.stream,
            "mark": { "name": name }
        })
        .to_string()
    }

    pub(super) fn stop(&mut self) -> String {
        json!({
            "event": "stop", "sequenceNumber": self.next_sequence(), "streamSid": self.ids.stream,
            "stop": { "accountSid": self.ids.account, "callSid": self.ids.call }
        })
        .to_string()
    }

    fn next_sequence(&mut self) -> String {
        self.sequence += 1;
        self.sequence.to_string()
    }
}

/// What the server may say.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum ServerMessage {
    Media(Vec<u8>),
    Mark(String),
    Clear,
}

#[derive(Deserialize)]
#[serde(tag = "event", rename_all = "snake_case", deny_unknown_fields)]
enum WireMessage {
    Media {
        #[serde(rename = "streamSid")]
        stream: String,
        media: WireMedia,
    },
    Mark {
        #[serde(rename = "streamSid")]
        stream: String,
        mark: WireMark,
    },
    Clear {
        #[serde(rename = "streamSid")]
        stream: String,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WireMedia {
    payload: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WireMark {
    name: String,
}

/// Reads a message of the server, strictly.
///
/// Errors: what is wrong with it, for the report.
pub(super) fn decode_server_message(text: &str, stream_id: &str) -> Result<ServerMessage, String> {
    let message: WireMessage = serde_json::from_str(text).map_err(|error| format!("message: {error}"))?;
    let (stream, message) = match message {
        WireMessage::Clear { stream } => (stream, ServerMessage::Clear),
        WireMessage::Mark { stream, mark } => (stream, ServerMessage::Mark(mark.name)),
        WireMessage::Media { stream, media } => {
            let ulaw = BASE64.decode(media.payload).map_err(|error| format!("payload: {error}"))?;
            if ulaw.is_empty() || !ulaw.len().is_multiple_of(FRAME_BYTES) {
                return Err(format!("payload of {} bytes is not whole frames", ulaw.len()));
            }
            (stream, ServerMessage::Media(ulaw))
        }
    };
    if stream == stream_id { Ok(message) } else { Err("message for another stream".to_owned()) }
}

#[cfg(test)]
mod tests;

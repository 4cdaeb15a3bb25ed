//! A WebSocket as the runtime wants it.

use std::time::Duration;

use axum::extract::ws::{CloseFrame, Message, Utf8Bytes, WebSocket, WebSocketUpgrade};

use tokio_tungstenite::tungstenite::Error as WireError;
use tokio_tungstenite::tungstenite::error::ProtocolError;

use crate::ports::telephony::{WireBuffer, WireKind};
use crate::runtime::media_socket::{CloseCode, MediaSocket, Received, SocketClosed, SocketEnd};

/// Above what codecs take, so that a message too large for them is a counted fault; beyond this the stream ends.
const MESSAGE_BYTES_MAX: usize = 256 * 1024;

/// How long the other side may take to answer our goodbye.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(1);

/// A carrier that reads nothing for this much audio has gone.
const WRITE_BYTES_MAX: usize = 256 * 1024;

/// Sets the limits every media socket has.
pub fn with_limits(upgrade: WebSocketUpgrade) -> WebSocketUpgrade {
    upgrade
        // The default of 128 KiB a socket would be most of a call's memory.
        .read_buffer_size(4 * 1024)
        .write_buffer_size(0)
        .max_write_buffer_size(WRITE_BYTES_MAX)
        .max_message_size(MESSAGE_BYTES_MAX)
        .max_frame_size(MESSAGE_BYTES_MAX)
}

/// An upgraded media socket.
pub struct UpgradedSocket(pub WebSocket);

impl MediaSocket for UpgradedSocket {
    type Text = Utf8Bytes;

    async fn receive(&mut self) -> Result<Received<Utf8Bytes>, SocketEnd> {
        loop {
            match self.0.recv().await {
                Some(Ok(Message::Text(text))) => return Ok(Received::Text(text)),
                Some(Ok(Message::Binary(bytes))) => return Ok(Received::Binary(bytes)),
                // Pings are answered by the library.
                Some(Ok(Message::Ping(_) | Message::Pong(_))) => (),
                Some(Ok(Message::Close(_))) | None => return Err(SocketEnd::Closed),
                Some(Err(error)) => return Err(why_ended(error)),
            }
        }
    }

    async fn send(&mut self, message: &WireBuffer) -> Result<(), SocketClosed> {
        let message = match message.kind {
            WireKind::Text => Message::text(message.text.as_str()),
            WireKind::Binary => Message::binary(message.binary.clone()),
        };
        self.0.send(message).await.map_err(|_| SocketClosed)
    }

    async fn close(&mut self, code: CloseCode) {
        let frame = CloseFrame { code: code as u16, reason: Utf8Bytes::default() };
        let goodbye = async {
            // The other side may be gone: then it is closed already.
            if self.0.send(Message::Close(Some(frame))).await.is_ok() {
                // A connection closed with bytes unread is reset, and the code is lost with it.
                while let Some(Ok(_)) = self.0.recv().await {}
            }
        };
        drop(tokio::time::timeout(CLOSE_TIMEOUT, goodbye).await);
    }
}

fn why_ended(error: axum::Error) -> SocketEnd {
    match error.into_inner().downcast_ref::<WireError>() {
        Some(WireError::Protocol(ProtocolError::ResetWithoutClosingHandshake)) => SocketEnd::Lost,
        Some(WireError::Protocol(_) | WireError::Capacity(_) | WireError::Utf8(_) | WireError::AttackAttempt) => {
            SocketEnd::Unreadable
        }
        Some(_) | None => SocketEnd::Lost,
    }
}

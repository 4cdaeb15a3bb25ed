//! What the runtime needs of a media socket, so that it names no web framework.

use std::future::Future;
use std::ops::Deref;

use crate::ports::telephony::WireBuffer;

/// A message that came in.
#[derive(Clone, Debug)]
pub enum Received<T> {
    Text(T),
    Binary(bytes::Bytes),
}

/// The other side is gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the media socket is closed")]
pub struct SocketClosed;

/// Why nothing more comes in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SocketEnd {
    /// The other side said goodbye.
    Closed,
    /// The connection broke off.
    Lost,
    /// What came is no message, or is larger than one may be; a close code may still be sent.
    Unreadable,
}

/// Why we close a media socket; a WebSocket close code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CloseCode {
    /// The call is over.
    Normal = 1_000,
    /// The stream cannot be understood, or its token is wrong.
    Policy = 1_008,
}

/// One media socket, both ways.
pub trait MediaSocket: Send {
    type Text: Deref<Target = str> + Send;

    /// The next message. Dropping the future loses no message.
    ///
    /// Errors: nothing more will come.
    fn receive(&mut self) -> impl Future<Output = Result<Received<Self::Text>, SocketEnd>> + Send;

    fn send(&mut self, message: &WireBuffer) -> impl Future<Output = Result<(), SocketClosed>> + Send;

    /// Says goodbye with `code`, and waits a moment for the other side to have read it.
    fn close(&mut self, code: CloseCode) -> impl Future<Output = ()> + Send;
}

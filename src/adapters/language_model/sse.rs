//! Cuts a byte stream into server-sent events.

/// A longer event ends the stream.
pub(super) const EVENT_BYTES_MAX: usize = 1024 * 1024;

/// The data of one event. Its name is in the data of those who use names.
pub(super) type EventText = String;

/// An event that is longer than any model sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct TooLong;

/// Collects bytes until an event is whole.
///
/// Source: WHATWG HTML, 9.2.6 "Interpreting an event stream". Lines end in LF, CR or CRLF; comments and fields other
/// than `data` are dropped.
#[derive(Debug, Default)]
pub(super) struct SseFramer {
    line: Vec<u8>,
    event: Vec<u8>,
    has_content: bool,
    /// The next LF belongs to the CR before it.
    is_after_cr: bool,
    is_past_mark: bool,
}

impl SseFramer {
    /// Takes what arrived; calls `on_event` for each event it completes.
    pub(super) fn push(&mut self, bytes: &[u8], on_event: &mut dyn FnMut(EventText)) -> Result<(), TooLong> {
        let mut rest = bytes;
        while !rest.is_empty() {
            if std::mem::take(&mut self.is_after_cr) && rest[0] == b'\n' {
                rest = &rest[1..];
                continue;
            }
            let end = rest.iter().position(|byte| matches!(byte, b'\n' | b'\r'));
            let line_part = &rest[..end.unwrap_or(rest.len())];
            if EVENT_BYTES_MAX < self.line.len() + self.event.len() + line_part.len() {
                return Err(TooLong);
            }
            self.line.extend_from_slice(line_part);
            let Some(end) = end else { break };
            self.is_after_cr = rest[end] == b'\r';
            rest = &rest[end + 1..];
            self.end_line(on_event);
        }
        Ok(())
    }

    fn end_line(&mut self, on_event: &mut dyn FnMut(EventText)) {
        if !std::mem::replace(&mut self.is_past_mark, true) && self.line.starts_with(BYTE_ORDER_MARK) {
            self.line.drain(..BYTE_ORDER_MARK.len());
        }
        if self.line.is_empty() {
            if std::mem::take(&mut self.has_content) {
                on_event(String::from_utf8_lossy(&self.event).into_owned());
            }
            self.event.clear();
            return;
        }
        if let Some(data) = field_value(&self.line) {
            if std::mem::replace(&mut self.has_content, true) {
                self.event.push(b'\n');
            }
            self.event.extend_from_slice(data);
        }
        self.line.clear();
    }
}

const BYTE_ORDER_MARK: &[u8] = &[0xEF, 0xBB, 0xBF];

/// What a `data` field holds, without the one blank that may follow the colon.
fn field_value(line: &[u8]) -> Option<&[u8]> {
    let rest = line.strip_prefix(b"data")?;
    match rest {
        [] => Some(rest),
        [b':', b' ', value @ ..] | [b':', value @ ..] => Some(value),
        _ => None,
    }
}

#[cfg(test)]
mod tests;

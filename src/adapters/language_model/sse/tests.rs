use super::*;

/// The events of a stream that arrives in pieces of this size.
fn events_in_pieces(bytes: &[u8], size: usize) -> Vec<String> {
    let mut framer = SseFramer::default();
    let mut events = Vec::new();
    for piece in bytes.chunks(size) {
        framer.push(piece, &mut |event| events.push(event)).unwrap();
    }
    events
}

fn check(stream: &str, expected: &[&str]) {
    for size in [1, 2, 3, 7, stream.len()] {
        assert_eq!(events_in_pieces(stream.as_bytes(), size), expected, "in pieces of {size}: {stream:?}");
    }
}

#[test]
fn events_end_with_an_empty_line_however_lines_end() {
    check("data: a\n\ndata: b\n\n", &["a", "b"]);
    check("data: a\r\n\r\ndata: b\r\n\r\n", &["a", "b"]);
    check("data: a\r\rdata: b\r\r", &["a", "b"]);
    check("data: a\n\ndata: unfinished\n", &["a"]);
}

#[test]
fn comments_names_and_ids_are_dropped() {
    check(": keep-alive\n\nevent: ping\nid: 1\nretry: 5\ndata: a\n\nevent: nothing\n\n", &["a"]);
    check("database: no\n\ndata\n\n", &[""]);
}

#[test]
fn the_lines_of_an_event_are_joined_and_keep_their_blanks() {
    check("data: a\ndata:  b\ndata:c\n\n", &["a\n b\nc"]);
}

#[test]
fn letters_survive_being_cut_and_a_byte_order_mark_is_dropped() {
    check("\u{feff}data: Über नमस्ते 🙂\n\n", &["Über नमस्ते 🙂"]);
}

#[test]
fn an_event_may_be_long_and_not_longer() {
    let long = "x".repeat(EVENT_BYTES_MAX - "data: ".len());
    assert_eq!(events_in_pieces(format!("data: {long}\n\n").as_bytes(), 4_096), [long.as_str()]);
    let mut framer = SseFramer::default();
    let longer = format!("data: {long}x");
    assert_eq!(framer.push(longer.as_bytes(), &mut |_| panic!("it is not whole")), Err(TooLong));
    let mut framer = SseFramer::default();
    let lines = "data: 0123456789\n".repeat(EVENT_BYTES_MAX / 10);
    assert_eq!(framer.push(lines.as_bytes(), &mut |_| panic!("it is not whole")), Err(TooLong));
}

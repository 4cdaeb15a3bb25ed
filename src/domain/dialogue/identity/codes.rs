//! Whether a code was said, sign by sign: what a telephone line blurs is forgiven, another code is not.

/// A start anew: the beginning of the code, and then the whole of it.
const STARTED_ANEW: f32 = 0.1;
/// Talk in front of the code or behind it.
const TALK: f32 = 0.35;
/// One letter taken for two: "P" for "pee i", "R" for "e r".
const LETTER_TWICE: f32 = 0.35;
/// Letters in front of a code that are surely talk: no code of another place is longer by so many.
const TALK_LETTERS_MIN: usize = 3;
/// Letters behind a code that are still heard as part of its last one.
const TRAILING_LETTERS_MAX: usize = 2;

/// What it costs to take what was heard for the code, by the cheapest alignment.
///
/// Shape: 0.0 when it was said plainly. None when a sign is missing, or is another one that sounds different:
/// that is another code.
pub(super) fn cost(known: &[u8], heard: &[u8]) -> Option<f32> {
    if known.is_empty() || heard.len() < known.len() {
        return None;
    }
    let starts = (0..=heard.len() - known.len())
        .filter_map(|start| Some((cost_in_front(known, &heard[..start])?, &heard[start..])));
    starts.filter_map(|(in_front, rest)| Some(in_front + cost_from(known, rest)?)).min_by(f32::total_cmp)
}

fn is_number(known: &[u8]) -> bool {
    known.iter().all(u8::is_ascii_digit)
}

fn cost_in_front(known: &[u8], front: &[u8]) -> Option<f32> {
    let is_talk = if is_number(known) {
        front.iter().all(u8::is_ascii_alphabetic) || known.len() < front.len()
    } else {
        TALK_LETTERS_MIN <= front.len()
    };
    let begins_alike = known.iter().zip(front).all(|(said, heard)| blurred(*said, *heard).is_some());
    let is_new_start = known.starts_with(front) || (1 < front.len() && front.len() <= known.len() && begins_alike);
    match front {
        [] => Some(0.0),
        _ if is_new_start => Some(STARTED_ANEW),
        _ if is_talk => Some(TALK),
        _ => None,
    }
}

/// Every sign of the code in its order, from the first sign heard on.
fn cost_from(known: &[u8], heard: &[u8]) -> Option<f32> {
    let mut row = vec![f32::INFINITY; heard.len() + 1];
    row[0] = 0.0;
    for place in 0..known.len() {
        let mut next = vec![f32::INFINITY; heard.len() + 1];
        for (at, sign) in heard.iter().enumerate() {
            if let Some(cost) = blurred(known[place], *sign) {
                next[at + 1] = row[at] + cost;
            }
        }
        for (at, sign) in heard.iter().enumerate() {
            if is_part_of_letter(known, place, *sign) {
                next[at + 1] = next[at + 1].min(next[at] + LETTER_TWICE);
            }
        }
        row = next;
    }
    let behind = |end: usize| match &heard[end..] {
        [] => Some(0.0),
        rest if !rest.iter().all(u8::is_ascii_alphabetic) => None,
        rest if is_number(known) || rest.len() <= TRAILING_LETTERS_MAX => Some(TALK),
        _ => None,
    };
    let whole = row.iter().enumerate().filter_map(|(end, cost)| Some(cost + behind(end)?));
    whole.min_by(f32::total_cmp).filter(|cost| cost.is_finite())
}

/// Whether an extra sign behind a place is a letter's own sound: its echo, or the vowel its name begins with.
fn is_part_of_letter(known: &[u8], place: usize, sign: u8) -> bool {
    let (said, next) = (known[place], known.get(place + 1).copied());
    if is_number(known) || !sign.is_ascii_alphabetic() {
        return false;
    }
    let is_echo = (sign == said && said.is_ascii_alphabetic()) || next == Some(sign);
    let begins_name = matches!(sign, b'A' | b'E' | b'I' | b'O') && next.is_none_or(|next| next.is_ascii_alphabetic());
    // "Eight" begins like "A" and "I"; behind one letter, "A" makes the code of another town.
    let begins_eight =
        next == Some(b'8') && said.is_ascii_alphabetic() && (sign == b'I' || (sign == b'A' && 0 < place));
    is_echo || begins_name || begins_eight
}

/// What it costs to take one sign for the other, where the line blurs them. Digits are not blurred into digits.
fn blurred(said: u8, heard: u8) -> Option<f32> {
    const ALIKE: &[(&[u8], f32)] = &[
        (b"O0", 0.05),
        (b"V5", 0.2),
        (b"MN", 0.25),
        (b"FS", 0.25),
        (b"GJ", 0.25),
        (b"BDPTV", 0.3),
        (b"A8", 0.3),
        (b"U2Q", 0.35),
        (b"T2", 0.45),
        (b"AR", 0.45),
        (b"AI", 0.6),
    ];
    if said == heard {
        return Some(0.0);
    }
    if said.is_ascii_digit() && heard.is_ascii_digit() {
        return None;
    }
    ALIKE.iter().find(|(group, _)| group.contains(&said) && group.contains(&heard)).map(|(_, cost)| *cost)
}

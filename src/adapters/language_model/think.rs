//! Drops what a model thinks aloud between `<think>` and `</think>`: it is never spoken.

const OPENING: &str = "<think>";
const CLOSING: &str = "</think>";

/// Filters a text that comes in pieces; a tag may be cut anywhere.
#[derive(Debug, Default)]
pub(super) struct ThinkFilter {
    is_thinking: bool,
    /// The beginning of what may become a tag.
    held: String,
}

impl ThinkFilter {
    /// What of `text` may be spoken.
    pub(super) fn push(&mut self, text: &str) -> String {
        let mut rest = std::mem::take(&mut self.held) + text;
        let mut spoken = String::new();
        loop {
            let tag = if self.is_thinking { CLOSING } else { OPENING };
            let Some(at) = rest.find(tag) else {
                let kept = rest.len() - held_length(&rest, tag);
                if !self.is_thinking {
                    spoken.push_str(&rest[..kept]);
                }
                self.held = rest.split_off(kept);
                return spoken;
            };
            if !self.is_thinking {
                spoken.push_str(&rest[..at]);
            }
            rest.drain(..at + tag.len());
            self.is_thinking = !self.is_thinking;
        }
    }

    /// What was held back and turned out to be no tag.
    pub(super) fn end(&mut self) -> String {
        let held = std::mem::take(&mut self.held);
        if self.is_thinking { String::new() } else { held }
    }
}

/// How many of the last bytes could be the beginning of `tag`.
fn held_length(text: &str, tag: &str) -> usize {
    (1..tag.len()).rev().find(|length| text.ends_with(&tag[..*length])).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thoughts_are_dropped_wherever_they_are_cut() {
        let cases = [
            ("<think>hm</think>Hello.", "Hello."),
            ("One <think>a<b</think>two<", "One two<"),
            ("a < b and <thin air", "a < b and <thin air"),
            ("before<think>never closed </thin", "before"),
            ("<think></think><think>x</think>é", "é"),
        ];
        for (text, expected) in cases {
            for size in 1..=text.len() {
                let mut filter = ThinkFilter::default();
                let letters: Vec<char> = text.chars().collect();
                let pieces = letters.chunks(size).map(|piece| filter.push(&piece.iter().collect::<String>()));
                let spoken = pieces.collect::<String>() + &filter.end();
                assert_eq!(spoken, expected, "{text:?} in pieces of {size}");
            }
        }
    }
}

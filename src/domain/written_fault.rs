//! Tells in one line what is wrong in a file that a person wrote, and where.

/// Characters of the file that are quoted in a fault.
const QUOTED_MAX: usize = 60;
const MESSAGE_MAX: usize = 240;

/// What is wrong with a TOML file, with its line, counted from 1.
///
/// Shape: one line, such as `line 3: unknown field ...`.
pub fn toml_fault(text: &str, error: &toml::de::Error) -> String {
    let message = cut(error.message(), MESSAGE_MAX);
    match error.span().and_then(|span| text.get(..span.start)) {
        Some(before) => format!("line {}: {message}", before.matches('\n').count() + 1),
        None => message,
    }
}

/// Words of the file as they may stand in a fault: short, and in one line.
pub fn quoted(written: &str) -> String {
    cut(written, QUOTED_MAX)
}

fn cut(text: &str, characters_max: usize) -> String {
    let plain = |c: char| if c.is_control() { ' ' } else { c };
    let mut line: String = text.chars().take(characters_max).map(plain).collect();
    if text.chars().nth(characters_max).is_some() {
        line.push('…');
    }
    line
}

#[cfg(test)]
mod tests {
    use super::{quoted, toml_fault};

    #[test]
    fn the_line_is_named_and_the_fault_is_one_line() {
        type Table = std::collections::BTreeMap<String, std::collections::BTreeMap<String, u32>>;
        for (text, line) in [("[a]\nb = 1\nc = \"x\"\n", "line 3: "), ("[a]\nb = \n", "line 2: "), ("[a", "line 1: ")] {
            let fault = toml_fault(text, &toml::from_str::<Table>(text).unwrap_err());
            assert!(fault.starts_with(line) && fault.lines().count() == 1, "{fault}");
        }
    }

    #[test]
    fn what_is_quoted_is_short_and_in_one_line() {
        assert_eq!(quoted("two\nlines\u{7}"), "two lines ");
        assert_eq!(quoted(&"é".repeat(61)), format!("{}…", "é".repeat(60)));
    }
}

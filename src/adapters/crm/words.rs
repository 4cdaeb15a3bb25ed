//! A vendor's own words about a refusal, without personal data: they are shown and logged.

#[cfg(test)]
mod tests;

use serde_json::Value;

const WORDS_CHARS_MAX: usize = 300;
const DEPTH_MAX: usize = 6;

/// Digits in a row, blanks and signs between them included, that may be somebody's number.
const NUMBER_DIGITS_MIN: usize = 7;

/// Says nothing about the fault.
const SILENT_KEYS: &[&str] = &["correlationId", "links", "request_id", "status", "type", "documentation", "context"];

/// What a refusal says, in one line.
///
/// Shape: at most 300 characters; numbers of seven or more digits and mail addresses are masked.
pub(super) fn words_of(body: &[u8]) -> String {
    let text = match serde_json::from_slice::<Value>(body) {
        Ok(value) => {
            let mut found = Vec::new();
            collect(&value, None, DEPTH_MAX, &mut found);
            found.join("; ")
        }
        Err(_) => String::from_utf8_lossy(body).into_owned(),
    };
    masked(&in_one_line(&text))
}

fn collect(value: &Value, key: Option<&str>, depth: usize, found: &mut Vec<String>) {
    if depth == 0 || SILENT_KEYS.iter().any(|silent| key == Some(silent)) {
        return;
    }
    match value {
        Value::String(text) if !text.trim().is_empty() => {
            let is_plain = key.is_none_or(|key| matches!(key, "message" | "description" | "error" | "msg"));
            let said = if is_plain { text.clone() } else { format!("{}: {text}", key.unwrap_or_default()) };
            if !found.contains(&said) {
                found.push(said);
            }
        }
        Value::Array(values) => values.iter().for_each(|value| collect(value, key, depth - 1, found)),
        Value::Object(fields) => {
            fields.iter().for_each(|(name, value)| collect(value, Some(name), depth - 1, found));
        }
        Value::String(_) | Value::Null | Value::Bool(_) | Value::Number(_) => (),
    }
}

fn in_one_line(text: &str) -> String {
    let parts: Vec<&str> = text.split(|letter: char| letter.is_whitespace() || letter.is_control()).collect();
    let line = parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ");
    line.chars().take(WORDS_CHARS_MAX).collect()
}

fn masked(line: &str) -> String {
    let words = line.split(' ').map(|word| if word.contains('@') { "[address]" } else { word });
    mask_numbers(&words.collect::<Vec<_>>().join(" "))
}

fn mask_numbers(line: &str) -> String {
    let mut kept = String::new();
    let mut run = String::new();
    for letter in line.chars().chain(std::iter::once('\n')) {
        if letter.is_ascii_digit() || (!run.is_empty() && " -().".contains(letter)) || letter == '+' {
            run.push(letter);
            continue;
        }
        let digits = run.chars().filter(char::is_ascii_digit).count();
        if NUMBER_DIGITS_MIN <= digits {
            let end = run.trim_end_matches([' ', '-', '(', ')', '.', '+']).len();
            kept.push_str("[number]");
            kept.push_str(&run[end..]);
        } else {
            kept.push_str(&run);
        }
        run.clear();
        if letter != '\n' {
            kept.push(letter);
        }
    }
    kept
}

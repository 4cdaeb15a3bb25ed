//! What a person reads: the one place that prints.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "this is where the command line speaks")]

/// A line of results.
pub fn line(text: &str) {
    println!("{text}");
}

/// A line about what goes wrong.
pub fn error(text: &str) {
    eprintln!("doorstep: {text}");
}

/// A result for programs: one JSON object.
pub fn json(value: &impl serde::Serialize) {
    match serde_json::to_string(value) {
        Ok(text) => println!("{text}"),
        Err(failure) => error(&failure.to_string()),
    }
}

//! Scripted conversations, kept as text beside this file.

use super::fixtures::read;
use super::harness::check;

#[test]
fn every_inbound_conversation_goes_as_written() {
    go_as_written("conversations.txt", 60);
}

#[test]
fn every_outbound_conversation_goes_as_written() {
    go_as_written("outbound.txt", 50);
}

#[test]
fn every_conversation_with_a_model_goes_as_written() {
    go_as_written("model.txt", 35);
}

/// Fewer conversations than `count_min` would mean that the file was not read.
fn go_as_written(file: &str, count_min: usize) {
    let text = read(&format!("src/domain/dialogue/tests/{file}"));
    let blocks = text.split("\n\n").filter(|block| block.contains("=>"));
    let mut count = 0;
    let mut faults = Vec::new();
    for block in blocks {
        count += 1;
        let lines = block.lines().filter(|line| !line.starts_with('#'));
        let whole: String = lines.collect::<Vec<_>>().join(" ");
        let (script, expected) = whole.split_once("=>").unwrap();
        faults.extend(check(script.trim(), expected.trim()).err());
    }
    assert!(faults.is_empty(), "{} of {count} conversations went otherwise:\n\n{}", faults.len(), faults.join("\n\n"));
    assert!(count_min <= count, "only {count} conversations were read");
}

//! Scripted conversations, kept as text beside this file.

use super::fixtures::read;
use super::harness::check;

/// Fewer would mean that the file was not read.
const CONVERSATIONS_MIN: usize = 60;

#[test]
fn every_conversation_goes_as_written() {
    let text = read("src/domain/dialogue/tests/conversations.txt");
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
    assert!(CONVERSATIONS_MIN <= count, "only {count} conversations were read");
}

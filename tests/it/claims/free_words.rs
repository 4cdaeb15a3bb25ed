//! Sentences written down by hand, as models put things: some true of the shop's first order, some not.

use super::world;

const TRUE: &str = include_str!("free_words/true.txt");
const FALSE: &str = include_str!("free_words/false.txt");
/// Of a hundred free sentences that are true, as many may be lost. A template says them instead.
const LOST_PERCENT_MAX: usize = 25;

fn lines(text: &str) -> impl Iterator<Item = &str> {
    text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'))
}

#[test]
fn what_is_false_is_refused() {
    let callers = world::callers();
    let passed: Vec<&str> = lines(FALSE).filter(|line| callers[0].grounds.judge(line).is_grounded()).collect();
    assert!(passed.is_empty(), "passed:\n{}", passed.join("\n"));
    assert!(100 < lines(FALSE).count());
}

#[test]
fn most_of_what_is_true_passes() {
    let callers = world::callers();
    let lost: Vec<&str> = lines(TRUE).filter(|line| !callers[0].grounds.judge(line).is_grounded()).collect();
    let all = lines(TRUE).count();
    println!("{} of {all} true sentences lost:\n{}", lost.len(), lost.join("\n"));
    assert!(lost.len() * 100 <= all * LOST_PERCENT_MAX, "{} of {all} lost:\n{}", lost.len(), lost.join("\n"));
}

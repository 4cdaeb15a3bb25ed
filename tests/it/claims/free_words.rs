//! Sentences written down by hand, as models put things: some true of the shop's first order, some not.

use super::world;

const TRUE: &str = "tests/it/claims/free_words/true.txt";
const FALSE: &str = "tests/it/claims/free_words/false.txt";
/// Of a hundred free sentences that are true, as many may be lost. A template says them instead.
const LOST_PERCENT_MAX: usize = 25;

fn lines(path: &str) -> Vec<String> {
    let text = world::read(path);
    let is_sentence = |line: &&str| !line.is_empty() && !line.starts_with('#');
    text.lines().filter(is_sentence).map(str::to_owned).collect()
}

#[test]
fn what_is_false_is_refused() {
    let callers = world::callers();
    let mut passed = lines(FALSE);
    passed.retain(|line| callers[0].grounds.judge(line).is_grounded());
    assert!(passed.is_empty(), "passed:\n{}", passed.join("\n"));
    assert!(100 < lines(FALSE).len());
}

#[test]
fn most_of_what_is_true_passes() {
    let callers = world::callers();
    let mut lost = lines(TRUE);
    let all = lost.len();
    lost.retain(|line| !callers[0].grounds.judge(line).is_grounded());
    println!("{} of {all} true sentences lost:\n{}", lost.len(), lost.join("\n"));
    assert!(lost.len() * 100 <= all * LOST_PERCENT_MAX, "{} of {all} lost:\n{}", lost.len(), lost.join("\n"));
}

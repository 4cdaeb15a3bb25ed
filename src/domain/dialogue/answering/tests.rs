//! Cutting a stream into sentences, and what is kept of a conversation.

use super::SentenceCutter;
use super::log::Log;
use crate::domain::values::UtteranceId;

fn cut(pieces: &[&str]) -> Vec<String> {
    let mut cutter = SentenceCutter::default();
    let mut sentences: Vec<String> = pieces.iter().flat_map(|piece| cutter.push(piece)).collect();
    sentences.extend(cutter.finish());
    sentences
}

#[test]
fn a_sentence_is_given_when_it_is_whole() {
    let mut cutter = SentenceCutter::default();
    assert_eq!(cutter.push("It is on its"), Vec::<String>::new());
    assert_eq!(cutter.push(" way."), Vec::<String>::new(), "more may belong to it");
    assert_eq!(cutter.push(" It"), ["It is on its way."]);
    assert_eq!(cutter.finish().as_deref(), Some("It"));
}

#[test]
fn marks_inside_a_sentence_do_not_end_it() {
    let cases: &[(&[&str], &[&str])] = &[
        (&["It comes at 4.30 today. Good?"], &["It comes at 4.30 today.", "Good?"]),
        (&["Between 2 p.m. and 6 p.m. today."], &["Between 2 p.m. and 6 p.m. today."]),
        (&["You pay 1,499.00 rupees!Now"], &["You pay 1,499.00 rupees!Now"]),
        (&["He said \"wait.\" Then left."], &["He said \"wait.\"", "Then left."]),
        (&["one\ntwo\n\n  \nthree"], &["one", "two", "three"]),
        (&["", "   ", "\n"], &[]),
        (&["Wait… it is here."], &["Wait…", "it is here."]),
    ];
    for (pieces, expected) in cases {
        assert_eq!(cut(pieces), *expected, "{pieces:?}");
    }
}

#[test]
fn a_sentence_without_end_is_cut_off() {
    let sentences = cut(&["ü".repeat(1_500).as_str()]);
    assert!(1 < sentences.len() && sentences.iter().all(|sentence| sentence.len() <= 1_200), "{}", sentences.len());
}

proptest::proptest! {
    #[test]
    fn the_pieces_do_not_matter(text in "[a-z.!? \n\"']{0,60}", at in 0_usize..60) {
        let at = text.floor_char_boundary(at.min(text.len()));
        proptest::prop_assert_eq!(cut(&[&text]), cut(&[&text[..at], &text[at..]]));
    }
}

#[test]
fn of_the_agent_only_what_was_heard_is_kept() {
    let mut log = Log::default();
    log.caller_said("where is it");
    log.agent_says(UtteranceId(1), vec!["It is on its way.".into(), "It comes tomorrow.".into()]);
    log.agent_says(UtteranceId(2), vec!["Anything else?".into()]);
    log.heard(UtteranceId(1), 1);
    log.heard(UtteranceId(1), 1);
    log.heard(UtteranceId(9), 3);
    log.caller_said("no");
    let lines: Vec<String> = log.lines().iter().map(|line| line.text.reveal().clone()).collect();
    assert_eq!(lines, ["where is it", "It is on its way.", "no"]);
}

#[test]
fn the_log_does_not_grow() {
    let mut log = Log::default();
    for number in 0..100 {
        log.caller_said(&"x".repeat(number * 10));
        log.agent_says(UtteranceId(number as u32), vec!["never heard".into()]);
    }
    assert_eq!(log.lines().len(), 24);
    assert!(log.lines().iter().all(|line| line.text.reveal().len() <= 400));
}

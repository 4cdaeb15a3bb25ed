use std::collections::BTreeSet;

use super::*;
use crate::domain::dialogue::understanding::{LabelledRow, Share, example_rows};

/// A vector that points mostly along one dimension.
fn vector(dimension: usize) -> SentenceVector {
    let mut values = [0.01; SENTENCE_DIMENSIONS];
    values[dimension] = 1.0;
    SentenceVector::normalised(&values).expect("it has a length")
}

fn origin() -> Origin {
    let source = Source { name: "made up".to_owned(), rows: 9, licence: "MIT".to_owned() };
    Origin { encoder: "scripted".to_owned(), examples: "0".to_owned(), sources: vec![source] }
}

fn rows() -> Vec<TrainingRow> {
    let rows = [
        ("where is my order", Awaited::Open, Intent::WismoStatus, 0),
        ("where is my parcel", Awaited::Open, Intent::WismoStatus, 0),
        ("where has my package got to", Awaited::Open, Intent::WismoStatus, 0),
        ("please cancel my order", Awaited::Open, Intent::CancelOrder, 1),
        ("cancel it please", Awaited::Open, Intent::CancelOrder, 1),
        ("i want to cancel this", Awaited::Open, Intent::CancelOrder, 1),
        ("yes please", Awaited::YesNo, Intent::Affirm, 2),
        ("yes that is right", Awaited::YesNo, Intent::Affirm, 2),
        ("yes do it", Awaited::YesNo, Intent::Affirm, 2),
    ];
    rows.map(|(text, awaited, intent, place)| TrainingRow {
        text: text.to_owned(),
        awaited,
        intent,
        vector: vector(place),
    })
    .to_vec()
}

#[test]
fn the_same_rows_give_the_same_weights() {
    let (once, again) = (train(&rows(), origin()), train(&rows(), origin()));
    assert_eq!(once.to_bytes(), again.to_bytes());
    let mut moved = rows();
    moved.reverse();
    assert_eq!(train(&moved, origin()).to_bytes(), once.to_bytes());
    let mut fewer = rows();
    fewer.pop();
    assert_ne!(train(&fewer, origin()).to_bytes(), once.to_bytes());
}

#[test]
fn trained_weights_know_their_rows_and_words_like_them() {
    let head = train(&rows(), origin());
    for row in rows() {
        for vector in [None, Some(&row.vector)] {
            let found = head.likelihoods(&row.text, row.awaited, vector).likeliest();
            assert_eq!(found.map(|found| found.0), Some(row.intent), "{}", row.text);
        }
    }
    let unseen = head.likelihoods("where's the parcel", Awaited::Open, None);
    assert_eq!(unseen.likeliest().map(|found| found.0), Some(Intent::WismoStatus));
    let placed = head.likelihoods("xyzzy", Awaited::Open, Some(&vector(1)));
    assert_eq!(placed.likeliest().map(|found| found.0), Some(Intent::CancelOrder));
}

#[test]
fn a_vote_raises_its_intent_and_keeps_the_sum() {
    let head = train(&rows(), origin());
    let plain = head.likelihoods("where is my order", Awaited::Open, None);
    let voted = plain.with_votes(&[(Intent::CancelOrder, 2.0)]);
    assert!(plain.of_intent(Intent::CancelOrder) < voted.of_intent(Intent::CancelOrder));
    let sum: f32 = Intent::ALL.iter().map(|intent| voted.of_intent(*intent)).sum();
    assert!((sum - 1.0).abs() < 1e-5, "{sum}");
    assert_eq!(plain.with_votes(&[]).likeliest().map(|found| found.0), Some(Intent::WismoStatus));
}

#[test]
fn a_file_of_weights_reads_as_it_was_written() {
    let head = train(&rows(), origin());
    let file = head.to_bytes();
    assert_eq!(Head::read(&file), Ok(head));
    assert!(matches!(Head::read(&file[..file.len() - 1]), Err(HeadError::Length { .. })));
    assert!(matches!(Head::read(b"{}\n"), Err(HeadError::Form { .. })));
    assert!(matches!(Head::read(b""), Err(HeadError::Form { .. })));
    let text = String::from_utf8_lossy(&file).replacen("\"affirm\"", "\"affirmed\"", 1);
    let line = text.split('\n').next().expect("there is a first line").as_bytes();
    let renamed = [line, b"\n".as_slice()].concat();
    assert_eq!(Head::read(&renamed), Err(HeadError::UnknownIntent { id: "affirmed".to_owned() }));
}

#[test]
fn examples_stand_in_sections() {
    let text = "# what callers say\n[affirm after yes_no]\nYes  please\n\n[wismo_status]\nwhere is it\n";
    let examples = read_examples(text).expect("the examples are of the form");
    let found: Vec<_> =
        examples.iter().map(|example| (example.intent, example.awaited, example.text.as_str())).collect();
    assert_eq!(
        found,
        [(Intent::Affirm, Awaited::YesNo, "Yes  please"), (Intent::WismoStatus, Awaited::Open, "where is it")]
    );
    assert_eq!(examples[0].id(), "yes please");
    let either = "[goodbye | end_call after yes_no]\nbye\nthanks bye | thanks\n";
    let found = read_examples(either).expect("the examples are of the form");
    assert_eq!((found[1].text.as_str(), found[1].awaited), ("thanks bye", Awaited::YesNo));
    let labels = |row: &LabelledRow| row.acceptable.join(" ");
    let accepted: Vec<_> = example_rows(&found, Share::All).iter().map(labels).collect();
    assert_eq!(accepted, ["goodbye end_call", "goodbye end_call thanks"]);
    let cases = [
        ("where is it", "line 1: an example stands under an [intent]"),
        ("[affirm]\nyes\n[buy_now]", "line 3: [buy_now] is not a known intent"),
        ("[affirm | agreed]\nyes", "line 1: [agreed] is not a known intent"),
        ("[affirm]\nyes | agreed", "line 2: [agreed] is not a known intent"),
        ("[affirm after lunch]", "line 1: `lunch` is not a known question"),
    ];
    for (text, expected) in cases {
        assert_eq!(read_examples(text).expect_err(text).to_string(), expected);
    }
}

#[test]
fn a_changed_example_changes_the_fingerprint_and_a_moved_one_does_not() {
    let read = |text: &str| read_examples(text).expect("the examples are of the form");
    let (one, moved) = (read("[affirm]\nyes\n[deny]\nno"), read("[deny]\nno\n[affirm]\nyes"));
    assert_eq!(fingerprint(&one), fingerprint(&moved));
    for other in ["[affirm]\nyes\n[deny]\nnope", "[affirm]\nno\n[deny]\nyes", "[affirm after yes_no]\nyes\n[deny]\nno"]
    {
        assert_ne!(fingerprint(&one), fingerprint(&read(other)), "{other}");
    }
}

#[test]
fn features_are_bounded_and_of_one_length() {
    for text in ["", "?!", "yes", "ß ’ 字 12", "order ".repeat(5_000).as_str(), "x".repeat(9_000).as_str()] {
        let found = features(text, Awaited::YesNo);
        assert!(found.iter().all(|(feature, value)| *feature < WORD_FEATURES && value.is_finite()), "{text}");
    }
    let length = |text: &str| features(text, Awaited::Open).iter().map(|(_, value)| value * value).sum::<f32>();
    assert!((length("where is my order") - length("can you tell me where on earth my order has got to")).abs() < 0.01);
    assert_eq!(features("Where’s it?", Awaited::Open), features("where's  IT", Awaited::Open));
}

#[test]
fn the_lines_near_the_borders_are_of_the_form_and_none_is_learnt_from() {
    let read = |folder: &str| -> Vec<Example> {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
        let files = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path());
        let texts = files.filter(|file| file.extension().is_some_and(|extension| extension == "txt"));
        texts.flat_map(|file| read_examples(&std::fs::read_to_string(file).unwrap()).unwrap()).collect()
    };
    let learnt: BTreeSet<String> = read("prompts/understanding/examples/en").iter().map(Example::id).collect();
    let borders = read("tests/it/understanding/borders");
    let intents: BTreeSet<Intent> = borders.iter().map(|example| example.intent).collect();
    assert_eq!((borders.len(), intents.len()), (18_999, 126));
    let shared: Vec<String> = borders.iter().map(Example::id).filter(|id| learnt.contains(id)).collect();
    assert!(shared.is_empty(), "learnt from: {shared:?}");
}

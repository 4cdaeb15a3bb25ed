use super::*;

const VOCABULARY: &str = "[PAD]\n[UNK]\n[CLS]\n[SEP]\nwhere\nis\nmy\nor\n##der\n##s\n'\ns\n?\ncafe\n.";

fn pieces(text: &str) -> String {
    let names: Vec<&str> = VOCABULARY.lines().collect();
    let tokenizer = WordPiece::of(VOCABULARY).expect("the vocabulary has its marks");
    let ids = tokenizer.read(text);
    ids.iter().map(|id| names[usize::try_from(*id).expect("no number is negative")]).collect::<Vec<_>>().join(" ")
}

#[test]
fn words_are_cut_into_the_longest_pieces() {
    let cases = [
        ("Where is my order?", "[CLS] where is my or ##der ? [SEP]"),
        ("where's", "[CLS] where ' s [SEP]"),
        ("orders", "[CLS] or ##der ##s [SEP]"),
        ("Café.", "[CLS] cafe . [SEP]"),
        ("orwhat my", "[CLS] [UNK] my [SEP]"),
        ("", "[CLS] [SEP]"),
        (" \t\n", "[CLS] [SEP]"),
    ];
    for (text, expected) in cases {
        assert_eq!(pieces(text), expected, "{text}");
    }
}

#[test]
fn a_sentence_without_end_is_bounded() {
    let tokenizer = WordPiece::of(VOCABULARY).expect("the vocabulary has its marks");
    for text in ["my ".repeat(9_000), "order".repeat(2_000), "?".repeat(500), "字".repeat(500)] {
        let ids = tokenizer.read(&text);
        assert!((3..=PIECES_MAX).contains(&ids.len()) && ids.last() == Some(&3), "{}", ids.len());
    }
}

#[test]
fn a_vocabulary_without_its_marks_is_refused() {
    assert!(WordPiece::of("where\nis").is_none());
}

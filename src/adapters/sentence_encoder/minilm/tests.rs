use std::path::PathBuf;

use super::*;

fn encoder() -> MiniLm {
    MiniLm::load(&models_dir(), 1).expect("the set-up has fetched the model")
}

fn models_dir() -> PathBuf {
    std::env::var_os("DOORSTEP_MODELS__DIR").map_or_else(|| "var/models".into(), PathBuf::from)
}

#[test]
fn what_means_the_same_lies_close_together() {
    let encoder = encoder();
    let place = |text| encoder.encode(text).expect("the model reads a sentence");
    let (order, parcel, cancel) =
        (place("where is my order"), place("Where's my parcel?"), place("I want to cancel the subscription"));
    assert!(0.5 < order.likeness(&parcel), "{}", order.likeness(&parcel));
    assert!(order.likeness(&cancel) < 0.4, "{}", order.likeness(&cancel));
    assert!(order.likeness(&order) > 0.999);
}

#[test]
fn any_text_has_a_place() {
    let encoder = encoder();
    for text in ["", "?", "字字", "yes ".repeat(2_000).as_str(), "\u{0}\u{fffd}"] {
        assert!(encoder.encode(text).is_ok(), "{text}");
    }
}

#[test]
fn a_missing_model_is_named() {
    let error = MiniLm::load(std::path::Path::new("no/such/folder"), 1).map(|_| ()).expect_err("nothing is there");
    assert!(error.to_string().contains("no/such/folder/minilm/vocab.txt"), "{error}");
}

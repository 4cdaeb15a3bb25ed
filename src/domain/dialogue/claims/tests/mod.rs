//! The claim check: what it lets through, what it refuses, and by which name.

mod cases;
mod outbound;
mod phrasebook;

use std::sync::{Arc, LazyLock};

use super::ClaimCheck;
use crate::domain::dialogue::phrasebook::Phrase;
use crate::domain::dialogue::tests_support::{BOOK, read};

static CHECK: LazyLock<ClaimCheck> =
    LazyLock::new(|| ClaimCheck::compile(&read("prompts/claims/en.toml")).expect("the claim file is right"));

fn phrase_words(phrase: Phrase) -> Arc<str> {
    BOOK.phrase(phrase).into()
}

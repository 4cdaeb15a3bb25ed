//! The understanding file: its form, its checks, and how it becomes an [`Understanding`].

use std::collections::BTreeMap;

use super::{
    Intent, Understanding, Vocabularies,
    matcher::TreeBuilder,
    pattern::{Classes, PatternError, unfold},
    words::{Lexicon, Rewrites, WordId},
};

use crate::domain::{quoted, toml_fault};

/// The word that every plain yes is rewritten to.
const PLAIN_YES: &str = "yes";
/// How sure a pattern under `sure` is of its intent.
const SURE: f32 = 0.95;
/// How sure a pattern under `loose` is of its intent.
const LOOSE: f32 = 0.7;

/// Why an understanding file cannot be used; the remedy is to correct the file at the place named.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UnderstandingError {
    #[error("the understanding file is not of the expected form: {reason}")]
    Form { reason: String },
    #[error("[intents.{id}] is not a known intent")]
    UnknownIntent { id: String },
    #[error("[intents.{intent}] pattern \"{pattern}\": {error}")]
    Pattern { intent: Intent, pattern: String, error: PatternError },
    #[error(
        "[intents.{intent}] pattern \"{pattern}\": the patterns up to here unfold into too many steps; write fewer choices into one pattern"
    )]
    TooManySteps { intent: Intent, pattern: String },
    #[error("[classes] {class}: \"{word}\" must stay one word after the rewrites")]
    ClassWord { class: String, word: String },
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct RulesFile {
    /// Words that say nothing.
    fillers: String,
    negators: String,
    transparent: String,
    #[serde(default)]
    beside_yes: String,
    #[serde(default)]
    surprise: String,
    conditions: String,
    #[serde(default)]
    rewrites: BTreeMap<String, String>,
    #[serde(default)]
    classes: BTreeMap<String, String>,
    intents: BTreeMap<String, IntentRules>,
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct IntentRules {
    #[serde(default)]
    sure: Vec<String>,
    #[serde(default)]
    loose: Vec<String>,
}

pub(super) fn compile(toml_text: &str) -> Result<Understanding, UnderstandingError> {
    let file: RulesFile = toml::from_str(toml_text)
        .map_err(|error| UnderstandingError::Form { reason: toml_fault(toml_text, &error) })?;
    let mut rewrites = Rewrites::default();
    file.fillers.split_whitespace().for_each(|word| rewrites.insert(word, ""));
    file.rewrites.iter().for_each(|(from, to)| rewrites.insert(from, to));
    let mut lexicon = Lexicon::default();
    let classes = read_classes(&file.classes, &rewrites, &mut lexicon)?;

    let mut builder = TreeBuilder::with_room_for(toml_text.len());
    for (id, rules) in &file.intents {
        let intent = id.parse().map_err(|_| UnderstandingError::UnknownIntent { id: quoted(id) })?;
        let sure = rules.sure.iter().map(|pattern| (pattern, SURE));
        let loose = rules.loose.iter().map(|pattern| (pattern, LOOSE));
        for (pattern, strength) in sure.chain(loose) {
            let unfolded = unfold(pattern, &classes, &rewrites, &mut lexicon)
                .map_err(|error| UnderstandingError::Pattern { intent, pattern: quoted(pattern), error })?;
            let added = builder.add(&unfolded, intent, strength);
            added.map_err(|_| UnderstandingError::TooManySteps { intent, pattern: quoted(pattern) })?;
        }
    }
    let tree = builder.freeze();
    let mut set = |words: &str| {
        let mut ids: Vec<WordId> = words.split_whitespace().map(|word| lexicon.intern(word)).collect();
        ids.sort_unstable();
        ids
    };
    let (negators, transparent) = (set(&file.negators), set(&file.transparent));
    let (beside_yes, conditions) = (set(&file.beside_yes), set(&file.conditions));
    let plain_yes = lexicon.intern(PLAIN_YES);
    lexicon.freeze(&rewrites);
    let surprise = file.surprise.split_whitespace().map(str::to_lowercase).collect();
    Ok(Understanding {
        lexicon,
        tree,
        negators,
        transparent,
        beside_yes,
        surprise,
        plain_yes,
        conditions,
        head: None,
        vocabularies: Vocabularies::default(),
    })
}

fn read_classes(
    classes: &BTreeMap<String, String>,
    rewrites: &Rewrites,
    lexicon: &mut Lexicon,
) -> Result<Classes, UnderstandingError> {
    let mut read = Classes::new();
    for (class, words) in classes {
        let mut members = Vec::new();
        for word in words.split_whitespace() {
            let mut plain = Vec::new();
            rewrites.apply(&word.to_lowercase(), |word| plain.push(lexicon.intern(word)));
            let [only] = plain.as_slice() else {
                return Err(UnderstandingError::ClassWord { class: quoted(class), word: quoted(word) });
            };
            members.push(*only);
        }
        members.sort_unstable();
        members.dedup();
        read.insert(class.clone(), members.into());
    }
    Ok(read)
}

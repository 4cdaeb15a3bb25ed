//! What several turns say together about who is calling.

use super::{Match, NameScores, name_scores, postcode_score};
use crate::domain::dialogue::understanding::vocabulary::Vocabulary;
use crate::domain::hearing::Transcript;

/// Postcode and name together this close: the caller is the record's; tuned on real telephone turns.
const TOGETHER_ACCEPT: f32 = 1.34;
const TOGETHER_UNSURE: f32 = 0.9;
/// However well the name fits, the postcode may not be further off: names are easily known, and a neighbour's
/// postcode differs in one sign.
const POSTCODE_MIN: f32 = 0.74;
const NAME_MIN: f32 = 0.5;

/// The evidence of one call so far. A partial answer adds to an earlier one; it never takes away.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct IdentityEvidence {
    postcode: f32,
    name: NameScores,
}

impl IdentityEvidence {
    pub fn hear_postcode(&mut self, vocabulary: &Vocabulary, known: &str, transcript: &Transcript) {
        self.postcode = self.postcode.max(postcode_score(vocabulary, known, transcript));
    }

    pub fn hear_name(&mut self, vocabulary: &Vocabulary, known_full_name: &str, transcript: &Transcript) {
        self.name = self.name.joined(name_scores(vocabulary, known_full_name, transcript));
    }

    /// Both factors together. Two unsure answers may be enough where each alone is not.
    pub fn verdict(&self) -> Match {
        let name = self.name.mean();
        let together = self.postcode + name;
        let has_both = POSTCODE_MIN <= self.postcode && NAME_MIN <= name;
        if has_both && TOGETHER_ACCEPT <= together {
            Match::Accept { score: together / 2.0 }
        } else if TOGETHER_UNSURE <= together {
            Match::Unsure { score: together / 2.0 }
        } else {
            Match::Reject
        }
    }
}

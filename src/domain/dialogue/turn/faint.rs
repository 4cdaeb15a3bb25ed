//! A yes that is clear by its words and doubtful by its sound, or by what was heard beside it.

use std::time::Duration;

use jiff::civil::DateTime;

use super::Turn;
use crate::domain::dialogue::CallerTurn;
use crate::domain::dialogue::meaning::{Answer, Meaning};
use crate::domain::dialogue::understanding::{Intent, LONE_ANSWER_SPEECH_MIN, Understanding, Understood};
use crate::domain::hearing::{Awaited, Transcript};

/// Other readings of the recogniser that are looked at.
const OTHERS_MAX: usize = 4;

/// A yes that was heard too doubtfully, too briefly, or beside words of no known meaning, to settle anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::domain::dialogue) enum FaintYes {
    /// Nothing else speaks for it.
    Alone,
    /// Another reading of the same sound is a yes too, and none means anything else.
    BorneOut,
    /// More was said with it, which may have been misheard or may be something else: "yes, I end home".
    BesideMore,
}

/// Whether the turn is such a yes.
pub(super) fn faint_yes(
    understanding: &Understanding,
    said: &CallerTurn,
    (awaited, local_now): (Awaited, DateTime),
    understood: &Understood,
) -> Option<FaintYes> {
    if understood.is_yes_beside_unknown && understood.acts.iter().all(|act| act.intent == Intent::Affirm) {
        return Some(FaintYes::BesideMore);
    }
    let is_weak = understood.act(Intent::Affirm).is_some_and(|act| act.is_weak);
    let best = said.transcript.best().filter(|_| understood.is_lone_answer && is_weak)?;
    let by_words = |text: &str| understanding.understand(&Transcript::certain(text), awaited, local_now);
    if !by_words(&best.text).settles(Intent::Affirm) {
        return None;
    }
    let others = said.transcript.hypotheses.iter().skip(1).take(OTHERS_MAX);
    let others = others.filter(|other| letters(&other.text) != letters(&best.text));
    let read: Vec<Understood> =
        others.map(|other| by_words(&other.text)).filter(|understood| !understood.is_unclear()).collect();
    // A click is read as a yes in more than one way too.
    let is_long = LONE_ANSWER_SPEECH_MIN <= Duration::from_millis(said.speech_ms.into());
    let is_borne_out = is_long && !read.is_empty() && read.iter().all(|other| other.settles(Intent::Affirm));
    Some(if is_borne_out { FaintYes::BorneOut } else { FaintYes::Alone })
}

fn letters(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

impl Turn {
    /// Takes the yes for as clear as its words.
    pub(in crate::domain::dialogue) fn firm_up_yes(&mut self) {
        let meant = self.meanings.iter_mut().filter(|(meaning, _)| *meaning == Meaning::Answer(Answer::Yes));
        meant.for_each(|(_, is_weak)| *is_weak = false);
        let read = self.intents.iter_mut().filter(|(intent, _)| *intent == Intent::Affirm);
        read.for_each(|(_, is_weak)| *is_weak = false);
        self.acts.iter_mut().filter(|act| act.intent == Intent::Affirm).for_each(|act| act.is_weak = false);
    }
}

//! Who has the floor: when a turn is over, and what counts as an interruption.

use std::time::Duration;

use crate::domain::dialogue::understanding::vocabulary::{Vocabulary, WordSet};
use crate::domain::hearing::{Awaited, RecognitionContext, Transcript};

/// The words by which turns are taken.
#[derive(Clone, Debug, Default, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::domain) struct TurnTakingLists {
    /// Words after which nobody stops on purpose.
    hanging: WordSet,
    yes_no: WordSet,
    days: WordSet,
    /// Zeros beside the plain one.
    zeros: WordSet,
    backchannel: WordSet,
    /// Words that claim the floor however short.
    claiming: WordSet,
    /// What people say while the other says goodbye.
    farewell: WordSet,
}

/// How finished the words so far look, given what is awaited.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Completeness {
    /// More is sure to come: too few digits, a hanging "and".
    Unfinished,
    /// It could end here.
    Plausible,
    /// Everything that was asked for is there.
    Complete,
    /// And the conversation knows what to do with it.
    Understood,
}

/// The silence after which a turn is over.
///
/// The figures trade a quick answer against cutting in: people leave about 200 ms between turns, and pause for up to
/// a second between groups of digits.
pub fn silence_budget(awaited: Awaited, completeness: Completeness) -> Duration {
    let ms = match (awaited, completeness) {
        (Awaited::Open | Awaited::YesNo | Awaited::Choice, Completeness::Understood) => 200,
        (Awaited::Digits(_) | Awaited::OrderReference | Awaited::Postcode, Completeness::Understood) => 240,
        (Awaited::Name | Awaited::Date | Awaited::Address, Completeness::Understood) => {
            return silence_budget(awaited, Completeness::Complete);
        }
        (Awaited::Digits(_), Completeness::Complete) => 220,
        (Awaited::YesNo | Awaited::Choice, Completeness::Complete) => 260,
        (Awaited::Open | Awaited::Name | Awaited::OrderReference | Awaited::Postcode, Completeness::Complete) => 300,
        (Awaited::Date, Completeness::Complete) => 380,
        (Awaited::Address, Completeness::Complete) => 700,
        (Awaited::YesNo | Awaited::Choice | Awaited::Open, Completeness::Plausible) => 520,
        (Awaited::Date | Awaited::Name, Completeness::Plausible) => 650,
        (
            Awaited::Digits(_) | Awaited::OrderReference | Awaited::Postcode | Awaited::Address,
            Completeness::Plausible,
        ) => 850,
        (Awaited::YesNo | Awaited::Choice | Awaited::Open, Completeness::Unfinished) => 950,
        (Awaited::Date | Awaited::Name, Completeness::Unfinished) => 1_000,
        (
            Awaited::Digits(_) | Awaited::OrderReference | Awaited::Postcode | Awaited::Address,
            Completeness::Unfinished,
        ) => 1_300,
    };
    Duration::from_millis(ms)
}

impl Vocabulary {
    /// Judges how finished the words so far look.
    pub(super) fn completeness(&self, context: &RecognitionContext, transcript: &Transcript) -> Completeness {
        let text = transcript.text();
        if words(text).next().is_none() || self.ends_hanging(text) {
            return Completeness::Unfinished;
        }
        let has = |known: &WordSet| words(text).any(|word| known.has(&word));
        match context.awaited {
            Awaited::YesNo | Awaited::Choice if has(&self.turn_taking.yes_no) => Completeness::Complete,
            Awaited::YesNo | Awaited::Choice | Awaited::Address => Completeness::Plausible,
            Awaited::Digits(count) => self.digits_completeness(text, count.min.into(), count.max.into()),
            Awaited::OrderReference | Awaited::Postcode => self.reference_completeness(context, text),
            Awaited::Name => name_completeness(text),
            Awaited::Open => open_completeness(text),
            Awaited::Date if has(&self.turn_taking.days) => Completeness::Complete,
            Awaited::Date => open_completeness(text).min(Completeness::Plausible),
        }
    }

    /// Whether words of this kind can be taken as whole because they are understood.
    ///
    /// A name, a day or an address is understood long before it is whole, and so is a number from its first digit on. A
    /// bare "no" is understood too, but after a breath "that is all" often follows it.
    pub(super) fn may_be_understood(&self, awaited: Awaited, text: &str) -> bool {
        match awaited {
            Awaited::Open | Awaited::YesNo | Awaited::Choice => words(text).nth(1).is_some(),
            Awaited::Digits(_) | Awaited::OrderReference | Awaited::Postcode => self.digit_count(text) == 0,
            Awaited::Name | Awaited::Date | Awaited::Address => false,
        }
    }

    fn ends_hanging(&self, text: &str) -> bool {
        // A full stop after the hanging word is the recogniser's habit, a question mark is the speaker's tone.
        !text.trim_end().ends_with('?') && words(text).last().is_some_and(|word| self.turn_taking.hanging.has(&word))
    }

    fn digits_completeness(&self, text: &str, min: usize, max: usize) -> Completeness {
        let count = self.digit_count(text);
        if count >= max {
            Completeness::Complete
        } else if count >= min {
            Completeness::Plausible
        } else if count == 0 {
            // Not a number at all: "I don't have it with me".
            open_completeness(text)
        } else {
            Completeness::Unfinished
        }
    }

    fn reference_completeness(&self, context: &RecognitionContext, text: &str) -> Completeness {
        let digits = self.digit_count(text);
        let digits_of = |reference: &String| reference.chars().filter(char::is_ascii_digit).count();
        let expected = context.references.iter().map(digits_of);
        let (shortest, longest) =
            expected.fold((usize::MAX, 0), |(low, high), count| (low.min(count), high.max(count)));
        if digits == 0 {
            return open_completeness(text);
        }
        if longest > 0 && digits >= longest {
            return Completeness::Complete;
        }
        // Four digits are the least that anybody calls an order number.
        let least = if longest > 0 { shortest } else { 4 };
        if digits >= least { Completeness::Plausible } else { Completeness::Unfinished }
    }

    /// Digits and spoken numbers below a hundred; "double" and "triple" count the digit after them again.
    pub(super) fn digit_count(&self, text: &str) -> usize {
        let mut count = 0;
        let mut repeat = 1;
        let mut ends_in_tens = false;
        for word in words(text) {
            let digits = word.chars().filter(char::is_ascii_digit).count();
            let is_after_tens = std::mem::take(&mut ends_in_tens);
            let number = self.numbers.plain(&word);
            if digits > 0 {
                count += digits + repeat - 1;
                repeat = 1;
            } else if let Some(number @ 10..) = number {
                count += 2;
                repeat = 1;
                ends_in_tens = 20 <= number;
            } else if is_after_tens && number.is_some_and(|unit| 0 < unit) {
                // "forty five" is two digits in all.
                repeat = 1;
            } else if number.is_some() || self.turn_taking.zeros.has(&word) {
                count += repeat;
                repeat = 1;
            } else {
                repeat = self.numbers.times(&word).map_or(1, usize::from);
            }
        }
        count
    }
}

fn name_completeness(text: &str) -> Completeness {
    // Spelling goes on letter by letter with pauses between.
    let is_spelled = words(text).filter(|word| word.chars().count() == 1).count() >= 2;
    if is_spelled { Completeness::Unfinished } else { Completeness::Complete }
}

fn open_completeness(text: &str) -> Completeness {
    let is_ended = text.trim_end().ends_with(['.', '?', '!']);
    if is_ended && words(text).nth(1).is_some() { Completeness::Complete } else { Completeness::Plausible }
}

/// What speech over the agent's voice amounts to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Interruption {
    /// A cough, a noise: the agent goes on.
    Nothing,
    /// Our own voice come back: the agent goes on.
    Echo,
    /// "Mm-hm": the agent goes on.
    Backchannel,
    /// Words: the caller has the floor.
    Words,
}

/// Below this a word is more likely noise than speech.
const WORD_CONFIDENCE_MIN: f32 = 0.35;

/// The agent's side of speech over the agent.
#[derive(Clone, Debug, Default)]
pub struct AgentSpeech {
    /// What may come back as an echo.
    pub text: String,
    /// The question is already out, so that "yes" is an answer and not a backchannel.
    pub is_answer_awaited: bool,
    /// The other voice set in as soon after the agent's as an echo does.
    pub has_just_begun: bool,
}

impl Vocabulary {
    /// Judges what was heard while the agent was speaking.
    pub(super) fn judge_interruption(&self, heard: &Transcript, agent: &AgentSpeech) -> Interruption {
        let Some(best) = heard.best() else { return Interruption::Nothing };
        let lists = &self.turn_taking;
        let sure = best.confidence >= WORD_CONFIDENCE_MIN;
        let mut count = 0;
        let mut is_backchannel = true;
        let mut claims = false;
        for word in words(&best.text) {
            count += 1;
            is_backchannel &= lists.backchannel.has(&word);
            claims |= lists.claiming.has(&word);
        }
        if count > 0 && agent.has_just_begun && is_run_of(&best.text, &agent.text) {
            return Interruption::Echo;
        }
        if count == 0 || (!sure && count < 3) {
            return Interruption::Nothing;
        }
        if claims {
            return Interruption::Words;
        }
        if is_backchannel {
            return if agent.is_answer_awaited { Interruption::Words } else { Interruption::Backchannel };
        }
        if is_echo(&best.text, &agent.text) { Interruption::Echo } else { Interruption::Words }
    }

    /// Judges what was heard while the agent was saying goodbye: only something new is a reason to stop.
    pub(super) fn judge_farewell(&self, heard: &Transcript, agent: &AgentSpeech) -> Interruption {
        let lists = &self.turn_taking;
        let is_word_of_parting = |word: String| lists.farewell.has(&word) || lists.backchannel.has(&word);
        let verdict = self.judge_interruption(heard, agent);
        if verdict == Interruption::Words && words(heard.text()).all(is_word_of_parting) {
            return Interruption::Backchannel;
        }
        verdict
    }
}

/// Whether `heard`, however short, is word for word in what the agent itself is saying.
fn is_run_of(heard: &str, agent_text: &str) -> bool {
    let agent: Vec<String> = words(agent_text).collect();
    let heard: Vec<String> = words(heard).collect();
    agent.windows(heard.len().max(1)).any(|own| own == heard)
}

/// A word in so short and doubtful a sound is more likely noise than speech, whatever word it is.
///
/// Where an answer of one word is awaited, the conversation asks again instead.
pub fn is_noise_like(awaited: Awaited, heard: &Transcript, voiced: Duration) -> bool {
    const VOICED_MAX: Duration = Duration::from_millis(200);
    let is_short_answer_awaited = match awaited {
        Awaited::YesNo | Awaited::Choice => true,
        Awaited::Open
        | Awaited::Digits(_)
        | Awaited::OrderReference
        | Awaited::Postcode
        | Awaited::Name
        | Awaited::Date
        | Awaited::Address => false,
    };
    let is_doubtful = heard.best().is_some_and(|best| best.confidence < WORD_CONFIDENCE_MIN);
    !is_short_answer_awaited && is_doubtful && voiced <= VOICED_MAX
}

/// Whether `heard` is mostly a run of what the agent itself is saying.
fn is_echo(heard: &str, agent_text: &str) -> bool {
    let agent: Vec<String> = words(agent_text).collect();
    let heard: Vec<String> = words(heard).collect();
    if heard.len() < 3 {
        return false;
    }
    let shared = heard.windows(2).filter(|pair| agent.windows(2).any(|own| own == *pair)).count();
    // Two thirds of the neighbouring pairs: a caller who quotes two words of ours is not an echo.
    shared * 3 >= (heard.len() - 1) * 2
}

fn words(text: &str) -> impl Iterator<Item = String> + '_ {
    text.split(|c: char| !(c.is_alphanumeric() || c == '\'' || c == '-'))
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
}

//! Who has the floor: when a turn is over, and what counts as an interruption.

use std::time::Duration;

use crate::domain::hearing::{Awaited, RecognitionContext, Transcript};

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

/// Judges how finished the words so far look.
pub fn completeness(context: &RecognitionContext, transcript: &Transcript) -> Completeness {
    let text = transcript.text();
    if words(text).next().is_none() {
        return Completeness::Unfinished;
    }
    if ends_hanging(text) {
        return Completeness::Unfinished;
    }
    match context.awaited {
        Awaited::YesNo | Awaited::Choice => yes_no_completeness(text),
        Awaited::Digits(count) => digits_completeness(text, usize::from(count.min), usize::from(count.max)),
        Awaited::OrderReference | Awaited::Postcode => reference_completeness(context, text),
        Awaited::Name => name_completeness(text),
        Awaited::Open => open_completeness(text),
        Awaited::Date => date_completeness(text),
        Awaited::Address => Completeness::Plausible,
    }
}

/// Whether words of this kind can be taken as whole because they are understood.
///
/// A name, a day or an address is understood long before it is whole, and so is a number from its first digit on. A
/// bare "no" is understood too, but after a breath "that is all" often follows it.
pub fn may_be_understood(awaited: Awaited, text: &str) -> bool {
    match awaited {
        Awaited::Open | Awaited::YesNo | Awaited::Choice => words(text).nth(1).is_some(),
        Awaited::Digits(_) | Awaited::OrderReference | Awaited::Postcode => digit_count(text) == 0,
        Awaited::Name | Awaited::Date | Awaited::Address => false,
    }
}

/// Words after which nobody stops on purpose.
const HANGING: &[&str] = &[
    "a", "about", "an", "and", "at", "because", "but", "for", "from", "if", "in", "is", "it's", "like", "my", "number",
    "of", "on", "or", "so", "that", "the", "to", "uh", "um", "was", "well", "with", "your",
];

fn ends_hanging(text: &str) -> bool {
    // A full stop after the hanging word is the recogniser's habit, a question mark is the speaker's tone.
    !text.trim_end().ends_with('?') && words(text).last().is_some_and(|word| HANGING.contains(&word.as_str()))
}

const YES_NO: &[&str] = &[
    "absolutely",
    "correct",
    "don't",
    "fine",
    "haan",
    "nah",
    "never",
    "no",
    "nope",
    "not",
    "ok",
    "okay",
    "right",
    "sure",
    "wrong",
    "yeah",
    "yep",
    "yes",
    "yup",
];

fn yes_no_completeness(text: &str) -> Completeness {
    if words(text).any(|word| YES_NO.contains(&word.as_str())) {
        Completeness::Complete
    } else {
        Completeness::Plausible
    }
}

fn digits_completeness(text: &str, min: usize, max: usize) -> Completeness {
    let count = digit_count(text);
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

/// Digits and spoken numbers below a hundred; "double" and "triple" count the digit after them again.
pub fn digit_count(text: &str) -> usize {
    let mut count = 0;
    let mut repeat = 1;
    let mut ends_in_tens = false;
    for word in words(text) {
        let digits = word.chars().filter(char::is_ascii_digit).count();
        let is_after_tens = std::mem::take(&mut ends_in_tens);
        if digits > 0 {
            count += digits + repeat - 1;
            repeat = 1;
        } else if TEENS.contains(&word.as_str()) || TENS.contains(&word.as_str()) {
            count += 2;
            repeat = 1;
            ends_in_tens = TENS.contains(&word.as_str());
        } else if is_after_tens && UNITS.contains(&word.as_str()) {
            // "forty five" is two digits in all.
            repeat = 1;
        } else if DIGIT_WORDS.contains(&word.as_str()) {
            count += repeat;
            repeat = 1;
        } else {
            repeat = match word.as_str() {
                "double" => 2,
                "triple" => 3,
                _ => 1,
            };
        }
    }
    count
}

const DIGIT_WORDS: &[&str] =
    &["zero", "oh", "o", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "nought"];

const UNITS: &[&str] = &["one", "two", "three", "four", "five", "six", "seven", "eight", "nine"];

const TEENS: &[&str] =
    &["ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"];

const TENS: &[&str] = &["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];

fn reference_completeness(context: &RecognitionContext, text: &str) -> Completeness {
    let digits = digit_count(text);
    let expected = context.references.iter().map(|reference| reference.chars().filter(char::is_ascii_digit).count());
    let (shortest, longest) = expected.fold((usize::MAX, 0), |(low, high), count| (low.min(count), high.max(count)));
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

fn name_completeness(text: &str) -> Completeness {
    // Spelling goes on letter by letter with pauses between.
    let is_spelled = words(text).filter(|word| word.chars().count() == 1).count() >= 2;
    if is_spelled { Completeness::Unfinished } else { Completeness::Complete }
}

fn open_completeness(text: &str) -> Completeness {
    let is_ended = text.trim_end().ends_with(['.', '?', '!']);
    if is_ended && words(text).nth(1).is_some() { Completeness::Complete } else { Completeness::Plausible }
}

const DAY_WORDS: &[&str] = &[
    "afternoon",
    "any",
    "evening",
    "friday",
    "monday",
    "morning",
    "night",
    "noon",
    "saturday",
    "sunday",
    "thursday",
    "today",
    "tomorrow",
    "tuesday",
    "wednesday",
    "weekend",
];

fn date_completeness(text: &str) -> Completeness {
    let has_day = words(text).any(|word| DAY_WORDS.contains(&word.as_str()));
    if has_day { Completeness::Complete } else { open_completeness(text).min(Completeness::Plausible) }
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

const BACKCHANNEL: &[&str] = &[
    "ah", "aha", "hm", "hmm", "mhm", "mm", "mmhm", "mmhmm", "oh", "ok", "okay", "right", "sure", "uh", "uhhuh", "um",
    "huh", "uh-huh", "mm-hm", "mm-hmm", "yeah", "yep", "yes", "haan", "i", "see", "good", "great", "alright", "got",
    "it", "thanks",
];

/// Words that claim the floor however short.
const CLAIMING: &[&str] = &["no", "stop", "wait", "hello", "sorry", "what", "agent", "human", "help"];

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

/// Judges what was heard while the agent was speaking.
pub fn judge_interruption(heard: &Transcript, agent: &AgentSpeech) -> Interruption {
    let Some(best) = heard.best() else { return Interruption::Nothing };
    let sure = best.confidence >= WORD_CONFIDENCE_MIN;
    let mut count = 0;
    let mut is_backchannel = true;
    let mut claims = false;
    for word in words(&best.text) {
        count += 1;
        is_backchannel &= BACKCHANNEL.contains(&word.as_str());
        claims |= CLAIMING.contains(&word.as_str());
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

/// What people say while the other says goodbye.
const FAREWELL: &[&str] = &[
    "a",
    "all",
    "and",
    "appreciate",
    "bye",
    "bye-bye",
    "care",
    "cheers",
    "day",
    "else",
    "evening",
    "for",
    "goodbye",
    "have",
    "help",
    "is",
    "it's",
    "lovely",
    "much",
    "nice",
    "night",
    "no",
    "nothing",
    "nope",
    "one",
    "perfect",
    "same",
    "so",
    "take",
    "thank",
    "that",
    "that's",
    "the",
    "to",
    "too",
    "very",
    "week",
    "weekend",
    "wonderful",
    "you",
    "your",
];

/// Judges what was heard while the agent was saying goodbye: only something new is a reason to stop.
pub fn judge_farewell(heard: &Transcript, agent: &AgentSpeech) -> Interruption {
    let is_word_of_parting = |word: String| FAREWELL.contains(&word.as_str()) || BACKCHANNEL.contains(&word.as_str());
    let verdict = judge_interruption(heard, agent);
    if verdict == Interruption::Words && words(heard.text()).all(is_word_of_parting) {
        return Interruption::Backchannel;
    }
    verdict
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

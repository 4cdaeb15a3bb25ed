//! The caller on the line: listens to the agent, answers as the file says, and says again what was misheard.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use doorstep::domain::call::Speaker;
use doorstep::domain::values::CallTime;
use doorstep::rehearsal::{Caller, CallerFile, Deed, Next, Rehearsed};
use doorstep::runtime::live_calls::{BegunSentence, LiveCall};
use doorstep::runtime::reception::Reception;
use doorstep::simulator::{CallerScript, Director, Moment, PreparedScript, Step};

use super::cast::Lines;

/// The agent has finished when it has been quiet for so long: the pause before an answer begins then.
const QUIET_MS: u64 = 400;
/// More should follow in the same breath; nobody waits longer for it.
const BREATH_MS: u64 = 4_000;
/// A caller who interrupts does so this long into the last sentence.
const INTERRUPTS_AFTER_MS: u64 = 600;
/// How often the same words are said again.
const REPEATS_MAX: u32 = 2;
/// How often a wrong read-back is turned down.
const OBJECTIONS_MAX: u32 = 2;
const KEY_PAUSE_MS: u64 = 120;
/// Sentences that name the keys for yes and no.
const NAME_KEYS: [&str; 2] = ["say_yes_or_no", "say_yes_in_full"];
/// What means a yes or a no by its first word, and the key for it.
const ANSWERS: [(&str, char); 7] =
    [("yes", '1'), ("yeah", '1'), ("haan", '1'), ("okay", '1'), ("speaking", '1'), ("no", '2'), ("nope", '2')];
/// What a sentence says that lets a number be keyed in.
const LETS_KEY: &str = "key";
/// Said to a read-back of something else.
pub(super) const OBJECTION: &str = "no";
/// Said by a caller whose yes was too faint, as the agent asks for it; in one breath, as people do.
pub(super) const YES_IN_FULL: &str = "yes I am sure";

/// Where the call in progress is found, by whoever looks first.
pub(super) type Line = Arc<OnceLock<Arc<LiveCall>>>;

pub(super) struct SpokenCaller {
    caller: Caller,
    lines: Lines,
    /// What is read back to this caller when every word is understood, by template.
    read_back: BTreeMap<String, Vec<String>>,
    /// How often each question is still to be asked when every word is understood.
    asks_left: BTreeMap<String, usize>,
    reception: Arc<Reception>,
    line: Line,
    /// How many sentences have been begun, and when the newest was.
    begun: usize,
    begun_at_ms: u64,
    /// How many were there when the caller last did something about them.
    answered: usize,
    said: Option<Said>,
    /// The last words to each question.
    said_to: BTreeMap<&'static str, String>,
    objections: u32,
    /// How often the agent has named the keys for yes and no.
    keys_named: u32,
}

/// What the caller said last.
struct Said {
    words: String,
    /// The question it was said to.
    to: &'static str,
    at: CallTime,
    repeats: u32,
}

impl SpokenCaller {
    pub(super) fn new(
        file: &CallerFile,
        lines: Lines,
        rehearsed: &Rehearsed,
        reception: Arc<Reception>,
        line: Line,
    ) -> Self {
        let mut read_back = BTreeMap::<String, Vec<String>>::new();
        for spoken in rehearsed.lines.iter().filter(|spoken| spoken.who.starts_with("confirm_")) {
            read_back.entry(spoken.who.clone()).or_default().push(spoken.text.clone());
        }
        let mut asks_left = BTreeMap::<String, usize>::new();
        for spoken in &rehearsed.lines {
            *asks_left.entry(spoken.who.clone()).or_default() += 1;
        }
        let caller = Caller::new(file);
        let (begun, begun_at_ms, answered) = (0, 0, 0);
        Self {
            caller,
            lines,
            read_back,
            asks_left,
            reception,
            line,
            begun,
            begun_at_ms,
            answered,
            said: None,
            said_to: BTreeMap::new(),
            objections: 0,
            keys_named: 0,
        }
    }

    fn call(&self) -> Option<Arc<LiveCall>> {
        if self.line.get().is_none()
            && let Some(call) = self.reception.services().live.list().into_iter().next()
        {
            drop(self.line.set(call));
        }
        self.line.get().cloned()
    }

    /// Whether the caller takes the turn about the newest sentence now.
    fn takes_turn(&self, newest: &BegunSentence, moment: Moment) -> bool {
        let since_ms = moment.now_ms.saturating_sub(self.begun_at_ms);
        if newest.is_last && self.caller.interrupts(newest.template) && INTERRUPTS_AFTER_MS <= since_ms {
            return true;
        }
        let Some(quiet_ms) = moment.agent_quiet_ms else { return false };
        let is_heard = quiet_ms < since_ms;
        is_heard && if newest.is_last { QUIET_MS <= quiet_ms } else { BREATH_MS <= quiet_ms }
    }

    fn react(&mut self, newest: &BegunSentence, call: &LiveCall, moment: Moment) -> Option<PreparedScript> {
        let is_one_too_many = self.is_one_too_many(newest.template);
        self.mind_question(newest.template, moment);
        if self.is_read_back_wrong(newest) {
            self.objections += 1;
            return self.say(OBJECTION, 300);
        }
        if let Some(keys) = self.keys_for_digits(newest) {
            return prepared(pressed(&keys, 400));
        }
        if let Some(words) = self.words_again(newest, call) {
            return self.say(&words, 400);
        }
        let Some(Next { deed, after_ms, interrupts }) = self.caller.answer(newest.template) else {
            if let Some(key) = self.key_for_answer(newest.template) {
                return prepared(vec![Step::Silence { ms: 400 }, Step::Dtmf { digit: key }]);
            }
            if newest.template == "say_yes_in_full" && self.has_said_yes() {
                return self.say(YES_IN_FULL, 400);
            }
            return if is_one_too_many || 0 < self.objections { self.same_again() } else { None };
        };
        let after_ms = if interrupts { 0 } else { after_ms.saturating_sub(QUIET_MS) };
        match deed {
            Deed::Say { text, .. } => {
                self.said_to.insert(newest.template, text.clone());
                self.said =
                    Some(Said { words: text.clone(), to: newest.template, at: time(moment.now_ms), repeats: 0 });
                self.say(&text, after_ms)
            }
            Deed::Keys(keys) => prepared(pressed(&keys, after_ms)),
            Deed::HangUp => prepared(vec![Step::Silence { ms: after_ms }, Step::HangUp]),
        }
    }

    /// Back at an earlier question, it is its answer that counts: "yes" was said to another one.
    fn mind_question(&mut self, template: &str, moment: Moment) {
        let Some((to, words)) = self.said_to.get_key_value(template) else { return };
        if self.said.as_ref().is_some_and(|said| said.to != *to) {
            self.said = Some(Said { words: words.clone(), to, at: time(moment.now_ms), repeats: 0 });
        }
    }

    fn say(&self, words: &str, after_ms: u64) -> Option<PreparedScript> {
        let spoken = self.lines.get(words)?;
        let pause = prepared(vec![Step::Silence { ms: after_ms }])?;
        Some(pause.then(spoken.clone()))
    }

    /// The last words, if they did not arrive as they were said and the agent asks again.
    fn words_again(&mut self, newest: &BegunSentence, call: &LiveCall) -> Option<String> {
        let said = self.said.as_mut().filter(|said| said.repeats < REPEATS_MAX)?;
        let is_asked_again = newest.template == said.to;
        let heard = call.look(|snapshot| {
            let line = snapshot.transcript.iter().rfind(|line| line.role == Speaker::Caller);
            line.filter(|line| said.at <= line.to_ms).map(|line| line.text.reveal().clone())
        });
        let is_misheard = heard.is_none_or(|heard| plain(&heard) != plain(&said.words));
        if !is_asked_again || !is_misheard {
            return None;
        }
        said.repeats += 1;
        Some(said.words.clone())
    }

    /// Whether the agent asks more often than when it understands every word: it has not understood.
    fn is_one_too_many(&mut self, template: &str) -> bool {
        match self.asks_left.get_mut(template) {
            Some(left) if 0 < *left => {
                *left -= 1;
                false
            }
            Some(_) | None => true,
        }
    }

    fn has_said_yes(&self) -> bool {
        self.has_said("yes")
    }

    fn has_said(&self, first: &str) -> bool {
        self.said.as_ref().is_some_and(|said| plain(&said.words).first().is_some_and(|word| word == first))
    }

    /// Told which key to press, a caller who has said a plain yes or no in vain once more, or is told again, presses it.
    fn key_for_answer(&mut self, template: &str) -> Option<char> {
        if !NAME_KEYS.contains(&template) {
            return None;
        }
        self.keys_named += 1;
        let has_repeated = self.said.as_ref().is_some_and(|said| 0 < said.repeats);
        if self.keys_named < 2 && !has_repeated {
            return None;
        }
        ANSWERS.into_iter().find_map(|(word, key)| self.has_said(word).then_some(key))
    }

    /// Told that a number can be keyed in, a caller who has said it once more in vain does so.
    fn keys_for_digits(&self, newest: &BegunSentence) -> Option<String> {
        let said = self.said.as_ref().filter(|said| 0 < said.repeats && newest.is_last)?;
        let lets_key = newest.text.reveal().contains(LETS_KEY);
        lets_key.then(|| plain(&said.words).iter().map(|word| digit_of(word)).collect::<Option<String>>())?
    }

    /// The last words, to an agent who did not take them for an answer, or took them for another.
    fn same_again(&mut self) -> Option<PreparedScript> {
        let said = self.said.as_mut().filter(|said| said.repeats < REPEATS_MAX)?;
        said.repeats += 1;
        let words = said.words.clone();
        self.say(&words, 400)
    }

    /// Whether something is read back that this caller never said. Only sentences of the same wording are compared.
    fn is_read_back_wrong(&self, newest: &BegunSentence) -> bool {
        let Some(right) = self.read_back.get(newest.template) else { return false };
        let text = newest.text.reveal();
        let opening = |text: &str| plain(text).into_iter().take(2).collect::<Vec<_>>();
        let mut alike = right.iter().filter(|right| opening(right) == opening(text)).peekable();
        let is_comparable = alike.peek().is_some() && self.objections < OBJECTIONS_MAX;
        is_comparable && !alike.any(|right| right == text || is_near(right, text, newest.template))
    }
}

impl Director for SpokenCaller {
    fn next(&mut self, moment: Moment) -> Option<PreparedScript> {
        let call = self.call()?;
        let (begun, newest) = call.look(|snapshot| (snapshot.sentences.len(), snapshot.sentences.last().cloned()));
        let newest = newest?;
        if self.begun < begun {
            (self.begun, self.begun_at_ms) = (begun, moment.now_ms);
        }
        if self.answered == self.begun || !self.takes_turn(&newest, moment) {
            return None;
        }
        self.answered = self.begun;
        self.react(&newest, &call, moment)
    }
}

/// Words without case and marks.
fn plain(text: &str) -> Vec<String> {
    let words = text.split_whitespace().map(|word| word.chars().filter(|c| c.is_alphanumeric()).collect::<String>());
    words.map(|word| word.to_lowercase()).filter(|word| !word.is_empty()).collect()
}

/// A note read back in slightly other words is let pass.
fn is_near(right: &str, text: &str, template: &str) -> bool {
    let (right, text) = (plain(right), plain(text));
    let shared = right.iter().filter(|word| text.contains(word)).count();
    template == "confirm_note" && right.len() * 6 <= shared * 10
}

fn digit_of(word: &str) -> Option<char> {
    const DIGITS: [&str; 10] = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"];
    let digit =
        DIGITS.iter().position(|digit| *digit == word).or_else(|| word.parse().ok().filter(|digit| *digit < 10))?;
    char::from_digit(u32::try_from(digit).ok()?, 10)
}

fn pressed(keys: &str, after_ms: u64) -> Vec<Step> {
    let pressed = keys.chars().flat_map(|digit| [Step::Dtmf { digit }, Step::Silence { ms: KEY_PAUSE_MS }]);
    std::iter::once(Step::Silence { ms: after_ms }).chain(pressed).collect()
}

fn prepared(steps: Vec<Step>) -> Option<PreparedScript> {
    CallerScript::new(steps).prepare().ok()
}

const fn time(ms: u64) -> CallTime {
    CallTime::from_ms(ms)
}

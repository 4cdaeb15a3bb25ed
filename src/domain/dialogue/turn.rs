//! A caller turn as the dialogue reads it: what was meant, and the values it carried.

mod faint;
mod wishes;

use std::sync::Arc;
use std::time::Duration;

use jiff::ToSpan;
use jiff::civil::{Date, DateTime, Time};

use super::CallerTurn;
use super::identity::{self, Match, match_name, match_order_reference, match_postcode};
use super::meaning::{Answer, Aside, Conduct, Meaning};
use super::understanding::vocabulary::{Phrases, Spoken, Vocabulary, WordSet};
use super::understanding::{
    Act, DatePhrase, DeliveryHours, Intent, PostcodeForm, SecretKind, Span, SpokenCode, Understanding, Understood,
};
use crate::domain::hearing::{Awaited, Transcript};
use crate::domain::orders::Order;
use crate::domain::values::Personal;

pub(super) use faint::FaintYes;

/// The words that join, take back and introduce what is said in one turn.
#[derive(Clone, Debug, Default, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::domain) struct TurnLists {
    /// What joins a second thing to an answer.
    joiners: WordSet,
    /// What something that takes an answer back begins with.
    hedges: Phrases,
    denials: WordSet,
    /// Endings that deny: "doesn't".
    denial_endings: WordSet,
    /// What a caller's own name follows.
    name_leads: Phrases,
    /// What follows a caller's own name.
    name_tails: WordSet,
    /// Words that stand there and are no names.
    no_name: WordSet,
}

/// One turn, understood.
#[derive(Clone, Debug)]
pub(super) struct Turn {
    pub(super) transcript: Arc<Transcript>,
    /// What it is read by.
    vocabulary: Arc<Vocabulary>,
    /// The surest reading first within what was said.
    meanings: Vec<(Meaning, IsWeak)>,
    /// As they were read, before their place in the conversation was found.
    intents: Vec<(Intent, IsWeak)>,
    /// With their words. Order: as said.
    acts: Vec<Act>,
    /// Digit strings, the likeliest first.
    pub(super) digits: Vec<String>,
    pub(super) day: Option<Date>,
    pub(super) window: Option<(Time, Time)>,
    /// The other day, and the other part of a day, that the same words can mean.
    pub(super) other_day: Option<Date>,
    pub(super) other_window: Option<(Time, Time)>,
    /// Every day named, for telling orders apart.
    days: Vec<Date>,
    pub(super) secret: Option<SecretKind>,
    /// A yes that may be none.
    pub(super) faint_yes: Option<FaintYes>,
}

/// How an answer compares with the record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Compared {
    Right,
    Wrong,
    /// Close, or badly heard: worth asking once more.
    Unclear,
    /// The turn holds nothing to compare.
    NoAnswer,
}

/// Too short or too doubtful to settle anything.
type IsWeak = bool;

/// Readings of one code that are looked up.
const READINGS_MAX: usize = 6;

impl Turn {
    /// Shape: `vocabulary` is of the language of the call.
    pub(super) fn understand(
        understanding: &Understanding,
        vocabulary: &Arc<Vocabulary>,
        said: &CallerTurn,
        awaited: Awaited,
        local_now: DateTime,
    ) -> Self {
        let mut understood = understanding.understand(&said.transcript, awaited, local_now);
        wishes::weigh_yes_alone(understanding, said, (awaited, local_now), &mut understood);
        understood.weigh_speech(Duration::from_millis(u64::from(said.speech_ms)));
        Self {
            transcript: Arc::clone(&said.transcript),
            vocabulary: Arc::clone(vocabulary),
            meanings: meanings(&understood),
            intents: understood.acts.iter().map(|act| (act.intent, act.is_weak)).collect(),
            acts: understood.acts.clone(),
            digits: understood.digits.iter().map(|digits| digits.digits.reveal().clone()).collect(),
            day: wanted(&understood).and_then(DatePhrase::wanted_day),
            window: timed(&understood).and_then(window_of),
            other_day: wanted(&understood).and_then(|phrase| phrase.other_day),
            other_window: timed(&understood).and_then(other_window_of),
            days: understood.dates.iter().flat_map(|phrase| phrase.day.into_iter().chain(phrase.other_day)).collect(),
            secret: vocabulary.mask(said.transcript.text()).found.first().map(|secret| secret.kind),
            faint_yes: faint::faint_yes(understanding, said, (awaited, local_now), &understood),
        }
    }

    /// Nothing was said.
    pub(super) fn silent() -> Self {
        Self { meanings: Vec::new(), intents: Vec::new(), acts: Vec::new(), ..Self::keyed_as(Intent::Silence) }
    }

    /// Keys as a turn: their digits.
    pub(super) fn keyed(keys: &str) -> Self {
        let spaced: Vec<String> = keys.chars().map(String::from).collect();
        Self {
            transcript: Arc::new(Transcript::certain(&spaced.join(" "))),
            digits: vec![keys.to_owned()],
            ..Self::keyed_as(Intent::DtmfInput)
        }
    }

    /// A key that stands for words: "one for yes".
    pub(super) fn keyed_as(intent: Intent) -> Self {
        Self {
            transcript: Arc::default(),
            vocabulary: Arc::default(),
            meanings: vec![(Meaning::of(intent), false)],
            intents: vec![(intent, false)],
            acts: vec![Act { intent, strength: 1.0, confidence: 1.0, span: Span::default(), is_weak: false }],
            digits: Vec::new(),
            day: None,
            window: None,
            other_day: None,
            other_window: None,
            days: Vec::new(),
            secret: None,
            faint_yes: None,
        }
    }

    /// A key that stands for a day, or for a part of one.
    pub(super) fn keyed_day(day: Date, window: Option<(Time, Time)>) -> Self {
        Self { day: Some(day), window, ..Self::keyed_as(Intent::RescheduleDelivery) }
    }

    /// The day named is one on which nobody is there, and no other was asked for.
    pub(super) fn is_away(&self) -> bool {
        let asks = [Intent::RescheduleDelivery, Intent::ChooseDeliverySlot, Intent::RequestReattempt];
        self.has_intent(Intent::NotAvailable) && !asks.into_iter().any(|intent| self.has_intent(intent))
    }

    /// "She is there, but she can't pay": something behind it takes back what was said, and it is no wish of its own.
    pub(super) fn is_hedged(&self) -> bool {
        let lists = &self.vocabulary.turns;
        let text = self.text().to_lowercase();
        let behind = lists.hedges.iter().filter_map(|hedge| {
            let at = text.find(&format!(" {hedge} "))?;
            text.get(at + hedge.len() + 1..)
        });
        let takes_back = |behind: &str| {
            let mut words = behind.split(|c: char| !c.is_alphanumeric() && c != '\'');
            words
                .any(|word| lists.denials.has(word) || lists.denial_endings.iter().any(|ending| word.ends_with(ending)))
        };
        self.wish().is_none() && behind.into_iter().any(takes_back)
    }

    /// What it is read by.
    pub(super) fn vocabulary(&self) -> &Vocabulary {
        &self.vocabulary
    }

    /// The words without what must not be kept.
    pub(super) fn masked(&self) -> String {
        self.vocabulary.mask(self.text()).text
    }

    pub(super) fn text(&self) -> &str {
        self.transcript.text().trim()
    }

    /// The answer to the open question, and whether it is too weak to settle anything.
    pub(super) fn answer(&self) -> Option<(Answer, IsWeak)> {
        self.meanings.iter().find_map(|(meaning, is_weak)| match meaning {
            Meaning::Answer(answer) => Some((*answer, *is_weak)),
            Meaning::Ask(_)
            | Meaning::Want(_)
            | Meaning::Conduct(_)
            | Meaning::Aside(_)
            | Meaning::Provides
            | Meaning::Nothing => None,
        })
    }

    pub(super) fn is_unclear(&self) -> bool {
        self.intents.is_empty()
    }

    pub(super) fn has_intent(&self, intent: Intent) -> bool {
        self.intents.iter().any(|(said, _)| *said == intent)
    }

    /// Whether one of these was said, and if so whether only weakly.
    pub(super) fn intent_of(&self, intents: &[Intent]) -> Option<IsWeak> {
        let said = self.intents.iter().filter(|(said, _)| intents.contains(said));
        said.map(|(_, is_weak)| *is_weak).reduce(|all, is_weak| all && is_weak)
    }

    /// The name somebody gives as their own: "this is Sana", "Sana speaking". None for "this is she".
    pub(super) fn own_name(&self) -> Option<String> {
        let lists = &self.vocabulary.turns;
        let text = self.text().to_lowercase();
        let words: Vec<&str> =
            text.split(|c: char| !c.is_alphanumeric() && c != '\'').filter(|word| !word.is_empty()).collect();
        let behind_lead = |at: usize| words.get(at + lists.name_leads.begin(&words[at..])?);
        let before_tail = |at: usize| words.get(at.checked_sub(1)?).filter(|_| lists.name_tails.has(words.word(at)));
        let places = 0..words.len();
        let mut named = places.clone().filter_map(behind_lead).chain(places.filter_map(before_tail));
        let is_name = |word: &&&str| !lists.no_name.has(word) && word.chars().all(char::is_alphabetic);
        named.find(is_name).map(|name| (*name).to_owned())
    }

    pub(super) fn has_answer(&self, answer: Answer) -> bool {
        self.meanings.iter().any(|(meaning, _)| *meaning == Meaning::Answer(answer))
    }

    /// What must be answered at once, the weightiest first.
    pub(super) fn conduct(&self) -> Option<Conduct> {
        let conducts = self.meanings.iter().filter_map(|(meaning, _)| match meaning {
            Meaning::Conduct(conduct) => Some(*conduct),
            Meaning::Answer(_)
            | Meaning::Ask(_)
            | Meaning::Want(_)
            | Meaning::Aside(_)
            | Meaning::Provides
            | Meaning::Nothing => None,
        });
        conducts.min_by_key(|conduct| conduct.rank())
    }

    pub(super) fn asides(&self) -> Vec<Aside> {
        let aside = |(meaning, _): &(Meaning, IsWeak)| match meaning {
            Meaning::Aside(aside) => Some(*aside),
            Meaning::Answer(_)
            | Meaning::Ask(_)
            | Meaning::Want(_)
            | Meaning::Conduct(_)
            | Meaning::Provides
            | Meaning::Nothing => None,
        };
        self.meanings.iter().filter_map(aside).collect()
    }
}

/// Values compared with the record, or read for looking something up.
impl Turn {
    /// Order references, the likeliest first. Shape: capitals and digits.
    pub(super) fn references(&self) -> Vec<String> {
        readings(self.vocabulary.order_references(&self.transcript))
    }

    /// Postcodes of every form we serve, the likeliest first. Shape: capitals and digits.
    pub(super) fn postcodes(&self) -> Vec<String> {
        let forms = [PostcodeForm::India, PostcodeForm::UnitedKingdom, PostcodeForm::UnitedStates];
        readings(forms.into_iter().flat_map(|form| self.vocabulary.postcodes(&self.transcript, form)))
    }

    pub(super) fn compare_postcode(&self, known: &str) -> Compared {
        self.compared(match_postcode(&self.vocabulary, known, &self.transcript))
    }

    /// Compares with any number in the address lines.
    pub(super) fn compare_house_number(&self, lines: &[Personal<String>]) -> Compared {
        let numbers = lines.iter().flat_map(|line| line.reveal().split(|c: char| !c.is_ascii_alphanumeric()));
        let numbers = numbers.filter(|word| word.bytes().any(|byte| byte.is_ascii_digit()));
        let is_right = numbers
            .map(|known| identity::match_house_number(&self.vocabulary, known, &self.transcript))
            .any(Match::is_accepted);
        match (is_right, self.digits.is_empty()) {
            (true, _) => Compared::Right,
            (false, true) => Compared::NoAnswer,
            (false, false) => Compared::Wrong,
        }
    }

    pub(super) fn compare_reference(&self, known: &str) -> Compared {
        let matched = match_order_reference(&self.vocabulary, &[known], &self.transcript);
        self.compared(matched.map_or(Match::Reject, |(_, matched)| matched))
    }

    pub(super) fn compare_name(&self, known: &str) -> Compared {
        match match_name(&self.vocabulary, known, &self.transcript) {
            Match::Accept { .. } => Compared::Right,
            Match::Unsure { .. } => Compared::Unclear,
            Match::Reject if self.text().is_empty() => Compared::NoAnswer,
            Match::Reject => Compared::Wrong,
        }
    }

    fn compared(&self, matched: Match) -> Compared {
        match matched {
            Match::Accept { .. } => Compared::Right,
            Match::Unsure { .. } => Compared::Unclear,
            Match::Reject if self.digits.is_empty() => Compared::NoAnswer,
            Match::Reject => Compared::Wrong,
        }
    }

    /// The place of "the first", "the second", "the last" in a list of `count` that was said aloud.
    pub(super) fn choice(&self, ordinals: &[Vec<String>], count: usize) -> Option<usize> {
        let text = self.text().to_lowercase();
        let words: Vec<&str> = text.split(|c: char| !c.is_alphanumeric()).collect();
        let is_said = |names: &Vec<String>| names.iter().any(|name| words.contains(&name.as_str()));
        let (last, counted) = ordinals.split_last()?;
        let counted = counted.iter().take(count).position(is_said);
        counted.or_else(|| count.checked_sub(1).filter(|_| is_said(last)))
    }

    /// "The one from last Tuesday", "the one of the nineteenth".
    pub(super) fn speaks_of_day(&self, day: Date) -> bool {
        let text = self.text().to_lowercase();
        let names_weekday_of = |day: Date| self.vocabulary.names_weekday(&text, day.weekday());
        if names_weekday_of(day) {
            return true;
        }
        let names_a_weekday = day.series(1.day()).take(7).any(names_weekday_of);
        self.days.iter().any(|said| *said == day || (!names_a_weekday && said.day() == day.day()))
    }

    /// "The fourth", "on the eleventh": the number of the day.
    pub(super) fn speaks_of_date(&self, day: Date) -> bool {
        self.other_day.is_none() && self.days.iter().any(|said| *said == day || said.day() == day.day())
    }

    pub(super) fn speaks_of_item(&self, order: &Order) -> bool {
        let text = self.text().to_lowercase();
        let titles = order.items.iter().map(|item| item.title.to_lowercase());
        titles
            .into_iter()
            .any(|title| title.split(|c: char| !c.is_alphanumeric()).any(|word| 4 <= word.len() && text.contains(word)))
    }
}

fn readings(codes: impl IntoIterator<Item = SpokenCode>) -> Vec<String> {
    codes.into_iter().take(READINGS_MAX).map(|code| code.canonical.into_inner()).collect()
}

/// The phrase that names the day that is wanted.
fn wanted(understood: &Understood) -> Option<&DatePhrase> {
    understood.dates.iter().find(|phrase| phrase.wanted_day().is_some())
}

/// The phrase that names a part of a day.
fn timed(understood: &Understood) -> Option<&DatePhrase> {
    understood.dates.iter().find(|phrase| !phrase.is_excluded && window_of(phrase).is_some())
}

/// The same part of a day in its other meaning: "at nine" is in the morning or in the evening.
fn other_window_of(phrase: &DatePhrase) -> Option<(Time, Time)> {
    let other = phrase.other_time;
    let twin = DatePhrase {
        window: phrase.other_window,
        at: phrase.at.and(other),
        not_before: phrase.not_before.and(other).or(phrase.not_before.filter(|_| phrase.at.is_some())),
        not_after: phrase.not_after.and(other).or(phrase.not_after.filter(|_| phrase.at.is_some())),
        ..phrase.clone()
    };
    window_of(&twin).filter(|window| phrase.is_ambiguous && Some(*window) != window_of(phrase))
}

/// Any form of a part of a day as a window within the hours in which deliveries are made.
fn window_of(phrase: &DatePhrase) -> Option<(Time, Time)> {
    let hours = DeliveryHours::default();
    if phrase.window.is_some() {
        return phrase.window;
    }
    if let Some(at) = phrase.at {
        return Some((at, at.saturating_add(1.hour())));
    }
    if phrase.not_before.is_none() && phrase.not_after.is_none() {
        return None;
    }
    let window = (phrase.not_before.unwrap_or(hours.from), phrase.not_after.unwrap_or(hours.to));
    (window.0 < window.1).then_some(window)
}

fn meanings(understood: &Understood) -> Vec<(Meaning, IsWeak)> {
    let mut meanings: Vec<(Meaning, IsWeak)> = Vec::with_capacity(understood.acts.len());
    for act in &understood.acts {
        let meaning = Meaning::of(act.intent);
        match meanings.iter_mut().find(|(known, _)| *known == meaning) {
            Some((_, is_weak)) => *is_weak &= act.is_weak,
            None => meanings.push((meaning, act.is_weak)),
        }
    }
    meanings
}

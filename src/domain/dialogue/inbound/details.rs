//! What a caller's words hold of a request: days, times, people, places, numbers, parts of an address.

use std::sync::Arc;

use jiff::ToSpan;
use jiff::civil::Date;

use crate::domain::dialogue::core::Dialogue;
use crate::domain::dialogue::meaning::Answer;
use crate::domain::dialogue::requests::{Detail, Draft, Topic};
use crate::domain::dialogue::turn::Turn;
use crate::domain::dialogue::understanding::slots::{DialPlan, PlaceKind, Relation, SpokenAddress};
use crate::domain::dialogue::understanding::vocabulary::Vocabulary;
use crate::domain::values::Personal;

/// A wish of so many words holds its own detail: "leave it with Mrs Rao next door".
const TELLING_WORDS_MIN: usize = 6;
/// The rest of a longer note is dropped.
const NOTE_CHARS_MAX: usize = 240;

impl Dialogue {
    /// Takes from the words whatever of the request they hold already.
    pub(super) fn fill_from(&self, draft: &mut Draft, turn: &Turn) {
        match draft.topic.spec().detail {
            // The day named is the one on which nobody is there.
            Detail::Day if turn.is_away() => (),
            Detail::Day => {
                draft.window = turn.window;
                let any = || turn.has_answer(Answer::AnyIsFine).then(|| self.earliest_day());
                draft.day = turn.day.or_else(any).filter(|day| self.day_fault(*day).is_none());
            }
            Detail::SafePlace | Detail::Neighbour | Detail::Recipient => {
                self.fill_values(draft, turn);
                let is_empty = draft.topic == Topic::SafePlace && turn.vocabulary().only_wishes_for_place(turn.text());
                let says_more = TELLING_WORDS_MIN <= turn.words() && !is_empty;
                if !draft.values.is_empty() || says_more {
                    draft.note = Some(note_of(turn));
                }
            }
            Detail::Note | Detail::WhatIsWrong | Detail::AddressPart => {
                if TELLING_WORDS_MIN <= turn.words() {
                    self.fill_values(draft, turn);
                    draft.note = Some(note_of(turn));
                }
            }
            Detail::WhenToCall => self.fill_time(draft, turn),
            // "I don't want it" is no reason yet.
            Detail::None | Detail::CancelReason => self.fill_values(draft, turn),
        }
    }

    /// Takes the words as the detail that was asked for.
    pub(super) fn fill_note(&self, draft: &mut Draft, turn: &Turn) {
        draft.note = Some(note_of(turn));
        if draft.topic.spec().detail == Detail::WhenToCall {
            self.fill_time(draft, turn);
        } else {
            self.fill_values(draft, turn);
        }
    }

    /// When to ring: the words as they were said, and the moment if they name one.
    fn fill_time(&self, draft: &mut Draft, turn: &Turn) {
        if turn.day.is_none() && turn.window.is_none() {
            return;
        }
        let now = self.local_now().civil();
        let is_over = turn.window.is_some_and(|(from, _)| from <= now.time());
        let coming = if is_over { self.earliest_day() } else { now.date() };
        draft.note = Some(note_of(turn));
        draft.day = Some(turn.day.unwrap_or(coming)).filter(|day| now.date() <= *day);
        draft.window = turn.window;
    }

    /// The values that the words carry, each under its name.
    fn fill_values(&self, draft: &mut Draft, turn: &Turn) {
        let (text, vocabulary) = (turn.text(), turn.vocabulary());
        let (values, gist) = match draft.topic {
            Topic::Recipient | Topic::Neighbour => person_values(vocabulary, text),
            Topic::SafePlace => place_values(vocabulary, text),
            Topic::Guard => (place_values(vocabulary, text).0, None),
            Topic::AddressPart | Topic::AddressChange | Topic::DeliveryNote => (address_values(vocabulary, text), None),
            Topic::ContactChange => (self.number_value(turn).into_iter().collect(), None),
            _ => return,
        };
        draft.values = values;
        draft.gist = gist.map(Arc::from);
    }

    /// The number to use from now on, where one was said clearly.
    fn number_value(&self, turn: &Turn) -> Option<(&'static str, Personal<String>)> {
        let home = match self.setting.brief.shop.callback_number.reveal() {
            number if number.starts_with("+44") => DialPlan::UnitedKingdom,
            number if number.starts_with("+1") => DialPlan::NorthAmerica,
            _ => DialPlan::India,
        };
        let numbers = turn.vocabulary().phone_numbers(&turn.transcript, home);
        let number = numbers.first().filter(|number| !number.is_unclear)?;
        Some(("new_phone", Personal::new(number.value.reveal().to_owned())))
    }

    pub(super) fn earliest_day(&self) -> Date {
        let today = self.local_now().today();
        today.checked_add(1.day()).unwrap_or(today)
    }
}

impl Turn {
    /// How many words were said.
    pub(in crate::domain::dialogue) fn words(&self) -> usize {
        self.text().split_whitespace().count()
    }
}

type Values = Vec<(&'static str, Personal<String>)>;

/// Who takes the parcel: "my brother Ravi", "Mrs Rao in flat 12".
fn person_values(vocabulary: &Vocabulary, text: &str) -> (Values, Option<String>) {
    let all = vocabulary.people(text);
    let named = all.iter().find(|person| person.value.name.is_some());
    let Some(person) = named.or_else(|| all.first()).map(|slot| &slot.value) else { return (Vec::new(), None) };
    let relation = person.relation.filter(|relation| says_who(*relation)).map(word_of);
    let name = person.name.as_ref().map(|name| name.reveal().clone());
    let unit = person.unit.as_ref().map(|unit| unit.reveal().clone());
    let values: Values =
        [("recipient_relation", relation.map(str::to_owned)), ("recipient_name", name), ("recipient_unit", unit)]
            .into_iter()
            .filter_map(|(key, value)| Some((key, Personal::new(value?))))
            .collect();
    (values, None)
}

/// "My neighbour" alone does not say which one.
const fn says_who(relation: Relation) -> bool {
    !matches!(relation, Relation::Neighbour)
}

const fn word_of(relation: Relation) -> &'static str {
    match relation {
        Relation::Spouse => "spouse",
        Relation::Parent => "parent",
        Relation::Child => "child",
        Relation::Sibling => "sibling",
        Relation::Relative => "relative",
        Relation::Friend => "friend",
        Relation::Neighbour => "neighbour",
        Relation::Colleague => "colleague",
        Relation::Flatmate => "flatmate",
        Relation::Household => "household",
        Relation::Guard => "guard",
        Relation::Receptionist => "receptionist",
    }
}

/// Where it may be left: "behind the green bin".
fn place_values(vocabulary: &Vocabulary, text: &str) -> (Values, Option<String>) {
    let all = vocabulary.places(text);
    let Some(place) = all.iter().map(|slot| &slot.value).find(|place| !place.is_excluded) else {
        return (Vec::new(), None);
    };
    let kind = match place.kind {
        PlaceKind::Neighbour => "neighbour",
        PlaceKind::SafePlace => "safe_place",
        PlaceKind::Guard => "guard",
        PlaceKind::Reception => "reception",
        PlaceKind::Pickup => "pickup",
        PlaceKind::Door => "door",
    };
    let words = place.words.reveal().clone();
    // What follows belongs to it: "on the porch, behind the chairs".
    let gist = text.to_lowercase().find(&words.to_lowercase()).and_then(|at| text.get(at..));
    let gist = gist.map(|gist| without_stop(gist).to_owned());
    (vec![("place_kind", Personal::new(kind.to_owned())), ("place", Personal::new(words))], gist)
}

/// The parts of an address: "flat 12, Lake View, behind the temple".
fn address_values(vocabulary: &Vocabulary, text: &str) -> Values {
    let SpokenAddress { unit, building, street, area, landmark, city, state, postcode, unplaced: _ } =
        vocabulary.read_address(text);
    let parts = [
        ("address_unit", unit),
        ("address_building", building),
        ("address_street", street),
        ("address_area", area),
        ("address_landmark", landmark),
        ("address_city", city),
        ("address_state", state),
        ("address_postcode", postcode),
    ];
    parts.into_iter().filter_map(|(key, value)| Some((key, value?))).collect()
}

/// The sentence that reads it back has its own full stop.
fn without_stop(text: &str) -> &str {
    text.trim_end_matches(['.', ',', ' '])
}

fn note_of(turn: &Turn) -> Arc<str> {
    without_stop(turn.text()).chars().take(NOTE_CHARS_MAX).collect::<String>().into()
}

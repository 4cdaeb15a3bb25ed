//! Keys: accepted at every question, as digits, as yes and no, as a choice, or as the menu.

use jiff::ToSpan;
use jiff::civil::{Date, Time};

use crate::domain::dialogue::core::Dialogue;
use crate::domain::dialogue::meaning::Question;
use crate::domain::dialogue::phrasebook::{Day, Line, Phrase, Window};
use crate::domain::dialogue::reply::Reply;
use crate::domain::dialogue::requests::{Detail, Draft, Topic};
use crate::domain::dialogue::step::{Step, Then};
use crate::domain::dialogue::turn::Turn;
use crate::domain::dialogue::understanding::Intent;
use crate::domain::hearing::Awaited;
use crate::domain::values::PhoneNumber;

/// Keys taken from one turn; more is no answer to anything. The rest is dropped.
const KEYS_MAX: usize = 24;
/// Fewer digits than this are no order number.
const REFERENCE_DIGITS_MIN: usize = 4;
/// Days and times that keys stand for; more cannot be kept in mind.
const DAYS_BY_KEY: usize = 3;
const TIMES_BY_KEY: usize = 2;
const MORNING: (Time, Time) = (Time::constant(10, 0, 0, 0), Time::constant(12, 0, 0, 0));
const EVENING: (Time, Time) = (Time::constant(18, 0, 0, 0), Time::constant(20, 0, 0, 0));

impl Dialogue {
    pub(in crate::domain::dialogue) fn take_keys(&mut self, keys: &str, reply: &mut Reply) {
        let digits: String = keys.chars().filter(char::is_ascii_digit).take(KEYS_MAX).collect();
        self.habits.has_spoken = true;
        self.habits.is_keying = true;
        if digits.is_empty() {
            self.ask_again(reply);
            return;
        }
        let is_taken = match &self.step {
            Step::Unopened | Step::Ended(_) | Step::Looking { .. } => true,
            Step::Saving { .. } | Step::OptOutSaving { .. } => true,
            Step::Reference | Step::PostcodeToFind | Step::NameToFind { .. } | Step::Proof(_) | Step::Phone(_) => {
                1 < digits.len() && self.take_answer(&Turn::keyed(&digits), reply)
            }
            Step::WhichOrder { candidates } => self.take_keyed_choice(&candidates.clone(), &digits, reply),
            Step::MayRecord
            | Step::Offered(_)
            | Step::CheckedAround(_)
            | Step::Confirm(_)
            | Step::HelpFirst
            | Step::OptOutScope
            | Step::RightParty
            | Step::Household => {
                let answer = match digits.as_str() {
                    "1" => Some(Intent::Affirm),
                    "2" => Some(Intent::Deny),
                    _ => None,
                };
                answer.is_some_and(|answer| self.take_answer(&Turn::keyed_as(answer), reply))
            }
            Step::Point => self.take_keyed_point(&digits, reply),
            Step::CallScore => self.take_call_score(&Turn::keyed(&digits), reply),
            Step::WhichReading { first, second } => {
                let readings = [Draft::clone(first), Draft::clone(second)];
                self.take_keyed_reading(readings, &digits, reply)
            }
            Step::AnythingElse if matches!(digits.as_str(), "1" | "2") => self.take_keyed_more(&digits, reply),
            Step::Open | Step::AnythingElse => {
                REFERENCE_DIGITS_MIN <= digits.len() && self.take_keyed_reference(&digits, reply)
            }
            Step::Detail(draft) => {
                let draft = Draft::clone(draft);
                self.take_keyed_detail(draft, &digits, reply)
            }
            Step::GoodTime => self.take_keyed_time(&digits, reply),
        };
        if is_taken {
            self.forget_misses();
        } else {
            self.take_menu_key(&digits, reply);
        }
    }

    fn take_keyed_point(&mut self, digits: &str, reply: &mut Reply) -> bool {
        let Some(point) = self.point() else { return false };
        if point.awaited == Awaited::Date
            && let Some(day) = self.keyed_day(digits)
        {
            return self.take_answer(&Turn::keyed_day(day, None), reply);
        }
        let meant = point.keys.iter().find(|(key, _)| *key == digits).map(|(_, intent)| *intent);
        let turn = meant.map_or_else(|| Turn::keyed(digits), Turn::keyed_as);
        self.take_answer(&turn, reply)
    }

    fn take_keyed_reading(&mut self, readings: [Draft; 2], digits: &str, reply: &mut Reply) -> bool {
        let at = digits.parse::<usize>().ok().and_then(|number| number.checked_sub(1));
        let Some(meant) = at.and_then(|at| readings.into_iter().nth(at)) else { return false };
        self.complete(meant, reply);
        true
    }

    /// "Anything else?": one for yes, two for no.
    fn take_keyed_more(&mut self, digits: &str, reply: &mut Reply) -> bool {
        if digits == "1" {
            self.step = Step::Open;
            reply.say(Line::HowCanIHelp);
        } else {
            self.finish(reply);
        }
        true
    }

    /// A key for one of the days, times or reasons that were named with the question.
    fn take_keyed_detail(&mut self, mut draft: Draft, digits: &str, reply: &mut Reply) -> bool {
        match draft.topic.spec().detail {
            Detail::Day => {
                let Some(day) = self.keyed_day(digits) else { return false };
                self.take_answer(&Turn::keyed_day(day, None), reply)
            }
            Detail::WhenToCall => self.take_keyed_time(digits, reply),
            Detail::CancelReason | Detail::WhatIsWrong => {
                let keyed = digits.parse::<usize>().ok().and_then(|number| number.checked_sub(1));
                let choices = keyed_phrases(draft.topic.spec().detail);
                let Some(phrase) = keyed.and_then(|at| choices.get(at)) else { return false };
                draft.note = Some(self.setting.book.phrase(*phrase).into());
                self.complete(draft, reply);
                true
            }
            Detail::None
            | Detail::Note
            | Detail::SafePlace
            | Detail::Neighbour
            | Detail::Recipient
            | Detail::AddressPart => false,
        }
    }

    fn take_keyed_time(&mut self, digits: &str, reply: &mut Reply) -> bool {
        let at = digits.parse::<usize>().ok().and_then(|number| number.checked_sub(1));
        let Some((day, window)) = at.and_then(|at| self.keyed_times().get(at).copied()) else { return false };
        let order_ref = self.orders.chosen().map(|order| order.order_ref.clone());
        let note = self.setting.book.phrase(Phrase::ByKey).into();
        let draft = Draft::new(Topic::CallBackLater, order_ref);
        self.complete(Draft { day: Some(day), window: Some(window), note: Some(note), ..draft }, reply);
        true
    }

    /// The days behind the keys: tomorrow and the two after it.
    fn keyed_days(&self) -> [Date; DAYS_BY_KEY] {
        let first = self.earliest_day();
        std::array::from_fn(|at| first.saturating_add(i64::try_from(at).unwrap_or(0).days()))
    }

    fn keyed_day(&self, digits: &str) -> Option<Date> {
        let at = digits.parse::<usize>().ok()?.checked_sub(1)?;
        self.keyed_days().get(at).copied()
    }

    /// The next times to be rung at: in the morning and in the evening.
    fn keyed_times(&self) -> Vec<(Date, (Time, Time))> {
        let now = self.local_now().civil();
        let days = now.date().series(1.day()).take(DAYS_BY_KEY);
        let times = days.flat_map(|day| [(day, MORNING), (day, EVENING)]);
        times.filter(|(day, (from, _))| now < day.to_datetime(*from)).take(TIMES_BY_KEY).collect()
    }

    /// What the keys mean at the question that stands, for whoever answers by key.
    pub(in crate::domain::dialogue) fn keys_line(&self) -> Option<Line> {
        let wants_day = match &self.step {
            Step::Detail(draft) => draft.topic.spec().detail == Detail::Day,
            Step::Point => self.point().is_some_and(|point| point.awaited == Awaited::Date),
            _ => false,
        };
        if wants_day {
            let [first, second, third] = self.keyed_days();
            return Some(Line::DayByKey { first_day: Day(first), second_day: Day(second), third_day: Day(third) });
        }
        match &self.step {
            Step::Point if self.is_by_keys() => self.point().map(|point| (point.choices)()),
            Step::Open => Some(Line::Menu),
            Step::AnythingElse => Some(Line::YesOrNoByKey),
            Step::Detail(draft) if draft.topic.spec().detail == Detail::CancelReason => Some(Line::ReasonByKey),
            Step::Detail(draft) if draft.topic.spec().detail == Detail::WhatIsWrong => Some(Line::FaultByKey),
            Step::Detail(draft) if draft.topic.spec().detail != Detail::WhenToCall => Some(Line::PersonByKey),
            Step::Detail(_) | Step::GoodTime => self.times_line(),
            Step::Offered(_)
            | Step::CheckedAround(_)
            | Step::Confirm(_)
            | Step::HelpFirst
            | Step::OptOutScope
            | Step::RightParty
            | Step::Household => Some(Line::YesOrNoByKey),
            _ => None,
        }
    }

    fn times_line(&self) -> Option<Line> {
        let [first, second] = <[(Date, (Time, Time)); TIMES_BY_KEY]>::try_from(self.keyed_times()).ok()?;
        let window = |(from, to): (Time, Time)| Window { from, to };
        Some(Line::TimeByKey {
            first_day: Day(first.0),
            first_window: window(first.1),
            second_day: Day(second.0),
            second_window: window(second.1),
        })
    }

    fn take_keyed_reference(&mut self, digits: &str, reply: &mut Reply) -> bool {
        self.wish = Some(crate::domain::dialogue::step::Wish::Ask(Question::Where));
        self.take_reference(&Turn::keyed(digits), reply)
    }

    fn take_keyed_choice(
        &mut self,
        candidates: &[std::sync::Arc<crate::domain::orders::Order>],
        digits: &str,
        reply: &mut Reply,
    ) -> bool {
        let place = digits.parse::<usize>().ok().and_then(|number| number.checked_sub(1));
        let Some(order) = place.and_then(|place| candidates.get(place)) else { return false };
        self.choose(order);
        self.go_on(reply);
        true
    }

    /// One for the order, two for another day, zero for a person, nine to stop calls.
    fn take_menu_key(&mut self, digits: &str, reply: &mut Reply) {
        let meant = match digits {
            "1" => Intent::WismoStatus,
            "2" => Intent::RescheduleDelivery,
            "9" => Intent::OptOut,
            "0" => {
                self.habits.misses = 0;
                self.call_person(Topic::Human, "asked_for_person", Then::AnythingElse, reply);
                return;
            }
            _ => {
                self.climb_unclear(reply);
                return;
            }
        };
        self.habits.misses = 0;
        let turn = Turn::keyed_as(meant);
        if let Some(wish) = turn.wish() {
            self.pursue(wish, &turn, reply);
        } else {
            self.take_conduct(&turn, reply);
        }
    }
}

/// What the keys of a question stand for, from one on.
const fn keyed_phrases(detail: Detail) -> &'static [Phrase] {
    match detail {
        Detail::CancelReason => {
            &[Phrase::KeyedPrice, Phrase::KeyedChangedMind, Phrase::KeyedMistake, Phrase::KeyedOther]
        }
        Detail::WhatIsWrong => &[Phrase::KeyedBroken, Phrase::KeyedDirty, Phrase::KeyedNotWorking, Phrase::KeyedOther],
        Detail::None
        | Detail::Day
        | Detail::Note
        | Detail::SafePlace
        | Detail::Neighbour
        | Detail::Recipient
        | Detail::WhenToCall
        | Detail::AddressPart => &[],
    }
}

/// A spoken or keyed number as one that can be rung, read in the shop's own country.
pub(super) fn dialable(digits: &str, shop_number: &PhoneNumber) -> Option<PhoneNumber> {
    const NATIONAL_DIGITS: usize = 10;
    let national = digits.strip_prefix('0').unwrap_or(digits);
    let written = if national.len() == NATIONAL_DIGITS {
        let shop = shop_number.reveal().trim_start_matches('+');
        let code = ["91", "44", "1"].into_iter().find(|code| shop.starts_with(code))?;
        format!("+{code}{national}")
    } else if NATIONAL_DIGITS < national.len() {
        format!("+{}", national.trim_start_matches('0'))
    } else {
        return None;
    };
    written.parse().ok()
}

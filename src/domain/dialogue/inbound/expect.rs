//! What the open question is, what kind of answer it wants, and what is likely to be said next.

use std::sync::Arc;

use super::answers::offer_line;
use super::identify::proof_line;
use crate::domain::dialogue::core::Dialogue;
use crate::domain::dialogue::parcel::Parcel;
use crate::domain::dialogue::phrasebook::{Line, Rewording};
use crate::domain::dialogue::proof::Factor;
use crate::domain::dialogue::requests::{Detail, Topic};
use crate::domain::dialogue::status::eta_line;
use crate::domain::dialogue::step::Step;
use crate::domain::dialogue::{Expectation, Sentence};
use crate::domain::hearing::{Awaited, BiasPhrase, DigitCount, RecognitionContext};

/// Sentences made ready at one time.
const PREPARED_MAX: usize = 8;
/// Words a recogniser is told to lean towards; more would pull it everywhere.
const BIAS_PHRASES_MAX: usize = 60;
/// Orders of one postcode whose names are listened for.
const CANDIDATES_MAX: usize = 8;
/// How much answers to this very question count, words of this call, and words of any call.
const WEIGHT_OF_QUESTION: f32 = 1.0;
const WEIGHT_OF_CALL: f32 = 0.6;
const WEIGHT_OF_ALL: f32 = 0.4;

impl Dialogue {
    /// The question that stands; none where the caller only has to wait.
    pub(in crate::domain::dialogue) fn question(&self) -> Option<Line> {
        Some(match &self.step {
            Step::Unopened | Step::Ended(_) => return None,
            Step::Looking { .. } => Line::OneMoment,
            Step::Saving { .. } | Step::OptOutSaving { .. } => Line::Saving,
            Step::MayRecord => Line::AskMayRecord,
            Step::Open => Line::HowCanIHelp,
            Step::AnythingElse => Line::AnythingElse,
            Step::Reference => Line::AskReference,
            Step::PostcodeToFind => Line::AskPostcodeToFind,
            Step::NameToFind { .. } => Line::AskNameToFind,
            Step::WhichOrder { candidates } => self.which_order_line(candidates),
            Step::Proof(factor) => proof_line(*factor),
            Step::Offered(topic) => offer_line(*topic),
            Step::Detail(draft) => Self::detail_line(draft),
            Step::WhichReading { first, second } => Self::which_reading_line(first, second),
            Step::CheckedAround(_) => Line::CheckedAround,
            Step::Confirm(draft) => Self::read_back(draft),
            Step::HelpFirst => Line::HelpFirst,
            Step::Phone(draft) if draft.topic == Topic::OptOutNumber => Line::AskOptOutNumber,
            Step::Phone(_) => Line::AskPhone,
            Step::OptOutScope => Line::OptOutScope,
            Step::RightParty => self.ask_for_person(),
            Step::GoodTime => self.good_time_line(),
            Step::Household => Line::AskHouseholdPresence,
            Step::Point => (self.point()?.ask)(),
            Step::CallScore => Line::AskCallScore,
        })
    }

    /// What can be answered here, by voice or by key.
    pub(super) fn choices(&self) -> Line {
        match &self.step {
            Step::MayRecord
            | Step::Offered(_)
            | Step::CheckedAround(_)
            | Step::Confirm(_)
            | Step::HelpFirst
            | Step::OptOutScope
            | Step::RightParty
            | Step::Household => Line::SayYesOrNo,
            Step::Point => self.point().map_or(Line::SayYesOrNo, |point| (point.choices)()),
            Step::GoodTime => self.good_time_line(),
            Step::CallScore => Line::AskCallScore,
            Step::Reference => Line::AskReferenceAgain,
            Step::PostcodeToFind | Step::NameToFind { .. } | Step::Proof(_) => Line::KeyItIn,
            Step::WhichOrder { .. } => Line::WhichOrderAgain,
            Step::WhichReading { first, second } => Self::which_reading_line(first, second),
            Step::AnythingElse => Line::SayYesOrNo,
            Step::Detail(draft) if draft.topic.spec().detail == Detail::Day => Line::AskDayAgain,
            Step::Phone(_) => Line::AskPhoneAgain,
            Step::Unopened
            | Step::Open
            | Step::Looking { .. }
            | Step::Detail(_)
            | Step::Saving { .. }
            | Step::OptOutSaving { .. }
            | Step::Ended(_) => Line::Menu,
        }
    }

    pub(in crate::domain::dialogue) fn awaited(&self) -> Awaited {
        match &self.step {
            Step::Unopened
            | Step::Open
            | Step::AnythingElse
            | Step::Looking { .. }
            | Step::Saving { .. }
            | Step::OptOutSaving { .. }
            | Step::Ended(_) => Awaited::Open,
            Step::Reference => Awaited::OrderReference,
            Step::PostcodeToFind | Step::Proof(Factor::Postcode) => Awaited::Postcode,
            Step::NameToFind { .. } | Step::Proof(Factor::Name) => Awaited::Name,
            Step::WhichOrder { .. } => Awaited::Choice,
            Step::WhichReading { .. } => Awaited::Date,
            Step::Proof(Factor::HouseNumber) => Awaited::Digits(DigitCount { min: 1, max: 4 }),
            Step::Proof(Factor::Reference) => Awaited::Digits(DigitCount { min: 4, max: 4 }),
            Step::Phone(_) => Awaited::Digits(DigitCount { min: 10, max: 13 }),
            Step::CallScore => Awaited::Digits(DigitCount { min: 1, max: 1 }),
            Step::MayRecord
            | Step::Offered(_)
            | Step::CheckedAround(_)
            | Step::Confirm(_)
            | Step::HelpFirst
            | Step::OptOutScope
            | Step::RightParty
            | Step::Household => Awaited::YesNo,
            Step::GoodTime => Awaited::Date,
            Step::Point => self.point().map_or(Awaited::Open, |point| point.awaited),
            Step::Detail(draft) => match draft.topic.spec().detail {
                Detail::Day => Awaited::Date,
                Detail::Recipient => Awaited::Name,
                Detail::WhenToCall | Detail::WhatIsWrong | Detail::CancelReason | Detail::None => Awaited::Open,
                Detail::Note | Detail::SafePlace | Detail::Neighbour | Detail::AddressPart => Awaited::Address,
            },
        }
    }

    pub(in crate::domain::dialogue) fn expectation(&self, is_on_hold: bool) -> Expectation {
        let awaited = self.awaited();
        let context = RecognitionContext { awaited, phrases: self.bias(), references: self.known_codes(awaited) };
        Expectation { awaited, context: Arc::new(context), is_on_hold }
    }

    fn bias(&self) -> Vec<BiasPhrase> {
        let weighed = |weight| move |text: String| BiasPhrase { text, weight };
        let asked_for = self.first_name().filter(|_| matches!(self.step, Step::RightParty));
        let of_question = asked_for.iter().flat_map(|name| self.setting.book.bias_of_person(&name.0));
        let of_call = self.orders.found.iter().chain(self.orders.chosen()).take(3).flat_map(|order| {
            let items = order.items.iter().flat_map(|item| parts(&item.title, ','));
            let name = parts(order.customer.name.reveal(), ' ');
            items.chain([order.address.city.as_str()]).chain(name).map(str::to_owned)
        });
        let candidates = match &self.step {
            Step::NameToFind { candidates } => candidates.as_ref(),
            _ => &[],
        };
        let names = candidates.iter().take(CANDIDATES_MAX).flat_map(|order| parts(order.customer.name.reveal(), ' '));
        let of_call = names.map(str::to_owned).chain(of_call);
        let of_all = self.setting.book.bias_phrases().iter().map(ToString::to_string);
        let of_question = of_question.map(weighed(WEIGHT_OF_QUESTION));
        let of_call = of_call.map(weighed(WEIGHT_OF_CALL));
        of_question.chain(of_call).chain(of_all.map(weighed(WEIGHT_OF_ALL))).take(BIAS_PHRASES_MAX).collect()
    }

    /// What is on record and may be about to be said: it ranks what was heard, and never replaces it.
    fn known_codes(&self, awaited: Awaited) -> Vec<String> {
        let orders = self.orders.found.iter().chain(self.orders.chosen());
        match awaited {
            Awaited::OrderReference | Awaited::Digits(_) => orders.map(|order| order.order_ref.0.clone()).collect(),
            Awaited::Postcode => orders.map(|order| order.address.postcode.reveal().clone()).collect(),
            Awaited::Open | Awaited::YesNo | Awaited::Choice | Awaited::Name | Awaited::Date | Awaited::Address => {
                Vec::new()
            }
        }
    }

    /// The sentences whose audio should be ready: the answer to the question that is asked most, and what follows it.
    pub(in crate::domain::dialogue) fn likely_next(&mut self) -> Vec<Sentence> {
        let mut lines: Vec<Line> = Vec::new();
        let order = self.orders.chosen().cloned();
        let may_tell = crate::domain::call::VerificationLevel::V1 <= self.identity.level();
        let key = order.as_ref().map(|order| (order.order_ref.clone(), self.identity.level()));
        if key == self.habits.prepared_for {
            return Vec::new();
        }
        self.habits.prepared_for = key;
        if let Some(outreach) = self.outreach().filter(|_| self.is_purpose_open()) {
            lines.extend(self.likely_of_purpose(outreach));
        } else if let Some(order) = order.filter(|_| may_tell) {
            let now = self.local_now();
            let answered = self.status_of(&order, &now);
            lines.extend(answered.lines);
            lines.extend(answered.offer.map(offer_line));
            lines.extend(Parcel::all(&order, &now).take(1).filter_map(|parcel| eta_line(&parcel)));
        }
        lines.extend([Line::AnythingElse, Line::VerifyIntro, Line::AskPostcode]);
        lines.push(Line::ClosingThanks { shop: self.shop() });
        lines.truncate(PREPARED_MAX);
        let voice = self.voice();
        lines.retain(|line| self.setting.book.knows(line, voice.locale));
        lines.iter().map(|line| self.setting.book.sentence(line, Rewording::First, &voice)).collect()
    }
}

/// The whole, and what people say of it: a first name alone, a thing without its size.
fn parts(text: &str, separator: char) -> impl Iterator<Item = &str> {
    let parts = text.split(separator).map(str::trim).filter(move |part| !part.is_empty() && *part != text);
    std::iter::once(text).chain(parts)
}

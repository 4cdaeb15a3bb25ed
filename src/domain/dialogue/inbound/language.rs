//! In which language a call is held, how it is held by keys alone, and what happens where its words end.

use crate::domain::dialogue::EndReason;
use crate::domain::dialogue::core::Dialogue;
use crate::domain::dialogue::inbound::caller::MISSES_MAX;
use crate::domain::dialogue::meaning::Conduct;
use crate::domain::dialogue::phrasebook::{Line, Phrase, Voice};
use crate::domain::dialogue::reply::Reply;
use crate::domain::dialogue::requests::{Detail, Draft, Topic};
use crate::domain::dialogue::step::Then;
use crate::domain::dialogue::turn::Turn;
use crate::domain::speech::Locale;

impl Dialogue {
    /// The locale of the call: as the customer asked in it, else as the order says, else as the number suggests.
    pub(in crate::domain::dialogue) fn locale(&self) -> Locale {
        let customer = self.orders.chosen().map(|order| &order.customer);
        let of_order = customer.and_then(|customer| customer.language.as_deref());
        let locale = self.setting.book.locales().of_customer(self.habits.language.or(of_order), self.number());
        // Whoever calls may want anything, and keys do not say it.
        if self.may_speak(locale) { locale } else { self.setting.book.locales().at_home(self.number()) }
    }

    /// The words that records, models and their checks use.
    pub(in crate::domain::dialogue) fn home_voice(&self) -> Voice {
        let locale = self.setting.book.locales().at_home(self.number());
        Voice { locale, today: self.local_now().today() }
    }

    fn number(&self) -> &str {
        let brief = &self.setting.brief;
        let of_order = self.orders.chosen().map(|order| &order.customer.phone);
        of_order.or(brief.caller.as_ref()).unwrap_or(&brief.shop.callback_number).reveal()
    }

    fn may_speak(&self, locale: Locale) -> bool {
        !locale.is_answered_by_keys() || self.outreach().is_some()
    }

    pub(in crate::domain::dialogue) fn is_by_keys(&self) -> bool {
        self.locale().is_answered_by_keys()
    }

    /// Whether there are sentences for what the shop calls about.
    pub(in crate::domain::dialogue) fn has_words_for_purpose(&self) -> bool {
        self.has_purpose_in(self.locale())
    }

    fn has_purpose_in(&self, locale: Locale) -> bool {
        let covered = locale.scenarios();
        let id = self.outreach().map(|outreach| outreach.scenario.id);
        covered.is_empty() || id.is_none_or(|id| covered.iter().any(|known| known == id))
    }

    /// There are no sentences for what the call is about: a person will ring, and that is said in the language.
    pub(in crate::domain::dialogue) fn announce_person(&mut self, reply: &mut Reply) {
        reply.say(Line::CallIsAbout { about: Phrase::AboutDelivery });
        reply.must_be_heard = true;
        self.call_person(Topic::Language, "language", Then::End(EndReason::Finished), reply);
    }

    /// Where a line has no words in the language, a person takes over instead of another language.
    pub(in crate::domain::dialogue) fn replace_unsaid(&mut self, reply: &mut Reply) {
        let locale = self.locale();
        if reply.lines.iter().all(|line| self.setting.book.knows(line, locale)) {
            return;
        }
        reply.lines.clear();
        if reply.end.is_some() {
            reply.say(Line::ClosingOurCall { shop: self.shop() });
        } else {
            self.call_person(Topic::Language, "language", Then::End(EndReason::Finished), reply);
        }
    }

    /// Whether a detail has to be told in words, and no words are understood.
    pub(super) fn is_beyond_keys(&self, draft: &Draft) -> bool {
        self.is_by_keys()
            && match draft.topic.spec().detail {
                Detail::None | Detail::Day | Detail::WhenToCall | Detail::CancelReason | Detail::WhatIsWrong => false,
                Detail::Note | Detail::SafePlace | Detail::Neighbour | Detail::Recipient | Detail::AddressPart => true,
            }
    }

    /// Speech where keys are asked for: only what must not be missed is taken from it, as the shop's own language.
    pub(super) fn hear_beside_keys(&mut self, turn: &Turn, reply: &mut Reply) {
        self.habits.is_keying = true;
        if self.take_secret(turn, reply) {
            return;
        }
        let must_be_met = matches!(
            turn.conduct(),
            Some(
                Conduct::Emergency
                    | Conduct::OptOut
                    | Conduct::Human
                    | Conduct::Language
                    | Conduct::WrongNumber
                    | Conduct::RecordingObjection
            )
        );
        if must_be_met && self.take_conduct(turn, reply) {
            self.habits.misses = 0;
            return;
        }
        self.habits.misses += 1;
        if MISSES_MAX <= self.habits.misses {
            self.habits.misses = 0;
            self.give_up_unclear(reply);
        } else {
            reply.say(Line::AnswerByKey);
            self.ask_again(reply);
        }
    }

    /// "Hindi, please": the call goes on in it if it can, else a person who speaks it is to ring.
    pub(super) fn meet_wish_for_language(&mut self, turn: &Turn, reply: &mut Reply) {
        let current = self.locale().language();
        let wanted = turn.vocabulary().languages(turn.text()).into_iter().find(|code| *code != current);
        if let Some(locale) = wanted.and_then(|code| self.locale_to_go_on_in(code)) {
            self.habits.language = Some(locale.language());
            self.ask_again(reply);
            return;
        }
        reply.say(Line::LanguageSorry);
        let order_ref = self.orders.chosen().map(|order| order.order_ref.clone());
        let values = wanted.map(|code| ("language", code.to_owned().into())).into_iter().collect();
        let draft = Draft { trigger: "language", values, ..Draft::new(Topic::Language, order_ref) };
        self.hand_to_person(draft, Then::AnythingElse, reply);
    }

    fn locale_to_go_on_in(&self, code: &str) -> Option<Locale> {
        let locale = self.setting.book.locales().of_customer(Some(code), self.number());
        let can_go_on = locale.language() == code && self.may_speak(locale) && self.has_purpose_in(locale);
        can_go_on.then_some(locale)
    }
}

//! The words of messages: templates from a file, filled from the order as it is when the message is sent.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::Deserialize;

use crate::domain::orders::{Order, Shipment};
use crate::domain::speech::{self, Locale, Locales};
use crate::domain::values::{Personal, PhoneNumber};
use crate::domain::{fill, quoted, toml_fault};

/// A message as it is sent. Personal: it names the customer or the order.
#[derive(Clone, Debug, PartialEq)]
pub struct Written {
    pub subject: Personal<String>,
    pub body: Personal<String>,
}

/// All messages, by language.
#[derive(Clone, Debug)]
pub struct MessageTexts {
    locales: Locales,
    languages: BTreeMap<String, TextsFile>,
}

/// The messages of one language, by name.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct TextsFile {
    subject: String,
    messages: BTreeMap<String, Vec<String>>,
}

/// Whom the message is from.
#[derive(Clone, Copy, Debug)]
pub struct Sender<'a> {
    pub shop: &'a str,
    pub callback_number: &'a PhoneNumber,
    /// Of orders that name no zone.
    pub time_zone: &'a str,
}

/// What templates may name.
const SLOTS: &[&str] = &["shop", "name", "order", "day", "window", "place", "callback"];
/// The message that a link to pay by goes out in, and what it alone may name.
pub const PAYMENT_LINK: &str = "payment_link";
const SLOTS_OF_LINK: &[&str] = &["amount", "link"];
/// Three parts of a long SMS.
const BODY_CHARACTERS_MAX: usize = 459;

impl MessageTexts {
    /// Reads one file for each language of `locales` and checks that every message in `needed` is there.
    ///
    /// Shape: a file's name without its folder and `.toml` is the language.
    /// Errors: one line with what to change.
    pub fn read(files: &[(&str, &str)], locales: Locales, needed: &BTreeSet<&str>) -> Result<Self, String> {
        let mut languages = BTreeMap::new();
        for locale in locales.all() {
            let name = format!("messages/{}.toml", locale.language());
            let (_, text) =
                files.iter().find(|(file, _)| *file == name).ok_or_else(|| format!("{name}: it is missing; add it"))?;
            let read = read_language(text, needed).map_err(|reason| format!("{name}: {reason}"))?;
            languages.insert(locale.language().to_owned(), read);
        }
        Ok(Self { locales, languages })
    }

    /// Whether there are words of this name in the language itself.
    pub fn has(&self, name: &str, language: &str) -> bool {
        self.languages.get(language).is_some_and(|texts| texts.messages.contains_key(name))
    }

    /// Writes a message: the first variant for which everything is known. None for a name nobody knows.
    pub fn write(
        &self,
        name: &str,
        order: &Order,
        shipment: Option<&Shipment>,
        sender: &Sender<'_>,
        now: Timestamp,
    ) -> Option<Written> {
        let locale = self.locale_of(order);
        self.fill(name, locale, &Self::slots(order, shipment, sender, (locale, now)))
    }

    /// Writes the message with a link by which the whole order is paid. None where the link would not be in it whole.
    pub fn write_payment_link(
        &self,
        order: &Order,
        link: &Personal<String>,
        sender: &Sender<'_>,
        now: Timestamp,
    ) -> Option<Written> {
        let locale = self.locale_of(order);
        let mut slots = Self::slots(order, None, sender, (locale, now));
        slots.insert("amount", speech::written_money(locale, order.total));
        slots.insert("link", link.reveal().clone());
        let written = self.fill(PAYMENT_LINK, locale, &slots)?;
        written.body.reveal().contains(link.reveal()).then_some(written)
    }

    fn locale_of(&self, order: &Order) -> Locale {
        let customer = &order.customer;
        self.locales.of_customer(customer.language.as_deref(), customer.phone.reveal())
    }

    fn fill(&self, name: &str, locale: Locale, slots: &BTreeMap<&'static str, String>) -> Option<Written> {
        let texts = self.languages.get(locale.language())?;
        let variants = texts.messages.get(name)?;
        let body = variants.iter().find_map(|variant| fill(variant, slots))?;
        let subject = fill(&texts.subject, slots)?;
        Some(Written {
            subject: subject.into(),
            body: body.chars().take(BODY_CHARACTERS_MAX).collect::<String>().into(),
        })
    }

    fn slots(
        order: &Order,
        shipment: Option<&Shipment>,
        sender: &Sender<'_>,
        (locale, now): (Locale, Timestamp),
    ) -> BTreeMap<&'static str, String> {
        let named = order.time_zone.as_deref().and_then(|name| TimeZone::get(name).ok());
        let zone = named.or_else(|| TimeZone::get(sender.time_zone).ok()).unwrap_or(TimeZone::UTC);
        let mut slots = BTreeMap::from([
            ("shop", sender.shop.to_owned()),
            ("order", order.order_ref.0.clone()),
            ("callback", sender.callback_number.reveal().to_owned()),
        ]);
        if let Some(first) = order.customer.name.reveal().split_whitespace().next() {
            slots.insert("name", first.to_owned());
        }
        let Some(shipment) = shipment else { return slots };
        // A window that has passed is no news.
        if let Some((from, to)) = shipment.eta_from.zip(shipment.eta_to).filter(|(_, to)| now < *to) {
            let (from, to) = (zone.to_datetime(from), zone.to_datetime(to));
            slots.insert("day", speech::written_day(locale, to.date()));
            if from.date() == to.date() && to.duration_since(from).as_hours() < 12 {
                let [from, to] = [from, to].map(|at| speech::written_time(locale, at.time()));
                slots.insert("window", format!("{from} - {to}"));
            }
        }
        let place = shipment.events.iter().rev().find_map(|event| event.place.clone());
        slots.extend(place.map(|place| ("place", place)));
        slots
    }
}

fn read_language(text: &str, needed: &BTreeSet<&str>) -> Result<TextsFile, String> {
    let file: TextsFile = toml::from_str(text).map_err(|error| toml_fault(text, &error))?;
    check_slots(&file.subject, &[]).map_err(|reason| format!("subject: {reason}"))?;
    for (name, variants) in &file.messages {
        let at = |reason: String| format!("messages.{name}: {reason}");
        if variants.is_empty() {
            return Err(at("write at least one sentence".to_owned()));
        }
        let more = if name == PAYMENT_LINK { SLOTS_OF_LINK } else { &[] };
        for variant in variants {
            check_slots(variant, more).map_err(at)?;
        }
        let last = slots_of(variants.last().map_or("", String::as_str));
        if last.iter().any(|slot| ["day", "window", "place"].contains(slot)) {
            return Err(at(
                "the last one must need neither {day}, {window} nor {place}: they may be unknown".to_owned()
            ));
        }
    }
    match needed.iter().find(|name| !file.messages.contains_key(**name)) {
        Some(name) => Err(format!("messages: `{name}` is missing, and a rule sends it")),
        None => Ok(file),
    }
}

fn check_slots(template: &str, more: &[&str]) -> Result<(), String> {
    if template.matches('{').count() != template.matches('}').count() {
        return Err("a { or } is left open".to_owned());
    }
    let known = [SLOTS, more].concat();
    match slots_of(template).into_iter().find(|slot| !known.contains(slot)) {
        Some(slot) => Err(format!("{{{}}} is none of {}", quoted(slot), known.join(", "))),
        None => Ok(()),
    }
}

fn slots_of(template: &str) -> Vec<&str> {
    template.split('{').skip(1).filter_map(|rest| Some(rest.split_once('}')?.0)).collect()
}

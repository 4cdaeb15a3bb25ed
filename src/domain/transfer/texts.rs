//! What the carrier's own voice says while a call is put through: templates from files, one a language.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::rules::{Target, main_language};
use crate::domain::orders::Order;
use crate::domain::values::Personal;
use crate::domain::{fill, quoted, toml_fault};

/// All of it, by language.
#[derive(Clone, Debug)]
pub struct HandoverTexts {
    /// The shop's own.
    home: String,
    languages: BTreeMap<String, Texts>,
}

/// What is said in one language.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Texts {
    /// The language of the carrier's voice for words that are not in the shop's own, such as `hi-IN`.
    voice: String,
    hold: String,
    apology: String,
    dismissed: String,
    briefing: Vec<String>,
    why: BTreeMap<String, String>,
    parcel: BTreeMap<String, String>,
}

/// What whoever picks up hears.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Briefing {
    pub words: Personal<String>,
    /// The language of the carrier's voice, such as `hi-IN`. None: as everything else is said.
    pub voice: Option<String>,
}

const SLOTS: &[&str] = &["shop", "name", "order", "why", "parcel"];

impl HandoverTexts {
    /// Reads the files of all languages; that of the shop's own must be there, and no other may have less.
    ///
    /// Shape: a file's name without its folder and `.toml` is the language, `home` that of the shop.
    /// Errors: one line that names the file and what to change.
    pub fn read(files: &[(&str, &str)], home: &str) -> Result<Self, String> {
        let mut languages = BTreeMap::new();
        for (file, text) in files {
            let language = file.rsplit('/').next().and_then(|name| name.strip_suffix(".toml")).unwrap_or(file);
            let texts = Texts::read(text).map_err(|reason| format!("{file}: {reason}"))?;
            languages.insert(language.to_owned(), texts);
        }
        let Some(own) = languages.get(home) else {
            return Err(format!("handover/{home}.toml: it is missing; add it"));
        };
        for (language, texts) in &languages {
            if let Some(missing) = own.missing_in(texts) {
                return Err(format!("handover/{language}.toml: {missing} is missing, which handover/{home}.toml has"));
            }
        }
        Ok(Self { home: home.to_owned(), languages })
    }

    fn own(&self) -> &Texts {
        // It was there when they were read.
        &self.languages[&self.home]
    }

    /// What the customer hears at the beginning of the hold.
    pub fn hold(&self) -> &str {
        &self.own().hold
    }

    /// What whoever is rung in vain hears.
    pub fn dismissed(&self) -> &str {
        &self.own().dismissed
    }

    /// What a customer hears whose conversation is lost.
    pub fn apology(&self, shop: &str) -> String {
        fill(&self.own().apology, &BTreeMap::from([("shop", shop)])).unwrap_or_default()
    }

    /// What somebody hears who picks up: who calls, about what, and why. In the first of their languages for which there
    /// are words, else in the shop's own.
    pub fn briefing(&self, target: &Target, shop: &str, trigger: &str, order: Option<&Order>) -> Briefing {
        let mut spoken = target.languages.iter().map(|tag| main_language(tag));
        let language =
            spoken.find(|language| self.languages.contains_key(language)).unwrap_or_else(|| self.home.clone());
        let texts = &self.languages[&language];
        let voice = (language != self.home).then(|| texts.voice.clone());
        Briefing { words: texts.briefing(shop, trigger, order), voice }
    }
}

impl Texts {
    fn read(text: &str) -> Result<Self, String> {
        let texts: Self = toml::from_str(text).map_err(|error| toml_fault(text, &error))?;
        for (name, template) in [("hold", &texts.hold), ("dismissed", &texts.dismissed)] {
            if template.contains('{') {
                return Err(format!("{name}: it is always the same, and takes no slots"));
            }
        }
        let known = ["shop"];
        fill(&texts.apology, &known.map(|slot| (slot, "")).into())
            .ok_or_else(|| "apology: it may name {shop} only".to_owned())?;
        for briefing in &texts.briefing {
            let slots = SLOTS.iter().map(|slot| (*slot, "")).collect();
            fill(briefing, &slots).ok_or_else(|| {
                format!("briefing: `{}` names something else than {}", quoted(briefing), SLOTS.join(", "))
            })?;
        }
        let without_order = BTreeMap::from([("shop", ""), ("why", "")]);
        match texts.briefing.last().and_then(|last| fill(last, &without_order)) {
            Some(_) => Ok(texts),
            None => Err("briefing: the last one must do with {shop} and {why}: no order may be known".to_owned()),
        }
    }

    /// The first reason or status that has words here and none in `other`.
    fn missing_in(&self, other: &Self) -> Option<String> {
        let lacks = |own: &BTreeMap<String, String>, other: &BTreeMap<String, String>| {
            own.keys().find(|key| !other.contains_key(*key)).cloned()
        };
        let why = lacks(&self.why, &other.why).map(|key| format!("why.{key}"));
        why.or_else(|| lacks(&self.parcel, &other.parcel).map(|key| format!("parcel.{key}")))
    }

    fn briefing(&self, shop: &str, trigger: &str, order: Option<&Order>) -> Personal<String> {
        let plain = trigger.replace('_', " ");
        let mut slots = BTreeMap::from([("shop", shop), ("why", self.why.get(trigger).unwrap_or(&plain).as_str())]);
        if let Some(order) = order {
            slots.insert("name", order.customer.name.reveal());
            slots.insert("order", &order.order_ref.0);
            let status = order.shipments.last().map(|shipment| shipment.status.as_str());
            slots.extend(status.and_then(|status| self.parcel.get(status)).map(|words| ("parcel", words.as_str())));
        }
        let said = self.briefing.iter().find_map(|briefing| fill(briefing, &slots));
        Personal::new(said.unwrap_or_default())
    }
}

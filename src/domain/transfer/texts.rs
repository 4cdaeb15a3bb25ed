//! What the carrier's own voice says while a call is put through: templates from a file.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::domain::orders::Order;
use crate::domain::values::Personal;
use crate::domain::{fill, quoted, toml_fault};

/// All of it, in one language.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HandoverTexts {
    /// At the beginning of the hold.
    pub hold: String,
    apology: String,
    /// To whoever is rung in vain.
    pub dismissed: String,
    briefing: Vec<String>,
    why: BTreeMap<String, String>,
    parcel: BTreeMap<String, String>,
}

const SLOTS: &[&str] = &["shop", "name", "order", "why", "parcel"];

impl HandoverTexts {
    /// Errors: one line with what to change.
    pub fn read(text: &str) -> Result<Self, String> {
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

    /// What a customer hears whose conversation is lost.
    pub fn apology(&self, shop: &str) -> String {
        fill(&self.apology, &BTreeMap::from([("shop", shop)])).unwrap_or_default()
    }

    /// What whoever picks up hears: who calls, about what, and why.
    pub fn briefing(&self, shop: &str, trigger: &str, order: Option<&Order>) -> Personal<String> {
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

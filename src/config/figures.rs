//! What figures are told by beyond what was counted.

use serde::Deserialize;

use crate::domain::figures::Costs;

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct FigureSettings {
    pub costs: CostSection,
}

/// What contacts cost, in minor units of `currency`. What is not set is not known.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CostSection {
    /// ISO 4217.
    pub currency: Option<String>,
    /// A minute of a call: telephony, speech and platform.
    pub call_minute_minor: Option<u64>,
    /// A hand-off that a person sees to.
    pub handoff_minor: Option<u64>,
}

impl CostSection {
    /// Errors: a currency that is none.
    pub fn costs(&self) -> Result<Costs, String> {
        let currency = self.currency.as_deref().map(str::parse).transpose();
        let currency = currency.map_err(|error| format!("figures.costs.currency: {error}"))?;
        Ok(Costs { currency, call_minute_minor: self.call_minute_minor, handoff_minor: self.handoff_minor })
    }
}

//! The least that is asked before a call: whether its number wants no more of them.

use std::sync::Arc;

use async_trait::async_trait;
use jiff::Timestamp;

use crate::domain::orders::Order;
use crate::domain::outreach::policy::{CallRules, Ruling};
use crate::domain::outreach::{Hold, PlannedCall, Verdict};
use crate::domain::values::PhoneNumber;
use crate::ports::desk::{ContactStore, OptOutScope};
use crate::ports::dialling::MayCall;
use crate::ports::store::StoreError;

const OPT_OUTS_ALONE: &str = "opt-outs alone";

/// Lets every call through whose number has not opted out of it.
pub struct UnlessOptedOut {
    pub contacts: Arc<dyn ContactStore>,
}

#[async_trait]
impl MayCall for UnlessOptedOut {
    async fn may_call(&self, plan: &PlannedCall, _order: &Order, _now: Timestamp) -> Result<Ruling, StoreError> {
        let scope = self.contacts.opt_out_of(&plan.to).await?.map(|entry| entry.scope);
        let is_opted_out = match scope {
            None => false,
            Some(OptOutScope::All) => true,
            Some(OptOutScope::ThisOrder(order_ref)) => order_ref == plan.order_ref,
        };
        let verdict = if is_opted_out { Verdict::Never { hold: Hold::OptedOut } } else { Verdict::May };
        Ok(Ruling { verdict, line: OPT_OUTS_ALONE.to_owned() })
    }

    fn rules_for(&self, _: &PhoneNumber, _: &Order) -> CallRules {
        CallRules::WIDEST
    }

    fn rules_of_caller(&self, _: Option<&PhoneNumber>) -> CallRules {
        CallRules::WIDEST
    }

    fn version(&self) -> &str {
        OPT_OUTS_ALONE
    }
}

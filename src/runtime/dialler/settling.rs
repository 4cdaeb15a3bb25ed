//! What follows the attempts that have their outcome, whichever server made them.

use super::{AT_A_TIME_MAX, Desk};
use crate::domain::dialling::{AfterAttempt, AttemptClass, Earlier, HourCounts, PlanState, Tried, plan_after};
use crate::ports::dialling::{EndedAttempt, PlanSettlement};
use crate::ports::store::StoreError;

use super::callbacks::request_of;

impl Desk {
    /// Settles the plans whose attempt has ended. Safe to be cut off anywhere: what was not settled is found again.
    pub(super) async fn settle_ended(&self) -> Result<(), StoreError> {
        let services = self.reception.services();
        let ended = services.plans.ended_attempts(AT_A_TIME_MAX).await?;
        if ended.is_empty() {
            return Ok(());
        }
        let hours = services.plans.hour_counts().await?;
        for attempt in &ended {
            self.settle(attempt, &hours).await?;
        }
        Ok(())
    }

    async fn settle(&self, ended: &EndedAttempt, hours: &HourCounts) -> Result<(), StoreError> {
        let services = self.reception.services();
        let (outcome, planned, now) = (&ended.outcome, &ended.plan.call, self.now());
        let class = AttemptClass::of(outcome.connection, outcome.contact, outcome.disposition);
        let zone = match &outcome.callee_timezone {
            Some(zone) => jiff::tz::TimeZone::get(zone).unwrap_or(jiff::tz::TimeZone::UTC),
            None => jiff::tz::TimeZone::UTC,
        };
        let tried = Tried {
            this: Earlier { class, hour: ended.local_hour },
            earlier: &ended.earlier,
            urgency: planned.urgency,
            ended_at: ended.ended_at,
            expires_at: planned.expires_at,
        };
        let settlement = match plan_after(&tried, &self.settings.retries, hours, &zone) {
            AfterAttempt::RetryAt(at) => PlanSettlement { class, state: PlanState::Waiting, due_at: at },
            AfterAttempt::End(state) => PlanSettlement { class, state, due_at: now },
        };
        if !services.plans.settle_plan(ended, now, &settlement).await? {
            return Ok(());
        }
        self.breaker().note_outcome(now, class.is_trunk_failure());
        metrics::counter!("doorstep_dial_outcomes_total", "class" => class.as_str()).increment(1);
        if settlement.state == PlanState::Done
            && let Some(request) = request_of(&planned.key)
        {
            services.plans.note_callback_made(request, now).await?;
        }
        Ok(())
    }
}

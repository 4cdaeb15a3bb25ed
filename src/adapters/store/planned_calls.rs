//! The queue of planned calls, as decisions see it.

use async_trait::async_trait;
use jiff::Timestamp;

use super::SqlStore;
use super::db::writing;
use super::error::from_sqlx;
use super::sql::plans as sql;
use crate::domain::outreach::{Hold, PlannedCall};
use crate::ports::dialling::{NewPlan, PlanStore as _};
use crate::ports::outreach::PlannedCallStore;
use crate::ports::store::StoreError;

#[async_trait]
impl PlannedCallStore for SqlStore {
    async fn plan(&self, call: &PlannedCall) -> Result<(), StoreError> {
        let plan = NewPlan { call: call.clone(), campaign: None };
        self.put_plans(&[plan], call.planned_at).await.map(drop)
    }

    async fn cancel(&self, key: &str, hold: Hold) -> Result<(), StoreError> {
        let now = Timestamp::now();
        writing!(&self.db, pool => {
            sqlx::query(sql::CANCEL_PLAN_OF_KEY)
                .bind(key)
                .bind(hold.as_str())
                .bind(now.as_millisecond())
                .execute(pool)
                .await
                .map(drop)
                .map_err(from_sqlx)
        })
    }
}

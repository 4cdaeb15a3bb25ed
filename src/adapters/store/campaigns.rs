//! Campaigns: one reason to call, for many orders.

use async_trait::async_trait;
use jiff::Timestamp;

use super::SqlStore;
use super::calls::decode_time;
use super::db::{in_transaction, reading};
use super::error::{from_sqlx, unreadable};
use super::page::{Position, page_limits, page_of};
use super::plans::insert_plans;
use super::sql::plans as sql;
use crate::ports::dialling::{Campaign, CampaignState, CampaignStore, NewPlan};
use crate::ports::store::{Page, StoreError};

#[derive(sqlx::FromRow)]
struct CampaignRow {
    id: String,
    name: String,
    scenario: String,
    state: String,
    from_at: i64,
    until_at: i64,
    created_at: i64,
    created_by: String,
}

fn decode_campaign(row: CampaignRow) -> Result<Campaign, StoreError> {
    let state = CampaignState::ALL.into_iter().find(|state| state.as_str() == row.state);
    Ok(Campaign {
        state: state.ok_or_else(unreadable)?,
        from: decode_time(row.from_at)?,
        until: decode_time(row.until_at)?,
        created_at: decode_time(row.created_at)?,
        id: row.id,
        name: row.name,
        scenario: row.scenario,
        created_by: row.created_by,
    })
}

#[async_trait]
impl CampaignStore for SqlStore {
    async fn put_campaign(&self, campaign: &Campaign, plans: &[NewPlan]) -> Result<u64, StoreError> {
        in_transaction!(&self.db, tx => {
            sqlx::query(sql::PUT_CAMPAIGN)
                .bind(&campaign.id)
                .bind(&campaign.name)
                .bind(&campaign.scenario)
                .bind(campaign.state.as_str())
                .bind(campaign.from.as_millisecond())
                .bind(campaign.until.as_millisecond())
                .bind(campaign.created_at.as_millisecond())
                .bind(&campaign.created_by)
                .execute(&mut *tx)
                .await
                .map_err(from_sqlx)?;
            Ok(insert_plans!(tx, plans, campaign.created_at))
        })
    }

    async fn campaign(&self, id: &str) -> Result<Option<Campaign>, StoreError> {
        if id.contains('\0') {
            return Ok(None);
        }
        let row: Option<CampaignRow> =
            reading!(&self.db, pool => sqlx::query_as(sql::CAMPAIGN).bind(id).fetch_optional(pool).await)
                .map_err(from_sqlx)?;
        row.map(decode_campaign).transpose()
    }

    async fn list_campaigns(&self, cursor: Option<&str>, count_max: u32) -> Result<Page<Campaign>, StoreError> {
        let from = Position::decode(cursor)?;
        let (shown, read) = page_limits(count_max);
        let rows: Vec<CampaignRow> = reading!(&self.db, pool => {
            sqlx::query_as(sql::LIST_CAMPAIGNS).bind(from.at_ms).bind(&from.id).bind(read).fetch_all(pool).await
        })
        .map_err(from_sqlx)?;
        page_of(rows, shown, |row| Position { at_ms: row.created_at, id: row.id.clone() }, decode_campaign)
    }

    async fn set_campaign_state(&self, id: &str, state: CampaignState, now: Timestamp) -> Result<(), StoreError> {
        if self.campaign(id).await?.is_none() {
            return Err(StoreError::NotFound);
        }
        in_transaction!(&self.db, tx => {
            let changed = sqlx::query(sql::SET_CAMPAIGN_STATE)
                .bind(id)
                .bind(state.as_str())
                .execute(&mut *tx)
                .await
                .map_err(from_sqlx)?;
            if changed.rows_affected() == 0 {
                return Err(StoreError::Conflict);
            }
            let changing = match state {
                CampaignState::Running => sqlx::query(sql::HOLD_PLANS).bind(id).bind(0_i64),
                CampaignState::Paused => sqlx::query(sql::HOLD_PLANS).bind(id).bind(1_i64),
                CampaignState::Cancelled => sqlx::query(sql::CANCEL_PLANS).bind(id),
            };
            changing.bind(now.as_millisecond()).execute(&mut *tx).await.map_err(from_sqlx)?;
            Ok(())
        })
    }
}

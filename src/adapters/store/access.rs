//! Tokens and sessions of the API and the console. Secrets come and go as hashes.

use async_trait::async_trait;
use jiff::Timestamp;

use super::SqlStore;
use super::calls::decode_time;
use super::db::{in_transaction, reading, writing};
use super::error::{from_sqlx, unreadable};
use super::page::{Position, page_limits, page_of};
use super::sql::access as sql;
use crate::ports::access::{AccessStore, AccessToken, SecretHash, Session};
use crate::ports::store::{Page, StoreError};

#[derive(sqlx::FromRow)]
struct TokenRow {
    id: String,
    name: String,
    role: String,
    hash: String,
    prefix: String,
    created_at: i64,
    last_used_at: Option<i64>,
    revoked_at: Option<i64>,
}

#[derive(sqlx::FromRow)]
struct SessionRow {
    hash: String,
    token_hash: String,
    expires_at: i64,
}

fn decode_token(row: TokenRow) -> Result<AccessToken, StoreError> {
    Ok(AccessToken {
        id: row.id,
        name: row.name,
        role: row.role.parse().map_err(|_| unreadable())?,
        hash: SecretHash(row.hash),
        prefix: row.prefix,
        created_at: decode_time(row.created_at)?,
        last_used_at: row.last_used_at.map(decode_time).transpose()?,
        revoked_at: row.revoked_at.map(decode_time).transpose()?,
    })
}

#[async_trait]
impl AccessStore for SqlStore {
    async fn add_token(&self, token: &AccessToken) -> Result<(), StoreError> {
        writing!(&self.db, pool => {
            sqlx::query(sql::ADD_TOKEN)
                .bind(&token.id)
                .bind(&token.name)
                .bind(token.role.as_str())
                .bind(&token.hash.0)
                .bind(&token.prefix)
                .bind(token.created_at.as_millisecond())
                .execute(pool)
                .await
                .map(drop)
                .map_err(from_sqlx)
        })
    }

    async fn token(&self, hash: &SecretHash) -> Result<Option<AccessToken>, StoreError> {
        let row: Option<TokenRow> = reading!(&self.db, pool => {
            sqlx::query_as(sql::TOKEN_BY_HASH).bind(&hash.0).fetch_optional(pool).await
        })
        .map_err(from_sqlx)?;
        row.map(decode_token).transpose()
    }

    async fn list_tokens(&self, cursor: Option<&str>, count_max: u32) -> Result<Page<AccessToken>, StoreError> {
        let from = Position::decode(cursor)?;
        let (shown, read) = page_limits(count_max);
        let rows: Vec<TokenRow> = reading!(&self.db, pool => {
            sqlx::query_as(sql::LIST_TOKENS).bind(from.at_ms).bind(&from.id).bind(read).fetch_all(pool).await
        })
        .map_err(from_sqlx)?;
        page_of(rows, shown, |row| Position { at_ms: row.created_at, id: row.id.clone() }, decode_token)
    }

    async fn note_token_use(&self, id: &str, at: Timestamp) -> Result<(), StoreError> {
        writing!(&self.db, pool => {
            sqlx::query(sql::NOTE_TOKEN_USE)
                .bind(id)
                .bind(at.as_millisecond())
                .execute(pool)
                .await
                .map(drop)
                .map_err(from_sqlx)
        })
    }

    async fn revoke_token(&self, id: &str, at: Timestamp) -> Result<(), StoreError> {
        // PostgreSQL refuses text with a NUL; no id has one.
        if id.contains('\0') {
            return Err(StoreError::NotFound);
        }
        in_transaction!(&self.db, tx => {
            let hash: String = sqlx::query_scalar(sql::REVOKE_TOKEN)
                .bind(id)
                .bind(at.as_millisecond())
                .fetch_one(&mut *tx)
                .await
                .map_err(from_sqlx)?;
            sqlx::query(sql::END_SESSIONS_OF_TOKEN).bind(hash).execute(&mut *tx).await.map(drop).map_err(from_sqlx)?;
            Ok(())
        })
    }

    async fn open_session(&self, session: &Session) -> Result<(), StoreError> {
        writing!(&self.db, pool => {
            sqlx::query(sql::OPEN_SESSION)
                .bind(&session.hash.0)
                .bind(&session.token.0)
                .bind(session.expires_at.as_millisecond())
                .execute(pool)
                .await
                .map(drop)
                .map_err(from_sqlx)
        })
    }

    async fn session(&self, hash: &SecretHash, now: Timestamp) -> Result<Option<Session>, StoreError> {
        let row: Option<SessionRow> = reading!(&self.db, pool => {
            sqlx::query_as(sql::SESSION_BY_HASH).bind(&hash.0).bind(now.as_millisecond()).fetch_optional(pool).await
        })
        .map_err(from_sqlx)?;
        row.map(|row| {
            Ok(Session {
                hash: SecretHash(row.hash),
                token: SecretHash(row.token_hash),
                expires_at: decode_time(row.expires_at)?,
            })
        })
        .transpose()
    }

    async fn end_session(&self, hash: &SecretHash) -> Result<(), StoreError> {
        writing!(&self.db, pool => {
            sqlx::query(sql::END_SESSION).bind(&hash.0).execute(pool).await.map(drop).map_err(from_sqlx)
        })
    }

    async fn sweep_sessions(&self, now: Timestamp) -> Result<u64, StoreError> {
        writing!(&self.db, pool => {
            sqlx::query(sql::SWEEP_SESSIONS)
                .bind(now.as_millisecond())
                .execute(pool)
                .await
                .map(|done| done.rows_affected())
                .map_err(from_sqlx)
        })
    }
}

//! What is known of one call, handed out so that nobody can change a byte of it unseen: signed, and chained to the pack
//! before.

use std::sync::Arc;

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::hmac;
use jiff::Timestamp;
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::{Value, json};

use super::services::Services;
use crate::domain::call::FinishedCall;
use crate::domain::orders::OrderRef;
use crate::domain::outreach::rules::DecisionView;
use crate::domain::values::CallId;
use crate::ports::commerce::ActionStore;
use crate::ports::desk::DeskStore;
use crate::ports::evidence::{ChainLink, EvidenceStore};
use crate::ports::outreach::OutreachStore;
use crate::ports::store::{StoreError, StoredCall};

const SCHEMA: &str = "delivery_call_evidence/1";

/// Decisions about the order that are put into a pack, newest first, and what was asked of sources for one request.
const ROWS_MAX: u32 = 200;

/// Packs made at the same moment by others before this one gives up.
const TRIES_MAX: u32 = 20;

/// The two members that are about the others.
const DIGEST: &str = "digest";
const SIGNATURE: &str = "signature";

/// Why there is no pack.
#[derive(Debug, thiserror::Error)]
pub enum NoEvidence {
    #[error("no call has this id")]
    NoSuchCall,
    #[error("the call is still in progress; ask again when it has ended")]
    InProgress,
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What a check of a pack has found. No fault: it is what was handed out, byte for byte.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verified {
    pub is_genuine: bool,
    /// Of `unreadable`, `content`, `signature`, `chain`, `recording`.
    pub faults: Vec<&'static str>,
}

/// Makes packs and checks them.
pub struct Evidence {
    pub services: Arc<Services>,
    pub desk: Arc<dyn DeskStore>,
    pub actions: Arc<dyn ActionStore>,
    pub outreach: Arc<dyn OutreachStore>,
    pub chain: Arc<dyn EvidenceStore>,
    /// The first signs; all are good for a check.
    pub secrets: Vec<SecretString>,
}

impl Evidence {
    /// The pack of an ended call, as everything stands now.
    pub async fn pack(&self, call: CallId) -> Result<Value, NoEvidence> {
        let stored = self.services.calls.call(call).await?.ok_or(NoEvidence::NoSuchCall)?;
        let finished = stored.finished.as_ref().ok_or(NoEvidence::InProgress)?;
        let mut pack = self.contents(&stored, finished).await?;
        for _ in 0..TRIES_MAX {
            let (place, before) =
                self.chain.last_link().await?.map_or((1, String::new()), |last| (last.place + 1, last.digest));
            let made_at = self.services.wall_clock.now();
            pack["made_at"] = json!(made_at);
            pack["chain"] = json!({ "place": place, "before": before });
            let sum = digest_of(&pack);
            if self.chain.add_link(&ChainLink { place, call, made_at, digest: sum.clone(), before }).await? {
                pack[SIGNATURE] = json!(self.sign(&sum));
                pack[DIGEST] = json!(sum);
                return Ok(pack);
            }
        }
        Err(NoEvidence::Store(StoreError::Unavailable))
    }

    async fn contents(&self, stored: &StoredCall, finished: &FinishedCall) -> Result<Value, StoreError> {
        let (opened, call) = (&stored.opened, stored.opened.id);
        let decisions = match &finished.outcome.order_ref {
            Some(order_ref) => self.decisions(order_ref, finished.ended_at).await?,
            None => Vec::new(),
        };
        let attempt = self.services.plans.attempt(call).await?;
        Ok(json!({
            "schema": SCHEMA,
            "call": { "id": call, "direction": opened.direction, "provider": opened.provider,
                "provider_call_id": opened.provider_call_id, "scenario": opened.scenario, "from": opened.from,
                "to": opened.to, "started_at": opened.started_at, "ended_at": finished.ended_at, "state": stored.state },
            // What was said, with its times and how much of it was heard.
            "transcript": finished.transcript,
            "facts": finished.facts,
            "turns": finished.turns,
            // The customer's answer, and what followed from it.
            "outcome": finished.outcome,
            "requests": self.requests(call).await?,
            "recording": self.recording(call).await,
            "plan": attempt.map(|attempt| json!({ "attempt_no": attempt.attempt_no, "call": attempt.plan.call })),
            "decisions": decisions,
        }))
    }

    /// What was decided about the order up to the call's end, the word right before dialling included.
    async fn decisions(&self, order_ref: &OrderRef, until: Timestamp) -> Result<Vec<DecisionView>, StoreError> {
        let mut page = self.outreach.list_decisions(Some(order_ref), None, ROWS_MAX).await?;
        page.rows.retain(|decision| decision.decided_at <= until);
        Ok(page.rows)
    }

    async fn requests(&self, call: CallId) -> Result<Vec<Value>, StoreError> {
        let mut requests = Vec::new();
        for request in self.desk.requests_of_call(call).await? {
            let actions = self.actions.list_actions(Some(&request.id), None, ROWS_MAX).await?;
            let actions = actions.rows.into_iter().map(|action| {
                json!({ "source": action.source, "kind": action.kind, "state": action.state,
                    "reference": action.reference, "changed_at": action.changed_at })
            });
            requests.push(json!({ "id": request.id, "kind": request.kind, "details": request.details,
                "requested_at": request.requested_at, "state": request.state, "promise": request.promise,
                "actions": actions.collect::<Vec<_>>() }));
        }
        Ok(requests)
    }

    /// Sum and size of the recording; null where there is none, or none any more.
    async fn recording(&self, call: CallId) -> Value {
        match self.audio(call).await {
            Some(audio) => json!({ "sha256": hex(digest(&SHA256, &audio).as_ref()), "bytes": audio.len() }),
            None => Value::Null,
        }
    }

    async fn audio(&self, call: CallId) -> Option<Vec<u8>> {
        tokio::fs::read(self.services.recorder.as_ref()?.path(call)).await.ok()
    }

    /// Whether a pack is what was handed out. A recording that is kept no more cannot be compared, and is no fault.
    pub async fn verify(&self, pack: &Value) -> Result<Verified, StoreError> {
        let faults = match Claims::read(pack) {
            Some(claims) => self.faults_of(&claims).await?,
            None => vec!["unreadable"],
        };
        Ok(Verified { is_genuine: faults.is_empty(), faults })
    }

    async fn faults_of(&self, claims: &Claims) -> Result<Vec<&'static str>, StoreError> {
        let mut faults = Vec::new();
        if digest_of(&claims.contents) != claims.digest {
            faults.push("content");
        }
        if !self.is_signed(&claims.digest, &claims.signature) {
            faults.push("signature");
        }
        let (link, before) = (self.chain.link(claims.place).await?, self.chain.link(claims.place - 1).await?);
        let is_linked = link.as_ref().is_some_and(|link| {
            link.digest == claims.digest
                && link.before == claims.before
                && link.call == claims.call
                && before.map_or(String::new(), |before| before.digest) == claims.before
        });
        if !is_linked {
            faults.push("chain");
        }
        let audio = self.audio(claims.call).await;
        let sum = audio.map(|audio| hex(digest(&SHA256, &audio).as_ref()));
        if sum.is_some_and(|sum| claims.recording.as_ref() != Some(&sum)) {
            faults.push("recording");
        }
        Ok(faults)
    }

    fn sign(&self, sum: &str) -> String {
        self.secrets.first().map_or_else(String::new, |secret| hex(hmac::sign(&key(secret), sum.as_bytes()).as_ref()))
    }

    fn is_signed(&self, sum: &str, signature: &str) -> bool {
        let Some(signature) = unhex(signature) else { return false };
        self.secrets.iter().any(|secret| hmac::verify(&key(secret), sum.as_bytes(), &signature).is_ok())
    }
}

/// What a pack says of itself.
struct Claims {
    contents: Value,
    digest: String,
    signature: String,
    place: u64,
    before: String,
    call: CallId,
    recording: Option<String>,
}

impl Claims {
    fn read(pack: &Value) -> Option<Self> {
        let mut contents = pack.as_object()?.clone();
        let digest = contents.remove(DIGEST)?.as_str()?.to_owned();
        let signature = contents.remove(SIGNATURE)?.as_str()?.to_owned();
        Some(Self {
            digest,
            signature,
            place: pack["chain"]["place"].as_u64().filter(|place| *place != 0)?,
            before: pack["chain"]["before"].as_str()?.to_owned(),
            call: pack["call"]["id"].as_str()?.parse().ok()?,
            recording: pack["recording"]["sha256"].as_str().map(str::to_owned),
            contents: Value::Object(contents),
        })
    }
}

/// SHA-256 over the members as compact JSON, each object's sorted by name.
fn digest_of(contents: &Value) -> String {
    let text = serde_json::to_vec(contents).expect("JSON can be written");
    hex(digest(&SHA256, &text).as_ref())
}

fn key(secret: &SecretString) -> hmac::Key {
    hmac::Key::new(hmac::HMAC_SHA256, secret.expose_secret().as_bytes())
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::with_capacity(2 * bytes.len()), |mut text, byte| {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let pairs = text.as_bytes().chunks(2);
    pairs.map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()).collect()
}

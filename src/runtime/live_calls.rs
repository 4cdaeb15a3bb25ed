//! Calls in progress, for whoever watches: a snapshot of each, and a stream of what changes.

use std::sync::{Arc, Mutex, PoisonError};

use dashmap::DashMap;
use jiff::Timestamp;
use tokio::sync::{broadcast, watch};

use crate::domain::call::{HeardFact, OpenedCall, OutcomeRecord, TranscriptLine, TurnTiming};
use crate::domain::dialogue::Answerer;
use crate::domain::values::{CallId, CallTime, Personal};

/// Changes a slow watcher may lag behind before it misses some and must read the snapshot again.
const CHANGES_KEPT: usize = 128;

/// One change of a call in progress.
#[derive(Clone, Debug, serde::Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum LiveChange {
    /// What the caller seems to be saying; replaced by what follows, and by the line when it is one.
    Hearing {
        text: Personal<String>,
    },
    /// A line was begun, or the same line (by role and `from_ms`) is now known better. An agent's line that is still
    /// being said ends where it began.
    Line {
        line: TranscriptLine,
    },
    Fact {
        fact: HeardFact,
    },
    /// The timing of the turn with this index, whole or so far.
    Turn {
        index: usize,
        turn: TurnTiming,
    },
    /// Who has the floor: `caller`, `agent`, `thinking` (the agent is about to speak) or `open`.
    Floor {
        floor: &'static str,
        at_ms: CallTime,
    },
    /// The call is being put through: where that stands, and who is being tried.
    Handover {
        stage: &'static str,
        target: Option<String>,
    },
    Ended {
        outcome: Box<OutcomeRecord>,
    },
}

/// A sentence of the agent that the caller has begun to hear.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BegunSentence {
    pub at_ms: CallTime,
    /// The template it was made from.
    pub template: &'static str,
    pub text: Personal<String>,
    /// Nothing more was to be said in this breath.
    pub is_last: bool,
}

/// What is known of a call in progress.
#[derive(Clone, Debug, Default)]
pub struct LiveSnapshot {
    pub transcript: Vec<TranscriptLine>,
    /// In the order they were begun.
    pub sentences: Vec<BegunSentence>,
    pub facts: Vec<HeardFact>,
    pub turns: Vec<TurnTiming>,
}

/// One call in progress.
pub struct LiveCall {
    pub opened: OpenedCall,
    snapshot: Mutex<LiveSnapshot>,
    changes: broadcast::Sender<LiveChange>,
    carriers_word: watch::Sender<Option<Answerer>>,
}

impl LiveCall {
    /// Takes the carrier's opinion of who picked up. The newest counts.
    pub fn carrier_judges(&self, answerer: Answerer) {
        self.carriers_word.send_replace(Some(answerer));
    }

    /// What the carrier thinks of who picked up, once it has said so.
    pub fn carriers_word(&self) -> watch::Receiver<Option<Answerer>> {
        self.carriers_word.subscribe()
    }

    pub fn snapshot(&self) -> LiveSnapshot {
        self.snapshot.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Looks at the snapshot without copying it.
    pub fn look<T>(&self, look: impl FnOnce(&LiveSnapshot) -> T) -> T {
        look(&self.snapshot.lock().unwrap_or_else(PoisonError::into_inner))
    }

    pub fn watch(&self) -> broadcast::Receiver<LiveChange> {
        self.changes.subscribe()
    }

    /// Nobody may be watching; that is no error.
    pub fn publish(&self, change: LiveChange) {
        drop(self.changes.send(change));
    }

    /// Changes the snapshot.
    pub fn update(&self, change: impl FnOnce(&mut LiveSnapshot)) {
        change(&mut self.snapshot.lock().unwrap_or_else(PoisonError::into_inner));
    }

    pub fn is_watched(&self) -> bool {
        self.changes.receiver_count() > 0
    }
}

/// All calls in progress.
#[derive(Default)]
pub struct LiveCalls {
    calls: DashMap<CallId, Arc<LiveCall>>,
}

impl LiveCalls {
    pub fn begin(&self, opened: OpenedCall) -> Arc<LiveCall> {
        let id = opened.id;
        let call = Arc::new(LiveCall {
            opened,
            snapshot: Mutex::default(),
            changes: broadcast::Sender::new(CHANGES_KEPT),
            carriers_word: watch::Sender::new(None),
        });
        self.calls.insert(id, Arc::clone(&call));
        metrics::gauge!("doorstep_calls_in_progress").set(self.calls.len() as f64);
        call
    }

    pub fn end(&self, id: CallId) {
        self.calls.remove(&id);
        metrics::gauge!("doorstep_calls_in_progress").set(self.calls.len() as f64);
    }

    pub fn get(&self, id: CallId) -> Option<Arc<LiveCall>> {
        self.calls.get(&id).map(|entry| Arc::clone(entry.value()))
    }

    /// The call that the provider knows by this id.
    pub fn of_provider(&self, provider: &str, provider_call_id: &str) -> Option<Arc<LiveCall>> {
        let is_it = |opened: &OpenedCall| opened.provider == provider && opened.provider_call_id == provider_call_id;
        self.calls.iter().find(|entry| is_it(&entry.value().opened)).map(|entry| Arc::clone(entry.value()))
    }

    pub fn count(&self) -> usize {
        self.calls.len()
    }

    /// Newest first.
    pub fn list(&self) -> Vec<Arc<LiveCall>> {
        let mut calls: Vec<_> = self.calls.iter().map(|entry| Arc::clone(entry.value())).collect();
        calls.sort_by_key(|call| std::cmp::Reverse(call.opened.id));
        calls
    }

    /// When the oldest call in progress began.
    pub fn oldest(&self) -> Option<Timestamp> {
        self.calls.iter().map(|entry| entry.value().opened.started_at).min()
    }
}

//! What sources answer to a request while its caller is still on the line.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Notify, broadcast};

use crate::domain::dialogue::RecordAck;
use crate::ports::commerce::ActionSettlement;

/// How long a caller waits for an answer; after that they hear that it was passed on, and nothing else changes.
const ANSWER_WAIT: Duration = Duration::from_millis(2_500);

/// Words that wait for a listening call. Whoever falls behind takes its request as passed on.
const WORDS_MAX: usize = 256;

/// Tells the calls of this process what became of their requests. A request that another process took up is not heard
/// of here: its caller hears that it was passed on.
#[derive(Clone)]
pub struct ActionAnswers {
    wake: Arc<Notify>,
    words: broadcast::Sender<Word>,
}

#[derive(Clone, Debug)]
struct Word {
    request: String,
    news: News,
}

#[derive(Clone, Copy, Debug)]
enum News {
    /// So many actions of it are answered while the caller waits.
    Planned(usize),
    /// One of them was answered, or put off.
    Answered(RecordAck),
}

impl Default for ActionAnswers {
    fn default() -> Self {
        Self { wake: Arc::default(), words: broadcast::channel(WORDS_MAX).0 }
    }
}

impl ActionAnswers {
    /// Listens from now on.
    ///
    /// Order: before the request is kept, so that no answer to it is missed.
    pub fn listen(&self) -> Listening {
        Listening { wake: Arc::clone(&self.wake), words: self.words.subscribe() }
    }

    /// Ends when a request was kept that somebody waits for.
    pub(super) async fn awaited(&self) {
        self.wake.notified().await;
    }

    pub(super) fn tell_planned(&self, request: &str, awaited: usize) {
        self.tell(request, News::Planned(awaited));
    }

    pub(super) fn tell_settled(&self, request: &str, settlement: &ActionSettlement) {
        let ack = match settlement {
            ActionSettlement::Taken { .. } => RecordAck::Accepted,
            ActionSettlement::Refused { .. } => RecordAck::Refused,
            ActionSettlement::Unknown { .. } | ActionSettlement::RetryAt { .. } => RecordAck::PassedOn,
        };
        self.tell(request, News::Answered(ack));
    }

    fn tell(&self, request: &str, news: News) {
        // Nobody listening is no fault.
        drop(self.words.send(Word { request: request.to_owned(), news }));
    }
}

/// A call that listens for the answer to its request.
pub struct Listening {
    wake: Arc<Notify>,
    words: broadcast::Receiver<Word>,
}

impl Listening {
    /// Has the request carried out at once, and waits a bounded time for the answer.
    ///
    /// Order: after the request is kept.
    pub async fn answer(mut self, request: &str) -> RecordAck {
        self.wake.notify_one();
        tokio::time::timeout(ANSWER_WAIT, self.all_answers(request)).await.unwrap_or(RecordAck::PassedOn)
    }

    /// One refusal is a refusal; accepted is what all have accepted.
    async fn all_answers(&mut self, request: &str) -> RecordAck {
        let mut left = None;
        while let Ok(word) = self.words.recv().await {
            if word.request != request {
                continue;
            }
            left = match (word.news, left) {
                (News::Planned(0), _) => return RecordAck::PassedOn,
                (News::Planned(count), _) => Some(count),
                (News::Answered(RecordAck::Accepted), Some(1)) => return RecordAck::Accepted,
                (News::Answered(RecordAck::Accepted), left) => left.map(|left: usize| left - 1),
                (News::Answered(ack), _) => return ack,
            };
        }
        RecordAck::PassedOn
    }
}

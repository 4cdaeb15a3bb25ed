//! Asks the language model beside the call and mails what it says, sentence by sentence.

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::StreamExt as _;
use tokio_util::sync::CancellationToken;

use crate::domain::call::Speaker;
use crate::domain::dialogue::answering::SentenceCutter;
use crate::domain::dialogue::tools::{TOOLS, ToolContract};
use crate::domain::dialogue::{ModelChecks, ModelQuestion, ModelSaid, ModelTask};
use crate::ports::language_model::{
    FailureKind, FinishReason, History, LanguageModel, ModelEvent, ModelRequest, ReplyStream,
};

/// An answer that is being spoken meanwhile; the call itself has long stopped waiting for its first sentence.
const REPLY_MAX: Duration = Duration::from_secs(8);
/// A summary is waited for before the call is filed.
const SUMMARY_MAX: Duration = Duration::from_secs(2);
/// Three sentences, or one tool.
const TOKENS_MAX: u32 = 160;

/// The configured model with what it is told and what its words are checked against. One for the process.
pub struct ModelDesk {
    pub model: Arc<dyn LanguageModel>,
    pub checks: Arc<ModelChecks>,
    /// The same for every call of the shop.
    pub prompts: ModelPrompts,
}

/// What the model is told to do.
#[derive(Clone, Debug)]
pub struct ModelPrompts {
    pub aloud: Arc<str>,
    pub summary: Arc<str>,
}

/// Where what the model says is handed on.
pub type SaidSink = Box<dyn Fn(ModelSaid) + Send + Sync>;

impl ModelDesk {
    /// Asks, and hands on what comes until the reply is over or `cancel` says that nobody wants it.
    pub async fn ask(&self, question: &ModelQuestion, cancel: CancellationToken, sink: SaidSink) {
        let stream = self.model.reply(self.request(question, REPLY_MAX));
        let reading = tokio::time::timeout(REPLY_MAX, read(stream, &sink));
        match cancel.run_until_cancelled(reading).await {
            // Dropping the stream has cancelled it at the vendor.
            None => count_reply("cancelled"),
            Some(Ok(())) => (),
            Some(Err(_)) => fail(FailureKind::TimedOut, &sink),
        }
    }

    /// The whole text of a summary; none if it does not come in time.
    pub async fn sum_up(&self, question: &ModelQuestion) -> Option<String> {
        let mut stream = self.model.reply(self.request(question, SUMMARY_MAX));
        let reading = async {
            let mut text = String::new();
            while let Some(event) = stream.next().await {
                match event {
                    ModelEvent::TextDelta(delta) => text.push_str(delta.reveal()),
                    ModelEvent::Finished { reason: FinishReason::Stop, .. } => return Some(text),
                    ModelEvent::Finished { .. } | ModelEvent::Failed { .. } => return None,
                    ModelEvent::Late | ModelEvent::ToolCallStart { .. } | ModelEvent::ToolCallArgs { .. } => (),
                }
            }
            None
        };
        tokio::time::timeout(SUMMARY_MAX, reading).await.ok().flatten()
    }

    fn request(&self, question: &ModelQuestion, deadline: Duration) -> ModelRequest {
        let system = match question.task {
            ModelTask::Answer | ModelTask::Rephrase => &self.prompts.aloud,
            ModelTask::Summary => &self.prompts.summary,
        };
        ModelRequest {
            system: Arc::clone(system),
            facts: question.facts.clone(),
            history: history(question),
            tools: tools(question.task),
            deadline,
            tokens_max: TOKENS_MAX,
        }
    }
}

/// Only an answer may lead to something; other words for what was said may not.
const fn tools(task: ModelTask) -> &'static [ToolContract] {
    match task {
        ModelTask::Answer => TOOLS,
        ModelTask::Rephrase | ModelTask::Summary => &[],
    }
}

fn history(question: &ModelQuestion) -> History {
    let mut history = History::default();
    for line in &question.history {
        match line.by {
            Speaker::Caller => history.caller_said(line.text.reveal()),
            Speaker::Agent => history.agent_said(line.text.reveal(), Vec::new()),
        }
    }
    // Vendors want the caller to speak last; a summary has nobody to answer.
    if question.task == ModelTask::Summary {
        history.caller_said("(the call is over)");
    }
    history
}

/// Reads a reply to its end. After `Finished` or `Failed` nothing follows.
async fn read(mut stream: ReplyStream, sink: &SaidSink) {
    let asked = Instant::now();
    let mut cutter = SentenceCutter::default();
    let mut has_said = false;
    let mut say = |sentence: String| {
        if !std::mem::replace(&mut has_said, true) {
            metrics::histogram!("doorstep_model_first_sentence_seconds").record(asked.elapsed().as_secs_f64());
        }
        sink(ModelSaid::Sentence(sentence.into()));
    };
    let mut calls: BTreeMap<usize, (String, String)> = BTreeMap::new();
    while let Some(event) = stream.next().await {
        match event {
            ModelEvent::Late => (),
            ModelEvent::TextDelta(text) => cutter.push(text.reveal()).into_iter().for_each(&mut say),
            ModelEvent::ToolCallStart { call, name, .. } => {
                calls.insert(call, (name, String::new()));
            }
            ModelEvent::ToolCallArgs { call, fragment } => {
                if let Some((_, arguments)) = calls.get_mut(&call) {
                    arguments.push_str(fragment.reveal());
                }
            }
            ModelEvent::Finished { reason, .. } => {
                // What the vendor cut off in the middle is not a sentence.
                if let (FinishReason::Stop | FinishReason::ToolCalls, Some(rest)) = (reason, cutter.finish()) {
                    say(rest);
                }
                // One wish at a time: the caller can be asked about one.
                if let Some((name, arguments)) = calls.into_values().next() {
                    sink(ModelSaid::Tool { name, arguments: arguments.into() });
                }
                count_reply("finished");
                return sink(ModelSaid::Finished);
            }
            ModelEvent::Failed { kind, .. } => return fail(kind, sink),
        }
    }
    fail(FailureKind::Interrupted, sink);
}

fn fail(kind: FailureKind, sink: &SaidSink) {
    tracing::warn!(%kind, "the language model did not answer; the call goes on without it");
    metrics::counter!("doorstep_model_failures_total", "kind" => kind.as_str()).increment(1);
    count_reply("failed");
    sink(ModelSaid::Failed);
}

fn count_reply(end: &'static str) {
    metrics::counter!("doorstep_model_replies_total", "end" => end).increment(1);
}

//! What a stream of a model becomes for the call.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use futures_util::stream;
use tokio_util::sync::CancellationToken;

use super::{ModelDesk, ModelPrompts};
use crate::domain::call::Speaker;
use crate::domain::dialogue::answering::SaidLine;
use crate::domain::dialogue::claims::ClaimCheck;
use crate::domain::dialogue::{ModelChecks, ModelQuestion, ModelSaid, ModelTask};
use crate::ports::language_model::{
    FailureKind, FinishReason, LanguageModel, ModelEvent, ModelRequest, ReplyStream, Usage,
};

/// Gives these events, and then nothing for ever if it hangs.
struct Vendor {
    events: Vec<ModelEvent>,
    hangs: bool,
    asked: Mutex<Vec<ModelRequest>>,
}

#[async_trait]
impl LanguageModel for Vendor {
    fn version(&self) -> String {
        "vendor/1".to_owned()
    }

    fn reply(&self, request: ModelRequest) -> ReplyStream {
        self.asked.lock().unwrap().push(request);
        let events = stream::iter(self.events.clone());
        if self.hangs { Box::pin(futures_util::StreamExt::chain(events, stream::pending())) } else { Box::pin(events) }
    }

    async fn check(&self) -> Result<(), FailureKind> {
        Ok(())
    }
}

fn vendor(events: Vec<ModelEvent>, hangs: bool) -> Arc<Vendor> {
    Arc::new(Vendor { events, hangs, asked: Mutex::new(Vec::new()) })
}

fn desk(vendor: &Arc<Vendor>) -> ModelDesk {
    let text = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/prompts/claims/en.toml")).unwrap();
    let aloud = ClaimCheck::compile(&text).unwrap();
    let checks = Arc::new(ModelChecks { summary: aloud.clone(), aloud });
    let prompts = ModelPrompts { aloud: "say".into(), summary: "sum up".into() };
    ModelDesk { model: Arc::clone(vendor) as _, checks, prompts }
}

fn question(task: ModelTask) -> ModelQuestion {
    let line = |by, text: &str| SaidLine { by, text: text.to_owned().into() };
    let history = vec![line(Speaker::Agent, "Hello."), line(Speaker::Caller, "Can it swim?")];
    ModelQuestion { task, facts: "{}".to_owned().into(), history }
}

fn text(text: &str) -> ModelEvent {
    ModelEvent::TextDelta(text.to_owned().into())
}

fn finished(reason: FinishReason) -> ModelEvent {
    ModelEvent::Finished { reason, usage: Usage::default() }
}

async fn said(events: Vec<ModelEvent>) -> Vec<ModelSaid> {
    let heard = Arc::new(Mutex::new(Vec::new()));
    let sink = Arc::clone(&heard);
    let desk = desk(&vendor(events, false));
    desk.ask(
        &question(ModelTask::Answer),
        CancellationToken::new(),
        Box::new(move |said| sink.lock().unwrap().push(said)),
    )
    .await;
    Arc::into_inner(heard).unwrap().into_inner().unwrap()
}

fn sentence(text: &str) -> ModelSaid {
    ModelSaid::Sentence(text.to_owned().into())
}

#[tokio::test]
async fn text_becomes_sentences_and_an_end() {
    let events = vec![text("It is on "), text("its way. It is"), text(" late."), finished(FinishReason::Stop)];
    assert_eq!(said(events).await, [sentence("It is on its way."), sentence("It is late."), ModelSaid::Finished]);
}

#[tokio::test]
async fn what_the_vendor_cut_off_is_no_sentence() {
    for reason in [FinishReason::Length, FinishReason::ContentFilter] {
        let events = vec![text("It is on its way. You will get"), finished(reason)];
        assert_eq!(said(events).await, [sentence("It is on its way."), ModelSaid::Finished]);
    }
}

#[tokio::test]
async fn a_stream_that_fails_or_breaks_off_has_failed() {
    let failed = ModelEvent::Failed { kind: FailureKind::Overloaded, is_retryable: false };
    assert_eq!(said(vec![text("It is late. A"), failed]).await, [sentence("It is late."), ModelSaid::Failed]);
    assert_eq!(said(vec![text("It is")]).await, [ModelSaid::Failed]);
}

#[tokio::test]
async fn of_several_tools_the_first_is_handed_on_whole() {
    let start = |call, name: &str| ModelEvent::ToolCallStart { call, id: format!("c{call}"), name: name.to_owned() };
    let args = |call, text: &str| ModelEvent::ToolCallArgs { call, fragment: text.to_owned().into() };
    let events = vec![
        start(0, "cancel_order"),
        args(0, "{\"order\""),
        start(1, "get_eta"),
        args(0, ":null}"),
        args(1, "{}"),
        finished(FinishReason::ToolCalls),
    ];
    let tool = ModelSaid::Tool { name: "cancel_order".to_owned(), arguments: "{\"order\":null}".to_owned().into() };
    assert_eq!(said(events).await, [tool, ModelSaid::Finished]);
}

#[tokio::test]
async fn only_an_answer_is_offered_tools_and_a_summary_has_its_own_prompt() {
    let vendor = vendor(vec![text("It is late."), finished(FinishReason::Stop)], false);
    let desk = desk(&vendor);
    for task in [ModelTask::Answer, ModelTask::Rephrase] {
        desk.ask(&question(task), CancellationToken::new(), Box::new(|_| ())).await;
    }
    assert_eq!(desk.sum_up(&question(ModelTask::Summary)).await.as_deref(), Some("It is late."));
    let asked = vendor.asked.lock().unwrap();
    let shown: Vec<_> = asked.iter().map(|request| (&*request.system, request.tools.is_empty())).collect();
    assert_eq!(shown, [("say", false), ("say", true), ("sum up", true)]);
}

#[tokio::test(start_paused = true)]
async fn a_model_that_hangs_holds_nothing_up() {
    let desk = desk(&vendor(vec![text("It is")], true));
    let heard = Arc::new(Mutex::new(Vec::new()));
    let sink = Arc::clone(&heard);
    let begun = tokio::time::Instant::now();
    let keep = Box::new(move |said| sink.lock().unwrap().push(said));
    desk.ask(&question(ModelTask::Answer), CancellationToken::new(), keep).await;
    assert_eq!(*heard.lock().unwrap(), [ModelSaid::Failed]);
    assert_eq!(begun.elapsed(), super::REPLY_MAX);
    assert_eq!(desk.sum_up(&question(ModelTask::Summary)).await, None);
    assert_eq!(begun.elapsed(), super::REPLY_MAX + super::SUMMARY_MAX);
}

#[tokio::test]
async fn who_is_cancelled_says_nothing_more() {
    let desk = desk(&vendor(vec![text("It is late. It is")], true));
    let cancel = CancellationToken::new();
    let (heard, stop) = (Arc::new(Mutex::new(Vec::new())), cancel.clone());
    let sink = Arc::clone(&heard);
    let cancelling = move |said| {
        sink.lock().unwrap().push(said);
        stop.cancel();
    };
    desk.ask(&question(ModelTask::Answer), cancel, Box::new(cancelling)).await;
    assert_eq!(*heard.lock().unwrap(), [sentence("It is late.")]);
}

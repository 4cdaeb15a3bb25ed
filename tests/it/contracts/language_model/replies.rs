//! What vendors say when all goes well: the same of each, however the bytes are cut.

use doorstep::adapters::language_model::fake::FakeModel;
use doorstep::adapters::language_model::{anthropic, openai};
use doorstep::ports::language_model::{FailureKind, FinishReason, LanguageModel as _, ModelEvent, Usage};

use super::heard::{End, Heard, hear};
use super::server::{Answer, Server};
use super::{ANTHROPIC, DIALECTS, Dialect, OPENAI, request};

/// Id, name, arguments.
type Call<'a> = (&'a str, &'a str, &'a str);

/// A recorded reply, and what it must come to.
struct Recorded {
    file: &'static str,
    text: &'static str,
    calls: &'static [Call<'static>],
    reason: FinishReason,
}

const OF_BOTH: &[Recorded] = &[
    Recorded { file: "text.sse", text: "Your parcel is on its way.", calls: &[], reason: FinishReason::Stop },
    Recorded {
        file: "tool_in_fragments.sse",
        text: "Let me check.",
        calls: &[("call_9", "ask_for_another_day", r#"{"order":null,"day":"2026-11-25"}"#)],
        reason: FinishReason::ToolCalls,
    },
    Recorded {
        file: "parallel_calls.sse",
        text: "",
        calls: &[("call_a", "get_status", r#"{"order":"KH-1"}"#), ("call_b", "list_orders", "")],
        reason: FinishReason::ToolCalls,
    },
    Recorded {
        file: "unicode.sse", text: "नमस्ते Asha, 🙂 – grüß Gott.", calls: &[], reason: FinishReason::Stop
    },
    Recorded { file: "length.sse", text: "It should reach", calls: &[], reason: FinishReason::Length },
    Recorded { file: "declined.sse", text: "", calls: &[], reason: FinishReason::ContentFilter },
];

/// What self-hosted servers make of OpenAI's format.
const OF_OPENAI: &[Recorded] = &[
    Recorded {
        file: "whole_call_without_index.sse",
        text: "",
        calls: &[("call_x", "get_eta", r#"{"order":"KH-1"}"#), ("call_1", "list_orders", "{}")],
        reason: FinishReason::ToolCalls,
    },
    Recorded {
        file: "same_index_other_id.sse",
        text: "",
        calls: &[("a", "get_eta", "{}"), ("b", "get_status", r#"{"order":null}"#)],
        reason: FinishReason::ToolCalls,
    },
    Recorded { file: "thinking_aloud.sse", text: "It is on its way.", calls: &[], reason: FinishReason::Stop },
    Recorded { file: "heartbeats_and_parts.sse", text: "It is on its way.", calls: &[], reason: FinishReason::Stop },
    Recorded { file: "no_done.sse", text: "It is on its way.", calls: &[], reason: FinishReason::Stop },
];

fn recorded() -> Vec<(Dialect, &'static Recorded)> {
    let of_both = OF_BOTH.iter().flat_map(|recorded| DIALECTS.map(|dialect| (dialect, recorded)));
    of_both.chain(OF_OPENAI.iter().map(|recorded| (OPENAI, recorded))).collect()
}

fn check(dialect: Dialect, recorded: &Recorded, heard: &Heard) {
    let calls: Vec<Call<'_>> = heard.calls.iter().map(|(id, name, args)| (&**id, &**name, &**args)).collect();
    let name = format!("{}/{}: {heard:?}", dialect.provider, recorded.file);
    assert_eq!(heard.text, recorded.text, "{name}");
    assert_eq!(calls, recorded.calls, "{name}");
    assert_eq!(heard.reason(), Some(recorded.reason), "{name}");
}

#[tokio::test]
async fn every_recorded_reply_is_understood_however_it_is_cut() {
    for (dialect, recorded) in recorded() {
        let bytes = dialect.recorded(recorded.file);
        for piece in [1, 5, bytes.len()] {
            let server = Server::start(vec![Answer::stream(&bytes, piece)]).await;
            check(dialect, recorded, &hear(dialect.model(&server).reply(request())).await);
            assert_eq!(server.requests().len(), 1);
        }
    }
}

#[test]
fn lines_may_end_as_they_like() {
    for (dialect, recorded) in recorded() {
        let text = String::from_utf8(dialect.recorded(recorded.file)).unwrap();
        for ends in ["\r\n", "\r"] {
            let bytes = text.replace('\n', ends);
            let decoder = if dialect == ANTHROPIC { anthropic::decoder() } else { openai::decoder() };
            check(dialect, recorded, &Heard::of(decoder.replay(bytes.as_bytes())));
        }
    }
}

#[tokio::test]
async fn the_fake_says_what_it_is_told_and_nothing_more() {
    let call = |call, id: &str, name: &str| ModelEvent::ToolCallStart { call, id: id.into(), name: name.into() };
    let args = |call, text: &str| ModelEvent::ToolCallArgs { call, fragment: text.to_owned().into() };
    let finished = |reason| ModelEvent::Finished { reason, usage: Usage::default() };
    for recorded in OF_BOTH {
        let mut events = vec![ModelEvent::TextDelta(recorded.text.to_owned().into())];
        for (at, (id, name, arguments)) in recorded.calls.iter().enumerate() {
            events.extend([call(at, id, name), args(at, arguments)]);
        }
        events.push(finished(recorded.reason));
        let fake = FakeModel::scripted([events]);
        check(Dialect { provider: "fake", path: "" }, recorded, &hear(fake.reply(request())).await);
    }
    let fake = FakeModel::saying(["It is on its way."]);
    assert_eq!(hear(fake.reply(request())).await.text, "It is on its way.");
    assert_eq!(hear(fake.reply(request())).await.reason(), Some(FinishReason::ContentFilter));
    assert_eq!(fake.check().await, Ok(()));
}

#[tokio::test]
async fn usage_is_counted() {
    let usage = Usage { input: 420, input_cached: 384, output: 31 };
    for dialect in DIALECTS {
        let server = Server::start(vec![Answer::stream(&dialect.recorded("text.sse"), 4_096)]).await;
        let heard = hear(dialect.model(&server).reply(request())).await;
        assert_eq!(heard.end, Some(End::Finished(FinishReason::Stop, usage)), "{}", dialect.provider);
    }
}

#[tokio::test]
async fn a_request_too_large_is_not_sent() {
    for dialect in DIALECTS {
        let server = Server::start(Vec::new()).await;
        let mut request = request();
        request.facts = "x".repeat(doorstep::ports::language_model::PROMPT_BYTES_MAX).into();
        let heard = hear(dialect.model(&server).reply(request)).await;
        assert_eq!(heard.end, Some(End::Failed(FailureKind::TooLarge, false)));
        assert!(server.requests().is_empty());
    }
}

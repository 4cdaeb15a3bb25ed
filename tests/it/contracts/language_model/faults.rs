//! What vendors do when not all goes well, and what is made of it.

use std::time::{Duration, Instant};

use doorstep::adapters::language_model::Limits;
use doorstep::ports::language_model::{FailureKind, FinishReason, ModelEvent};
use futures_util::StreamExt as _;

use super::heard::{End, Heard, hear};
use super::server::{Answer, Server, Step};
use super::{DIALECTS, Dialect, patient, request};

const RETRIED: bool = true;
const LASTING: bool = false;

/// The reply to these answers, and how often was asked.
async fn reply_to(dialect: Dialect, answers: Vec<Answer>) -> (Heard, usize) {
    let server = Server::start(answers).await;
    let heard = hear(dialect.model(&server).reply(request())).await;
    let asked = server.requests().len();
    assert!(server.requests().iter().all(|request| request.contains(dialect.path)));
    (heard, asked)
}

/// The recorded text, cut after its first word.
fn first_word(dialect: Dialect) -> (Vec<u8>, Vec<u8>) {
    let bytes = dialect.recorded("text.sse");
    let text = String::from_utf8(bytes).unwrap();
    let word = text.find("Your parcel").unwrap();
    let at = word + text[word..].find("\n\n").unwrap() + 2;
    (text.as_bytes()[..at].to_vec(), text.as_bytes()[at..].to_vec())
}

fn failed(kind: FailureKind, is_retryable: bool) -> Option<End> {
    Some(End::Failed(kind, is_retryable))
}

#[tokio::test]
async fn refusals_are_told_apart_and_only_passing_ones_asked_again() {
    let cases = [
        ("401 Unauthorized", "401.json", FailureKind::Credentials, LASTING),
        ("403 Forbidden", "401.json", FailureKind::Credentials, LASTING),
        ("404 Not Found", "404.json", FailureKind::NotFound, LASTING),
        ("400 Bad Request", "404.json", FailureKind::Rejected, LASTING),
        ("429 Too Many Requests", "429.json", FailureKind::RateLimited, RETRIED),
        ("429 Too Many Requests", "429_quota.json", FailureKind::QuotaSpent, LASTING),
        ("529 Overloaded", "529.json", FailureKind::Overloaded, RETRIED),
        ("500 Internal Server Error", "529.json", FailureKind::VendorFault, RETRIED),
        ("500 Internal Server Error\r\nx-should-retry: false", "529.json", FailureKind::VendorFault, LASTING),
        ("307 Temporary Redirect\r\nlocation: http://127.0.0.1:1/", "404.json", FailureKind::Rejected, LASTING),
    ];
    for dialect in DIALECTS {
        for (head, file, kind, is_retryable) in cases {
            let refusal = Answer::refusal(head, &dialect.recorded(file));
            let (heard, asked) = reply_to(dialect, vec![refusal.clone(), refusal]).await;
            assert_eq!(heard.end, failed(kind, is_retryable), "{} {head}", dialect.provider);
            assert_eq!(asked, if is_retryable { 2 } else { 1 }, "{} {head}", dialect.provider);
        }
    }
}

#[tokio::test]
async fn a_second_try_may_succeed() {
    for dialect in DIALECTS {
        let text = Answer::stream(&dialect.recorded("text.sse"), 4_096);
        let refusal = Answer::refusal("529 Overloaded", &dialect.recorded("529.json"));
        let mid_stream = Answer::stream(&dialect.recorded("error_before_text.sse"), 4_096);
        let cut = Answer::events(vec![Step::Cut]);
        for first in [refusal, mid_stream, cut] {
            let (heard, asked) = reply_to(dialect, vec![first, text.clone()]).await;
            assert_eq!((heard.text.as_str(), asked), ("Your parcel is on its way.", 2), "{}", dialect.provider);
        }
    }
}

#[tokio::test]
async fn the_vendor_is_left_alone_for_as_long_as_it_asks() {
    for dialect in DIALECTS {
        let refusal = dialect.recorded("429.json");
        let text = Answer::stream(&dialect.recorded("text.sse"), 4_096);
        let begun = Instant::now();
        let wait = Answer::refusal("429 Too Many Requests\r\nretry-after: 1", &refusal);
        let (heard, asked) = reply_to(dialect, vec![wait, text.clone()]).await;
        assert_eq!((heard.reason(), asked), (Some(FinishReason::Stop), 2));
        assert!(Duration::from_secs(1) <= begun.elapsed());
        let wait_long = Answer::refusal("429 Too Many Requests\r\nretry-after: 60", &refusal);
        let (heard, asked) = reply_to(dialect, vec![wait_long, text]).await;
        assert_eq!((heard.end, asked), (failed(FailureKind::RateLimited, RETRIED), 1), "it would come too late");
    }
}

#[tokio::test]
async fn once_something_was_said_nothing_is_asked_again() {
    for dialect in DIALECTS {
        let (word, _) = first_word(dialect);
        let text = Answer::stream(&dialect.recorded("text.sse"), 4_096);
        let cut = Answer::events(vec![Step::Send(word), Step::Cut]);
        let (heard, asked) = reply_to(dialect, vec![cut, text.clone()]).await;
        assert_eq!((heard.end, asked), (failed(FailureKind::Interrupted, RETRIED), 1), "{}", dialect.provider);
        assert_eq!(heard.text, "Your parcel");
        let error = Answer::stream(&dialect.recorded("error_mid_stream.sse"), 4_096);
        let (heard, asked) = reply_to(dialect, vec![error, text]).await;
        assert_eq!((heard.end, asked), (failed(FailureKind::Overloaded, RETRIED), 1), "{}", dialect.provider);
        assert_eq!(heard.text, "Your parcel");
    }
}

#[tokio::test]
async fn a_late_first_word_is_announced_and_then_given_up() {
    let limits = Limits {
        first_token_late: Duration::from_millis(30),
        first_token_max: Duration::from_millis(120),
        ..patient()
    };
    for dialect in DIALECTS {
        let server = Server::start(vec![Answer::events(vec![Step::Hang])]).await;
        let heard = hear(dialect.model_at(&server.url, limits).reply(request())).await;
        assert_eq!((heard.is_late, heard.end), (true, failed(FailureKind::TimedOut, LASTING)), "{}", dialect.provider);
    }
}

#[tokio::test]
async fn silence_between_words_ends_a_reply_and_after_them_does_no_harm() {
    let limits = Limits { between_tokens_max: Duration::from_millis(80), ..patient() };
    for dialect in DIALECTS {
        let (word, rest) = first_word(dialect);
        let server = Server::start(vec![Answer::events(vec![Step::Send(word), Step::Hang])]).await;
        let heard = hear(dialect.model_at(&server.url, limits).reply(request())).await;
        assert_eq!((heard.text.as_str(), heard.end), ("Your parcel", failed(FailureKind::TimedOut, LASTING)));
        // All is said and why it stopped; only the last event is missing.
        let (word, _) = first_word(dialect);
        let rest = String::from_utf8(rest).unwrap();
        let marker = if dialect.provider == "openai" { "data: [DONE]" } else { "event: message_stop" };
        let without_end = rest.as_bytes()[..rest.find(marker).unwrap()].to_vec();
        let steps = vec![Step::Send(word), Step::Send(without_end), Step::Hang];
        let server = Server::start(vec![Answer::events(steps)]).await;
        let heard = hear(dialect.model_at(&server.url, limits).reply(request())).await;
        assert_eq!(heard.reason(), Some(FinishReason::Stop), "{}", dialect.provider);
    }
}

#[tokio::test]
async fn the_deadline_ends_a_reply_that_goes_on() {
    for dialect in DIALECTS {
        let (word, _) = first_word(dialect);
        let server = Server::start(vec![Answer::events(vec![Step::Send(word), Step::Hang])]).await;
        let mut request = request();
        request.deadline = Duration::from_millis(150);
        let heard = hear(dialect.model(&server).reply(request)).await;
        assert_eq!(heard.end, failed(FailureKind::TimedOut, LASTING), "{}", dialect.provider);
    }
}

#[tokio::test]
async fn garbage_and_hoards_are_refused() {
    let mib = 1024 * 1024;
    let oversize = |start: &[u8]| [start, &vec![b'x'; mib]].concat();
    for dialect in DIALECTS {
        let (word, _) = first_word(dialect);
        let cases = [
            (b"data: {\"choices\":[{\"delta\":\n\n".to_vec(), FailureKind::Malformed),
            (b"data: <html>Bad gateway</html>\n\n".to_vec(), FailureKind::Malformed),
            (oversize(b"data: {\"type\":\"ping\",\"padding\":\""), FailureKind::TooLarge),
            (oversize(&[&word[..], b"data: "].concat()), FailureKind::TooLarge),
        ];
        for (bytes, kind) in cases {
            let (heard, asked) = reply_to(dialect, vec![Answer::stream(&bytes, 64 * 1024)]).await;
            assert_eq!((heard.end, asked), (failed(kind, LASTING), 1), "{}", dialect.provider);
        }
        let endless = word.repeat(4_000);
        let (heard, _) = reply_to(dialect, vec![Answer::stream(&endless, 4_096)]).await;
        assert_eq!(heard.end, failed(FailureKind::TooLarge, LASTING), "{}", dialect.provider);
        assert!(heard.text.len() <= doorstep::ports::language_model::REPLY_BYTES_MAX + 4_096);
    }
}

#[tokio::test]
async fn dropping_a_reply_closes_its_connection() {
    for dialect in DIALECTS {
        let (word, _) = first_word(dialect);
        let server = Server::start(vec![Answer::events(vec![Step::Send(word), Step::Hang])]).await;
        let mut reply = dialect.model(&server).reply(request());
        assert!(matches!(reply.next().await, Some(ModelEvent::TextDelta(_))), "{}", dialect.provider);
        drop(reply);
        let gone = tokio::time::timeout(Duration::from_secs(10), server.client_gone()).await;
        assert!(gone.is_ok(), "{}: the vendor still thinks that somebody listens", dialect.provider);
    }
}

#[tokio::test]
async fn a_reply_nobody_polls_is_not_asked() {
    for dialect in DIALECTS {
        let server = Server::start(vec![Answer::events(vec![Step::Hang])]).await;
        drop(dialect.model(&server).reply(request()));
        assert!(server.requests().is_empty());
    }
}

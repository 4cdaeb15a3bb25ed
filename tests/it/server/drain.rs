//! Stopping: nobody new comes in, who is talking may end, who will not end is cut, and everything is filed.

use std::time::Duration;

use doorstep::domain::call::CallState;
use doorstep::simulator::{CallEnd, Step};
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;

use super::harness::{CUSTOMER, Server, calls_in, script, until};
use super::raw_line::ring;

#[tokio::test(flavor = "multi_thread")]
async fn a_draining_server_turns_callers_away_and_lets_the_others_end() {
    let server = Server::with_fake_speech(|_| ()).await;
    let carrier = server.carrier(CUSTOMER, 6);
    let call = tokio::spawn(async move { carrier.call(script(vec![Step::Silence { ms: 5_000 }]), 1).await });
    let live = server.reception.clone();
    until("the call is in progress", async || (live.services().live.count() == 1).then_some(())).await;
    assert_eq!(server.http.get(server.url("/readyz")).send().await.expect("answered").status().as_u16(), 200);
    server.stop.cancel();
    until("the server is no longer ready", async || {
        let response = server.http.get(server.url("/readyz")).send().await.expect("health stays open");
        (response.status().as_u16() == 503).then_some(())
    })
    .await;
    let document = ring(&server, "CA-late").await;
    assert!(document.contains("<Say") && document.contains("<Hangup"), "{document}");
    assert!(!document.contains("<Stream"), "{document}");
    let folder = server.stopped().await;
    let report = call.await.expect("the caller does not panic");
    assert_eq!(report.end, CallEnd::CallerHungUp, "the call in progress was left to end");
    let calls = calls_in(&folder).await;
    assert_eq!(calls.len(), 1, "who was turned away is not a call");
    assert!(calls[0].finished.is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_that_outlasts_the_drain_is_cut_and_filed() {
    let server = Server::with_fake_speech(|settings| {
        settings.server.drain_timeout = Duration::from_millis(300);
    })
    .await;
    let carrier = server.carrier(CUSTOMER, 7);
    let call = tokio::spawn(async move { carrier.call(script(vec![Step::Silence { ms: 120_000 }]), 1).await });
    let reception = server.reception.clone();
    until("the call is in progress", async || (reception.services().live.count() == 1).then_some(())).await;
    // A client that never finishes its request must not hold the server up either.
    let mut lingering = TcpStream::connect(server.address).await.expect("connected");
    lingering.write_all(b"GET /healthz HTTP/1.1\r\nHost:").await.expect("written");
    server.stop.cancel();
    let report = call.await.expect("the caller does not panic");
    assert_eq!(report.end, CallEnd::AgentClosed { code: Some(1_000) });
    let calls = calls_in(&server.stopped().await).await;
    assert_eq!(calls.len(), 1);
    assert_eq!(calls[0].state, CallState::Ended);
    assert!(calls[0].finished.is_some());
}

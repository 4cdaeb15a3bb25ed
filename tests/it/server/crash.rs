//! A server that is killed in a call: the next start closes the call, keeps its recording, and delivers its outcome.

use std::time::Duration;

use doorstep::simulator::Step;

use super::harness::{API_TOKEN, api, says, script, until, within};
use super::program::{Place, http, terminate};
use super::receiver::Receiver;

#[tokio::test(flavor = "multi_thread")]
async fn a_call_cut_by_a_crash_is_closed_once_by_the_next_start() {
    let receiver = Receiver::start(0).await;
    let place = Place::new(&format!(
        "[speech_to_text]\nprovider = \"fake\"\n[text_to_speech]\nprovider = \"fake\"\n\
         [sentence_encoder]\nprovider = \"none\"\n[voice_activity]\nprovider = \"gate\"\n[[crm.connectors]]\nkind = \"webhook\"\nname = \"receiver\"\n\
         url = \"{}\"\nsecret = \"{}\"\nallow_private_addresses = true\n",
        receiver.url(),
        Receiver::secret(),
    ));
    let mut server = place.serve().await;
    let carrier = place.carrier(11);
    let steps = vec![Step::Silence { ms: 300 }, says("where-is-my-order.wav"), Step::Silence { ms: 120_000 }];
    let call = tokio::spawn(async move { carrier.call(script(steps), 1).await });
    let recorded = until("three seconds are on disk", async || {
        let file = std::fs::read_dir(place.path("recordings")).ok()?.next()?.ok()?;
        (file.metadata().ok()?.len() > 3 * 8_000 * 4).then(|| file.path())
    })
    .await;
    server.start_kill().expect("the program can be killed");
    within("the program is gone", server.wait()).await.expect("it can be waited for");
    within("the caller notices", call).await.expect("the caller does not panic");

    let server = place.serve().await;
    let http = http();
    let calls = api(&http, &place.url("/api/v1/calls")).await;
    let calls = calls["rows"].as_array().expect("a list");
    assert_eq!(calls.len(), 1);
    assert_eq!(calls[0]["state"], "interrupted");
    assert_eq!(calls[0]["outcome"]["disposition"], "CALL_DROPPED");
    let taken =
        until("the outcome is delivered", async || Some(receiver.taken()).filter(|taken| !taken.is_empty())).await;
    assert_eq!(taken[0].body["data"]["call_id"], calls[0]["id"]);
    let id = calls[0]["id"].as_str().expect("an id");
    let audio = http.get(place.url(&format!("/api/v1/calls/{id}/recording"))).bearer_auth(API_TOKEN);
    let audio = audio.send().await.expect("answered").bytes().await.expect("the recording");
    assert_eq!(audio, std::fs::read(recorded).expect("the file"));
    let mut wav = hound::WavReader::new(audio.as_ref()).expect("the header is sound");
    assert_eq!((wav.spec().channels, wav.spec().sample_rate), (2, 8_000));
    assert!(Duration::from_millis(u64::from(wav.duration()) / 8) >= Duration::from_secs(2));
    let caller: Vec<i16> = wav.samples::<i16>().step_by(2).collect::<Result<_, _>>().expect("whole samples");
    assert!(caller.iter().any(|sample| sample.unsigned_abs() > 1_000), "the caller's words are in it");

    assert!(terminate(server).await.success());
    let server = place.serve().await;
    let outcomes = api(&http, &place.url("/api/v1/outcomes")).await;
    assert_eq!(outcomes["rows"].as_array().map(Vec::len), Some(1), "one outcome, however often it starts");
    assert!(terminate(server).await.success());
    assert_eq!(receiver.taken().len(), 1);
}

//! What the README promises: a recorded caller is answered from the order, with nothing configured.

use std::time::Duration;

use super::harness::quiet;
use super::program::Place;

/// The conversation lasts three quarters of a minute, and its sentences are made for the first time.
const DEMONSTRATION: Duration = Duration::from_secs(240);

#[tokio::test(flavor = "multi_thread")]
async fn the_demonstration_shows_a_call_its_facts_and_its_outcome() {
    let _turn = quiet().await;
    let place = Place::new("");
    let run = place.command(&["demo", "--once"]).env("NO_COLOR", "1").output();
    let output = tokio::time::timeout(DEMONSTRATION, run).await.expect("it ends").expect("the program starts");
    let (shown, errors) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{shown}\n{errors}");
    for expected in ["STATUS_GIVEN · order KH-452719", "It is on its way", "where is my order", "first audio after"] {
        assert!(shown.to_lowercase().contains(&expected.to_lowercase()), "no {expected:?} in {shown}");
    }
    // Nobody is rung by a demonstration, whatever its orders would give reason for.
    assert!(!errors.contains("did not take the call"), "{errors}");
}

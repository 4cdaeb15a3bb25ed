//! Calls that are put through to a person, over the simulated carrier: taken, not taken, refused, and cut by a crash.

use std::time::Duration;

use doorstep::config::{Settings, TargetKind, TargetSection};
use doorstep::simulator::{LegReport, Manner, PutThrough, RestStandIn, Rooms, Step, Waiter};
use serde_json::Value;

use super::harness::{ACCOUNT, AUTH_TOKEN, CUSTOMER, SHOP, Server, api, quiet, says, script, until, within};
use super::program::{Place, http, terminate};
use super::receiver::Receiver;

const DESK: &str = "+918045670001";
const FLOOR: &str = "+918045670002";
const TEAM: &str = "+918045670003";
const WAIT: Step = Step::WaitForAgent { silence_ms: 700 };
const SILENCE_MS_MAX: u64 = 3_000;
const BRIEFING_MS_MAX: u64 = 5_000;

async fn rest() -> RestStandIn {
    RestStandIn::start(ACCOUNT, AUTH_TOKEN).await.expect("a port is free")
}

fn target(name: &str, address: &str) -> TargetSection {
    let (name, address) = (name.to_owned(), Some(address.to_owned()));
    TargetSection { name, kind: TargetKind::Phone, address, languages: Vec::new(), skills: Vec::new() }
}

/// Every caller asks for a person twice, and then says no.
fn putting_through(rest: &RestStandIn, settings: &mut Settings) {
    let twilio = settings.telephony.twilio.as_mut().expect("the carrier is set up");
    twilio.api_base_url = rest.base_url();
    twilio.from_numbers = vec![SHOP.parse().expect("a number")];
    settings.speech_to_text.hears =
        ["I want to speak to a person", "no, a person", "no thank you"].map(str::to_owned).to_vec();
    let all_day = "00:00-23:59:59.999".parse().expect("hours");
    let handover = &mut settings.handover;
    (handover.weekday, handover.saturday, handover.sunday) = (all_day, all_day, all_day);
    handover.targets = vec![target("desk", DESK), target("floor", FLOOR), target("team", TEAM)];
}

fn waiter(patience: Duration) -> Waiter {
    let asks = says("where-is-my-order.wav");
    Waiter {
        script: script(vec![WAIT, asks.clone(), WAIT, asks.clone(), Step::Silence { ms: 60_000 }]),
        script_back: script(vec![WAIT, asks, Step::WaitForAgent { silence_ms: 3_000 }]),
        patience,
    }
}

/// Plays a call to its end; each of `manners` is somebody who is rung, in order.
async fn put_through(
    server: &Server,
    rest: &mut RestStandIn,
    manners: &[Manner],
    patience: Duration,
) -> (PutThrough, Vec<LegReport>) {
    let (carrier, rooms, books) = (server.carrier(CUSTOMER, 21), Rooms::default(), rest.books());
    let ring = async {
        let mut legs = Vec::new();
        for manner in manners {
            let call = within("somebody is rung", rest.next_call()).await.expect("the carrier is there");
            legs.push(carrier.ring(call, &rooms, *manner).await);
        }
        legs
    };
    tokio::join!(carrier.call_and_wait(&books, &rooms, waiter(patience), 1), ring)
}

/// The call and its hand-off, once the call is filed.
async fn filed(server: &Server) -> (Value, Value) {
    let call = server.filed(1).await.remove(0);
    let handoffs = server.api("/api/v1/handoffs").await;
    let rows = handoffs["rows"].as_array().expect("a list");
    assert_eq!(rows.len(), 1, "{handoffs:#}");
    let id = rows[0]["id"].as_str().expect("an id");
    (
        server.api(&format!("/api/v1/calls/{}", call.opened.id)).await,
        server.api(&format!("/api/v1/handoffs/{id}")).await,
    )
}

fn said(call: &Value, words: &str) -> bool {
    call["transcript"].to_string().contains(words)
}

/// Nobody waited in silence, and nothing was against the protocol.
#[track_caller]
fn assert_sound(report: &PutThrough) {
    assert_eq!(report.faults, Vec::<String>::new());
    assert!(report.silence_ms_max <= SILENCE_MS_MAX, "{} ms of silence: {:?}", report.silence_ms_max, report.path);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_takes_the_call_by_key() {
    let _turn = quiet().await;
    let mut rest = rest().await;
    let server = Server::with_fake_speech(|settings| putting_through(&rest, settings)).await;
    let (report, legs) = put_through(&server, &mut rest, &[Manner::TakesIt], Duration::from_secs(30)).await;
    let (call, handoff) = filed(&server).await;
    assert_eq!(report.path, ["stream", "hold", "person", "gone"], "{call:#}");
    assert_sound(&report);
    let briefing = legs[0].briefing.as_deref().unwrap_or_default();
    assert!(briefing.contains("Asha") && briefing.contains("KH-452719"), "{briefing}");
    assert!(briefing.contains("asks for a person") && briefing.contains("press one or say yes"), "{briefing}");
    assert!(legs[0].briefed_after_ms <= BRIEFING_MS_MAX, "{}", legs[0].briefed_after_ms);
    assert_eq!((legs[0].to.as_str(), legs[0].has_met_customer), (DESK, true));
    let outcome = &call["outcome"];
    assert_eq!(outcome["disposition"], "ESCALATED_LIVE", "{call:#}");
    assert_eq!(outcome["escalation"]["way"], "live");
    assert_eq!((handoff["state"].as_str(), handoff["way"].as_str()), (Some("accepted"), Some("live")), "{handoff:#}");
    assert_eq!((handoff["handled_by"].as_str(), handoff["transfer"].as_str()), (Some("desk"), Some("with_person")));
    assert_eq!(handoff["tries"].as_array().map(Vec::len), Some(1));
    server.stopped().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn each_person_is_briefed_in_their_own_language() {
    let _turn = quiet().await;
    let mut rest = rest().await;
    let server = Server::with_fake_speech(|settings| {
        putting_through(&rest, settings);
        settings.handover.targets[0].languages = vec!["hi-IN".to_owned(), "en".to_owned()];
    })
    .await;
    let manners = [Manner::Refuses, Manner::TakesIt];
    let (report, legs) = put_through(&server, &mut rest, &manners, Duration::from_secs(30)).await;
    assert_sound(&report);
    let briefing = |leg: usize| legs[leg].briefing.clone().unwrap_or_default();
    assert!(briefing(0).contains("ऑर्डर KH-452719") && briefing(0).contains("एक दबाइए"), "{}", briefing(0));
    assert!(briefing(1).contains("about order KH-452719"), "{}", briefing(1));
    assert!(legs[1].has_met_customer);
    server.stopped().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_answers_and_the_caller_is_back_with_a_callback() {
    let _turn = quiet().await;
    let mut rest = rest().await;
    let server = Server::with_fake_speech(|settings| {
        putting_through(&rest, settings);
        settings.handover.ring_timeout = Duration::from_secs(1);
    })
    .await;
    let manners = [Manner::Busy, Manner::NeverAnswers, Manner::Refuses];
    let (report, legs) = put_through(&server, &mut rest, &manners, Duration::from_secs(60)).await;
    let (call, handoff) = filed(&server).await;
    assert_eq!(report.path, ["stream", "hold", "stream", "gone"], "{call:#}");
    assert_sound(&report);
    assert_eq!(legs.iter().map(|leg| leg.to.as_str()).collect::<Vec<_>>(), [DESK, FLOOR, TEAM]);
    assert!(said(&call, "nobody could take your call") && said(&call, "will ring you back"), "{call:#}");
    let outcome = &call["outcome"];
    assert_eq!(outcome["disposition"], "ESCALATION_FAILED", "{call:#}");
    assert!(outcome["secondary"].to_string().contains("ESCALATED_CALLBACK"), "{outcome:#}");
    assert_eq!((handoff["state"].as_str(), handoff["way"].as_str()), (Some("waiting"), Some("callback")));
    assert_eq!(handoff["transfer"], "back", "{handoff:#}");
    let ends: Vec<_> = handoff["tries"].as_array().expect("tries").iter().map(|tried| tried["end"].clone()).collect();
    assert_eq!(ends, ["busy", "no_answer", "refused"]);
    server.stopped().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_hangs_up_in_the_briefing_is_followed_by_the_next() {
    let _turn = quiet().await;
    let mut rest = rest().await;
    let server = Server::with_fake_speech(|settings| putting_through(&rest, settings)).await;
    let manners = [Manner::HangsUpInBriefing, Manner::SaysYes];
    let (report, legs) = put_through(&server, &mut rest, &manners, Duration::from_secs(60)).await;
    let (_, handoff) = filed(&server).await;
    assert_eq!(report.path, ["stream", "hold", "person", "gone"], "{handoff:#}");
    assert_sound(&report);
    assert_eq!((legs[0].has_met_customer, legs[1].has_met_customer), (false, true));
    assert_eq!((handoff["handled_by"].as_str(), handoff["tries"][0]["end"].as_str()), (Some("floor"), Some("hung_up")));
    server.stopped().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mailbox_and_a_bridge_that_fails_take_nobody() {
    let _turn = quiet().await;
    let mut rest = rest().await;
    let server = Server::with_fake_speech(|settings| {
        putting_through(&rest, settings);
        settings.handover.accept_timeout = Duration::from_secs(4);
    })
    .await;
    let manners = [Manner::Mailbox, Manner::BridgeFails, Manner::Busy];
    let (report, legs) = put_through(&server, &mut rest, &manners, Duration::from_secs(60)).await;
    let (call, handoff) = filed(&server).await;
    assert_eq!(report.path, ["stream", "hold", "stream", "gone"], "{handoff:#}");
    assert_sound(&report);
    assert!(legs.iter().take(2).all(|leg| leg.briefing.is_some() && !leg.has_met_customer));
    assert_eq!(call["outcome"]["disposition"], "ESCALATION_FAILED");
    let ends: Vec<_> = handoff["tries"].as_array().expect("tries").iter().map(|tried| tried["end"].clone()).collect();
    assert_eq!(ends, ["not_accepted", "not_joined", "busy"]);
    server.stopped().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_hangs_up_on_hold_is_rung_back() {
    let _turn = quiet().await;
    let mut rest = rest().await;
    let server = Server::with_fake_speech(|settings| putting_through(&rest, settings)).await;
    let (report, legs) = put_through(&server, &mut rest, &[Manner::NeverAnswers], Duration::from_millis(1_500)).await;
    let (call, handoff) = filed(&server).await;
    assert_eq!(report.path, ["stream", "hold", "gone"], "{handoff:#}");
    assert_sound(&report);
    assert!(!legs[0].has_met_customer);
    assert_eq!(call["outcome"]["disposition"], "ESCALATION_FAILED", "{call:#}");
    assert_eq!((handoff["state"].as_str(), handoff["transfer"].as_str()), (Some("waiting"), Some("customer_left")));
    server.stopped().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_killed_while_somebody_is_rung_leaves_a_callback_and_a_true_word() {
    let _turn = quiet().await;
    let mut rest = rest().await;
    let place = Place::new(&format!(
        "[speech_to_text]\nprovider = \"fake\"\nhears = [\"I want to speak to a person\", \"no, a person\"]\n\
         [text_to_speech]\nprovider = \"fake\"\n[sentence_encoder]\nprovider = \"none\"\n\
         [voice_activity]\nprovider = \"gate\"\n[telephony.twilio]\napi_base_url = \"{}\"\n\
         account_sid = \"\"\nauth_token = \"\"\npublic_url = \"\"\nfrom_numbers = [\"{SHOP}\"]\n\
         [handover]\nweekday = \"00:00-23:59:59\"\nsaturday = \"00:00-23:59:59\"\nsunday = \"00:00-23:59:59\"\n\
         ring_timeout = \"2s\"\n[[handover.targets]]\nname = \"desk\"\nkind = \"phone\"\naddress = \"{DESK}\"\n",
        rest.base_url(),
    ));
    let mut server = place.serve().await;
    let (carrier, rooms, books) = (place.carrier(31), Rooms::default(), rest.books());
    let patience = Duration::from_secs(60);
    let in_room = rooms.clone();
    let customer = tokio::spawn(async move { carrier.call_and_wait(&books, &in_room, waiter(patience), 1).await });
    let leg = within("somebody is rung", rest.next_call()).await.expect("the carrier is there");
    within("the customer hears the hold", rooms.hold_begins()).await;
    server.start_kill().expect("the program can be killed");
    within("the program is gone", server.wait()).await.expect("it can be waited for");
    let carrier = place.carrier(32);
    let unanswered = carrier.ring(leg, &rooms, Manner::NeverAnswers);
    let server = place.serve().await;
    let (leg, report) = tokio::join!(unanswered, within("the customer is told", customer));
    let report = report.expect("the customer does not panic");
    assert!(!leg.has_met_customer);
    assert_eq!(report.path, ["stream", "hold", "voice", "gone"]);
    assert!(report.said.last().is_some_and(|said| said.contains("will ring you back")), "{:?}", report.said);
    let http = http();
    let handoffs = until("the transfer has ended", async || {
        let handoffs = api(&http, &place.url("/api/v1/handoffs")).await;
        (handoffs["rows"][0]["transfer"] == "apologised").then_some(handoffs)
    })
    .await;
    let rows = handoffs["rows"].as_array().expect("a list");
    assert_eq!((rows.len(), rows[0]["state"].as_str()), (1, Some("waiting")), "{handoffs:#}");
    let calls = api(&http, &place.url("/api/v1/calls")).await;
    assert_eq!(calls["rows"][0]["state"], "interrupted");
    assert_eq!(calls["rows"][0]["outcome"]["disposition"], "ESCALATED_CALLBACK", "{calls:#}");
    assert!(terminate(server).await.success());
}

#[tokio::test(flavor = "multi_thread")]
async fn staff_and_their_system_know_of_the_call_before_anybody_picks_up() {
    let _turn = quiet().await;
    let mut rest = rest().await;
    let receiver = Receiver::start(0).await;
    let server = Server::with_fake_speech(|settings| {
        putting_through(&rest, settings);
        receiver.connect(settings);
    })
    .await;
    let (carrier, rooms, books) = (server.carrier(CUSTOMER, 21), Rooms::default(), rest.books());
    let staff = async {
        let leg = within("somebody is rung", rest.next_call()).await.expect("the carrier is there");
        let handoffs = server.api("/api/v1/handoffs").await;
        let row = &handoffs["rows"][0];
        assert_eq!((row["state"].as_str(), row["transfer"].as_str()), (Some("waiting"), Some("ringing")));
        let handoff = server.api(&format!("/api/v1/handoffs/{}", row["id"].as_str().expect("an id"))).await;
        let call = server.api(&format!("/api/v1/calls/{}", row["call_id"].as_str().expect("an id"))).await;
        let notice = until("the notice is delivered", async || receiver.taken().into_iter().next()).await;
        (carrier.ring(leg, &rooms, Manner::TakesIt).await, handoff, call, notice)
    };
    let customer = carrier.call_and_wait(&books, &rooms, waiter(Duration::from_secs(30)), 1);
    let (report, (leg, handoff, call, notice)) = tokio::join!(customer, staff);
    assert_sound(&report);
    assert!(leg.has_met_customer);
    let card = &handoff["card"];
    assert_eq!(card["order"]["order_ref"], "KH-452719", "{handoff:#}");
    assert_eq!(card["who"]["customer_name"], "Asha Rao");
    assert!(card["this_call"]["last_lines"].to_string().contains("speak to a person"), "{card:#}");
    assert_eq!(card["why"]["trigger"], "asked_for_person");
    assert_eq!(call["state"], "in_progress");
    assert!(said(&call, "putting you through"), "{call:#}");
    assert!(notice.id.starts_with("handover-"), "{}", notice.id);
    assert_eq!(notice.body["data"]["escalation"]["task_id"], handoff["id"]);
    server.filed(1).await;
    let outcome = until("the outcome is delivered", async || receiver.taken().into_iter().nth(1)).await;
    assert_eq!(outcome.body["data"]["disposition"], "ESCALATED_LIVE");
    assert_eq!(outcome.body["data"]["call_id"], notice.body["data"]["call_id"]);
    server.stopped().await;
}

//! Calls that the server puts through: a customer who is moved to a conference and waits, people who are rung to join.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use serde::Serialize;
use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, sleep};

use super::carrier::{Refused, SimulatedCarrier};
use super::report::{CallEnd, CallReport};
use super::rest::{Books, LiveCommand, PlacedCall};
use super::script::PreparedScript;
use super::twiml::{attribute, between, content};
use super::wire::StreamIds;

/// A phone is picked up after so long, and a key pressed so long after the briefing began.
const PICK_UP: Duration = Duration::from_millis(150);
const PRESS: Duration = Duration::from_millis(300);
/// A mailbox that says nothing the server waits for is asked this often.
const MAILBOX_TURN: Duration = Duration::from_millis(400);
/// Documents one line goes through.
const DOCUMENTS_MAX: u32 = 16;

/// All conferences of a carrier. Clones share them.
#[derive(Clone, Debug, Default)]
pub struct Rooms {
    rooms: Arc<Mutex<BTreeMap<String, watch::Sender<Room>>>>,
    /// How many customers have heard a hold begin.
    held: Arc<watch::Sender<u32>>,
}

#[derive(Clone, Debug, Default)]
struct Room {
    /// Who is told who enters and leaves.
    status_url: Option<String>,
    has_person: bool,
    is_over: bool,
}

impl Rooms {
    /// Ends when a customer hears the hold.
    pub async fn hold_begins(&self) {
        // The sender lives as long as the rooms.
        drop(self.held.subscribe().wait_for(|held| 0 < *held).await);
    }

    fn room(&self, name: &str) -> watch::Sender<Room> {
        let mut rooms = self.rooms.lock().unwrap_or_else(PoisonError::into_inner);
        rooms.entry(name.to_owned()).or_insert_with(|| watch::Sender::new(Room::default())).clone()
    }
}

/// A customer who may be put through.
pub struct Waiter {
    /// Until the line leaves the stream.
    pub script: PreparedScript,
    /// Once it is back on one.
    pub script_back: PreparedScript,
    /// How long they wait on hold.
    pub patience: Duration,
}

/// What became of a customer who was put through.
#[derive(Debug, Default, Serialize)]
pub struct PutThrough {
    pub call_id: String,
    /// Where the line was, in order: `stream`, `hold`, `person`, `voice` (the carrier's own), `gone`.
    pub path: Vec<&'static str>,
    /// What the carrier's own voice said to it.
    pub said: Vec<String>,
    /// From leaving one sound to hearing the next, at most.
    pub silence_ms_max: u64,
    pub first: CallReport,
    pub back: Option<CallReport>,
    /// What the server got wrong.
    pub faults: Vec<String>,
}

/// How somebody deals with a call they are rung for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Manner {
    TakesIt,
    SaysYes,
    NeverAnswers,
    Busy,
    HangsUpInBriefing,
    /// Talks, and presses nothing.
    Mailbox,
    Refuses,
    /// Takes it, and the line breaks before they meet.
    BridgeFails,
}

/// What it was like to be rung.
#[derive(Debug, Default, Serialize)]
pub struct LegReport {
    pub to: String,
    /// What was said first, and how long after picking up.
    pub briefing: Option<String>,
    pub briefed_after_ms: u64,
    pub has_met_customer: bool,
    /// What was said instead of putting the customer through.
    pub dismissed: Option<String>,
}

impl SimulatedCarrier {
    /// Calls the server, and lives through whatever it does with the line.
    pub async fn call_and_wait(&self, books: &Books, rooms: &Rooms, waiter: Waiter, call_number: u64) -> PutThrough {
        let ids = self.ids(call_number);
        let (mut commands, standing) = books.admit(&ids.call);
        let fields = self.fields(&ids, "inbound", "ringing");
        let first = self.connect(&ids, &self.voice_url(), &fields, waiter.script, &mut commands).await;
        let mut line = CustomerLine {
            carrier: self,
            ids: &ids,
            rooms,
            commands: &mut commands,
            patience: waiter.patience,
            script_back: Some(waiter.script_back),
            quiet_since: Instant::now().checked_sub(quiet_at_end(&first)).unwrap_or_else(Instant::now),
            report: PutThrough { call_id: ids.call.clone(), path: vec!["stream"], ..PutThrough::default() },
        };
        if let CallEnd::Redirected { document } = &first.end {
            line.follow(document.clone()).await;
        }
        line.report.path.push("gone");
        standing.set("completed");
        let mut report = line.report;
        let status_url = self.voice_url().replace("/voice", "/status");
        let fields = self.fields(&ids, "inbound", "completed");
        note(&mut report.faults, self.post(&status_url, &fields).await);
        PutThrough { first, ..report }
    }

    /// Rings somebody for the server.
    pub async fn ring(&self, mut placed: PlacedCall, rooms: &Rooms, manner: Manner) -> LegReport {
        let mut report = LegReport { to: placed.fields["To"].clone(), ..LegReport::default() };
        let final_status = match manner {
            Manner::Busy => "busy",
            Manner::NeverAnswers => {
                let seconds = placed.fields["Timeout"].parse().unwrap_or(60);
                tokio::select! {
                    () = sleep(Duration::from_secs(seconds)) => "no-answer",
                    _ = placed.commands.recv() => "canceled",
                }
            }
            _ => {
                sleep(PICK_UP).await;
                placed.standing.set("in-progress");
                self.live_leg(&mut placed, rooms, manner, &mut report).await;
                "completed"
            }
        };
        placed.standing.set(final_status);
        if let Some(url) = &placed.status_url {
            drop(self.post(url, &self.leg_fields(&placed, final_status)).await);
        }
        report
    }

    fn leg_fields(&self, placed: &PlacedCall, status: &str) -> Vec<(&'static str, String)> {
        vec![("CallSid", placed.call_id.clone()), ("CallStatus", status.to_owned())]
    }

    async fn live_leg(&self, placed: &mut PlacedCall, rooms: &Rooms, manner: Manner, report: &mut LegReport) {
        let picked_up = Instant::now();
        let fields = self.leg_fields(placed, "in-progress");
        let Ok(mut document) = self.post(&placed.voice_url, &fields).await else { return };
        report.briefed_after_ms = elapsed_ms(picked_up);
        loop {
            if let Some(conference) = between(&document, "<Conference", "</Conference>") {
                let room = rooms.room(&content(conference));
                if manner != Manner::BridgeFails {
                    self.meet(placed, &room, report).await;
                }
                return;
            }
            let Some(gather) = between(&document, "<Gather", "</Gather>") else {
                report.dismissed = between(&document, "<Say", "</Say>").map(content);
                return;
            };
            report.briefing = report.briefing.take().or(between(gather, "<Say", "</Say>").map(content));
            let Some(action) = attribute(gather, "action") else { return };
            let (wait, answer) = match manner {
                Manner::TakesIt | Manner::BridgeFails => (PRESS, Some(("Digits", "1"))),
                Manner::SaysYes => (PRESS, Some(("SpeechResult", "Yes, put them through."))),
                Manner::Refuses => (PRESS, Some(("Digits", "2"))),
                Manner::Mailbox => (MAILBOX_TURN, None),
                Manner::HangsUpInBriefing | Manner::NeverAnswers | Manner::Busy => return sleep(PRESS).await,
            };
            tokio::select! {
                () = sleep(wait) => (),
                _ = placed.commands.recv() => return,
            }
            let mut fields = self.leg_fields(placed, "in-progress");
            fields.extend(answer.map(|(name, value)| (name, value.to_owned())));
            let Ok(next) = self.post(&action, &fields).await else { return };
            document = next;
        }
    }

    /// Talks with the customer until either is gone.
    async fn meet(&self, placed: &mut PlacedCall, room: &watch::Sender<Room>, report: &mut LegReport) {
        room.send_modify(|room| room.has_person = true);
        report.has_met_customer = true;
        let status_url = room.borrow().status_url.clone();
        if let Some(url) = status_url {
            let mut fields = self.leg_fields(placed, "in-progress");
            fields.push(("StatusCallbackEvent", "participant-join".to_owned()));
            drop(self.post(&url, &fields).await);
        }
        let mut seen = room.subscribe();
        tokio::select! {
            _ = comes_to(&mut seen, |room| room.is_over) => (),
            _ = placed.commands.recv() => (),
            () = sleep(Duration::from_secs(2)) => (),
        }
        room.send_modify(|room| room.is_over = true);
    }
}

/// The line of a customer who has left the stream.
struct CustomerLine<'a> {
    carrier: &'a SimulatedCarrier,
    ids: &'a StreamIds,
    rooms: &'a Rooms,
    commands: &'a mut mpsc::Receiver<LiveCommand>,
    patience: Duration,
    script_back: Option<PreparedScript>,
    quiet_since: Instant,
    report: PutThrough,
}

impl CustomerLine<'_> {
    /// Goes from document to document until one ends the call.
    async fn follow(&mut self, document: String) {
        let mut next = Some(document);
        for _ in 0..DOCUMENTS_MAX {
            let Some(document) = next else { return };
            next = if document.contains("<Conference") {
                self.wait_in_room(&document).await
            } else if document.contains("<Stream") {
                self.back_on_stream(&document).await
            } else {
                if let Some(said) = between(&document, "<Say", "</Say>") {
                    self.hears("voice");
                    self.report.said.push(content(said));
                }
                None
            };
        }
        self.report.faults.push("the line goes from document to document without an end".to_owned());
    }

    async fn wait_in_room(&mut self, document: &str) -> Option<String> {
        let conference = between(document, "<Conference", "</Conference>")?;
        let room = self.rooms.room(&content(conference));
        let status_url = attribute(conference, "statusCallback");
        room.send_modify(|room| room.status_url.clone_from(&status_url));
        self.tell(status_url.as_deref(), &[("StatusCallbackEvent", "participant-join")]).await;
        self.hear_hold(&attribute(conference, "waitUrl")?).await;
        let mut seen = room.subscribe();
        let met = tokio::select! {
            seen = comes_to(&mut seen, |room| room.has_person || room.is_over) => seen,
            command = self.commands.recv() => return self.leave(&room, command).await,
            () = sleep(self.patience) => {
                room.send_modify(|room| room.is_over = true);
                self.tell(status_url.as_deref(), &[("StatusCallbackEvent", "participant-leave")]).await;
                return None;
            }
        };
        if met && room.borrow().has_person {
            self.hears("person");
        }
        tokio::select! {
            _ = comes_to(&mut seen, |room| room.is_over) => (),
            command = self.commands.recv() => return self.leave(&room, command).await,
        }
        self.quiet_since = Instant::now();
        let action = attribute(document.split_once("<Dial")?.1, "action")?;
        self.ask(&action, "in-progress").await
    }

    /// Plays what the document for the hold says.
    async fn hear_hold(&mut self, wait_url: &str) {
        let Some(hold) = self.ask(wait_url, "in-progress").await else { return };
        self.report.said.extend(between(&hold, "<Say", "</Say>").map(content));
        let played = between(&hold, "<Play", "</Play>");
        if played.and_then(|play| attribute(play, "loop")).as_deref() != Some("0") {
            self.report.faults.push("the hold comes to an end".to_owned());
        }
        let url = self.carrier.reachable(&played.map(content).unwrap_or_default());
        match reqwest::get(url).await {
            Ok(music) if music.status().is_success() => {
                self.hears("hold");
                self.rooms.held.send_modify(|held| *held += 1);
            }
            Ok(music) => self.report.faults.push(format!("hold music: {}", music.status())),
            Err(error) => self.report.faults.push(format!("hold music: {error}")),
        }
    }

    /// The server has ordered the line to something else.
    async fn leave(&mut self, room: &watch::Sender<Room>, command: Option<LiveCommand>) -> Option<String> {
        self.quiet_since = Instant::now();
        room.send_modify(|room| room.is_over = true);
        let status_url = room.borrow().status_url.clone();
        self.tell(status_url.as_deref(), &[("StatusCallbackEvent", "participant-leave")]).await;
        match command {
            Some(LiveCommand::Redirect { document }) => Some(document),
            Some(LiveCommand::HangUp) | None => None,
        }
    }

    async fn back_on_stream(&mut self, document: &str) -> Option<String> {
        match self.carrier.open_document(document).await {
            Ok(opened) => {
                let began = Instant::now();
                let script = self.script_back.take()?;
                let back = self.carrier.stream(self.ids, opened, script, self.commands).await;
                let first_word = back.agent_bursts.first().map(|burst| Duration::from_millis(burst.from_ms));
                self.hears_at("stream", began + first_word.unwrap_or_else(|| began.elapsed()));
                let has_hung_up = !matches!(back.end, CallEnd::AgentClosed { .. });
                self.report.back = Some(back);
                if has_hung_up {
                    return None;
                }
            }
            Err(end) => self.report.faults.push(format!("the stream did not open: {end:?}")),
        }
        let next = between(document, "<Redirect", "</Redirect>").map(content)?;
        self.ask(&next, "in-progress").await
    }

    fn hears(&mut self, what: &'static str) {
        self.hears_at(what, Instant::now());
    }

    fn hears_at(&mut self, what: &'static str, at: Instant) {
        let silence = at.saturating_duration_since(self.quiet_since);
        self.report.silence_ms_max = self.report.silence_ms_max.max(ms(silence));
        self.report.path.push(what);
    }

    async fn ask(&mut self, url: &str, status: &str) -> Option<String> {
        let answer = self.carrier.post(url, &self.carrier.fields(self.ids, "inbound", status)).await;
        match answer {
            Ok(document) => Some(document),
            Err(Refused(reason)) => {
                self.report.faults.push(reason);
                None
            }
        }
    }

    async fn tell(&mut self, url: Option<&str>, more: &[(&'static str, &str)]) {
        let Some(url) = url else { return };
        let mut fields = self.carrier.fields(self.ids, "inbound", "in-progress");
        fields.extend(more.iter().map(|(name, value)| (*name, (*value).to_owned())));
        note(&mut self.report.faults, self.carrier.post(url, &fields).await);
    }
}

/// Waits until a room is as wanted. False: it is no more.
async fn comes_to(seen: &mut watch::Receiver<Room>, is_wanted: impl Fn(&Room) -> bool) -> bool {
    seen.wait_for(is_wanted).await.is_ok()
}

/// How long the agent had been quiet when the stream closed.
fn quiet_at_end(stream: &CallReport) -> Duration {
    let spoke_until = stream.agent_bursts.last().map_or(0, |burst| burst.to_ms);
    Duration::from_millis(stream.duration_ms.saturating_sub(spoke_until))
}

fn note(faults: &mut Vec<String>, answer: Result<String, Refused>) {
    faults.extend(answer.err().map(|Refused(reason)| reason));
}

fn elapsed_ms(since: Instant) -> u64 {
    ms(since.elapsed())
}

fn ms(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

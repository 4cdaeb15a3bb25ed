//! A carrier with a customer, people to be rung, and a server that may die at any moment, in virtual time.

mod carrier;

use std::collections::{BTreeMap, BTreeSet};

use jiff::{Timestamp, ToSpan};

use crate::domain::transfer::{
    Address, Ending, LegId, Target, Transfer, TransferCommand, TransferEvent, TransferTimes, TryEnd,
};

pub(super) const SILENCE_MS_MAX: u64 = 3_000;
pub(super) const WHISPER_MS_MAX: u64 = 5_000;

/// A small generator of its own: the same seed is the same run.
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn within(&mut self, from: u64, to: u64) -> u64 {
        from + self.next() % (to - from)
    }

    fn percent(&mut self, chance: u64) -> bool {
        self.next() % 100 < chance
    }
}

/// Where the customer's line is.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Line {
    Stream,
    Hold,
    With(LegId),
    Apology,
    Gone,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Leg {
    Rings,
    Picked,
    Briefed,
    Taken,
    Over,
}

/// What somebody does with the call.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Manner {
    NeverAnswers,
    Busy,
    Fails,
    Accepts,
    Refuses,
    HangsUpInBriefing,
    Mailbox,
    /// Takes it, and is cut off on the way to the customer.
    BridgeFails,
}

#[derive(Clone, Debug)]
enum Due {
    /// A request of the carrier reaches the server.
    Fact(TransferEvent),
    /// The carrier has carried out an order of the server.
    Order(TransferCommand),
    Leg(LegId, LegAct),
    StreamOpens,
    Wake,
    CustomerHangsUp,
    Death,
    Restart,
}

#[derive(Clone, Copy, Debug)]
enum LegAct {
    PickUp,
    End(TryEnd),
    Accept,
    Refuse,
    HangUp,
    Join,
    /// Says something that answers nothing.
    TalksOn,
}

/// What one run has come to.
#[derive(Debug, Default)]
pub(super) struct Run {
    pub(super) log: Vec<String>,
    pub(super) faults: Vec<String>,
    /// Stage and fact, endings, ends of tries.
    pub(super) reached: BTreeSet<String>,
    pub(super) silence_ms_max: u64,
    pub(super) whisper_ms_max: u64,
    pub(super) has_met_person: bool,
    pub(super) ending: Option<Ending>,
}

pub(super) struct World {
    chance: Chance,
    now: u64,
    serial: u64,
    due: BTreeMap<(u64, u64), Due>,
    /// The transfer as it is kept: all that outlives the server.
    kept: String,
    line: Line,
    legs: BTreeMap<LegId, (Leg, Manner)>,
    is_up: bool,
    /// The process that holds the conversation.
    has_host: bool,
    /// Since when the customer hears nothing; none while there is something to hear.
    quiet_since: Option<u64>,
    /// The server was down within that silence.
    is_excused: bool,
    has_order_failed: bool,
    run: Run,
}

fn target(name: &str, address: Address) -> Target {
    Target { name: name.to_owned(), address, languages: Vec::new(), skills: Vec::new() }
}

impl World {
    pub(super) fn run(seed: u64) -> Run {
        let mut chance = Chance(seed);
        let phone = |number: &str| Address::Phone(number.parse().unwrap());
        let mut targets = vec![target("desk", phone("+918045670001")), target("floor", phone("+918045670002"))];
        if chance.percent(30) {
            targets.push(target("team", Address::Queue));
        }
        targets.truncate(chance.within(1, 4) as usize);
        let mut world = Self {
            chance,
            now: 0,
            serial: 0,
            due: BTreeMap::new(),
            kept: String::new(),
            line: Line::Stream,
            legs: BTreeMap::new(),
            is_up: true,
            has_host: true,
            // The announcement has just been heard.
            quiet_since: Some(0),
            is_excused: false,
            has_order_failed: false,
            run: Run::default(),
        };
        let mut commands = Vec::new();
        let transfer = Transfer::begin(world.at(), targets, TransferTimes::default(), &mut commands);
        world.keep(&transfer);
        world.arm(&transfer);
        world.plan_misfortunes();
        world.carry_out(commands);
        world.live();
        world.judge()
    }

    fn plan_misfortunes(&mut self) {
        if self.chance.percent(35) {
            let at = if self.chance.percent(40) { self.chance.within(0, 2_500) } else { self.chance.within(0, 70_000) };
            self.later(at, Due::Death);
        }
        if self.chance.percent(15) {
            let at = self.chance.within(0, 60_000);
            self.later(at, Due::CustomerHangsUp);
        }
        if self.chance.percent(4) {
            let at = self.chance.within(2_000, 60_000);
            self.later(at, Due::Fact(TransferEvent::ThrownOut));
        }
    }

    fn live(&mut self) {
        let mut steps = 0;
        while let Some(((at, _), due)) = self.due.pop_first() {
            self.now = self.now.max(at);
            self.run.log.push(format!("{at} {due:?}"));
            self.on_due(due);
            steps += 1;
            if 10_000 < steps {
                self.fault("it never comes to an end");
                return;
            }
        }
    }

    fn on_due(&mut self, due: Due) {
        match due {
            Due::Fact(fact) => self.on_fact(fact),
            Due::Order(order) => self.on_order(order),
            Due::Leg(leg, act) => self.on_leg(leg, act),
            Due::StreamOpens => self.on_stream_opens(),
            Due::Wake if self.is_up => {
                self.tell(TransferEvent::Woken);
            }
            Due::Wake => (),
            Due::CustomerHangsUp => self.part(),
            Due::Death => self.die(),
            Due::Restart => {
                self.is_up = true;
                self.tell(TransferEvent::HostGone);
                self.tell(TransferEvent::Woken);
            }
        }
    }

    // ---- The server ----

    /// One fact: read what is kept, decide, keep it, then act. It may die between the last two.
    fn tell(&mut self, fact: TransferEvent) -> Transfer {
        let mut transfer = self.kept();
        let stage = transfer.stage().as_str();
        let name = format!("{fact:?}");
        let name = name.split([' ', '{']).next().unwrap_or_default().to_owned();
        self.run.reached.insert(format!("{stage} {name}"));
        let mut commands = Vec::new();
        transfer.handle(self.at(), fact, &mut commands);
        self.keep(&transfer);
        if !commands.is_empty() && self.chance.percent(3) {
            self.die();
        } else {
            self.carry_out(commands);
        }
        let is_still_here = matches!(transfer.ending(), Some(Ending::Back { why: TryEnd::NotMoved }));
        if is_still_here && self.line == Line::Stream {
            self.sounds();
        }
        self.arm(&transfer);
        transfer
    }

    /// Whoever holds the conversation looks twice a second; others leave it to them for a while.
    fn arm(&mut self, transfer: &Transfer) {
        let Some(at) = transfer.deadline() else { return };
        let wait = at.duration_since(self.at()).as_millis().max(0) as u64;
        let late = self.chance.within(0, if self.has_host { 500 } else { 1_500 });
        self.later(wait + late, Due::Wake);
    }

    fn kept(&self) -> Transfer {
        serde_json::from_str(&self.kept).unwrap()
    }

    fn keep(&mut self, transfer: &Transfer) {
        self.kept = serde_json::to_string(transfer).unwrap();
    }

    fn carry_out(&mut self, commands: Vec<TransferCommand>) {
        for command in commands {
            let wait = self.chance.within(80, 700);
            let wait = if command == TransferCommand::SayWord { 0 } else { wait };
            self.later(wait, Due::Order(command));
        }
    }

    fn die(&mut self) {
        self.is_up = false;
        self.has_host = false;
        self.is_excused = true;
        // Orders on their way are lost with it, and so is the stream.
        self.due.retain(|_, due| !matches!(due, Due::Order(_) | Due::Wake | Due::Death));
        if self.line == Line::Stream {
            self.part();
        }
        let down = self.chance.within(2_000, 30_000);
        self.later(down, Due::Restart);
    }

    // ---- Small steps ----

    fn set_leg(&mut self, leg: LegId, state: Leg) {
        if let Some((known, _)) = self.legs.get_mut(&leg) {
            *known = state;
        }
    }

    fn falls_silent(&mut self) {
        self.quiet_since.get_or_insert(self.now);
    }

    fn sounds(&mut self) {
        let Some(since) = self.quiet_since.take() else { return };
        let silence = self.now.saturating_sub(since);
        if !self.is_excused && self.line != Line::Gone {
            self.run.silence_ms_max = self.run.silence_ms_max.max(silence);
            if SILENCE_MS_MAX < silence {
                self.fault(&format!("{silence} ms of silence"));
            }
        }
        self.is_excused = !self.is_up;
    }

    fn fault(&mut self, what: &str) {
        self.run.faults.push(format!("{} {what}", self.now));
    }

    fn at(&self) -> Timestamp {
        Timestamp::UNIX_EPOCH.checked_add((self.now as i64).milliseconds()).unwrap()
    }

    fn later(&mut self, wait: u64, due: Due) {
        self.serial += 1;
        self.due.insert((self.now + wait, self.serial), due);
    }

    fn judge(mut self) -> Run {
        let transfer = self.kept();
        let Some(ending) = transfer.ending().cloned() else {
            self.fault("the transfer has not ended");
            return self.run;
        };
        self.run.reached.insert(ending.as_str().to_owned());
        self.run.reached.extend(transfer.tries().iter().filter_map(|tried| Some(format!("{:?}", tried.end?))));
        // The wish is at the desk from the beginning; only a person who has the customer takes it off.
        let is_booked = !matches!(ending, Ending::WithPerson { .. });
        if !self.run.has_met_person && !is_booked {
            self.fault("the wish was taken off the desk, and nobody spoke with the customer");
        }
        if self.line == Line::Hold && !self.has_order_failed {
            self.fault("the customer is left on hold");
        }
        let is_left = |(state, _): &(Leg, Manner)| matches!(state, Leg::Briefed | Leg::Taken | Leg::Picked);
        if !self.has_order_failed && self.legs.values().any(is_left) && self.line == Line::Gone {
            self.fault("somebody who was rung is left on a dead line");
        }
        self.run.ending = Some(ending);
        self.run
    }
}

//! The queue under crashes, from seeds: servers that die before, between and after every step, a carrier whose answers
//! and reports are lost, late and repeated. Nothing is lost, nothing is asked of the carrier twice.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};

use crate::domain::dialling::{PlanProgress, PlanState};
use crate::domain::values::CallId;

const PLANS: usize = 6;
const SERVERS: usize = 3;
const ATTEMPTS_MAX: u32 = 3;
const STEPS: usize = 900;
const CRASHING_STEPS: usize = 700;

struct Rng(u64);

impl Rng {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % bound
    }

    fn happens(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }
}

/// What a server is doing with one plan; its memory, lost when it dies.
#[derive(Clone, Copy, Debug)]
enum Activity {
    /// Holds a lease, and asks.
    Asking { plan: usize, fence: u64 },
    /// Has written the attempt; the carrier has not been asked.
    Written { call: CallId },
    /// Waits for what the carrier says.
    Ringing { call: CallId },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Line {
    Ringing,
    Ended { has_answered: bool },
}

/// The call's row: an attempt and its one outcome.
#[derive(Clone, Copy, Debug)]
struct Row {
    plan: usize,
    owner: (usize, u32),
    begun_at: Timestamp,
    outcome: Option<bool>,
}

#[derive(Default)]
struct Seen {
    crashes: BTreeMap<&'static str, u32>,
    lost_requests: u32,
    late_leases: u32,
    repeated_reports: u32,
    given_up_unknown: u32,
}

struct World {
    rng: Rng,
    now: Timestamp,
    // The store.
    plans: Vec<PlanProgress>,
    rows: BTreeMap<CallId, Row>,
    outcomes_written: BTreeMap<CallId, u32>,
    // The carrier.
    lines: BTreeMap<CallId, Line>,
    asked: BTreeSet<CallId>,
    // Servers: their life and what they do.
    lives: [u32; SERVERS],
    activities: Vec<(usize, Activity)>,
    next_call: u64,
    is_crashing: bool,
    seen: Seen,
}

impl World {
    fn new(seed: u64) -> Self {
        let now = Timestamp::from_second(1_795_000_000).unwrap();
        Self {
            rng: Rng(seed),
            now,
            plans: vec![PlanProgress::new(now); PLANS],
            rows: BTreeMap::new(),
            outcomes_written: BTreeMap::new(),
            lines: BTreeMap::new(),
            asked: BTreeSet::new(),
            lives: [0; SERVERS],
            activities: Vec::new(),
            next_call: 0,
            is_crashing: true,
            seen: Seen::default(),
        }
    }

    fn after(&self, seconds: i64) -> Timestamp {
        self.now + SignedDuration::from_secs(seconds)
    }

    fn step(&mut self) {
        let seconds = i64::try_from(self.rng.below(4)).unwrap();
        self.now = self.after(seconds);
        let server = usize::try_from(self.rng.below(SERVERS as u64)).unwrap();
        match self.rng.below(8) {
            0 | 1 => self.lease(server),
            2 | 3 => self.go_on(server),
            4 => self.ring_on(),
            5 => self.report(),
            6 => self.look_after(server),
            _ => self.settle(),
        }
        if self.is_crashing && self.rng.happens(6) {
            self.crash(server, "between");
        }
    }

    fn crash(&mut self, server: usize, place: &'static str) {
        *self.seen.crashes.entry(place).or_default() += 1;
        self.lives[server] += 1;
        self.activities.retain(|(owner, _)| *owner != server);
    }

    fn dies(&mut self, server: usize, place: &'static str) -> bool {
        let dies = self.is_crashing && self.rng.happens(8);
        if dies {
            self.crash(server, place);
        }
        dies
    }

    fn lease(&mut self, server: usize) {
        let plan = usize::try_from(self.rng.below(PLANS as u64)).unwrap();
        let Some(leased) = self.plans[plan].lease(self.now, self.after(15)) else { return };
        let fence = leased.fence;
        self.plans[plan] = leased;
        if !self.dies(server, "leased") {
            self.activities.push((server, Activity::Asking { plan, fence }));
        }
    }

    /// Carries on one thing the server has begun.
    fn go_on(&mut self, server: usize) {
        let Some(at) = self.activities.iter().position(|(owner, _)| *owner == server) else { return };
        let (_, activity) = self.activities.remove(at);
        match activity {
            Activity::Asking { plan, fence } => self.begin(server, plan, fence),
            Activity::Written { call } => self.ask_carrier(server, call),
            Activity::Ringing { .. } => self.activities.push((server, activity)),
        }
    }

    fn begin(&mut self, server: usize, plan: usize, fence: u64) {
        if self.rng.happens(15) {
            // It may not be called yet.
            let at = self.after(5);
            if let Some(waiting) = self.plans[plan].give_back(fence, self.now, PlanState::Waiting, at) {
                self.plans[plan] = waiting;
            }
            return;
        }
        self.next_call += 1;
        let call = CallId::new(uuid::Uuid::from_u128(u128::from(self.next_call)));
        let Some(dialling) = self.plans[plan].begin(fence, self.now, call) else {
            self.seen.late_leases += 1;
            return;
        };
        self.plans[plan] = dialling;
        let owner = (server, self.lives[server]);
        self.rows.insert(call, Row { plan, owner, begun_at: self.now, outcome: None });
        if !self.dies(server, "written") {
            self.activities.push((server, Activity::Written { call }));
        }
    }

    fn ask_carrier(&mut self, server: usize, call: CallId) {
        assert!(self.asked.insert(call), "the carrier was asked twice for {call}");
        let has_arrived = !self.rng.happens(10);
        if has_arrived {
            let plan = self.rows[&call].plan;
            let rings = |other: &CallId| self.lines.get(other) == Some(&Line::Ringing);
            assert!(
                !self.rows.iter().any(|(other, row)| row.plan == plan && rings(other)),
                "a second call rings for plan {plan}"
            );
            self.lines.insert(call, Line::Ringing);
        } else {
            self.seen.lost_requests += 1;
        }
        if !self.dies(server, "asked") {
            self.activities.push((server, Activity::Ringing { call }));
        }
    }

    /// The telephone network goes its way whoever lives.
    fn ring_on(&mut self) {
        let has_answered = self.rng.happens(50);
        let ringing = self.lines.iter_mut().find(|(_, line)| **line == Line::Ringing);
        if let Some((_, line)) = ringing {
            *line = Line::Ended { has_answered };
        }
    }

    /// A webhook about a call that ended: to whoever is there, perhaps lost, perhaps again.
    fn report(&mut self) {
        let ended: Vec<(CallId, bool)> = self
            .lines
            .iter()
            .filter_map(|(call, line)| match line {
                Line::Ended { has_answered } => Some((*call, *has_answered)),
                Line::Ringing => None,
            })
            .collect();
        if ended.is_empty() || self.rng.happens(30) {
            return;
        }
        let (call, has_answered) = ended[usize::try_from(self.rng.below(ended.len() as u64)).unwrap()];
        if self.rows[&call].outcome.is_some() {
            self.seen.repeated_reports += 1;
        }
        self.write_outcome(call, has_answered);
    }

    /// Left-over attempts: the carrier is asked what became of them.
    fn look_after(&mut self, server: usize) {
        let is_left = |row: &Row| row.outcome.is_none() && self.lives[row.owner.0] != row.owner.1;
        let is_silent = |row: &Row| {
            row.outcome.is_none() && SignedDuration::from_secs(120) <= self.now.duration_since(row.begun_at)
        };
        let Some(call) = self.rows.iter().find(|(_, row)| is_left(row) || is_silent(row)).map(|(call, _)| *call) else {
            return;
        };
        let age = self.now.duration_since(self.rows[&call].begun_at);
        if self.dies(server, "looking") {
            return;
        }
        match self.lines.get(&call) {
            Some(Line::Ended { has_answered }) => self.write_outcome(call, *has_answered),
            Some(Line::Ringing) if SignedDuration::from_secs(120) <= age => {
                // It is hung up first.
                self.lines.insert(call, Line::Ended { has_answered: false });
                self.write_outcome(call, false);
            }
            None if SignedDuration::from_secs(60) <= age => {
                self.seen.given_up_unknown += 1;
                // Who had it is dead, or its own request was lost: nobody will ask the carrier for it any more.
                self.activities
                    .retain(|(_, activity)| !matches!(activity, Activity::Ringing { call: other } if *other == call));
                let is_about_to_ask = self
                    .activities
                    .iter()
                    .any(|(_, activity)| matches!(activity, Activity::Written { call: other } if *other == call));
                if !is_about_to_ask {
                    self.write_outcome(call, false);
                }
            }
            Some(Line::Ringing) | None => (),
        }
    }

    /// The row takes one outcome, the first.
    fn write_outcome(&mut self, call: CallId, has_answered: bool) {
        let row = self.rows.get_mut(&call).expect("an attempt is written before it rings");
        if row.outcome.is_none() {
            row.outcome = Some(has_answered);
            *self.outcomes_written.entry(call).or_default() += 1;
            self.activities
                .retain(|(_, activity)| !matches!(activity, Activity::Ringing { call: other } if *other == call));
        }
    }

    /// Any server tells one plan what came of its attempt; who dies before it is followed by another.
    fn settle(&mut self) {
        let dialling = |plan: &&PlanProgress| plan.state == PlanState::Dialling;
        let Some(plan) = self.plans.iter().position(|plan| dialling(&plan)) else { return };
        let plan = (plan + usize::try_from(self.rng.below(PLANS as u64)).unwrap()) % PLANS;
        let progress = self.plans[plan].clone();
        let Some(call) = progress.call.filter(|_| progress.state == PlanState::Dialling) else { return };
        let Some(has_answered) = self.rows[&call].outcome else { return };
        let (state, at) = match has_answered {
            true => (PlanState::Done, self.now),
            false if ATTEMPTS_MAX <= progress.attempts => (PlanState::GivenUp, self.now),
            false => (PlanState::Waiting, self.after(10)),
        };
        self.plans[plan] = progress.settle(call, state, at).expect("its attempt has ended");
        assert_eq!(progress.settle(CallId::new(uuid::Uuid::nil()), state, at), None, "of another attempt");
        assert_eq!(self.plans[plan].settle(call, state, at), None, "settled once");
    }

    fn check_end(&self, seed: u64) {
        for (index, plan) in self.plans.iter().enumerate() {
            assert!(plan.state.is_final(), "seed {seed}: plan {index} is lost: {plan:?}");
            let attempts = self.rows.values().filter(|row| row.plan == index).count();
            assert_eq!(attempts, plan.attempts as usize, "seed {seed}");
        }
        for (call, row) in &self.rows {
            assert!(row.outcome.is_some(), "seed {seed}: {call} has no outcome");
            assert_eq!(self.outcomes_written[call], 1, "seed {seed}");
        }
        assert!(self.lines.keys().all(|call| self.rows.contains_key(call)), "seed {seed}: a call nobody wrote down");
    }
}

#[test]
fn no_crash_loses_a_plan_or_dials_it_twice() {
    let mut seen = Seen::default();
    for seed in 0..600 {
        let mut world = World::new(seed);
        for step in 0..STEPS {
            world.is_crashing = step < CRASHING_STEPS;
            world.step();
        }
        // Time enough for every lease and limit to pass, and nobody dies.
        for _ in 0..40_000 {
            if world.plans.iter().all(|plan| plan.state.is_final()) {
                break;
            }
            world.step();
        }
        world.check_end(seed);
        for (place, count) in world.seen.crashes {
            *seen.crashes.entry(place).or_default() += count;
        }
        seen.lost_requests += world.seen.lost_requests;
        seen.late_leases += world.seen.late_leases;
        seen.repeated_reports += world.seen.repeated_reports;
        seen.given_up_unknown += world.seen.given_up_unknown;
    }
    assert_eq!(seen.crashes.len(), 5, "a server died at every step: {:?}", seen.crashes);
    let reached = [seen.lost_requests, seen.late_leases, seen.repeated_reports, seen.given_up_unknown];
    assert!(reached.iter().all(|count| 0 < *count), "{reached:?}");
}

#[test]
fn a_lease_that_ran_out_or_passed_on_can_change_nothing() {
    let at = |seconds: i64| Timestamp::from_second(1_795_000_000 + seconds).unwrap();
    let call = CallId::new(uuid::Uuid::from_u128(7));
    let plan = PlanProgress::new(at(10));
    assert_eq!(plan.lease(at(9), at(24)), None, "not due");
    let first = plan.lease(at(10), at(25)).unwrap();
    assert_eq!(first.lease(at(24), at(40)), None, "lent");
    assert_eq!(first.begin(first.fence, at(25), call), None, "ran out");
    let second = first.lease(at(25), at(40)).unwrap();
    assert_eq!(second.begin(first.fence, at(26), call), None, "passed on");
    assert_eq!(second.give_back(first.fence, at(26), PlanState::Waiting, at(30)), None);
    let dialling = second.begin(second.fence, at(26), call).unwrap();
    assert_eq!((dialling.attempts, dialling.state, dialling.call), (1, PlanState::Dialling, Some(call)));
    assert_eq!(dialling.lease(at(10_000), at(10_015)), None, "never leased while an attempt has no outcome");
    assert_eq!(dialling.withdraw(PlanState::Cancelled), None);
    let waiting = dialling.settle(call, PlanState::Waiting, at(90)).unwrap();
    assert_eq!(waiting.withdraw(PlanState::Cancelled).map(|plan| plan.state), Some(PlanState::Cancelled));
}

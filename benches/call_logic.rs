//! How many simulated calls a second the call logic plays on one thread, the simulated world around it included: once
//! with a conversation of random sayings, once with the real dialogue.

#[path = "../tests/it/simulation/caller.rs"]
mod caller;
#[path = "../tests/it/simulation/line.rs"]
mod line;
#[path = "../tests/it/simulation/model.rs"]
mod model;
#[path = "../tests/it/simulation/phrases.rs"]
mod phrases;
#[path = "../tests/it/simulation/rng.rs"]
mod rng;
#[path = "../tests/it/simulation/shopper.rs"]
mod shopper;
#[path = "../tests/it/simulation/talker.rs"]
mod talker;
#[path = "../tests/it/simulation/world.rs"]
mod world;

use std::io::Write as _;
use std::time::Instant;

use doorstep::domain::call::{Call, CallCommand, CallEvent, CallSettings, Checker, Conversation};
use doorstep::domain::values::CallTime;

use rng::Rng;
use world::{Party, Watch, World};

const CALLS: u64 = 50_000;

/// Who plays in a call, from a source of chance.
type Cast<C, P> = fn(&mut Rng) -> (P, CallSettings, C);

struct Blind;

impl<C: Conversation> Watch<C> for Blind {
    fn before(&mut self, _: &Call<C>) {}
    fn after(&mut self, _: CallTime, _: &CallEvent, _: &[CallCommand], _: &Call<C>) {}
}

/// As beside a live call.
#[derive(Default)]
struct Checked {
    checker: Checker,
    breaches: usize,
}

impl<C: Conversation> Watch<C> for Checked {
    fn before(&mut self, _: &Call<C>) {}
    fn after(&mut self, now: CallTime, event: &CallEvent, commands: &[CallCommand], call: &Call<C>) {
        self.breaches += self.checker.check(now, event, commands, call).len();
        assert_eq!(self.breaches, 0);
    }
}

fn main() {
    measure("random", talker::cast, || Blind);
    measure("random, its rules checked", talker::cast, Checked::default);
    measure("dialogue", shopper::cast, || Blind);
}

fn measure<C: Conversation, P: Party<C>, W: Watch<C>>(conversation: &str, cast: Cast<C, P>, watch: fn() -> W) {
    play(0..1_000, cast, watch);
    let started = Instant::now();
    let (steps, simulated) = play(0..CALLS, cast, watch);
    let seconds = started.elapsed().as_secs_f64();
    let line = serde_json::json!({
        "bench": "call_logic",
        "conversation": conversation,
        "calls": CALLS,
        "facts_per_call": steps as f64 / CALLS as f64,
        "simulated_hours": simulated as f64 / 3_600_000.0,
        "seconds": seconds,
        "calls_per_second": CALLS as f64 / seconds,
    });
    writeln!(std::io::stdout(), "{line}").expect("standard output is open");
}

/// Returns the facts handled and the milliseconds simulated.
fn play<C: Conversation, P: Party<C>, W: Watch<C>>(
    seeds: std::ops::Range<u64>,
    cast: Cast<C, P>,
    watch: fn() -> W,
) -> (u64, u64) {
    let mut totals = (0, 0);
    for seed in seeds {
        let mut world = World::new(seed, cast);
        world.run(&mut watch());
        assert_eq!(world.conclusions, 1, "seed {seed}");
        totals.0 += u64::from(world.steps);
        totals.1 += world.now.as_ms();
    }
    totals
}

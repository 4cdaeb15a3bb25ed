//! How many simulated calls a second the call logic plays on one thread, the simulated world around it included.

#[path = "../tests/it/simulation/caller.rs"]
mod caller;
#[path = "../tests/it/simulation/line.rs"]
mod line;
#[path = "../tests/it/simulation/rng.rs"]
mod rng;
#[path = "../tests/it/simulation/talker.rs"]
mod talker;
#[path = "../tests/it/simulation/world.rs"]
mod world;

use std::io::Write as _;
use std::time::Instant;

use doorstep::domain::call::{Call, CallCommand, CallEvent, Conversation};
use doorstep::domain::values::CallTime;

use talker::Talker;
use world::{Watch, World};

const CALLS: u64 = 50_000;

struct Blind;

impl<C: Conversation> Watch<C> for Blind {
    fn before(&mut self, _: &Call<C>) {}
    fn after(&mut self, _: CallTime, _: &CallEvent, _: &[CallCommand], _: &Call<C>) {}
}

fn main() {
    play(0..1_000);
    let started = Instant::now();
    let (steps, simulated) = play(0..CALLS);
    let seconds = started.elapsed().as_secs_f64();
    let line = serde_json::json!({
        "bench": "call_logic",
        "calls": CALLS,
        "facts_per_call": steps as f64 / CALLS as f64,
        "simulated_hours": simulated as f64 / 3_600_000.0,
        "seconds": seconds,
        "calls_per_second": CALLS as f64 / seconds,
    });
    writeln!(std::io::stdout(), "{line}").expect("standard output is open");
}

/// Returns the facts handled and the milliseconds simulated.
fn play(seeds: std::ops::Range<u64>) -> (u64, u64) {
    let mut totals = (0, 0);
    for seed in seeds {
        let mut world = World::new(seed, Talker::new);
        world.run(&mut Blind);
        assert_eq!(world.conclusions, 1, "seed {seed}");
        totals.0 += u64::from(world.steps);
        totals.1 += world.now.as_ms();
    }
    totals
}

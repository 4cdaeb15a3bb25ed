//! The claim check against a model that invents: nothing invented may pass, and little that is true may be lost.

mod free_words;
mod grounded;
mod in_calls;
mod invented;
mod wording;
mod world;

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use doorstep::adapters::language_model::fake::FakeModel;
use doorstep::domain::dialogue::claims::Verdict;
use doorstep::ports::language_model::{History, LanguageModel as _, ModelEvent, ModelRequest};
use futures_util::StreamExt as _;
use world::Caller;

use crate::simulation::rng::Rng;

const REPLIES: usize = 50_000;
const SEED: u64 = 7;
/// Of a hundred grounded sentences, this many may be lost: a template says them instead.
const BLOCKED_PERCENT_MAX: usize = 1;

/// One sentence of a reply, and the kind of invention in it, if there is one.
struct Spoken {
    text: String,
    /// What was true before something was invented.
    grounded: String,
    invention: Option<&'static str>,
}

/// Two sentences. Every second reply has an invention in one of them.
fn reply(rng: &mut Rng, caller: &Caller, invents: bool) -> Vec<Spoken> {
    let at = rng.between(0, 2);
    let sentence = |index: u64| {
        let text = grounded::sentence(rng, caller);
        if invents && index == at {
            let invented = invented::sentence(rng, caller, &text);
            Spoken { text: invented.text, grounded: text, invention: Some(invented.kind) }
        } else {
            Spoken { grounded: text.clone(), text, invention: None }
        }
    };
    (0..2).map(sentence).collect()
}

/// What a model that says this is heard to say.
async fn said_by_model(sentences: &[Spoken]) -> Vec<String> {
    let texts: Vec<&str> = sentences.iter().map(|sentence| sentence.text.as_str()).collect();
    let model = FakeModel::saying([texts.join("\n").as_str()]);
    let request = ModelRequest {
        system: "Say what the facts say.".into(),
        facts: "{}".to_owned().into(),
        history: History::default(),
        tools: &[],
        deadline: Duration::from_secs(1),
        tokens_max: 200,
    };
    let mut text = String::new();
    let mut events = model.reply(request);
    while let Some(event) = events.next().await {
        if let ModelEvent::TextDelta(delta) = event {
            text.push_str(delta.reveal());
        }
    }
    text.split('\n').map(str::to_owned).collect()
}

#[tokio::test]
async fn no_invention_passes_and_little_that_is_true_is_lost() {
    // Of several parcels a sentence has to say which; these say none, and would rightly be refused.
    let mut callers = world::callers();
    callers.retain(|caller| caller.order.shipments.len() < 2);
    let mut rng = Rng::new(SEED);
    let (mut grounded, mut invented) = (0, BTreeMap::new());
    let mut blocked: BTreeMap<String, (usize, String)> = BTreeMap::new();
    let mut passed = Vec::new();
    let mut judging = Duration::ZERO;
    for number in 0..REPLIES {
        let caller = &callers[rng.between(0, callers.len() as u64) as usize];
        let reply = reply(&mut rng, caller, number % 2 == 0);
        for (sentence, text) in reply.iter().zip(said_by_model(&reply).await) {
            let begun = Instant::now();
            let verdict = caller.grounds.judge(&text);
            judging += begun.elapsed();
            match (sentence.invention, verdict) {
                (Some(kind), Verdict::Grounded { .. }) => passed.push(format!("{kind}: {text}")),
                (Some(kind), Verdict::Ungrounded { .. }) => *invented.entry(kind).or_insert(0_usize) += 1,
                (None, Verdict::Grounded { .. }) => grounded += 1,
                (None, Verdict::Ungrounded { words, kind }) => {
                    let why = format!("{}: {}", kind.as_str(), words.reveal());
                    blocked.entry(why).or_insert((0, text)).0 += 1;
                }
            }
        }
    }
    let lost: usize = blocked.values().map(|(times, _)| times).sum();
    let sentences = grounded + lost + passed.len() + invented.values().sum::<usize>();
    println!("{sentences} sentences; inventions refused {invented:?}; {lost} of {} grounded lost", grounded + lost);
    println!("  {:.1} us a sentence in this build", judging.as_secs_f64() * 1e6 / sentences as f64);
    blocked.iter().for_each(|(why, (times, example))| println!("  lost {times} times: {why} in {example}"));
    passed.sort();
    passed.dedup();
    assert!(passed.is_empty(), "{} passed, such as:\n{}", passed.len(), passed[..passed.len().min(60)].join("\n"));
    assert_eq!(sentences, REPLIES * 2);
    assert!(invented.len() == 16 && invented.values().all(|times| 50 < *times), "a kind was not tried: {invented:?}");
    assert!(lost * 100 <= (grounded + lost) * BLOCKED_PERCENT_MAX, "{lost} of {} lost", grounded + lost);
}

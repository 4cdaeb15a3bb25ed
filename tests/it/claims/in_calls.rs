//! The gate as calls use it: a dialogue asks, a model invents in half of its replies, and no invention is said.

use std::collections::BTreeMap;
use std::sync::Arc;

use doorstep::domain::call::{CallDirection, VerificationLevel};
use doorstep::domain::dialogue::answering::SentenceCutter;
use doorstep::domain::dialogue::claims::{ClaimKind, Meaning};
use doorstep::domain::dialogue::{
    Brief, CallEnding, CallerTurn, Dialogue, DialogueCommand, DialogueEvent, EndedBy, ModelChecks, ModelNote,
    ModelSaid, RecordingNotice,
};
use doorstep::domain::hearing::Transcript;
use doorstep::domain::values::{CallId, CallTime, ReplyId};

use super::world::{self, Caller};
use super::{REPLIES, SEED, Spoken, reply};
use crate::simulation::phrases::spelled;
use crate::simulation::rng::Rng;

/// A conversation in which a model was just asked something.
struct Asked {
    caller: Caller,
    dialogue: Dialogue,
    reply: ReplyId,
    now: CallTime,
}

/// Feeds an event; what was said is heard at once, and look-ups find the caller's order.
fn feed(dialogue: &mut Dialogue, now: &mut CallTime, caller: &Caller, event: DialogueEvent) -> Vec<DialogueCommand> {
    let mut waiting = vec![event];
    let mut all = Vec::new();
    while let Some(event) = waiting.pop() {
        *now = *now + std::time::Duration::from_millis(10);
        let mut out = Vec::new();
        dialogue.handle(*now, &event, &mut out);
        for command in &out {
            if let DialogueCommand::Say { utterance, saying } = command {
                let last_sentence = saying.sentences.len() - 1;
                waiting.insert(0, DialogueEvent::Heard { utterance: *utterance, last_sentence, at: *now });
            } else if let DialogueCommand::LookUp { request, .. } = command {
                let orders = vec![Arc::clone(&caller.order)];
                waiting.push(DialogueEvent::OrdersFound { request: *request, orders });
            }
        }
        all.append(&mut out);
    }
    all
}

fn says(text: &str) -> DialogueEvent {
    let transcript = Arc::new(Transcript::certain(text));
    DialogueEvent::CallerSaid(CallerTurn { transcript, speech_ms: 1_500, is_barge_in: false })
}

/// A verified customer who has asked what nobody understands; none where the call is at something else by then.
fn asked(caller: Caller, checks: &Arc<ModelChecks>) -> Option<Asked> {
    let brief = Brief {
        call: CallId::new(uuid::Uuid::nil()),
        direction: CallDirection::Inbound,
        shop: Arc::new(world::shop()),
        caller: Some(caller.order.customer.phone.clone()),
        started_at: world::now(),
        recording: RecordingNotice::NotRecorded,
        outreach: None,
        handover: None,
    };
    let script = doorstep::app::script(&world::prompts()).unwrap();
    let mut dialogue = Dialogue::new(brief, script.phrasebook, script.understanding).with_model(Arc::clone(checks));
    let mut now = CallTime::ZERO;
    feed(&mut dialogue, &mut now, &caller, DialogueEvent::Opened);
    for text in ["what did I order".to_owned(), spelled(caller.order.address.postcode.reveal())] {
        feed(&mut dialogue, &mut now, &caller, says(&text));
    }
    let level = dialogue.conclude(&CallEnding { by: EndedBy::Caller, at: now }).verification_level;
    let commands = feed(&mut dialogue, &mut now, &caller, says("bananas grapes in the rain"));
    let reply = commands
        .iter()
        .find_map(|command| if let DialogueCommand::AskModel { reply, .. } = command { Some(*reply) } else { None })?;
    (level == VerificationLevel::V2).then_some(Asked { caller, dialogue, reply, now })
}

/// The sentences of a text, as the call cuts what a model streams.
fn sentences(text: &str) -> Vec<String> {
    let mut cutter = SentenceCutter::default();
    let mut sentences = cutter.push(text);
    sentences.extend(cutter.finish());
    sentences
}

/// What the dialogue says of a model's text, and what it blocks first.
struct Heard {
    said: Vec<String>,
    blocked: Option<ClaimKind>,
}

fn heard(asked: &Asked, text: &str) -> Heard {
    let mut dialogue = asked.dialogue.clone();
    let mut out = Vec::new();
    let said = sentences(text).into_iter().map(|sentence| ModelSaid::Sentence(sentence.into()));
    for said in said.chain([ModelSaid::Finished]) {
        dialogue.handle(asked.now, &DialogueEvent::Model { reply: asked.reply, said }, &mut out);
    }
    let mut heard = Heard { said: Vec::new(), blocked: None };
    for command in out {
        match command {
            DialogueCommand::Say { saying, .. } => {
                let own = saying.sentences.into_iter().filter(|sentence| sentence.template == "model");
                heard.said.extend(own.map(|sentence| sentence.text));
            }
            DialogueCommand::NoteModel(ModelNote::Blocked(kind)) => heard.blocked = Some(kind),
            _ => (),
        }
    }
    heard
}

/// Of a hundred true sentences, this many are said.
const SAID_PERCENT_MIN: usize = 99;

#[test]
fn no_invention_is_said_in_a_call() {
    let checks = Arc::new(doorstep::app::model_checks(&world::prompts()).unwrap());
    let mut callers = world::callers();
    callers.retain(|caller| caller.order.shipments.len() < 2 && caller.order.address.country == "IN");
    // These customers call the shop: what it would call about is no fact of theirs.
    callers.iter_mut().for_each(|caller| caller.facts.retain(|fact| fact.meaning != Some(Meaning::About)));
    let asked: Vec<Asked> = callers.into_iter().filter_map(|caller| asked(caller, &checks)).take(12).collect();
    assert!(6 <= asked.len(), "only {} callers came as far as that", asked.len());
    let mut rng = Rng::new(SEED + 1);
    let (mut said, mut true_ones, mut invented) = (0, 0, 0);
    let mut passed = Vec::new();
    let mut blocked: BTreeMap<&str, (usize, String)> = BTreeMap::new();
    for number in 0..REPLIES {
        let one = &asked[rng.between(0, asked.len() as u64) as usize];
        for Spoken { text, grounded, invention } in reply(&mut rng, &one.caller, number % 2 == 0) {
            let heard = heard(one, &text);
            let true_sentences = sentences(&grounded);
            match invention {
                Some(kind) if heard.said.iter().any(|said| !true_sentences.contains(said)) => {
                    passed.push(format!("{kind}: {text}"));
                }
                Some(_) => invented += 1,
                None => {
                    true_ones += 1;
                    // What a model asks is never said.
                    let lost = true_sentences.iter().rfind(|own| !own.contains('?') && !heard.said.contains(own));
                    match lost {
                        Some(lost) => {
                            let kind = heard.blocked.map_or("not said", ClaimKind::as_str);
                            blocked.entry(kind).or_insert((0, lost.clone())).0 += 1;
                        }
                        None => said += 1,
                    }
                }
            }
        }
    }
    println!("{said} of {true_ones} true sentences said, {invented} inventions not said");
    blocked.iter().for_each(|(why, (times, example))| println!("  {why} {times} times, such as: {example}"));
    assert!(passed.is_empty(), "{} said, such as:\n{}", passed.len(), passed[..passed.len().min(40)].join("\n"));
    assert_eq!(true_ones + invented + passed.len(), REPLIES * 2);
    assert!(true_ones * SAID_PERCENT_MIN <= said * 100, "only {said} of {true_ones} true sentences are said");
}

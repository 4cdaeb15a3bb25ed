//! The gate as calls use it: a dialogue asks, a model invents in half of its replies, and no invention is said.

use std::sync::Arc;

use doorstep::domain::call::{CallDirection, VerificationLevel};
use doorstep::domain::dialogue::{
    Brief, CallEnding, CallerTurn, Dialogue, DialogueCommand, DialogueEvent, EndedBy, ModelChecks, ModelSaid,
    RecordingNotice, Saying,
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

/// Whether the dialogue would say this sentence of the model's.
fn is_said(asked: &Asked, text: &str) -> bool {
    let mut dialogue = asked.dialogue.clone();
    let mut out = Vec::new();
    for said in [ModelSaid::Sentence(text.to_owned().into()), ModelSaid::Finished] {
        dialogue.handle(asked.now, &DialogueEvent::Model { reply: asked.reply, said }, &mut out);
    }
    let is_own = |saying: &Saying| saying.sentences.iter().any(|sentence| sentence.template == "model");
    out.iter().any(|command| matches!(command, DialogueCommand::Say { saying, .. } if is_own(saying)))
}

/// Inventions that are known to be said. It may only go down.
const PASSED_KNOWN: usize = 4;

#[test]
fn no_invention_is_said_in_a_call() {
    let checks = Arc::new(doorstep::app::model_checks(&world::prompts()).unwrap());
    let mut callers = world::callers();
    callers.retain(|caller| caller.order.shipments.len() < 2 && caller.order.address.country == "IN");
    let asked: Vec<Asked> = callers.into_iter().filter_map(|caller| asked(caller, &checks)).take(12).collect();
    assert!(6 <= asked.len(), "only {} callers came as far as that", asked.len());
    let mut rng = Rng::new(SEED + 1);
    let (mut said, mut true_ones, mut invented) = (0, 0, 0);
    let mut passed = Vec::new();
    for number in 0..REPLIES {
        let one = &asked[rng.between(0, asked.len() as u64) as usize];
        for Spoken { text, invention } in reply(&mut rng, &one.caller, number % 2 == 0) {
            match (invention, is_said(one, &text)) {
                (Some(kind), true) => passed.push(format!("{kind}: {text}")),
                (Some(_), false) => invented += 1,
                (None, is_said) => {
                    true_ones += 1;
                    said += usize::from(is_said);
                }
            }
        }
    }
    println!("{said} of {true_ones} true sentences said, {invented} inventions not said");
    assert!(
        passed.len() <= PASSED_KNOWN,
        "{} said, such as:\n{}",
        passed.len(),
        passed[..passed.len().min(40)].join("\n")
    );
    assert_eq!(true_ones + invented + passed.len(), REPLIES * 2);
    // Whom the shop asks for and what it calls about is no subject of these calls, and much that is true is lost.
    assert!(true_ones * 4 < said * 10, "only {said} of {true_ones} true sentences are said");
}

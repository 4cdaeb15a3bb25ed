//! A customer of the demo shop on the phone: asks, answers what is asked, mistakes, mumbles, keys, interrupts, gives up.

use std::sync::{Arc, LazyLock};

use doorstep::domain::call::{Call, CallDirection, CallSettings, Conversation, Fate, Floor, Phase};
use doorstep::domain::dialogue::understanding::Understanding;
use doorstep::domain::dialogue::{Brief, Dialogue, ModelChecks, OrderQuery, Phrasebook, RecordingNotice, ShopProfile};
use doorstep::domain::orders::demo::demo_orders;
use doorstep::domain::orders::{DeliveryStatus, Order};
use doorstep::domain::outreach::policy::Week;
use doorstep::domain::transfer::{Address, HandoverRules, Target, TransferTimes, Triggers};
use doorstep::domain::values::{CallId, PhoneNumber, UtteranceId};
use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::phrases::{ANSWERS, HEARD_BEFORE, MUMBLES, WISHES, spelled};
use super::rng::Rng;
use super::world::{Move, Party, settings};

/// The number of somebody who has no order.
const STRANGER: &str = "+14155550142";

static SHOP: LazyLock<Shop> = LazyLock::new(Shop::open);

/// The shop as it is shipped: its prompts, its understanding, its demonstration orders.
struct Shop {
    profile: Arc<ShopProfile>,
    book: Arc<Phrasebook>,
    understanding: Arc<Understanding>,
    checks: Arc<ModelChecks>,
    orders: Vec<Arc<Order>>,
    /// Somebody is there who takes every call.
    handover: Arc<HandoverRules>,
    now: Timestamp,
}

impl Shop {
    fn open() -> Self {
        let now: Timestamp = "2026-11-22T10:00:00+05:30".parse().expect("a moment");
        let orders = demo_orders(include_str!("../../../config/demo-shop.jsonl"), now).expect("the demo shop is sound");
        let prompts = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("prompts");
        let script = doorstep::app::script(&prompts).expect("the prompts are sound");
        Self {
            profile: Arc::new(ShopProfile {
                id: "kora".to_owned(),
                name: "Kora Home".to_owned(),
                callback_number: "+918041234567".parse().expect("a phone number"),
                website_spoken: "kora home dot example".to_owned(),
                time_zone: "Asia/Kolkata".to_owned(),
                emergency_number_spoken: "one one two".to_owned(),
                human_callback_within_hours: 4,
                asks_call_score: false,
                sends_payment_links: false,
            }),
            book: script.phrasebook,
            understanding: script.understanding,
            checks: Arc::new(doorstep::app::model_checks(&prompts).expect("the claim files are sound")),
            orders: orders.into_iter().map(Arc::new).collect(),
            handover: Arc::new(handover()),
            now,
        }
    }
}

fn handover() -> HandoverRules {
    let always = "00:00-23:59:59".parse().expect("hours");
    let desk = Target {
        name: "desk".to_owned(),
        address: Address::Phone("+918041234568".parse().expect("a phone number")),
        languages: Vec::new(),
        skills: Vec::new(),
    };
    HandoverRules {
        targets: vec![desk],
        triggers: Triggers::read(include_str!("../../../config/handover/triggers.toml")).expect("triggers"),
        zone: TimeZone::UTC,
        hours: Week::new(always, always, always),
        attempts_max: 1,
        times: TransferTimes::default(),
    }
}

/// How this caller behaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Manner {
    /// Answers what is asked, mostly rightly.
    Plain,
    /// Often answers something else, or wrongly.
    Muddled,
    /// Knows an order number and nothing else, and withholds their own.
    Impostor,
    /// Is never understood.
    Mumbling,
    Silent,
    Keying,
}

#[derive(Clone, Debug)]
pub struct Shopper {
    pub manner: Manner,
    /// What they call about.
    pub order: Arc<Order>,
    /// How often they speak over the agent, in percent.
    hurry: u64,
    words: String,
    confidence: f32,
    /// The last saying they answered.
    answered: Option<UtteranceId>,
}

/// A shopper, and the dialogue as it is shipped.
pub fn cast(rng: &mut Rng) -> (Shopper, CallSettings, Dialogue) {
    let order = &SHOP.orders[rng.between(0, SHOP.orders.len() as u64) as usize];
    let manner = match rng.between(0, 100) {
        0..62 => Manner::Plain,
        62..78 => Manner::Muddled,
        78..86 => Manner::Impostor,
        86..89 => Manner::Mumbling,
        89..93 => Manner::Silent,
        _ => Manner::Keying,
    };
    let caller = match rng.between(0, 100) {
        _ if manner == Manner::Impostor => None,
        0..76 => Some(order.customer.phone.clone()),
        76..88 => Some(STRANGER.parse::<PhoneNumber>().expect("a phone number")),
        _ => None,
    };
    let recording = if rng.percent(80) { RecordingNotice::Announced } else { RecordingNotice::NotRecorded };
    let brief = Brief {
        call: CallId::new(uuid::Uuid::nil()),
        direction: CallDirection::Inbound,
        shop: Arc::clone(&SHOP.profile),
        caller,
        started_at: SHOP.now,
        recording,
        outreach: None,
        // A third of the calls may be put through. The chance is not used up: the others stay as they are.
        handover: rng.clone().percent(33).then(|| Arc::clone(&SHOP.handover)),
    };
    let dialogue = Dialogue::new(brief, Arc::clone(&SHOP.book), Arc::clone(&SHOP.understanding));
    // Half of the calls have a language model that means no good. The chance is not used up: the others stay as they are.
    let dialogue = if rng.clone().percent(50) { dialogue.with_model(Arc::clone(&SHOP.checks)) } else { dialogue };
    let shopper = Shopper {
        manner,
        order: Arc::clone(order),
        hurry: if rng.percent(25) { 40 } else { 4 },
        words: String::new(),
        confidence: 0.9,
        answered: None,
    };
    (shopper, settings(rng), dialogue)
}

impl<C: Conversation> Party<C> for Shopper {
    fn choose(&mut self, rng: &mut Rng, call: &Call<C>, echoes: bool) -> Vec<(u64, Move)> {
        if rng.percent(1) {
            return vec![(rng.between(0, 2_000), Move::HangUp)];
        }
        let is_agents = matches!(call.floor(), Floor::Agent | Floor::Contested { .. }) || call.playout().is_busy();
        if echoes
            && rng.percent(6)
            && let Some(playing) = playing_sentence(call)
        {
            self.words = playing.to_owned();
            let moves = vec![(rng.between(80, 400), Move::VoiceOn), (rng.between(600, 2_500), Move::VoiceOff)];
            return then_choose(rng, moves);
        }
        if is_agents && !rng.percent(self.hurry) {
            return self.beside(rng);
        }
        let last = call.playout().utterances().last();
        let Some(asked) = last.filter(|said| self.answered != Some(said.id) || is_agents) else {
            return self.while_waiting(rng);
        };
        let question = asked.saying.sentences.last().map_or("", |sentence| sentence.template);
        self.answered = Some(asked.id);
        let has_ended = !matches!(call.phase(), Phase::Talking);
        let moves = if has_ended { self.answer_goodbye(rng) } else { self.reply(rng, question) };
        then_choose(rng, moves)
    }

    fn spoken(&self) -> (&str, f32) {
        (&self.words, self.confidence)
    }

    fn find(&self, query: &OrderQuery) -> Vec<Arc<Order>> {
        let written = |text: &str| text.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_uppercase();
        let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
        let fits = |order: &&Arc<Order>| match query {
            OrderQuery::ByCallerNumber(phone) => order.customer.phone == *phone,
            OrderQuery::ByReference(readings) => readings
                .iter()
                .any(|reading| *reading == written(&order.order_ref.0) || *reading == digits(&order.order_ref.0)),
            OrderQuery::ByPostcode(readings) => readings.contains(&written(order.address.postcode.reveal())),
            OrderQuery::Again(order_ref) => order.order_ref == *order_ref,
        };
        SHOP.orders.iter().filter(fits).cloned().collect()
    }
}

/// What they do.
impl Shopper {
    /// The agent speaks: listen, and now and then hum or cough.
    fn beside(&mut self, rng: &mut Rng) -> Vec<(u64, Move)> {
        let moves = match rng.between(0, 100) {
            0..4 => self.say(rng, "mm-hm".to_owned(), 300),
            4..8 => self.say(rng, String::new(), 400),
            _ => Vec::new(),
        };
        let last = moves.last().map_or(0, |(at, _)| *at);
        let pause = rng.between(200, 1_200);
        moves.into_iter().chain([(last + pause, Move::Choose)]).collect()
    }

    fn while_waiting(&mut self, rng: &mut Rng) -> Vec<(u64, Move)> {
        let moves = match rng.between(0, 100) {
            _ if self.manner == Manner::Silent => Vec::new(),
            0..12 => self.say(rng, "hello? are you there?".to_owned(), 900),
            12..20 => self.say(rng, String::new(), 900),
            20..28 => self.reply(rng, "how_can_i_help"),
            _ => Vec::new(),
        };
        then_choose(rng, moves)
    }

    fn answer_goodbye(&mut self, rng: &mut Rng) -> Vec<(u64, Move)> {
        let words = match rng.between(0, 100) {
            0..40 => "thank you, bye",
            40..46 => "stop calling me",
            46..52 => "wait, where is my order",
            _ => return Vec::new(),
        };
        self.say(rng, words.to_owned(), 900)
    }

    fn reply(&mut self, rng: &mut Rng, question: &str) -> Vec<(u64, Move)> {
        let is_off = rng.percent(if self.manner == Manner::Muddled { 45 } else { 6 });
        match self.manner {
            Manner::Silent if rng.percent(90) => return Vec::new(),
            Manner::Mumbling => {
                let words = rng_pick(rng, MUMBLES);
                return self.say(rng, words, 1_200);
            }
            Manner::Keying if rng.percent(70) => return self.key(rng, question),
            Manner::Muddled | Manner::Plain | Manner::Keying | Manner::Silent if is_off => {
                let words = match rng.between(0, 4) {
                    0 => rng_pick(rng, MUMBLES),
                    1 | 2 => HEARD_BEFORE[rng.between(0, HEARD_BEFORE.len() as u64) as usize].clone(),
                    _ => rng_pick(rng, &["yes", "no", "okay", "I don't know", "one two three four five six"]),
                };
                let ms = if words == "yes" { 150 } else { 1_400 };
                return self.say(rng, words, ms);
            }
            Manner::Plain | Manner::Muddled | Manner::Impostor | Manner::Silent | Manner::Keying => (),
        }
        let words = self.answer(rng, question);
        let ms = 300 + words.len() as u64 * 55;
        self.say(rng, words, ms)
    }

    fn answer(&self, rng: &mut Rng, question: &str) -> String {
        let is_impostor = self.manner == Manner::Impostor;
        match question {
            "ask_reference" | "ask_reference_again" | "ask_last_four" => self.reference(rng, question),
            "ask_postcode" | "ask_postcode_to_find" | "key_it_in" if !is_impostor => {
                spelled(self.order.address.postcode.reveal())
            }
            "ask_house_number" if !is_impostor => self.house_number(),
            "ask_name_to_find" if !is_impostor => self.order.customer.name.reveal().clone(),
            "ask_postcode" | "ask_postcode_to_find" | "key_it_in" | "ask_house_number" | "ask_name_to_find" => {
                rng_pick(rng, &["I don't know", "I won't tell you that", "where is my order", "zero zero"])
            }
            "ask_phone" | "ask_phone_again" | "ask_opt_out_number" => {
                spelled(self.order.customer.phone.reveal().trim_start_matches('+'))
            }
            _ => {
                let fitting = ANSWERS.iter().find(|(asked, _)| *asked == question).map(|(_, answers)| *answers);
                match fitting {
                    Some(answers) if question != "anything_else" || rng.percent(60) => rng_pick(rng, answers),
                    Some(_) | None => self.wish(rng),
                }
            }
        }
    }

    /// What they want: mostly what fits where their order is.
    fn wish(&self, rng: &mut Rng) -> String {
        let status = self.order.shipments.first().map(|shipment| shipment.status);
        match (status, rng.between(0, 100)) {
            (_, 0..30) => rng_pick(rng, &["where is my order", "when will it come", "is it late", "what did I order"]),
            (Some(DeliveryStatus::AttemptFailed), 30..60) => {
                rng_pick(rng, &["can you bring it on Friday", "nobody came, I was home all day"])
            }
            (Some(DeliveryStatus::Delivered), 30..75) => rng_pick(
                rng,
                &[
                    "it says delivered but I don't have it",
                    "it arrived damaged",
                    "you sent me the wrong item",
                    "there is an item missing",
                    "I want my money back",
                    "I want to return it",
                    "where did you leave it",
                ],
            ),
            _ => rng_pick(rng, WISHES),
        }
    }

    fn reference(&self, rng: &mut Rng, question: &str) -> String {
        let written = self.order.order_ref.0.replace('-', "");
        let digits: String = written.chars().filter(char::is_ascii_digit).collect();
        match rng.between(0, 100) {
            _ if question == "ask_last_four" => spelled(&digits[digits.len().saturating_sub(4)..]),
            0..70 => spelled(&written),
            70..85 => spelled(&digits),
            85..93 => "I don't have the order number".to_owned(),
            _ => "one one one one one one".to_owned(),
        }
    }

    fn house_number(&self) -> String {
        let mut words = self.order.address.lines.iter().flat_map(|line| line.reveal().split(' '));
        let number = words.find(|word| word.bytes().any(|byte| byte.is_ascii_digit()));
        number.map_or_else(|| "I don't know".to_owned(), |number| spelled(number.trim_end_matches(',')))
    }

    fn key(&self, rng: &mut Rng, question: &str) -> Vec<(u64, Move)> {
        let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
        let keys = match question {
            "ask_reference" | "ask_reference_again" => digits(&self.order.order_ref.0),
            "ask_postcode" | "ask_postcode_to_find" | "key_it_in" => digits(self.order.address.postcode.reveal()),
            "ask_phone" | "ask_phone_again" | "ask_opt_out_number" => digits(self.order.customer.phone.reveal()),
            _ => rng_pick(rng, &["1", "1", "1", "2", "2", "0", "9", "5", "#", "*"]),
        };
        let mut at = 0;
        let press = |key| {
            at += rng.between(80, 700);
            (at, Move::Key(key))
        };
        keys.chars().map(press).collect()
    }

    fn say(&mut self, rng: &mut Rng, words: String, ms: u64) -> Vec<(u64, Move)> {
        let is_doubtful = ms <= 200 || rng.percent(3);
        self.confidence = if is_doubtful { 0.25 } else { 0.9 };
        self.words = words;
        speech(rng, ms)
    }
}

fn rng_pick(rng: &mut Rng, from: &[&str]) -> String {
    rng.pick(from).to_owned()
}

/// What an echo would be of.
fn playing_sentence<C: Conversation>(call: &Call<C>) -> Option<&str> {
    let said = call.playout().current()?;
    let playing = said.fates().iter().position(|fate| matches!(fate, Fate::Playing { .. }))?;
    said.saying.sentences.get(playing).map(|sentence| sentence.text.as_str())
}

fn then_choose(rng: &mut Rng, mut moves: Vec<(u64, Move)>) -> Vec<(u64, Move)> {
    let last = moves.last().map_or(0, |(at, _)| *at);
    moves.push((last + rng.between(900, 3_500), Move::Choose));
    moves
}

/// About so much voice, in one stretch or in several.
fn speech(rng: &mut Rng, ms: u64) -> Vec<(u64, Move)> {
    let stretches = if ms > 800 { rng.between(1, 4) } else { 1 };
    let mut at = 0;
    let mut moves = Vec::new();
    for _ in 0..stretches {
        moves.push((at, Move::VoiceOn));
        at += (ms / stretches).max(60);
        moves.push((at, Move::VoiceOff));
        at += rng.between(120, 900);
    }
    moves
}

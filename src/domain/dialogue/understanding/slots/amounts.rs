//! Sums of money as people say them: "fifteen hundred rupees", "1.5 lakh", "twelve pounds fifty", "two fifty".

use super::{
    Slot,
    said::{Said, words},
};
use crate::domain::{
    dialogue::understanding::number_words::{NumberLists, NumberWord},
    dialogue::understanding::vocabulary::{PhraseMap, Spoken, Vocabulary, WordSet},
    values::{Currency, Money},
};

/// Minor units in one, of every currency that is read here.
const MINOR_PER_UNIT: u64 = 100;
/// More than anyone pays at a door.
const UNITS_MAX: u64 = 1_000_000_000_000;

/// The words of money.
#[derive(Clone, Debug, Default, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::domain) struct AmountLists {
    /// Of several with one word the customer's own is meant, else the first.
    currencies: Vec<CurrencyLists>,
    /// What a "k" behind a figure stands for.
    thousand: String,
    /// What stands in front of a scale word. Shape: in hundredths.
    fractions: PhraseMap<u64>,
    /// Behind a number they show that it is no amount.
    counted: WordSet,
}

/// The words of one currency.
#[derive(Clone, Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct CurrencyLists {
    currency: Currency,
    sign: char,
    whole: WordSet,
    /// What may stand in front of a number. The sign is read as the first of them.
    before: WordSet,
    hundredths: WordSet,
}

impl Vocabulary {
    /// Reads every amount of what was said, in order. A number without a currency counts as one of `home`, unclear.
    pub fn amounts(&self, text: &str, home: Currency) -> Vec<Slot<Money>> {
        let words = self.amounts.split_signs(text);
        let mut found = Vec::new();
        let mut at = 0;
        while at < words.len() {
            match self.amount(&words[at..], home) {
                Some((slot, used)) => {
                    found.push(slot);
                    at += used;
                }
                None => at += 1,
            }
        }
        found
    }

    fn amount(&self, words: &[Said], home: Currency) -> Option<(Slot<Money>, usize)> {
        let lists = &self.amounts;
        let named_before = lists.before(words.word(0));
        let lead = usize::from(named_before.is_some());
        let number = Number::read(words.get(lead..)?, self)?;
        let mut used = lead + number.used;
        if named_before.is_none()
            && let Some(currency) = lists.minor(words.word(used), home)
        {
            let is_unclear = number.is_pair || number.hundredths % MINOR_PER_UNIT != 0;
            return Some((slot(number.hundredths / MINOR_PER_UNIT, currency, is_unclear)?, used + 1));
        }
        let named_behind = lists.major(words.word(used));
        used += usize::from(named_behind.is_some());
        let currency = named_before.or(named_behind);
        let mut hundredths = number.hundredths;
        if named_behind.is_some()
            && let Some((small, more)) = self.small_change(&words[used..], home)
        {
            hundredths += small;
            used += more;
        }
        // A bare number is taken for an amount only where its form is one of prices.
        let is_priced = number.has_scale || number.is_pair;
        if currency.is_none() && (!is_priced || lists.counted.has(words.word(number.used))) {
            return None;
        }
        let currency_or_home = currency.unwrap_or(home);
        // "Two fifty" is 250 where prices are whole, and 2.50 elsewhere.
        let is_small = number.is_pair && currency.is_none() && currency_or_home != Currency::INR;
        let hundredths = if is_small { hundredths / 100 } else { hundredths };
        let is_open_pair = number.is_pair && currency_or_home != Currency::INR;
        Some((slot(hundredths, currency_or_home, currency.is_none() || is_open_pair)?, used))
    }

    /// "… fifty", "… and twenty cents" behind the whole units.
    fn small_change(&self, words: &[Said], home: Currency) -> Option<(u64, usize)> {
        let joint = usize::from(self.numbers.and.has(words.word(0)));
        let rest = words.get(joint..)?;
        let number = Number::read(rest, self)?;
        let is_small =
            number.hundredths < MINOR_PER_UNIT * 100 && number.hundredths % MINOR_PER_UNIT == 0 && !number.is_pair;
        let has_unit = self.amounts.minor(rest.word(number.used), home).is_some();
        // "Twelve pounds fifty"; "twelve pounds and fifty" may begin something else.
        let is_said = has_unit || (joint == 0 && 10 * MINOR_PER_UNIT <= number.hundredths);
        let used = joint + number.used + usize::from(has_unit);
        (is_small && is_said).then_some((number.hundredths / MINOR_PER_UNIT, used))
    }
}

impl AmountLists {
    /// "₹1,499" is two words, "ninety-nine" as well; a comma between digits says nothing.
    fn split_signs(&self, text: &str) -> Vec<Said> {
        let mut spaced = String::with_capacity(text.len() + 8);
        let mut before = ' ';
        for sign in text.chars() {
            let currency = self.currencies.iter().find(|currency| currency.sign == sign);
            match (currency.and_then(|currency| currency.before.iter().next()), sign) {
                (Some(word), _) => spaced.extend([" ", word, " "]),
                (None, '-') if before.is_alphabetic() => spaced.push(' '),
                (None, ',') if before.is_ascii_digit() => (),
                (None, 'k' | 'K') if before.is_ascii_digit() => spaced.extend([" ", &self.thousand, " "]),
                (None, sign) => spaced.push(sign),
            }
            before = sign;
        }
        words(&spaced)
    }

    fn before(&self, word: &str) -> Option<Currency> {
        self.currencies.iter().find(|currency| currency.before.has(word)).map(|currency| currency.currency)
    }

    fn major(&self, word: &str) -> Option<Currency> {
        self.currencies.iter().find(|currency| currency.whole.has(word)).map(|currency| currency.currency)
    }

    fn minor(&self, word: &str, home: Currency) -> Option<Currency> {
        let named = || self.currencies.iter().filter(|currency| currency.hundredths.has(word));
        let own = named().find(|currency| currency.currency == home);
        own.or_else(|| named().next()).map(|currency| currency.currency)
    }
}

fn slot(minor: u64, currency: Currency, is_unclear: bool) -> Option<Slot<Money>> {
    let value = Money { amount_minor: i64::try_from(minor).ok()?, currency };
    Some(Slot { value, is_unclear })
}

/// A number that was said, in hundredths.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Number {
    hundredths: u64,
    /// Two numbers side by side: "four ninety nine".
    is_pair: bool,
    /// A scale word, or digits with a point, make clear that it is a count.
    has_scale: bool,
    used: usize,
}

impl Number {
    /// Reads the longest number at the beginning of the words.
    fn read(words: &[Said], vocabulary: &Vocabulary) -> Option<Self> {
        let numbers = &vocabulary.numbers;
        let (mut total, mut scale_before, mut at, mut has_scale) = (0_u64, u64::MAX, 0, false);
        loop {
            let joint = at + usize::from(has_scale && numbers.and.has(words.word(at)));
            let Some(group) = Group::read(words.get(joint..).unwrap_or_default(), vocabulary) else { break };
            let behind = joint + group.used;
            match numbers.read(words.word(behind)) {
                Some(NumberWord::Scale(scale)) if scale < scale_before => {
                    total = total.checked_add(group.hundredths.checked_mul(scale)?)?;
                    (scale_before, at, has_scale) = (scale, behind + 1, true);
                }
                _ if has_scale && group.hundredths / 100 < scale_before => {
                    total += group.hundredths;
                    at = behind;
                    break;
                }
                _ if has_scale => break,
                _ => {
                    let is_pair = group.is_pair;
                    return Some(Self {
                        hundredths: group.hundredths,
                        is_pair,
                        has_scale: group.has_hundred,
                        used: behind,
                    });
                }
            }
        }
        let is_number = has_scale && total / 100 <= UNITS_MAX;
        is_number.then_some(Self { hundredths: total, is_pair: false, has_scale: true, used: at })
    }
}

/// The part of a number in front of a scale word, in hundredths.
struct Group {
    hundredths: u64,
    is_pair: bool,
    has_hundred: bool,
    used: usize,
}

impl Group {
    fn read(words: &[Said], vocabulary: &Vocabulary) -> Option<Self> {
        let numbers = &vocabulary.numbers;
        let of = |hundredths, used| Self { hundredths, is_pair: false, has_hundred: false, used };
        if let Some((used, value)) = vocabulary.amounts.fractions.begin(words) {
            let next = numbers.read(words.word(used));
            let is_scaled = matches!(next, Some(NumberWord::Scale(_) | NumberWord::Hundred));
            return is_scaled.then(|| of(*value, used).times_hundred(words, numbers));
        }
        if let Some(hundredths) = written(words.word(0)) {
            return Some(of(hundredths, 1).times_hundred(words, numbers));
        }
        let (value, used) = below_hundred(words, numbers)?;
        let group = of(value * 100, used).times_hundred(words, numbers);
        if group.has_hundred {
            return Some(group);
        }
        // "Four ninety nine": the second number has two digits.
        match below_hundred(words.get(used..)?, numbers) {
            Some((second @ 10.., more)) if value != 0 => Some(Self {
                hundredths: (value * 100 + second) * 100,
                is_pair: true,
                has_hundred: false,
                used: used + more,
            }),
            Some(_) | None => Some(group),
        }
    }

    /// "… hundred", "… hundred and five".
    fn times_hundred(self, words: &[Said], numbers: &NumberLists) -> Self {
        if numbers.read(words.word(self.used)) != Some(NumberWord::Hundred) {
            return self;
        }
        let behind = self.used + 1;
        let joint = behind + usize::from(numbers.and.has(words.word(behind)));
        let rest = below_hundred(words.get(joint..).unwrap_or_default(), numbers);
        let (more, used) = rest.map_or((0, behind), |(value, taken)| (value * 100, joint + taken));
        Self { hundredths: self.hundredths * 100 + more, is_pair: false, has_hundred: true, used }
    }
}

/// "1499", "12.50", "1.5".
fn written(word: &str) -> Option<u64> {
    let (whole, fraction) = word.split_once('.').unwrap_or((word, ""));
    let is_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || 10 < whole.len() || 2 < fraction.len() || !is_digits(whole) || !is_digits(fraction) {
        return None;
    }
    let fraction: u64 = format!("{fraction:0<2}").parse().ok()?;
    Some(whole.parse::<u64>().ok()? * 100 + fraction)
}

fn below_hundred(words: &[Said], numbers: &NumberLists) -> Option<(u64, usize)> {
    match numbers.read(words.word(0))? {
        NumberWord::Digit(digit) => Some((digit.into(), 1)),
        NumberWord::Teen(value) => Some((value.into(), 1)),
        NumberWord::Tens(value) => match numbers.read(words.word(1)) {
            Some(NumberWord::Digit(digit @ 1..)) => Some(((value + digit).into(), 2)),
            Some(_) | None => Some((value.into(), 1)),
        },
        NumberWord::SoundsLike(_)
        | NumberWord::Repeat(_)
        | NumberWord::Hundred
        | NumberWord::Scale(_)
        | NumberWord::Joint => None,
    }
}

#[cfg(test)]
mod tests;

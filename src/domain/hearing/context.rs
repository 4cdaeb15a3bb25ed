//! What the dialogue waits for: it sets the silence budget and steers the recogniser.

/// The kind of answer the last question asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Awaited {
    /// Anything: "how can I help?".
    Open,
    /// A yes or a no.
    YesNo,
    /// One of a few named choices.
    Choice,
    /// A number said digit by digit or in groups.
    Digits(DigitCount),
    /// An order reference: perhaps letters, then digits.
    OrderReference,
    /// A postcode: digits, or letters and digits.
    Postcode,
    /// A person's name, perhaps spelled.
    Name,
    /// A day, a window of a day, or both.
    Date,
    /// A street address, a landmark, a gate code.
    Address,
}

impl Awaited {
    /// What files call it, such as `yes_no`.
    pub fn named(name: &str) -> Option<Self> {
        Some(match name {
            "open" => Self::Open,
            "yes_no" => Self::YesNo,
            "choice" => Self::Choice,
            "digits" => Self::Digits(DigitCount { min: 1, max: 16 }),
            "order_reference" => Self::OrderReference,
            "postcode" => Self::Postcode,
            "name" => Self::Name,
            "date" => Self::Date,
            "address" => Self::Address,
            _ => return None,
        })
    }
}

/// How many digits complete the answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct DigitCount {
    pub min: u8,
    pub max: u8,
}

/// A word or phrase the caller is likely to say, because the call is about it.
#[derive(Clone, Debug, PartialEq)]
pub struct BiasPhrase {
    pub text: String,
    /// Shape: 0.0 (no help) to 1.0 (as sure as a context can be).
    pub weight: f32,
}

/// Everything the call knows that helps to hear the next words right.
#[derive(Clone, Debug, PartialEq)]
pub struct RecognitionContext {
    pub awaited: Awaited,
    /// Items, places, names, amounts, days and answers that belong to this call.
    pub phrases: Vec<BiasPhrase>,
    /// Whole references or postcodes on record that the caller may be about to say, as written ("KH-452719").
    ///
    /// They are hints for ranking alternatives; they never replace what was heard.
    pub references: Vec<String>,
}

impl RecognitionContext {
    pub const fn open() -> Self {
        Self { awaited: Awaited::Open, phrases: Vec::new(), references: Vec::new() }
    }
}

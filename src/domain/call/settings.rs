//! The times a call lives by.

use std::time::Duration;

/// Every default is from the conduct of the call that customers expect; see `ARCHITECTURE.md`, latency budget.
#[derive(Clone, Debug, PartialEq)]
pub struct CallSettings {
    /// From the acceptance of the call to open audio.
    pub open_timeout: Duration,
    /// Audio kept from before the detected onset, so that the first consonant is not lost.
    pub pre_roll: Duration,
    /// Speech over the agent: first reading of the words so far, counted from its onset.
    pub interruption_read_after: Duration,
    /// Speech over the agent: judged at the latest, counted from its onset.
    pub interruption_judged_after: Duration,
    /// Voice shorter than this with nothing recognised is a click.
    pub click_max: Duration,
    /// A look at the words of a turn in progress, this often, so that it can be shown live.
    pub live_partials_every: Option<Duration>,
    /// Without an answer to the first reading of a turn, a reading of the highest rank is asked for.
    pub reading_retry_after: Duration,
    /// Without any answer, the turn counts as not understood. Both count from the end of the voice.
    pub reading_timeout: Duration,
    /// Voice without a pause: after this it is read anyway, because steady noise never pauses.
    pub voice_max: Duration,
    /// Voice without new words for this long is noise behind a turn that is over.
    pub words_stalled_after: Duration,
    /// However it goes on, a turn is taken as over after this.
    pub turn_max: Duration,
    pub keys_pause: Duration,
    pub silence_ask_again: Duration,
    pub silence_still_there: Duration,
    pub silence_give_up: Duration,
    /// The first silence step after "one moment, please".
    pub hold_patience: Duration,
    /// The first and the second word of patience about a look-up or a write.
    pub request_slow: Duration,
    pub request_slower: Duration,
    /// A look-up or a write that has not answered by now has failed.
    pub request_timeout: Duration,
    /// A model must have said something that may be spoken by now, counted from the end of the turn.
    pub model_first_sentence: Duration,
    /// How long nothing may be heard between two of its sentences.
    pub model_gap: Duration,
    /// Time that a sentence may take beyond its length before the media path counts as stalled.
    pub playout_grace: Duration,
    /// After the goodbye should have been heard.
    pub hang_up_grace: Duration,
    /// A caller who is put through is with a person, or back, by then.
    pub away_max: Duration,
    /// From our order to hang up to the carrier's word that the line is gone.
    pub close_timeout: Duration,
    pub length_warning: Duration,
    pub length_max: Duration,
}

impl Default for CallSettings {
    fn default() -> Self {
        let ms = Duration::from_millis;
        Self {
            open_timeout: ms(60_000),
            pre_roll: ms(240),
            interruption_read_after: ms(280),
            interruption_judged_after: ms(400),
            click_max: ms(120),
            live_partials_every: Some(ms(900)),
            reading_retry_after: ms(1_200),
            reading_timeout: ms(2_500),
            voice_max: ms(12_000),
            words_stalled_after: ms(2_000),
            turn_max: ms(45_000),
            keys_pause: ms(1_800),
            silence_ask_again: ms(5_000),
            silence_still_there: ms(10_000),
            silence_give_up: ms(18_000),
            hold_patience: ms(30_000),
            request_slow: ms(1_500),
            request_slower: ms(5_000),
            request_timeout: ms(15_000),
            model_first_sentence: ms(900),
            model_gap: ms(400),
            playout_grace: ms(6_000),
            hang_up_grace: ms(4_000),
            away_max: ms(900_000),
            close_timeout: ms(5_000),
            length_warning: ms(240_000),
            length_max: ms(480_000),
        }
    }
}

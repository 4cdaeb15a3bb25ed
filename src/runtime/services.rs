//! What every call uses: the filled ports and what the calls share.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Notify;
use tokio_util::task::TaskTracker;

use super::action_outbox::ActionAnswers;
use super::frame_watch::FrameWatch;
use super::live_calls::LiveCalls;
use super::model_replies::ModelDesk;
use super::recorder::Recorder;
use super::switchboard::Switchboard;
use super::voices::Voices;
use super::wall_clock::WallClock;
use crate::domain::call::{CallSettings, TurnTiming};
use crate::domain::dialogue::ShopProfile;
use crate::ports::dialling::{MayCall, PlanStore};
use crate::ports::speech_to_text::SpeechToText;
use crate::ports::store::{AttemptStore, CallStore, OrderStore};
use crate::ports::text_to_speech::TextToSpeech;
use crate::ports::voice_activity::VoiceJudge;

/// The filled ports. One for the process.
pub struct Services {
    pub speech_to_text: Arc<dyn SpeechToText>,
    pub text_to_speech: Arc<dyn TextToSpeech>,
    pub voice_judge: Arc<dyn VoiceJudge>,
    /// None where no model is configured: everything works without one.
    pub model: Option<ModelDesk>,
    pub phrases: Voices,
    pub orders: Arc<dyn OrderStore>,
    pub calls: Arc<dyn CallStore>,
    pub attempts: Arc<dyn AttemptStore>,
    pub plans: Arc<dyn PlanStore>,
    /// Whether calls may be placed, and what holds within them.
    pub may_call: Arc<dyn MayCall>,
    /// None when calls are not recorded.
    pub recorder: Option<Recorder>,
    pub live: LiveCalls,
    /// Puts calls through to people. None where nobody is to be rung.
    pub switchboard: Option<Arc<Switchboard>>,
    pub shop: Arc<ShopProfile>,
    pub call_settings: Arc<CallSettings>,
    /// Where calls hear what became of their requests. None where no shop and no carrier can act.
    pub actions: Option<ActionAnswers>,
    /// Names of the CRM connectors every outcome goes to.
    pub connectors: Vec<String>,
    /// Wakes the outbox when an outcome has been written.
    pub outbox_wake: Arc<Notify>,
    /// Wakes the dialler when an attempt has its outcome, or a call was planned.
    pub dialler_wake: Arc<Notify>,
    /// No message on a media socket for this long means that the line is dead, even if the socket is not.
    pub media_timeout: Duration,
    /// Whether somebody of the household may say that a delivery will be taken in.
    pub may_household_confirm: bool,
    /// Everything that runs beside the calls and must be joined.
    pub tasks: TaskTracker,
    pub metrics: CallMetrics,
    pub wall_clock: WallClock,
}

/// Handles of the metrics that calls record often.
pub struct CallMetrics {
    frame_lateness: metrics::Histogram,
    frame_watch: FrameWatch,
    turn_recognised: metrics::Histogram,
    turn_understood: metrics::Histogram,
    turn_first_audio: metrics::Histogram,
}

impl Default for CallMetrics {
    /// Order: after the metrics recorder is installed, or nothing is recorded.
    fn default() -> Self {
        Self {
            frame_lateness: metrics::histogram!("doorstep_frame_lateness_seconds"),
            frame_watch: FrameWatch::default(),
            turn_recognised: metrics::histogram!("doorstep_turn_latency_seconds", "stage" => "recognised"),
            turn_understood: metrics::histogram!("doorstep_turn_latency_seconds", "stage" => "understood"),
            turn_first_audio: metrics::histogram!("doorstep_turn_latency_seconds", "stage" => "first_audio"),
        }
    }
}

impl CallMetrics {
    /// Records how late a frame was sent.
    pub fn frame(&self, lateness: Duration) {
        self.frame_lateness.record(lateness.as_secs_f64());
        self.frame_watch.record(lateness);
    }

    /// Of the frames of the last seconds, how many in a thousand were late.
    pub fn frames_late_permille(&self) -> u32 {
        self.frame_watch.late_permille()
    }

    /// Records the stages of an answered turn, each counted from the caller's last word.
    pub fn turn(&self, turn: &TurnTiming) {
        let stages = [
            (&self.turn_recognised, turn.recognised_ms),
            (&self.turn_understood, turn.understood_ms),
            (&self.turn_first_audio, turn.first_audio_ms),
        ];
        for (histogram, at) in stages {
            if let Some(at) = at {
                histogram.record(at.since(turn.caller_ended_ms).as_secs_f64());
            }
        }
    }
}

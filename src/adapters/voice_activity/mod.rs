//! Judges of whether a caller is speaking.

mod onnx_weights;
mod silero;
mod trust_gate;

pub use silero::SileroJudge;
pub use trust_gate::TrustGate;

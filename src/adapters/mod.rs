//! What fills the ports: one family a port, one file a vendor.

mod address_guard;
pub mod commerce;
pub mod crm;
pub mod inference;
pub mod language_model;
pub mod messaging;
pub mod payment_link;
pub mod sentence_encoder;
pub mod signed_webhook;
pub mod speech_to_text;
mod standard_webhooks;
pub mod store;
pub mod telephony;
pub mod text_to_speech;
pub mod voice_activity;

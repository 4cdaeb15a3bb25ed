//! One trait for each thing the product needs from outside, with errors that say what to do next.

pub mod access;
pub mod commerce;
pub mod crm;
pub mod desk;
pub mod dialling;
pub mod evidence;
pub mod figures;
pub mod language_model;
pub mod messaging;
pub mod nodes;
pub mod outreach;
pub mod payment_link;
pub mod remote_records;
pub mod retention;
pub mod sentence_encoder;
pub mod shipments;
pub mod speech_to_text;
pub mod store;
pub mod telephony;
pub mod text_to_speech;
pub mod transfers;
pub mod undecided;
pub mod voice_activity;

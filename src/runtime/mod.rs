//! Tasks that run the domain against the ports in real time.

pub mod call_driver;
mod call_file;
mod caller_ear;
pub mod heartbeat;
pub mod housekeeping;
pub mod import;
mod invariant_watch;
pub mod live_calls;
mod live_feed;
pub mod media_bridge;
pub mod media_socket;
pub mod outbox;
pub mod outreach;
pub mod phrase_cache;
mod playout_queue;
pub mod reception;
pub mod recorder;
pub mod retention;
pub mod services;

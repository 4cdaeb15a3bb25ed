//! Tasks that run the domain against the ports in real time.

pub mod action_outbox;
pub mod call_driver;
pub mod call_file;
pub mod caller_ear;
pub mod commerce_poller;
pub mod dialler;
mod frame_watch;
pub mod heartbeat;
pub mod housekeeping;
pub mod import;
pub mod intake;
mod invariant_watch;
pub mod live_calls;
mod live_feed;
pub mod media_bridge;
pub mod media_socket;
mod model_asker;
pub mod model_replies;
pub mod order_news;
pub mod outbox;
pub mod outreach;
pub mod phrase_cache;
mod playout_queue;
pub mod reception;
pub mod recorder;
pub mod retention;
pub mod services;

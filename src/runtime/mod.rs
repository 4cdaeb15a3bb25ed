//! Tasks that run the domain against the ports in real time.

pub mod import;
pub mod outbox;

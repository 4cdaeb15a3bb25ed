//! Tasks that run the domain against the ports in real time.

pub mod phrase_cache;

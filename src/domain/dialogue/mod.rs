//! What is understood, what is said, and what is asked next.
pub mod identity;
pub mod understanding;

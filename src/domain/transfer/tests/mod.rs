//! Who is rung, what is said, and every way a transfer can go.

mod rules;
mod simulation;
mod texts;
mod world;

//! Speech recognition inside this process: Moonshine tiny-en with a decoder that knows what the call awaits.

mod answers;
mod audio;
mod bias;
mod codes;
mod confidence;
mod desk;
mod digit_ear;
pub(crate) mod digits;
mod network;
mod phrasing;
mod postcodes;
mod reading;
mod recogniser;
mod search;
mod stream;
mod token_tree;
mod tokenizer;
mod track;

#[cfg(test)]
pub(crate) mod testing;

pub use recogniser::EmbeddedRecogniser;

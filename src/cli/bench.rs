//! `doorstep bench`.
use std::path::Path;
use clap::Args;
use super::Failure;
#[derive(Args)]
pub struct BenchArguments {}
pub fn bench(_config: &Path, _arguments: &BenchArguments) -> Result<(), Failure> { Ok(()) }

//! `doorstep bench`.
use super::Failure;
use clap::Args;
use std::path::Path;
#[derive(Args)]
pub struct BenchArguments {}
pub fn bench(_config: &Path, _arguments: &BenchArguments) -> Result<(), Failure> {
    Ok(())
}

//! `doorstep demo`.
use doorstep::config::Settings;
use super::Failure;
pub async fn demo(_settings: Settings, _once: bool) -> Result<(), Failure> { Ok(()) }

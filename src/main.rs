//! The `doorstep` command.

mod cli;

use std::process::ExitCode;

/// What the machine's allocator does badly with many short-lived buffers, this one does well.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    // One TLS provider for the process, before anything can ask for one.
    if rustls::crypto::aws_lc_rs::default_provider().install_default().is_err() {
        return cli::fail("another TLS provider is installed already; this is a fault of the build");
    }
    cli::run()
}

//! The program `granary`.

use std::process::ExitCode;

/// Events, commands and messages are many small pieces, made by one thread and dropped by another.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    granary::run(std::env::args_os())
}

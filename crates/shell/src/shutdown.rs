//! When to stop: asked by the terminal (SIGINT) or by whoever runs us (SIGTERM).

use tokio::signal::unix::{SignalKind, signal};

/// Returns when the process is asked to stop.
///
/// # Errors
/// When signals cannot be listened for.
pub async fn asked_to_stop() -> std::io::Result<()> {
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::select! {
        _ = interrupt.recv() => tracing::info!("asked to stop by the terminal"),
        _ = terminate.recv() => tracing::info!("asked to stop"),
    }
    Ok(())
}

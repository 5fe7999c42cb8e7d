//! What every service does: settings, logs, a listener, and an orderly end.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use answers::Budget;
use shell::{Failure, Settings, Telemetry};
use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use tokio::sync::watch;
use web::{Access, Gate, Places};

use crate::cli::SettingsArgs;

/// The settings of a process: of the file that is named, or of the ledger's folder.
pub(crate) fn settings(
    dir: Option<&Path>,
    args: &SettingsArgs,
    flags: &[(&'static str, Option<String>)],
) -> Result<Settings, Failure> {
    let fallback: Option<PathBuf> = dir.map(|dir| dir.join("settings.toml"));
    let environment = |name: &str| std::env::var(name).ok();
    Settings::read(args.settings.as_deref(), fallback.as_deref(), environment, flags)
        .map_err(|error| Failure::wrong_use(error).hint("`granary settings` shows what there is"))
}

/// How much is answered at once, and what a question may take.
pub(crate) fn gate(settings: &Settings) -> Gate {
    let number = |name: &str| settings.number(&format!("questions.{name}"));
    let budget = Budget {
        events_read_max: u64::from(number("events_read_max")),
        events_kept_max: u64::from(number("events_kept_max")),
    };
    let places = |section: &str| {
        let number = |name: &str| settings.number(&format!("{section}.{name}")) as usize;
        Places { at_once: number("at_once_max"), of_asker: number("per_caller_max") }
    };
    Gate::new(places("questions"), places("exports"), places("events"), budget)
}

/// Where a service's work runs.
pub(crate) fn runtime() -> Result<Runtime, Failure> {
    Ok(tokio::runtime::Builder::new_multi_thread().enable_all().thread_name("granary").build()?)
}

/// Logs, traces and metrics.
pub(crate) fn telemetry(service: &'static str, settings: &Settings) -> Result<Arc<Telemetry>, Failure> {
    Telemetry::begin(service, settings).map(Arc::new).map_err(Failure::wrong_use)
}

/// A listener, who may come in by it, and its address.
pub(crate) async fn listen(settings: &Settings) -> Result<(TcpListener, Access, String), Failure> {
    let text = settings.text("listen");
    let listener = TcpListener::bind(text).await.map_err(|error| {
        Failure::new(format!("listen on `{text}`: {error}"))
            .hint("choose another with --listen; port 0 is any that is free")
    })?;
    let address: SocketAddr = listener.local_addr()?;
    let access = Access::new(settings.tokens(), address.ip().is_loopback());
    if settings.tokens().is_empty() && !address.ip().is_loopback() {
        return Err(Failure::wrong_use(format!("`{address}` can be reached by others, and no access is set"))
            .hint("give every party a token: `granary token --party CODE` prints the lines for settings.toml"));
    }
    if access.is_open() {
        tracing::warn!("no access is set: whoever can reach {address} on this machine is the operator");
    }
    Ok((listener, access, format!("http://{address}")))
}

/// How often it is said how much waits.
const BACKLOG_EVERY: Duration = Duration::from_secs(5);

/// Says in the metrics how many frames wait, and how many nobody could read.
pub(crate) async fn tell_backlog(bus: Arc<dyn bus::Bus>, mut stop: watch::Receiver<bool>) {
    loop {
        match bus.backlog().await {
            Ok(backlog) => {
                metrics::gauge!("granary_queue_frames").set(backlog.frames as f64);
                metrics::gauge!("granary_dead_letters").set(backlog.buried as f64);
            }
            Err(error) => tracing::debug!(%error, "backlog"),
        }
        tokio::select! {
            _ = stop.wait_for(|stop| *stop) => return,
            () = tokio::time::sleep(BACKLOG_EVERY) => {}
        }
    }
}

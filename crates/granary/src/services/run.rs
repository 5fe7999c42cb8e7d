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
use web::{Access, ByteLimits, Gate, Listeners, Places};

use super::start_up::StartUp;
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

/// A leader that has recorded nothing for longer than this, or that lets a frame wait for longer, cannot record: beside a commit
/// log it writes a record every ten seconds.
pub(crate) const SILENT_MAX: Duration = Duration::from_secs(20);

/// Where a service's work runs.
pub(crate) fn runtime() -> Result<Runtime, Failure> {
    Ok(tokio::runtime::Builder::new_multi_thread().enable_all().thread_name("granary").build()?)
}

/// Logs, traces and metrics.
pub(crate) fn telemetry(service: &'static str, settings: &Settings) -> Result<Arc<Telemetry>, Failure> {
    Telemetry::begin(service, settings).map(Arc::new).map_err(Failure::wrong_use)
}

/// Where a service listens, and who may come in.
pub(crate) struct Front {
    pub(crate) listeners: Listeners,
    pub(crate) access: Access,
    pub(crate) front: Arc<web::Front>,
    /// Its address.
    pub(crate) url: String,
    /// The token that was made for this start, where the settings have none.
    pub(crate) start_up: Option<StartUp>,
}

/// Listens. Where no token is set, one is made that only this user of this machine can read; others cannot come to such a place.
pub(crate) async fn listen(settings: &Settings) -> Result<Front, Failure> {
    let doors = bind(settings.text("listen"), "--listen").await?;
    let health = match settings.optional("health.listen") {
        Some(text) => Some(bind(text, "the setting health.listen").await?),
        None => None,
    };
    let address: SocketAddr = doors.local_addr()?;
    if settings.tokens().is_empty() && !address.ip().is_loopback() {
        return Err(Failure::wrong_use(format!("`{address}` can be reached by others, and no access is set"))
            .hint("give every party a token: `granary token --party CODE` prints the lines for settings.toml"));
    }
    let access = Access::new(settings.tokens(), settings.file()).map_err(Failure::wrong_use)?;
    let (access, start_up) = match settings.tokens().is_empty() {
        true => {
            let start_up = StartUp::make(address.port())?;
            (access.with_start_up(start_up.token()), Some(start_up))
        }
        false => (access, None),
    };
    let front = web::Front::new(settings.text("http.hosts"), settings.text("http.proxies"))
        .map_err(|proxy| Failure::wrong_use(format!("`http.proxies`: `{proxy}` is no address")))?;
    let bytes = |name: &str| u64::from(settings.number(name)) * 1_000_000;
    let limits = ByteLimits { all: bytes("http.mb_max"), of_caller: bytes("http.per_caller_mb_max") };
    let front = Arc::new(front.limited(settings.number("http.per_address_max") as usize, limits));
    Ok(Front { listeners: Listeners { doors, health }, access, front, url: format!("http://{address}"), start_up })
}

async fn bind(text: &str, by: &str) -> Result<TcpListener, Failure> {
    TcpListener::bind(text).await.map_err(|error| {
        Failure::new(format!("listen on `{text}`: {error}"))
            .hint(format!("choose another with {by}; port 0 is any that is free"))
    })
}

/// Says in the metrics what this program is, and how much room its folder's disk has.
pub(crate) async fn tell_disk(dir: Option<PathBuf>, mut stop: watch::Receiver<bool>) {
    metrics::gauge!("granary_build_info", "version" => env!("CARGO_PKG_VERSION")).set(1.0);
    let Some(dir) = dir else { return };
    loop {
        if let Ok(disk) = rustix::fs::statvfs(&dir) {
            metrics::gauge!("granary_disk_free_bytes").set((disk.f_bavail * disk.f_frsize) as f64);
        }
        tokio::select! {
            _ = stop.wait_for(|stop| *stop) => return,
            () = tokio::time::sleep(BACKLOG_EVERY) => {}
        }
    }
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

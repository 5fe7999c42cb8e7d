//! `granary ledger`, `granary ingest` and `granary projections`: the three services, each in a process of its own, on NATS.

mod folder;

use std::future::Future;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use bus::{Bus, Connection, Login, Names, Nats, Questions, Queue};
use evidence::WitnessedFiles;
use ledger::{Follower, LedgerError, Opened, Options, Service, Stages, Status};
use shell::{Exit, Failure, Settings, Telemetry};
use store::OpenOptions;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use web::{BusDoor, CommandDoor, Doors, Live, LogDoor, RelayDoor, RelayedLog};

use super::copy::Copy;
use super::run;
use super::witnesses::Witnesses;
use crate::cli::{IngestArgs, LedgerArgs, OnNats, OnNatsWithFolder};
use crate::commands::query::opening_alone as opening;
use folder::{folder, origin_of};

/// How long NATS may take until it is ready.
const CONNECT: Duration = Duration::from_secs(60);
/// How often the count of events is told.
const EVENTS_EVERY: Duration = Duration::from_secs(1);
/// How long the end may take.
const END: Duration = Duration::from_secs(20);

fn settings(dir: Option<&Path>, args: &OnNats) -> Result<Settings, Failure> {
    let flags = [("listen", args.listen.clone()), ("nats.url", args.nats.clone())];
    let settings = run::settings(dir, &args.settings, &flags)?;
    match settings.optional("nats.url") {
        Some(_) => Ok(settings),
        None => Err(Failure::wrong_use("no NATS server is named")
            .hint("name one with --nats nats://host:4222; `granary serve` needs none")),
    }
}

/// How a service, or a tool, gets in.
pub(crate) fn connection(settings: &Settings, name: &str) -> Result<Connection, Failure> {
    let names = Names::new(settings.text("nats.org"), settings.text("nats.ledger")).map_err(Failure::wrong_use)?;
    let login = match (settings.optional("nats.credentials"), settings.optional("nats.seed")) {
        (Some(file), _) => Login::Credentials(PathBuf::from(file)),
        (None, Some(file)) => Login::Seed(
            std::fs::read_to_string(file)
                .map_err(|error| Failure::new(format!("read the seed in `{file}`: {error}")))?,
        ),
        (None, None) => Login::Open,
    };
    let certificate = match (settings.optional("nats.certificate"), settings.optional("nats.key")) {
        (Some(certificate), Some(key)) => Some((PathBuf::from(certificate), PathBuf::from(key))),
        (None, None) => None,
        _ => {
            return Err(Failure::wrong_use("a certificate without its key, or a key without its certificate")
                .hint("set both nats.certificate and nats.key, or neither"));
        }
    };
    Ok(Connection {
        login,
        certificate,
        inbox: format!("_INBOX.{name}"),
        ca: settings.optional("nats.ca").map(PathBuf::from),
        name: format!("granary {name}"),
        replicas: usize::try_from(settings.number("nats.replicas"))?,
        makes_streams: settings.text("nats.makes_streams") == "yes",
        ..Connection::to(settings.text("nats.url"), names)
    })
}

async fn connect(settings: &Settings, name: &str) -> Result<Arc<Nats>, Failure> {
    let connection = connection(settings, name)?;
    // A cluster that has just started answers after a while; one that is not fit is still not after it.
    let until = tokio::time::Instant::now() + CONNECT;
    let mut told = None;
    loop {
        match Nats::connect(connection.clone()).await {
            Ok(bus) => return Ok(Arc::new(bus)),
            Err(error) if error.is_final() => {
                return Err(
                    Failure::wrong_use(error).hint("write nats.url as nats://host:4222, several divided by commas")
                );
            }
            Err(error) if tokio::time::Instant::now() > until => {
                return Err(
                    Failure::new(error).hint("see that the servers run, and `deploy/nats` for how they are set up")
                );
            }
            Err(error) => {
                let problem = shell::chain(&error);
                if told.as_ref() != Some(&problem) {
                    tracing::warn!(error = problem, "NATS is not ready yet: it is asked again for a minute");
                    told = Some(problem);
                }
                tokio::time::sleep(Duration::from_millis(500)).await;
            }
        }
    }
}

/// What a service works with while it runs.
struct Running {
    settings: Settings,
    telemetry: Arc<Telemetry>,
    bus: Arc<Nats>,
    /// Turns true when it is asked to stop.
    draining: watch::Receiver<bool>,
    /// Turns true when it is time to stop.
    stopped: watch::Receiver<bool>,
}

/// Its doors, and what has to run for them.
struct Made {
    doors: Doors,
    task: Option<JoinHandle<Result<(), LedgerError>>>,
}

impl Running {
    fn doors(&self, origin: String, access: Come) -> Doors {
        let metrics = self.telemetry.metrics();
        let bus = Arc::clone(&self.bus);
        let trouble = move |_| (!bus.is_connected()).then(|| "no connection to NATS".to_owned());
        Doors {
            live: None,
            relay: None,
            trouble: Arc::new(trouble),
            queue: None,
            log: None,
            signer: None,
            witnesses: None,
            origin,
            access: access.0,
            front: access.1,
            is_tls: false,
            sessions: web::Sessions::default(),
            questions: super::run::gate(&self.settings),
            deadline: Duration::from_millis(u64::from(self.settings.number("ingest.deadline_ms"))),
            metrics: Arc::new(move || metrics.render()),
            draining: self.draining.clone(),
            stop: self.stopped.clone(),
        }
    }
}

/// Is the ledger ready? A leader is, where it really records; who stands by is for its work, and not for writing.
fn ledger_is_ready(status: watch::Receiver<Status>) -> web::Health {
    Arc::new(move |ready_for| {
        let status = status.borrow();
        match (&status.progress, ready_for) {
            (Some(progress), _) => {
                let silent = progress.since_recorded().max(progress.oldest_frame());
                (silent > run::SILENT_MAX)
                    .then(|| format!("it leads, and has recorded nothing for {} s", silent.as_secs()))
            }
            (None, web::ReadyFor::Writing) => Some("it stands by: another one leads".to_owned()),
            (None, web::ReadyFor::Work | web::ReadyFor::Reading(_)) => {
                status.at_end.is_none().then(|| "it has not caught up with the commit log yet".to_owned())
            }
        }
    })
}

/// Is a copy ready to be asked? It is once it has caught up, also while NATS is away: its answers say how far they go.
fn copy_is_ready(end: watch::Receiver<Option<tokio::time::Instant>>, bus: Option<Arc<Nats>>) -> web::Health {
    Arc::new(move |ready_for| match ready_for {
        web::ReadyFor::Writing => match &bus {
            None => Some("it takes no commands".to_owned()),
            Some(bus) => (!bus.is_connected()).then(|| "no connection to NATS".to_owned()),
        },
        web::ReadyFor::Work | web::ReadyFor::Reading(_) => match (*end.borrow(), ready_for) {
            (None, _) => Some("it has not caught up with the commit log".to_owned()),
            (Some(at), web::ReadyFor::Reading(Some(within))) if at.elapsed() > within => {
                Some(format!("it was last at the end of the commit log {} s ago", at.elapsed().as_secs()))
            }
            _ => None,
        },
    })
}

/// Who may come in, and by which names.
type Come = (web::Access, Arc<web::Front>);

/// Runs a service until it is asked to stop.
fn service<F, W>(name: &'static str, dir: Option<&Path>, settings: Settings, make: W) -> Result<Exit, Failure>
where
    W: FnOnce(Arc<Running>, Come, String) -> F,
    F: Future<Output = Result<Made, Failure>>,
{
    let telemetry = run::telemetry(name, &settings)?;
    let runtime = run::runtime()?;
    let ran = runtime.block_on(async {
        let run::Front { listeners, access, front, url, mut start_up } = run::listen(&settings).await?;
        let starting = web::Starting::begin(&listeners, &front)?;
        let bus = connect(&settings, name).await?;
        let (drain, draining) = watch::channel(false);
        let (stop, stopped) = watch::channel(false);
        let patience = Duration::from_millis(u64::from(settings.number("http.drain_ms")));
        let running_stopped = stopped.clone();
        let running = Arc::new(Running { settings, telemetry: Arc::clone(&telemetry), bus, draining, stopped });
        let Made { doors, mut task } = make(running, (access, front), format!("{name} at {url}")).await?;
        tokio::spawn(run::tell_disk(dir.map(Path::to_owned), running_stopped));
        if let Some((start_up, dir)) = start_up.as_mut().zip(dir) {
            start_up.stand_in(dir)?;
        }
        // First: whoever hears where it is comes at once, and is not to be met by who leaves.
        starting.end().await;
        shell::say_where(&format!("{name} at {url}"), "");
        let mut http = tokio::spawn(web::serve(listeners, Arc::new(doors)));
        let work = async {
            match &mut task {
                Some(task) => task.await,
                None => std::future::pending().await,
            }
        };
        let mut ended = None;
        tokio::select! {
            asked = shell::asked_to_stop() => {
                asked?;
                drain.send_replace(true);
                tokio::time::sleep(patience).await;
            }
            work = work => ended = Some(work),
            http = &mut http => http??,
        }
        stop.send_replace(true);
        if !http.is_finished() {
            let _ = tokio::time::timeout(END, http).await;
        }
        match (ended, task) {
            (Some(ended), _) => ended??,
            (None, Some(task)) => {
                let late = || Failure::new("the service did not end in time; what was acknowledged is recorded");
                tokio::time::timeout(END, task).await.map_err(|_| late())???;
            }
            (None, None) => {}
        }
        Ok::<_, Failure>(())
    });
    runtime.shutdown_timeout(Duration::from_secs(2));
    ran.map(|()| Exit::Done)
}

/// The single writer, or a standby of it.
pub(crate) fn ledger(args: &LedgerArgs) -> Result<Exit, Failure> {
    let dir = args.dir.path().to_owned();
    let keys = args.keys.clone();
    let node = args.node.clone().unwrap_or_else(|| format!("{}-{}", dir.display(), std::process::id()));
    let at = dir.clone();
    service("ledger", Some(at.as_path()), settings(Some(&dir), &args.on)?, |running, access, holder| async move {
        let bus: Arc<dyn Bus> = running.bus.clone();
        let store = OpenOptions { holder: format!("granary {holder}"), ..OpenOptions::default() };
        let options = Options { store, quotas: super::quotas(&running.settings), ..Options::default() };
        // A standby begins with an empty folder.
        let opened = folder(&dir, &*running.bus, &options).await?;
        let origin = running.bus_origin(&opened).await?;
        drop(opened);
        give_keys(&dir, keys.as_deref())?;
        // Whoever may lead collects cosignatures for what it publishes.
        let log: Arc<dyn chain::LogFiles + Send + Sync> = match running.settings.optional("audit.policy") {
            Some(policy) => {
                Witnesses::new(&dir, Path::new(policy))?.begin(&running.stopped)?;
                Arc::new(WitnessedFiles(dir.clone()))
            }
            None => Arc::new(auditor::Folder::at(dir.join("tiles"))),
        };
        running.bus.serve(web::LEDGER, Arc::new(LogDoor(Arc::clone(&log)))).await?;
        let (told, status) = watch::channel(Status::default());
        let service = Service {
            options,
            stages: Stages::ThreadsOf(tokio::runtime::Handle::current()),
            follow: shell::follow,
            ..Service::new(dir, node, bus)
        };
        // The lease is given away at once, while HTTP still says that it stops.
        let task = tokio::spawn(service.run(running.draining.clone(), told));
        tokio::spawn(tell(status.clone(), Arc::clone(&running.bus)));
        tokio::spawn(super::run::tell_backlog(running.bus.clone(), running.stopped.clone()));
        let trouble = ledger_is_ready(status);
        Ok(Made { doors: Doors { log: Some(log), trouble, ..running.doors(origin, access) }, task: Some(task) })
    })
}

/// Whoever may lead signs checkpoints: a standby that is new is given the ledger's keys.
fn give_keys(dir: &Path, keys: Option<&Path>) -> Result<(), Failure> {
    let own = dir.join("keys");
    if own.join("log.key").exists() {
        return Ok(());
    }
    let Some(keys) = keys else {
        return Err(Failure::new(format!(
            "`{}` has not the ledger's key, without which nobody can lead",
            dir.display()
        ))
        .hint("name the ledger's folder `keys/` with --keys; `granary projections` needs none"));
    };
    let copied = std::fs::create_dir_all(&own).and_then(|()| {
        // The secret last: with it the folder is complete. A copy has the permissions of what it was copied from.
        for name in ["log.next.pub", "log.next", "log.pub", "log.key"] {
            // A next key is there during a handover only.
            if name.starts_with("log.next") && !keys.join(name).exists() {
                continue;
            }
            std::fs::copy(keys.join(name), own.join(name))?;
            std::fs::File::open(own.join(name))?.sync_all()?;
        }
        std::fs::File::open(&own)?.sync_all()
    });
    copied.map_err(|error| Failure::new(format!("copy the keys in `{}`: {error}", keys.display())))
}

/// Says in the metrics what the ledger does.
async fn tell(mut status: watch::Receiver<Status>, bus: Arc<Nats>) {
    loop {
        {
            // Not kept while we wait: it holds the log open, which a ledger that steps down opens anew.
            let now = status.borrow_and_update();
            let is_leader = now.role == ledger::Role::Leader;
            let events = now.store.as_ref().map_or(now.events, |store| store.head().size());
            metrics::gauge!("granary_ledger_leads").set(f64::from(u8::from(is_leader)));
            metrics::gauge!("granary_ledger_epoch").set(now.epoch as f64);
            metrics::gauge!("granary_ledger_events").set(events as f64);
            // None leads, none commits: of those that stand by nothing is told, so that the leader's figure is the largest.
            let (since, oldest) = now.progress.as_ref().map_or((0.0, 0.0), |progress| {
                (progress.since_recorded().as_secs_f64(), progress.oldest_frame().as_secs_f64())
            });
            metrics::gauge!("granary_last_commit_age_seconds").set(since);
            metrics::gauge!("granary_oldest_frame_seconds").set(oldest);
            metrics::gauge!("granary_clock_ahead_seconds").set(bus.clock_ahead_us() as f64 / 1e6);
            let (copies, wanted) = bus.copies();
            metrics::gauge!("granary_log_copies").set(copies as f64);
            metrics::gauge!("granary_log_copies_wanted").set(wanted as f64);
        }
        tokio::select! {
            changed = status.changed() => if changed.is_err() { return },
            () = tokio::time::sleep(EVENTS_EVERY) => {}
        }
    }
}

/// Commands in. Without a copy of the books, questions are passed on.
pub(crate) fn ingest(args: &IngestArgs) -> Result<Exit, Failure> {
    let copy = args.copy.clone();
    let at = copy.clone();
    service("ingest", at.as_deref(), settings(copy.as_deref(), &args.on)?, |running, access, holder| async move {
        let queue: Arc<dyn Queue> = running.bus.clone();
        let relay: Arc<dyn Questions> = running.bus.clone();
        let (origin, live, task, trouble) = match &copy {
            Some(dir) => {
                let Following { origin, live, task, end } = running.follow(dir, &holder).await?;
                (origin, Some(live), Some(task), Some(copy_is_ready(end, Some(Arc::clone(&running.bus)))))
            }
            None => (origin_of(&*running.bus).await?, None, None, None),
        };
        let settings = &running.settings;
        if let Some(folder) = settings.optional("ingest.drop") {
            let sides = (Arc::clone(&queue), live.clone());
            // It ends with the process: a file that is cut off is taken in again.
            super::drop::Drop::begin(Path::new(folder), settings, sides, running.stopped.clone())?;
        }
        let made = || {
            let doors = running.doors(origin.clone(), access.clone());
            Doors {
                live: live.clone(),
                queue: Some(Arc::clone(&queue)),
                relay: Some(Arc::clone(&relay)),
                log: Some(running.log()),
                trouble: trouble.clone().unwrap_or_else(|| Arc::clone(&doors.trouble)),
                ..doors
            }
        };
        running.bus.serve(web::INGEST, Arc::new(CommandDoor(Arc::new(made())))).await?;
        Ok(Made { doors: made(), task })
    })
}

/// Answers out.
pub(crate) fn projections(args: &OnNatsWithFolder) -> Result<Exit, Failure> {
    let dir = args.dir.path().to_owned();
    let at = dir.clone();
    service("projections", Some(at.as_path()), settings(Some(&dir), &args.on)?, |running, access, holder| async move {
        let Following { origin, live, task, end } = running.follow(&dir, &holder).await?;
        let door = Doors { live: Some(Arc::clone(&live)), ..running.doors(origin.clone(), access.clone()) };
        let door = Arc::new(door);
        running.bus.serve(web::SERVICE, Arc::new(BusDoor(Arc::clone(&door)))).await?;
        running.bus.serve(web::RELAY, Arc::new(RelayDoor(door))).await?;
        // A copy has not the key that signs checkpoints: the ledger's files are asked for.
        let log = Some(running.log());
        let trouble = copy_is_ready(end, None);
        let doors = Doors { live: Some(live), log, trouble, ..running.doors(origin, access) };
        Ok(Made { doors, task: Some(task) })
    })
}

/// A copy of the books that follows the ledger.
struct Following {
    origin: String,
    live: Arc<dyn Live>,
    task: JoinHandle<Result<(), LedgerError>>,
    /// When it was last at the end of the commit log.
    end: watch::Receiver<Option<tokio::time::Instant>>,
}

impl Running {
    /// The static files of the log, which the ledger has.
    fn log(&self) -> Arc<dyn chain::LogFiles + Send + Sync> {
        Arc::new(RelayedLog::new(self.bus.clone()))
    }

    /// Opens a copy, or begins one, and follows the ledger with it.
    async fn follow(&self, dir: &Path, holder: &str) -> Result<Following, Failure> {
        let store = OpenOptions { holder: format!("granary {holder}"), ..OpenOptions::default() };
        let options = Options { store, ..Options::default() };
        let opened = folder(dir, &*self.bus, &options).await?;
        let origin = self.bus_origin(&opened).await?;
        let follower = Follower::new(opened).map_err(|error| opening(dir, error))?;
        let live: Arc<dyn Live> = Arc::new(Copy::of(&follower, None));
        let end = follower.end();
        let bus: Arc<dyn Bus> = self.bus.clone();
        tokio::spawn(super::copy::tell_lag(follower.shared(), follower.position()));
        let task = tokio::spawn(ledger::follow(bus, follower, self.stopped.clone()));
        Ok(Following { origin, live, task, end })
    }

    /// Name of the ledger: a copy that is new has not read it yet.
    async fn bus_origin(&self, opened: &Opened) -> Result<String, Failure> {
        match opened.books().origin() {
            "" => origin_of(&*self.bus).await,
            origin => Ok(origin.to_owned()),
        }
    }
}

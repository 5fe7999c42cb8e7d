//! `granary serve`: ingest, ledger and projections in one process, on the bus inside it.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use bus::{Bus, Embedded, Limits, Questions, Queue};
use evidence::WitnessedFiles;
use ledger::{Follower, LedgerError, Opened, Options, Role, Service, Stages, Status};
use shell::{Exit, Failure, Settings, Telemetry};
use store::OpenOptions;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use web::{Access, BusDoor, Doors, Live};

use super::copy::Copy;
use super::run;
use super::witnesses::Witnesses;
use crate::cli::Serve;
use crate::commands::query::opening_alone as opening;

/// How long the end may take.
const END: Duration = Duration::from_secs(20);

pub(crate) fn run(args: &Serve) -> Result<Exit, Failure> {
    let dir = args.dir.path();
    let settings = run::settings(Some(dir), &args.settings, &[("listen", args.listen.clone())])?;
    let telemetry = run::telemetry("granary", &settings)?;
    let runtime = run::runtime()?;
    let served = runtime.block_on(async {
        let run::Front { listeners, access, front, url, mut start_up } = run::listen(&settings).await?;
        let starting = web::Starting::begin(&listeners, &front)?;
        let house = House::open(dir, &settings, &telemetry, (access, front), &url).await?;
        starting.end().await;
        // In one write, and never a reason to end: whoever reads the first line may read no further, and close the pipe.
        if let Some(start_up) = &mut start_up {
            start_up.stand_in(dir)?;
        }
        let key = start_up.as_ref().map_or_else(String::new, |start_up| format!("?token={}", start_up.token()));
        let said = format!("serving `{}` at {url}", dir.display());
        shell::say_where(&said, &format!("\nthe console is at {url}/{key}"));
        house.run(listeners, async { shell::asked_to_stop().await }).await
    });
    runtime.shutdown_timeout(Duration::from_secs(2));
    served.map(|()| Exit::Done)
}

/// The static files of a log.
type Files = Arc<dyn chain::LogFiles + Send + Sync>;

/// A ledger at work with its doors.
pub(crate) struct House {
    doors: Arc<Doors>,
    drain: watch::Sender<bool>,
    drain_for: Duration,
    stop_doors: watch::Sender<bool>,
    stop_ledger: watch::Sender<bool>,
    ledger: JoinHandle<Result<(), LedgerError>>,
    following: JoinHandle<Result<(), LedgerError>>,
    drop: Option<super::drop::Drop>,
}

impl House {
    /// Opens a folder and puts the ledger to work.
    pub(crate) async fn open(
        dir: &Path,
        settings: &Settings,
        telemetry: &Arc<Telemetry>,
        (access, front): (Access, Arc<web::Front>),
        url: &str,
    ) -> Result<Self, Failure> {
        let store = OpenOptions { holder: "granary serve".into(), url: Some(url.to_owned()), ..OpenOptions::default() };
        let options = Options { store, quotas: super::quotas(settings), ..Options::default() };
        let limits = Limits {
            queue_frames_max: usize::try_from(settings.number("ingest.queue_frames_max"))?,
            lease: None,
            ..Limits::default()
        };
        // Its records begin behind those of every process before: what is recorded here is then not taken for lost.
        let embedded = Arc::new(Embedded::new(limits, crate::opened_view::now().0));
        let bus: Arc<dyn Bus> = embedded.clone();
        let (stop_ledger, ledger_stopped) = watch::channel(false);
        let (told, mut status) = watch::channel(Status::default());
        let service = Service {
            options,
            stages: Stages::ThreadsOf(tokio::runtime::Handle::current()),
            follow: shell::follow,
            is_alone: true,
            // Nobody else may lead, and there is no quorum to prove.
            beat_every: None,
            ..Service::new(dir.to_owned(), "serve".into(), Arc::clone(&bus))
        };
        let mut ledger = tokio::spawn(service.run(ledger_stopped.clone(), told));
        let leads = tokio::select! {
            leads = status.wait_for(|status| status.role == Role::Leader) => leads.is_ok(),
            ended = &mut ledger => return Err(failed(dir, ended)),
        };
        let (store, finder) = {
            let status = status.borrow();
            (status.store.clone(), status.finder.clone())
        };
        let Some(store) = store.filter(|_| leads) else { return Err(failed(dir, ledger.await)) };
        let opened = tokio::task::spawn_blocking(move || Opened::beside(store)).await?;
        let follower = opened.and_then(Follower::beside).map_err(|error| opening(dir, error))?;
        let live: Arc<dyn Live> = Arc::new(Copy::of(&follower, finder));
        let copied = Arc::clone(&live);
        let origin = ledger::read(&follower.shared()).books().origin().to_owned();
        tokio::spawn(super::copy::tell_lag(follower.shared(), follower.position()));
        let following = tokio::spawn(ledger::follow(bus, follower, ledger_stopped));
        let (stop_doors, stopped) = watch::channel(false);
        let (drain, draining) = watch::channel(false);
        tokio::spawn(super::run::tell_backlog(embedded.clone(), stopped.clone()));
        tokio::spawn(super::run::tell_disk(Some(dir.to_owned()), stopped.clone()));
        let (witnesses, log) = witnessed(dir, settings, &stopped)?;
        let folder = dir.to_owned();
        let signer: web::Signer = Arc::new(move || ledger::read_signers(&folder).ok());
        let metrics = telemetry.metrics();
        let queue: Arc<dyn Queue> = embedded.clone();
        let doors = Arc::new(Doors {
            live: Some(live),
            relay: None,
            trouble: Arc::new(move |_| {
                let waits =
                    status.borrow().progress.as_ref().map_or(Duration::ZERO, |progress| progress.oldest_frame());
                (waits > run::SILENT_MAX).then(|| format!("a frame has waited {} s for the disk", waits.as_secs()))
            }),
            queue: Some(Arc::clone(&queue)),
            log: Some(log),
            signer: Some(signer),
            witnesses: witnesses.clone().map(|witnesses| -> web::Told { Arc::new(move || witnesses.status()) }),
            origin,
            access,
            front,
            is_tls: false,
            sessions: web::Sessions::default(),
            questions: super::run::gate(settings),
            deadline: Duration::from_millis(u64::from(settings.number("ingest.deadline_ms"))),
            metrics: Arc::new(move || metrics.render()),
            draining,
            stop: stopped.clone(),
        });
        embedded.serve(web::SERVICE, Arc::new(BusDoor(Arc::clone(&doors)))).await?;
        let drop = match settings.optional("ingest.drop") {
            Some(folder) => {
                Some(super::drop::Drop::begin(Path::new(folder), settings, (queue, Some(copied)), stopped)?)
            }
            None => None,
        };
        let drain_for = Duration::from_millis(u64::from(settings.number("http.drain_ms")));
        Ok(Self { doors, drain, drain_for, stop_doors, stop_ledger, ledger, following, drop })
    }

    /// Serves until `asked` says that it is time, then lets what is under way finish: doors first, the ledger last.
    pub(crate) async fn run(
        self,
        listeners: web::Listeners,
        asked: impl Future<Output = std::io::Result<()>>,
    ) -> Result<(), Failure> {
        let Self { doors, drain, drain_for, stop_doors, stop_ledger, mut ledger, mut following, drop: dropping } = self;
        let mut http = tokio::spawn(web::serve(listeners, doors));
        let mut failure = None;
        let (mut is_ledger_there, mut is_following, mut is_http_there) = (true, true, true);
        tokio::select! {
            asked = asked => {
                asked?;
                drain.send_replace(true);
                tokio::time::sleep(drain_for).await;
            }
            ended = &mut ledger => {
                is_ledger_there = false;
                failure = Some(ended_early("the ledger", ended.map(|ended| ended.map_err(Failure::from))));
            }
            ended = &mut following => {
                is_following = false;
                failure = Some(ended_early("the read side", ended.map(|ended| ended.map_err(Failure::from))));
            }
            ended = &mut http => {
                is_http_there = false;
                failure = Some(ended_early("HTTP", ended.map(|ended| ended.map_err(Failure::from))));
            }
        }
        stop_doors.send_replace(true);
        if is_http_there {
            let _ = tokio::time::timeout(END, http).await;
        }
        if let Some(dropping) = dropping {
            let _ = tokio::time::timeout(END, dropping.ended()).await;
        }
        stop_ledger.send_replace(true);
        if is_following {
            let _ = tokio::time::timeout(END, following).await;
        }
        if is_ledger_there {
            match tokio::time::timeout(END, ledger).await {
                Ok(ended) => ended??,
                Err(_) => {
                    return Err(Failure::new("the ledger did not end in time; what was acknowledged is recorded"));
                }
            }
        }
        tracing::info!("stopped");
        failure.map_or(Ok(()), Err)
    }
}

type Ended = Result<Result<(), Failure>, tokio::task::JoinError>;

fn ended_early(what: &str, ended: Ended) -> Failure {
    match ended {
        Ok(Ok(())) => Failure::new(format!("{what} ended")),
        Ok(Err(failure)) => failure,
        Err(error) => Failure::new(error),
    }
}

fn failed(dir: &Path, ended: Result<Result<(), LedgerError>, tokio::task::JoinError>) -> Failure {
    match ended {
        Ok(Err(error)) => opening(dir, error),
        Ok(Ok(())) => Failure::new("the ledger ended before it began"),
        Err(error) => Failure::new(error),
    }
}

/// Asks the witnesses of the policy, where one is set; and the static files, with what they cosigned.
fn witnessed(
    dir: &Path,
    settings: &Settings,
    stopped: &watch::Receiver<bool>,
) -> Result<(Option<Arc<Witnesses>>, Files), Failure> {
    let Some(policy) = settings.optional("audit.policy") else {
        return Ok((None, Arc::new(auditor::Folder::at(dir.join("tiles")))));
    };
    let witnesses = Witnesses::new(dir, Path::new(policy))?;
    witnesses.begin(stopped)?;
    Ok((Some(witnesses), Arc::new(WitnessedFiles(dir.to_owned()))))
}

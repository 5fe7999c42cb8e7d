//! A process of the real world: a ledger service, or a copy for readers.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use bus::{Bus, Simulated};
use ledger::{Clock, Follower, LedgerError, Opened, Options, Request, Role, Service, Stages, Status};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::Instant;

use crate::{CREATED, ORIGIN, Story};

/// What the clocks of all nodes begin with: 2026-03-10T00:00:00Z.
const START_US: i64 = 1_773_100_800_000_000;

/// A clock that goes with the simulation, and may be set wrong.
#[derive(Clone)]
pub(crate) struct SimClock {
    began: Instant,
    off_us: Arc<AtomicI64>,
}

impl Default for SimClock {
    fn default() -> Self {
        Self { began: Instant::now(), off_us: Arc::default() }
    }
}

impl Clock for SimClock {
    fn now_us(&self) -> u64 {
        let elapsed = i64::try_from(self.began.elapsed().as_micros().div_ceil(1_000) * 1_000).unwrap_or(i64::MAX);
        u64::try_from(START_US + elapsed + self.off_us.load(Ordering::Relaxed)).unwrap_or(0)
    }
}

fn options(nonce_seed: [u8; 32]) -> Options {
    Options { nonce_seed: Some(nonce_seed), ..Options::default() }
}

/// Makes the ledger that all nodes are about.
pub(crate) async fn create(dir: &Path, nonce_seed: [u8; 32]) {
    let ledger = crate::create_ledger(dir, &options(nonce_seed));
    let id = books::CommandId(uuid::Uuid::from_u128(1).into_bytes());
    let first: Request = ledger::first_command(id, ORIGIN, u64::try_from(START_US).unwrap_or(0));
    let ticket = ledger.hand_over(vec![first.into()], None).await.expect("it runs");
    ticket.answers().await.expect("the first event is recorded");
    drop(ledger);
    tokio::task::yield_now().await;
}

/// Makes a folder for a standby: the ledger's name and key, and nothing else.
pub(crate) fn join(ledger: &Path, dir: &Path) {
    copy(dir);
    std::fs::create_dir_all(dir.join("keys")).expect("a fresh folder");
    for key in ["log.key", "log.pub"] {
        std::fs::copy(ledger.join("keys").join(key), dir.join("keys").join(key)).expect("a key can be copied");
    }
}

/// Makes a folder for a copy.
pub(crate) fn copy(dir: &Path) {
    drop(Opened::create_copy(dir, ORIGIN, CREATED, &Options::default()).expect("a fresh folder takes a copy"));
}

/// See the module.
pub(crate) struct Node {
    pub(crate) name: &'static str,
    dir: PathBuf,
    pub(crate) way: Arc<bus::Node>,
    clock: SimClock,
    story: Story,
    running: Option<Running>,
    /// Down until then.
    pub(crate) down_until: Option<Instant>,
    /// Frozen until then.
    pub(crate) frozen_until: Option<Instant>,
    /// Cut off until then.
    pub(crate) cut_until: Option<Instant>,
    last: (Role, u64),
}

struct Running {
    stop: watch::Sender<bool>,
    status: watch::Receiver<Status>,
    position: Option<watch::Receiver<u64>>,
    task: JoinHandle<Result<(), LedgerError>>,
}

impl Node {
    pub(crate) fn new(name: &'static str, home: &Path, world: &Arc<Simulated>, story: &Story) -> Self {
        Self {
            name,
            dir: home.join(name),
            way: world.node(),
            clock: SimClock::default(),
            story: story.clone(),
            running: None,
            down_until: None,
            frozen_until: None,
            cut_until: None,
            last: (Role::Standby, 0),
        }
    }

    /// Is it a ledger, or a copy for readers?
    pub(crate) fn is_ledger(&self) -> bool {
        self.name != "c"
    }

    pub(crate) fn is_up(&self) -> bool {
        self.running.is_some()
    }

    /// Up, and neither frozen nor cut off.
    pub(crate) fn is_well(&self) -> bool {
        self.is_up() && self.frozen_until.is_none() && self.cut_until.is_none()
    }

    pub(crate) fn start(&mut self, nonce_seed: [u8; 32]) {
        let (stop, stopped) = watch::channel(false);
        let (told, status) = watch::channel(Status::default());
        let bus: Arc<dyn Bus> = self.way.clone();
        let (position, task) = if self.is_ledger() {
            let clock = self.clock.clone();
            let service = Service {
                stages: Stages::Tasks,
                options: options(nonce_seed),
                clock: Arc::new(move || Box::new(clock.clone())),
                in_flight_max: 4,
                ..Service::new(self.dir.clone(), self.name.to_owned(), bus)
            };
            (None, tokio::spawn(told_of(self.name, self.story.clone(), service.run(stopped, told))))
        } else {
            let opened = Opened::open(&self.dir, &Options::default()).expect("a folder opens after a crash");
            let follower = Follower::new(opened).expect("a copy goes on where it was");
            let position = follower.position();
            let following = ledger::follow(bus, follower, stopped);
            (Some(position), tokio::spawn(told_of(self.name, self.story.clone(), following)))
        };
        self.running = Some(Running { stop, status, position, task });
        self.down_until = None;
    }

    /// Ends it in the middle of whatever it does.
    pub(crate) async fn crash(&mut self, for_long: Duration) {
        if let Some(running) = self.running.take() {
            running.task.abort();
            let _ = running.task.await;
            self.down_until = Some(Instant::now() + for_long);
        }
    }

    /// Sets its clock forward or back.
    pub(crate) fn set_clock(&self, off: i64) {
        self.clock.off_us.store(off, Ordering::Relaxed);
    }

    /// Ends what is over, and says what it does now.
    pub(crate) fn check(&mut self) {
        let now = Instant::now();
        if self.frozen_until.is_some_and(|until| until <= now) {
            self.frozen_until = None;
            self.way.freeze(false);
        }
        if self.cut_until.is_some_and(|until| until <= now) {
            self.cut_until = None;
            self.way.cut_off(false);
        }
        let Some(running) = &mut self.running else { return };
        assert!(!running.task.is_finished(), "{} gave up: {}", self.name, self.story.last());
        let status = running.status.borrow().clone();
        if (status.role, status.epoch) != self.last && status.role == Role::Leader {
            self.story.tell(format_args!("{} leads in epoch {}", self.name, status.epoch));
        }
        self.last = (status.role, status.epoch);
    }

    /// Ends every fault.
    pub(crate) fn heal(&mut self, nonce_seed: [u8; 32]) {
        self.frozen_until = None;
        self.cut_until = None;
        self.way.freeze(false);
        self.way.cut_off(false);
        self.set_clock(0);
        if !self.is_up() {
            self.start(nonce_seed);
        }
    }

    /// Events recorded here, as far as it says.
    pub(crate) fn events(&self) -> u64 {
        let Some(running) = &self.running else { return 0 };
        match &running.position {
            Some(position) => *position.borrow(),
            None => {
                let status = running.status.borrow();
                status.store.as_ref().map_or(status.events, |store| store.head().size())
            }
        }
    }

    /// Stops it as an operator does.
    pub(crate) async fn stop(&mut self) {
        if let Some(running) = self.running.take() {
            running.stop.send_replace(true);
            let ended = running.task.await.expect("a node does not panic");
            assert!(ended.is_ok(), "{} stops in peace: {ended:?}", self.name);
        }
    }
}

/// Tells how a node ended.
async fn told_of(
    name: &'static str,
    story: Story,
    node: impl Future<Output = Result<(), LedgerError>>,
) -> Result<(), LedgerError> {
    let result = node.await;
    match &result {
        Ok(()) => story.tell(format_args!("{name} ends")),
        Err(error) => story.tell(format_args!("{name} ends: {error:?}")),
    }
    result
}

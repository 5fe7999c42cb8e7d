//! A ledger, its standby, a copy for readers and their clients, on one thread, with a clock that is wound by hand and a bus
//! whose faults a seed decides. The services are those that run in production; only what carries their messages, the clock
//! and chance are not. The same seed gives the same run, byte for byte.
//!
//! What is checked, after every record of the commit log and every answer (the invariants of the design, by number):
//!
//! - 1, 2, 3, 4, 5, 7: [`testkit::laws`], on books that are folded from the records alone; among them, what lies in a pool
//!   against what members may claim of it, and the parts of a call against the call;
//! - 6, 9: records stand in one order, each behind the root of the one before; whoever follows has a prefix of them;
//! - 8: an answer stands in the log with the number it gave; no id stands in it twice; in the end nothing is missing;
//! - 10: nothing panics.

mod chance;
mod checks;
mod clients;
mod faults;
mod node;

use std::fmt::Write;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

pub use bus::Broken;
use bus::{Faults, Log, Simulated};
use ledger::{Ledger, Options};
use tempfile::TempDir;
use tokio::time::Instant;

use chance::Chance;
use checks::Checks;
use clients::Client;
use node::Node;

/// How long a run is.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    /// What decides everything.
    pub seed: u64,
    /// Clients.
    pub clients: u32,
    /// Frames each client sends.
    pub frames: u32,
    /// What the server gets wrong all the time; nothing in an honest run.
    pub broken: Option<Broken>,
}

impl Plan {
    /// A run of some thousands of steps.
    #[must_use]
    pub fn of(seed: u64) -> Self {
        Self { seed, clients: 3, frames: 40, broken: None }
    }
}

/// What a run came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// What happened, a line each.
    pub story: String,
    /// Records in the commit log.
    pub records: u64,
    /// Events in them.
    pub events: u64,
    /// Commands that were answered.
    pub answered: u64,
    /// Times that a ledger began to lead.
    pub epochs: u64,
    /// Faults that struck a node or the server.
    pub faults: u64,
    /// Events that changed what is owed, promised or entitled in a shared reserve.
    pub shared: u64,
    /// Checks that held: one for each record, answer and comparison.
    pub steps: u64,
    /// Root of the log in the end, as hexadecimal digits.
    pub root: String,
}

/// The story as it is told, shared by all that happens.
#[derive(Clone)]
struct Story(Arc<Mutex<(Instant, String)>>);

impl Story {
    fn tell(&self, line: std::fmt::Arguments<'_>) {
        let mut story = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // The clock goes in whole milliseconds, from somewhere within the first.
        let at = story.0.elapsed().as_micros().div_ceil(1_000);
        let _ = writeln!(story.1, "{:>6}.{:03} {line}", at / 1_000, at % 1_000);
    }
}

impl Story {
    fn last(&self) -> String {
        let story = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        story.1.lines().last().unwrap_or_default().to_owned()
    }
}

const ORIGIN: &str = "example.org/simulation";
const CREATED: &str = "2026-03-10T00:00:00Z";

/// Runs a simulation.
///
/// # Panics
/// When an invariant is broken: the message says which, and the seed says how to see it again.
#[must_use]
pub fn run(plan: Plan) -> Report {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
    runtime.expect("a runtime without a socket").block_on(simulate(plan))
}

async fn simulate(plan: Plan) -> Report {
    let story = Story(Arc::new(Mutex::new((Instant::now(), String::new()))));
    let mut chance = Chance::new(plan.seed);
    let world = Simulated::new(chance.next(), Faults::MANY, plan.broken);
    let home = home();
    let first = home.path().join("a");
    node::create(&first, chance.seed()).await;
    node::join(&first, &home.path().join("b"));
    node::copy(&home.path().join("c"));
    let mut nodes: Vec<Node> =
        ["a", "b", "c"].into_iter().map(|name| Node::new(name, home.path(), &world, &story)).collect();
    for node in &mut nodes {
        node.start(chance.seed());
    }
    let checks = Arc::new(Mutex::new(Checks::new()));
    let mut clients: Vec<_> = (0..plan.clients)
        .map(|number| {
            let client = Client::new(number, chance.next(), world.node(), Arc::clone(&checks), story.clone());
            tokio::spawn(client.run(plan.frames))
        })
        .collect();
    let mut faults = 0;
    while !clients.iter().all(tokio::task::JoinHandle::is_finished) {
        tokio::time::sleep(Duration::from_millis(50 + chance.below(400))).await;
        lock(&checks).follow(&world.records());
        faults += u64::from(faults::strike(&mut chance, &mut nodes, &world, &checks, &story).await);
        for node in &mut nodes {
            node.check();
        }
    }
    story.tell(format_args!("the clients are done; everything heals"));
    world.set_faults(Faults::NONE);
    for node in &mut nodes {
        node.heal(chance.seed());
    }
    for client in clients.drain(..) {
        client.await.expect("a client does not panic");
    }
    settle(&world, &mut nodes, &checks).await;
    let report = lock(&checks).report();
    let report = Report { faults, ..report };
    for node in &mut nodes {
        node.stop().await;
    }
    let steps = lock(&checks).compare(home.path(), &["a", "b", "c"]);
    let story = story.0.lock().unwrap_or_else(PoisonError::into_inner).1.clone();
    Report { story, steps: report.steps + steps, ..report }
}

/// Waits until nothing is on its way any more.
async fn settle(world: &Arc<Simulated>, nodes: &mut [Node], checks: &Arc<Mutex<Checks>>) {
    let quiet = world.node();
    for _ in 0..600 {
        tokio::time::sleep(Duration::from_secs(1)).await;
        let last = quiet.last().await.unwrap_or(u64::MAX);
        lock(checks).follow(&world.records());
        let size = lock(checks).size();
        for node in &mut *nodes {
            node.check();
        }
        let is_quiet = world.queued() == 0 && last == world.records().len() as u64;
        if is_quiet && nodes.iter().all(|node| node.events() == size) {
            return;
        }
    }
    let events: Vec<u64> = nodes.iter().map(Node::events).collect();
    panic!(
        "does not come to rest: {} frames wait, nodes have {events:?} of {} events",
        world.queued(),
        lock(checks).size()
    );
}

/// In memory, where the system has such a folder: nothing here has to outlive the machine.
fn home() -> TempDir {
    let memory = std::path::Path::new("/dev/shm");
    let home = if memory.is_dir() { TempDir::new_in(memory) } else { TempDir::new() };
    home.expect("a temporary folder")
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Makes a new ledger in a folder.
fn create_ledger(dir: &std::path::Path, options: &Options) -> Ledger {
    let opened = ledger::Opened::create(dir, ORIGIN, CREATED, options).expect("a fresh folder takes a ledger");
    let leading = None;
    Ledger::start_on(opened, Box::new(node::SimClock::default()), leading, &ledger::Stages::Tasks).expect("it starts")
}

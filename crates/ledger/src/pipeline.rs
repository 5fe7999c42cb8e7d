//! Stages, a batch each: decide, seal, publish where there is a commit log beside ours, commit. Whatever arrives while one
//! sync runs shares the next.
//!
//! An answer is sent after the commit that records its event has been synced, and never earlier. When a stage fails the
//! ledger stops: nothing more is decided, and everybody who waits is told so. The static files are written on a thread of
//! their own, outside the acknowledged path.
//!
//! A stage runs on a thread of its own, or as a task of a simulation: the same code under both.

mod committing;
mod deciding;
mod publishing;
mod sealing;
mod tiles;

use std::future::Future;
use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc as sync_mpsc;
use std::thread::JoinHandle;

use books::{CommandId, PartyNo, Seq};
use bus::Frame;
use store::{Sealed, Sealer, Store};
use tokio::runtime::Handle;
use tokio::sync::{mpsc, oneshot, watch};

use crate::answer::{Answer, Asked, Request};
use crate::clock::{Clock, SystemClock};
use crate::decider::{Batch, Decider};
use crate::opened::{LedgerError, Opened, Options};
use crate::order::Order;
use crate::recorder::Recorder;
use crate::snapshot::Rides;

pub use publishing::Leading;

/// Frames that may wait to be decided.
const QUEUE_FRAMES_MAX: usize = 1_024;

type Reply = oneshot::Sender<Result<Vec<Answer>, LedgerError>>;

/// What is asked of the first stage.
enum Ask {
    /// Decide these commands; the frame they came in where it is signed, or its sender may not do all.
    Decide { asked: Vec<Asked>, frame: Option<Box<Frame>>, reply: Reply },
    /// Write a record without events to the commit log, and tell when it is there and noted here: all stages work.
    Beat { reply: oneshot::Sender<Result<Vec<Answer>, LedgerError>> },
    /// Find the event that answers a command.
    Find { id: CommandId, by: Option<PartyNo>, reply: oneshot::Sender<Result<Option<Seq>, LedgerError>> },
}

/// Who waits for a batch, and what to tell them.
type Replies = Vec<(Reply, Vec<Answer>)>;

struct Decided {
    /// A record is written even where there is no event.
    is_beat: bool,
    batch: Batch,
    orders: Vec<Order>,
    replies: Replies,
    rides: Rides,
}

struct Ready {
    is_beat: bool,
    sealed: Option<Sealed>,
    orders: Vec<Order>,
    replies: Replies,
    rides: Rides,
    /// Its place in the commit log, where there is one beside ours.
    place: Option<u64>,
}

/// Where the stages run.
#[derive(Clone, Debug, Default)]
pub enum Stages {
    /// On a thread each.
    #[default]
    Threads,
    /// On a thread each, with timers of this runtime.
    ThreadsOf(Handle),
    /// As tasks of the runtime at hand: one thread for all, for simulations. No static files are written.
    Tasks,
}

enum Stage {
    Thread(JoinHandle<()>),
    Task(tokio::task::JoinHandle<()>),
}

impl Stages {
    fn spawn(&self, name: &str, stage: impl Future<Output = ()> + Send + 'static) -> Stage {
        let thread = |run: Box<dyn FnOnce() + Send>| {
            let started = std::thread::Builder::new().name(name.into()).spawn(run);
            Stage::Thread(started.expect("the system starts a thread"))
        };
        match self {
            Self::Threads => thread(Box::new(move || futures_executor::block_on(stage))),
            Self::ThreadsOf(runtime) => {
                let runtime = runtime.clone();
                thread(Box::new(move || runtime.block_on(stage)))
            }
            Self::Tasks => Stage::Task(tokio::spawn(stage)),
        }
    }
}

/// The ledger at work: one writer, open for commands.
pub struct Ledger {
    queue: Option<mpsc::Sender<Ask>>,
    stages: Vec<Stage>,
    tiles: Option<JoinHandle<Result<(), LedgerError>>>,
    store: Arc<Store>,
    decided: watch::Receiver<u64>,
}

/// An answer that is on its way.
pub struct Ticket(oneshot::Receiver<Result<Vec<Answer>, LedgerError>>);

impl Ticket {
    /// Waits until the frame is recorded; one answer for each command, in order.
    ///
    /// # Errors
    /// When it could not be recorded: nothing is known about its commands then. Open the ledger again and ask.
    pub fn wait(self) -> Result<Vec<Answer>, LedgerError> {
        futures_executor::block_on(self.answers())
    }

    /// The same, without holding up a thread.
    ///
    /// # Errors
    /// See [`Ticket::wait`].
    pub async fn answers(mut self) -> Result<Vec<Answer>, LedgerError> {
        self.ready().await
    }

    /// The same; may be dropped while it waits, and asked again.
    pub(crate) async fn ready(&mut self) -> Result<Vec<Answer>, LedgerError> {
        (&mut self.0).await.unwrap_or(Err(LedgerError::Stopped))
    }
}

/// Finds what became of commands, beside the ledger at work.
#[derive(Clone)]
pub struct Finder(mpsc::WeakSender<Ask>);

impl Finder {
    /// The event that answers a party's command of this id, or anybody's.
    ///
    /// # Errors
    /// When the ledger has stopped, or its index of ids cannot be read.
    pub fn find(&self, id: CommandId, by: Option<PartyNo>) -> Result<Option<Seq>, LedgerError> {
        let queue = self.0.upgrade().ok_or(LedgerError::Stopped)?;
        let (reply, found) = oneshot::channel();
        futures_executor::block_on(async {
            queue.send(Ask::Find { id, by, reply }).await.map_err(|_| LedgerError::Stopped)?;
            drop(queue);
            found.await.unwrap_or(Err(LedgerError::Stopped))
        })
    }
}

impl Ledger {
    /// Makes a new ledger in a folder that holds none, and starts it.
    ///
    /// # Errors
    /// See [`Opened::create`].
    pub fn create(dir: &Path, origin: &str, created: &str, options: &Options) -> Result<Self, LedgerError> {
        let opened = Opened::create(dir, origin, created, options)?;
        let ledger = Self::start(opened, Box::new(SystemClock))?;
        let id = CommandId(uuid::Uuid::now_v7().into_bytes());
        ledger.submit(vec![first_command(id, origin, SystemClock.now_us())])?.wait()?;
        Ok(ledger)
    }

    /// Opens a ledger and starts it.
    ///
    /// # Errors
    /// See [`Opened::open`].
    pub fn open(dir: &Path, options: &Options) -> Result<Self, LedgerError> {
        Self::start(Opened::open(dir, options)?, Box::new(SystemClock))
    }

    /// Starts an opened ledger.
    ///
    /// # Errors
    /// When the system gives no randomness, or the ledger's key cannot be read.
    pub fn start(opened: Opened, clock: Box<dyn Clock>) -> Result<Self, LedgerError> {
        Self::start_on(opened, clock, None, &Stages::Threads)
    }

    /// Starts an opened ledger where its stages are to run; with `leading`, as the one writer of a commit log beside its own.
    ///
    /// # Errors
    /// See [`Ledger::start`].
    pub fn start_on(
        opened: Opened,
        clock: Box<dyn Clock>,
        leading: Option<Leading>,
        stages: &Stages,
    ) -> Result<Self, LedgerError> {
        let Opened { store, mut state, tiles, nonce_seed, quotas, history: _, recent: _ } = opened;
        // Readers look there, and none ask the ledger at work.
        state.marks = None;
        let key = Some(crate::key::read_signers(store.folder().root())?);
        let sealer = Sealer::new(&store.head().tree);
        let mut decider = Decider::new(state, Arc::clone(&store), clock, nonce_seed)?;
        decider.set_quotas(quotas);
        let (queue, asks) = mpsc::channel(QUEUE_FRAMES_MAX);
        let (frames, frames_decided) = watch::channel(0);
        let (decided, to_seal) = mpsc::channel(1);
        let (sealed, ready) = mpsc::channel(1);
        let mut running = vec![
            stages.spawn("decide", deciding::run(decider, asks, decided, frames)),
            stages.spawn("seal", sealing::run(sealer, to_seal, sealed)),
        ];
        let recorded = leading.as_ref().map(|leading| Arc::clone(&leading.log));
        let ready = match leading {
            None => ready,
            Some(leading) => {
                let (published, to_commit) = mpsc::channel(1);
                running.push(stages.spawn(
                    "publish",
                    publishing::run(leading, (store.head().size(), store.head().root()), ready, published),
                ));
                to_commit
            }
        };
        let (to_tiles, tiles) = match tiles.filter(|_| !matches!(stages, Stages::Tasks)) {
            None => (None, None),
            Some(writer) => {
                let (to_tiles, recorded) = sync_mpsc::sync_channel(64);
                let thread = std::thread::Builder::new().name("tiles".into());
                let thread = thread.spawn(move || tiles::run(writer, &recorded));
                (Some(to_tiles), Some(thread.expect("the system starts a thread")))
            }
        };
        let committing =
            committing::Committing { recorder: Recorder { store: Arc::clone(&store), key }, to_tiles, log: recorded };
        running.push(stages.spawn("commit", committing.run(ready)));
        Ok(Self { queue: Some(queue), stages: running, tiles, store, decided: frames_decided })
    }

    /// Hands a frame of commands over. Waits while the queue is full.
    ///
    /// # Errors
    /// When the ledger has stopped.
    pub fn submit(&self, requests: Vec<Request>) -> Result<Ticket, LedgerError> {
        self.submit_all(requests.into_iter().map(Asked::One).collect())
    }

    /// The same of commands, groups and trials.
    ///
    /// # Errors
    /// When the ledger has stopped.
    pub fn submit_all(&self, asked: Vec<Asked>) -> Result<Ticket, LedgerError> {
        futures_executor::block_on(self.hand_over(asked, None))
    }

    /// Hands commands over with the frame they came in, which says who may do what and is kept where it is signed; without
    /// one they are the operator's.
    ///
    /// # Errors
    /// When the ledger has stopped.
    pub async fn hand_over(&self, asked: Vec<Asked>, frame: Option<Box<Frame>>) -> Result<Ticket, LedgerError> {
        let (reply, answer) = oneshot::channel();
        let queue = self.queue.as_ref().ok_or(LedgerError::Stopped)?;
        queue.send(Ask::Decide { asked, frame, reply }).await.map_err(|_| LedgerError::Stopped)?;
        Ok(Ticket(answer))
    }

    /// Writes to the commit log that this ledger works, through all stages; answered once that is recorded.
    pub(crate) async fn beat(&self) -> Result<Ticket, LedgerError> {
        let (reply, answer) = oneshot::channel();
        let queue = self.queue.as_ref().ok_or(LedgerError::Stopped)?;
        queue.send(Ask::Beat { reply }).await.map_err(|_| LedgerError::Stopped)?;
        Ok(Ticket(answer))
    }

    /// Frames that have been decided, of those that were handed over.
    pub(crate) fn decided(&self) -> watch::Receiver<u64> {
        self.decided.clone()
    }

    /// Finds what became of commands, for as long as the ledger runs.
    ///
    /// # Errors
    /// When the ledger has stopped.
    pub fn finder(&self) -> Result<Finder, LedgerError> {
        self.queue.as_ref().map(|queue| Finder(queue.downgrade())).ok_or(LedgerError::Stopped)
    }

    /// The log.
    #[must_use]
    pub fn store(&self) -> &Arc<Store> {
        &self.store
    }

    /// Records what was handed over, brings the static files up to it, and closes the folder.
    ///
    /// # Errors
    /// When the static files could not be written; the log is safe all the same.
    pub fn close(mut self) -> Result<(), LedgerError> {
        self.stop()
    }

    fn stop(&mut self) -> Result<(), LedgerError> {
        self.queue = None;
        let mut result = Ok(());
        for stage in self.stages.drain(..) {
            match stage {
                Stage::Thread(thread) => {
                    if thread.join().is_err() {
                        result = Err(LedgerError::Stopped);
                    }
                }
                Stage::Task(task) => task.abort(),
            }
        }
        match self.tiles.take().map(JoinHandle::join) {
            Some(Ok(tiles)) => result.and(tiles),
            Some(Err(_)) => Err(LedgerError::Stopped),
            None => result,
        }
    }
}

impl Drop for Ledger {
    fn drop(&mut self) {
        if let Err(error) = self.stop() {
            tracing::error!(%error, "close the ledger");
        }
    }
}

/// The command with which every ledger begins.
#[must_use]
pub fn first_command(id: CommandId, origin: &str, now_us: u64) -> Request {
    let open = books::acts::open::Open { origin: origin.to_owned(), format: wire::event::FORMAT };
    Request::Numbered(books::Command {
        id,
        party: books::PartyNo(0),
        maker: None,
        effective: books::Moment(now_us).utc_day(),
        time: None,
        act: books::Act::Open(open),
        by: None,
    })
}

/// Folds the log into new balances, and records them: what `granary doctor` does when derived state is damaged. Returns
/// the count of events.
///
/// # Errors
/// When the log cannot be read.
pub fn rebuild_balances(dir: &Path, options: &Options) -> Result<u64, LedgerError> {
    let opened = Opened::refold(dir, options)?;
    let events = opened.state.books.head().0;
    Ledger::start(opened, Box::new(SystemClock))?.close()?;
    Ok(events)
}

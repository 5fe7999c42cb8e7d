//! The thread that seals and merges, so that deciding never waits for either.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::Pair;
use crate::bucket;
use crate::filter::Filter;
use crate::fingerprint::HashKey;
use crate::keys::Place;
use crate::limits::Limits;
use crate::merge::Merge;
use crate::run::RunFacts;
use crate::seal::{self, Made, Places};
use crate::window::Window;

/// Work for the thread. It is done in order.
pub(crate) enum Job {
    Seal {
        window: Arc<Window>,
        places: Places,
        timed: Vec<(u64, u64)>,
    },
    Merge {
        inputs: Vec<RunFacts>,
        place: Place,
    },
    /// A bucket for the merge of runs of a kind.
    Feed {
        kind: u8,
        input: usize,
        entries: Vec<bucket::Entry>,
    },
}

/// Work done.
pub(crate) enum Done {
    Sealed { places: Places, made: Made },
    Fed { pairs: Vec<Pair> },
    Merged { facts: RunFacts, filters: Vec<Filter>, pairs: Vec<Pair> },
}

/// A thread, and what goes to it and comes from it. The thread ends when this is dropped.
pub(crate) struct Worker {
    pub(crate) jobs: Sender<Job>,
    /// Behind a lock only so that what holds a worker may be read from many threads.
    done: Mutex<Receiver<Done>>,
}

impl Worker {
    pub(crate) fn start(key: HashKey, limits: Limits) -> Self {
        let (jobs, to_do) = mpsc::channel();
        let (report, done) = mpsc::channel();
        // Nobody joins it: it touches nothing but memory, and ends with the channel.
        std::thread::Builder::new()
            .name("seal ids".into())
            .spawn(move || work(&to_do, &report, key, &limits))
            .expect("the system starts a thread");
        Self { jobs, done: Mutex::new(done) }
    }

    /// The next work done; waits for it.
    pub(crate) fn wait(&self) -> Done {
        self.done().recv().expect("the thread ends with its channel")
    }

    /// The next work done, if there is any.
    pub(crate) fn try_next(&self) -> Option<Done> {
        self.done().try_recv().ok()
    }

    fn done(&self) -> MutexGuard<'_, Receiver<Done>> {
        self.done.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn work(jobs: &Receiver<Job>, report: &Sender<Done>, key: HashKey, limits: &Limits) {
    let mut merges: BTreeMap<u8, Merge> = BTreeMap::new();
    while let Ok(job) = jobs.recv() {
        let done = match job {
            Job::Seal { window, places, timed } => {
                Done::Sealed { places, made: seal::seal(&window, places, &timed, key, limits) }
            }
            Job::Merge { inputs, place } => {
                merges.insert(place.kind - 1, Merge::new(&inputs, place, limits));
                continue;
            }
            Job::Feed { kind, input, entries } => {
                let Entry::Occupied(mut merge) = merges.entry(kind) else { continue };
                let pairs = merge.get_mut().take(input, entries);
                if merge.get().is_whole() {
                    let (facts, filters, rest) = merge.remove().into_writer().finish();
                    Done::Merged { facts, filters, pairs: [pairs, rest].concat() }
                } else {
                    Done::Fed { pairs }
                }
            }
        };
        if report.send(done).is_err() {
            return;
        }
    }
}

//! The thread that seals and merges, so that deciding never waits for either.

use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, Sender};

use crate::Pair;
use crate::bucket::Entry;
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
    Seal { window: Arc<Window>, places: Places, timed: Vec<(u64, u64)> },
    Merge { inputs: Vec<RunFacts>, place: Place },
    Feed { input: usize, entries: Vec<Entry> },
    GiveUpMerge,
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
    pub(crate) done: Receiver<Done>,
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
        Self { jobs, done }
    }
}

fn work(jobs: &Receiver<Job>, report: &Sender<Done>, key: HashKey, limits: &Limits) {
    let mut merge: Option<Merge> = None;
    while let Ok(job) = jobs.recv() {
        let done = match job {
            Job::Seal { window, places, timed } => {
                Some(Done::Sealed { places, made: seal::seal(&window, places, &timed, key, limits) })
            }
            Job::Merge { inputs, place } => {
                merge = Some(Merge::new(&inputs, place, limits));
                None
            }
            Job::Feed { input, entries } => merge.take().map(|mut merging| {
                let pairs = merging.take(input, entries);
                if !merging.is_whole() {
                    merge = Some(merging);
                    return Done::Fed { pairs };
                }
                let (facts, filters, rest) = merging.into_writer().finish();
                Done::Merged { facts, filters, pairs: [pairs, rest].concat() }
            }),
            Job::GiveUpMerge => {
                merge = None;
                None
            }
        };
        if done.is_some_and(|done| report.send(done).is_err()) {
            return;
        }
    }
}

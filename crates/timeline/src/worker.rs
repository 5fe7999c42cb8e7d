//! Two threads: one sorts segments and writes runs, the other merges runs.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread::JoinHandle;

use crate::TimelineError;
use crate::merge::{Source, merge};
use crate::run::{Run, RunCursor, RunFacts};
use crate::segment::{Fresh, Segment, Sorted};
use crate::shared::{Shared, View};

/// What a thread does until its channel closes.
type Work = Box<dyn FnOnce(&Shared) -> Result<(), TimelineError> + Send>;

/// What the thread that sorts is given.
enum Given {
    /// A segment to sort; enough of them become a run.
    Segment(Arc<Fresh>),
    /// Nothing more: however few there are, they become a run.
    End,
}

/// The threads. They end when this is dropped, leaving what is half done to be done again.
pub(crate) struct Workers {
    shared: Arc<Shared>,
    to_sort: Option<Sender<Given>>,
    threads: Vec<JoinHandle<()>>,
}

impl Workers {
    pub(crate) fn start(shared: &Arc<Shared>) -> Self {
        let (to_sort, fresh) = mpsc::channel();
        let (to_merge, written) = mpsc::channel();
        let spawn = |name: &str, work: Work| {
            let shared = Arc::clone(shared);
            let run = move || {
                if let Err(error) = work(&shared) {
                    shared.fail(error);
                }
            };
            std::thread::Builder::new().name(name.into()).spawn(run).expect("the system starts a thread")
        };
        let threads = vec![
            spawn("sort timeline", Box::new(move |shared| sort_all(shared, &fresh, &to_merge))),
            spawn("merge timeline", Box::new(move |shared| merge_all(shared, &written))),
        ];
        Self { shared: Arc::clone(shared), to_sort: Some(to_sort), threads }
    }

    /// Hands a segment over. A thread that has failed takes no more; the failure is in the view.
    pub(crate) fn sort(&self, fresh: Arc<Fresh>) {
        self.give(Given::Segment(fresh));
    }

    /// Lets what was handed over become a run, however little it is.
    pub(crate) fn flush(&self) {
        self.give(Given::End);
    }

    fn give(&self, given: Given) {
        if let Some(to_sort) = &self.to_sort {
            let _ = to_sort.send(given);
        }
    }
}

impl Drop for Workers {
    fn drop(&mut self) {
        self.shared.stop.store(true, Ordering::Relaxed);
        self.to_sort = None;
        for thread in self.threads.drain(..) {
            // A panic in it has been printed; the files it wrote are in no list.
            let _ = thread.join();
        }
    }
}

fn sort_all(shared: &Shared, given: &Receiver<Given>, to_merge: &Sender<()>) -> Result<(), TimelineError> {
    while let Ok(given) = given.recv() {
        if shared.stop.load(Ordering::Relaxed) {
            return Ok(());
        }
        let count_min = match given {
            Given::Segment(fresh) => {
                sort(shared, &fresh);
                shared.limits.run_segments
            }
            Given::End => 1,
        };
        if write_run(shared, count_min)? {
            // The other thread ends only after this one, or when it failed and said so.
            let _ = to_merge.send(());
        }
    }
    Ok(())
}

fn sort(shared: &Shared, fresh: &Arc<Fresh>) {
    let sorted = Arc::new(Sorted::new(fresh));
    shared.change(|view| {
        for segment in &mut view.segments {
            if matches!(segment, Segment::Fresh(other) if Arc::ptr_eq(other, fresh)) {
                *segment = Segment::Sorted(Arc::clone(&sorted));
            }
        }
    });
}

/// Writes a run once there are enough segments.
fn write_run(shared: &Shared, count_min: usize) -> Result<bool, TimelineError> {
    let view = shared.view();
    let sorted: Vec<Arc<Sorted>> = view
        .segments
        .iter()
        .map_while(|segment| match segment {
            Segment::Sorted(sorted) => Some(Arc::clone(sorted)),
            Segment::Fresh(_) => None,
        })
        .take(shared.limits.run_segments)
        .collect();
    drop(view);
    let count = sorted.len();
    if count < count_min {
        return Ok(false);
    }
    let seqs = sorted.iter().filter_map(|sorted| sorted.seqs());
    let (first_seq, last_seq) =
        seqs.reduce(|(first, _), (_, last)| (first, last)).expect("a segment handed over is not empty");
    let facts = RunFacts { number: shared.next_number(), level: 0, first_seq, last_seq };
    let sources = sorted.iter().map(|sorted| Source::Segment { sorted, next: 0 }).collect();
    if !merge(&shared.dir, &facts, sources, &shared.stop)? {
        return Ok(false);
    }
    let run = Arc::new(Run::open(&shared.dir, facts)?);
    let change = |view: &mut View| {
        view.segments.drain(..count);
        view.runs.push(run);
    };
    shared.list(change, &[])?;
    Ok(true)
}

fn merge_all(shared: &Shared, written: &Receiver<()>) -> Result<(), TimelineError> {
    loop {
        while let Some(inputs) = choose(shared) {
            if !merge_runs(shared, &inputs)? {
                return Ok(());
            }
        }
        if written.recv().is_err() {
            return Ok(());
        }
    }
}

/// The oldest runs of a level that has enough of them. One more has to follow: what a crash may take back, because it
/// was never recorded, must not be in a large run.
fn choose(shared: &Shared) -> Option<Vec<Arc<Run>>> {
    let view = shared.view();
    let count = shared.limits.merge_runs;
    let levels = view.runs.chunk_by(|left, right| left.facts.level == right.facts.level);
    levels.rev().find(|runs| runs.len() > count && spans_little(&runs[..count])).map(|runs| runs[..count].to_vec())
}

fn spans_little(runs: &[Arc<Run>]) -> bool {
    let (first, last) = (&runs[0].facts, &runs[runs.len() - 1].facts);
    last.last_seq - first.first_seq < u64::from(u32::MAX) && first.level < u8::MAX
}

fn merge_runs(shared: &Shared, inputs: &[Arc<Run>]) -> Result<bool, TimelineError> {
    let (first, last) = (inputs[0].facts, inputs[inputs.len() - 1].facts);
    let facts = RunFacts {
        number: shared.next_number(),
        level: first.level + 1,
        first_seq: first.first_seq,
        last_seq: last.last_seq,
    };
    let sources = inputs.iter().map(|run| RunCursor::new(run).map(Source::Run)).collect::<Result<_, _>>()?;
    if !merge(&shared.dir, &facts, sources, &shared.stop)? {
        return Ok(false);
    }
    let run = Arc::new(Run::open(&shared.dir, facts)?);
    let gone: Vec<RunFacts> = inputs.iter().map(|run| run.facts).collect();
    let change = |view: &mut View| {
        let at = view.runs.iter().position(|run| run.facts == gone[0]).expect("only this thread removes runs");
        view.runs.splice(at..at + gone.len(), [run]);
    };
    shared.list(change, &gone)?;
    Ok(true)
}

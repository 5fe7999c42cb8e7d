//! What the thread that adds and asks shares with those that sort, write and merge.

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use crate::limits::Limits;
use crate::run::{Run, RunFacts};
use crate::segment::Segment;
use crate::{TimelineError, manifest};

/// All postings but those still added to. Never changed: a change makes another view.
#[derive(Clone, Default)]
pub(crate) struct View {
    /// In order of seq.
    pub(crate) runs: Vec<Arc<Run>>,
    /// In order of seq, after the runs.
    pub(crate) segments: Vec<Segment>,
    /// Why the index stopped.
    pub(crate) failure: Option<TimelineError>,
}

impl View {
    /// The last event whose postings are in runs.
    pub(crate) fn covered(&self) -> u64 {
        self.runs.last().map_or(0, |run| run.facts.last_seq)
    }
}

/// What the threads share.
pub(crate) struct Shared {
    pub(crate) dir: PathBuf,
    pub(crate) limits: Limits,
    pub(crate) stop: AtomicBool,
    next_number: AtomicU64,
    view: Mutex<Arc<View>>,
    /// A view came.
    changed: Condvar,
    /// Held while the list of runs is replaced: two threads do so.
    listing: Mutex<()>,
}

impl Shared {
    pub(crate) fn new(dir: PathBuf, limits: Limits, runs: Vec<Arc<Run>>) -> Self {
        let next_number = runs.iter().map(|run| run.facts.number + 1).max().unwrap_or(0);
        Self {
            dir,
            limits,
            stop: AtomicBool::new(false),
            next_number: AtomicU64::new(next_number),
            view: Mutex::new(Arc::new(View { runs, ..View::default() })),
            changed: Condvar::new(),
            listing: Mutex::new(()),
        }
    }

    pub(crate) fn next_number(&self) -> u64 {
        self.next_number.fetch_add(1, Ordering::Relaxed)
    }

    pub(crate) fn view(&self) -> Arc<View> {
        Arc::clone(&self.lock())
    }

    /// Makes another view.
    pub(crate) fn change(&self, change: impl FnOnce(&mut View)) {
        let mut view = self.lock();
        // Copies a list of some dozen only when somebody asks meanwhile.
        change(Arc::make_mut(&mut view));
        drop(view);
        self.changed.notify_all();
    }

    /// Waits until a view is as wanted, or the index has stopped.
    pub(crate) fn wait(&self, is_wanted: impl Fn(&View) -> bool) {
        let view = self.lock();
        let waited = self.changed.wait_while(view, |view| view.failure.is_none() && !is_wanted(view));
        drop(waited.unwrap_or_else(PoisonError::into_inner));
    }

    /// Makes another list of runs, writes it, and removes the files of those that are gone.
    pub(crate) fn list(&self, change: impl FnOnce(&mut View), gone: &[RunFacts]) -> Result<(), TimelineError> {
        let _listing = self.listing.lock().unwrap_or_else(PoisonError::into_inner);
        self.change(change);
        manifest::write(&self.dir, self.view().runs.iter().map(|run| run.facts))?;
        for run in gone {
            for path in [run.main_path(&self.dir), run.stray_path(&self.dir)] {
                std::fs::remove_file(&path).map_err(|error| TimelineError::at(&path, error))?;
            }
        }
        Ok(())
    }

    pub(crate) fn fail(&self, error: TimelineError) {
        self.change(|view| {
            view.segments.clear();
            view.failure = Some(error);
        });
    }

    fn lock(&self) -> MutexGuard<'_, Arc<View>> {
        self.view.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

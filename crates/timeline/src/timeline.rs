//! The index as its user sees it.

use std::path::Path;
use std::sync::Arc;

use crate::TimelineError;
use crate::limits::Limits;
use crate::manifest;
use crate::row::{Posting, Row, Sums, add};
use crate::run::Run;
use crate::segment::{Fresh, Segment, Sorted};
use crate::shared::Shared;
use crate::worker::Workers;

/// The history of all accounts by two times.
pub struct Timeline {
    shared: Arc<Shared>,
    /// Those who sort, write and merge; none where it was opened to be read.
    workers: Option<Workers>,
    open: Fresh,
    last_seq: u64,
    /// Nothing of what the runs say beyond this event is told.
    runs_end: u64,
}

impl Timeline {
    /// Opens the index in its folder, which it creates; forgets what lies beyond the head of the log.
    ///
    /// # Errors
    /// When the folder cannot be read or written, or is damaged: then [`Timeline::remove`] it and open it again.
    pub fn open(dir: &Path, head_seq: u64) -> Result<Self, TimelineError> {
        Self::open_with(dir, head_seq, Limits::default())
    }

    pub(crate) fn open_with(dir: &Path, head_seq: u64, limits: Limits) -> Result<Self, TimelineError> {
        std::fs::create_dir_all(dir).map_err(|error| TimelineError::at(dir, error))?;
        let mut facts = manifest::read(dir)?;
        let valid = facts.iter().take_while(|run| run.last_seq <= head_seq).count();
        if valid < facts.len() {
            facts.truncate(valid);
            manifest::write(dir, facts.iter().copied())?;
        }
        manifest::sweep(dir, &facts)?;
        let open = |facts: &_| Run::open(dir, *facts).map(Arc::new);
        let runs = facts.iter().map(open).collect::<Result<_, _>>()?;
        let shared = Arc::new(Shared::new(dir.to_owned(), limits, runs));
        let workers = Some(Workers::start(&shared));
        Ok(Self { shared, workers, open: Fresh::default(), last_seq: 0, runs_end: u64::MAX })
    }

    /// Opens the index to read what it has up to an event, also beside a process that writes it. Nothing is written: what
    /// is added stays in memory.
    ///
    /// The log must have reached that event before this is called: what the files say of an event that was taken back is
    /// gone from them before the log goes on.
    ///
    /// # Errors
    /// When a file cannot be read or is damaged.
    pub fn read(dir: &Path, end: u64) -> Result<Self, TimelineError> {
        Self::read_with(dir, end, Limits::default())
    }

    pub(crate) fn read_with(dir: &Path, end: u64, limits: Limits) -> Result<Self, TimelineError> {
        let mut facts = manifest::read(dir)?;
        let runs = loop {
            let told = facts.iter().take_while(|run| run.first_seq <= end);
            let runs: Result<Vec<_>, _> = told.map(|facts| Run::open(dir, *facts).map(Arc::new)).collect();
            // Runs are merged and files removed while they are opened, and a number may come again once a crash has
            // taken its run back: only those of a list that is still there are the ones it names.
            let now = manifest::read(dir)?;
            if now == facts {
                break runs?;
            }
            facts = now;
        };
        let shared = Arc::new(Shared::new(dir.to_owned(), limits, runs));
        Ok(Self { shared, workers: None, open: Fresh::default(), last_seq: 0, runs_end: end })
    }

    /// Removes the index. It is derived: what the log says can be added again.
    ///
    /// # Errors
    /// When the folder is there and cannot be removed.
    pub fn remove(dir: &Path) -> Result<(), TimelineError> {
        match std::fs::remove_dir_all(dir) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(TimelineError::at(dir, error)),
            _ => Ok(()),
        }
    }

    /// Postings of events up to here are in files; those of later events must be added again after opening.
    #[must_use]
    pub fn covered(&self) -> u64 {
        self.shared.view().covered().min(self.runs_end)
    }

    /// Adds a posting. They come in order of seq, all of one event before those of the next, and none of an event that
    /// is covered.
    ///
    /// Waits when more are added than can be written. After a failure, which [`Timeline::at`] reports, it does nothing.
    pub fn add(&mut self, posting: Posting) {
        if self.open.count() >= self.shared.limits.segment_postings && posting.seq != self.last_seq {
            self.end_segment();
        }
        self.last_seq = posting.seq;
        self.open.push(posting);
    }

    fn end_segment(&mut self) {
        let capacity = self.shared.limits.segment_postings + 64;
        let fresh = Arc::new(std::mem::replace(&mut self.open, Fresh::with_capacity(capacity)));
        let Some(workers) = &self.workers else {
            let sorted = Segment::Sorted(Arc::new(Sorted::new(&fresh)));
            return self.shared.change(|view| view.segments.push(sorted));
        };
        self.shared.wait(|view| view.segments.len() < self.shared.limits.segments_max);
        self.shared.change(|view| {
            if view.failure.is_none() {
                view.segments.push(Segment::Fresh(Arc::clone(&fresh)));
            }
        });
        workers.sort(fresh);
    }

    /// Puts all that was added into files, however little it is, so that none of it has to be added again.
    ///
    /// # Errors
    /// When they cannot be written.
    pub fn flush(&mut self) -> Result<(), TimelineError> {
        if self.open.count() > 0 {
            self.end_segment();
        }
        if let Some(workers) = &self.workers {
            workers.flush();
            self.shared.wait(|view| view.segments.is_empty());
            self.settle();
        }
        self.shared.view().failure.clone().map_or(Ok(()), Err)
    }

    /// Sums of an account at the end of a day, as known after an event: on hand, encumbered and blocked, in accounting
    /// units.
    ///
    /// # Errors
    /// When a file cannot be read or is damaged, or when the index could not be written earlier.
    pub fn at(&self, account: u32, day: i32, known_at: u64) -> Result<[i64; 3], TimelineError> {
        let view = self.shared.view();
        if let Some(failure) = &view.failure {
            return Err(failure.clone());
        }
        let mut sums: Sums = [0; 3];
        let in_runs = known_at.min(self.runs_end);
        for run in view.runs.iter().take_while(|run| run.facts.first_seq <= in_runs) {
            add(&mut sums, run.at(account, day, in_runs)?);
        }
        for segment in &view.segments {
            add(&mut sums, segment.sum(account, day, known_at));
        }
        add(&mut sums, self.open.sum(account, day, known_at));
        Ok(sums)
    }

    /// The days on which an account changes and its sums at the end of each, as known after an event, by day. Its time grows
    /// with the account's history, about 10 ns a posting, and not with that of the ledger.
    ///
    /// # Errors
    /// See [`Timeline::at`].
    pub fn days(&self, account: u32, known_at: u64) -> Result<Vec<(i32, [i64; 3])>, TimelineError> {
        let mut days: Vec<(i32, Sums)> = Vec::new();
        self.visit(account, known_at, |row| match days.last_mut() {
            Some((day, change)) if *day == row.day => add(change, row.change),
            _ => days.push((row.day, row.change)),
        })?;
        days.sort_by_key(|(day, _)| *day);
        let mut sums = [0; 3];
        days = days
            .chunk_by(|left, right| left.0 == right.0)
            .map(|of_day| {
                of_day.iter().for_each(|(_, change)| add(&mut sums, *change));
                (of_day[0].0, sums)
            })
            .collect();
        Ok(days)
    }

    /// Calls `each` with the event and the day of every change of an account known at an event, in no order. Its time grows
    /// with the account's history, and not with that of the ledger.
    ///
    /// # Errors
    /// See [`Timeline::at`].
    pub fn changes(&self, account: u32, known_at: u64, mut each: impl FnMut(u64, i32)) -> Result<(), TimelineError> {
        self.visit(account, known_at, |row| each(row.seq, row.day))
    }

    /// Calls `each` with every posting of an account known at an event, in no order.
    fn visit(&self, account: u32, known_at: u64, mut each: impl FnMut(&Row)) -> Result<(), TimelineError> {
        let view = self.shared.view();
        if let Some(failure) = &view.failure {
            return Err(failure.clone());
        }
        for run in &view.runs {
            run.visit(account, known_at.min(self.runs_end), &mut each)?;
        }
        let mut known = |row: &Row| {
            if row.seq <= known_at {
                each(row);
            }
        };
        for segment in &view.segments {
            match segment {
                Segment::Fresh(fresh) => fresh.visit(account, &mut known),
                Segment::Sorted(sorted) => sorted.rows(account).iter().for_each(&mut known),
            }
        }
        self.open.visit(account, &mut known);
        Ok(())
    }

    /// Waits until as much as possible is in files; for tests and measurements.
    #[doc(hidden)]
    pub fn settle(&self) {
        let Limits { run_segments, merge_runs, .. } = self.shared.limits;
        self.shared.wait(|view| {
            let is_written = view.segments.len() < run_segments;
            let is_sorted = view.segments.iter().all(|segment| matches!(segment, Segment::Sorted(_)));
            let levels = view.runs.chunk_by(|left, right| left.facts.level == right.facts.level);
            is_written && is_sorted && levels.into_iter().all(|runs| runs.len() <= merge_runs)
        });
    }
}

#[cfg(test)]
mod tests;

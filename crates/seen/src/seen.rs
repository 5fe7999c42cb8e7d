//! The index as its user sees it.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use crate::fingerprint::{HashKey, fingerprint};
use crate::keys::{Place, TIMED, UNTIMED};
use crate::limits::{
    FED_VALUES_MAX, FED_VALUES_PER_TICK, FILTER_IDLE_FINDS_MAX, FINDS_PER_TICK, Limits, UNTAKEN_BYTES_MAX,
    WINDOWS_WAITING_MAX,
};
use crate::manifest::Manifest;
use crate::merge::{self, Fed, Feed};
use crate::pending::{Pending, Reader};
use crate::run::RunFacts;
use crate::runs::Runs;
use crate::seal::{MadeRun, Places};
use crate::window::Window;
use crate::worker::{Done, Job, Worker};
use crate::{IsIt, Kept, Pair, SeenError};

/// The ids of all commands, with the leaf index of the event that answers each.
pub struct Seen {
    limits: Limits,
    key: HashKey,
    /// None before the first id.
    open: Option<Window>,
    /// Full windows, the oldest first. The newest stays after it is sealed: most ids that come again come soon.
    full: VecDeque<Arc<Window>>,
    /// The runs made of the windows that are sealed: asked once the window leaves.
    made: VecDeque<Vec<MadeRun>>,
    runs: Runs,
    covered: u64,
    next_generation: u64,
    /// Places that hold a run, and those of runs that are being made.
    used: Vec<Place>,
    /// Places that are free once this many pairs are kept.
    retired: VecDeque<(u64, Place)>,
    pending: Pending,
    /// The merges that run, by the kind of their runs: a long one must not hold up the short ones.
    merging: BTreeMap<u8, Feed>,
    fed_count: usize,
    is_merging_stopped: bool,
    worker: Option<Worker>,
}

impl Seen {
    /// Opens the index: what is kept, and the leaf index from which ids must be inserted again from the log.
    ///
    /// Its time does not grow with history: what is kept is checked when it is used. Where the newest list of runs is
    /// damaged, an older one is checked as a whole.
    ///
    /// # Errors
    /// When what is kept cannot be read. Damage is no error: what is damaged must be inserted again.
    pub fn open(kept: &dyn Kept) -> Result<(Self, u64), SeenError> {
        Self::open_with(kept, Limits::default(), false)
    }

    /// Opens the index after reading all that is kept (about a second for 100 million ids): what is damaged is left
    /// out, and its ids must be inserted again. To be called after [`Seen::find`] reported damage.
    ///
    /// # Errors
    /// See [`Seen::open`].
    pub fn open_verified(kept: &dyn Kept) -> Result<(Self, u64), SeenError> {
        Self::open_with(kept, Limits::default(), true)
    }

    pub(crate) fn open_with(kept: &dyn Kept, limits: Limits, verify: bool) -> Result<(Self, u64), SeenError> {
        let (newest, next_generation) = Manifest::newest(kept)?;
        let (manifest, verify) = match newest {
            Some(newest) => (newest.manifest, verify || newest.is_older),
            None => (Manifest { generation: 0, key: HashKey::draw(), covered: 0, runs: Vec::new() }, false),
        };
        let Manifest { key, covered, runs: listed, .. } = manifest;
        let pending = Pending::default();
        let reader = Reader { pending: &pending, kept };
        let is_damaged = |run: &&RunFacts| verify && !is_whole(run, &reader);
        let covered = listed.iter().filter(is_damaged).map(|run| run.first_leaf).fold(covered, u64::min);
        let mut runs = Runs::default();
        // The place of a run that is left out stays taken: until a new list is kept, the old one is in force.
        let used = listed.iter().map(|run| run.place).collect();
        // A run that begins at or after the leaf from which ids come again holds nothing else.
        for run in listed.into_iter().filter(|run| run.first_leaf < covered) {
            runs.push(run, Vec::new());
        }
        let seen = Self {
            limits,
            key,
            open: None,
            full: VecDeque::new(),
            made: VecDeque::new(),
            runs,
            covered,
            next_generation,
            used,
            retired: VecDeque::new(),
            pending,
            merging: BTreeMap::new(),
            fed_count: 0,
            is_merging_stopped: false,
            worker: None,
        };
        Ok((seen, covered))
    }

    /// The leaf index of the event that answers an id. `is_it` tells whether the event at a leaf index is the one that is looked
    /// for: it has this id, and came from the sender that asks. The same id of two senders stands for two commands.
    ///
    /// # Errors
    /// When what is kept cannot be read or is damaged where the id might be ([`Seen::open_verified`] leaves it out), or
    /// when `is_it` fails.
    pub fn find(&mut self, kept: &dyn Kept, id: [u8; 16], is_it: IsIt<'_>) -> Result<Option<u64>, SeenError> {
        self.runs.filter_use.finds += 1;
        if self.runs.filter_use.finds.is_multiple_of(FINDS_PER_TICK) {
            self.tick(kept)?;
        }
        let hash = self.key.hash(&id);
        for window in self.open.iter().chain(self.full.iter().rev().map(|window| &**window)) {
            if let Some(leaf) = window.find(&id, hash, is_it)? {
                return Ok(Some(leaf));
            }
        }
        let fingerprint = fingerprint(hash, self.limits.fingerprint_bits_cut);
        let reader = Reader { pending: &self.pending, kept };
        self.runs.find(&id, fingerprint, &reader, is_it)
    }

    /// Notes an id. Leaf indices come in order, without gaps.
    pub fn insert(&mut self, id: [u8; 16], leaf_index: u64) {
        let ids_max = self.limits.window_ids;
        let hash = self.key.hash(&id);
        let open = self.open.get_or_insert_with(|| Window::new(ids_max));
        if !open.insert(id, hash, leaf_index) {
            self.seal_open();
            return self.insert(id, leaf_index);
        }
        if open.ids().len() >= ids_max {
            self.seal_open();
        }
    }

    /// Pairs to be written with the next commit, up to about `bytes_max` bytes and one pair more. Keys begin with the
    /// index tag 0x04, values are at most 6 KB.
    ///
    /// They must be kept in the order in which they are taken, all of one call or none. They describe ids inserted
    /// before.
    pub fn take_pairs(&mut self, bytes_max: usize) -> Vec<Pair> {
        self.collect();
        self.pending.take(bytes_max)
    }

    fn seal_open(&mut self) {
        while self.full.len() - self.made.len() >= WINDOWS_WAITING_MAX {
            let done = self.worker().wait();
            self.take_done(done);
        }
        self.collect();
        let next = self.spare_window();
        let Some(window) = std::mem::replace(&mut self.open, next).map(Arc::new) else { return };
        let places = Places { timed: self.place(TIMED), untimed: self.place(UNTIMED) };
        let timed = self.runs.timed_ranges();
        self.full.push_back(Arc::clone(&window));
        self.send(Job::Seal { window, places, timed });
    }

    /// An empty window, made of one that is sealed where there is one: fresh memory costs more than clearing.
    fn spare_window(&mut self) -> Option<Window> {
        let mut window = self.drop_sealed().and_then(Arc::into_inner)?;
        window.clear();
        Some(window)
    }

    /// Lets the runs of the oldest sealed window answer in its place.
    fn drop_sealed(&mut self) -> Option<Arc<Window>> {
        for (facts, filters) in self.made.pop_front()? {
            self.runs.push(facts, filters);
        }
        self.full.pop_front()
    }

    /// The lowest free place of a kind.
    fn place(&mut self, kind: u8) -> Place {
        let is_free = |slot: &u32| !self.used.contains(&Place { kind, slot: *slot });
        let slot = (0..).find(is_free).expect("there are more slots than runs");
        let place = Place { kind, slot };
        self.used.push(place);
        place
    }

    fn worker(&mut self) -> &Worker {
        self.worker.get_or_insert_with(|| Worker::start(self.key, self.limits))
    }

    fn send(&mut self, job: Job) {
        self.worker().jobs.send(job).expect("the thread ends with its channel");
    }

    /// Takes over what the thread has done.
    fn collect(&mut self) {
        while let Some(done) = self.worker.as_ref().and_then(|worker| worker.try_next()) {
            self.take_done(done);
        }
    }

    fn take_done(&mut self, done: Done) {
        match done {
            Done::Sealed { places, made } => {
                self.pending.push(made.pairs);
                let is_made = |place: Place| made.runs.iter().any(|(facts, _)| facts.place == place);
                let unused = [places.timed, places.untimed].into_iter().filter(|place| !is_made(*place));
                self.used.retain(|place| !unused.clone().any(|unused| unused == *place));
                self.covered = self.full[self.made.len()].end_leaf();
                self.made.push_back(made.runs);
                self.list();
                while self.made.len() > 1 {
                    self.drop_sealed();
                }
            }
            Done::Fed { pairs } => {
                self.fed_count -= 1;
                self.pending.push(pairs);
            }
            Done::Merged { facts, filters, pairs } => {
                self.fed_count -= 1;
                self.pending.push(pairs);
                let merged = self.merging.remove(&(facts.place.kind - 1)).map(|feed| feed.inputs).unwrap_or_default();
                self.runs.replace(&merged, facts, filters);
                self.list();
                let kept_count = self.pending.pushed_count();
                self.retired.extend(merged.into_iter().map(|run| (kept_count, run.place)));
            }
        }
    }

    /// Writes a new list of runs.
    fn list(&mut self) {
        let made = self.made.iter().flatten().map(|(facts, _)| facts);
        let runs = self.runs.facts().chain(made).cloned().collect();
        let manifest = Manifest { generation: self.next_generation, key: self.key, covered: self.covered, runs };
        self.next_generation += 1;
        self.pending.push(manifest.pairs());
    }

    /// Housekeeping, now and then.
    fn tick(&mut self, kept: &dyn Kept) -> Result<(), SeenError> {
        self.collect();
        self.pending.confirm(kept)?;
        while let Some((kept_count, place)) = self.retired.front()
            && *kept_count <= self.pending.kept_count()
        {
            self.used.retain(|used| used != place);
            self.retired.pop_front();
        }
        if self.runs.filter_use.finds.is_multiple_of(FILTER_IDLE_FINDS_MAX / 4) {
            self.runs.forget_idle_filters();
        }
        self.merge_on(kept);
        Ok(())
    }

    /// Begins merges that are due, and feeds the shortest of those that run.
    fn merge_on(&mut self, kept: &dyn Kept) {
        if self.is_merging_stopped {
            return;
        }
        let idle = self.runs.facts().filter(|run| !self.merging.contains_key(&run.place.kind));
        if let Some(inputs) = merge::choose(idle, &self.limits) {
            let kind = inputs[0].place.kind;
            let place = self.place(kind + 1);
            self.merging.insert(kind, Feed::new(inputs.clone()));
            self.send(Job::Merge { inputs, place });
        }
        for _ in 0..FED_VALUES_PER_TICK {
            if self.fed_count >= FED_VALUES_MAX || self.pending.untaken_bytes() >= UNTAKEN_BYTES_MAX {
                return;
            }
            let reader = Reader { pending: &self.pending, kept };
            let fed = self.merging.iter_mut().find_map(|(kind, feed)| Some((*kind, feed.read(&reader)?)));
            let Some((kind, Fed { input, entries })) = fed else { return };
            match entries {
                Ok(entries) => {
                    self.fed_count += 1;
                    self.send(Job::Feed { kind, input, entries });
                }
                // The runs stay as they are: whoever looks up an id in the damaged bucket is told.
                Err(_) => {
                    self.is_merging_stopped = true;
                    return;
                }
            }
        }
    }

    /// Waits until the thread has nothing to do; for tests and measurements.
    #[doc(hidden)]
    pub fn settle(&mut self) {
        while self.full.len() > self.made.len() || self.fed_count > 0 {
            let done = self.worker().wait();
            self.take_done(done);
        }
    }
}

/// Can every bucket of a run be read?
fn is_whole(run: &RunFacts, reader: &Reader<'_>) -> bool {
    let mut count = 0;
    let is_read = (0..run.bucket_count).all(|bucket| run.read_bucket(bucket, reader, |_| count += 1).is_ok());
    is_read && count == run.id_count
}

#[cfg(test)]
mod tests;

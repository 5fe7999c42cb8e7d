//! What is checked after every step, on books that are folded from the records of the commit log alone.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use books::{Books, Seq};
use bytes::Bytes;
use chain::{Frontier, Hash, leaf_hash};
use ledger::{Opened, Options, Record};
use testkit::{Model, laws};
use uuid::Uuid;

use crate::Report;

/// See the module.
pub(crate) struct Checks {
    books: Books,
    model: Model,
    tree: Frontier,
    /// Every event, and the root after it.
    log: Vec<(Vec<u8>, Hash)>,
    records: u64,
    epoch: u64,
    epochs: u64,
    /// Which event answers which command.
    events: BTreeMap<[u8; 16], u64>,
    sent: BTreeSet<[u8; 16]>,
    /// Accepted acts on shared reserves.
    shared: u64,
    /// What answers said.
    answers: BTreeMap<[u8; 16], (String, Option<u64>)>,
    steps: u64,
}

impl Checks {
    pub(crate) fn new() -> Self {
        Self {
            books: Books::new(),
            model: Model::default(),
            tree: Frontier::default(),
            log: Vec::new(),
            records: 0,
            epoch: 0,
            epochs: 0,
            events: BTreeMap::new(),
            sent: BTreeSet::new(),
            shared: 0,
            answers: BTreeMap::new(),
            steps: 0,
        }
    }

    pub(crate) fn size(&self) -> u64 {
        self.tree.size()
    }

    /// Folds the records that have come.
    pub(crate) fn follow(&mut self, records: &[Bytes]) {
        let known = usize::try_from(self.records).unwrap_or(usize::MAX);
        assert!(records.len() >= known, "the commit log does not shrink");
        for bytes in &records[known..] {
            self.records += 1;
            self.record(&Record::read(bytes).expect("of this version").expect("every record can be read"));
        }
        self.acknowledged_is_recorded();
    }

    fn record(&mut self, record: &Record) {
        let place = self.records;
        assert!(record.epoch >= self.epoch, "record {place}: nobody writes in an epoch that is over");
        self.epochs += u64::from(record.epoch > self.epoch);
        self.epoch = record.epoch;
        assert!(record.first <= self.tree.size(), "record {place} leaves no gap");
        assert_eq!(
            record.root_before,
            self.root_at(record.first),
            "record {place} was decided on what stands before it"
        );
        for (index, entry) in (record.first..).zip(store::bundle_entries(&record.bundle)) {
            if let Some((known, _)) = self.log.get(usize::try_from(index).unwrap_or(usize::MAX)) {
                assert_eq!(known, entry, "record {place}: what was lost is written again as it was");
                continue;
            }
            let event = wire::event::decode(entry).expect("every event can be read");
            self.tree.append(leaf_hash(entry));
            self.log.push((entry.to_vec(), self.tree.root()));
            let seq = Seq(self.tree.size());
            let earlier = self.events.insert(event.id.0, seq.0);
            assert_eq!(earlier, None, "event {seq}: a command is recorded once");
            assert!(event.recorded_at > self.books.recorded_at(), "event {seq}: recorded time grows");
            self.books.apply(&event);
            self.model.add(seq, &event);
            laws::check_touched(&self.books, &self.model, &event);
            self.shared += u64::from(event.tallied.is_some());
        }
        assert_eq!(record.root, self.root_at(record.end()), "record {place} says the root that follows from it");
        self.steps += 1;
    }

    /// Root of the log over its first events.
    fn root_at(&self, size: u64) -> Hash {
        let last = usize::try_from(size).ok().and_then(|size| size.checked_sub(1));
        last.map_or_else(|| Frontier::default().root(), |last| self.log[last].1)
    }

    /// The log lost its last records.
    pub(crate) fn lost(&mut self, count: u64) {
        self.records -= count;
        // With the record that began an epoch, the log forgets that the one before is over.
        self.epoch = 0;
    }

    pub(crate) fn sent(&mut self, commands: &[String]) {
        self.sent.extend(commands.iter().filter_map(|command| id_of(command)));
    }

    /// Takes an answer down; says how many verdicts it holds.
    pub(crate) fn answered(&mut self, answer: &[u8]) -> usize {
        let text = std::str::from_utf8(answer).expect("an answer is text");
        let mut count = 0;
        for line in text.lines() {
            count += 1;
            let verdict: serde_json::Value = serde_json::from_str(line).expect("a verdict is JSON");
            let outcome = verdict["outcome"].as_str().expect("a verdict has an outcome").to_owned();
            let Some(id) = id_of(line).filter(|_| outcome != "invalid") else { continue };
            let seq = verdict["seq"].as_u64();
            let first = self.answers.entry(id).or_insert((outcome.clone(), seq));
            assert_eq!(first.1, seq, "the same command is answered the same");
            let is_yes = |outcome: &str| outcome != "refused";
            assert_eq!(is_yes(&first.0), is_yes(&outcome), "the same command is answered the same");
            self.steps += 1;
        }
        count
    }

    fn acknowledged_is_recorded(&self) {
        for (id, (_, seq)) in &self.answers {
            if let Some(seq) = seq {
                assert_eq!(self.events.get(id), Some(seq), "what was acknowledged is recorded, where it says");
            }
        }
    }

    pub(crate) fn report(&self) -> Report {
        laws::check_all(&self.books, &self.model);
        for id in &self.sent {
            assert!(self.answers.contains_key(id), "every command is answered in the end");
        }
        Report {
            story: String::new(),
            records: self.records,
            events: self.tree.size(),
            answered: self.answers.len() as u64,
            epochs: self.epochs,
            faults: 0,
            steps: self.steps,
            shared: self.shared,
            root: self.tree.root().iter().map(|byte| format!("{byte:02x}")).collect(),
        }
    }

    /// Compares what every node has on disk with the records; says how many comparisons held.
    pub(crate) fn compare(&self, home: &Path, names: &[&str]) -> u64 {
        for name in names {
            let opened = Opened::open(&home.join(name), &Options::default()).expect("a folder opens in the end");
            assert_eq!(opened.store().head().root(), self.tree.root(), "{name} has the same log");
            let (found, wanted) = (opened.books().accounts(), self.books.accounts());
            assert_eq!(found.len(), wanted.len(), "{name} has the same accounts");
            for (found, wanted) in found.iter().zip(wanted) {
                assert_eq!(found.days.latest(), wanted.days.latest(), "{name} has the same balances");
            }
        }
        names.len() as u64
    }
}

fn id_of(command: &str) -> Option<[u8; 16]> {
    let command: serde_json::Value = serde_json::from_str(command).ok()?;
    Uuid::parse_str(command["id"].as_str()?).ok().map(Uuid::into_bytes)
}

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};

use proptest::prelude::*;

use super::*;
use crate::id::Id;
use crate::limits::FINGERPRINT_BITS;

/// Kept pairs, in memory.
#[derive(Clone, Default)]
struct Pairs(RefCell<BTreeMap<Vec<u8>, Vec<u8>>>);

impl Pairs {
    fn write(&self, pairs: Vec<Pair>) {
        for (key, value) in pairs {
            assert!(key[0] == 4 && value.len() <= 6 * 1024);
            self.0.borrow_mut().insert(key, value);
        }
    }
}

impl Kept for Pairs {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, SeenError> {
        Ok(self.0.borrow().get(key).cloned())
    }

    fn range(&self, from: &[u8], to: &[u8], count: usize) -> Result<Vec<Pair>, SeenError> {
        let pairs = self.0.borrow();
        let range = pairs.range(from.to_vec()..to.to_vec()).take(count);
        Ok(range.map(|(key, value)| (key.clone(), value.clone())).collect())
    }
}

fn small(fingerprint_bits: u32) -> Limits {
    Limits {
        window_ids: 50,
        fingerprint_bits_cut: FINGERPRINT_BITS - fingerprint_bits,
        bucket_ids: 8,
        filter_ids: 64,
        merge_runs: 3,
        run_ids_max: 2_000,
    }
}

/// An id of a number: every third is random, others carry a time that jumps back now and then.
fn id(number: u64) -> Id {
    let mixed = (u128::from(number) + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835);
    if number.is_multiple_of(3) {
        return (mixed & !(0xf << 76) | 4 << 76).to_be_bytes();
    }
    let back = if number.is_multiple_of(17) { number / 2 } else { 0 };
    let milliseconds = 1_760_000_000_000 + number / 4 - back / 4;
    let tail = mixed >> 60 & ((1 << 76) - 1);
    (u128::from(milliseconds) << 80 | 7 << 76 | tail).to_be_bytes()
}

/// A ledger of numbered ids, of which some are recorded.
struct Ledger {
    kept: Pairs,
    seen: Seen,
    limits: Limits,
    ids: Vec<Id>,
    by_id: HashMap<Id, u64>,
}

impl Ledger {
    fn new(limits: Limits) -> Self {
        let kept = Pairs::default();
        let (seen, from) = Seen::open_with(&kept, limits, false).unwrap();
        assert_eq!(from, 0);
        Self { kept, seen, limits, ids: Vec::new(), by_id: HashMap::new() }
    }

    fn insert(&mut self, count: u64) {
        for _ in 0..count {
            let leaf = self.ids.len() as u64;
            let id = id(leaf);
            assert_eq!(self.find(id).unwrap(), None);
            self.seen.insert(id, leaf);
            self.ids.push(id);
            self.by_id.insert(id, leaf);
        }
    }

    fn find(&mut self, id: Id) -> Result<Option<u64>, SeenError> {
        let ids = &self.ids;
        self.seen.find(&self.kept, id, &mut |leaf| Ok(ids.get(leaf as usize) == Some(&id)))
    }

    fn take(&mut self, bytes_max: usize) {
        let pairs = self.seen.take_pairs(bytes_max);
        self.kept.write(pairs);
    }

    fn open(&mut self, verify: bool) {
        let (seen, from) = Seen::open_with(&self.kept, self.limits, verify).unwrap();
        self.seen = seen;
        for leaf in from..self.ids.len() as u64 {
            self.seen.insert(self.ids[leaf as usize], leaf);
        }
    }

    fn check(&mut self, is_damaged: bool) {
        for leaf in 0..self.ids.len() as u64 {
            match self.find(self.ids[leaf as usize]) {
                Ok(found) => assert_eq!(found, Some(leaf)),
                Err(error) => assert!(is_damaged, "{error}"),
            }
        }
        for number in 1_000_000..1_000_200 {
            match self.find(id(number)) {
                Ok(found) => assert_eq!(found, None),
                Err(error) => assert!(is_damaged, "{error}"),
            }
        }
    }
}

#[derive(Clone, Debug)]
enum Step {
    Insert(u64),
    Take(usize),
    Settle,
    Tick,
    Open,
    Check,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => (1u64..200).prop_map(Step::Insert),
        4 => (0usize..6_000).prop_map(Step::Take),
        1 => Just(Step::Take(usize::MAX)),
        2 => Just(Step::Settle),
        3 => Just(Step::Tick),
        1 => Just(Step::Open),
        1 => Just(Step::Check),
    ]
}

fn run(ledger: &mut Ledger, steps: Vec<Step>) {
    for step in steps {
        match step {
            Step::Insert(count) => ledger.insert(count),
            Step::Take(bytes_max) => ledger.take(bytes_max),
            Step::Settle => ledger.seen.settle(),
            Step::Tick => ledger.seen.tick(&ledger.kept).unwrap(),
            Step::Open => ledger.open(false),
            Step::Check => ledger.check(false),
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn every_id_is_found_whatever_was_taken_before_it_was_opened_again(
        fingerprint_bits in prop_oneof![Just(40), Just(12), Just(6)],
        steps in prop::collection::vec(step(), 1..80),
    ) {
        let mut ledger = Ledger::new(small(fingerprint_bits));
        run(&mut ledger, steps);
        ledger.check(false);
        ledger.open(true);
        ledger.check(false);
    }

    #[test]
    fn damage_is_told_and_never_a_wrong_answer(
        steps in prop::collection::vec(step(), 20..60),
        damages in prop::collection::vec((any::<prop::sample::Index>(), any::<prop::sample::Index>(), 0u8..9), 1..6),
    ) {
        let mut ledger = Ledger::new(small(40));
        run(&mut ledger, steps);
        ledger.seen.settle();
        ledger.take(usize::MAX);
        for (pair, byte, bit) in damages {
            let mut pairs = ledger.kept.0.borrow_mut();
            if pairs.is_empty() {
                break;
            }
            let key = pair.get(&pairs.keys().cloned().collect::<Vec<_>>()).clone();
            if bit == 8 {
                pairs.remove(&key);
            } else {
                let value = pairs.get_mut(&key).unwrap();
                let at = byte.index(value.len());
                value[at] ^= 1 << bit;
            }
        }
        ledger.open(false);
        ledger.check(true);
        ledger.open(true);
        ledger.check(false);
        // What was inserted again is kept again.
        ledger.insert(200);
        ledger.seen.settle();
        ledger.take(usize::MAX);
        ledger.open(true);
        ledger.check(false);
    }
}

/// Lets everything that is due be merged.
fn settle(ledger: &mut Ledger) {
    for _ in 0..200 {
        ledger.seen.settle();
        ledger.take(usize::MAX);
        ledger.seen.tick(&ledger.kept).unwrap();
    }
}

#[test]
fn runs_of_random_ids_are_merged_and_their_places_used_again() {
    let mut ledger = Ledger::new(small(40));
    let mut places = 0;
    for _ in 0..60 {
        ledger.insert(50);
        settle(&mut ledger);
        places = places.max(ledger.seen.used.iter().filter(|place| place.kind == UNTIMED).count());
    }
    let untimed = ledger.seen.runs.facts().filter(|run| run.place.kind != TIMED).count();
    assert!(untimed <= 2 + 2 + 2 + 2, "{untimed} runs");
    assert!(places <= 6, "{places} places");
    ledger.check(false);
    ledger.open(true);
    ledger.check(false);
}

#[test]
fn runs_of_ids_in_time_order_are_passed_over() {
    let mut seen = Seen::open_with(&Pairs::default(), small(40), false).unwrap().0;
    let id = |number: u64| (u128::from(number) << 80 | 7 << 76 | u128::from(number)).to_be_bytes();
    let kept = Pairs::default();
    for leaf in 0..5_000 {
        seen.insert(id(leaf), leaf);
        seen.settle();
        kept.write(seen.take_pairs(usize::MAX));
    }
    assert!(seen.runs.facts().all(|run| run.place.kind == TIMED));
    seen.runs = Runs::default();
    let (manifest, _) = Manifest::newest(&kept).unwrap();
    for run in manifest.unwrap().manifest.runs {
        seen.runs.push(run, Vec::new());
    }
    for leaf in 5_000..6_000 {
        assert_eq!(seen.find(&kept, id(leaf), &mut |_| panic!("no candidate")).unwrap(), None);
    }
    assert_eq!(seen.runs.filter_use.bytes, 0, "no filter was loaded");
}

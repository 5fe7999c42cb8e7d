use std::path::PathBuf;

use proptest::prelude::*;

use super::*;

fn small() -> Limits {
    Limits { segment_postings: 20, run_segments: 3, segments_max: 9, merge_runs: 3 }
}

/// All postings, and the plain sum over them.
#[derive(Default)]
struct Model(Vec<Posting>);

impl Model {
    fn at(&self, account: u32, day: i32, known_at: u64) -> Sums {
        let mut sums = [0; 3];
        let counts = |posting: &&Posting| posting.account == account && posting.day <= day && posting.seq <= known_at;
        self.0.iter().filter(counts).for_each(|posting| add(&mut sums, posting.change));
        sums
    }

    fn changes(&self, account: u32, known_at: u64) -> Vec<(u64, i32)> {
        let counts = |posting: &&Posting| posting.account == account && posting.seq <= known_at;
        let mut changes: Vec<(u64, i32)> =
            self.0.iter().filter(counts).map(|posting| (posting.seq, posting.day)).collect();
        changes.sort_unstable();
        changes
    }

    fn days(&self, account: u32, known_at: u64) -> Vec<(i32, Sums)> {
        let mut days: Vec<i32> = self.changes(account, known_at).into_iter().map(|(_, day)| day).collect();
        days.sort_unstable();
        days.dedup();
        days.into_iter().map(|day| (day, self.at(account, day, known_at))).collect()
    }
}

struct Index {
    dir: tempfile::TempDir,
    timeline: Option<Timeline>,
    model: Model,
    head: u64,
    limits: Limits,
}

impl Index {
    fn new(limits: Limits) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let timeline = Some(Timeline::open_with(dir.path(), 0, limits).unwrap());
        Self { dir, timeline, model: Model::default(), head: 0, limits }
    }

    fn timeline(&mut self) -> &mut Timeline {
        self.timeline.as_mut().unwrap()
    }

    /// Adds an event with some postings.
    fn add(&mut self, postings: Vec<(u32, i32, Sums)>) {
        self.head += 1;
        let seq = self.head;
        for (account, day, change) in postings {
            let posting = Posting { account, seq, day, change };
            self.model.0.push(posting);
            self.timeline().add(posting);
        }
    }

    /// Opens it again after a crash that took back what the log had not recorded.
    fn reopen(&mut self, head: u64) {
        self.timeline = None;
        self.head = head;
        self.model.0.retain(|posting| posting.seq <= head);
        let mut timeline = Timeline::open_with(self.dir.path(), head, self.limits).unwrap();
        let covered = timeline.covered();
        assert!(covered <= head);
        self.model.0.iter().filter(|posting| posting.seq > covered).for_each(|posting| timeline.add(*posting));
        self.timeline = Some(timeline);
    }

    fn check(&self, account: u32, day: i32, known_at: u64) {
        let timeline = self.timeline.as_ref().unwrap();
        let expected = self.model.at(account, day, known_at);
        assert_eq!(timeline.at(account, day, known_at).unwrap(), expected, "{account} as of {day} known at {known_at}");
    }
}

#[derive(Clone, Debug)]
enum Step {
    /// Events, and how their days go.
    Add(u8, Days),
    Settle,
    Reopen(prop::sample::Index),
}

#[derive(Clone, Copy, Debug)]
enum Days {
    Ascending,
    Descending,
    Random,
    Ahead,
}

fn step() -> impl Strategy<Value = Step> {
    let days = prop_oneof![
        4 => Just(Days::Ascending),
        1 => Just(Days::Descending),
        1 => Just(Days::Random),
        2 => Just(Days::Ahead),
    ];
    prop_oneof![
        6 => (any::<u8>(), days).prop_map(|(count, days)| Step::Add(count, days)),
        1 => Just(Step::Settle),
        1 => any::<prop::sample::Index>().prop_map(Step::Reopen),
    ]
}

fn mixed(number: u64) -> u64 {
    let mixed = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

fn add_events(index: &mut Index, count: u64, days: Days) {
    for _ in 0..count {
        let seq = index.head + 1;
        let word = mixed(seq);
        let day = match days {
            Days::Ascending if word.is_multiple_of(50) => 20_000 + (word >> 32) as i32 % 100,
            Days::Ascending => 20_000 + seq as i32 / 7,
            Days::Descending => 20_000 - seq as i32,
            Days::Random => (word >> 32) as i32,
            Days::Ahead => 20_000 + seq as i32 / 7 + if word & 3 == 0 { (word >> 32) as i32 % 90 } else { 0 },
        };
        let posting = |part: u64| {
            let word = mixed(seq * 10 + part);
            let account = [word % 5, word % 300][(word >> 40 & 1) as usize] as u32;
            (account, day, [(word >> 20) as i64 % 1_000, if word & 7 == 0 { -3 } else { 0 }, 0])
        };
        index.add((0..word % 5).map(posting).collect());
    }
}

fn check_some(index: &Index, seed: u64) {
    for number in 0..60 {
        let word = mixed(seed * 1_000 + number);
        let account = [word % 5, word % 300][(word >> 40 & 1) as usize] as u32;
        let day = match word >> 41 & 3 {
            0 => i32::MAX,
            1 => (word >> 20) as i32,
            _ => 20_000 + (word >> 20) as i32 % (index.head as i32 / 7 + 2),
        };
        index.check(account, day, [mixed(word) % (index.head + 2), u64::MAX][usize::from(word >> 43 & 7 == 0)]);
    }
    let timeline = index.timeline.as_ref().unwrap();
    for account in [0, 3, 77] {
        let known_at = mixed(seed + u64::from(account)) % (index.head + 2);
        assert_eq!(timeline.days(account, known_at).unwrap(), index.model.days(account, known_at));
        let mut changes = Vec::new();
        timeline.changes(account, known_at, |seq, day| changes.push((seq, day))).unwrap();
        changes.sort_unstable();
        assert_eq!(changes, index.model.changes(account, known_at));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn sums_are_those_of_the_plain_list(steps in prop::collection::vec(step(), 1..25)) {
        let mut index = Index::new(small());
        for (number, step) in (0..).zip(steps) {
            match step {
                Step::Add(count, days) => add_events(&mut index, u64::from(count), days),
                Step::Settle => index.timeline().settle(),
                Step::Reopen(head) => {
                    let head = index.head - head.index(index.head as usize / 3 + 1) as u64;
                    index.reopen(head);
                }
            }
            check_some(&index, number);
        }
    }

    #[test]
    fn damage_is_told_and_never_a_wrong_sum(
        at in any::<prop::sample::Index>(),
        file in any::<prop::sample::Index>(),
        bit in 0u8..9,
    ) {
        let mut index = Index::new(small());
        add_events(&mut index, 600, Days::Ahead);
        index.timeline().settle();
        index.timeline = None;
        let files: Vec<PathBuf> = std::fs::read_dir(index.dir.path()).unwrap().map(|entry| entry.unwrap().path()).collect();
        let path = file.get(&files);
        let mut bytes = std::fs::read(path).unwrap();
        let place = at.index(bytes.len());
        if bit == 8 { bytes.truncate(place) } else { bytes[place] ^= 1 << bit }
        std::fs::write(path, bytes).unwrap();
        let name = path.file_name().unwrap().to_str().unwrap();
        match Timeline::open_with(index.dir.path(), index.head, index.limits) {
            Err(error) => prop_assert!(error.to_string().contains(name), "{}", error),
            Ok(mut timeline) => {
                let covered = timeline.covered();
                index.model.0.iter().filter(|posting| posting.seq > covered).for_each(|posting| timeline.add(*posting));
                for account in 0..300 {
                    for known_at in [50, 300, u64::MAX] {
                        match timeline.at(account, 20_050, known_at) {
                            Ok(sums) => prop_assert_eq!(sums, index.model.at(account, 20_050, known_at)),
                            Err(error) => prop_assert!(error.to_string().contains(name), "{}", error),
                        }
                    }
                }
            }
        }
        Timeline::remove(index.dir.path()).unwrap();
        Timeline::remove(index.dir.path()).unwrap();
        index.reopen(index.head);
        check_some(&index, 9);
    }
}

#[test]
fn an_account_with_many_strays_is_summed_by_blocks() {
    let limits = Limits { segment_postings: 10_000, run_segments: 4, segments_max: 9, merge_runs: 3 };
    let mut index = Index::new(limits);
    // Descending, then random: nothing but strays, more than one batch of them in the merged run.
    for number in 0..170_000u64 {
        let day = if number < 60_000 { -(number as i32) } else { mixed(number) as i32 % 5_000 };
        index.add(vec![(8, day, [number as i64 % 97, 1, 0]), (9, number as i32, [1, 0, 2])]);
    }
    index.timeline().settle();
    assert!(index.timeline().shared.view().runs.iter().any(|run| run.facts.level > 0));
    for number in 0..40 {
        let word = mixed(number);
        index.check(8, word as i32 % 5_000, (word >> 32) % 170_001);
        index.check(8, i32::MAX, (word >> 32) % 170_001);
        index.check(9, word as i32 % 170_000, (word >> 32) % 170_001);
    }
}

/// Reads the index beside whoever writes it, as of an event.
fn reader(index: &Index, end: u64) -> Index {
    let mut timeline = Timeline::read_with(index.dir.path(), end, index.limits).unwrap();
    let covered = timeline.covered();
    assert!(covered <= end);
    let model = Model(index.model.0.iter().filter(|posting| posting.seq <= end).copied().collect());
    model.0.iter().filter(|posting| posting.seq > covered).for_each(|posting| timeline.add(*posting));
    // A folder of its own: what is read must not depend on who owns it.
    Index { dir: tempfile::tempdir().unwrap(), timeline: Some(timeline), model, head: end, limits: index.limits }
}

#[test]
fn a_reader_beside_a_writer_that_merges_sees_what_was_there_when_it_came() {
    let mut index = Index::new(small());
    let mut readers = Vec::new();
    for round in 0..60 {
        add_events(&mut index, 30, Days::Ahead);
        // Also as of an event that is not the last of a run.
        readers.push(reader(&index, index.head - round % 17));
        check_some(readers.last().unwrap(), round);
    }
    index.timeline().settle();
    assert!(index.timeline().shared.view().runs.iter().any(|run| run.facts.level > 0));
    // Long after their files were merged away.
    (0..).zip(&readers).for_each(|(seed, reader)| check_some(reader, seed));
    let files = || std::fs::read_dir(index.dir.path()).unwrap().count();
    let before = files();
    drop(reader(&index, index.head));
    assert_eq!(files(), before, "who reads writes nothing");
}

#[test]
fn a_folder_that_is_not_there_is_read_as_empty_and_not_made() {
    let dir = tempfile::tempdir().unwrap().path().join("none");
    let timeline = Timeline::read(&dir, 9).unwrap();
    assert_eq!((timeline.covered(), timeline.at(1, 1, 9).unwrap(), dir.exists()), (0, [0; 3], false));
}

#[test]
fn what_was_flushed_has_not_to_be_added_again() {
    let mut index = Index::new(small());
    for round in 1..30 {
        add_events(&mut index, 7, Days::Random);
        index.timeline().flush().unwrap();
        let last = index.model.0.iter().map(|posting| posting.seq).max().unwrap();
        index.timeline = None;
        let timeline = Timeline::open_with(index.dir.path(), index.head, index.limits).unwrap();
        assert_eq!(timeline.covered(), last);
        assert!(timeline.shared.view().runs.len() <= 3 * small().merge_runs, "small runs are merged as well");
        index.timeline = Some(timeline);
        check_some(&index, round);
    }
}

#[test]
fn a_crash_between_writing_and_listing_leaves_nothing_behind() {
    let mut index = Index::new(small());
    add_events(&mut index, 400, Days::Ascending);
    index.timeline().settle();
    index.timeline = None;
    std::fs::write(index.dir.path().join("run-99.main"), "half written").unwrap();
    std::fs::write(index.dir.path().join("manifest.new"), "half written").unwrap();
    index.reopen(400);
    assert!(!index.dir.path().join("run-99.main").exists());
    check_some(&index, 1);
}

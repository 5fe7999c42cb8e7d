//! Postings in memory: as they came, and then sorted by account.

use std::sync::Arc;

use crate::row::{Posting, Row, Sums, add};

/// Accounts compared at once.
const STRIDE: usize = 64;

/// Postings as they came.
#[derive(Default)]
pub(crate) struct Fresh {
    accounts: Vec<u32>,
    rows: Vec<Row>,
}

impl Fresh {
    pub(crate) fn with_capacity(count: usize) -> Self {
        Self { accounts: Vec::with_capacity(count), rows: Vec::with_capacity(count) }
    }

    pub(crate) fn push(&mut self, posting: Posting) {
        let Posting { account, seq, day, change } = posting;
        self.accounts.push(account);
        self.rows.push(Row { seq, day, change });
    }

    pub(crate) fn count(&self) -> usize {
        self.rows.len()
    }

    /// Sums of an account up to a day, as known at a seq.
    pub(crate) fn sum(&self, account: u32, day: i32, known_at: u64) -> Sums {
        let mut sums = [0; 3];
        self.visit(account, |row| {
            if row.day <= day && row.seq <= known_at {
                add(&mut sums, row.change);
            }
        });
        sums
    }

    /// Calls `each` with the rows of an account, in order of seq.
    pub(crate) fn visit(&self, account: u32, mut each: impl FnMut(&Row)) {
        for (accounts, rows) in self.accounts.chunks(STRIDE).zip(self.rows.chunks(STRIDE)) {
            // Without a branch for each account the compiler compares many at once.
            if accounts.iter().fold(false, |found, other| found | (*other == account)) {
                accounts.iter().zip(rows).filter(|(other, _)| **other == account).for_each(|(_, row)| each(row));
            }
        }
    }
}

/// Postings sorted by account, those of one account in order of seq.
pub(crate) struct Sorted {
    accounts: Vec<u32>,
    /// Where the rows of each account begin, and where the last end.
    starts: Vec<u32>,
    rows: Vec<Row>,
}

impl Sorted {
    pub(crate) fn new(fresh: &Fresh) -> Self {
        let mut order: Vec<u64> =
            (0u64..).zip(&fresh.accounts).map(|(index, account)| u64::from(*account) << 32 | index).collect();
        order.sort_unstable();
        let (mut accounts, mut starts) = (Vec::new(), Vec::new());
        for (start, key) in (0u32..).zip(&order) {
            let account = (key >> 32) as u32;
            if accounts.last() != Some(&account) {
                accounts.push(account);
                starts.push(start);
            }
        }
        starts.push(order.len() as u32);
        let rows = order.iter().map(|key| fresh.rows[*key as u32 as usize]).collect();
        Self { accounts, starts, rows }
    }

    /// The number of distinct accounts.
    pub(crate) fn account_count(&self) -> usize {
        self.accounts.len()
    }

    /// The account at a place, and its rows.
    pub(crate) fn group(&self, index: usize) -> (u32, &[Row]) {
        (self.accounts[index], &self.rows[self.starts[index] as usize..self.starts[index + 1] as usize])
    }

    /// The rows of an account, in order of seq.
    pub(crate) fn rows(&self, account: u32) -> &[Row] {
        self.accounts.binary_search(&account).map_or(&[], |index| self.group(index).1)
    }

    /// First and last seq.
    pub(crate) fn seqs(&self) -> Option<(u64, u64)> {
        let seqs = || self.rows.iter().map(|row| row.seq);
        seqs().min().zip(seqs().max())
    }
}

/// Postings in memory that are no longer added to.
#[derive(Clone)]
pub(crate) enum Segment {
    Fresh(Arc<Fresh>),
    Sorted(Arc<Sorted>),
}

impl Segment {
    /// Sums of an account up to a day, as known at a seq.
    pub(crate) fn sum(&self, account: u32, day: i32, known_at: u64) -> Sums {
        match self {
            Self::Fresh(fresh) => fresh.sum(account, day, known_at),
            Self::Sorted(sorted) => {
                let mut sums = [0; 3];
                let known = sorted.rows(account).iter().take_while(|row| row.seq <= known_at);
                known.filter(|row| row.day <= day).for_each(|row| add(&mut sums, row.change));
                sums
            }
        }
    }
}

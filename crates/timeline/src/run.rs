//! A run: the postings of a range of events, in two tables.

use std::path::{Path, PathBuf};

use crate::TimelineError;
use crate::chunk::FileRow;
use crate::cursor::Cursor;
use crate::limits::CHUNK_BYTES;
use crate::row::{Row, Sums, add};
use crate::split::{Line, Splitter};
use crate::stray::{self, StrayWriter};
use crate::table::{First, Table, TableWriter};

/// What the manifest says of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct RunFacts {
    /// Never used again; names the files.
    pub(crate) number: u64,
    /// How often its postings were merged.
    pub(crate) level: u8,
    /// The events it holds all postings of.
    pub(crate) first_seq: u64,
    pub(crate) last_seq: u64,
}

impl RunFacts {
    pub(crate) fn main_path(&self, dir: &Path) -> PathBuf {
        dir.join(format!("run-{}.main", self.number))
    }

    pub(crate) fn stray_path(&self, dir: &Path) -> PathBuf {
        dir.join(format!("run-{}.stray", self.number))
    }
}

/// A run to be read.
pub(crate) struct Run {
    pub(crate) facts: RunFacts,
    main: Table,
    stray: Table,
}

impl Run {
    pub(crate) fn open(dir: &Path, facts: RunFacts) -> Result<Self, TimelineError> {
        let main = Table::open(&facts.main_path(dir), facts.number)?;
        let stray = Table::open(&facts.stray_path(dir), facts.number)?;
        Ok(Self { facts, main, stray })
    }

    /// Sums of an account up to a day, as known at a seq, of the postings in this run.
    pub(crate) fn at(&self, account: u32, day: i32, known_at: u64) -> Result<Sums, TimelineError> {
        let Some(known_at) = self.offset(known_at) else { return Ok([0; 3]) };
        let mut sums = self.main_at(account, day, known_at)?;
        add(&mut sums, stray::at(&self.stray, account, day, known_at)?);
        Ok(sums)
    }

    fn main_at(&self, account: u32, day: i32, known_at: u32) -> Result<Sums, TimelineError> {
        let mut sums = [0; 3];
        let is_before = |first: &First| {
            first.account < account || first.account == account && first.seq <= known_at && first.day <= day
        };
        let Some(index) = self.main.last_chunk(is_before) else { return Ok(sums) };
        let mut chunk = [0; CHUNK_BYTES];
        self.main.read(index, &mut chunk)?;
        let mut rows = self.main.rows(index, &chunk)?;
        while rows.advance() && rows.row.account <= account {
            if rows.row.account == account {
                if rows.row.seq > known_at || rows.row.day > day {
                    break;
                }
                sums = rows.sums;
            }
        }
        Ok(sums)
    }

    /// Calls `each` with each of an account's postings known at a seq.
    pub(crate) fn visit(&self, account: u32, known_at: u64, mut each: impl FnMut(&Row)) -> Result<(), TimelineError> {
        let Some(known_at) = self.offset(known_at) else { return Ok(()) };
        for table in [&self.main, &self.stray] {
            let mut cursor = Cursor::new(table, table.first_chunk(account));
            loop {
                cursor.fill(1)?;
                let mut is_past = cursor.peek().is_none();
                while let Some(row) = cursor.peek() {
                    if row.account == account && stray::is_in_order(row.lane) && row.seq <= known_at {
                        each(&Row { seq: self.facts.first_seq + u64::from(row.seq), day: row.day, change: row.change });
                    }
                    is_past |= row.account > account;
                    if !cursor.skip() {
                        break;
                    }
                }
                if is_past {
                    break;
                }
            }
        }
        Ok(())
    }

    /// A seq counted from the run's first; `None` before it.
    fn offset(&self, seq: u64) -> Option<u32> {
        let offset = seq.min(self.facts.last_seq).checked_sub(self.facts.first_seq)?;
        Some(u32::try_from(offset).expect("a run spans fewer than 2^32 events"))
    }
}

/// Walks through a run account by account.
pub(crate) struct RunCursor<'r> {
    first_seq: u64,
    main: Cursor<'r>,
    stray: Cursor<'r>,
}

impl<'r> RunCursor<'r> {
    pub(crate) fn new(run: &'r Run) -> Result<Self, TimelineError> {
        let (mut main, mut stray) = (Cursor::new(&run.main, 0), Cursor::new(&run.stray, 0));
        main.fill(1)?;
        stray.fill(1)?;
        Ok(Self { first_seq: run.facts.first_seq, main, stray })
    }

    /// The account of the next row.
    pub(crate) fn account(&self) -> Option<u32> {
        let next = [&self.main, &self.stray].map(|cursor| cursor.peek().map(|row| row.account));
        next.into_iter().flatten().min()
    }

    /// Appends up to `count_max` rows of an account in order of seq; true when it has more.
    pub(crate) fn take(&mut self, account: u32, count_max: usize, to: &mut Vec<Row>) -> Result<bool, TimelineError> {
        let of_account = |row: &&FileRow| row.account == account;
        for _ in 0..count_max {
            // Sums over blocks are made again for the new run.
            while self.stray.peek().filter(of_account).is_some_and(|row| !stray::is_in_order(row.lane)) {
                self.stray.advance()?;
            }
            let main = self.main.peek().filter(of_account);
            let stray = self.stray.peek().filter(of_account);
            let is_main = match (main, stray) {
                (Some(main), Some(stray)) => main.seq <= stray.seq,
                (Some(_), None) => true,
                (None, Some(_)) => false,
                (None, None) => return Ok(false),
            };
            let row = if is_main { main } else { stray }.expect("one of them was chosen");
            to.push(Row { seq: self.first_seq + u64::from(row.seq), day: row.day, change: row.change });
            if is_main { self.main.advance()? } else { self.stray.advance()? }
        }
        Ok(true)
    }
}

/// A run that is being written.
pub(crate) struct RunWriter {
    first_seq: u64,
    main: TableWriter,
    stray: TableWriter,
    splitter: Splitter,
    strays: StrayWriter,
}

impl RunWriter {
    pub(crate) fn create(dir: &Path, facts: &RunFacts) -> Result<Self, TimelineError> {
        let main = TableWriter::create(facts.main_path(dir), facts.number)?;
        let stray = TableWriter::create(facts.stray_path(dir), facts.number)?;
        let (splitter, strays) = (Splitter::default(), StrayWriter::default());
        Ok(Self { first_seq: facts.first_seq, main, stray, splitter, strays })
    }

    /// Takes rows of an account, in order of seq, and leaves the last until it is known what follows; with `is_end`
    /// nothing more comes of this account. Accounts come in order.
    pub(crate) fn take(&mut self, account: u32, rows: &mut Vec<Row>, is_end: bool) -> Result<(), TimelineError> {
        let Self { first_seq, main, stray, splitter, strays } = self;
        let count = splitter.split(rows, is_end, |row, line| match line {
            Line::Main => {
                let seq = (row.seq - *first_seq) as u32;
                main.push(&FileRow { account, lane: 0, seq, day: row.day, change: row.change })
            }
            Line::Stray => strays.push(account, row, *first_seq, stray),
        })?;
        rows.drain(..count);
        if is_end {
            strays.end_account(account, *first_seq, stray)?;
            *splitter = Splitter::default();
        }
        Ok(())
    }

    /// Ends the run and syncs its files.
    pub(crate) fn finish(self) -> Result<(), TimelineError> {
        self.main.finish()?;
        self.stray.finish()
    }
}

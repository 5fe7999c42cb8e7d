//! Strays: postings beside the main line, in a table of their own.
//!
//! Up to 131,072 strays of an account are a batch. Lane 0 of a batch holds them in order of seq. Full blocks of 2,048, 16,384
//! and 131,072 of them are there again, each in a lane of its own in order of days, so that a question adds up a few
//! blocks, each at one place, and looks at fewer than 2,048 strays one by one. Lanes are numbered
//! `batch << 8 | lane`.

use crate::TimelineError;
use crate::chunk::FileRow;
use crate::limits::{CHUNK_BYTES, STRAY_BATCH, STRAY_BLOCK, STRAY_FANOUT, STRAY_LEVELS};
use crate::row::{Row, Sums, add};
use crate::table::{First, Table, TableWriter};

/// Strays of the account that is being written.
#[derive(Default)]
pub(crate) struct StrayWriter {
    rows: Vec<Row>,
    batch: u32,
}

impl StrayWriter {
    pub(crate) fn push(
        &mut self,
        account: u32,
        row: &Row,
        first_seq: u64,
        to: &mut TableWriter,
    ) -> Result<(), TimelineError> {
        self.rows.push(*row);
        if self.rows.len() == STRAY_BATCH { self.end_batch(account, first_seq, to) } else { Ok(()) }
    }

    pub(crate) fn end_account(
        &mut self,
        account: u32,
        first_seq: u64,
        to: &mut TableWriter,
    ) -> Result<(), TimelineError> {
        if !self.rows.is_empty() {
            self.end_batch(account, first_seq, to)?;
        }
        self.batch = 0;
        Ok(())
    }

    fn end_batch(&mut self, account: u32, first_seq: u64, to: &mut TableWriter) -> Result<(), TimelineError> {
        for row in &self.rows {
            let seq = (row.seq - first_seq) as u32;
            to.push(&FileRow { account, lane: lane(self.batch, 0), seq, day: row.day, change: row.change })?;
        }
        let mut block_rows = STRAY_BLOCK;
        for level in 0..STRAY_LEVELS {
            for (block, rows) in self.rows.chunks_exact_mut(block_rows).enumerate() {
                rows.sort_by_key(|row| row.day);
                let lane = lane(self.batch, block_lane(level, block));
                for Row { day, change, .. } in rows {
                    to.push(&FileRow { account, lane, seq: 0, day: *day, change: *change })?;
                }
            }
            block_rows *= STRAY_FANOUT;
        }
        self.rows.clear();
        self.batch += 1;
        Ok(())
    }
}

fn lane(batch: u32, lane: u32) -> u32 {
    assert!(batch < 1 << 24, "a run has fewer than 2^40 postings");
    batch << 8 | lane
}

/// Is this the lane that holds strays in order of seq?
pub(crate) fn is_in_order(lane: u32) -> bool {
    lane & 0xff == 0
}

/// The lane of a block, after those of the levels below.
fn block_lane(level: usize, block: usize) -> u32 {
    let lanes_below: usize = (0..level).map(|level| STRAY_BATCH / block_rows(level)).sum();
    (1 + lanes_below + block) as u32
}

fn block_rows(level: usize) -> usize {
    STRAY_BLOCK * STRAY_FANOUT.pow(level as u32)
}

/// Sums of an account's strays up to a day, as known at a seq of this run.
pub(crate) fn at(table: &Table, account: u32, day: i32, known_at: u32) -> Result<Sums, TimelineError> {
    let mut sums = [0; 3];
    let mut chunk = [0; CHUNK_BYTES];
    for batch in 0.. {
        let known = batch_at(table, account, batch, day, known_at, &mut chunk, &mut sums)?;
        if known < STRAY_BATCH {
            break;
        }
    }
    Ok(sums)
}

/// Adds the sums of a batch; returns how many of its strays are known.
fn batch_at(
    table: &Table,
    account: u32,
    batch: u32,
    day: i32,
    known_at: u32,
    chunk: &mut [u8; CHUNK_BYTES],
    sums: &mut Sums,
) -> Result<usize, TimelineError> {
    let ordered = lane(batch, 0);
    let is_before = |first: &First| (first.account, first.lane, first.seq) <= (account, ordered, known_at);
    let Some(mut index) = table.last_chunk(is_before) else { return Ok(0) };
    // The chunk with the last known stray says how many there are. Those after the last full block are summed here, in
    // chunks further back too.
    let mut known: Option<usize> = None;
    let mut start = 0;
    loop {
        table.read(index, chunk)?;
        let mut rows = table.rows(index, chunk)?;
        let mut first_index = None;
        let mut found = Vec::new();
        while rows.advance() {
            let row = &rows.row;
            if (row.account, row.lane) == (account, ordered) {
                if row.seq > known_at {
                    break;
                }
                first_index.get_or_insert(rows.index as usize);
                found.push((rows.index as usize, row.day, row.change));
            } else if (row.account, row.lane) > (account, ordered) {
                break;
            }
        }
        if known.is_none() {
            let count = found.last().map_or(0, |(index, ..)| index + 1);
            known = Some(count);
            start = count - count % STRAY_BLOCK;
        }
        for (_, _, change) in found.iter().filter(|(index, of, _)| *index >= start && *of <= day) {
            add(sums, *change);
        }
        match first_index {
            Some(first) if first > start => index -= 1,
            _ => break,
        }
    }
    let known = known.unwrap_or(0);
    let mut done = 0;
    for level in (0..STRAY_LEVELS).rev() {
        let rows = block_rows(level);
        while done + rows <= known {
            let lane = lane(batch, block_lane(level, done / rows));
            add(sums, block_at(table, account, lane, day, chunk)?);
            done += rows;
        }
    }
    Ok(known)
}

/// Sums of a block up to a day.
fn block_at(
    table: &Table,
    account: u32,
    lane: u32,
    day: i32,
    chunk: &mut [u8; CHUNK_BYTES],
) -> Result<Sums, TimelineError> {
    let is_before = |first: &First| (first.account, first.lane, first.day) <= (account, lane, day);
    let Some(index) = table.last_chunk(is_before) else { return Ok([0; 3]) };
    table.read(index, chunk)?;
    let mut rows = table.rows(index, chunk)?;
    let mut sums = [0; 3];
    while rows.advance() && (rows.row.account, rows.row.lane) <= (account, lane) {
        if (rows.row.account, rows.row.lane) == (account, lane) {
            if rows.row.day > day {
                break;
            }
            sums = rows.sums;
        }
    }
    Ok(sums)
}

//! Walks through a table row by row.

use crate::TimelineError;
use crate::chunk::FileRow;
use crate::limits::CHUNK_BYTES;
use crate::table::Table;

/// Chunks read at once.
const READ_CHUNKS: usize = 32;

/// A place in a table.
pub(crate) struct Cursor<'t> {
    table: &'t Table,
    chunks: Vec<u8>,
    /// Index of the first chunk not read yet.
    next_chunk: usize,
    rows: Vec<FileRow>,
    next_row: usize,
}

impl<'t> Cursor<'t> {
    /// Before the first row of a chunk.
    pub(crate) fn new(table: &'t Table, chunk: usize) -> Self {
        Self { table, chunks: Vec::new(), next_chunk: chunk, rows: Vec::new(), next_row: 0 }
    }

    /// The next row.
    pub(crate) fn peek(&self) -> Option<&FileRow> {
        self.rows.get(self.next_row)
    }

    /// Goes past the next row.
    pub(crate) fn advance(&mut self) -> Result<(), TimelineError> {
        self.next_row += 1;
        if self.next_row < self.rows.len() { Ok(()) } else { self.fill(READ_CHUNKS) }
    }

    /// Goes past the next row; false when the next one is not read yet.
    pub(crate) fn skip(&mut self) -> bool {
        self.next_row += 1;
        self.next_row < self.rows.len()
    }

    /// Reads up to `count` chunks more.
    pub(crate) fn fill(&mut self, count: usize) -> Result<(), TimelineError> {
        self.next_row = 0;
        self.rows.clear();
        let count = count.min(self.table.chunk_count() - self.next_chunk);
        self.chunks.resize(count * CHUNK_BYTES, 0);
        self.table.read(self.next_chunk, &mut self.chunks)?;
        for chunk in self.chunks.chunks_exact(CHUNK_BYTES) {
            let mut rows = self.table.rows(self.next_chunk, chunk)?;
            while rows.advance() {
                self.rows.push(rows.row);
            }
            self.next_chunk += 1;
        }
        Ok(())
    }
}

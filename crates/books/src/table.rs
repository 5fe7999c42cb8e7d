//! Numbered rows that never go away, with a note of which pages changed since the last snapshot. What is tried on them can be
//! taken back.

use crate::trial::Tried;

/// Rows of one kind, numbered from 0 in the order of their registration.
#[derive(Clone, Debug)]
pub struct Table<T> {
    rows: Vec<T>,
    /// One bit a page of [`PAGE_ROWS`] rows.
    dirty: Vec<u64>,
    /// Trials under way, the innermost last.
    trials: Vec<Before>,
    /// Rows as they were before they were changed in a trial, in that order.
    changed: Vec<(u32, T)>,
}

/// Where a trial began.
#[derive(Clone, Debug)]
struct Before {
    rows: usize,
    changed: usize,
    dirty: Vec<u64>,
}

/// Rows in one snapshot page. Never changes: it is part of the stored format.
pub const PAGE_ROWS: usize = 64;

impl<T> Default for Table<T> {
    fn default() -> Self {
        Self { rows: Vec::new(), dirty: Vec::new(), trials: Vec::new(), changed: Vec::new() }
    }
}

impl<T> Table<T> {
    /// All rows, by number.
    #[must_use]
    pub fn rows(&self) -> &[T] {
        &self.rows
    }

    /// Count of rows, which is the number the next row will get.
    #[must_use]
    pub fn row_count(&self) -> u32 {
        u32::try_from(self.rows.len()).expect("fewer than 2^32 rows")
    }

    /// The row with this number.
    #[must_use]
    pub fn get(&self, row: u32) -> Option<&T> {
        self.rows.get(row as usize)
    }

    pub(crate) fn row(&self, row: u32) -> &T {
        &self.rows[row as usize]
    }

    pub(crate) fn row_mut(&mut self, row: u32) -> &mut T
    where
        T: Clone,
    {
        self.mark(row as usize);
        if !self.trials.is_empty() {
            self.changed.push((row, self.rows[row as usize].clone()));
        }
        &mut self.rows[row as usize]
    }

    pub(crate) fn push(&mut self, value: T) -> u32 {
        let row = self.row_count();
        self.rows.push(value);
        self.mark(row as usize);
        row
    }

    fn mark(&mut self, row: usize) {
        let page = row / PAGE_ROWS;
        if self.dirty.len() <= page / 64 {
            self.dirty.resize(page / 64 + 1, 0);
        }
        self.dirty[page / 64] |= 1 << (page % 64);
    }

    /// Count of pages that changed since the last [`Self::take_dirty`].
    #[must_use]
    pub fn dirty_count(&self) -> u32 {
        self.dirty.iter().map(|word| word.count_ones()).sum()
    }
}

impl<T> Tried for Table<T> {
    fn begin(&mut self) {
        self.trials.push(Before { rows: self.rows.len(), changed: self.changed.len(), dirty: self.dirty.clone() });
    }

    fn keep(&mut self) {
        self.trials.pop();
        if self.trials.is_empty() {
            self.changed.clear();
        }
    }

    fn undo(&mut self) {
        let Some(before) = self.trials.pop() else { return };
        for (row, was) in self.changed.drain(before.changed..).rev() {
            self.rows[row as usize] = was;
        }
        self.rows.truncate(before.rows);
        self.dirty = before.dirty;
    }
}

impl<T: minicbor::Encode<()>> Table<T> {
    /// The changed pages, encoded, and a clean slate.
    pub(crate) fn take_dirty(&mut self, mut emit: impl FnMut(u32, Vec<u8>)) {
        for (word_index, word) in self.dirty.iter_mut().enumerate() {
            while *word != 0 {
                let page = word_index * 64 + word.trailing_zeros() as usize;
                *word &= *word - 1;
                let end = self.rows.len().min((page + 1) * PAGE_ROWS);
                emit(u32::try_from(page).expect("fewer than 2^32 rows"), encoded(&self.rows[page * PAGE_ROWS..end]));
            }
        }
    }

    /// All pages, encoded.
    pub(crate) fn each_page(&self, mut emit: impl FnMut(u32, Vec<u8>)) {
        (0u32..).zip(self.rows.chunks(PAGE_ROWS)).for_each(|(page, rows)| emit(page, encoded(rows)));
    }
}

fn encoded<T: minicbor::Encode<()>>(rows: &[T]) -> Vec<u8> {
    minicbor::to_vec(rows).expect("encoding into memory")
}

impl<T: for<'b> minicbor::Decode<'b, ()>> Table<T> {
    /// Puts back a page. Pages come in order and without gaps.
    pub(crate) fn load_page(&mut self, page: u32, bytes: &[u8]) -> Result<(), minicbor::decode::Error> {
        if page as usize * PAGE_ROWS != self.rows.len() {
            return Err(minicbor::decode::Error::message("a snapshot page is missing or out of order"));
        }
        self.rows.extend(minicbor::decode::<Vec<T>>(bytes)?);
        Ok(())
    }
}

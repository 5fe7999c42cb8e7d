//! The rows that one code stands for: nearly always one.

/// See the module.
#[derive(Clone, Debug)]
pub(crate) enum Rows {
    One(u32),
    Several(Vec<u32>),
}

impl Rows {
    pub(crate) fn as_slice(&self) -> &[u32] {
        match self {
            Self::One(row) => std::slice::from_ref(row),
            Self::Several(rows) => rows,
        }
    }

    /// The newest.
    pub(crate) fn last(&self) -> Option<u32> {
        self.as_slice().last().copied()
    }

    /// Adds a row, once; in order of their numbers.
    pub(crate) fn add(&mut self, row: u32) {
        if self.as_slice().contains(&row) {
            return;
        }
        let mut rows = self.as_slice().to_vec();
        rows.push(row);
        rows.sort_unstable();
        *self = Self::Several(rows);
    }

    /// Takes a row out; true where none is left.
    pub(crate) fn take(&mut self, row: u32) -> bool {
        let rows: Vec<u32> = self.as_slice().iter().copied().filter(|other| *other != row).collect();
        let is_empty = rows.is_empty();
        *self = Self::Several(rows);
        is_empty
    }
}

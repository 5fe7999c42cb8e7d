//! A table, whatever it came from: rows with their lines, and cells as text.

/// What a cell is, beside its text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Text as it was written, with the marks of its source.
    Text,
    /// A number that the source itself knows as one: digits, a point, perhaps a sign.
    Number,
    /// A day, perhaps with a time, that the source itself knows as one: ISO 8601.
    Moment,
    /// Not there at all, as a field that an object leaves out.
    Absent,
}

/// One row. A million of them fit into memory: its texts are one text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Row {
    /// Line in the file, row of the sheet, or place in the list; from 1.
    pub(crate) line: u64,
    text: String,
    ends: Vec<u32>,
    /// Of each cell; empty where all are text.
    kinds: Vec<Kind>,
}

impl Row {
    pub(crate) const fn new(line: u64) -> Self {
        Self { line, text: String::new(), ends: Vec::new(), kinds: Vec::new() }
    }

    pub(crate) fn push(&mut self, text: &str, kind: Kind) {
        if kind != Kind::Text && self.kinds.is_empty() {
            self.kinds.resize(self.ends.len(), Kind::Text);
        }
        self.text.push_str(text);
        self.ends.push(u32::try_from(self.text.len()).expect("a source is smaller than 4 GiB"));
        if kind != Kind::Text || !self.kinds.is_empty() {
            self.kinds.push(kind);
        }
    }

    /// Adds empty cells up to a place.
    pub(crate) fn pad(&mut self, count: usize, kind: Kind) {
        while self.ends.len() < count {
            self.push("", kind);
        }
    }

    pub(crate) fn count(&self) -> usize {
        self.ends.len()
    }

    pub(crate) fn get(&self, place: usize) -> Option<&str> {
        let end = *self.ends.get(place)? as usize;
        let start = place.checked_sub(1).map_or(0, |before| self.ends[before] as usize);
        self.text.get(start..end)
    }

    pub(crate) fn kind(&self, place: usize) -> Kind {
        self.kinds.get(place).copied().unwrap_or(Kind::Text)
    }

    pub(crate) fn cells(&self) -> impl Iterator<Item = &str> {
        (0..self.count()).filter_map(|place| self.get(place))
    }

    pub(crate) fn is_blank(&self) -> bool {
        self.text.trim().is_empty()
    }
}

/// Rows in their order, each or what is wrong with it.
pub(crate) type Rows = Vec<Result<Row, super::SourceError>>;

//! Texts to numbers, and the stem that the parts of one reference share.

use rustc_hash::FxHashMap;

/// Marks that begin the part of a reference: `PO-7/2`, `BL19#3`, `C-4.1`.
const PART_MARKS: [char; 3] = ['/', '#', '.'];

/// Numbers given to texts in the order of their first appearance, from 0. Keep one for each kind of name.
#[derive(Clone, Debug, Default)]
pub struct Names {
    numbers: FxHashMap<Box<str>, u32>,
    texts: Vec<Box<str>>,
}

impl Names {
    /// The number of a text, a new one when it was never seen.
    pub fn number(&mut self, text: &str) -> u32 {
        if let Some(number) = self.numbers.get(text) {
            return *number;
        }
        let number = u32::try_from(self.texts.len()).expect("fewer names than 2^32 fit any memory we run in");
        self.numbers.insert(text.into(), number);
        self.texts.push(text.into());
        number
    }

    /// The text of a number that was given here.
    #[must_use]
    pub fn text(&self, number: u32) -> Option<&str> {
        self.texts.get(number as usize).map(|text| &**text)
    }
}

/// The reference without its part: `PO-7` for `PO-7/2`, and for `PO-7` itself. A part follows the last `/`, `#` or `.`.
#[must_use]
pub fn stem(reference: &str) -> &str {
    match reference.rfind(PART_MARKS) {
        Some(end) if end > 0 => &reference[..end],
        _ => reference,
    }
}

#[cfg(test)]
mod tests;

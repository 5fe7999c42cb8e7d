//! A filter of a part of a run: says of an id that is not there that it is not, but for one in 65,536.
//!
//! Kept in several values. The first: `count of later values u16`, then the small fields of the filter as JSON. The
//! later ones: its 16-bit fingerprints, little-endian. A count of zero means that there is no filter.

use xorf::{BinaryFuse16, Filter as _};

use crate::Pair;
use crate::keys::{self, Place};
use crate::pending::Reader;
use crate::value;

/// Below this a filter costs more than it saves, and making one is likely to fail.
const IDS_MIN: usize = 32;
/// Fingerprints in one value.
const VALUE_COUNT: usize = 3_000;

/// A filter in memory.
pub(crate) struct Filter(Option<BinaryFuse16>);

impl Filter {
    /// Makes a filter of distinct fingerprints.
    pub(crate) fn new(fingerprints: &[u64]) -> Self {
        let is_worth_it = fingerprints.len() >= IDS_MIN;
        Self(is_worth_it.then(|| BinaryFuse16::try_from(fingerprints).ok()).flatten())
    }

    /// May the fingerprint be there?
    pub(crate) fn may_hold(&self, fingerprint: u64) -> bool {
        self.0.as_ref().is_none_or(|filter| filter.contains(&fingerprint))
    }

    /// Memory it takes, in bytes.
    pub(crate) fn bytes(&self) -> usize {
        self.0.as_ref().map_or(0, |filter| filter.len() * 2)
    }

    /// The pairs that keep it.
    pub(crate) fn pairs(&mut self, place: Place, stamp: u64, number: u32, to: &mut Vec<Pair>) {
        let mut push = |part: usize, content: &[u8]| {
            let key = keys::filter(place, number, part as u16);
            let value = value::seal(&key, stamp, content);
            to.push((key, value));
        };
        let Some(filter) = &mut self.0 else { return push(0, &[0, 0]) };
        let fingerprints = std::mem::take(&mut filter.fingerprints);
        let values: Vec<&[u16]> = fingerprints.chunks(VALUE_COUNT).collect();
        let count = u16::try_from(values.len()).expect("a filter is of some hundred thousand ids");
        let mut head = count.to_be_bytes().to_vec();
        serde_json::to_writer(&mut head, filter).expect("five numbers become JSON");
        push(0, &head);
        for (part, value) in (1..).zip(values) {
            push(part, &value.iter().flat_map(|fingerprint| fingerprint.to_le_bytes()).collect::<Vec<_>>());
        }
        filter.fingerprints = fingerprints;
    }

    /// Reads a filter. One that is damaged is none: the buckets answer alone.
    pub(crate) fn load(place: Place, stamp: u64, number: u32, reader: &Reader<'_>) -> Self {
        Self(Self::read(place, stamp, number, reader))
    }

    fn read(place: Place, stamp: u64, number: u32, reader: &Reader<'_>) -> Option<BinaryFuse16> {
        let read = |part| reader.content(&keys::filter(place, number, part), stamp).ok();
        let head = read(0)?;
        let (count, shell) = head.split_first_chunk::<2>()?;
        let count = u16::from_be_bytes(*count);
        if count == 0 {
            return None;
        }
        let mut filter: BinaryFuse16 = serde_json::from_slice(shell).ok()?;
        let mut fingerprints = Vec::with_capacity(usize::from(count) * VALUE_COUNT);
        for part in 1..=count {
            let content = read(part)?;
            fingerprints.extend(content.chunks_exact(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]])));
        }
        filter.fingerprints = fingerprints.into_boxed_slice();
        Some(filter)
    }
}

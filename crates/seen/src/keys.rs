//! The keys of the index. The first byte is the store's tag for indexes, numbers are big-endian.
//!
//! | key | value | changes? |
//! | --- | --- | --- |
//! | `04 00 ‖ !generation u64 ‖ part u16` | a manifest; the newest sorts first | never |
//! | `04 01 ‖ place ‖ bucket u32 ‖ part u16` | a bucket of a run | when a later run takes the place |
//! | `04 02 ‖ place ‖ filter u32 ‖ part u16` | a filter of a run | when a later run takes the place |
//!
//! No key is ever removed. The place of a run that a merged one replaced is given to a later run of its kind, once the
//! manifest without it is kept.

const INDEX_TAG: u8 = 0x04;
const MANIFEST: u8 = 0;
const BUCKET: u8 = 1;
const FILTER: u8 = 2;

/// Where a run lies: `kind u8 ‖ slot u32` in keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Place {
    /// Runs of a kind are of about one size.
    pub(crate) kind: u8,
    /// The place among those of its kind.
    pub(crate) slot: u32,
}

/// Kind of runs of UUIDv7.
pub(crate) const TIMED: u8 = 0;
/// Kind of sealed runs of other ids; one more for each level of merging.
pub(crate) const UNTIMED: u8 = 1;

pub(crate) fn manifest(generation: u64, part: u16) -> Vec<u8> {
    [&[INDEX_TAG, MANIFEST][..], &(!generation).to_be_bytes(), &part.to_be_bytes()].concat()
}

/// Generation and part of a manifest key.
pub(crate) fn read_manifest(key: &[u8]) -> Option<(u64, u16)> {
    let rest = key.strip_prefix(&[INDEX_TAG, MANIFEST])?;
    let (generation, part) = rest.split_first_chunk::<8>()?;
    Some((!u64::from_be_bytes(*generation), u16::from_be_bytes(part.try_into().ok()?)))
}

/// The first key after those of manifests.
pub(crate) const MANIFEST_END: [u8; 2] = [INDEX_TAG, MANIFEST + 1];

pub(crate) fn bucket(place: Place, bucket: u32, part: u16) -> Vec<u8> {
    piece(BUCKET, place, bucket, part)
}

pub(crate) fn filter(place: Place, filter: u32, part: u16) -> Vec<u8> {
    piece(FILTER, place, filter, part)
}

fn piece(what: u8, place: Place, index: u32, part: u16) -> Vec<u8> {
    let Place { kind, slot } = place;
    [&[INDEX_TAG, what, kind][..], &slot.to_be_bytes(), &index.to_be_bytes(), &part.to_be_bytes()].concat()
}

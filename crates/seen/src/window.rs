//! The ids of the last events, exactly.
//!
//! A table of groups of eight slots; a slot holds twelve bits of the hash and the place of the id in a plain list, so that an
//! id that is not there costs one cache line, and one that is new is written to the end of the list.

use crate::id::Id;
use crate::{IsIt, SeenError};

const GROUP_SLOTS: usize = 8;
/// Bits of a slot that give the place in the list, from 1; zero is an empty slot.
const PLACE_BITS: u32 = 20;
const PLACE_MASK: u32 = (1 << PLACE_BITS) - 1;

/// A group lies in one cache line.
#[derive(Clone, Copy, Default)]
#[repr(align(32))]
struct Group([u32; GROUP_SLOTS]);

/// Ids of events that follow each other.
pub(crate) struct Window {
    first_leaf: u64,
    ids: Vec<Id>,
    /// As many as a power of two, less than half full.
    groups: Vec<Group>,
}

impl Window {
    /// A window that takes up to `ids_max` ids.
    pub(crate) fn new(ids_max: usize) -> Self {
        assert!(ids_max < 1 << PLACE_BITS, "a window has fewer than 2^20 ids");
        let group_count = (ids_max * 2).div_ceil(GROUP_SLOTS).next_power_of_two();
        Self { first_leaf: 0, ids: Vec::with_capacity(ids_max), groups: vec![Group::default(); group_count] }
    }

    pub(crate) fn clear(&mut self) {
        self.ids.clear();
        self.groups.fill(Group::default());
    }

    pub(crate) fn first_leaf(&self) -> u64 {
        self.first_leaf
    }

    /// One past the last leaf index.
    pub(crate) fn end_leaf(&self) -> u64 {
        self.first_leaf + self.ids.len() as u64
    }

    /// The ids, in the order of their leaf indices.
    pub(crate) fn ids(&self) -> &[Id] {
        &self.ids
    }

    /// The leaf of an id that `is_it` takes: two senders may use one id.
    pub(crate) fn find(&self, id: &Id, hash: u64, is_it: IsIt<'_>) -> Result<Option<u64>, SeenError> {
        let mut index = self.group(hash);
        loop {
            let Group(slots) = &self.groups[index];
            // Eight comparisons without a branch between them.
            let is_tagged = |slot: &u32| slot >> PLACE_BITS == tag(hash) && *slot != 0;
            if slots.iter().fold(false, |found, slot| found | is_tagged(slot)) {
                for slot in slots.iter().filter(|slot| is_tagged(slot)) {
                    let place = (slot & PLACE_MASK) as usize - 1;
                    let leaf = self.first_leaf + place as u64;
                    if self.ids[place] == *id && is_it(leaf)? {
                        return Ok(Some(leaf));
                    }
                }
            }
            if slots.iter().fold(false, |empty, slot| empty | (*slot == 0)) {
                return Ok(None);
            }
            index = (index + 1) & (self.groups.len() - 1);
        }
    }

    /// Notes an id; false when its leaf index does not follow the last.
    pub(crate) fn insert(&mut self, id: Id, hash: u64, leaf: u64) -> bool {
        if self.ids.is_empty() {
            self.first_leaf = leaf;
        }
        if leaf != self.end_leaf() {
            return false;
        }
        self.ids.push(id);
        let slot = tag(hash) << PLACE_BITS | self.ids.len() as u32;
        let mut index = self.group(hash);
        loop {
            let Group(slots) = &mut self.groups[index];
            let used = slots.iter().map(|slot| usize::from(*slot != 0)).sum::<usize>();
            if used < GROUP_SLOTS {
                slots[used] = slot;
                return true;
            }
            index = (index + 1) & (self.groups.len() - 1);
        }
    }

    fn group(&self, hash: u64) -> usize {
        hash as usize & (self.groups.len() - 1)
    }
}

fn tag(hash: u64) -> u32 {
    (hash >> 52) as u32
}

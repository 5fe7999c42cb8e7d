//! The manifest: which runs there are. Written last, so that a run is valid only as a whole.
//!
//! Content, big-endian, divided over parts that each begin with the count of parts `u16`:
//!
//! | bytes | what |
//! | --- | --- |
//! | 16 | key of the hash |
//! | 8 | covered: ids of leaves below are in the runs |
//! | .. | for each run: kind u8, slot u32, stamp u64, first leaf u64, end leaf u64, ids u64, buckets u32, filters u32, first and last millisecond u64 each (first above last: no UUIDv7), 1 when it holds other ids |

use std::collections::BTreeMap;

use crate::fingerprint::HashKey;
use crate::keys::{self, Place};
use crate::run::RunFacts;
use crate::value::{self, CONTENT_BYTES_MAX};
use crate::{Kept, Pair, SeenError};

const RUN_BYTES: usize = 62;
/// Pairs read at once.
const READ_COUNT: usize = 64;

/// A list of runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Manifest {
    pub(crate) generation: u64,
    pub(crate) key: HashKey,
    pub(crate) covered: u64,
    pub(crate) runs: Vec<RunFacts>,
}

/// The newest manifest that can be read.
pub(crate) struct Newest {
    pub(crate) manifest: Manifest,
    /// Is a newer one damaged? Then places of this one may have been given to later runs.
    pub(crate) is_older: bool,
}

impl Manifest {
    pub(crate) fn pairs(&self) -> Vec<Pair> {
        let mut content = Vec::with_capacity(24 + self.runs.len() * RUN_BYTES);
        let HashKey([first, second]) = self.key;
        [first, second, self.covered].iter().for_each(|word| content.extend_from_slice(&word.to_be_bytes()));
        self.runs.iter().for_each(|run| encode(run, &mut content));
        let parts: Vec<&[u8]> = content.chunks(CONTENT_BYTES_MAX - 2).collect();
        let count = u16::try_from(parts.len()).expect("a manifest has some thousand runs");
        let seal = |(part, content): (u16, &&[u8])| {
            let key = keys::manifest(self.generation, part);
            let value = value::seal(&key, self.generation, &[&count.to_be_bytes(), *content].concat());
            (key, value)
        };
        // The part that counts the others comes last: without it there is no manifest.
        (0..count).zip(&parts).rev().map(seal).collect()
    }

    /// Reads the newest manifest, `None` when there is none that can be read, and the generation after all that were
    /// ever written.
    pub(crate) fn newest(kept: &dyn Kept) -> Result<(Option<Newest>, u64), SeenError> {
        let mut from = keys::manifest(u64::MAX, 0);
        let mut generations: BTreeMap<u64, Vec<Pair>> = BTreeMap::new();
        let mut next_generation = 0;
        loop {
            let pairs = kept.range(&from, &keys::MANIFEST_END, READ_COUNT)?;
            let is_last = pairs.len() < READ_COUNT;
            for (key, value) in pairs {
                from = [&key[..], &[0]].concat();
                if let Some((generation, _)) = keys::read_manifest(&key) {
                    next_generation = next_generation.max(generation.saturating_add(1));
                    generations.entry(generation).or_default().push((key, value));
                }
            }
            // The oldest at hand may go on in what was not read yet.
            while generations.len() > usize::from(!is_last) {
                let Some((generation, pairs)) = generations.pop_last() else { break };
                if let Some(manifest) = Self::decode(generation, &pairs) {
                    let is_older = generation + 1 < next_generation;
                    return Ok((Some(Newest { manifest, is_older }), next_generation));
                }
            }
            if is_last {
                return Ok((None, next_generation));
            }
        }
    }

    fn decode(generation: u64, pairs: &[Pair]) -> Option<Self> {
        let mut content = Vec::new();
        let mut count_stated = None;
        for (part, (key, value)) in (0u16..).zip(pairs) {
            if *key != keys::manifest(generation, part) {
                return None;
            }
            let (count, piece) = value::unseal(key, generation, Some(value)).ok()?.split_first_chunk::<2>()?;
            count_stated = Some(usize::from(u16::from_be_bytes(*count)));
            content.extend_from_slice(piece);
        }
        if count_stated != Some(pairs.len()) {
            return None;
        }
        let mut rest = content.as_slice();
        let key = HashKey([take(&mut rest)?, take(&mut rest)?]);
        let covered = take(&mut rest)?;
        let runs = rest.chunks(RUN_BYTES).map(decode).collect::<Option<_>>()?;
        Some(Self { generation, key, covered, runs })
    }
}

fn encode(run: &RunFacts, to: &mut Vec<u8>) {
    let RunFacts {
        place: Place { kind, slot },
        stamp,
        first_leaf,
        end_leaf,
        id_count,
        bucket_count,
        filter_count,
        milliseconds,
        has_others,
    } = run;
    let (first, last) = milliseconds.unwrap_or((1, 0));
    to.push(*kind);
    to.extend_from_slice(&slot.to_be_bytes());
    [stamp, first_leaf, end_leaf, id_count].iter().for_each(|word| to.extend_from_slice(&word.to_be_bytes()));
    [bucket_count, filter_count].iter().for_each(|word| to.extend_from_slice(&word.to_be_bytes()));
    [first, last].iter().for_each(|word| to.extend_from_slice(&word.to_be_bytes()));
    to.push(u8::from(*has_others));
}

fn decode(mut bytes: &[u8]) -> Option<RunFacts> {
    let [kind] = take_bytes(&mut bytes)?;
    let slot = u32::from_be_bytes(take_bytes(&mut bytes)?);
    let (stamp, first_leaf, end_leaf, id_count) =
        (take(&mut bytes)?, take(&mut bytes)?, take(&mut bytes)?, take(&mut bytes)?);
    let bucket_count = u32::from_be_bytes(take_bytes(&mut bytes)?);
    let filter_count = u32::from_be_bytes(take_bytes(&mut bytes)?);
    let (first, last) = (take(&mut bytes)?, take(&mut bytes)?);
    let [has_others] = take_bytes(&mut bytes)?;
    Some(RunFacts {
        place: Place { kind, slot },
        stamp,
        first_leaf,
        end_leaf,
        id_count,
        bucket_count,
        filter_count,
        milliseconds: (first <= last).then_some((first, last)),
        has_others: has_others != 0,
    })
}

fn take(bytes: &mut &[u8]) -> Option<u64> {
    take_bytes(bytes).map(u64::from_be_bytes)
}

fn take_bytes<const N: usize>(bytes: &mut &[u8]) -> Option<[u8; N]> {
    let (taken, rest) = bytes.split_first_chunk::<N>()?;
    *bytes = rest;
    Some(*taken)
}

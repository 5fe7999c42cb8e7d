//! What the events of a pack come to: their lines, the sums on their accounts, and the tiles from their leaves to the root.

use std::collections::{BTreeMap, BTreeSet};

use auditor::{Facts, Folder};
use chain::{Tile, TileKind, encode_base64, read_tile};
use wire::view::EventView;

use super::folder::{Listed, Pack};
use super::page::Seen;
use crate::error::EvidenceError;

/// What the events of a pack come to, while they are written one by one.
#[derive(Default)]
pub(super) struct Contents {
    pub(super) count: u64,
    pub(super) seen: Seen,
    /// What the events leave on each account, in accounting units.
    balances: BTreeMap<u64, i128>,
    /// Place, owner and lot of each account.
    named: BTreeMap<u64, String>,
    /// Tiles of the events' leaves.
    leaves: BTreeSet<u64>,
}

impl Contents {
    pub(super) fn add(&mut self, pack: &mut Pack<'_>, event: &EventView, entry: &[u8]) -> Result<(), EvidenceError> {
        let facts = Facts::read(entry).ok_or(EvidenceError::Unreadable { seq: event.seq })?;
        pack.events
            .line(&format!("{}\t{}\t{}\n", event.seq, encode_base64(entry), facts.to_text()), &mut pack.lines)?;
        pack.shown.line(&(serde_json::to_string(event)? + "\n"), &mut pack.lines)?;
        for (leg, seen) in facts.legs.iter().zip(&event.entries) {
            *self.balances.entry(leg.source).or_default() -= i128::from(leg.units);
            *self.balances.entry(leg.target).or_default() += i128::from(leg.units);
            for (number, end) in [(leg.source, &seen.source), (leg.target, &seen.target)] {
                self.named.entry(number).or_insert_with(|| format!("{}\t{}\t{}", end.place, end.owner, seen.lot));
            }
        }
        self.leaves.insert((event.seq - 1) / 256);
        self.seen.see(event);
        self.count += 1;
        Ok(())
    }

    pub(super) fn write_accounts(&self, pack: &mut Pack<'_>) -> Result<(), EvidenceError> {
        let mut accounts = Listed::begin(pack.out, "accounts.txt")?;
        for (number, units) in &self.balances {
            let named = self.named.get(number).map_or("", String::as_str);
            accounts.line(&format!("{number}\t{units}\t{named}\n"), &mut pack.lines)?;
        }
        pack.list(accounts)
    }

    /// The hash tiles on the way from each event to the root.
    pub(super) fn write_tiles(&self, pack: &mut Pack<'_>, files: &Folder, size: u64) -> Result<(), EvidenceError> {
        let mut tiles = BTreeSet::new();
        for leaf in &self.leaves {
            let mut index = *leaf;
            for level in 0..8 {
                let Some(tile) = Tile::of_tree(TileKind::Hashes(level), index, size) else { break };
                tiles.insert(tile);
                index /= 256;
            }
        }
        // And the right edge, over which the root is computed.
        for level in 0..8u8 {
            let held = size.checked_shr(u32::from(level) * 8).unwrap_or(0);
            tiles.extend(
                held.checked_sub(1)
                    .filter(|_| !held.is_multiple_of(256))
                    .and_then(|last| Tile::of_tree(TileKind::Hashes(level), last / 256, size)),
            );
        }
        for tile in tiles {
            pack.write(&tile.path(), &read_tile(files, tile)?)?;
        }
        Ok(())
    }
}

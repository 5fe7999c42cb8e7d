//! The log folded from its first event: the same balances, the same root, on any machine.

use std::time::Instant;

use books::Sums;
use chain::{Frontier, Hash, leaf_hash};
use wire::event::Postings;

use crate::opened::LedgerError;
use crate::reader::Reader;

/// What a replay found.
#[derive(Clone, Debug, PartialEq)]
pub struct Replayed {
    /// Events folded.
    pub events: u64,
    /// Root recomputed from every leaf; only when verifying.
    pub root: Option<Hash>,
    /// Does the root equal that of the signed checkpoint?
    pub root_matches: Option<bool>,
    /// Accounts whose balance differs from the books.
    pub differing_accounts: Vec<u32>,
    /// Time taken.
    pub seconds: f64,
}

/// Folds every event into balances and compares them with the books; with `verify`, hashes every leaf, recomputes the
/// tree and compares its root with the signed checkpoint. `progress` is called now and then with the events done.
///
/// # Errors
/// When the log cannot be read.
pub fn replay(reader: &Reader, verify: bool, mut progress: impl FnMut(u64)) -> Result<Replayed, LedgerError> {
    let started = Instant::now();
    let mut tree = Frontier::default();
    let mut postings = Postings::default();
    let mut balances: Vec<Sums> = Vec::with_capacity(reader.books().accounts().len());
    let mut opened = 0usize;
    let mut failed = None;
    let events = reader.store().scan_blocks(0, |block| {
        for (index, entry) in (block.first..).zip(block.entries()) {
            if failed.is_some() {
                return;
            }
            if let Err(error) = postings.read(entry) {
                failed = Some(LedgerError::Event { seq: books::Seq::from_leaf(index), problem: error.to_string() });
                return;
            }
            opened += postings.opened.len();
            balances.resize(opened, Sums::default());
            fold(&postings, &mut balances);
            if verify {
                tree.append(leaf_hash(entry));
            }
        }
        progress(block.first + block.count);
    })?;
    if let Some(error) = failed {
        return Err(error);
    }
    let head = reader.store().head();
    let accounts = reader.books().accounts();
    let differs = |(number, account): (usize, &books::Account)| {
        let folded = balances.get(number).copied().unwrap_or_default();
        (folded != account.days.latest()).then_some(number as u32)
    };
    let differing_accounts = accounts.iter().enumerate().filter_map(differs).collect();
    let root = verify.then(|| tree.root());
    Ok(Replayed {
        events,
        root,
        root_matches: root.map(|root| root == head.root()),
        differing_accounts,
        seconds: started.elapsed().as_secs_f64(),
    })
}

fn fold(postings: &Postings, balances: &mut [Sums]) {
    for entry in &postings.entries {
        let units = entry.quantity.units();
        balances[entry.source.0 as usize].on_hand -= units;
        balances[entry.target.0 as usize].on_hand += units;
    }
    for claim in &postings.claims {
        let sums = &mut balances[claim.account.0 as usize];
        match claim.kind {
            books::EncumbranceKind::Hold => sums.blocked += claim.delta,
            _ => sums.encumbered += claim.delta,
        }
    }
}

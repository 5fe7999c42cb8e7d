//! The log folded from its first event: the same balances, the same root, on any machine.

use std::time::Instant;

use books::{Encumbrance, Seq, Sums};
use chain::{Frontier, Hash, leaf_hash, sha256};
use wire::event::Postings;

use crate::closes::{CheckedClose, CloseCheck, names_balances};
use crate::known::Known;
use crate::opened::{LedgerError, Opened};

/// Number of the act that closes a period.
const CLOSE_PERIOD: u32 = 29;

/// What a replay found.
#[derive(Clone, Debug, PartialEq)]
pub struct Replayed {
    /// Events folded.
    pub events: u64,
    /// Root recomputed from every leaf; only when verifying.
    pub root: Option<Hash>,
    /// Does the root equal the one that the log states there? `None` when not verifying, or where it states none.
    pub root_matches: Option<bool>,
    /// See [`Fold::balances_hash`].
    pub balances_hash: Hash,
    /// Accounts whose balance differs from the books.
    pub differing_accounts: Vec<u32>,
    /// Signed closes that name their balances, each held against the log; only when verifying.
    pub closes: Vec<CheckedClose>,
    /// Time taken.
    pub seconds: f64,
}

/// Entries folded into balances and, where asked, into a tree. It needs no rules, no store and no books: an event carries its
/// consequences.
#[derive(Debug, Default)]
pub struct Fold {
    verify: bool,
    tree: Frontier,
    postings: Postings,
    balances: Vec<Sums>,
    events: u64,
    names_balances: bool,
}

impl Fold {
    /// Nothing folded yet; with `verify`, every leaf is hashed.
    #[must_use]
    pub fn new(verify: bool) -> Self {
        Self { verify, ..Self::default() }
    }

    /// Folds the next entry.
    ///
    /// # Errors
    /// When it is no event, or moves what no event before it opened.
    pub fn push(&mut self, entry: &[u8]) -> Result<(), LedgerError> {
        let seq = Seq::from_leaf(self.events);
        let bad = |problem: String| LedgerError::Event { seq, problem };
        self.postings.read(entry).map_err(|error| bad(error.to_string()))?;
        self.balances.resize(self.balances.len() + self.postings.opened.len(), Sums::default());
        let missing = || bad("an account that was not opened".to_owned());
        for entry in &self.postings.entries {
            let units = entry.quantity.units();
            for (account, change) in [(entry.source, -units), (entry.target, units)] {
                let sums = self.balances.get_mut(account.0 as usize).ok_or_else(missing)?;
                sums.on_hand = sums.on_hand.checked_add(change).ok_or_else(|| bad("a balance overflows".to_owned()))?;
            }
        }
        for claim in &self.postings.claims {
            let sums = self.balances.get_mut(claim.account.0 as usize).ok_or_else(missing)?;
            let change = Encumbrance::change(claim.kind, claim.delta);
            *sums = sums.checked_add(&change).ok_or_else(|| bad("a balance overflows".to_owned()))?;
        }
        if self.verify {
            self.tree.append(leaf_hash(entry));
            if self.postings.act == Some(CLOSE_PERIOD) && !self.names_balances {
                let event = wire::event::decode(entry).map_err(|error| bad(error.to_string()))?;
                self.names_balances = names_balances(&event);
            }
        }
        self.events += 1;
        Ok(())
    }

    /// Events folded.
    #[must_use]
    pub fn events(&self) -> u64 {
        self.events
    }

    /// Does any of them close a period and name its balances? Then they want a [`CloseCheck`]. Only told
    /// with `verify`.
    #[must_use]
    pub fn names_balances(&self) -> bool {
        self.names_balances
    }

    /// Root over them; `None` without `verify`.
    #[must_use]
    pub fn root(&self) -> Option<Hash> {
        self.verify.then(|| self.tree.root())
    }

    /// Sums of every account, by its number.
    #[must_use]
    pub fn balances(&self) -> &[Sums] {
        &self.balances
    }

    /// One hash over all balances, so that two machines can compare them by eye: SHA-256 over every account in the order of
    /// its number, each as on hand, encumbered and blocked, 8 bytes big-endian two's complement, in accounting units.
    #[must_use]
    pub fn balances_hash(&self) -> Hash {
        let mut bytes = Vec::with_capacity(self.balances.len() * 24);
        for Sums { on_hand, encumbered, blocked } in &self.balances {
            [on_hand, encumbered, blocked].iter().for_each(|sum| bytes.extend_from_slice(&sum.to_be_bytes()));
        }
        sha256(&bytes)
    }
}

/// Folds every event into balances and compares them with the books; with `verify`, hashes every leaf, recomputes the
/// tree and compares its root with the signed checkpoint. `progress` is called now and then with the events done.
///
/// # Errors
/// When the log cannot be read.
pub fn replay(opened: &Opened, verify: bool, progress: impl FnMut(u64)) -> Result<Replayed, LedgerError> {
    replay_until(opened, None, verify, progress)
}

/// The same up to an event: balances are compared with the history as known then.
///
/// # Errors
/// See [`replay`].
pub fn replay_until(
    opened: &Opened,
    until: Option<u64>,
    verify: bool,
    mut progress: impl FnMut(u64),
) -> Result<Replayed, LedgerError> {
    let started = Instant::now();
    let head = opened.store().head();
    let end = until.unwrap_or(u64::MAX).min(head.size());
    let mut fold = Fold::new(verify);
    let mut failed = None;
    opened.store().scan_blocks(0, |block| {
        for (index, entry) in (block.first..).zip(block.entries()) {
            if index < end && failed.is_none() {
                failed = fold.push(entry).err();
            }
        }
        if block.first < end {
            progress(fold.events());
        }
    })?;
    if let Some(error) = failed.take() {
        return Err(error);
    }
    let mut closes = CloseCheck::default();
    if fold.names_balances() {
        opened.store().scan_blocks(0, |block| {
            for (index, entry) in (block.first..).zip(block.entries()) {
                if index < end && failed.is_none() {
                    failed = closes.push(entry).err();
                }
            }
        })?;
        failed.map_or(Ok(()), Err)?;
    }
    let mut differing_accounts = Vec::new();
    for (number, account) in opened.books().accounts().iter().enumerate() {
        let folded = fold.balances().get(number).copied().unwrap_or_default();
        let known = match end == head.size() {
            true => account.days.latest(),
            false => opened.at(books::AccountNo(number as u32), books::Day(i32::MAX), Seq(end))?,
        };
        if folded != known {
            differing_accounts.push(number as u32);
        }
    }
    let stated = opened.store().root_at(end)?;
    let root = fold.root();
    Ok(Replayed {
        events: fold.events(),
        root,
        root_matches: root.and_then(|root| stated.map(|stated| stated == root)),
        balances_hash: fold.balances_hash(),
        differing_accounts,
        closes: closes.found,
        seconds: started.elapsed().as_secs_f64(),
    })
}

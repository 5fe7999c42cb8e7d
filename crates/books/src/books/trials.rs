//! The books on trial: what was applied since a trial began stays, or was never there. See [`crate::trial`].

use super::reversals::ReversalIndex;
use super::{Books, CountIndex, Index, facts};
use crate::number::{Moment, Nonce, Seq};
use crate::trial::Tried;

/// What stands in no table, as it was when a trial began.
#[derive(Clone, Debug)]
pub(super) struct Before {
    origin: String,
    head: Seq,
    recorded_at: Moment,
    nonces: Nonce,
    void_count: u32,
    accounts: u32,
}

impl Books {
    /// What is applied from now on can be taken back, until [`Books::end_trial`]. Trials may lie within each other.
    pub fn begin_trial(&mut self) {
        self.trials.push(Before {
            origin: self.origin.clone(),
            head: self.head,
            recorded_at: self.recorded_at,
            nonces: self.nonces,
            void_count: self.index.void_count,
            accounts: self.accounts.row_count(),
        });
        self.each_tried(|tried| tried.begin());
    }

    /// Ends the innermost trial: what was applied in it stays, or the books are again what they were.
    pub fn end_trial(&mut self, is_kept: bool) {
        let Some(before) = self.trials.pop() else { return };
        if is_kept {
            return self.each_tried(|tried| tried.keep());
        }
        for row in (before.accounts..self.accounts.row_count()).rev() {
            let lot = self.accounts.row(row).key.lot;
            self.index.by_lot[lot.0 as usize].pop();
        }
        self.each_tried(|tried| tried.undo());
        let Before { origin, head, recorded_at, nonces, void_count, accounts: _ } = before;
        (self.origin, self.head, self.recorded_at, self.nonces) = (origin, head, recorded_at, nonces);
        self.index.void_count = void_count;
    }

    /// Is a trial under way?
    #[must_use]
    pub fn is_on_trial(&self) -> bool {
        !self.trials.is_empty()
    }

    /// Every table and every map of the index: one that is left out does not compile.
    fn each_tried(&mut self, mut each: impl FnMut(&mut dyn Tried)) {
        macro_rules! all {
            ($($tried:expr),* $(,)?) => { $(each($tried);)* };
        }
        let Self {
            origin: _,
            head: _,
            recorded_at: _,
            nonces: _,
            parties,
            materials,
            places,
            lots,
            accounts,
            secrets,
            encumbrances,
            authorities,
            held,
            reversals,
            tallies,
            reserves,
            bases,
            commitments,
            debts,
            activations,
            calls,
            orders,
            floors,
            rights,
            restrictions,
            licences,
            share_limits,
            requests,
            reports,
            breaks,
            hand_matches,
            rules,
            publications,
            trusted_logs,
            facts,
            log_keys,
            counts,
            party_versions,
            material_versions,
            site_versions,
            restriction_versions,
            factors,
            items,
            persons,
            lately,
            times,
            mandates,
            index,
            trials: _,
        } = self;
        all![parties, materials, places, lots, accounts, secrets, encumbrances, authorities, held, reversals, tallies];
        all![reserves, bases, commitments, debts, activations, calls, orders, floors, rights, restrictions, licences];
        all![share_limits, requests, reports, breaks, hand_matches, rules, publications, trusted_logs, facts, log_keys];
        all![
            counts,
            party_versions,
            material_versions,
            site_versions,
            restriction_versions,
            factors,
            items,
            persons,
            lately,
            times,
            mandates,
        ];
        let Index {
            parties,
            materials,
            sites,
            dispatches,
            loans,
            lots,
            encumbrances,
            authorities,
            accounts,
            away,
            void,
            void_count: _,
            by_lot: _,
            held,
            reversals: ReversalIndex { by_event: reversed, by_correction },
            counts: CountIndex { by_event, by_heap },
            tallies,
            tallies_of,
            named,
            amended:
                facts::Amended {
                    parties: of_parties,
                    materials: of_materials,
                    sites: of_sites,
                    restrictions: of_restrictions,
                },
            factors,
            items: by_items,
            bases,
            pools,
            pieces,
            lately,
        } = index;
        all![parties, materials, sites, dispatches, loans, lots, encumbrances, authorities, accounts, away, void, held];
        all![reversed, by_correction, by_event, by_heap, tallies, tallies_of, &mut named.0];
        all![of_parties, of_materials, of_sites, of_restrictions, factors, by_items, bases, pools, pieces, lately];
    }
}

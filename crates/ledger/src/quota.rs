//! What one party may put into the log within an hour without moving anything: things registered, and commands that are refused.
//! What is registered stands in every list for ever, and what is refused is kept for ever.
//!
//! It holds for whoever is known by a credential. Who runs the ledger is bound by nothing, and what a decision says of stock never waits
//! for it.

use std::collections::HashMap;

use books::PartyNo;

/// How much, for each party.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quotas {
    /// Things registered in an hour; more are refused (`quota_used_up`), and nothing of them is recorded.
    pub registrations_max: u32,
    /// Refused commands recorded in an hour; more are answered alike, and leave nothing.
    pub refusals_max: u32,
    /// Bytes of refused commands recorded in an hour.
    pub refused_bytes_max: u64,
}

impl Default for Quotas {
    fn default() -> Self {
        Self { registrations_max: 2_000, refusals_max: 10_000, refused_bytes_max: 16 << 20 }
    }
}

const HOUR_US: u64 = 3_600 * 1_000_000;

/// What parties used of it in their hours.
#[derive(Debug, Default)]
pub(crate) struct Used {
    quotas: Quotas,
    by_party: HashMap<PartyNo, Hour>,
    /// Where the trials under way began, the innermost last.
    trials: Vec<usize>,
    /// What hours were before they changed in a trial.
    changed: Vec<(PartyNo, Hour)>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Hour {
    since_us: u64,
    registrations: u32,
    refusals: u32,
    refused_bytes: u64,
}

impl Used {
    pub(crate) fn of(quotas: Quotas) -> Self {
        Self { quotas, ..Self::default() }
    }

    fn hour(&mut self, party: PartyNo, now_us: u64) -> &mut Hour {
        let hour = self.by_party.entry(party).or_default();
        if now_us.saturating_sub(hour.since_us) >= HOUR_US {
            *hour = Hour { since_us: now_us, ..Hour::default() };
        }
        if !self.trials.is_empty() {
            self.changed.push((party, *hour));
        }
        hour
    }

    /// What is used from now on, until [`Self::end_trial`], may come to have been used by nothing. It counts all the same.
    pub(crate) fn begin_trial(&mut self) {
        self.trials.push(self.changed.len());
    }

    /// Ends the innermost trial: what was used in it stays used, or was not.
    pub(crate) fn end_trial(&mut self, is_kept: bool) {
        let Some(begun) = self.trials.pop() else { return };
        if !is_kept {
            self.by_party.extend(self.changed.drain(begun..).rev());
        }
        if self.trials.is_empty() {
            self.changed.clear();
        }
    }

    /// May the party register one more thing?
    pub(crate) fn may_register(&mut self, party: PartyNo, now_us: u64) -> bool {
        let most = self.quotas.registrations_max;
        let hour = self.hour(party, now_us);
        hour.registrations = hour.registrations.saturating_add(1);
        hour.registrations <= most
    }

    /// Is one more refusal of the party recorded?
    pub(crate) fn keeps_refusal(&mut self, party: PartyNo, bytes: usize, now_us: u64) -> bool {
        let Quotas { refusals_max, refused_bytes_max, .. } = self.quotas;
        let hour = self.hour(party, now_us);
        hour.refusals = hour.refusals.saturating_add(1);
        hour.refused_bytes = hour.refused_bytes.saturating_add(bytes as u64);
        hour.refusals <= refusals_max && hour.refused_bytes <= refused_bytes_max
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 19,000 parties in a second, and 19 MB of refused commands in two.
    #[test]
    fn a_party_fills_neither_the_registers_nor_the_log() {
        let quotas = Quotas { registrations_max: 2, refusals_max: 3, refused_bytes_max: 100 };
        let mut used = Used::of(quotas);
        let (one, other) = (PartyNo(1), PartyNo(2));
        assert_eq!([(); 4].map(|()| used.may_register(one, 5)), [true, true, false, false]);
        assert!(used.may_register(other, 5), "each has its own");
        assert!(used.may_register(one, 5 + HOUR_US), "and the next hour is another");
        assert_eq!(
            [10, 10, 10, 10].map(|bytes| used.keeps_refusal(one, bytes, HOUR_US * 3)),
            [true, true, true, false]
        );
        assert_eq!([90, 20].map(|bytes| used.keeps_refusal(other, bytes, HOUR_US * 3)), [true, false]);
    }

    #[test]
    fn what_is_only_tried_is_bound_and_uses_nothing_up() {
        let mut used = Used::of(Quotas { registrations_max: 2, refusals_max: 3, refused_bytes_max: 100 });
        let one = PartyNo(1);
        assert!(used.may_register(one, 5));
        used.begin_trial();
        assert!(used.may_register(one, 5));
        used.begin_trial();
        assert!(!used.may_register(one, 5), "a trial finds the limit where it is");
        used.end_trial(true);
        assert!(!used.may_register(one, 5));
        used.end_trial(false);
        assert_eq!([(); 2].map(|()| used.may_register(one, 5)), [true, false]);
    }
}

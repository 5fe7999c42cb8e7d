//! The plainest record of what lies where: a list of postings, asked by adding them up.
//!
//! Slow and obviously right. The books keep a few rows an account and drop the rest; what they say must be what this
//! list says, for every day and as known at every event.

pub mod facts;

use std::collections::BTreeSet;

use books::composition::Scales;
use books::{AccountNo, AuthorityNo, Day, Days, EncumbranceKind, EncumbranceNo, Event, Row, Seq, Sums};

/// One change of one account.
#[derive(Clone, Copy, Debug)]
struct Posting {
    seq: Seq,
    day: Day,
    change: Sums,
}

/// One change of what an encumbrance sets aside.
#[derive(Clone, Copy, Debug)]
struct Claimed {
    seq: Seq,
    day: Day,
    delta: i64,
}

/// All postings of a history, by account and by encumbrance.
#[derive(Clone, Debug, Default)]
pub struct Model {
    accounts: Vec<Vec<Posting>>,
    encumbrances: Vec<Vec<Claimed>>,
    tallies: Vec<Vec<(Day, i64)>>,
    facts: facts::Facts,
    uses: Vec<(AuthorityNo, Day, i64)>,
}

impl Model {
    /// Takes in the next event.
    pub fn add(&mut self, seq: Seq, event: &Event) {
        self.facts.add(seq, event);
        let uses = event.uses.iter().flatten().map(|used| (used.authority, event.effective, used.delta));
        self.uses.extend(uses);
        for entry in &event.entries {
            let day = entry.day.unwrap_or(event.effective);
            let units = entry.quantity.units();
            for (account, on_hand) in [(entry.source, -units), (entry.target, units)] {
                self.post(account, Posting { seq, day, change: Sums { on_hand, ..Sums::default() } });
            }
        }
        for claim in &event.claims {
            let day = claim.day.unwrap_or(event.effective);
            let change = match claim.kind {
                EncumbranceKind::Hold => Sums { blocked: claim.delta, ..Sums::default() },
                _ => Sums { encumbered: claim.delta, ..Sums::default() },
            };
            self.post(claim.account, Posting { seq, day, change });
            let row = claim.encumbrance.0 as usize;
            self.encumbrances.resize(self.encumbrances.len().max(row + 1), Vec::new());
            self.encumbrances[row].push(Claimed { seq, day, delta: claim.delta });
        }
        for change in event.tallied.iter().flat_map(|tallied| &tallied.changes) {
            self.tally_change(change.tally.0 as usize, change.day.unwrap_or(event.effective), change.delta);
        }
    }

    /// What is registered, and what lots are made of.
    #[must_use]
    pub fn facts(&self) -> &facts::Facts {
        &self.facts
    }

    /// What of an authority was used up to the end of a day.
    #[must_use]
    pub fn used(&self, authority: AuthorityNo, day: Day) -> i64 {
        let own = self.uses.iter().filter(|(of, own, _)| *of == authority && *own <= day);
        own.map(|(.., delta)| *delta).sum()
    }

    fn tally_change(&mut self, row: usize, day: Day, delta: i64) {
        self.tallies.resize(self.tallies.len().max(row + 1), Vec::new());
        self.tallies[row].push((day, delta));
    }

    /// What a tally stands at, at the end of a day.
    #[must_use]
    pub fn tally(&self, row: u32, day: Day) -> i64 {
        let changes = self.tallies.get(row as usize).map_or(&[][..], Vec::as_slice);
        changes.iter().filter(|(own, _)| *own <= day).map(|(_, delta)| *delta).sum()
    }

    fn post(&mut self, account: AccountNo, posting: Posting) {
        let row = account.0 as usize;
        self.accounts.resize(self.accounts.len().max(row + 1), Vec::new());
        self.accounts[row].push(posting);
    }

    /// What an account held at the end of a day, as known once an event was recorded.
    #[must_use]
    pub fn at(&self, account: AccountNo, day: Day, known_at: Seq) -> Sums {
        self.postings(account, known_at).filter(|posting| posting.day <= day).fold(Sums::default(), |sums, posting| {
            sums.checked_add(&posting.change).expect("decided: the sums stay in range")
        })
    }

    /// The sums of an account at the end of each day on which something changed, as known once an event was recorded.
    #[must_use]
    pub fn rows(&self, account: AccountNo, known_at: Seq) -> Vec<Row> {
        let mut postings: Vec<&Posting> = self.postings(account, known_at).collect();
        postings.sort_by_key(|posting| posting.day);
        let mut rows: Vec<Row> = Vec::new();
        // The parts of one day may pass the range that their sum keeps.
        let mut sums = [0i128; 3];
        for posting in postings {
            let Sums { on_hand, encumbered, blocked } = posting.change;
            for (sum, change) in sums.iter_mut().zip([on_hand, encumbered, blocked]) {
                *sum += i128::from(change);
            }
            rows.pop_if(|last| last.day == posting.day);
            let [on_hand, encumbered, blocked] = sums.map(|sum| i64::try_from(sum).unwrap_or(i64::MIN));
            rows.push(Row { day: posting.day, sums: Sums { on_hand, encumbered, blocked } });
        }
        rows
    }

    /// The answer to [`books::Past::days`]: the rows from the last one on or before a day.
    #[must_use]
    pub fn days(&self, account: AccountNo, from: Day) -> Days {
        let rows = self.rows(account, Seq(u64::MAX));
        let first = rows.partition_point(|row| row.day <= from).saturating_sub(1);
        Days::whole(rows[first..].to_vec())
    }

    /// What an encumbrance sets aside at the end of a day, as known once an event was recorded.
    #[must_use]
    pub fn remaining(&self, encumbrance: EncumbranceNo, day: Day, known_at: Seq) -> i64 {
        let claims = self.encumbrances.get(encumbrance.0 as usize).map_or(&[][..], Vec::as_slice);
        claims.iter().filter(|claim| claim.day <= day && claim.seq <= known_at).map(|claim| claim.delta).sum()
    }

    /// The days on which anything changed in an encumbrance.
    #[must_use]
    pub fn claim_days(&self, encumbrance: EncumbranceNo) -> BTreeSet<Day> {
        let claims = self.encumbrances.get(encumbrance.0 as usize).map_or(&[][..], Vec::as_slice);
        claims.iter().map(|claim| claim.day).collect()
    }

    /// The events that changed an account, each with its day, as known once an event was recorded.
    #[must_use]
    pub fn changes(&self, account: AccountNo, known_at: Seq) -> Vec<(Seq, Day)> {
        self.postings(account, known_at).map(|posting| (posting.seq, posting.day)).collect()
    }

    /// What each event moved to an account on a day, as known at an event, with the day on which its root first moved it.
    pub(crate) fn moved_on(
        &self,
        account: AccountNo,
        day: Day,
        known_at: Seq,
        root: &dyn Fn(Seq) -> Seq,
    ) -> Vec<Moved> {
        let of_day = self.postings(account, known_at).filter(|posting| posting.day == day);
        let first = |seq: Seq| self.postings(account, known_at).filter(|own| own.seq == seq).map(|own| own.day).min();
        of_day
            .map(|posting| {
                let root = root(posting.seq);
                Moved { root, first: first(root).unwrap_or(day), units: posting.change.on_hand }
            })
            .collect()
    }

    /// What it says of weights.
    pub fn scales(&self) -> impl Scales<std::convert::Infallible> + '_ {
        Weighed(self)
    }

    fn postings(&self, account: AccountNo, known_at: Seq) -> impl Iterator<Item = &Posting> {
        let postings = self.accounts.get(account.0 as usize).map_or(&[][..], Vec::as_slice);
        postings.iter().filter(move |posting| posting.seq <= known_at)
    }
}

/// See [`Model::moved_on`].
pub(crate) struct Moved {
    pub(crate) root: Seq,
    pub(crate) first: Day,
    pub(crate) units: i64,
}

struct Weighed<'m>(&'m Model);

impl Scales<std::convert::Infallible> for Weighed<'_> {
    fn weigh(&mut self, account: AccountNo, day: Day, known_at: Seq) -> Result<i64, std::convert::Infallible> {
        Ok(self.0.at(account, day, known_at).on_hand)
    }

    fn changes(&mut self, account: AccountNo, known_at: Seq) -> Result<Vec<(Seq, Day)>, std::convert::Infallible> {
        Ok(self.0.changes(account, known_at))
    }
}

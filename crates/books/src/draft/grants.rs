//! What was granted of a pool is free for nobody else: on every day on which a grant is open, what is free in the pool is at
//! least what is still to be handed over.
//!
//! Whatever makes less free is asked, whichever act it is. What is handed over lowers both alike. A shortfall that was found (a
//! loss, a count) may stand; nothing that is decided makes it larger.

use std::collections::BTreeSet;

use super::Draft;
use crate::access::Request;
use crate::account::AccountKey;
use crate::books::Books;
use crate::days::Sums;
use crate::number::{AccountNo, Day, LotNo, MaterialNo, PartyNo, RequestNo, ReserveNo};
use crate::place::Place;
use crate::rejection::Rejection;
use crate::tally::{TallyKey, TallyKind};

/// What is left of a grant.
pub(crate) fn granted(books: &Books, number: RequestNo) -> TallyKey {
    let request = books.request(number);
    let pool = books.reserve(request.reserve).pool;
    TallyKey { kind: TallyKind::Granted, of: number.0, party: pool, material: Some(request.material) }
}

/// May something still be handed over on a day?
fn is_open(request: &Request, day: Day) -> bool {
    request.decision.as_ref().is_some_and(|decision| decision.last.is_none_or(|last| day <= last))
}

impl Draft<'_> {
    /// Refuses what takes from a pool what was granted of it.
    pub(crate) fn check_grants(&mut self) {
        if self.is_found || !self.books.requests().iter().any(|request| request.decision.is_some()) {
            return;
        }
        let mut touched: Vec<(ReserveNo, AccountKey, Day)> = Vec::new();
        let moved = self.effects().entries.iter().map(|entry| (entry.source, entry.day));
        let claimed = self.effects().claims.iter().filter(|claim| claim.delta > 0);
        for (account, day) in moved.chain(claimed.map(|claim| (claim.account, claim.day))) {
            let key = self.key(account);
            let is_real = self.books.places.get(key.place.0).is_none_or(Place::is_real);
            let is_known = self.books.lots.get(key.lot.0).is_some();
            if let Some(reserve) = self.books.pool_of(key.owner).filter(|_| is_real && is_known) {
                touched.push((reserve, key, day.unwrap_or(self.base)));
            }
        }
        touched.sort_unstable_by_key(|(reserve, key, day)| (*reserve, self.material(key.lot), *day));
        touched.dedup_by_key(|(reserve, key, _)| (*reserve, self.material(key.lot)));
        for (reserve, account, from) in touched {
            self.check_granted(reserve, account, from);
        }
    }

    fn check_granted(&mut self, reserve: ReserveNo, account: AccountKey, from: Day) {
        let material = self.material(account.lot);
        let mut days = BTreeSet::from([from]);
        let accounts = self.in_pool(account.owner, material);
        let grants: Vec<RequestNo> = self.grants(reserve, material).collect();
        if grants.is_empty() {
            return;
        }
        for number in &accounts {
            days.extend(self.days(*number, from).rows().iter().map(|row| row.day).filter(|day| *day >= from));
        }
        for number in &grants {
            days.extend(
                self.books.request(*number).decision.iter().map(|decision| decision.day).filter(|day| *day >= from),
            );
        }
        for day in days {
            let open = grants.iter().filter(|number| is_open(self.books.request(**number), day));
            let open: i128 = open.map(|number| self.tally_at(granted(self.books, *number), day)).sum();
            if open <= 0 {
                continue;
            }
            let (was, is) = self.free_in(&accounts, day);
            if is < was && is < open && is - was < self.handed_over(&grants, day) {
                let available = i64::try_from((was - open).max(0)).unwrap_or(i64::MAX);
                return self.keep_amount(Rejection::ExceedsAvailable { account, available, day, later: Vec::new() });
            }
        }
    }

    /// What the act itself changes of grants up to a day: what it hands over, as less than nothing.
    fn handed_over(&self, grants: &[RequestNo], day: Day) -> i128 {
        let change = |number: &RequestNo| {
            let key = granted(self.books, *number);
            self.tally_at(key, day) - i128::from(self.books.tally_at(key, day))
        };
        grants.iter().map(change).sum()
    }

    /// How much of a material is free in a pool on a day and was granted to nobody.
    pub(crate) fn ungranted(&self, reserve: ReserveNo, material: MaterialNo, day: Day) -> i128 {
        let accounts = self.in_pool(self.books.reserve(reserve).pool, material);
        let grants = self.grants(reserve, material).filter(|number| is_open(self.books.request(*number), day));
        let open: i128 = grants.map(|number| i128::from(self.books.tally_at(granted(self.books, number), day))).sum();
        self.free_in(&accounts, day).0 - open
    }

    fn grants(&self, reserve: ReserveNo, material: MaterialNo) -> impl Iterator<Item = RequestNo> {
        let requests = (0u32..).map(RequestNo).zip(self.books.requests());
        let alike = requests.filter(move |(_, other)| (other.reserve, other.material) == (reserve, material));
        alike.filter(|(_, other)| other.decision.is_some()).map(|(number, _)| number)
    }

    /// The accounts of a pool in which some of a material lies, or lay.
    fn in_pool(&self, pool: PartyNo, material: MaterialNo) -> Vec<AccountNo> {
        let books = self.books;
        let is_own = |account: &&crate::account::Account| {
            account.key.owner == pool
                && self.lies_as(account.key.lot, material)
                && books.place(account.key.place).is_real()
        };
        (0u32..).zip(books.accounts()).filter(|(_, account)| is_own(account)).map(|(row, _)| AccountNo(row)).collect()
    }

    fn lies_as(&self, lot: LotNo, material: MaterialNo) -> bool {
        self.books.lot(lot).facts.material == material
    }

    /// What is free in accounts at the end of a day: before the act, and with it.
    fn free_in(&self, accounts: &[AccountNo], day: Day) -> (i128, i128) {
        let (mut was, mut is) = (0, 0);
        for number in accounts {
            let sums: Sums = self.days(*number, day).at(day).unwrap_or_default();
            let claims = self.effects().claims.iter();
            let own = claims.filter(|claim| claim.account == *number && claim.day.unwrap_or(self.base) <= day);
            let set_aside: i128 = own.map(|claim| i128::from(claim.delta)).sum();
            was += i128::from(sums.available());
            is += i128::from(sums.available()) + i128::from(self.moved(*number, day)) - set_aside;
        }
        // What the act puts into the pool in accounts that it opens.
        (was, is + self.newly_in(accounts, day))
    }

    fn newly_in(&self, accounts: &[AccountNo], day: Day) -> i128 {
        let Some(first) = accounts.first().map(|number| self.key(*number)) else { return 0 };
        let material = self.material(first.lot);
        let entries = self.effects().entries.iter().filter(|entry| entry.day.unwrap_or(self.base) <= day);
        let is_new = |number: AccountNo| {
            let key = self.key(number);
            let is_real = self.books.places.get(key.place.0).is_none_or(Place::is_real);
            number.0 >= self.books.accounts.row_count()
                && key.owner == first.owner
                && is_real
                && self.material(key.lot) == material
        };
        entries.filter(|entry| is_new(entry.target)).map(|entry| i128::from(entry.quantity.units())).sum()
    }
}

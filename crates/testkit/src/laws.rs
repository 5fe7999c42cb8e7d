//! The laws of the ledger, checked after every step (domain.md, section 8).

use std::collections::BTreeSet;

use books::{AccountNo, Books, ByHand, Day, EncumbranceNo, Event, LotNo, Nature, Seq};

use crate::Model;

mod facts;
mod origins;
mod reserves;

/// Checks what an event touched: everything else is as it was.
pub fn check_touched(books: &Books, model: &Model, event: &Event) {
    let entries = event.entries.iter().flat_map(|entry| [entry.source, entry.target]);
    let accounts: BTreeSet<AccountNo> = entries.chain(event.claims.iter().map(|claim| claim.account)).collect();
    for account in &accounts {
        account_agrees(books, model, *account);
    }
    let is_pool = |account: &AccountNo| books.pool_of(books.account(*account).key.owner).is_some();
    if event.tallied.is_some() || accounts.iter().any(is_pool) {
        reserves::check(books, model);
    }
    shortfalls_are_found(books, model, event, &accounts);
    let lots: BTreeSet<LotNo> = accounts.iter().map(|account| books.account(*account).key.lot).collect();
    for lot in &lots {
        assert_eq!(books.imbalance(*lot), 0, "conservation: lot {lot} sums to zero over all places");
    }
    origins::check(books, lots.into_iter());
}

/// Only what was found leaves less than is set aside; whatever is decided makes it no worse, on any day.
fn shortfalls_are_found(books: &Books, model: &Model, event: &Event, accounts: &BTreeSet<AccountNo>) {
    let facts = event.effect(books).map(|act| act.facts());
    if facts.is_some_and(|facts| (facts.nature, facts.by_hand) == (Nature::Observation, ByHand::Stock)) {
        return;
    }
    let before = Seq(books.head().0 - 1);
    for account in accounts.iter().filter(|account| books.place(books.account(**account).key.place).is_real()) {
        for row in model.rows(*account, books.head()).iter().filter(|row| row.sums.available() < 0) {
            let was = model.at(*account, row.day, before).available();
            assert!(
                row.sums.available() >= was,
                "account {account}: a decision leaves a larger shortfall, day {}",
                row.day
            );
        }
    }
}

/// Checks everything.
pub fn check_all(books: &Books, model: &Model) {
    for row in 0..books.accounts().len() {
        account_agrees(books, model, AccountNo(u32::try_from(row).expect("few accounts in a test")));
    }
    for row in 0..books.lots().len() {
        let lot = LotNo(u32::try_from(row).expect("few lots in a test"));
        assert_eq!(books.imbalance(lot), 0, "conservation: lot {lot} sums to zero over all places");
    }
    origins::check(books, (0u32..).take(books.lots().len()).map(LotNo));
    reserves::check(books, model);
    facts::check(books, model);
    for authority in books.authorities() {
        assert!(authority.used <= authority.ceiling, "authority {} is not used beyond its ceiling", authority.code);
    }
}

/// An account's rows are what the postings add up to, and no day of a real place goes below zero.
fn account_agrees(books: &Books, model: &Model, number: AccountNo) {
    let account = books.account(number);
    let rows = model.rows(number, Seq(u64::MAX));
    let is_real = books.place(account.key.place).is_real();
    for row in &rows {
        let what = || format!("account {number} at the end of day {}: {:?}", row.day, row.sums);
        assert!(row.sums.on_hand >= 0 || !is_real, "a real place holds no less than nothing; {}", what());
        assert!(row.sums.encumbered >= 0 && row.sums.blocked >= 0, "nothing is set aside below zero; {}", what());
        if let Some(kept) = account.days.at(row.day) {
            assert_eq!(kept, row.sums, "the rows at hand are what the postings add up to; {}", what());
        }
    }
    assert_eq!(account.days.latest(), rows.last().map_or_else(Default::default, |row| row.sums), "account {number}");
    let kept = account.days.rows();
    assert!(kept.len() <= books::limits::ROWS_MAX, "account {number} keeps few rows");
    assert!(kept.is_sorted_by(|a, b| a.day < b.day), "account {number} keeps its rows by day");
    claims_agree(books, model, number, rows.iter().map(|row| row.day).collect());
}

/// What an account has set aside is what its encumbrances have left.
fn claims_agree(books: &Books, model: &Model, number: AccountNo, mut days: BTreeSet<Day>) {
    let here: Vec<EncumbranceNo> = (0u32..)
        .zip(books.encumbrances())
        .filter(|(_, encumbrance)| encumbrance.account == number)
        .map(|(row, _)| EncumbranceNo(row))
        .collect();
    days.extend(here.iter().flat_map(|encumbrance| model.claim_days(*encumbrance)));
    let known = Seq(u64::MAX);
    for day in days {
        let mut set_aside = 0;
        for encumbrance in &here {
            let facts = books.encumbrance(*encumbrance);
            let left = model.remaining(*encumbrance, day, known);
            assert_eq!(facts.remaining.at(day).unwrap_or_default().on_hand, left, "`{}` on day {day}", facts.code);
            assert!(left >= 0, "encumbrance `{}` has no less than nothing left on day {day}", facts.code);
            assert!(left <= facts.reserved.units(), "`{}` has no more left than was reserved, day {day}", facts.code);
            let is_over = facts.last.is_some_and(|last| day > last);
            assert!(left == 0 || !is_over, "encumbrance `{}` lapsed by day {day}", facts.code);
            assert!(left == 0 || day >= facts.first, "encumbrance `{}` has not begun on day {day}", facts.code);
            set_aside += left;
        }
        let sums = model.at(number, day, known);
        assert_eq!(sums.encumbered + sums.blocked, set_aside, "account {number} on day {day}: claims add up");
    }
}

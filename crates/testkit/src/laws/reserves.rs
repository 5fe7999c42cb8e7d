//! The laws of shared reserves: two records of a pool agree, nobody draws more than it may, calls are divided exactly
//! and can be divided again.

use std::collections::BTreeSet;

use books::reserve::{KeyKind, Weight, allocate_in};
use books::{AccountNo, Books, Day, MaterialNo, ReserveNo, Seq, Tally, TallyKind};

use crate::Model;

/// Checks every pool, every tally and every call.
pub(super) fn check(books: &Books, model: &Model) {
    for (row, tally) in (0u32..).zip(books.tallies()) {
        let days = tally.days.rows();
        assert!(days.is_sorted_by(|a, b| a.day < b.day), "a tally keeps its rows by day");
        for kept in days {
            let sum = model.tally(row, kept.day);
            assert_eq!(kept.sums.on_hand, sum, "{:?} on day {}: its changes add up", tally.key, kept.day);
            let is_signed = tally.key.kind.is_signed();
            assert!(sum >= 0 || is_signed, "{:?} is no less than nothing on day {}", tally.key, kept.day);
        }
    }
    for row in 0..books.reserves().len() {
        let reserve = ReserveNo(u32::try_from(row).expect("few reserves in a test"));
        for material in 0..books.materials().len() {
            let material = MaterialNo(u32::try_from(material).expect("few materials in a test"));
            pool_agrees(books, model, reserve, material);
        }
    }
    calls_divide_again(books);
}

/// Entitlements and what is unshared = physical stock + debts, on every day on which any of them changes.
fn pool_agrees(books: &Books, model: &Model, reserve: ReserveNo, material: MaterialNo) {
    let pool = books.reserve(reserve).pool;
    let stock: Vec<AccountNo> = (0u32..)
        .map(AccountNo)
        .zip(books.accounts())
        .filter(|(_, account)| {
            let is_real = books.place(account.key.place).is_real();
            let lot = &books.lot(account.key.lot).facts;
            account.key.owner == pool && is_real && lot.material == material
        })
        .map(|(number, _)| number)
        .collect();
    let of_reserve = |kind: TallyKind| -> Vec<&Tally> {
        let own = |tally: &&Tally| {
            let is_of = |tally: &Tally| match kind {
                TallyKind::Debt => books.debts()[tally.key.of as usize].reserve == reserve,
                _ => tally.key.of == reserve.0,
            };
            tally.key.kind == kind && tally.key.material == Some(material) && is_of(tally)
        };
        books.tallies().iter().filter(own).collect()
    };
    let kinds = [TallyKind::Entitlement, TallyKind::Unshared, TallyKind::Debt, TallyKind::Drawn];
    let tallies = kinds.map(of_reserve);
    let mut days: BTreeSet<Day> = BTreeSet::new();
    for tally in tallies.iter().flatten() {
        days.extend(tally.days.rows().iter().map(|row| row.day));
    }
    for account in &stock {
        days.extend(model.rows(*account, Seq(u64::MAX)).iter().map(|row| row.day));
    }
    for day in days {
        let sum = |tallies: &[&Tally]| -> i128 {
            tallies.iter().map(|tally| i128::from(tally.days.at(day).unwrap_or_default().on_hand)).sum()
        };
        let [entitled, unshared, owed, drawn] = tallies.each_ref().map(|tallies| sum(tallies));
        let lies: i128 = stock.iter().map(|account| i128::from(model.at(*account, day, Seq(u64::MAX)).on_hand)).sum();
        assert_eq!(
            entitled + unshared,
            lies + owed,
            "reserve {reserve} on day {day}: claims are what lies there and is owed"
        );
        assert_eq!(drawn, owed, "reserve {reserve} on day {day}: what is drawn is what is owed");
        for member in &tallies[0] {
            let key = books::TallyKey { kind: TallyKind::Drawn, ..member.key };
            assert!(books.tally_at(member.key, day) >= books.tally_at(key, day), "{key:?} on day {day}");
        }
    }
}

/// The parts of a call add up to it, and the rules then in force give them again.
fn calls_divide_again(books: &Books) {
    for call in books.calls() {
        let sum: i128 = call.parts.iter().map(|part| i128::from(part.quantity.units())).sum();
        assert_eq!(sum, i128::from(call.total.units()), "the parts of call {} add up", call.code);
        if !call.by_key {
            continue;
        }
        let reserve = books.reserve(call.reserve);
        let key = reserve.key_at(call.effective, call.seq, Some(call.material)).expect("a call was divided by a key");
        let weights: Vec<Weight> = match key.kind {
            KeyKind::Pledge => {
                call.parts.iter().map(|part| Weight { member: part.member, weight: part.weight }).collect()
            }
            _ => books.weights_at(call.reserve, call.material, call.effective, call.seq).expect("a key is in force"),
        };
        let mut again = allocate_in(call.total, call.rounding, &weights, |party| books.party_code(party).to_owned())
            .expect("divided once");
        let mut parts = call.parts.clone();
        again.sort_by_key(|part| part.member);
        parts.sort_by_key(|part| part.member);
        assert_eq!(again, parts, "call {} is divided again as it was", call.code);
    }
}

//! What an event changes of a party's claim on another's stock without touching the claim: a count or a loss that leaves less
//! than was promised, or another word of what the lot is. The party counts such stock as its own, so its closed days change.

use std::collections::BTreeSet;

use books::account::Holder;
use books::provenance::Mixtures;
use books::{AccountNo, Act, Books, Day, EncumbranceNo, Event, LotNo, PartyNo, Seq};
use wire::acts::words::{Form, SourceKind};

use super::Changed;
use crate::ask::reconcile::published::RestatementLine;
use crate::history::HistoryError;
use crate::position::number_of;
use crate::shared::{material_code, unit};
use crate::trace::said_of;
use crate::view::View;

/// The accounts on which others than their owners have claims.
pub(in crate::ask::reconcile) fn accounts(books: &Books) -> BTreeSet<AccountNo> {
    let all = books.encumbrances().iter().map(|claim| claim.account).collect::<BTreeSet<_>>();
    all.into_iter().filter(|account| claims(books, *account).next().is_some()).collect()
}

/// Those of them that an event moves.
pub(super) fn moved(claimed: &BTreeSet<AccountNo>, event: &Event) -> Vec<AccountNo> {
    let moved = event.entries.iter().flat_map(|entry| [entry.source, entry.target]);
    let found: BTreeSet<AccountNo> = moved.filter(|account| claimed.contains(account)).collect();
    found.into_iter().collect()
}

/// The lots of which an act says anew what they are.
pub(super) fn described(books: &Books, act: &Act) -> Vec<LotNo> {
    if let Act::AmendLot(act) = act { books.with_descendants(act.lot) } else { Vec::new() }
}

/// What others than its owner have a right to on an account.
fn claims(books: &Books, account: AccountNo) -> impl Iterator<Item = (EncumbranceNo, PartyNo)> {
    let all = (0u32..).map(EncumbranceNo).zip(books.encumbrances());
    let owner = books.account(account).key.owner;
    all.filter(move |(_, claim)| claim.account == account).filter_map(move |(number, _)| {
        let party = books.party_of(books.holder(number)?);
        (party != owner).then_some((number, party))
    })
}

/// The claims of a party on an account that stood at the end of a day, as known at an event.
fn claims_of(
    books: &Books,
    (account, party): (AccountNo, PartyNo),
    (day, known_at): (Day, Seq),
) -> impl Iterator<Item = EncumbranceNo> {
    let own = claims(books, account).filter(move |(_, holder)| *holder == party);
    own.map(|(number, _)| number).filter(move |number| {
        let claim = books.encumbrance(*number);
        let is_known = match books.holder(*number) {
            Some(Holder::Beneficiary(_)) => claim.accepted.is_some_and(|accepted| accepted <= known_at),
            Some(Holder::Reserve(_)) | None => true,
        };
        is_known && claim.first <= day && claim.last.is_none_or(|last| day <= last)
    })
}

/// How much of what lies on an account at the end of a day a party counts, which does not own it, as known at an event.
pub(super) fn counted(
    view: &dyn View,
    (account, party): (AccountNo, PartyNo),
    at: (Day, Seq),
) -> Result<i64, HistoryError> {
    let books = view.books();
    let promised = claims_of(books, (account, party), at).map(|number| books.encumbrance(number).reserved.units());
    let promised = promised.fold(0i64, i64::saturating_add);
    Ok(if promised == 0 { 0 } else { promised.min(view.at(account, at.0, at.1)?.on_hand.max(0)) })
}

/// By how much less lies there than is set aside, before an event and after it, of each claim that a party has on some accounts.
pub(super) fn short(
    view: &dyn View,
    owner: PartyNo,
    accounts: &[AccountNo],
    (through, seq): (Day, Seq),
    about: &RestatementLine,
) -> Result<Vec<RestatementLine>, HistoryError> {
    let (books, mut lines) = (view.books(), Vec::new());
    for account in accounts {
        let key = books.account(*account).key;
        if !books.place(key.place).is_real() {
            continue;
        }
        for number in claims_of(books, (*account, owner), (through, seq)) {
            let claim = books.encumbrance(number);
            let short = |known_at: Seq| -> Result<i64, HistoryError> {
                let available = view.at(*account, through, known_at)?.available();
                Ok(available.saturating_neg().clamp(0, claim.reserved.units()))
            };
            let [before, after] = [short(Seq(seq.0 - 1))?, short(seq)?].map(i128::from);
            if before == after {
                continue;
            }
            let material = books.lot(key.lot).facts.material;
            lines.push(RestatementLine {
                what: claim.code.clone(),
                material: material_code(books, material),
                change: crate::ask::reconcile::signed(books, material, before - after),
                unit: unit(books, material),
                fact: Some("short".to_owned()),
                before: Some(number_of(books, material, before)),
                after: Some(number_of(books, material, after)),
                ..about.clone()
            });
        }
    }
    Ok(lines)
}

/// What lots are said to be at the end of a day, before an event and after it, of which a party holds or counts some.
pub(super) fn said_anew(
    view: &dyn View,
    owner: PartyNo,
    lots: &[LotNo],
    (through, seq): (Day, Seq),
) -> Result<Vec<(LotNo, Vec<Changed>)>, HistoryError> {
    let (books, mut found) = (view.books(), Vec::new());
    for lot in lots {
        let mut has_some = false;
        for account in books.accounts_of(*lot) {
            let key = books.account(*account).key;
            let is_own = key.owner == owner && books.place(key.place).is_real();
            has_some |= match is_own {
                true => view.at(*account, through, seq)?.on_hand != 0,
                false => counted(view, (*account, owner), (through, seq))? != 0,
            };
        }
        if !has_some {
            continue;
        }
        let said = |known_at: Seq| {
            let row = books.lot(*lot);
            let facts = row.said(through, known_at);
            let mut mixtures = Mixtures::known_at(books, known_at);
            let origin: Vec<String> = mixtures.of(*lot, through).portions().map(said_of).collect();
            let form = Some(Form::from(facts.form).word().to_owned());
            let source = Some(SourceKind::from(facts.source).word().to_owned());
            [form, source, facts.supplier.clone(), Some(origin.join("; "))]
        };
        let pairs = said(Seq(seq.0 - 1)).into_iter().zip(said(seq));
        let changed = ["form", "source", "supplier", "origin"].into_iter().zip(pairs);
        found.push((*lot, changed.map(|(fact, (before, after))| (fact, before, after)).collect()));
    }
    Ok(found)
}

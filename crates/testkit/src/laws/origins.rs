//! Mass carries its origin: what the books say of a lot is what the plainest record says, which follows every portion of every
//! lot through every split, merge and conversion.

use std::collections::BTreeMap;

use books::lot::{Making, SourceKind};
use books::provenance::{Mixtures, Provenance};
use books::{Books, Day, LotNo};

/// What is known of a portion: mined, separated, refined and manufactured in; is it recycled?
type Portion = ([Option<String>; 4], bool);

/// What a lot is divided into here.
const WHOLE: u128 = 1_000_000_000_000_000_000;

/// The parts of a lot by what is known of them, asked anew for each lot: slow, and obviously right.
fn plain(books: &Books, lot: LotNo, whole: u128) -> BTreeMap<Portion, u128> {
    let row = books.lot(lot);
    let origin = &row.facts.origin;
    let own = [&origin.mined, &origin.separated, &origin.refined, &origin.manufactured].map(Clone::clone);
    if !row.has_ancestry(books.head()) {
        let is_told = !row.is_revived(books.head()) || row.parents.is_empty();
        let own = if is_told { own } else { [None, None, None, None] };
        return [((own, row.facts.source == SourceKind::Recycled), whole)].into();
    }
    let used = |parent: &books::lot::Parent| u128::from(parent.used().units().unsigned_abs());
    let all: u128 = row.parents.iter().map(used).sum();
    let mut found = BTreeMap::new();
    for parent in &row.parents {
        for ((mut origin, is_recycled), part) in plain(books, parent.lot, whole * used(parent) / all) {
            if row.making == Making::Processed {
                for (index, said) in own.iter().enumerate() {
                    let is_done_again = index >= 2;
                    if said.is_some() && (is_done_again || origin[index].is_none()) {
                        origin[index].clone_from(said);
                    }
                }
            }
            *found.entry((origin, is_recycled)).or_insert(0) += part;
        }
    }
    found
}

fn portion(portion: &Provenance<'_>) -> Portion {
    let own = |country: Option<&str>| country.map(str::to_owned);
    let origin = [portion.mined, portion.separated, portion.refined, portion.manufactured].map(own);
    (origin, portion.source == SourceKind::Recycled)
}

/// Checks some lots: shares are those of the plain record, and the parts of any quantity sum to it.
pub(super) fn check(books: &Books, lots: impl Iterator<Item = LotNo>) {
    let mut mixtures = Mixtures::known_at(books, books.head());
    for lot in lots {
        let row = books.lot(lot);
        let material = |lot: LotNo| books.lot(lot).facts.material;
        let is_mixed = row.parents.iter().any(|parent| material(parent.lot) != material(row.parents[0].lot));
        // Several materials count by what they hold, and scrap becomes recycled: `provenance` has its own tests for that.
        if row.making == Making::Recovered || is_mixed {
            continue;
        }
        let mixture = mixtures.of(lot, Day(i32::MAX));
        let units = i64::try_from(WHOLE).expect("it fits");
        let parts = mixture.divide(units);
        assert_eq!(parts.iter().sum::<i64>(), units, "the parts of lot {lot} sum to it");
        let mut found: BTreeMap<Portion, u128> = BTreeMap::new();
        for (own, part) in mixture.portions().zip(parts) {
            *found.entry(portion(own)).or_default() += u128::from(part.unsigned_abs());
        }
        let plain = plain(books, lot, WHOLE);
        let all: Vec<&Portion> = plain.keys().chain(found.keys()).collect();
        for portion in all {
            let of = |parts: &BTreeMap<Portion, u128>| parts.get(portion).copied().unwrap_or(0);
            let (found, plain) = (of(&found), of(&plain));
            // Both cut: the books once a part and merge, the plain record once a step.
            assert!(found.abs_diff(plain) < 100_000, "lot {lot}: {portion:?} is {found}, and not {plain}");
        }
    }
}

//! What is registered, and what lots are made of, is as of every day, as known at every event, what the plain record says.

use std::collections::BTreeSet;

use books::composition::WHOLE;
use books::{AuthorityNo, Books, Day, LotNo, RestrictionNo, Seq};

use crate::Model;

/// Checks every fact that was ever amended or measured, around each of its days, as known at each of its events.
pub(super) fn check(books: &Books, model: &Model) {
    let facts = model.facts();
    for (site, versions) in books.site_versions() {
        let times = versions.changes.iter().map(|change| (change.effective, change.seq));
        for (day, known_at) in around(times) {
            let told = books.facts_at(day, known_at).site(site).expect("a site");
            let plain = facts.site(&versions.first, site, day, known_at);
            assert_eq!(
                (told.country.clone(), told.class.clone()),
                plain,
                "site {site} on {day} as known at {known_at}"
            );
        }
    }
    for (material, versions) in books.material_versions() {
        let times = versions.changes.iter().map(|change| (change.effective, change.seq));
        for (day, known_at) in around(times) {
            let told = books.facts_at(day, known_at).material(material);
            let plain = facts.material(&versions.first, material, day, known_at);
            assert_eq!([told.requirement_per_day, told.goal], plain, "{material} on {day} as known at {known_at}");
        }
    }
    set(books, model);
    for (lot, row) in (0u32..).map(LotNo).zip(books.lots()).filter(|(_, row)| !row.described.is_empty()) {
        let first = &row.described[0].facts;
        for (day, known_at) in around(row.described[1..].iter().map(|said| (said.effective, said.seq))) {
            let told = row.said(day, known_at);
            let plain = facts.described(first, lot, day, known_at);
            let told = (told.form, told.source, told.origin.mined.clone());
            assert_eq!(told, plain, "lot {lot} on {day} as known at {known_at}");
        }
    }
    for lot in (0u32..).map(LotNo).take(books.lots().len()) {
        made_of(books, model, lot);
    }
}

/// What is set is known from its event on; of a restriction the last day that was known; of an authority what was used.
fn set(books: &Books, model: &Model) {
    for (number, restriction) in (0u32..).map(RestrictionNo).zip(books.restrictions()) {
        for known_at in (1..=books.head().0).map(Seq) {
            let told = books.facts_at(Day(0), known_at).restrictions().find(|(own, _)| *own == number);
            let plain = model.facts().restricted(&restriction.code, number, known_at);
            assert_eq!(told.map(|(_, told)| told.last), plain, "{} as known at {known_at}", restriction.code);
        }
    }
    for (number, authority) in (0u32..).map(AuthorityNo).zip(books.authorities()) {
        for row in authority.days.rows() {
            assert_eq!(row.sums.on_hand, model.used(number, row.day), "{} on {}", authority.code, row.day);
        }
    }
}

/// Is a lot made of what the plain record says? Fractions are compared to a part in a thousand million.
fn made_of(books: &Books, model: &Model, lot: LotNo) {
    let mut family = vec![lot];
    let mut next = 0;
    while let Some(own) = family.get(next).copied() {
        next += 1;
        let row = books.lot(own);
        family.extend(row.parents.iter().filter(|_| row.inherits).map(|parent| parent.lot));
    }
    let rows = family.iter().map(|lot| books.lot(*lot));
    let assays = rows.clone().flat_map(|row| row.assays.iter());
    // Other weights and readings of the water alone have tests of their own.
    if assays.clone().next().is_none()
        || assays.clone().any(|known| known.assay.weighed.is_some() || known.assay.contents.is_empty())
    {
        return;
    }
    let assays = assays.map(|known| (known.effective, known.seq));
    let changes = rows.clone().flat_map(|row| row.changes.iter().map(|change| (change.effective, change.seq)));
    let times = assays.chain(changes).chain(rows.map(|row| (row.made, row.seq))).chain([(Day(0), books.head())]);
    for (day, known_at) in around(times).into_iter().filter(|(_, known_at)| *known_at >= books.lot(lot).seq) {
        let Ok(told) = books.composition(lot, (day, known_at), &mut model.scales());
        let plain = model.facts().made(books, model, lot, (day, known_at));
        let what = format!("lot {lot} on {day} as known at {known_at}: {told:?}, {plain:?}");
        assert_eq!(told.is_some(), plain.is_some(), "{what}");
        let (Some(told), Some(plain)) = (told, plain) else { continue };
        assert_eq!(told.contents.len(), plain.contents.len(), "{what}");
        for (analyte, fraction) in &told.contents {
            let fraction = *fraction as f64 / WHOLE as f64;
            assert!((fraction - plain.contents[analyte]).abs() < 1e-9, "{what}");
        }
    }
}

/// Every day with the days beside it, with every event and the one before it.
fn around(times: impl Iterator<Item = (Day, Seq)>) -> Vec<(Day, Seq)> {
    let times: Vec<(Day, Seq)> = times.collect();
    let days: BTreeSet<Day> =
        times.iter().flat_map(|(day, _)| [day.0 - 1, day.0, day.0 + 1].map(Day)).filter(|day| day.0 > 0).collect();
    let seqs: BTreeSet<Seq> = times.iter().flat_map(|(_, seq)| [Seq(seq.0.saturating_sub(1)), *seq]).collect();
    days.iter().flat_map(|day| seqs.iter().map(|seq| (*day, *seq))).collect()
}

//! Where a lot came from and what became of it: its parents, their parents, and everything made from it.

use std::collections::BTreeSet;

use books::{Books, LotNo};
use wire::acts::words::{Form, SourceKind};
use wire::value::{show_quantity, write_quantity};

use crate::record::records;
use crate::sight::Sight;
use crate::view::View;

records! {
    /// One lot in a chain of custody.
    Link {
        /// Steps from the lot asked for: negative towards its ancestors, positive towards what was made from it.
        depth: i32,
        /// The lot.
        lot: String as Code,
        /// Its material.
        material: String as Code,
        /// Its form.
        form: String as Word(form),
        /// Where it comes from in the sense of policy.
        source: String as Word(source),
        /// Countries of each step, such as `mined AU, separated MY`.
        origin: String,
        /// Who supplied it.
        #[serde(skip_serializing_if = "Option::is_none")]
        supplier: Option<String>,
        /// The event in which it first appeared.
        seq: u64 as Event,
        /// Lots it was made from, with what went in.
        parents: Vec<String>,
        /// What of it lies at sites, in transit and on loan.
        on_hand: String,
        /// SHA-256 of its documents.
        documents: Vec<String>,
    }

    /// The chain of custody of one lot, ancestors first.
    Trace {
        /// The lots.
        links: Vec<Link>,
    }
}

/// Traces a lot upwards (to its ancestors), downwards (to what was made from it), or both. Where material comes from is told
/// to whoever sees the lot; what became of it, only as far as it is seen.
#[must_use]
pub fn trace(view: &dyn View, lot: LotNo, up: bool, down: bool) -> Trace {
    let books = view.books();
    let sight = Sight::of(view);
    let mut links = Vec::new();
    let mut seen = BTreeSet::from([lot]);
    if up {
        walk(books, lot, -1, &mut seen, &mut links);
        links.sort_by_key(|(depth, lot)| (*depth, *lot));
    }
    links.push((0, lot));
    if down {
        let mut below = Vec::new();
        walk(books, lot, 1, &mut seen, &mut below);
        below.retain(|(_, lot)| sight.sees_lot(*lot));
        below.sort_by_key(|(depth, lot)| (*depth, *lot));
        links.extend(below);
    }
    Trace { links: links.into_iter().map(|(depth, lot)| link(books, &sight, depth, lot)).collect() }
}

fn walk(books: &Books, lot: LotNo, step: i32, seen: &mut BTreeSet<LotNo>, found: &mut Vec<(i32, LotNo)>) {
    let mut level = vec![lot];
    let mut depth = step;
    while !level.is_empty() {
        let mut next = Vec::new();
        for lot in level {
            let lot = books.lot(lot);
            let kin: Vec<LotNo> = match step < 0 {
                true => lot.parents.iter().map(|parent| parent.lot).collect(),
                false => lot.children.clone(),
            };
            for kin in kin.into_iter().filter(|kin| seen.insert(*kin)) {
                found.push((depth, kin));
                next.push(kin);
            }
        }
        level = next;
        depth += step;
    }
}

fn link(books: &Books, sight: &Sight<'_>, depth: i32, number: LotNo) -> Link {
    let lot = books.lot(number);
    let facts = &lot.facts;
    let material = books.material(facts.material);
    let on_hand: i64 = books
        .accounts_of(number)
        .iter()
        .map(|account| books.account(*account))
        .filter(|account| books.place(account.key.place).is_real() && sight.sees_stock(account))
        .map(|account| account.days.latest().on_hand)
        .sum();
    let parent = |parent: &books::lot::Parent| {
        let lot = &books.lot(parent.lot).facts;
        let quantity = write_quantity(books.material(lot.material), parent.quantity);
        format!("{} ({quantity})", lot.code)
    };
    let steps = [
        ("mined", &facts.origin.mined),
        ("separated", &facts.origin.separated),
        ("refined", &facts.origin.refined),
        ("manufactured", &facts.origin.manufactured),
    ];
    let origin: Vec<String> = steps
        .iter()
        .filter_map(|(step, country)| country.as_ref().map(|country| format!("{step} {country}")))
        .collect();
    Link {
        depth,
        lot: facts.code.clone(),
        material: material.code.clone(),
        form: Form::from(facts.form).word(),
        source: SourceKind::from(facts.source).word(),
        origin: origin.join(", "),
        supplier: facts.supplier.clone().filter(|_| sight.sees_lot(number)),
        seq: lot.seq.0,
        parents: lot.parents.iter().map(parent).collect(),
        on_hand: show_quantity(material, measure::Quantity::new(on_hand).unwrap_or_default()),
        documents: if sight.sees_lot(number) { facts.documents.clone() } else { Vec::new() },
    }
}

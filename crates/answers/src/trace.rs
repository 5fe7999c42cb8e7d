//! Where a lot came from and what became of it: its parents, their parents, and everything made from it.
//!
//! It adds up: of each lot, what was made and what came from outside is what went into others, was lost and is on hand; and
//! what it is made of sums to that. What was reversed is shown as reversed, and nothing is followed through it.

use std::collections::BTreeSet;

use books::lot::{Lot, Making, Parent};
use books::provenance::{Provenance, Step};
use books::{Books, Day, LotNo, PlaceNo, Seq};
use measure::Quantity;
use wire::acts::words::{Form, SourceKind};
use wire::value::{show_quantity, write_quantity};

use crate::figure::Figure;
use crate::position::number_of;
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
        /// The correction that reversed the event in which it first appeared.
        #[serde(skip_serializing_if = "Option::is_none")]
        reversed: Option<u64> as Event,
        /// What it is made of, by what is known of where that comes from; it sums to `made` and `outside`.
        made_of: Vec<String>,
        /// What was made of it from other lots.
        made: Figure as Detail,
        /// What came from outside less what went there.
        outside: Figure as Detail,
        /// What went into others.
        into: Figure as Detail,
        /// What was lost: on the way into others, by loss, count and weighing.
        lost: Figure as Detail,
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
                true => parents(books, lot).iter().map(|parent| parent.lot).collect(),
                false => lot.children.clone(),
            };
            for kin in kin.into_iter().filter(|kin| seen.insert(*kin)) {
                found.push((depth, kin));
                if books.reversed_by(books.lot(kin).seq).is_none() {
                    next.push(kin);
                }
            }
        }
        level = next;
        depth += step;
    }
}

/// What a lot was made from, if it still was.
fn parents<'b>(books: &Books, lot: &'b Lot) -> &'b [Parent] {
    if lot.is_revived(books.head()) { &[] } else { &lot.parents }
}

/// What became of all that there ever was of a lot.
struct Account {
    made: i128,
    outside: i128,
    into: i128,
    lost: i128,
}

fn account(books: &Books, number: LotNo) -> Account {
    let at = |wanted: &[PlaceNo]| -> i128 {
        let accounts = books.accounts_of(number).iter().map(|account| books.account(*account));
        let here = accounts.filter(|account| wanted.contains(&account.key.place));
        here.map(|account| i128::from(account.days.latest().on_hand)).sum()
    };
    let used = |child: &LotNo| {
        let child = books.lot(*child);
        let is_into = child.has_ancestry(books.head()) && books.reversed_by(child.seq).is_none();
        let of_this = child.parents.iter().filter(move |parent| is_into && parent.lot == number);
        of_this.map(|parent| i128::from(parent.used().units()))
    };
    // All that a conversion makes has all of what went in for its parents: each event counts once.
    let mut events: Vec<Seq> = Vec::new();
    let first_of_event = |child: &&LotNo| {
        let child = books.lot(**child);
        let is_split = child.making == Making::Relotted && child.parents.len() == 1;
        let is_first = is_split || !events.contains(&child.seq);
        events.push(child.seq);
        is_first
    };
    let into = books.lot(number).children.iter().filter(first_of_event).flat_map(used).sum();
    Account {
        made: into - at(&[PlaceNo::PROCESSING]),
        outside: -at(&[PlaceNo::OUTSIDE]),
        into,
        lost: at(&[PlaceNo::LOSS, PlaceNo::COUNT_DIFFERENCE, PlaceNo::ROUNDING, PlaceNo::SHIPPER_RECEIVER]),
    }
}

/// What a lot is made of, by what is known of where that comes from.
fn made_of(books: &Books, number: LotNo, units: i128) -> Vec<String> {
    let material = books.material(books.lot(number).facts.material);
    let Ok(units) = i64::try_from(units) else { return Vec::new() };
    let mixture = books.mixture(number, Day(i32::MAX));
    let parts = mixture.portions().zip(mixture.divide(units)).filter(|(_, units)| *units != 0);
    parts
        .map(|(portion, units)| {
            let quantity = show_quantity(material, Quantity::new(units.abs()).unwrap_or_default());
            format!("{} ({quantity})", said_of(portion))
        })
        .collect()
}

/// The steps of the chain, and how they are told.
const STEPS: [(Step, &str); 4] = [
    (Step::Mined, "mined"),
    (Step::Separated, "separated"),
    (Step::Refined, "refined"),
    (Step::Manufactured, "manufactured"),
];

/// Where a portion comes from, in words.
pub(crate) fn said_of(portion: &Provenance<'_>) -> String {
    let said =
        STEPS.iter().filter_map(|(step, word)| portion.country(*step).map(|country| format!("{word} {country}")));
    let mut said: Vec<String> = said.collect();
    if portion.source == books::lot::SourceKind::Recycled {
        said.push("recycled".into());
    }
    if said.is_empty() {
        said.push("unknown".into());
    }
    said.join(", ")
}

/// The steps of which all of a lot is known to come from one country. A lot that was made from others goes by these, as they
/// are described now, and not by what was said when it was made.
fn origin(books: &Books, number: LotNo) -> String {
    let mixture = books.mixture(number, Day(i32::MAX));
    let common = |(step, word): &(Step, &str)| {
        let first = mixture.portions().next()?.country(*step)?;
        mixture.portions().all(|portion| portion.country(*step) == Some(first)).then(|| format!("{word} {first}"))
    };
    STEPS.iter().filter_map(common).collect::<Vec<_>>().join(", ")
}

fn link(books: &Books, sight: &Sight<'_>, depth: i32, number: LotNo) -> Link {
    let lot = books.lot(number);
    let facts = &lot.facts;
    let material = books.material(facts.material);
    let on_hand: i128 = books
        .accounts_of(number)
        .iter()
        .map(|account| books.account(*account))
        .filter(|account| books.place(account.key.place).is_real() && sight.sees_stock(account))
        .map(|account| i128::from(account.days.latest().on_hand))
        .sum();
    let parent = |parent: &Parent| {
        let lot = &books.lot(parent.lot).facts;
        let quantity = write_quantity(books.material(lot.material), parent.quantity);
        format!("{} ({quantity})", lot.code)
    };
    let account = account(books, number);
    // What became of it all is told to who sees all of it.
    let is_whole = books.accounts_of(number).iter().all(|account| sight.sees_stock(books.account(*account)));
    let figure = |units| match is_whole {
        true => Figure::Number(number_of(books, facts.material, units)),
        false => Figure::Withheld,
    };
    Link {
        depth,
        lot: sight.lot_label(number).into_owned(),
        material: material.code.clone(),
        form: Form::from(facts.form).word(),
        source: SourceKind::from(facts.source).word(),
        origin: origin(books, number),
        supplier: facts.supplier.clone().filter(|_| sight.sees_lot(number)),
        seq: lot.seq.0,
        parents: parents(books, lot).iter().map(parent).collect(),
        reversed: books.reversed_by(lot.seq).map(|seq| seq.0),
        made_of: if is_whole { made_of(books, number, account.made + account.outside) } else { Vec::new() },
        made: figure(account.made),
        outside: figure(account.outside),
        into: figure(account.into),
        lost: figure(account.lost),
        on_hand: books.show(facts.material, on_hand),
        documents: if sight.sees_lot(number) { facts.documents.clone() } else { Vec::new() },
    }
}

//! What an event changes of a closed day without moving anything: what lots are made of, and what is registered.

use std::collections::{BTreeMap, BTreeSet};

use books::base::BaseKind;
use books::{AccountNo, Act, Books, Day, Event, LotNo, MaterialNo, PartyNo, PlaceNo, Seq};
use measure::Basis;
use wire::value::show_quantity;

use super::published::RestatementLine;
use crate::contained::{made_of, restate};
use crate::difference::measured_by;
use crate::history::HistoryError;
use crate::position::number_of;
use crate::shared::{material_code, unit};
use crate::view::View;

pub(super) mod claimed;
mod set;

use set::Set;

/// What an event says anew.
pub(super) enum Restated {
    /// What lots are made of.
    Made(Vec<LotNo>),
    /// What is registered of a site.
    Site(PlaceNo),
    /// Need and goal of a material.
    Material(MaterialNo),
    /// What is registered of a party.
    Party(PartyNo),
    /// A figure of a year.
    Figure(PartyNo, MaterialNo, BaseKind, u16),
    /// What is set for some days.
    Set(Set),
    /// What lies on accounts on which others have claims.
    Claimed(Vec<AccountNo>),
    /// What lots are.
    Described(Vec<LotNo>),
}

/// A fact before and after.
type Changed = (&'static str, Option<String>, Option<String>);

impl Restated {
    /// All that an event says anew.
    pub(super) fn all_by(books: &Books, claimed: &BTreeSet<AccountNo>, seq: Seq, event: &Event) -> Vec<Self> {
        let claimed = Some(claimed::moved(claimed, event)).filter(|accounts| !accounts.is_empty());
        Self::by(books, seq, event).into_iter().chain(claimed.map(Self::Claimed)).collect()
    }

    /// What it says anew of facts; `None` where it says nothing of the kind.
    fn by(books: &Books, seq: Seq, event: &Event) -> Option<Self> {
        let act = event.effect(books);
        let act = act.as_deref()?;
        if let Act::AmendSite(act) = act {
            return Some(Self::Site(act.site));
        }
        if let Act::AmendMaterial(act) = act {
            return Some(Self::Material(act.material));
        }
        if let Act::AmendParty(act) = act {
            return Some(Self::Party(act.party));
        }
        if let Act::RecordBase(act) = act {
            return Some(Self::Figure(act.owner, act.material, act.kind, act.year));
        }
        let described = claimed::described(books, act);
        if !described.is_empty() {
            return Some(Self::Described(described));
        }
        if let Some(set) = Set::by(books, seq, act) {
            return Some(Self::Set(set));
        }
        // Whatever else it is: what it measured, by an assay or by taking one back.
        Some(measured_by(books, event)).filter(|lots| !lots.is_empty()).map(Self::Made)
    }

    /// What it changes of the last day of an owner's period, each fact on a line of its own.
    pub(super) fn lines(
        &self,
        view: &dyn View,
        owner: PartyNo,
        through: Day,
        about: &RestatementLine,
    ) -> Result<Vec<RestatementLine>, HistoryError> {
        let books = view.books();
        let seq = Seq(about.event);
        let [before, after] = [Seq(seq.0 - 1), seq].map(|seq| books.facts_at(through, seq));
        let lines = |material: MaterialNo, changed: Vec<Changed>| {
            let told = changed.into_iter().filter(|(_, before, after)| before != after);
            let line = |(fact, before, after): Changed| RestatementLine {
                material: material_code(books, material),
                change: number_of(books, material, 0),
                unit: unit(books, material),
                fact: Some(fact.to_owned()),
                before,
                after,
                ..about.clone()
            };
            told.map(line).collect::<Vec<_>>()
        };
        let held = |is_meant: &dyn Fn(PlaceNo, MaterialNo) -> bool| held(view, owner, (through, seq), is_meant);
        match self {
            Self::Made(lots) => contents(view, owner, lots, (through, seq), about),
            Self::Claimed(accounts) => claimed::short(view, owner, accounts, (through, seq), about),
            Self::Described(lots) => {
                let said = claimed::said_anew(view, owner, lots, (through, seq))?;
                let of_lot = |(lot, changed): (LotNo, Vec<Changed>)| lines(books.lot(lot).facts.material, changed);
                Ok(said.into_iter().flat_map(of_lot).collect())
            }
            Self::Site(site) => {
                let [before, after] = [before.site(*site), after.site(*site)];
                let (Some(before), Some(after)) = (before, after) else { return Ok(Vec::new()) };
                let changed = || -> Vec<Changed> {
                    vec![
                        ("country", Some(before.country.clone()), Some(after.country.clone())),
                        ("class", before.class.clone(), after.class.clone()),
                        ("area", Some(format!("{:?}", before.area)), Some(format!("{:?}", after.area))),
                    ]
                };
                let held = held(&|place, _| place == *site)?;
                Ok(held.into_iter().flat_map(|material| lines(material, changed())).collect())
            }
            Self::Material(material) => {
                let [before, after] = [before.material(*material), after.material(*material)];
                let show = |facts: &books::material::Material, quantity: Option<measure::Quantity>| {
                    quantity.map(|quantity| show_quantity(facts, quantity))
                };
                let need = |facts: &books::material::Material| show(facts, facts.requirement_per_day);
                let goal = |facts: &books::material::Material| show(facts, facts.goal);
                let changed = vec![
                    ("requirement_per_day", need(&before), need(&after)),
                    ("goal", goal(&before), goal(&after)),
                    ("hs", before.hs.clone(), after.hs.clone()),
                ];
                Ok(if held(&|_, own| own == *material)?.is_empty() { Vec::new() } else { lines(*material, changed) })
            }
            Self::Party(party) if *party == owner => {
                let [before, after] = [before.party(owner), after.party(owner)];
                let changed =
                    || -> Vec<Changed> { vec![("party_country", before.country.clone(), after.country.clone())] };
                Ok(held(&|_, _| true)?.into_iter().flat_map(|material| lines(material, changed())).collect())
            }
            Self::Figure(party, material, kind, year) if *party == owner => {
                let [before, after] = [before, after].map(|at| at.figure(owner, *material, *kind, *year));
                let show = |units: Option<i64>| units.map(|units| number_of(books, *material, units.into()));
                let word = match kind {
                    BaseKind::Consumption => "consumption",
                    BaseKind::NetImports => "net_imports",
                };
                let changed = vec![(word, show(before), show(after))];
                Ok(if about.effective <= wire::date::show_day(through) {
                    lines(*material, changed)
                } else {
                    Vec::new()
                })
            }
            Self::Set(set) => {
                let said = [set.said(&before), set.said(&after)];
                let is_meant = |place: PlaceNo, material: MaterialNo| set.concerns(&after, owner, place, material);
                let changed = || -> Vec<Changed> {
                    let [before, after] = said.clone();
                    vec![(set.word(), before, after)]
                };
                Ok(held(&is_meant)?.into_iter().flat_map(|material| lines(material, changed())).collect())
            }
            Self::Party(_) | Self::Figure(..) => Ok(Vec::new()),
        }
    }
}

/// The materials that an owner held at the end of a day, as known at an event, where and of which is meant; each once.
fn held(
    view: &dyn View,
    owner: PartyNo,
    (day, known_at): (Day, Seq),
    is_meant: &dyn Fn(PlaceNo, MaterialNo) -> bool,
) -> Result<Vec<MaterialNo>, HistoryError> {
    let (books, mut found) = (view.books(), Vec::new());
    for (number, account) in (0u32..).map(AccountNo).zip(books.accounts()) {
        let material = books.lot(account.key.lot).facts.material;
        let is_own = account.key.owner == owner && books.place(account.key.place).is_real();
        if is_own && is_meant(account.key.place, material) && view.at(number, day, known_at)?.on_hand != 0 {
            found.push(material);
        }
    }
    found.sort_unstable();
    found.dedup();
    Ok(found)
}

/// What an owner's lots contained on a day, as known before an event and after it: a line for each element or oxide.
fn contents(
    view: &dyn View,
    owner: PartyNo,
    lots: &[LotNo],
    (through, seq): (Day, Seq),
    about: &RestatementLine,
) -> Result<Vec<RestatementLine>, HistoryError> {
    let books = view.books();
    let facts = [Seq(seq.0 - 1), seq].map(|seq| books.facts_at(through, seq));
    let mut sums: BTreeMap<(MaterialNo, String), [i128; 2]> = BTreeMap::new();
    for lot in lots {
        let material = books.lot(*lot).facts.material;
        let made = [made_of(view, &facts[0], *lot)?, made_of(view, &facts[1], *lot)?];
        let named = made.iter().flatten().flat_map(|found| found.contents.iter().map(|(analyte, _)| analyte.clone()));
        let mut analytes: Vec<String> = named.collect();
        analytes.sort_unstable();
        analytes.dedup();
        for account in books.accounts_of(*lot) {
            let key = books.account(*account).key;
            if !books.place(key.place).is_real() {
                continue;
            }
            for (at, place) in facts.iter().zip(0..) {
                let units = match key.owner == owner {
                    true => view.at(*account, through, at.known_at)?.on_hand,
                    false => claimed::counted(view, (*account, owner), (through, at.known_at))?,
                };
                for analyte in &analytes {
                    let Ok(basis) = Basis::parse(&format!("contained:{analyte}")) else { continue };
                    let inside = restate(view, at, *lot, units, basis)?.map_or(0, |restated| restated.units);
                    sums.entry((material, analyte.clone())).or_default()[place] += inside;
                }
            }
        }
    }
    let changed = sums.into_iter().filter(|(_, [before, after])| before != after);
    let line = |((material, analyte), [before, after]): ((MaterialNo, String), [i128; 2])| {
        let show = |units: i128| number_of(books, material, units);
        RestatementLine {
            material: material_code(books, material),
            change: show(after - before),
            unit: format!("{} contained:{analyte}", books.material(material).shown),
            fact: Some("contained".into()),
            before: Some(show(before)),
            after: Some(show(after)),
            ..about.clone()
        }
    };
    Ok(changed.map(line).collect())
}

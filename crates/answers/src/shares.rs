//! Shares of what is held: by country, supplier or site. One way for every question.
//!
//! What is of unknown origin may be of any. What nobody can state in the common basis is nothing at the least and what its
//! weight allows at the most: it widens every share, its own upwards and all others downwards.

use std::collections::BTreeMap;

use books::provenance::Mixture;
use books::{MaterialNo, PartyNo};
use measure::{Basis, OxideFactor, Scale, convert_units};

use crate::atoms::Atoms;
use crate::figure::{Figure, Hides, Told, Total, all};
use crate::origin::UNKNOWN;
use crate::shared::percent;

/// Some stock that is to be told apart.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stock {
    /// Whose it is.
    pub owner: PartyNo,
    /// How much of it hides what others hold, where the asker does not see it: it is told in sums of several owners alone.
    pub hides: Option<Hides>,
    /// The unit and decimals in which its material is kept.
    pub scale: Scale,
    /// What its material's quantities count.
    pub own: Basis,
    /// Its material.
    pub material: MaterialNo,
    /// Does only stock of this one add up with it?
    pub is_alone: bool,
    /// How much of it there is, in the units of its material.
    pub units: i64,
    /// The same in the common basis; none where nobody can state it.
    pub stated: Option<i128>,
    /// Was its lot ever assayed?
    pub is_assayed: bool,
}

impl Stock {
    fn alone(self) -> Option<MaterialNo> {
        Some(self.material).filter(|_| self.is_alone)
    }
}

/// What is held, as it is added up.
pub(crate) struct Sums {
    basis: Basis,
    scale: Option<(Scale, Option<MaterialNo>)>,
    /// What is stated, the most that the rest can be, and what of the rest has no bound: by label and material, for beside the
    /// sums of each other material a sum of several shows what there is of one.
    sums: BTreeMap<(String, MaterialNo), Total<3>>,
    unstated: Vec<(Stock, Vec<(String, i64)>)>,
    atoms: Atoms,
}

/// Largest weight of an oxide that holds one of its element, in thousandths: that of scandium is 1.534.
const OXIDE_MILLI_MAX: i128 = 1_534;

impl Sums {
    /// Of nothing yet; all of it is stated in this basis.
    pub(crate) fn new(basis: Basis) -> Self {
        Self { basis, scale: None, sums: BTreeMap::new(), unstated: Vec::new(), atoms: Atoms::default() }
    }

    /// Adds some stock of such a mixture, told apart by `divide`; says whether it could be stated.
    pub(crate) fn add<'l>(
        &mut self,
        stock: Stock,
        mixture: &Mixture<'_>,
        divide: impl FnOnce(i64) -> Vec<(&'l str, i64)>,
    ) -> bool {
        if let Some(hides) = stock.hides {
            let stated = [stock.stated.is_some(), stock.is_assayed];
            self.atoms.add((stock.material, mixture), (stock.owner, hides), stock.units, stated);
        }
        match stock.stated.and_then(|units| self.scaled(stock, units)) {
            Some(units) => {
                for (label, units) in divide(units) {
                    Self::put(&mut self.sums, stock, label, [units.into(), 0, 0]);
                }
                true
            }
            None => {
                let parts = divide(stock.units).into_iter().map(|(label, units)| (label.to_owned(), units));
                self.unstated.push((stock, parts.collect()));
                false
            }
        }
    }

    fn put(sums: &mut BTreeMap<(String, MaterialNo), Total<3>>, stock: Stock, label: &str, units: [i128; 3]) {
        let total = sums.entry((label.to_owned(), stock.material)).or_default();
        match stock.hides {
            None => total.add(units),
            Some(hides) => total.add_of_other(stock.owner, hides, units),
        }
    }

    /// In the scale of what was stated first; none where it does not add up with that.
    fn scaled(&mut self, stock: Stock, units: i128) -> Option<i64> {
        let (scale, alone) = *self.scale.get_or_insert((stock.scale, stock.alone()));
        let units = if scale == stock.scale { Some(units) } else { convert_units(units, stock.scale, scale) };
        units.filter(|_| alone == stock.alone()).and_then(|units| i64::try_from(units).ok())
    }

    /// The most that stock can be in the common basis; none where its weight sets no bound.
    fn most(&self, stock: Stock, units: i64) -> Option<i128> {
        let (scale, _) = self.scale.unwrap_or((stock.scale, stock.alone()));
        let units = convert_units(units.into(), stock.scale, scale)?;
        let is_weight = matches!(stock.own, Basis::Gross | Basis::Net | Basis::Wet | Basis::Dry);
        // A rare earth, or its oxide, weighs no more than the oxides of all of them; another element may.
        let is_bounded = |rare: bool| is_weight || (rare && stock.own == Basis::Reo);
        match self.basis {
            Basis::Reo => is_weight.then_some((units * OXIDE_MILLI_MAX + 999) / 1_000),
            Basis::Contained(wanted) => match OxideFactor::find(wanted.code()) {
                Some(factor) if factor.oxide == wanted.code() && is_weight => {
                    Some((units * OXIDE_MILLI_MAX + 999) / 1_000)
                }
                factor => is_bounded(factor.is_some()).then_some(units),
            },
            basis if basis == stock.own => Some(units),
            Basis::Dry => is_weight.then_some(units),
            Basis::Net | Basis::Wet => (stock.own == Basis::Gross).then_some(units),
            Basis::Gross => None,
        }
    }

    /// All of it by its labels, largest first. Withheld where one part of it is, or an atom of it: the others would tell it.
    pub(crate) fn told(mut self) -> Told<Shares> {
        if !self.atoms.may_be_told(None) {
            return Told::Withheld;
        }
        for (stock, parts) in std::mem::take(&mut self.unstated) {
            for (label, units) in parts {
                let most = self.most(stock, units);
                let units = most.map_or([0, 0, units.into()], |most| [0, most, 0]);
                Self::put(&mut self.sums, stock, &label, units);
            }
        }
        let mut parts: Vec<Part> = Vec::new();
        for ((label, _), total) in self.sums {
            match all(total.told()) {
                Told::Whole([stated, most, unbounded]) => {
                    let unstated = (unbounded == 0).then_some(most);
                    match parts.last_mut().filter(|last| last.label == label) {
                        Some(last) => {
                            last.stated += stated;
                            last.unstated = last.unstated.zip(unstated).map(|(one, other)| one + other);
                        }
                        None => parts.push(Part { label, stated, unstated }),
                    }
                }
                Told::AtLeast(_) | Told::Withheld => return Told::Withheld,
                Told::Unknown => return Told::Unknown,
            }
        }
        parts.sort_by(|a, b| b.stated.cmp(&a.stated).then_with(|| a.label.cmp(&b.label)));
        Told::Whole(Shares { parts })
    }
}

/// What is held under one label.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Part {
    /// The country, supplier or site.
    pub label: String,
    /// What is stated of it.
    pub stated: i128,
    /// The most that all the rest of it can be; none where that has no bound.
    pub unstated: Option<i128>,
}

/// What is held, told apart.
#[derive(Clone, Debug)]
pub(crate) struct Shares {
    /// Every part, the largest first.
    pub parts: Vec<Part>,
}

/// A part and what it is a part of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Fraction {
    part: i128,
    whole: i128,
}

impl Fraction {
    /// None of it.
    pub(crate) const NOTHING: Self = Self { part: 0, whole: 1 };
    const ALL: Self = Self { part: 1, whole: 1 };

    fn of(part: i128, whole: i128) -> Self {
        if whole == 0 { Self::NOTHING } else { Self { part, whole } }
    }

    /// Is it more than so many parts in a thousand million?
    pub(crate) fn exceeds(self, ppb: u32) -> bool {
        self.part * 1_000_000_000 > self.whole * i128::from(ppb)
    }

    /// Is it none?
    pub(crate) fn is_nothing(self) -> bool {
        self.part == 0
    }

    /// In per cent, cut to hundredths.
    pub(crate) fn percent(self) -> String {
        percent(self.part, self.whole)
    }

    /// In parts of ten thousand, cut.
    fn basis_points(self) -> i128 {
        self.part * 10_000 / self.whole
    }

    /// From one to another, in per cent.
    pub(crate) fn between(least: Self, most: Self) -> Figure {
        Figure::between(least.percent(), most.percent())
    }
}

impl Shares {
    /// Is all of it stated?
    pub(crate) fn is_whole(&self) -> bool {
        self.parts.iter().all(|part| part.unstated == Some(0))
    }

    fn total(&self) -> i128 {
        self.parts.iter().map(|part| part.stated).sum()
    }

    /// A part by its label; nothing where there is none.
    pub(crate) fn part(&self, label: &str) -> Part {
        let found = self.parts.iter().find(|part| part.label == label).cloned();
        found.unwrap_or(Part { label: label.to_owned(), stated: 0, unstated: Some(0) })
    }

    /// The least that its share can be, should nothing that is unknown be its own.
    pub(crate) fn least(&self, part: &Part) -> Fraction {
        let others = self.parts.iter().filter(|other| other.label != part.label);
        let others: Option<i128> = others.map(|other| other.unstated).sum();
        others.map_or(Fraction::NOTHING, |others| Fraction::of(part.stated, self.total() + others))
    }

    /// The most that its share can be, where what is of unknown origin is not its own.
    pub(crate) fn most_known(&self, part: &Part) -> Fraction {
        part.unstated.map_or(Fraction::ALL, |own| Fraction::of(part.stated + own, self.total() + own))
    }

    /// The most that its share can be, should all that is unknown be its own.
    pub(crate) fn most(&self, part: &Part) -> Fraction {
        let unknown = self.part(UNKNOWN);
        if part.label == UNKNOWN {
            return self.most_known(part);
        }
        let unstated = part.unstated.zip(unknown.unstated).map(|(own, unknown)| own + unknown);
        unstated.map_or(Fraction::ALL, |unstated| {
            Fraction::of(part.stated + unknown.stated + unstated, self.total() + unstated)
        })
    }

    /// Sum of the squared shares in per cent: what is of unknown origin counts as one country, or as countries without number.
    pub(crate) fn index(&self, is_unknown_one: bool) -> u32 {
        let counted = self.parts.iter().filter(|part| is_unknown_one || part.label != UNKNOWN);
        let squares: i128 = counted.map(|part| self.least(part).basis_points().pow(2)).sum();
        u32::try_from(squares / 10_000).unwrap_or(10_000)
    }

    /// The most that the sum of the squared shares can be: all that is unknown is of the one that makes it greatest.
    pub(crate) fn index_most(&self) -> u32 {
        let known: Vec<&Part> = self.parts.iter().filter(|part| part.label != UNKNOWN).collect();
        let own = |part: &Part| self.most_known(part).basis_points().pow(2);
        let all: i128 = known.iter().map(|part| own(part)).sum();
        let nobody = self.part("");
        let of_one = |part: &Part| all - own(part) + self.most(part).basis_points().pow(2);
        let squares = known.iter().copied().chain([&nobody]).map(of_one).max().unwrap_or(0) / 10_000;
        // The sum of the squares is no more than the largest share.
        let largest = known.into_iter().chain([&nobody]).map(|part| self.most(part).basis_points()).max();
        u32::try_from(squares.min(largest.unwrap_or(0))).unwrap_or(10_000)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shares(parts: &[(&str, i128, Option<i128>)]) -> Shares {
        let part =
            |&(label, stated, unstated): &(&str, i128, Option<i128>)| Part { label: label.into(), stated, unstated };
        Shares { parts: parts.iter().map(part).collect() }
    }

    /// `most` was the share itself while 97 t more lay there that no assay states: 50.00 % where it may be 98.52 %.
    #[test]
    fn what_nobody_can_state_widens_every_share_and_the_index() {
        let all = shares(&[("CN", 2, Some(0)), ("AU", 2, Some(196))]);
        assert!(!all.is_whole());
        let told =
            |label| Fraction::between(all.least(&all.part(label)), all.most(&all.part(label))).text().into_owned();
        assert_eq!((told("CN"), told("AU")), ("1.00..50.00".into(), "50.00..99.00".into()));
        assert_eq!((all.index(true), all.index_most()), (2_501, 9_900));
    }

    #[test]
    fn what_nobody_can_state_and_is_of_unknown_origin_may_be_of_any() {
        let all = shares(&[("CN", 60, Some(0)), ("AU", 20, Some(0)), ("unknown", 0, Some(20))]);
        assert_eq!(
            (all.most(&all.part("AU")).percent(), all.least(&all.part("AU")).percent()),
            ("40.00".into(), "20.00".into())
        );
        let endless = shares(&[("CN", 60, Some(0)), ("unknown", 20, None)]);
        assert_eq!(
            (endless.most(&endless.part("CN")), endless.least(&endless.part("CN"))),
            (Fraction::ALL, Fraction::NOTHING)
        );
        assert_eq!((endless.index(false), endless.index_most()), (0, 10_000));
    }

    #[test]
    fn where_all_is_stated_a_share_is_one_number() {
        let all = shares(&[("CN", 60, Some(0)), ("AU", 40, Some(0))]);
        assert_eq!(Fraction::between(all.least(&all.part("CN")), all.most(&all.part("CN"))).text(), "60.00");
        assert_eq!((all.index(true), all.index_most()), (5_200, 5_200));
    }
}

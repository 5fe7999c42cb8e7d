//! What is set and says its own days: restrictions and licences, floors, authorities, limits, and the rules of comparing. All
//! of it is asked as of a day, as known at an event, and there is no other way to ask it for an answer.

use std::borrow::Cow;

use measure::Dimension;

use super::Books;
use super::facts::{Facts, amend, versions};
use crate::authority::Authority;
use crate::base::Base;
use crate::comparing::{Allowance, Duty, Measuring, Method, Rule, Says};
use crate::factor::Factor;
use crate::lot::NewLot;
use crate::number::{
    AuthorityNo, Day, FloorNo, LicenceNo, LotNo, MaterialNo, PartyNo, PlaceNo, RestrictionNo, Seq, ShareLimitNo,
};
use crate::price::Rate;
use crate::procurement::Floor;
use crate::report::ReportKind;
use crate::restriction::{Licence, Restriction};
use crate::share_limit::ShareLimit;
use crate::versions::{Recorded, each_in_force, in_force};

/// For how many days a rate holds, from its own on: a quarter.
const RATE_DAYS: i32 = 92;

/// A duty to report, and on which days it holds.
#[derive(Clone, Copy, Debug)]
pub struct DutyOf<'b> {
    /// The duty.
    pub duty: &'b Duty,
    /// Its first day.
    pub from: Day,
    /// The first day of the one that takes its place, where one does.
    pub until: Option<Day>,
}

impl Books {
    /// Keeps the last day of a restriction. It speaks for itself: as soon as it is known it holds for all days.
    pub(crate) fn end_restriction(&mut self, number: RestrictionNo, seq: Seq, last: Day) {
        let row = self.restrictions.row(number.0).clone();
        let after = Restriction { last: Some(last), ..row.clone() };
        let (table, rows) = (&mut self.restriction_versions, &mut self.index.amended.restrictions);
        *self.restrictions.row_mut(number.0) = amend(table, rows, number.0, &row, (Day(i32::MIN), seq), &after);
    }
}

impl Books {
    pub(crate) fn push_factor(&mut self, factor: Factor) {
        let subject = (factor.material, factor.lot);
        let row = self.factors.push(factor);
        self.index.factors.or_default(subject).push(row);
    }

    /// The factor that an event set for a lot, or for its material.
    pub(crate) fn factor_by(&self, seq: Seq, material: MaterialNo, lot: Option<LotNo>) -> Option<&Factor> {
        let of = |lot| self.index.factors.get(&(material, lot)).map_or(&[][..], Vec::as_slice);
        let rows = lot.map_or(&[][..], |lot| of(Some(lot))).iter().chain(of(None));
        rows.map(|row| self.factors.row(*row)).find(|factor| factor.seq == seq)
    }

    pub(super) fn reindex_factors(&mut self) {
        for (row, factor) in (0u32..).zip(self.factors.rows()) {
            self.index.factors.or_default((factor.material, factor.lot)).push(row);
        }
    }
}

impl<'b> Facts<'b> {
    /// What was said of a lot.
    #[must_use]
    pub fn lot(&self, lot: LotNo) -> &'b NewLot {
        self.books.lot(lot).said(self.day, self.known_at)
    }

    fn known<T: Recorded, N>(self, rows: &'b [T], number: fn(u32) -> N) -> impl Iterator<Item = (N, &'b T)> {
        let known = (0u32..).zip(rows).filter(move |(_, row)| row.seq() <= self.known_at);
        known.map(move |(row, thing)| (number(row), thing))
    }

    /// Restrictions that were known, each with the last day that was known of it, whatever day is asked about.
    pub fn restrictions(self) -> impl Iterator<Item = (RestrictionNo, Cow<'b, Restriction>)> {
        let books = self.books;
        self.known(books.restrictions.rows(), RestrictionNo).map(move |(number, row)| {
            let found = versions(&books.restriction_versions, &books.index.amended.restrictions, number.0);
            (number, found.map_or(Cow::Borrowed(row), |versions| versions.at(self.day, self.known_at)))
        })
    }

    /// Licences that were known.
    pub fn licences(self) -> impl Iterator<Item = (LicenceNo, &'b Licence)> {
        self.known(self.books.licences.rows(), LicenceNo)
    }

    /// Price floors that were known.
    pub fn floors(self) -> impl Iterator<Item = (FloorNo, &'b Floor)> {
        self.known(self.books.floors.rows(), FloorNo)
    }

    /// Plan ceilings and authorisations that were known.
    pub fn authorities(self) -> impl Iterator<Item = (AuthorityNo, &'b Authority)> {
        self.known(self.books.authorities.rows(), AuthorityNo)
    }

    /// Limits on concentration that were known.
    pub fn share_limits(self) -> impl Iterator<Item = (ShareLimitNo, &'b ShareLimit)> {
        self.known(self.books.share_limits.rows(), ShareLimitNo)
    }

    /// The rule of some that is in force on the day: that of the latest first day, and of one day what was recorded last.
    fn rule<T>(&self, of: impl Fn(&'b Says) -> Option<&'b T>) -> Option<&'b T> {
        let meant = self.books.rules.rows().iter().filter(|rule| of(&rule.says).is_some());
        in_force(meant, self.day, self.known_at, |rule: &Rule| (rule.from, rule.seq)).and_then(|rule| of(&rule.says))
    }

    /// How far figures of a material may be apart: nothing at all where nothing is set, but three days to find each other.
    #[must_use]
    pub fn allowance(&self, material: MaterialNo) -> Allowance {
        let of = |wanted: Option<MaterialNo>| {
            self.rule(|says| match says {
                Says::Tolerance(allowance) => Some(allowance).filter(|allowance| allowance.material == wanted),
                Says::Method(_) | Says::Duty(_) | Says::Measuring(_) | Says::Rate(_) | Says::Figure(_) => None,
            })
        };
        let exact = Allowance { material: None, ppm: 0, absolute: 0, rounding: 0, days: 3, days_stated: None };
        of(Some(material)).or_else(|| of(None)).cloned().unwrap_or(exact)
    }

    /// Every rule of comparing that is in force on the day.
    #[must_use]
    pub fn rules(self) -> Vec<&'b Rule> {
        let rows = self.books.rules.rows();
        each_in_force(rows, (self.day, self.known_at), |rule| (rule.from, rule.seq), |rule| rule.says.subject())
    }

    /// Every factor that is in force on the day, those of materials and those of lots.
    #[must_use]
    pub fn factors(self) -> Vec<&'b Factor> {
        let subject = |factor: &Factor| {
            let (of, per) = factor.density.dimensions();
            (factor.material, factor.lot, of.min(per), of.max(per))
        };
        let of = |factor: &Factor| (factor.from, factor.seq);
        each_in_force(self.books.factors.rows(), (self.day, self.known_at), of, subject)
    }

    /// Every figure of a year that is in force on the day.
    #[must_use]
    pub fn figures(self) -> Vec<&'b Base> {
        let subject = |base: &Base| (base.party, base.material, base.kind, base.year);
        each_in_force(self.books.bases(), (self.day, self.known_at), |base| (base.effective, base.seq), subject)
    }

    /// The errors of a method.
    #[must_use]
    pub fn method(&self, name: &str) -> Option<&'b Method> {
        self.rule(|says| match says {
            Says::Method(method) => Some(method).filter(|method| method.method == name),
            Says::Tolerance(_) | Says::Duty(_) | Says::Measuring(_) | Says::Rate(_) | Says::Figure(_) => None,
        })
    }

    /// How a material is measured at a site.
    #[must_use]
    pub fn measuring(&self, site: PlaceNo, material: MaterialNo) -> Option<&'b Measuring> {
        self.rule(|says| match says {
            Says::Measuring(how) => Some(how).filter(|how| (how.site, how.material) == (site, material)),
            Says::Method(_) | Says::Tolerance(_) | Says::Duty(_) | Says::Rate(_) | Says::Figure(_) => None,
        })
    }

    /// What one currency is worth in another, whichever way round it was said; a rate holds for a quarter at most.
    #[must_use]
    pub fn rate(&self, between: (Dimension, Dimension)) -> Option<&'b Rate> {
        let of = |says: &'b Says| match says {
            Says::Rate(rate) => Some(rate).filter(|rate| rate.rate.is_between(between.0, between.1)),
            Says::Method(_) | Says::Tolerance(_) | Says::Duty(_) | Says::Measuring(_) | Says::Figure(_) => None,
        };
        // One of a day too far back says nothing of this one.
        let fresh = |rule: &&'b Rule| self.day.0.saturating_sub(rule.from.0) < RATE_DAYS;
        let meant = self.books.rules.rows().iter().filter(|rule| of(&rule.says).is_some()).filter(fresh);
        in_force(meant, self.day, self.known_at, |rule: &Rule| (rule.from, rule.seq)).and_then(|rule| of(&rule.says))
    }

    /// The duty of a party to report.
    #[must_use]
    pub fn duty(&self, party: PartyNo, kind: ReportKind) -> Option<&'b Duty> {
        self.rule(|says| match says {
            Says::Duty(duty) => Some(duty).filter(|duty| (duty.party, duty.kind) == (party, kind)),
            Says::Method(_) | Says::Tolerance(_) | Says::Measuring(_) | Says::Rate(_) | Says::Figure(_) => None,
        })
    }

    /// What joins two dimensions of a lot: its own factor; of a part that was split off, that of the lot it came from; else that
    /// of the material.
    #[must_use]
    pub fn factor(&self, lot: LotNo, between: (Dimension, Dimension)) -> Option<&'b Factor> {
        let books = self.books;
        let material = books.lot(lot).facts.material;
        let mut own = Some(lot);
        loop {
            if let Some(found) = self.factor_of(material, own, between) {
                return Some(found);
            }
            let row = books.lot(own?);
            own = match &row.parents[..] {
                [parent] if row.inherits => Some(parent.lot),
                _ => None,
            };
        }
    }

    /// The factor of a material, or of a lot, that joins two dimensions.
    #[must_use]
    pub fn factor_of(
        &self,
        material: MaterialNo,
        lot: Option<LotNo>,
        between: (Dimension, Dimension),
    ) -> Option<&'b Factor> {
        let rows = self.books.index.factors.get(&(material, lot)).map_or(&[][..], Vec::as_slice);
        let meant = rows.iter().map(|row| self.books.factors.row(*row));
        let meant = meant.filter(|factor| factor.is_for(material, lot, between));
        in_force(meant, self.day, self.known_at, |factor| (factor.from, factor.seq))
    }

    /// All duties to report up to the day, each with the days on which it holds.
    #[must_use]
    pub fn duties(&self) -> Vec<DutyOf<'b>> {
        let known = self.books.rules.rows().iter().filter(|rule| rule.from <= self.day && rule.seq <= self.known_at);
        let mut rules: Vec<&Rule> = known.collect();
        rules.sort_by_key(|rule| (rule.from, rule.seq));
        let mut found: Vec<DutyOf<'b>> = Vec::new();
        for rule in rules {
            let Says::Duty(duty) = &rule.says else { continue };
            let is_before = |of: &&mut DutyOf<'_>| (of.duty.party, of.duty.kind) == (duty.party, duty.kind);
            if let Some(before) = found.iter_mut().rev().find(is_before) {
                before.until = Some(rule.from);
            }
            found.push(DutyOf { duty, from: rule.from, until: None });
        }
        found.retain(|of| of.until != Some(of.from));
        found
    }
}

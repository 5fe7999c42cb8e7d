//! What reports, breaks and the rules of comparing are looked up by.

use super::Books;
use crate::comparing::{Allowance, Duty, Measuring, Method, Publication, Rule, Says};
use crate::difference::{Break, Step};
use crate::number::{BreakNo, Day, MaterialNo, PartyNo, PlaceNo};
use crate::report::{Piece, ReportKind};

impl Books {
    pub(crate) fn push_break(&mut self, row: Break) {
        let number = BreakNo(self.breaks.row_count());
        self.index_pieces(number, &row);
        self.push_break_row(row);
    }

    pub(crate) fn step_break(&mut self, number: BreakNo, step: Step) {
        self.breaks.row_mut(number.0).steps.push(step);
    }

    fn index_pieces(&mut self, number: BreakNo, row: &Break) {
        for piece in row.found.ours.iter().chain(&row.found.theirs) {
            self.index.pieces.insert((*piece, row.is_between), number);
        }
    }

    pub(super) fn reindex_pieces(&mut self) {
        for row in 0..self.breaks.row_count() {
            let found = self.breaks.row(row).clone();
            self.index_pieces(BreakNo(row), &found);
        }
    }

    /// The last break about a piece of a record: with the books, or between two parties.
    #[must_use]
    pub fn break_of(&self, piece: Piece, is_between: bool) -> Option<BreakNo> {
        self.index.pieces.get(&(piece, is_between)).copied()
    }

    /// The break about a piece of a record that is not closed.
    pub(crate) fn open_break_of(&self, piece: Piece, is_between: bool) -> Option<BreakNo> {
        self.break_of(piece, is_between).filter(|number| !self.breaks.row(number.0).now().is_closed())
    }

    /// All rules of comparing, in the order in which they were set.
    #[must_use]
    pub fn rules(&self) -> &[Rule] {
        self.rules.rows()
    }

    /// What is in force on a day: that of the latest first day first, and of one day that which was recorded last.
    fn rules_at(&self, day: Day) -> impl Iterator<Item = &Says> {
        let mut rules: Vec<&Rule> = self.rules.rows().iter().filter(|rule| rule.from <= day).collect();
        rules.sort_by_key(|rule| std::cmp::Reverse((rule.from, rule.seq)));
        rules.into_iter().map(|rule| &rule.says)
    }

    /// How far figures of a material may be apart on a day: exactly nothing, and three days, where nothing is set.
    #[must_use]
    pub fn allowance(&self, material: MaterialNo, day: Day) -> Allowance {
        let of = |wanted: Option<MaterialNo>| {
            self.rules_at(day).find_map(|says| match says {
                Says::Tolerance(allowance) => Some(allowance).filter(|allowance| allowance.material == wanted).cloned(),
                Says::Method(_) | Says::Duty(_) | Says::Measuring(_) => None,
            })
        };
        let exact = Allowance { material: None, ppm: 0, absolute: 0, rounding: 0, days: 3 };
        of(Some(material)).or_else(|| of(None)).unwrap_or(exact)
    }

    /// The errors of a method on a day.
    #[must_use]
    pub fn method(&self, name: &str, day: Day) -> Option<&Method> {
        self.rules_at(day).find_map(|says| match says {
            Says::Method(method) => Some(method).filter(|method| method.method == name),
            Says::Tolerance(_) | Says::Duty(_) | Says::Measuring(_) => None,
        })
    }

    /// How a material is measured at a site on a day.
    #[must_use]
    pub fn measuring(&self, site: PlaceNo, material: MaterialNo, day: Day) -> Option<&Measuring> {
        self.rules_at(day).find_map(|says| match says {
            Says::Measuring(how) => Some(how).filter(|how| (how.site, how.material) == (site, material)),
            Says::Method(_) | Says::Tolerance(_) | Says::Duty(_) => None,
        })
    }

    /// The duties to report, the last one set for each party and kind, each with its first day.
    #[must_use]
    pub fn duties(&self) -> Vec<(Day, &Duty)> {
        let mut found: Vec<(Day, &Duty)> = Vec::new();
        let is_of = |duty: &Duty, party: PartyNo, kind: ReportKind| duty.party == party && duty.kind == kind;
        for rule in self.rules.rows() {
            if let Says::Duty(duty) = &rule.says {
                found.retain(|(_, known)| !is_of(known, duty.party, duty.kind));
                found.push((rule.from, duty));
            }
        }
        found
    }

    /// Everything published in a series for a period, in the order of publication.
    pub fn published<'b>(&'b self, series: &'b str, through: Day) -> impl Iterator<Item = &'b Publication> {
        self.publications.rows().iter().filter(move |row| row.series == series && row.through == through)
    }
}

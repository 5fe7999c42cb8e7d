//! What a ledger has registered, held against a report before any of it is sent: a refusal is remembered for ever, and one
//! in the middle would leave half a report behind.

use std::collections::{HashMap, HashSet};

use books::limits::text_fault;
use books::place::Place;
use books::{Books, Day, Fault, Rejection};
use measure::Basis;
use wire::acts::{ReceiveReport, ReportLine, StatedBalance};
use wire::date::{parse_day, show_day};
use wire::piece::{parse_hash, read_told};

use super::Flaw;
use crate::wrong::Wrong;

/// Codes that a report may name, and the day on which it is sent.
#[derive(Clone, Debug)]
pub struct Registry {
    parties: HashSet<String>,
    sites: HashSet<String>,
    /// With the basis of figures that name none.
    materials: HashMap<String, Basis>,
    today: Day,
}

/// Lines of the file in which the parts of a report stand.
#[derive(Clone, Debug, Default)]
pub(super) struct Places {
    pub(super) lines: Vec<u64>,
    pub(super) balances: Vec<u64>,
}

impl Registry {
    /// A registry of these codes, on a day by UTC.
    #[must_use]
    pub fn new(
        parties: HashSet<String>,
        sites: HashSet<String>,
        materials: HashMap<String, Basis>,
        today: Day,
    ) -> Self {
        Self { parties, sites, materials, today }
    }

    /// What these books have registered.
    #[must_use]
    pub fn of(books: &Books, today: Day) -> Self {
        let site = |place: &Place| match place {
            Place::Site(site) => Some(site.code.clone()),
            _ => None,
        };
        Self {
            parties: books.parties().iter().map(|party| party.code.clone()).collect(),
            sites: books.places().iter().filter_map(site).collect(),
            materials: books.materials().iter().map(|material| (material.code.clone(), material.basis)).collect(),
            today,
        }
    }

    /// Everything that the ledger would refuse, line by line.
    pub(super) fn flaws(&self, report: &ReceiveReport, places: &Places) -> Vec<Flaw> {
        let mut found = Found { line: 0, flaws: Vec::new() };
        self.check_cover(report, &mut found);
        for (place, balance) in report.balances.iter().flatten().enumerate() {
            found.line = places.balances.get(place).copied().unwrap_or(0);
            self.check_balance(balance, &mut found);
        }
        for (place, line) in report.lines.iter().flatten().enumerate() {
            found.line = places.lines.get(place).copied().unwrap_or(0);
            self.check_line(line, &mut found);
        }
        found.flaws
    }

    fn check_cover(&self, report: &ReceiveReport, found: &mut Found) {
        if let Some(sender) = &report.sender {
            found.known("sender", "party", sender, self.parties.contains(sender), "register_party");
        }
        if report.number == 0 {
            found.push("number", Wrong::NumberNought);
        }
        let first = found.day("first", &report.first);
        let last = found.day("last", &report.last);
        if let Some(due) = &report.due {
            found.day("due", due);
        }
        if first.zip(last).is_some_and(|(first, last)| last < first) {
            found.push("last", Wrong::LastBeforeFirst { first: report.first.clone() });
        }
        // No zone is more than fourteen hours ahead of UTC, so tomorrow has begun somewhere.
        if last.is_some_and(|last| last > self.today.next()) {
            found.push("last", Wrong::NotYetOver { today: show_day(self.today) });
        }
        found.text("signed_by", report.signed_by.as_ref());
    }

    fn check_balance(&self, balance: &StatedBalance, found: &mut Found) {
        let basis = self.material(&balance.material, found);
        self.site(balance.site.as_ref(), found);
        found.text("lot", balance.lot.as_ref());
        if let Some(opening) = &balance.opening {
            found.figure("opening", opening, basis);
        }
        found.figure("closing", &balance.closing, basis);
    }

    fn check_line(&self, line: &ReportLine, found: &mut Found) {
        let basis = self.material(&line.material, found);
        self.site(line.site.as_ref(), found);
        if let Some(party) = &line.counterparty {
            found.known("counterparty", "party", party, self.parties.contains(party), "register_party");
        }
        found.text("lot", line.lot.as_ref());
        found.text("reference", line.reference.as_ref());
        if found.figure("quantity", &line.quantity, basis) == Some(true) {
            found.push("quantity", Wrong::QuantityNegative);
        }
        found.day("effective", &line.effective);
        if let Some(replaces) = &line.replaces {
            found.read("hash", parse_hash("hash", &replaces.hash), |problem| Wrong::Hash { problem });
        } else if line.withdraws == Some(true) {
            found.push("withdraws", Wrong::WithdrawsNothing);
        }
    }

    fn material(&self, code: &str, found: &mut Found) -> Option<Basis> {
        let basis = self.materials.get(code).copied();
        found.known("material", "material", code, basis.is_some(), "register_material");
        basis
    }

    fn site(&self, code: Option<&String>, found: &mut Found) {
        if let Some(code) = code {
            found.known("site", "site", code, self.sites.contains(code), "register_site");
        }
    }
}

/// Flaws so far, and the line of the file that is looked at.
struct Found {
    line: u64,
    flaws: Vec<Flaw>,
}

impl Found {
    fn push(&mut self, field: &str, wrong: Wrong) {
        self.flaws.push(Flaw::new(self.line, field, wrong));
    }

    fn known(&mut self, field: &str, kind: &'static str, code: &str, is_known: bool, act: &'static str) {
        if !is_known {
            self.push(field, Wrong::NotRegistered { kind, code: code.chars().take(80).collect(), act });
        }
    }

    fn text(&mut self, field: &str, text: Option<&String>) {
        if let Some(problem) = text.and_then(|text| text_fault(text)) {
            self.push(field, Wrong::Text { problem });
        }
    }

    fn day(&mut self, field: &str, text: &str) -> Option<Day> {
        let day = parse_day(text).ok();
        if day.is_none() {
            self.push(field, Wrong::NotADay { text: text.chars().take(40).collect() });
        }
        day
    }

    /// Is a figure less than nothing? None where it is no figure.
    fn figure(&mut self, field: &'static str, text: &str, basis: Option<Basis>) -> Option<bool> {
        // Of an unknown material the basis is not known: what else is wrong with the figure shows on any.
        let told = read_told(field, text, basis.unwrap_or(Basis::Net), "t");
        let told = self.read(field, told, |problem| Wrong::Told { problem });
        told.map(|told| told.digits < 0)
    }

    fn read<T>(&mut self, field: &str, read: Result<T, Rejection>, wrong: fn(Fault) -> Wrong) -> Option<T> {
        match read {
            Ok(value) => Some(value),
            Err(Rejection::Unreadable { fault, .. }) => {
                self.push(field, wrong(fault));
                None
            }
            Err(_) => None,
        }
    }
}

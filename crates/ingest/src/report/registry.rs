//! What a ledger has registered, held against a report before any of it is sent: a refusal is remembered for ever, and one
//! in the middle would leave half a report behind.

use std::collections::{HashMap, HashSet};

use books::limits::text_fault;
use books::place::Place;
use books::{Books, Day, Rejection};
use measure::Basis;
use wire::acts::{ReceiveReport, ReportLine, StatedBalance};
use wire::date::{parse_day, show_day};
use wire::piece::{parse_hash, read_told};

use super::Flaw;

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
            found.push("number", "is 0".into(), "reports are numbered from 1");
        }
        let first = found.day("first", &report.first);
        let last = found.day("last", &report.last);
        if let Some(due) = &report.due {
            found.day("due", due);
        }
        if first.zip(last).is_some_and(|(first, last)| last < first) {
            found.push("last", format!("lies before `first`, {}", report.first), "turn the two days around");
        }
        // No zone is more than fourteen hours ahead of UTC, so tomorrow has begun somewhere.
        if last.is_some_and(|last| last > self.today.next()) {
            let problem = format!("has not come yet; today is {}", show_day(self.today));
            found.push("last", problem, "send the report when its last day is over");
        }
        found.text("signed_by", report.signed_by.as_ref());
    }

    fn check_balance(&self, balance: &StatedBalance, found: &mut Found) {
        let basis = self.material(&balance.material, found);
        self.site(balance.site.as_ref(), found);
        found.text("lot", balance.lot.as_ref());
        found.figure("opening", &balance.opening, basis);
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
            found.push("quantity", "is negative".into(), "say it without a sign: `way` says whether it came in");
        }
        found.day("effective", &line.effective);
        if let Some(replaces) = &line.replaces {
            found.read(
                "hash",
                parse_hash("hash", &replaces.hash),
                "`granary reconcile lines` shows the hash of a line",
            );
        } else if line.withdraws == Some(true) {
            found.push("withdraws", "takes away without naming what".into(), "name report, line and hash of the line");
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
    fn push(&mut self, field: &str, problem: String, hint: &str) {
        self.flaws.push(Flaw { line: self.line, field: field.to_owned(), problem, hint: hint.to_owned() });
    }

    fn known(&mut self, field: &str, kind: &str, code: &str, is_known: bool, act: &str) {
        if !is_known {
            let shown: String = code.chars().take(80).collect();
            let hint = format!("register it with the act `{act}`, or set the sender's word for it in the mapping");
            self.push(field, format!("no {kind} `{shown}` is registered"), &hint);
        }
    }

    fn text(&mut self, field: &str, text: Option<&String>) {
        if let Some(fault) = text.and_then(|text| text_fault(text)) {
            self.push(field, words::fault(&fault), "correct the file");
        }
    }

    fn day(&mut self, field: &str, text: &str) -> Option<Day> {
        let day = parse_day(text).ok();
        if day.is_none() {
            let shown: String = text.chars().take(40).collect();
            self.push(field, format!("`{shown}` is not a date written as YYYY-MM-DD"), "correct the date");
        }
        day
    }

    /// Is a figure less than nothing? None where it is no figure.
    fn figure(&mut self, field: &'static str, text: &str, basis: Option<Basis>) -> Option<bool> {
        // Of an unknown material the basis is not known: what else is wrong with the figure shows on any.
        let told = read_told(field, text, basis.unwrap_or(Basis::Net), "t");
        let told =
            self.read(field, told, "a figure has at most 15 decimals, a unit and where needed a basis: `60.50 t dry`");
        told.map(|told| told.digits < 0)
    }

    fn read<T>(&mut self, field: &str, read: Result<T, Rejection>, hint: &str) -> Option<T> {
        match read {
            Ok(value) => Some(value),
            Err(Rejection::Unreadable { fault, .. }) => {
                self.push(field, words::fault(&fault), hint);
                None
            }
            Err(_) => None,
        }
    }
}

//! Statements: does each go on where the last one ended, does it add up, and what do the books hold?

use std::collections::HashMap;

use books::material::Material;
use books::report::{ReportKind, Told, Way};
use books::{Books, Day, MaterialNo, PartyNo, ReportNo};
use reconcile::statement::{Closing, Entry, Statement, check_continuity};

use crate::compare::{accounting, told_units};
use crate::figure::Figure;
use crate::problem::Problem;
use crate::question::Question;
use crate::record::records;
use crate::reported::{self, Judged, content, judged, reports_of};
use crate::shared::{material_code, party_if, unit};
use crate::sight::Sight;
use crate::stated::{Holdings, StatedAccount};
use crate::table::Table;
use crate::then;
use crate::view::View;
use crate::wants::Wants;
use crate::when::{KnownAt, as_of};
use wire::date::show_day;
use wire::piece::show_told;

records! {
    /// Statements, account by account.
    Statements {
        /// Whose; all that may be seen where absent.
        party: Option<String>,
        /// Flagged ones only.
        flagged: Option<bool>,
        /// Only statements of days through this one, YYYY-MM-DD; all where absent.
        as_of: Option<String>,
        /// As known after this event, or at this time; now where absent.
        known_at: Option<KnownAt>,
    }

    /// One account of a statement.
    StatementLine {
        /// The report and the place of the balance in it.
        balance: String as Code,
        /// The material.
        material: String as Code,
        /// The site; all together where absent.
        site: Option<String> as Code,
        /// The lot; all where absent.
        lot: Option<String> as Code,
        /// First day.
        first: String as Day,
        /// Last day.
        last: String as Day,
        /// Opening as told; empty where it was not.
        opening: String as Quantity,
        /// Closing as told.
        closing: String as Quantity,
        /// What the books hold at the end of the last day, by what was known; withheld from whoever does not see it there.
        books: Figure as Quantity,
        /// Books less closing; absent where the two cannot be compared.
        difference: Option<Figure> as Quantity,
        /// Unit and basis of the numbers of the books.
        unit: String as Code,
        /// What is wrong with it in itself: such a statement is not compared.
        flags: String,
    }

    /// Statements in the order of their days.
    StatementsAnswer {
        /// One line for each account of each statement.
        statements: Vec<StatementLine>,
    }
}

/// A flagged account of a statement.
pub(super) struct Flagged {
    pub(super) report: ReportNo,
    pub(super) place: u32,
    pub(super) problem: String,
}

/// The last statement of an account, and the closing that it went on from.
struct Last {
    closing: Closing,
    report: ReportNo,
    place: u32,
    before: Option<(Closing, ReportNo)>,
}

/// Everything that is wrong with a party's statements in themselves.
pub(super) fn flagged(view: &dyn View, party: PartyNo) -> Result<Vec<Flagged>, Problem> {
    let books = view.books();
    let mut numbers: Vec<ReportNo> =
        reports_of(books, party).filter(|number| books.report(*number).kind == ReportKind::Statement).collect();
    if numbers.is_empty() {
        return Ok(Vec::new());
    }
    // By their days, not by their arrival: a late statement takes its place.
    numbers.sort_by_key(|number| {
        let report = books.report(*number);
        (report.first, report.number)
    });
    let mut lines: HashMap<ReportNo, Vec<Judged>> = HashMap::new();
    for row in judged(view, party)?.into_iter().filter(Judged::counts) {
        lines.entry(row.report).or_default().push(row);
    }
    let mut closings: HashMap<StatedAccount, Last> = HashMap::new();
    let mut flagged = Vec::new();
    for number in numbers {
        let report = books.report(number);
        for (place, balance) in (1u32..).zip(content(view, number)?.balances) {
            let mut flag = |problem: String| flagged.push(Flagged { report: number, place, problem });
            for (what, told) in [("opening", balance.opening.as_ref()), ("closing", Some(&balance.closing))] {
                let Some(told) = told else { continue };
                if told.digits < 0 {
                    flag(format!("the {what} of {} is less than nothing", show_told(told)));
                }
            }
            let facts = books.material(balance.material);
            let account = StatedAccount { material: balance.material, site: balance.site, lot: balance.lot.clone() };
            let opening = balance.opening.as_ref().map(|told: &Told| told_units(facts, told));
            let (Some(opening), Some(closing)) =
                (opening.map_or(Some(None), |told| told.map(Some)), told_units(facts, &balance.closing))
            else {
                // Told on another basis: the comparison says so, and there is nothing to add up.
                continue;
            };
            let rows = lines.get(&number).into_iter().flatten();
            let entries = rows.filter_map(|row| entry(facts, &account, row)).collect();
            let tells_movements = report.line_count > 0;
            let statement = Statement {
                first: report.first,
                last: report.last,
                scale: accounting(facts),
                basis: facts.basis,
                opening,
                entries,
                closing,
            };
            for flaw in statement.flaws() {
                if tells_movements {
                    flag(say(books, account.material, &flaw));
                }
            }
            let last = closings.remove(&account);
            if let Some(last) = last.as_ref().filter(|last| last.report == number) {
                let first = format!("{}:={}", report.code, last.place);
                flag(format!("the account is stated a second time, as {first} states it"));
            }
            let is_version =
                |last: &Last| last.closing.day == statement.last && books.report(last.report).first == report.first;
            // A statement of the same days again is another version: it goes on from what the first version went on from.
            let before = match last {
                Some(last) if is_version(&last) => last.before,
                last => last.map(|last| (last.closing, last.report)),
            };
            if let Some((before, of)) = &before {
                for flaw in check_continuity(before, &statement) {
                    flag(format!("{} ({})", say(books, account.material, &flaw), books.report(*of).code));
                }
            }
            closings.insert(account, Last { closing: statement.closed(), report: number, place, before });
        }
    }
    Ok(flagged)
}

/// A line of the report as a movement of an account, where it is one of it.
fn entry(facts: &Material, account: &StatedAccount, row: &Judged) -> Option<Entry> {
    let is_of = row.line.material == account.material
        && (account.site.is_none() || row.line.site == account.site)
        && (account.lot.is_none() || row.line.lot == account.lot);
    let units = told_units(facts, &row.line.quantity).filter(|_| is_of)?;
    let quantity = if row.line.way == Way::In { units } else { -units };
    Some(Entry { number: row.line.number, effective: row.line.effective, quantity })
}

/// A flaw in the unit in which the material is shown.
fn say(books: &Books, material: MaterialNo, flaw: &reconcile::statement::StatementFlaw) -> String {
    use reconcile::statement::StatementFlaw::{DoesNotAddUp, OpeningDiffers};
    let show = |units: i128| format!("{} {}", crate::shared::number(books, material, units), unit(books, material));
    if let OpeningDiffers { closing, opening } = flaw {
        return format!(
            "the opening of {} is not the last closing of {}",
            show((*opening).into()),
            show((*closing).into())
        );
    }
    if let DoesNotAddUp { computed, closing } = flaw {
        return format!("opening and entries make {}, the closing says {}", show(*computed), show((*closing).into()));
    }
    flaw.to_string()
}

impl Statements {
    /// The parties whose statements are asked for and may be seen.
    fn parties(&self, view: &dyn View, wanted: Option<PartyNo>) -> Vec<PartyNo> {
        let sight = Sight::of(view);
        let mut parties: Vec<PartyNo> = view.books().reports().iter().map(|report| report.party).collect();
        parties.sort_unstable();
        parties.dedup();
        parties.retain(|party| wanted.is_none_or(|wanted| wanted == *party) && sight.sees_reports_of(*party));
        parties
    }
}

impl Question for Statements {
    const NAME: &'static str = "statements";
    const ABOUT: &'static str = "Stated holdings: opening against the last closing, and closing against the books.";
    type Answer = StatementsAnswer;

    fn table(answer: &StatementsAnswer) -> Table<'_> {
        Table::of(answer, &answer.statements)
    }

    fn wants(&self, view: &dyn View) -> Result<Wants, Problem> {
        let (books, wanted) = (view.books(), party_if(view.books(), "party", self.party.as_ref())?);
        let parties = self.parties(view, wanted).into_iter();
        let known = then::wants(view, self.known_at.as_ref())?;
        Ok(parties.map(|party| reported::wanted(books, party)).fold(known, Wants::and))
    }

    fn answer(&self, view: &dyn View) -> Result<StatementsAnswer, Problem> {
        then::answer(view, self.known_at.as_ref(), |view| self.known(view))
    }
}

impl Statements {
    fn known(&self, view: &dyn View) -> Result<StatementsAnswer, Problem> {
        let (books, as_of) = (view.books(), as_of(self.as_of.as_ref())?);
        let wanted = party_if(books, "party", self.party.as_ref())?;
        let parties = self.parties(view, wanted);
        let mut rows: Vec<((Day, u32), StatementLine)> = Vec::new();
        for party in parties {
            let (flags, holdings) = (flagged(view, party)?, Holdings::of(books, party));
            for number in reports_of(books, party) {
                let report = books.report(number);
                if report.kind != ReportKind::Statement || as_of.is_some_and(|day| report.last > day) {
                    continue;
                }
                for (place, balance) in (1u32..).zip(content(view, number)?.balances) {
                    let own = flags.iter().filter(|flag| (flag.report, flag.place) == (number, place));
                    let own: Vec<&str> = own.map(|flag| flag.problem.as_str()).collect();
                    if self.flagged == Some(true) && own.is_empty() {
                        continue;
                    }
                    let (material, site, lot) = (balance.material, balance.site, balance.lot.clone());
                    let account = StatedAccount { material, site, lot: lot.clone() };
                    let held = holdings.held_seen(view, &account, report.last)?;
                    let closing = told_units(books.material(material), &balance.closing);
                    let number = |units: i128| super::signed(books, material, units);
                    let line = StatementLine {
                        balance: format!("{}:={place}", report.code),
                        material: material_code(books, material),
                        site: site.map(|site| books.place_code(site).to_owned()),
                        lot,
                        first: show_day(report.first),
                        last: show_day(report.last),
                        opening: balance.opening.as_ref().map(show_told).unwrap_or_default(),
                        closing: show_told(&balance.closing),
                        books: held.map(number).into(),
                        difference: closing.map(|closing| held.map(|held| number(held - i128::from(closing))).into()),
                        unit: unit(books, material),
                        flags: own.join("; "),
                    };
                    rows.push(((report.last, report.number), line));
                }
            }
        }
        rows.sort_by_key(|row| row.0);
        Ok(StatementsAnswer { statements: rows.into_iter().map(|row| row.1).collect() })
    }
}

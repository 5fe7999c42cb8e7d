//! Reports of parties, and what comparisons go by.

use books::acts as numbered;
use books::{Books, Rejection};

use super::Form;
use super::words::{ReportKind, Way};
use crate::resolve::{Resolver, invalid};

super::object! {
    /// The line that a correction replaces.
    Replaces {
        /// Number of the same sender's report.
        report: u32,
        /// Its line.
        line: u32,
        /// SHA-256 of the line, in hexadecimal; `granary reconcile lines` shows it.
        hash: String,
    }

    /// A movement as a party tells it.
    ReportLine {
        /// Its place in the report, from 1.
        line: u32,
        /// The material.
        material: String,
        /// Which way it went, seen from the sender.
        way: Way,
        /// How much, with its unit; and its basis where it is not the material's.
        quantity: String,
        /// The day it took effect.
        effective: String,
        /// What both parties call the movement.
        reference: Option<String>,
        /// Who stands on the other end.
        counterparty: Option<String>,
        /// Where it lies.
        site: Option<String>,
        /// The sender's name of the lot.
        lot: Option<String>,
        /// The content rests on a provisional assay.
        provisional: Option<bool>,
        /// What it corrects.
        replaces: Option<Replaces>,
        /// It takes the corrected line away and puts nothing in its place.
        withdraws: Option<bool>,
    }

    /// What a party says it held of one account.
    StatedBalance {
        /// The material.
        material: String,
        /// Where; at all sites together where absent.
        site: Option<String>,
        /// Of which lot; of all where absent.
        lot: Option<String>,
        /// Held before the first day, with its unit.
        opening: String,
        /// Held at the end of the last day, with its unit.
        closing: String,
    }

    /// A party's report is received.
    ReceiveReport {
        /// Who tells it; the party where absent.
        sender: Option<String>,
        /// The sender's number, from 1.
        number: u32,
        /// What it tells.
        kind: ReportKind,
        /// First day it covers.
        first: String,
        /// Last day it covers.
        last: String,
        /// SHA-256 of the file it was read from, in hexadecimal.
        source: String,
        /// How many lines it has in all; those that are not here follow with `add_report_lines`. A nil report, of days on
        /// which nothing moved, has none.
        line_count: u32,
        /// Openings and closings.
        balances: Option<Vec<StatedBalance>>,
        /// Its first lines.
        lines: Option<Vec<ReportLine>>,
        /// The day it was due.
        due: Option<String>,
        /// The person who signed it.
        signed_by: Option<String>,
    }

    /// More lines of a report are received.
    AddReportLines {
        /// The report, as `PARTY/7`.
        report: String,
        /// More lines.
        lines: Vec<ReportLine>,
        /// SHA-256 of the file they were read from, in hexadecimal: lines of another file are refused.
        source: Option<String>,
    }

    /// The errors of a method of measurement are set.
    SetMethod {
        /// Its name.
        method: String,
        /// Relative error drawn anew with each measurement, one standard deviation: `0.5%`.
        random: String,
        /// Relative error that is the same in each: `0.3%`.
        systematic: String,
    }

    /// The methods that measure a balance area are set.
    SetMeasuring {
        /// The balance area.
        site: String,
        /// The material.
        material: String,
        /// The method by which stock is counted.
        stock: String,
        /// The method by which movements are measured.
        flow: String,
        /// Size of one measured load, with its unit.
        load: Option<String>,
    }

    /// How far two figures may be apart is set.
    SetTolerance {
        /// Of which material.
        material: String,
        /// Parts per million of the larger figure.
        ppm: Option<u32>,
        /// A quantity, with its unit; the larger of both counts.
        absolute: Option<String>,
        /// A difference up to this is rounding, with its unit.
        rounding: Option<String>,
        /// How many days apart; 3 where absent.
        days: Option<u32>,
    }

    /// Who reports when is set.
    SetDuty {
        /// Who; the party where absent.
        sender: Option<String>,
        /// What.
        kind: ReportKind,
        /// How many months a report covers: 1, 2, 3, 4, 6 or 12.
        months: u8,
        /// How many days after its last day it is due.
        days: u16,
    }

    /// A published figure.
    Figure {
        /// Which line of the publication.
        line: String,
        /// A decimal number, with its sign.
        value: String,
    }

    /// Figures of a period are published, or restated. Another person has to approve them.
    Publish {
        /// Whose figures; the party's where absent.
        owner: Option<String>,
        /// Name of the series.
        series: String,
        /// Last day of the period.
        through: String,
        /// Unit of all figures.
        unit: String,
        /// The figures.
        figures: Vec<Figure>,
        /// Why: needed where it restates.
        note: Option<String>,
    }
}

super::codec::form! {
    Replaces = books::report::Replaces {
        report: same,
        line: same,
        hash: hash,
    }
    StatedBalance = books::report::StatedBalance {
        material: material,
        site: site_if,
        lot: same,
        opening: told(material),
        closing: told(material),
    }
    ReceiveReport = numbered::receive_report::ReceiveReport {
        sender: owner,
        number: same,
        kind: word,
        first: day,
        last: day,
        source: hash,
        line_count: same,
        balances: list_if,
        lines: list_if,
        due: day_if,
        signed_by: same,
    }
    AddReportLines = numbered::receive_report::AddReportLines {
        report: report,
        lines: list,
        source: file_hash_if,
    }
    SetMethod = numbered::comparing::SetMethod {
        method: same,
        random: fraction,
        systematic: fraction,
    }
    SetMeasuring = numbered::comparing::SetMeasuring {
        site: site,
        material: material,
        stock: same,
        flow: same,
        load: quantity_of_if(material),
    }
    SetTolerance = numbered::comparing::SetTolerance {
        material: material,
        ppm: same,
        absolute: quantity_of_if(material),
        rounding: quantity_of_if(material),
        days: same,
    }
    SetDuty = numbered::comparing::SetDuty {
        sender: owner,
        kind: word,
        months: same,
        days: same,
    }
    Publish = numbered::publish::Publish {
        owner: owner,
        series: same,
        through: day,
        unit: unit,
        figures: list,
        note: same,
    }
}

impl Form for ReportLine {
    type Numbered = books::report::ReportLine;

    fn resolve(&self, resolver: &Resolver<'_>) -> Result<Self::Numbered, Rejection> {
        use super::codec::{day, flag, item_if, material, party_if, site_if, told, word};
        // A report has many lines: what is wrong says in which.
        let here = |rejection: Rejection| match rejection {
            Rejection::Invalid { field, problem } => {
                Rejection::Invalid { field, problem: format!("line {}: {problem}", self.line) }
            }
            other => other,
        };
        let read = || {
            let material = material::get(resolver, "material", &self.material)?;
            Ok(Self::Numbered {
                number: self.line,
                material,
                way: word::get(resolver, "way", &self.way)?,
                quantity: told::get(resolver, "quantity", &self.quantity, material)?,
                effective: day::get(resolver, "effective", &self.effective)?,
                reference: self.reference.clone(),
                counterparty: party_if::get(resolver, "counterparty", &self.counterparty)?,
                site: site_if::get(resolver, "site", &self.site)?,
                lot: self.lot.clone(),
                provisional: flag::get(resolver, "provisional", &self.provisional)?,
                replaces: item_if::get(resolver, "replaces", &self.replaces)?,
                withdraws: flag::get(resolver, "withdraws", &self.withdraws)?,
            })
        };
        read().map_err(here)
    }

    fn render(act: &Self::Numbered, books: &Books) -> Self {
        use super::codec::{day, flag, item_if, material, party_if, site_if, told, word};
        Self {
            line: act.number,
            material: material::put(books, &act.material),
            way: word::put(books, &act.way),
            quantity: told::put(books, &act.quantity, act.material),
            effective: day::put(books, &act.effective),
            reference: act.reference.clone(),
            counterparty: party_if::put(books, &act.counterparty),
            site: site_if::put(books, &act.site),
            lot: act.lot.clone(),
            provisional: flag::put(books, &act.provisional),
            replaces: item_if::put(books, &act.replaces),
            withdraws: flag::put(books, &act.withdraws),
        }
    }
}

impl Form for Figure {
    type Numbered = books::comparing::Figure;

    fn resolve(&self, _: &Resolver<'_>) -> Result<Self::Numbered, Rejection> {
        let (sign, digits) = match self.value.strip_prefix(['-', '\u{2212}']) {
            Some(digits) => (-1, digits),
            None => (1, self.value.as_str()),
        };
        let decimals = digits.split_once('.').map_or(0, |(_, fraction)| fraction.len());
        let too_fine = || invalid("value")(format!("`{}` has more than 18 decimals", self.value));
        let decimals = u8::try_from(decimals).ok().filter(|decimals| *decimals <= 18).ok_or_else(too_fine)?;
        let read = measure::parse_decimal(digits, decimals);
        let read = read.map_err(|error| invalid("value")(format!("`{}`: {error}", self.value)))?;
        Ok(Self::Numbered { line: self.line.clone(), digits: sign * read.units(), decimals })
    }

    fn render(act: &Self::Numbered, _: &Books) -> Self {
        Self { line: act.line.clone(), value: crate::value::show_decimals(act.digits, act.decimals) }
    }
}

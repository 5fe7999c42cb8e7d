//! Reports of parties, and what comparisons go by.

use books::acts as numbered;

use super::words::{ReportKind, Way};

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
        /// Held before the first day, with its unit; absent where only what lay there at the end is told.
        opening: Option<String>,
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
        /// Is each counted lot measured by itself? One survey of all that lies there where absent.
        each_lot: Option<bool>,
        /// Size of one measured item of what is counted, such as a drum, with its unit.
        item: Option<String>,
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
        /// How many days apart equal figures may be; where absent none, and up to 3 find each other.
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

super::form::form! {
    Replaces = books::report::Replaces {
        report: Same,
        line: Same,
        hash: Hash,
    }
    ReportLine = books::report::ReportLine {
        number from line: Same,
        material: Material,
        way: Word,
        quantity: Told(material),
        effective: Day,
        reference: Same,
        counterparty: Party,
        site: Site,
        lot: Same,
        provisional: Flag,
        replaces: Item,
        withdraws: Flag,
    }
    StatedBalance = books::report::StatedBalance {
        material: Material,
        site: Site,
        lot: Same,
        opening: Told(material),
        closing: Told(material),
    }
    ReceiveReport = numbered::receive_report::ReceiveReport {
        sender: Owner,
        number: Same,
        kind: Word,
        first: Day,
        last: Day,
        source: Hash,
        line_count: Same,
        balances: Item,
        lines: LineOfReport,
        due: Day,
        signed_by: Same,
    }
    AddReportLines = numbered::receive_report::AddReportLines {
        report: Report,
        lines: LineOfReport,
        source: HashOfFile,
    }
    SetMethod = numbered::comparing::SetMethod {
        method: Same,
        random: Fraction,
        systematic: Fraction,
    }
    SetMeasuring = numbered::comparing::SetMeasuring {
        site: Site,
        material: Material,
        stock: Same,
        flow: Same,
        load: Of(material),
        each_lot: Same,
        item: Of(material),
    }
    SetTolerance = numbered::comparing::SetTolerance {
        material: Material,
        ppm: Same,
        absolute: Of(material),
        rounding: Of(material),
        days: Same,
    }
    SetDuty = numbered::comparing::SetDuty {
        sender: Owner,
        kind: Word,
        months: Same,
        days: Same,
    }
    Publish = numbered::publish::Publish {
        owner: Owner,
        series: Same,
        through: Day,
        unit: Unit,
        figures: Item,
        note: Same,
    }
    Figure = books::comparing::Figure {
        line: Same,
        decimals of value: DecimalsOf,
        digits from value: Digits(decimals),
    }
}

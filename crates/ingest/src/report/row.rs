//! One row of a table, as what a member reports.

use std::collections::BTreeMap;

use wire::acts::words::Way;
use wire::acts::{Replaces, ReportLine, StatedBalance};

use super::{Flaw, ReportMapping};
use crate::decimal::Decimal;
use crate::figure::{Figure, Points, Scale, Sign};
use crate::source::{Kind, Record};
use crate::when::When;
use crate::wrong::Wrong;

/// A figure with its unit and basis, as told.
struct Amount {
    text: String,
    is_negative: bool,
    is_nothing: bool,
    is_provisional: bool,
}

/// One row of a table.
pub(super) struct Row<'r> {
    pub(super) mapping: &'r ReportMapping,
    pub(super) when: &'r When,
    /// Can every figure with a point be read in two ways?
    pub(super) are_points_open: bool,
    pub(super) record: &'r Record,
    pub(super) flaws: &'r mut Vec<Flaw>,
}

impl Row<'_> {
    fn flaw(&mut self, field: &str, wrong: Wrong) {
        self.flaws.push(Flaw::new(self.record.line, field, wrong));
    }

    fn text(&self, column: Option<&String>) -> Option<String> {
        let text = self.record.text(column?)?.trim();
        let is_missing = text.is_empty() || self.mapping.figures.missing.iter().any(|missing| missing == text);
        (!is_missing).then(|| text.to_owned())
    }

    /// A stated figure with its unit and basis, as told. No type says its sign: one that was sent stays.
    fn stated(&mut self, column: Option<&String>) -> Option<String> {
        let Amount { text, is_negative, .. } = self.figure(column)?;
        Some(if is_negative { format!("-{text}") } else { text })
    }

    /// The figure of a movement, and whether its sign turns the movement round.
    fn moved(&mut self, column: Option<&String>) -> Option<(Amount, bool)> {
        let amount = self.figure(column)?;
        if !amount.is_negative {
            return Some((amount, false));
        }
        match self.mapping.figures.sign {
            Some(Sign::Ignore) => Some((amount, false)),
            Some(Sign::Reverses | Sign::Way) => Some((amount, true)),
            None => {
                let heading = column.cloned().unwrap_or_default();
                self.flaw(&heading, Wrong::NegativeOfReport { text: format!("-{}", amount.text) });
                None
            }
        }
    }

    /// A figure with its unit and basis, as told.
    fn figure(&mut self, column: Option<&String>) -> Option<Amount> {
        let text = self.text(column)?;
        let heading = column.cloned().unwrap_or_default();
        let kind = self.record.kind(&heading);
        let read = Figure::read(&text, kind, &self.mapping.figures);
        let (number, is_negative, flag, behind) = match read {
            Ok(Figure::Missing) => return None,
            Ok(Figure::Given { number, is_negative, flag, unit }) => (number, is_negative, flag, unit),
            Err(error) => {
                self.flaw(&heading, error.into());
                return None;
            }
        };
        if self.are_points_open && kind == Kind::Text && Points::of(&text).are_open() {
            self.flaw(&heading, Wrong::PointOpen { text });
            return None;
        }
        let mapping = self.mapping;
        let unit = behind.or_else(|| self.text(mapping.column.unit.as_ref())).or_else(|| mapping.unit.clone());
        let Some(unit) = unit else {
            self.flaw(&heading, Wrong::UnitMissing);
            return None;
        };
        let (number, unit) = match self.scaled(&number, &unit) {
            Ok(scaled) => scaled,
            Err(wrong) => {
                self.flaw(&heading, wrong);
                return None;
            }
        };
        let basis = self.text(mapping.column.basis.as_ref()).or_else(|| mapping.basis.clone());
        let basis = basis.map_or(String::new(), |basis| format!(" {basis}"));
        let is_provisional = flag.is_some_and(|flag| flag.split(' ').any(|flag| flag.eq_ignore_ascii_case("p")));
        let is_nothing = number.trim_matches(['0', '.']).is_empty();
        Some(Amount { text: format!("{number} {unit}{basis}"), is_negative, is_nothing, is_provisional })
    }

    /// A number in the unit that the sender's word stands for.
    fn scaled(&self, number: &str, unit: &str) -> Result<(String, String), Wrong> {
        let scale = match self.mapping.figures.units.get(unit) {
            Some(scale) => scale.clone(),
            None => Scale::parse(unit)?,
        };
        if scale.factor == "1" {
            return Ok((number.to_owned(), scale.unit));
        }
        let product =
            Decimal::parse(number).zip(Decimal::parse(&scale.factor)).and_then(|(one, other)| one.times(other));
        let product = product.ok_or(Wrong::TooManyInUnit)?;
        Ok((product.to_string(), scale.unit))
    }

    fn coded(
        &self,
        column: Option<&String>,
        fixed: Option<&String>,
        words: &BTreeMap<String, String>,
    ) -> Option<String> {
        let told = self.text(column).or_else(|| fixed.cloned())?;
        Some(words.get(&told).cloned().unwrap_or(told))
    }

    fn material(&mut self) -> Option<String> {
        let mapping = self.mapping;
        let found = self.coded(mapping.column.material.as_ref(), mapping.material.as_ref(), &mapping.words.material);
        if found.is_none() {
            let heading = mapping.column.material.clone().unwrap_or_else(|| "material".into());
            self.flaw(&heading, Wrong::MaterialMissing);
        }
        found
    }

    fn site(&self) -> Option<String> {
        let mapping = self.mapping;
        self.coded(mapping.column.site.as_ref(), mapping.site.as_ref(), &mapping.words.site)
    }

    pub(super) fn balance(&mut self) -> Option<StatedBalance> {
        let columns = &self.mapping.column;
        let (opening, closing) = (self.stated(columns.opening.as_ref()), self.stated(columns.closing.as_ref()));
        let (opening, closing) = match (opening, closing) {
            (opening, Some(closing)) if opening.is_some() || columns.opening.is_none() => (opening, closing),
            (None, None) => return None,
            (Some(_), None) => {
                let heading = columns.closing.clone().unwrap_or_default();
                self.flaw(&heading, Wrong::ClosingWithoutFigure);
                return None;
            }
            (_, Some(_)) => {
                let heading = columns.opening.clone().unwrap_or_default();
                self.flaw(&heading, Wrong::OpeningWithoutFigure);
                return None;
            }
        };
        Some(StatedBalance {
            material: self.material()?,
            site: self.site(),
            lot: self.text(columns.lot.as_ref()),
            opening,
            closing,
        })
    }

    pub(super) fn movements(&mut self) -> Vec<ReportLine> {
        let columns = &self.mapping.column;
        let turned = |way, is_turned| match (way, is_turned) {
            (Way::In, true) => Way::Out,
            (Way::Out, true) => Way::In,
            (way, false) => way,
        };
        let mut told = Vec::new();
        if let Some((amount, is_turned)) = self.moved(columns.quantity.as_ref())
            && let Some(way) = self.way()
        {
            told.push((turned(way, is_turned), amount));
        }
        for (column, way) in [(&columns.inflow, Way::In), (&columns.outflow, Way::Out)] {
            // Two columns for one movement: the other one says nothing, as 0.
            if let Some((amount, is_turned)) = self.moved(column.as_ref()).filter(|(amount, _)| !amount.is_nothing) {
                told.push((turned(way, is_turned), amount));
            }
        }
        if told.is_empty() {
            return Vec::new();
        }
        let Some(effective) = self.day() else { return Vec::new() };
        let Some(material) = self.material() else { return Vec::new() };
        let replaces = self.replaces();
        let withdraws = self.text(columns.withdraws.as_ref()).map(|_| true);
        let counterparty = self.coded(columns.counterparty.as_ref(), None, &self.mapping.words.party);
        let line = |(way, Amount { text: quantity, is_provisional, .. }): (Way, Amount)| ReportLine {
            line: 0,
            material: material.clone(),
            way,
            quantity,
            effective: effective.clone(),
            reference: self.text(columns.reference.as_ref()),
            counterparty: counterparty.clone(),
            site: self.site(),
            lot: self.text(columns.lot.as_ref()),
            provisional: is_provisional.then_some(true),
            replaces: replaces.clone(),
            withdraws,
        };
        told.into_iter().map(line).collect()
    }

    fn way(&mut self) -> Option<Way> {
        // Without a word for it, the sign says which way it went.
        let column = self.mapping.column.way.clone();
        let Some(column) = column else { return Some(Way::In) };
        let word = self.text(Some(&column)).unwrap_or_default();
        let is_one = |words: &[String], own: &str| words.contains(&word) || word == own;
        let ways = &self.mapping.way;
        if is_one(&ways.inward, "in") {
            return Some(Way::In);
        }
        if is_one(&ways.outward, "out") {
            return Some(Way::Out);
        }
        self.flaw(&column, Wrong::NeitherInNorOut { text: word });
        None
    }

    fn day(&mut self) -> Option<String> {
        let column = self.mapping.column.date.clone().unwrap_or_default();
        let text = self.text(Some(&column)).unwrap_or_default();
        match self.when.read(&text, self.record.kind(&column)) {
            Ok(told) => Some(told.day.to_string()),
            Err(wrong) => {
                self.flaw(&column, wrong);
                None
            }
        }
    }

    fn replaces(&mut self) -> Option<Replaces> {
        let columns = &self.mapping.column;
        let told = self.text(columns.replaces_report.as_ref())?;
        let line = self.text(columns.replaces_line.as_ref()).unwrap_or_default();
        let hash = self.text(columns.replaces_hash.as_ref()).unwrap_or_default();
        // `3`, `KOMIR/3`, and `KOMIR/3:2` as answers show a line.
        let report = told.strip_prefix(&self.mapping.sender).and_then(|rest| rest.strip_prefix('/')).unwrap_or(&told);
        let (report, line) = match report.split_once(':') {
            Some((report, own)) if line.is_empty() || line == own => (report, own.to_owned()),
            _ => (report, line),
        };
        match (report.parse(), line.parse()) {
            (Ok(report), Ok(line)) if !hash.is_empty() => Some(Replaces { report, line, hash }),
            _ => {
                let heading = columns.replaces_report.clone().unwrap_or_default();
                self.flaw(&heading, Wrong::ReplacesNoLine);
                None
            }
        }
    }
}

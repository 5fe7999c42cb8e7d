//! What one row says of a figure: the account, the unit, and which way something went.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::decimal::Decimal;
use crate::figure::{Figure, FigureSettings, Scale, Sign};
use crate::layout::Words;
use crate::mapping::{ColumnKind, HEADING, Mapping, Rule, RuleKind};
use crate::source::Record;

use super::Note;
use crate::wrong::Wrong;

/// A figure in its row.
pub(super) struct Row<'r> {
    pub(super) mapping: &'r Mapping,
    pub(super) record: &'r Record,
    pub(super) rule: &'r Rule,
    pub(super) heading: &'r Arc<str>,
}

impl Row<'_> {
    /// The text of key columns; none where all of them are empty.
    fn key(&self, columns: Option<&Words>) -> Option<String> {
        let text = |column: &String| match column.as_str() {
            HEADING => Some(self.heading.to_string()),
            column => self.record.text(column).filter(|text| !text.is_empty()).map(str::to_owned),
        };
        let texts: Vec<String> = columns?.list().iter().filter_map(text).collect();
        (!texts.is_empty()).then(|| texts.join("-"))
    }

    fn code(
        &self,
        what: &'static str,
        columns: Option<&Words>,
        fixed: &str,
        words: &BTreeMap<String, String>,
    ) -> Result<String, Wrong> {
        if columns.is_none() || !fixed.is_empty() {
            return Ok(fixed.to_owned());
        }
        let Some(word) = self.key(columns) else {
            return Err(Wrong::NamesNone { what });
        };
        Ok(words.get(&word).cloned().unwrap_or(word))
    }

    pub(super) fn lot(&self) -> Result<String, Wrong> {
        self.code("lot", self.mapping.key.lot.as_ref(), &self.rule.lot, &self.mapping.words.lot)
    }

    pub(super) fn material(&self) -> Result<String, Wrong> {
        self.code("material", self.mapping.key.material.as_ref(), &self.rule.material, &self.mapping.words.material)
    }

    fn site(&self) -> Result<String, Wrong> {
        self.code("site", self.mapping.key.site.as_ref(), &self.rule.site, &self.mapping.words.site)
    }

    /// The unit: behind the figure, in a column, or as the mapping says.
    pub(super) fn unit(&self, behind: Option<&str>) -> Result<Scale, Wrong> {
        let units = &self.mapping.figures.units;
        let word = match behind {
            Some(unit) => unit.to_owned(),
            None => self.code("unit", self.mapping.key.unit.as_ref(), &self.rule.unit, &BTreeMap::new())?,
        };
        if word.trim() == "%" {
            let of = self.rule.of.as_deref().ok_or(Wrong::PercentOfNothing)?;
            let whole = Scale::parse(of)?;
            let hundredth = Decimal { units: 1, decimals: 2 };
            let factor = Decimal::parse(&whole.factor).and_then(|factor| factor.times(hundredth));
            return Ok(Scale { factor: factor.ok_or(Wrong::TooManyInUnit)?.to_string(), unit: whole.unit });
        }
        match units.get(&word) {
            Some(scale) => Ok(scale.clone()),
            None => Scale::parse(&word),
        }
    }

    /// What a figure is by its kind, its way and its sign, and at which site.
    pub(super) fn ways(&self, is_negative: bool, figure: Decimal) -> Result<Vec<(ColumnKind, String)>, Wrong> {
        let sign = self.mapping.sign_of(self.rule);
        let turned = |kind: ColumnKind, is: bool| match (kind, is) {
            (ColumnKind::Inflow, true) => ColumnKind::Outflow,
            (ColumnKind::Outflow, true) => ColumnKind::Inflow,
            (kind, _) => kind,
        };
        let is_turned = match (is_negative, sign) {
            (false, _) | (true, Some(Sign::Ignore)) => false,
            (true, Some(Sign::Reverses)) => true,
            (true, Some(Sign::Way)) if self.rule.kind == RuleKind::Movement => true,
            (true, Some(Sign::Way) | None) => return Err(Wrong::NegativeMovement { text: format!("-{figure}") }),
        };
        match self.rule.kind {
            RuleKind::Stock | RuleKind::Count if is_negative => Err(Wrong::Negative { text: format!("-{figure}") }),
            RuleKind::Stock => Ok(vec![(ColumnKind::Stock, self.site()?)]),
            RuleKind::Count => Ok(vec![(ColumnKind::Count, self.site()?)]),
            RuleKind::Inflow => Ok(vec![(turned(ColumnKind::Inflow, is_turned), self.site()?)]),
            RuleKind::Outflow => Ok(vec![(turned(ColumnKind::Outflow, is_turned), self.site()?)]),
            RuleKind::Dispatch | RuleKind::Arrival if is_negative => {
                Err(Wrong::Negative { text: format!("-{figure}") })
            }
            RuleKind::Dispatch if self.mapping.key.from.is_some() => {
                let from = self.end("from")?.ok_or(Wrong::NamesNone { what: "site" })?;
                Ok(vec![(ColumnKind::Dispatch, from)])
            }
            RuleKind::Dispatch => Ok(vec![(ColumnKind::Dispatch, self.site()?)]),
            RuleKind::Arrival => Ok(vec![(ColumnKind::Arrival, self.site()?)]),
            RuleKind::Movement if self.mapping.key.from.is_some() => {
                let (from, to) = (self.end("from")?, self.end("to")?);
                let (from, to) = if is_turned { (to, from) } else { (from, to) };
                let out = from.map(|site| (ColumnKind::Outflow, site));
                Ok(out.into_iter().chain(to.map(|site| (ColumnKind::Inflow, site))).collect())
            }
            RuleKind::Movement => {
                let kind = match self.way()? {
                    Some(kind) => kind,
                    None => return Ok(Vec::new()),
                };
                Ok(vec![(turned(kind, is_turned), self.site()?)])
            }
        }
    }

    /// What a despatch or receipt advice says beside its figure.
    pub(super) fn note(&self, kind: ColumnKind, factor: Decimal, settings: &FigureSettings) -> Result<Note, Wrong> {
        let dispatch = self.key(self.mapping.key.dispatch.as_ref()).ok_or(Wrong::NamesNone { what: "dispatch" })?;
        let target = match kind {
            ColumnKind::Dispatch if self.mapping.key.to.is_some() => {
                self.end("to")?.ok_or(Wrong::NamesNone { what: "site" })?
            }
            ColumnKind::Dispatch => self.rule.to.clone(),
            ColumnKind::Arrival | ColumnKind::Stock | ColumnKind::Count | ColumnKind::Inflow | ColumnKind::Outflow => {
                String::new()
            }
        };
        let shipped = match &self.rule.shipped {
            None => None,
            Some(column) => {
                let text = self.record.text(column).unwrap_or_default();
                match Figure::read(text, self.record.kind(column), settings)? {
                    Figure::Missing => None,
                    Figure::Given { number, .. } => {
                        let figure = Decimal::parse(&number).ok_or(Wrong::TooManyDigits { text: text.to_owned() })?;
                        Some(figure.times(factor).ok_or(Wrong::TooManyInUnit)?)
                    }
                }
            }
        };
        Ok(Note { dispatch, target, shipped, is_last: self.rule.last })
    }

    /// Which way a movement went by its word; none where the word moves nothing.
    fn way(&self) -> Result<Option<ColumnKind>, Wrong> {
        let Some(columns) = &self.mapping.key.way else { return Ok(Some(ColumnKind::Inflow)) };
        let word = self.key(Some(columns)).unwrap_or_default();
        let ways = &self.mapping.way;
        match () {
            () if ways.inward.contains(&word) || word == "in" => Ok(Some(ColumnKind::Inflow)),
            () if ways.outward.contains(&word) || word == "out" => Ok(Some(ColumnKind::Outflow)),
            () if ways.none.contains(&word) => Ok(None),
            () => Err(Wrong::NeitherInNorOut { text: word }),
        }
    }

    /// One end of a movement; none where it lies outside of our sites.
    fn end(&self, which: &str) -> Result<Option<String>, Wrong> {
        let columns = if which == "from" { &self.mapping.key.from } else { &self.mapping.key.to };
        let Some(word) = self.key(columns.as_ref()) else { return Ok(None) };
        match self.mapping.words.site.get(&word) {
            Some(site) if site.is_empty() => Ok(None),
            Some(site) => Ok(Some(site.clone())),
            None if self.mapping.words.site.is_empty() => Ok(Some(word)),
            None => Err(Wrong::NoPlace { text: word }),
        }
    }

    /// What the figures of an account are known by for ever.
    pub(super) fn identity(&self, kind: ColumnKind, site: &str, lot: &str, material: &str) -> String {
        let key = &self.mapping.key;
        let is_keyed = [&key.site, &key.lot, &key.material, &key.from].into_iter().any(Option::is_some);
        let column = &self.rule.column;
        if matches!(self.rule.kind, RuleKind::Dispatch | RuleKind::Arrival) {
            return column.clone();
        }
        let way = match (self.rule.kind, kind) {
            (RuleKind::Movement, ColumnKind::Outflow) | (RuleKind::Inflow, ColumnKind::Outflow) => " out",
            (RuleKind::Movement, _) | (RuleKind::Outflow, ColumnKind::Inflow) => " in",
            _ => "",
        };
        if is_keyed { format!("{column}{way} of {material} {lot} at {site}") } else { format!("{column}{way}") }
    }
}

//! How a source is read: which column is what, in which unit, for which party and site.

mod told;

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use crate::figure::{FigureSettings, Scale, Sign};
use crate::layout::{Layout, Words};
use crate::source::SECTION;
use crate::when::{When, WhenSettings};

/// The column that is the heading itself, where days, sites or lots stand side by side.
pub(crate) const HEADING: &str = "@heading";
/// All columns that nothing else names.
pub(crate) const EVERY: &str = "*";

/// A declared mapping. Written in TOML; `mappings/README.md` is the manual.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mapping {
    /// Short name; part of the id of every command, so that it must never change.
    pub name: String,
    /// SHA-256 of its text, in hexadecimal.
    #[serde(skip)]
    pub sha256: String,
    /// What the source is, who publishes it, and under which terms. For people.
    pub source: String,
    /// How the file is laid out.
    #[serde(skip)]
    pub layout: Layout,
    /// How days are written.
    #[serde(skip)]
    pub when: WhenSettings,
    /// How figures are written.
    #[serde(skip)]
    pub figures: FigureSettings,
    /// Party that posts and owns.
    pub party: String,
    /// Column of the effective date; `@heading` where days are headings, and `@date` where it is given beside the file.
    pub date: String,
    /// Where the date is a year alone: the column of its month.
    pub month: Option<String>,
    /// The same of its quarter.
    pub quarter: Option<String>,
    /// The same of its week.
    pub week: Option<String>,
    /// Column of the date of publication, kept in the reference.
    pub published: Option<String>,
    /// Column of flags, kept in the reference.
    pub flag: Option<String>,
    /// Column of what the source itself calls a movement: a document number, an event id.
    pub reference: Option<String>,
    /// What another flow of one column and day is.
    pub flows: Option<Flows>,
    /// What accounts hold that no count opens.
    pub begins: Option<Begins>,
    /// What counts where one day is said twice: an error where nothing is said.
    pub same_day: Option<SameDay>,
    /// Columns that say which account a row speaks of.
    #[serde(default)]
    pub key: Key,
    /// The source's words for our codes.
    #[serde(default)]
    pub words: Codes,
    /// The source's words for `in` and `out`.
    #[serde(default)]
    pub way: Ways,
    /// Rows that are sums of the others of their day: checked, never posted.
    #[serde(default)]
    pub totals: BTreeMap<String, Words>,
    /// Commands that register party, material and sites, posted first; what is registered already stays.
    #[serde(default)]
    pub register: Vec<Map<String, Value>>,
    /// The columns with figures.
    pub column: Vec<Rule>,
    /// Sums that should hold in every line.
    #[serde(default)]
    pub check: Vec<Check>,
}

/// What it means that a day has another flow than the books have of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Flows {
    /// One figure a day: another one replaces it.
    Daily,
    /// Each line is a movement of its own.
    Lines,
}

/// What an account of flows holds before the first of them, where no count says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Begins {
    /// Nothing.
    Empty,
}

/// What counts where a source says two figures of one account and day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SameDay {
    /// The last one in the file.
    Last,
    /// Their sum.
    Sum,
}

/// Columns that say which account a row speaks of; several make one code, with `-` between.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Key {
    /// The site.
    pub site: Option<Words>,
    /// The lot.
    pub lot: Option<Words>,
    /// The material.
    pub material: Option<Words>,
    /// The unit.
    pub unit: Option<Words>,
    /// Which way a movement went.
    pub way: Option<Words>,
    /// The site that a movement came from.
    pub from: Option<Words>,
    /// The site that it went to.
    pub to: Option<Words>,
    /// The dispatch that a despatch or receipt advice speaks of.
    pub dispatch: Option<Words>,
}

/// The source's words for our codes; a word that stands for nothing (`""`) is a place outside of our books.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Codes {
    /// For materials.
    pub material: BTreeMap<String, String>,
    /// For sites.
    pub site: BTreeMap<String, String>,
    /// For lots.
    pub lot: BTreeMap<String, String>,
    /// For parties.
    pub party: BTreeMap<String, String>,
    /// For units, with how many of them where it is not one: `"1000 t"`.
    pub unit: BTreeMap<String, String>,
}

/// The source's words for `in` and `out`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Ways {
    /// What comes in.
    #[serde(rename = "in")]
    pub inward: Vec<String>,
    /// What goes out.
    #[serde(rename = "out")]
    pub outward: Vec<String>,
    /// What moves nothing.
    pub none: Vec<String>,
}

/// A column with figures, as a mapping declares it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// Its heading, its place (`#2`), or `*` for every column that nothing else names.
    pub column: String,
    /// What its figures are.
    pub kind: RuleKind,
    /// Unit of its figures, where no column says it.
    #[serde(default)]
    pub unit: String,
    /// Site it speaks of, where no column says it.
    #[serde(default)]
    pub site: String,
    /// Lot it speaks of, where no column says it.
    #[serde(default)]
    pub lot: String,
    /// Material of the lot, where no column says it.
    #[serde(default)]
    pub material: String,
    /// What a sign says; as in the rest of the mapping where nothing is said.
    pub sign: Option<Sign>,
    /// Of per cents (`unit = "%"`): of how much, as `251 TWh`.
    pub of: Option<String>,
    /// Of a dispatch: the site that it goes to, where no column says it.
    #[serde(default)]
    pub to: String,
    /// Of an arrival: the column of what was sent of it.
    pub shipped: Option<String>,
    /// Of an arrival: is each note the last one of its dispatch? Then what is left is booked as the difference.
    #[serde(default)]
    pub last: bool,
}

/// What the figures of a column are, as a mapping says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RuleKind {
    /// See [`ColumnKind::Stock`].
    Stock,
    /// See [`ColumnKind::Inflow`].
    Inflow,
    /// See [`ColumnKind::Outflow`].
    Outflow,
    /// See [`ColumnKind::Count`].
    Count,
    /// In or out: another column says which, or the sign.
    Movement,
    /// See [`ColumnKind::Dispatch`].
    Dispatch,
    /// See [`ColumnKind::Arrival`].
    Arrival,
}

/// The figures of one account in a source: a column, or the rows of a column that speak of it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Column {
    /// What it is known by for ever: the heading, and the codes of the account where columns say them.
    pub column: String,
    /// What its figures are.
    pub kind: ColumnKind,
    /// Unit of its figures.
    pub unit: String,
    /// Site it speaks of.
    pub site: String,
    /// Lot it speaks of.
    pub lot: String,
    /// Material of the lot.
    pub material: String,
}

impl Column {
    /// Site and lot.
    pub(crate) fn account(&self) -> (&str, &str) {
        (&self.site, &self.lot)
    }

    pub(crate) fn account_key(&self) -> (String, String) {
        (self.site.clone(), self.lot.clone())
    }
}

/// What the figures of a column are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ColumnKind {
    /// Stock at the day's end, with no flows known: what it differs by from the books is deposited or drawn.
    Stock,
    /// What came in that day: a deposit.
    Inflow,
    /// What went out that day: a draw.
    Outflow,
    /// What was found at the day's end: a stocktake; the first one opens the account.
    Count,
    /// What was sent by a despatch advice: the lines of one note are one dispatch.
    Dispatch,
    /// What a receipt advice says arrived of a dispatch.
    Arrival,
}

/// A sum that should hold: `total` = the parts, give or take `tolerance`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Check {
    /// Column of the total.
    pub total: String,
    /// Columns of the parts.
    pub parts: Vec<String>,
    /// Largest difference that is rounding, in the source's own figures.
    pub tolerance: u64,
}

/// The mapping cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum MappingError {
    /// See the cause.
    #[error("read the mapping")]
    Toml(#[from] toml::de::Error),
    /// Something in it contradicts itself.
    #[error("the mapping `{name}`: {problem}")]
    Contradiction {
        /// Its name.
        name: String,
        /// What is wrong.
        problem: String,
    },
}

/// The date of a mapping whose source does not say it.
pub(crate) const GIVEN: &str = "@date";

/// A mapping for a source that speaks of one day and does not say which.
///
/// # Errors
/// When it is no TOML, or has a column of days.
pub fn dated(text: &str, day: &str) -> Result<String, MappingError> {
    let mut table: toml::Table = toml::from_str(text)?;
    if table.get("date").and_then(toml::Value::as_str) != Some(GIVEN) {
        let name = table.get("name").and_then(toml::Value::as_str).unwrap_or_default().to_owned();
        let problem = "has a column of days: a date is given where it says `date = \"@date\"`".to_owned();
        return Err(MappingError::Contradiction { name, problem });
    }
    table.insert("date".to_owned(), format!("={day}").into());
    Ok(table.to_string())
}

/// Do both columns say what one account holds? Stock beside flows, too, would be posted twice.
fn contradicts(rule: &Rule, other: &Rule) -> bool {
    let says_level = |kind| matches!(kind, RuleKind::Stock | RuleKind::Count);
    let is_stock = rule.kind == RuleKind::Stock || other.kind == RuleKind::Stock;
    let is_fixed = !rule.site.is_empty() && !rule.lot.is_empty();
    let is_one = (&rule.site, &rule.lot) == (&other.site, &other.lot);
    is_fixed && is_one && (is_stock || (says_level(rule.kind) && says_level(other.kind)))
}

impl Mapping {
    /// Reads a mapping.
    ///
    /// # Errors
    /// When it is not TOML of this shape, or contradicts itself.
    pub fn parse(text: &str) -> Result<Self, MappingError> {
        let mut table: toml::Table = toml::from_str(text)?;
        let name = table.get("name").and_then(toml::Value::as_str).unwrap_or_default().to_owned();
        let contradiction = |problem: String| MappingError::Contradiction { name: name.clone(), problem };
        let layout = Layout::take(&mut table).map_err(contradiction)?;
        let when = WhenSettings::take(&mut table).map_err(contradiction)?;
        let mut figures = FigureSettings::take(&mut table).map_err(contradiction)?;
        let mut mapping = Self::deserialize(table)?;
        mapping.sha256 = crate::load::hex(&Sha256::digest(text));
        for (word, unit) in &mapping.words.unit {
            figures.units.insert(word.clone(), Scale::parse(unit).map_err(|wrong| contradiction(wrong.to_string()))?);
        }
        (mapping.layout, mapping.when, mapping.figures) = (layout, when, figures);
        mapping.problem().map_or(Ok(mapping), |problem| Err(contradiction(problem)))
    }

    /// What stands between the fields of a line, where a source is lines of text.
    #[must_use]
    pub fn delimiter_of_text(&self, source: &[u8]) -> Option<char> {
        crate::source::delimiter(source, &self.layout, &self.needed())
    }

    /// How its source writes days.
    pub(crate) fn when(&self) -> When {
        self.when.ready().unwrap_or_default()
    }

    fn problem(&self) -> Option<String> {
        if self.column.is_empty() {
            return Some("has no column with figures".into());
        }
        for (index, rule) in self.column.iter().enumerate() {
            if self.column[..index].iter().any(|other| other.column == rule.column) {
                return Some(format!("names the column `{}` twice", rule.column));
            }
            if let Some(problem) = self.rule_problem(rule) {
                return Some(problem);
            }
            if let Some(other) = self.column[..index].iter().find(|other| contradicts(rule, other)) {
                let Rule { site, lot, column, .. } = rule;
                return Some(format!(
                    "says of lot `{lot}` at `{site}` both in `{}` and in `{column}` what lies there; give each column a lot of \
                     its own, or leave one out",
                    other.column
                ));
            }
        }
        if let Some(word) = self.register.iter().find(|command| !command.contains_key("act")) {
            return Some(format!("registers something without `act`: {}", Value::Object(word.clone())));
        }
        if self.date == GIVEN {
            return Some("is for a file that does not say its day: give it with `--date`".into());
        }
        if self.key.from.is_some() != self.key.to.is_some() {
            return Some("has one of `from` and `to` in `[key]`, which go together".into());
        }
        self.when.ready().err()
    }

    fn rule_problem(&self, rule: &Rule) -> Option<String> {
        let Key { site, lot, material, unit, way, from, to, dispatch } = &self.key;
        let is_moved = rule.kind == RuleKind::Movement;
        let (is_sent, has_come) = (rule.kind == RuleKind::Dispatch, rule.kind == RuleKind::Arrival);
        let has_ends = (is_moved || is_sent) && from.is_some();
        let is_note = is_sent || has_come;
        if is_note && dispatch.is_none() {
            return Some(format!(
                "does not say which dispatch the figures of `{}` are of: name the column of it as `dispatch` in `[key]`",
                rule.column
            ));
        }
        if is_sent && rule.to.is_empty() && to.is_none() {
            return Some(format!(
                "does not say where the figures of `{}` go: say `to`, there or in `[key]`",
                rule.column
            ));
        }
        let said = [
            ("site", &rule.site, site.is_some() || has_ends || has_come),
            ("lot", &rule.lot, lot.is_some()),
            ("material", &rule.material, material.is_some() || is_note),
            ("unit", &rule.unit, unit.is_some()),
        ];
        for (name, own, has_column) in said {
            if own.is_empty() && !has_column {
                let column = &rule.column;
                return Some(format!("says no `{name}` for the column `{column}`, and `[key]` names no column of it"));
            }
        }
        let has_way = way.is_some() || from.is_some() || self.sign_of(rule) == Some(Sign::Way);
        if is_moved && !has_way {
            return Some(format!(
                "does not say which way the figures of `{}` went: by `way`, or `from` and `to`, in `[key]`, or `sign = \"way\"`",
                rule.column
            ));
        }
        if !is_moved && self.sign_of(rule) == Some(Sign::Way) && rule.sign.is_some() {
            return Some(format!("has `sign = \"way\"` for `{}`, which goes one way by its kind", rule.column));
        }
        None
    }

    pub(crate) fn sign_of(&self, rule: &Rule) -> Option<Sign> {
        rule.sign.or(self.figures.sign)
    }

    /// What stands beside a year, and what goes between the two.
    pub(crate) fn beside(&self) -> Option<(&str, &'static str)> {
        let all = [(&self.month, "-"), (&self.quarter, "-Q"), (&self.week, "-W")];
        all.into_iter().find_map(|(column, mark)| Some((column.as_deref()?, mark)))
    }

    /// The columns of keys.
    pub(crate) fn keys(&self) -> impl Iterator<Item = &str> {
        let Key { site, lot, material, unit, way, from, to, dispatch } = &self.key;
        let keys = [site, lot, material, unit, way, from, to, dispatch];
        keys.into_iter()
            .flatten()
            .flat_map(|words| words.list())
            .map(String::as_str)
            .filter(|key| !key.starts_with('@'))
    }

    /// Every column that the file must have.
    pub(crate) fn needed(&self) -> Vec<&str> {
        let Self { date, published, flag, reference, totals, column, check, .. } = self;
        let beside = self.beside().map(|(column, _)| column);
        let own = [Some(date), published.as_ref(), flag.as_ref(), reference.as_ref()];
        let own = own.into_iter().flatten().map(String::as_str);
        let figures =
            column.iter().map(|rule| &rule.column).chain(column.iter().filter_map(|rule| rule.shipped.as_ref()));
        let figures = figures.map(String::as_str);
        let checks = check.iter().flat_map(|check| check.parts.iter().chain([&check.total])).map(String::as_str);
        let totals = totals.keys().map(String::as_str);
        let mut all: Vec<&str> =
            own.chain(beside).chain(self.keys()).chain(figures).chain(checks).chain(totals).collect();
        all.retain(|column| ![HEADING, EVERY, SECTION].contains(column) && !column.starts_with('='));
        all
    }
}

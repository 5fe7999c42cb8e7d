//! Columns of figures: how they are written, and what each is.

use std::collections::{BTreeMap, BTreeSet};

use super::days::{self, Days};
use super::keys::{self, Keys};
use super::proof::proof;
use super::rows::Apart;
use super::words::{self, Key, Role};
use super::{Found, table, units};
use crate::decimal::Decimal;
use crate::figure::{Figure, FigureSettings, Points, Scale, Sign, signed};
use crate::mapping::HEADING;
use crate::source::{Kind, Record};

/// The columns of figures of a table.
pub(super) struct Figures {
    pub(super) settings: FigureSettings,
    /// Is the decimal mark known?
    pub(super) is_settled: bool,
    pub(super) roles: BTreeMap<String, Role>,
    pub(super) keys: Keys,
    pub(super) sign: Option<Sign>,
    /// A column that is the sum of others.
    pub(super) sum: Option<(String, Vec<String>)>,
    /// Does each line say what lay there after it, in the order of the file?
    pub(super) is_running: bool,
}

/// Marks in which figures are written, the likeliest first.
const DIALECTS: [(char, Option<&str>); 7] = [
    ('.', None),
    ('.', Some(",")),
    (',', None),
    (',', Some(".")),
    (',', Some(" ")),
    ('.', Some(" ")),
    ('.', Some("'")),
];

impl Figures {
    /// Reads them; none where a question has to be answered first.
    pub(super) fn read(found: &mut Found<'_>, days: &Days, apart: &Apart) -> Option<Self> {
        let names = names(found, days);
        if names.is_empty() {
            found.ask("file", "no column of figures was found".into(), &[]);
            return None;
        }
        let dialects = dialects(found, &names);
        let keys = keys::read(found, days, apart, &names);
        let roles = roles(found, &names, days, &keys)?;
        let mut own = Self {
            settings: FigureSettings::default(),
            is_settled: true,
            roles,
            keys,
            sign: None,
            sum: None,
            is_running: false,
        };
        let mut best: Option<(FigureSettings, super::proof::Proof)> = None;
        for settings in &dialects {
            own.settings = settings.clone();
            let proof = proof(found, days, apart, &own);
            if best.as_ref().is_none_or(|(_, before)| proof.count > before.count) {
                best = Some((settings.clone(), proof));
            }
        }
        let (settings, proof) = best?;
        own.settings = settings;
        (own.sign, own.sum, own.is_running) = (proof.sign, proof.sum, proof.is_running);
        own.is_settled = dialects.len() == 1 || proof.count > 0;
        found.proven.extend(proof.sentences);
        if !own.is_settled {
            let texts: Vec<String> =
                names.iter().flat_map(|name| found.column_texts(name)).map(|(text, _)| text.to_owned()).collect();
            let shown: Vec<String> =
                texts.iter().filter(|text| text.contains(['.', ','])).take(3).map(|text| format!("`{text}`")).collect();
            let choices: Vec<String> = dialects.iter().map(|settings| settings.decimal_mark().to_string()).collect();
            let choices: Vec<&str> = choices.iter().map(String::as_str).collect();
            let answer = found.ask("decimal", format!("what is the decimal mark ({})?", shown.join(", ")), &choices)?;
            own.settings = dialects.iter().find(|settings| settings.decimal_mark().to_string() == answer)?.clone();
        }
        Some(own)
    }

    pub(super) fn of(&self, role: Role) -> Vec<&str> {
        self.roles.iter().filter(|(_, own)| **own == role).map(|(name, _)| name.as_str()).collect()
    }
}

/// The figure of a row in a column, with its sign.
pub(super) fn figure(row: &Record, column: &str, settings: &FigureSettings) -> Option<Decimal> {
    signed(row.text(column)?, row.kind(column), settings).ok().flatten()
}

/// Names of the columns with figures.
pub(super) fn names(found: &Found<'_>, days: &Days) -> Vec<String> {
    let is_one = |column: &&table::Column| {
        let name = column.name.as_str();
        if days.column == HEADING {
            return column.figures > 0 && days::is_heading(days, name);
        }
        // The number of a line, and what kind of message it stands in.
        let is_segment =
            ["LIN", "BGM", "UNH", "UNB"].iter().any(|tag| name == *tag || name.starts_with(&format!("{tag}.")));
        let is_quantity = matches!(words::role(name), Some(Role::Stock | Role::In | Role::Out | Role::Opening));
        let is_key = words::key(name).is_some() && words::role(name).is_none();
        let is_code = keys::is_code(name) && !words::is_value(name) && !is_quantity;
        let is_mostly = column.figures > column.words || (column.figures > 0 && (is_quantity || words::is_value(name)));
        let is_day = words::is_day(name) && words::role(name).is_none();
        let is_word = words::role(name).is_none() && has_letters(found, name);
        let is_attribute = name.starts_with("/@") || name.contains("/@");
        is_mostly && !is_attribute && name != days.column && !is_key && !is_code && !is_segment && !is_day && !is_word
    };
    found.table.columns.iter().filter(is_one).map(|column| column.name.clone()).collect()
}

/// Do letters stand at the digits of every text, which are no unit? Then it is a word: `2021A`.
fn has_letters(found: &Found<'_>, name: &str) -> bool {
    let texts = found.column_texts(name);
    let is_word = |(text, kind): &(&str, Kind)| {
        let behind: String = text.trim().chars().rev().take_while(|letter| letter.is_alphabetic()).collect();
        let behind: String = behind.chars().rev().collect();
        *kind == Kind::Text && !behind.is_empty() && units::unit(&behind).is_none()
    };
    !texts.is_empty() && texts.iter().all(is_word)
}

/// Do the figures of a column add up over rows?
pub(super) fn adds_up(name: &str) -> bool {
    match words::role(name).filter(|_| !words::is_value(name)) {
        None | Some(Role::Stock | Role::In | Role::Out | Role::Opening | Role::Moved) => true,
        Some(Role::Change | Role::Percent | Role::Other) => false,
    }
}

/// Does a table say what came in and went out?
pub(super) fn has_flows(found: &Found<'_>) -> bool {
    let is_flow = |column: &table::Column| matches!(words::role(&column.name), Some(Role::In | Role::Out));
    found.table.columns.iter().any(|column| column.figures > 0 && is_flow(column))
}

/// The ways in which all figures can be read.
pub(super) fn dialects(found: &Found<'_>, names: &[String]) -> Vec<FigureSettings> {
    let texts: Vec<String> = names
        .iter()
        .flat_map(|name| found.column_texts(name))
        .filter(|(_, kind)| *kind == Kind::Text)
        .map(|(text, _)| text.to_owned())
        .collect();
    // Messages of standards write a point.
    let is_plain = found.table.is_message;
    let behind = behind(&texts);
    let units: BTreeMap<String, Scale> =
        behind.iter().filter_map(|word| Some((word.clone(), Scale::parse(&units::unit(word)?).ok()?))).collect();
    let flags: Vec<String> = behind.into_iter().filter(|word| !units.contains_key(word)).collect();
    let read = |settings: &FigureSettings| {
        texts.iter().filter(|text| Figure::read(text, Kind::Text, settings).is_ok()).count()
    };
    let all: Vec<(usize, FigureSettings)> = DIALECTS
        .iter()
        .filter(|dialect| !is_plain || **dialect == ('.', None))
        .map(|(decimal, thousands)| {
            let mut settings = table::marks(*decimal, *thousands);
            (settings.flags, settings.units) = (flags.clone(), units.clone());
            (read(&settings), settings)
        })
        .collect();
    let most = all.iter().map(|(count, _)| *count).max().unwrap_or(0);
    let mut best: Vec<FigureSettings> =
        all.into_iter().filter(|(count, _)| *count == most).map(|(_, settings)| settings).collect();
    // Ways that read every figure alike are one.
    let values = |settings: &FigureSettings| -> Vec<Option<String>> {
        let value = |text: &String| match Figure::read(text, Kind::Text, settings) {
            Ok(Figure::Given { number, .. }) => Decimal::parse(&number).map(|figure| figure.to_string()),
            _ => None,
        };
        texts.iter().map(value).collect()
    };
    let mut seen: BTreeSet<Vec<Option<String>>> = BTreeSet::new();
    best.retain(|settings| seen.insert(values(settings)));
    best
}

/// Words behind figures that some of them have.
fn behind(texts: &[String]) -> BTreeSet<String> {
    let mut words = BTreeSet::new();
    for text in texts.iter().filter(|text| table::is_figure_like(text)) {
        if let Some((_, mark)) = table::footnote(text) {
            words.insert(mark.to_owned());
            continue;
        }
        let digits = text.rfind(|letter: char| letter.is_ascii_digit()).map_or(0, |place| place + 1);
        let behind = text[digits..].trim().trim_matches(['-', ')', '+']).trim();
        if units::unit(behind).is_some() {
            words.insert(behind.to_owned());
            continue;
        }
        words.extend(behind.split_whitespace().map(str::to_owned));
    }
    words
}

/// What an answer says a column is.
fn answered(answer: &str) -> Role {
    match answer {
        "stock" => Role::Stock,
        "opening" => Role::Opening,
        "in" => Role::In,
        "out" => Role::Out,
        "movement" => Role::Moved,
        _ => Role::Other,
    }
}

const KINDS: [&str; 6] = ["stock", "opening", "in", "out", "movement", "none"];

/// What each column is: by its heading, or as was answered. What no heading tells is asked: a title of stocks stands above
/// targets and averages, too.
fn roles(found: &mut Found<'_>, names: &[String], days: &Days, keys: &Keys) -> Option<BTreeMap<String, Role>> {
    if days.column == HEADING {
        let are_stocks = found.table.titles.iter().any(|title| words::are_stocks(title));
        let role = match are_stocks {
            true => Role::Stock,
            false => {
                let question =
                    "what are the figures below the days: what lay there, or what came in or went out?".into();
                answered(&found.ask("kind", question, &["stock", "in", "out"])?)
            }
        };
        return Some(names.iter().map(|name| (name.clone(), role)).collect());
    }
    let is_moved = keys.column(Key::Way).is_some() || keys.column(Key::From).is_some();
    let values: Vec<&str> = names.iter().map(String::as_str).filter(|name| words::is_value(name)).collect();
    // Of several quantities of one row, one is meant.
    let value = match values[..] {
        [] => None,
        [only] => Some(only.to_owned()),
        _ => Some(found.ask("column", "which column has the quantity?".into(), &values)?),
    };
    let mut roles = BTreeMap::new();
    let mut open = Vec::new();
    for name in names {
        let known = found.answers.get(&format!("kind {name}")).map(|answer| answered(answer));
        let role = match (known, words::role(name)) {
            (Some(known), _) => Some(known),
            (None, _) if words::is_value(name) && value.as_ref() != Some(name) => Some(Role::Other),
            (None, _) if value.as_ref() == Some(name) && is_moved => Some(Role::Moved),
            (None, Some(Role::Other)) if value.as_ref() == Some(name) => None,
            (None, Some(role)) => Some(role),
            (None, None) => None,
        };
        match role {
            Some(role) => {
                roles.insert(name.clone(), role);
            }
            None => open.push(name.clone()),
        }
    }
    let mut is_whole = true;
    if let [_, _, _, ..] = open[..] {
        let shown: Vec<String> = open.iter().take(6).map(|name| format!("`{name}`")).collect();
        let question = format!(
            "what are the figures of {}{}? all the same, or `each` its own",
            shown.join(", "),
            if open.len() > 6 { ", ..." } else { "" }
        );
        let answer = found.ask("kinds", question, &["stock", "in", "out", "none", "each"])?;
        if answer != "each" {
            roles.extend(open.drain(..).map(|name| (name, answered(&answer))));
        }
    }
    for name in open {
        let texts: Vec<String> =
            found.column_texts(&name).iter().take(3).map(|(text, _)| format!("`{text}`")).collect();
        let question = format!("what are the figures of `{name}` ({})?", texts.join(", "));
        match found.ask(&format!("kind {name}"), question, &KINDS) {
            Some(answer) => {
                roles.insert(name, answered(&answer));
            }
            None => is_whole = false,
        }
    }
    if !is_whole {
        return None;
    }
    none_counts(found, &mut roles)?;
    Some(roles)
}

/// Where no column is a quantity: a per cent is none, and of anything else somebody has to say it.
fn none_counts(found: &mut Found<'_>, roles: &mut BTreeMap<String, Role>) -> Option<()> {
    let is_some = |role: &Role| !matches!(role, Role::Other | Role::Percent | Role::Change | Role::Opening);
    if roles.values().any(is_some) {
        return Some(());
    }
    if let Some((name, _)) = roles.iter().find(|(_, role)| **role == Role::Percent) {
        let question = format!(
            "`{name}` is a per cent, which is no quantity: of how much, as `251 TWh`? (it becomes `unit = \"%\"` with `of`)"
        );
        let of = found.ask("of", question, &[])?;
        found.of = Some(of);
        let name = name.clone();
        roles.insert(name, Role::Stock);
        return Some(());
    }
    let names: Vec<String> = roles.keys().cloned().collect();
    let choices: Vec<&str> = names.iter().map(String::as_str).collect();
    let column = found.ask("column", "which column has the quantity?".into(), &choices)?;
    let question = format!("what are the figures of `{column}`?");
    let role = answered(&found.ask(&format!("kind {column}"), question, &KINDS)?);
    roles.insert(column, role);
    Some(())
}

/// Could all points of the figures part thousands?
pub(super) fn are_points_open(found: &Found<'_>, names: &[&str]) -> bool {
    let mut points = Points::default();
    for name in names {
        found.column_texts(name).iter().filter(|(_, kind)| *kind == Kind::Text).for_each(|(text, _)| points.see(text));
    }
    points.are_open()
}

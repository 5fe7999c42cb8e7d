//! Columns of figures: how they are written, what each is, and what proves it.

use std::collections::{BTreeMap, BTreeSet};

use super::words::{self, Key, Role};
use super::{Apart, Days, Found, table};
use crate::decimal::Decimal;
use crate::figure::{Figure, FigureSettings, Points, Sign};
use crate::mapping::{GIVEN, HEADING};
use crate::source::{Kind, Record, SECTION};
use crate::when::WhenSettings;

/// The columns of figures of a table.
pub(super) struct Figures {
    pub(super) settings: FigureSettings,
    /// Is the decimal mark known?
    pub(super) is_settled: bool,
    pub(super) roles: BTreeMap<String, Role>,
    /// Columns that tell the rows of one day apart.
    pub(super) keys: Vec<String>,
    pub(super) sign: Option<Sign>,
    /// A column that is the sum of others.
    pub(super) sum: Option<(String, Vec<String>)>,
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

/// Days and keys of a row, with its figures by role.
type Row<'r> = (jiff::civil::Date, Vec<&'r str>, &'r Record);

impl Figures {
    /// Reads them; none where a question has to be answered first.
    pub(super) fn read(found: &mut Found<'_>, days: &Days, apart: &Apart) -> Option<Self> {
        let names = names(found, days);
        if names.is_empty() {
            found.ask("file", "no column of figures was found".into(), &[]);
            return None;
        }
        let dialects = dialects(found, &names);
        let roles = roles(found, &names, days)?;
        let keys = keys(found, days, apart);
        let mut best: Option<(usize, Self)> = None;
        for settings in &dialects {
            let figures = Self {
                settings: settings.clone(),
                is_settled: dialects.len() == 1,
                roles: roles.clone(),
                keys: keys.clone(),
                sign: None,
                sum: None,
            };
            let proof = proof(found, days, apart, &figures);
            let (count, sign, sentences) = (proof.count, proof.sign, proof.sentences);
            let is_better = best.as_ref().is_none_or(|(before, _)| count > *before);
            if is_better {
                let is_settled = dialects.len() == 1 || count > 0;
                found.proven.extend(sentences);
                best = Some((count, Self { is_settled, sign, sum: proof.sum, ..figures }));
            }
        }
        let (_, mut figures) = best?;
        if !figures.is_settled {
            let texts: Vec<String> =
                names.iter().flat_map(|name| found.column_texts(name)).map(|(text, _)| text.to_owned()).collect();
            let shown: Vec<String> =
                texts.iter().filter(|text| text.contains(['.', ','])).take(3).map(|text| format!("`{text}`")).collect();
            let choices: Vec<String> = dialects.iter().map(|settings| settings.decimal_mark().to_string()).collect();
            let choices: Vec<&str> = choices.iter().map(String::as_str).collect();
            let answer = found.ask("decimal", format!("what is the decimal mark ({})?", shown.join(", ")), &choices)?;
            let chosen = dialects.iter().find(|settings| settings.decimal_mark().to_string() == answer)?;
            figures.settings = chosen.clone();
        }
        Some(figures)
    }

    /// The figure of a row in a column, with its sign.
    fn at(&self, row: &Record, column: &str) -> Option<Decimal> {
        let text = row.text(column)?;
        match Figure::read(text, row.kind(column), &self.settings) {
            Ok(Figure::Given { number, is_negative, .. }) => {
                let figure = Decimal::parse(&number)?;
                if is_negative { Decimal::default().minus(figure) } else { Some(figure) }
            }
            _ => None,
        }
    }

    pub(super) fn of(&self, role: Role) -> Vec<&str> {
        self.roles.iter().filter(|(_, own)| **own == role).map(|(name, _)| name.as_str()).collect()
    }
}

/// Names of the columns with figures.
fn names(found: &Found<'_>, days: &Days) -> Vec<String> {
    let when = WhenSettings::default().ready().unwrap_or_default();
    let is_one = |column: &&table::Column| {
        let is_day = if days.column == HEADING {
            when.read(&column.name, Kind::Text).is_err()
        } else {
            column.name == days.column
        };
        let is_key =
            days.column != HEADING && words::key(&column.name).is_some() && words::role(&column.name).is_none();
        column.figures > 0 && column.figures > column.words && !is_day && !is_key
    };
    found.table.columns.iter().filter(is_one).map(|column| column.name.clone()).collect()
}

/// The ways in which all figures can be read.
fn dialects(found: &Found<'_>, names: &[String]) -> Vec<FigureSettings> {
    let texts: Vec<String> = names
        .iter()
        .flat_map(|name| found.column_texts(name))
        .filter(|(_, kind)| *kind == Kind::Text)
        .map(|(text, _)| text.to_owned())
        .collect();
    let flags = flags(&texts);
    let read = |settings: &FigureSettings| {
        texts.iter().filter(|text| Figure::read(text, Kind::Text, settings).is_ok()).count()
    };
    let all: Vec<(usize, FigureSettings)> = DIALECTS
        .iter()
        .map(|(decimal, thousands)| {
            let settings = FigureSettings { flags: flags.clone(), ..table::marks(*decimal, *thousands) };
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

/// Letters behind figures that some of them have.
fn flags(texts: &[String]) -> Vec<String> {
    let mut flags = BTreeSet::new();
    for text in texts.iter().filter(|text| table::is_figure_like(text)) {
        let digits = text.rfind(|letter: char| letter.is_ascii_digit()).map_or(0, |place| place + 1);
        for flag in text[digits..].trim().trim_matches(['-', ')', '+']).split_whitespace() {
            flags.insert(flag.to_owned());
        }
    }
    flags.into_iter().collect()
}

/// What each column is: by its heading, by what the titles say, or as was answered.
fn roles(found: &mut Found<'_>, names: &[String], days: &Days) -> Option<BTreeMap<String, Role>> {
    let columns: Vec<String> = found.table.columns.iter().map(|column| column.name.clone()).collect();
    let is_moved = columns.iter().any(|name| matches!(words::key(name), Some(Key::Way | Key::From)));
    let are_stocks = found.table.titles.iter().any(|title| words::are_stocks(title));
    let is_wide = words_of(found, days).is_empty();
    let values: Vec<&str> = names.iter().map(String::as_str).filter(|name| is_value(name)).collect();
    // Of several quantities of one row, one is meant.
    let value = match values[..] {
        [] => None,
        [only] => Some(only.to_owned()),
        _ => Some(found.ask("column", "which column has the quantity?".into(), &values)?),
    };
    let mut roles = BTreeMap::new();
    for name in names {
        let setting = format!("kind {name}");
        let choices = ["stock", "opening", "in", "out", "none"];
        let answered = |answer: &str| match answer {
            "stock" => Role::Stock,
            "opening" => Role::Opening,
            "in" => Role::In,
            "out" => Role::Out,
            _ => Role::Other,
        };
        let by_name = || if days.column == HEADING { Some(Role::Stock) } else { words::role(name) };
        let known = found.answers.get(&setting).map(|answer| answered(answer));
        let is_chosen = value.as_ref() == Some(name);
        let role = match known.or_else(by_name) {
            _ if is_value(name) && !is_chosen => Role::Other,
            _ if is_chosen && is_moved && known.is_none() => Role::Moved,
            Some(role) if !is_chosen || known.is_some() => role,
            _ if is_chosen || names.len() == 1 || (is_wide && !are_stocks) => {
                answered(&found.ask(&setting, format!("what are the figures of `{name}`?"), &choices)?)
            }
            _ if are_stocks => Role::Stock,
            _ => Role::Other,
        };
        roles.insert(name.clone(), role);
    }
    if roles.values().all(|role| *role == Role::Other) {
        let choices: Vec<&str> = names.iter().map(String::as_str).collect();
        let column = found.ask("column", "which column has the stock?".into(), &choices)?;
        roles.insert(column, Role::Stock);
    }
    Some(roles)
}

fn is_value(name: &str) -> bool {
    ["obs_value", "value", "quantity", "qty", "amount", "menge", "数量", "netwgt"]
        .contains(&name.to_lowercase().as_str())
}

fn words_of(found: &Found<'_>, days: &Days) -> Vec<String> {
    let is_one =
        |column: &&table::Column| column.words > 0 && column.words >= column.figures && column.name != days.column;
    found.table.columns.iter().filter(is_one).map(|column| column.name.clone()).collect()
}

/// Columns that tell the rows of one day apart: what it is, then lots, sites and countries as far as they part more.
fn keys(found: &Found<'_>, days: &Days, apart: &Apart) -> Vec<String> {
    let rows: Vec<&Record> = found.table.rows.iter().filter(|row| !apart.is(row)).collect();
    let text = |row: &Record, key: &str| row.text(key).unwrap_or_default().to_owned();
    let columns = words_of(found, days);
    let mut candidates: Vec<String> = Vec::new();
    if rows.iter().any(|row| row.section().is_some()) {
        candidates.push(SECTION.to_owned());
    }
    for wanted in [Key::Material, Key::Lot, Key::Site, Key::Area] {
        let mut own: Vec<String> = columns.iter().filter(|name| words::key(name) == Some(wanted)).cloned().collect();
        own.sort_by_key(|name| !words::is_plain(name));
        candidates.extend(own);
    }
    let parts = |keys: &[String]| {
        rows.iter().map(|row| keys.iter().map(|key| text(row, key)).collect()).collect::<BTreeSet<Vec<String>>>().len()
    };
    let mut keys: Vec<String> = Vec::new();
    for candidate in candidates {
        let mut more = keys.clone();
        more.push(candidate);
        if parts(&more) > parts(&keys) {
            keys = more;
        }
    }
    keys
}

/// What arithmetic says of a way to read.
#[derive(Default)]
struct Proof {
    count: usize,
    sentences: Vec<String>,
    sign: Option<Sign>,
    sum: Option<(String, Vec<String>)>,
}

fn proof(found: &Found<'_>, days: &Days, apart: &Apart, figures: &Figures) -> Proof {
    let mut proof = Proof::default();
    let when = days.when();
    let rows: Vec<Row<'_>> = found
        .table
        .rows
        .iter()
        .filter(|row| !apart.is(row))
        .filter_map(|row| {
            let day = match days.column.as_str() {
                HEADING | GIVEN => jiff::civil::Date::MIN,
                column => when.read(row.text(column)?, row.kind(column)).ok()?.day,
            };
            Some((day, figures.keys.iter().map(|key| row.text(key).unwrap_or_default()).collect(), row))
        })
        .collect();
    let [opening, stock, inflow, outflow] =
        [Role::Opening, Role::Stock, Role::In, Role::Out].map(|role| figures.of(role));
    if let ([opening], [stock], [inflow], [outflow]) = (&opening[..], &stock[..], &inflow[..], &outflow[..]) {
        row_by_row(&rows, figures, [opening, stock, inflow, outflow], &mut proof);
    } else if let ([], [stock], [inflow], [outflow]) = (&opening[..], &stock[..], &inflow[..], &outflow[..]) {
        level_by_level(&rows, figures, [stock, inflow, outflow], &mut proof);
    }
    if let ([stock], [change]) = (&stock[..], &figures.of(Role::Change)[..]) {
        changes(&rows, figures, stock, change, &mut proof);
    }
    if stock.len() >= 3 {
        sum_of_columns(found, figures, &stock, &mut proof);
    }
    proof
}

fn size(figure: Decimal, sign: Sign) -> Decimal {
    match sign {
        Sign::Ignore => figure.size(),
        Sign::Way | Sign::Reverses => figure,
    }
}

/// opening + in - out = closing, in each row.
fn row_by_row(rows: &[Row<'_>], figures: &Figures, [opening, stock, inflow, outflow]: [&str; 4], proof: &mut Proof) {
    for sign in [Sign::Reverses, Sign::Ignore] {
        let holds = |(_, _, row): &Row<'_>| {
            let flow = |column| figures.at(row, column).map_or(Decimal::default(), |figure| size(figure, sign));
            let sum = figures.at(row, opening)?.plus(flow(inflow))?.minus(flow(outflow))?;
            Some(sum.is_same(figures.at(row, stock)?))
        };
        let held: Vec<bool> = rows.iter().filter_map(holds).collect();
        if !held.is_empty() && held.iter().all(|holds| *holds) {
            proof.count += held.len();
            proof.sign = Some(sign);
            let count = held.len();
            proof
                .sentences
                .push(format!("`{opening}` + `{inflow}` - `{outflow}` = `{stock}` in {count} of {count} rows"));
            return;
        }
    }
}

/// A level less the one before it is what came in less what went out.
fn level_by_level(rows: &[Row<'_>], figures: &Figures, [stock, inflow, outflow]: [&str; 3], proof: &mut Proof) {
    let mut by_key: BTreeMap<&[&str], Vec<&Row<'_>>> = BTreeMap::new();
    for row in rows {
        by_key.entry(&row.1).or_default().push(row);
    }
    for sign in [Sign::Reverses, Sign::Ignore] {
        let mut held = Vec::new();
        for rows in by_key.values_mut() {
            rows.sort_by_key(|(day, _, _)| *day);
            for pair in rows.windows(2) {
                let (before, row) = (pair[0].2, pair[1].2);
                let flow = |column| figures.at(row, column).map_or(Decimal::default(), |figure| size(figure, sign));
                let holds = || {
                    let change = figures.at(row, stock)?.minus(figures.at(before, stock)?)?;
                    Some(flow(inflow).minus(flow(outflow))?.is_same(change))
                };
                held.extend(holds());
            }
        }
        let count = held.len();
        if count > 0 && held.iter().all(|holds| *holds) {
            proof.count += count;
            proof.sign = Some(sign);
            proof.sentences.push(format!("`{stock}` changes by `{inflow}` - `{outflow}` on {count} of {count} days"));
            return;
        }
    }
}

/// A column of changes is the difference of levels.
fn changes(rows: &[Row<'_>], figures: &Figures, stock: &str, change: &str, proof: &mut Proof) {
    let mut rows: Vec<&Row<'_>> = rows.iter().collect();
    rows.sort_by_key(|(day, _, _)| *day);
    let holds = |pair: &[&Row<'_>]| {
        let difference = figures.at(pair[1].2, stock)?.minus(figures.at(pair[0].2, stock)?)?;
        Some(difference.is_same(figures.at(pair[1].2, change)?))
    };
    let held: Vec<bool> = rows.windows(2).filter_map(holds).collect();
    let count = held.iter().filter(|holds| **holds).count();
    if count >= 3 && count * 10 >= held.len() * 9 {
        proof.count += count;
        proof.sentences.push(format!("`{change}` is what `{stock}` changed by on {count} of {} days", held.len()));
    }
}

/// One column is the sum of all others, but for rounding.
fn sum_of_columns(found: &Found<'_>, figures: &Figures, stock: &[&str], proof: &mut Proof) {
    for total in stock {
        let parts: Vec<&str> = stock.iter().copied().filter(|part| part != total).collect();
        let holds = |row: &Record| {
            let sum = parts.iter().try_fold(Decimal::default(), |sum, part| sum.plus(figures.at(row, part)?))?;
            let difference = figures.at(row, total)?.minus(sum)?;
            let hundred = difference.times(Decimal { units: 100, decimals: 0 })?;
            Some(sum.units != 0 && hundred.is_within(parts.len() as u64))
        };
        let held: Vec<bool> = found.table.rows.iter().filter_map(holds).collect();
        if !held.is_empty() && held.iter().all(|holds| *holds) {
            let count = held.len();
            proof.count += count;
            proof.sentences.push(format!("`{total}` is the sum of {} columns in {count} of {count} rows", parts.len()));
            proof.sum = Some(((*total).to_owned(), parts.into_iter().map(str::to_owned).collect()));
            return;
        }
    }
}

/// Could all points of the figures part thousands?
pub(super) fn are_points_open(found: &Found<'_>, names: &[&str]) -> bool {
    let mut points = Points::default();
    for name in names {
        found.column_texts(name).iter().filter(|(_, kind)| *kind == Kind::Text).for_each(|(text, _)| points.see(text));
    }
    points.are_open()
}

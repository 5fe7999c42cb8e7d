//! The proposal as a text that a person reads, keeps and changes.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use super::figures::{Figures, are_points_open};
use super::words::{self, Key, Role};
use super::{Days, Found, distinct};
use crate::figure::Sign;
use crate::mapping::{EVERY, HEADING};
use crate::source::SECTION;

fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

fn list<'t>(texts: impl IntoIterator<Item = &'t String>) -> String {
    let texts: Vec<String> = texts.into_iter().map(|text| quoted(text)).collect();
    format!("[{}]", texts.join(", "))
}

/// The mapping; what it needs and nobody said is asked.
pub(super) fn mapping(
    found: &mut Found<'_>,
    name: &str,
    days: &Days,
    totals: &BTreeMap<String, BTreeSet<String>>,
    figures: &Figures,
) -> String {
    let mut text = String::new();
    let party = found
        .ask("party", "whose stock is it? the code of the party that posts and owns".into(), &[])
        .unwrap_or_default();
    let lines = [("name", slug(name)), ("source", name.to_owned()), ("party", party), ("date", days.column.clone())];
    for (setting, value) in lines {
        let _ = writeln!(text, "{setting} = {}", quoted(&value));
    }
    if let Some(format) = &days.format {
        let _ = writeln!(text, "date_format = {}", quoted(format));
    }
    if let Some(sheet) = &found.table.sheet {
        let _ = writeln!(text, "sheet = {}", quoted(sheet));
    }
    marks(&mut text, found, figures);
    rows(&mut text, found, days, totals);
    keys(&mut text, found, figures);
    columns(&mut text, found, days, figures);
    text
}

fn slug(name: &str) -> String {
    let stem = name.rsplit(['/', '\\']).next().unwrap_or(name).split('.').next().unwrap_or(name);
    // The same mapping reads next month's file: what counts days is no part of its name.
    let letters = |letter: char| if letter.is_alphanumeric() { letter.to_ascii_lowercase() } else { '-' };
    let slug: String = stem.chars().map(letters).collect();
    let slug =
        slug.split('-').filter(|part| !part.is_empty() && part.len() < 6 || part.chars().any(char::is_alphabetic));
    slug.collect::<Vec<_>>().join("-")
}

fn marks(text: &mut String, found: &mut Found<'_>, figures: &Figures) {
    let names: Vec<&str> = figures.roles.keys().map(String::as_str).collect();
    let settings = &figures.settings;
    let seen: BTreeSet<String> =
        names.iter().flat_map(|name| found.column_texts(name)).map(|(text, _)| text.to_owned()).collect();
    if settings.decimal_mark() != '.' || settings.thousands.is_some() || are_points_open(found, &names) {
        let _ = writeln!(text, "decimal = {}", quoted(&settings.decimal_mark().to_string()));
    }
    if let Some(thousands) = &settings.thousands {
        let _ = writeln!(text, "thousands = {}", quoted(thousands));
    }
    let mut missing: BTreeSet<String> =
        seen.iter().filter(|text| words::MISSING.contains(&text.as_str())).cloned().collect();
    let stocks: BTreeSet<String> = figures
        .of(Role::Stock)
        .iter()
        .flat_map(|name| found.column_texts(name))
        .map(|(text, _)| text.to_owned())
        .collect();
    let dashes: BTreeSet<String> =
        missing.iter().filter(|text| words::DASHES.contains(&text.as_str())).cloned().collect();
    if dashes.iter().any(|dash| stocks.contains(dash)) {
        let question =
            "what does a dash say in a column of stock: that nothing lies there, or that nobody said?".to_owned();
        if found.ask("dash", question, &["zero", "missing"]).as_deref() == Some("zero") {
            let _ = writeln!(text, "zero = {}", list(&dashes));
            missing.retain(|text| !dashes.contains(text));
        }
    }
    if !missing.is_empty() {
        let _ = writeln!(text, "missing = {}", list(&missing));
    }
    if !settings.flags.is_empty() {
        let _ = writeln!(text, "flags = {}", list(&settings.flags));
    }
    let sign = figures.sign.filter(|_| figures.of(Role::Stock).is_empty());
    if let Some(sign) = sign {
        let word = match sign {
            Sign::Way => "way",
            Sign::Reverses => "reverses",
            Sign::Ignore => "ignore",
        };
        let _ = writeln!(text, "sign = {}", quoted(word));
    }
}

/// Rows that do not count, and rows that are sums.
fn rows(text: &mut String, found: &mut Found<'_>, days: &Days, totals: &BTreeMap<String, BTreeSet<String>>) {
    let mut sums = Vec::new();
    let mut left_out = Vec::new();
    for (column, words) in totals {
        // A sum in the column of days has no day, and is no sum of a day.
        let target = if *column == days.column || column.is_empty() { &mut left_out } else { &mut sums };
        target.push(format!("{} = {}", quoted(column), list(words)));
    }
    let statuses: Vec<String> = found.table.columns.iter().map(|column| column.name.clone()).collect();
    for column in statuses.iter().filter(|column| words::key(column) == Some(Key::Status)) {
        let dead: BTreeSet<String> = distinct(found, column)
            .into_iter()
            .filter(|word| {
                ["cancelled", "canceled", "draft", "storniert", "void"].contains(&word.to_lowercase().as_str())
            })
            .collect();
        if !dead.is_empty() {
            left_out.push(format!("{} = {}", quoted(column), list(&dead)));
        }
    }
    if !left_out.is_empty() {
        let _ = writeln!(text, "unless = {{ {} }}", left_out.join(", "));
    }
    if !sums.is_empty() {
        let _ = writeln!(text, "totals = {{ {} }}", sums.join(", "));
    }
}

fn keys(text: &mut String, found: &mut Found<'_>, figures: &Figures) {
    let mut own: Vec<String> = Vec::new();
    let mut units = BTreeSet::new();
    if !figures.keys.is_empty() {
        own.push(format!("lot = {}", list(&figures.keys)));
    }
    let columns: Vec<String> = found.table.columns.iter().map(|column| column.name.clone()).collect();
    let unit = columns.iter().find(|column| words::key(column) == Some(Key::Unit));
    if let Some(column) = unit {
        own.push(format!("unit = {}", quoted(column)));
        units = distinct(found, column);
    }
    let materials = figures.keys.iter().find(|key| *key == SECTION || words::key(key) == Some(Key::Material)).cloned();
    let words: BTreeSet<String> = match materials.as_deref() {
        Some(SECTION) => found.table.rows.iter().filter_map(|row| row.section()).map(str::to_owned).collect(),
        Some(column) => distinct(found, column),
        None => BTreeSet::new(),
    };
    if let Some(column) = &materials {
        own.push(format!("material = {}", quoted(column)));
    }
    if own.is_empty() {
        return;
    }
    let _ = writeln!(text, "\n[key]\n{}", own.join("\n"));
    let mut ours = Vec::new();
    for word in &words {
        if let Some(code) = found.ask(&format!("material {word}"), format!("which material is `{word}`?"), &[]) {
            ours.push(format!("{} = {}", quoted(word), quoted(&code)));
        }
    }
    if !ours.is_empty() {
        let _ = writeln!(text, "\n[words.material]\n{}", ours.join("\n"));
    }
    let mut ours = Vec::new();
    for word in &units {
        let known = if words::is_mbbl(word) { None } else { words::unit(word).map(str::to_owned) };
        let answer = known.or_else(|| found.ask(&format!("unit {word}"), format!("which unit is `{word}`?"), &[]));
        ours.extend(answer.map(|unit| format!("{} = {}", quoted(word), quoted(&unit))));
    }
    if !ours.is_empty() {
        let _ = writeln!(text, "\n[words.unit]\n{}", ours.join("\n"));
    }
}

fn columns(text: &mut String, found: &mut Found<'_>, days: &Days, figures: &Figures) {
    let columns: Vec<String> = found.table.columns.iter().map(|column| column.name.clone()).collect();
    let has_unit = columns.iter().any(|column| words::key(column) == Some(Key::Unit));
    let has_material = figures.keys.iter().any(|key| key == SECTION || words::key(key) == Some(Key::Material));
    let titles: Vec<String> = found.table.titles.clone();
    let chosen: Vec<(String, &str)> = if days.column == HEADING {
        vec![(EVERY.to_owned(), "stock")]
    } else {
        // Levels say all that flows say, and what was there before.
        let stock = figures.of(Role::Stock);
        let is_sum = |name: &&str| figures.sum.as_ref().is_some_and(|(total, _)| total == name);
        if stock.is_empty() {
            let flows = [(Role::In, "inflow"), (Role::Out, "outflow")];
            flows
                .iter()
                .flat_map(|(role, kind)| figures.of(*role).into_iter().map(move |name| (name.to_owned(), *kind)))
                .collect()
        } else {
            stock.into_iter().filter(|name| !is_sum(name)).map(|name| (name.to_owned(), "stock")).collect()
        }
    };
    let several = chosen.len() > 1 && chosen.iter().all(|(_, kind)| *kind == "stock");
    for (name, kind) in chosen {
        let _ = write!(text, "\n[[column]]\ncolumn = {}\nkind = {}\n", quoted(&name), quoted(kind));
        if !has_unit {
            let above = titles.iter().find_map(|title| words::unit_in(title));
            let known = if words::is_mbbl(&name) { None } else { words::unit_in(&name).or(above).map(str::to_owned) };
            let choices: &[&str] = if words::is_mbbl(&name) { &["kbbl", "1000 kbbl"] } else { &[] };
            let question = if words::is_mbbl(&name) {
                format!("`{name}`: is MBBL a thousand barrels (kbbl), as in the US trade, or a million?")
            } else {
                format!("in which unit are the figures of `{name}`?")
            };
            let setting = if words::is_mbbl(&name) { "unit MBBL" } else { "unit" };
            if let Some(unit) = known.or_else(|| found.ask(setting, question, choices)) {
                let _ = writeln!(text, "unit = {}", quoted(&unit));
            }
        }
        if let Some(site) = found.ask("site", "at which site does it lie?".into(), &[]) {
            let _ = writeln!(text, "site = {}", quoted(&site));
        }
        if figures.keys.is_empty() {
            let lot = if several {
                Some(
                    format!("{}-{}", found.answers.get("lot").map_or("", String::as_str), name)
                        .trim_start_matches('-')
                        .to_owned(),
                )
            } else {
                found.ask("lot", "by which lot are the books to know it?".into(), &[])
            };
            if let Some(lot) = lot {
                let _ = writeln!(text, "lot = {}", quoted(&lot));
            }
        }
        if !has_material && let Some(material) = found.ask("material", "which material is it?".into(), &[]) {
            let _ = writeln!(text, "material = {}", quoted(&material));
        }
    }
    if let Some((total, parts)) = &figures.sum {
        let _ = write!(text, "\n[[check]]\ntotal = {}\nparts = {}\ntolerance = 0\n", quoted(total), list(parts));
    }
    found.open.dedup();
}

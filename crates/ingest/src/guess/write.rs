//! The proposal as a text that a person reads, keeps and changes.

mod codes;

use std::collections::BTreeSet;
use std::fmt::Write;

use super::days::Days;
use super::figures::{Figures, are_points_open};
use super::rows::Apart;
use super::words::{self, Key, Role};
use super::{Found, distinct, units};
use crate::figure::Sign;
use crate::mapping::{EVERY, HEADING};
use crate::source::{Record, SECTION};

pub(super) fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

fn list<'t>(texts: impl IntoIterator<Item = &'t String>) -> String {
    let texts: Vec<String> = texts.into_iter().map(|text| quoted(text)).collect();
    format!("[{}]", texts.join(", "))
}

/// What has to be known of a table to write its mapping, beside its figures.
struct Writer<'w, 'f> {
    found: &'w mut Found<'f>,
    days: &'w Days,
    apart: &'w Apart,
    figures: &'w Figures,
    text: String,
}

/// The mapping; what it needs and nobody said is asked.
pub(super) fn mapping(found: &mut Found<'_>, name: &str, days: &Days, apart: &Apart, figures: &Figures) -> String {
    let apart = &outside(found, figures, apart);
    let mut writer = Writer { found, days, apart, figures, text: String::new() };
    writer.head(name);
    writer.marks();
    writer.rows();
    let keys = writer.keys();
    writer.columns(&keys);
    writer.left();
    let mut text = std::mem::take(&mut writer.text);
    if !text.ends_with('\n') {
        text.push('\n');
    }
    let mut seen = BTreeSet::new();
    found.open.retain(|open| seen.insert(open.setting.clone()));
    text
}

/// Rows at a place that is none of ours are left out, where it is answered with nothing.
fn outside(found: &Found<'_>, figures: &Figures, apart: &Apart) -> Apart {
    let mut apart = apart.clone();
    if let Some(column) = figures.keys.column(Key::Site) {
        let is_outside = |word: &String| found.answers.get(&format!("site {word}")).is_some_and(String::is_empty);
        let words: BTreeSet<String> = distinct(found, column).into_iter().filter(is_outside).collect();
        if !words.is_empty() {
            apart.left_out.entry(column.clone()).or_default().extend(words);
        }
    }
    apart
}

pub(super) fn slug(name: &str) -> String {
    let stem = name.rsplit(['/', '\\']).next().unwrap_or(name).split('.').next().unwrap_or(name);
    let letters = |letter: char| if letter.is_alphanumeric() { letter.to_ascii_lowercase() } else { '-' };
    let slug: String = stem.chars().map(letters).collect();
    // The same mapping reads next month's file: the day of this one is no part of its name.
    let is_day = |part: &&str| part.len() >= 6 && part.chars().all(|letter| letter.is_ascii_digit());
    let parts: Vec<&str> = slug.split('-').filter(|part| !part.is_empty() && !is_day(part)).collect();
    if parts.is_empty() { "source".to_owned() } else { parts.join("-") }
}

impl Writer<'_, '_> {
    fn set(&mut self, setting: &str, value: &str) {
        let _ = writeln!(self.text, "{setting} = {}", quoted(value));
    }

    fn table(&mut self, name: &str, lines: &[String]) {
        if !lines.is_empty() {
            let _ = writeln!(self.text, "\n[{name}]\n{}", lines.join("\n"));
        }
    }

    fn column_of(&self, key: Key) -> Option<String> {
        self.figures.keys.column(key).cloned()
    }

    fn are_flows(&self) -> bool {
        self.figures.of(Role::Stock).is_empty()
    }

    fn head(&mut self, name: &str) {
        let party = self.found.ask("party", "whose stock is it? the code of the party that posts and owns".into(), &[]);
        self.set("name", &slug(name));
        self.set("source", name);
        self.set("party", &party.unwrap_or_default());
        let days = self.days.clone();
        self.set("date", &days.column);
        if let Some(format) = &days.format {
            self.set("date_format", format);
        }
        if let Some((setting, column)) = &days.beside {
            self.set(setting, column);
        }
        if let Some(sheet) = self.found.table.sheet.clone() {
            self.set("sheet", &sheet);
        }
        if let Some(encoding) = self.found.table.encoding {
            self.set("encoding", encoding);
            self.found
                .notes
                .push(format!("the text is no UTF-8; it was read as {encoding}: see whether its words are right"));
        }
        for (setting, number) in [("skip", self.found.table.skip), ("header_rows", self.found.table.header_rows)] {
            if let Some(number) = number {
                let _ = writeln!(self.text, "{setting} = {number}");
            }
        }
        for setting in ["member", "rows"] {
            if let Some(said) = self.found.answers.get(setting).cloned() {
                self.set(setting, &said);
            }
        }
        if !self.found.table.fill_down.is_empty() {
            let _ = writeln!(self.text, "fill_down = {}", list(&self.found.table.fill_down));
        }
        if self.figures.is_running {
            self.set("same_day", "last");
        }
        for setting in ["times", "zone"] {
            if let Some(zone) = self.found.answers.get(setting).cloned() {
                self.set(setting, &zone);
            }
        }
        if self.are_flows() {
            if let Some(column) = self.column_of(Key::Reference) {
                self.set("reference", &column);
            }
            let question =
                "what lay there before the first of these movements: nothing, or what the books say?".to_owned();
            if self.found.ask("begins", question, &["empty", "books"]).as_deref() == Some("empty") {
                self.set("begins", "empty");
            }
        }
        let has_words = |column: &String| !distinct(self.found, column).is_empty();
        if let Some(column) = self.column_of(Key::Status).filter(has_words) {
            self.set("flag", &column);
        }
    }

    fn marks(&mut self) {
        let figures = self.figures;
        let used = |role: &Role| !matches!(role, Role::Other);
        let names: Vec<&str> =
            figures.roles.iter().filter(|(_, role)| used(role)).map(|(name, _)| name.as_str()).collect();
        let settings = &figures.settings;
        let texts = |found: &Found<'_>, names: &[&str]| -> BTreeSet<String> {
            names.iter().flat_map(|name| found.column_texts(name)).map(|(text, _)| text.to_owned()).collect()
        };
        let seen = texts(self.found, &names);
        let has_point = seen.iter().any(|text| text.contains('.'));
        if settings.decimal_mark() != '.'
            || settings.thousands.is_some()
            || has_point
            || are_points_open(self.found, &names)
        {
            self.set("decimal", &settings.decimal_mark().to_string());
        }
        if let Some(thousands) = &settings.thousands {
            self.set("thousands", thousands);
        }
        let mut missing: BTreeSet<String> = seen
            .iter()
            .filter(|text| words::MISSING.contains(&text.as_str()) || text.starts_with(':'))
            .cloned()
            .collect();
        let is_dash = |text: &&String| words::DASHES.contains(&text.as_str());
        let stocks = texts(self.found, &figures.of(Role::Stock));
        if stocks.iter().any(|text| is_dash(&text)) {
            let question =
                "what does a dash say in a column of stock: that nothing lies there, or that nobody said?".to_owned();
            if self.found.ask("dash", question, &["zero", "missing"]).as_deref() == Some("zero") {
                let dashes: Vec<String> = missing.iter().filter(is_dash).cloned().collect();
                let _ = writeln!(self.text, "zero = {}", list(&dashes));
                missing.retain(|text| !is_dash(&text));
            }
        }
        if !missing.is_empty() {
            let _ = writeln!(self.text, "missing = {}", list(&missing));
        }
        if !settings.flags.is_empty() {
            let _ = writeln!(self.text, "flags = {}", list(&settings.flags));
        }
        self.sign(&seen);
    }

    /// What a sign means is asked where there is one, and nothing proves it.
    fn sign(&mut self, seen: &BTreeSet<String>) {
        let is_signed = |text: &String| {
            text.starts_with(['-', '(', '\u{2212}']) && text.len() > 2 || text.ends_with('-') && text.len() > 1
        };
        if !self.are_flows() || !seen.iter().any(is_signed) {
            return;
        }
        let has_way = self.column_of(Key::Way).is_some() || self.column_of(Key::From).is_some();
        // Of movements that no column says the way of, the sign does.
        if !has_way && !self.figures.of(Role::Moved).is_empty() {
            return self.set("sign", "way");
        }
        let question =
            "some movements are below zero: that they went out (`way`), that they were taken back (`reverses`), or \
                        nothing, because another column says it (`ignore`)?"
                .to_owned();
        let choices: &[&str] = if has_way { &["reverses", "ignore"] } else { &["way", "reverses", "ignore"] };
        let proven = self.figures.sign.map(|sign| match sign {
            Sign::Way => "way".to_owned(),
            Sign::Reverses => "reverses".to_owned(),
            Sign::Ignore => "ignore".to_owned(),
        });
        if let Some(sign) = proven.or_else(|| self.found.ask("sign", question, choices)) {
            self.set("sign", &sign);
        }
    }

    /// Rows that do not count, and rows that are sums.
    fn rows(&mut self) {
        for (setting, rules) in [("unless", &self.apart.left_out), ("totals", &self.apart.totals)] {
            for (column, words) in rules {
                let what = if setting == "unless" { "left out" } else { "sums of the others, checked and not loaded" };
                let shown: Vec<String> = words.iter().take(4).map(|word| format!("`{word}`")).collect();
                self.found.notes.push(format!("rows with {} in `{column}`: {what}", shown.join(", ")));
            }
            let rules: Vec<String> =
                rules.iter().map(|(column, words)| format!("{} = {}", quoted(column), list(words))).collect();
            if !rules.is_empty() {
                let _ = writeln!(self.text, "{setting} = {{ {} }}", rules.join(", "));
            }
        }
    }

    /// Words of columns that no rule leaves out.
    fn words(&self, column: &str) -> BTreeSet<String> {
        let rows = self.found.table.rows.iter().filter(|row| !self.apart.is(row));
        rows.filter_map(|row| row.text(column)).filter(|text| !text.is_empty()).map(str::to_owned).collect()
    }

    /// The columns that say which account a row speaks of; what they say nobody has to be asked for again.
    fn keys(&mut self) -> BTreeSet<&'static str> {
        let (mut own, mut said) = (Vec::new(), BTreeSet::new());
        let (lots, site) = (self.lots(), self.site_column());
        if !lots.is_empty() {
            own.push(format!("lot = {}", list(&lots)));
            said.insert("lot");
        }
        let mut tables: Vec<(&str, Vec<String>)> = Vec::new();
        if let Some(column) = &site {
            own.push(format!("site = {}", quoted(column)));
            said.insert("site");
            tables.push(("words.site", self.codes(column, "site")));
        }
        let material = self.column_of(Key::Material);
        if let Some(column) = material.filter(|_| !self.found.answers.contains_key("material")) {
            own.push(format!("material = {}", quoted(&column)));
            said.insert("material");
            tables.push(("words.material", self.codes(&column, "material")));
        }
        let behind: Vec<String> = self.figures.settings.units.keys().cloned().collect();
        if let Some(column) = self.column_of(Key::Unit).filter(|_| !self.found.answers.contains_key("unit")) {
            own.push(format!("unit = {}", quoted(&column)));
            said.insert("unit");
            tables.push(("words.unit", self.units(&column)));
        } else if !behind.is_empty() {
            if self.all_have_units() {
                said.insert("unit behind");
            }
            let known =
                behind.iter().filter_map(|word| Some(format!("{} = {}", quoted(word), quoted(&units::unit(word)?))));
            tables.push(("words.unit", known.collect()));
        }
        if self.figures.roles.values().any(|role| *role == Role::Moved) {
            match (self.column_of(Key::From), self.column_of(Key::To), self.column_of(Key::Way)) {
                (Some(from), Some(to), _) => {
                    own.push(format!("from = {}\nto = {}", quoted(&from), quoted(&to)));
                    said.insert("site");
                    let mut places = self.words(&from);
                    places.extend(self.words(&to));
                    let question = |place: &str| format!("which site is `{place}`? nothing where it lies outside");
                    let ours = places.iter().filter_map(|place| {
                        let answer = self.found.ask(&format!("place {place}"), question(place), &[])?;
                        Some(format!("{} = {}", quoted(place), quoted(&answer)))
                    });
                    tables.push(("words.site", ours.collect()));
                }
                (_, _, Some(way)) => {
                    own.push(format!("way = {}", quoted(&way)));
                    tables.push(("way", self.ways(&way)));
                }
                _ => {}
            }
        }
        self.table("key", &own);
        for (name, lines) in tables {
            self.table(name, &lines);
        }
        said
    }

    /// The columns that make a lot, beside its site.
    fn lots(&self) -> Vec<String> {
        let rows: Vec<&Record> = self.found.table.rows.iter().filter(|row| !self.apart.is(row)).collect();
        // Where several of the source's places are one of our sites, they part lots.
        let is_apart = |column: &String| {
            let words = self.words(column);
            let sites: Vec<&String> =
                words.iter().filter_map(|word| self.found.answers.get(&format!("site {word}"))).collect();
            sites.iter().collect::<BTreeSet<_>>().len() == sites.len()
        };
        self.figures.keys.lots(&rows, self.site_column().filter(is_apart).as_ref())
    }

    /// Does every figure that is loaded have its unit behind it?
    fn all_have_units(&self) -> bool {
        let used =
            self.figures.roles.iter().filter(|(_, role)| !matches!(role, Role::Other | Role::Percent | Role::Change));
        let units = &self.figures.settings.units;
        used.into_iter().all(|(name, _)| {
            let texts = self.found.column_texts(name);
            let figures = texts.iter().filter(|(text, _)| super::table::is_figure_like(text));
            figures.clone().count() > 0
                && figures
                    .into_iter()
                    .all(|(text, _)| units.keys().any(|unit| text.trim_end().ends_with(unit.as_str())))
        })
    }

    /// The column of sites, where nobody said the site.
    fn site_column(&self) -> Option<String> {
        let is_asked = !self.found.answers.contains_key("site") && self.column_of(Key::From).is_none();
        self.column_of(Key::Site).filter(|_| is_asked)
    }

    /// Columns that are loaded, with what each is: levels say all that flows say, and what was there before.
    fn chosen(&mut self) -> Vec<(String, &'static str)> {
        let figures = self.figures;
        if self.days.column == HEADING {
            let kind = match figures.roles.values().next() {
                Some(Role::In) => "inflow",
                Some(Role::Out) => "outflow",
                _ => "stock",
            };
            return vec![(EVERY.to_owned(), kind)];
        }
        let all = |role, kind| figures.of(role).into_iter().map(move |name| (name.to_owned(), kind));
        if self.are_flows() {
            return all(Role::In, "inflow")
                .chain(all(Role::Out, "outflow"))
                .chain(all(Role::Moved, "movement"))
                .collect();
        }
        let mut stock = figures.of(Role::Stock);
        if stock.len() > 1 && figures.sum.is_none() && !self.lots().is_empty() {
            let shown: Vec<String> = stock.iter().map(|name| format!("`{name}`")).collect();
            let question = format!(
                "which of {} is what lies there? one of them, or `all`, each a lot of its own",
                shown.join(", ")
            );
            let choices: Vec<&str> = stock.iter().copied().chain(["all"]).collect();
            match self.found.ask("counts", question, &choices).as_deref() {
                Some("all") | None => {}
                Some(only) => stock.retain(|name| *name == only),
            }
            return stock.into_iter().map(|name| (name.to_owned(), "stock")).collect();
        }
        if let Some((total, _)) = &figures.sum {
            let question =
                format!("`{total}` is the sum of the other columns: are the parts to be loaded, or the total?");
            match self.found.ask("sum", question, &["parts", "total"]).as_deref() {
                Some("total") => stock = vec![total],
                _ => stock.retain(|name| name != total),
            }
        } else if stock.len() > 1 {
            // What is called a total and adds up to nothing would be counted beside its parts.
            for name in stock.clone().into_iter().filter(|name| words::is_total(name)) {
                let question = format!(
                    "`{name}` is called a total, and is not the sum of the other columns: load it beside them?"
                );
                if self.found.ask(&format!("total {name}"), question, &["yes", "no"]).as_deref() != Some("yes") {
                    stock.retain(|other| *other != name);
                }
            }
        }
        stock.into_iter().map(|name| (name.to_owned(), "stock")).collect()
    }

    fn columns(&mut self, said: &BTreeSet<&'static str>) {
        let chosen = self.chosen();
        let is_keyed = said.contains("lot") && chosen.iter().filter(|(_, kind)| *kind == "stock").count() > 1;
        if is_keyed {
            // Each column is a lot of its own.
            self.text = self.text.replacen("\nlot = [", "\nlot = [\"@heading\", ", 1);
        }
        let is_several = chosen.len() > 1 && chosen.iter().all(|(_, kind)| *kind == "stock");
        for (name, kind) in &chosen {
            let _ = write!(self.text, "\n[[column]]\ncolumn = {}\nkind = {}\n", quoted(name), quoted(kind));
            if let Some(of) = self.found.of.clone() {
                self.set("unit", "%");
                self.set("of", &of);
            } else if said.contains("unit behind") {
                // The figures say it themselves; a figure without one is an error.
                self.set("unit", "unit missing");
            } else if !said.contains("unit")
                && let Some(unit) = self.unit(name)
            {
                self.set("unit", &unit);
            }
            let asked = [
                ("site", "at which site does it lie?"),
                ("lot", "by which lot are the books to know it?"),
                ("material", "which material is it?"),
            ];
            for (setting, question) in asked.into_iter().filter(|(setting, _)| !said.contains(setting)) {
                let known = self.found.answers.get(setting).cloned();
                let answer = if setting == "lot" && is_several {
                    Some([known.as_deref(), Some(name)].into_iter().flatten().collect::<Vec<_>>().join("-"))
                } else {
                    self.found.ask(setting, question.to_owned(), &[])
                };
                if let Some(answer) = answer {
                    self.set(setting, &answer);
                }
            }
        }
        if let Some((total, parts)) = &self.figures.sum
            && is_several
        {
            let _ =
                write!(self.text, "\n[[check]]\ntotal = {}\nparts = {}\ntolerance = 1\n", quoted(total), list(parts));
        }
    }

    /// What the mapping makes no use of.
    fn left(&mut self) {
        let unused =
            self.figures.roles.iter().filter(|(_, role)| matches!(role, Role::Other | Role::Percent | Role::Change));
        let all: Vec<String> =
            unused.map(|(name, _)| name).chain(&self.figures.keys.left).map(|name| format!("`{name}`")).collect();
        if !all.is_empty() {
            self.found.notes.push(format!("nothing is taken from {}", all.join(", ")));
        }
    }

    fn unit(&mut self, name: &str) -> Option<String> {
        if words::is_mbbl(name) {
            let question = format!("`{name}`: is MBBL a thousand barrels (kbbl), as in the US trade, or a million?");
            return self.found.ask("unit MBBL", question, &["kbbl", "1000 kbbl"]);
        }
        let said = self.found.answers.get("unit").cloned();
        // Two lines above the table that name two units are no answer.
        let above: BTreeSet<String> =
            self.found.table.titles.iter().filter_map(|title| units::unit_in(title)).collect();
        let above = above.first().filter(|_| above.len() == 1).cloned();
        let known = said.or_else(|| units::unit_in(name)).or(above);
        known.or_else(|| self.found.ask("unit", format!("in which unit are the figures of `{name}`?"), &[]))
    }
}

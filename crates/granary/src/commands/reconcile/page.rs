//! A page to hand on: one HTML file without anything beside it, with charts as SVG. What a chart shows stands in a table
//! below it: nothing is said by a picture alone, and nothing by colour alone.

use std::fmt::Write as _;
use std::fs;
use std::io::{self, Write as _};
use std::path::Path;

use answers::Given;
use answers::ask::reconcile::{BalanceSeries, BalanceSeriesAnswer, Breaks, BreaksAnswer, Reconciliation};
use answers::table::{Cell, Column, Field as _, Kind, Record, Table, csv, html};
use shell::{Exit, Failure};

use super::query;
use crate::cli::Dir;

/// Days since the effective date, or the first report.
const AGES: [&str; 5] = ["0-1", "2-7", "8-30", "31-90", ">90"];
/// Breaks that a page shows: more of them are no reading for people.
const ROWS_MAX: usize = 2_000;
const WIDTH: f64 = 760.0;
const HEIGHT: f64 = 220.0;
const STYLE: &str = "body{font:14px/1.4 sans-serif;max-width:60em;margin:2em auto;padding:0 1em}table{border-collapse:collapse;\
font-size:12px}th,td{padding:.15em .6em;text-align:left;border-bottom:1px solid #ccc}svg{display:block;margin:1em 0}\
svg text{font-size:11px}.axis{stroke:#888}.line{fill:none;stroke:#036;stroke-width:1.5}.limit{stroke:#a00;stroke-dasharray:6 3}\
.warn{stroke:#a60;stroke-dasharray:2 3}rect{fill:#369}@media print{body{margin:0}}";

/// What a page is made of.
#[derive(serde::Serialize)]
pub(super) struct Said {
    /// A party's reports against the books, where one is named.
    #[serde(skip_serializing_if = "Option::is_none")]
    reconciliation: Option<Given<Reconciliation>>,
    breaks: Given<Breaks>,
    /// Balances of a site and material, where they are named.
    #[serde(skip_serializing_if = "Option::is_none")]
    balances: Option<Given<BalanceSeries>>,
}

impl Said {
    pub(super) fn ask(
        dir: &Dir,
        party: Option<String>,
        area: Option<(String, String)>,
        as_of: Option<String>,
    ) -> Result<Self, Failure> {
        let all = Breaks { party: party.clone(), status: Some("all".into()), as_of, ..Breaks::default() };
        let compared = |party: String| query::ask(dir, &Reconciliation { party, ..Reconciliation::default() });
        let balanced = |(site, material): (String, String)| {
            query::ask(dir, &BalanceSeries { site, material, ..BalanceSeries::default() })
        };
        Ok(Self {
            breaks: query::ask(dir, &all)?,
            reconciliation: party.map(compared).transpose()?,
            balances: area.map(balanced).transpose()?,
        })
    }

    /// The tables, each with its name, as comma-separated values.
    fn each_table(&self, mut each: impl FnMut(&str, Vec<u8>) -> Result<(), Failure>) -> Result<(), Failure> {
        let Self { reconciliation, breaks, balances } = self;
        if let Some(answer) = reconciliation {
            let answer = &answer.answer;
            each("classes", self.file(Table::lines(&answer.counts)))?;
            each("flagged", self.file(Table::lines(&answer.flagged)))?;
            each("differences", self.file(Table::lines(&answer.groups)))?;
        }
        each("ageing", self.file(ages(&breaks.answer)))?;
        each("breaks", self.file(Table::lines(&breaks.answer.breaks)))?;
        if let Some(series) = balances {
            each("balances", self.file(Table::lines(&series.answer.series)))?;
        }
        Ok(())
    }

    /// A table as a file, which says with whose eyes it was seen.
    fn file(&self, table: Table<'_>) -> Vec<u8> {
        csv::bytes(Table { seen_by: self.breaks.seen_by.clone(), ..table })
    }

    fn page(&self) -> Result<String, Failure> {
        let mut page = format!(
            "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>Reconciliation</title><style>{STYLE}</style></head>\
             <body>\n<h1>Reconciliation</h1>\n"
        );
        if let Some(party) = &self.breaks.seen_by {
            let seen_by = crate::language::now().say("table-seen-by", &[("party", party)]);
            let _ = writeln!(page, "<p>{}</p>", escape(&seen_by));
        }
        if let Some(Given { answer, .. }) = &self.reconciliation {
            let [party, first, last] = [&answer.party, &answer.first, &answer.last].map(|text| escape(text));
            let _ = writeln!(page, "<h2>Reports of {party} against the books, {first} to {last}</h2>");
            let _ = writeln!(
                page,
                "<p>As known after event {}. Lines: ours {}, theirs {}.</p>",
                answer.known_at, answer.our_lines, answer.their_lines
            );
            table(&mut page, "Classes", &answer.counts);
            table(&mut page, "Flagged balances", &answer.flagged);
        }
        ageing(&mut page, &self.breaks.answer)?;
        if let Some(series) = &self.balances {
            balances(&mut page, &series.answer)?;
        }
        Ok(page + "</body></html>\n")
    }
}

/// How many breaks are of each age.
fn ages(breaks: &BreaksAnswer) -> Table<'_> {
    let names = ["days", "since_effective", "since_first_report"];
    let columns = names.map(|name| Column::new(name, if name == "days" { Kind::Code } else { Kind::Number }));
    let ages = AGES.iter().zip(breaks.ageing.iter().zip(&breaks.ageing_reported));
    let rows = ages.map(|(age, (effective, reported))| vec![Cell::text(*age), effective.cell(), reported.cell()]);
    Table::new(columns.to_vec(), rows)
}

pub(super) fn run(said: &Said, out: Option<&Path>, csv: Option<&Path>, as_json: bool) -> Result<Exit, Failure> {
    let unwritten = |path: &Path, error: io::Error| {
        Failure::new(format!("write `{}`: {error}", path.display())).hint("name a place that can be written to")
    };
    if let Some(folder) = csv {
        fs::create_dir_all(folder).map_err(|error| unwritten(folder, error))?;
        said.each_table(|name, table| {
            let path = folder.join(format!("{name}.csv"));
            fs::write(&path, table).map_err(|error| unwritten(&path, error))
        })?;
    }
    let text = if as_json { serde_json::to_string_pretty(said)? + "\n" } else { said.page()? };
    match out {
        None => io::stdout().lock().write_all(text.as_bytes())?,
        Some(path) => {
            fs::write(path, text).map_err(|error| unwritten(path, error))?;
            writeln!(io::stdout().lock(), "written: {}", path.display())?;
        }
    }
    Ok(Exit::Done)
}

fn ageing(page: &mut String, breaks: &BreaksAnswer) -> Result<(), Failure> {
    let _ = writeln!(page, "<h2>Breaks by age, as of {}</h2>", escape(&breaks.as_of));
    let most = breaks.ageing.iter().copied().max().unwrap_or(0).max(1) as f64;
    let height = 26 * AGES.len();
    let _ = write!(
        page,
        "<svg role=\"img\" aria-label=\"Open breaks by days since their effective date\" viewBox=\"0 0 {WIDTH} {height}\" width=\"{WIDTH}\" height=\"{height}\">"
    );
    for (row, (bucket, count)) in AGES.iter().zip(&breaks.ageing).enumerate() {
        let (y, length) = (row * 26, *count as f64 / most * (WIDTH - 200.0));
        let _ = write!(
            page,
            "<text x=\"90\" y=\"{}\" text-anchor=\"end\">{} days</text><rect x=\"100\" y=\"{}\" width=\"{length:.1}\" height=\"16\"/><text x=\"{:.1}\" y=\"{}\">{count}</text>",
            y + 16,
            escape(bucket),
            y + 4,
            length + 108.0,
            y + 16
        );
    }
    *page += "</svg>\n";
    let count = breaks.breaks.len();
    table(page, "Breaks", &breaks.breaks[..count.min(ROWS_MAX)]);
    if count > ROWS_MAX {
        let _ = writeln!(page, "<p>And {} more: <code>--csv</code> writes all.</p>", count - ROWS_MAX);
    }
    Ok(())
}

fn balances(page: &mut String, series: &BalanceSeriesAnswer) -> Result<(), Failure> {
    let BalanceSeriesAnswer { site, material, unit, .. } = series;
    let of = format!("{} at {}", escape(material), escape(site));
    let number = |text: &String| text.parse::<f64>().unwrap_or(0.0);
    let labels: Vec<&str> = series.series.iter().map(|line| line.last.as_str()).collect();
    let stock: Vec<f64> = series.series.iter().map(|line| number(&line.ending)).collect();
    let mufs: Vec<f64> = series.series.iter().map(|line| number(&line.muf)).collect();
    let sigmas: Vec<Option<f64>> =
        series.series.iter().map(|line| line.sigma.as_ref().and_then(|text| text.parse().ok())).collect();
    let limits = |times: f64| -> Vec<f64> { sigmas.iter().map(|sigma| sigma.unwrap_or(f64::NAN) * times).collect() };
    let _ = writeln!(page, "<h2>Stock of {of}, in {}</h2>", escape(unit));
    chart(page, "Stock at each stocktake", &labels, &[("line", stock)]);
    let _ = writeln!(
        page,
        "<h2>MUF of {of}, in {}</h2>\n<p>Sigma: {}. Dotted: 2 sigma; dashed: 3 sigma.</p>",
        escape(unit),
        escape(&series.sigma_from)
    );
    let lines = [
        ("line", mufs),
        ("warn", limits(2.0)),
        ("warn", limits(-2.0)),
        ("limit", limits(3.0)),
        ("limit", limits(-3.0)),
    ];
    chart(page, "Material unaccounted for, with its limits", &labels, &lines);
    let _ = writeln!(
        page,
        "<p>{} periods: {} without a difference, {} rounding, {} noise, {} timing, {} open.</p>",
        series.periods, series.closed, series.rounding, series.noise, series.timing, series.open
    );
    table(page, "Periods", &series.series);
    Ok(())
}

/// Lines over the same points; what is no number is left out.
fn chart(page: &mut String, title: &str, labels: &[&str], lines: &[(&str, Vec<f64>)]) {
    let values = || lines.iter().flat_map(|(_, values)| values).copied().filter(|value| value.is_finite());
    let (low, high) = values().fold((0.0f64, 0.0f64), |(low, high), value| (low.min(value), high.max(value)));
    if labels.len() < 2 || high <= low {
        *page += "<p>Too few figures for a chart.</p>\n";
        return;
    }
    let x = |place: usize| 70.0 + place as f64 / (labels.len() - 1) as f64 * (WIDTH - 80.0);
    let y = |value: f64| 10.0 + (high - value) / (high - low) * (HEIGHT - 40.0);
    let _ = write!(
        page,
        "<svg role=\"img\" aria-label=\"{}\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" width=\"{WIDTH}\" height=\"{HEIGHT}\">",
        escape(title)
    );
    let _ = write!(page, "<line class=\"axis\" x1=\"70\" x2=\"{WIDTH}\" y1=\"{0:.1}\" y2=\"{0:.1}\"/>", y(0.0));
    for value in [low, 0.0, high] {
        let _ = write!(page, "<text x=\"64\" y=\"{:.1}\" text-anchor=\"end\">{value:.6}</text>", y(value) + 4.0);
    }
    for (class, values) in lines {
        let told = values.iter().enumerate().filter(|(_, value)| value.is_finite());
        let points: Vec<String> = told.map(|(place, value)| format!("{:.1},{:.1}", x(place), y(*value))).collect();
        let _ = write!(page, "<polyline class=\"{class}\" fill=\"none\" points=\"{}\"/>", points.join(" "));
    }
    let (first, last) = (escape(labels[0]), escape(labels[labels.len() - 1]));
    let _ = writeln!(
        page,
        "<text x=\"70\" y=\"{0}\">{first}</text><text x=\"{WIDTH}\" y=\"{0}\" text-anchor=\"end\">{last}</text></svg>",
        HEIGHT - 6.0
    );
}

/// Lines as a table, where there are any; empty columns are left out.
fn table(page: &mut String, caption: &str, lines: &[impl Record]) {
    if !lines.is_empty() {
        *page += &html::write(Table::lines(lines), crate::language::now(), caption, &html::no_links);
    }
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

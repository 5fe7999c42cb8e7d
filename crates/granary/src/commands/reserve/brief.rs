//! `granary reserve brief`: the board's page, in the terminal, as files of comma-separated values, or as one HTML file that
//! prints on A4.

use std::fmt::Write as _;
use std::fs;
use std::io;
use std::path::Path;

use answers::Given;
use answers::ask::reserve::Brief as Asked;
use answers::table::{Table, csv, html};
use shell::{Exit, Failure};

use crate::cli::reserve::Brief;
use crate::commands::query;
use crate::language;
use crate::output::Written;

const STYLE: &str = "@page{size:A4;margin:12mm}body{font:11px/1.35 sans-serif;max-width:186mm;margin:1em auto;padding:0 1em}\
h1{font-size:18px;margin:0}h2{font-size:13px;margin:1em 0 .2em}table{border-collapse:collapse;width:100%}\
caption{text-align:left;font-weight:bold;padding:.5em 0 .1em}th,td{padding:.1em .4em;text-align:left;border-bottom:1px solid #ccc}\
.n{text-align:right}p{margin:.3em 0}@media print{body{margin:0;padding:0}.scroll{overflow:visible}tr{break-inside:avoid}}";

pub(crate) fn run(args: &Brief) -> Result<Exit, Failure> {
    let question = Asked {
        reserve: args.reserve.clone(),
        quarter: args.quarter.clone(),
        levels: args.levels.clone(),
        known_at: args.known_at.clone().map(Into::into),
    };
    let answer = query::ask(&args.dir, &question)?;
    if let Some(folder) = &args.csv {
        files(folder, &answer)?;
    }
    if let Some(path) = &args.page {
        fs::write(path, page(&answer)).map_err(|error| unwritten(path, &error))?;
        eprintln!("written: {}", path.display());
    }
    if args.csv.is_none() && args.page.is_none() {
        let mut written = Written::begin(args.shown.format)?;
        written.part(&answer, false, true)?;
        written.end()?;
    }
    Ok(Exit::Done)
}

fn unwritten(path: &Path, error: &io::Error) -> Failure {
    Failure::new(format!("write `{}`: {error}", path.display())).hint("name a place that can be written to")
}

/// Each list as a file; each says with whose eyes it was seen.
fn files(folder: &Path, answer: &Given<Asked>) -> Result<(), Failure> {
    fs::create_dir_all(folder).map_err(|error| unwritten(folder, &error))?;
    for (name, table) in answer.answer.lists() {
        let path = folder.join(format!("{name}.csv"));
        let table = Table { seen_by: answer.seen_by.clone(), ..table };
        fs::write(&path, csv::bytes(table)).map_err(|error| unwritten(&path, &error))?;
    }
    eprintln!("written: {}", folder.display());
    Ok(())
}

/// The page: it needs nothing beside it, and says how each figure is proven.
fn page(answer: &Given<Asked>) -> String {
    let words = language::now();
    let said = &answer.answer;
    let title = format!("{} - {}", said.reserve, said.name);
    let mut page = format!(
        "<!doctype html>\n<html lang=\"{}\"><head><meta charset=\"utf-8\"><title>{}</title><style>{STYLE}</style></head><body>\n<h1>{}</h1>\n",
        words.tag(),
        escape(&title),
        escape(&title)
    );
    let _ = writeln!(page, "<p>{} - {}</p>", escape(&said.first), escape(&said.last));
    if let Some(party) = &answer.seen_by {
        let _ = writeln!(page, "<p>{}</p>", escape(&words.say("table-seen-by", &[("party", party)])));
    }
    let known_at = said.known_at.to_string();
    let _ = writeln!(page, "<p>{}</p>", escape(&words.say("brief-proof", &[("event", &known_at)])));
    let money = [("opening", &said.opening_cash), ("closing", &said.closing_cash)];
    let _ = writeln!(
        page,
        "<p>{}</p>",
        escape(&words.say("brief-cash", &money.map(|(name, money)| (name, money.as_str()))))
    );
    for (name, table) in said.lists() {
        page += &html::write(table, words, &words.heading(name), &html::no_links);
    }
    page + "</body></html>\n"
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

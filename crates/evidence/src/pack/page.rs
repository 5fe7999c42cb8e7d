//! The page of an evidence pack: what it is about, the figures, a chart, the events. It stands for itself, without network.

use std::collections::BTreeMap;
use std::fmt::Write;

use chain::{Checkpoint, Note};
use serde_json::Value;
use wire::view::EventView;

/// Events shown; all of them are in `shown.jsonl`.
const EVENTS_SHOWN: usize = 1_000;

const STYLE: &str = "body{font:15px/1.5 system-ui,sans-serif;max-width:70rem;margin:2rem auto;padding:0 1rem;color:#1b1b1b;background:#fff}\
table{border-collapse:collapse;margin:1rem 0;width:100%}th,td{text-align:left;padding:.25rem .6rem;border-bottom:1px solid #ccc;vertical-align:top}\
td.n{text-align:right;font-variant-numeric:tabular-nums}code{font-size:.9em;word-break:break-all}.refused{color:#9a1b1b}svg{max-width:100%}";

/// What the page says of the events, which are seen one by one.
#[derive(Default)]
pub(super) struct Seen {
    count: usize,
    /// Rows of the first events.
    rows: String,
    /// Counts of what was done, and refused, by effective day.
    days: BTreeMap<String, (u32, u32)>,
}

/// The whole page.
pub(super) fn page(about: &str, note: &Note, events: &Seen, uncovered: &str, result: &Value) -> String {
    let about = escape(about);
    let mut page = format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<title>Evidence: {about}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<h1>Evidence: {about}</h1>\n"
    );
    if let Ok(checkpoint) = Checkpoint::parse(note.text()) {
        let root = chain::encode_base64(checkpoint.root);
        let _ = writeln!(
            page,
            "<p>{} events of the log <code>{}</code>, proven in its tree of {} events with root <code>{}</code>. Check this folder with <code>auditor</code>: it proves the events in <code>events.txt</code>. This page is a reading aid; it and the names and answers in it are signed by the ledger and not proven.</p>",
            events.count,
            escape(&checkpoint.origin),
            checkpoint.size,
            root
        );
    }
    if !uncovered.is_empty() {
        let _ = writeln!(page, "<p class=\"refused\">{}.</p>", escape(uncovered));
    }
    page += &chart(&events.days);
    page += &positions(result);
    page += &events.table();
    page += "</body>\n</html>\n";
    page
}

fn positions(result: &Value) -> String {
    let Some(lines) = result["answer"]["positions"].as_array().filter(|lines| !lines.is_empty()) else {
        return format!(
            "<h2>What the ledger answers</h2>\n<pre>{}</pre>\n",
            escape(&serde_json::to_string_pretty(&result["answer"]).unwrap_or_default())
        );
    };
    let mut names: Vec<&String> = Vec::new();
    for line in lines {
        for (name, value) in line.as_object().into_iter().flatten() {
            if !names.contains(&name) && !value.is_null() {
                names.push(name);
            }
        }
    }
    let mut text = "<h2>What is held</h2>\n<table><thead><tr>".to_owned();
    names.iter().for_each(|name| text += &format!("<th>{}</th>", escape(&name.replace('_', " "))));
    text += "</tr></thead>\n<tbody>\n";
    for line in lines {
        text += "<tr>";
        for name in &names {
            let value = match &line[name.as_str()] {
                Value::Null => String::new(),
                Value::String(text) => text.clone(),
                other => other.to_string(),
            };
            text += &format!("<td>{}</td>", escape(&value));
        }
        text += "</tr>\n";
    }
    text + "</tbody></table>\n"
}

impl Seen {
    /// Adds an event.
    pub(super) fn see(&mut self, event: &EventView) {
        let day = event.command.get("effective").and_then(Value::as_str).unwrap_or_default();
        if !self.days.contains_key(day) {
            self.days.insert(day.to_owned(), (0, 0));
        }
        let counts = self.days.get_mut(day).expect("it is there now");
        if event.outcome == "refused" {
            counts.1 += 1
        } else {
            counts.0 += 1
        }
        self.count += 1;
        if self.count <= EVENTS_SHOWN {
            push_row(&mut self.rows, event);
        }
    }

    fn table(&self) -> String {
        let rows = &self.rows;
        let mut text = format!(
            "<h2>The events</h2>\n<table><thead><tr><th>event</th><th>recorded</th><th>effective</th><th>by</th><th>what</th><th>moved</th></tr></thead>\n<tbody>\n{rows}</tbody></table>\n"
        );
        if let Some(more) = self.count.checked_sub(EVENTS_SHOWN).filter(|more| *more > 0) {
            text += &format!("<p>{more} more are in <code>shown.jsonl</code>.</p>\n");
        }
        text
    }
}

fn push_row(text: &mut String, event: &EventView) {
    let word = |name: &str| escape(event.command.get(name).and_then(Value::as_str).unwrap_or_default());
    let what = match event.outcome.as_str() {
        "done" => word("act"),
        outcome => {
            let code = event.code.as_deref().unwrap_or_default();
            let message = event.message.as_deref().unwrap_or_default();
            format!(
                "{} <span class=\"refused\">{} {} {}</span>",
                word("act"),
                escape(outcome),
                escape(code),
                escape(message)
            )
        }
    };
    let moved: Vec<String> = event
        .entries
        .iter()
        .map(|it| escape(&format!("{} of {}: {} to {}", it.quantity, it.lot, it.source.place, it.target.place)))
        .collect();
    let by = match event.command.get("maker").and_then(Value::as_str) {
        Some(maker) => format!("{} ({})", word("party"), escape(maker)),
        None => word("party"),
    };
    let _ = writeln!(
        text,
        "<tr><td class=\"n\">{}</td><td>{}</td><td>{}</td><td>{by}</td><td>{what}</td><td>{}</td></tr>",
        event.seq,
        escape(&event.recorded_at),
        word("effective"),
        moved.join("<br>")
    );
}

/// Events by effective day, as bars.
fn chart(days: &BTreeMap<String, (u32, u32)>) -> String {
    let most = days.values().map(|(done, refused)| done + refused).max().unwrap_or(1);
    let (width, height) = (900.0, 160.0);
    let step = width / days.len().max(1) as f64;
    let mut bars = String::new();
    for (index, (day, (done, refused))) in days.iter().enumerate() {
        let tall = |count: u32| f64::from(count) / f64::from(most) * (height - 30.0);
        let x = index as f64 * step;
        let bar = (step * 0.8).clamp(1.0, 40.0);
        for (count, below, fill) in [(*done, 0.0, "#2b5d8a"), (*refused, tall(*done), "#9a1b1b")] {
            if count > 0 {
                let y = height - 20.0 - below - tall(count);
                let _ = write!(
                    bars,
                    "<rect x=\"{x:.1}\" y=\"{y:.1}\" width=\"{bar:.1}\" height=\"{:.1}\" fill=\"{fill}\"><title>{}: {count}</title></rect>",
                    tall(count),
                    escape(day)
                );
            }
        }
    }
    let (first, last) =
        (days.keys().next().map_or("", String::as_str), days.keys().next_back().map_or("", String::as_str));
    format!(
        "<h2>When</h2>\n<svg viewBox=\"0 0 {width} {height}\" role=\"img\" aria-label=\"events by effective day, {first} to {last}, at most {most} a day\">{bars}<text x=\"0\" y=\"{height}\" font-size=\"12\">{}</text><text x=\"{width}\" y=\"{height}\" font-size=\"12\" text-anchor=\"end\">{}</text></svg>\n<p>Events by effective day; refused commands stand on top, in red. The tallest bar is {most}.</p>\n",
        escape(first),
        escape(last)
    )
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

//! `granary settings`: what holds, and where each value came from.

use serde_json::json;
use shell::{Exit, Failure, variable};

use crate::cli::ShowSettings;
use crate::output::{Align, Column, Grid, show};
use crate::services::run;

pub(crate) fn run(args: &ShowSettings) -> Result<Exit, Failure> {
    let dir = args.dir.path();
    let settings = run::settings(Some(dir), &args.settings, &[])?;
    let lines: Vec<_> = settings
        .shown()
        .map(|(setting, value, origin)| {
            json!({ "setting": setting.name, "value": value, "from": origin.to_string(),
                "environment": variable(setting.name), "about": setting.about })
        })
        .collect();
    show(args.shown.format, &lines, || Grid {
        seen_by: None,
        columns: ["setting", "value", "from", "about"].map(|name| Column(name, Align::Left)).to_vec(),
        rows: lines
            .iter()
            .map(|line| {
                ["setting", "value", "from", "about"]
                    .map(|name| line[name].as_str().unwrap_or_default().into())
                    .to_vec()
            })
            .collect(),
    })?;
    for token in settings.tokens() {
        eprintln!("a token lets `{}` in", token.party);
    }
    Ok(Exit::Done)
}

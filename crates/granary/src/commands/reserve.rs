//! `granary reserve new`: a shared reserve out of a template and a members' file.

pub(crate) mod brief;
pub(crate) mod exercise;
mod render;
mod template;

use std::collections::{BTreeMap, HashSet};
use std::path::Path;

use answers::Listed;
use serde_json::{Map, Value};
use shell::{Exit, Failure};

use self::template::{SHIPPED, Template};
use super::plan::{self, How};
use super::rows::{Rows, told};
use super::{print, query};
use crate::cli::Dir;
use crate::cli::reserve::New;
use crate::output::Format;

/// What an act registers, by the field that names it: what is there already is left as it is.
const REGISTERING: [(&str, &str, Listed); 4] = [
    ("register_party", "code", Listed::Parties),
    ("register_material", "code", Listed::Materials),
    ("register_site", "code", Listed::Sites),
    ("establish_reserve", "reserve", Listed::Reserves),
];

pub(crate) fn new(args: &New) -> Result<Exit, Failure> {
    if args.list {
        let line = |(name, text): &(&str, &str)| {
            let about = Template::parse(text).map(|template| template.about).unwrap_or_default();
            format!("{name:12} {about}\n")
        };
        return print(&SHIPPED.iter().map(line).collect::<String>());
    }
    let name = args.template.as_deref().ok_or_else(|| {
        let names = SHIPPED.map(|(name, _)| name).join(", ");
        Failure::wrong_use("name a template with --template")
            .hint(format!("{names}, or a file; `granary reserve new --list` tells of each"))
    })?;
    let text = template::text(name)?;
    let template = Template::parse(&text)
        .map_err(|problem| Failure::wrong_use(format!("the template `{name}`: {problem}")).hint(template::HINT))?;
    if args.show {
        return print(&text);
    }
    if args.members_example {
        return print(template.example.trim_start());
    }
    let missing = |what: &str| {
        Failure::wrong_use(format!("say {what}")).hint(format!(
            "granary reserve new CODE --template {name} --members members.csv --as PARTY; `--members-example` prints a file to begin with"
        ))
    };
    let reserve = args.reserve.as_deref().ok_or_else(|| missing("the code of the reserve"))?;
    let members = args.members.as_deref().ok_or_else(|| missing("the members' file with --members"))?;
    let operator = args.poster.as_deref().ok_or_else(|| missing("who posts with --as"))?;
    start(args, &template, (reserve, operator), members)
}

fn start(args: &New, template: &Template, who: (&str, &str), members: &Path) -> Result<Exit, Failure> {
    let settings = template.settings(who, &said(&args.set)?)?;
    let rows = Rows::read(members)?;
    let file = members.display().to_string();
    let (origin, seen_by) = plan::origin(&args.dir)?;
    let mut meant = render::render(template, &settings, &rows, &origin).map_err(|flaws| told(&file, &flaws))?;
    let says_day = args.set.iter().any(|pair| pair.starts_with("first_day="));
    meant.iter_mut().for_each(|one| one.says_day = says_day);
    // A server takes from a party its own commands alone, and tries no others for it.
    let only = args.only.clone().or_else(|| seen_by.clone());
    let mut left = String::new();
    if let Some(only) = &only {
        let is_its = |one: &plan::Meant| one.party() == only;
        if !meant.iter().any(is_its) {
            return Err(Failure::wrong_use(format!("nothing of it is posted by `{only}`"))
                .hint("leave --only out with --dry-run to see who posts what"));
        }
        left = plan::counted(meant.iter().filter(|one| !is_its(one)));
        // What is recorded now stands on what is recorded, and not on what others have still to sign.
        if seen_by.is_some() || !args.dry_run && args.out.is_none() {
            meant.retain(is_its);
        }
    }
    let there = registered(&args.dir)?;
    let is_there = |said: &Map<String, Value>| {
        let text = |field: &str| said.get(field).and_then(Value::as_str).unwrap_or_default();
        let found = REGISTERING.iter().find(|(act, ..)| *act == text("act"));
        found.is_some_and(|(act, field, _)| there.contains(&(*act, text(field).to_owned())))
    };
    let how = How {
        is_dry_run: args.dry_run,
        only: only.as_deref(),
        out: args.out.as_deref(),
        is_shown: args.shown.format.is_table() || args.shown.format == Format::Json,
        format: args.shown.format,
        registered: &is_there,
    };
    let exit = plan::carry_out(&args.dir, &file, &mut meant, &how)?;
    if !left.is_empty() {
        eprintln!("left to others, each of whom does the same: {left}");
    }
    if meant.iter().any(|one| !one.is_here_before()) {
        for lack in &template.lacks {
            eprintln!("no act records: {lack}");
        }
        if !args.dry_run && args.out.is_none() {
            eprintln!(
                "\nhint: `granary reserve status {0}` and `granary reserve promises {0}` show what stands",
                who.0
            );
        }
    }
    Ok(exit)
}

/// `name=value`, as it was typed.
fn said(pairs: &[String]) -> Result<BTreeMap<String, String>, Failure> {
    let pair = |text: &String| {
        let (name, value) = text.split_once('=').ok_or_else(|| {
            Failure::wrong_use(format!("`--set {text}` says no value")).hint("write --set name=value")
        })?;
        Ok((name.trim().to_owned(), value.trim().to_owned()))
    };
    pairs.iter().map(pair).collect()
}

/// What is registered, by the act that would do it, and its code.
fn registered(dir: &Dir) -> Result<HashSet<(&'static str, String)>, Failure> {
    let place = query::find(dir)?;
    let mut found = HashSet::new();
    for (act, _, what) in REGISTERING {
        let lines = place.all_lines(what)?;
        let code = |line: &Map<String, Value>| line.get("code").and_then(Value::as_str).map(str::to_owned);
        found.extend(lines.iter().filter_map(|line| Some((act, code(line)?))));
    }
    Ok(found)
}

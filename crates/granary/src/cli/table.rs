//! `granary ask`, `granary do` and all their other names, made from the tables of questions and acts when the program
//! runs.
//!
//! What a question or an act wants, and what each field means, is said once, where it is declared. Options are made for
//! the command that is typed: the schemas of all the others are not looked at.

use std::path::PathBuf;

use clap::{Arg, ArgAction, ArgMatches, Args as _, Command, value_parser};
use serde_json::{Map, Value};
use shell::Failure;
use wire::form;

use super::codes;
use super::fields::{self, Said};
use super::names::{self, Behind, Group, NAMES, Name};
use super::reconcile::By;
use super::reserve::{Brief, Exercise, New};
use super::{Dir, Shown};

/// What was typed of the tables.
#[derive(Debug)]
pub(crate) enum Typed {
    Ask(Asking),
    Do(Doing),
    /// `reserve new`.
    New(Box<New>),
    /// `reserve exercise`.
    Exercise(Box<Exercise>),
    /// `reserve brief`.
    Brief(Box<Brief>),
    /// `ask` alone.
    Questions,
    /// `do` alone.
    Acts,
    /// `list` alone.
    Listed,
    /// Nothing at all.
    Nothing,
}

/// A question as it was typed.
#[derive(Debug)]
pub(crate) struct Asking {
    pub(crate) question: &'static answers::Entry,
    pub(crate) request: Map<String, Value>,
    /// This list alone is shown.
    pub(crate) list: Option<&'static str>,
    pub(crate) dir: Dir,
    pub(crate) shown: Shown,
}

/// An act as it was typed.
#[derive(Debug)]
pub(crate) struct Doing {
    pub(crate) act: &'static str,
    pub(crate) fields: Map<String, Value>,
    pub(crate) by: By,
    pub(crate) id: Option<String>,
    pub(crate) is_dry_run: bool,
    /// A table of which each row is such an act.
    pub(crate) rows: Option<PathBuf>,
    /// It is only tried, and what would follow is shown.
    pub(crate) rehearsal: Option<Rehearsal>,
    pub(crate) dir: Dir,
    pub(crate) shown: Shown,
}

/// What becomes of an act that is tried.
#[derive(Clone, Debug)]
pub(crate) struct Rehearsal {
    /// It is recorded once what would follow was shown.
    pub(crate) is_recorded: bool,
    /// It is written into this file, to be signed.
    pub(crate) out: Option<PathBuf>,
}

/// The words before the names of a group.
const PARENTS: &[(&str, &str)] = &[
    ("reserve", "Start a shared reserve, ask about it and act on it: pools, members, calls, markets, risks"),
    ("market", "Order together, set price floors, and keep rights to material not yet made"),
    ("register", "Register a party, a material or a site"),
    ("amend", "Amend a party, a material or a site"),
    ("audit told", "Ask what other ledgers have proven: facts, trusted logs, what was sent against what arrived"),
];

/// What a path of words stands for, and how it differs from the thing's own name.
#[derive(Clone, Copy)]
struct Binding {
    behind: Behind,
    name: Option<&'static Name>,
}

/// Adds to the tools all that is made from the tables.
pub(crate) fn complete(mut tools: Command) -> Command {
    let ask = Command::new("ask")
        .about("Ask any question; alone, it lists them")
        .subcommands(answers::QUESTIONS.iter().map(|entry| bound("ask", entry.name)))
        .after_help("Examples:\n  granary ask\n  granary ask positions --dir my-ledger --by material --format json");
    let act = Command::new("do")
        .about("Do any act: the ledger decides and records it; alone, it lists them")
        .subcommands(wire::Act::WORDS.iter().map(|word| bound("do", word)))
        .after_help(
            "Examples:\n  granary do\n  granary do deposit --lot LOT-1 --site North --quantity '10 t' --material NdPr --as AGENCY",
        );
    for (path, about) in PARENTS {
        let (above, name) = path.rsplit_once(' ').unwrap_or(("", path));
        let parent = Command::new(name).about(*about).subcommand_required(true).arg_required_else_help(true);
        tools = below(tools, above, |above| above.subcommand(parent));
    }
    let new = New::augment_args(Command::new("new"));
    let brief = Brief::augment_args(Command::new("brief"));
    let exercise = Exercise::augment_args(Command::new("exercise"));
    let attempt = Command::new("try")
        .about("Try an act: what would follow for who owes, promises and is called, without recording it")
        .subcommand_required(true)
        .arg_required_else_help(true)
        .subcommands(wire::Act::WORDS.iter().map(|word| bound(TRY, word)))
        .after_help("Examples:\n  granary reserve try call --call C-1 --reserve G7 --material NdPr --total '100 t' --as SECRETARIAT\n  granary reserve try --help");
    tools = below(tools, "reserve", |reserve| reserve.subcommands([new, brief, exercise, attempt]));
    for path in paths() {
        let (above, name) = path.rsplit_once(' ').unwrap_or(("", &path));
        tools = below(tools, above, |tools| tools.subcommand(bound(above, name)));
    }
    for (path, _) in PARENTS {
        tools = below(tools, path, |parent| {
            let first = parent.get_subcommands().next().map(|first| first.get_name().to_owned()).unwrap_or_default();
            parent.after_help(format!("Examples:\n  granary {path} {first} --help\n  granary {path} --help"))
        });
    }
    tools.subcommands([ask, act])
}

/// Changes the command that a path of words leads to.
fn below(command: Command, path: &str, change: impl FnOnce(Command) -> Command) -> Command {
    match path.split_once(' ') {
        _ if path.is_empty() => change(command),
        Some((first, rest)) => command.mut_subcommand(first, |inner| below(inner, rest, change)),
        None => command.mut_subcommand(path, change),
    }
}

/// Every other name: those of the list, and a verb for every act without one there.
fn paths() -> Vec<String> {
    let mut paths: Vec<String> = NAMES.iter().map(|name| name.path.to_owned()).collect();
    for Group { parent, members, .. } in names::ACTS {
        let without = members.iter().filter(|word| !NAMES.iter().any(|name| name.behind == Behind::Act(word)));
        paths.extend(without.map(|word| format!("{parent} {}", dashed(word)).trim_start().to_owned()));
    }
    paths
}

fn dashed(word: &str) -> String {
    word.replace('_', "-")
}

fn binding(path: &str) -> Option<Binding> {
    if let Some(name) = NAMES.iter().find(|name| name.path == path) {
        return Some(Binding { behind: name.behind, name: Some(name) });
    }
    let (parent, word) = path.rsplit_once(' ').unwrap_or(("", path));
    if parent == "ask" {
        let entry = answers::find(word)?;
        return Some(Binding { behind: Behind::Question(entry.name), name: None });
    }
    let act = wire::Act::WORDS.iter().find(|act| dashed(act) == dashed(word))?;
    let is_known = parent == "do"
        || parent == TRY
        || names::ACTS.iter().any(|group| group.parent == parent && group.members.contains(act));
    is_known.then_some(Binding { behind: Behind::Act(act), name: None })
}

/// A command whose options are made once it is typed.
fn bound(parent: &str, name: &str) -> Command {
    let path = format!("{parent} {name}").trim_start().to_owned();
    let command = Command::new(name.to_owned()).display_name(path.clone()).defer(fill);
    let command = match name.contains(['_', '-']) {
        true if name.contains('_') => command.alias(dashed(name)),
        true => command.alias(name.replace('-', "_")),
        false => command,
    };
    match binding(&path).map(|binding| binding.behind) {
        Some(Behind::Question(question)) => command.about(answers::find(question).map_or("", |entry| entry.about)),
        // A verb for each act would bury the tools: `granary do` lists them.
        Some(Behind::Act(word)) => command.about(wire::Act::about(word).unwrap_or_default()).hide(parent.is_empty()),
        None => command,
    }
}

/// Makes the options of a command from what stands behind its name.
fn fill(command: Command) -> Command {
    let path = command.get_display_name().unwrap_or_default().to_owned();
    let Some(binding) = binding(&path) else { return command };
    let said = said(&binding);
    let arg = |said: &Said| match binding.behind {
        // `granary list` alone says what can be listed.
        Behind::Question(_) if path == "list" => said.arg().required(false),
        Behind::Question(_) => said.arg(),
        // A column may say it.
        Behind::Act(_) if said.field.is_required && !is_tried(&path) => {
            said.arg().required(false).required_unless_present(ROWS)
        }
        Behind::Act(_) => said.arg(),
    };
    let command = command.args(said.iter().map(arg));
    let (about, command) = match binding.behind {
        Behind::Question(question) => (answers::find(question).map_or("", |entry| entry.about), command),
        Behind::Act(word) => (wire::Act::about(word).unwrap_or_default(), of_act(command, is_tried(&path))),
    };
    let command = Shown::augment_args(Dir::augment_args(command));
    // Groups of options bring a sentence of their own.
    command.about(about).long_about(None::<&str>).after_help(examples(&path, &said, binding.behind))
}

/// The words before an act that is only tried.
const TRY: &str = "reserve try";

fn is_tried(path: &str) -> bool {
    path.strip_prefix(TRY).is_some_and(|act| act.starts_with(' '))
}

/// Where rows come from.
const ROWS: &str = "own.from";

/// What every act has beside its fields.
fn of_act(command: Command, is_tried: bool) -> Command {
    let id = Arg::new("own.id").long("id").value_name("UUID");
    let id = id.help("Identity of the command, so that it is never done twice; a fresh one where absent");
    let command = By::augment_args(command).mut_arg("poster", codes::complete_party).arg(id);
    if is_tried {
        let recorded = Arg::new("own.record").long("record").action(ArgAction::SetTrue);
        let out = Arg::new("own.out").long("out").value_name("FILE").value_parser(value_parser!(PathBuf));
        return command.args([
            recorded.help("Record it, once what would follow was shown"),
            out.conflicts_with("own.record").help("Write the command into a file, a line of JSON, to be signed"),
        ]);
    }
    let dry_run = Arg::new("own.dry-run").long("dry-run").action(ArgAction::SetTrue);
    let rows = Arg::new(ROWS).long("from").value_name("FILE").value_parser(value_parser!(PathBuf));
    let rows = rows.help(
        "A table (CSV): each row is one such act, its columns are fields; what is said beside it holds for all rows",
    );
    command.args([dry_run.help("Print the command as it would be posted, and post nothing"), rows])
}

/// What can be said, in the order of the declaration.
fn said(binding: &Binding) -> Vec<Said> {
    let (fields, taken) = match binding.behind {
        Behind::Question(question) => {
            let schema = answers::find(question).map(answers::Entry::request_schema);
            (schema.as_ref().map(form::of_object), OF_QUESTIONS)
        }
        Behind::Act(word) => (form::of_act(word).map(<[_]>::to_vec), OF_ACTS),
    };
    let fields = fields.unwrap_or_default();
    let mut said: Vec<Said> = fields.iter().map(|field| Said::plainly(field.clone(), &fields)).collect();
    for said in &mut said {
        if taken.contains(&said.option.as_str()) {
            said.option = format!("field-{}", said.option);
        }
        let Some(name) = binding.name else { continue };
        said.is_placed = name.placed == Some(said.field.name.as_str());
        if let Some((_, option)) = name.renamed.iter().find(|(field, _)| *field == said.field.name) {
            (*option).clone_into(&mut said.option);
        }
    }
    said
}

/// Options that are there beside the fields of a question.
const OF_QUESTIONS: &[&str] = &["dir", "server", "format", "help", "lang"];
/// Options that are there beside the fields of an act.
const OF_ACTS: &[&str] =
    &["dir", "server", "format", "help", "lang", "as", "maker", "effective", "id", "dry-run", "from", "record", "out"];

/// Two lines that work, but for the codes in them.
fn examples(path: &str, said: &[Said], behind: Behind) -> String {
    let mut line = format!("granary {path}");
    for said in said.iter().filter(|said| said.field.is_required) {
        line += &format!(" {}", said.example());
    }
    let (who, more) = match behind {
        Behind::Question(_) => ("", " --format json"),
        Behind::Act(_) if is_tried(path) => (" --as AGENCY", " --record"),
        Behind::Act(_) => (" --as AGENCY", " --dry-run"),
    };
    format!("Examples:\n  {line}{who} --dir my-ledger\n  {line}{who}{more}")
}

/// What was typed, where it is of the tables.
///
/// # Errors
/// When a field cannot be read.
pub(crate) fn typed(matches: &ArgMatches) -> Result<Option<Typed>, Failure> {
    let mut words = Vec::new();
    let mut inner = matches;
    while let Some((word, below)) = inner.subcommand() {
        words.push(word);
        inner = below;
    }
    match words[..] {
        ["ask"] => return Ok(Some(Typed::Questions)),
        ["do"] => return Ok(Some(Typed::Acts)),
        [] => return Ok(Some(Typed::Nothing)),
        ["reserve", "exercise"] => return Ok(Some(Typed::Exercise(Box::new(read(inner)?)))),
        ["reserve", "brief"] => return Ok(Some(Typed::Brief(Box::new(read(inner)?)))),
        ["reserve", "new"] => return Ok(Some(Typed::New(Box::new(read(inner)?)))),
        ["list"] if !inner.contains_id("field.what") => return Ok(Some(Typed::Listed)),
        _ => {}
    }
    let path = words.join(" ");
    let Some(binding) = binding(&path) else { return Ok(None) };
    let fields = fields::typed(&said(&binding), inner)?;
    let (dir, shown) = (read::<Dir>(inner)?, read::<Shown>(inner)?);
    Ok(Some(match binding.behind {
        Behind::Question(question) => Typed::Ask(Asking {
            question: answers::find(question).expect("a test finds every question that has a name"),
            request: fields,
            list: binding.name.and_then(|name| name.list),
            dir,
            shown,
        }),
        Behind::Act(act) => Typed::Do(Doing {
            act,
            fields,
            by: read::<By>(inner)?,
            id: inner.get_one::<String>("own.id").cloned(),
            is_dry_run: !is_tried(&path) && inner.get_flag("own.dry-run"),
            rows: if is_tried(&path) { None } else { inner.get_one::<PathBuf>(ROWS).cloned() },
            rehearsal: is_tried(&path).then(|| Rehearsal {
                is_recorded: inner.get_flag("own.record"),
                out: inner.get_one::<PathBuf>("own.out").cloned(),
            }),
            dir,
            shown,
        }),
    }))
}

fn read<A: clap::FromArgMatches>(typed: &ArgMatches) -> Result<A, Failure> {
    A::from_arg_matches(typed).map_err(Failure::wrong_use)
}

#[cfg(test)]
mod hints;
#[cfg(test)]
mod tests;

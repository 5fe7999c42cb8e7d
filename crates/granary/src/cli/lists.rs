//! What there is to ask and to do, in groups, a line each.

use std::fmt::Write as _;

use clap::Command;

use super::names::{self, Group};
use wire::form::{self, Kind};

/// The tools, as people look for them.
const TOOLS: &[(&str, &[&str])] = &[
    ("Start", &["demo", "init", "import", "serve", "schema", "id", "completions"]),
    ("Ask", &["ask", "position", "list", "cover", "dependence", "history", "trace", "explain", "reserve", "export"]),
    ("Act", &["do", "post", "register", "amend", "market", "reconcile", "sign", "key", "token"]),
    ("Prove", &["audit", "replay", "doctor", "restore", "rebuild"]),
    (
        "Run",
        &["settings", "ledger", "ingest", "projections", "witness", "queue", "dead-letters", "disclose", "disclosed"],
    ),
];

/// The help of the program: every tool under what it is for, acts left to `granary do`.
pub(crate) fn help(tools: Command) -> Command {
    let mut said = String::new();
    for (title, names) in TOOLS {
        let _ = writeln!(said, "{title}:");
        for tool in names.iter().filter_map(|name| tools.find_subcommand(name)) {
            let about = tool.get_about().map(ToString::to_string).unwrap_or_default();
            let _ = writeln!(said, "  {:12} {}", tool.get_name(), clause(&about));
        }
        said.push('\n');
    }
    tools.subcommand_required(false).arg_required_else_help(false).help_template(format!(
        "{{about-with-newline}}\n{{usage-heading}} {{usage}}\n\n{said}Options:\n{{options}}{{after-help}}"
    ))
}

/// What is said where nothing is asked for: the tools by name.
pub(crate) fn short() -> String {
    let mut said = "granary: a ledger for strategic stockpiles and shared reserves\n\n".to_owned();
    for (title, names) in TOOLS {
        let _ = writeln!(said, "  {title:8} {}", names.join(", "));
    }
    said + "\n`granary demo` shows what it can do; `granary --help` says what each is for; `granary ask` and `granary do` list\nevery question and every act.\n"
}

/// The first clause of a sentence.
fn clause(about: &str) -> &str {
    about.split_once([':', ';']).map_or(about.trim_end_matches('.'), |(about, _)| about)
}

/// Every question.
pub(crate) fn questions() -> String {
    let about = |name: &str| answers::find(name).map_or("", |entry| entry.about).to_owned();
    let end = "`granary ask QUESTION --help` shows what each wants; `granary ask QUESTION` asks it.";
    list("ask", names::QUESTIONS, about, end)
}

/// Every act.
pub(crate) fn acts() -> String {
    let docs = wire::acts::schemas();
    let about = |word: &str| docs.iter().find(|(known, ..)| *known == word).map_or("", |(_, doc, _)| *doc).to_owned();
    let end = "`granary do ACT --help` shows what each wants; `granary do ACT` with `--as PARTY` does it.";
    list("do", names::ACTS, about, end)
}

/// What can be listed.
pub(crate) fn listed() -> String {
    let what = answers::find("list").map(|entry| form::of_object(&entry.request_schema())).unwrap_or_default();
    let mut said = String::new();
    for field in what {
        let Kind::Word(words) = field.kind else { continue };
        for (word, about) in words {
            let _ = writeln!(said, "  granary list {word:14} {}", clause(&about));
        }
    }
    said
}

fn list(verb: &str, groups: &[Group], about: impl Fn(&str) -> String, end: &str) -> String {
    let mut said = String::new();
    for Group { title, members, .. } in groups {
        let _ = writeln!(said, "{title}");
        for member in *members {
            let _ = writeln!(said, "  granary {verb} {member:20} {}", clause(&about(member)));
        }
        said.push('\n');
    }
    said + end + "\n"
}

#[cfg(test)]
mod tests {
    use super::TOOLS;

    #[test]
    fn every_tool_is_in_one_group_of_the_help() {
        let command = super::super::command();
        for tool in command.get_subcommands().filter(|tool| !tool.is_hide_set()) {
            let groups = TOOLS.iter().filter(|(_, names)| names.contains(&tool.get_name())).count();
            assert_eq!(groups, 1, "{}", tool.get_name());
        }
        for name in TOOLS.iter().flat_map(|(_, names)| *names) {
            assert!(command.find_subcommand(name).is_some(), "{name}");
        }
    }
}

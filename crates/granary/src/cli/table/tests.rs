use clap::ArgMatches;

use super::super::fields::Said;
use super::super::names::{ACTS, Behind, Group, NAMES, QUESTIONS};
use super::{Typed, binding, paths, said, typed};

fn is_once(groups: &[Group], member: &str) -> bool {
    groups.iter().flat_map(|group| group.members).filter(|known| **known == member).count() == 1
}

#[test]
fn every_question_and_every_act_stands_in_one_group() {
    for entry in answers::QUESTIONS {
        assert!(is_once(QUESTIONS, entry.name), "question {}", entry.name);
    }
    for word in wire::Act::WORDS {
        assert!(is_once(ACTS, word), "act {word}");
    }
    let counted = |groups: &[Group]| groups.iter().map(|group| group.members.len()).sum::<usize>();
    assert_eq!(counted(QUESTIONS), answers::QUESTIONS.len());
    assert_eq!(counted(ACTS), wire::Act::WORDS.len());
}

#[test]
fn every_name_stands_for_something_and_renames_what_is_there() {
    for name in NAMES {
        let binding = binding(name.path).expect("a name is bound");
        let fields: Vec<String> = said(&binding).into_iter().map(|said| said.field.name).collect();
        assert!(!fields.is_empty() || name.renamed.is_empty(), "{}: nothing stands behind it", name.path);
        for field in name.placed.iter().chain(name.renamed.iter().map(|(field, _)| field)) {
            assert!(fields.iter().any(|known| known == field), "{}: no field `{field}`", name.path);
        }
    }
}

#[test]
fn every_act_has_a_verb() {
    let paths = paths();
    for word in wire::Act::WORDS {
        let is_verb = |path: &String| binding(path).is_some_and(|binding| binding.behind == Behind::Act(word));
        assert!(paths.iter().any(is_verb), "{word}");
    }
}

#[test]
fn the_command_line_is_sound() {
    super::super::command().debug_assert();
}

fn parse(line: &[String]) -> ArgMatches {
    super::super::command().try_get_matches_from(line).unwrap_or_else(|error| panic!("{line:?}: {error}"))
}

/// Every option of a path, said with a value that could stand.
fn in_full(path: &str) -> (Vec<String>, Vec<Said>) {
    let said = said(&binding(path).expect("it is bound"));
    let mut line = vec!["granary".to_owned()];
    line.extend(path.split(' ').map(str::to_owned));
    for said in &said {
        // A command within a command is written as it is posted.
        let value = match said.field.name.as_str() {
            "with" => r#"{"act":"release","encumbrance":"E","quantity":"1 t"}"#.to_owned(),
            _ => said.sample(),
        };
        line.push(if said.is_placed { value } else { format!("--{}={value}", said.option) });
    }
    (line, said)
}

#[test]
fn every_option_of_every_question_becomes_its_field() {
    let own = answers::QUESTIONS.iter().map(|entry| format!("ask {}", entry.name));
    for path in own.chain(paths()) {
        if !matches!(binding(&path).map(|binding| binding.behind), Some(Behind::Question(_))) {
            continue;
        }
        let (line, said) = in_full(&path);
        let Ok(Some(Typed::Ask(asking))) = typed(&parse(&line)) else { panic!("{line:?} asks nothing") };
        for said in said {
            assert!(asking.request.contains_key(&said.field.name), "{path}: --{} is lost", said.option);
        }
    }
}

#[test]
fn every_option_of_every_act_becomes_a_command_that_can_be_read() {
    let own = wire::Act::WORDS.iter().map(|word| format!("do {word}"));
    for path in own.chain(paths()) {
        let Some(Behind::Act(word)) = binding(&path).map(|binding| binding.behind) else { continue };
        let (mut line, said) = in_full(&path);
        line.extend(["--as".to_owned(), "AGENCY".to_owned()]);
        let doing = match typed(&parse(&line)) {
            Ok(Some(Typed::Do(doing))) => doing,
            other => panic!("{line:?} does nothing: {other:?}"),
        };
        for said in said {
            assert!(doing.fields.contains_key(&said.field.name), "{path}: --{} is lost", said.option);
        }
        let command = crate::commands::act::command(doing.act, doing.fields, &doing.by, None);
        assert_eq!(command.unwrap_or_else(|failure| panic!("{line:?}: {failure}")).act.word(), word);
    }
}

#[test]
fn a_value_may_begin_with_a_hyphen_and_an_option_is_no_value() {
    let read = |reference: &[&str]| {
        let line = ["granary", "do", "draw", "--lot", "-L1", "--site", "North", "--quantity", "1 t", "--as", "A"];
        let line = line.iter().chain(reference).map(std::ffi::OsString::from);
        crate::cli::command().try_get_matches_from(crate::cli::joined(line))
    };
    let typed = |reference: &[&str]| match typed(&read(reference).expect("it is right")) {
        Ok(Some(Typed::Do(doing))) => doing.fields,
        other => panic!("{other:?}"),
    };
    let fields = typed(&["--reference", "-x of -3"]);
    assert_eq!((fields["reference"].as_str(), fields["lot"].as_str()), (Some("-x of -3"), Some("-L1")));
    assert_eq!(typed(&["--reference=--really"])["reference"], "--really");
    for missing in [&["--reference", "--effective", "2026-03-10"][..], &["--reference", "--dry-run"], &["--reference"]]
    {
        let said = read(missing).expect_err("the value is missing").to_string();
        assert!(said.contains("a value is required for '--reference"), "{said}");
    }
    // What takes no value takes none of these either, and help is help.
    assert!(read(&["--dry-run", "-x"]).is_err());
    assert!(read(&["-h"]).expect_err("help").to_string().contains("Usage"));
}

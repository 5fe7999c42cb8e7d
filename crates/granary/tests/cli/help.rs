use crate::run::granary;

#[test]
fn help_begins_with_what_it_does_and_ends_with_two_examples() {
    let listed = granary(&["--help"]);
    assert_eq!(listed.exit, 0);
    insta::assert_snapshot!(listed.out);
    let section = listed.out.lines().skip_while(|line| *line != "Start:").take_while(|line| *line != "Options:");
    let names = section.filter_map(|line| line.strip_prefix("  ").filter(|line| !line.starts_with(' ')));
    let tools: Vec<String> = names.filter_map(|line| line.split(' ').next()).map(str::to_owned).collect();
    let tools: Vec<String> = tools.into_iter().filter(|tool| tool != "help").collect();
    assert!(tools.len() > 10, "{tools:?}");
    for tool in tools {
        let help = granary(&[&tool, "--help"]);
        assert_eq!(help.exit, 0, "{tool}");
        let examples =
            help.out.lines().filter(|line| line.starts_with("  granary ") || line.starts_with("  cat ")).count();
        assert!(examples >= 2, "`granary {tool} --help` has {examples} examples");
    }
}

/// What is told in words may be followed: each command that the catalogue names in backticks, with its options.
#[test]
fn every_command_that_a_hint_names_is_there_with_its_options() {
    let catalogue = include_str!("../../../words/catalogues/en.ftl");
    let named = catalogue.split('`').filter_map(|part| part.strip_prefix("granary "));
    let commands: std::collections::BTreeSet<&str> = named.collect();
    assert!(commands.len() > 10, "{commands:?}");
    for command in commands {
        // Facts stand for values: any will do.
        let filled: String = command
            .split(['{', '}'])
            .enumerate()
            .map(|(index, part)| if index % 2 == 1 { "7" } else { part })
            .collect();
        let mut words: Vec<&str> = filled.split_whitespace().collect();
        words.push("--help");
        let ran = granary(&words);
        assert_eq!(ran.exit, 0, "a hint names `granary {command}`: {}", ran.err);
    }
}

#[test]
fn wrong_use_exits_64() {
    assert_eq!(granary(&["depost"]).exit, 64);
    assert_eq!(granary(&["post"]).exit, 64);
    assert_eq!(granary(&[]).exit, 64);
    assert_eq!(granary(&["--version"]).exit, 0);
}

#[test]
fn completions_and_schemas_are_printed() {
    for shell in ["bash", "zsh", "fish"] {
        let ran = granary(&["completions", shell]);
        assert!(ran.exit == 0 && ran.out.contains("granary"), "{shell}");
    }
    let schema = granary(&["schema", "command"]).json();
    assert_eq!(schema["oneOf"].as_array().map(Vec::len), Some(wire::Act::WORDS.len() + 2), "acts, groups and dry runs");
    let deposit = granary(&["schema", "command", "--act", "deposit"]).json();
    assert!(deposit["allOf"][0]["required"].as_array().expect("required").contains(&"quantity".into()));
    assert_eq!(granary(&["schema", "command", "--act", "deposti"]).exit, 64);
    assert_eq!(granary(&["id", "--count", "3"]).out.lines().count(), 3);
}

#[test]
fn the_demo_shows_what_a_newcomer_wants_to_see() {
    let folder = tempfile::TempDir::new().expect("a folder");
    let dir = folder.path().join("demo");
    let ran = granary(&["demo", "--dir", dir.to_str().expect("UTF-8")]);
    assert_eq!(ran.exit, 0, "{}", ran.err);
    let dir = regex_escape(dir.to_str().expect("UTF-8"));
    insta::with_settings!({ filters => vec![
        (dir.as_str(), "[DIR]"),
        (r"in \d+\.\d\d s", "in [TIME] s"),
        (r"2\d{3}-\d\d-\d\d \d\d:\d\d:\d\d", "[RECORDED]         "),
        (r"   [A-Za-z0-9+/]{43}=", "   [ROOT]"),
        (r"— demo.example/ledger [A-Za-z0-9+/=]+", "— demo.example/ledger [SIGNATURE]"),
    ] }, {
        insta::assert_snapshot!(ran.out);
    });
    let again = granary(&["demo", "--dir", folder.path().join("demo").to_str().expect("UTF-8")]);
    assert!(again.out.contains("demo-2"), "what is there is left alone");
}

fn regex_escape(text: &str) -> String {
    text.chars().flat_map(|c| if c.is_alphanumeric() || c == '/' { vec![c] } else { vec!['\\', c] }).collect()
}

#[test]
fn whoever_stops_reading_is_no_failure() {
    for command in [&["schema", "command"][..], &["--help"], &["completions", "bash"], &["list", "--help"]] {
        let mut child = std::process::Command::new(env!("CARGO_BIN_EXE_granary"))
            .args(command)
            .stdout(std::process::Stdio::piped())
            .stderr(std::process::Stdio::piped())
            .spawn()
            .expect("the binary starts");
        drop(child.stdout.take());
        let ended = child.wait_with_output().expect("it ends");
        let said = String::from_utf8_lossy(&ended.stderr).into_owned();
        assert!(ended.status.success() && said.is_empty(), "{command:?}: {} {said}", ended.status);
    }
}

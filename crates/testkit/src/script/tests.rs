//! The runner can fail, and says where.

use std::path::PathBuf;

use super::run_file;

fn run(name: &str, text: &str) -> Result<(), String> {
    let path: PathBuf = std::env::temp_dir().join(format!("granary-script-{name}-{}.txt", std::process::id()));
    std::fs::write(&path, text).expect("write a script");
    let result = run_file(&path);
    std::fs::remove_file(&path).expect("remove the script");
    result
}

#[test]
fn a_step_that_comes_out_otherwise_is_named_with_its_line() {
    let problem = run("otherwise", "# A comment.\nopen example.org/x format 1 -> recorded 2\n").unwrap_err();
    assert!(problem.contains(".txt:2\n    expected recorded 2\n    got      recorded 1\n"), "{problem}");
}

#[test]
fn a_command_without_an_expectation_must_stand() {
    let problem = run("stand", "open example.org/x format 1\nclose through 2999-01-01\n").unwrap_err();
    assert!(
        problem.contains(".txt:2\n    expected it to stand\n    got      refused effective_in_future"),
        "{problem}"
    );
}

#[test]
fn a_word_that_is_not_understood_stops_the_script() {
    let problem = run("word", "open example.org/x format 1\nlend-out lot L1 1 t\n").unwrap_err();
    assert!(problem.ends_with(".txt:2: `lend-out` begins no step"), "{problem}");
}

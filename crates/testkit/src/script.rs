//! Scenario scripts: one step a line, and after `->` what must come of it.
//!
//! ```text
//! # A late draw may not make an earlier day negative.
//! use minerals
//! today 2026-03-12
//! deposit lot L1 at Ibaraki 100 t of NdPr-oxide effective 2026-03-10 -> recorded 11
//! draw lot L1 at Ibaraki 60 t effective 2026-03-09
//!   -> refused exceeds_balance: lot `L1` of `JOGMEC` at `Ibaraki` held 0 t net on 2026-03-09
//! position L1 at Ibaraki as of 2026-03-10 -> on hand 100 t net, ...
//! ```
//!
//! A line that begins with a space goes on with the step above it. A command without `->` must be recorded. With
//! `GRANARY_BLESS=1` the runner writes what came of each step after its `->`; read the difference like code.
//! [`statement`] lists the words.

mod answer;
mod shape;
mod statement;
mod words;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use books::Seq;

use crate::{Answer, World};
use statement::Statement;

/// Runs one scenario file.
///
/// # Errors
/// Every step that came out otherwise than its file says: file, line, expected and got.
pub fn run_file(path: &Path) -> Result<(), String> {
    let text = std::fs::read_to_string(path).map_err(|error| format!("read {}: {error}", path.display()))?;
    let is_blessing = std::env::var_os("GRANARY_BLESS").is_some_and(|value| value == "1");
    let mut run = Run::new(path.parent().unwrap_or(Path::new(".")).to_owned());
    let steps = read_steps(&text);
    let mut problems = String::new();
    let mut blessed: Vec<String> = text.lines().map(str::to_owned).collect();
    for step in &steps {
        let got = run.step(&step.words).map_err(|problem| format!("{}:{}: {problem}", path.display(), step.line))?;
        match &step.expected {
            Some(expected) if expected.text != got && is_blessing => {
                let line = &mut blessed[expected.line - 1];
                let kept = line.find("->").expect("the line has an arrow") + 2;
                *line = format!("{} {got}", &line[..kept]);
            }
            Some(expected) if expected.text != got => {
                let (file, line, wanted) = (path.display(), expected.line, &expected.text);
                let _ = write!(problems, "\n{file}:{line}\n    expected {wanted}\n    got      {got}\n");
            }
            None if got.starts_with("refused") || got.starts_with("not read") => {
                let _ = write!(
                    problems,
                    "\n{}:{}\n    expected it to stand\n    got      {got}\n",
                    path.display(),
                    step.line
                );
            }
            _ => {}
        }
    }
    run.world.check_all();
    let blessed = blessed.join("\n") + "\n";
    if is_blessing && blessed != text {
        std::fs::write(path, blessed).map_err(|error| format!("write {}: {error}", path.display()))?;
    }
    if problems.is_empty() { Ok(()) } else { Err(format!("{problems}\nGRANARY_BLESS=1 writes what came of each step")) }
}

/// Runs a script for its answers alone: what became of each command, in order, and the world it left.
///
/// # Errors
/// The step that cannot be understood.
pub fn answers(text: &str, folder: &Path) -> Result<(Vec<Answer>, World), String> {
    let mut run = Run::new(folder.to_owned());
    for step in read_steps(text) {
        run.step(&step.words).map_err(|problem| format!("line {}: {problem}", step.line))?;
    }
    run.world.check_all();
    Ok((run.answers, run.world))
}

struct Step {
    line: usize,
    words: String,
    expected: Option<Expected>,
}

struct Expected {
    line: usize,
    text: String,
}

fn read_steps(text: &str) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    for (line, content) in (1..).zip(text.lines()) {
        if content.trim().is_empty() || content.trim_start().starts_with('#') {
            continue;
        }
        let (words, expected) = match content.split_once("->") {
            Some((words, expected)) => (words, Some(Expected { line, text: expected.trim().to_owned() })),
            None => (content, None),
        };
        match steps.last_mut() {
            Some(step) if content.starts_with(' ') && step.expected.is_none() => {
                step.words.push(' ');
                step.words.push_str(words.trim());
                step.expected = expected;
            }
            _ => steps.push(Step { line, words: words.trim().to_owned(), expected }),
        }
    }
    steps
}

/// A world, and what the script has said so far about who acts and how its events are called.
struct Run {
    world: World,
    folder: PathBuf,
    party: String,
    labels: BTreeMap<String, Seq>,
    command_count: u64,
    answers: Vec<Answer>,
}

impl Run {
    fn new(folder: PathBuf) -> Self {
        let (labels, party) = (BTreeMap::new(), "ledger".to_owned());
        Self { world: World::default(), folder, party, labels, command_count: 0, answers: Vec::new() }
    }

    /// Does one step and says in one line what came of it.
    fn step(&mut self, words: &str) -> Result<String, String> {
        match statement::parse(words, self)? {
            Statement::Use(name) => {
                let path = self.folder.join("prelude").join(format!("{name}.txt"));
                let text =
                    std::fs::read_to_string(&path).map_err(|error| format!("read {}: {error}", path.display()))?;
                for step in read_steps(&text) {
                    let got = self.step(&step.words)?;
                    if got.starts_with("refused") || got.starts_with("not read") {
                        return Err(format!("{}:{}: {got}", path.display(), step.line));
                    }
                }
                Ok(String::new())
            }
            Statement::Today(day) => {
                self.world.set_day(day);
                Ok(String::new())
            }
            Statement::As(party) => {
                self.party = party;
                Ok(String::new())
            }
            Statement::Post { label, json } => {
                let bytes = serde_json::Value::Object(json).to_string();
                match wire::Command::from_json(bytes.as_bytes()) {
                    Err(malformed) => Ok(format!("not read {}: {}", malformed.code(), malformed.message())),
                    Ok(command) => {
                        let answer = self.world.post(&command);
                        if let (Some(label), Answer::Accepted(seq) | Answer::Held(seq)) = (label, &answer) {
                            self.labels.entry(label).or_insert(*seq);
                        }
                        let shown = answer::answer(&answer);
                        self.answers.push(answer);
                        Ok(shown)
                    }
                }
            }
            Statement::Ask(question) => answer::ask(&question, &self.world),
        }
    }
}

#[cfg(test)]
mod tests;

//! `granary import --guess`: a mapping proposed for a file. What its figures prove is said; what they do not is asked, one
//! question at a time at a terminal.

use std::fs;
use std::io::{self, BufRead as _, IsTerminal as _, Write as _};
use std::path::Path;

use ingest::{Answers, Guess, Open};
use shell::{Exit, Failure};

use crate::cli::Import;

/// Answers that are shown to choose from.
const CHOICES_SHOWN: usize = 12;

pub(super) fn run(args: &Import, file: &Path, source: &[u8]) -> Result<Exit, Failure> {
    let mut answers = Answers::new();
    for answer in &args.answer {
        let Some((setting, said)) = answer.split_once('=') else {
            return Err(Failure::wrong_use(format!("`{answer}` is no answer"))
                .hint("write the setting, `=` and what it is: `--answer site=North`"));
        };
        answers.insert(setting.trim().to_owned(), said.trim().to_owned());
    }
    if let Some(day) = &args.date {
        answers.insert("day".into(), day.clone());
    }
    let raw = &args.answer;
    let name = file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let guess = loop {
        let guess = ingest::guess(source, &name, &answers)?;
        // A setting may have a `=` of its own: what is open says which of them it is.
        let meant = guess.open.iter().find_map(|open| {
            let said = raw.iter().find_map(|raw| raw.strip_prefix(&open.setting)?.trim_start().strip_prefix('='))?;
            (!answers.contains_key(&open.setting)).then(|| (open.setting.clone(), said.trim().to_owned()))
        });
        if let Some((setting, said)) = meant {
            answers.insert(setting, said);
            continue;
        }
        let asked = guess.open.iter().find(|open| open.setting != "file");
        match asked.filter(|_| io::stdin().is_terminal() && io::stderr().is_terminal()) {
            None => break guess,
            Some(open) => match ask(open)? {
                Some(answer) => answers.insert(open.setting.clone(), answer),
                None => break guess,
            },
        };
    };
    said(&guess);
    match &args.write {
        Some(path) if guess.open.is_empty() => {
            if path.exists() {
                return Err(Failure::wrong_use(format!("`{}` is there already", path.display()))
                    .hint("a mapping is changed by hand: its name is part of what it loaded"));
            }
            fs::write(path, &guess.mapping)
                .map_err(|error| Failure::new(format!("write `{}`: {error}", path.display())))?;
        }
        Some(_) => {}
        None => io::stdout().lock().write_all(guess.mapping.as_bytes())?,
    }
    Ok(if guess.open.is_empty() { Exit::Done } else { Exit::Refused })
}

/// What is proven, and what is open.
fn said(guess: &Guess) {
    for proven in &guess.proven {
        eprintln!("proven: {proven}");
    }
    for note in &guess.notes {
        eprintln!("note: {note}");
    }
    for Open { setting, question, choices } in &guess.open {
        eprintln!("open: {question}");
        if setting == "file" {
            continue;
        }
        let shown: Vec<&str> = choices.iter().take(CHOICES_SHOWN).map(String::as_str).collect();
        let hint = match &shown[..] {
            [] => "...".to_owned(),
            shown => shown.join(" | "),
        };
        eprintln!("  answer: --answer '{setting}={hint}'");
    }
    match (guess.open.len(), guess.figure_count) {
        (0, 1) => eprintln!("1 figure is read by it; `granary import --dry-run` shows what it would move"),
        (0, count) => {
            eprintln!("{count} figures are read by it; `granary import --dry-run` shows what they would move")
        }
        (1, _) => eprintln!("1 question is open: the mapping cannot be used yet"),
        (count, _) => eprintln!("{count} questions are open: the mapping cannot be used yet"),
    }
}

/// One question; none where nobody answers.
fn ask(open: &Open) -> Result<Option<String>, Failure> {
    eprintln!("{}", open.question);
    for (place, choice) in (1..).zip(open.choices.iter().take(CHOICES_SHOWN)) {
        eprintln!("  {place}  {choice}");
    }
    eprint!("> ");
    let mut line = String::new();
    if io::stdin().lock().read_line(&mut line)? == 0 {
        return Ok(None);
    }
    let answer = line.trim();
    let chosen = answer.parse::<usize>().ok().and_then(|place| open.choices.get(place.checked_sub(1)?)).cloned();
    Ok(Some(chosen.unwrap_or_else(|| answer.to_owned())))
}

//! `granary audit pack`: an evidence pack of the ledger in a folder.

use std::path::Path;

use answers::ask::reserve::ReserveStatus;
use answers::ask::{History, Positions};
use evidence::EvidenceError;
use evidence::pack::{About, Asked, PackError, Plan, Uncovered};
use serde_json::{Value, json};
use shell::{Exit, Failure};
use wire::view::EventView;

use super::query;
use crate::cli::Dir;
use crate::progress;

/// `2026-01-01..2026-03-31`.
pub(crate) fn period(text: &str) -> Result<About, Failure> {
    About::period(text).ok_or_else(|| {
        Failure::wrong_use(format!("`{text}` is no period"))
            .hint("write two days: 2026-01-01..2026-03-31, the last one included")
    })
}

/// A ledger as a tool asks it: in its folder, or at the server that holds it.
struct At<'d>(&'d Dir);

impl Asked for At<'_> {
    type Error = Failure;

    fn each_event(&self, question: &History, each: &mut dyn FnMut(EventView) -> bool) -> Result<(), Failure> {
        let mut goes_on = true;
        query::each_event(self.0, question, &mut |event| {
            goes_on = goes_on && each(event);
            Ok(())
        })
    }

    fn positions(&self, question: &Positions) -> Result<Value, Failure> {
        Ok(serde_json::to_value(query::all_positions(self.0, question)?)?)
    }

    fn reserve(&self, question: &ReserveStatus) -> Result<Value, Failure> {
        Ok(serde_json::to_value(query::ask(self.0, question)?)?)
    }
}

pub(crate) fn run(about: &About, party: Option<&str>, dir: &Dir, out: &Path) -> Result<Exit, Failure> {
    let root = dir.local()?;
    let (count, uncovered) = make(about, party, dir, root, out)?;
    if !uncovered.seqs.is_empty() {
        eprintln!("{uncovered}; `granary audit witnesses` says who did not cosign: pack again once they did");
    }
    println!("packed {count} events about {} in `{}`", about.words(party), out.display());
    println!("check it with: auditor --key {} {}", root.join("keys/log.pub").display(), out.display());
    Ok(Exit::Done)
}

fn make(about: &About, party: Option<&str>, dir: &Dir, root: &Path, out: &Path) -> Result<(u64, Uncovered), Failure> {
    let signers = ledger::read_signers(root).map_err(|error| query::opening(root, error.into()))?;
    let rules = json!({ "program": env!("CARGO_PKG_VERSION"), "format": store::FORMAT_VERSION });
    let plan = Plan { about, party, ledger: root, signers: &signers, rules, out };
    let bar = progress::bar(0, "packing");
    let made = evidence::pack::make(&plan, &At(dir), |seq, size| {
        bar.set_length(size);
        bar.set_position(seq);
    });
    bar.finish_and_clear();
    made.map_err(|error| match error {
        PackError::Asked(failure) => failure,
        PackError::Nothing { words, uncovered } => {
            let hint = match uncovered.seqs.is_empty() {
                true => "`granary history` shows what there is".to_owned(),
                false => uncovered.to_string(),
            };
            Failure { exit: Exit::Refused, ..Failure::new(format!("no event is about {words}")) }.hint(hint)
        }
        PackError::Made(error @ EvidenceError::Folder { .. }) => {
            Failure::new(error).hint("name a folder that is not there yet")
        }
        PackError::Made(error) => Failure::new(error),
    })
}

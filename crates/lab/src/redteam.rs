//! `lab redteam`: tries attacks of known classes against a server of this build, on spare ports of this machine, and says for each
//! control what was met. A regression is seen on the day it is made.

mod attacks;
mod target;

use std::path::PathBuf;

use clap::Args;
use serde_json::json;
use shell::{Exit, Failure};

use self::target::Target;

/// Attacks a server of this build, and says which controls were met.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  lab redteam\n  lab redteam --out redteam.jsonl")]
pub(crate) struct Redteam {
    /// File for the results, a line of JSON each.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

/// An attack.
pub(crate) struct Attack {
    /// What is tried.
    pub(crate) name: &'static str,
    /// OWASP ASVS 4.0.3.
    pub(crate) asvs: &'static str,
    /// NIST SP 800-53.
    pub(crate) control: &'static str,
    /// Tries it; says what went wrong, if anything did.
    pub(crate) try_it: fn(&Target) -> Result<(), String>,
}

pub(crate) fn run(args: &Redteam) -> Result<(), Failure> {
    let target = Target::start()?;
    let mut lines = String::new();
    let mut met_count = 0;
    println!("{:<58} {:<10} {:<10} result", "attack", "ASVS", "SP 800-53");
    for Attack { name, asvs, control, try_it } in attacks::ATTACKS {
        let failed = try_it(&target).err();
        met_count += usize::from(failed.is_none());
        let result = failed.as_ref().map_or_else(|| "met".to_owned(), |why| format!("NOT MET: {why}"));
        println!("{name:<58} {asvs:<10} {control:<10} {result}");
        let line =
            json!({ "attack": name, "asvs": asvs, "sp_800_53": control, "met": failed.is_none(), "why": failed });
        lines += &format!("{line}\n");
    }
    if let Some(out) = &args.out {
        std::fs::write(out, lines)?;
    }
    println!("\n{met_count} of {} met", attacks::ATTACKS.len());
    match met_count == attacks::ATTACKS.len() {
        true => Ok(()),
        false => Err(Failure { exit: Exit::Refused, ..Failure::new("an attack went through") }),
    }
}

//! `granary reserve`: every question about shared reserves, one way: ask, and print the lines of the answer.

use answers::ask::market::{Orders, Receipts, Rights};
use answers::ask::reserve::{
    Allocation, CallBoard, Calls, Debts, Entitlements, Members, Promises, Recompute, ReserveStatus,
};
use answers::ask::risk::{Access, Blocked, CoverBase, Plan, Reach, ShareLimits, Stress};
use answers::{KnownAt, Question};
use shell::{Exit, Failure};

use super::query;
use crate::cli::Dir;
use crate::cli::reserve::{Common, Reserve, What};
use crate::output::{self, Format};

pub(crate) fn run(args: Reserve) -> Result<Exit, Failure> {
    let yes = |flag: bool| flag.then_some(true);
    match args.what {
        What::Status { reserve, common } => {
            ask(&common, &ReserveStatus { reserve, as_of: common.as_of.clone(), known_at: known_at(&common) })
        }
        What::Members { reserve, material, common } => {
            ask(&common, &Members { reserve, material, as_of: common.as_of.clone() })
        }
        What::Entitlements { reserve, member, material, common } => ask(
            &common,
            &Entitlements { reserve, member, material, as_of: common.as_of.clone(), known_at: known_at(&common) },
        ),
        What::Debts { reserve, member, paid, common } => ask(
            &common,
            &Debts { reserve, member, paid: yes(paid), as_of: common.as_of.clone(), known_at: known_at(&common) },
        ),
        What::Promises { reserve, member, common } => {
            ask(&common, &Promises { reserve, member, as_of: common.as_of.clone() })
        }
        What::Calls { reserve, common } => {
            ask(&common, &Calls { reserve, as_of: common.as_of.clone(), known_at: known_at(&common) })
        }
        What::Board { call, common } => {
            ask(&common, &CallBoard { call, as_of: common.as_of.clone(), known_at: known_at(&common) })
        }
        What::Allocation { call, common } => ask(&common, &Allocation { call }),
        What::Recompute { event, common } => ask(&common, &Recompute { event }),
        What::Orders { order, common } => ask(&common, &Orders { order, as_of: common.as_of.clone() }),
        What::Receipts { from, through, material, party, source, below_floor, by, basis, common } => {
            let question =
                Receipts { from, through, material, party, source, below_floor: yes(below_floor), by, basis };
            ask(&common, &question)
        }
        What::Rights { material, project, all, common } => {
            ask(&common, &Rights { material, project, all: yes(all), as_of: common.as_of.clone() })
        }
        What::Access { reserve, outcome, common } => {
            ask(&common, &Access { reserve, outcome, as_of: common.as_of.clone() })
        }
        What::Blocked { to, end_use, party, common } => {
            ask(&common, &Blocked { to, end_use, party, as_of: common.as_of.clone() })
        }
        What::Cover { base, year, material, party, deduct, common } => {
            ask(&common, &CoverBase { base, year, material, party, deduct, as_of: common.as_of.clone() })
        }
        What::Plan { authority, common } => ask(&common, &Plan { authority, as_of: common.as_of.clone() }),
        What::Reach { within, site, material, form, common } => {
            ask(&common, &Reach { within, site, material, form, as_of: common.as_of.clone() })
        }
        What::Limits { limit, breached, common } => {
            ask(&common, &ShareLimits { limit, breached: yes(breached), as_of: common.as_of.clone() })
        }
        What::Stress { country, stage, party, material, base, year, common } => {
            ask(&common, &Stress { country, stage, party, material, base, year, day: common.as_of.clone() })
        }
    }
}

fn known_at(common: &Common) -> Option<KnownAt> {
    common.known_at.clone().map(KnownAt::from)
}

/// Asks, and prints the answer.
fn ask<Q: Question>(common: &Common, question: &Q) -> Result<Exit, Failure> {
    answered(&common.dir, common.shown.format, question)
}

/// See [`ask`].
pub(super) fn answered<Q: Question>(dir: &Dir, format: Format, question: &Q) -> Result<Exit, Failure> {
    output::answered::<Q>(format, &query::ask(dir, question)?)?;
    Ok(Exit::Done)
}

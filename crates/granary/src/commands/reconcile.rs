//! `granary reconcile`: the workbench. Questions are asked and acts are posted as by any other door.

mod page;
mod receive;
mod record;

use answers::Question;
use answers::ask::reconcile::Reconciliation;
use serde_json::{Value, json};
use shell::{Exit, Failure};
use wire::Command;
use wire::verdict::Verdict;

use super::act::{self, post_all};
use super::{ask, print, query};
use crate::cli::reconcile::{By, Common, Compared, Reconcile, What};
use crate::cli::table::Asking;

pub(crate) fn run(args: Reconcile) -> Result<Exit, Failure> {
    match args.what {
        What::Receive { file, mapping, number, first, last, due, signed_by, nil, poster, maker, common } => {
            let cover = receive::Said { number, first, last, due, signed_by, nil };
            receive::run(&common, &file, mapping.as_deref(), cover, poster, maker.as_deref())
        }
        What::Run { compared, all, record, poster, maker, effective, common } => {
            let question = question(compared, all);
            match poster.filter(|_| record) {
                None => show_run(&common, &question),
                Some(poster) => record::run(&common, &question, &poster, maker.as_deref(), effective),
            }
        }
        What::ClosePeriod { owner, through, acknowledge, by, common } => {
            close_period((owner, through, acknowledge), &by, &common)
        }
        What::Page { party, site, material, as_of, out, csv, json, dir } => {
            let said = page::Said::ask(&dir, party, site.zip(material), as_of)?;
            page::run(&said, out.as_deref(), csv.as_deref(), json)
        }
    }
}

/// Closes a period with the head of the log and the digest of the balances as they are seen now.
fn close_period(
    (owner, through, acknowledge): (String, String, Vec<String>),
    by: &By,
    common: &Common,
) -> Result<Exit, Failure> {
    if by.maker.is_none() {
        return Err(Failure::wrong_use("who signs the close?").hint("name the person with --maker"));
    }
    let (head, digest) = super::audit::balance::seen(&common.dir, &owner, &through)?;
    let acknowledge = (!acknowledge.is_empty()).then_some(acknowledge);
    let act = json!({"owner": owner, "through": through, "head": head, "digest": digest, "acknowledge": acknowledge});
    let Value::Object(fields) = act else { unreachable!("an act is an object") };
    say(common, &post_all(&common.dir, vec![act::command("close_period", fields, by, None)?])?)
}

fn question(compared: Compared, all: bool) -> Reconciliation {
    let Compared { party, against, material, first, last, include_flagged, known_at } = compared;
    let yes = |flag: bool| flag.then_some(true);
    Reconciliation {
        party,
        against,
        material,
        first,
        last,
        all: yes(all),
        include_flagged: yes(include_flagged),
        known_at: known_at.map(Into::into),
    }
}

/// Counts first, then what has to be explained.
fn show_run(common: &Common, question: &Reconciliation) -> Result<Exit, Failure> {
    let Value::Object(request) = serde_json::to_value(question)? else { unreachable!("a question is an object") };
    let question = answers::find(Reconciliation::NAME).expect("it is in the table");
    let Common { dir, shown } = common.clone();
    ask::run(&Asking { question, request, list: None, dir, shown })
}

fn read(command: Value) -> Result<Command, Failure> {
    Command::from_json(command.to_string().as_bytes()).map_err(|malformed| crate::language::failure(&malformed))
}

/// Says what became of some commands.
fn say(common: &Common, verdicts: &[Verdict]) -> Result<Exit, Failure> {
    act::say(common.shown.format, verdicts)
}

//! Facts between ledgers: told with their proofs, received once these hold.

use std::path::{Path, PathBuf};

use answers::View;
use answers::ask::audit::TrustedLogs;
use books::{CommandId, Seq};
use chain::{Checkpoint, Fact, LogFiles, Since, consistency_from, root_from, sha256};
use evidence::WitnessedFiles;
use ledger::Known as _;
use serde_json::{Value, json};
use shell::{Exit, Failure};

use super::{Log, query, read, write};
use crate::cli::Dir;
use crate::cli::reconcile::By;
use crate::commands::act;
use crate::output::Format;

/// Tells an event to another ledger.
pub(crate) fn share(event: &str, since: Option<u64>, dir: &Dir, out: Option<&Path>) -> Result<Exit, Failure> {
    let fact = match query::find(dir)? {
        query::Place::Server(client) => {
            let since = since.map_or_else(String::new, |since| format!("?since={since}"));
            client.get_text(&format!("/v1/facts/{event}{since}"))?
        }
        query::Place::Folder(asked) => {
            let root = dir.local()?;
            let view = asked.view();
            let seq = match event.parse::<u64>() {
                Ok(seq) => Some(Seq(seq)),
                Err(_) => {
                    let id = event.parse::<uuid::Uuid>().map_err(|_| {
                        Failure::wrong_use(format!(
                            "`{event}` is neither the number of an event nor the id of a command"
                        ))
                    })?;
                    asked.0.find(CommandId(id.into_bytes()), None).map_err(Failure::new)?
                }
            };
            let found = match seq {
                Some(seq) => asked.0.event(seq).map_err(Failure::new)?.map(|found| (seq, found)),
                None => None,
            };
            let (seq, found) = found.ok_or_else(|| {
                let failure = Failure { exit: Exit::Refused, ..Failure::new(format!("there is no event `{event}`")) };
                failure.hint("see `granary history`")
            })?;
            let signer = ledger::read_signers(root).map_err(|error| query::opening(root, error.into()))?;
            let made = evidence::statement_of(view.books(), seq, &found)
                .and_then(|says| evidence::make_fact(&WitnessedFiles(root.to_owned()), &says, &signer, since));
            made.map_err(|error| Failure { exit: Exit::Refused, ..Failure::new(error) }.hint(HINT))?.to_string()
        }
    };
    write(out, &fact)?;
    Ok(Exit::Done)
}

const HINT: &str = "told are commitments, encumbrances, dispatches, arrivals, deposits, draws, titles, deliveries and corrections, \
                    once a checkpoint covers them";

/// Says whom to believe about another ledger.
pub(crate) fn trust(
    origin: Option<String>,
    policy: Option<&Path>,
    keeper: Option<String>,
    note: Option<String>,
    by: &By,
    dir: &Dir,
    format: Format,
) -> Result<Exit, Failure> {
    let mut fields = json!({ "act": "trust_log" });
    let origin = match policy {
        None => origin.ok_or_else(|| {
            Failure::wrong_use("which log?").hint("give its policy with --policy, or --origin and --end")
        })?,
        Some(path) => {
            let text = read(path)?;
            let policy = chain::Policy::parse(&text)
                .map_err(|error| Failure::wrong_use(format!("`{}`: {error}", path.display())))?;
            let named = policy.logs.first().map(|log| log.key.name().to_owned());
            let lines: Vec<&str> = std::str::from_utf8(&text)?.lines().collect();
            fields["policy"] = lines.into();
            origin.or(named).ok_or_else(|| Failure::wrong_use(format!("`{}` names no log", path.display())))?
        }
    };
    fields["origin"] = origin.into();
    for (name, value) in [("keeper", keeper), ("note", note)] {
        if let Some(value) = value {
            fields[name] = value.into();
        }
    }
    post(fields, by, dir, format)
}

/// Records facts, each once its proof holds.
pub(crate) fn receive(
    paths: &[PathBuf],
    from: Option<&str>,
    by: &By,
    dir: &Dir,
    format: Format,
) -> Result<Exit, Failure> {
    let mut worst = Exit::Done;
    for path in paths {
        let bytes = read(path)?;
        let mut fact = Fact::parse(&bytes)
            .map_err(|error| Failure::wrong_use(format!("`{}`: {}", path.display(), shell::chain(&error))))?;
        if let Some(from) = from {
            link(&mut fact, from, dir)?;
        }
        let lines: Vec<String> = fact.to_string().lines().map(str::to_owned).collect();
        let exit = post(json!({ "act": "record_fact", "fact": lines }), by, dir, format)?;
        if exit != Exit::Done {
            worst = exit;
        }
    }
    Ok(worst)
}

/// Proves from the static files of its log that the tree of a fact continues what was seen here.
fn link(fact: &mut Fact, from: &str, dir: &Dir) -> Result<(), Failure> {
    let tree = Checkpoint::parse(fact.receipt.checkpoint.text())?;
    let answer = query::ask(dir, &TrustedLogs { origin: Some(tree.origin.clone()), known_at: None })?.answer;
    let seen = answer.logs.first().map_or(0, |log| log.seen_events);
    if seen == 0 || seen >= tree.size {
        return Ok(());
    }
    let log = match from.starts_with("http://") || from.starts_with("https://") {
        true => Log::Server(crate::client::Client::new(from)),
        false => Log::Folder(auditor::Folder::at(from)),
    };
    let newest = Checkpoint::parse(chain::Note::parse(&log.checkpoint()?)?.text())?;
    let within = newest.size.max(tree.size);
    let proof = consistency_from(&log, seen, tree.size, within)?;
    fact.since = Some(Since { size: seen, root: root_from(&log, seen, within)?, proof });
    Ok(())
}

/// Times that the same may be refused on one day and asked for again.
const ATTEMPTS_MAX: u32 = 1_000;

/// Posts an act; the same act on the same day is the same command, unless it was refused: what was missing may be there now.
pub(crate) fn post(mut fields: Value, by: &By, dir: &Dir, format: Format) -> Result<Exit, Failure> {
    let today = || wire::date::show_day(query::now().utc_day());
    fields["party"] = by.poster.clone().into();
    fields["effective"] = by.effective.clone().unwrap_or_else(today).into();
    if let Some(maker) = &by.maker {
        fields["maker"] = maker.clone().into();
    }
    let text = fields.to_string();
    for attempt in 0..ATTEMPTS_MAX {
        let again = if attempt == 0 { String::new() } else { format!(" {attempt}") };
        let digest = sha256(format!("{text}{again}").as_bytes());
        let id = uuid::Uuid::new_v8(digest[..16].try_into().expect("half of a digest")).to_string();
        fields["id"] = id.clone().into();
        let before = query::ask(dir, &answers::ask::Event { seq: None, id: Some(id) });
        if before.map_or(true, |event| event.answer.outcome != "refused") {
            break;
        }
    }
    let command = wire::Command::from_json(fields.to_string().as_bytes())
        .map_err(|malformed| crate::language::failure(&malformed))?;
    act::say(format, &act::post_all(dir, vec![command])?)
}
